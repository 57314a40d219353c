"""A year group's page against numbers worked out by hand: tests/reports/counted_school.py says who is who."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import EYFS_AREAS, SCIENCE
from assessment.models import Reason
from reports.documents.dashboard import dashboard
from reports.documents.group_gaps import GapLine, GroupGap, group_gaps_table
from reports.documents.year_groups import (
    YearGroupReport,
    missing_table,
    subjects_table,
    terms_table,
    year_group_report,
)
from reports.queries.scope import EVERYBODY, Filters, Scope
from schools.access import Access
from schools.calendar import EyfsFramework, TermName, YearGroup
from schools.models import ClassGroup, Pupil, Role, School
from schools.row_security import visible_to
from schools.services import years
from tests.factories import judged, on_roll
from tests.reports.counted_school import YEAR, counted
from tests.reports.test_dashboard import access_of

__all__ = ["counted"]
pytestmark = pytest.mark.django_db
AUTUMN, SPRING, SUMMER = TermName


def report_of(
    school: School,
    term: TermName,
    year_group: YearGroup = YearGroup.Y4,
    *,
    role: Role = Role.HEAD,
    filters: Filters = EVERYBODY,
) -> YearGroupReport:
    access: Access = access_of(school, role)
    scope = Scope(schools=(school,), academic_year=YEAR, term=term, filters=filters, viewer=access)
    return year_group_report(access, scope, year_group, SUMMER, {"term": term.label.lower()})


def gap_of(report: YearGroupReport, group: str, subject: str = "Mathematics") -> tuple[GroupGap, GapLine]:
    (found,) = (each for each in report.gaps if each.group == group)
    (line,) = (line for line in found.lines if line.subject == subject)
    return found, line


def test_the_terms_stand_beside_one_another(counted: School) -> None:
    # Autumn: 4 of 7, Spring 4 of 5, Summer 4 of 7 at or above.
    report = report_of(counted, SUMMER)
    (line,) = (each for each in report.over_terms if each.subject == "Mathematics")
    told = [(tile.headline, tile.counted, tile.pupils) for tile in line.attainment if tile]
    assert told == [(57, 7, 7), (80, 5, 7), (57, 7, 7)]
    assert [term.label for term in report.terms] == ["Autumn", "Spring", "Summer"]
    assert [tile.query.split("&")[0] for tile in line.attainment if tile] == [
        "term=autumn",
        "term=spring",
        "term=summer",
    ]


def test_a_gap_is_of_unrounded_shares(counted: School) -> None:
    # Girls: Ann and Ida at or above of four, 50 per cent. Boys: Bob and Dev of three, 66.67: the gap is -16.67, not 50 - 67.
    # Of four, 66.67 per cent are 2.67 pupils: one more girl would close it.
    found, line = gap_of(report_of(counted, SUMMER), "Girls")
    assert (found.comparator, found.group_pupils, found.comparator_pupils) == ("Boys", 4, 3)
    assert (line.attainment.group.value, line.attainment.comparator.value) == (50, 67)
    assert (line.attainment.gap, line.attainment.closed_by) == (-17, 1)
    # Progress: Ann and Ida of four; Bob and Dev of two.
    assert line.progress is not None
    assert (line.progress.group.value, line.progress.comparator.value, line.progress.gap) == (50, 100, -50)


def test_a_gap_leaves_out_whom_nothing_was_supplied_of(counted: School) -> None:
    # Pupil premium: Ann at, Cat below. Not: Bob, Dev, Ida at or above, Hal below. Eve is in neither.
    found, line = gap_of(report_of(counted, SUMMER), "Pupil premium")
    assert (found.group_pupils, found.comparator_pupils) == (2, 4)
    assert (line.attainment.gap, line.attainment.closed_by) == (-25, 1)


def test_everybody_else_stands_beside_who_joined_in_the_year(counted: School) -> None:
    # Dev alone, at; of the six others Ann, Bob and Ida. Nobody has to close a gap that is the other way.
    found, line = gap_of(report_of(counted, SUMMER), "Joined in year")
    assert (found.comparator, found.comparator_pupils) == ("Here from the start", 6)
    assert (line.attainment.gap, line.attainment.closed_by) == (50, None)


def test_groups_without_a_comparator_are_not_compared(counted: School) -> None:
    # Nobody is known to be without SEN.
    assert [each.group for each in report_of(counted, SUMMER).gaps] == [
        "Girls",
        "Pupil premium",
        "Joined in year",
    ]


def test_missing_judgements_are_named_with_their_reasons(counted: School) -> None:
    report = report_of(counted, SPRING)
    told = {
        (pupil.name.split(", ")[1], each.subject, each.reason)
        for pupil in report.missing
        for each in pupil.judgements
    }
    assert told == {("Cat", "Mathematics", "Not entered"), ("Eve", "Mathematics", "Absent")}
    assert report.not_begun == ("Reading", "Writing", "Science")
    assert report.missing_count == 2
    assert report.missing_told == "1 not entered, 1 absent"


def test_the_dashboard_and_the_page_count_the_same_as_missing(counted: School) -> None:
    ann = Pupil.objects.get(forename="Ann")
    # A reason alone begins no subject.
    judged(ann, YEAR, AssessmentTerm.SUMMER, None, reason=Reason.ABSENT, subject=SCIENCE)
    areas = EYFS_AREAS[EyfsFramework.OF_2021]
    for number in range(2):
        child = on_roll(
            counted, YEAR, year_group=YearGroup.R, pupil__date_of_birth=dt.date(2020, 10, 1)
        ).pupil
        for area in areas[: number + 3]:
            judged(child, YEAR, AssessmentTerm.SUMMER, 20, subject=area)
    oak = Filters(class_id=ClassGroup.objects.get(name="Oak").public_id)
    told = {}
    for term in TermName:
        for filters in (EVERYBODY, oak):
            viewer = access_of(counted, Role.HEAD)
            scope = Scope(schools=(counted,), academic_year=YEAR, term=term, filters=filters, viewer=viewer)
            page = dashboard(scope, {})
            found = [*page.attainment, *(each.row for each in page.early_years)]
            for row in found:
                report = report_of(counted, term, row.year_group, filters=filters)
                told[term, filters, row.year_group] = (row.missing, row.not_begun)
                assert (row.missing, row.not_begun) == (report.missing_count, report.not_begun)
            assert page.missing == sum(row.missing or 0 for row in found)
    assert told[SUMMER, EVERYBODY, YearGroup.Y4] == (7, ("Science",))
    assert told[SUMMER, oak, YearGroup.Y4] == (0, ("Science",))
    missing, areas_not_begun = told[SUMMER, EVERYBODY, YearGroup.R]
    assert (missing, len(areas_not_begun)) == (1, len(areas) - 4)


def test_a_missing_judgement_leads_to_its_cell_for_those_who_enter(counted: School) -> None:
    head, senco = (report_of(counted, SPRING, role=role) for role in (Role.HEAD, Role.SENCO))
    (address, _) = (each.address for pupil in head.missing for each in pupil.judgements)
    cat = head.missing[0]
    assert address.endswith(f"/year-groups/4/mathematics/?term=spring#p-{cat.public_id}")
    assert {each.address for pupil in senco.missing for each in pupil.judgements} == {""}


def test_a_class_narrows_the_page(counted: School) -> None:
    oak = Filters(class_id=ClassGroup.objects.get(name="Oak").public_id)
    report = report_of(counted, SUMMER, filters=oak)
    assert report.pupils == 1
    assert report.gaps == ()


def test_a_year_group_without_pupils_says_so(counted: School) -> None:
    report = report_of(counted, SUMMER, YearGroup.Y6)
    assert (report.has_pupils, report.pupils, report.attainment, report.over_terms) == (False, None, (), ())


def test_above_year_9_groups_are_compared_by_average_points(school: School) -> None:
    with visible_to(school):
        years.open_year(school=school, academic_year=YEAR, by=None)
        for sex, points in (("F", 90), ("F", 91), ("M", 92)):
            pupil = on_roll(school, YEAR, year_group=YearGroup.Y10, pupil__sex=sex).pupil
            judged(pupil, YEAR, AssessmentTerm.AUTUMN, points)
        report = report_of(school, AUTUMN, YearGroup.Y10)
    _, line = gap_of(report, "Girls")
    assert (line.attainment.group.value, line.attainment.gap) == (Decimal("90.5"), Decimal("-1.5"))
    assert line.attainment.gap_text == "\N{MINUS SIGN}1.5"
    assert not report.has_shares
    table = group_gaps_table(report.gaps, "Groups", by_share=False)
    assert [row for row in table.rows if row[2] == "Mathematics"] == [
        ["Girls", "Boys", "Mathematics", 2, Decimal("90.5"), 1, Decimal("92.0"), Decimal("-1.5")]
    ]


def test_each_table_holds_what_the_page_shows(counted: School) -> None:
    report = report_of(counted, SUMMER)
    subjects = {row[0]: row[1:] for row in subjects_table(report).rows}
    assert subjects["Mathematics"] == [
        *(7, 7, 0, 3, 3, 1, 57, Decimal("47.1"), 4, 3),
        *(6, 1, 2, 2, 2, 67, Decimal("6.0")),
    ]
    assert subjects["Combined"] == [7, 3, 4, 1, 1, 1, 67, None, 2, 1, *[None] * 7]
    terms = [row for row in terms_table(report).rows if row[0] == "Mathematics"]
    assert terms[1] == ["Mathematics", "Spring", 7, 5, 2, 1, 3, 1, 80, Decimal("45.8")]
    gaps = group_gaps_table(report.gaps, "Groups", by_share=True).rows
    assert ["Girls", "Boys", "Mathematics", 4, 50, 3, 67, -17, 4, 50, 2, 100, -50] in gaps
    missing = missing_table(report_of(counted, SPRING)).rows
    assert [row[2:] for row in missing] == [
        ["Mathematics", "Not entered"],
        ["Mathematics", "Absent"],
        ["Reading", "Not begun"],
        ["Writing", "Not begun"],
        ["Science", "Not begun"],
    ]


def test_no_more_queries_for_seven_pupils_than_for_one(
    counted: School, django_assert_max_num_queries
) -> None:
    access = access_of(counted, Role.HEAD)
    scope = Scope(schools=(counted,), academic_year=YEAR, term=SUMMER, viewer=access)
    chosen = {"term": "summer"}
    # Figures of three terms, the changes, who is missing, and their names.
    for year_group in (YearGroup.Y3, YearGroup.Y4):
        with django_assert_max_num_queries(6):
            year_group_report(access, scope, year_group, SUMMER, chosen)
