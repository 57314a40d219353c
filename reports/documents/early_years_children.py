"""The children behind a number from entry until now: exactly the set that it counts, with what they were judged then and are now."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from assessment.engine.point_scale import code_of
from reports.documents.early_years import EarlyYearsTerm
from reports.documents.early_years_entry import EntryLine, EntryPart
from reports.documents.marks import ATTAINMENT_MARKS, Mark
from reports.documents.tables import Table, Value
from reports.queries.figure_pupils import named
from schools.access import Access


@dataclass(frozen=True)
class EntryChild:
    """A child of the list; what there is not is None, and `missing` says why there is nothing now.

    `public_id` is None where the child has no record of the year any more: in a snapshot's lists.
    """

    public_id: uuid.UUID | None
    name: str
    class_name: str
    year_group: str
    then: int | None
    then_code: str
    then_when: str
    then_mark: Mark | None
    now: int | None
    now_code: str
    now_mark: Mark | None
    missing: str

    @property
    def steps(self) -> int | None:
        return None if self.then is None or self.now is None else self.now - self.then


def entry_children(
    access: Access, shown: EarlyYearsTerm, line: EntryLine, part: EntryPart
) -> list[EntryChild]:
    """Those whom the line counts in the part, by name."""
    found = []
    for row in named(access, sorted(line.parts[part]), shown.scope.snapshot):
        then, now = line.then.get(row.pupil_id), line.now.get(row.pupil_id)
        found.append(
            EntryChild(
                public_id=row.pupil.public_id if row.pk else None,
                name=row.pupil.name,
                class_name=row.class_group.name if row.class_group else "",
                year_group=row.year_group.label,
                then=then.points if then else None,
                then_code=code_of(then.points, row.year_group) if then else "",
                then_when=then.at.term.label if then else "",
                then_mark=ATTAINMENT_MARKS[then.attainment] if then and then.attainment else None,
                now=now.points if now else None,
                now_code=code_of(now.points, row.year_group) if now and now.points else "",
                now_mark=ATTAINMENT_MARKS[now.attainment] if now and now.attainment else None,
                missing="" if now else "Not judged",
            )
        )
    return found


_HEADINGS = (
    "Child",
    "Year group",
    "Class",
    "On entry in",
    "Points on entry",
    "Code on entry",
    "Attainment on entry",
    "Points now",
    "Code now",
    "Attainment now",
    "Steps",
)


def entry_children_table(found: list[EntryChild], title: str) -> Table:
    """The list as it is shown."""
    rows: list[list[Value]] = [
        [
            each.name,
            each.year_group,
            each.class_name,
            each.then_when or None,
            each.then,
            each.then_code or None,
            each.then_mark.word if each.then_mark else None,
            each.now,
            each.now_code or None,
            each.now_mark.word if each.now_mark else None,
            each.steps,
        ]
        for each in found
    ]
    return Table(title, _HEADINGS, rows, len(found))
