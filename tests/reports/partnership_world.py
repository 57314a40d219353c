"""A partnership of five schools, worked out by hand, in 2025/26 and the year before.

Three first schools and two middle schools. In Mathematics the range at the end of Year 4 is 47-49 and in Autumn of Year 5 50-51.

Ash First   Year 4 in Summer 2025: 20 pupils; 8 below at 44, 6 at 48, 6 above at 51.
            14 go to Moor Middle (6 of the 8, 4 of the 6, 4 of the 6), 6 to Hill Middle (2, 2, 2).
Elm First   12 pupils, all at 48; 11 go to Moor Middle, 1 (Ned) leaves and is known nowhere else.
Oak First   7 pupils, all at 48; 3 go to Moor Middle, 4 go nowhere that is known.
Moor Middle Year 5 in Autumn 2025: those 14 + 11 + 3 and the children below; from Ash each is judged two points higher than in Summer, from Elm one lower.

Of Elm's 11: Ida is in Moor's Year 4 (she repeats it), so she is not in the pair Year 4 to Year 5; Mo has no judgement in Moor's Autumn; Lee has
only a copied judgement there; Bea has a Baseline of 49 and an Autumn of 60: the Baseline counts.
Zoe left Ash for Oak at Christmas 2024 and came to Moor from Oak (she is one of Oak's 3). Joe joined Moor in January 2026 from Oak: on roll at neither end.
Kit came to Moor without a record elsewhere: no UPN, a person_key of his own. One child each stays at Elm, at Oak and at Moor through both years, judged in nothing; so
Ash's roll is empty in the one year, and Hill's in the other.

Each has given out Summer 2025 and Autumn 2025/26. Three points are expected from Summer to Autumn, none from Summer to a Baseline.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import pytest

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import MATHEMATICS
from assessment.models import Source
from assessment.services.judgements import Entry, Provenance, record_many
from reports.documents.releases import released
from reports.queries.scope import Scope
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.models import Pupil, School
from schools.row_security import visible_to
from schools.services import years
from schools.services.releases import keep_pack
from tests.factories import EnrolmentFactory, PupilFactory, PupilYearFactory, SchoolFactory, judged

YEAR, LAST_YEAR = AcademicYear(2025), AcademicYear(2024)
LEFT = dt.date(2025, 8, 31)
BASELINE, AUTUMN, SPRING, SUMMER = AssessmentTerm


@dataclass(frozen=True)
class PartnershipWorld:
    ash: School
    elm: School
    oak: School
    moor: School
    hill: School

    @property
    def schools(self) -> tuple[School, ...]:
        return (self.ash, self.elm, self.oak, self.moor, self.hill)


def child(
    school: School,
    year: AcademicYear,
    key: uuid.UUID,
    *,
    year_group: YearGroup,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
) -> Pupil:
    pupil = PupilFactory.create(school=school, person_key=key, surname="Secretname")
    EnrolmentFactory.create(
        school=school, pupil=pupil, starts_on=starts_on or year.starts_on, ends_on=ends_on
    )
    PupilYearFactory.create(school=school, pupil=pupil, academic_year=year, year_group=year_group)
    return pupil


def leaver(school: School, points: int | None, **said: object) -> uuid.UUID:
    """In Year 4 last year, judged in Mathematics in Summer, and gone."""
    key = uuid.uuid4()
    pupil = child(school, LAST_YEAR, key, year_group=YearGroup.Y4, ends_on=LEFT, **said)  # type: ignore[arg-type]
    if points is not None:
        judged(pupil, LAST_YEAR, SUMMER, points)
    return key


def arrival(
    school: School, key: uuid.UUID, points: int | None, year_group: YearGroup = YearGroup.Y5
) -> Pupil:
    pupil = child(school, YEAR, key, year_group=year_group)
    if points is not None:
        judged(pupil, YEAR, AUTUMN, points)
    return pupil


@pytest.fixture
def partnership_world(db: None) -> PartnershipWorld:
    names = ("Ash First", "Elm First", "Oak First", "Moor Middle", "Hill Middle")
    schools = [
        SchoolFactory.create(
            name=name,
            lowest_year_group=YearGroup.R if "First" in name else YearGroup.Y5,
            highest_year_group=YearGroup.Y4 if "First" in name else YearGroup.Y8,
        )
        for name in names
    ]
    for school in schools:
        with visible_to(school):
            for year in (LAST_YEAR, YEAR):
                years.open_year(school=school, academic_year=year, by=None)
    world = PartnershipWorld(*schools)
    _fill(world)
    for school in world.schools:
        give_out(school, LAST_YEAR, TermName.SUMMER)
        give_out(school, YEAR, TermName.AUTUMN)
    return world


def give_out(school: School, year: AcademicYear, term: TermName) -> None:
    """What the head does by making the pack: as it does, with nothing held."""
    with visible_to(school):
        given = released(Scope(schools=(school,), academic_year=year, term=term), is_anew=True)
        for each in given.to_keep:
            keep_pack(**each.facts, by=None)


def _fill(world: PartnershipWorld) -> None:
    with visible_to(world.ash):
        to_moor = [(leaver(world.ash, points), points) for points in [44] * 6 + [48] * 4 + [51] * 4]
        to_hill = [(leaver(world.ash, points), points) for points in [44] * 2 + [48] * 2 + [51] * 2]
        zoe = uuid.uuid4()
        child(world.ash, LAST_YEAR, zoe, year_group=YearGroup.Y4, ends_on=dt.date(2024, 12, 20))
    with visible_to(world.elm):
        from_elm = [leaver(world.elm, 48) for _ in range(11)]
        leaver(world.elm, 48)
    with visible_to(world.oak):
        pupil = child(
            world.oak, LAST_YEAR, zoe, year_group=YearGroup.Y4, starts_on=dt.date(2025, 1, 6), ends_on=LEFT
        )
        judged(pupil, LAST_YEAR, SUMMER, 48)
        from_oak = [zoe, leaver(world.oak, 48), leaver(world.oak, 48)]
        joe = leaver(world.oak, 48)
        for _ in range(3):
            leaver(world.oak, 48)
    with visible_to(world.moor):
        for key, points in to_moor:
            arrival(world.moor, key, points + 2)
        bea, mo, lee, ida, *others = from_elm
        pupil = arrival(world.moor, bea, 60)
        judged(pupil, YEAR, BASELINE, 49)
        arrival(world.moor, mo, None)
        _copied(arrival(world.moor, lee, None), 47, made_by=world.elm)
        arrival(world.moor, ida, 47, YearGroup.Y4)
        for key in others:
            arrival(world.moor, key, 47)
        for key in from_oak:
            arrival(world.moor, key, 50)
        arrival(world.moor, uuid.uuid4(), 50)
        child(world.moor, YEAR, joe, year_group=YearGroup.Y5, starts_on=dt.date(2026, 1, 6))
    with visible_to(world.hill):
        for key, points in to_hill:
            arrival(world.hill, key, points)

    for school, year_group in (
        (world.elm, YearGroup.Y3),
        (world.oak, YearGroup.Y3),
        (world.moor, YearGroup.Y5),
    ):
        with visible_to(school):
            stays(school, year_group)


def stays(school: School, year_group: YearGroup) -> Pupil:
    """On roll in both years; in this year group in the first."""
    pupil = child(school, LAST_YEAR, uuid.uuid4(), year_group=year_group)
    PupilYearFactory.create(
        school=school, pupil=pupil, academic_year=YEAR, year_group=YearGroup(year_group + 1)
    )
    return pupil


def _copied(pupil: Pupil, points: int, made_by: School) -> None:
    record_many(
        school=pupil.school,
        entries=[Entry(pupil.pk, MATHEMATICS.number, YEAR, AUTUMN, points)],
        provenance=Provenance(source=Source.COPIED, by=None, made_by_school=made_by, origin_school=made_by),
        origin_ids=[uuid.uuid4()],
    )
