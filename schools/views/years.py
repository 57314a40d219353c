from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from schools.access import SchoolRequest, school_view
from schools.permissions import Permission
from schools.queries.years import next_year_of
from schools.services.years import open_year


@school_view(Permission.MANAGE_TERMS, methods=("GET", "HEAD", "POST"))
def next_year(request: SchoolRequest) -> HttpResponse:
    """Which year comes next, and what it begins with; by POST it is opened."""
    access = request.access
    following = next_year_of(access, timezone.localdate())
    asked = request.POST.get("year")
    if following and asked == following.year.slug:
        open_year(school=access.school, academic_year=following.year, by=access.user)
        messages.success(request, f"{following.year.label} is open. Set its dates, and have its roll loaded.")
        return redirect("terms", access.school.urn, following.year)
    is_stale = request.method == "POST"
    context = {"following": following, "latest": max(access.opened_years), "is_stale": is_stale}
    return TemplateResponse(request, "schools/terms/next_year.html", context, status=422 if is_stale else 200)
