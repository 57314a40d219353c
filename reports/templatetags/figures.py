"""The small marks of which a page of figures has hundreds: a tag each, as an include costs many times as much.

Nothing in them comes from people: marks, words and numbers are ours, and addresses are encoded (`urlencode`, `reverse`).
So they are put together as they are; escaping each piece anew was a third of the page's time.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django import template
from django.utils.safestring import SafeString

from reports.documents.tiles import Tile, TilePart

register = template.Library()

_HELD_BACK = SafeString(
    '<span aria-hidden="true">\N{EN DASH}</span><span class="visually-hidden">held back</span>'
)


def _address(tile: Tile, part: str, pupils_url: str) -> str:
    return f"{pupils_url}?{tile.query}&part={part}".replace("&", "&amp;")


@register.simple_tag
def bar(parts: Sequence[TilePart]) -> SafeString:
    """Shares as a bar; the same is said in words and figures beside it."""
    drawn = "".join(
        f'<rect class="{part.mark}" x="{part.x}" width="{part.width}" height="8"/>'
        for part in parts
        if part.width
    )
    return SafeString(
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        f"{drawn}</svg>"
    )


@register.simple_tag
def opens(tile: Tile, part: str, shown: int | Decimal | None, pupils_url: str, unit: str = "") -> SafeString:
    """A number with its unit, as a link to its pupils for those who see names; held back says so."""
    if shown is None:
        return _HELD_BACK
    if not pupils_url:
        return SafeString(f"{shown}{unit}")
    return SafeString(f'<a href="{_address(tile, part, pupils_url)}">{shown}{unit}</a>')


@register.simple_tag
def parts(tile: Tile, pupils_url: str) -> SafeString:
    """The counts with their marks, each opening to its pupils."""
    return SafeString("".join(_part(tile, part, pupils_url) for part in tile.parts))


def _part(tile: Tile, part: TilePart, pupils_url: str) -> str:
    mark, count = f'<i class="mark {part.mark}"></i>', _HELD_BACK if part.count is None else part.count
    inside = f'{mark}{count}<span class="visually-hidden"> {part.word}</span>'
    start, end = f'<span title="{part.word.capitalize()}">', "</span>"
    if pupils_url and part.count is not None:
        address = _address(tile, part.part, pupils_url)
        start, end = f'<a href="{address}" title="{part.word.capitalize()}">', "</a>"
    return f'<li class="figure {part.mark}">{start}{inside}{end}</li>'
