"""Which framework of the early years a school judges a year by."""

from __future__ import annotations

from assessment.engine.subjects import EYFS_AREAS
from assessment.models import Judgement
from schools.calendar import AcademicYear, EyfsFramework
from schools.models import School, SchoolYear, User
from schools.services.changes import acting
from schools.services.turns import take_turn_alone


class FrameworkInUseError(Exception):
    """Children have been judged this year in the areas of the other framework: `judgements` of them."""

    def __init__(self, judgements: int) -> None:
        super().__init__(f"{judgements} judgements by the framework")
        self.judgements = judgements


def judged_by(school: School, academic_year: AcademicYear, framework: EyfsFramework) -> int:
    """How many judgements of the year are in the framework's areas, reasons for a blank among them. Needs the school open."""
    of_year = Judgement.objects.in_school(school).filter(academic_year=academic_year)
    return of_year.filter(subject__in=[area.number for area in EYFS_AREAS[framework]]).count()


def use_framework(
    *, school: School, academic_year: AcademicYear, framework: EyfsFramework, by: User | None
) -> bool:
    """Judge an opened year by this framework, and say whether that is a change. Needs the school open.

    A year goes on being judged by what it was judged by: FrameworkInUseError once there is a judgement in an area of the other. Other
    years stay as they are.
    """
    with acting(by):
        # Nobody judges meanwhile: no judgement may stand in areas that the year no longer has.
        take_turn_alone(school)
        year = SchoolYear.objects.in_school(school).get(academic_year=academic_year)
        if year.eyfs_framework == framework:
            return False
        if held := judged_by(school, academic_year, EyfsFramework(year.eyfs_framework)):
            raise FrameworkInUseError(held)
        year.eyfs_framework = framework.value
        year.save(update_fields=["eyfs_framework"])
    return True
