from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from schools.access import SchoolRequest, partnerships_led, roles_by_school, school_view
from schools.models import User
from schools.permissions import Permission
from schools.queries import home as queries
from schools.row_security import own_memberships
from schools.second_step import ask_second_step
from schools.signals import first_page_shown


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where a sign-in leads: straight into the only school or partnership, else to a choice. Outside the door: it opens no school."""
    user = cast("User", request.user)
    with own_memberships(user):
        ask_second_step(user, roles_by_school(user), partnerships_led(user))
        schools = queries.school_lines(user)
    partnerships = queries.partnership_lines(user)
    if len(schools) == 1 and not partnerships:
        return redirect("school_now", schools[0].urn)
    if len(partnerships) == 1 and not schools:
        return redirect("partnership_now", partnerships[0].key)
    return TemplateResponse(
        request, "schools/home/choose_school.html", {"schools": schools, "partnerships": partnerships}
    )


@school_view(Permission.SEE_SCHOOL)
def school_now(request: SchoolRequest) -> HttpResponse:
    """The school in the running year: where links that know no year lead."""
    return redirect("school_home", request.access.school.urn, request.access.academic_year)


@school_view(Permission.SEE_SCHOOL)
def school_home(request: SchoolRequest) -> HttpResponse:
    home = queries.home(request.access, today=timezone.localdate())
    answers = first_page_shown.send(sender=None, access=request.access)
    parts = [part for _, part in answers if part]
    return TemplateResponse(request, "schools/home/home.html", {"home": home, "parts": parts})
