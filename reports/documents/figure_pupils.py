"""The pupils behind a figure: exactly those that it counts, each with what it is counted by."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from assessment.engine.assessment_points import AssessmentPoint
from assessment.engine.expectations import LAST_YEAR_GROUP
from assessment.engine.expected_range import Attainment
from assessment.engine.explaining import OWN_EXPECTATION, in_parts
from assessment.engine.point_scale import EARLY_LEARNING_GOAL, code_of
from assessment.engine.progress import Progress
from assessment.engine.scale_steps import ScaleStep
from assessment.engine.subjects import BY_NUMBER, COMBINED_SUBJECTS, SHIPPED, Kind, is_early_years
from assessment.models import Reason
from reports.documents.links import cell_address, why_address
from reports.documents.marks import ATTAINMENT_MARKS, PROGRESS_MARKS, Mark
from reports.queries.figure_pupils import Standing, named, standings
from reports.queries.figures import COMBINED, GOOD_LEVEL_OF_DEVELOPMENT
from reports.queries.prime_areas import PRIME_BY_NUMBER, PRIME_MEASURES
from reports.queries.scope import Scope
from schools.access import Access
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.models import PupilYear


class Part(StrEnum):
    """Which of the pupils on roll: as it stands in an address. The names are those of the tidy table where it has them."""

    PUPILS = "pupils"
    ASSESSED = "assessed"
    MISSING = "missing"
    ABSENT = "absent"
    NEW = "new"
    NOT_REQUIRED = "not_required"
    NOT_ENTERED = "not_entered"
    BELOW = "below"
    AT = "at"
    ABOVE = "above"
    AT_OR_ABOVE = "at_or_above"
    ON_TRACK = "on_track"
    OFF_TRACK = "off_track"
    MATCHED = "matched"
    MATCHED_SUMMER = "matched_summer"
    COMPARED = "compared"
    MEASURED = "measured"
    UNMEASURED = "unmeasured"
    PROGRESS_BELOW = "progress_below"
    PROGRESS_EXPECTED = "progress_expected"
    PROGRESS_ABOVE = "progress_above"
    PROGRESS_EXPECTED_OR_ABOVE = "progress_expected_or_above"

    @property
    def label(self) -> str:
        """As a list of choices has it."""
        return PART_LABELS[self]


PART_LABELS = {
    Part.PUPILS: "On roll",
    Part.ASSESSED: "Judged",
    Part.MISSING: "Not judged",
    Part.ABSENT: "Not judged, absent",
    Part.NEW: "Not judged, new",
    Part.NOT_REQUIRED: "Not judged, not required",
    Part.NOT_ENTERED: "Not judged, nothing entered",
    Part.BELOW: "Below",
    Part.AT: "At",
    Part.ABOVE: "Above",
    Part.AT_OR_ABOVE: "At or above",
    Part.ON_TRACK: "On track for the end of the key stage",
    Part.OFF_TRACK: "Not on track for the end of the key stage",
    Part.MATCHED: "Judged this term and last",
    Part.MATCHED_SUMMER: "Judged this term and last Summer",
    Part.COMPARED: "Judged against a range",
    Part.MEASURED: "Progress measured",
    Part.UNMEASURED: "Progress not measured",
    Part.PROGRESS_BELOW: "Less than expected progress",
    Part.PROGRESS_EXPECTED: "Expected progress",
    Part.PROGRESS_ABOVE: "More than expected progress",
    Part.PROGRESS_EXPECTED_OR_ABOVE: "Expected progress or more",
}
OVER_CODES = {COMBINED: "combined", GOOD_LEVEL_OF_DEVELOPMENT: "gld"} | {
    measure.number: measure.code for measure in PRIME_MEASURES
}
SUBJECT_CODES = {subject.code.lower(): subject.number for subject in SHIPPED} | {
    code: number for number, code in OVER_CODES.items()
}


@dataclass(frozen=True)
class SubjectResult:
    """What a pupil was judged in one subject; `missing` says why there are no points."""

    subject: str
    points: int | None
    code: str
    attainment: Mark | None
    missing: str


@dataclass(frozen=True)
class FigurePupil:
    """One pupil of the list. A combined measure has several results and no progress.

    `public_id` is None where the pupil has no record of the year any more, and so no page: in a snapshot's lists.
    """

    public_id: uuid.UUID | None
    name: str
    year_group: str
    class_name: str
    results: tuple[SubjectResult, ...]
    attainment: Mark | None
    attainment_before: Mark | None
    start: str
    steps: int | None
    expected: str  # `3`, `1 5/7`; empty where none are
    progress: Mark | None
    not_included: str
    why_address: str
    cell_address: str
    whose_steps: str = ""  # said of who is measured by steps of their own

    @property
    def result(self) -> SubjectResult:
        """Of a single subject, the only one."""
        return self.results[0]


@dataclass(frozen=True)
class FigurePupils:
    """The whole list, by name; `count` is the figure that it stands behind."""

    part: Part
    subject: int
    lines: tuple[FigurePupil, ...]

    @property
    def count(self) -> int:
        return len(self.lines)

    @property
    def has_why(self) -> bool:
        return any(line.why_address for line in self.lines)

    @property
    def baselines_in(self) -> str:
        """The subject, as in an address, in which somebody here has no start that could still be entered; empty where nobody."""
        if not any(line.not_included == NO_BASELINE and line.cell_address for line in self.lines):
            return ""
        subject = BY_NUMBER[self.subject]
        return subject.code if subject.kind is Kind.SUBJECT else ""

    @property
    def is_over_subjects(self) -> bool:
        return self.subject in OVER_CODES

    @property
    def before_heading(self) -> str:
        """What the earlier attainment is of, where the list is of those who have one; empty in all others."""
        return {Part.MATCHED: "Term before", Part.MATCHED_SUMMER: "Last Summer"}.get(self.part, "")


class Stand(NamedTuple):
    """One pupil against the measure: a single subject's standing, or several as one."""

    standings: tuple[Standing, ...]
    is_judged: bool
    attainment: Attainment | None
    attainment_before: Attainment | None
    attainment_last_summer: Attainment | None = None
    # Of the Good Level of Development in another term than Summer: it is not told, whatever the areas are.
    is_not_told: bool = False

    @property
    def only(self) -> Standing | None:
        return self.standings[0] if len(self.standings) == 1 else None

    @property
    def progress(self) -> Progress | None:
        return self.only.progress if self.only else None

    @property
    def is_on_track(self) -> bool | None:
        """In all that it is made of; None where one is not judged or nothing is expected."""
        held = [each.is_on_track for each in self.standings]
        return None if None in held else all(held)

    @property
    def is_measured(self) -> bool:
        return self.only is not None and self.only.steps is not None


