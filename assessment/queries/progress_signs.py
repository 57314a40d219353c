"""The review list: which pupils show signs of less than expected progress, in which subjects, and what was decided about them.

The rules are in assessment/engine/progress_signs.py. What they leave to us, settled here (derived):

- **The start, b**, is where the year starts, as *this year's* progress takes it: the year's Baseline where one was entered, else the Summer before. A
  judgement marked *on entry* is no start here: it was made at another time than the peers', and a gain from it cannot be laid beside theirs.
- **The earlier start, b'**, is the same a year before: that year's Baseline, else the Summer before it. So the stretch before is a whole year.
- Pupils are those on roll on the last day of the term, in Years 1 to 9 by the record of the year in view, in the subjects that somebody of their year group was judged in;
  peers are the others of the same year group. A pupil out of year is compared with the year group that the record says.
- Steps are expected by the version that holds on the last day of the term.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import Enum

from django.db.models import Q, QuerySet
from django.utils import timezone

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.explaining_signs import SignFact, facts_of
from assessment.engine.progress_signs import DEFAULT, Reached, Sign, Signs, Tolerances
from assessment.engine.subjects import SUBJECTS, Subject
from assessment.models import Decided, SignDecision
from assessment.queries.measuring import Measuring
from assessment.queries.sign_cohorts import cohort_signs, cohorts, held_by, on_roll
from schools.access import Access
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.models import PupilYear, SenStatus
from schools.queries.rolls import pupils_for

# So many signs in one subject bring a pupil who is not on the register to the top.
SIGNS_TO_COME_FIRST = 2


@dataclass(frozen=True)
class Decision:
    """What somebody decided at the end of a term, on which signs."""

    term: TermName
    academic_year: int
    decided: Decided
    reason: str
    by: str
    at: dt.datetime
    signs: tuple[Sign, ...]

    @property
    def when(self) -> str:
        """`Autumn 2026/27`."""
        return f"{self.term.label} {AcademicYear(self.academic_year).label}"

    @property
    def on(self) -> dt.date:
        """The day, here."""
        return timezone.localdate(self.at)


@dataclass(frozen=True)
class SubjectSigns:
    """One subject of a pupil at the end of a term. The points that are missing are None; `decisions` are those of all years up to the term, the latest first."""

    subject: Subject
    term: TermName
    academic_year: int
    earlier: Reached | None
    start: Reached | None
    now: int | None
    signs: Signs
    decisions: tuple[Decision, ...] = ()

    @property
    def shown(self) -> tuple[Sign, ...]:
        """The signs that there are."""
        return self.signs.shown

    @property
    def facts(self) -> list[SignFact]:
        """All four with their numbers."""
        return facts_of(self.signs)

    @property
    def start_name(self) -> str:
        """Where the points of the start stand: `at the Baseline`, `last Summer`; empty without a start."""
        if self.start is None:
            return ""
        return "at the Baseline" if self.start.at.term is AssessmentTerm.BASELINE else "last Summer"

    @property
    def decision(self) -> Decision | None:
        """The one that counts: the latest of this term."""
        return next((each for each in self.decisions if self._is_of_this_term(each)), None)

    @property
    def before(self) -> Decision | None:
        """The last one of the terms before, of whatever year."""
        return next((each for each in self.decisions if not self._is_of_this_term(each)), None)

    def _is_of_this_term(self, decision: Decision) -> bool:
        return (decision.academic_year, decision.term) == (self.academic_year, self.term)

    @property
    def why_not(self) -> str:
        """Why nothing can be said of any sign; empty where something can."""
        if self.now is None:
            return "not judged this term"
        if self.start is None:
            return "nothing at the start of the year"
        can_be_told = self.signs.slower.median is not None or self.signs.not_closing.now is not None
        if can_be_told or self.signs.previous_rate.rate is not None:
            return ""
        return "too few peers, and nothing from the year before"


@dataclass(frozen=True)
class PupilSigns:
    """A pupil with the subjects that are worth a look. `sen_status` is the code of the year's record, empty where none was supplied."""

    public_id: uuid.UUID
    name: str
    year_group: YearGroup
    class_name: str
    sen_status: str
    subjects: tuple[SubjectSigns, ...]

    @property
    def is_on_register(self) -> bool:
        """On the SEN register: SEN support or an EHC plan."""
        return self.sen_status in {SenStatus.SUPPORT, SenStatus.PLAN}

    @property
    def sen(self) -> str:
        """As people read it."""
        return SenStatus(self.sen_status).label if self.sen_status else "SEN status not recorded"

    @property
    def most(self) -> int:
        """The most signs in one subject."""
        return max((len(each.shown) for each in self.subjects), default=0)

    @property
    def comes_first(self) -> bool:
        """Two or more signs in one subject, and not on the register as far as it is recorded."""
        return self.most >= SIGNS_TO_COME_FIRST and not self.is_on_register


