"""Why pupils on roll have no points, counted and in words, each with the part of the figure that it opens to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessment.models import Reason
from reports.documents.figure_pupils import Part
from reports.documents.tiles import Tile
from reports.queries.reasons import Reasons

_PARTS = {
    Reason.ABSENT: (Part.ABSENT, "absent"),
    Reason.NEW: (Part.NEW, "new"),
    Reason.NOT_REQUIRED: (Part.NOT_REQUIRED, "not required"),
}


@dataclass(frozen=True)
class Why:
    """How many of a figure's pupils have no points for one reason, or with none entered."""

    part: Part
    count: int
    words: str


def whys(tile: Tile, reasons: Reasons | None) -> list[Why]:
    """Of a tile of attainment in one subject; they add up to its pupils who are not judged. Empty of combined, where reasons differ from subject to subject,
    and where reasons were not asked for.
    """
    if reasons is None or tile.number <= 0 or not tile.left_out:
        return []
    found = []
    for reason, (part, words) in _PARTS.items():
        count = sum(reasons.get((year, tile.number), {}).get(reason, 0) for year in tile.years)
        found.append(Why(part, count, words))
    found.append(Why(Part.NOT_ENTERED, tile.left_out - sum(each.count for each in found), "not entered"))
    return [each for each in found if each.count]


def whys_of(reasons: Mapping[Reason | None, int]) -> tuple[Why, ...]:
    """The same from how many have no points for each reason, and for None that was entered."""
    found = [Why(part, reasons.get(reason, 0), words) for reason, (part, words) in _PARTS.items()]
    found.append(Why(Part.NOT_ENTERED, reasons.get(None, 0), "not entered"))
    return tuple(each for each in found if each.count)


def in_words(found: list[Why]) -> str:
    """`2 absent, 1 not entered`."""
    return ", ".join(f"{each.count} {each.words}" for each in found)
