"""Groups beside those they are compared with: two marks on one line, and the distance between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.charts.drawing import NOT_SHOWN, Chart, Number, Palette, px, svg_of, text_at


@dataclass(frozen=True)
class GapBar:
    """A line of the chart: a group and its comparator, each with its per cent, which may be None: nobody is counted."""

    group: str
    comparator: str
    value: Number | None
    other: Number | None


_HEAD, _ROW, _FOOT, _LABELS, _FIGURES, _DOT = 24, 28, 6, 158, 74, 8


def gap_chart(
    bars: Sequence[GapBar], *, identity: str, title: str, palette: Palette, width: int = 400
) -> Chart:
    """Per cent from 0 to 100: the group as a filled dot, its comparator as a ring, and a dashed line between the two.

    `identity` is unique on the page.
    """
    bottom = _HEAD + len(bars) * _ROW
    drawn = []
    for value in (0, 25, 50, 75, 100):
        x = _across(value, width)
        drawn.append(f'<path d="M{px(x)} {_HEAD}V{bottom}" {palette.stroke("line")} fill="none"/>')
        drawn.append(text_at(x, 12, f"{value}%", palette, role="quiet", anchor="middle", size=11))
    for place, bar in enumerate(bars):
        drawn += _bar(bar, _HEAD + place * _ROW, width, palette)
    said = " ".join(f"{bar.group}: {_said(bar.value)}; {bar.comparator}: {_said(bar.other)}." for bar in bars)
    rows = tuple((bar.group, _said(bar.value), bar.comparator, _said(bar.other)) for bar in bars)
    svg = svg_of(identity, title, said, (width, bottom + _FOOT), drawn)
    return Chart(svg, f"{title}. {said}", ("Group", "", "Beside", ""), rows)


def _across(value: Number, width: int) -> float:
    left, right = _LABELS + _DOT, width - _FIGURES - _DOT
    return left + (right - left) * float(value) / 100


def _bar(bar: GapBar, top: int, width: int, palette: Palette) -> list[str]:
    y = top + _ROW // 2
    figures = f"{_said(bar.value)} / {_said(bar.other)}"
    drawn = [
        text_at(0, y + 4, _short(bar.group), palette, weight=600),
        text_at(width, y + 4, figures, palette, role="quiet", anchor="end", size=11),
    ]
    if bar.value is not None and bar.other is not None:
        drawn.append(
            f'<path d="M{px(_across(bar.value, width))} {y}H{px(_across(bar.other, width))}" {palette.stroke("other")}'
            ' stroke-width="1.5" stroke-dasharray="4 4" fill="none"/>'
        )
    if bar.other is not None:
        x = px(_across(bar.other, width))
        drawn.append(f'<circle cx="{x}" cy="{y}" r="5" {palette.fill("paper")}/>')
        drawn.append(
            f'<circle cx="{x}" cy="{y}" r="5" {palette.stroke("other")} stroke-width="2" fill="none"/>'
        )
    if bar.value is not None:
        drawn.append(
            f'<circle cx="{px(_across(bar.value, width))}" cy="{y}" r="5" {palette.fill("accent")}/>'
        )
    return drawn


_LONGEST = 23  # characters of a name that fit beside the lines; the table beside the drawing has all of it


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"


def _said(value: Number | None) -> str:
    return NOT_SHOWN if value is None else f"{value}%"
