from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils import timezone

from reports.documents.dashboard import term_title
from reports.documents.figure_pupils import figure_pupils as pupils_of
from reports.documents.figure_pupils import figure_pupils_table
from reports.documents.tables import narrowed
from reports.documents.tiles import subject_name
from reports.forms.figures import FigurePupilsForm
from reports.views.answers import page_or_part, table_file
from schools.access import SchoolRequest, school_view
from schools.permissions import Permission


@school_view(Permission.SEE_OWN_CLASSES)
def figure_pupils(request: SchoolRequest) -> HttpResponse:
    """The pupils that a figure counts, by name."""
    filters = FigurePupilsForm(request.GET.dict(), access=request.access, today=timezone.localdate())
    scope = filters.scope()
    context = {
        "filters": filters,
        "found": pupils_of(request.access, scope, subject=filters.subject_wanted, part=filters.part_wanted),
        "subject": subject_name(filters.subject_wanted),
        "year_group": filters.year_group_wanted,
        "when": term_title(scope),
        "back_query": urlencode(filters.chosen()),
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
    found = pupils_of(request.access, scope, subject=filters.subject_wanted, part=filters.part_wanted)
    year_group, subject = filters.year_group_wanted, subject_name(filters.subject_wanted)
    whose = f"{year_group.label} {subject}" if year_group is not None else subject
    table = figure_pupils_table(found, f"{whose} pupils, {found.part.label.lower()}, {term_title(scope)}")
    return table_file(request, narrowed(table, filters.narrowed_to()), file_format)
