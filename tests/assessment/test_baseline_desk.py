"""The baseline desk: what is offered to Year 1 is confirmed there, as one act, and becomes a Baseline; what nobody confirmed counts nowhere."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import EYFS_AREAS, MATHEMATICS, READING, SCIENCE, SUBJECTS, Subject
from assessment.models import BaselineSource, Judgement, Source
from assessment.queries.baseline_desk import desk as shown_desk
from assessment.queries.baseline_desk import year_one_without
from assessment.queries.baseline_effect import Effect, effects
from assessment.queries.baseline_sources import From, by_subject, sources_of
from assessment.services.baseline_sources import choose_source
from assessment.views import baselines
from assessment.views.baseline_sources import about
from reports.queries.figures import figures
from reports.queries.scope import Scope
from schools.access import Access
from schools.calendar import AcademicYear, EyfsFramework, TermName, YearGroup
from schools.models import ChangeKind, ChangeSet, ClassGroup, Membership, Pupil, Role, School, Term, User
from schools.row_security import counting_only, visible_to
from schools.services import classes, memberships, years
from schools.services.terms import close_term
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory, PupilYearFactory, UserFactory, judged, on_roll

pytestmark = pytest.mark.django_db
# Over, whenever the tests run; the Reception year before it is of the framework of 2021.
YEAR, BEFORE = AcademicYear(2024), AcademicYear(2023)
BASELINE, AUTUMN, SPRING, SUMMER = AssessmentTerm
AREA = {area.name: area for area in EYFS_AREAS[EyfsFramework.OF_2021]}
OFFERED_FROM = {"reading": AREA["Word reading"], "writing": AREA["Writing"], "mathematics": AREA["Number"]}


@dataclass
class Desk:
    """Class 1A of 2024/25: Ada has all three offered, from Summer; Ben from Spring, absent in Summer; Cleo is new; Dev, in 1B, repeats Year 1."""

    school: School
    group: ClassGroup
    teacher: User
    head: User
    ada: Pupil
    ben: Pupil
    cleo: Pupil
    dev: Pupil

    def there(self, name: str = "baselines", **asked: object) -> str:
        said = "&".join(f"{key}={value}" for key, value in asked.items())
        return reverse(name, args=[self.school.urn, YEAR]) + (f"?{said}" if said else "")

    def look(self, who: User, name: str = "baselines", **asked: object) -> str:
        answer = signed_in(who).get(self.there(name, **asked))
        assert answer.status_code == 200
        return answer.content.decode()

    def send(self, who: User, because: str = "", **cells: str) -> HttpResponse:
        """`ada_reading="=20"` ticks the offer of 20, `ada_reading="25"` types 25, `..._saw="1:20"`, `ada_from="..."`."""
        sent = {"because": because}
        for name, text in cells.items():
            pupil, part = name.split("_", 1)
            key = getattr(self, pupil).public_id
            if part == "from":
                sent[f"from-{key}"] = text
            elif not part.endswith("_saw"):
                sent[f"s-{key}-{part}"] = cells.get(f"{name}_saw", "0:")
                sent |= (
                    {f"a-{key}-{part}": text[1:]}
                    if text[0:1] == "=" and text[1:]
                    else {f"v-{key}-{part}": text}
                )
        answer: Any = signed_in(who).post(self.there(), sent)
        return answer

    def rows(self) -> dict[tuple[str, str], Judgement]:
        with visible_to(self.school):
            found = Judgement.objects.in_school(self.school).filter(academic_year=YEAR, term=BASELINE)
            return {
                (row.pupil.forename.lower(), row.subject.code): row
                for row in found.select_related("pupil", "subject", "entered_by")
            }

    def points(self) -> dict[tuple[str, str], int | None]:
        return {key: row.points for key, row in self.rows().items()}


def text_of(html: str) -> str:
    """The text of the page's content."""
    return " ".join(re.sub(r"<[^>]+>", " ", html[html.index("<main") :]).split())


