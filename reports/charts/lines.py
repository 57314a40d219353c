"""Values over time: a cohort's line beside what it is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from reports.charts.drawing import NOT_SHOWN, Chart, Number, Palette, px, svg_of, text_at


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

    top, height, left, right, first_foot, further_foot = 30, 150, 40, 12, 27, 16

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
    is_whole: bool = False,
    feet: Sequence[Sequence[str]] = (),
) -> Chart:
    """Values over time: the cohort as a line with its points, what it is compared with dashed. A hidden value leaves a gap.

    `axis` says once what the values are, in the `unit` that follows each. `is_whole`: the grid is from 0 to 100, else around the values.
    `feet` are the lines that stand below the points where their names have no room beside each other: in each a word a point, or none.
    """
    lines = [series for series in (cohort, comparator) if series]
    values = [value for each in lines for value in each.values if value is not None]
    plot = _Plot(*((0, 100, 25) if is_whole else grid_around(values)), width, len(points))
    drawn = [text_at(0, 12, axis, palette, role="quiet", size=11)]
    for value in range(plot.low, plot.high + 1, plot.step):
        y = plot.down(value)
        drawn.append(
            f'<path d="M{plot.left} {px(y)}H{width - plot.right}" {palette.stroke("line")} fill="none"/>'
        )
        drawn.append(
            text_at(plot.left - 8, y + 4, f"{value}{unit}", palette, role="quiet", anchor="end", size=11)
        )
    below = feet or (points,)
    drawn += _feet(below, plot, palette)
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
    foot = plot.first_foot + plot.further_foot * (len(below) - 1)
    svg = svg_of(identity, title, said, (width, plot.bottom + foot), drawn)
    return Chart(svg, f"{title}. {said}", ("", *(series.name for series in lines)), rows)


def grid_around(values: Sequence[Number]) -> tuple[int, int, int]:
    """The lowest and the highest line of the grid, whole and round around the values, and the step between: four lines or five."""
    low, high = (min(values), max(values)) if values else (0, 100)
    spread = Fraction(high) - Fraction(low)
    step = next((size for size in (1, 2, 5, 10, 20, 25) if spread <= 3 * size), 25)
    lowest = int(low // step) * step
    highest = max(lowest + 3 * step, -int(-high // step) * step)
    return lowest, highest, step


def _feet(feet: Sequence[Sequence[str]], plot: _Plot, palette: Palette) -> list[str]:
    return [
        text_at(
            plot.across(place),
            plot.bottom + 21 + plot.further_foot * line,
            word,
            palette,
            role="quiet",
            anchor="middle",
            size=11,
        )
        for line, words in enumerate(feet)
        for place, word in enumerate(words)
        if word
    ]


def _line(series: Series, role: str, plot: _Plot, palette: Palette) -> list[str]:
    placed = [
        None if value is None else (plot.across(place), plot.down(value))
        for place, value in enumerate(series.values)
    ]
    path = ""
    for place, spot in enumerate(placed):
        if spot:
            is_joined = place > 0 and placed[place - 1] is not None
            path += f"{'L' if is_joined else 'M'}{px(spot[0])} {px(spot[1])}"
    if role == "other":
        return [
            f'<path d="{path}" {palette.stroke(role)} stroke-width="1.5" stroke-dasharray="4 4" fill="none"/>'
        ]
    dots = [
        f'<circle cx="{px(spot[0])}" cy="{px(spot[1])}" r="4.5" {palette.fill(role)}/>'
        f'<circle cx="{px(spot[0])}" cy="{px(spot[1])}" r="2.5" {palette.fill("paper")}/>'
        for spot in placed
        if spot
    ]
    return [f'<path d="{path}" {palette.stroke(role)} stroke-width="2.5" fill="none"/>', *dots]


# Of a letter of a line's name in bold, with what it grows by where a small screen has it larger.
_LETTER = 9


def _names(lines: Sequence[Series], plot: _Plot, unit: str, palette: Palette) -> list[str]:
    """Each line's name and last value at its end; the higher one above all lines, the lower one below them."""
    ends = []
    for series, role in zip(lines, ("accent", "quiet"), strict=False):
        shown = [(place, value) for place, value in enumerate(series.values) if value is not None]
        if shown:
            ends.append((*shown[-1], series.name, role))
    ends.sort(key=lambda end: Fraction(end[1]), reverse=True)
    drawn = []
    for order, (place, value, name, role) in enumerate(ends):
        text, right = f"{name} {_said(value, unit)}", plot.across(place) + 6
        passed = _passed(lines, plot, right - _LETTER * len(text), right)
        drawn.append(
            text_at(
                right,
                min(passed) - 10 if order == 0 else max(passed) + 18,
                text,
                palette,
                role=role,
                anchor="end",
                weight=600 if role == "accent" else 400,
            )
        )
    return drawn


def _passed(lines: Sequence[Series], plot: _Plot, left: float, right: float) -> list[float]:
    """How far down the lines lie between `left` and `right`: at their points there, and where they come in."""
    found = []
    for series in lines:
        spots = [
            (plot.across(place), plot.down(value))
            for place, value in enumerate(series.values)
            if value is not None
        ]
        found += [y for x, y in spots if left <= x <= right]
        found += [
            y + (below - y) * (left - x) / (following - x)
            for (x, y), (following, below) in pairwise(spots)
            if x < left < following
        ]
    return found


def _said(value: Number | None, unit: str) -> str:
    return NOT_SHOWN if value is None else f"{value}{unit}"
