"""Bars in parts, each as long as the others: where pupils stand, line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from reports.charts.drawing import NOT_SHOWN, Chart, Number, Palette, draw_mark, px, svg_of, text_at


@dataclass(frozen=True)
class Segment:
    """A stretch of a bar: one of the kinds below, its share of the bar's length, and the figure that is written under it."""

    kind: str
    size: Number
    label: str


# The marks of each kind, from left to right.
MARKS = {
    "below": ("below",),
    "at": ("at",),
    "above": ("above",),
    "below-or-at": ("below", "at"),
    "at-or-above": ("at", "above"),
}


@dataclass(frozen=True)
class Bar:
    """A line of the chart. Without segments `note` stands in place of the bar; `figure` is its sum at the right."""

    label: str
    segments: tuple[Segment, ...]
    figure: str = ""
    note: str = NOT_SHOWN


_LABELS, _FIGURES, _ROW, _HEAD, _BAR, _APART = 88, 44, 36, 22, 13, 2


def stacked_bars(
    bars: Sequence[Bar],
    *,
    identity: str,
    title: str,
    words: Mapping[str, str],
    axis: str,
    palette: Palette,
    width: int = 360,
    labels: int = _LABELS,
) -> Chart:
    """Bars in parts, each as long as the others: where pupils stand, line by line.

    `identity` is unique on the page. `words` names each kind of segment; `axis` says what the figure at the right of each bar is, `labels` how
    much of the width the names of the bars have: a longer one is cut off there, and whole in the table.
    """
    drawn = [text_at(width, 12, axis, palette, role="quiet", anchor="end", size=11)]
    for place, bar in enumerate(bars):
        drawn += _bar(bar, _HEAD + place * _ROW, width, labels, palette)
    rows = tuple(
        (bar.label, *(_figure_of(bar, kind) for kind in words), bar.figure or bar.note) for bar in bars
    )
    described = " ".join(_sentence(bar, words, axis) for bar in bars)
    svg = svg_of(identity, title, described, (width, _HEAD + len(bars) * _ROW), drawn)
    return Chart(svg, f"{title}. {described}", ("", *words.values(), axis), rows)


def _figure_of(bar: Bar, kind: str) -> str:
    return next((segment.label for segment in bar.segments if segment.kind == kind), "")


def _sentence(bar: Bar, words: Mapping[str, str], axis: str) -> str:
    if not bar.segments:
        return f"{bar.label}: {bar.note}."
    parts = ", ".join(f"{words[segment.kind]} {segment.label}" for segment in bar.segments)
    return f"{bar.label}: {parts}; {axis} {bar.figure}."


def _bar(bar: Bar, top: int, width: int, labels: int, palette: Palette) -> list[str]:
    length = width - labels - _FIGURES
    middle = top + _BAR - 2
    drawn = [text_at(0, middle, _short(bar.label, labels), palette, weight=600)]
    if not bar.segments:
        line = f'<path d="M{labels} {top + 6}h{length}" {palette.stroke("line")} stroke-dasharray="3 4" fill="none"/>'
        return [*drawn, line, text_at(labels, top + 26, bar.note, palette, role="quiet", size=11)]
    drawn.append(text_at(width, middle, bar.figure, palette, anchor="end", weight=600))
    drawn += _blocks(bar.segments, top, labels, length, palette)
    places = {"below": (labels, "start"), "at": (labels + length / 2, "middle")}
    for place, segment in enumerate(bar.segments):
        is_last = place == len(bar.segments) - 1
        x, anchor = places.get(segment.kind, (labels, "start"))
        if is_last and place:
            x, anchor = labels + length, "end"
        drawn += _marked(segment, x, top + 28, anchor, palette)
    return drawn


def _blocks(segments: Sequence[Segment], top: int, left: int, length: int, palette: Palette) -> list[str]:
    """The segments end to end with a thin space between them; the last takes what rounding left."""
    seen = [segment for segment in segments if segment.size]
    # Whole numbers stay such: a fraction of them is exact as well, and takes ten times as long.
    sizes = [segment.size if isinstance(segment.size, int) else Fraction(segment.size) for segment in seen]
    whole, drawn = sum(sizes), []
    at: int | Fraction = 0
    for place, (segment, size) in enumerate(zip(seen, sizes, strict=True)):
        start = (left * whole + length * at) / whole
        at += size
        apart = _APART if place < len(seen) - 1 else 0
        wide = max((length * size - apart * whole) / whole, 1)
        drawn.append(
            f'<rect x="{px(start)}" y="{top}" width="{px(wide)}" height="{_BAR}" rx="2" {palette.fill(segment.kind)}/>'
        )
    return drawn


def _short(name: str, width: int) -> str:
    longest = width // 7
    return name if len(name) <= longest else f"{name[: longest - 1]}\N{HORIZONTAL ELLIPSIS}"


_MARK, _CHARACTER = 9, Fraction(13, 2)  # a mark with its space; a figure of the label's size, about


def _marked(segment: Segment, x: float, y: int, anchor: str, palette: Palette) -> list[str]:
    """The marks of the kind and its figure, placed together."""
    marks = MARKS[segment.kind]
    wide = len(marks) * _MARK + 2 + float(len(segment.label) * _CHARACTER)
    left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
    drawn = [
        draw_mark(kind, left + place * _MARK, y - 8, palette.fill(f"{kind}-text"))
        for place, kind in enumerate(marks)
    ]
    role = f"{segment.kind}-text" if len(marks) == 1 else "ink"
    return [
        *drawn,
        text_at(left + len(marks) * _MARK + 2, y, segment.label, palette, role=role, size=11, weight=600),
    ]
