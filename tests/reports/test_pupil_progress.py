"""A pupil's page: every number here was worked out by hand from docs/rules.md."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import EYFS_AREAS, MATHEMATICS, READING, SUBJECTS, WRITING
from assessment.models import Reason, Source
from assessment.queries.signs_beside_peers import signs_in_subjects
from assessment.services.judgements import Entry, Provenance, record_many
from reports.charts import PRINT
from reports.documents.pupil_progress import PupilProgress, SubjectSection, pupil_progress
from reports.exports.pdf import pupil_progress_pdf
from reports.exports.pupil_progress import drawn_pupil
from reports.queries.pupil_progress import pupil_record
from schools.access import Access
from schools.calendar import AcademicYear, EyfsFramework, TermName, YearGroup
from schools.models import Enrolment, Membership, Pupil, Role, School, SchoolYear
from schools.row_security import visible_to
from schools.services import classes, years
from tests.conftest import member, signed_in
from tests.factories import (
    ClassGroupFactory,
    EnrolmentFactory,
    PupilFactory,
    PupilYearFactory,
    judged,
    on_roll,
)
from tests.reports.test_governor_report_files import said_by

pytestmark = pytest.mark.django_db
BASELINE, AUTUMN, SPRING, SUMMER = AssessmentTerm
NOW = AcademicYear(2026)
WORD_READING = EYFS_AREAS[EyfsFramework.OF_2021][8]
TODAY = dt.date(2027, 1, 20)


@pytest.fixture
def access(school: School):  # type: ignore[no-untyped-def]
    head = member(school, Role.HEAD)
    with visible_to(school):
        now = SchoolYear.objects.in_school(school).values_list("academic_year", flat=True).get()
        for year in range(2021, 2027):
            if year != now:
                years.open_year(school=school, academic_year=AcademicYear(year), by=None)
        yield Access(head, school, (Role.HEAD,), NOW, (NOW,), (school,))


def child(
    access: Access, *groups: YearGroup, born: dt.date, starts_on: dt.date | None = None, **fields: object
) -> Pupil:
    """In these year groups, the last of them now."""
    pupil = PupilFactory.create(school=access.school, date_of_birth=born, **fields)
    first = AcademicYear(NOW - len(groups) + 1)
    EnrolmentFactory.create(school=access.school, pupil=pupil, starts_on=starts_on or first.starts_on)
    for number, group in enumerate(groups):
        PupilYearFactory.create(
            school=access.school, pupil=pupil, academic_year=AcademicYear(first + number), year_group=group
        )
    return pupil


def page_of(access: Access, pupil: Pupil, term: TermName | None = None) -> PupilProgress:
    record = pupil_record(access, pupil.public_id, today=TODAY, term=term)
    assert record is not None
    return pupil_progress(record)


def page_with_signs(access: Access, pupil: Pupil, term: TermName) -> PupilProgress:
    """As the page is on the site, where each subject has a line more."""
    record = pupil_record(access, pupil.public_id, today=TODAY, term=term)
    assert record is not None
    signs = signs_in_subjects(access, term, pupil.public_id, record.now.year_group)
    return pupil_progress(record, signs)


def subject(page: PupilProgress, name: str) -> SubjectSection:
    return next(each for each in page.subjects if each.name == name)


def told(section: SubjectSection, key: str) -> tuple[str, str, str, str]:
    part = section.part(key)
    return part.figure, part.beside, part.word, part.sentence


@pytest.fixture
def ava(access: Access) -> Pupil:
    """Reception in 2024/25 to Year 2. Ranges: Y1 22-23, 24-25, 26-28; Y2 29-30 in Autumn, 33-35 in Summer."""
    pupil = child(access, YearGroup.R, YearGroup.Y1, YearGroup.Y2, born=dt.date(2019, 11, 3), forename="Ava")
    for term, points in ((AUTUMN, 18), (SPRING, 19), (SUMMER, 21)):
        judged(pupil, 2024, term, points, subject=WORD_READING)
    judged(pupil, 2025, BASELINE, 20, subject=READING)
    judged(pupil, 2025, AUTUMN, 22, subject=READING)
    judged(pupil, 2025, SPRING, None, subject=READING, reason=Reason.ABSENT)
    judged(pupil, 2025, SUMMER, 27, subject=READING, note="Loves poems")
    judged(pupil, 2026, AUTUMN, 28, subject=READING)
    # A Baseline below last Summer's points.
    judged(pupil, 2025, SUMMER, 27)
    judged(pupil, 2026, BASELINE, 25)
    judged(pupil, 2026, AUTUMN, 28)
    # No start.
    judged(pupil, 2026, AUTUMN, 31, subject=WRITING)
    return pupil


def test_from_reception_to_year_two(access: Access, ava: Pupil) -> None:
    page = page_of(access, ava)
    assert (page.at, page.year_group) == ("Autumn 2026/27", "Year 2")
    reading = subject(page, "Reading")
    assert told(reading, "latest") == (
        "28",
        "1S2",
        "Below",
        "28 is below the range expected of Year 2 at the end of Autumn, 29 to 30.",
    )
    assert told(reading, "term") == (
        "+1",
        "of 3 expected",
        "Less than expected",
        "1 step since last Summer, fewer than the 3 expected.",
    )
    assert told(reading, "year")[:3] == ("+1", "of 3 expected", "Less than expected")
    # From the Baseline of Year 1: a year of 7 and an Autumn of 3. Reception's 21 was an area's, and starts nothing.
    assert told(reading, "stage") == (
        "+8",
        "of 10 expected",
        "Less than expected",
        "8 steps since Baseline 2025/26 (20), fewer than the 10 expected.",
    )
    assert told(reading, "direction")[2:] == (
        "Falling back",
        "The gap is growing: 1 point short of the range now (28, from 29); not short of it at the end of Autumn 2025/26 (22, from 22).",
    )
    assert told(reading, "outlook")[2:] == (
        "Not on track",
        "28 (Autumn 2026/27) and 4 expected steps to come make 32 by Summer 2026/27, the end of Key Stage 1: below the range 33 to 35.",
    )
    assert reading.missing == "Not judged: Spring 2025/26 (absent)."
    assert [note.text for note in page.notes] == ["Loves poems"]


def test_a_baseline_counts_before_a_higher_summer_and_no_start_is_no_measure(
    access: Access, ava: Pupil
) -> None:
    page = page_of(access, ava)
    mathematics = subject(page, "Mathematics")
    assert told(mathematics, "year") == (
        "+3",
        "of 3 expected",
        "Expected",
        (
            "3 steps since the Baseline, as many as expected. "
            "The year starts at its Baseline, 25: it counts before last Summer's 27, higher or lower."
        ),
    )
    assert told(mathematics, "stage")[3] == "3 steps since Baseline 2026/27 (25), as many as the 3 expected."
    assert told(mathematics, "direction")[3].startswith(
        "No measure: 1 point short of the range now (28, from 29)"
    )
    writing = subject(page, "Writing")
    assert told(writing, "year")[3].startswith("No measure: no baseline.")
    assert told(writing, "stage")[3].startswith(
        "No measure: no baseline. There are no points from the start of Year 1"
    )
    assert told(writing, "direction")[3] == "Not asked: 31 is above the range, so there is no gap to close."
    # 31 and 2 and 2.
    assert told(writing, "outlook")[2] == "On track"
    science = subject(page, "Science")
    assert not science.is_drawn
    assert told(science, "outlook")[3] == "No measure: there are no points yet to start from."


def test_the_page_as_at_an_earlier_term_knows_nothing_later(access: Access, ava: Pupil) -> None:
    judged(ava, 2026, SPRING, 33, subject=READING)
    assert page_of(access, ava).at == "Spring 2026/27"
    page = page_of(access, ava, TermName.AUTUMN)
    assert told(subject(page, "Reading"), "latest")[0] == "28"
    assert "33" not in [value.split(" ")[0] for row in charted(page, "Reading").rows for value in row[2:3]]
    # Nothing in Summer: the latest points stay, and each measure says why there is none.
    page = page_of(access, ava, TermName.SUMMER)
    assert subject(page, "Reading").part("latest").title == "Spring 2026/27"
    assert (
        told(subject(page, "Reading"), "term")[3] == "No measure: there are no points at the end of Summer."
    )
    # 33 and the 2 of Summer are no steps still to come, and yet they were expected since.
    assert (
        "33 (Spring 2026/27) and 2 expected steps to come make 35"
        in told(subject(page, "Reading"), "outlook")[3]
    )
    # Summer is not over, so nothing is missing of it.
    assert subject(page, "Reading").missing == "Not judged: Spring 2025/26 (absent)."
    record = pupil_record(access, ava.public_id, today=dt.date(2027, 8, 25), term=TermName.SUMMER)
    assert record is not None
    over = subject(pupil_progress(record), "Reading")
    assert over.missing == "Not judged: Spring 2025/26 (absent), Summer 2026/27."


def test_out_of_year_and_joined_in_year(access: Access) -> None:
    """Year 4 by age, Year 3 by the record; on roll since 5 January, on entry in Spring."""
    pupil = child(access, YearGroup.Y3, born=dt.date(2017, 11, 3), starts_on=dt.date(2027, 1, 5))
    judged(pupil, 2026, SPRING, 38, is_on_entry=True)
    judged(pupil, 2026, SUMMER, 41)
    page = page_of(access, pupil)
    mathematics = subject(page, "Mathematics")
    # Year 3 in Summer: 40 to 42.
    assert told(mathematics, "latest")[2:] == (
        "At",
        "41 is in the range expected of Year 3 at the end of Summer, 40 to 42.",
    )
    assert told(mathematics, "term")[:3] == ("+3", "of 2 expected", "More than expected")
    assert told(mathematics, "year") == (
        "+3",
        "of 2 expected",
        "More than expected",
        (
            "3 steps since Spring, more than the 2 expected. No points of a Baseline or of last Summer. "
            "Spring is marked on entry: only the terms since then count."
        ),
    )
    assert told(mathematics, "stage")[:2] == ("+3", "of 2 expected")
    assert told(mathematics, "after_eyfs")[:2] == ("+3", "of 2 expected")
    assert mathematics.part("after_eyfs").title == "Since EYFS"
    # Three years of 7 to come: 62 against 61 to 63.
    assert told(mathematics, "outlook")[2:] == (
        "On track",
        "41 (Summer 2026/27) and 21 expected steps to come make 62 by Summer 2029/30, the end of Key Stage 2: in the range 61 to 63.",
    )
    assert page.facts == (
        "Out of year: in Year 3, where by age it would be Year 4. Everything here is measured by Year 3, the year group of the record.",
        "Joined in year: on roll since 5 January 2027.",
        "Marked on entry in Spring 2026/27: Mathematics. Where there is no Baseline and no last Summer, this year's steps count from there.",
    )


def test_catching_up_upper_key_stage_two_and_what_was_handed_over(
    access: Access, other_school: School
) -> None:
    """Year 5: ranges 50-51 in Autumn; Year 4: 43-44 in Autumn, 47-49 in Summer."""
    pupil = child(access, YearGroup.Y3, YearGroup.Y4, YearGroup.Y5, born=dt.date(2016, 11, 3))
    copied = Provenance(source=Source.COPIED, by=None, made_by_school=other_school)
    before = [(2024, BASELINE, 30), (2025, AUTUMN, 39), (2025, SUMMER, 44)]
    entries = [
        Entry(pupil.pk, MATHEMATICS.number, AcademicYear(year), term, points) for year, term, points in before
    ]
    record_many(school=access.school, entries=entries, provenance=copied)
    judged(pupil, 2026, AUTUMN, 48)
    page = page_of(access, pupil)
    mathematics = subject(page, "Mathematics")
    assert told(mathematics, "direction")[2:] == (
        "Catching up",
        "The gap is closing: 2 points short of the range now (48, from 50); 4 points short at the end of Autumn 2025/26 (39, from 43).",
    )
    # Since the start of Year 3: two years and an Autumn, 17; since the Summer before Year 5: 3.
    assert told(mathematics, "stage")[:3] == ("+18", "of 17 expected", "More than expected")
    assert mathematics.part("stage").title == "KS2 to date"
    assert "after_eyfs" not in {each.key for each in mathematics.told}
    assert told(mathematics, "phase")[:3] == ("+4", "of 3 expected", "More than expected")
    assert page.facts == (
        f"Judged at {other_school.name}: Baseline 2024/25 to Summer 2025/26, handed over with the record.",
    )


def test_in_reception_areas_stand_with_their_steps_and_without_an_outcome(access: Access) -> None:
    pupil = child(access, YearGroup.R, born=dt.date(2021, 11, 3))
    judged(pupil, 2026, BASELINE, 15, subject=WORD_READING)
    # 61 months at the end of Autumn: 40-60 and over, 18 to 20.
    judged(pupil, 2026, AUTUMN, 17, subject=WORD_READING)
    page = page_of(access, pupil)
    assert page.subjects == ()
    (area,) = page.areas
    assert (area.name, area.points, area.latest, area.code) == ("Word reading", ("15", "17"), "17", "30-50s")
    assert (area.word, area.expected, area.steps) == ("Below", "18 to 20", "+2")


def charted(page: PupilProgress, name: str):  # type: ignore[no-untyped-def]
    found = next(each.chart for each in drawn_pupil(page, PRINT).subjects if each.subject.name == name)
    assert found is not None
    return found


def test_the_chart_breaks_at_what_is_not_known_and_its_table_says_the_same(
    access: Access, ava: Pupil
) -> None:
    chart = charted(page_of(access, ava), "Reading")
    assert chart.rows == (
        ("Autumn 2024/25, EYFS Word reading", "Reception", "18 40-60e", "18 to 20", "At"),
        ("Spring 2024/25, EYFS Word reading", "Reception", "19 40-60d", "18 to 20", "At"),
        ("Summer 2024/25, EYFS Word reading", "Reception", "21 ELG", "21 or more", "At"),
        ("Baseline 2025/26", "Year 1", "20 40-60s", "", ""),
        ("Autumn 2025/26", "Year 1", "22 ELG+", "22 to 23", "At"),
        ("Spring 2025/26", "Year 1", "absent", "24 to 25", ""),
        ("Summer 2025/26", "Year 1", "27 1S1", "26 to 28", "At"),
        ("Autumn 2026/27", "Year 2", "28 1S2", "29 to 30", "Below"),
    )
    paths = [path.get("d", "") for path in ET.fromstring(chart.svg).iter("{http://www.w3.org/2000/svg}path")]
    lines = [path for path in paths if re.fullmatch(r"(?:[ML][\d. ]+)+", path) and "H" not in path]
    # The area: three joined. The subject: Autumn alone, then Summer joined with Autumn; no line over Spring.
    assert [
        (path.count("M"), path.count("L")) for path in lines if path.count("M") + path.count("L") > 1
    ] == [(1, 2), (2, 1)]
    # One band from Year 1 on: six ends of terms above, six below. None in Reception.
    (band,) = [path for path in paths if path.endswith("z") and path.count("L") > 5]
    assert band.count("L") == 11
    assert "Spring 2025/26, Year 1: absent (24 to 25 expected)." in chart.said


def test_who_sees_it_and_what_a_file_is_called(school: School, year: AcademicYear) -> None:
    teacher, governor, head = (
        member(school, Role.TEACHER),
        member(school, Role.GOVERNOR),
        member(school, Role.HEAD),
    )
    with visible_to(school):
        own, others = (ClassGroupFactory.create(school=school, academic_year=year) for _ in range(2))
        classes.assign_teacher(class_group=own, membership=Membership.objects.get(user=teacher), by=None)
        mine, not_mine = (
            on_roll(school, year, class_group=each, pupil__surname="Zebedee").pupil for each in (own, others)
        )
        judged(mine, year, AUTUMN, 44)
    pages = ("pupil_progress", "pupil_progress_pdf", "pupil_for_parents")

    def status(user, pupil: Pupil) -> list[int]:  # type: ignore[no-untyped-def]
        client = signed_in(user)
        return [
            client.get(reverse(name, args=[school.urn, year, pupil.public_id])).status_code for name in pages
        ]

    assert status(teacher, mine) == [200] * 3
    assert status(teacher, not_mine) == [404] * 3
    assert status(governor, mine) == [403] * 3
    assert status(head, not_mine) == [200] * 3
    answer = signed_in(head).get(reverse("pupil_progress_pdf", args=[school.urn, year, mine.public_id]))
    assert "zebedee" not in answer["Content-Disposition"].lower()
    record = signed_in(head).get(reverse("pupil", args=[school.urn, year, mine.public_id])).content.decode()
    page = reverse("pupil_progress", args=[school.urn, year, mine.public_id])
    assert f'href="{page}"' in record
    assert (
        f'href="{reverse("pupil", args=[school.urn, year, mine.public_id])}"'
        in signed_in(head).get(page).content.decode()
    )


def test_the_same_number_of_queries_whatever_the_years(access: Access, ava: Pupil) -> None:
    young = child(access, YearGroup.Y1, born=dt.date(2020, 11, 3))
    old = child(access, *list(YearGroup)[3:9], born=dt.date(2015, 11, 3))
    judged(young, 2026, AUTUMN, 22)
    for number in range(6):
        for term in AssessmentTerm:
            judged(old, 2021 + number, term, 23 + 7 * number + term, note="A note")
    counts = []
    for pupil in (young, old):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page_of(access, pupil, TermName.AUTUMN)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 7


def test_the_paper_is_one_tagged_page_even_when_full(access: Access, tmp_path) -> None:  # type: ignore[no-untyped-def]
    pupil = child(access, *list(YearGroup)[3:9], born=dt.date(2014, 11, 3), forename="Ava")
    for number in range(6):
        for term in AssessmentTerm:
            for each in SUBJECTS:
                if (number, term) in {(2, SPRING), (3, SUMMER), (4, AUTUMN)}:
                    continue
                points = 20 + 6 * number + term
                judged(
                    pupil,
                    2021 + number,
                    term,
                    points,
                    subject=each,
                    is_on_entry=(number, term) == (5, AUTUMN),
                    note="A long note of what was seen. " * 12,
                )
    path = tmp_path / "pupil.pdf"
    path.write_bytes(
        pupil_progress_pdf(
            page_with_signs(access, pupil, TermName.SUMMER), school="Beggars Lane", made_on=TODAY
        )
    )
    assert said_by("pdftotext", path, "-").count("Signs") == 4
    told_of = said_by("pdfinfo", path)
    assert re.search(r"^Pages: +1$", told_of, re.MULTILINE)
    assert re.search(r"^Tagged: +yes$", told_of, re.MULTILINE)
    structure = said_by("pdfinfo", "-struct", path)
    assert all(tag in structure for tag in ("H1", "H2", "Table", "TH", "Figure"))


def test_the_paper_is_one_page_without_measures_too(access: Access, tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Year 6 repeated, joined in year, on entry, with every sentence of why there is no measure and three long notes."""
    groups = (YearGroup.Y3, YearGroup.Y4, YearGroup.Y5, YearGroup.Y6, YearGroup.Y6)
    pupil = child(access, *groups, born=dt.date(2014, 11, 3), starts_on=dt.date(2027, 1, 5), forename="Ava")
    for each in SUBJECTS:
        judged(pupil, 2022, AUTUMN, 36, subject=each)
        judged(pupil, 2026, SPRING, 50, subject=each, is_on_entry=True, note="What was seen at length. " * 12)
    for number, term in enumerate((TermName.SPRING, TermName.SUMMER)):
        page = page_with_signs(access, pupil, term)
        assert len(page.facts) == 4
        told_of = [part for each in page.subjects for part in each.told if not part.is_measured]
        assert all(part.brief and len(part.brief) < 60 for part in told_of)
        path = tmp_path / f"pupil-{number}.pdf"
        path.write_bytes(pupil_progress_pdf(page, school="Beggars Lane", made_on=TODAY))
        assert re.search(r"^Pages: +1$", said_by("pdfinfo", path), re.MULTILINE), term
        assert said_by("pdftotext", path, "-").count("What was seen at length") >= 3
    # Where more is odd about the record notes give way.
    page = replace(page, facts=page.facts * 3)
    path.write_bytes(pupil_progress_pdf(page, school="Beggars Lane", made_on=TODAY))
    assert re.search(r"^Pages: +1$", said_by("pdfinfo", path), re.MULTILINE)
    said = said_by("pdftotext", path, "-")
    assert said.count("What was seen at length") < 3
    assert "All 4 notes stand on the page." in said


