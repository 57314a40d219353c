"""What a roll says from day to day: free school meals and types of need, and what it says against claimed flags."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from schools.calendar import AcademicYear, YearGroup
from schools.models import FsmPeriod, PeriodSource, PupilYear, School, SenNeed, YearlyClaim, YearlyFlag
from schools.row_security import visible_to
from schools.services import years
from schools.services.roll_periods import HeldPeriods, RollPeriods, take_row
from schools.services.roll_rows import RollRow
from schools.services.yearly_values import override
from tests.factories import PupilYearFactory, SchoolFactory
from tests.schools.importing import ELSIE, HEADINGS, Import, load, year_of

__all__ = ["load"]
THIS = AcademicYear(2026)
BEFORE, TODAY, LATER = dt.date(2026, 8, 30), dt.date(2026, 11, 23), dt.date(2026, 12, 1)
SEPTEMBER = dt.date(2026, 9, 1)


@pytest.fixture
def row(db: None) -> PupilYear:
    school: School = SchoolFactory.create()
    with visible_to(school):
        for year in (AcademicYear(2025), THIS):
            years.open_year(school=school, academic_year=year, by=None)
        return PupilYearFactory.create(school=school, academic_year=THIS, year_group=YearGroup.Y4)  # type: ignore[no-any-return]


def take(row: PupilYear, today: dt.date = TODAY, *, fills: bool = False, **said: Any) -> RollPeriods:
    pupil = row.pupil
    told = RollRow(
        number=2,
        surname=pupil.surname,
        forename=pupil.forename,
        date_of_birth=pupil.date_of_birth,
        year_group=row.year_group,
        **said,
    )
    periods = RollPeriods()
    take_row(periods, HeldPeriods(row.school, row.academic_year), told, row, today, fills=fills)
    periods.write(today)
    return periods


def meals(row: PupilYear) -> list[tuple[str, dt.date, dt.date | None]]:
    return list(FsmPeriod.objects.order_by("starts_on").values_list("kind", "starts_on", "ends_on"))


def test_a_column_that_does_not_tell_the_kinds_apart_says_an_unknown_one(row: PupilYear) -> None:
    with visible_to(row.school):
        assert take(row, has_meals=True).of_unknown_kind == 1
        assert meals(row) == [("unknown", TODAY, None)]
        # Again: nothing more, and still to be said.
        again = take(row, LATER, has_meals=True)
        assert (again.is_empty, again.of_unknown_kind) == (True, 1)
        # Then a file tells: it was so from the beginning.
        assert take(row, LATER, has_meals=True, has_targeted_meals=True).of_unknown_kind == 0
        assert meals(row) == [("targeted", TODAY, None)]
        # What is known is not made unknown.
        assert take(row, LATER, has_meals=True).is_empty


def test_meals_since_before_september_2026_are_of_the_one_kind_until_then(row: PupilYear) -> None:
    with visible_to(row.school):
        take(row, has_meals=True, has_expanded_meals=True, meals_since=dt.date(2024, 4, 15))
        assert meals(row) == [
            ("legacy", dt.date(2024, 4, 15), dt.date(2026, 8, 31)),
            ("expanded", SEPTEMBER, None),
        ]


def test_another_kind_begins_on_the_day_of_the_file(row: PupilYear) -> None:
    with visible_to(row.school):
        take(row, has_expanded_meals=True, meals_since=SEPTEMBER)
        take(row, LATER, has_expanded_meals=False, has_targeted_meals=True)
        assert meals(row) == [("expanded", SEPTEMBER, dt.date(2026, 11, 30)), ("targeted", LATER, None)]


def test_no_meals_end_what_a_file_began_and_nothing_that_was_typed(row: PupilYear) -> None:
    with visible_to(row.school):
        take(row, has_targeted_meals=True)
        take(row, LATER, has_targeted_meals=False)
        assert meals(row) == [("targeted", TODAY, dt.date(2026, 11, 30))]
        FsmPeriod.objects.update(source=PeriodSource.TYPED, ends_on=None)
        assert take(row, LATER, has_targeted_meals=False).is_empty
        assert take(row, LATER, has_expanded_meals=True).is_empty


def test_a_file_with_a_last_day_ends_them_there(row: PupilYear) -> None:
    with visible_to(row.school):
        take(row, has_targeted_meals=True, meals_since=SEPTEMBER)
        take(row, LATER, has_targeted_meals=True, meals_until=dt.date(2026, 11, 27))
        assert meals(row) == [("targeted", SEPTEMBER, dt.date(2026, 11, 27))]


def test_only_what_is_missing_is_filled(row: PupilYear) -> None:
    with visible_to(row.school):
        take(row, has_targeted_meals=True, fills=True)
        assert take(row, LATER, has_targeted_meals=False, fills=True).is_empty


def test_the_roll_of_another_year_says_nothing_from_day_to_day(row: PupilYear) -> None:
    with visible_to(row.school):
        assert take(row, BEFORE, has_meals=True, primary_need="SLCN").is_empty


def test_needs_of_a_file_take_their_rank_and_leave_what_was_typed(row: PupilYear) -> None:
    with visible_to(row.school):
        take(row, primary_need="SLCN", secondary_need="ASD")
        assert take(row, primary_need="SLCN", secondary_need="ASD").is_empty
        take(row, primary_need="SEMH")
        SenNeed.objects.filter(rank=2).update(source=PeriodSource.TYPED)
        take(row, secondary_need="MLD")
        assert list(SenNeed.objects.order_by("rank").values_list("need", flat=True)) == ["SEMH", "ASD"]


def test_a_file_says_its_part_beneath_what_was_set_by_hand(load: Import, school: School) -> None:
    load([*HEADINGS, "FSM6"], [*ELSIE, "N"])
    row = year_of(school, "Brough")
    with visible_to(school):
        override(
            pupil=row.pupil,
            year=row.academic_year,
            flag=YearlyFlag.FSM6,
            value="yes",
            reason="Letter",
            by=None,
        )
    load([*HEADINGS, "FSM6", "EAL"], [*ELSIE, "N", "Y"])
    held = year_of(school, "Brough")
    assert (held.is_fsm6, held.is_disadvantaged, held.is_pupil_premium, held.is_eal) == (
        True,
        True,
        True,
        True,
    )
    with visible_to(school):
        said = dict(YearlyClaim.objects.filter(flag="is_fsm6").values_list("source", "value"))
    assert said == {"imported": "no", "overridden": "yes"}


def test_what_a_file_says_takes_the_place_of_what_was_worked_out(load: Import, school: School) -> None:
    load([*HEADINGS, "FSM6"], [*ELSIE, "Y"])
    row = year_of(school, "Brough")
    assert (row.is_fsm6, row.is_disadvantaged, row.is_pupil_premium) == (True, True, True)
    load([*HEADINGS, "Disadvantaged"], [*ELSIE, "N"])
    row = year_of(school, "Brough")
    assert (row.is_fsm6, row.is_disadvantaged, row.is_pupil_premium) == (True, False, None)


def test_a_column_of_those_who_left_care(load: Import, school: School) -> None:
    load([*HEADINGS, "PLAC"], [*ELSIE, "Adopted"])
    row = year_of(school, "Brough")
    assert (row.is_previously_looked_after, row.is_disadvantaged) == (True, True)


def test_the_report_warns_of_kinds_that_are_not_known(
    load: Import, school: School, year: AcademicYear
) -> None:
    report = load(
        [*HEADINGS, "FSM", "SEN Type"], [*ELSIE[:3], f"15/01/{year - 8}", "3", "Y", "SLCN"], year=year.label
    )
    assert any("of 1 pupil" in line for line in report if line.startswith("Free school meals"))
    is_two_kinds = dt.date.today() >= SEPTEMBER
    assert any("Targeted FSM and Expanded FSM" in line for line in report) is is_two_kinds
