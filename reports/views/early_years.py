"""Nursery and Reception: the overview, one area step by step, and the children from entry until now.

For those who see names, so that nothing is held back: teachers of their own children.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from reports.documents.aspects import Aspects, aspects, aspects_table
from reports.documents.cohorts import CohortOverTime, cohort_over_time
from reports.documents.cohorts_table import cohort_table
from reports.documents.early_years import EarlyYearsTerm, areas_table, entry_table
from reports.documents.early_years import early_years as early_years_of
from reports.documents.early_years_children import entry_children, entry_children_table
from reports.documents.group_report import GroupReport, group_report, groups_table
from reports.documents.tables import Table
from reports.documents.tiles import subject_code, subject_name
from reports.forms.early_years import AspectsForm, EarlyYearsForm, EntryChildrenForm
from reports.queries.scope import Measure
from reports.views.answers import figures_file, page_or_part, pupils_address
from reports.views.cohorts import over_time_chart
from schools.access import SchoolRequest, school_view
from schools.calendar import AcademicYear, EyfsFramework
from schools.models import SchoolYear
from schools.permissions import Permission


def _filters(request: SchoolRequest) -> EarlyYearsForm:
    return EarlyYearsForm(request.GET.dict(), access=request.access, today=timezone.localdate())


def _term(request: SchoolRequest, filters: EarlyYearsForm) -> EarlyYearsTerm:
    return early_years_of(request.access, filters.scope(), filters.framework, filters.chosen())


def _groups(request: SchoolRequest, filters: EarlyYearsForm) -> GroupReport:
    """All groups side by side, whatever group the rest of the page is narrowed to."""
    scope = filters.scope()
    scope = replace(scope, filters=replace(scope.filters, group=None, crossed_with=None))
    return group_report(
        request.access, scope, filters.subject_wanted, filters.own, None, filters.chosen_of_groups()
    )


def _cohort(request: SchoolRequest, filters: EarlyYearsForm) -> CohortOverTime | None:
    """The same children since nursery entry; None of several year groups together, and of a snapshot, which is of one year."""
    year_group = filters.year_group_wanted
    if year_group is None or filters.taken:
        return None
    return cohort_over_time(request.access, filters.scope(), year_group, filters.subject_wanted)


def _cohort_of_file(request: SchoolRequest, filters: EarlyYearsForm) -> Table:
    if not filters.year_groups:
        return Table("The same children over time", ("At the end of",), [])
    shown = _cohort(request, filters)
    if shown is None:
        raise Http404
    return cohort_table(shown)


TABLES: dict[str, Callable[[SchoolRequest, EarlyYearsForm], Table]] = {
    "areas": lambda request, filters: areas_table(_term(request, filters)),
    "groups": lambda request, filters: groups_table(_groups(request, filters)),
    "entry": lambda request, filters: entry_table(_term(request, filters)),
    "cohort": _cohort_of_file,
}


@school_view(Permission.SEE_OWN_CLASSES)
def early_years(request: SchoolRequest) -> HttpResponse:
    """Nursery or Reception in a term."""
    filters = _filters(request)
    context: dict[str, Any] = {"filters": filters, "shown": None}
    if filters.year_groups:
        shown = _term(request, filters)
        context["shown"] = shown
        if shown.has_judgements:
            context |= _further(request, filters)
    return page_or_part(
        request,
        "reports/early_years/early_years.html",
        "reports/early_years/_early_years.html",
        context | _links(request, filters),
    )


def _further(request: SchoolRequest, filters: EarlyYearsForm) -> dict[str, Any]:
    """The groups, and the way from nursery where it is told."""
    access, year_group = request.access, filters.year_group_wanted
    code = subject_code(filters.subject_wanted)
    context: dict[str, Any] = {"report": _groups(request, filters), "cohort": _cohort(request, filters)}
    if context["cohort"] is not None:
        at = [access.school.urn, access.academic_year, year_group, code]
        context["cohort_url"] = reverse("cohort", args=at)
        context["there"] = reverse("cohort_figure", args=at)
        chart = over_time_chart(context["cohort"])
        context |= {"chart": chart, "svg": SafeString(chart.svg) if chart else ""}
    return context


def _links(request: SchoolRequest, filters: EarlyYearsForm) -> dict[str, Any]:
    return {
        "pupils_url": pupils_address(request),
        "area": subject_name(filters.subject_wanted),
        "area_code": subject_code(filters.subject_wanted),
        "query": urlencode(filters.chosen()),
        "groups_query": urlencode(
            {**filters.chosen_of_groups(), "subject": subject_code(filters.subject_wanted)}
        ),
        "page_query": urlencode(filters.chosen_of_page()),
        "tabs_query": urlencode(filters.chosen_of_tabs()),
    }


@school_view(Permission.SEE_OWN_CLASSES)
def early_years_file(request: SchoolRequest, table: str, file_format: str) -> HttpResponse:
    """One of the page's tables as it is shown."""
    filters = _filters(request)
    return figures_file(request, filters, TABLES[table](request, filters), file_format)


