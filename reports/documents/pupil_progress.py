"""A pupil's page for a review meeting: each subject over the years beside its measures, and what is odd about the record."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assessment.engine import explaining
from assessment.engine.assessment_points import (
    AFTER_EYFS,
    AssessmentPoint,
    AssessmentTerm,
    Phase,
    Stretch,
    key_stage_of,
    phase_of,
)
from assessment.engine.expectations import LAST_YEAR_GROUP, Circumstances
from assessment.engine.point_scale import code_of
from assessment.engine.progress import (
    ProgressMeasure,
    Yardstick,
    phase_to_date,
    this_term,
    this_year,
)
from assessment.engine.subjects import SUBJECTS, Kind, Subject, is_early_years
from assessment.engine.trajectory import Standing, direction, outlook
from assessment.queries.progress_signs import SubjectSigns
from reports.documents.pupil_sentences import (
    say_direction,
    say_no_direction,
    say_no_outlook,
    say_no_stage_progress,
    say_outlook,
    say_signs,
    say_signs_briefly,
    say_stage_progress,
    signed,
    when,
)
from reports.documents.pupil_timeline import (
    AreaLine,
    NoteLine,
    YearOfTimeline,
    area_lines,
    facts_of,
    missing_terms,
    notes_of,
    timeline,
)
from reports.queries.pupil_progress import Entry, PupilRecord, PupilYearRecord
from schools.calendar import EyfsFramework, TermName

# What a phase is called where its label says too little.
_TITLES = {Phase.UKS2.label: "Upper KS2 to date", AFTER_EYFS.label: "Since EYFS"}
# Why there is no measure, where room is dear.
_NO_POINTS, _NOTHING_EXPECTED = "No points this term.", "Nothing is expected in this year group."
MARKS = {1: "below", 2: "at", 3: "above"}


@dataclass(frozen=True)
class Told:
    """One measure: its figure, its word, its mark (empty where it has no colour), and the sentence with its numbers, or why there is none.

    `beside` stands after the figure: a code, or how many were expected. `brief` stands for the sentence where room is dear, beside figure and word.
    """

    key: str
    title: str
    sentence: str
    figure: str = ""
    beside: str = ""
    word: str = ""
    mark: str = ""
    brief: str = ""

    @property
    def is_measured(self) -> bool:
        """Whether there is a measure, and not only why there is none."""
        return bool(self.figure or self.word)


@dataclass(frozen=True)
class SubjectSection:
    """A subject: its points over the years, its measures, and the terms of which nothing is known."""

    name: str
    code: str
    timeline: tuple[YearOfTimeline, ...]
    is_drawn: bool
    has_areas: bool
    has_baselines: bool
    told: tuple[Told, ...]
    missing: str
    signs: SubjectSigns | None

    def part(self, key: str) -> Told:
        """`latest`, `term`, `year`, `phase`, `stage`, `direction`, `outlook` or `signs`."""
        return next(each for each in self.told if each.key == key)


@dataclass(frozen=True)
class PupilProgress:
    """The page, as at the end of a term. `areas` is of nursery and Reception; in these years there are no `subjects`."""

    pupil_id: uuid.UUID
    name: str
    at: str
    term: TermName
    year_group: str
    class_name: str
    now: PupilYearRecord
    subjects: tuple[SubjectSection, ...]
    areas: tuple[AreaLine, ...]
    area_terms: tuple[str, ...]
    is_early_years: bool
    facts: tuple[str, ...]
    years: tuple[PupilYearRecord, ...]
    notes: tuple[NoteLine, ...]
    judged_elsewhere: tuple[str, ...]


def pupil_progress(
    record: PupilRecord, signs: Sequence[SubjectSigns] = (), subjects: Sequence[Subject] = SUBJECTS
) -> PupilProgress:
    """The page of what is held; `signs` are of the same term, of the subjects that the year group was judged in."""
    by_subject = {each.subject: each for each in signs}
    early = is_early_years(record.now.year_group)
    terms, areas = area_lines(record)
    return PupilProgress(
        pupil_id=record.public_id,
        name=record.name,
        at=when(record.at),
        term=TermName(record.at.term),
        year_group=record.now.year_group.label,
        class_name=record.now.class_name,
        now=record.now,
        subjects=()
        if early
        else tuple(_section(record, subject, by_subject.get(subject)) for subject in subjects),
        areas=areas,
        area_terms=terms,
        is_early_years=early,
        facts=facts_of(record),
        years=tuple(reversed(record.years)),
        notes=notes_of(record),
        judged_elsewhere=tuple(dict.fromkeys(each.judged_at for each in record.entries if each.judged_at)),
    )


def _section(record: PupilRecord, subject: Subject, signs: SubjectSigns | None) -> SubjectSection:
    years = timeline(record, subject)
    spots = [spot for year in years for spot in year.terms]
    has_baselines = any(year.baseline and year.baseline.points is not None for year in years)
    return SubjectSection(
        name=subject.name,
        code=subject.code,
        timeline=years,
        is_drawn=any(spot.points is not None for spot in spots) or has_baselines,
        has_areas=any(spot.is_area and spot.points is not None for spot in spots),
        has_baselines=has_baselines,
        told=(*_Measures(record, subject).told(), *((_signs(signs),) if signs else ())),
        missing=missing_terms(record, subject),
        signs=signs,
    )


def _signs(signs: SubjectSigns) -> Told:
    """Signs have no colour: they are a reason to look, no judgement of a child."""
    count = "" if signs.why_not else f"{len(signs.shown)} of 4"
    return Told("signs", "Signs", say_signs(signs), figure=count, brief=say_signs_briefly(signs))


class _Measures:
    """What is measured of a pupil in a subject at the end of the term."""

    def __init__(self, record: PupilRecord, subject: Subject) -> None:
        self.record, self.at, self.year_group = record, record.at, record.now.year_group
        self.held = record.of(subject)
        self.history = [each.judged for each in self.held.values()]
        self.end = self.held.get(self.at)

    def told(self) -> Iterator[Told]:
        yield self._latest()
        yield self._since("term", "This term", this_term, of_year=False)
        yield self._since("year", "This year", this_year, of_year=True)
        yield from self._stages()
        yield self._direction()
        yield self._outlook()

    @property
    def _newest(self) -> Entry | None:
        judged = [each for each in self.held.values() if each.points is not None]
        return judged[-1] if judged else None

    @property
    def _yardstick(self) -> Yardstick:
        """By the expectations that the judgement at the end is measured by, as figures do."""
        expectations = self.end.expectations if self.end else self.record.expectations
        return Yardstick(expectations, self.record.own_steps)

    def _latest(self) -> Told:
        entry = self._newest
        if entry is None or entry.points is None:
            return Told("latest", "Latest points", "No points yet in this subject.")
        year_group = self.record.year_groups[entry.at.academic_year]
        of = Circumstances(
            Kind.SUBJECT, year_group, entry.at.term, EyfsFramework.OF_2021, entry.age_in_months
        )
        sentence = (
            explaining.say_no_range(of)
            if entry.expected is None
            else explaining.say_attainment(entry.points, entry.expected, of)
        )
        return Told(
            "latest",
            when(entry.at),
            sentence,
            figure=str(entry.points),
            beside=code_of(entry.points, year_group),
            word=entry.attainment.label if entry.attainment else "",
            mark=MARKS[entry.attainment] if entry.attainment else "",
            brief=f"Range {entry.expected.label}." if entry.expected else "",
        )

    def _since(
        self, key: str, title: str, measured: Callable[..., ProgressMeasure | None], *, of_year: bool
    ) -> Told:
        measure = measured(self.history, self.at, self.year_group, self._yardstick)
        if measure is None:
            end = self.end.judged if self.end else None
            sentence = explaining.say_no_measure(end, self.at, self.year_group, of_year=of_year)
            return Told(key, title, sentence, brief=self._no_steps_briefly)
        why = self._why_start(measure) if of_year else ""
        sentence = f"{explaining.say_progress(measure, self.year_group)} {why}".strip()
        # Whose finish in Mastery decided, of that the steps alone would tell the contrary.
        brief = sentence if measure.is_by_mastery else self._since_briefly(measure)
        return _measured(key, title, measure, sentence, brief)

    @property
    def _no_steps_briefly(self) -> str:
        """Why no steps are counted: beyond Year 9, without points now, or without a start."""
        if self.year_group > LAST_YEAR_GROUP:
            return _NOTHING_EXPECTED
        return "No start." if self.end is not None and self.end.points is not None else _NO_POINTS

    def _since_briefly(self, measure: ProgressMeasure) -> str:
        """`Since the Baseline, 50 (last Summer 47).`"""
        start = measure.start
        summer = self.held.get(self.at.summer_before)
        beside = "on entry" if start.is_on_entry else ""
        if start.at == self.at.baseline and summer is not None and summer.points is not None:
            beside = f"last Summer {summer.points}"
        since = f"Since {explaining.name_of(start, self.at.academic_year)}, {start.points}"
        return f"{since} ({beside})." if beside else f"{since}."

    def _why_start(self, measure: ProgressMeasure) -> str:
        """Said where it is not the plain case: a Baseline beside last Summer's points, a start on entry."""
        summer = self.held.get(self.at.summer_before)
        if measure.start.at.academic_year < self.at.academic_year or (
            measure.start.at.term is AssessmentTerm.BASELINE and (summer is None or summer.points is None)
        ):
            return ""
        return explaining.say_start(measure, summer.judged if summer else None, of_year=True)

    def _stages(self) -> Iterator[Told]:
        """The key stage; the half of Key Stage 2 where it began later; up to Year 4, with which a first school ends, all since the early years."""
        stage, phase = key_stage_of(self.year_group), phase_of(self.year_group)
        if stage is None:
            return
        yield self._stage("stage", stage)
        if phase is not None and phase.first is not stage.first:
            yield self._stage("phase", phase)
        if phase is Phase.LKS2:
            yield self._stage("after_eyfs", AFTER_EYFS)

    def _stage(self, key: str, phase: Stretch) -> Told:
        title = _TITLES.get(phase.label, f"{phase.label} to date")
        years = self.record.year_groups
        measure = phase_to_date(self.history, self.at, years, phase, self._yardstick)
        if measure is None:
            is_judged = self.end is not None and self.end.points is not None
            why = say_no_stage_progress(self.at, self.year_group, phase, is_judged=is_judged)
            return Told(key, title, why, brief=self._no_steps_briefly)
        since = f"Since {when(measure.start.at)} ({measure.start.points})."
        return _measured(key, title, measure, say_stage_progress(measure), since)

    def _standing(self, at: AssessmentPoint) -> Standing | None:
        entry = self.held.get(at)
        if entry is None or entry.points is None or entry.expected is None:
            return None
        return Standing(entry.points, entry.expected)

    def _direction(self) -> Told:
        now = self._standing(self.at)
        before = self._standing(AssessmentPoint(self.at.academic_year - 1, self.at.term))
        found = direction(now, before) if now else None
        if found is None or now is None or before is None:
            sentence = say_no_direction(now, self.at, self.year_group)
            return Told("direction", "Direction", sentence, brief=self._no_direction_briefly(now))
        sentence = say_direction(found, now, before, self.at)
        brief = f"{now.shortfall} short of the range now, {before.shortfall} a year ago."
        return Told("direction", "Direction", sentence, word=found.value, brief=brief)

    def _no_direction_briefly(self, now: Standing | None) -> str:
        if self.year_group > LAST_YEAR_GROUP:
            return _NOTHING_EXPECTED
        if now is None:
            return _NO_POINTS
        if now.shortfall == 0:
            return "No gap to close."
        return f"{now.shortfall} short of the range now; no points a year ago."

    def _outlook(self) -> Told:
        """From the latest points: what was expected since they were given, and what is still to come, both by the present year group."""
        title, entry, stage = "End of the key stage", self._newest, key_stage_of(self.year_group)
        if stage is not None and self.year_group <= LAST_YEAR_GROUP:
            title = f"End of {stage.label}"
        if entry is None or entry.points is None or stage is None:
            sentence = say_no_outlook(self.year_group, is_judged=entry is not None)
            brief = _NOTHING_EXPECTED if self.year_group > LAST_YEAR_GROUP else "No points yet."
            return Told("outlook", title, sentence, brief=brief)
        expectations = self.record.expectations
        so_far = entry.points + expectations.steps_between(entry.at, self.at)
        found = outlook(so_far, self.at, self.year_group, expectations)
        if found is None:
            sentence = say_no_outlook(self.year_group, is_judged=True)
            return Told("outlook", title, sentence, brief=_NOTHING_EXPECTED)
        ends = AssessmentPoint(self.at.academic_year + stage.last - self.year_group, AssessmentTerm.SUMMER)
        return Told(
            "outlook",
            title,
            say_outlook(found, entry.points, entry.at, stage, ends),
            word="On track" if found.is_on_track else "Not on track",
            mark=MARKS[found.attainment],
            brief=f"{found.projected} by {when(ends)}; range {found.expected.label}.",
        )


def _measured(key: str, title: str, measure: ProgressMeasure, sentence: str, brief: str) -> Told:
    expected = "" if measure.expected is None else f"of {explaining.in_parts(measure.expected)} expected"
    if measure.is_individual:
        expected += f", {explaining.OWN_EXPECTATION}"
    return Told(
        key,
        title,
        sentence,
        figure=signed(measure.steps),
        beside=expected,
        word=measure.outcome.label if measure.outcome else "",
        mark=MARKS[measure.outcome] if measure.outcome else "",
        brief=brief,
    )