@pytest.fixture
def desk(school: School) -> Desk:
    teacher, head = member(school, Role.TEACHER), member(school, Role.HEAD)
    with visible_to(school):
        for year in (BEFORE, YEAR):
            years.open_year(school=school, academic_year=year, by=None)
        group, other = (
            ClassGroupFactory.create(school=school, academic_year=YEAR, name=name) for name in ("1A", "1B")
        )
        classes.assign_teacher(class_group=group, membership=Membership.objects.get(user=teacher), by=None)

        def child(forename: str, of: ClassGroup, before: YearGroup | None) -> Pupil:
            pupil = on_roll(
                school,
                YEAR,
                starts_on=dt.date(2023, 9, 1) if before is not None else dt.date(2024, 9, 2),
                class_group=of,
                year_group=YearGroup.Y1,
                pupil__forename=forename,
                pupil__surname=f"{forename}son",
                pupil__date_of_birth=dt.date(2018, 12, 1),
            ).pupil
            if before is not None:
                PupilYearFactory.create(school=school, pupil=pupil, academic_year=BEFORE, year_group=before)
            return pupil

        ada, ben = child("Ada", group, YearGroup.R), child("Ben", group, YearGroup.R)
        cleo, dev = child("Cleo", group, None), child("Dev", other, YearGroup.Y1)
        for area, points in zip(OFFERED_FROM.values(), (20, 19, 21), strict=True):
            judged(ada, BEFORE, SUMMER, points, subject=area)
            judged(ben, BEFORE, SPRING, 18, subject=area)
            judged(ben, BEFORE, SUMMER, None, reason="absent", subject=area)
        judged(dev, BEFORE, SUMMER, 25, subject=READING)
    return Desk(school, group, teacher, head, ada, ben, cleo, dev)


def test_the_page_says_what_is_offered_and_why_and_what_is_missing(desk: Desk) -> None:
    html = desk.look(desk.teacher)
    text = text_of(html)
    assert "3 of 3 have no Baseline in one subject or more" in text
    assert "offered: Word reading, Summer 2023/24" in text
    assert "Word reading (2021 framework), term ended" in text
    assert "Confirm all 6 offers" in text
    # Ada's is as usual; Ben's says from when, and why not from Summer.
    assert text.count("Spring 2023/24, then absent") >= 3
    assert "no earlier record here, since 2 September 2024" in text
    assert "Science type a value" in text
    # Of another class nothing, to its own teacher's colleague; the head sees both.
    assert "Devson" not in text
    both = text_of(desk.look(desk.head))
    assert "repeats Year 1" in both
    assert "starts from 25, Summer 2023/24" in both
    assert "1A 3 of 3 without 1B 1 of 1 without" in both
    assert desk.points() == {}


def test_one_many_and_another_value_are_one_act_that_undo_takes_back(desk: Desk) -> None:
    answer = desk.send(
        desk.teacher, ada_reading="=20", ada_writing="=19", ben_mathematics="19", ada_science="24", ada_mathematics="="
    )  # fmt: skip
    assert answer.status_code == 302
    assert desk.points() == {
        ("ada", "reading"): 20,
        ("ada", "writing"): 19,
        ("ada", "mathematics"): 21,
        ("ada", "science"): 24,
        ("ben", "mathematics"): 19,
    }
    rows = desk.rows()
    assert {key: row.source for key, row in rows.items()} == {
        ("ada", "reading"): Source.OFFERED,
        ("ada", "writing"): Source.OFFERED,
        ("ada", "mathematics"): Source.OFFERED,
        ("ada", "science"): Source.TYPED,
        ("ben", "mathematics"): Source.TYPED,
    }
    assert {row.entered_by for row in rows.values()} == {desk.teacher}
    with visible_to(desk.school):
        [change] = ChangeSet.objects.filter(kind=ChangeKind.BASELINES)
    html = desk.look(desk.teacher)
    assert "Undo: 5 cells entered as Baselines" in html
    assert f"confirmed by {desk.teacher.name}" in html
    # Another's undo is not theirs to press.
    assert "Undo:" not in desk.look(desk.head)
    # What is put back was confirmed, and goes on saying so.
    desk.send(desk.teacher, ada_reading="22", ada_reading_saw="1:20")
    assert desk.rows()["ada", "reading"].source == Source.TYPED
    signed_in(desk.teacher).post(desk.there("undo_baselines"), {})
    assert (desk.points()["ada", "reading"], desk.rows()["ada", "reading"].source) == (20, Source.OFFERED)
    there = desk.there("undo_baselines")
    answer = signed_in(desk.teacher).post(there, {"act": str(change.public_id)})
    assert (answer.status_code, desk.points()) == (302, {})
    # Twice takes back nothing more.
    client = signed_in(desk.teacher)
    assert (
        "taken back already"
        in client.post(there, {"act": str(change.public_id)}, follow=True).content.decode()
    )
    assert "nothing to undo" in client.post(there, {}, follow=True).content.decode()


