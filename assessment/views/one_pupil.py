"""One pupil at a time, with large targets: for a tablet, and for whoever would rather not have a grid. A plain form."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import urlencode

from assessment.engine.expected_range import Attainment
from assessment.forms.marksheets import typed_cells
from assessment.queries.columns import Column
from assessment.queries.marksheets import Sheet
from assessment.queries.sheet_pupils import sheet_pupils
from assessment.queries.sheet_rows import Row
from assessment.views.cells import Refusal, value_of
from assessment.views.saving import Saving
from assessment.views.sheets import SheetRequest, sheet_view

Refusals = Mapping[tuple[uuid.UUID, str], Refusal]


@dataclass(frozen=True)
class Question:
    """One judgement that the pupil is asked for: what stands there, what stood before, and the names of its two boxes."""

    label: str
    box: str
    typed: str
    saw: str
    is_open: bool
    before: int | None
    attainment: str
    refusal: Refusal | None

    @property
    def mark(self) -> str:
        """The class of its colour."""
        return f"is-{self.attainment}" if self.attainment else ""


@sheet_view("GET", "HEAD", "POST")
def one_pupil(of: SheetRequest, pupil_id: uuid.UUID) -> HttpResponse:
    """The sheet's judgements in focus for one of its pupils; saving leads to the next."""
    whole = of.sheet()
    row = whole.row(pupil_id)
    if row is None:
        raise Http404
    order = of.arranged(whole).rows
    # Whoever is not among those asked for any more, for what is missing is entered, still has a page: what is typed there is not lost.
    rows = order if row in order else (row, *order)
    if of.request.method != "POST":
        return _page(of, whole, rows, row)
    if not of.whose.may_enter:
        raise PermissionDenied
    saving = Saving(
        of, sheet_pupils(of.whose.pupils, of.access.school), because=of.request.POST.get("because", "")
    )
    typed = [
        cell
        for cell in typed_cells(of.request.POST)
        if cell.pupil == pupil_id and cell.column in saving.columns and cell.pupil in saving.keys
    ]
    refusals, status = saving.save(typed)
    if refusals:
        again = of.sheet(also=frozenset([pupil_id]))
        now = {each.public_id: each for each in again.rows}
        kept = tuple(now[each.public_id] for each in rows if each.public_id in now)
        return _page(of, again, kept, now[pupil_id], refusals, status=status)
    here = rows.index(row)
    if here + 1 < len(rows):
        return redirect(_address(of, rows[here + 1]))
    messages.success(of.request, "That was the last pupil. All of it is saved.")
    return redirect(f"{of.address()}?{_query(of)}")


def _page(
    of: SheetRequest,
    sheet: Sheet,
    rows: Sequence[Row],
    row: Row,
    refusals: Refusals | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    here = rows.index(row)
    questions = [
        _question(row, column, (refusals or {}).get((row.public_id, column.key)))
        for column in sheet.columns
        if column.is_in_focus
        and column.place
        and (column.subject is None or row.is_judged_in(column.subject))
    ]
    context = {
        "of": of.whose,
        "layout": of.layout,
        "sheet": sheet,
        "row": row,
        "questions": questions,
        "place": here + 1,
        "count": len(rows),
        "previous": _address(of, rows[here - 1]) if here else "",
        "next": _address(of, rows[here + 1]) if here + 1 < len(rows) else "",
        "sheet_address": f"{of.address()}?{_query(of)}",
        "may_enter": of.whose.may_enter and any(question.is_open for question in questions),
        "refused": len(refusals or {}),
    }
    return TemplateResponse(of.request, "assessment/marksheets/one_pupil.html", context, status=status)


def _question(row: Row, column: Column, refusal: Refusal | None) -> Question:
    if column.place is None:
        raise ValueError("Only judgements are asked for.")
    held = row.held_at(column.place)
    value = value_of(held.points, held.reason)
    return Question(
        label=column.subject.name if column.subject else column.label,
        box=f"{row.public_id}-{column.key}",
        typed=refusal.typed if refusal else value,
        saw=(refusal.saw if refusal else "") or f"{held.version}:{value}",
        is_open=column.is_open_for(row),
        before=row.before(column.place),
        attainment=Attainment(held.attainment).label.lower() if held.attainment else "",
        refusal=refusal,
    )


def _query(of: SheetRequest) -> str:
    """The term that is in view, and how the sheet is looked at."""
    chosen = {name: str(value) for name, value in of.request.GET.items() if value and name != "term"}
    return urlencode({"term": of.term.label.lower(), **chosen})


def _address(of: SheetRequest, row: Row) -> str:
    return f"{of.address()}pupils/{row.public_id}/?{_query(of)}"
