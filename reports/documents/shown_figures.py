"""What of a term's figures may be shown to a viewer: all of it, or what is left when small numbers are held back.

For those who see no names each tile is held back by `reports.measures`, and across the tiles of a page:

* the pupils of the year groups are parts of the school's number, which stands on its first page. A year group whose number
  is hidden shows nothing at all;
* who has no points, and who has points and no start, are told apart, as the page shows attainment beside progress;
* what is measured over several subjects (combined, the Good Level of Development) holds each of them as a part. It is shown only where
  nothing of it and of its subjects is hidden and no difference between them is small.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assessment.engine.expectations import LAST_YEAR_GROUP
from assessment.engine.subjects import BY_NUMBER, COMBINED_SUBJECTS
from reports.measures import Line, ShownLine, is_small, suppress_line, suppress_parts
from reports.queries.figures import COMBINED, GOOD_LEVEL_OF_DEVELOPMENT, Figure
from schools.calendar import YearGroup

NOT_JUDGED, NO_START = "not judged", "no start"
OVER_SUBJECTS = {COMBINED: "Combined", GOOD_LEVEL_OF_DEVELOPMENT: "Good level of development"}
HIDDEN = ShownLine(None, None, None, None, None, {NOT_JUDGED: None, NO_START: None}, None)


@dataclass(frozen=True)
class ShownFigure:
    """One year group and subject. `progress` is None where none is measured: over several subjects and above Year 9."""

    year_group: YearGroup
    subject: int
    attainment: ShownLine
    progress: ShownLine | None

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
    """By year group and subject, in the order of both. Needs the figures of every year group of the school: they protect one another.

    `small_count` as in `Scope`: 0 shows everything. Above Year 9 there is nothing over several subjects.
    """
    by_year_group: dict[YearGroup, dict[int, Figure]] = {}
    for figure in sorted(figures, key=lambda each: (each.year_group, _place(each.subject))):
        if figure.year_group <= LAST_YEAR_GROUP or figure.subject not in OVER_SUBJECTS:
            by_year_group.setdefault(YearGroup(figure.year_group), {})[figure.subject] = figure
    sizes = [next(iter(of_year.values())).pupils for of_year in by_year_group.values()]
    shown_sizes = suppress_parts(sizes, small_count) if small_count else tuple(sizes)
    return {
        year_group: _of_year_group(of_year, small_count, is_hidden=size is None)
        for (year_group, of_year), size in zip(by_year_group.items(), shown_sizes, strict=True)
    }


def _place(subject: int) -> tuple[bool, int]:
    return subject in OVER_SUBJECTS, abs(subject)


def _of_year_group(
    of_year: Mapping[int, Figure], small_count: int, *, is_hidden: bool
) -> dict[int, ShownFigure]:
    found = {
        subject: ShownFigure(
            year_group=YearGroup(figure.year_group),
            subject=subject,
            attainment=HIDDEN if is_hidden else _shown(attainment_line(figure), small_count),
            progress=_shown_progress(figure, small_count, is_hidden=is_hidden),
        )
        for subject, figure in of_year.items()
    }
    if small_count and not is_hidden:
        for over, parts in ((COMBINED, _COMBINED), (GOOD_LEVEL_OF_DEVELOPMENT, _goals(found))):
            if over in found and not _is_safe_over(found[over], [found[part] for part in parts], small_count):
                found[over] = ShownFigure(found[over].year_group, over, HIDDEN, None)
    return found


def _shown(line: Line, small_count: int) -> ShownLine:
    return suppress_line(line, small_count) if small_count else line.shown()


def _shown_progress(figure: Figure, small_count: int, *, is_hidden: bool) -> ShownLine | None:
    line = progress_line(figure)
    if line is None:
        return None
    if is_hidden:
        return HIDDEN
    shown, judged = _shown(line, small_count), _shown(attainment_line(figure), small_count)
    # How many have no start would follow from how many were judged, which stands beside it.
    is_told = None not in (shown.counted, judged.counted)
    return HIDDEN if is_told and is_small(figure.assessed - figure.measured, small_count) else shown


_COMBINED = tuple(subject.number for subject in COMBINED_SUBJECTS)


def _goals(found: Iterable[int]) -> list[int]:
    return [subject for subject in found if subject in BY_NUMBER and BY_NUMBER[subject].counts_for_gld]


def _is_safe_over(over: ShownFigure, parts: Sequence[ShownFigure], small_count: int) -> bool:
    """Whoever is below in one of the subjects is below in all together, and so on: the differences count pupils too."""
    whole = [over.attainment, *(part.attainment for part in parts)]
    if any(None in (line.below, line.at, line.above, line.counted, line.missing) for line in whole):
        return False
    differences = (
        abs((getattr(whole[0], name) or 0) - (getattr(line, name) or 0))
        for line in whole[1:]
        for name in ("below", "at_or_above", "above", "counted")
    )
    return not any(is_small(difference, small_count) for difference in differences)