def _entry(request: SchoolRequest) -> dict[str, Any]:
    filters = EntryChildrenForm(request.GET.dict(), access=request.access, today=timezone.localdate())
    shown = _term(request, filters)
    line = shown.entry_of(subject_code(filters.subject_wanted))
    if line is None:
        raise Http404
    part = filters.part_wanted
    return {
        "filters": filters,
        "shown": shown,
        "line": line,
        "wanted": part,
        "found": entry_children(request.access, shown, line, part),
    }


@school_view(Permission.SEE_OWN_CLASSES)
def early_years_children(request: SchoolRequest) -> HttpResponse:
    """The children of one number from entry until now, by name."""
    context = _entry(request)
    return page_or_part(
        request,
        "reports/early_years/children.html",
        "reports/early_years/_children.html",
        context | _links(request, context["filters"]),
    )


@school_view(Permission.SEE_OWN_CLASSES)
def early_years_children_file(request: SchoolRequest, file_format: str) -> HttpResponse:
    """The same list as a table."""
    context = _entry(request)
    shown, line = context["shown"], context["line"]
    title = f"{shown.whose} {line.area.name} children {context['wanted'].label}, {shown.when}"
    table = entry_children_table(context["found"], title)
    return figures_file(request, context["filters"], table, file_format)


def _frameworks(request: SchoolRequest, filters: AspectsForm) -> dict[AcademicYear, EyfsFramework]:
    """Of each year that the school holds; of the one in view as its figures have it."""
    years = SchoolYear.objects.in_school(request.access.school).values_list("academic_year", "eyfs_framework")
    opened = set(request.access.opened_years)
    found = {AcademicYear(year): EyfsFramework(framework) for year, framework in years if year in opened}
    return {**found, request.access.academic_year: filters.framework}


def _aspects(request: SchoolRequest, filters: AspectsForm) -> Aspects:
    scope = replace(filters.scope(), measure=Measure.YEAR)
    return aspects(
        request.access,
        scope,
        filters.subject_wanted,
        _frameworks(request, filters),
        filters.chosen(),
        over_years=filters.over_years,
    )


@school_view(Permission.SEE_OWN_CLASSES)
def aspect_analysis(request: SchoolRequest) -> HttpResponse:
    """How many children stand at each step of the scale in one area, term beside term or year beside year."""
    filters = AspectsForm(request.GET.dict(), access=request.access, today=timezone.localdate())
    shown = _aspects(request, filters) if filters.year_groups else None
    context = {
        "filters": filters,
        "shown": shown,
        **_links(request, filters),
    }
    return page_or_part(
        request, "reports/early_years/aspects.html", "reports/early_years/_aspects.html", context
    )


@school_view(Permission.SEE_OWN_CLASSES)
def aspect_analysis_file(request: SchoolRequest, file_format: str) -> HttpResponse:
    """The same as a table."""
    filters = AspectsForm(request.GET.dict(), access=request.access, today=timezone.localdate())
    return figures_file(request, filters, aspects_table(_aspects(request, filters)), file_format)
