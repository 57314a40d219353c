from __future__ import annotations

from django.http import HttpResponse
from django.template.response import TemplateResponse

from schools.access import SchoolRequest, school_view
from schools.permissions import Permission
from schools.queries.people import people_of


@school_view(Permission.SEE_STAFF)
def people(request: SchoolRequest) -> HttpResponse:
    context = {
        "people": people_of(request.access),
        "grants_names": request.access.may(Permission.GRANT_NAMES),
        "sees_audit": request.access.may(Permission.SEE_AUDIT),
    }
    return TemplateResponse(request, "schools/people/people.html", context)
