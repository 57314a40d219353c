"""Marking a class's sheet as complete, and reopening it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from assessment.queries.completed import completed, completed_together
from assessment.services.completing import complete_sheets, reopen_sheets
from assessment.views.completed import ASKED, may_complete, still_empty
from assessment.views.sheets import SheetRequest, sheet_view
from schools.models import ClassGroup


@sheet_view("POST")
def complete(of: SheetRequest) -> HttpResponse:
    """Say that the sheet is complete, or take that back. While cells are empty it is asked once more, on the sheet."""
    act = of.request.POST.get("act")
    if act not in {"complete", "reopen"}:
        raise BadRequest
    _class(of)
    if not completed_together(of.layout):
        raise Http404
    if not may_complete(of):
        raise PermissionDenied
    return _complete(of) if act == "complete" else _reopen(of)


def _complete(of: SheetRequest) -> HttpResponse:
    if "all_the_same" not in of.request.POST and still_empty(of):
        return _back(of, asks=True)
    state = completed(of.access, _class(of), of.layout)
    if state is not None:
        # What a colleague said is complete, and nobody has changed since, stays theirs.
        wanted = state.subjects if state.is_complete or state.is_changed_since else state.open_subjects
        complete_sheets(class_group=_class(of), term=of.term, subjects=wanted, by=of.access.user)
        messages.success(of.request, "Marked as complete.")
    return _back(of)


def _reopen(of: SheetRequest) -> HttpResponse:
    subjects = completed_together(of.layout)
    if reopen_sheets(class_group=_class(of), term=of.term, subjects=subjects, by=of.access.user):
        messages.success(of.request, "Reopened.")
    return _back(of)


def _class(of: SheetRequest) -> ClassGroup:
    if of.whose.class_group is None:
        raise Http404
    return of.whose.class_group


def _back(of: SheetRequest, *, asks: bool = False) -> HttpResponse:
    asked = of.request.GET.copy()
    asked.pop(ASKED, None)
    if asks:
        asked[ASKED] = "ask"
    return redirect(f"{of.address()}?{asked.urlencode()}{'#completing' if asks else ''}")
