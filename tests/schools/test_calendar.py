from __future__ import annotations

import datetime as dt

import pytest

from schools.calendar import (
    AcademicYear,
    EyfsFramework,
    TermName,
    YearGroup,
    age_in_months,
    default_term_dates,
    easter_sunday,
    is_summer_born,
    statutory_eyfs_framework,
    year_group_by_age,
)


@pytest.mark.parametrize(
    ("day", "year"),
    [("2026-08-31", 2025), ("2026-09-01", 2026), ("2026-12-31", 2026), ("2027-01-01", 2026)],
)
def test_an_academic_year_runs_from_september_to_august(day: str, year: int) -> None:
    found = AcademicYear.containing(dt.date.fromisoformat(day))
    assert found == year
    assert found.starts_on <= dt.date.fromisoformat(day) <= found.ends_on


@pytest.mark.parametrize("text", ["2025/26", "2025-26", "2025-2026", " 2025/2026 "])
def test_an_academic_year_is_read_as_people_write_it(text: str) -> None:
    year = AcademicYear.parse(text)
    assert (year, year.label, year.slug, str(year)) == (2025, "2025/26", "2025-26", "2025/26")


def test_an_academic_year_across_a_century_is_written_with_two_digits() -> None:
    assert AcademicYear(1999).label == "1999/00"
    assert AcademicYear.parse("1999/00") == 1999


@pytest.mark.parametrize(
    "text", ["2025", "2025/27", "2025/25", "25/26", "2025/026", "1889/90", "", "2025/26x"]
)
def test_what_is_no_academic_year_is_refused_with_the_text(text: str) -> None:
    with pytest.raises(ValueError, match="academic year") as refused:
        AcademicYear.parse(text)
    assert repr(text) in str(refused.value)


def test_year_groups_stand_in_the_order_in_which_children_pass_through() -> None:
    codes = [year_group.code for year_group in sorted(YearGroup)]
    assert codes == ["N1", "N2", "R", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13"]
    assert [YearGroup.from_code(code) for code in codes] == list(YearGroup)


@pytest.mark.parametrize(
    ("code", "label"), [("n2", "Nursery 2"), (" r ", "Reception"), ("4", "Year 4"), ("13", "Year 13")]
)
def test_a_year_group_is_read_in_any_case_and_named(code: str, label: str) -> None:
    assert YearGroup.from_code(code).label == label


@pytest.mark.parametrize("code", ["N3", "0", "14", "X", "", "Year 4", "-1"])
def test_what_is_no_year_group_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="is not a year group"):
        YearGroup.from_code(code)


@pytest.mark.parametrize(
    ("born", "on", "year_group"),
    [
        ("2008-09-01", "2020-08-31", YearGroup.Y6),
        ("2008-08-31", "2020-08-31", YearGroup.Y7),
        ("2004-09-01", "2020-09-01", YearGroup.Y11),
        ("2004-08-31", "2020-09-01", YearGroup.Y12),
        ("2021-08-31", "2026-09-01", YearGroup.Y1),
        ("2021-09-01", "2026-09-01", YearGroup.R),
        ("2020-02-29", "2026-11-22", YearGroup.Y2),
        ("2023-08-31", "2026-11-22", YearGroup.N2),
        ("2024-08-31", "2026-11-22", YearGroup.N1),
        ("2024-09-01", "2026-11-22", None),
        ("2008-08-31", "2026-11-22", None),
        ("2008-09-01", "2026-11-22", YearGroup.Y13),
    ],
)
def test_the_year_group_by_age_follows_the_31st_of_august(
    born: str, on: str, year_group: YearGroup | None
) -> None:
    year = AcademicYear.containing(dt.date.fromisoformat(on))
    assert year_group_by_age(dt.date.fromisoformat(born), year) is year_group


@pytest.mark.parametrize(
    ("born", "on", "months"),
    [
        ("2021-08-31", "2026-09-01", 60),
        ("2020-02-29", "2021-02-28", 11),
        ("2020-02-29", "2021-03-01", 12),
        ("2021-12-15", "2026-11-22", 59),
        ("2021-11-22", "2026-11-22", 60),
    ],
)
def test_age_is_in_completed_months(born: str, on: str, months: int) -> None:
    assert age_in_months(dt.date.fromisoformat(born), dt.date.fromisoformat(on)) == months


@pytest.mark.parametrize(("month", "is_summer"), [(3, False), (4, True), (8, True), (9, False)])
def test_summer_born_is_april_to_august(month: int, is_summer: bool) -> None:
    assert is_summer_born(dt.date(2020, month, 1)) is is_summer


@pytest.mark.parametrize(
    "day",
    [
        "2000-04-23",
        "2008-03-23",
        "2019-04-21",
        "2024-03-31",
        "2025-04-20",
        "2026-04-05",
        "2027-03-28",
        "2038-04-25",
    ],
)
def test_easter_falls_where_the_almanac_has_it(day: str) -> None:
    wanted = dt.date.fromisoformat(day)
    assert easter_sunday(wanted.year) == wanted


def test_default_terms_of_2025_26_and_2024_25_are_those_that_most_schools_kept() -> None:
    assert default_term_dates(2025) == {
        TermName.AUTUMN: (dt.date(2025, 9, 1), dt.date(2025, 12, 19)),
        TermName.SPRING: (dt.date(2026, 1, 5), dt.date(2026, 3, 27)),
        TermName.SUMMER: (dt.date(2026, 4, 13), dt.date(2026, 7, 22)),
    }
    assert default_term_dates(2024) == {
        TermName.AUTUMN: (dt.date(2024, 9, 1), dt.date(2024, 12, 20)),
        TermName.SPRING: (dt.date(2025, 1, 6), dt.date(2025, 4, 11)),
        TermName.SUMMER: (dt.date(2025, 4, 28), dt.date(2025, 7, 22)),
    }


@pytest.mark.parametrize("year", range(1990, 2100))
def test_default_terms_of_every_year_run_one_after_the_other_within_it(year: int) -> None:
    terms = default_term_dates(year)
    days = [day for term in TermName for day in terms[term]]
    assert days == sorted(set(days))
    assert AcademicYear(year).starts_on == days[0]
    assert days[-1] <= AcademicYear(year).ends_on
    assert all(day.weekday() < 5 for day in days[1:])


def test_the_early_years_framework_changed_in_2021() -> None:
    assert statutory_eyfs_framework(2020) is EyfsFramework.OF_2012
    assert statutory_eyfs_framework(2021) is EyfsFramework.OF_2021
