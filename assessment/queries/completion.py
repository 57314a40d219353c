"""How much of a term is entered: for each class, and each subject or all areas of learning together."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from dataclasses import dataclass

from assessment.engine.subjects import BY_NUMBER, EYFS_AREAS, SUBJECTS, Kind, Subject, is_early_years
from assessment.models import Judgement
from assessment.queries.subjects import framework_of
from schools.access import Access
from schools.calendar import TermName, YearGroup, default_term_dates
from schools.models import Term
from schools.queries.classes import ClassLine, class_lines, classes_for
from schools.queries.rolls import Standing, pupils_for, standing_on


@dataclass(frozen=True)
class Share:
    """Cells with points or a reason, of all cells of the pupils on roll on the last day of the term.

    `subject` is what the sheet is of; for the areas of learning, counted together, it is the first of them.
    """

    subject: Subject
    label: str
    entered: int
    cells: int

    @property
    def is_complete(self) -> bool:
        """Nothing is missing."""
        return self.entered >= self.cells

    @property
    def is_begun(self) -> bool:
        """Something is there."""
        return self.entered > 0


@dataclass(frozen=True)
class ClassCompletion:
    """One class: a share for each of the four subjects (None where nobody is judged in them), and one for the areas."""

    line: ClassLine
    subjects: tuple[Share | None, ...]
    areas: Share | None


def completion(access: Access, term: TermName, *, today: dt.date) -> list[ClassCompletion]:
    """The classes whose pupils this person may see, own ones first. The number of queries does not depend on theirs."""
    of_term = Term.objects.in_school(access.school).filter(academic_year=access.academic_year, term=term)
    ends_on = (
        of_term.values_list("ends_on", flat=True).first() or default_term_dates(access.academic_year)[term][1]
    )
    everybody = standing_on(pupils_for(access), access.school, ends_on, Standing.ON_ROLL)
    on_roll = everybody.exclude(class_group=None)
    # Counted here and not by joins: behind the wall PostgreSQL expects one row of each table, and took a hundred times as long.
    public_ids = dict(classes_for(access).values_list("pk", "public_id"))
    places: dict[int, tuple[uuid.UUID, bool]] = {
        pupil: (public_ids[class_group], is_early_years(YearGroup(year_group)))
        for pupil, class_group, year_group in on_roll.values_list("pupil_id", "class_group", "year_group")
    }
    sizes = Counter(places.values())
    entered: Counter[tuple[uuid.UUID, int | None]] = Counter()
    for pupil, subject in (
        Judgement.objects.in_school(access.school)
        .filter(academic_year=access.academic_year, term=term, pupil__in=list(places))
        .values_list("pupil", "subject")
    ):
        class_id, is_early = places[pupil]
        if is_early == (BY_NUMBER[subject].kind is Kind.EYFS_AREA):
            entered[class_id, None if is_early else subject] += 1
    areas = EYFS_AREAS[framework_of(access)]
    found = []
    for line in class_lines(access, today=today):
        key = line.public_id
        judged, early = sizes[key, False], sizes[key, True]
        found.append(
            ClassCompletion(
                line=line,
                subjects=tuple(
                    Share(subject, subject.name, entered[key, subject.number], judged) if judged else None
                    for subject in SUBJECTS
                ),
                areas=Share(areas[0], "Areas of learning", entered[key, None], early * len(areas))
                if early
                else None,
            )
        )
    return sorted(found, key=lambda each: not each.line.is_own)
