from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from assessment.queries.snapshots import TakenSnapshot, snapshot_numbered, snapshots_of
from assessment.services.snapshots import freeze
from reports.documents.snapshot_changes import (
    MOST_SHOWN,
    SnapshotChanges,
    changes_table,
    figures_table,
    snapshot_changes,
)
from reports.documents.tables import Table
from reports.forms.snapshots import FreezeForm
from reports.views.answers import table_file
from schools.access import SchoolRequest, school_view
from schools.permissions import Permission
from schools.queries.privacy import erased_since

TABLES: dict[str, Callable[[SnapshotChanges], Table]] = {"figures": figures_table, "rows": changes_table}


@school_view(Permission.SEE_OWN_CLASSES)
def snapshots(request: SchoolRequest) -> HttpResponse:
    """The snapshots of the year, and for a leader the form that takes one."""
    return _list(request, FreezeForm(access=request.access, today=timezone.localdate()))


@school_view(Permission.TAKE_SNAPSHOTS, methods=("POST",))
def take_snapshot(request: SchoolRequest) -> HttpResponse:
    """Freeze a term of the year as it stands now."""
    access = request.access
    form = FreezeForm(request.POST, access=access, today=timezone.localdate())
    if access.academic_year not in access.opened_years:
        form.add_error("term", f"{access.academic_year.label} is not opened yet: there is nothing to freeze.")
    if not form.is_valid():
        return _list(request, form, status=422)
    taken = freeze(
        school=access.school,
        academic_year=access.academic_year,
        term=form.cleaned_data["term"],
        note=form.cleaned_data["note"],
        by=request.user,
    )
    messages.success(request, f"{form.cleaned_data['term'].label} is frozen as snapshot {taken.number}.")
    return redirect("snapshots", access.school.urn, access.academic_year)


def _list(request: SchoolRequest, form: FreezeForm, *, status: int = 200) -> HttpResponse:
    access = request.access
    context = {
        "taken": snapshots_of(access.school, access.academic_year),
        "form": form if access.may(Permission.TAKE_SNAPSHOTS) else None,
        "opens": access.may(Permission.SEE_ALL_PUPILS),
    }
    return TemplateResponse(request, "reports/snapshots/snapshots.html", context, status=status)


def _taken(request: SchoolRequest, number: int) -> TakenSnapshot:
    found = snapshot_numbered(request.access.school, number)
    if found is None or found.academic_year != request.access.academic_year:
        raise Http404
    return found


@school_view(Permission.SEE_ALL_PUPILS)
def snapshot(request: SchoolRequest, number: int) -> HttpResponse:
    """What changed between the snapshot and now: figures, then rows by name."""
    taken = _taken(request, number)
    found = snapshot_changes(request.access, taken, most=MOST_SHOWN)
    erased = erased_since(request.access.school, timezone.localdate(taken.made_at))
    return TemplateResponse(request, "reports/snapshots/snapshot.html", {"found": found, "erased": erased})


@school_view(Permission.SEE_ALL_PUPILS)
def snapshot_file(request: SchoolRequest, number: int, table: str, file_format: str) -> HttpResponse:
    """One of the page's tables, whole."""
    found = snapshot_changes(request.access, _taken(request, number))
    return table_file(request, TABLES[table](found), file_format)
