"""Flags worked out by hand: days on both sides of every edge."""

from __future__ import annotations

import datetime as dt

import pytest

from schools.calendar import AcademicYear
from schools.sen_codes import SEN_TYPES, counts_as, statuses_on
from schools.yearly_flags import (
    CareSpan,
    FsmSpan,
    SenSpan,
    disadvantaged,
    either,
    ever_service_child,
    fsm6,
    is_of_unknown_kind,
    looked_after,
    previously_looked_after,
    pupil_premium,
    sen_status,
    was_looked_after,
    year_as_of,
    years_before,
)

YEAR = AcademicYear(2026)
DAY = dt.date


def meals(kind: str, starts_on: dt.date, ends_on: dt.date | None = None, country: str = "ENG") -> FsmSpan:
    return FsmSpan(kind=kind, starts_on=starts_on, ends_on=ends_on, country=country)


@pytest.mark.parametrize(
    ("span", "as_of", "expected"),
    [
        # Targeted, going on.
        (meals("targeted", DAY(2026, 9, 1)), DAY(2026, 10, 1), True),
        # Begins the day after.
        (meals("targeted", DAY(2026, 10, 2)), DAY(2026, 10, 1), False),
        # Ended six years ago to the day, and a day more.
        (meals("legacy", DAY(2019, 9, 1), DAY(2020, 10, 1)), DAY(2026, 10, 1), True),
        (meals("legacy", DAY(2019, 9, 1), DAY(2020, 9, 30)), DAY(2026, 10, 1), False),
        # Expanded never counts, however long.
        (meals("expanded", DAY(2026, 9, 1)), DAY(2027, 8, 31), False),
        # Protected until August 2026: counts, and for six years more.
        (meals("legacy", DAY(2018, 4, 1), DAY(2026, 8, 31)), DAY(2032, 8, 31), True),
        (meals("legacy", DAY(2018, 4, 1), DAY(2026, 8, 31)), DAY(2032, 9, 1), False),
        # A day of the one kind there was; from September it would have to be said which.
        (meals("unknown", DAY(2026, 8, 31)), DAY(2026, 9, 1), True),
        (meals("unknown", DAY(2026, 9, 1)), DAY(2026, 10, 1), None),
        (meals("unknown", DAY(2026, 10, 1)), DAY(2026, 9, 30), False),
        (meals("legacy", DAY(2026, 9, 1)), DAY(2026, 10, 1), None),
        # Not ended in the system: its days before September count for six years, later ones may.
        (meals("legacy", DAY(2024, 9, 1)), DAY(2026, 10, 1), True),
        (meals("legacy", DAY(2024, 9, 1)), DAY(2032, 10, 1), None),
        # Ended before it would have had to be said.
        (meals("unknown", DAY(2019, 1, 1), DAY(2019, 7, 1)), DAY(2026, 10, 1), False),
        # In the census of another country.
        (meals("targeted", DAY(2026, 9, 1), country="SCT"), DAY(2026, 10, 1), False),
    ],
)
def test_one_period_makes_fsm6(span: FsmSpan, as_of: dt.date, expected: bool | None) -> None:
    assert fsm6([span], as_of) is expected


def test_fsm6_of_nobody_who_was_told_about_is_not_known() -> None:
    assert fsm6([], DAY(2026, 10, 1)) is None


def test_one_day_that_counts_is_enough_beside_others_that_do_not() -> None:
    spans = [
        meals("expanded", DAY(2026, 9, 1)),
        meals("legacy", DAY(2021, 1, 4), DAY(2021, 1, 4)),
        meals("unknown", DAY(2027, 1, 1)),
    ]
    assert fsm6(spans, DAY(2027, 1, 4)) is True
    # A day later the one that counted is too old, and the unknown one may count.
    assert fsm6(spans, DAY(2027, 1, 5)) is None
    assert fsm6(spans[:2], DAY(2027, 1, 5)) is False


def test_unknown_kinds_are_told_apart() -> None:
    assert is_of_unknown_kind(meals("unknown", DAY(2026, 9, 1)))
    assert is_of_unknown_kind(meals("legacy", DAY(2020, 9, 1)))
    assert not is_of_unknown_kind(meals("legacy", DAY(2020, 9, 1), DAY(2026, 8, 31)))
    assert not is_of_unknown_kind(meals("expanded", DAY(2026, 9, 1)))
    assert not is_of_unknown_kind(meals("unknown", DAY(2026, 9, 1), country="WLS"))


def test_six_years_before_a_leap_day() -> None:
    assert years_before(DAY(2028, 2, 29)) == DAY(2022, 2, 28)
    assert years_before(DAY(2026, 10, 1)) == DAY(2020, 10, 1)


