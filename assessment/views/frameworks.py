"""The page on which a leader says by which framework of the early years a year is judged."""

from __future__ import annotations

from itertools import groupby

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from assessment.engine.subjects import EYFS_AREAS
from assessment.forms.frameworks import FrameworkForm
from assessment.queries.subjects import framework_of
from assessment.services.frameworks import FrameworkInUseError, judged_by, use_framework
from schools.access import SchoolRequest, school_view
from schools.calendar import EyfsFramework, statutory_eyfs_framework
from schools.permissions import Permission


@school_view(Permission.MANAGE_TERMS, methods=("GET", "HEAD", "POST"))
def eyfs_framework(request: SchoolRequest) -> HttpResponse:
    """Both frameworks with their areas, the year's own marked; 404 where the school has neither nursery nor Reception."""
    access = request.access
    if not access.school.has_early_years:
        raise Http404
    if request.method == "POST":
        form = FrameworkForm(request.POST)
        if not form.is_valid():
            raise Http404
        return _use(request, form.cleaned_data["framework"])
    return _page(request)


def _use(request: SchoolRequest, framework: EyfsFramework) -> HttpResponse:
    access = request.access
    try:
        is_new = use_framework(
            school=access.school, academic_year=access.academic_year, framework=framework, by=access.user
        )
    except FrameworkInUseError:
        # The page says how many judgements are in the way.
        return _page(request, status=422)
    if is_new:
        messages.success(
            request, f"{access.academic_year.label} is judged by the {framework.value} framework."
        )
    return redirect("eyfs_framework", access.school.urn, access.academic_year)


def _page(request: SchoolRequest, *, status: int = 200) -> HttpResponse:
    access = request.access
    own = framework_of(access)
    context = {
        "own": own,
        "statutory": statutory_eyfs_framework(access.academic_year),
        "held": judged_by(access.school, access.academic_year, own),
        "is_refused": status != 200,
        "frameworks": [
            (
                framework,
                [
                    (heading, next(iter(areas)).is_prime, areas)
                    for heading, areas in (
                        (heading, list(of_heading))
                        for heading, of_heading in groupby(
                            EYFS_AREAS[framework], key=lambda area: area.area_of_learning
                        )
                    )
                ],
            )
            for framework in EyfsFramework
        ],
    }
    return TemplateResponse(request, "assessment/frameworks/eyfs_framework.html", context, status=status)
