"""What the worker makes for reports: asked for on the pages, made as whoever asked, and opened."""

from __future__ import annotations

import datetime as dt
import io
import re
import subprocess
from typing import Any

import openpyxl
import pydyf
import pytest
from django.urls import reverse
from django.utils import timezone

from assessment.services import snapshots
from reports import worker_jobs
from reports.documents.governor_sections import Section
from reports.documents.pupil_progress import pupil_progress
from reports.exports.pdf import PupilPages
from reports.forms import pupil_pages
from reports.queries.pupil_progress import pupil_record
from schools.access import inside
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.models import ClassTeacher, Job, JobPaper, JobState, PackRelease, Role, School, User
from schools.queries.rolls import pupils_for
from schools.row_security import visible_to
from schools.services import classes, jobs, memberships, worker
from schools.services.worker import TakenAwayError
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory, UserFactory, judged, on_roll
from tests.reports.counted_school import LAST_YEAR, YEAR, counted

__all__ = ["counted"]
ALL_SECTIONS = [each.value for each in Section]


@pytest.fixture
def year(today: dt.date) -> AcademicYear:
    """One that is over: of a term that lasts a governor sees nothing."""
    return AcademicYear(AcademicYear.containing(today) - 1)


def ask(school: School, year: AcademicYear, who: User, page: str, *, query: str = "", **form: Any) -> Any:
    return signed_in(who).post(reverse(page, args=[school.urn, year]) + query, form)


def made(school: School) -> tuple[Job, JobPaper]:
    """The job that was asked for last, as it stands when the worker has done everything."""
    while worker.do_next():
        pass
    with visible_to(school):
        paper = JobPaper.objects.in_school(school).select_related("job").latest("job_id")
    return paper.job, paper


def read(content: bytes | None, *program: str) -> str:
    command = [*program, "-", "-"] if program[0] == "pdftotext" else [*program, "-"]
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode()


def test_a_head_asks_for_the_pack_with_words_of_their_own(counted: School) -> None:
    head = member(counted, Role.HEAD)
    page = signed_in(head).get(reverse("governors_pack", args=[counted.urn, YEAR]), {"term": "summer"})
    assert page.content.decode().count('name="sections"') == len(Section)
    asked = ask(
        counted,
        YEAR,
        head,
        "governors_pack",
        query="?term=summer",
        file_format="pdf",
        sections=["attainment", "last-year"],
        doing="We read <b>daily</b>.\r\n\r\nAnd count.",
    )
    job, paper = made(counted)
    assert asked.headers["Location"] == reverse("job", args=[counted.urn, YEAR, job.public_id])
    assert (job.state, paper.content_type) == (JobState.DONE, "application/pdf")
    assert re.fullmatch(r"School-\d+-Summer-2025-26-governors-pack-[\d-]+\.pdf", paper.file_name)
    text = read(paper.content, "pdftotext")
    assert "What the school is doing" in text
    assert "We read <b>daily</b>." in text
    assert "Last year beside this year" in text
    assert "Attainment by year group and subject" in text
    assert "What it cannot say" in text
    for left_out in ("Progress this year", "Groups beside one another", "Questions governors may ask"):
        assert left_out not in text
    assert re.search(r"^Tagged: +yes$", read(paper.content, "pdfinfo"), re.MULTILINE)
    # As a workbook: the same parts.
    ask(counted, YEAR, head, "governors_pack", query="?term=summer", file_format="xlsx", sections=["groups"])
    _, paper = made(counted)
    assert openpyxl.load_workbook(io.BytesIO(paper.content or b"")).sheetnames == [
        "About",
        "At a glance",
        "Groups",
    ]
    page = signed_in(head).get(reverse("governors_pack", args=[counted.urn, YEAR])).content.decode()
    assert page.count("-governors-pack-") == 2
    # The job table holds none of the words.
    assert not any("daily" in str(value) for row in Job.objects.values_list() for value in row)


def test_a_governor_chooses_parts_but_no_figures_of_another_day(counted: School) -> None:
    governor = member(counted, Role.GOVERNOR)
    with visible_to(counted):
        snapshots.freeze(school=counted, academic_year=YEAR, term=TermName.SUMMER, by=None)
    page = signed_in(governor).get(reverse("governors_pack", args=[counted.urn, YEAR]), {"term": "summer"})
    # Shown to somebody who sees no names is given out, last year's side too.
    with visible_to(counted):
        assert PackRelease.objects.filter(made_by=governor).count() == 2
    for name in ("snapshot", "day", "doing"):
        assert f'name="{name}"' not in page.content.decode()
    ask(
        counted,
        YEAR,
        governor,
        "governors_pack",
        query="?term=summer",
        file_format="xlsx",
        sections=ALL_SECTIONS,
        snapshot="1",
        day="today",
        doing="Ann",
    )
    _, paper = made(counted)
    assert (paper.arguments["snapshot"], paper.arguments["anew"], paper.arguments["doing"]) == (0, False, "")
    # A leader may take the snapshot, and the pack says so.
    head = member(counted, Role.HEAD)
    ask(
        counted,
        YEAR,
        head,
        "governors_pack",
        query="?term=summer",
        file_format="pdf",
        sections=ALL_SECTIONS,
        snapshot="1",
    )
    _, paper = made(counted)
    assert "From snapshot 1, taken on" in read(paper.content, "pdftotext")
    assert "-snapshot-1-" in paper.file_name


