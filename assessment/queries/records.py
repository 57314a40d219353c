"""Who is on record at a school, for what comes in by UPN: read once for thousands of rows."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from schools.calendar import EyfsFramework, YearGroup, statutory_eyfs_framework
from schools.models import Pupil, PupilYear, School, SchoolYear


class KnownPupil(NamedTuple):
    """A pupil of the school; the name is the one they are called by, forename first."""

    pk: int
    name: str


class Records:
    """The pupils of one school by UPN, and in which year group each was; needs the school open.

    One query for the pupils, one for the school's years, and one for each academic year asked about.
    """

    def __init__(self, school: School) -> None:
        self.school = school
        self._year_groups: dict[int, dict[int, YearGroup]] = {}

    @cached_property
    def pupils(self) -> dict[str, KnownPupil]:
        """By UPN, those who have one."""
        return {
            upn: KnownPupil(pk, f"{preferred_forename or forename} {preferred_surname or surname}")
            for upn, pk, forename, preferred_forename, surname, preferred_surname in Pupil.objects.in_school(
                self.school
            )
            .unmerged()
            .exclude(upn="")
            .values_list("upn", "pk", "forename", "preferred_forename", "surname", "preferred_surname")
        }

    @cached_property
    def _frameworks(self) -> dict[int, EyfsFramework]:
        years = SchoolYear.objects.in_school(self.school).values_list("academic_year", "eyfs_framework")
        return {year: EyfsFramework(framework) for year, framework in years}

    def framework(self, academic_year: int) -> EyfsFramework:
        """The framework that the school judged by in that year."""
        return self._frameworks.get(academic_year) or statutory_eyfs_framework(academic_year)

    def year_group(self, pupil_id: int, academic_year: int) -> YearGroup | None:
        """The pupil's year group by the record of that year; None where there is no such record."""
        of_year = self._year_groups.get(academic_year)
        if of_year is None:
            found = PupilYear.objects.in_school(self.school).filter(academic_year=academic_year)
            of_year = {pk: YearGroup(group) for pk, group in found.values_list("pupil_id", "year_group")}
            self._year_groups[academic_year] = of_year
        return of_year.get(pupil_id)