def test_a_repeated_year_a_later_leaving_date_and_a_baseline_without_points(access: Access) -> None:
    more = ": the steps expected over the key stage follow the time, so a year more of them"
    born = dt.date(2015, 11, 3)
    y2, y3, y4, y5, y9, y10 = (
        YearGroup.Y2,
        YearGroup.Y3,
        YearGroup.Y4,
        YearGroup.Y5,
        YearGroup.Y9,
        YearGroup.Y10,
    )

    def repeated(*groups: YearGroup) -> str:
        facts = page_of(access, child(access, *groups, born=born)).facts
        return next(each for each in facts if "repeated" in each)

    assert repeated(y3, y4, y4, y5) == f"Year 4 was repeated in 2025/26{more}."
    # The first of the key stage starts it anew; an earlier stage is over; from Year 10 no steps are expected.
    assert repeated(y3, y3, y4) == "Year 3 was repeated in 2025/26."
    assert repeated(y2, y2, y3) == "Year 2 was repeated in 2025/26."
    assert repeated(y9, y9, y10) == "Year 9 was repeated in 2025/26."
    assert repeated(YearGroup.N2, YearGroup.R, YearGroup.R) == "Reception was repeated in 2026/27."

    pupil = child(access, y4, born=dt.date(2017, 11, 3))
    Enrolment.objects.in_school(access.school).filter(pupil=pupil).update(ends_on=dt.date(2027, 2, 12))
    assert page_of(access, pupil, TermName.AUTUMN).facts == ()
    assert page_of(access, pupil, TermName.SPRING).facts == ("Last day on roll: 12 February 2027.",)

    judged(pupil, 2026, BASELINE, None, subject=READING, reason=Reason.ABSENT)
    assert not subject(page_of(access, pupil), "Reading").is_drawn
    judged(pupil, 2026, BASELINE, 40, subject=WRITING)
    assert subject(page_of(access, pupil), "Writing").is_drawn


def test_nothing_is_judged(access: Access) -> None:
    pupil = child(access, YearGroup.Y10, born=dt.date(2011, 11, 3))
    page = page_of(access, pupil)
    assert all(each.part("outlook").sentence.startswith("No measure") for each in page.subjects)
    assert page.facts == ("From Year 10 nothing is expected, so there is no band and no colour.",)
    judged(pupil, 2026, AUTUMN, 90)
    mathematics = subject(page_of(access, pupil), "Mathematics")
    assert told(mathematics, "year")[3] == "No measure: steps are expected in Years 1 to 9, not in Year 10."
    assert mathematics.timeline[-1].terms[0].low is None
