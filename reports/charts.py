"""The one place that draws: charts as SVG, for a page in light and dark, and for paper. Plain Python.

A chart takes figures that may be shown and nothing else, so that no length betrays a hidden count. Nothing is told by colour
alone: each kind has its mark, its word in the description, and a lightness of its own that a greyscale print keeps. Beside the drawing stand its
figures as a table, for whoever calls to print next to it. Lengths are CSS pixels.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from html import escape

Number = int | Decimal | Fraction

NOT_SHOWN = "not shown"
_FONT = "Inter, system-ui, sans-serif"
_SIZE = 12


@dataclass(frozen=True)
class Palette:
    """How roles become paint: plain colours on paper; without colours, classes of the stylesheet.

    WeasyPrint turns CSS variables inside SVG black, and the content policy forbids styles in attributes.
    """

    colours: Mapping[str, str]

    def fill(self, role: str) -> str:
        """The attribute that fills a shape or a text."""
        return f'fill="{self.colours[role]}"' if self.colours else f'class="chart-{role}"'

    def stroke(self, role: str) -> str:
        """The attributes of a line."""
        return f'stroke="{self.colours[role]}"' if self.colours else f'class="chart-{role}-line"'


PRINT = Palette(
    {
        "below": "#d9534a",
        "at": "#7cc096",
        "above": "#2f6fc9",
        "below-or-at": "#a3a9b2",
        "at-or-above": "#7cc096",
        "below-text": "#a8231c",
        "at-text": "#1d6b3c",
        "above-text": "#174f9e",
        "ink": "#1c2430",
        "quiet": "#5a6675",
        "line": "#e2e6eb",
        "accent": "#2f4b8f",
        "other": "#7f8b9a",
        "paper": "#ffffff",
    }
)
SCREEN = Palette({})


@dataclass(frozen=True)
class Chart:
    """A drawing, what it shows in words, and the figures in it as a table to stand beside it."""

    svg: str
    said: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


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
) -> Chart:
    """Bars in parts, each as long as the others: where pupils stand, line by line.

    `identity` is unique on the page. `words` names each kind of segment; `axis` says what the figure at the right of each bar is.
    """
    drawn = [_text(width, 12, axis, palette, role="quiet", anchor="end", size=11)]
    for place, bar in enumerate(bars):
        drawn += _bar(bar, _HEAD + place * _ROW, width, palette)
    rows = tuple(
        (bar.label, *(_figure_of(bar, kind) for kind in words), bar.figure or bar.note) for bar in bars
    )
    described = " ".join(_sentence(bar, words, axis) for bar in bars)
    svg = _svg(identity, title, described, (width, _HEAD + len(bars) * _ROW), drawn)
    return Chart(svg, f"{title}. {described}", ("", *words.values(), axis), rows)


def _figure_of(bar: Bar, kind: str) -> str:
    return next((segment.label for segment in bar.segments if segment.kind == kind), "")


def _sentence(bar: Bar, words: Mapping[str, str], axis: str) -> str:
    if not bar.segments:
        return f"{bar.label}: {bar.note}."
    parts = ", ".join(f"{words[segment.kind]} {segment.label}" for segment in bar.segments)
    return f"{bar.label}: {parts}; {axis} {bar.figure}."


def _bar(bar: Bar, top: int, width: int, palette: Palette) -> list[str]:
    length = width - _LABELS - _FIGURES
    middle = top + _BAR - 2
    drawn = [_text(0, middle, bar.label, palette, weight=600)]
    if not bar.segments:
        line = f'<path d="M{_LABELS} {top + 6}h{length}" {palette.stroke("line")} stroke-dasharray="3 4" fill="none"/>'
        return [*drawn, line, _text(_LABELS, top + 26, bar.note, palette, role="quiet", size=11)]
    drawn.append(_text(width, middle, bar.figure, palette, anchor="end", weight=600))
    drawn += _blocks(bar.segments, top, length, palette)
    places = {"below": (_LABELS, "start"), "at": (_LABELS + length / 2, "middle")}
    for place, segment in enumerate(bar.segments):
        is_last = place == len(bar.segments) - 1
        x, anchor = places.get(segment.kind, (_LABELS, "start"))
        if is_last and place:
            x, anchor = _LABELS + length, "end"
        drawn += _marked(segment, x, top + 28, anchor, palette)
    return drawn


def _blocks(segments: Sequence[Segment], top: int, length: int, palette: Palette) -> list[str]:
    """The segments end to end with a thin space between them; the last takes what rounding left."""
    seen = [segment for segment in segments if segment.size]
    whole = sum(Fraction(segment.size) for segment in seen)
    drawn, at = [], Fraction(0)
    for place, segment in enumerate(seen):
        start = _LABELS + length * at / whole
        at += Fraction(segment.size)
        end = _LABELS + length * at / whole - (_APART if place < len(seen) - 1 else 0)
        drawn.append(
            f'<rect x="{_px(start)}" y="{top}" width="{_px(max(end - start, Fraction(1)))}" height="{_BAR}" rx="2" {palette.fill(segment.kind)}/>'
        )
    return drawn


_MARK, _CHARACTER = 9, Fraction(13, 2)  # a mark with its space; a figure of the label's size, about


def _marked(segment: Segment, x: float, y: int, anchor: str, palette: Palette) -> list[str]:
    """The marks of the kind and its figure, placed together."""
    marks = MARKS[segment.kind]
    wide = len(marks) * _MARK + 2 + float(len(segment.label) * _CHARACTER)
    left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
    drawn = [
        _mark(kind, left + place * _MARK, y - 8, palette.fill(f"{kind}-text"))
        for place, kind in enumerate(marks)
    ]
    role = f"{segment.kind}-text" if len(marks) == 1 else "ink"
    return [
        *drawn,
        _text(left + len(marks) * _MARK + 2, y, segment.label, palette, role=role, size=11, weight=600),
    ]


MARKS_SAID = {"below": "triangle pointing down", "at": "circle", "above": "triangle pointing up"}


def mark(kind: str, palette: Palette) -> str:
    """The mark of below, at or above alone, for a key; its word stands beside it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8" width="10" height="10" aria-hidden="true">'
        f"{_mark(kind, 0.5, 0, palette.fill(f'{kind}-text'))}</svg>"
    )