def test_a_year_is_told_as_of_today_and_then_as_of_its_last_day() -> None:
    assert year_as_of(YEAR, DAY(2026, 7, 1)) == DAY(2026, 9, 1)
    assert year_as_of(YEAR, DAY(2026, 11, 23)) == DAY(2026, 11, 23)
    assert year_as_of(YEAR, DAY(2029, 1, 1)) == DAY(2027, 8, 31)


def test_care_on_the_day_and_in_the_year() -> None:
    spell = CareSpan(kind="in_care", starts_on=DAY(2026, 3, 1), ends_on=DAY(2026, 9, 1))
    assert looked_after([spell], DAY(2026, 9, 1)) is True
    assert looked_after([spell], DAY(2026, 9, 2)) is False
    assert was_looked_after([spell], YEAR, DAY(2026, 11, 23)) is True
    assert was_looked_after([spell], AcademicYear(2027), DAY(2027, 11, 23)) is False
    assert was_looked_after([spell], AcademicYear(2025), DAY(2026, 2, 28)) is False
    assert (looked_after([], YEAR.starts_on), was_looked_after([], YEAR, YEAR.starts_on)) == (None, None)


def test_previously_looked_after_from_a_day_not_told_is_ever_since() -> None:
    adopted = CareSpan(kind="previously", starts_on=None)
    later = CareSpan(kind="previously", starts_on=DAY(2026, 11, 1))
    assert previously_looked_after([adopted], DAY(2020, 1, 1)) is True
    assert previously_looked_after([later], DAY(2026, 10, 31)) is False
    assert previously_looked_after([later], DAY(2026, 11, 1)) is True
    # What is told of care tells nothing of adoption.
    assert (
        previously_looked_after([CareSpan(kind="in_care", starts_on=DAY(2020, 1, 1))], DAY(2026, 1, 1))
        is None
    )


def test_sen_of_a_day_between_two_periods_is_not_known() -> None:
    spans = [
        SenSpan(status="K", starts_on=DAY(2024, 9, 1), ends_on=DAY(2026, 9, 30)),
        SenSpan(status="E", starts_on=DAY(2026, 11, 1)),
    ]
    days = [DAY(2024, 8, 31), DAY(2026, 9, 30), DAY(2026, 10, 1), DAY(2026, 11, 1)]
    assert [sen_status(spans, day) for day in days] == ["", "K", "", "E"]


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ((False, False, False), False),
        ((False, None, False), None),
        ((False, None, True), True),
        ((None, None, None), None),
    ],
)
def test_disadvantage_of_three_flags(
    flags: tuple[bool | None, bool | None, bool | None], expected: bool | None
) -> None:
    assert either(*flags) is expected
    fsm, care, left_care = flags
    assert disadvantaged(is_fsm6=fsm, is_looked_after=care, is_previously_looked_after=left_care) is expected


def test_a_service_child_counts_for_six_years_after() -> None:
    said = [(AcademicYear(2020), True), (AcademicYear(2025), False), (YEAR, False)]
    assert ever_service_child(said, YEAR) is True
    assert ever_service_child([*said, (AcademicYear(2027), False)], AcademicYear(2027)) is False
    # Nobody said anything of this year.
    assert ever_service_child([(AcademicYear(2025), False)], YEAR) is None
    # What comes later counts for nothing before.
    assert ever_service_child([(YEAR, False), (AcademicYear(2027), True)], YEAR) is False


def test_pupil_premium_is_more_than_disadvantage() -> None:
    assert pupil_premium(is_disadvantaged=False, is_ever_service_child=True) is True
    assert pupil_premium(is_disadvantaged=True, is_ever_service_child=None) is True
    assert pupil_premium(is_disadvantaged=False, is_ever_service_child=None) is None
    assert pupil_premium(is_disadvantaged=False, is_ever_service_child=False) is False


def test_sen_codes_hold_from_day_to_day_and_count_as_today_s() -> None:
    assert [counts_as(code) for code in ("N", "K", "E", "A", "P", "S", "?")] == [*"NKEKKE", ""]
    assert [each.code for each in statuses_on(DAY(2014, 8, 31))] == [*"NAPS"]
    assert [each.code for each in statuses_on(DAY(2026, 11, 23))] == [*"NKE"]
    assert [each.code for each in statuses_on(DAY(2018, 3, 31))] == [*"NKES"]
    assert [each.code for each in statuses_on(DAY(2018, 4, 1))] == [*"NKE"]
    assert {"SLCN", "NSA", "DS"} <= set(SEN_TYPES)
