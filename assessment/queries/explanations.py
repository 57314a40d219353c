"""Why a pupil's judgements and progress in one subject have their colours: rule, range, values, dates, who."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from assessment.engine import explaining
from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.expectations import Circumstances
from assessment.engine.expected_range import Attainment, ExpectedRange
from assessment.engine.point_scale import code_of, label_of
from assessment.engine.progress import Judged, ProgressMeasure, Yardstick, this_term, this_year
from assessment.engine.subjects import Subject, judged_in
from assessment.models import ExpectationVersion, Judgement, Reason
from assessment.queries.measuring import Measuring
from assessment.queries.own_expectations import Agreed, agreed_for, say_agreed, steps_that_count
from assessment.queries.provenance import told_entered
from schools.access import Access
from schools.calendar import (
    AcademicYear,
    EyfsFramework,
    TermName,
    YearGroup,
    age_in_months,
    statutory_eyfs_framework,
)
from schools.models import PupilYear, SchoolYear
from schools.queries.rolls import english, pupils_for

# What can be asked about, in the order of time and as addresses name it.
POINTS = {
    "last-summer": AssessmentTerm.SUMMER,
    "baseline": AssessmentTerm.BASELINE,
    "autumn": AssessmentTerm.AUTUMN,
    "spring": AssessmentTerm.SPRING,
    "summer": AssessmentTerm.SUMMER,
}
MEASURES = {"this-term": "Progress this term", "this-year": "Progress this year"}
_WITHOUT_POINTS = {
    Reason.ABSENT: "the pupil was absent",
    Reason.NEW: "the pupil was new and not yet assessed",
    Reason.NOT_REQUIRED: "no judgement was required",
}
_MINUS = "\N{MINUS SIGN}"
_MARKS = {1: "below", 2: "at", 3: "above"}


@dataclass(frozen=True)
class Fact:
    """One of the values that a colour hangs on."""

    label: str
    value: str


@dataclass(frozen=True)
class Part:
    """One judgement, or one measure of progress, and why it has the colour that it has.

    `points` are those of the judgement, or the steps of the measure; None where there are none. `mark` is empty where there is no
    colour, and so is `word`, unless it says why there are no points. `sentence` answers why.
    """

    key: str
    title: str
    points: int | None
    figure: str
    code: str
    word: str
    mark: str
    sentence: str
    facts: tuple[Fact, ...]

    @property
    def is_empty(self) -> bool:
        """Nothing was judged, or nothing can be measured."""
        return not self.facts

    @property
    def has_history(self) -> bool:
        """Of a judgement, which has a page of its own; a measure has none."""
        return self.key in POINTS


@dataclass(frozen=True)
class TermChoice:
    """A term to the end of which progress can be looked at; `key` as it stands in addresses."""

    key: str
    label: str
    is_current: bool


@dataclass(frozen=True)
class Explanation:
    """One pupil in one subject in the year in view; `asked` is what was asked about, `others` all the rest."""

    pupil_id: uuid.UUID
    pupil: str
    year_group: str
    class_name: str
    subject: str
    subject_code: str
    academic_year: str
    term: TermName
    asked: tuple[Part, ...]
    others: tuple[Part, ...]

    @property
    def terms(self) -> list[TermChoice]:
        return [TermChoice(term.label.lower(), term.label, term is self.term) for term in TermName]

    def part(self, key: str) -> Part:
        """`last-summer`, `baseline`, `autumn`, `spring`, `summer`, `this-term` or `this-year`."""
        return next(part for part in (*self.asked, *self.others) if part.key == key)


def explain(
    access: Access, pupil_id: uuid.UUID, subject: Subject, *, term: TermName, of: str = ""
) -> Explanation | None:
    """The explanation, with progress at the end of `term`; None where this person may not see the pupil or nothing is judged so.

    `of` is the key of the part that was asked about; without one these are the term's judgement and progress.
    """
    pupils = pupils_for(access).filter(pupil__public_id=pupil_id)
    row: PupilYear | None = pupils.select_related("pupil", "class_group").first()
    if row is None:
        return None
    record = _Record(access, row, subject)
    if not record.is_judged:
        return None
    parts = {part.key: part for part in record.parts(term)}
    focus = [of] if of in parts else _focus(parts, term)
    return Explanation(
        pupil_id=row.pupil.public_id,
        pupil=row.pupil.name,
        year_group=row.year_group.label,
        class_name=row.class_group.name if row.class_group else "",
        subject=subject.full_name,
        subject_code=subject.code.lower(),
        academic_year=access.academic_year.label,
        term=term,
        asked=tuple(parts[key] for key in focus),
        others=tuple(part for key, part in parts.items() if key not in focus),
    )


class _Record:
    """What is held of the pupil in the subject, in the year and the one before. At most seven queries."""

    def __init__(self, access: Access, row: PupilYear, subject: Subject) -> None:
        self.access, self.subject, self.pupil = access, subject, row.pupil
        self.year = access.academic_year
        self.year_group = row.year_group
        self.measuring = Measuring(access.school)

    @cached_property
    def _rows(self) -> dict[AssessmentPoint, Judgement]:
        """This year's judgements and last Summer's."""
        last_summer = Q(academic_year=self.year - 1, term=AssessmentTerm.SUMMER)
        found = (
            Judgement.objects.in_school(self.access.school)
            .filter(Q(academic_year=self.year) | last_summer, pupil=self.pupil, subject=self.subject.number)
            .select_related("expectation_version", "entered_by", "made_by_school")
        )
        return {AssessmentPoint(row.academic_year, AssessmentTerm(row.term)): row for row in found}

    @cached_property
    def _year_group_before(self) -> YearGroup:
        before = PupilYear.objects.in_school(self.access.school).filter(
            pupil=self.pupil, academic_year=self.year - 1
        )
        found = before.values_list("year_group", flat=True).first()
        return self.year_group if found is None else YearGroup(found)

    @cached_property
    def _framework(self) -> EyfsFramework:
        """By which the school's nursery and Reception are judged in the year."""
        years = SchoolYear.objects.in_school(self.access.school).filter(academic_year=self.year)
        found = years.values_list("eyfs_framework", flat=True).first()
        return statutory_eyfs_framework(self.year) if found is None else EyfsFramework(found)

    @property
    def is_judged(self) -> bool:
        """Whether the subject is one of the year group's, or was judged all the same."""
        is_usual = self.subject in judged_in(self.year_group, self._framework)
        return bool(self._rows) or is_usual

    def parts(self, term: TermName) -> Iterator[Part]:
        for key, of in POINTS.items():
            year = self.year - 1 if key == "last-summer" else self.year
            yield self._judgement(key, AssessmentPoint(year, of))
        at = AssessmentPoint(self.year, AssessmentTerm(term))
        yield self._progress("this-term", at)
        yield self._progress("this-year", at)

    # Judgements

    def _judgement(self, key: str, at: AssessmentPoint) -> Part:
        title = f"{at.term.label} {AcademicYear(at.academic_year)}"
        row = self._rows.get(at)
        if row is None:
            return _part(key, title, "Nothing is entered.")
        of = self._circumstances(at)
        if row.points is None:
            sentence = f"No points, so no colour: {_WITHOUT_POINTS[Reason(row.reason)]}."
        elif (expected := _range(row)) is None:
            sentence = explaining.say_no_range(of)
        else:
            sentence = explaining.say_attainment(row.points, expected, of)
        return Part(
            key=key,
            title=title,
            points=row.points,
            figure="" if row.points is None else str(row.points),
            code="" if row.points is None else code_of(row.points, of.year_group),
            word=Reason(row.reason).label if row.reason else _word(row.attainment),
            mark=_MARKS.get(row.attainment, ""),
            sentence=sentence,
            facts=tuple(self._facts(row, at, of)),
        )

    def _circumstances(self, at: AssessmentPoint) -> Circumstances:
        day = self.measuring.measured_on(at.academic_year, at.term)
        is_of_year = at.academic_year == self.year
        return Circumstances(
            kind=self.subject.kind,
            year_group=self.year_group if is_of_year else self._year_group_before,
            term=at.term,
            framework=self.subject.framework or self._framework,
            age_in_months=max(0, age_in_months(self.pupil.date_of_birth, day)),
        )

    def _facts(self, row: Judgement, at: AssessmentPoint, of: Circumstances) -> Iterator[Fact]:
        if row.points is not None:
            yield Fact("Stage", label_of(row.points, of.year_group))
        if (expected := _range(row)) is not None:
            day = english(self.measuring.measured_on(at.academic_year, at.term))
            yield Fact("Range", expected.label)
            if explaining.is_by_age(of):
                yield Fact("Rule", explaining.BY_AGE)
            yield Fact("Measured by", _name(row.expectation_version))
            age = f", aged {of.age_in_months} months" if explaining.is_by_age(of) else ""
            yield Fact("Measured on", f"{day}, the last day of {at.term.label}{age}")
        yield Fact("Entered", told_entered(row))
        if row.made_by_school != self.access.school:
            yield Fact("Judged at", row.made_by_school.name)
        if row.is_on_entry:
            yield Fact("On entry", "The pupil's first judgement here")
        if row.note:
            yield Fact("Note", row.note)

    # Progress

    @cached_property
    def _own(self) -> list[Agreed]:
        """What was agreed for the pupil and counts in a year that is looked at."""
        return [
            each
            for each in agreed_for(self.access.school, self.pupil)
            if each.counts and self.year - 1 <= each.academic_year <= self.year
        ]

    @property
    def _own_steps(self) -> dict[int, int]:
        return steps_that_count(self._own)

    @property
    def _history(self) -> list[Judged]:
        return [Judged(at, row.points, row.is_on_entry) for at, row in self._rows.items()]

    def _progress(self, key: str, at: AssessmentPoint) -> Part:
        is_of_year = key == "this-year"
        title = MEASURES[key]
        end = self._rows.get(at)
        version = (
            end.expectation_version if end else self.measuring.version_on(self.measuring.measured_on(*at))
        )
        measured = this_year if is_of_year else this_term
        yardstick = Yardstick(version.expectations, self._own_steps)
        measure = measured(self._history, at, self.year_group, yardstick)
        if measure is None:
            ended = next((each for each in self._history if each.at == at), None)
            why = explaining.say_no_measure(ended, at, self.year_group, of_year=is_of_year)
            return _part(key, title, why)
        before = next((each for each in self._history if each.at == at.summer_before), None)
        return Part(
            key=key,
            title=title,
            points=measure.steps,
            figure=_signed(measure.steps),
            code="",
            word=measure.outcome.label if measure.outcome else "",
            mark=_MARKS[measure.outcome] if measure.outcome else "",
            sentence=explaining.say_progress(measure, self.year_group),
            facts=tuple(self._measured(measure, version, before, is_of_year=is_of_year)),
        )

    def _measured(
        self,
        measure: ProgressMeasure,
        version: ExpectationVersion,
        before: Judged | None,
        *,
        is_of_year: bool,
    ) -> Iterator[Fact]:
        start, end = measure.start, measure.end
        yardstick = Yardstick(version.expectations, self._own_steps)
        yield Fact("Start", self._named(start))
        yield Fact("Why this start", explaining.say_start(measure, before, of_year=is_of_year))
        yield Fact("End", self._named(end))
        yield Fact("Steps", f"{end.points} {_MINUS} {start.points} = {_signed(measure.steps)}")
        if measure.expected is not None:
            yield Fact("Expected", explaining.say_expected_steps(yardstick, start.at, end.at))
            if measure.is_individual:
                yield Fact("Own expectation", "; ".join(map(say_agreed, self._own)))
            yield Fact("Measured by", _name(version))

    def _named(self, judged: Judged) -> str:
        is_of_year = judged.at.academic_year == self.year
        year_group = self.year_group if is_of_year else self._year_group_before
        when = f"{judged.at.term.label} {AcademicYear(judged.at.academic_year)}"
        return f"{when}: {judged.points}, {code_of(judged.points or 0, year_group)}"


def _focus(parts: dict[str, Part], term: TermName) -> list[str]:
    """The term's judgement and the measures that end there; what would only be said twice, as it is in Autumn, once."""
    of_term, of_year = (parts[key] for key in MEASURES)
    is_the_same = (of_term.sentence, of_term.facts) == (of_year.sentence, of_year.facts)
    return [term.label.lower(), of_term.key, *([] if is_the_same else [of_year.key])]


def _part(key: str, title: str, sentence: str) -> Part:
    return Part(key, title, None, "", "", "", "", sentence, ())


def _range(row: Judgement) -> ExpectedRange | None:
    if row.expected_low is None or row.expected_high is None:
        return None
    return ExpectedRange(row.expected_low, row.expected_high)


def _word(attainment: int | None) -> str:
    return "" if attainment is None else Attainment(attainment).label


def _signed(steps: int) -> str:
    return f"+{steps}" if steps > 0 else str(steps).replace("-", _MINUS)


def _name(version: ExpectationVersion) -> str:
    """The shipped expectations hold from ever since; a partnership's own from a day on."""
    if version.partnership_id is None:
        return version.name
    return f"{version.name}, which hold from {english(version.holds_from)}"
