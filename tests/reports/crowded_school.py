"""A school with as many pupils as one has, so that what leaves it tells numbers: Reception, Years 1, 3 and 4, in 2025/26 and two years before.

Everything that makes counting hard is there in every year group: who joined and who left in the year, who repeats one, who has no UPN, what was not
entered or not judged for a reason, what is not known of a pupil, SEN status that changed between the years.
"""

from __future__ import annotations

import datetime as dt
import random

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import EYFS_AREAS, MATHEMATICS, READING, SCIENCE, WRITING, Subject
from assessment.models import Reason, Source
from assessment.services.judgements import Entry, Provenance, record_many
from schools.calendar import AcademicYear, EyfsFramework, YearGroup, default_term_dates
from schools.models import ClassGroup, Enrolment, Pupil, PupilYear, School, SenStatus, Sex
from schools.services import years
from tests.factories import ClassGroupFactory

YEAR = AcademicYear(2025)
YEARS = [AcademicYear(2023), AcademicYear(2024), YEAR]
IN_EACH = 40
YEAR_GROUPS = (YearGroup.R, YearGroup.Y1, YearGroup.Y3, YearGroup.Y4)
_BASELINE, _AUTUMN, _SPRING, _SUMMER = AssessmentTerm
# What was judged when: the Summer of each year, and the terms of this one; this year's Baseline for some.
_POINTS = [
    (YEARS[0], _SUMMER),
    (YEARS[1], _AUTUMN),
    (YEARS[1], _SUMMER),
    *((YEAR, term) for term in AssessmentTerm),
]
_GROWN = {_BASELINE: 0, _AUTUMN: 3, _SPRING: 5, _SUMMER: 7}
_END_OF_SPRING = default_term_dates(YEAR)[_SPRING.term][1]  # type: ignore[index]


def fill(school: School) -> None:
    """The school has to be open."""
    chance = random.Random(2026)
    for year in YEARS:
        years.open_year(school=school, academic_year=year, by=None)
    made = [_Child(chance, number) for number in range(IN_EACH * len(YEAR_GROUPS))]
    pupils = Pupil.objects.bulk_create(child.pupil(school) for child in made)
    classes = {
        (year_group, half): ClassGroupFactory.create(
            school=school, academic_year=YEAR, name=f"{year_group.code}{half}"
        )
        for year_group in YEAR_GROUPS
        for half in "AB"
    }
    pairs = list(zip(made, pupils, strict=True))
    PupilYear.objects.bulk_create(
        row for child, pupil in pairs for row in child.records(school, pupil, classes)
    )
    Enrolment.objects.bulk_create(
        Enrolment(school=school, pupil=pupil, starts_on=child.starts_on, ends_on=child.ends_on)
        for child, pupil in pairs
    )
    entries = [entry for child, pupil in pairs for entry in child.entries(pupil)]
    record_many(school=school, entries=entries, provenance=Provenance(source=Source.TYPED, by=None))


class _Child:
    """One child, drawn by chance; of each year group the first few are the hard ones."""

    def __init__(self, chance: random.Random, number: int) -> None:
        self.chance, self.number = chance, number
        self.year_group = YEAR_GROUPS[number // IN_EACH]
        self.place = number % IN_EACH
        # Joined in January, left in the last week of Spring or on its last day.
        self.starts_on = dt.date(2026, 1, 12) if self.place == 0 else YEARS[0].starts_on
        self.ends_on = {1: _END_OF_SPRING - dt.timedelta(days=3), 2: _END_OF_SPRING}.get(self.place)
        self.is_early = self.year_group is YearGroup.R
        # Who has every goal of twelve has to be many; and the goal is a step further than a year below Year 1.
        self.is_missing = 0.01 if self.is_early else 0.04
        self.start = 14 if self.is_early else 12
        # Repeats the year group: out of the year that the birthday says.
        self.repeats = self.place == 3

    def pupil(self, school: School) -> Pupil:
        born = 2020 - max(0, int(self.year_group)) - self.repeats
        return Pupil(
            school=school,
            surname=f"Knight{self.number}",
            forename=f"Robin{self.number}",
            date_of_birth=dt.date(born, self.chance.randint(1, 12), 5),
            sex="" if self.place == 4 else self.chance.choice(Sex.values),
            upn="" if self.place == 5 else f"A{self.number:012}",
        )

    def records(
        self, school: School, pupil: Pupil, classes: dict[tuple[YearGroup, str], ClassGroup]
    ) -> list[PupilYear]:
        chance, found = self.chance, []
        for year in YEARS:
            ago = YEAR - year - (self.repeats and year != YEAR)
            if int(self.year_group) - ago < YearGroup.N1 or (self.place == 0 and year != YEAR):
                continue
            found.append(
                PupilYear(
                    school=school,
                    pupil=pupil,
                    academic_year=year,
                    year_group=YearGroup(int(self.year_group) - ago),
                    class_group=classes[self.year_group, "AB"[self.place % 2]] if year == YEAR else None,
                    is_pupil_premium=chance.choices([True, False, None], [8, 11, 1])[0],
                    is_eal=chance.choices([True, False, None], [6, 13, 1])[0],
                    # Drawn anew each year: of many it changes.
                    sen_status=chance.choices(["", *SenStatus.values], [1, 10, 5, 4])[0],
                )
            )
        return found

    def entries(self, pupil: Pupil) -> list[Entry]:
        """What was judged where the child was then, and in nothing that the year group is not judged in."""
        chance, found = self.chance, []
        ability = chance.choices([-4, -2, 0, 1, 4], [3, 3, 5, 4, 5])[0]
        for subject in self._subjects():
            offset = ability + chance.choice([-1, 0, 0, 1])
            for year, term in _POINTS:
                year_group = int(self.year_group) - (YEAR - year) + (self.repeats and year != YEAR)
                if (year_group <= YearGroup.R) != self.is_early or not self._is_here(year, term):
                    continue
                if term is _BASELINE and year_group > YearGroup.Y1 and chance.random() < 0.7:
                    continue
                offset += chance.choices([-1, 0, 1], [1, 3, 1])[0]
                draw = chance.random()
                if draw < self.is_missing:
                    continue
                is_blank = draw < 2 * self.is_missing
                found.append(
                    Entry(
                        pupil.pk,
                        subject.number,
                        year,
                        term,
                        None if is_blank else 7 * year_group + self.start + _GROWN[term] + offset,
                        chance.choice(Reason.values) if is_blank else "",
                        is_on_entry=self.place == 0 and term is _SPRING,
                    )
                )
        return found

    def _is_here(self, year: int, term: AssessmentTerm) -> bool:
        has_left = self.ends_on is not None and (year, term) == (YEAR, _SUMMER)
        has_come = self.starts_on.year < 2026 or (year, term) >= (YEAR, _SPRING)
        return has_come and not has_left

    def _subjects(self) -> tuple[Subject, ...]:
        """Science is not begun in Year 1."""
        if self.is_early:
            return tuple(EYFS_AREAS[EyfsFramework.OF_2021])
        return (READING, WRITING, MATHEMATICS, *((SCIENCE,) if self.year_group > YearGroup.Y1 else ()))
