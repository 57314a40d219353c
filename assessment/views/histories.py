"""The history of a pupil who comes from a school outside the partnership: what a file would bring is shown, and taken in when that is confirmed."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from assessment.forms.histories import HistoryForm, SealedHistoryForm, sealed
from assessment.imports.histories import read_judged_at, read_years
from assessment.imports.judgements import read_judgements
from assessment.services.bringing import Brought, bring_history, history_effect
from schools.access import SchoolRequest, school_view
from schools.imports.report import PROBLEMS_SHOWN, FileRefused, counted
from schools.permissions import Permission


@school_view(Permission.MOVE_PUPILS, methods=("GET", "HEAD", "POST"))
def bring_in_history(request: SchoolRequest) -> HttpResponse:
    """Which file; by POST of a file what it would bring, and by POST of what was shown its taking in."""
    if request.method != "POST":
        return _page(request, HistoryForm())
    if "content" in request.POST:
        return _take_in(request)
    form = HistoryForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    content = form.cleaned_data["file"]
    try:
        found = _brought(request, content, is_for_good=False)
    except FileRefused as refused:
        return _page(request, HistoryForm(), refused=refused, status=422)
    seal = sealed(content, urn=request.access.school.urn, by=request.user.pk)
    return _page(request, HistoryForm(), found=found, seal=seal)


def _take_in(request: SchoolRequest) -> HttpResponse:
    access = request.access
    form = SealedHistoryForm(request.POST, urn=access.school.urn, by=request.user.pk)
    if not form.is_valid():
        raise BadRequest
    try:
        found = _brought(request, form.cleaned_data["content"], is_for_good=True)
    except FileRefused as refused:
        return _page(request, HistoryForm(), refused=refused, status=422)
    years, judgements = counted(found.years, "year"), counted(found.judgements.new, "judgement")
    messages.success(request, f"Taken in: {years} and {judgements}.")
    return redirect("bring_in_history", access.school.urn, access.academic_year)


def _brought(request: SchoolRequest, content: bytes, *, is_for_good: bool) -> Brought:
    school = request.access.school
    bring = bring_history if is_for_good else history_effect
    with TemporaryDirectory() as folder:
        path = Path(folder) / "history.xlsx"
        path.write_bytes(content)
        return bring(
            school=school,
            years=read_years(path, school=school),
            judgements=lambda: (
                read_judgements(path, school=school).said,
                read_judged_at(path, school=school),
            ),
            by=request.user,
        )


def _page(
    request: SchoolRequest,
    form: HistoryForm,
    *,
    found: Brought | None = None,
    seal: str = "",
    refused: FileRefused | None = None,
    status: int = 200,
) -> HttpResponse:
    problems = refused.problems if refused else ()
    context = {
        "form": form,
        "found": found,
        "is_empty": found is not None and not found.years and not found.judgements.new,
        "seal": seal,
        "refused": refused,
        "problems": problems[:PROBLEMS_SHOWN],
        "more": max(0, len(problems) - PROBLEMS_SHOWN),
    }
    return TemplateResponse(request, "assessment/histories/bring_in.html", context, status=status)