def test_all_offers_of_a_class_are_shown_first_and_then_confirmed(desk: Desk) -> None:
    html = desk.look(desk.teacher, "accept_baselines", of_class=desk.group.public_id)
    text = text_of(html)
    assert "6 Baselines of 2 pupils" in text
    # In one subject the way there says as many as stand there.
    assert "Confirm all 2 offers" in desk.look(desk.teacher, subject="reading")
    assert "2 Baselines of 2 pupils" in desk.look(desk.teacher, "accept_baselines", subject="reading")
    assert "Look at these 3" in text
    assert "As usual 3" in text
    assert "2 in Mathematics Number (2021 framework)" in text
    sent = dict(re.findall(r'<input type="(?:hidden|checkbox)" name="([as]-[^"]*)" value="([^"]*)"', html))
    assert desk.points() == {}
    answer = signed_in(desk.teacher).post(desk.there(of_class=desk.group.public_id), sent, follow=True)
    assert "6 Baselines saved." in answer.content.decode()
    assert sorted(desk.points().values()) == [18, 18, 18, 19, 20, 21]
    assert "Nothing is offered" in desk.look(desk.teacher, "accept_baselines")


def test_where_a_joiners_value_comes_from_is_asked_and_kept(desk: Desk) -> None:
    refused = desk.send(desk.teacher, cleo_reading="22", cleo_science="22", ada_reading="=20")
    assert refused.status_code == 422
    page = text_of(refused.content.decode())
    assert "1 saved. 2 could not be saved" in page
    assert "Say where the value comes from" in page
    assert desk.points() == {("ada", "reading"): 20}
    desk.send(desk.teacher, cleo_reading="22", cleo_from="former school's record")
    row = desk.rows()["cleo", "reading"]
    assert (row.points, row.source, row.note) == (22, Source.TYPED, "Baseline from: former school's record")
    shown = signed_in(desk.teacher).get(
        reverse("cell_history", args=[desk.school.urn, YEAR, desk.cleo.public_id, "reading", "baseline"])
    )
    assert "Baseline from: former school&#x27;s record" in shown.content.decode()
    # Where it came from is no note of the child, which a cell is not emptied for: a slip can be taken out.
    desk.send(desk.teacher, cleo_reading="", cleo_reading_saw="1:22")
    assert ("cleo", "reading") not in desk.points()


def test_what_two_people_confirm_meets_in_the_cell(desk: Desk) -> None:
    desk.send(desk.head, ada_reading="22")
    lost = desk.send(desk.teacher, ada_reading="=20", ada_writing="=19")
    assert lost.status_code == 409
    page = lost.content.decode()
    assert f"{desk.head.name} entered 22 on" in page
    assert desk.points() == {("ada", "reading"): 22, ("ada", "writing"): 19}
    # Both confirmed the same: nobody is in the way.
    assert desk.send(desk.head, ada_writing="=19").status_code == 302
    # What is offered was changed after the page was opened.
    with visible_to(desk.school):
        judged(desk.ada, BEFORE, SUMMER, 23, subject=AREA["Number"])
    stale = desk.send(desk.teacher, ada_mathematics="=21")
    assert stale.status_code == 409
    assert "What is offered has changed" in stale.content.decode()
    assert ("ada", "mathematics") not in desk.points()


def test_what_cannot_be_read_or_is_not_offered_says_so_and_keeps_the_text(desk: Desk) -> None:
    refused = desk.send(
        desk.teacher, ada_reading="lots", dev_reading="=25", cleo_reading="=", ben_reading="x"
    )
    assert refused.status_code == 422
    page = refused.content.decode()
    assert 'value="lots"' in page
    assert "is not on the scale" in page
    assert "Nothing is offered here" in page
    # Dev is in another class: nothing of him is written or shown.
    assert {key: row.reason for key, row in desk.rows().items()} == {("ben", "reading"): "not_required"}
    # With a reason alone there still is no start.
    assert "2 could not be saved" in text_of(page)


