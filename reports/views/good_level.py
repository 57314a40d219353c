"""The Good Level of Development and the EYFS profile of Reception: for those who see names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from reports.documents.good_level import (
    GoodLevel,
    children_table,
    earlier_summer,
    goals_table,
    level_table,
)
from reports.documents.good_level import good_level as good_level_of
from reports.documents.profile import ProfilePage, profile_page, profile_table
from reports.documents.tables import Table
from reports.forms.profile import GoodLevelForm, ProfileForm
from reports.queries.choices import framework_to_choose_in
from reports.views.answers import figures_file, page_or_part, pupils_address
from schools.access import SchoolRequest, school_view
from schools.calendar import AcademicYear
from schools.permissions import Permission

TABLES: dict[str, Callable[[GoodLevel], Table]] = {
    "level": level_table,
    "goals": goals_table,
    "children": children_table,
}


def _filters(request: SchoolRequest) -> GoodLevelForm:
    return GoodLevelForm(request.GET.dict(), access=request.access, today=timezone.localdate())


def _good_level(request: SchoolRequest, filters: GoodLevelForm) -> GoodLevel:
    return good_level_of(
        request.access,
        filters.scope(),
        framework_to_choose_in(request.access, filters.taken),
        filters.own,
        filters.chosen(),
        beside_last_year=not filters.why_not_beside_last_year,
    )


def _profile_address(request: SchoolRequest, year: AcademicYear) -> str:
    return reverse("profile", args=[request.access.school.urn, year])


def _of_both(request: SchoolRequest, filters: GoodLevelForm) -> dict[str, Any]:
    """What both pages carry: the choices as addresses have them, and where there is a Summer to look at instead."""
    chosen = filters.chosen()
    # A snapshot of an earlier term has no Summer.
    summer = {name: value for name, value in chosen.items() if name != "snapshot"} | {"term": "summer"}
    return {
        "filters": filters,
        "query": urlencode(chosen),
        "summer_query": urlencode(summer),
        "earlier": earlier_summer(request.access, filters.scope()),
    }


@school_view(Permission.SEE_OWN_CLASSES)
def good_level(request: SchoolRequest) -> HttpResponse:
    """Who reached the Good Level of Development at the end of Reception."""
    filters = _filters(request)
    page = _good_level(request, filters)
    context = {
        **_of_both(request, filters),
        "page": page,
        "report": page.groups,
        "pupils_url": pupils_address(request),
        "levels": [(level, _profile_address(request, level.academic_year)) for level in page.years],
        "profile_url": _profile_address(request, request.access.academic_year),
    }
    return page_or_part(
        request, "reports/early_years/good_level.html", "reports/early_years/_good_level.html", context
    )


@school_view(Permission.SEE_OWN_CLASSES)
def good_level_file(request: SchoolRequest, table: str, file_format: str) -> HttpResponse:
    """One of the page's tables."""
    filters = _filters(request)
    return figures_file(request, filters, TABLES[table](_good_level(request, filters)), file_format)


def _profile(request: SchoolRequest) -> tuple[ProfileForm, ProfilePage]:
    filters = ProfileForm(request.GET.dict(), access=request.access, today=timezone.localdate())
    page = profile_page(
        request.access,
        filters.scope(),
        filters.framework,
        filters.show_wanted,
        filters.goal_wanted,
        filters.goal_part_wanted,
    )
    return filters, page


@school_view(Permission.SEE_OWN_CLASSES)
def profile(request: SchoolRequest) -> HttpResponse:
    """The profile of each child of Reception: all of them, or those behind a figure."""
    filters, page = _profile(request)
    context = {
        **_of_both(request, filters),
        "page": page,
        "files_query": urlencode(filters.chosen_profile()),
    }
    return page_or_part(
        request, "reports/early_years/profile.html", "reports/early_years/_profile.html", context
    )


@school_view(Permission.SEE_OWN_CLASSES)
def profile_file(request: SchoolRequest, file_format: str) -> HttpResponse:
    """The same table, with what a school returns beside."""
    filters, page = _profile(request)
    return figures_file(request, filters, profile_table(page), file_format)
