"""The pupils behind a figure: exactly those that it counts, each with what it is counted by."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assessment.engine.assessment_points import AssessmentPoint
from assessment.engine.expectations import LAST_YEAR_GROUP
from assessment.engine.expected_range import Attainment
from assessment.engine.point_scale import EARLY_LEARNING_GOAL, code_of
from assessment.engine.progress import Progress
from assessment.engine.subjects import BY_NUMBER, COMBINED_SUBJECTS, SHIPPED, is_early_years
from reports.documents.links import cell_address, why_address
from reports.documents.tables import Table, Value
from reports.queries.figure_pupils import Standing, named, standings
from reports.queries.figures import COMBINED, GOOD_LEVEL_OF_DEVELOPMENT
from reports.queries.scope import Scope
from schools.access import Access
from schools.calendar import AcademicYear, YearGroup
from schools.models import PupilYear


class Part(StrEnum):
    """Which of the pupils on roll: as it stands in an address. The names are those of the tidy table where it has them."""

    PUPILS = "pupils"
    ASSESSED = "assessed"
    MISSING = "missing"
    BELOW = "below"
    AT = "at"
    ABOVE = "above"
    AT_OR_ABOVE = "at_or_above"
    MATCHED = "matched"
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
    Part.BELOW: "Below",
    Part.AT: "At",
    Part.ABOVE: "Above",
    Part.AT_OR_ABOVE: "At or above",
    Part.MATCHED: "Judged this term and last",
    Part.MEASURED: "Progress measured",
    Part.UNMEASURED: "Progress not measured",
    Part.PROGRESS_BELOW: "Less than expected progress",
    Part.PROGRESS_EXPECTED: "Expected progress",
    Part.PROGRESS_ABOVE: "More than expected progress",
    Part.PROGRESS_EXPECTED_OR_ABOVE: "Expected progress or more",
}
OVER_CODES = {COMBINED: "combined", GOOD_LEVEL_OF_DEVELOPMENT: "gld"}
SUBJECT_CODES = {subject.code.lower(): subject.number for subject in SHIPPED} | {
    code: number for number, code in OVER_CODES.items()
}


@dataclass(frozen=True)
class Mark:
    """A word, and the class of the mark beside it."""

    word: str
    mark: str


_ATTAINMENTS = {
    Attainment.BELOW: Mark("Below", "is-below"),
    Attainment.AT: Mark("At", "is-at"),
    Attainment.ABOVE: Mark("Above", "is-above"),
}
_PROGRESSES = {
    Progress.LESS: Mark("Less than expected", "is-below"),
    Progress.EXPECTED: Mark("Expected", "is-at"),
    Progress.MORE: Mark("More than expected", "is-above"),
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
    """One pupil of the list. A combined measure has several results and no progress."""

    public_id: uuid.UUID
    name: str
    year_group: str
    class_name: str
    results: tuple[SubjectResult, ...]
    attainment: Mark | None
    attainment_before: Mark | None
    start: str
    steps: int | None
    expected: int | None
    progress: Mark | None
    not_included: str
    why_address: str
    cell_address: str

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
    def is_over_subjects(self) -> bool:
        return self.subject in OVER_CODES


@dataclass(frozen=True)
class Stand:
    """One pupil against the measure: a single subject's standing, or several as one."""

    standings: tuple[Standing, ...]
    is_judged: bool
    attainment: Attainment | None
    attainment_before: Attainment | None

    @property
    def only(self) -> Standing | None:
        return self.standings[0] if len(self.standings) == 1 else None

    @property
    def progress(self) -> Progress | None:
        return self.only.progress if self.only else None

    @property
    def is_measured(self) -> bool:
        return self.only is not None and self.only.steps is not None


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
    Part.MATCHED: lambda stand: None not in (stand.attainment, stand.attainment_before),
    Part.MEASURED: lambda stand: stand.is_measured,
    Part.UNMEASURED: lambda stand: not stand.is_measured,
    Part.PROGRESS_BELOW: lambda stand: stand.progress is Progress.LESS,
    Part.PROGRESS_EXPECTED: lambda stand: stand.progress is Progress.EXPECTED,
    Part.PROGRESS_ABOVE: lambda stand: stand.progress is Progress.MORE,
    Part.PROGRESS_EXPECTED_OR_ABOVE: lambda stand: stand.progress in _EXPECTED_OR_MORE,
}


def subjects_of(subject: int) -> list[int]:
    """The numbers of what is judged: of combined its three subjects, of the Good Level of Development its goals, of either framework."""
    if subject == COMBINED:
        return [each.number for each in COMBINED_SUBJECTS]
    if subject == GOOD_LEVEL_OF_DEVELOPMENT:
        return [each.number for each in SHIPPED if each.counts_for_gld]
    return [subject]


def stands(access: Access, scope: Scope, subject: int) -> dict[int, Stand]:
    """Everybody whom the scope counts against the measure, by the pupil's key; `subject` may be COMBINED or GOOD_LEVEL_OF_DEVELOPMENT."""
    by_pupil: dict[int, list[Standing]] = {}
    for standing in standings(scope, access.school, subjects_of(subject)):
        by_pupil.setdefault(standing.pupil_id, []).append(standing)
    return {pupil: _stand(subject, held) for pupil, held in by_pupil.items()}


