"""The schools side by side, drawn: the same figures as in the table beneath, in which what is cut off or held back stands too."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString

from reports.charts import SCREEN, Bar, Chart, GapBar, Segment, gap_chart, stacked_bars
from reports.documents.governor_cells import Share
from reports.documents.partnership import SchoolLine, SideBySide
from reports.documents.partnership_groups import GroupsSideBySide
from reports.measures import ShownLine
from reports.pack_hiding import ShownShares
from schools.bands import in_words

_WIDTH, _LABELS = 400, 150
_ATTAINMENT = {"below": "below", "at": "at", "above": "above", "at-or-above": "at or above"}
_PROGRESS = {
    "below": "less than expected",
    "at": "expected",
    "above": "more than expected",
    "at-or-above": "expected or more",
    "below-or-at": "expected or less",
}
HELD_BACK = "held back"


def side_by_side_charts(shown: SideBySide) -> list[dict[str, Any]]:
    """Attainment, and of one year group progress; none where nothing of either is told."""
    found = []
    attainment = [Bar(line.name, *_attainment(line)) for line in shown.lines]
    if shown.total:
        attainment.append(Bar(f"These {shown.schools_in_total} together", *_of_line(shown.total), ""))
    if any(bar.segments for bar in attainment):
        title = f"{in_words('Pupils below, at and above')}: {shown.title}"
        words = {kind: in_words(word) for kind, word in _ATTAINMENT.items()}
        found.append(_drawn(title, "attainment", attainment, words, in_words("at or above")))
    progress = [Bar(line.name, *_progress(line)) for line in shown.lines]
    if any(bar.segments for bar in progress):
        title = f"Progress this year, per cent: {shown.title}"
        found.append(_drawn(title, "progress", progress, _PROGRESS, "expected or more"))
    return found


def groups_charts(shown: GroupsSideBySide) -> list[dict[str, Any]]:
    """The two shares of each school on one line."""
    bars = [
        GapBar(line.name, shown.other, _value(line.of_group), _value(line.of_other))
        for line in shown.lines
        if line.of_group
    ]
    if not any(bar.value is not None for bar in bars):
        return []
    title = f"{in_words('At or above')}: {shown.title}"
    chart = gap_chart(bars, identity="partnership-groups", title=title, palette=SCREEN, width=_WIDTH)
    return [{"chart": chart, "svg": SafeString(chart.svg), "title": title}]


def _value(share: Share | None) -> Decimal | int | None:
    return share.at_or_above.value if share else None


def _drawn(title: str, name: str, bars: list[Bar], words: dict[str, str], axis: str) -> dict[str, Any]:
    used = {segment.kind for bar in bars for segment in bar.segments}
    chart: Chart = stacked_bars(
        bars,
        identity=f"partnership-{name}",
        title=title,
        words={kind: said for kind, said in words.items() if kind in used},
        axis=axis,
        palette=SCREEN,
        width=_WIDTH,
        labels=_LABELS,
    )
    return {"chart": chart, "svg": SafeString(chart.svg), "title": title}


_Drawn = tuple[tuple[Segment, ...], str, str]


def _attainment(line: SchoolLine) -> _Drawn:
    if line.line is None:
        return (), "", line.note
    segments, figure = _of_line(line.line)
    return segments, figure, HELD_BACK


def _of_line(line: ShownLine) -> tuple[tuple[Segment, ...], str]:
    parts: list[tuple[str, int | None]] = [("below", line.below), ("at", line.at), ("above", line.above)]
    if None in (line.at, line.above):
        parts = [("below", line.below), ("at-or-above", line.at_or_above)]
    if not line.counted or any(count is None for _, count in parts):
        return (), ""
    share = line.percentage(line.at_or_above)
    return tuple(Segment(kind, count or 0, str(count)) for kind, count in parts), f"{share}%"


def _progress(line: SchoolLine) -> _Drawn:
    if line.progress is None:
        return (), "", line.note or "nobody with a starting point"
    return _shares(line.progress), _percent(line.progress.expected_or_more), HELD_BACK


def _shares(made: ShownShares) -> tuple[Segment, ...]:
    for parts in (
        (("below", made.less), ("at", made.expected), ("above", made.more)),
        (("below", made.less), ("at-or-above", made.expected_or_more)),
        (("below-or-at", made.expected_or_less), ("above", made.more)),
    ):
        if all(share is not None for _, share in parts):
            return tuple(Segment(kind, share or 0, _percent(share)) for kind, share in parts)
    return ()


def _percent(share: Decimal | None) -> str:
    return "" if share is None else f"{share}%"
