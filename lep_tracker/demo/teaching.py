"""What is judged of one child of the demo, term by term, and when it was entered."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import SCIENCE, SUBJECTS, WRITING
from assessment.models import Reason, Source
from lep_tracker.demo.children import Groups, Talent
from lep_tracker.demo.judging import (
    BASELINE,
    OFFERED_FROM,
    SUMMER,
    TERMS,
    Circumstance,
    Learner,
    area_numbers,
)
from lep_tracker.demo.paths import Stay
from lep_tracker.demo.source import FIRST_EARLY_YEAR, FIRST_YEAR, source
from schools.calendar import AcademicYear, TermName, YearGroup, default_term_dates

_MISSING_BASELINE = 0.04
_CHANGED_OFFER = 0.15
_ABSENT = 0.007
_MARKED_ON_ENTRY = 0.7
# Who comes later than this before the end of a term is not assessed in it.
_FIRST_WEEK = dt.timedelta(days=7)
_TOO_NEW = dt.timedelta(days=21)
# With a plan and so far behind, Science is not asked for.
_WITHOUT_SCIENCE = 2.2
# In the class that enters with gaps: how much of a subject is not there.
_GAPS = {WRITING.number: 0.3, SCIENCE.number: 0.6}
# By which part of the term a class is done, and how many classes of a hundred.
_DONE_BY = ((0.08, 20), (0.16, 25), (0.3, 30), (0.55, 15), (0.92, 10))


class Judged(NamedTuple):
    """A judgement as the school that made it has it; the year is counted from the running one."""

    urn: str
    year: int
    term: AssessmentTerm
    subject: int
    points: int | None
    reason: str
    is_on_entry: bool
    class_name: str
    source: Source
    # The first day of the stay in which it was judged.
    here_from: dt.date


@dataclass(frozen=True)
class Learning:
    """What decides a child's judgements; the dictionaries are by school and year."""

    talent: Talent
    groups: Groups
    born_in_month: int
    stays: tuple[Stay, ...]
    year_groups: dict[tuple[str, int], YearGroup]
    classes: dict[tuple[str, int], str]

    def stay_on(self, day: dt.date) -> Stay | None:
        return next((stay for stay in self.stays if stay.covers(day)), None)


@cache
def _terms(academic_year: int) -> dict[TermName, tuple[dt.date, dt.date]]:
    return default_term_dates(academic_year)


@cache
def _done_by(urn: str, class_name: str) -> float:
    if class_name and class_name == source().school(urn).class_with_gaps:
        return 0.3
    parts, weights = zip(*_DONE_BY, strict=True)
    chosen: float = random.Random(f"{urn} {class_name} is done").choices(parts, weights)[0]
    return chosen


def entered_on(judged: Judged, running: AcademicYear) -> dt.date:
    """This year each class has its own day in the term; in the years before it was the term's last."""
    terms = _terms(running + judged.year)
    starts_on, ends_on = terms[judged.term.term or TermName.AUTUMN]
    done_by = _done_by(judged.urn, judged.class_name)
    if judged.term is BASELINE:
        return starts_on + dt.timedelta(days=6 + round(20 * done_by))
    if judged.year < 0:
        return ends_on
    day = starts_on + dt.timedelta(days=round((ends_on - starts_on).days * done_by))
    # Who comes later than the class is done is looked at for a week.
    day = max(day, min(judged.here_from + _FIRST_WEEK, ends_on))
    return day - dt.timedelta(days=max(0, day.weekday() - 4))


def judge(pupil: Learning, chance: random.Random, running: AcademicYear) -> Iterator[Judged]:
    """All that was judged at the schools where the child was on roll on the last day of a term, or for a Baseline on the first of a year."""
    told = _Record(pupil, chance, running)
    if min(year for _, year in pupil.year_groups) < FIRST_YEAR:
        # By a chance of its own, so that the later years are the same for whoever has no early ones.
        early = _Record(pupil, random.Random(f"early years {pupil.talent.general}"), running)
        yield from early.years(range(FIRST_EARLY_YEAR, FIRST_YEAR))
        told.goals = early.goals
    yield from told.years(range(FIRST_YEAR, 1))


