"""A Reception class of thirty whose nursery judged them in all areas last Summer, and ways to work on its sheet of all areas."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import EYFS_AREAS
from assessment.models import Judgement, Source
from assessment.services.judgements import Entry, Provenance, record_many
from schools.calendar import AcademicYear, EyfsFramework, YearGroup
from schools.models import ClassGroup, Membership, Role
from schools.row_security import visible_to
from schools.services import classes, years
from tests.browser.conftest import World
from tests.factories import ClassGroupFactory, PupilYearFactory, on_roll

AREAS = EYFS_AREAS[EyfsFramework.OF_2021]
CHILDREN = [f"Child{number:02}" for number in range(30)]
# Last Summer, by the child's place on the sheet: the same in all areas. The last child came without judgements.
LAST_SUMMER = [14 + number % 5 for number in range(29)]


@dataclass(frozen=True)
class Reception:
    """The sheet of class R Oak."""

    world: World
    class_group: ClassGroup

    def address(self, sheet: str = "areas", asked: str = "?term=autumn") -> str:
        return self.world.at(f"marksheets/classes/{self.class_group.public_id}/{sheet}/{asked}")

    def stands(self, term: AssessmentTerm = AssessmentTerm.AUTUMN) -> dict[tuple[str, str], int | str]:
        """What is held of this year, by the child's name and the area's."""
        names = {area.number: area.name for area in AREAS}
        with visible_to(self.world.school):
            rows = Judgement.objects.in_school(self.world.school).filter(
                academic_year=self.world.year, term=term
            )
            found = list(rows.values_list("pupil__surname", "subject_id", "points", "reason"))
        return {(name, names[area]): points or reason for name, area, points, reason in found}


def reception_class(world: World) -> Reception:
    """Thirty children born month by month from September; the teacher has the class."""
    school, year = world.school, world.year
    last = AcademicYear(year - 1)
    with visible_to(school):
        years.open_year(school=school, academic_year=last, by=None)
        group = ClassGroupFactory.create(school=school, academic_year=year, name="R Oak")
        teacher = Membership.objects.get(school=school, user=world.people["teacher"], role=Role.TEACHER)
        classes.assign_teacher(class_group=group, membership=teacher, by=None)
        entries = []
        for number, name in enumerate(CHILDREN):
            born = dt.date(year - 5, 9, 10) + dt.timedelta(days=12 * number)
            row = on_roll(
                school,
                year,
                starts_on=last.starts_on,
                class_group=group,
                year_group=YearGroup.R,
                pupil__surname=name,
                pupil__date_of_birth=born,
            )
            PupilYearFactory.create(
                school=school, pupil=row.pupil, academic_year=last, year_group=YearGroup.N2
            )
            entries += [
                Entry(row.pupil.pk, area.number, last, AssessmentTerm.SUMMER, points)
                for points in LAST_SUMMER[number : number + 1]
                for area in AREAS
            ]
        record_many(school=school, entries=entries, provenance=Provenance(source=Source.TYPED, by=None))
    return Reception(world, group)


def area_cell(page: Page, child: int, area: str) -> Locator:
    """A cell of the sheet of all areas, by the child's place from 0 and the area's name."""
    place = [each.name for each in AREAS].index(area)
    return page.locator("#grid tbody tr").nth(child).locator("td").nth(place)


def type_areas(page: Page, texts: Iterable[str]) -> None:
    """From the active cell down each column and on to the next, as fast as a person who looks at the paper beside: each judgement and Enter."""
    for text in texts:
        page.keyboard.type(text)
        page.keyboard.press("Enter")
