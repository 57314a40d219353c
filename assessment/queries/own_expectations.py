"""Steps a year expected of one pupil: which of them count, and what was agreed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone

from assessment.models import OwnExpectation
from schools.models import PupilYear, School, SenStatus

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


def beside_a_pupil() -> ArraySubquery:
    """Own steps that count, as a column of a query of pupils' records of a year; `as_steps` reads it."""
    theirs = OwnExpectation.objects.filter(school=OuterRef("school_id"), pupil=OuterRef("pupil_id"))
    return ArraySubquery(_counting(theirs).values(own=JSONObject(year="academic_year", steps="steps_a_year")))


@dataclass(frozen=True)
class Agreed:
    """What is agreed for a pupil in a year; `counts` is not, while SEN has ended or the partnership does not allow it."""

    academic_year: AcademicYear
    steps_a_year: int
    reason: str
    by: str
    at: dt.datetime
    counts: bool


def agreed_for(pupil: Pupil) -> list[Agreed]:
    """Of each year, the latest first; the school has to be open. One query."""
    held = OwnExpectation.objects.in_school(pupil.school).filter(pupil=pupil)
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


def steps_that_count(agreed: Iterable[Agreed]) -> dict[int, int]:
    """Steps a year by academic year, as the engine takes them."""
    return {int(each.academic_year): each.steps_a_year for each in agreed if each.counts}


def as_steps(found: Iterable[Mapping[str, int]]) -> dict[int, int]:
    """Steps a year by academic year."""
    return {each["year"]: each["steps"] for each in found}