def picture(svg: str, said: str) -> str:
    """The drawing as an image, for paper; `said` is read out in its stead.

    In the page itself WeasyPrint would try the style against each of its lines, which is dear, and read out its title alone.
    """
    data = base64.b64encode(svg.encode()).decode()
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(said)}">'


def _mark(kind: str, x: float, y: float, paint: str) -> str:
    """Drawn, not written: fonts differ in their triangles, and readers read them out."""
    if kind == "at":
        return f'<circle cx="{_px(x + 3.5)}" cy="{_px(y + 4)}" r="3" {paint}/>'
    shape = "h7l-3.5 6z" if kind == "below" else "m0 6h7l-3.5 -6z"
    start = f"M{_px(x)} {_px(y + 1)}"
    return f'<path d="{start}{shape}" {paint}/>'


@dataclass(frozen=True)
class Series:
    """A line of a chart: its name, and a value a point; None is not shown."""

    name: str
    values: tuple[Number | None, ...]


@dataclass(frozen=True)
class _Plot:
    """Where values and points lie on the paper of a line chart."""

    low: int
    high: int
    step: int
    width: int
    points: int

    top, height, left, right, foot = 30, 150, 40, 12, 24

    @property
    def bottom(self) -> int:
        return self.top + self.height

    def across(self, place: int) -> float:
        room = self.width - self.left - self.right - 16
        return self.left + 8 + room * place / max(1, self.points - 1)

    def down(self, value: Number) -> float:
        return self.bottom - float(self.height * (Fraction(value) - self.low) / (self.high - self.low))


def line_chart(
    points: Sequence[str],
    cohort: Series,
    comparator: Series | None = None,
    *,
    identity: str,
    title: str,
    axis: str,
    palette: Palette,
    unit: str = "%",
    width: int = 540,
) -> Chart:
    """Values over time: the cohort as a line with its points, what it is compared with dashed. A hidden value leaves a gap.

    `axis` says once what the values are, in the `unit` that follows each.
    """
    lines = [series for series in (cohort, comparator) if series]
    plot = _Plot(
        *_grid([value for each in lines for value in each.values if value is not None]), width, len(points)
    )
    drawn = [_text(0, 12, axis, palette, role="quiet", size=11)]
    for value in range(plot.low, plot.high + 1, plot.step):
        y = plot.down(value)
        drawn.append(
            f'<path d="M{plot.left} {_px(y)}H{width - plot.right}" {palette.stroke("line")} fill="none"/>'
        )
        drawn.append(
            _text(plot.left - 8, y + 4, f"{value}{unit}", palette, role="quiet", anchor="end", size=11)
        )
    for place, point in enumerate(points):
        drawn.append(
            _text(
                plot.across(place), plot.bottom + 18, point, palette, role="quiet", anchor="middle", size=11
            )
        )
    for series, role in zip(reversed(lines), ("accent", "other")[: len(lines)][::-1], strict=True):
        drawn += _line(series, role, plot, palette)
    drawn += _names(lines, plot, unit, palette)
    said = " ".join(
        f"{series.name}: "
        + ", ".join(
            f"{point} {_said(value, unit)}" for point, value in zip(points, series.values, strict=True)
        )
        + "."
        for series in lines
    )
    rows = tuple(
        (point, *(_said(series.values[place], unit) for series in lines))
        for place, point in enumerate(points)
    )
    svg = _svg(identity, title, said, (width, plot.bottom + plot.foot), drawn)
    return Chart(svg, f"{title}. {said}", ("", *(series.name for series in lines)), rows)


