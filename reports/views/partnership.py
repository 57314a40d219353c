from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from reports.documents.beside_partnership import FEWEST_OTHER_SCHOOLS, beside_partnership, beside_table
from reports.documents.partnership import SideBySide, side_by_side, side_by_side_table
from reports.documents.partnership_groups import (
    GroupsSideBySide,
    groups_side_by_side,
    groups_side_by_side_table,
)
from reports.documents.releases import figures_for_viewer, not_yet
from reports.documents.tables import instead
from reports.documents.transitions import Transitions, transitions, transitions_table
from reports.forms.partnership import SchoolTermForm, SideBySideForm, SubjectForm
from reports.queries.partnership import last_year_given_out
from reports.queries.scope import Scope
from reports.views.answers import (
    file_called,
    page_or_part,
    refuse_the_rest,
    table_file,
    year_before_address,
)
from reports.views.partnership_charts import groups_charts, side_by_side_charts
from schools.access import PartnershipRequest, SchoolRequest, partnership_view, school_view
from schools.calendar import TermName
from schools.permissions import Permission
from schools.queries.partnerships import listed, schools_beside
from schools.services.releases import give_out

# What the link to names carries of the choices.
_OF_NAMES = frozenset({"term", "subject", "year_group"})


@partnership_view
def partnership_now(request: PartnershipRequest) -> HttpResponse:
    """The partnership in the last year of which there are figures, else in the running one."""
    access = request.partnership_access
    year = last_year_given_out(access.schools) or access.academic_year
    return redirect("partnership", access.partnership.pk, year)


def _filters(request: PartnershipRequest) -> SideBySideForm:
    return SideBySideForm(request.GET.dict(), access=request.partnership_access, today=timezone.localdate())


def _side_by_side(filters: SideBySideForm) -> SideBySide:
    return side_by_side(
        filters.scope(),
        filters.subject_wanted,
        filters.year_group_wanted,
        filters.sort_wanted,
        int(settings.SMALL_COUNT),
        filters.phase_wanted,
    )


def _groups(filters: SideBySideForm, pair: tuple[str, str]) -> GroupsSideBySide:
    return groups_side_by_side(filters.scope(), filters.subject_wanted, pair, int(settings.SMALL_COUNT))


def _largest_limit(request: PartnershipRequest) -> int:
    schools = request.partnership_access.schools
    return max((school.small_count for school in schools), default=int(settings.SMALL_COUNT))


@partnership_view
def partnership(request: PartnershipRequest) -> HttpResponse:
    """The schools side by side in one subject."""
    filters = _filters(request)
    context: dict[str, Any] = {}
    if filters.pair_wanted:
        groups = _groups(filters, filters.pair_wanted)
        context |= {"groups": groups, "charts": groups_charts(groups)}
    else:
        shown = _side_by_side(filters)
        context |= {"shown": shown, "charts": side_by_side_charts(shown)}
    context |= {
        "filters": filters,
        "query": urlencode(filters.chosen()),
        "names_query": urlencode(
            {name: value for name, value in filters.chosen().items() if name in _OF_NAMES}
        ),
        # Of each school its own limit holds: no number above this is held back as a small one.
        "small_count": _largest_limit(request),
    }
    return page_or_part(
        request, "reports/partnership/partnership.html", "reports/partnership/_side_by_side.html", context
    )


@partnership_view
def partnership_schools(request: PartnershipRequest) -> HttpResponse:
    """Which schools there are, with their numbers and year groups."""
    access = request.partnership_access
    context = {"schools": listed(access.schools, access.academic_year)}
    return TemplateResponse(request, "reports/partnership/schools.html", context)


@partnership_view
def partnership_file(request: PartnershipRequest, file_format: str) -> HttpResponse:
    """The same as a table."""
    filters = _filters(request)
    refuse_the_rest(filters)
    if filters.pair_wanted:
        table = groups_side_by_side_table(_groups(filters, filters.pair_wanted))
    else:
        table = side_by_side_table(_side_by_side(filters))
    return file_called(request.partnership_access.partnership.name, table, file_format)


def _transitions(request: PartnershipRequest) -> tuple[SubjectForm, Transitions]:
    access, filters = request.partnership_access, SubjectForm(request.GET.dict())
    scope = Scope(schools=access.schools, academic_year=access.academic_year, term=TermName.AUTUMN)
    return filters, transitions(scope, filters.subject_wanted, int(settings.SMALL_COUNT))


@partnership_view
def partnership_transitions(request: PartnershipRequest) -> HttpResponse:
    """The same children at the end of one school and at the start of the next."""
    filters, shown = _transitions(request)
    context = {
        "filters": filters,
        "shown": shown,
        "query": urlencode(filters.chosen()),
        "small_count": int(settings.SMALL_COUNT),
    }
    return page_or_part(
        request, "reports/partnership/transitions.html", "reports/partnership/_transitions.html", context
    )


@partnership_view
def partnership_transitions_file(request: PartnershipRequest, file_format: str) -> HttpResponse:
    """The same as a table."""
    filters, shown = _transitions(request)
    refuse_the_rest(filters)
    table = transitions_table(shown)
    return file_called(request.partnership_access.partnership.name, table, file_format)


def _own(request: SchoolRequest) -> tuple[SchoolTermForm, dict[str, Any]]:
    access = request.access
    filters = SchoolTermForm(request.GET.dict(), access=access, today=timezone.localdate())
    schools = schools_beside(access.school)
    others = [school for school in schools if school != access.school]
    limit, scope = int(settings.SMALL_COUNT), filters.scope()
    own = give_out(lambda: figures_for_viewer(scope, by_group=False), school=access.school, by=access.user)
    return filters, {
        "beside": beside_partnership(scope, others, limit, own),
        "as_of": own.as_of,
        "given_from": own.given_from,
        "not_yet": not_yet(scope.term, own),
        "others": len(others),
        "when": f"{scope.term.label} {scope.academic_year.label}",
    }


@school_view(Permission.SEE_PARTNERSHIP)
def school_beside_partnership(request: SchoolRequest) -> HttpResponse:
    """The school beside all other schools of its partnership together, and where its pupils came from and went."""
    filters, context = _own(request)
    access, limit = request.access, int(settings.SMALL_COUNT)
    scope = Scope(
        schools=schools_beside(access.school), academic_year=access.academic_year, term=TermName.AUTUMN
    )
    context |= {
        "filters": filters,
        "shown": transitions(scope, filters.subject_wanted, limit, of_school=access.school),
        "query": urlencode(filters.chosen()),
        "fewest": FEWEST_OTHER_SCHOOLS,
        "year_before_url": year_before_address(request),
        "small_count": limit,
    }
    return page_or_part(
        request, "reports/partnership/school.html", "reports/partnership/_school.html", context
    )


@school_view(Permission.SEE_PARTNERSHIP)
def school_beside_partnership_file(request: SchoolRequest, file_format: str) -> HttpResponse:
    """The first table of that page."""
    filters, context = _own(request)
    refuse_the_rest(filters)
    table = beside_table(context["beside"], f"Beside the partnership, {context['when']}")
    return table_file(request, instead(table, context["not_yet"]), file_format)