def test_a_closed_term_takes_a_leader_and_a_reason(desk: Desk) -> None:
    desk.send(desk.teacher, ada_reading="=20")
    with visible_to(desk.school):
        close_term(school=desk.school, academic_year=YEAR, term=TermName.AUTUMN, by=None)
    page = desk.look(desk.teacher)
    assert "not open for entry" in page
    assert f'name="v-{desk.ada.public_id}' not in page
    assert desk.send(desk.teacher, ada_writing="=19").status_code == 423
    assert desk.send(desk.head, ada_writing="=19").status_code == 423
    assert desk.send(desk.head, because="The teacher was ill", ada_writing="=19").status_code == 302
    assert desk.points() == {("ada", "reading"): 20, ("ada", "writing"): 19}
    with visible_to(desk.school):
        assert [
            each.reason for each in ChangeSet.objects.filter(kind=ChangeKind.BASELINES).order_by("pk")
        ] == [
            "",
            "The teacher was ill",
        ]
    client = signed_in(desk.teacher)
    assert "Closed for entry: nothing was undone" in client.post(desk.there("undo_baselines"), {}, follow=True).content.decode()  # fmt: skip


def test_a_partnerships_choice_changes_what_is_offered_and_nothing_that_stands(desk: Desk) -> None:
    desk.send(desk.teacher, ada_reading="=20")
    with visible_to(desk.school):
        judged(desk.ada, BEFORE, SUMMER, 17, subject=AREA["Comprehension"])
        judged(desk.ben, BEFORE, SUMMER, 16, subject=AREA["Comprehension"])
    for subject, area in ((READING, AREA["Comprehension"]), (MATHEMATICS, None), (SCIENCE, AREA["Number"])):
        choose_source(
            partnership=desk.school.partnership,
            framework=EyfsFramework.OF_2021,
            subject=subject,
            area=area,
            by=None,
        )
    text = text_of(desk.look(desk.teacher))
    assert "offered: Comprehension, Summer 2023/24" in text
    assert "Mathematics type a value" in text
    assert "Science offered: Number, Summer 2023/24" in text
    assert desk.points() == {("ada", "reading"): 20}
    assert desk.send(desk.teacher, ben_reading="=16", ada_mathematics="=21").status_code == 409
    assert desk.points() == {("ada", "reading"): 20, ("ben", "reading"): 16}


def test_a_lead_sees_what_another_choice_would_do_before_it_is_saved(desk: Desk) -> None:
    partnership = desk.school.partnership
    lead = UserFactory.create()
    memberships.lead_partnership(partnership=partnership, user=lead, by=None)
    desk.send(desk.teacher, ben_reading="=18")
    with visible_to(desk.school):
        judged(desk.ada, BEFORE, SUMMER, 17, subject=AREA["Comprehension"])
        # Who has left needs no Baseline, here as on the desk.
        on_roll(desk.school, YEAR, year_group=YearGroup.Y1, ends_on=dt.date(2024, 10, 1))
    client = signed_in(lead)
    there = reverse("baseline_sources", args=[partnership.pk, YEAR])
    assert "What would change" not in client.get(there).content.decode()
    asked = {"2021-reading": "E08", "2021-science": "", "2012-reading": "G09"}
    text = text_of(client.get(there, asked).content.decode())
    assert "Reading , 2021 framework: Word reading → Comprehension" in text
    # Ben's stands: of three others only Ada is offered anything, and it would be other points. No number that tells of one.
    assert (
        "Of fewer than 10 Year 1 pupils without a Baseline in Reading: something is offered to fewer than 10 now, "
        "to fewer than 10 then; other points to fewer than 10." in text
    )
    found = _effects(desk, "E08")
    assert found == Effect(pupils=3, offered=1, then=1, other_points=1)
    assert "chosen already" in client.get(there, {"2021-reading": "E09"}).content.decode()
    assert BaselineSource.objects.count() == 0
    act = reverse("choose_baseline_sources", args=[partnership.pk, YEAR])
    assert client.post(act, {"2021-reading": "E08"}).status_code == 302
    assert client.post(act, {"2021-reading": "G09"}).status_code == 400
    assert client.post(act, {"2021-mathematics": ""}, follow=True).status_code == 200
    stored = BaselineSource.objects.values_list("framework", "subject__code", "area__code")
    assert set(stored) == {(2021, "reading", "E08"), (2021, "mathematics", None)}
    # As shipped again: no choice of its own, and the history keeps who chose what.
    client.post(act, {"2021-mathematics": "E11"})
    assert (
        "Nothing was changed" in client.post(act, {"2021-mathematics": "E11"}, follow=True).content.decode()
    )
    client.post(act, {"2021-reading": "E10"})
    events = BaselineSource.pgh_event_model.objects.order_by("pgh_id")
    assert [(each.pgh_label, each.area and each.area.code) for each in events] == [
        ("insert", "E08"),
        ("insert", None),
        ("delete", None),
        ("update", "E10"),
    ]
    assert {each.pgh_context["user"] for each in events} == {lead.pk}


