"""Steps a year expected of one pupil: which of them count, and what was agreed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import JSONObject

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
    of_year = PupilYear.objects.in_school(school).filter(
        pupil=OuterRef("pupil"), academic_year=OuterRef("academic_year"), sen_status__in=WITH_SEN
    )
    allowed = School.objects.filter(pk=school.pk, partnership__allows_own_steps=True)
    return OwnExpectation.objects.in_school(school).filter(Exists(of_year), Exists(allowed))


def beside_a_pupil(school: School) -> ArraySubquery:
    """Each pupil's own steps that count, as a column beside another query's `pupil`; `as_steps` reads it."""
    found = counting(school).filter(pupil=OuterRef("pupil_id"))
    return ArraySubquery(found.values(own=JSONObject(year="academic_year", steps="steps_a_year")))


def as_steps(found: Iterable[Mapping[str, int]]) -> dict[int, int]:
    """Steps a year by academic year."""
    return {each["year"]: each["steps"] for each in found}
