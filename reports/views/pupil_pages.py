from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from reports.forms.pupil_pages import PupilPagesForm
from reports.job_kinds import PUPIL_PAGES
from schools.access import SchoolRequest, school_view
from schools.permissions import Permission
from schools.queries.jobs import jobs_of
from schools.queries.terms import reporting_term
from schools.services import jobs


@school_view(Permission.SEE_OWN_CLASSES, methods=("GET", "HEAD", "POST"))
def pupil_pages(request: SchoolRequest) -> HttpResponse:
    """Ask for a page of each pupil of a class, a year group or everybody, in one file."""
    access = request.access
    term = reporting_term(access, timezone.localdate()).label.lower()
    first = {"term": term, "whom": request.GET.get("whom", "")}
    form = PupilPagesForm(request.POST if request.method == "POST" else None, access=access, initial=first)
    if form.is_bound and form.is_valid():
        try:
            asked = jobs.ask(
                school=access.school,
                academic_year=access.academic_year,
                kind=PUPIL_PAGES.code,
                arguments=form.arguments,
                by=access.user,
            )
        except jobs.TooManyJobsError as error:
            form.add_error(None, str(error))
        else:
            return redirect("job", access.school.urn, access.academic_year, asked.public_id)
    context = {"form": form, "asked_jobs": jobs_of(access, PUPIL_PAGES.code)}
    template = "reports/pupils/pupil_pages.html"
    return TemplateResponse(request, template, context, status=422 if form.errors else 200)