def _effects(desk: Desk, code: str) -> Effect:
    now = sources_of(desk.school.partnership_id)
    area = next(each for each in AREA.values() if each.code == code)
    then = now | {From(EyfsFramework.OF_2021, READING.number): area}
    with counting_only():
        found = effects([desk.school], YEAR, by_subject(now), by_subject(then), today=dt.date(2026, 1, 5))
    return found[READING.number]


def test_the_command_shows_and_changes_what_is_offered_from_where(desk: Desk, capsys: Any) -> None:
    name = desk.school.partnership.name
    call_command("baseline_sources", partnership=name)
    assert capsys.readouterr().out.splitlines() == [
        "2012 Reading: G09 Reading",
        "2012 Writing: G10 Writing",
        "2012 Mathematics: G11 Numbers",
        "2012 Science: nothing",
        "2021 Reading: E09 Word reading",
        "2021 Writing: E10 Writing",
        "2021 Mathematics: E11 Number",
        "2021 Science: nothing",
    ]
    call_command("baseline_sources", partnership=name, subject="reading", area="E08")
    call_command("baseline_sources", partnership=name, subject="writing", framework=2012)
    told = capsys.readouterr().out
    assert "2021 Reading: E08 Comprehension" in told
    assert "2012 Writing: nothing" in told
    for wrong in (
        {"partnership": "Nowhere"},
        {"partnership": name, "subject": "reading"},
        {"partnership": name, "subject": "reading", "area": "E08", "framework": 2012},
    ):
        with pytest.raises(CommandError):
            call_command("baseline_sources", **wrong)
    with pytest.raises(ValueError, match="no Baseline"):
        choose_source(
            partnership=desk.school.partnership,
            framework=EyfsFramework.OF_2021,
            subject=AREA["Number"],
            area=None,
            by=None,
        )


def test_how_many_is_told_roughly() -> None:
    assert [about(count) for count in (0, 1, 9, 10, 14, 15, 126)] == [
        "none",
        "fewer than 10",
        "fewer than 10",
        "about 10",
        "about 10",
        "about 20",
        "about 130",
    ]


def test_the_list_of_who_has_none_leads_to_the_cells(desk: Desk) -> None:
    desk.send(desk.teacher, ada_reading="=20", ada_writing="=19", ada_mathematics="=21", ada_science="22")
    html = desk.look(desk.head, "missing_baselines")
    text = text_of(html)
    assert "Year 1: 3 of 4." in text
    # Of one subject as many as the list has: Dev starts from last Summer.
    assert "Year 1: 2 of 4." in text_of(desk.look(desk.head, "missing_baselines", subject="reading"))
    for who, found in ((desk.head, "3 of 4 have no Baseline"), (desk.teacher, "2 of 3 have no Baseline")):
        with visible_to(desk.school):
            judged(desk.dev, YEAR, AUTUMN, 26, subject=READING)
            judged(desk.ada, YEAR, AUTUMN, 23, subject=READING)
        dashboard = desk.look(who, "dashboard", term="autumn")
        assert found in text_of(dashboard)
        assert f'href="{desk.there("missing_baselines")}"' in dashboard
    governor = signed_in(member(desk.school, Role.GOVERNOR)).get(desk.there("dashboard", term="autumn"))
    assert "no Baseline" not in text_of(governor.content.decode())
    assert "Adason" not in text
    sheet = reverse("class_marksheet", args=[desk.school.urn, YEAR, desk.group.public_id, "reading"])
    assert f'href="{sheet}?term=autumn#p-{desk.ben.public_id}"' in html
    # Dev starts from last Summer in reading: the other three are missing.
    assert "Writing of Devson, Dev" in text
    assert "Reading of Devson, Dev" not in text
    of_reading = text_of(desk.look(desk.head, "missing_baselines", subject="reading"))
    assert "Devson" not in of_reading


