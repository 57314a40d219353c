from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString

from reports.charts import SCREEN, GapBar, gap_chart
from reports.documents.group_report import (
    GroupReport,
    crossed_table,
    groups_table,
    overlaps_table,
)
from reports.documents.group_report import group_report as report_of
from reports.documents.tables import instead
from reports.documents.told_groups import ToldGroups, told_groups, told_groups_table
from reports.forms.groups import GroupsForm
from reports.views.answers import figures_file, page_or_part, pupils_address, year_before_address
from schools.access import SchoolRequest, school_view
from schools.bands import in_words
from schools.permissions import Permission
from schools.services.releases import give_out

TABLES = {"groups": groups_table, "overlaps": overlaps_table, "crossed": crossed_table}


def _filters(request: SchoolRequest) -> GroupsForm:
    return GroupsForm(request.GET.dict(), access=request.access, today=timezone.localdate())


def _report(request: SchoolRequest, filters: GroupsForm) -> GroupReport:
    return report_of(
        request.access,
        filters.scope(),
        filters.subject_wanted,
        filters.own,
        filters.crossed,
        filters.chosen_figures(),
    )


def _told(request: SchoolRequest, filters: GroupsForm) -> ToldGroups:
    return give_out(lambda: told_groups(filters.scope()), school=request.access.school, by=request.user)


@school_view(Permission.SEE_FIGURES)
def group_report(request: SchoolRequest) -> HttpResponse:
    """Groups beside those they are compared with; to whoever sees no names what the governors' pack tells of them."""
    filters = _filters(request)
    context: dict[str, Any] = {"filters": filters, "pupils_url": pupils_address(request)}
    context["dashboard_query"] = urlencode(filters.chosen_of_dashboard())
    if filters.scope().small_count:
        context |= {"told": _told(request, filters), "year_before_url": year_before_address(request)}
    else:
        report = _report(request, filters)
        context |= {"report": report, "charts": _charts(report)}
    return page_or_part(request, "reports/groups/groups.html", "reports/groups/_groups_figures.html", context)


def _charts(report: GroupReport) -> list[Any]:
    """One of attainment and one of progress: each group's share beside that of the one it is compared with."""
    # Of a small group a share says little; where all are small there is nothing else to draw.
    pairs = report.large or report.pairs
    attainment = [
        GapBar(pair.group.name, pair.comparator.name, pair.group.share, pair.comparator.share)
        for pair in pairs
    ]
    progress = [
        GapBar(
            pair.group.name, pair.comparator.name, pair.group.progress_share, pair.comparator.progress_share
        )
        for pair in pairs
    ]
    drawn = []
    for has, bars, identity, title in (
        (report.has_shares, attainment, "at-or-above", f"{in_words('At or above')} in {report.subject}"),
        (report.has_progress, progress, "progress", f"Expected progress or more in {report.subject}"),
    ):
        if has and bars:
            chart = gap_chart(bars, identity=f"groups-{identity}", title=title, palette=SCREEN)
            drawn.append({"chart": chart, "svg": SafeString(chart.svg), "title": title})
    return drawn


@school_view(Permission.SEE_FIGURES)
def group_report_file(request: SchoolRequest, file_format: str) -> HttpResponse:
    """The groups as they are shown to this viewer."""
    filters = _filters(request)
    if filters.scope().small_count:
        told = _told(request, filters)
        return figures_file(request, filters, instead(told_groups_table(told), told.not_yet), file_format)
    return _file(request, filters, "groups", file_format)


@school_view(Permission.SEE_OWN_CLASSES)
def group_report_part_file(request: SchoolRequest, table: str, file_format: str) -> HttpResponse:
    """The overlaps, or the two groups that are crossed: for those who see names."""
    return _file(request, _filters(request), table, file_format)


def _file(request: SchoolRequest, filters: GroupsForm, table: str, file_format: str) -> HttpResponse:
    shown = TABLES[table](_report(request, filters))
    return figures_file(request, filters, shown, file_format)
