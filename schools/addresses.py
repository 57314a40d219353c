"""How schools, years and year groups stand in addresses: `/schools/124087/2025-26/dashboard/year-groups/4/`."""

from __future__ import annotations

from schools.calendar import AcademicYear, YearGroup


class UrnConverter:
    """A school by its URN, six digits."""

    regex = "[1-9][0-9]{5}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class AcademicYearConverter:
    """An academic year as `2025-26`; one that does not add up is no address."""

    regex = r"\d{4}-\d{2}"

    def to_python(self, value: str) -> AcademicYear:
        return AcademicYear.parse(value)

    def to_url(self, value: AcademicYear) -> str:
        return value.slug


class YearGroupConverter:
    """A year group by its code: `N1`, `N2`, `R`, `1` to `13`, and no other spelling of it."""

    regex = "N[12]|R|[1-9]|1[0-3]"

    def to_python(self, value: str) -> YearGroup:
        return next(each for each in YearGroup if each.code == value)

    def to_url(self, value: YearGroup) -> str:
        return value.code


class TableFormatConverter:
    """In which format a table is wanted: the ending of a file's name."""

    regex = "csv|xlsx"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
