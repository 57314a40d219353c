from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils import timezone

from assessment.engine.expectations import FIRST_YEAR_GROUP, LAST_YEAR_GROUP
from assessment.queries.baseline_desk import Counted, year_one_without
from reports.documents.dashboard import Dashboard, attainment_table, progress_table
from reports.documents.dashboard import dashboard as dashboard_of
from reports.documents.tables import instead
from reports.forms.figures import FigureFilterForm
from reports.views.answers import figures_file, page_or_part, pupils_address, year_before_address
from schools.access import SchoolRequest, school_view
from schools.calendar import YearGroup
from schools.permissions import Permission
from schools.services.releases import give_out

TABLES = {"attainment": attainment_table, "progress": progress_table}


def _over_years(request: SchoolRequest) -> YearGroup | None:
    """The year group that the pages over the years open with: the oldest of which something is expected; None for those who see no names."""
    oldest = YearGroup(min(request.access.school.highest_year_group, LAST_YEAR_GROUP))
    sees = request.access.may(Permission.SEE_OWN_CLASSES)
    return oldest if sees and oldest >= FIRST_YEAR_GROUP else None


def _without_baseline(request: SchoolRequest, filters: FigureFilterForm) -> Counted | None:
    """Of all of Year 1 in sight; of nobody where the figures are of some of them, of a snapshot, or for those who see no names."""
    if filters.whom() or filters.taken or not request.access.may(Permission.SEE_OWN_CLASSES):
        return None
    return year_one_without(request.access, today=timezone.localdate())


def _shown(request: SchoolRequest, filters: FigureFilterForm, *, tells_why: bool) -> Dashboard:
    return give_out(
        lambda: dashboard_of(filters.scope(), filters.chosen(), tells_why=tells_why),
        school=request.access.school,
        by=request.user,
    )


@school_view(Permission.SEE_FIGURES)
def dashboard(request: SchoolRequest) -> HttpResponse:
    """This term, the whole school: a tile for each year group and subject."""
    filters = FigureFilterForm(request.GET.dict(), access=request.access, today=timezone.localdate())
    context = {
        "filters": filters,
        "shown": _shown(request, filters, tells_why=filters.is_table),
        "year_group_query": urlencode(filters.chosen_of_year_group()),
        "early_years_query": urlencode(filters.chosen_of_early_years()),
        "pupils_url": pupils_address(request),
        "over_years": _over_years(request),
        "baselines": _without_baseline(request, filters),
        "year_before_url": year_before_address(request),
        "sees_everybody": request.access.may(Permission.SEE_ALL_PUPILS),
        "makes_packs": request.access.may(Permission.MAKE_PACK),
        "sees_partnership": request.access.may(Permission.SEE_PARTNERSHIP),
        "reviews_signs": request.access.may(Permission.REVIEW_SIGNS),
    }
    return page_or_part(
        request, "reports/dashboard/dashboard.html", "reports/dashboard/_dashboard_figures.html", context
    )


@school_view(Permission.SEE_FIGURES)
def dashboard_file(request: SchoolRequest, table: str, file_format: str) -> HttpResponse:
    """One of the dashboard's tables as it is shown to this viewer."""
    filters = FigureFilterForm(request.GET.dict(), access=request.access, today=timezone.localdate())
    shown = _shown(request, filters, tells_why=True)
    return figures_file(request, filters, instead(TABLES[table](shown), shown.not_yet), file_format)
