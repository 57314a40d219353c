"""Progress since the end of the early years in the governors' pack, counted by hand."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from django.core.management import call_command

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import MATHEMATICS, WRITING
from assessment.models import Judgement
from reports.documents.governor_after_eyfs import AFTER_EYFS_KEY
from reports.documents.governor_cells import NOBODY
from reports.documents.governor_report import GovernorReport, governor_report
from reports.documents.governor_sections import Section, with_sections
from reports.documents.releases import released
from reports.exports.governor_report import tables
from reports.queries.scope import Scope
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.models import Pupil, School
from schools.row_security import visible_to
from schools.services import years
from schools.services.releases import keep_pack
from tests.factories import PupilYearFactory, judged, on_roll

BASELINE, AUTUMN, SPRING, SUMMER = AssessmentTerm


def grown(
    school: School,
    year: AcademicYear,
    year_group: YearGroup,
    start: int | None,
    end: int | None,
    **stay: object,
) -> Pupil:
    """In mathematics: a Baseline in Year 1, and points at the end of this year."""
    row = on_roll(school, year, year_group=year_group, **stay)
    for back in range(1, year_group):
        PupilYearFactory.create(
            school=school,
            academic_year=AcademicYear(year - back),
            pupil=row.pupil,
            year_group=YearGroup(year_group - back),
        )
    first = AcademicYear(year - (year_group - 1))
    if start is not None:
        judged(row.pupil, first, BASELINE, start, subject=MATHEMATICS)
    if end is not None:
        judged(row.pupil, year, SUMMER, end, subject=MATHEMATICS)
    return row.pupil


@pytest.fixture
def first_school(school: School, year: AcademicYear) -> School:
    """Year 2 against 14 steps, Year 4 against 28; each six, seven and eight pupils with less, as expected and more."""
    with visible_to(school):
        for back in range(1, 4):
            years.open_year(school=school, academic_year=AcademicYear(year - back), by=None)
        for year_group, steps in ((YearGroup.Y2, 14), (YearGroup.Y4, 28)):
            for count, more in ((6, -1), (7, 0), (8, 2)):
                for _ in range(count):
                    grown(school, year, year_group, 20, 20 + steps + more)
        # Nobody of these is measured: no Baseline, no points now, and gone before the last day.
        grown(school, year, YearGroup.Y2, None, 34)
        grown(school, year, YearGroup.Y2, 20, None)
        grown(school, year, YearGroup.Y2, 20, 40, ends_on=year.starts_on + dt.timedelta(days=90))
        # Came in Year 2, judged on entry in Autumn: 4 of the 4 steps of Spring and Summer.
        joiner = grown(school, year, YearGroup.Y2, None, 34)
        judged(joiner, year, AUTUMN, 30, subject=MATHEMATICS, is_on_entry=True)
        # Year 3 ends nothing: a phase goes on there.
        for _ in range(7):
            grown(school, year, YearGroup.Y3, 20, 41)
    return school


def pack(school: School, year: AcademicYear, term: TermName = TermName.SUMMER) -> GovernorReport:
    with visible_to(school):
        return governor_report(Scope(schools=(school,), academic_year=year, term=term), dt.date(2026, 7, 22))


def told(shown: GovernorReport) -> dict[tuple[str, str], list[str]]:
    return {
        (each.label, row.subject): [
            str(cell) for cell in (row.less, row.expected, row.more, row.expected_or_more)
        ]
        for each in shown.after_eyfs
        for row in each.rows
    }


def test_year_2_is_told_against_14_steps_and_a_first_schools_year_4_against_28(
    first_school: School, year: AcademicYear
) -> None:
    shown = pack(first_school, year)
    # Of Year 2 also the joiner, as expected: 6, 8 and 8 of 22. Of Year 4 6, 7 and 8 of 21.
    assert told(shown)["Year 2", "Mathematics"] == ["27%", "36%", "36%", "73%"]
    assert told(shown)["Year 4", "Mathematics"] == ["29%", "33%", "38%", "71%"]
    # Nobody was judged in writing.
    assert told(shown)["Year 2", WRITING.name] == [NOBODY] * 4
    assert {label for label, _ in told(shown)} == {"Year 2", "Year 4"}
    # In the workbook the same; and a pack without progress has none of it.
    (sheet,) = (each for each in tables(shown) if each.title == "Since EYFS")
    assert [list(row[:5]) for row in sheet.rows if row[1] == "Mathematics"] == [
        ["Year 2", "Mathematics", 27, 36, 36],
        ["Year 4", "Mathematics", 29, 33, 38],
    ]
    without = with_sections(shown, set(Section) - {Section.PROGRESS})
    assert (without.after_eyfs, "Since EYFS" in [each.title for each in tables(without)]) == ((), False)
    # As the tidy table counts them.
    output = io.StringIO()
    asked = ("--term", "summer", "--measure", "after-eyfs")
    call_command("analyse", "--school", first_school.urn, "--year", year.label, *asked, stdout=output)
    (row,) = (
        each
        for each in csv.DictReader(io.StringIO(output.getvalue()))
        if (each["year_group"], each["subject"], each["group"]) == ("2", "Mathematics", "All")
    )
    columns = ("assessed", "progress_measured", "progress_below", "progress_expected", "progress_above")
    assert [row[name] for name in columns] == ["23", "22", "6", "8", "8"]


def test_it_is_given_out_and_held_with_the_rest(first_school: School, year: AcademicYear) -> None:
    scope = Scope(schools=(first_school,), academic_year=year, term=TermName.SUMMER)
    with visible_to(first_school):
        facts = released(scope).to_keep[0].facts
        # Of two year groups in four subjects, under a key that no group has.
        assert len([row for row in facts["figures"] if row[2] == 0]) == 8
        # What was given out before there was such a figure does not stand in its way.
        without = [row for row in facts["figures"] if row[2] != 0]
        keep_pack(**{**facts, "figures": without}, by=None)
        assert (released(scope).is_held, measured_in_year_2(scope)) == (False, 22)
        keep_pack(**facts, by=None)
        # A Baseline that comes late would tell of one pupil: the 22 stand.
        late = Judgement.objects.in_school(first_school).filter(points=34, term=SUMMER)
        (pupil,) = (
            row.pupil
            for row in late.select_related("pupil")
            if Judgement.objects.in_school(first_school).filter(pupil=row.pupil).count() == 1
        )
        judged(pupil, AcademicYear(year - 1), BASELINE, 20, subject=MATHEMATICS)
        assert (released(scope).is_held, measured_in_year_2(scope)) == (True, 22)
        assert measured_in_year_2(scope, is_anew=True) == 23


def measured_in_year_2(scope: Scope, *, is_anew: bool = False) -> int:
    """Since the early years, in mathematics, as it is given out."""
    (found,) = (
        each.measured
        for each in released(scope, is_anew=is_anew).figures
        if (each.year_group, each.subject, each.group) == (YearGroup.Y2, MATHEMATICS.number, AFTER_EYFS_KEY)
    )
    return found


def test_a_school_that_ends_with_neither_has_year_2_alone_and_a_middle_school_nothing(
    first_school: School, year: AcademicYear
) -> None:
    School.objects.filter(pk=first_school.pk).update(highest_year_group=YearGroup.Y6)
    first_school.refresh_from_db()
    assert {label for label, _ in told(pack(first_school, year))} == {"Year 2"}
    School.objects.filter(pk=first_school.pk).update(lowest_year_group=YearGroup.Y4)
    first_school.refresh_from_db()
    assert told(pack(first_school, year)) == {}