def test_the_dashboards_count_is_the_desks_whatever_a_year_starts_from(desk: Desk) -> None:
    def counted(missing: int) -> None:
        with visible_to(desk.school):
            access = Access(desk.head, desk.school, (Role.HEAD,), YEAR, (YEAR,), (desk.school,))
            today = dt.date(2025, 3, 1)
            rows = shown_desk(access, today=today).year_one
            assert year_one_without(access, today=today) == (missing, len(rows))
            assert sum(row.is_missing for row in rows) == missing

    def say(pupil: Pupil, subject: Subject, term: AssessmentTerm, year: AcademicYear, **said: Any) -> None:
        with visible_to(desk.school):
            judged(pupil, year, term, **{"points": 22, "subject": subject, **said})

    counted(4)
    for subject in SUBJECTS:
        if subject != READING:
            say(desk.ada, subject, BASELINE, YEAR)
    # What a year ends with is not what it starts from; what was said on entry before is.
    say(desk.ada, READING, SUMMER, YEAR, is_on_entry=True)
    counted(4)
    say(desk.ada, READING, SPRING, YEAR, is_on_entry=True)
    counted(3)
    # Dev has reading of the Summer before.
    for subject in SUBJECTS:
        if subject not in {READING, SCIENCE}:
            say(desk.dev, subject, SUMMER, BEFORE)
    say(desk.dev, SCIENCE, SUMMER, BEFORE, points=None, reason="absent")
    say(desk.dev, SCIENCE, AUTUMN, YEAR)
    counted(3)
    say(desk.dev, SCIENCE, BASELINE, YEAR)
    counted(2)


def test_the_dashboards_count_is_of_those_who_are_here_and_in_sight(desk: Desk) -> None:
    def counted(today: dt.date) -> list[int]:
        found = []
        for who, role in ((desk.head, Role.HEAD), (desk.teacher, Role.TEACHER), (desk.head, Role.GOVERNOR)):
            access = Access(who, desk.school, (role,), YEAR, (YEAR,), (desk.school,))
            rows = shown_desk(access, today=today).year_one
            of_all = year_one_without(access, today=today)
            assert of_all == (sum(row.is_missing for row in rows), len(rows))
            found.append(of_all.pupils)
        return found

    with visible_to(desk.school):
        terms = Term.objects.in_school(desk.school).filter(academic_year=YEAR)
        in_year_one = {"class_group": desk.group, "year_group": YearGroup.Y1}
        on_roll(desk.school, YEAR, **in_year_one, ends_on=dt.date(2024, 12, 1))
        on_roll(desk.school, YEAR, **in_year_one, ends_on=terms.get(term=TermName.SUMMER).ends_on)
        # Before the year as on its first day, after it as on its last.
        assert [
            counted(dt.date.fromisoformat(day)) for day in ("2024-07-30", "2025-03-01", "2026-01-05")
        ] == [
            [6, 5, 0],
            [5, 4, 0],
            [5, 4, 0],
        ]
        # A school without dates has those of the academic year.
        terms.delete()
        assert [counted(dt.date.fromisoformat(day)) for day in ("2024-07-30", "2026-01-05")] == [
            [6, 5, 0],
            [4, 3, 0],
        ]