class Part(Enum):
    """The parts of the list in their order: where each begins in its page, and its heading."""

    FIRST = ("first", "Two or more signs in a subject, not on the SEN register")
    OTHERS = ("others", "Other pupils with signs")
    SETTLED = ("settled", "Decided before, no sign now")
    NOT_ENOUGH = ("not-enough", "Not enough data")

    def __init__(self, key: str, heading: str) -> None:
        self.key, self.heading = key, heading


@dataclass(frozen=True)
class ReviewList:
    """The pupils by what asks for a look. A pupil may stand in `not_enough` for one subject and above for another.

    `looked_at`: how many pupils on roll were looked at, in the subjects judged. `settled`: decided this term or before, and without a sign now, though enough is known to tell.
    """

    first: tuple[PupilSigns, ...]
    others: tuple[PupilSigns, ...]
    settled: tuple[PupilSigns, ...]
    not_enough: tuple[PupilSigns, ...]
    looked_at: int

    @property
    def parts(self) -> dict[Part, tuple[PupilSigns, ...]]:
        """The pupils of each part, in the order of the list."""
        return dict(zip(Part, (self.first, self.others, self.settled, self.not_enough), strict=True))

    @property
    def lines(self) -> list[tuple[Part, PupilSigns]]:
        """All of them from the top."""
        return [(part, pupil) for part, pupils in self.parts.items() for pupil in pupils]

    def place_of(self, wanted: Part) -> int:
        """How many lines stand above a part."""
        order = list(Part)
        return sum(len(self.parts[part]) for part in order[: order.index(wanted)])

    @property
    def undecided(self) -> int:
        """How many pupils have a subject with signs about which nothing is decided this term."""
        with_signs = (*self.first, *self.others)
        return sum(
            any(each.shown and each.decision is None for each in pupil.subjects) for pupil in with_signs
        )


def review_list(
    access: Access,
    term: TermName,
    *,
    year_group: YearGroup | None = None,
    subject: Subject | None = None,
    tolerances: Tolerances = DEFAULT,
) -> ReviewList:
    """The list of the year and term in view; narrowed, everybody is still compared with the whole year group. The number of queries depends on nothing that it holds."""
    every = _pupils_signs(pupils_for(access), access, term, year_group, subject, tolerances)
    # Of whom nothing can be said is not "without a sign", whatever was decided.
    worth_it = _narrowed(every, lambda each: each.shown or (each.decisions and not each.why_not))
    return ReviewList(
        first=tuple(each for each in worth_it if each.comes_first),
        others=tuple(each for each in worth_it if each.most and not each.comes_first),
        settled=tuple(each for each in worth_it if not each.most),
        not_enough=tuple(_narrowed(every, lambda each: each.why_not)),
        looked_at=sum(bool(pupil.subjects) for pupil in every),
    )


def signs_of_pupil(
    access: Access, term: TermName, pupil_id: uuid.UUID, year_group: YearGroup, subject: Subject
) -> tuple[PupilSigns, SubjectSigns] | None:
    """One pupil's in one subject; None where the pupil is not on roll that day, or nobody of the year group is judged."""
    for pupil in _pupils_signs(pupils_for(access), access, term, year_group, subject, DEFAULT):
        if pupil.public_id == pupil_id and pupil.subjects:
            return pupil, pupil.subjects[0]
    return None


