"""One pupil's points over the years through the band expected of each year's own year group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reports.charts.drawing import Chart, Palette, draw_mark, px, svg_of, text_at


@dataclass(frozen=True)
class TermSpot:
    """The end of a term, or a Baseline.

    `points` None is nothing judged, which leaves a gap; `why` then says it in a word. `kind` is below, at or above, or empty where there is no colour.
    `band` is the first and the last point expected; `expected` the same in words. `is_apart`: judged in an area of learning, and no part of the subject's line.
    """

    name: str
    points: int | None
    code: str = ""
    kind: str = ""
    word: str = ""
    band: tuple[int, int] | None = None
    expected: str = ""
    is_apart: bool = False
    why: str = ""


@dataclass(frozen=True)
class YearColumn:
    """An academic year: its name, the year group that the pupil was in (empty where there is no record), its Baseline, its three terms.

    `is_joined`: the band goes on from the year before, as the pupil went up by one year group.
    """

    label: str
    year_group: str
    terms: tuple[TermSpot, ...]
    baseline: TermSpot | None = None
    is_joined: bool = False


HEADINGS = ("When", "Year group", "Points", "Expected", "Against it")
NOT_JUDGED = "not judged"
_TERMS = 3
_TOP, _LEFT, _RIGHT, _FOOT = 26, 34, 14, 36
Spot = tuple[float, float]


@dataclass(frozen=True)
class _Plot:
    """Where points and years lie on the paper."""

    low: int
    high: int
    step: int
    width: int
    height: int
    years: int

    @property
    def bottom(self) -> int:
        return _TOP + self.height

    def across(self, year: int, term: float) -> float:
        """`term` 1 to 3 is the end of a term; 0.5 the start of the year, where its Baseline stands."""
        room = self.width - _LEFT - _RIGHT
        return _LEFT + room * (year + (term - 0.5) / _TERMS) / self.years

    def down(self, points: float) -> float:
        return self.bottom - self.height * (points - self.low) / (self.high - self.low)


def trajectory_chart(
    columns: Sequence[YearColumn],
    *,
    identity: str,
    title: str,
    palette: Palette,
    width: int = 460,
    height: int = 240,
) -> Chart:
    """Points as a line that only joins terms that follow each other; Baselines and areas of learning drawn apart.

    `identity` is unique on the page; `height` is that of the plot. The table beside it has a line for each Baseline and each term from the first to the last that was judged.
    """
    plot = _Plot(*_grid(columns), width, height, max(1, len(columns)))
    drawn = [*_bands(columns, plot, palette), *_frame(columns, plot, palette)]
    drawn += _line(columns, plot, palette, is_apart=True)
    drawn += _line(columns, plot, palette, is_apart=False)
    drawn += _baselines(columns, plot, palette)
    drawn += [*_key(columns, plot, palette), *_latest(columns, plot, palette)]
    rows = tuple(_rows(columns))
    told = " ".join(_sentence(row) for row in rows)
    svg = svg_of(identity, title, told, (width, plot.bottom + _FOOT), drawn)
    return Chart(svg, f"{title}. {told}", HEADINGS, rows)


def _spots(columns: Sequence[YearColumn]) -> Iterator[TermSpot]:
    for column in columns:
        yield from ([column.baseline] if column.baseline else [])
        yield from column.terms


def _grid(columns: Sequence[YearColumn]) -> tuple[int, int, int]:
    """The lowest and the highest line, around points and bands, and the step between: six lines or so."""
    values = [spot.points for spot in _spots(columns) if spot.points is not None]
    values += [edge for spot in _spots(columns) for edge in spot.band or ()]
    low, high = (min(values), max(values)) if values else (0, 20)
    step = next((size for size in (5, 10) if high - low <= 5 * size), 20)
    lowest = max(0, (low - 2) // step * step)
    return lowest, max(lowest + step, -(-(high + 1) // step) * step), step


def _frame(columns: Sequence[YearColumn], plot: _Plot, palette: Palette) -> list[str]:
    """Few light lines, the years below, a tick where each begins."""
    drawn = [text_at(0, 12, "Points", palette, role="quiet", size=11)]
    for value in range(plot.low, plot.high + 1, plot.step):
        y = plot.down(value)
        drawn.append(
            f'<path d="M{_LEFT} {px(y)}H{plot.width - _RIGHT}" {palette.stroke("line")} fill="none"/>'
        )
        drawn.append(text_at(_LEFT - 8, y + 4, str(value), palette, role="quiet", anchor="end", size=11))
    for year, column in enumerate(columns):
        x = plot.across(year, 0.5)
        drawn.append(f'<path d="M{px(x)} {_TOP}V{plot.bottom + 6}" {palette.stroke("line")} fill="none"/>')
        middle = plot.across(year, 2)
        drawn.append(
            text_at(middle, plot.bottom + 16, column.label, palette, role="quiet", anchor="middle", size=11)
        )
        drawn.append(
            text_at(
                middle, plot.bottom + 30, column.year_group or "no record", palette, anchor="middle", size=11
            )
        )
    return drawn


def _bands(columns: Sequence[YearColumn], plot: _Plot, palette: Palette) -> list[str]:
    """The expected range as a ribbon through the ends of the terms; it breaks off where nothing is expected and where a year is repeated or skipped."""
    runs: list[list[tuple[float, tuple[int, int]]]] = []
    is_open = False
    for year, column in enumerate(columns):
        is_open = is_open and column.is_joined
        for number, spot in enumerate(column.terms, start=1):
            if spot.band is None or spot.is_apart:
                is_open = False
                continue
            if not is_open:
                runs.append([])
            runs[-1].append((plot.across(year, number), spot.band))
            is_open = True
    return [_ribbon(run, plot, palette) for run in runs]


def _key(columns: Sequence[YearColumn], plot: _Plot, palette: Palette) -> list[str]:
    """What the band is, above the plot, where no line comes."""
    if not any(spot.band for spot in _spots(columns)):
        return []
    right = plot.width - _RIGHT
    return [
        f'<rect x="{right - 116}" y="4" width="16" height="9" rx="2" {palette.fill("band")}/>',
        text_at(right, 12, "expected range", palette, role="quiet", anchor="end", size=11),
    ]


def _ribbon(run: Sequence[tuple[float, tuple[int, int]]], plot: _Plot, palette: Palette) -> str:
    """Half a point more on either side, so that a range of two points has a body and points at its edge lie in it."""
    if len(run) == 1:
        x, band = run[0]
        run = [(x - 5, band), (x + 5, band)]
    upper = [f"{px(x)} {px(plot.down(high + 0.5))}" for x, (_, high) in run]
    lower = [f"{px(x)} {px(plot.down(low - 0.5))}" for x, (low, _) in reversed(run)]
    return f'<path d="M{"L".join([*upper, *lower])}z" {palette.fill("band")}/>'


def _line(columns: Sequence[YearColumn], plot: _Plot, palette: Palette, *, is_apart: bool) -> list[str]:
    """The line with its marks; what was judged in an area of learning thin and dashed. Nothing joins over a gap."""
    path, dots, is_joined = "", [], False
    for year, column in enumerate(columns):
        for number, spot in enumerate(column.terms, start=1):
            if spot.points is None or spot.is_apart is not is_apart:
                is_joined = False
                continue
            at = (plot.across(year, number), plot.down(spot.points))
            path += f"{'L' if is_joined else 'M'}{px(at[0])} {px(at[1])}"
            dots += _dot(at, spot, palette)
            is_joined = True
    if not path:
        return []
    look = (
        f'{palette.stroke("other")} stroke-width="1.5" stroke-dasharray="3 3"'
        if is_apart
        else f'{palette.stroke("accent")} stroke-width="2"'
    )
    return [f'<path d="{path}" {look} fill="none"/>', *dots]


def _dot(at: Spot, spot: TermSpot, palette: Palette) -> list[str]:
    """The mark of below, at or above on a ground of paper; a ring where there is no colour."""
    x, y = at
    ground = f'<circle cx="{px(x)}" cy="{px(y)}" r="4.5" {palette.fill("paper")}/>'
    if spot.kind:
        return [ground, draw_mark(spot.kind, x - 3.5, y - 4, palette.fill(f"{spot.kind}-text"))]
    ring = f'<circle cx="{px(x)}" cy="{px(y)}" r="3.5" {palette.fill("quiet")}/>'
    hole = f'<circle cx="{px(x)}" cy="{px(y)}" r="2" {palette.fill("paper")}/>'
    return [ground, ring, hole]


def _baselines(columns: Sequence[YearColumn], plot: _Plot, palette: Palette) -> list[str]:
    """A diamond with a B where the year begins: no part of the line."""
    drawn = []
    for year, column in enumerate(columns):
        if column.baseline is not None and column.baseline.points is not None:
            x, y = plot.across(year, 0.5), plot.down(column.baseline.points)
            shape = f"M{px(x)} {px(y - 5)}l5 5l-5 5l-5 -5z"
            drawn.append(
                f'<path d="{shape}" {palette.fill("paper")}/>'
                f'<path d="{shape}" {palette.stroke("ink")} stroke-width="1.5" fill="none"/>'
            )
            drawn.append(text_at(x + 8, y + 13, "B", palette, role="quiet", size=10, weight=600))
    return drawn


def _latest(columns: Sequence[YearColumn], plot: _Plot, palette: Palette) -> list[str]:
    """The last points of the line in figures, to the right of it, where nothing follows."""
    held = [
        (plot.across(year, number), spot.points)
        for year, column in enumerate(columns)
        for number, spot in enumerate(column.terms, start=1)
        if spot.points is not None
    ]
    if not held:
        return []
    x, points = held[-1]
    return [text_at(x + 8, plot.down(points) + 4.5, str(points), palette, size=13, weight=600)]


def _rows(columns: Sequence[YearColumn]) -> Iterator[tuple[str, ...]]:
    """From the first to the last that was judged, gaps and all."""
    spots = [(column, spot) for column in columns for spot in _spots([column])]
    held = [place for place, (_, spot) in enumerate(spots) if spot.points is not None]
    for column, spot in spots[held[0] : held[-1] + 1] if held else []:
        points = f"{spot.points} {spot.code}".strip() if spot.points is not None else spot.why or NOT_JUDGED
        yield (spot.name, column.year_group, points, spot.expected, spot.word)


def _sentence(row: tuple[str, ...]) -> str:
    """`Autumn 2025/26, Year 4: 43, at (43 to 44 expected).`"""
    name, year_group, points, expected, word = row
    against = ", ".join(part for part in (word.lower(), f"{expected} expected" if expected else "") if part)
    return f"{name}, {year_group or 'no record'}: {points}{f' ({against})' if against else ''}."
