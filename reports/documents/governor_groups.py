"""Groups beside those they are compared with, and the questions that a governor may ask, in the governors' pack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assessment.engine.subjects import BY_NUMBER
from reports.documents.governor_cells import HELD_BACK, NOBODY, Cell, Share, hidden, percentage_of, two_parts
from reports.measures import Line, ShownLine, gap, suppress_groups
from reports.pack_hiding import Beside, Pair, may_tell_gap, may_tell_gaps
from reports.queries.figures import Figure
from reports.queries.groups import ALL, GROUPS

Figures = Mapping[tuple[int, int, int], Figure]
"""By year group, subject and group."""
_KEYS = {group.name: group.key for group in GROUPS}
# Each group beside the one it is compared with.
COMPARED = (
    ("Pupil premium", "Not pupil premium"),
    ("SEN", "No SEN"),
    ("EAL", "Not EAL"),
    ("Girls", "Boys"),
)
_WIDE_GAP = 10  # in points of a per cent: from here on the pack asks about a gap


@dataclass(frozen=True)
class Comparison:
    """A group beside the one it is compared with, subject by subject, and the gap in points of a per cent: minus is behind."""

    group: str
    other: str
    of_group: tuple[Share, ...]
    of_other: tuple[Share, ...]
    gaps: tuple[Cell, ...]


def comparison(
    found: Figures,
    years: Sequence[int],
    everybody: Mapping[int, ShownLine],
    pair: tuple[str, str],
    limit: int,
) -> Comparison:
    """The pair over these year groups; `everybody` is by subject what is shown of all pupils there."""
    besides = [_beside(found, years, subject, line, pair, limit) for subject, line in everybody.items()]
    shares_alone = [each for each in besides if each.is_share_enough]
    if not may_tell_gaps([each.numbers for each in shares_alone], limit):
        shares_alone = []
    # The same pupils may have been judged in each subject: a number that one subject told would hold in another.
    has_numbers = not shares_alone and all(
        None not in (line.counted for line in each.shown) for each in besides
    )
    told = [each.in_full if each in shares_alone else each.shown for each in besides]
    names = [BY_NUMBER[subject].name for subject in everybody]

    def shares(place: int) -> tuple[Share, ...]:
        return tuple(
            Share(name, Cell(lines[place].counted if has_numbers else None), percentage_of(lines[place]))
            for name, lines in zip(names, told, strict=True)
        )

    return Comparison(pair[0], pair[1], shares(0), shares(1), tuple(_gap(*lines) for lines in told))


_Two = tuple[ShownLine, ShownLine]


@dataclass(frozen=True)
class _Beside:
    """A group and its comparator in one subject: what may be shown with numbers, and whether the shares and the gap may without."""

    in_full: _Two
    shown: _Two
    numbers: Beside
    is_share_enough: bool


def _beside(
    found: Figures,
    years: Sequence[int],
    subject: int,
    everybody: ShownLine,
    pair: tuple[str, str],
    limit: int,
) -> _Beside:
    """Whoever is in neither could be worked out, and is protected with the two.

    The year groups add up to the same everybody. Where that is shown, neither table tells anything of the other; where it is
    not, each could, and the groups stay hidden.
    """
    whole = _over_years(found, years, subject, ALL.key)
    group, other = (_over_years(found, years, subject, _KEYS[name]) for name in pair)
    neither = Line(whole.below - group.below - other.below, whole.at - group.at - other.at)
    lines, total = suppress_groups([group, other, neither], limit)
    is_known = None not in (everybody.below, everybody.counted)
    shown = (lines[0], lines[1])
    if not is_known or None in (total.below, total.at, total.counted):
        shown = (hidden(lines[0]), hidden(lines[1]))
    numbers = (_numbers(group), _numbers(other), _numbers(whole))
    return _Beside(
        in_full=(group.shown(), other.shown()),
        shown=shown,
        numbers=numbers,
        is_share_enough=is_known and _gap(*shown).is_held_back and may_tell_gap(numbers, limit),
    )


def _numbers(line: Line) -> Pair:
    return line.below, line.at


def _over_years(found: Figures, years: Sequence[int], subject: int, group: int) -> Line:
    lines = [two_parts(found[year, subject, group]) for year in years if (year, subject, group) in found]
    return Line(sum(line.below for line in lines), sum(line.at for line in lines))


def _gap(group: ShownLine, other: ShownLine) -> Cell:
    shares = [line.share(line.at_or_above) for line in (group, other)]
    sign = NOBODY if 0 in (group.counted, other.counted) else HELD_BACK
    return Cell(gap(shares[0], shares[1]), sign=sign, is_difference=True)


def questions(
    glance: Sequence[Share], comparisons: Sequence[Comparison], partly: Sequence[str]
) -> Iterable[str]:
    """What governors may ask, from what the pack shows."""
    shares = [
        (each.at_or_above.value, each.name.lower()) for each in glance if each.at_or_above.value is not None
    ]
    if len(shares) > 1 and min(shares)[0] != max(shares)[0]:
        lowest = min(shares)
        yield f"The share at or above the expected range is lowest in {lowest[1]} ({lowest[0]}%). What is the school doing about it, and how will we know that it works?"
    behind = widest_gap(comparisons)
    if behind:
        points, group, other, subject = behind
        yield f"The widest gap is in {subject}: {group} are {points} percentage points behind {other}. What help do these pupils get, and is the gap closing?"
    if partly:
        yield "Why have some pupils not been judged yet, and when will they be?"
    yield "How does the school check that teachers in different classes judge alike?"
    yield "Which pupils make less progress than expected for more than one term, and what changes for them?"


def widest_gap(comparisons: Sequence[Comparison]) -> tuple[int, str, str, str] | None:
    """How many points, of which group, behind whom, in which subject; None where no gap is wide."""
    gaps = [
        (-int(cell.value), _in_words(each.group), _in_words(each.other), of_group.name.lower())
        for each in comparisons
        for cell, of_group in zip(each.gaps, each.of_group, strict=True)
        if cell.value is not None and cell.value <= -_WIDE_GAP
    ]
    return max(gaps, key=lambda each: each[0], default=None)


_WORDS = {
    "Pupil premium": "pupils with pupil premium",
    "Not pupil premium": "others",
    "SEN": "pupils with special educational needs",
    "No SEN": "others",
    "EAL": "pupils with English as an additional language",
    "Not EAL": "others",
    "Girls": "girls",
    "Boys": "boys",
}


def _in_words(group: str) -> str:
    return _WORDS[group]
