"""Prior attainment in SQL says what the engine says, over random school lives; and it is not looked up where nobody asks."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.prior_attainment import prior_attainment
from assessment.engine.subjects import COMBINED_SUBJECTS
from assessment.models import Source
from assessment.services.judgements import Entry, Provenance, record_many
from reports.queries.group_members import group_members
from reports.queries.groups import PRIOR_ATTAINMENT
from reports.queries.outcomes import outcomes_in_sql
from reports.queries.scope import Filters, Scope
from schools.calendar import TermName, default_term_dates
from schools.models import Enrolment, Pupil, PupilYear, School
from schools.row_security import visible_to
from schools.services import years
from tests.reports.test_agreement import YEARS, Life

pytestmark = pytest.mark.django_db
PUPILS = 60
_BY_LEVEL = {level: group.key for level, group in enumerate(PRIOR_ATTAINMENT, start=1)}


class Tracked(Life):
    """A life in which the three subjects are judged near what is usual, mostly."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__(chance)
        self.entries = [
            (year, term, subject, *self._near(chance, group))
            for year, group in self.year_groups.items()
            for term in AssessmentTerm
            for subject in COMBINED_SUBJECTS
            if chance.random() < (0.3 if term is AssessmentTerm.BASELINE else 0.8)
        ]

    def _near(self, chance: random.Random, group: int) -> tuple[int | None, str, bool]:
        points, reason, is_on_entry = self._said(chance)
        near = min(101, max(1, 7 * group + 18 + chance.randint(-9, 6)))
        return (points and near, reason, is_on_entry)


@pytest.fixture
def lives(school: School) -> dict[int, Tracked]:
    chance = random.Random(6)
    with visible_to(school):
        for year in YEARS:
            years.open_year(school=school, academic_year=year, by=None)
        found = {}
        for number in range(PUPILS):
            life = Tracked(chance)
            pupil = Pupil.objects.create(
                school=school, surname=f"S{number}", forename="F", date_of_birth=life.born_on
            )
            found[pupil.pk] = life
        PupilYear.objects.bulk_create(
            PupilYear(school=school, pupil_id=pupil, academic_year=year, year_group=group)
            for pupil, life in found.items()
            for year, group in life.year_groups.items()
        )
        Enrolment.objects.bulk_create(
            Enrolment(school=school, pupil_id=pupil, starts_on=start, ends_on=end)
            for pupil, life in found.items()
            for start, end in life.stays
        )
        entries = [
            Entry(pupil, subject.number, year, term, points, reason, is_on_entry)
            for pupil, life in found.items()
            for year, term, subject, points, reason, is_on_entry in life.entries
        ]
        record_many(school=school, entries=entries, provenance=Provenance(source=Source.TYPED, by=None))
    return found


def test_sql_and_engine_agree_on_everybody(lives: dict[int, Tracked], school: School) -> None:
    seen: Counter[int | None] = Counter()
    with visible_to(school):
        for year in YEARS[1:]:
            for term in TermName:
                scope = Scope(schools=(school,), academic_year=year, term=term)
                members = group_members(scope, school, ())
                last_day = default_term_dates(year)[term][1]
                on_roll = {
                    pk for pk, life in lives.items() if year in life.year_groups and life.is_on_roll(last_day)
                }
                assert set(members) == on_roll
                for pk in on_roll:
                    life = lives[pk]
                    histories = [life.history(subject) for subject in COMBINED_SUBJECTS]
                    level = prior_attainment(histories, scope.at, life.year_groups)
                    expected = {_BY_LEVEL[level]} if level else set()
                    assert members[pk] & set(_BY_LEVEL.values()) == expected, (pk, scope.at)
                    seen[level] += 1
    assert min(seen[level] for level in (None, 1, 2, 3)) > 10


def test_it_is_looked_up_where_it_is_asked_for_alone(school: School) -> None:
    scope = Scope(schools=(school,), academic_year=YEARS[-1], term=TermName.SUMMER)
    assert "prior_phases" not in outcomes_in_sql(scope, school)[0]
    asked = Scope(
        schools=(school,), academic_year=YEARS[-1], term=TermName.SUMMER, filters=Filters(group=_BY_LEVEL[1])
    )
    assert "prior_phases" in outcomes_in_sql(asked, school, by_group=False)[0]
