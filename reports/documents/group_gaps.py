"""Groups beside their comparators, with the gap between them: of one year group, as one viewer may see it.

For those who see no names groups are told in the governors' pack alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.documents.shown_figures import ShownFigure, attainment_line, progress_line
from reports.documents.tables import Table, Value
from reports.documents.tiles import query_of, signed, subject_name
from reports.measures import ShownLine, gap, pupils_to_close
from reports.queries.figures import GOOD_LEVEL_OF_DEVELOPMENT, Figure
from reports.queries.groups import ALL, PAIRS, Group, Pair
from schools.calendar import YearGroup


@dataclass(frozen=True)
class Side:
    """The group or its comparator: the rounded share at or above (or average points, where nothing is expected), of how many."""

    value: Decimal | None
    counted: int | None


@dataclass(frozen=True)
class Compared:
    """Both sides and the gap between them, which is worked out before rounding: negative, the group is behind.

    `closed_by` is how many more pupils of the group at or above would close it; None where none are needed, or where the gap is shown as 0.
    """

    group: Side
    comparator: Side
    gap: Decimal | None
    closed_by: int | None = None

    @property
    def gap_text(self) -> str:
        """With its sign; empty where there is none."""
        return "" if self.gap is None else signed(self.gap)


@dataclass(frozen=True)
class GapLine:
    """One subject."""

    subject: str
    group_query: str
    comparator_query: str
    attainment: Compared
    progress: Compared | None


@dataclass(frozen=True)
class GroupGap:
    """A group and its comparator, how many pupils are in each, and a line a subject."""

    group: str
    comparator: str
    group_pupils: int
    comparator_pupils: int
    lines: tuple[GapLine, ...]


ByGroup = Mapping[int, Figure]


def group_gaps(
    figures: Iterable[Figure],
    shown: Mapping[int, ShownFigure],
    chosen: Mapping[str, str],
) -> tuple[GroupGap, ...]:
    """The pairs of which both groups have pupils. `figures` are those of one year group, by group; `shown` what is shown of everybody."""
    by_subject: dict[int, dict[int, Figure]] = {}
    for figure in figures:
        if figure.subject in shown and _is_compared(figure):
            by_subject.setdefault(figure.subject, {})[figure.group] = figure
    if not by_subject:
        return ()
    subjects = [subject for subject in shown if subject in by_subject]
    sizes = by_subject[subjects[0]]
    return tuple(
        _gap_of(pair, {subject: by_subject[subject] for subject in subjects}, shown, dict(chosen))
        for pair in PAIRS
        if _figure(pair.group, sizes) and _comparator(pair, sizes)
    )


def _is_compared(figure: Figure) -> bool:
    """Not the seventeen areas: their groups are a few children each."""
    return figure.year_group >= YearGroup.Y1 or figure.subject == GOOD_LEVEL_OF_DEVELOPMENT


def _figure(group: Group, by_group: ByGroup) -> Figure | None:
    return by_group.get(group.key)


def _comparator(pair: Pair, by_group: ByGroup) -> Figure | None:
    if not pair.is_rest:
        return _figure(pair.comparator, by_group)
    group = by_group.get(pair.group.key)
    rest = group and _less(by_group[ALL.key], group)
    return rest if rest and rest.pupils else None


def _less(everybody: Figure, group: Figure) -> Figure:
    """Everybody else."""
    counts = {name: getattr(everybody, name) - getattr(group, name) for name in Figure._fields[4:]}
    return everybody._replace(**counts)


def _gap_of(
    pair: Pair,
    by_subject: Mapping[int, ByGroup],
    shown: Mapping[int, ShownFigure],
    chosen: dict[str, str],
) -> GroupGap:
    lines = []
    for subject, by_group in by_subject.items():
        sides = (by_group[pair.group.key], _known(_comparator(pair, by_group)))
        year_group = shown[subject].year_group
        lines.append(
            GapLine(
                subject=subject_name(subject),
                group_query=query_of(year_group, subject, {**chosen, "group": pair.group.slug}),
                comparator_query=query_of(year_group, subject, {**chosen, "group": pair.comparator.slug}),
                attainment=_attainment(sides, shown[subject]),
                progress=_progress(sides, shown[subject]),
            )
        )
    first = next(iter(by_subject.values()))
    return GroupGap(
        group=pair.group.name,
        comparator=pair.comparator.name,
        group_pupils=first[pair.group.key].pupils,
        comparator_pupils=_known(_comparator(pair, first)).pupils,
        lines=tuple(lines),
    )


def _known(figure: Figure | None) -> Figure:
    """A pair is only told where both of its groups have pupils, and so each subject has a figure of both."""
    if figure is None:
        raise LookupError("A group without a figure has no gap.")
    return figure


Sides = tuple[Figure, Figure]


def _attainment(sides: Sides, shown: ShownFigure) -> Compared:
    group, comparator = (attainment_line(side).shown() for side in sides)
    return _compared(group, comparator, by_share=shown.has_colours)


def _progress(sides: Sides, shown: ShownFigure) -> Compared | None:
    group, comparator = (progress_line(side) for side in sides)
    if group is None or comparator is None:
        return None
    return _compared(group.shown(), comparator.shown(), by_share=shown.has_progress_colours)


def _compared(group: ShownLine, comparator: ShownLine, *, by_share: bool) -> Compared:
    if not by_share:
        return Compared(
            Side(group.average(1), group.counted),
            Side(comparator.average(1), comparator.counted),
            gap(group.mean, comparator.mean, 1),
        )
    between = gap(group.share(group.at_or_above), comparator.share(comparator.at_or_above))
    return Compared(
        Side(group.percentage(group.at_or_above), group.counted),
        Side(comparator.percentage(comparator.at_or_above), comparator.counted),
        between,
        _closed_by(group, comparator) if between else None,
    )


def _closed_by(group: ShownLine, comparator: ShownLine) -> int | None:
    """How many more of those counted would have to be at or above for a share no smaller than the other."""
    of = (group.at_or_above, group.counted, comparator.at_or_above, comparator.counted)
    told = [each for each in of if each is not None]
    return (pupils_to_close(*told) or None) if len(told) == len(of) else None


_HEADINGS = (
    "Group",
    "Comparator",
    "Subject",
    "Group judged",
    "Group at or above (%)",
    "Comparator judged",
    "Comparator at or above (%)",
    "Gap (percentage points)",
    "Group measured",
    "Group expected progress or more (%)",
    "Comparator measured",
    "Comparator expected progress or more (%)",
    "Progress gap (percentage points)",
)
_HEADINGS_OF_AVERAGES = (
    *_HEADINGS[:4],
    "Group average points",
    "Comparator judged",
    "Comparator average points",
    "Gap (points)",
)


def group_gaps_table(gaps: Sequence[GroupGap], title: str, *, by_share: bool) -> Table:
    """The gaps as they are shown, a line a group and subject; what is held back is empty, as is what there is none of."""
    rows: list[list[Value]] = []
    for each in gaps:
        for line in each.lines:
            values = _values(line.attainment)
            if by_share:
                values += _values(line.progress)
            rows.append([each.group, each.comparator, line.subject, *values])
    return Table(title, _HEADINGS if by_share else _HEADINGS_OF_AVERAGES, rows)


def _values(compared: Compared | None) -> list[Value]:
    if compared is None:
        return [None] * 5
    group, comparator = compared.group, compared.comparator
    return [group.counted, group.value, comparator.counted, comparator.value, compared.gap]