def test_a_leader_chooses_between_the_figures_given_out_and_todays(
    school: School, year: AcademicYear
) -> None:
    head = member(school, Role.HEAD)
    page = reverse("governors_pack", args=[school.urn, year]) + "?term=autumn"
    with visible_to(school):
        pupils = [on_roll(school, year, year_group=YearGroup.Y4).pupil for _ in range(40)]
        for pupil in pupils[:30]:
            judged(pupil, year)

    def text() -> str:
        return " ".join(signed_in(head).get(page).content.decode().split())

    assert 'name="day"' not in text()
    signed_in(member(school, Role.GOVERNOR)).get(page)
    with visible_to(school):
        for pupil in pupils[30:32]:
            judged(pupil, year)
    today = timezone.localdate()
    given_out = f"As given out on {today.day} {today:%B %Y}"
    assert "At least 2 judgements differ from those given out." in text()
    assert [given_out in text(), "Today’s figures" in text()] == [True, True]
    assert text().count('name="day"') == 2
    assert not re.search(r'<input[^>]*name="day"[^>]*checked', text())
    seen = " ".join(signed_in(member(school, Role.GOVERNOR)).get(page).content.decode().split())
    assert 'name="day"' not in seen
    assert "differ from" not in seen

    def asked(**form: Any) -> Any:
        return ask(
            school, year, head, "governors_pack", query="?term=autumn", file_format="pdf", sections=[], **form
        )

    refused = asked()
    assert refused.status_code == 422
    assert "Choose which figures the pack is to have." in refused.content.decode()
    assert asked(day="yesterday").status_code == 422
    assert Job.objects.count() == 0
    for day, said, releases in (("given-out", given_out, 1), ("today", "of 32 judged", 2)):
        asked(day=day)
        _, paper = made(school)
        assert said in " ".join(read(paper.content, "pdftotext").split())
        with visible_to(school):
            assert PackRelease.objects.in_school(school).count() == releases


def test_a_form_that_cannot_be_is_shown_again_and_nothing_is_asked_for(counted: School) -> None:
    head = member(counted, Role.HEAD)
    refused = ask(counted, YEAR, head, "governors_pack", file_format="pdf", doing="x" * 3001)
    assert refused.status_code == 422
    assert "at most 3000 characters" in refused.content.decode()
    assert ask(counted, YEAR, head, "governors_pack", file_format="exe").status_code == 422
    assert ask(counted, YEAR, head, "pupil_pages", whom="class-none", term="summer").status_code == 422
    assert Job.objects.count() == 0
    # A term in which nobody was judged.
    ask(counted, LAST_YEAR, head, "governors_pack", query="?term=spring", file_format="pdf")
    job, paper = made(counted)
    assert job.state == JobState.FAILED
    assert paper.problem.startswith("Nothing has been judged in that term")


@pytest.fixture
def two_classes(school: School, year: AcademicYear) -> User:
    """A teacher of one of two classes: theirs has three pupils, the other one."""
    teacher = UserFactory.create()
    with visible_to(school):
        held = memberships.grant(school=school, user=teacher, role=Role.TEACHER, by=None)
        mine, other = (
            ClassGroupFactory.create(school=school, academic_year=year, name=name) for name in "AB"
        )
        classes.assign_teacher(class_group=mine, membership=held, by=None)
        for name, group in (("Zorn", mine), ("Alcock", mine), ("Moss", mine), ("Secret", other)):
            row = on_roll(
                school,
                year,
                class_group=group,
                year_group=YearGroup.Y4,
                pupil__surname=name,
                pupil__forename="P",
            )
            judged(row.pupil, year)
    return teacher


def test_a_teacher_gets_a_page_of_each_pupil_of_the_own_classes(
    school: School, year: AcademicYear, two_classes: User
) -> None:
    form = signed_in(two_classes).get(reverse("pupil_pages", args=[school.urn, year])).content.decode()
    assert (">A</option>" in form, ">B</option>" in form) == (True, False)
    ask(school, year, two_classes, "pupil_pages", whom="everybody", term="autumn")
    job, paper = made(school)
    assert (job.state, job.done, job.out_of) == (JobState.DONE, 3, 3)
    facts = read(paper.content, "pdfinfo")
    assert re.search(r"^Pages: +3$", facts, re.MULTILINE)
    assert re.search(r"^Tagged: +yes$", facts, re.MULTILINE)
    assert f"{school.name}: pages of 3 pupils" in facts
    text = read(paper.content, "pdftotext")
    assert "Secret" not in text
    names = [name for page in text.split("\f") for name in ("Alcock", "Moss", "Zorn") if name in page]
    assert names == ["Alcock", "Moss", "Zorn"]
    assert (
        "+Inter"
        in subprocess.run(
            ["pdffonts", "-"], input=paper.content, capture_output=True, check=True
        ).stdout.decode()
    )
    # Named for school, term and day.
    assert not re.search("alcock|secret", paper.file_name)
    # Everybody's, of a year group, for whoever sees everybody.
    senco = member(school, Role.SENCO)
    ask(school, year, senco, "pupil_pages", whom="year-4", term="autumn")
    _, paper = made(school)
    assert "Secret" in read(paper.content, "pdftotext")


