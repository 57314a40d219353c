"""The page of one judgement, which is a dialog over the marksheet too: its note, and every value that it had."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from assessment.engine.subjects import SHIPPED
from assessment.forms.cell_histories import ConfirmForm, NoteForm, PutBackForm
from assessment.forms.marksheets import Sight
from assessment.models.judgements import LONGEST_NOTE
from assessment.queries.cell_histories import CellHistory, cell_history
from assessment.services.confirming import confirm as confirm_steps
from assessment.services.noting import NothingToNoteError
from assessment.services.noting import note as write_note
from assessment.services.recording import Outcome, Stored, Wish, entering_by, record
from schools.access import SchoolRequest, school_view
from schools.history import recorded
from schools.permissions import Permission

_BY_CODE = {subject.code.lower(): subject for subject in SHIPPED}
CONFLICT, CLOSED, UNREADABLE = 409, 423, 422
_STATUS = {Outcome.CONFLICT: CONFLICT, Outcome.CLOSED: CLOSED, Outcome.KEPT: UNREADABLE}
_CHANGED = "Somebody changed this judgement after you opened it. Below is how it stands now; {}"
_CLOSED = "This term is closed for entry. {}"


@school_view(Permission.SEE_OWN_CLASSES)
def history(request: SchoolRequest, pupil_id: uuid.UUID, subject: str, point: str) -> HttpResponse:
    """What stands there, since when, and what stood there before; for htmx the part that a dialog shows."""
    return _shown(request, _found(request, pupil_id, subject, point))


@school_view(Permission.RECORD_JUDGEMENTS, methods=("POST",))
def note(request: SchoolRequest, pupil_id: uuid.UUID, subject: str, point: str) -> HttpResponse:
    """Write, change or take away the note."""
    of = _to_change(request, pupil_id, subject, point)
    form = NoteForm(request.POST)
    if set(form.errors) - {"note"}:
        raise BadRequest
    typed = request.POST.get("note", "")
    if form.errors:
        said = f"A note has at most {LONGEST_NOTE} characters; this one has {len(typed)}."
        return _shown(request, of, refused=said, typed=typed, status=UNREADABLE)
    given = form.cleaned_data
    try:
        outcome = write_note(
            entering=entering_by(request.access, reason=given["because"]),
            cell=of.cell,
            text=given["note"],
            saw=_stored(given["saw"]),
            is_shareable=given["share"],
        )
    except NothingToNoteError:
        said = (
            "There is nothing in this cell by now. Enter points or a reason first; a note stands beside them."
        )
        return _shown(request, _again(request, of), refused=said, typed=typed, status=CONFLICT)
    if outcome is not Outcome.SAVED:
        said = _refusal(request, outcome, "save your note again to write it over theirs.")
        return _shown(request, _again(request, of), refused=said, typed=typed, status=_STATUS[outcome])
    return _done(request, of, "Note saved." if given["note"] else "Note removed.")


@school_view(Permission.RECORD_JUDGEMENTS, methods=("POST",))
def put_back(request: SchoolRequest, pupil_id: uuid.UUID, subject: str, point: str) -> HttpResponse:
    """Enter an earlier value again: a save like any other, of which the history says what it was."""
    of = _to_change(request, pupil_id, subject, point)
    form = PutBackForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    given = form.cleaned_data
    value = given["value"]
    stood = {change.value for change in of.changes}
    if request.POST["value"] not in stood:
        raise BadRequest
    entering = entering_by(request.access, reason=given["because"])
    wish = Wish(of.cell, value.points, value.reason, _stored(given["saw"]))
    with recorded(put_back=True):
        outcome = record(entering=entering, wishes=[wish])[of.cell]
    if outcome is not Outcome.SAVED:
        said = _refusal(request, outcome, "put the value back again if it is still the right one.")
        return _shown(request, _again(request, of), refused=said, status=_STATUS[outcome])
    return _done(request, of, f"{request.POST['value']} is put back.")


@school_view(Permission.RECORD_JUDGEMENTS, methods=("POST",))
def confirm(request: SchoolRequest, pupil_id: uuid.UUID, subject: str, point: str) -> HttpResponse:
    """Say of odd steps that they are right."""
    of = _to_change(request, pupil_id, subject, point)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    steps = form.cleaned_data["steps"]
    outcome = confirm_steps(entering=entering_by(request.access), cell=of.cell, steps=steps)
    if outcome is not Outcome.SAVED:
        said = _refusal(request, outcome, "the steps are others by now.")
        return _shown(request, _again(request, of), refused=said, status=_STATUS[outcome])
    return _done(request, of, "Confirmed: nobody is asked about these steps again.")


def _found(request: SchoolRequest, pupil_id: uuid.UUID, subject: str, point: str) -> CellHistory:
    known = _BY_CODE.get(subject)
    found = known and cell_history(request.access, pupil_id, known, point, today=timezone.localdate())
    if not found:
        raise Http404
    return found


def _again(request: SchoolRequest, of: CellHistory) -> CellHistory:
    return _found(request, of.pupil_id, of.subject_code, of.key)


def _to_change(request: SchoolRequest, pupil_id: uuid.UUID, subject: str, point: str) -> CellHistory:
    of = _found(request, pupil_id, subject, point)
    if not of.may_enter:
        raise PermissionDenied
    return of


def _stored(saw: Sight) -> Stored:
    return Stored(saw.value.points, saw.value.reason, saw.version)


def _refusal(request: SchoolRequest, outcome: Outcome, then: str) -> str:
    if outcome is Outcome.CLOSED:
        if request.access.may(Permission.MANAGE_TERMS):
            return _CLOSED.format("Say why you change it, then save again.")
        return _CLOSED.format("An assessment leader or the head can reopen it.")
    return _CHANGED.format(then)


def _done(request: SchoolRequest, of: CellHistory, said: str) -> HttpResponse:
    """The part as it stands now, and word to the sheet beneath it; without script, the page."""
    if request.htmx:
        response = _shown(request, _again(request, of), said=said)
        response.headers["HX-Trigger"] = "cell-changed"
        return response
    messages.success(request, said)
    place = [request.access.school.urn, request.access.academic_year, of.pupil_id, of.subject_code, of.key]
    return redirect(reverse("cell_history", args=place))


def _shown(request: SchoolRequest, of: CellHistory, *, status: int = 200, **said: Any) -> HttpResponse:
    """`typed`: a note that was not saved; `refused`: why; `said`: what was done."""
    is_part = bool(request.htmx and not request.htmx.history_restore_request)
    name = "_cell_history" if is_part else "cell_history"
    context = {
        "of": of,
        "is_part": is_part,
        "longest": LONGEST_NOTE,
        "text": said.get("typed", of.note),
        "is_shared": "share" in request.POST if "typed" in said else of.is_note_shareable,
        "is_refused": bool(said.get("refused")),
        "because": request.POST.get("because", ""),
        **said,
    }
    response = TemplateResponse(request, f"assessment/cell_histories/{name}.html", context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
