from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils import timezone

from reports.documents.dashboard import attainment_table, progress_table
from reports.documents.dashboard import dashboard as dashboard_of
from reports.documents.tables import narrowed
from reports.forms.figures import FigureFilterForm
from reports.views.answers import page_or_part, pupils_address, table_file
from schools.access import SchoolRequest, school_view
from schools.permissions import Permission

TABLES = {"attainment": attainment_table, "progress": progress_table}


@school_view(Permission.SEE_FIGURES)
def dashboard(request: SchoolRequest) -> HttpResponse:
    """This term, the whole school: a tile for each year group and subject."""
    filters = FigureFilterForm(request.GET.dict(), access=request.access, today=timezone.localdate())
    context = {
        "filters": filters,
        "shown": dashboard_of(filters.scope(), filters.chosen()),
        "year_group_query": urlencode(filters.chosen_of_year_group()),
        "pupils_url": pupils_address(request),
        "sees_everybody": request.access.may(Permission.SEE_ALL_PUPILS),
        "makes_packs": request.access.may(Permission.MAKE_PACK),
        "reviews_signs": request.access.may(Permission.REVIEW_SIGNS),
    }
    return page_or_part(
        request, "reports/dashboard/dashboard.html", "reports/dashboard/_dashboard_figures.html", context
    )


@school_view(Permission.SEE_FIGURES)
def dashboard_file(request: SchoolRequest, table: str, file_format: str) -> HttpResponse:
    """One of the dashboard's tables as it is shown to this viewer."""
    filters = FigureFilterForm(request.GET.dict(), access=request.access, today=timezone.localdate())
    shown = dashboard_of(filters.scope(), filters.chosen())
    return table_file(request, narrowed(TABLES[table](shown), filters.narrowed_to()), file_format)
