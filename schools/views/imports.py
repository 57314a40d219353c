"""Files that come in on a page: brought, looked at, confirmed, kept as a report, taken back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header

from schools.access import SchoolRequest, school_view
from schools.audit import tell
from schools.forms.imports import BringForm, ConfirmForm, LookAgainForm, columns_said, same_said
from schools.forms.previews import seal, was_shown
from schools.import_kinds import kind_of
from schools.imports.import_jobs import report_csv
from schools.models import ImportState
from schools.permissions import Permission
from schools.queries.import_runs import RunPage, names_of, run_of, runs_of
from schools.queries.taking_back import preview_of
from schools.services import import_runs
from schools.services.import_runs import Answers, NotWaitingError, pupils_in
from schools.services.jobs import TooManyJobsError
from schools.services.taking_back import NotTaken

_PAGE = "schools/imports/import_run.html"


@school_view(Permission.IMPORT_FILES, methods=("GET", "HEAD", "POST"))
def imports(request: SchoolRequest) -> HttpResponse:
    """The field for a file, and what was taken in so far; by POST a file is kept, and the worker asked what it would change."""
    access = request.access
    if request.method != "POST":
        return _list(request, BringForm(access=access))
    form = BringForm(request.POST, request.FILES, access=access)
    if form.is_valid() and (kind := kind_of(form.cleaned_data["kind"])):
        file = form.cleaned_data["file"]
        try:
            run = import_runs.bring(
                access=access,
                kind=kind,
                academic_year=form.cleaned_data["academic_year"],
                update=form.cleaned_data["update"],
                is_whole=form.cleaned_data["is_whole"],
                file_name=str(file.name),
                content=file.read(),
            )
        except TooManyJobsError as error:
            form.add_error(None, str(error))
        else:
            return redirect("import_run", access.school.urn, access.academic_year, run.public_id)
    return _list(request, form, status=422)


def _list(request: SchoolRequest, form: BringForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "runs": runs_of(request.access)}
    return TemplateResponse(request, "schools/imports/imports.html", context, status=status)


@school_view(Permission.IMPORT_FILES, methods=("GET", "HEAD", "POST"))
def import_run(request: SchoolRequest, import_id: uuid.UUID) -> HttpResponse:
    """One file: how far it is, what it would change, what it changed. By POST what is done with it."""
    page = _run(request, import_id)
    if request.method == "POST":
        act = _ACTS.get(request.POST.get("act", ""))
        return act(request, page) if act else HttpResponseBadRequest()
    if request.htmx and not request.htmx.history_restore_request:
        return _how_far(request, page)
    return _page(request, page, None)


def _how_far(request: SchoolRequest, page: RunPage) -> HttpResponse:
    """The part of the page that asks by itself; when the worker has ended, the whole page."""
    asked = page.asked
    if not (page.is_at_work and asked and asked.is_open):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    seen = request.GET.get("seen", "")
    if seen == asked.mark:
        return HttpResponse(status=204)
    is_news = seen.partition("-")[0] != asked.stage
    response = TemplateResponse(request, "schools/jobs/_job.html", {"asked": asked, "is_news": is_news})
    patch_vary_headers(response, ["HX-Request"])
    return response


def _page(
    request: SchoolRequest, page: RunPage, form: ConfirmForm | None, *, status: int = 200, **context: Any
) -> HttpResponse:
    if "back" in request.GET and page.run.change and not page.taken_back_by:
        preview = preview_of(page.run.change)
        context["preview"] = preview
        context["obstacles"] = [(each, names_of(request.access, each)) for each in preview.obstacles]
    said = Answers.from_data(page.paper.asked)
    context |= {
        "page": page,
        "shown": page.shown,
        "sealed": seal(page.paper.shown),
        "asked": page.asked,
        "fields": sorted(page.kind.fields.items(), key=lambda each: each[1]) if page.kind else (),
        "form": form,
        "said": said,
        "same_before": len(said.same),
    }
    tell(request, pupils=pupils_in(page.paper.shown))
    response = TemplateResponse(request, _PAGE, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _run(request: SchoolRequest, import_id: uuid.UUID) -> RunPage:
    page = run_of(request.access, import_id)
    if page is None:
        raise Http404
    return page


def _back(request: SchoolRequest, page: RunPage) -> HttpResponse:
    access = request.access
    return redirect("import_run", access.school.urn, access.academic_year, page.public_id)


def _anew(request: SchoolRequest, page: RunPage) -> HttpResponse:
    messages.error(request, "This is no longer what was shown. Nothing was saved: look at it again.")
    return _back(request, page)


def _look(request: SchoolRequest, page: RunPage) -> HttpResponse:
    form, shown = LookAgainForm(request.POST), page.paper.shown
    if page.kind is None or not form.is_valid() or not was_shown(request.POST.get("shown"), shown):
        return _anew(request, page)
    before = Answers.from_data(page.paper.asked).same
    try:
        import_runs.look_again(
            access=request.access,
            run=page.run,
            columns=columns_said(request.POST, shown, page.kind.fields),
            same=same_said(request.POST, shown, {} if "forget" in request.POST else before),
            update=form.cleaned_data["update"],
            is_whole=form.cleaned_data["is_whole"] and page.kind.asks_whole,
        )
    except (NotWaitingError, TooManyJobsError) as error:
        return _not_now(request, page, error)
    return _back(request, page)


def _confirm(request: SchoolRequest, page: RunPage) -> HttpResponse:
    shown = page.paper.shown
    if not was_shown(request.POST.get("shown"), shown) or shown.get("refused") or shown.get("questions"):
        return _anew(request, page)
    form = ConfirmForm(request.POST, shown=shown)
    if not form.is_valid():
        return _page(request, page, form, status=422)
    try:
        same = Answers.from_data(page.paper.asked).same
        import_runs.confirm(access=request.access, run=page.run, answers=form.answers(same))
    except (NotWaitingError, TooManyJobsError) as error:
        return _not_now(request, page, error)
    return _back(request, page)


def _not_now(request: SchoolRequest, page: RunPage, error: Exception) -> HttpResponse:
    if isinstance(error, TooManyJobsError):
        messages.error(request, str(error))
        return _back(request, page)
    return _anew(request, page)


def _give_up(request: SchoolRequest, page: RunPage) -> HttpResponse:
    try:
        import_runs.give_up(run=page.run, by=request.user)
    except NotWaitingError as error:
        return _not_now(request, page, error)
    messages.success(request, "The file was not taken in, and is removed.")
    return redirect("imports", request.access.school.urn, request.access.academic_year)


def _wait(request: SchoolRequest, page: RunPage) -> HttpResponse:
    if page.asked is None or not page.asked.is_open:
        try:
            import_runs.back_to_shown(run=page.run, by=request.user)
        except NotWaitingError as error:
            return _not_now(request, page, error)
    return _back(request, page)


def _take_back(request: SchoolRequest, page: RunPage) -> HttpResponse:
    if page.state is not ImportState.DONE:
        return _anew(request, page)
    done = import_runs.take_run_back(run=page.run, by=request.user)
    if isinstance(done, NotTaken):
        messages.error(request, "Nothing was taken back. What stands in the way is said below.")
        return redirect(f"{request.path}?back=1")
    messages.success(request, "The import is taken back. Everything it changed is as it was before.")
    return _back(request, page)


_ACTS: dict[str, Callable[[SchoolRequest, RunPage], HttpResponse]] = {
    "look": _look,
    "confirm": _confirm,
    "give-up": _give_up,
    "wait": _wait,
    "take-back": _take_back,
}


@school_view(Permission.IMPORT_FILES)
def import_report(request: SchoolRequest, import_id: uuid.UUID) -> HttpResponse:
    """Everything that was found, row by row, as CSV."""
    page = _run(request, import_id)
    if not page.paper.shown:
        raise Http404
    tell(request, pupils=pupils_in(page.paper.shown))
    header = content_disposition_header(as_attachment=True, filename=f"import-{page.run.kind}.csv")
    return HttpResponse(
        report_csv(page.paper.shown),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": str(header)},
    )
