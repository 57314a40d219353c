"""What of a term's figures is shown to a viewer: all of it, or, where no names may be seen, what the governors' pack tells.

`reports.documents.told_figures` decides the latter for both. Progress and groups are told in the pack alone, where they are held back
across its tables; so are the numbers on roll.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from assessment.engine.expectations import FIRST_YEAR_GROUP, LAST_YEAR_GROUP
from reports.documents.told_figures import told_lines
from reports.measures import Line, ShownLine
from reports.queries.figures import COMBINED, GOOD_LEVEL_OF_DEVELOPMENT, Figure
from reports.queries.prime_areas import PRIME_MEASURES
from schools.calendar import YearGroup

NOT_JUDGED, NO_START = "not judged", "no start"
OVER_SUBJECTS = {COMBINED: "Combined", GOOD_LEVEL_OF_DEVELOPMENT: "Good level of development"} | {
    measure.number: measure.name for measure in PRIME_MEASURES
}


@dataclass(frozen=True)
class ShownFigure:
    """One year group and subject. `progress` is None where none is measured (over several subjects, above Year 9) or none is told."""

    year_group: YearGroup
    subject: int
    attainment: ShownLine
    progress: ShownLine | None
    # Of those judged, who is on track for the end of the key stage; None where nothing is expected or it is not told.
    on_track: int | None = None

    @property
    def has_colours(self) -> bool:
        """Whether anything is expected of the year group; above Year 9 `at` is everybody who was judged."""
        return self.year_group <= LAST_YEAR_GROUP

    @property
    def has_progress_colours(self) -> bool:
        """Before Year 1 only the number of steps is told, and `at` is everybody who was measured."""
        return YearGroup.Y1 <= self.year_group <= LAST_YEAR_GROUP


def attainment_line(figure: Figure) -> Line:
    """Below, at and above of the pupils on roll; above Year 9 all who were judged as one part."""
    parts = (figure.below, figure.at, figure.above)
    if figure.year_group > LAST_YEAR_GROUP:
        parts = (0, figure.assessed, 0)
    return Line(
        *parts,
        total=None if figure.subject in OVER_SUBJECTS else figure.points,
        not_included={NOT_JUDGED: figure.pupils - figure.assessed},
    )


def progress_line(figure: Figure) -> Line | None:
    """Fewer, as many and more steps than expected, of the pupils on roll; before Year 1 all who were measured as one part."""
    if figure.subject in OVER_SUBJECTS or figure.year_group > LAST_YEAR_GROUP:
        return None
    parts = (figure.progress_below, figure.progress_expected, figure.progress_above)
    if figure.year_group < YearGroup.Y1:
        parts = (0, figure.measured, 0)
    return Line(
        *parts,
        total=figure.steps,
        not_included={
            NOT_JUDGED: figure.pupils - figure.assessed,
            NO_START: figure.assessed - figure.measured,
        },
    )


def shown_figures(figures: Iterable[Figure], small_count: int) -> dict[YearGroup, dict[int, ShownFigure]]:
    """By year group and subject, in the order of both. Above Year 9 there is nothing over several subjects.

    `small_count` as in `Scope`: 0 shows everything. Else it needs the figures of every year group of the school, which protect one another,
    and year groups of which nothing is told are left out.
    """
    found = sorted(figures, key=lambda each: (each.year_group, _place(each.subject)))
    told = told_lines(found, small_count) if small_count else {}
    shown: dict[YearGroup, dict[int, ShownFigure]] = {}
    for figure in found:
        if figure.year_group > LAST_YEAR_GROUP and figure.subject in OVER_SUBJECTS:
            continue
        if small_count and (figure.year_group, figure.subject) not in told:
            continue
        year_group = YearGroup(figure.year_group)
        shown.setdefault(year_group, {})[figure.subject] = (
            _told(year_group, figure.subject, told[figure.year_group, figure.subject])
            if small_count
            else whole(figure)
        )
    return shown


def _place(subject: int) -> tuple[bool, int]:
    return subject in OVER_SUBJECTS, abs(subject)


def _told(year_group: YearGroup, subject: int, line: ShownLine) -> ShownFigure:
    """Over several subjects, and in areas, the pack tells at and above as one: here they are not told apart either."""
    is_in_two = subject in OVER_SUBJECTS or year_group < YearGroup.Y1
    return ShownFigure(
        year_group=year_group,
        subject=subject,
        attainment=replace(line, at=None, above=None, pupils=None) if is_in_two else line,
        progress=None,
    )


def whole(figure: Figure) -> ShownFigure:
    """All of it, for those who may see names."""
    progress = progress_line(figure)
    is_told = FIRST_YEAR_GROUP <= figure.year_group <= LAST_YEAR_GROUP and figure.subject >= COMBINED
    return ShownFigure(
        year_group=YearGroup(figure.year_group),
        subject=figure.subject,
        attainment=attainment_line(figure).shown(),
        progress=progress.shown() if progress else None,
        on_track=figure.on_track if figure.assessed and is_told else None,
    )
