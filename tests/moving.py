"""Two schools of a partnership, one of which hands pupils over to the other."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import READING
from schools.calendar import AcademicYear, YearGroup
from schools.models import Pupil, Role, School, TransferOffer, User
from schools.row_security import visible_to
from schools.services import years
from schools.services.offers import offer_pupils
from schools.services.receiving import Place, TakenIn, take_in
from tests.conftest import member
from tests.factories import SchoolFactory, judged, on_roll


@dataclass
class Move:
    """A first school whose Year 4 goes on to a middle school, two years of judgements of one child there, and nobody of the middle school knows them yet."""

    first: School
    middle: School
    year: AcademicYear
    leader: User
    receiver: User
    pupil: Pupil

    @property
    def next_year(self) -> AcademicYear:
        return AcademicYear(self.year + 1)

    def offer(self, *pupils: Pupil, last_day: dt.date | None = None) -> TransferOffer:
        with visible_to(self.first):
            return offer_pupils(
                school=self.first,
                to=self.middle,
                pupils=pupils or [self.pupil],
                last_day=last_day or self.year.ends_on,
                by=self.leader,
                today=self.year.starts_on,
            )

    def place(self, offer: TransferOffer, pupil: Pupil | None = None, **said: object) -> Place:
        return Place(
            **{  # type: ignore[arg-type]
                "pupil_key": (pupil or self.pupil).public_id,
                "year_group": YearGroup.Y5,
                "class_id": None,
                "first_day": offer.first_day,
                **said,
            }
        )

    def take(self, offer: TransferOffer, *places: Place) -> TakenIn:
        return take_in(offer=offer, places=places or [self.place(offer)], by=self.receiver)

    def here(self, pupil: Pupil | None = None) -> Pupil:
        """The child's row at the middle school, which has to be open."""
        found: Pupil = Pupil.objects.in_school(self.middle).get(person_key=(pupil or self.pupil).person_key)
        return found


def a_move(year: AcademicYear) -> Move:
    first = SchoolFactory.create(name="Alder First School")
    middle = SchoolFactory.create(
        name="Birch Middle School", lowest_year_group=YearGroup.Y5, highest_year_group=YearGroup.Y8
    )
    before = AcademicYear(year - 1)
    with visible_to(first):
        for each in (before, year):
            years.open_year(school=first, academic_year=each, by=None)
        row = on_roll(
            first,
            before,
            year_group=YearGroup.Y3,
            sen_status="K",
            is_eal=True,
            pupil__surname="Brough",
            pupil__forename="Elsie",
            pupil__upn="H801200001001",
        )
        on_roll_again(row.pupil, year)
        judged(row.pupil, before, AssessmentTerm.SUMMER, 39)
        judged(row.pupil, year, AssessmentTerm.AUTUMN, 41, note="Counts in twos.")
        judged(row.pupil, year, AssessmentTerm.AUTUMN, None, subject=READING, reason="absent")
    with visible_to(middle):
        years.open_year(school=middle, academic_year=year, by=None)
    return Move(
        first, middle, year, member(first, Role.HEAD), member(middle, Role.ASSESSMENT_LEADER), row.pupil
    )


def on_roll_again(pupil: Pupil, year: AcademicYear, year_group: YearGroup = YearGroup.Y4) -> None:
    from tests.factories import PupilYearFactory

    PupilYearFactory.create(
        school=pupil.school,
        pupil=pupil,
        academic_year=year,
        year_group=year_group,
        sen_status="K",
        is_eal=True,
    )
