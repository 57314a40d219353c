"""Odd steps in a marksheet, answered in place; and one cell of it as it stands now."""

from __future__ import annotations

import uuid

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse

from assessment.forms.cell_histories import CellAskedForm, JumpForm
from assessment.queries.columns import Column
from assessment.queries.sheet_pupils import SheetPupil, sheet_pupils
from assessment.queries.sheet_rows import Cell
from assessment.services.confirming import confirm as confirm_steps
from assessment.services.recording import Outcome, entering_by
from assessment.views.blocks import answered
from assessment.views.sheets import SheetRequest, sheet_view

_STATUS = {Outcome.SAVED: 200, Outcome.CONFLICT: 409, Outcome.CLOSED: 423}


@sheet_view("POST")
def confirm(of: SheetRequest) -> HttpResponse:
    """Say of odd steps that they are right; answered with the cell and the summary line, whatever became of it."""
    form = JumpForm(of.request.POST)
    if not form.is_valid():
        raise BadRequest
    if not of.whose.may_enter:
        raise PermissionDenied
    pupils, pupil, column = _asked(of, form)
    if column.place is None or not column.is_open:
        raise BadRequest
    outcome = confirm_steps(
        entering=entering_by(of.access),
        cell=Cell(pupil.pupil_id, column.place.subject, column.place.at.term),
        steps=form.cleaned_data["steps"],
    )
    return _answer(of, pupils, pupil.public_id, column, status=_STATUS[outcome])


@sheet_view("GET", "HEAD")
def cell(of: SheetRequest) -> HttpResponse:
    """A cell, what follows from it and the summary line: for a sheet beneath a dialog in which the cell was changed."""
    form = CellAskedForm(of.request.GET)
    if not form.is_valid():
        raise BadRequest
    pupils, pupil, column = _asked(of, form)
    return _answer(of, pupils, pupil.public_id, column)


def _asked(of: SheetRequest, form: CellAskedForm) -> tuple[list[SheetPupil], SheetPupil, Column]:
    """404 for a pupil who is not on the sheet, a bad request for a column that is not."""
    column = of.layout.column(form.cleaned_data["of"])
    if column is None:
        raise BadRequest
    pupils = sheet_pupils(of.whose.pupils, of.access.school)
    pupil = next((each for each in pupils if each.public_id == form.cleaned_data["pupil"]), None)
    if pupil is None:
        raise Http404
    return pupils, pupil, column


def _answer(
    of: SheetRequest, pupils: list[SheetPupil], pupil: uuid.UUID, column: Column, *, status: int = 200
) -> HttpResponse:
    sheet = of.sheet(pupils, also=frozenset([pupil]))
    return HttpResponse(answered(sheet, [(pupil, column.key)], {}), status=status)
