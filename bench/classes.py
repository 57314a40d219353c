"""A school of the large partnership made one that people work at: classes of 30, a head, a teacher, cells to save."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import SUBJECTS
from assessment.models import Judgement
from bench.large_world import YEAR
from bench.world import member
from lep_tracker.database_roles import as_owner
from schools.models import ClassGroup, Membership, PupilYear, Role, School, User
from schools.row_security import visible_to
from schools.services.classes import assign_teacher, create_class

CLASS_SIZE = 30
SUBJECT = SUBJECTS[0]
Send = Callable[[str, Mapping[str, str]], object]


@dataclass(frozen=True)
class Staff:
    """Who works at the school, and the class of 30 that the teacher has."""

    school: School
    head: User
    teacher: User
    class_group: ClassGroup

    def address(self, rest: str = "") -> str:
        """Below the school and the year that is measured."""
        return f"/schools/{self.school.urn}/{YEAR.slug}/{rest}"

    @property
    def marksheet(self) -> str:
        """The sheet of the teacher's class."""
        return self.address(f"marksheets/classes/{self.class_group.public_id}/{SUBJECT.code.lower()}/")


def staffed(school: School, *, class_name: str = "Class 3.1") -> Staff:
    """The school with its pupils of the year in classes by year group, made the first time."""
    head, teacher = member(school, Role.HEAD), member(school, Role.TEACHER)
    with visible_to(school):
        of_year = ClassGroup.objects.in_school(school).filter(academic_year=YEAR)
        if not of_year.exists():
            _make_classes(school)
            membership = Membership.objects.get(school=school, user=teacher)
            assign_teacher(class_group=of_year.get(name=class_name), membership=membership, by=None)
        found = of_year.get(name=class_name)
    return Staff(school, head, teacher, found)


def _make_classes(school: School) -> None:
    by_year_group: dict[int, list[int]] = defaultdict(list)
    pupils = PupilYear.objects.in_school(school).filter(academic_year=YEAR)
    for key, year_group in pupils.order_by("pk").values_list("pk", "year_group"):
        by_year_group[year_group].append(key)
    for year_group, keys in by_year_group.items():
        for number, start in enumerate(range(0, len(keys), CLASS_SIZE), start=1):
            made = create_class(
                school=school, academic_year=YEAR, name=f"Class {year_group}.{number}", by=None
            )
            pupils.filter(pk__in=keys[start : start + CLASS_SIZE]).update(class_group=made)


def freshly_counted() -> None:
    """What the server does by itself within minutes after so many rows were written."""
    with as_owner():
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


@dataclass
class Cell:
    """One cell of the class's sheet, which a person changes again and again: each save writes."""

    address: str
    pupil: str
    version: int
    points: int

    def save(self, send: Send) -> None:
        """Another value than the one that stands there."""
        points = 41 if self.points != 41 else 42
        send(
            self.address,
            {
                "pupil": self.pupil,
                "of": f"{SUBJECT.code.lower()}.summer",
                "value": str(points),
                "saw": f"{self.version}:{self.points}",
                "because": "",
            },
        )
        self.version, self.points = self.version + 1, points


def cells(staff: Staff) -> list[Cell]:
    """This Summer's cells of the class's pupils, as they stand."""
    with visible_to(staff.school):
        rows = Judgement.objects.in_school(staff.school).filter(
            academic_year=YEAR,
            term=AssessmentTerm.SUMMER,
            subject=SUBJECT.number,
            points__isnull=False,
            pupil__years__class_group=staff.class_group,
            pupil__years__academic_year=YEAR,
        )
        found = rows.order_by("pupil").values_list("pupil__public_id", "version", "points")
        return [
            Cell(f"{staff.marksheet}?term=summer", str(pupil), version, points)
            for pupil, version, points in found
        ]