def _has_reason(stand: Stand, reason: Reason | None) -> bool:
    """Whether a single subject has no points for this reason, or for none that was entered."""
    return stand.only is not None and stand.only.points is None and stand.only.reason is reason


_AT_OR_ABOVE = frozenset({Attainment.AT, Attainment.ABOVE})
_EXPECTED_OR_MORE = frozenset({Progress.EXPECTED, Progress.MORE})
_IS_IN: Mapping[Part, Callable[[Stand], bool]] = {
    Part.PUPILS: lambda _: True,
    Part.ASSESSED: lambda stand: stand.is_judged,
    Part.MISSING: lambda stand: not stand.is_judged,
    Part.BELOW: lambda stand: stand.attainment is Attainment.BELOW,
    Part.AT: lambda stand: stand.attainment is Attainment.AT,
    Part.ABOVE: lambda stand: stand.attainment is Attainment.ABOVE,
    Part.AT_OR_ABOVE: lambda stand: stand.attainment in _AT_OR_ABOVE,
    Part.ABSENT: lambda stand: _has_reason(stand, Reason.ABSENT),
    Part.NEW: lambda stand: _has_reason(stand, Reason.NEW),
    Part.NOT_REQUIRED: lambda stand: _has_reason(stand, Reason.NOT_REQUIRED),
    Part.NOT_ENTERED: lambda stand: _has_reason(stand, None),
    Part.ON_TRACK: lambda stand: stand.is_on_track is True,
    Part.OFF_TRACK: lambda stand: stand.is_on_track is False,
    Part.MATCHED: lambda stand: None not in (stand.attainment, stand.attainment_before),
    Part.MATCHED_SUMMER: lambda stand: None not in (stand.attainment, stand.attainment_before),
    Part.COMPARED: lambda stand: stand.attainment is not None,
    Part.MEASURED: lambda stand: stand.is_measured,
    Part.UNMEASURED: lambda stand: not stand.is_measured,
    Part.PROGRESS_BELOW: lambda stand: stand.progress is Progress.LESS,
    Part.PROGRESS_EXPECTED: lambda stand: stand.progress is Progress.EXPECTED,
    Part.PROGRESS_ABOVE: lambda stand: stand.progress is Progress.MORE,
    Part.PROGRESS_EXPECTED_OR_ABOVE: lambda stand: stand.progress in _EXPECTED_OR_MORE,
}


