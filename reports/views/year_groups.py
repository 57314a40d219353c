from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.utils import timezone

from assessment.engine.expectations import LAST_YEAR_GROUP
from assessment.engine.subjects import is_early_years
from reports.documents.group_gaps import group_gaps_table
from reports.documents.tables import Table, instead
from reports.documents.tiles import subject_code
from reports.documents.year_groups import (
    YearGroupReport,
    missing_table,
    subjects_table,
    terms_table,
)
from reports.documents.year_groups import year_group_report as report_of
from reports.forms.figures import YearGroupForm
from reports.queries.figures import COMBINED, GOOD_LEVEL_OF_DEVELOPMENT
from reports.views.answers import figures_file, page_or_part, pupils_address, year_before_address
from schools.access import SchoolRequest, school_view
from schools.calendar import YearGroup
from schools.permissions import Permission
from schools.services.releases import give_out


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
    report = give_out(
        lambda: report_of(request.access, filters.scope(), year_group, filters.last_term, filters.chosen()),
        school=request.access.school,
        by=request.user,
    )
    school = request.access.school
    if not report.has_pupils and not school.lowest_year_group <= year_group <= school.highest_year_group:
        raise Http404
    return filters, report


def _over_years(filters: YearGroupForm, report: YearGroupReport) -> dict[str, str]:
    """Where the page leads over the years, for those who see names: in combined, in Reception in its Good Level, before in the first area."""
    is_empty = is_early_years(report.year_group) and not report.areas
    if report.is_suppressed or is_empty or report.year_group > LAST_YEAR_GROUP:
        return {}
    first = report.areas[0].attainment.number if report.areas else COMBINED
    compared = GOOD_LEVEL_OF_DEVELOPMENT if report.good_level else first
    return {
        "over_time_in": subject_code(first),
        "compared_in": subject_code(compared),
        "over_years_query": urlencode({"term": filters.chosen()["term"]}),
    }


@school_view(Permission.SEE_FIGURES)
def year_group_report(request: SchoolRequest, year_group: YearGroup) -> HttpResponse:
    """A year group's subjects, its terms over the year, its groups, and what is missing."""
    filters, report = _report(request, year_group)
    context = {
        "filters": filters,
        "report": report,
        "pupils_url": pupils_address(request),
        "year_before_url": year_before_address(request),
        **_over_years(filters, report),
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
    return figures_file(request, filters, instead(TABLES[table](report), report.not_yet), file_format)


@school_view(Permission.SEE_OWN_CLASSES)
def year_group_missing_file(request: SchoolRequest, year_group: YearGroup, file_format: str) -> HttpResponse:
    """The missing judgements, with the pupils' names."""
    filters, report = _report(request, year_group)
    return figures_file(request, filters, missing_table(report), file_format)
