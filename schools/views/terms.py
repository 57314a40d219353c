from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from schools.access import SchoolRequest, school_view
from schools.calendar import TermName
from schools.forms.terms import LastDayForm, ReopenForm
from schools.permissions import Permission
from schools.queries.terms import term_lines
from schools.queries.windows import collections, open_beside
from schools.services.terms import EntryRefusedError, close_term, let_entry_end, reopen_term
from schools.views import windows


@school_view(Permission.MANAGE_TERMS, methods=("GET", "HEAD", "POST"))
def terms(request: SchoolRequest) -> HttpResponse:
    """The year's terms, and for each what can be done: closed for entry, given a last day of entry, reopened.

    For all year groups, or for one that has dates of its own; `?window=autumn-4` unfolds what can be done for one.
    """
    if request.method != "POST":
        return _page(request, {}, window=request.GET.get("window", ""))
    if request.POST.get("act") in windows.ACTS:
        return _change_window(request)
    act, term = _asked(request)
    form = act(request, term)
    if form is None:
        return redirect("terms", request.access.school.urn, request.access.academic_year)
    return _page(request, {(type(form), term): form}, status=422)


Form = LastDayForm | ReopenForm
# Gives the form back where it was refused.
Act = Callable[[SchoolRequest, TermName], Form | None]


def _asked(request: SchoolRequest) -> tuple[Act, TermName]:
    acts: dict[str, Act] = {"close": _close, "last-day": _set_last_day, "reopen": _reopen}
    terms = {term.label.lower(): term for term in TermName}
    act, term = acts.get(request.POST.get("act", "")), terms.get(request.POST.get("term", ""))
    if act is None or term is None:
        raise Http404
    return act, term


def _change_window(request: SchoolRequest) -> HttpResponse:
    line, form = windows.change(request)
    if form is not None:
        return _page(request, {}, window=line.key, of_window=form, status=422)
    there = reverse("terms", args=[request.access.school.urn, request.access.academic_year])
    return redirect(f"{there}?window={line.key}#{line.key}")


def _row(request: SchoolRequest, term: TermName) -> dict[str, Any]:
    access = request.access
    return {
        "school": access.school,
        "academic_year": access.academic_year,
        "term": term,
        "by": access.user,
    }


def _close(request: SchoolRequest, term: TermName) -> None:
    if not close_term(**_row(request, term)):
        return
    messages.success(request, f"{term.label} is closed for entry.")
    beside = open_beside(collections(request.access, timezone.localdate()), term)
    if beside:
        messages.warning(
            request,
            f"Not closed with it, because of dates of their own: {', '.join(line.name for line in beside)}. Each can be closed under {term.label}.",
        )


def _set_last_day(request: SchoolRequest, term: TermName) -> LastDayForm | None:
    form = LastDayForm(request.POST, today=timezone.localdate(), prefix=term.label.lower())
    if not form.is_valid():
        return form
    try:
        is_changed = let_entry_end(**_row(request, term), on=form.cleaned_data["on"])
    except EntryRefusedError as refusal:
        form.add_error("on", str(refusal))
        return form
    if is_changed:
        messages.success(request, f"The last day of entry of {term.label} is set.")
    return None


def _reopen(request: SchoolRequest, term: TermName) -> ReopenForm | None:
    form = ReopenForm(request.POST, prefix=term.label.lower())
    if not form.is_valid():
        return form
    try:
        is_changed = reopen_term(**_row(request, term), **form.cleaned_data)
    except EntryRefusedError as refusal:
        form.add_error("until", str(refusal))
        return form
    if is_changed:
        messages.success(request, f"{term.label} is open for entry again.")
    return None


def _page(
    request: SchoolRequest,
    refused: dict[tuple[type, TermName], Form],
    *,
    window: str = "",
    of_window: windows.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    today = timezone.localdate()
    of_year_groups = collections(request.access, today)
    lines = [
        {
            "line": line,
            "open_beside": [] if line.is_open else open_beside(of_year_groups, line.term),
            "last_day": refused.get((LastDayForm, line.term))
            or LastDayForm(initial={"on": line.entry_ends_on}, today=today, prefix=line.key),
            "reopen": refused.get((ReopenForm, line.term)) or ReopenForm(prefix=line.key),
        }
        for line in term_lines(request.access, today)
    ]
    chosen = windows.chosen(of_year_groups, window)
    context = {
        "terms": lines,
        "collections": of_year_groups,
        "chosen": chosen,
        "chosen_forms": windows.forms_of(chosen, of_window) if chosen else {},
    }
    return TemplateResponse(request, "schools/terms/terms.html", context, status=status)
