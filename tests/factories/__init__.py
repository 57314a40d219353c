"""Rows to test with. Those of a school need it open: `with visible_to(school): PupilYearFactory(school=school)`."""

from __future__ import annotations

import datetime as dt
from typing import Any

import factory
from factory.django import DjangoModelFactory

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import MATHEMATICS, Subject
from assessment.models import Judgement, Source
from assessment.services.judgements import Entry, Provenance, record_many
from schools.calendar import AcademicYear, YearGroup
from schools.models import (
    ClassGroup,
    Enrolment,
    Partnership,
    Pupil,
    PupilYear,
    School,
    User,
)


class PartnershipFactory(DjangoModelFactory[Partnership]):
    class Meta:
        model = Partnership
        django_get_or_create = ("name",)

    name = "Test partnership"


class SchoolFactory(DjangoModelFactory[School]):
    class Meta:
        model = School

    partnership = factory.SubFactory(PartnershipFactory)
    name = factory.Sequence(lambda n: f"School {n}")
    urn = factory.Sequence(lambda n: f"{200000 + n}")
    dfe_number = factory.Sequence(lambda n: f"{8600000 + n}")
    lowest_year_group = YearGroup.R
    highest_year_group = YearGroup.Y4


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@school.test")
    name = factory.Sequence(lambda n: f"Person {n:05}")


class ClassGroupFactory(DjangoModelFactory[ClassGroup]):
    class Meta:
        model = ClassGroup

    name = factory.Sequence(lambda n: f"Class {n}")


class PupilFactory(DjangoModelFactory[Pupil]):
    class Meta:
        model = Pupil

    surname = factory.Sequence(lambda n: f"Surname{n:05}")
    forename = factory.Sequence(lambda n: f"Forename{n:05}")
    date_of_birth = dt.date(2018, 1, 15)


class EnrolmentFactory(DjangoModelFactory[Enrolment]):
    class Meta:
        model = Enrolment


class PupilYearFactory(DjangoModelFactory[PupilYear]):
    class Meta:
        model = PupilYear

    pupil = factory.SubFactory(PupilFactory, school=factory.SelfAttribute("..school"))
    year_group = YearGroup.Y4


def on_roll(
    school: School,
    academic_year: AcademicYear,
    *,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    **fields: Any,
) -> PupilYear:
    """A pupil of the year with one stay, from the year's first day unless told otherwise; needs the school open.

    `pupil__surname=...` and the like go to the pupil.
    """
    row = PupilYearFactory.create(school=school, academic_year=academic_year, **fields)
    EnrolmentFactory.create(
        school=school, pupil=row.pupil, starts_on=starts_on or academic_year.starts_on, ends_on=ends_on
    )
    return row


def judged(
    pupil: Pupil,
    academic_year: int,
    term: AssessmentTerm = AssessmentTerm.AUTUMN,
    points: int | None = 44,
    *,
    subject: Subject = MATHEMATICS,
    **said: Any,
) -> Judgement:
    """A judgement of the pupil as a teacher would have typed it; needs the school open. `reason`, `is_on_entry` and `note` as in Entry."""
    entry = Entry(pupil.pk, subject.number, academic_year, term, points, **said)
    record_many(school=pupil.school, entries=[entry], provenance=Provenance(source=Source.TYPED, by=None))
    return Judgement.objects.get(
        school=pupil.school, pupil=pupil, subject=subject.number, academic_year=academic_year, term=term
    )
