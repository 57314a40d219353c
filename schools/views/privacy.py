from __future__ import annotations

from django.http import HttpResponse
from django.template.response import TemplateResponse

from schools.access import SchoolRequest, school_view
from schools.permissions import Permission


@school_view(Permission.SEE_SCHOOL)
def privacy(request: SchoolRequest) -> HttpResponse:
    """What is held and why, with the school's own contact."""
    return TemplateResponse(request, "privacy.html")
