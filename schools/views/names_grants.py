from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from schools.access import SchoolRequest, school_view
from schools.forms.names_grants import NamesGrantForm
from schools.models import NamesGrant
from schools.permissions import Permission
from schools.queries.names_grants import grant_lines
from schools.services.names_grants import LONGEST, end_grant, grant_names


@school_view(Permission.GRANT_NAMES, methods=("GET", "HEAD", "POST"))
def names_grants(request: SchoolRequest) -> HttpResponse:
    """Who of the partnership may see names, and what they read; by POST a grant, or its end."""
    access, today = request.access, timezone.localdate()
    if request.POST.get("act") == "end":
        grant = _grant(request)
        end_grant(grant=grant, by=request.user)
        messages.success(request, "The grant has ended. The partnership sees no names by it any more.")
        return redirect("names_grants", access.school.urn, access.academic_year)
    form = NamesGrantForm(request.POST or None, today=today, longest=LONGEST)
    is_sent = request.method == "POST"
    if is_sent and form.is_valid():
        grant_names(school=access.school, starts_on=today, by=request.user, **form.cleaned_data)
        messages.success(request, "The leads of the partnership may see names until the day you chose.")
        return redirect("names_grants", access.school.urn, access.academic_year)
    context = {"form": form, "grants": grant_lines(access.school, today)}
    return TemplateResponse(
        request, "schools/names_grants/names_grants.html", context, status=422 if is_sent else 200
    )


def _grant(request: SchoolRequest) -> NamesGrant:
    """Only its own school's; what is no id is nobody's."""
    grants = NamesGrant.objects.in_school(request.access.school)
    key = request.POST.get("grant", "")
    found: NamesGrant = get_object_or_404(grants, pk=int(key) if key.isdecimal() and len(key) < 19 else 0)
    return found
