"""Years, terms, year groups and ages in English schools: plain values, no clock and no database.

Sources: LEP expectations (year groups and terms); the school census (an academic year runs from
1 September to 31 August, and a pupil's year group by age follows the age on the 31 August before it).
"""

from __future__ import annotations

import datetime as dt
import re
from enum import IntEnum
from typing import Self

FIRST_ACADEMIC_YEAR, LAST_ACADEMIC_YEAR = 1990, 2099


class AcademicYear(int):
    """An academic year, as the calendar year it starts in: 2025 is 2025/26."""

    @classmethod
    def containing(cls, day: dt.date) -> Self:
        """The academic year, 1 September to 31 August, that the day falls in."""
        return cls(day.year if day.month >= 9 else day.year - 1)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2025/26`, `2025-26` or `2025-2026`; ValueError for anything else."""
        match = re.fullmatch(r"\s*(\d{4})[/-](\d{4}|\d{2})\s*", text)
        if not match or not FIRST_ACADEMIC_YEAR <= int(match[1]) <= LAST_ACADEMIC_YEAR:
            raise ValueError(f"{text!r} is not an academic year: write it as 2025/26.")
        year = cls(match[1])
        if int(match[2]) not in {(year + 1) % 100, year + 1}:
            raise ValueError(f"{text!r} is not one academic year: {year.label} ends in {year + 1}.")
        return year

    @property
    def label(self) -> str:
        """As people write it: `2025/26`."""
        return f"{int(self)}/{(self + 1) % 100:02}"

    @property
    def slug(self) -> str:
        """As it stands in an address: `2025-26`."""
        return self.label.replace("/", "-")

    @property
    def starts_on(self) -> dt.date:
        """1 September."""
        return dt.date(self, 9, 1)

    @property
    def ends_on(self) -> dt.date:
        """31 August."""
        return dt.date(self + 1, 8, 31)

    def __str__(self) -> str:
        return self.label


class YearGroup(IntEnum):
    """A national curriculum year group, N1 to 13, in the order in which children pass through."""

    N1 = -2
    N2 = -1
    R = 0
    Y1 = 1
    Y2 = 2
    Y3 = 3
    Y4 = 4
    Y5 = 5
    Y6 = 6
    Y7 = 7
    Y8 = 8
    Y9 = 9
    Y10 = 10
    Y11 = 11
    Y12 = 12
    Y13 = 13

    @classmethod
    def from_code(cls, code: str) -> YearGroup:
        """Read `N1`, `N2`, `R` or `1` to `13` in any case; ValueError for anything else."""
        wanted = code.strip().upper()
        for year_group in cls:
            if wanted == year_group.code:
                return year_group
        raise ValueError(f"{code!r} is not a year group: write N1, N2, R or a number from 1 to 13.")

    @property
    def code(self) -> str:
        """As the school census writes it: `N1`, `N2`, `R`, `1` ... `13`."""
        return str(self.value) if self >= 1 else self.name

    @property
    def label(self) -> str:
        """As people say it: `Nursery 2`, `Reception`, `Year 4`."""
        if self >= 1:
            return f"Year {self.value}"
        return "Reception" if self is YearGroup.R else f"Nursery {self.name[1]}"


class TermName(IntEnum):
    """The three terms, in the order in which a year runs."""

    AUTUMN = 1
    SPRING = 2
    SUMMER = 3

    @property
    def label(self) -> str:
        """As people say it: `Autumn`."""
        return self.name.capitalize()


class EyfsFramework(IntEnum):
    """The two statutory frameworks of the early years profile, by the year they came into force."""

    OF_2012 = 2012
    OF_2021 = 2021


def statutory_eyfs_framework(academic_year: int) -> EyfsFramework:
    """The framework that the law prescribed: that of 2012 up to 2020/21, that of 2021 from 2021/22."""
    return EyfsFramework.OF_2012 if academic_year <= 2020 else EyfsFramework.OF_2021


def easter_sunday(year: int) -> dt.date:
    """Easter Sunday of the Gregorian calendar, by the anonymous algorithm of 1876."""
    golden = year % 19
    century, of_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    moon = (19 * golden + century - leap_centuries - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * century_rest + 2 * (of_century // 4) - moon - of_century % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return dt.date(year, month, day + 1)


def _back_to(weekday: int, day: dt.date) -> dt.date:
    return day - dt.timedelta(days=(day.weekday() - weekday) % 7)


def default_term_dates(academic_year: int) -> dict[TermName, tuple[dt.date, dt.date]]:
    """First and last day of each term where a school has given none: what most English schools keep.

    Autumn runs from 1 September to the last Friday before 22 December; Spring from the first Monday after
    3 January to the Friday nine days before Easter; Summer from the Monday 17 days later to
    22 July, or the Friday before where that is a weekend. Derived: each school sets its own.
    """
    year = AcademicYear(academic_year)
    monday, friday = 0, 4
    spring_ends = easter_sunday(year + 1) - dt.timedelta(days=9)
    summer_ends = dt.date(year + 1, 7, 22)
    return {
        TermName.AUTUMN: (year.starts_on, _back_to(friday, dt.date(year, 12, 21))),
        TermName.SPRING: (_back_to(monday, dt.date(year + 1, 1, 10)), spring_ends),
        TermName.SUMMER: (
            spring_ends + dt.timedelta(days=17),
            _back_to(friday, summer_ends) if summer_ends.weekday() > friday else summer_ends,
        ),
    }


def age_in_months(born_on: dt.date, on: dt.date) -> int:
    """Completed months from birth to the day; negative before birth."""
    return (on.year - born_on.year) * 12 + on.month - born_on.month - (on.day < born_on.day)


def year_group_by_age(born_on: dt.date, academic_year: int) -> YearGroup | None:
    """The year group of a child in step with age; None for one too young for nursery or past Year 13.

    Only a hint: the year group that counts is the one in the pupil's record for that year.
    """
    age = age_in_months(born_on, dt.date(academic_year, 8, 31)) // 12
    return YearGroup(age - 4) if YearGroup.N1 <= age - 4 <= YearGroup.Y13 else None


def is_summer_born(born_on: dt.date) -> bool:
    """Born from April to August (the Department for Education's admissions guidance)."""
    return 4 <= born_on.month <= 8
