from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils import timezone

from reports.documents.dashboard import term_title
from reports.documents.figure_pupils import FigurePupils, is_told_of
from reports.documents.figure_pupils import figure_pupils as pupils_of
from reports.documents.figure_pupils_table import figure_pupils_table
from reports.documents.tiles import subject_name
from reports.forms.figures import FigurePupilsForm
from reports.views.answers import figures_file, page_or_part
from schools.access import SchoolRequest, school_view
from schools.permissions import Permission


def _found(request: SchoolRequest, filters: FigurePupilsForm) -> FigurePupils:
    return pupils_of(
        request.access,
        filters.scope(),
        subject=filters.subject_wanted,
        part=filters.part_wanted,
        step=filters.step_wanted,
    )


@school_view(Permission.SEE_OWN_CLASSES)
def figure_pupils(request: SchoolRequest) -> HttpResponse:
    """The pupils that a figure counts, by name."""
    filters = FigurePupilsForm(request.GET.dict(), access=request.access, today=timezone.localdate())
    scope = filters.scope()
    context = {
        "filters": filters,
        "found": _found(request, filters),
        "step": filters.step_wanted,
        "subject": subject_name(filters.subject_wanted),
        "is_told": is_told_of(filters.subject_wanted, scope.term),
        "year_group": filters.year_group_wanted,
        "when": term_title(scope),
        "back_query": urlencode(filters.chosen()),
        "groups_query": urlencode(filters.chosen_of_groups()),
        "year_group_query": urlencode(filters.chosen_of_year_group()),
        "query": urlencode(filters.chosen_figure()),
    }
    return page_or_part(
        request,
        "reports/figure_pupils/figure_pupils.html",
        "reports/figure_pupils/_figure_pupils.html",
        context,
    )


@school_view(Permission.SEE_OWN_CLASSES)
def figure_pupils_file(request: SchoolRequest, file_format: str) -> HttpResponse:
    """The same list as a table."""
    filters = FigurePupilsForm(request.GET.dict(), access=request.access, today=timezone.localdate())
    scope = filters.scope()
    found = _found(request, filters)
    year_group, subject = filters.year_group_wanted, subject_name(filters.subject_wanted)
    whose = f"{year_group.label} {subject}" if year_group is not None else subject
    if filters.step_wanted:
        whose = f"{whose} {filters.step_wanted.code}"
    table = figure_pupils_table(found, f"{whose} pupils, {found.part.label.lower()}, {term_title(scope)}")
    return figures_file(request, filters, table, file_format)
