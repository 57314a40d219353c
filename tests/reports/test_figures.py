"""Figures against numbers worked out by hand: tests/reports/counted_school.py says who is who."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.expected_range import Attainment
from assessment.engine.progress import Progress
from assessment.engine.subjects import EYFS_AREAS, MATHEMATICS, READING, WRITING
from reports.documents.analysis import analysis
from reports.queries.figures import figures
from reports.queries.outcomes import outcomes
from reports.queries.scope import EVERYBODY, Filters, Measure, Scope
from schools.access import Access
from schools.calendar import AcademicYear, EyfsFramework, TermName, YearGroup
from schools.models import ClassGroup, Pupil, Role, School, Sex
from schools.row_security import visible_to
from schools.services import classes, years
from tests.conftest import member
from tests.factories import PupilYearFactory, judged, on_roll
from tests.reports.counted_school import YEAR, counted

__all__ = ["counted"]
pytestmark = pytest.mark.django_db
AUTUMN, SPRING, SUMMER = TermName
Line = dict[str, object]


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


def lines(scope: Scope) -> list[Line]:
    table = analysis(scope)
    return [dict(zip(table.headings, row, strict=True)) for row in table.rows]


def line(scope: Scope, group: str = "All", *, year_group: str = "4", subject: str = "Mathematics") -> tuple:
    """The counts of one line: pupils, assessed, below, at, above, average points; measured, less, expected, more, average steps."""
    (found,) = (
        each
        for each in lines(scope)
        if (each["year_group"], each["subject"], each["group"]) == (year_group, subject, group)
    )
    return tuple(found.values())[7:]


def test_attainment_and_progress_of_the_year_in_autumn(counted: School) -> None:
    # On roll: Ann, Bob, Cat, Eve, Fin (left this very day), Hal, Ida; Dev is to come and Gus left the day before.
    # Below: Cat 42, Eve 40, Hal 41. At: Ann 43, Bob 44, Ida 44. Above: Fin 45. Total 299.
    # Steps against 3: Ann 3, Bob 0, Cat 4 (Baseline), Eve 1, Fin 4, Ida 3; Hal has no start. Total 15.
    assert line(scope_of(counted, AUTUMN)) == ((7, 7, 3, 3, 1, Decimal("42.71"), 6, 2, 2, 2, Decimal("2.50")))


def test_attainment_and_progress_of_the_year_in_spring(counted: School) -> None:
    # On roll: Ann, Bob, Cat, Dev, Eve, Hal, Ida. Cat has nothing, Eve was absent. Below: Hal 44. At: Ann 45, Dev 46, Ida 46.
    # Above: Bob 48. Total 229. Steps against 5: Ann 5, Bob 4, Ida 5; Dev's judgement is not its own start, Hal has none.
    assert line(scope_of(counted, SPRING)) == ((7, 5, 1, 3, 1, Decimal("45.80"), 3, 1, 2, 0, Decimal("4.67")))


def test_attainment_and_progress_of_the_year_in_summer(counted: School) -> None:
    # Below: Cat 44, Eve 45, Hal 46. At: Ann 47, Dev 49, Ida 48. Above: Bob 51. Total 330.
    # Against 7: Ann 7; Bob 7, but he ends in Mastery: more; Cat 6; Eve 6; Ida 7; against 2: Dev 3: more. Total 36.
    assert line(scope_of(counted, SUMMER)) == ((7, 7, 3, 3, 1, Decimal("47.14"), 6, 2, 2, 2, Decimal("6.00")))


def test_progress_of_the_term_starts_from_the_latest_judgement_of_the_year(counted: School) -> None:
    # Autumn, against 3, as the year. Hal has no start.
    assert line(scope_of(counted, AUTUMN, Measure.TERM))[6:] == (6, 2, 2, 2, Decimal("2.50"))
    # Spring, against 2: Ann 2, Bob 4, Hal 3, Ida 2; Dev has no start. Total 11.
    assert line(scope_of(counted, SPRING, Measure.TERM))[6:] == (4, 0, 2, 2, Decimal("2.75"))
    # Summer, against 2: Ann 2, Bob 3, Dev 3, Hal 2, Ida 2; since Autumn, against 4: Cat 2, Eve 5. Total 19.
    # Mastery is for the year alone: Bob's is more by his steps.
    assert line(scope_of(counted, SUMMER, Measure.TERM))[6:] == (7, 1, 3, 3, Decimal("2.71"))


def test_progress_of_the_phase_starts_with_its_first_year(counted: School) -> None:
    # Lower Key Stage 2 began in 2024/25 in Year 3, of which there is neither a Baseline nor a Summer before it. Within the phase
    # are Cat's Baseline (38 to 44, 6 against 7) and Dev's judgement on entry (46 to 49, 3 against 2).
    assert line(scope_of(counted, SUMMER, Measure.PHASE))[6:] == (2, 1, 0, 1, Decimal("4.50"))
    ann = Pupil.objects.get(forename="Ann")
    judged(ann, 2024, AssessmentTerm.BASELINE, 33)
    # Ann: 33 to 47, 14 against 14.
    assert line(scope_of(counted, SUMMER, Measure.PHASE))[6:] == (3, 1, 1, 1, Decimal("7.67"))
    assert line(scope_of(counted, SUMMER, Measure.KEY_STAGE))[6:] == (3, 1, 1, 1, Decimal("7.67"))


def test_phase_and_key_stage_part_in_key_stage_two_and_a_repeated_year_expects_more(counted: School) -> None:
    years.open_year(school=counted, academic_year=AcademicYear(2023), by=None)
    # Liz: 38 at the start of Year 3, 51 at the start of Year 5, 58 now: 20 steps against 21, and 7 against 7.
    liz = on_roll(counted, YEAR, year_group=YearGroup.Y5).pupil
    # Mac repeats Year 5: 51 at the start of his first, 60 now: of the latest Year 5 there is no start but the Summer before, 54.
    mac = on_roll(counted, YEAR, year_group=YearGroup.Y5).pupil
    # Nat is in Year 6 for the second time: from the start of Year 5 in 2023, 51 to 70: 19 steps against 21.
    nat = on_roll(counted, YEAR, year_group=YearGroup.Y6).pupil
    for pupil, earlier in (
        (liz, {2023: YearGroup.Y3, 2024: YearGroup.Y4}),
        (mac, {2024: YearGroup.Y5}),
        (nat, {2023: YearGroup.Y5, 2024: YearGroup.Y6}),
    ):
        for year, year_group in earlier.items():
            PupilYearFactory.create(school=counted, pupil=pupil, academic_year=year, year_group=year_group)
    judged(liz, 2023, AssessmentTerm.BASELINE, 38)
    judged(liz, 2025, AssessmentTerm.BASELINE, 51)
    judged(liz, 2025, AssessmentTerm.SUMMER, 58)
    judged(mac, 2024, AssessmentTerm.BASELINE, 51)
    judged(mac, 2024, AssessmentTerm.SUMMER, 54)
    judged(mac, 2025, AssessmentTerm.SUMMER, 60)
    judged(nat, 2023, AssessmentTerm.BASELINE, 51)
    judged(nat, 2025, AssessmentTerm.SUMMER, 70)
    # Of Mac the phase has 6 steps against 7; of the key stage the record has no first year, only the Baseline: 9 against 14.
    assert line(scope_of(counted, SUMMER, Measure.PHASE), year_group="5")[6:] == (2, 1, 1, 0, Decimal("6.50"))
    key_stage = scope_of(counted, SUMMER, Measure.KEY_STAGE)
    assert line(key_stage, year_group="5")[6:] == (2, 2, 0, 0, Decimal("14.50"))
    # Three years since, not the two that Years 5 and 6 are; 70 is beyond Mastery, which is for the year alone.
    assert line(scope_of(counted, SUMMER, Measure.PHASE), year_group="6")[6:] == (
        1,
        1,
        0,
        0,
        Decimal("19.00"),
    )


def test_a_pupil_out_of_year_counts_in_the_year_group_of_the_record(counted: School) -> None:
    # Jon's 41 is at in Year 3 (40-42) and would be below in Year 4; 5 steps against 7.
    assert line(scope_of(counted, SUMMER), year_group="3") == (
        (1, 1, 0, 1, 0, Decimal("41.00"), 1, 1, 0, 0, Decimal("5.00"))
    )


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        # Ann 47, Cat 44, Eve 45, Ida 48.
        ("Girls", (4, 4, 2, 2, 0, Decimal("46.00"), 4, 2, 2, 0, Decimal("6.50"))),
        # Bob 51, Dev 49, Hal 46 without a start.
        ("Boys", (3, 3, 1, 1, 1, Decimal("48.67"), 2, 0, 0, 2, Decimal("5.00"))),
        ("Pupil premium", (2, 2, 1, 1, 0, Decimal("45.50"), 2, 1, 1, 0, Decimal("6.50"))),
        # Bob, Dev, Hal, and Ida, who had it last year; Eve is in neither.
        ("Not pupil premium", (4, 4, 1, 2, 1, Decimal("48.50"), 3, 0, 1, 2, Decimal("5.67"))),
        ("SEN support", (1, 1, 0, 1, 0, Decimal("47.00"), 1, 0, 1, 0, Decimal("7.00"))),
        ("SEN", (1, 1, 0, 1, 0, Decimal("47.00"), 1, 0, 1, 0, Decimal("7.00"))),
        ("Class Oak", (1, 1, 0, 1, 0, Decimal("47.00"), 1, 0, 1, 0, Decimal("7.00"))),
        ("Joined in year", (1, 1, 0, 1, 0, Decimal("49.00"), 1, 0, 0, 1, Decimal("3.00"))),
    ],
)
def test_groups_are_those_of_the_academic_year(counted: School, group: str, expected: tuple) -> None:
    assert line(scope_of(counted, SUMMER), group) == expected


def test_groups_that_nobody_is_in_are_left_out_and_unknown_is_in_neither(counted: School) -> None:
    groups = list(
        dict.fromkeys(each["group"] for each in lines(scope_of(counted, SUMMER)) if each["year_group"] == "4")
    )
    # Fin, who had the plan, has left; nobody's EAL or SEN (but Ann's) was supplied.
    assert groups == [
        "All",
        "Girls",
        "Boys",
        "Pupil premium",
        "Not pupil premium",
        "SEN",
        "SEN support",
        "Class Oak",
        "Joined in year",
    ]


def test_combined_is_over_those_judged_in_all_three(counted: School) -> None:
    # Ann at, at, at; Bob above in all; Cat below in one; Ida lacks Writing and the others more.
    assert line(scope_of(counted, SUMMER), subject="Combined") == (7, 3, 1, 1, 1, *[None] * 6)


def test_a_subject_that_nobody_was_judged_in_is_there_with_noughts(counted: School) -> None:
    assert line(scope_of(counted, SUMMER), subject="Science") == ((7, 0, 0, 0, 0, None, 0, 0, 0, 0, None))


def test_what_is_not_a_judgement_is_not_nought(counted: School) -> None:
    """Averages are over those who have points: a reason, and nothing at all, count for nothing."""
    assert line(scope_of(counted, SPRING), "Girls")[:6] == (4, 2, 0, 2, 0, Decimal("45.50"))


def test_years_ten_and_up_are_counted_without_colour_and_without_progress(counted: School) -> None:
    ten = on_roll(counted, YEAR, year_group=YearGroup.Y10, pupil__sex=Sex.MALE).pupil
    for subject in (READING, WRITING, MATHEMATICS):
        judged(ten, YEAR, AssessmentTerm.BASELINE, 80, subject=subject)
        judged(ten, YEAR, AssessmentTerm.SUMMER, 90, subject=subject)
    assert line(scope_of(counted, SUMMER), year_group="10") == (
        (1, 1, 0, 0, 0, Decimal("90.00"), 0, 0, 0, 0, None)
    )
    assert line(scope_of(counted, SUMMER), year_group="10", subject="Combined") == (
        1,
        1,
        0,
        0,
        0,
        *[None] * 6,
    )


def test_other_terms_and_years_of_another_school_count_for_nothing(
    counted: School, other_school: School
) -> None:
    with visible_to(other_school):
        years.open_year(school=other_school, academic_year=YEAR, by=None)
        theirs = on_roll(other_school, YEAR, year_group=YearGroup.Y4).pupil
        judged(theirs, YEAR, AssessmentTerm.SUMMER, 90)
    with visible_to(counted, other_school):
        assert line(scope_of(counted, SUMMER))[:3] == (7, 7, 3)
        both = Scope(schools=(counted, other_school), academic_year=YEAR, term=SUMMER)
        found = {
            each["school_urn"]: each["pupils"]
            for each in lines(both)
            if (each["year_group"], each["subject"], each["group"]) == ("4", "Mathematics", "All")
        }
    assert found == {counted.urn: 7, other_school.urn: 1}


def test_filters_narrow_the_pupils(counted: School) -> None:
    oak = ClassGroup.objects.get(name="Oak")
    assert line(scope_of(counted, SUMMER, filters=Filters(class_id=oak.public_id)))[:2] == (1, 1)
    of_three = lines(scope_of(counted, SUMMER, filters=Filters(year_group=YearGroup.Y3)))
    assert {each["year_group"] for each in of_three} == {"3"}


def access(school: School, *roles: Role) -> Access:
    return Access(member(school, *roles), school, roles, YEAR, (YEAR,), (school,))


def test_a_teacher_counts_the_own_classes_and_a_head_everybody(counted: School) -> None:
    teacher = access(counted, Role.TEACHER)
    scope = scope_of(counted, SUMMER, viewer=teacher)
    assert figures(scope) == []
    classes.assign_teacher(
        class_group=ClassGroup.objects.get(name="Oak"), membership=teacher.user.memberships.get(), by=None
    )
    assert [each.pupil_id for each in outcomes(scope)] == [Pupil.objects.get(forename="Ann").pk] * 3
    head = scope_of(counted, SUMMER, viewer=access(counted, Role.HEAD))
    assert line(head)[:2] == (7, 7)
    assert (scope.small_count, head.small_count) == (0, 0)


def test_a_governor_is_counted_everybody_and_told_no_small_number(counted: School, settings) -> None:
    scope = scope_of(counted, SUMMER, viewer=access(counted, Role.GOVERNOR))
    assert scope.small_count == 5
    settings.SMALL_COUNT = 10
    assert scope.small_count == 10
    assert {each.pupils for each in figures(scope) if each.group == 1} == {7, 1}
    with pytest.raises(ValueError, match="the school's own file"):
        analysis(scope)


def test_a_figure_opens_to_exactly_the_pupils_it_counts(counted: School) -> None:
    named = {
        (Pupil.objects.get(pk=each.pupil_id).forename, each.attainment, each.steps, each.progress)
        for each in outcomes(scope_of(counted, SUMMER))
        if each.subject == MATHEMATICS.number
    }
    below, at, above = Attainment
    less, expected, more = Progress
    assert named == {
        ("Ann", at, 7, expected),
        ("Bob", above, 7, more),
        ("Cat", below, 6, less),
        ("Dev", at, 3, more),
        ("Eve", below, 6, less),
        ("Hal", below, None, None),
        ("Ida", at, 7, expected),
        ("Jon", at, 5, less),
    }


@pytest.fixture
def reception(school: School):  # type: ignore[no-untyped-def]
    """Three children of Reception under the 2021 goals in Summer: Kim reached all twelve, Lou all but Number, Max lacks one."""
    with visible_to(school):
        years.open_year(school=school, academic_year=YEAR, by=None)
        goals = [area for area in EYFS_AREAS[EyfsFramework.OF_2021] if area.counts_for_gld]
        for name in ("Kim", "Lou", "Max"):
            child = on_roll(
                school,
                YEAR,
                year_group=YearGroup.R,
                pupil__forename=name,
                pupil__date_of_birth=dt.date(2020, 10, 1),
            ).pupil
            for area in goals:
                is_number = area.name == "Number"
                if is_number and name == "Max":
                    continue
                points = 20 if is_number and name == "Lou" else 21
                judged(child, YEAR, AssessmentTerm.SUMMER, points, subject=area)
                if is_number:
                    judged(child, YEAR, AssessmentTerm.BASELINE, 15, subject=area)
        yield school


def test_the_good_level_of_development_counts_children_judged_in_all_twelve(reception: School) -> None:
    gld = line(scope_of(reception, SUMMER), year_group="R", subject="Good level of development")
    assert gld == (3, 2, 1, 1, 0, *[None] * 6)


def test_areas_have_steps_and_no_progress_colour(reception: School) -> None:
    # Kim 15 to 21, Lou 15 to 20, Max not judged.
    assert line(scope_of(reception, SUMMER), year_group="R", subject="EYFS Number") == (
        (3, 2, 1, 1, 0, Decimal("20.50"), 2, None, None, None, Decimal("5.50"))
    )


def test_reception_has_its_frameworks_areas_in_their_order_and_gld_in_summer_alone(reception: School) -> None:
    def subjects(term: TermName) -> list[object]:
        return [each["subject"] for each in lines(scope_of(reception, term)) if each["group"] == "All"]

    areas = [area.full_name for area in EYFS_AREAS[EyfsFramework.OF_2021]]
    assert subjects(SUMMER) == [*areas, "Good level of development"]
    assert subjects(SPRING) == areas


def test_all_figures_come_in_one_query_however_many_pupils(
    counted: School, django_assert_num_queries
) -> None:
    scope = scope_of(counted, SUMMER)
    with django_assert_num_queries(1):
        figures(scope)
    judged(on_roll(counted, YEAR, year_group=YearGroup.Y4).pupil, YEAR, AssessmentTerm.SUMMER, 47)
    with django_assert_num_queries(1):
        figures(scope)
