"""How schools and years stand in addresses: `/schools/124087/2025-26/...`."""

from __future__ import annotations

from schools.calendar import AcademicYear


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
