"""Records of years that a pupil spent elsewhere, brought along in a file: in them the pupil is on no roll here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from schools.calendar import AcademicYear, YearGroup
from schools.models import PupilYear, School, SchoolYear
from schools.services.enrolments import Characteristics


@dataclass(frozen=True)
class BroughtYear:
    """What a file says of one pupil, by key, for one academic year."""

    pupil_id: int
    academic_year: AcademicYear
    year_group: YearGroup
    characteristics: Characteristics


def bring_years(*, school: School, years: Sequence[BroughtYear]) -> int:
    """Write those of which the school has no record yet, and say how many; inside the act of whoever brings them. Needs the school open.

    A year that the school has not opened is there for these records alone, with the dates most schools keep.
    """
    held = set(
        PupilYear.objects.in_school(school)
        .filter(pupil__in={each.pupil_id for each in years})
        .values_list("pupil_id", "academic_year")
    )
    new = [each for each in years if (each.pupil_id, each.academic_year) not in held]
    opened = set(SchoolYear.objects.in_school(school).values_list("academic_year", flat=True))
    SchoolYear.objects.bulk_create(
        SchoolYear(
            school=school,
            academic_year=year,
            eyfs_framework=school.eyfs_framework_in(year),
            is_for_copies=True,
        )
        for year in sorted({each.academic_year for each in new} - opened)
    )
    PupilYear.objects.bulk_create(
        PupilYear(
            school=school,
            pupil_id=each.pupil_id,
            academic_year=each.academic_year,
            year_group=each.year_group,
            **asdict(each.characteristics),
        )
        for each in new
    )
    return len(new)
