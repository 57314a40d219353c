"""What a marksheet's workbook says of itself, where nobody sees it: which sheet it is, which column is which, and what stood in it.

It stands in three places, because each is lost by something that people do with a workbook: in the first cell of the sheet's hidden first
row, in a hidden worksheet, and among the properties of the document.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Self

from assessment.queries.columns import Column

PROPERTY = "LEP Tracker marksheet"
# The text of the sheet's first cell begins with it; another number is another kind of file.
_BEGINS = "LEP Tracker marksheet 1 "
HIDDEN_SHEET = "LEP Tracker"
# In the hidden first row above the names; in the row of headings above the pupils' keys.
PUPIL, KEY = "pupil", "Key"
PUPIL_HEADING = "Pupil"
_LONGEST = 4_000


@dataclass(frozen=True)
class Identity:
    """Of which sheet a workbook is. Below the last key are the words in which a person is told."""

    urn: str
    academic_year: int
    # `class`, `year_group`, `group`; and its key in addresses.
    kind: str
    whose: str
    sheet: str
    term: str
    school: str
    title: str
    name: str
    when: str

    @property
    def keys(self) -> tuple[object, ...]:
        """What has to be the same for two to be of one sheet."""
        return self.urn, self.academic_year, self.kind, self.whose, self.sheet, self.term

    @property
    def is_of(self) -> str:
        """`4B’s reading of Autumn 2026/27 at Beggars Lane First School`."""
        return f"{self.title}’s {self.name} of {self.when} at {self.school}"

    def to_text(self) -> str:
        """As it stands in the workbook."""
        return _BEGINS + json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> Self | None:
        """None for any other text."""
        if not text.startswith(_BEGINS) or len(text) > _LONGEST:
            return None
        try:
            said = json.loads(text.removeprefix(_BEGINS))
        except ValueError:
            return None
        if not isinstance(said, dict):
            return None
        kinds = {field.name: int if field.name == "academic_year" else str for field in fields(cls)}
        if set(said) != set(kinds) or any(type(said[name]) is not kind for name, kind in kinds.items()):
            return None
        return cls(**said)


def file_heading(column: Column) -> str:
    """The column's heading in a file, in one line: `Reading: Autumn`, `Summer 2026`."""
    above = f"{column.heading}: " if column.heading and column.heading != column.label else ""
    return above + " ".join(part for part in (column.label, column.detail) if part)
