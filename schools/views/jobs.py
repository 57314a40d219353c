from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header

from schools.access import SchoolRequest, school_view
from schools.audit import tell
from schools.permissions import Permission
from schools.queries.jobs import AskedJob, file_of, job_of
from schools.services import jobs

_ACTS = {"cancel": jobs.cancel, "again": jobs.ask_again}


@school_view(Permission.SEE_SCHOOL, methods=("GET", "HEAD", "POST"))
def job(request: SchoolRequest, job_id: uuid.UUID) -> HttpResponse:
    """How far something is that this person asked for; by POST it is cancelled, or asked for again."""
    asked = _asked(request, job_id)
    if request.method == "POST":
        act = _ACTS.get(request.POST.get("act", ""))
        if act is None:
            return HttpResponseBadRequest()
        try:
            act(job=asked.job, by=request.user)
        except jobs.TooManyJobsError as error:
            messages.error(request, str(error))
        return redirect(request.path)
    is_part = request.htmx and not request.htmx.history_restore_request
    seen = request.GET.get("seen", "")
    if is_part and seen == asked.mark:
        # Nothing to tell, and nothing for a screen reader to say again.
        return HttpResponse(status=204)
    template = "schools/jobs/_job.html" if is_part else "schools/jobs/job.html"
    # Page after page is not worth interrupting a reader: a new stage is.
    is_news = is_part and seen.partition("-")[0] != asked.stage
    response = TemplateResponse(request, template, {"asked": asked, "is_news": is_news})
    patch_vary_headers(response, ["HX-Request"])
    return response


@school_view(Permission.SEE_SCHOOL)
def job_file(request: SchoolRequest, job_id: uuid.UUID) -> HttpResponse:
    """The finished file, to whoever asked for it."""
    made = file_of(request.access, job_id)
    if made is None:
        raise Http404
    tell(request, pupils=made.pupils)
    header = content_disposition_header(as_attachment=True, filename=made.name)
    return HttpResponse(
        made.content, content_type=made.content_type, headers={"Content-Disposition": str(header)}
    )


def _asked(request: SchoolRequest, job_id: uuid.UUID) -> AskedJob:
    asked = job_of(request.access, job_id)
    if asked is None:
        raise Http404
    return asked
