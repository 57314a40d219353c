from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.utils import timezone

from reports.documents.group_gaps import group_gaps_table
from reports.documents.tables import Table, narrowed
from reports.documents.year_groups import (
    YearGroupReport,
    missing_table,
    subjects_table,
    terms_table,
)
from reports.documents.year_groups import year_group_report as report_of
from reports.forms.figures import YearGroupForm
from reports.views.answers import page_or_part, pupils_address, table_file
from schools.access import SchoolRequest, school_view
from schools.calendar import YearGroup
from schools.permissions import Permission


def _gaps_table(report: YearGroupReport) -> Table:
    title = f"{report.year_group.label} groups, {report.when}"
    return group_gaps_table(report.gaps, title, by_share=report.has_shares)


TABLES: dict[str, Callable[[YearGroupReport], Table]] = {
    "subjects": subjects_table,
    "terms": terms_table,
    "groups": _gaps_table,
}


def _report(request: SchoolRequest, year_group: YearGroup) -> tuple[YearGroupForm, YearGroupReport]:
    filters = YearGroupForm(request.GET.dict(), access=request.access, today=timezone.localdate())
    report = report_of(request.access, filters.scope(), year_group, filters.last_term, filters.chosen())
    school = request.access.school
    if not report.has_pupils and not school.lowest_year_group <= year_group <= school.highest_year_group:
        raise Http404
    return filters, report


@school_view(Permission.SEE_FIGURES)
def year_group_report(request: SchoolRequest, year_group: YearGroup) -> HttpResponse:
    """A year group's subjects, its terms over the year, its groups, and what is missing."""
    filters, report = _report(request, year_group)
    context = {
        "filters": filters,
        "report": report,
        "pupils_url": pupils_address(request),
        "records": request.access.may(Permission.RECORD_JUDGEMENTS),
    }
    return page_or_part(
        request,
        "reports/year_groups/year_group.html",
        "reports/year_groups/_year_group_figures.html",
        context,
    )


@school_view(Permission.SEE_FIGURES)
def year_group_file(
    request: SchoolRequest, year_group: YearGroup, table: str, file_format: str
) -> HttpResponse:
    """One of the page's tables as it is shown to this viewer."""
    filters, report = _report(request, year_group)
    return table_file(request, narrowed(TABLES[table](report), filters.narrowed_to()), file_format)


@school_view(Permission.SEE_OWN_CLASSES)
def year_group_missing_file(request: SchoolRequest, year_group: YearGroup, file_format: str) -> HttpResponse:
    """The missing judgements, with the pupils' names."""
    filters, report = _report(request, year_group)
    return table_file(request, narrowed(missing_table(report), filters.narrowed_to()), file_format)
