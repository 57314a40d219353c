"""A figure as a tile shows it: the share, the counts with their bar, of how many, the average, the change since last term.

Every count carries the key of the part that it is (`reports.documents.figure_pupils.Part`), by which it opens to its pupils.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlencode

from assessment.engine.assessment_points import key_stage_of
from assessment.engine.subjects import BY_NUMBER
from reports.documents.figure_pupils import OVER_CODES, Part
from reports.documents.shown_figures import OVER_SUBJECTS, ShownFigure
from reports.measures import ShownLine, gap, percentage, share
from reports.queries.figures import Figure
from schools.calendar import YearGroup

MARKS = ("is-below", "is-at", "is-above")


@dataclass(frozen=True)
class TilePart:
    """A count, the mark and the word beside it; None is held back. `x` and `width` are its place in a bar of 100."""

    part: Part
    mark: str
    word: str
    count: int | None
    x: Decimal = Decimal(0)
    width: Decimal = Decimal(0)


def signed(number: Decimal) -> str:
    """`+4` or `0`; a minus is a true one."""
    sign = "+" if number > 0 else "\N{MINUS SIGN}" if number < 0 else ""
    return f"{sign}{abs(number)}"


@dataclass(frozen=True)
class TileChange:
    """Percentage points at or above since the term before, of the `matched` pupils who were judged in both; rounded once."""

    points: Decimal
    matched: int

    @property
    def text(self) -> str:
        """With its sign."""
        return signed(self.points)


class Tile(NamedTuple):
    """One year group and subject, in attainment or in progress.

    `query` names them as an address does; the parts complete it. `parts` is empty where there are no colours. What is None is held back, or
    there is nobody to tell it of: `is_held_back` says which.
    """

    year_group: YearGroup
    subject: str
    query: str
    parts: tuple[TilePart, ...]
    headline: Decimal | None
    headline_part: Part
    counted: int | None
    counted_part: Part
    pupils: int | None
    left_out: int | None
    left_out_part: Part
    average: Decimal | None
    change: TileChange | None = None
    is_held_back: bool = False
    # Of progress with colours: the subject in the address of its pictures.
    pictures: str = ""
    # Of those judged, who is on track for the end of the key stage; None where nothing is expected or it is not told.
    on_track: int | None = None
    # The subject's number, and the year groups that are counted; what several are called together.
    number: int = 0
    years: tuple[int, ...] = ()
    together: str = ""

    @property
    def label(self) -> str:
        """Whose tile it is: `Year 4`, `Year 1 to Year 4`."""
        return self.together or self.year_group.label

    @property
    def off_track(self) -> int | None:
        """Of those judged, who is not on track."""
        return None if self.on_track is None or self.counted is None else self.counted - self.on_track

    @property
    def key_stage(self) -> str:
        """What the pupils are on track for: `KS2`; of several, `the key stage`."""
        stage = key_stage_of(self.year_group)
        return stage.label if stage and not self.together else "the key stage"

    @property
    def is_empty(self) -> bool:
        """Nobody is counted, and nothing is held back."""
        return self.counted == 0

    @property
    def has_counts(self) -> bool:
        """Whether any of its parts is shown."""
        return any(part.count is not None for part in self.parts)

    @property
    def has_bar(self) -> bool:
        return bool(self.counted) and all(part.count is not None for part in self.parts)


_ATTAINMENT = ((Part.BELOW, "below"), (Part.AT, "at"), (Part.ABOVE, "above"))
_PROGRESS = (
    (Part.PROGRESS_BELOW, "less than expected"),
    (Part.PROGRESS_EXPECTED, "expected"),
    (Part.PROGRESS_ABOVE, "more than expected"),
)


def subject_name(subject: int) -> str:
    """`Reading`, `Combined`, `Speaking`: as a heading has it."""
    return OVER_SUBJECTS[subject] if subject in OVER_SUBJECTS else BY_NUMBER[subject].name


def subject_code(subject: int) -> str:
    """As it stands in an address: `reading`, `e10`, `combined`."""
    return OVER_CODES[subject] if subject in OVER_CODES else BY_NUMBER[subject].code.lower()


def query_of(year_group: YearGroup, subject: int, chosen: dict[str, str]) -> str:
    """The part of an address that names the figure, with what else was chosen there."""
    return f"{_in_address(tuple(chosen.items()), year_group)}{subject_code(subject)}"


@lru_cache(maxsize=256)
def _in_address(chosen: tuple[tuple[str, str], ...], year_group: YearGroup) -> str:
    """All up to the subject, whose code needs no encoding: a page has a hundred figures of the same choices."""
    others = [(name, said) for name, said in chosen if name not in {"year_group", "subject"}]
    return urlencode([*others, ("year_group", year_group.code), ("subject", "")])


def attainment_tile(figure: ShownFigure, chosen: dict[str, str], moved: Figure | None = None) -> Tile:
    """`chosen` is the term, measure and filters, as the address has them; `moved` counts the same pupils in both terms."""
    line = figure.attainment
    return Tile(
        year_group=figure.year_group,
        subject=subject_name(figure.subject),
        query=query_of(figure.year_group, figure.subject, chosen),
        parts=_parts(line, _ATTAINMENT) if figure.has_colours else (),
        headline=line.percentage(line.at_or_above) if figure.has_colours else None,
        headline_part=Part.AT_OR_ABOVE,
        counted=line.counted,
        counted_part=Part.ASSESSED,
        pupils=line.pupils,
        left_out=line.missing,
        left_out_part=Part.MISSING,
        average=line.average(1),
        change=_tile_change(moved) if moved else None,
        is_held_back=_is_held_back(line),
        on_track=figure.on_track,
        number=figure.subject,
        years=(figure.year_group.value,),
    )


def progress_tile(figure: ShownFigure, chosen: dict[str, str]) -> Tile | None:
    """None where no progress is measured."""
    line = figure.progress
    if line is None:
        return None
    return Tile(
        year_group=figure.year_group,
        subject=subject_name(figure.subject),
        query=query_of(figure.year_group, figure.subject, chosen),
        parts=_parts(line, _PROGRESS) if figure.has_progress_colours else (),
        headline=line.percentage(line.at_or_above) if figure.has_progress_colours else None,
        headline_part=Part.PROGRESS_EXPECTED_OR_ABOVE,
        counted=line.counted,
        counted_part=Part.MEASURED,
        pupils=line.pupils,
        left_out=line.missing,
        left_out_part=Part.UNMEASURED,
        average=line.average(1),
        is_held_back=_is_held_back(line),
        pictures=subject_code(figure.subject) if figure.has_progress_colours else "",
    )


def _tile_change(moved: Figure) -> TileChange | None:
    """From unrounded shares, rounded once; None where nobody was judged in both terms."""
    points = gap(share(moved.matched_now, moved.matched), share(moved.matched_before, moved.matched))
    return None if points is None else TileChange(points, moved.matched)


def _is_held_back(line: ShownLine) -> bool:
    return None in (line.below, line.at, line.above, line.counted, line.pupils)


def _parts(line: ShownLine, kinds: tuple[tuple[Part, str], ...]) -> tuple[TilePart, ...]:
    found, before = [], 0
    for (part, word), mark, count in zip(kinds, MARKS, (line.below, line.at, line.above), strict=True):
        found.append(TilePart(part, mark, word, count, _of_bar(before, line), _of_bar(count or 0, line)))
        before += count or 0
    return tuple(found)


def _of_bar(count: int, line: ShownLine) -> Decimal:
    return (percentage(count, line.counted, 2) if line.counted else None) or Decimal("0.00")