def signs_of_everybody(
    access: Access, term: TermName, year_group: YearGroup | None = None
) -> dict[uuid.UUID, tuple[SubjectSigns, ...]]:
    """By pupil, of everybody on roll, whoever asks: what of it is shown is the caller's to narrow to whom the asker may see."""
    everybody = PupilYear.objects.in_school(access.school).filter(
        pupil__school=access.school, academic_year=access.academic_year
    )
    found = _pupils_signs(everybody, access, term, year_group, None, DEFAULT)
    return {pupil.public_id: pupil.subjects for pupil in found}


def decisions_about(access: Access, pupil_id: uuid.UUID, subject: Subject) -> list[Decision]:
    """Everything decided about a pupil in a subject, of all years up to the one in view, the latest first."""
    found = SignDecision.objects.in_school(access.school).filter(
        pupil__school=access.school,
        pupil__public_id=pupil_id,
        subject=subject.number,
        academic_year__lte=access.academic_year,
    )
    return [_decision(row) for row in found.select_related("decided_by").order_by("-decided_at", "-pk")]


def _narrowed(pupils: Iterable[PupilSigns], wanted: Callable[[SubjectSigns], object]) -> list[PupilSigns]:
    """The pupils with a subject that is wanted, and of their subjects these."""
    found = [
        replace(pupil, subjects=tuple(each for each in pupil.subjects if wanted(each))) for pupil in pupils
    ]
    return [pupil for pupil in found if pupil.subjects]


def _pupils_signs(
    of_year: QuerySet[PupilYear],
    access: Access,
    term: TermName,
    year_group: YearGroup | None,
    subject: Subject | None,
    tolerances: Tolerances,
) -> list[PupilSigns]:
    """Those of them on roll, by year group and name, in each subject that the year group was judged in."""
    at = AssessmentPoint(access.academic_year, AssessmentTerm(term.value))
    measuring = Measuring(access.school)
    last_day = measuring.measured_on(at.academic_year, at.term)
    expectations = measuring.version_on(last_day).expectations
    pupils = on_roll(of_year, access, last_day, year_group)
    held = held_by(access, at, SUBJECTS if subject is None else (subject,))
    decisions = _decisions(access, term)
    found: dict[int, list[SubjectSigns]] = defaultdict(list)
    for one_subject, cohort in cohorts(pupils, held):
        for key, signs in cohort_signs(cohort, at, expectations, tolerances).items():
            of = cohort[key]
            decided = tuple(decisions.get((key, one_subject.number), ()))
            found[key].append(
                SubjectSigns(
                    one_subject, term, at.academic_year, of.earlier, of.start, of.now, signs, decided
                )
            )
    return [
        PupilSigns(
            pupil.public_id,
            pupil.name,
            pupil.year_group,
            pupil.class_name,
            pupil.sen_status,
            tuple(found[pupil.key]),
        )
        for pupil in pupils
    ]


def _decisions(access: Access, term: TermName) -> dict[tuple[int, int], list[Decision]]:
    """Everybody's, by pupil and subject."""
    found: dict[tuple[int, int], list[Decision]] = defaultdict(list)
    for row in _decided_by(access, term):
        found[row.pupil_id, row.subject_id].append(_decision(row))
    return found


def decisions_by_subject(access: Access, term: TermName, pupil_id: uuid.UUID) -> dict[int, list[Decision]]:
    """One pupil's, by the subject's number."""
    found: dict[int, list[Decision]] = defaultdict(list)
    for row in _decided_by(access, term).filter(pupil__school=access.school, pupil__public_id=pupil_id):
        found[row.subject_id].append(_decision(row))
    return found


def _decided_by(access: Access, term: TermName) -> QuerySet[SignDecision]:
    """Of all years up to the term, the latest first: what was decided in Summer is still known in Autumn."""
    year = access.academic_year
    rows: QuerySet[SignDecision] = SignDecision.objects.in_school(access.school).filter(
        Q(academic_year__lt=year) | Q(academic_year=year, term__lte=term.value)
    )
    return rows.select_related("decided_by").order_by("-academic_year", "-term", "-decided_at", "-pk")


def _decision(row: SignDecision) -> Decision:
    return Decision(
        term=TermName(row.term),
        academic_year=row.academic_year,
        decided=Decided(row.decided),
        reason=row.reason,
        by=row.decided_by.name,
        at=row.decided_at,
        signs=tuple(sign for sign in Sign if sign.code in row.signs),
    )
