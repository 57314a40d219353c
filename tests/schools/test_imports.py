"""A file is taken in on a page: shown, answered, confirmed, written once, reported, taken back."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from assessment.engine.assessment_points import AssessmentTerm
from assessment.models import Judgement
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.imports import import_jobs
from schools.models import (
    ChangeKind,
    ChangeSet,
    ClassGroup,
    ColumnMapping,
    Enrolment,
    ImportPaper,
    ImportRun,
    ImportState,
    Pupil,
    PupilYear,
    Role,
    School,
    Term,
    User,
)
from schools.permissions import PERMISSIONS_BY_ROLE, Permission
from schools.row_security import visible_to
from schools.services import jobs, worker
from schools.services.correcting import dispute
from tests.conftest import member, signed_in
from tests.factories import judged
from tests.schools.files import as_csv, upn
from tests.schools.test_roll_loading import load, row

HEADINGS = ["Surname", "Forename", "DOB", "Year", "UPN", "Class"]
BORN = "15/01/2018"


@pytest.fixture(autouse=True)
def _in_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """How far it is is told by another connection, which does not see what a test has not committed."""
    monkeypatch.setattr(import_jobs, "_TELL_EVERY", 3600.0)


def line(name: str, number: int, **said: str) -> list[str]:
    values = dict(zip(HEADINGS, [name, "Elsie", BORN, "3", upn(number), "3A"], strict=True)) | said
    return [values[heading] for heading in HEADINGS]


@dataclass
class Desk:
    """Somebody with a file, at a school."""

    school: School
    year: AcademicYear
    who: User
    client: Client
    run: ImportRun | None = None

    @property
    def list(self) -> str:
        return reverse("imports", args=[self.school.urn, self.year])

    @property
    def page(self) -> str:
        assert self.run is not None
        return reverse("import_run", args=[self.school.urn, self.year, self.run.public_id])

    def bring(self, content: str | bytes, **said: Any) -> str:
        """Bring a file, let the worker look, and give the page."""
        file = SimpleUploadedFile("roll.csv", content.encode() if isinstance(content, str) else content)
        values = {"kind": "roll", "academic_year": str(int(self.year)), "update": "all", "file": file}
        answer = self.client.post(self.list, {**values, **said})
        assert answer.status_code == 302, answer.content.decode()[-3000:]
        with visible_to(self.school):
            self.run = ImportRun.objects.latest("pk")
        assert self.page == answer.headers["Location"]
        return self.worked()

    def worked(self) -> str:
        while worker.do_next():
            pass
        return self.html()

    def html(self, query: str = "") -> str:
        return self.client.get(self.page + query).content.decode()

    def post(self, act: str, **said: Any) -> str:
        sealed = self.sealed()
        shown = {"shown": sealed[1]} if sealed else {}
        answer = self.client.post(self.page, {"act": act, **shown, "update": "all", **said})
        if answer.status_code == 422:
            return answer.content.decode()
        assert answer.status_code == 302
        return self.worked()

    def sealed(self) -> re.Match[str] | None:
        """What a form of the page says was shown; on the page of the columns where nothing can be confirmed."""
        pages = (self.html(step) for step in ("", "?step=columns"))
        return next(filter(None, (re.search(r'name="shown" value="(\w+)"', page) for page in pages)), None)

    def state(self) -> str:
        with visible_to(self.school):
            assert self.run is not None
            self.run.refresh_from_db()
            return self.run.state

    def names(self) -> list[str]:
        with visible_to(self.school):
            return list(Pupil.objects.order_by("surname", "pk").values_list("surname", flat=True))


@pytest.fixture
def desk(school: School, year: AcademicYear) -> Desk:
    head = member(school, Role.HEAD)
    return Desk(school, year, head, signed_in(head))


def counts(html: str) -> dict[str, int]:
    """The numbers at the head of a preview, or of a report."""
    found = re.search(r'<ul class="tiles import-tiles">(.*?)</ul>', html, re.DOTALL)
    assert found, html[-4000:]
    tile = r'<span class="tile-figure">([\d,]+)</span> <span class="tile-name"><(?:a|span)[^>]*>([^<]+)<'
    return {what: int(number.replace(",", "")) for number, what in re.findall(tile, found[1])}


def test_a_roll_is_shown_then_saved_then_kept_as_a_report(desk: Desk) -> None:
    with visible_to(desk.school):
        load(desk.school, row(1, surname="Ash", upn=upn(1)), year=desk.year)
        before = ChangeSet.objects.count()
    html = desk.bring(as_csv([HEADINGS, line("Ash", 1), line("Elm", 2)]))
    assert counts(html) == {"new": 1, "changed": 1, "unchanged": 0}
    assert "class blank → 3A" in html
    # Looking changed nothing.
    assert desk.names() == ["Ash"]
    with visible_to(desk.school):
        assert ChangeSet.objects.count() == before

    html = desk.post("confirm")

    assert desk.state() == ImportState.DONE
    assert desk.names() == ["Ash", "Elm"]
    with visible_to(desk.school):
        change = ChangeSet.objects.latest("pk")
        assert desk.run is not None
        assert (change.kind, change.by, desk.run.change) == (ChangeKind.IMPORT, desk.who, change)
        assert change.reason == f"Roll of {desk.year} from roll.csv"
        # The file is not kept.
        assert ImportPaper.objects.get().content is None
    assert "Imported." in html
    report = desk.client.get(f"{desk.page}report.csv").content.decode().splitlines()
    assert report[0] == "What,Row,Pupil,Said"
    assert 'New pupils,3,"Elm, Elsie","Year 3, 3A"' in report
    # The same file again changes nothing, and offers nothing to save.
    html = desk.bring(as_csv([HEADINGS, line("Ash", 1), line("Elm", 2)]))
    assert "The file changes nothing" in html
    assert "Import what is shown" not in html


def test_only_what_is_missing_is_completed(desk: Desk) -> None:
    with visible_to(desk.school):
        load(desk.school, row(1, surname="Ash", upn=upn(1), class_name="3B"), year=desk.year)
    html = desk.bring(as_csv([HEADINGS, line("Ash-New", 1)]), update="missing")
    assert counts(html)["unchanged"] == 1
    # The same page takes all of it after all.
    html = desk.post("look", update="all")
    assert counts(html)["changed"] == 1
    assert "surname Ash → Ash-New" in html


def test_a_heading_is_said_once_and_remembered(desk: Desk) -> None:
    rows = [["Family", "Given", "DOB", "Year", "UPN", "House"], ["Ash", "Elsie", BORN, "3", upn(1), "Red"]]
    html = desk.bring(as_csv(rows))
    assert "No column was found for: surname and forename" in html
    html = desk.post(
        "look", **{"column-0": "legal_surname", "column-1": "legal_forename", "column-5": "class"}
    )
    assert counts(html)["new"] == 1
    assert "Year 3, Red" in html
    with visible_to(desk.school):
        assert dict(ColumnMapping.objects.values_list("heading", "field")) == {
            "family": "legal_surname",
            "given": "legal_forename",
            "house": "class",
        }
    # The next file of the kind is understood at once; a field that no such file has counts as nothing said.
    html = desk.bring(as_csv(rows))
    assert counts(html)["new"] == 1
    html = desk.post("look", **{"column-5": "password"})
    assert "Year 3, Red" in html
    html = desk.post("look", **{"column-5": ""})
    assert "Year 3, Red" not in html


def test_who_may_be_known_is_asked_about_and_never_joined_by_itself(desk: Desk) -> None:
    with visible_to(desk.school):
        load(desk.school, row(1, surname="Ash", upn=upn(1)), row(2, surname="Elm"), year=desk.year)
        ash, elm = Pupil.objects.order_by("surname")
    # Another permanent UPN; one for whom none is held; and a name that is alike.
    content = as_csv([HEADINGS, line("Ash", 7), line("Elm", 8), line("Oak", 9)])
    html = desk.bring(content)
    assert "The same child, or another?" in html
    assert html.count('type="radio" name="same-') == 4
    assert "Import what is shown" not in html
    assert f"UPN {upn(1)}" in html
    html = desk.post("look", **{"same-2": "other", "same-3": "same"})
    assert "The same child, or another?" not in html
    assert counts(html)["new"] == 2
    assert counts(html)["changed"] == 1
    desk.post("confirm")
    assert desk.names() == ["Ash", "Ash", "Elm", "Oak"]
    with visible_to(desk.school):
        elm.refresh_from_db()
        ash.refresh_from_db()
        assert (ash.upn, elm.upn) == (upn(1), upn(8))


def test_a_child_that_is_the_same_keeps_the_permanent_upn(desk: Desk) -> None:
    with visible_to(desk.school):
        load(desk.school, row(1, surname="Ash", upn=upn(1)), year=desk.year)
    desk.bring(as_csv([HEADINGS, line("Ash", 7)]))
    html = desk.post("look", **{"same-2": "same"})
    assert "the permanent one that we hold" in html
    desk.post("confirm")
    with visible_to(desk.school):
        assert Pupil.objects.get().upn == upn(1)


def test_who_is_not_in_a_whole_file_leaves_only_when_ticked(desk: Desk) -> None:
    with visible_to(desk.school):
        rows = [
            row(number, surname=name, upn=upn(number)) for number, name in enumerate(["Ash", "Elm", "Oak"], 1)
        ]
        load(desk.school, *rows, year=desk.year)
    content = as_csv([HEADINGS, line("Ash", 1)])
    assert "On roll, and not in the file" not in desk.bring(content)
    html = desk.bring(content, is_whole="on")
    assert re.findall(r'name="leaving" value="\d"> <span>(\w+)', html) == ["Elm", "Oak"]
    assert 'name="leaving" value="0" checked' not in html
    assert "Say the last day on roll" in desk.post("confirm", leaving=["1"])
    last = dt.date(int(desk.year), 12, 1)
    html = desk.post("confirm", leaving=["1"], leaving_on=last.isoformat())
    assert desk.state() == ImportState.DONE
    with visible_to(desk.school):
        ended = dict(Enrolment.objects.values_list("pupil__surname", "ends_on"))
        assert ended == {"Ash": None, "Elm": None, "Oak": last}
        # One act: the class and the leaver.
        assert PupilYear.objects.get(pupil__surname="Ash").class_group is not None
        change = ChangeSet.objects.latest("pk")
        events = Enrolment.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
            pgh_context__change_set=str(change.public_id)
        )
        assert list(events.values_list("ends_on", flat=True)) == [last]
    assert counts(html)["left"] == 1
    assert "Oak" in html


def test_a_last_day_before_somebody_came_is_refused_whole(desk: Desk) -> None:
    with visible_to(desk.school):
        load(desk.school, row(1, surname="Ash", upn=upn(1)), year=desk.year)
    desk.bring(as_csv([HEADINGS, line("Elm", 2)]), is_whole="on")
    html = desk.post("confirm", leaving=["0"], leaving_on="2019-01-01")
    assert desk.state() == ImportState.SHOWN
    assert "Ash, Elsie came after 01/01/2019" in html
    assert desk.names() == ["Ash"]


def test_what_was_shown_is_saved_or_nothing(desk: Desk) -> None:
    with visible_to(desk.school):
        load(desk.school, row(1, surname="Ash", upn=upn(1)), year=desk.year)
    html = desk.bring(as_csv([HEADINGS, line("Ash", 1), line("Elm", 2)]))
    sealed = re.search(r'name="shown" value="(\w+)"', html)
    assert sealed
    # Confirmed; and before the worker comes to it somebody brings a part of it.
    desk.client.post(desk.page, {"act": "confirm", "shown": sealed[1]})
    with visible_to(desk.school):
        load(desk.school, row(2, surname="Elm", upn=upn(2)), year=desk.year)
        changes = ChangeSet.objects.count()
    html = desk.worked()
    assert "Records changed after this was shown to you" in html
    assert counts(html)["new"] == 0
    assert desk.state() == ImportState.SHOWN
    with visible_to(desk.school):
        assert ChangeSet.objects.count() == changes
        assert not ClassGroup.objects.exists()
    # What another tab still shows is not confirmed with it; what is shown now is.
    desk.client.post(desk.page, {"act": "confirm", "shown": sealed[1]})
    assert desk.state() == ImportState.SHOWN
    desk.post("confirm")
    assert desk.state() == ImportState.DONE
    with visible_to(desk.school):
        assert PupilYear.objects.filter(class_group__name="3A").count() == 2


def test_a_refused_file_says_why_row_by_row(desk: Desk) -> None:
    html = desk.bring(as_csv([HEADINGS, line("Ash", 1, Year="first"), line("Elm", 2, UPN="X1")]))
    assert "2 problems have to be put right first" in html
    assert "&#x27;first&#x27;" in html
    assert "Import what is shown" not in html
    sealed = desk.sealed()
    assert sealed
    # Nor by a form of one's own.
    desk.client.post(desk.page, {"act": "confirm", "shown": sealed[1]})
    assert desk.state() == ImportState.SHOWN
    html = desk.bring(b"%PDF-1.7 something")
    assert "This is a PDF, not a table" in html
    desk.post("give-up")
    with visible_to(desk.school):
        assert ImportRun.objects.latest("pk").state == ImportState.GIVEN_UP
        assert ImportPaper.objects.latest("pk").content is None
    assert "This file was not imported" in desk.html()


def test_an_import_is_taken_back_on_its_page(desk: Desk) -> None:
    desk.bring(as_csv([HEADINGS, line("Ash", 1), line("Elm", 2)]))
    html = desk.post("confirm")
    assert "Take this import back" in html
    html = desk.html("?back=1")
    assert "2 pupils: 2 removed" in html
    html = desk.post("take-back")
    assert "The import is taken back" in html
    assert "All that this import changed is as it was before" in html
    assert desk.names() == []
    assert "Taken back" in desk.client.get(desk.list).content.decode()


def test_what_stands_in_the_way_of_taking_back_is_said_by_name(desk: Desk) -> None:
    desk.bring(as_csv([HEADINGS, line("Ash", 1), line("Elm", 2)]))
    desk.post("confirm")
    with visible_to(desk.school):
        judged(Pupil.objects.get(surname="Ash"), desk.year)
        dispute(pupil=Pupil.objects.get(surname="Elm"), what="The name", by=None)
    # Somebody has looked at one of them: that is in nobody's way.
    with visible_to(desk.school):
        key = Pupil.objects.get(surname="Ash").public_id
    assert desk.client.get(reverse("pupil", args=[desk.school.urn, desk.year, key])).status_code == 200
    html = desk.html("?back=1")
    assert "It cannot be taken back" in html
    assert "1 judgement made since for what would be removed: Ash, Elsie" in html
    assert "1 pupil changed since: Elm, Elsie" in html
    desk.client.post(desk.page, {"act": "take-back"})
    assert desk.names() == ["Ash", "Elm"]


def test_looking_at_a_pupil_is_in_nobodys_way_and_stays_said(desk: Desk) -> None:
    desk.bring(as_csv([HEADINGS, line("Ash", 1)]))
    desk.post("confirm")
    with visible_to(desk.school):
        key = Pupil.objects.get().public_id
    desk.client.get(reverse("pupil", args=[desk.school.urn, desk.year, key]))
    desk.post("take-back")
    assert desk.names() == []
    with visible_to(desk.school):
        from schools.models import AuditRecord

        looked = AuditRecord.objects.filter(what="pupil_seen")
        assert list(looked.values_list("account", "pupil")) == [(desk.who.pk, None)]


JUDGED = ["UPN", "Subject", "Academic Year", "Term", "Points"]


def test_judgements_come_in_and_closed_terms_bind_them(desk: Desk) -> None:
    with visible_to(desk.school):
        load(desk.school, row(1, surname="Ash", upn=upn(1)), year=desk.year)
        ash = Pupil.objects.get()
        judged(ash, desk.year, AssessmentTerm.AUTUMN, 40)
    rows = [JUDGED, *([upn(1), "Mathematics", desk.year.label, term, "44"] for term in ("Autumn", "Spring"))]
    html = desk.bring(as_csv(rows), kind="judgements")
    assert counts(html)["new"] == 1
    assert "40 → 44" in html
    with visible_to(desk.school):
        Term.objects.filter(term=TermName.AUTUMN).update(entry_ends_on=dt.date(2000, 1, 1))
    html = desk.post("look")
    assert "Closed for entry: Autumn" in html
    assert "Say why what is closed" in desk.post("confirm")
    desk.post("confirm", because="The moderator asked")
    assert desk.state() == ImportState.DONE
    with visible_to(desk.school):
        points = dict(Judgement.objects.values_list("term", "points"))
        assert points == {AssessmentTerm.AUTUMN: 44, AssessmentTerm.SPRING: 44}
        assert ChangeSet.objects.latest("pk").reason == "Judgements The moderator asked (from roll.csv)"
    # Only what is missing: what is held stays.
    rows = [JUDGED, *([upn(1), "Mathematics", desk.year.label, term, "50"] for term in ("Spring", "Summer"))]
    html = desk.bring(as_csv(rows), kind="judgements", update="missing")
    assert (counts(html)["new"], counts(html)["changed"]) == (1, 0)


def test_profiles_come_in(desk: Desk) -> None:
    with visible_to(desk.school):
        load(
            desk.school,
            row(
                1,
                surname="Ash",
                upn=upn(1),
                year_group=YearGroup.R,
                date_of_birth=dt.date(desk.year - 4, 10, 1),
            ),
            year=desk.year,
        )
    html = desk.bring(as_csv([["UPN", "E01", "E02"], [upn(1), "2", "1"]]), kind="profiles")
    assert counts(html)["new"] == 2
    desk.post("confirm")
    with visible_to(desk.school):
        assert sorted(Judgement.objects.values_list("points", flat=True)) == [20, 21]


def test_an_import_is_begun_again_and_done_once(desk: Desk) -> None:
    """The worker ended after the import was written and before it could say so."""
    desk.bring(as_csv([HEADINGS, line("Ash", 1)]))
    desk.post("confirm")
    with visible_to(desk.school):
        changes = ChangeSet.objects.count()
        assert desk.run is not None
        jobs.ask(
            school=desk.school,
            academic_year=desk.year,
            kind="import-take",
            arguments={"run": str(desk.run.public_id)},
            by=desk.who,
        )
    desk.worked()
    assert desk.names() == ["Ash"]
    with visible_to(desk.school):
        assert ChangeSet.objects.count() == changes


def test_when_a_pupil_is_removed_the_numbers_stay_and_the_rows_go(desk: Desk) -> None:
    from assessment.services.removing import erase

    desk.bring(as_csv([HEADINGS, line("Ash", 1), line("Elm", 2)]))
    desk.post("confirm")
    with visible_to(desk.school):
        erase(pupil=Pupil.objects.get(surname="Elm"), reason="Asked for", by=desk.who)
        assert ImportPaper.objects.get().shown == {}
        assert ImportRun.objects.get().counts["new"] == 2
    html = desk.html()
    assert "The rows of this report are not kept here any more" in html
    assert counts(html)["new"] == 2
    assert desk.client.get(f"{desk.page}report.csv").status_code == 404


def test_the_page_asks_by_itself_how_far_it_is_and_turns_into_what_was_found(desk: Desk) -> None:
    file = SimpleUploadedFile("roll.csv", as_csv([HEADINGS, line("Ash", 1)]).encode())
    said = {"kind": "roll", "academic_year": str(int(desk.year)), "update": "all", "file": file}
    desk.client.post(desk.list, said)
    with visible_to(desk.school):
        desk.run = ImportRun.objects.get()
    assert 'hx-get="?seen=waiting-0-0"' in desk.html()
    part = desk.client.get(desk.page, headers={"HX-Request": "true"})
    assert part.content.decode().strip().startswith('<div id="job"')
    desk.worked()
    part = desk.client.get(desk.page, headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Refresh"]) == (204, "true")


def test_a_school_that_has_opened_no_year_begins_with_a_roll(school: School) -> None:
    with visible_to(school):
        Term.objects.all().delete()
        from schools.models import SchoolYear

        SchoolYear.objects.all().delete()
    head = member(school, Role.HEAD)
    this_year = AcademicYear.containing(dt.date.today())
    desk = Desk(school, this_year, head, signed_in(head))
    born = f"15/01/{int(this_year) - 7}"
    desk.bring(as_csv([HEADINGS, line("Ash", 1, DOB=born)]))
    desk.post("confirm")
    assert desk.state() == ImportState.DONE


def test_who_takes_files_in_sees_every_pupil_or_is_the_office() -> None:
    assert {role for role, held in PERMISSIONS_BY_ROLE.items() if Permission.IMPORT_FILES in held} == {
        Role.ASSESSMENT_LEADER,
        Role.HEAD,
        Role.OFFICE,
    }
    # The office meets names where it imports them, and nowhere else.
    assert PERMISSIONS_BY_ROLE[Role.OFFICE] == {
        Permission.SEE_SCHOOL,
        Permission.SEE_STAFF,
        Permission.IMPORT_FILES,
    }


def test_the_office_imports_pupils_and_neither_brings_nor_sees_judgements(desk: Desk) -> None:
    office = member(desk.school, Role.OFFICE)
    theirs = Desk(desk.school, desk.year, office, signed_in(office))
    theirs.bring(as_csv([HEADINGS, line("Ash", 1)]))
    theirs.post("confirm")
    assert theirs.state() == ImportState.DONE
    rows = [JUDGED, [upn(1), "Mathematics", desk.year.label, "Autumn", "44"]]
    desk.bring(as_csv(rows), kind="judgements")
    # Not offered, not brought, not found, not listed.
    page = theirs.client.get(desk.list).content.decode()
    assert "udgements" not in page
    assert "counts for no file of judgements" in desk.client.get(desk.list).content.decode()
    assert len(re.findall(r"/import/[0-9a-f-]{36}/", page)) == 1
    file = SimpleUploadedFile("judged.csv", as_csv(rows).encode())
    said = {"kind": "judgements", "academic_year": str(int(desk.year)), "update": "all", "file": file}
    assert theirs.client.post(desk.list, said).status_code == 422
    for there in (desk.page, f"{desk.page}report.csv"):
        assert theirs.client.get(there).status_code == 404
    assert theirs.client.post(desk.page, {"act": "give-up"}).status_code == 404
    assert desk.state() == ImportState.SHOWN
    # Pupils' own pages stay shut.
    assert theirs.client.get(reverse("roll", args=[desk.school.urn, desk.year])).status_code == 403


def test_a_colleague_sees_that_an_import_is_under_way_and_does_not_disturb_it(desk: Desk) -> None:
    desk.bring(as_csv([HEADINGS, line("Ash", 1)]))
    sealed = desk.sealed()
    assert sealed
    desk.client.post(desk.page, {"act": "confirm", "shown": sealed[1]})
    leader = signed_in(member(desk.school, Role.ASSESSMENT_LEADER))
    assert "A colleague is at it" in leader.get(desk.page).content.decode()
    leader.post(desk.page, {"act": "wait"})
    leader.post(desk.page, {"act": "give-up"})
    assert desk.state() == ImportState.TAKING
    desk.worked()
    assert desk.state() == ImportState.DONE
    assert "Take this import back" in leader.get(desk.page).content.decode()


def test_each_number_opens_to_its_rows(desk: Desk) -> None:
    rows = [line(f"Name{number:03}", number) for number in range(1, 121)]
    html = desk.bring(as_csv([HEADINGS, *rows]))
    # The first of them, and the way to all.
    assert html.count("Name0") == 8
    assert "All 120" in html
    html = desk.html("?step=changes&show=new")
    assert ("Name001" in html, "Name100" in html, "Name101" in html) == (True, True, False)
    html = desk.html("?step=changes&show=new&page=2")
    assert ("Name100" in html, "Name101" in html) == (False, True)
    # What is no list is the whole page.
    assert "Import what is shown" in desk.html("?step=changes&show=nothing")


def test_a_column_that_nobody_knows_is_asked_about_once(desk: Desk) -> None:
    rows = [[*HEADINGS, "Locker"], [*line("Ash", 1), "Red"]]
    html = desk.bring(as_csv(rows))
    assert "6 of 7 recognised" in html
    assert "Not recognised" in html
    assert "Red" in html
    # It is left out, and that is remembered.
    html = desk.post("look", **{"column-6": ""})
    assert counts(html)["new"] == 1
    html = desk.bring(as_csv(rows))
    assert counts(html)["new"] == 1
    assert "Your school leaves it out" in desk.html("?step=columns")


def test_all_who_are_not_in_the_file_leave_by_one_tick(desk: Desk) -> None:
    with visible_to(desk.school):
        rows = [
            row(number, surname=name, upn=upn(number)) for number, name in enumerate(["Ash", "Elm", "Oak"], 1)
        ]
        load(desk.school, *rows, year=desk.year)
    desk.bring(as_csv([HEADINGS, line("Ash", 1)]), is_whole="on")
    desk.post("confirm", leaving=["all"], leaving_on=f"{int(desk.year)}-12-01")
    with visible_to(desk.school):
        stays = Enrolment.objects.filter(ends_on=None)
        assert list(stays.values_list("pupil__surname", flat=True)) == ["Ash"]