def _grid(values: Sequence[Number]) -> tuple[int, int, int]:
    """The lowest and the highest line of the grid, whole and round around the values, and the step between: four lines or five."""
    low, high = (min(values), max(values)) if values else (0, 100)
    spread = Fraction(high) - Fraction(low)
    step = next((size for size in (1, 2, 5, 10, 20, 25) if spread <= 3 * size), 25)
    lowest = int(low // step) * step
    highest = max(lowest + 3 * step, -int(-high // step) * step)
    return lowest, highest, step


def _line(series: Series, role: str, plot: _Plot, palette: Palette) -> list[str]:
    placed = [
        None if value is None else (plot.across(place), plot.down(value))
        for place, value in enumerate(series.values)
    ]
    path = ""
    for place, spot in enumerate(placed):
        if spot:
            is_joined = place > 0 and placed[place - 1] is not None
            path += f"{'L' if is_joined else 'M'}{_px(spot[0])} {_px(spot[1])}"
    if role == "other":
        return [
            f'<path d="{path}" {palette.stroke(role)} stroke-width="1.5" stroke-dasharray="4 4" fill="none"/>'
        ]
    dots = [
        f'<circle cx="{_px(spot[0])}" cy="{_px(spot[1])}" r="4.5" {palette.fill(role)}/>'
        f'<circle cx="{_px(spot[0])}" cy="{_px(spot[1])}" r="2.5" {palette.fill("paper")}/>'
        for spot in placed
        if spot
    ]
    return [f'<path d="{path}" {palette.stroke(role)} stroke-width="2.5" fill="none"/>', *dots]


def _names(lines: Sequence[Series], plot: _Plot, unit: str, palette: Palette) -> list[str]:
    """Each line's name and last value at its end; the higher one above its line, the lower one below."""
    ends = []
    for series, role in zip(lines, ("accent", "quiet"), strict=False):
        shown = [(place, value) for place, value in enumerate(series.values) if value is not None]
        if shown:
            ends.append((*shown[-1], series.name, role))
    ends.sort(key=lambda end: Fraction(end[1]), reverse=True)
    return [
        _text(
            plot.across(place) + 6,
            plot.down(value) + (-10 if order == 0 else 18),
            f"{name} {_said(value, unit)}",
            palette,
            role=role,
            anchor="end",
            weight=600 if role == "accent" else 400,
        )
        for order, (place, value, name, role) in enumerate(ends)
    ]


def _said(value: Number | None, unit: str) -> str:
    return NOT_SHOWN if value is None else f"{value}{unit}"


def _svg(identity: str, title: str, description: str, size: tuple[int, int], drawn: Sequence[str]) -> str:
    name = escape(identity)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]} {size[1]}" width="{size[0]}" height="{size[1]}"'
        f' role="img" aria-labelledby="{name}-title {name}-desc" font-family="{_FONT}" font-size="{_SIZE}">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>'
        f"{''.join(drawn)}</svg>"
    )


def _text(
    x: float,
    y: float,
    text: str,
    palette: Palette,
    *,
    role: str = "ink",
    anchor: str = "start",
    size: int = _SIZE,
    weight: int = 400,
) -> str:
    where = f'x="{_px(x)}" y="{_px(y)}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}"'
    return f"<text {where} {palette.fill(role)}>{escape(text)}</text>"


def _px(value: float | Fraction) -> str:
    """At most one decimal, without a nought after it."""
    return f"{float(value):.1f}".removesuffix(".0")
