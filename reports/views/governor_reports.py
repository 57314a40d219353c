from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from reports.charts import SCREEN
from reports.documents.governor_release import GivenOut, pack_to_give_out
from reports.documents.governor_report import GovernorReport
from reports.exports.excel import to_xlsx_sheets
from reports.exports.governor_report import drawn, file_name, tables
from reports.exports.pdf import governor_report_pdf
from reports.forms.governor_reports import PackForm, TermForm
from reports.job_kinds import PACK
from reports.queries.scope import Scope
from reports.views.answers import year_before_address
from schools.access import SchoolRequest, school_view
from schools.calendar import TermName
from schools.permissions import Permission
from schools.queries.jobs import jobs_of
from schools.services import jobs
from schools.services.releases import give_out


@school_view(Permission.MAKE_PACK, methods=("GET", "HEAD", "POST"))
def governors_pack(request: SchoolRequest) -> HttpResponse:
    """The pack to read, the same for everybody who may make it; by POST a file of it is asked for."""
    term, access = _term(request), request.access
    # Whoever sees no names is outside of what small numbers are held back from: to be shown it is to be given it.
    given = _decided(request, term) if access.may(Permission.SEE_ALL_PUPILS) else _given_out(request, term)
    form = PackForm(
        request.POST if request.method == "POST" else None,
        access=access,
        term=term,
        given_out_on=given.held_from,
    )
    if form.is_bound and form.is_valid():
        try:
            asked = jobs.ask(
                school=access.school,
                academic_year=access.academic_year,
                kind=PACK.code,
                arguments=form.arguments,
                by=access.user,
            )
        except jobs.TooManyJobsError as error:
            form.add_error(None, str(error))
        else:
            return redirect("job", access.school.urn, access.academic_year, asked.public_id)
    context = {
        "pack": given.pack,
        "is_held": given.is_held,
        "given_from": given.given_from,
        "not_yet": given.not_yet,
        "year_before_url": year_before_address(request),
        "judgements_apart": given.judgements_apart,
        "drawn": drawn(given.pack, SCREEN),
        "form": form,
        "term": term,
        "terms": list(TermName),
        "asked_jobs": jobs_of(access, PACK.code),
    }
    template = "reports/governor_reports/governors_pack.html"
    return TemplateResponse(request, template, context, status=422 if form.errors else 200)


@school_view(Permission.MAKE_PACK)
def governors_pack_pdf(request: SchoolRequest) -> HttpResponse:
    """All of it at once as a tagged PDF, without waiting for the worker."""
    given = _given_out(request, _term(request))
    if given.not_yet:
        return _page_that_says_so(request)
    return _download(given.pack, governor_report_pdf(given.pack), "pdf", "application/pdf")


@school_view(Permission.MAKE_PACK)
def governors_pack_xlsx(request: SchoolRequest) -> HttpResponse:
    """The same figures, a sheet for each table."""
    given = _given_out(request, _term(request))
    if given.not_yet:
        return _page_that_says_so(request)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _download(given.pack, to_xlsx_sheets(tables(given.pack)), "xlsx", kind)


def _term(request: SchoolRequest) -> TermName:
    return TermForm(request.GET).chosen(request.access, today=timezone.localdate())


def _decided(request: SchoolRequest, term: TermName) -> GivenOut:
    access = request.access
    scope = Scope(schools=(access.school,), academic_year=access.academic_year, term=term, viewer=access)
    return pack_to_give_out(scope, made_on=timezone.localdate())


def _given_out(request: SchoolRequest, term: TermName) -> GivenOut:
    return give_out(lambda: _decided(request, term), school=request.access.school, by=request.user)


def _page_that_says_so(request: SchoolRequest) -> HttpResponse:
    """The term is not over, and nothing of it was given out: the page says from when there is a pack."""
    access, term = request.access, _term(request)
    page = reverse("governors_pack", args=[access.school.urn, access.academic_year])
    return redirect(f"{page}?term={term.label.lower()}")


def _download(pack: GovernorReport, content: bytes, ending: str, kind: str) -> HttpResponse:
    header = content_disposition_header(as_attachment=True, filename=file_name(pack, ending))
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": str(header)})