def test_a_class_that_is_no_longer_the_teachers_is_not_made(
    school: School, year: AcademicYear, two_classes: User
) -> None:
    ask(school, year, two_classes, "pupil_pages", whom="everybody", term="autumn")
    with visible_to(school):
        ClassTeacher.objects.filter(membership__user=two_classes).delete()
    job, paper = made(school)
    assert (job.state, paper.content) == (JobState.FAILED, None)
    assert paper.problem == "There is no pupil among those that you chose whom you may see."


def test_a_pack_counts_as_given_out_when_there_is_a_file_and_not_before(
    counted: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = member(counted, Role.HEAD)
    drawn = worker_jobs.governor_report_pdf

    def releases() -> int:
        with visible_to(counted):
            return int(PackRelease.objects.in_school(counted).count())

    def asked_for() -> Job:
        ask(counted, YEAR, head, "governors_pack", query="?term=summer", file_format="pdf", sections=[])
        return Job.objects.latest("pk")

    def cancelled_meanwhile(_: Any) -> bytes:
        jobs.cancel(job=Job.objects.latest("pk"), by=head)
        return b"drawn"

    def breaks(_: Any) -> bytes:
        raise MemoryError

    for drawing, ended in ((cancelled_meanwhile, JobState.CANCELLED), (breaks, JobState.FAILED)):
        monkeypatch.setattr(worker_jobs, "governor_report_pdf", drawing)
        asked_for()
        job, paper = made(counted)
        assert (job.state, paper.content, releases()) == (ended, None, 0)

    # Somebody else is given the figures while it is drawn: it is made once more, and keeps to those.
    drawings = []

    def others_first(pack: Any) -> bytes:
        drawings.append(pack)
        if len(drawings) == 1:
            signed_in(member(counted, Role.GOVERNOR)).get(
                reverse("governors_pack", args=[counted.urn, YEAR]), {"term": "summer"}
            )
        return drawn(pack)

    monkeypatch.setattr(worker_jobs, "governor_report_pdf", others_first)
    asked_for()
    job, paper = made(counted)
    assert (job.state, len(drawings), releases()) == (JobState.DONE, 2, 2)
    assert paper.content


def test_more_than_one_file_holds_is_refused_on_the_page(
    school: School, year: AcademicYear, two_classes: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pupil_pages, "MOST_PUPILS", 3)
    senco = member(school, Role.SENCO)
    said = "These are 4 pupils, and one file holds 3: choose a class or a year group."
    page = signed_in(senco).get(reverse("pupil_pages", args=[school.urn, year])).content.decode()
    assert (said in page, "Everybody you see" in page) == (True, False)
    refused = ask(school, year, senco, "pupil_pages", whom="year-4", term="autumn")
    assert (refused.status_code, Job.objects.count()) == (422, 0)
    assert refused.content.decode().count(said) == 2
    # Those of a teacher are fewer.
    ask(school, year, two_classes, "pupil_pages", whom="everybody", term="autumn")
    assert Job.objects.count() == 1


def test_many_pages_are_written_without_looking_for_every_page_at_every_tag(
    school: School, year: AcademicYear, two_classes: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with inside(member(school, Role.SENCO), school, year) as access:
        pupil = pupils_for(access).values_list("pupil__public_id", flat=True)[0]
        record = pupil_record(access, pupil, today=dt.date(2026, 7, 1), term=TermName.SUMMER)
    assert record
    pages = PupilPages(school=school.name, made_on=dt.date(2026, 7, 1))
    for _ in range(4):
        pages.add(pupil_progress(record))
    told: list[int] = []
    lists: set[int] = set()
    build = pydyf.PDF.page_references.fget

    def watched(pdf: Any) -> Any:
        found = build(pdf)
        lists.add(id(found))
        told.append(len(found))
        return found

    monkeypatch.setattr(pydyf.PDF, "page_references", property(watched))
    drawn: list[None] = []
    content = pages.written(lambda: drawn.append(None))
    assert len(drawn) == 4
    assert set(told) == {4}
    assert len(told) > 100
    assert len(lists) == 1
    facts = read(content, "pdfinfo")
    assert re.search(r"^Pages: +4$", facts, re.MULTILINE)
    assert re.search(r"^Tagged: +yes$", facts, re.MULTILINE)

    def cancelled() -> None:
        raise TakenAwayError

    with pytest.raises(TakenAwayError):
        pages.written(cancelled)
