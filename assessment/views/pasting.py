"""A block from a spreadsheet pasted into a marksheet: looked at first, written as one act when it is confirmed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils import timezone

from assessment.forms.block_places import Ground, NoPlace, placed
from assessment.forms.marksheets import TypedCell
from assessment.forms.pasted_cells import Pasted, PastedCell, pasted, relative_cells
from assessment.forms.pasting import PasteForm, confirmed_cells, written_cells, written_seen
from assessment.imports.clipboard import UnreadableBlock, read_block
from assessment.models import Source
from assessment.queries.before import earlier_points
from assessment.queries.entered import stands_in
from assessment.queries.marksheets import Sheet
from assessment.queries.measuring import Measuring
from assessment.queries.pasting import names_of
from assessment.queries.sheet_pupils import sheet_pupils
from assessment.queries.sheet_rows import EMPTY, Cell
from assessment.views.blocks import answered
from assessment.views.cells import Refusal, value_of
from assessment.views.saving import UNREADABLE, Saving
from assessment.views.sheets import SheetRequest, page, sheet_view
from schools.models import ChangeKind

_MOST_NAMED = 3
_LONGEST_REASON = 500


@sheet_view("GET", "HEAD", "POST")
def paste(of: SheetRequest) -> HttpResponse:
    """The page to paste into; by POST what a pasted block would do, and with `confirm` doing it."""
    if of.request.method != "POST":
        return _ask(of) if of.whose.may_enter else redirect(_sheet_address(of))
    if not of.whose.may_enter:
        raise PermissionDenied
    return _write(of) if "confirm" in of.request.POST else _preview(of)


def _sheet_address(of: SheetRequest) -> str:
    query = of.request.GET.urlencode()
    return f"{of.address()}?{query}" if query else of.address()


def _shown(of: SheetRequest, part: str, context: dict[str, object], status: int = 200) -> HttpResponse:
    """A part of the dialog, or the same as a page."""
    template = f"assessment/pasting/{part}.html" if of.request.htmx else "assessment/pasting/page.html"
    context |= {
        "of": of.whose,
        "layout": of.layout,
        "term": of.term,
        "sheet_address": _sheet_address(of),
        "part": f"assessment/pasting/{part}.html",
    }
    return TemplateResponse(of.request, template, context, status=status)


def _ask(of: SheetRequest, sheet: Sheet | None = None, *, refused: str = "") -> HttpResponse:
    """A box for the block, and where it goes; again with what is wrong with it."""
    sheet = of.arranged(sheet or of.sheet())
    sent = of.request.POST
    columns = [column for column in sheet.columns if column.is_open]
    in_focus = next((column.key for column in columns if column.is_in_focus), "")
    context = {
        "pupils": [(str(row.public_id), row.name) for row in sheet.rows],
        "columns": columns,
        "pupil": sent.get("pupil", ""),
        "column": sent.get("of") or in_focus,
        "text": sent.get("text", ""),
        "saw": sent.get("saw") or _seen(sheet),
        "because": sent.get("because", ""),
        "refused": refused,
    }
    return _shown(of, "_ask", context, UNREADABLE if refused else 200)


def _seen(sheet: Sheet) -> str:
    """What stands in each cell that can be entered, to be sent back with the block."""
    columns = [column for column in sheet.columns if column.is_open and column.place]
    return written_seen(
        [column.key for column in columns],
        (
            (
                row.public_id,
                (
                    f"{held.version}:{value_of(held.points, held.reason)}"
                    if column.is_open_for(row)
                    else None
                    for column in columns
                    if (held := row.held.get(column.place, EMPTY) if column.place else EMPTY)
                ),
            )
            for row in sheet.rows
        ),
    )


def _preview(of: SheetRequest) -> HttpResponse:
    form = PasteForm(of.request.POST)
    if not form.is_valid():
        raise BadRequest
    measuring = Measuring(of.access.school)
    sheet = of.sheet(measuring=measuring)
    rows = {row.public_id: row for row in sheet.rows}
    asked, anchor = form.cleaned_data, form.anchor
    # A sheet without pupils is nobody's that one may see.
    if not rows or (anchor.pupil and anchor.pupil not in {*rows, *asked["saw"].pupils}):
        raise Http404
    names = names_of(of.access, [row.pupil_id for row in sheet.rows])
    try:
        block = read_block(asked["text"])
        places = placed(block, Ground(rows, sheet.columns, names, asked["saw"]), anchor)
    except (UnreadableBlock, NoPlace) as refused:
        return _ask(of, sheet, refused=str(refused))
    earlier = earlier_points(of.access.school, of.access.academic_year, relative_cells(places))
    found = pasted(places, asked["saw"], earlier)
    context = {
        "pasted": found,
        "cells": written_cells(cell.typed for cell in found.to_write),
        "who": _who_was_later(of, found),
        "closed": _closed(of, found, measuring),
        "because": asked["because"],
    }
    return _shown(of, "_preview", context)


def _who_was_later(of: SheetRequest, found: Pasted) -> list[tuple[PastedCell, str]]:
    """Who entered what the block would overwrite, and when."""
    cells = {
        Cell(cell.row.pupil_id, place.subject, place.at.term): cell
        for cell in found.later
        if (place := cell.column.place)
    }
    stands = stands_in(of.access.school, of.access.academic_year, cells)
    return [(cell, stands[place][1]) for place, cell in cells.items()]


def _closed(of: SheetRequest, found: Pasted, measuring: Measuring) -> list[str]:
    """The terms that a leader changes after they were closed, and has to say why."""
    today, year = timezone.localdate(), of.access.academic_year
    terms = {
        cell.column.place.at.term
        for cell in [*found.to_write, *found.later]
        if cell.column.place
        and not measuring.is_open(year, cell.column.place.at.term, cell.row.year_group, today)
    }
    return [term.label for term in sorted(terms)]


def _write(of: SheetRequest) -> HttpResponse:
    sent = of.request.POST
    because = sent.get("because", "")
    try:
        typed = confirmed_cells(sent.get("cells", ""), sent.getlist("over"))
    except ValueError as error:
        raise BadRequest from error
    if len(because) > _LONGEST_REASON:
        raise BadRequest
    pupils = sheet_pupils(of.whose.pupils, of.access.school)
    saving = Saving(of, pupils, because=because)
    known = [cell for cell in typed if cell.pupil in saving.keys and cell.column in saving.columns]
    if not known and (typed or not saving.keys):
        raise Http404
    refusals, status = saving.save(known, act=ChangeKind.PASTE, source=Source.PASTED)
    gone = len(typed) - len(known)
    if not of.request.htmx:
        return _written_page(of, known, refusals, gone, status)
    sheet = of.sheet(pupils, also=frozenset(cell.pupil for cell in known), measuring=saving.measuring)
    said = _said(sheet, known, refusals, gone)
    notice = render_to_string("assessment/pasting/_written.html", {"said": said})
    changed = [(cell.pupil, cell.column) for cell in known]
    return HttpResponse(f"{answered(sheet, changed, refusals)}<template>{notice}</template>", status=status)


def _written_page(
    of: SheetRequest,
    known: Sequence[TypedCell],
    refusals: Mapping[tuple[uuid.UUID, str], Refusal],
    gone: int,
    status: int,
) -> HttpResponse:
    """Without a script: the sheet, with what was refused in its cells."""
    saved = len(known) - len(refusals)
    if gone:
        messages.warning(of.request, f"{_cells(gone)} not saved: {_GONE}.")
    if refusals:
        return page(of, refusals, saved=saved, status=status)
    messages.success(of.request, f"{_cells(saved)} pasted." if saved else "Nothing was changed.")
    return redirect(_sheet_address(of))


_GONE = "the pupil is no longer on this sheet"


def _cells(number: int) -> str:
    return f"{number} cell{'' if number == 1 else 's'}"


def _said(
    sheet: Sheet,
    known: Sequence[TypedCell],
    refusals: Mapping[tuple[uuid.UUID, str], Refusal],
    gone: int,
) -> str:
    """`28 saved, 1 not: Smith, Jo, Autumn. The reason stands in the cell.`"""
    saved = f"{len(known) - len(refusals)} saved"
    if not refusals:
        return f"{saved}, {gone} not: {_GONE}." if gone else f"{saved}."
    labels = {column.key: column.label for column in sheet.columns}
    names = {row.public_id: row.name for row in sheet.rows}
    cells = [f"{names.get(pupil, '')}, {labels[column]}" for pupil, column in refusals]
    more = len(cells) - _MOST_NAMED
    named = "; ".join([*cells[:_MOST_NAMED], *([f"and {more} more"] if more > 0 else [])])
    why = "The reason stands in the cell." if len(cells) == 1 else "The reasons stand in the cells."
    return f"{saved}, {len(refusals) + gone} not: {named}. {why}"