def subjects_of(subject: int) -> list[int]:
    """The numbers of what is judged: of combined its three subjects, of the Good Level of Development its goals, of prime areas those, of either framework."""
    if subject == COMBINED:
        return [each.number for each in COMBINED_SUBJECTS]
    if subject == GOOD_LEVEL_OF_DEVELOPMENT:
        return [each.number for each in SHIPPED if each.counts_for_gld]
    return PRIME_BY_NUMBER[subject].areas() if subject in PRIME_BY_NUMBER else [subject]


def stands(
    access: Access, scope: Scope, subject: int, *, before: AssessmentPoint | None = None
) -> dict[int, Stand]:
    """Everybody whom the scope counts against the measure, by the pupil's key; `subject` may be COMBINED or GOOD_LEVEL_OF_DEVELOPMENT.

    `before` as in `standings`.
    """
    by_pupil: dict[int, list[Standing]] = {}
    for standing in standings(scope, access.school, subjects_of(subject), before=before):
        by_pupil.setdefault(standing.pupil_id, []).append(standing)
    is_told = is_told_of(subject, scope.term)
    return {pupil: stand_of(subject, held, is_told=is_told) for pupil, held in by_pupil.items()}


def is_told_of(subject: int, term: TermName) -> bool:
    """Whether there is such a measure at the end of the term: the Good Level of Development is of Summer alone (LEP, EYFS profile)."""
    return subject != GOOD_LEVEL_OF_DEVELOPMENT or term is TermName.SUMMER


def is_in(stand: Stand, part: Part) -> bool:
    """Whether a figure's part counts the pupil."""
    return _IS_IN[part](stand)


def figure_pupils(
    access: Access, scope: Scope, *, subject: int, part: Part, step: ScaleStep | None = None
) -> FigurePupils:
    """The pupils that the scope's figure in this subject (or COMBINED, or GOOD_LEVEL_OF_DEVELOPMENT) counts in this part.

    Of a `step`, in an area, those alone who stand at it.
    """
    before = scope.at.summer_before if part is Part.MATCHED_SUMMER else None
    found = stands(access, scope, subject, before=before)
    wanted = {
        pupil: stand
        for pupil, stand in found.items()
        if is_in(stand, part) and (step is None or _is_at(stand, step))
    }
    lines = [
        _line(access, scope, row, wanted[row.pupil_id]) for row in named(access, list(wanted), scope.snapshot)
    ]
    return FigurePupils(part=part, subject=subject, lines=tuple(lines))


def _is_at(stand: Stand, step: ScaleStep) -> bool:
    return stand.only is not None and stand.only.points is not None and stand.only.points in step


def line_of(access: Access, scope: Scope, row: PupilYear, standing: Standing) -> FigurePupil:
    """One pupil in a single subject, as the lists have it."""
    return _line(access, scope, row, stand_of(standing.subject, [standing]))


