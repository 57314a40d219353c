"""A marksheet's columns, what is held under them, where one may enter, and how many questions it all takes."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.subjects import MATHEMATICS, READING
from assessment.models import Reason
from assessment.queries.marksheets import Sheet
from assessment.queries.sheet_rows import Held, Place
from schools.access import Access
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.models import ClassGroup, Role, School
from schools.services import years
from schools.services.terms import close_term, let_entry_end
from tests.assessment.test_marksheet_sheet import AUTUMN, SPRING, SUMMER, enter, of_two_years, row_of, sheet
from tests.factories import ClassGroupFactory, PupilYearFactory, on_roll
from tests.schools.small_school import TODAY, YEAR, access_of, school_pupil


@pytest.fixture
def head(small_school: School) -> Access:
    return access_of(small_school, Role.HEAD)


def labels(found: Sheet) -> list[str]:
    return [f"{column.label} {column.detail}".strip() for column in found.columns]


OWN = ["Baseline", "Autumn", "Spring", "Summer", "This term steps", "This year steps"]
OWN_KEYS = ["baseline", "autumn", "spring", "summer", "this-term", "this-year"]


@pytest.mark.parametrize(
    ("earlier", "before"),
    [
        (0, ["Summer 2025"]),
        (2, ["Summer 2023", "Summer 2024", "Summer 2025"]),
        (5, [f"Summer {year}" for year in range(2020, 2026)]),
        (6, [f"Summer {year}" for year in range(2020, 2026)]),
    ],
)
def test_last_summer_and_the_summers_before_stand_before_the_years_own_columns(
    head: Access, earlier: int, before: list[str]
) -> None:
    found = sheet(head, earlier_years=earlier)
    assert labels(found) == [*before, *OWN]
    assert [column.is_of_an_earlier_year for column in found.columns].count(True) == len(before)
    assert [(column.place is None, column.shows is None) for column in found.columns] == [
        *[(False, True)] * (len(before) + 4),
        (True, False),
        (True, False),
    ]


def test_each_column_has_a_name_of_its_own_in_addresses(head: Access) -> None:
    keys = [column.key for column in sheet(head, earlier_years=2).columns]
    assert keys == [f"mathematics.{key}" for key in ("summer-2022", "summer-2023", "last-summer", *OWN_KEYS)]
    found = sheet(head)
    assert [found.layout.column(column.key) for column in found.columns] == list(found.columns)
    assert found.layout.column("reading.autumn") is None


def test_the_terms_own_column_is_in_focus_alone(head: Access) -> None:
    for term in TermName:
        found = sheet(head, term)
        assert [column.label for column in found.columns if column.is_in_focus] == [term.label]
        column = found.layout.column(f"mathematics.{term.label.lower()}")
        assert column is not None
        assert column.is_in_focus
        assert (found.term, found.at) == (term, AssessmentPoint(YEAR, AssessmentTerm(term.value)))


def test_each_cell_holds_what_was_entered_at_its_point_in_its_subject(head: Access) -> None:
    pupil = of_two_years(head, class_group=ClassGroup.objects.get(name="4A"))
    enter(pupil, (YEAR - 1, 2, 38), (YEAR - 1, 3, 40), (YEAR, 0, 41), (YEAR, 1, 43))
    enter(pupil, (YEAR, 1, 45))
    enter(pupil, (YEAR, 2, Reason.ABSENT))
    enter(pupil, (YEAR, 3, 50), subject=READING)
    held = row_of(sheet(head), pupil).held
    version = next(iter(held.values())).expectation_version
    assert {place.subject for place in held} == {MATHEMATICS.number}
    of_year = {place.at.term: one for place, one in held.items() if place.at.academic_year == YEAR}
    assert of_year == {
        AssessmentTerm.BASELINE: Held(41, version=1, expectation_version=version),
        AssessmentTerm.AUTUMN: Held(45, "", 3, 43, 44, 2, expectation_version=version),
        AssessmentTerm.SPRING: Held(None, "absent", None, 45, 46, 1, expectation_version=version),
    }
    last_summer = AssessmentPoint(YEAR - 1, AssessmentTerm.SUMMER)
    assert {place.at: one.points for place, one in held.items() if place.at.academic_year < YEAR} == {
        last_summer: 40
    }


def test_an_earlier_summer_is_held_when_it_is_asked_for(head: Access) -> None:
    pupil = of_two_years(head, class_group=ClassGroup.objects.get(name="4A"))
    two_years_ago = AcademicYear(YEAR - 2)
    years.open_year(school=head.school, academic_year=two_years_ago, by=None)
    PupilYearFactory.create(
        school=head.school, academic_year=two_years_ago, pupil=pupil, year_group=YearGroup.Y2
    )
    enter(pupil, (YEAR - 1, 3, 40), (YEAR - 2, 3, 37))
    last, before = (
        Place(MATHEMATICS.number, AssessmentPoint(YEAR - back, AssessmentTerm.SUMMER)) for back in (1, 2)
    )
    assert row_of(sheet(head), pupil).held.keys() == {last}
    assert row_of(sheet(head, earlier_years=1), pupil).held.keys() == {last, before}


def open_columns(found: Sheet) -> list[str]:
    """Where one may enter for each pupil of the sheet, of which there are some."""
    assert found.rows
    return [column.label for column in found.columns if all(column.is_open_for(row) for row in found.rows)]


def of_autumn(access: Access) -> dict:
    return {"school": access.school, "academic_year": YEAR, "term": AUTUMN, "by": None}


def test_who_may_enter_may_enter_in_every_open_term_of_the_year_and_in_its_baseline(head: Access) -> None:
    assert open_columns(sheet(head)) == ["Baseline", "Autumn", "Spring", "Summer"]
    assert open_columns(sheet(head, may_enter=False)) == []
    assert open_columns(sheet(head, may_enter=False, may_change_closed=True)) == []


def test_autumn_closes_with_its_baseline_except_for_who_may_change_what_is_closed(head: Access) -> None:
    close_term(**of_autumn(head))
    found = sheet(head)
    assert open_columns(found) == ["Spring", "Summer"]
    assert not found.state_of(AssessmentTerm.BASELINE).is_open
    assert found.state_of(AssessmentTerm.SPRING).is_open
    assert open_columns(sheet(head, may_change_closed=True)) == ["Baseline", "Autumn", "Spring", "Summer"]


def test_the_last_day_of_entry_is_open_on_the_sheet_and_the_next_is_not(head: Access) -> None:
    last = dt.date(2026, 12, 18)
    let_entry_end(**of_autumn(head), on=last)
    assert "Autumn" in open_columns(sheet(head, today=last))
    assert "Autumn" not in open_columns(sheet(head, today=last + dt.timedelta(days=1)))
    assert sheet(head, today=last).state_of(AssessmentTerm.AUTUMN).entry_ends_on == last


def test_a_year_without_terms_of_its_own_takes_the_days_that_most_schools_keep(head: Access) -> None:
    year = AcademicYear(2030)
    without = Access(head.user, head.school, head.roles, year, (year,), (head.school,))
    state = sheet(without, SUMMER, today=TODAY).state_of(AssessmentTerm.SUMMER)
    assert (state.starts_on, state.ends_on, state.is_open) == (
        dt.date(2031, 4, 21),
        dt.date(2031, 7, 22),
        True,
    )


def test_thirty_pupils_take_as_many_questions_as_one(head: Access) -> None:
    one = ClassGroupFactory.create(school=head.school, academic_year=YEAR, name="One")
    thirty = ClassGroupFactory.create(school=head.school, academic_year=YEAR, name="Thirty")
    for group, count in ((one, 1), (thirty, 30)):
        for _ in range(count):
            row = on_roll(head.school, YEAR, class_group=group, year_group=YearGroup.Y4)
            enter(row.pupil, (YEAR, 0, 40), (YEAR, 1, 44))
    asked = []
    for name in ("One", "Thirty"):
        with CaptureQueriesContext(connection) as queries:
            found = sheet(head, of_class=name)
            assert found.tally.measured == len(found.rows)
        asked.append((len(found.rows), len(queries)))
    # The terms, the pupils with their stays, the judgements, the versions of the expectations.
    assert asked == [(1, 4), (30, 4)]


def test_rows_are_found_by_the_pupils_key_and_nobody_elses(head: Access) -> None:
    ada, dan = (school_pupil(head.school, name) for name in ("Ada", "Dan"))
    found = sheet(head, SPRING)
    assert row_of(found, ada).pupil_id == ada.pk
    assert found.row(dan.public_id) is None
