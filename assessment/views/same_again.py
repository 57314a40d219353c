"""Same as last time for a whole column, or a whole row, of a marksheet: without script, and for whoever has no keyboard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from assessment.forms.marksheets import NOTHING, Sight, TypedCell
from assessment.queries.columns import Column
from assessment.queries.marksheets import Sheet
from assessment.queries.sheet_pupils import sheet_pupils
from assessment.queries.sheet_rows import Row
from assessment.views.folding import folding
from assessment.views.saving import Saving
from assessment.views.sheets import SheetRequest, sheet_view
from schools.models import ChangeKind

_SAME = "="
_EMPTY = Sight(0, NOTHING)


@dataclass(frozen=True)
class Line:
    """A column or a row: its name, how many of its cells are empty, and those of them that have points before them."""

    key: str
    heading: str
    name: str
    empty: int
    cells: tuple[TypedCell, ...]

    @property
    def without(self) -> int:
        """How many stay empty, for nothing stands before them."""
        return self.empty - len(self.cells)


@sheet_view("GET", "HEAD", "POST")
def same_again(of: SheetRequest) -> HttpResponse:
    """Which columns and rows there are, with how many blanks would be filled; by POST one of them is, as one act."""
    if not of.whose.may_enter:
        if of.request.method == "POST":
            raise PermissionDenied
        return redirect(_back(of))
    sheet = of.sheet()
    columns, rows = _lines(of, sheet)
    if of.request.method != "POST":
        context = {
            "of": of.whose,
            "layout": of.layout,
            "sheet": sheet,
            "columns": columns,
            "rows": rows,
            "sheet_address": _back(of),
        }
        return TemplateResponse(of.request, "assessment/marksheets/same_again.html", context)
    chosen = of.request.POST.get("line", "")
    line = next((each for each in (*columns, *rows) if each.key == chosen), None)
    if line is None:
        # Filled by somebody else meanwhile, or no line of this sheet.
        messages.info(of.request, "Nothing was filled: there is nothing to fill there.")
        return redirect(_back(of))
    saving = Saving(of, sheet_pupils(of.whose.pupils, of.access.school))
    refusals, _ = saving.save([each for each in line.cells if each.pupil in saving.keys], act=ChangeKind.FILL)
    _tell(of, len(line.cells) - len(refusals), len(refusals))
    return redirect(_back(of))


def _tell(of: SheetRequest, filled: int, left: int) -> None:
    if filled:
        judgements = "1 judgement is" if filled == 1 else f"{filled} judgements are"
        messages.success(
            of.request,
            f"{judgements} the same as last time. Undo takes {'it' if filled == 1 else 'them'} back.",
        )
    if left:
        cells = "1 cell was" if left == 1 else f"{left} cells were"
        messages.warning(
            of.request, f"{cells} left alone: somebody entered there meanwhile, or the term was closed."
        )


def _lines(of: SheetRequest, sheet: Sheet) -> tuple[list[Line], list[Line]]:
    """The columns in focus that are not folded away, and the rows that are shown, where there is something to fill; rows only across several columns."""
    folded = {
        number
        for area in folding(of.layout, of.request.GET).areas
        if area.is_folded
        for number in area.columns
    }
    columns = [
        column
        for number, column in enumerate(sheet.columns, start=2)
        if column.is_in_focus and column.place and number not in folded
    ]
    shown = of.arranged(sheet).rows
    down = [
        _line(column.key, column.heading, column.label, [(row, column) for row in shown])
        for column in columns
    ]
    across = [
        _line(str(row.public_id), "", row.name, [(row, column) for column in columns])
        for row in shown
        if len(columns) > 1
    ]
    return [line for line in down if line.cells], [line for line in across if line.cells]


def _line(key: str, heading: str, name: str, cells: Iterable[tuple[Row, Column]]) -> Line:
    empty = [(row, column) for row, column in cells if _is_blank(row, column)]
    return Line(key, heading, name, len(empty), tuple(_same(empty)))


def _is_blank(row: Row, column: Column) -> bool:
    """Whether it is empty and may be entered: in a term that is open, also by whoever may change a closed one."""
    if column.place is None or not column.is_open_for(row) or row.held_at(column.place).version:
        return False
    at = column.place.at
    return row.measuring.is_open(at.academic_year, at.term, row.year_group, timezone.localdate())


def _same(empty: Iterable[tuple[Row, Column]]) -> Iterator[TypedCell]:
    for row, column in empty:
        if column.place and row.before(column.place) is not None:
            yield TypedCell(row.public_id, column.key, _SAME, _EMPTY)


def _back(of: SheetRequest) -> str:
    return f"{of.address()}?{of.request.GET.urlencode()}"