def stand_of(subject: int, held: Sequence[Standing], *, is_told: bool = True) -> Stand:
    """One pupil's standings in all that the measure is made of, as one."""
    if not is_told:
        return Stand(tuple(held), is_judged=False, attainment=None, attainment_before=None, is_not_told=True)
    if subject not in OVER_CODES:
        (only,) = held
        return Stand(
            (only,),
            only.points is not None,
            only.attainment,
            only.attainment_before,
            only.attainment_last_summer,
        )
    points = [each.points for each in held if each.points is not None]
    is_judged = len(points) == len(held)
    attainment = None
    if is_judged and subject == GOOD_LEVEL_OF_DEVELOPMENT:
        attainment = Attainment.AT if min(points) >= EARLY_LEARNING_GOAL else Attainment.BELOW
    elif is_judged:
        attainment = _lowest([each.attainment for each in held])
    if subject == GOOD_LEVEL_OF_DEVELOPMENT:
        return Stand(tuple(held), is_judged, attainment, None)
    before, last_summer = (
        _lowest([getattr(each, when) for each in held])
        for when in ("attainment_before", "attainment_last_summer")
    )
    return Stand(tuple(held), is_judged, attainment, before, last_summer)


def _lowest(attainments: Sequence[Attainment | None]) -> Attainment | None:
    """Of all; None where one of them is."""
    told = [each for each in attainments if each is not None]
    return min(told) if told and len(told) == len(attainments) else None


def _line(access: Access, scope: Scope, row: PupilYear, stand: Stand) -> FigurePupil:
    only = stand.only
    class_id = row.class_group.public_id if row.class_group else None
    code = BY_NUMBER[only.subject].code.lower() if only else ""
    # From a snapshot nothing leads to the judgement as it is now.
    leads_on = only is not None and scope.snapshot is None
    return FigurePupil(
        public_id=row.pupil.public_id if row.pk else None,
        name=row.pupil.name,
        year_group=row.year_group.label,
        class_name=row.class_group.name if row.class_group else "",
        results=tuple(_result(each) for each in stand.standings),
        attainment=ATTAINMENT_MARKS[stand.attainment] if stand.attainment else None,
        attainment_before=ATTAINMENT_MARKS[stand.attainment_before] if stand.attainment_before else None,
        start=_start(only),
        steps=only.steps if only else None,
        expected="" if only is None or only.expected is None else in_parts(only.expected),
        whose_steps=OWN_EXPECTATION if only and only.is_individual else "",
        progress=PROGRESS_MARKS[stand.progress] if stand.progress else None,
        not_included=_not_included(stand, scope.since),
        why_address=why_address(access, row.pupil.public_id, code, scope.term) if leads_on else "",
        cell_address=cell_address(access, row, class_id, code, scope.term) if leads_on else "",
    )


def _result(standing: Standing) -> SubjectResult:
    points = standing.points
    return SubjectResult(
        subject=BY_NUMBER[standing.subject].name,
        points=points,
        code="" if points is None else code_of(points, standing.year_group),
        attainment=ATTAINMENT_MARKS[standing.attainment] if standing.attainment else None,
        missing=why_missing(standing) if points is None else "",
    )


NOT_ENTERED, NO_BASELINE = "Not entered", "No baseline"


def why_missing(standing: Standing) -> str:
    """Why there are no points: the reason that was entered, else that nothing was."""
    return str(standing.reason.label) if standing.reason else NOT_ENTERED


def _start(only: Standing | None) -> str:
    if only is None or only.start is None:
        return ""
    return f"{only.start_points} in {point_label(only.start)}"


def point_label(at: AssessmentPoint) -> str:
    """`Summer 2025/26`, `Baseline 2026/27`."""
    return f"{at.term.label} {AcademicYear(at.academic_year).label}"


def _not_included(stand: Stand, since: AssessmentPoint | None) -> str:
    if stand.is_not_told:
        return "Told in Summer alone"
    if stand.only is None:
        missing = [each for each in stand.standings if each.points is None]
        return "; ".join(f"{BY_NUMBER[each.subject].name}: {why_missing(each).lower()}" for each in missing)
    if stand.only.points is None:
        return why_missing(stand.only)
    if stand.is_measured:
        return ""
    if not _is_measurable(stand.only.year_group):
        return "No progress is measured from Year 10"
    return f"Not judged in {point_label(since)}" if since else NO_BASELINE


def _is_measurable(year_group: YearGroup) -> bool:
    return is_early_years(year_group) or year_group <= LAST_YEAR_GROUP