def test_who_is_older_stands_there_without_a_start(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with visible_to(desk.school):
        old = {"class_group": desk.group, "year_group": YearGroup.Y3}
        joiner = on_roll(
            desk.school, YEAR, **old, pupil__surname="Joiner", starts_on=dt.date(2024, 11, 4)
        ).pupil
        settled = on_roll(desk.school, YEAR, **old, pupil__surname="Settled").pupil
        left = on_roll(desk.school, YEAR, **old, pupil__surname="Leaver", ends_on=dt.date(2024, 12, 1)).pupil
        PupilYearFactory.create(
            school=desk.school, pupil=settled, academic_year=BEFORE, year_group=YearGroup.Y2
        )
        for subject in SUBJECTS:
            judged(settled, BEFORE, SUMMER, 35, subject=subject)
        judged(joiner, YEAR, AUTUMN, 30, subject=READING, is_on_entry=True)
    text = text_of(desk.look(desk.teacher))
    assert "Joiner" in text
    assert "Year 3 · no earlier record here, since 4 November 2024" in text
    # On entry is a start.
    assert "starts from 30, Autumn 2024/25" in text
    assert "Settled" not in text
    assert left.surname not in text
    # Too many for one page: those of Year 1, and the others class by class.
    monkeypatch.setattr(baselines, "MOST_ROWS", 3)
    text = text_of(desk.look(desk.teacher))
    assert "Of 4 in all, the others stand under their classes." in text
    assert "Joiner" not in text
    assert "Joiner" in desk.look(desk.teacher, of_class=desk.group.public_id)


def test_it_is_for_who_sees_names_and_enters(desk: Desk, other_school: School) -> None:
    names = ("baselines", "accept_baselines", "missing_baselines")
    governor, senco, stranger = (
        member(desk.school, Role.GOVERNOR),
        member(desk.school, Role.SENCO),
        member(other_school, Role.HEAD),
    )
    for name in names:
        assert signed_in(governor).get(desk.there(name)).status_code == 403
        assert signed_in(stranger).get(desk.there(name)).status_code == 404
    # Who looks after all and teaches none sees, and enters nothing.
    assert f'name="v-{desk.ada.public_id}' not in desk.look(senco)
    assert desk.send(senco, ada_reading="=20").status_code == 403
    assert signed_in(senco).get(desk.there("accept_baselines")).status_code == 403
    # Another class than one's own is as if it were not there.
    teacher = member(desk.school, Role.TEACHER)
    assert "Nobody here needs a Baseline" in desk.look(teacher)
    desk.send(teacher, ada_reading="=20")
    assert desk.points() == {}
    with visible_to(desk.school):
        classes.assign_teacher(class_group=desk.group, membership=Membership.objects.get(user=senco), by=None)
    # Nor does a SENCO's other role widen it.
    assert desk.send(senco, ada_reading="=20").status_code == 403


def test_progress_appears_on_the_figures_once_a_baseline_is_confirmed(desk: Desk) -> None:
    with visible_to(desk.school):
        judged(desk.ada, YEAR, AUTUMN, 23, subject=READING)

    def this_year() -> tuple[int, int, int]:
        scope = Scope(schools=(desk.school,), academic_year=YEAR, term=TermName.AUTUMN)
        with visible_to(desk.school):
            found = [
                each
                for each in figures(scope, by_group=False)
                if (each.year_group, each.subject) == (YearGroup.Y1, READING.number)
            ]
        return found[0].measured, found[0].progress_expected, found[0].steps

    # What is offered is no start, and an area never is.
    assert this_year() == (0, 0, 0)
    desk.send(desk.teacher, ada_reading="=20")
    # From 20 to 23 are the three steps that Autumn expects.
    assert this_year() == (1, 1, 3)
    signed_in(desk.teacher).post(desk.there("undo_baselines"), {})
    assert this_year() == (0, 0, 0)


def test_the_number_of_queries_does_not_grow_with_the_pupils(desk: Desk) -> None:
    def count(name: str) -> int:
        client: Client = signed_in(desk.head)
        client.get(desk.there(name))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(desk.there(name)).status_code == 200
        return len(queries)

    names = ("baselines", "accept_baselines", "missing_baselines")
    before = [count(name) for name in names]
    with visible_to(desk.school):
        for number in range(8):
            pupil = on_roll(
                desk.school,
                YEAR,
                class_group=desk.group,
                year_group=YearGroup.Y1,
                pupil__forename=f"P{number}",
            ).pupil
            PupilYearFactory.create(
                school=desk.school, pupil=pupil, academic_year=BEFORE, year_group=YearGroup.R
            )
            judged(pupil, BEFORE, SUMMER, 20, subject=AREA["Number"])
    assert [count(name) for name in names] == before
