"""The dashboard's figures against numbers worked out by hand: tests/reports/counted_school.py says who is who."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import EYFS_AREAS
from reports.documents.dashboard import Dashboard, attainment_table, dashboard, progress_table
from reports.documents.figure_pupils import FigurePupils, Part, figure_pupils
from reports.documents.figure_pupils_table import figure_pupils_table
from reports.documents.tiles import Tile
from reports.queries.figures import COMBINED, GOOD_LEVEL_OF_DEVELOPMENT
from reports.queries.groups import BY_SLUG
from reports.queries.scope import EVERYBODY, Filters, Measure, Scope
from schools.access import Access
from schools.calendar import AcademicYear, EyfsFramework, TermName, YearGroup
from schools.models import ClassGroup, Role, School, Sex
from schools.row_security import visible_to
from schools.services import years
from tests.conftest import member
from tests.factories import judged, on_roll
from tests.reports.counted_school import YEAR, counted

__all__ = ["counted"]
pytestmark = pytest.mark.django_db
AUTUMN, SPRING, SUMMER = TermName
MATHEMATICS, READING, SCIENCE = 3, 1, 4


def access_of(school: School, *roles: Role) -> Access:
    return Access(member(school, *roles), school, roles, YEAR, (YEAR,), (school,))


def scope_of(
    school: School,
    term: TermName,
    measure: Measure = Measure.YEAR,
    filters: Filters = EVERYBODY,
    viewer: Access | None = None,
) -> Scope:
    return Scope(
        schools=(school,), academic_year=YEAR, term=term, measure=measure, filters=filters, viewer=viewer
    )


def shown(scope: Scope) -> Dashboard:
    return dashboard(scope, {"term": scope.term.label.lower()})


def tile(page: Dashboard, year_group: YearGroup, subject: str, *, progress: bool = False) -> Tile:
    rows = page.progress if progress else page.attainment
    (row,) = (row for row in rows if row.year_group is year_group)
    (found,) = (tile for tile in row.tiles if tile and tile.subject == subject)
    return found


def parts(found: Tile) -> tuple[int | None, ...]:
    return tuple(part.count for part in found.parts)


def names(found: FigurePupils) -> set[str]:
    return {line.name.split(", ")[1] for line in found.lines}


def test_a_tile_says_share_counts_coverage_and_average(counted: School) -> None:
    # 3 below, 3 at, 1 above of 7: 4 of 7 are 57.14 per cent. Points 330 over 7.
    found = tile(shown(scope_of(counted, SUMMER)), YearGroup.Y4, "Mathematics")
    assert parts(found) == (3, 3, 1)
    assert (found.headline, found.counted, found.pupils, found.left_out) == (57, 7, 7, 0)
    assert found.average == Decimal("47.1")


def test_who_is_not_judged_is_no_part_of_the_share(counted: School) -> None:
    # Spring: Cat has nothing and Eve was absent; Hal is below of the five who are judged.
    found = tile(shown(scope_of(counted, SPRING)), YearGroup.Y4, "Mathematics")
    assert (parts(found), found.headline) == ((1, 3, 1), 80)
    assert (found.counted, found.pupils, found.left_out) == (5, 7, 2)


def test_progress_is_of_those_with_a_start(counted: School) -> None:
    # Summer: Cat, Eve less; Ann, Ida as expected; Bob, Dev more; Hal has no start.
    found = tile(shown(scope_of(counted, SUMMER)), YearGroup.Y4, "Mathematics", progress=True)
    assert (parts(found), found.headline, found.average) == ((2, 2, 2), 67, Decimal("6.0"))
    assert (found.counted, found.pupils, found.left_out) == (6, 7, 1)


def test_the_measure_that_is_chosen_is_shown_and_named(counted: School) -> None:
    page = shown(scope_of(counted, SPRING, Measure.TERM))
    assert page.progress_title == "Progress this term, Spring 2026"
    assert parts(tile(page, YearGroup.Y4, "Mathematics", progress=True)) == (0, 2, 2)


def test_the_change_is_of_pupils_judged_in_both_terms(counted: School) -> None:
    # Since Spring: Ann, Bob, Dev, Ida at or above both times, Hal below both times; Cat and Eve were not judged in Spring.
    change = tile(shown(scope_of(counted, SUMMER)), YearGroup.Y4, "Mathematics").change
    assert change is not None
    assert (change.points, change.matched, change.text) == (0, 5, "0")


def test_in_autumn_the_change_is_since_the_summer_in_the_year_group_below(counted: School) -> None:
    # Last Summer in Year 3 (40-42): Ann 40, Bob 44, Cat 40, Fin 41, Ida 41 at or above and Eve 39 below; now Ann, Bob, Fin and
    # Ida are: four of six after five of six, -16.67. Hal was not judged then, Gus has left, Dev is to come.
    page = shown(scope_of(counted, AUTUMN))
    change = tile(page, YearGroup.Y4, "Mathematics").change
    assert change is not None
    assert (change.points, change.matched, change.text) == (-17, 6, "\N{MINUS SIGN}17")
    assert page.term_before == "Summer"
    # Jon, out of year, is compared with himself: above at the end of Year 2, at in Year 3.
    alone = tile(page, YearGroup.Y3, "Mathematics").change
    assert alone is not None
    assert (alone.points, alone.matched) == (0, 1)


def test_there_is_no_change_where_nobody_was_judged_before(counted: School) -> None:
    assert tile(shown(scope_of(counted, SUMMER)), YearGroup.Y4, "Reading").change is None


def test_combined_is_of_those_judged_in_all_three(counted: School) -> None:
    # Ann and Bob are at or above in all three, Cat is below in Mathematics.
    found = tile(shown(scope_of(counted, SUMMER)), YearGroup.Y4, "Combined")
    assert (parts(found), found.headline, found.average) == ((1, 1, 1), 67, None)
    assert (found.counted, found.left_out) == (3, 4)


def test_a_subject_without_judgements_is_empty_and_not_held_back(counted: School) -> None:
    found = tile(shown(scope_of(counted, SUMMER)), YearGroup.Y4, "Science")
    assert found.is_empty
    assert (found.headline, found.average, found.is_held_back) == (None, None, False)


def test_a_pupil_out_of_year_stands_in_the_year_group_of_the_record(counted: School) -> None:
    found = tile(shown(scope_of(counted, SUMMER)), YearGroup.Y3, "Mathematics")
    assert (parts(found), found.pupils) == ((0, 1, 0), 1)


def test_a_group_and_a_class_narrow_the_page(counted: School) -> None:
    premium = Filters(group=BY_SLUG["pupil-premium"].key)
    # Autumn: Ann at, Cat below; Gus has left.
    found = tile(shown(scope_of(counted, AUTUMN, filters=premium)), YearGroup.Y4, "Mathematics")
    assert (parts(found), found.pupils) == ((1, 1, 0), 2)
    oak = Filters(class_id=ClassGroup.objects.get(name="Oak").public_id)
    found = tile(shown(scope_of(counted, AUTUMN, filters=oak)), YearGroup.Y4, "Mathematics")
    assert (parts(found), found.pupils) == ((0, 1, 0), 1)


def test_the_whole_page_says_how_much_is_in(counted: School) -> None:
    # Eight pupils and four subjects: in Summer 8 in Mathematics, 4 in Reading, 3 in Writing: 15 of 32. Reading and Writing were begun
    # in Year 4, where 3 and 4 are missing.
    page = shown(scope_of(counted, SUMMER))
    assert (page.pupils, page.missing, page.judged_share) == (8, 7, 47)
    assert page.title == "Attainment, Summer 2026"
    assert (page.has_pupils, page.has_judgements) == (True, True)


def test_above_year_9_there_are_counts_and_averages_alone(school: School) -> None:
    with visible_to(school):
        years.open_year(school=school, academic_year=YEAR, by=None)
        for points in (90, 93):
            pupil = on_roll(school, YEAR, year_group=YearGroup.Y10).pupil
            judged(pupil, YEAR, AssessmentTerm.AUTUMN, points)
        page = shown(scope_of(school, AUTUMN))
    found = tile(page, YearGroup.Y10, "Mathematics")
    assert (found.parts, found.headline, found.average, found.counted) == ((), None, Decimal("91.5"), 2)
    assert page.progress == ()
    assert page.attainment[0].tiles[-1] is None


def test_reception_is_told_by_area_with_steps_and_the_good_level(school: School) -> None:
    with visible_to(school):
        years.open_year(school=school, academic_year=YEAR, by=None)
        for number in (21, 20):
            child = on_roll(
                school, YEAR, year_group=YearGroup.R, pupil__date_of_birth=dt.date(2020, 10, 1)
            ).pupil
            for area in EYFS_AREAS[EyfsFramework.OF_2021]:
                points = number if area.name == "Number" else 21
                judged(child, YEAR, AssessmentTerm.BASELINE, 15, subject=area)
                judged(child, YEAR, AssessmentTerm.SUMMER, points, subject=area)
        page = shown(scope_of(school, SUMMER))
        access = access_of(school, Role.HEAD)
        reached = figure_pupils(
            access, scope_of(school, SUMMER), subject=GOOD_LEVEL_OF_DEVELOPMENT, part=Part.AT_OR_ABOVE
        )
    (early,) = page.early_years
    assert page.attainment == ()
    assert [area.heading for area in early.areas][:2] == ["Communication and language"] * 2
    (number_area,) = (area for area in early.areas if area.attainment.subject == "Number")
    assert (parts(number_area.attainment), number_area.attainment.headline) == ((1, 1, 0), 50)
    assert number_area.progress is not None
    # 6 and 5 steps; no colours.
    assert (number_area.progress.average, number_area.progress.parts) == (Decimal("5.5"), ())
    assert early.good_level is not None
    assert (early.good_level.headline, early.good_level.counted) == (50, 2)
    assert reached.count == 1
    assert len(figure_pupils_table(reached, "Reached").rows[0]) == 5 + 12


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (Part.PUPILS, {"Ann", "Bob", "Cat", "Dev", "Eve", "Hal", "Ida"}),
        (Part.ASSESSED, {"Ann", "Bob", "Dev", "Hal", "Ida"}),
        (Part.MISSING, {"Cat", "Eve"}),
        (Part.BELOW, {"Hal"}),
        (Part.AT, {"Ann", "Dev", "Ida"}),
        (Part.ABOVE, {"Bob"}),
        (Part.AT_OR_ABOVE, {"Ann", "Bob", "Dev", "Ida"}),
        (Part.MATCHED, {"Ann", "Bob", "Hal", "Ida"}),
        (Part.MEASURED, {"Ann", "Bob", "Ida"}),
        (Part.UNMEASURED, {"Cat", "Dev", "Eve", "Hal"}),
        (Part.PROGRESS_BELOW, {"Bob"}),
        (Part.PROGRESS_EXPECTED, {"Ann", "Ida"}),
        (Part.PROGRESS_ABOVE, set()),
        (Part.PROGRESS_EXPECTED_OR_ABOVE, {"Ann", "Ida"}),
    ],
)
def test_each_part_lists_its_pupils(counted: School, part: Part, expected: set[str]) -> None:
    scope = scope_of(counted, SPRING, filters=Filters(year_group=YearGroup.Y4))
    found = figure_pupils(access_of(counted, Role.HEAD), scope, subject=MATHEMATICS, part=part)
    assert names(found) == expected


def test_a_line_says_what_the_pupil_is_counted_by_or_why_not(counted: School) -> None:
    scope = scope_of(counted, SPRING, filters=Filters(year_group=YearGroup.Y4))
    found = figure_pupils(access_of(counted, Role.HEAD), scope, subject=MATHEMATICS, part=Part.PUPILS)
    lines = {line.name.split(", ")[1]: line for line in found.lines}
    ann = lines["Ann"]
    assert (ann.result.points, ann.result.code, ann.class_name) == (45, "4E2", "Oak")
    assert ann.attainment is not None
    assert ann.attainment.word == "At"
    assert (ann.start, ann.steps, ann.expected) == ("40 in Summer 2024/25", 5, "5")
    assert ann.progress is not None
    assert ann.progress.word == "Expected"
    assert ann.not_included == ""
    assert {name: lines[name].not_included for name in ("Cat", "Dev", "Eve", "Hal")} == {
        "Cat": "Not entered",
        "Dev": "No baseline",
        "Eve": "Absent",
        "Hal": "No baseline",
    }


def test_a_combined_list_shows_the_three_and_what_is_missing(counted: School) -> None:
    scope = scope_of(counted, SUMMER, filters=Filters(year_group=YearGroup.Y4))
    found = figure_pupils(access_of(counted, Role.HEAD), scope, subject=COMBINED, part=Part.PUPILS)
    lines = {line.name.split(", ")[1]: line for line in found.lines}
    assert [result.points for result in lines["Bob"].results] == [50, 60, 51]
    assert lines["Bob"].attainment is not None
    assert lines["Bob"].attainment.word == "Above"
    assert lines["Ida"].not_included == "Writing: not entered"
    assert lines["Ida"].attainment is None


def test_a_teacher_gets_figures_and_lists_of_the_own_classes(counted: School) -> None:
    from schools.models import Membership
    from schools.services import classes

    viewer = access_of(counted, Role.TEACHER)
    scope = scope_of(counted, SUMMER, viewer=viewer)
    assert not shown(scope).has_pupils
    membership = Membership.objects.get(user=viewer.user)
    classes.assign_teacher(class_group=ClassGroup.objects.get(name="Oak"), membership=membership, by=None)
    assert tile(shown(scope), YearGroup.Y4, "Mathematics").pupils == 1
    assert names(figure_pupils(viewer, scope, subject=MATHEMATICS, part=Part.PUPILS)) == {"Ann"}


def test_the_files_hold_what_the_page_shows(counted: School) -> None:
    page = shown(scope_of(counted, AUTUMN))
    lines = {tuple(row[:2]): row for row in attainment_table(page).rows}
    row = lines["Year 4", "Mathematics"]
    # On roll, judged, not; below, at, above; at or above, average points; change, of how many; on track for Year 6 from 43 on, not; why not judged.
    assert row[2:] == [7, 7, 0, 3, 3, 1, 57, Decimal("42.7"), -17, 6, 4, 3, None]
    assert lines["Year 4", "Science"][2:] == [7, 0, 7, 0, 0, 0, *[None] * 7]
    progress = {tuple(row[:2]): row for row in progress_table(page).rows}
    assert progress["Year 4", "Mathematics"][2:] == [7, 6, 1, 2, 2, 2, 67, Decimal("2.5")]


def test_one_query_makes_the_dashboard_however_many_pupils(
    counted: School, django_assert_num_queries
) -> None:
    with django_assert_num_queries(1):
        shown(scope_of(counted, SUMMER))
    for year_group in (YearGroup.Y2, YearGroup.Y5):
        pupil = on_roll(counted, AcademicYear(YEAR), year_group=year_group, pupil__sex=Sex.FEMALE).pupil
        judged(pupil, YEAR, AssessmentTerm.SUMMER, 40)
    with django_assert_num_queries(1):
        shown(scope_of(counted, SUMMER))


def test_two_queries_make_a_list_however_many_pupils(counted: School, django_assert_num_queries) -> None:
    access = access_of(counted, Role.HEAD)
    for part in (Part.ABOVE, Part.PUPILS):
        with django_assert_num_queries(2):
            figure_pupils(access, scope_of(counted, SUMMER), subject=MATHEMATICS, part=part)
