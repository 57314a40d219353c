"""Many cells of a marksheet written as one act: filled down, filled in."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string

from assessment.forms.marksheets import BlockForm, TypedCell
from assessment.models import Source
from assessment.queries.marksheets import Sheet
from assessment.queries.sheet_pupils import sheet_pupils
from assessment.views.cells import Refusals, answers
from assessment.views.saving import CLOSED, CONFLICT, Saving
from assessment.views.sheets import SheetRequest, sheet_view
from schools.models import ChangeKind


@sheet_view("POST")
def cells(of: SheetRequest) -> HttpResponse:
    """The cells that a grid sends together; answered with all of them, each as it then stands."""
    form = BlockForm(of.request.POST)
    if not form.is_valid():
        raise BadRequest
    return write_block(of, form.cleaned_data["cells"], because=form.cleaned_data["because"])


def write_block(
    of: SheetRequest,
    typed: list[TypedCell],
    *,
    act: ChangeKind = ChangeKind.FILL,
    source: Source = Source.TYPED,
    because: str = "",
) -> HttpResponse:
    """Write the cells as one act, and answer with each of them.

    Cells of others than this sheet's pupils are neither written nor answered, whoever they are, and make it a conflict: somebody has left the sheet
    meanwhile. 404 where there are no others, and for a column that is not of the sheet.
    """
    if not of.whose.may_enter:
        raise PermissionDenied
    pupils = sheet_pupils(of.whose.pupils, of.access.school)
    saving = Saving(of, pupils, because=because)
    known = [each for each in typed if each.pupil in saving.keys]
    if not known or any(each.column not in saving.columns for each in typed):
        raise Http404
    refusals, status = saving.save(known, act=act, source=source)
    if len(known) < len(typed) and status != CLOSED:
        status = CONFLICT
    sheet = of.sheet(pupils, also=frozenset(each.pupil for each in known), measuring=saving.measuring)
    return HttpResponse(
        answered(sheet, [(each.pupil, each.column) for each in known], refusals), status=status
    )


def answered(sheet: Sheet, changed: Iterable[tuple[uuid.UUID, str]], refusals: Refusals) -> str:
    """The cells, what follows from them, and the summary line."""
    summary = render_to_string("assessment/marksheets/_summary.html", {"sheet": sheet, "oob": True})
    return f"{answers(sheet, changed, refusals)}<template>{summary}</template>"
