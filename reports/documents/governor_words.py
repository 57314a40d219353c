"""The governors' pack in sentences: what it opens with, and what a school writes into it. They say nothing that is not printed beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reports.documents.governor_cells import Cell, Share, listed
from reports.documents.governor_groups import Comparison, widest_gap
from reports.documents.governor_last_year import LastYear

LONGEST_TEXT = 3000
"""Characters of what the school is doing: about a page."""
_CHANGED = 3  # in points of a per cent: less is not told in words


def headlines(
    glance: Sequence[Share], last_year: LastYear | None, comparisons: Sequence[Comparison]
) -> Iterator[str]:
    """The pack in up to three sentences."""
    shares = sorted(
        [(each.at_or_above.value, each.name) for each in glance if each.at_or_above.value is not None],
        reverse=True,
    )
    if len(shares) > 1 and shares[0][0] != shares[-1][0]:
        (most, best), (least, lowest) = shares[0], shares[-1]
        yield f"The share at or above the expected range is highest in {best.lower()} ({most}%) and lowest in {lowest.lower()} ({least}%)."
    elif shares:
        names = listed([name.lower() for _, name in shares])
        yield f"{shares[0][0]}% of pupils are at or above the expected range in {names}."
    if last_year and last_year.whole:
        yield from _changes(last_year)
    behind = widest_gap(comparisons)
    if behind:
        points, group, other, subject = behind
        yield f"The widest gap is in {subject}: {group} are {points} percentage points behind {other}."


def _changes(last_year: LastYear) -> Iterator[str]:
    whole = last_year.whole
    told = (
        [
            (cell, share)
            for cell, share in zip(whole.changes, whole.now, strict=True)
            if cell.value is not None
        ]
        if whole
        else []
    )
    if not told:
        return
    up = [_moved(cell, share) for cell, share in told if cell.value is not None and cell.value >= _CHANGED]
    down = [_moved(cell, share) for cell, share in told if cell.value is not None and cell.value <= -_CHANGED]
    parts = ([f"up in {listed(up)}"] if up else []) + ([f"down in {listed(down)}"] if down else [])
    moved = " and ".join(parts) or f"within {_CHANGED - 1} percentage points in every subject that is shown"
    yield f"Beside the same term last year the share at or above is {moved}."


def _moved(cell: Cell, share: Share) -> str:
    return f"{share.name.lower()} by {abs(cell.value or 0)}"


def cannot_say(small_count: int) -> tuple[str, ...]:
    """What the figures cannot say; of how many pupils is not told where numbers up to the small count are held back."""
    few = " How many they are is not shown where they are few." if small_count else ""
    return (
        "These are teachers’ judgements, not test results, and are compared with no other school and no national figure.",
        "A percentage of few pupils moves a long way with one of them: in a class of 30, one pupil is 3 percentage points.",
        f"Pupils who were not judged, or have no starting point for progress because they joined during the year, are not counted.{few}",
        "Groups overlap, and a gap between them does not say why it is there. Percentages are rounded, and may not add up to 100.",
    )


def paragraphs(text: str) -> tuple[str, ...]:
    """What somebody typed as paragraphs: an empty line parts them, other white space is one blank."""
    parts = re.split(r"\n\s*\n", text.replace("\r\n", "\n"))
    return tuple(" ".join(part.split()) for part in parts if part.strip())
