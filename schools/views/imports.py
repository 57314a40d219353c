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

from schools.access import SchoolRequest, school_view
from schools.audit import tell
from schools.forms.imports import BringForm, ConfirmForm, LookAgainForm, columns_said, same_said
from schools.forms.previews import seal, was_shown
from schools.import_kinds import kind_of
from schools.models import ImportState
from schools.permissions import Permission
from schools.queries.import_runs import RunPage, columns_of, names_of, run_of, runs_of
from schools.queries.taking_back import preview_of
from schools.services import import_runs
from schools.services.import_runs import Answers, NotWaitingError, chosen_columns, pupils_in
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
    response = TemplateResponse(
        request, "schools/imports/_progress.html", {"page": page, "asked": asked, "is_news": is_news}
    )
    patch_vary_headers(response, ["HX-Request"])
    return response


def _page(
    request: SchoolRequest, page: RunPage, form: ConfirmForm | None, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "page": page,
        "shown": page.shown,
        "sealed": seal(page.paper.shown),
        "form": form,
    }
    context |= {"asked": page.asked, "step": _STEPS[page.state]}
    if page.state is ImportState.SHOWN:
        context |= _waiting(request, page)
    if page.state is ImportState.DONE:
        context |= _preview_of_undo(request, page)
    if not context.get("at_columns") and (
        rows := page.rows(request.GET.get("show", ""), request.GET.get("page", ""))
    ):
        context |= {"rows_title": rows[0], "page_obj": rows[1], "show": request.GET["show"]}
    tell(request, pupils=pupils_in(page.paper.shown))
    response = TemplateResponse(request, _PAGE, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


# Of the four that a file goes through: file, columns, changes, report.
_STEPS = {
    ImportState.LOOKING: 2,
    ImportState.SHOWN: 3,
    ImportState.TAKING: 3,
    ImportState.DONE: 4,
    ImportState.GIVEN_UP: 0,
}


def _waiting(request: SchoolRequest, page: RunPage) -> dict[str, Any]:
    """Of a file that was read: its columns first where one is new to the school, or some are missing; then what it changes."""
    said, columns = Answers.from_data(page.paper.asked), columns_of(request.access, page)
    is_new = bool(page.kind.fields) and any(column.state == "new" for column in columns)
    lacks = bool(page.paper.shown.get("refused")) and not page.paper.shown.get("problems")
    wanted = request.GET.get("step", "columns" if is_new or lacks else "changes")
    at_columns = wanted == "columns" and bool(columns)
    return {
        "columns": columns,
        "at_columns": at_columns,
        "step": 2 if at_columns else 3,
        "known_columns": sum(bool(column.field) for column in columns),
        "fields": sorted(page.kind.fields.items(), key=lambda each: each[1]),
        "same_before": len(said.same),
    }


def _preview_of_undo(request: SchoolRequest, page: RunPage) -> dict[str, Any]:
    if "back" not in request.GET or not page.run.change or page.taken_back_by:
        return {}
    preview = preview_of(page.run.change)
    obstacles = [(each, names_of(request.access, each)) for each in preview.obstacles]
    return {"preview": preview, "obstacles": obstacles}


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
    if not form.is_valid() or not was_shown(request.POST.get("shown"), shown):
        return _anew(request, page)
    before = Answers.from_data(page.paper.asked).same
    try:
        import_runs.look_again(
            access=request.access,
            run=page.run,
            columns=columns_said(
                request.POST, shown, page.kind.fields, chosen_columns(request.access.school, page.run.kind)
            ),
            same=same_said(request.POST, shown, {} if "forget" in request.POST else before),
            update=form.cleaned_data["update"],
            is_whole=form.cleaned_data["is_whole"] and page.kind.asks_whole,
        )
    except (NotWaitingError, TooManyJobsError) as error:
        return _not_now(request, page, error)
    return redirect(f"{request.path}?step=changes")


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
    messages.success(request, "The file is removed. Nothing was imported.")
    return redirect("imports", request.access.school.urn, request.access.academic_year)


def _wait(request: SchoolRequest, page: RunPage) -> HttpResponse:
    if not page.is_elsewhere and (page.asked is None or not page.asked.is_open):
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
