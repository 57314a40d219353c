"""A marksheet's rows, columns and summary, counted by hand.

The small school: 4A holds Ada, Bea, Cal (joined 3 November), Gil (left 20 October), Hal (comes 5 January), Ivy (leaves today, 20 November)
and Jan; 3/4 holds Dan of Year 3 and Eve; Fay of Reception has no class. Autumn ends on 19 December 2025.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.expected_range import ExpectedRange
from assessment.engine.progress import Progress, ProgressMeasure
from assessment.engine.subjects import EYFS_AREAS, MATHEMATICS, Subject
from assessment.models import Reason
from assessment.queries.columns import signed
from assessment.queries.layouts import subject_over_the_year
from assessment.queries.marksheets import Sheet, marksheet
from assessment.queries.sheet_rows import Place, Row
from assessment.queries.tallies import Tally
from schools.access import Access
from schools.calendar import AcademicYear, EyfsFramework, TermName, YearGroup
from schools.models import ClassGroup, Pupil, PupilYear, Role, School
from schools.queries.rolls import pupils_for
from schools.row_security import visible_to
from schools.services import years
from tests.factories import ClassGroupFactory, PupilYearFactory, judged, on_roll
from tests.schools.small_school import TODAY, YEAR, access_of, school_pupil, teacher_of

AUTUMN, SPRING, SUMMER = TermName
BASELINE = AssessmentTerm.BASELINE
IN_SPRING = dt.date(2026, 2, 2)
COMPREHENSION = EYFS_AREAS[EyfsFramework.OF_2021][7]


@pytest.fixture
def head(small_school: School) -> Access:
    return access_of(small_school, Role.HEAD)


def sheet(
    access: Access,
    term: TermName = AUTUMN,
    of_class: str = "4A",
    subject: Subject = MATHEMATICS,
    *,
    today: dt.date = TODAY,
    may_enter: bool = True,
    earlier_years: int = 0,
    **options: object,
) -> Sheet:
    pupils = pupils_for(access).filter(class_group__name=of_class)
    layout = subject_over_the_year(
        subject, at_end_of(term, access.academic_year), earlier_years=earlier_years
    )
    return marksheet(access, pupils, layout.opened(may_enter=may_enter), today=today, **options)


def at_end_of(term: TermName, year: AcademicYear = YEAR) -> AssessmentPoint:
    return AssessmentPoint(year, AssessmentTerm(term.value))


def names(found: Sheet) -> str:
    """Those on the sheet in order; in brackets those who do not count."""
    each = [(row.name.partition(",")[0], row.is_counted) for row in found.rows]
    return " ".join(name if counts else f"({name})" for name, counts in each)


def row_of(found: Sheet, pupil: Pupil) -> Row:
    row = found.row(pupil.public_id)
    assert row is not None
    return row


# Who is on the sheet


def test_those_with_a_stay_in_the_term_are_on_it_and_those_on_roll_on_its_last_day_count(
    head: Access,
) -> None:
    assert names(sheet(head)) == "Ada Bea Cal (Gil) (Ivy) Jan"


def test_who_left_before_a_term_is_not_on_its_sheet_and_who_joins_in_it_is(head: Access) -> None:
    assert names(sheet(head, SPRING, today=IN_SPRING)) == "Ada Bea Cal Hal Jan"


def test_who_is_on_roll_today_is_on_the_sheet_of_a_term_before_and_of_one_to_come(head: Access) -> None:
    assert names(sheet(head, AUTUMN, today=IN_SPRING)) == "Ada Bea Cal (Gil) (Hal) (Ivy) Jan"
    assert names(sheet(head, SPRING)) == "Ada Bea Cal Hal (Ivy) Jan"


def test_who_left_is_on_the_sheet_with_a_judgement_of_the_term_and_does_not_count(head: Access) -> None:
    judged(school_pupil(head.school, "Gil"), YEAR, AssessmentTerm.SPRING, 44)
    found = sheet(head, SPRING, today=IN_SPRING)
    assert names(found) == "Ada Bea Cal (Gil) Hal Jan"
    assert (found.tally.pupils, found.tally.entered, found.tally.average_points) == (5, 0, None)


def test_who_left_has_a_row_while_a_cell_of_it_is_answered(head: Access) -> None:
    gil = school_pupil(head.school, "Gil")
    assert (
        names(sheet(head, SPRING, today=IN_SPRING, also=frozenset([gil.public_id])))
        == "Ada Bea Cal (Gil) Hal Jan"
    )
    dan = school_pupil(head.school, "Dan")
    assert (
        names(sheet(head, SPRING, today=IN_SPRING, also=frozenset([dan.public_id]))) == "Ada Bea Cal Hal Jan"
    )


def test_a_sheet_of_a_past_term_says_who_had_gone_and_not_who_has_left_since(head: Access) -> None:
    group = ClassGroupFactory.create(school=head.school, academic_year=YEAR, name="Past")
    for name, starts_on, ends_on in (
        ("Gone", None, dt.date(2025, 11, 3)),
        ("Later", None, dt.date(2026, 7, 22)),
        ("New", dt.date(2025, 11, 3), dt.date(2026, 7, 22)),
    ):
        on_roll(
            head.school,
            YEAR,
            class_group=group,
            pupil__surname=name,
            pupil__forename="A",
            starts_on=starts_on,
            ends_on=ends_on,
        )
    found = sheet(head, of_class="Past", today=dt.date(2026, 8, 10))
    assert {row.name: row.note for row in found.rows} == {
        "Gone, A": "Left 3 November 2025",
        "Later, A": "",
        "New, A": "Joined 3 November 2025",
    }


def test_who_leaves_on_the_last_day_of_term_counts_and_the_day_before_does_not(head: Access) -> None:
    group = ClassGroupFactory.create(school=head.school, academic_year=YEAR, name="Last")
    for name, day in (("Amy", 19), ("Ben", 18)):
        on_roll(head.school, YEAR, class_group=group, pupil__surname=name, ends_on=dt.date(2025, 12, day))
    assert names(sheet(head, of_class="Last")) == "Amy (Ben)"


def test_a_sheet_holds_nobody_of_another_class(small_school: School) -> None:
    teacher = teacher_of(small_school, "3/4")
    assert names(sheet(teacher, of_class="3/4")) == "Dan Eve"
    assert names(sheet(teacher, of_class="4A")) == ""


def test_a_sheet_holds_nobody_of_another_school(small_school: School, other_school: School) -> None:
    with visible_to(other_school):
        years.open_year(school=other_school, academic_year=YEAR, by=None)
        on_roll(other_school, YEAR, pupil__surname="Zoe", year_group=YearGroup.Y4)
    with visible_to(small_school, other_school):
        ours = access_of(small_school, Role.HEAD)
        layout = subject_over_the_year(MATHEMATICS, at_end_of(AUTUMN)).opened(may_enter=True)
        found = marksheet(ours, pupils_for(ours), layout, today=TODAY)
    assert names(found) == "Ada Bea Cal Dan Eve (Gil) (Ivy) Jan"


def test_a_class_with_reception_is_on_a_sheet_of_a_subject_and_on_one_of_an_area(head: Access) -> None:
    group = ClassGroupFactory.create(school=head.school, academic_year=YEAR, name="R/1")
    places = (("Amy", YearGroup.R), ("Ben", YearGroup.Y1), ("Cem", YearGroup.R), ("Dot", YearGroup.N2))
    for name, year_group in places:
        on_roll(head.school, YEAR, class_group=group, pupil__surname=name, year_group=year_group)
    of_subject = sheet(head, of_class="R/1")
    of_area = sheet(head, of_class="R/1", subject=COMPREHENSION)
    assert (names(of_subject), of_subject.judged_otherwise) == ("Ben", 3)
    assert (names(of_area), of_area.judged_otherwise) == ("Amy Cem Dot", 1)


def test_a_pupil_out_of_year_stands_in_the_year_group_of_the_record(head: Access) -> None:
    group = ClassGroup.objects.get(name="4A")
    born = dt.date(2015, 3, 1)
    older = on_roll(head.school, YEAR, class_group=group, pupil__date_of_birth=born).pupil
    judged(older, YEAR, AssessmentTerm.AUTUMN, 45)
    row = row_of(sheet(head), older)
    assert row.year_group is YearGroup.Y4
    assert row.held[Place(MATHEMATICS.number, at_end_of(AUTUMN))][:5] == (45, "", 3, 43, 44)


def test_a_row_says_who_the_pupil_is(head: Access) -> None:
    found = sheet(head)
    ada, gil = found.rows[0], found.rows[3]
    assert ([badge.text for badge in ada.badges], ada.note, ada.class_name) == (["PP", "SEN K"], "", "4A")
    assert (gil.badges, gil.note) == ((), "Left 20 October 2025")


# What it sums up


def many(access: Access, *pupils: tuple[int | str | None, int | None, int | None]) -> Sheet:
    """A class of Year 4: of each its Autumn, the Summer before and the Baseline."""
    group = ClassGroupFactory.create(school=access.school, academic_year=YEAR, name="Many")
    for autumn, summer, baseline in pupils:
        pupil = of_two_years(access, class_group=group)
        enter(pupil, (YEAR - 1, 3, summer), (YEAR, 0, baseline), (YEAR, 1, autumn))
    return sheet(access, of_class="Many")


def of_two_years(access: Access, year_group: YearGroup = YearGroup.Y4, **fields: object) -> Pupil:
    """A pupil with a record of last year too."""
    last_year = AcademicYear(YEAR - 1)
    years.open_year(school=access.school, academic_year=last_year, by=None)
    row: PupilYear = on_roll(access.school, YEAR, year_group=year_group, **fields)
    before = YearGroup(year_group - 1)
    PupilYearFactory.create(school=access.school, academic_year=last_year, pupil=row.pupil, year_group=before)
    return row.pupil


def enter(pupil: Pupil, *entries: tuple[int, int, int | str | None], **said: object) -> None:
    for year, term, value in entries:
        at = (pupil, year, list(AssessmentTerm)[term])
        if isinstance(value, str):
            judged(*at, None, reason=value, **said)
        elif value is not None:
            judged(*at, value, **said)


def test_the_summary_is_of_those_who_count(head: Access) -> None:
    found = many(
        head,
        (38, 40, None),
        (43, 40, 40),
        (44, 42, 40),
        (46, None, None),
        (Reason.ABSENT, 40, None),
        (Reason.NOT_REQUIRED, None, 40),
        (None, 40, None),
    )
    left = on_roll(
        head.school,
        YEAR,
        class_group=ClassGroup.objects.get(name="Many"),
        ends_on=dt.date(2025, 10, 1),
    )
    enter(left.pupil, (YEAR, 0, 10), (YEAR, 1, 90))
    expected = Tally(
        pupils=7,
        entered=4,
        reasons=2,
        below=1,
        at=2,
        above=1,
        # 38, 43, 44 and 46: 42.75.
        average_points=Decimal("42.8"),
        # -2, +3 and +4: 1.67.
        measured=3,
        less=1,
        expected=1,
        more=1,
        average_steps=Decimal("1.7"),
        absent=1,
        not_required=1,
        # The way down, from 40 to 38.
        to_check=1,
    )
    again = sheet(head, of_class="Many")
    assert (found.tally, again.tally) == (expected, expected)
    assert len(again.rows) == 8
    assert (expected.missing, expected.coloured, expected.at_ends) == (1, 4, 3)


def test_averages_are_rounded_half_up_away_from_nothing(head: Access) -> None:
    found = many(head, (40, 42, None), (41, 41, None), (42, 42, None), (44, 43, None))
    # 167 / 4 = 41.75 and -1 / 4 = -0.25.
    assert (found.tally.average_points, found.tally.average_steps) == (Decimal("41.8"), Decimal("-0.3"))


def test_of_nobody_there_is_no_average(head: Access) -> None:
    assert sheet(head).tally == Tally(4, 0, 0, 0, 0, 0, None, 0, 0, 0, 0, None)


def test_the_ranges_of_the_term_are_said_for_each_year_group_on_the_sheet(head: Access) -> None:
    # Also of one in which nothing is entered yet.
    assert sheet(head, of_class="3/4").expected_ranges == (
        (YearGroup.Y3, ExpectedRange(36, 37)),
        (YearGroup.Y4, ExpectedRange(43, 44)),
    )
    assert sheet(head, SPRING, "3/4").expected_ranges == (
        (YearGroup.Y3, ExpectedRange(38, 39)),
        (YearGroup.Y4, ExpectedRange(45, 46)),
    )


# Steps


def steps(measure: ProgressMeasure | None) -> tuple[int, int, Progress] | None:
    if measure is None or measure.expected is None or measure.outcome is None:
        return None
    return measure.steps, int(measure.expected), measure.outcome


LESS, EXPECTED, MORE = Progress
LAST = YEAR - 1


@pytest.mark.parametrize(
    ("term", "entries", "of_term", "of_year"),
    [
        (AUTUMN, [(LAST, 3, 40), (YEAR, 1, 43)], (3, 3, EXPECTED), (3, 3, EXPECTED)),
        # The Baseline wins over the Summer before, even when lower.
        (AUTUMN, [(LAST, 3, 42), (YEAR, 0, 39), (YEAR, 1, 43)], (4, 3, MORE), (4, 3, MORE)),
        (AUTUMN, [(YEAR, 1, 43)], None, None),
        (AUTUMN, [(LAST, 3, 40), (YEAR, 1, Reason.ABSENT)], None, None),
        (AUTUMN, [(LAST, 3, Reason.NEW), (YEAR, 1, 43)], None, None),
        (AUTUMN, [(LAST, 3, 40)], None, None),
        (SPRING, [(LAST, 3, 40), (YEAR, 1, 43), (YEAR, 2, 44)], (1, 2, LESS), (4, 5, LESS)),
        # A term left out does no harm.
        (SPRING, [(LAST, 3, 40), (YEAR, 2, 45)], (5, 5, EXPECTED), (5, 5, EXPECTED)),
        # Something before, but no baseline of the year.
        (SPRING, [(YEAR, 1, 43), (YEAR, 2, 46)], (3, 2, MORE), None),
        (SUMMER, [(LAST, 3, 40), (YEAR, 2, 45), (YEAR, 3, 47)], (2, 2, EXPECTED), (7, 7, EXPECTED)),
        # Mastery of the own year in Summer: more, whatever the steps; but not without a start.
        (SUMMER, [(LAST, 3, 50), (YEAR, 2, 50), (YEAR, 3, 51)], (1, 2, LESS), (1, 7, MORE)),
        (SUMMER, [(LAST, 3, 50), (YEAR, 3, 50)], (0, 7, LESS), (0, 7, LESS)),
        (SUMMER, [(YEAR, 3, 51)], None, None),
    ],
)
def test_steps_are_counted_from_where_the_term_and_the_year_began(
    head: Access,
    term: TermName,
    entries: list[tuple[int, int, int | str | None]],
    of_term: tuple[int, int, Progress] | None,
    of_year: tuple[int, int, Progress] | None,
) -> None:
    pupil = of_two_years(head, class_group=ClassGroup.objects.get(name="4A"))
    enter(pupil, *entries)
    found = sheet(head, term)
    row, place = row_of(found, pupil), Place(MATHEMATICS.number, found.at)
    assert (steps(row.this_term(place)), steps(row.this_year(place))) == (of_term, of_year)
    shown = {column.key: column.shows(row) for column in found.columns if column.shows}
    assert shown.keys() == {"mathematics.this-term", "mathematics.this-year"}
    for key, measure in (("this-term", row.this_term(place)), ("this-year", row.this_year(place))):
        said = shown[f"mathematics.{key}"]
        assert (said.value, said.text) == ((measure.steps, signed(measure.steps)) if measure else (None, ""))


def test_a_pupil_who_joined_is_measured_from_the_judgement_on_entry_and_never_by_it(head: Access) -> None:
    cal = school_pupil(head.school, "Cal")
    enter(cal, (YEAR, 1, 43), is_on_entry=True)
    enter(cal, (YEAR, 2, 46))
    assert row_of(sheet(head, AUTUMN), cal).this_year(in_mathematics(AUTUMN)) is None
    assert steps(row_of(sheet(head, SPRING), cal).this_year(in_mathematics(SPRING))) == (3, 2, MORE)


def in_mathematics(term: TermName) -> Place:
    return Place(MATHEMATICS.number, at_end_of(term))


def test_in_an_area_only_the_number_of_steps_is_shown(head: Access) -> None:
    group = ClassGroupFactory.create(school=head.school, academic_year=YEAR, name="R")
    child = on_roll(head.school, YEAR, class_group=group, year_group=YearGroup.R).pupil
    enter(child, (YEAR, 1, 17), (YEAR, 2, 19), subject=COMPREHENSION)
    place = Place(COMPREHENSION.number, at_end_of(SPRING))
    measure = row_of(sheet(head, SPRING, "R", COMPREHENSION), child).this_term(place)
    assert measure is not None
    assert (measure.steps, measure.expected, measure.outcome) == (2, None, None)
    assert sheet(head, SPRING, "R", COMPREHENSION).expected_ranges == ()
