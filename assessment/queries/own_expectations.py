"""Steps a year expected of one pupil: which of them count, and what was agreed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, JSONField, OuterRef, QuerySet, Value
from django.db.models.functions import JSONObject
from django.utils import timezone

from assessment.models import OwnExpectation
from schools.calendar import AcademicYear
from schools.models import Pupil, PupilYear, School, SenStatus, User
from schools.queries.rolls import english
from schools.row_security import visible_to

WITH_SEN = (SenStatus.SUPPORT, SenStatus.PLAN)
# The same condition for the rows of figures; a test compares the two.
WITH_SEN_IN_SQL = "sen_status IN ('K', 'E')"
# As `allowed_now`, of the school in the parameters; what a snapshot froze was allowed then.
ALLOWED_IN_SQL = (
    "EXISTS (SELECT FROM schools_school home JOIN schools_partnership with_others ON with_others.id = home.partnership_id"
    " WHERE home.id = %(school)s AND with_others.allows_own_steps)"
)


def counting(school: School) -> QuerySet[OwnExpectation]:
    """Those that count now: the partnership allows them, and the pupil's record of the year says SEN support or an EHC plan."""
    return _counting(OwnExpectation.objects.in_school(school))


def _counting(found: QuerySet[OwnExpectation]) -> QuerySet[OwnExpectation]:
    of_year = PupilYear.objects.filter(
        school=OuterRef("school"),
        pupil=OuterRef("pupil"),
        academic_year=OuterRef("academic_year"),
        sen_status__in=WITH_SEN,
    )
    return found.filter(Exists(of_year), school__partnership__allows_own_steps=True)


def beside_a_pupil(school: School) -> ArraySubquery | Value:
    """Own steps that count, as a column of a query of the school's records of a year, empty where the partnership allows none; `as_steps` reads it."""
    if not school.partnership.allows_own_steps:
        return Value(None, output_field=JSONField())
    theirs = OwnExpectation.objects.filter(school=OuterRef("school_id"), pupil=OuterRef("pupil_id"))
    return ArraySubquery(_counting(theirs).values(own=JSONObject(year="academic_year", steps="steps_a_year")))


WHY_NOT = (
    "the record of the year no longer says SEN support or an EHC plan, or the partnership does not allow it"
)


@dataclass(frozen=True)
class Agreed:
    """What is agreed for a pupil in a year; `counts` is not, while SEN has ended or the partnership does not allow it."""

    academic_year: AcademicYear
    steps_a_year: int
    reason: str
    by: str
    at: dt.datetime
    counts: bool


def agreed_for(school: School, pupil: Pupil) -> list[Agreed]:
    """Of each year, the latest first; the school has to be open. One query."""
    held = OwnExpectation.objects.in_school(school).filter(pupil=pupil)
    counts = Exists(_counting(OwnExpectation.objects.filter(pk=OuterRef("pk"))))
    return [
        Agreed(
            AcademicYear(each.academic_year),
            each.steps_a_year,
            each.reason,
            each.agreed_by.name,
            each.agreed_at,
            each.does_count,
        )
        for each in held.annotate(does_count=counts).select_related("agreed_by").order_by("-academic_year")
    ]


def say_agreed(agreed: Agreed) -> str:
    """`4 steps a year in 2025/26, agreed by Sam Senco on 3 October 2025: Small steps.`"""
    day = english(timezone.localdate(agreed.at))
    steps = f"{agreed.steps_a_year} step{'' if agreed.steps_a_year == 1 else 's'} a year"
    return f"{steps} in {agreed.academic_year.label}, agreed by {agreed.by} on {day}: {agreed.reason}"


@dataclass(frozen=True)
class Told:
    """One act of the history: what was agreed or taken back, by whom, when and why."""

    what: str
    by: str
    at: dt.datetime
    reason: str


def own_steps_history(school: School, pupil: Pupil) -> list[Told]:
    """What was agreed for the pupil in every year, the latest first; the school has to be open. Two queries."""
    model = apps.get_model("assessment", "OwnExpectationEvent")
    events = list(model.objects.filter(school=school, pupil=pupil).order_by("-pgh_id"))
    people = User.objects.in_bulk({(each.pgh_context or {}).get("user") for each in events} - {None})
    return [_act(each, people.get((each.pgh_context or {}).get("user"))) for each in events]


def _act(event: Any, person: User | None) -> Told:
    steps = f"{event.steps_a_year} step{'' if event.steps_a_year == 1 else 's'} a year in {AcademicYear(event.academic_year).label}"
    is_over = event.pgh_label == "delete"
    return Told(
        f"{steps}, taken back" if is_over else steps,
        person.name if person else "the operator",
        event.pgh_created_at,
        "" if is_over else event.reason,
    )


def steps_that_count(agreed: Iterable[Agreed]) -> dict[int, int]:
    """Steps a year by academic year, as the engine takes them."""
    return {int(each.academic_year): each.steps_a_year for each in agreed if each.counts}


def as_steps(found: Iterable[Mapping[str, int]]) -> dict[int, int]:
    """Steps a year by academic year."""
    return {each["year"]: each["steps"] for each in found}


def pupils_with_own_steps(schools: Iterable[School], academic_year: AcademicYear) -> int:
    """How many pupils have own steps agreed for the year, whether or not they count; opens each school. For a lead, told roughly: the role that counts
    reads neither whose they are nor who has SEN (schools/counting.py).
    """
    count = 0
    for school in schools:
        with visible_to(school):
            count += OwnExpectation.objects.in_school(school).filter(academic_year=academic_year).count()
    return count