def is_in(stand: Stand, part: Part) -> bool:
    """Whether a figure's part counts the pupil."""
    return _IS_IN[part](stand)


def figure_pupils(access: Access, scope: Scope, *, subject: int, part: Part) -> FigurePupils:
    """The pupils that the scope's figure in this subject (or COMBINED, or GOOD_LEVEL_OF_DEVELOPMENT) counts in this part."""
    wanted = {pupil: stand for pupil, stand in stands(access, scope, subject).items() if is_in(stand, part)}
    lines = [_line(access, scope, row, wanted[row.pupil_id]) for row in named(access, list(wanted))]
    return FigurePupils(part=part, subject=subject, lines=tuple(lines))


def line_of(access: Access, scope: Scope, row: PupilYear, standing: Standing) -> FigurePupil:
    """One pupil in a single subject, as the lists have it."""
    return _line(access, scope, row, _stand(standing.subject, [standing]))


def _stand(subject: int, held: Sequence[Standing]) -> Stand:
    if subject not in OVER_CODES:
        (only,) = held
        return Stand((only,), only.points is not None, only.attainment, only.attainment_before)
    points = [each.points for each in held if each.points is not None]
    is_judged = len(points) == len(held)
    attainment = None
    if is_judged and subject == COMBINED:
        attainment = _lowest([each.attainment for each in held])
    elif is_judged:
        attainment = Attainment.AT if min(points) >= EARLY_LEARNING_GOAL else Attainment.BELOW
    before = _lowest([each.attainment_before for each in held]) if subject == COMBINED else None
    return Stand(tuple(held), is_judged, attainment, before)


def _lowest(attainments: Sequence[Attainment | None]) -> Attainment | None:
    """Of all; None where one of them is."""
    told = [each for each in attainments if each is not None]
    return min(told) if told and len(told) == len(attainments) else None


def _line(access: Access, scope: Scope, row: PupilYear, stand: Stand) -> FigurePupil:
    only = stand.only
    class_id = row.class_group.public_id if row.class_group else None
    code = BY_NUMBER[only.subject].code.lower() if only else ""
    return FigurePupil(
        public_id=row.pupil.public_id,
        name=row.pupil.name,
        year_group=row.year_group.label,
        class_name=row.class_group.name if row.class_group else "",
        results=tuple(_result(each) for each in stand.standings),
        attainment=_ATTAINMENTS[stand.attainment] if stand.attainment else None,
        attainment_before=_ATTAINMENTS[stand.attainment_before] if stand.attainment_before else None,
        start=_start(only),
        steps=only.steps if only else None,
        expected=only.expected if only else None,
        progress=_PROGRESSES[stand.progress] if stand.progress else None,
        not_included=_not_included(stand),
        why_address=why_address(access, row.pupil.public_id, code, scope.term) if only else "",
        cell_address=cell_address(access, row, class_id, code, scope.term) if only else "",
    )


def _result(standing: Standing) -> SubjectResult:
    points = standing.points
    return SubjectResult(
        subject=BY_NUMBER[standing.subject].name,
        points=points,
        code="" if points is None else code_of(points, standing.year_group),
        attainment=_ATTAINMENTS[standing.attainment] if standing.attainment else None,
        missing=why_missing(standing) if points is None else "",
    )


NOT_ENTERED = "Not entered"


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


def _not_included(stand: Stand) -> str:
    if stand.only is None:
        missing = [each for each in stand.standings if each.points is None]
        return "; ".join(f"{BY_NUMBER[each.subject].name}: {why_missing(each).lower()}" for each in missing)
    if stand.only.points is None:
        return why_missing(stand.only)
    if stand.is_measured:
        return ""
    return "No baseline" if _is_measurable(stand.only.year_group) else "No progress is measured from Year 10"


def _is_measurable(year_group: YearGroup) -> bool:
    return is_early_years(year_group) or year_group <= LAST_YEAR_GROUP


_HEADINGS = (
    "Pupil",
    "Year group",
    "Class",
    "Points",
    "Code",
    "Attainment",
    "Start",
    "Steps",
    "Expected steps",
    "Progress",
    "Not included because",
)
_HEADINGS_OVER = ("Pupil", "Year group", "Class", "Attainment", "Not included because")


def figure_pupils_table(found: FigurePupils, title: str) -> Table:
    """The list as it is shown."""
    if not found.is_over_subjects:
        return Table(title, _HEADINGS, [_row(line) for line in found.lines])
    subjects = [result.subject for result in found.lines[0].results] if found.lines else []
    rows: list[list[Value]] = [
        [
            line.name,
            line.year_group,
            line.class_name,
            line.attainment.word if line.attainment else None,
            line.not_included or None,
            *(result.points for result in line.results),
        ]
        for line in found.lines
    ]
    return Table(title, [*_HEADINGS_OVER, *subjects], rows)


def _row(line: FigurePupil) -> list[Value]:
    return [
        line.name,
        line.year_group,
        line.class_name,
        line.result.points,
        line.result.code or None,
        line.attainment.word if line.attainment else None,
        line.start or None,
        line.steps,
        line.expected,
        line.progress.word if line.progress else None,
        line.not_included or None,
    ]