class _Record:
    """Follows one child through the terms."""

    def __init__(self, pupil: Learning, chance: random.Random, running: AcademicYear) -> None:
        self._pupil, self._chance, self._running = pupil, chance, running
        self._learner = Learner(chance, pupil.talent, pupil.groups, pupil.born_in_month)
        self.goals: dict[int, int] = {}
        # The stay whose first judgement is still to be marked as one on entry.
        self._marks = {
            stay for stay in pupil.stays if stay.from_outside and chance.random() < _MARKED_ON_ENTRY
        }

    def years(self, years: range) -> Iterator[Judged]:
        """Year after year, each with its Baseline and its terms."""
        for year in years:
            terms = _terms(self._running + year)
            yield from self.baselines(year, terms[TermName.AUTUMN][0])
            for term in TERMS:
                yield from self.term(year, term, terms[TermName(term)][1])

    def _at(self, stay: Stay, year: int, term: AssessmentTerm) -> Circumstance | None:
        year_group = self._pupil.year_groups.get((stay.urn, year))
        if year_group is None:
            return None
        first_day = AcademicYear(self._running + year).starts_on
        return Circumstance(
            school=source().school(stay.urn),
            year=year,
            term=term,
            year_group=year_group,
            is_new_here=stay.starts_on >= first_day,
            here_from=stay.starts_on,
        )

    def _judged(
        self, at: Circumstance, subject: int, points: int | None, *, reason: str = "", is_on_entry: bool
    ) -> Judged:
        urn = at.school.urn
        return Judged(
            urn=urn,
            year=at.year,
            term=at.term,
            subject=subject,
            points=points,
            reason=reason,
            is_on_entry=is_on_entry,
            class_name=self._pupil.classes[urn, at.year],
            source=Source.TYPED if at.year > FIRST_YEAR else Source.IMPORTED,
            here_from=at.here_from,
        )

    def baselines(self, year: int, first_day: dt.date) -> Iterator[Judged]:
        """Of Year 1, of the year groups for which the school takes one, and of those who come with the year from outside."""
        stay = self._pupil.stay_on(first_day)
        at = self._at(stay, year, BASELINE) if stay else None
        if stay is None or at is None:
            return
        is_on_entry = stay in self._marks and stay.starts_on == first_day
        is_taken = at.year_group in at.school.baselines
        if at.year_group <= YearGroup.R:
            found = self._areas(at, "", is_on_entry=True) if is_taken else iter(())
        elif at.year_group is YearGroup.Y1:
            found = self._first_baseline(at, is_on_entry=is_on_entry)
        elif is_taken or is_on_entry:
            found = self._subjects(at, "", is_on_entry=is_on_entry)
        else:
            return
        yield from found
        if is_on_entry:
            self._marks.discard(stay)

    def _first_baseline(self, at: Circumstance, *, is_on_entry: bool) -> Iterator[Judged]:
        """Of Year 1: what was offered from the goals, confirmed or changed; without goals, what the teacher found."""
        for subject in SUBJECTS:
            points = self._learner.points(at, subject.number)
            is_missing = self._chance.random() < _MISSING_BASELINE
            is_changed = self._chance.random() < _CHANGED_OFFER
            if is_missing or self._is_gap(at, subject.number):
                continue
            offered = self.goals.get(OFFERED_FROM.get(subject.number, 0))
            judged = self._judged(at, subject.number, points, is_on_entry=is_on_entry)
            if offered is None:
                yield judged
            elif is_changed:
                yield judged._replace(points=offered - 1)
            else:
                yield judged._replace(points=offered, source=Source.OFFERED)

    def term(self, year: int, term: AssessmentTerm, last_day: dt.date) -> Iterator[Judged]:
        self._learner.pass_term()
        is_absent = self._chance.random() < _ABSENT
        stay = self._pupil.stay_on(last_day)
        at = self._at(stay, year, term) if stay else None
        if stay is None or at is None:
            return
        if stay.from_outside and stay.starts_on > last_day - _TOO_NEW:
            reason: str = Reason.NEW
        else:
            reason = Reason.ABSENT if is_absent else ""
        is_on_entry = not reason and stay in self._marks
        judge_all = self._areas if at.year_group <= YearGroup.R else self._subjects
        yield from judge_all(at, reason, is_on_entry=is_on_entry)
        if is_on_entry:
            self._marks.discard(stay)

    def _areas(self, at: Circumstance, reason: str, *, is_on_entry: bool) -> Iterator[Judged]:
        for place, number in area_numbers(self._running + at.year).items():
            points = self._learner.early_points(at, place)
            if reason:
                yield self._judged(at, number, None, reason=reason, is_on_entry=False)
                continue
            if at.year_group is YearGroup.R and at.term is SUMMER:
                self.goals[place] = points
            yield self._judged(at, number, points, is_on_entry=is_on_entry)

    def _subjects(self, at: Circumstance, reason: str, *, is_on_entry: bool) -> Iterator[Judged]:
        for subject in SUBJECTS:
            points = self._learner.points(at, subject.number)
            if self._is_gap(at, subject.number):
                continue
            why = reason
            if subject is SCIENCE and self._pupil.talent.yearly_loss > _WITHOUT_SCIENCE:
                why = Reason.NOT_REQUIRED
            yield self._judged(
                at, subject.number, None if why else points, reason=why, is_on_entry=is_on_entry and not why
            )

    def _is_gap(self, at: Circumstance, subject: int) -> bool:
        """In one class, in the last Summer and this year."""
        drawn = self._chance.random()
        is_lately = at.year == 0 or (at.year == -1 and at.term is SUMMER)
        in_class = self._pupil.classes[at.school.urn, at.year] == at.school.class_with_gaps
        return is_lately and in_class and drawn < _GAPS.get(subject, 0.0)
