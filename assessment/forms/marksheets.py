"""What a marksheet is asked for, and what is typed into its cells."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from django import forms

from assessment.engine.point_scale import read_points
from assessment.models import Reason
from assessment.queries.layouts import MOST_EARLIER_YEARS
from schools.calendar import TermName

TERMS = {term.label.lower(): term for term in TermName}
# One key each, as teachers type them; the words as the cells show them.
_REASONS = {
    ".": Reason.ABSENT,
    "absent": Reason.ABSENT,
    "x": Reason.NOT_REQUIRED,
    "not required": Reason.NOT_REQUIRED,
    "new": Reason.NEW,
}
LONGEST = 30


class Value(NamedTuple):
    """What is to stand in a cell: points (1 to 101), or a reason, or neither in an empty one."""

    points: int | None
    reason: str


NOTHING = Value(None, "")


# A block says the same few things again and again.
@lru_cache(maxsize=512)
def read_value(text: str) -> Value:
    """Points or a code of the scale, `.` or `absent`, `x` or `not required`, `new`, or nothing; ValueError says what is allowed."""
    written = " ".join(text.split())
    if not written:
        return NOTHING
    reason = _REASONS.get(written.lower())
    if reason:
        return Value(None, reason.value)
    try:
        return Value(read_points(written), "")
    except ValueError as error:
        raise ValueError(
            f"{_shortened(written)} is not on the scale. Type 1 to 101 or a code such as 4D2, 30-50d or ELG; "
            "a full stop for absent, x for not required."
        ) from error


def _shortened(text: str) -> str:
    return f"“{text}”" if len(text) <= LONGEST else f"“{text[:LONGEST]}…”"


class MarksheetForm(forms.Form):
    """What of the sheet is shown: the term in focus, and how many earlier years' Summers. An unknown choice is an error."""

    term = forms.TypedChoiceField(
        required=False,
        coerce=TERMS.__getitem__,
        empty_value=None,
        choices=[(code, term.label) for code, term in TERMS.items()],
    )
    earlier = forms.TypedChoiceField(
        label="Earlier years",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", "Last Summer"),
            *((str(n), f"{n + 1} Summers") for n in range(1, MOST_EARLIER_YEARS + 1)),
        ],
    )


class Sight(NamedTuple):
    """What the person saw in a cell: its version, 0 for an empty one, and its content."""

    version: int
    value: Value


def read_sight(text: str) -> Sight:
    """`3:47`, `2:absent`, `0:`; ValueError for anything else."""
    version, colon, value = text.partition(":")
    if not colon or not re.fullmatch(r"[0-9]{1,9}", version):
        raise ValueError("Not what a cell holds.")
    return Sight(int(version), read_value(value))


@dataclass(frozen=True)
class TypedCell:
    """One cell as it was sent: whose, the key of its column, the text, and what was seen there."""

    pupil: uuid.UUID
    column: str
    text: str
    saw: Sight


class CellForm(forms.Form):
    """One cell, as the grid sends it."""

    pupil = forms.UUIDField()
    # The key of the column.
    of = forms.CharField(max_length=60)
    value = forms.CharField(required=False, max_length=200)
    saw = forms.CharField(max_length=200)
    because = forms.CharField(required=False, max_length=500)

    def clean_saw(self) -> Sight:
        try:
            return read_sight(self.cleaned_data["saw"])
        except ValueError as error:
            raise forms.ValidationError("Not what a cell holds.") from error

    @property
    def cell(self) -> TypedCell:
        """The cell; the form has to be valid."""
        data = self.cleaned_data
        return TypedCell(data["pupil"], data["of"], data["value"], data["saw"])


# A class of forty in twenty columns and to spare.
MOST_CELLS = 4_000


class SentField(forms.JSONField):
    """JSON from a script. What Python cannot read, such as a number of thousands of digits or lists in lists without end, is wrong and no error of ours."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError("Not what a sheet sends.") from error


class BlockForm(forms.Form):
    """Many cells, to be written as one act: `cells` is JSON, a list of objects with `pupil`, `of`, `value`, `saw` as in `CellForm`."""

    cells = SentField()
    because = forms.CharField(required=False, max_length=500)

    def clean_cells(self) -> list[TypedCell]:
        sent = self.cleaned_data["cells"]
        if not isinstance(sent, list) or not 0 < len(sent) <= MOST_CELLS:
            raise forms.ValidationError("Not a list of cells.")
        found = []
        for each in sent:
            form = CellForm(each if isinstance(each, dict) else {})
            if not form.is_valid():
                raise forms.ValidationError("Not what a cell holds.")
            found.append(form.cell)
        return found


_BOX = re.compile(r"v-([0-9a-f-]{36})-([a-z0-9.-]{1,60})")


def typed_cells(data: Any) -> list[TypedCell]:
    """The columns in focus, as the form without script sends them: those whose text is another than what was seen.

    Boxes that are not of this sheet's form are left out.
    """
    cells = []
    for name, text in data.items():
        box = _BOX.fullmatch(name)
        if not box:
            continue
        try:
            pupil, saw = uuid.UUID(box[1]), read_sight(data.get(f"s{name[1:]}", ""))
        except ValueError:
            continue
        # Other spellings of the same id would make two cells of one.
        if str(pupil) == box[1] and not _says(text, saw.value):
            cells.append(TypedCell(pupil, box[2], text, saw))
    return cells


def _says(text: str, value: Value) -> bool:
    try:
        return read_value(text) == value
    except ValueError:
        return False
