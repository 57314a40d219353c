"""Class 4A in 2024/25 with two pupils of Year 4, its teacher signed in, and the sheet of mathematics in Autumn.

One mechanism has the sheets of subjects and of areas of learning: a module with `ROOMS = BOTH_KINDS` runs over both, and a test marked `subjects_only` over the
first alone: what is about people, locks and files is the same whatever the columns are. On a sheet of areas class R has two children of Reception, and what a test calls mathematics is the area Number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import EYFS_AREAS, MATHEMATICS, Subject
from assessment.models import Judgement
from schools.calendar import AcademicYear, EyfsFramework, TermName, YearGroup
from schools.models import ClassGroup, Membership, Pupil, Role, School, User
from schools.row_security import visible_to
from schools.services import classes, years
from schools.services.terms import close_term
from tests.assessment.sheet_page import Page
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory, judged, on_roll

# Over, whenever the tests run.
YEAR = AcademicYear(2024)
HTMX = {"HX-Request": "true"}
NUMBER = next(area for area in EYFS_AREAS[EyfsFramework.OF_2021] if area.name == "Number")
# Of one subject over the year; of one area over the year; of all areas in one term.
SUBJECT, AREA, ALL_AREAS = "mathematics", NUMBER.code.lower(), "areas"
BOTH_KINDS, EVERY_SHEET = [SUBJECT, AREA], [SUBJECT, AREA, ALL_AREAS]
# Of what is said in the words of a subject, of its ranges, of steps that have a colour; and of what is read before a sheet is looked at.
subjects_only = pytest.mark.parametrize("room", [SUBJECT], indirect=True)
every_sheet = pytest.mark.parametrize("room", EVERY_SHEET, indirect=True)


def box(pupil: Pupil, of: str = "mathematics.autumn") -> str:
    """How the pupil's fields of a column are called, after `v-` and `s-`."""
    return f"{pupil.public_id}-{of}"


@dataclass
class Classroom:
    """`client` is the teacher's browser; each answer is read by `Page`."""

    school: School
    group: ClassGroup
    teacher: User
    client: Client
    elsie: Pupil
    noah: Pupil
    # The code of its sheet, and what is judged on it.
    sheet: str = SUBJECT
    subject: Subject = MATHEMATICS

    def named(self, code: str) -> str:
        """The code of a sheet, or of a column, as it is called in this room: `mathematics.autumn`, `e11.autumn`."""
        return self.sheet if code == SUBJECT else code.replace(f"{SUBJECT}.", f"{self.subject.code.lower()}.")

    def box(self, pupil: Pupil, of: str = "mathematics.autumn") -> str:
        """How the pupil's fields of a column are called here."""
        return box(pupil, self.named(of))

    @property
    def stands_at(self) -> str:
        """How 43 or 44 in Autumn stands: within the range of Year 4; in Reception above what is typical."""
        return "at" if self.subject is MATHEMATICS else "above"

    @property
    def year_group(self) -> YearGroup:
        """Of its pupils."""
        return YearGroup.Y4 if self.subject is MATHEMATICS else YearGroup.R

    def address(self, sheet: str = SUBJECT, asked: str = "?term=autumn") -> str:
        place = [self.school.urn, YEAR, self.group.public_id, self.named(sheet)]
        return reverse("class_marksheet", args=place) + asked

    def page(self, client: Client | None = None, **place: str) -> Page:
        answer = (client or self.client).get(self.address(**place))
        assert answer.status_code == 200
        return Page(answer.content.decode())

    def save(
        self,
        value: str,
        saw: str = "0:",
        *,
        of: str = "mathematics.autumn",
        pupil: Pupil | None = None,
        client: Client | None = None,
        address: str = "",
        **more: str,
    ) -> HttpResponse:
        """One cell, as the grid sends it."""
        sent = {
            "pupil": (pupil or self.elsie).public_id,
            "of": self.named(of),
            "value": value,
            "saw": saw,
        } | more
        answer: Any = (client or self.client).post(address or self.address(), sent, headers=HTMX)
        return answer

    def send(
        self, client: Client | None = None, asked: str = "?term=autumn", address: str = "", **cells: str
    ) -> HttpResponse:
        """The form without script: `elsie="45", elsie_saw="1:44"`; what is not told was seen empty."""
        sent = {"because": cells.pop("because", "")}
        for name in ("elsie", "noah"):
            key = box(getattr(self, name), self.named("mathematics.autumn"))
            sent |= {f"v-{key}": cells.get(name, ""), f"s-{key}": cells.get(f"{name}_saw", "0:")}
        answer: Any = (client or self.client).post(address or self.address(asked=asked), sent)
        return answer

    def judged(self, pupil: Pupil, points: int | None, term: int = 1, **said: Any) -> None:
        with visible_to(self.school):
            judged(pupil, YEAR, AssessmentTerm(term), points, **({"subject": self.subject} | said))

    def stands(self) -> dict[tuple[str, int], tuple[int | None, str]]:
        """What is held, by forename and term."""
        with visible_to(self.school):
            rows = Judgement.objects.values_list("pupil__forename", "term", "points", "reason")
            return {(name, term): (points, reason) for name, term, points, reason in rows}

    def close(self) -> None:
        with visible_to(self.school):
            close_term(school=self.school, academic_year=YEAR, term=TermName.AUTUMN, by=None)

    def joined(self, forename: str, surname: str, **fields: Any) -> Pupil:
        """Another pupil of the class."""
        with visible_to(self.school):
            names: dict[str, Any] = {"pupil__forename": forename, "pupil__surname": surname}
            if self.subject is not MATHEMATICS:
                names["year_group"] = self.year_group
            return on_roll(self.school, YEAR, **{"class_group": self.group} | names | fields).pupil


@pytest.fixture
def room(school: School, request: pytest.FixtureRequest) -> Classroom:
    sheet = getattr(request, "param", SUBJECT)
    is_of_areas = sheet != SUBJECT
    teacher = member(school, Role.TEACHER)
    with visible_to(school):
        years.open_year(school=school, academic_year=YEAR, by=None)
        group = ClassGroupFactory.create(school=school, academic_year=YEAR, name="R" if is_of_areas else "4A")
        membership = Membership.objects.get(user=teacher)
        classes.assign_teacher(class_group=group, membership=membership, by=None)
        elsie, noah = (
            on_roll(
                school,
                YEAR,
                class_group=group,
                year_group=YearGroup.R if is_of_areas else YearGroup.Y4,
                pupil__forename=forename,
                pupil__surname=surname,
            ).pupil
            for forename, surname in (("Elsie", "Brough"), ("Noah", "Cox"))
        )
    subject = NUMBER if is_of_areas else MATHEMATICS
    return Classroom(school, group, teacher, signed_in(teacher), elsie, noah, sheet, subject)
