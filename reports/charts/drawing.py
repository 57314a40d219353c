"""What all charts share: paint for light, dark and paper, marks, texts, the SVG around them. Plain Python."""

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
        "band": "#dde5f4",
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


MARKS_SAID = {"below": "triangle pointing down", "at": "circle", "above": "triangle pointing up"}


def mark(kind: str, palette: Palette) -> str:
    """The mark of below, at or above alone, for a key; its word stands beside it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8" width="10" height="10" aria-hidden="true">'
        f"{draw_mark(kind, 0.5, 0, palette.fill(f'{kind}-text'))}</svg>"
    )


def picture(svg: str, said: str) -> str:
    """The drawing as an image, for paper; `said` is read out in its stead.

    In the page itself WeasyPrint would try the style against each of its lines, which is dear, and read out its title alone.
    """
    data = base64.b64encode(svg.encode()).decode()
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(said)}">'


def draw_mark(kind: str, x: float, y: float, paint: str) -> str:
    """Drawn, not written: fonts differ in their triangles, and readers read them out."""
    if kind == "at":
        return f'<circle cx="{px(x + 3.5)}" cy="{px(y + 4)}" r="3" {paint}/>'
    shape = "h7l-3.5 6z" if kind == "below" else "m0 6h7l-3.5 -6z"
    start = f"M{px(x)} {px(y + 1)}"
    return f'<path d="{start}{shape}" {paint}/>'


def svg_of(identity: str, title: str, description: str, size: tuple[int, int], drawn: Sequence[str]) -> str:
    name = escape(identity)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]} {size[1]}" width="{size[0]}" height="{size[1]}"'
        f' role="img" aria-labelledby="{name}-title {name}-desc" font-family="{_FONT}" font-size="{_SIZE}">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>'
        f"{''.join(drawn)}</svg>"
    )


def text_at(
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
    where = f'x="{px(x)}" y="{px(y)}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}"'
    return f"<text {where} {palette.fill(role)}>{escape(text)}</text>"


def px(value: float | Fraction) -> str:
    """At most one decimal, without a nought after it."""
    return f"{float(value):.1f}".removesuffix(".0")
