"""Nursery and Reception children from entry until now: the same children twice, area by area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from assessment.engine.expected_range import Attainment
from assessment.engine.subjects import Subject
from reports.documents.tiles import subject_code
from reports.measures import average
from reports.queries.early_years import Entry
from reports.queries.figure_pupils import Standing


class EntryPart(StrEnum):
    """Which of the children of a line from entry until now, as it stands in an address."""

    MATCHED = "matched"
    ENTRY_BELOW = "entry_below"
    ENTRY_AT = "entry_at"
    ENTRY_ABOVE = "entry_above"
    NOW_BELOW = "now_below"
    NOW_AT = "now_at"
    NOW_ABOVE = "now_above"
    COLOURED = "coloured"
    NO_ENTRY = "no_entry"
    NOT_NOW = "not_now"

    @property
    def label(self) -> str:
        """As the heading of a list has it."""
        return _ENTRY_LABELS[self]


_ENTRY_LABELS = {
    EntryPart.MATCHED: "judged on entry and now",
    EntryPart.ENTRY_BELOW: "below on entry, and judged now",
    EntryPart.ENTRY_AT: "at on entry, and judged now",
    EntryPart.ENTRY_ABOVE: "above on entry, and judged now",
    EntryPart.NOW_BELOW: "below now, of those with a colour on entry",
    EntryPart.NOW_AT: "at now, of those with a colour on entry",
    EntryPart.NOW_ABOVE: "above now, of those with a colour on entry",
    EntryPart.COLOURED: "with a colour on entry and now",
    EntryPart.NO_ENTRY: "judged now, with nothing on entry",
    EntryPart.NOT_NOW: "judged on entry, not now",
}
_BY_ATTAINMENT = {
    Attainment.BELOW: (EntryPart.ENTRY_BELOW, EntryPart.NOW_BELOW),
    Attainment.AT: (EntryPart.ENTRY_AT, EntryPart.NOW_AT),
    Attainment.ABOVE: (EntryPart.ENTRY_ABOVE, EntryPart.NOW_ABOVE),
}


@dataclass(frozen=True)
class EntryLine:
    """One area from entry until now, of the same children. `parts` are the sets that its numbers count; `then` and `now` what they are counted by.

    Colours are compared where there are two: a Baseline has none.
    """

    area: Subject
    parts: Mapping[EntryPart, frozenset[int]]
    then: Mapping[int, Entry]
    now: Mapping[int, Standing]

    @property
    def code(self) -> str:
        return subject_code(self.area.number)

    @property
    def counts(self) -> dict[str, int]:
        """Each part's count, by its name in addresses."""
        return {part.value: len(pupils) for part, pupils in self.parts.items()}

    @property
    def points_then(self) -> Decimal | None:
        """On average of those judged on entry and now."""
        matched = self.parts[EntryPart.MATCHED]
        return average(sum(self.then[pupil].points for pupil in matched), len(matched), 1)

    @property
    def points_now(self) -> Decimal | None:
        matched = self.parts[EntryPart.MATCHED]
        return average(sum(self.now[pupil].points or 0 for pupil in matched), len(matched), 1)

    @property
    def steps(self) -> Decimal | None:
        """From the one to the other on average, rounded once."""
        matched = self.parts[EntryPart.MATCHED]
        made = sum((self.now[pupil].points or 0) - self.then[pupil].points for pupil in matched)
        return average(made, len(matched), 1)


def entry_line(area: Subject, held: Sequence[Standing], began: Mapping[tuple[int, int], Entry]) -> EntryLine:
    """`held` are all on roll as they stand in the area now, `began` what children were judged on entry, by child and area."""
    now = {each.pupil_id: each for each in held if each.points is not None}
    then = {
        each.pupil_id: began[each.pupil_id, area.number]
        for each in held
        if (each.pupil_id, area.number) in began
    }
    matched = now.keys() & then.keys()
    parts: dict[EntryPart, set[int]] = {part: set() for part in EntryPart}
    parts[EntryPart.MATCHED] = set(matched)
    parts[EntryPart.NO_ENTRY] = set(now.keys() - then.keys())
    parts[EntryPart.NOT_NOW] = set(then.keys() - now.keys())
    for pupil in matched:
        on_entry, today = then[pupil].attainment, now[pupil].attainment
        if on_entry is None or today is None:
            continue
        for part in (EntryPart.COLOURED, _BY_ATTAINMENT[on_entry][0], _BY_ATTAINMENT[today][1]):
            parts[part].add(pupil)
    return EntryLine(area, {part: frozenset(pupils) for part, pupils in parts.items()}, then, now)
