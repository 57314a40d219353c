from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import urlencode

from reports.job_kinds import WHOLE_SCHOOL
from schools.access import SchoolRequest, school_view
from schools.permissions import Permission
from schools.queries.jobs import jobs_of
from schools.services import jobs


@school_view(Permission.TAKE_EVERYTHING, methods=("GET", "HEAD", "POST"))
def everything_out(request: SchoolRequest) -> HttpResponse:
    """What the file holds; by POST it is asked for, by somebody who has just shown who they are."""
    access = request.access
    is_sure = did_recently_reauthenticate(request)
    if request.method == "POST":
        if not is_sure:
            return redirect(_where_to_show_who_one_is(request))
        try:
            asked = jobs.ask(
                school=access.school,
                academic_year=access.academic_year,
                kind=WHOLE_SCHOOL.code,
                arguments={},
                by=access.user,
            )
        except jobs.TooManyJobsError as error:
            messages.error(request, str(error))
        else:
            return redirect("job", access.school.urn, access.academic_year, asked.public_id)
    context = {
        "sure_url": "" if is_sure else _where_to_show_who_one_is(request),
        "asked_jobs": jobs_of(access, WHOLE_SCHOOL.code),
    }
    return TemplateResponse(request, "reports/whole_school/everything_out.html", context)


def _where_to_show_who_one_is(request: SchoolRequest) -> str:
    methods = get_adapter(request).get_reauthentication_methods(request.user)
    return f"{methods[0]['url']}?{urlencode({'next': request.path})}"
