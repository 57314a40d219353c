"""The dashboard's whole request against the bare SQL for what it shows."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from assessment.queries.baseline_desk import year_one_without
from bench.classes import staffed
from bench.dashboard_by_hand import dashboard_by_hand, without_baseline_by_hand
from bench.large_world import YEAR, large_world
from bench.measure import Measure, page_beside_query
from bench.wide_sheet import wide_school
from bench.world import Site, empty_page, sign_in
from reports.queries.figures import figures
from reports.queries.scope import Scope
from schools.access import Access
from schools.calendar import TermName
from schools.models import Role, School, User
from schools.row_security import visible_to


def measures(application: Any) -> list[Measure]:
    """One measure."""
    school = large_world(schools=4)[-1]
    # The other school has what this one lacks, judgements in Spring.
    staff = staffed(school)
    for one in (school, wide_school().school):
        if _shown(one, staff.head) != _by_hand(one):
            raise RuntimeError("The floor does not count what it is the floor of.")
    page = Site(application, sign_in(staff.head)).page(staff.address("dashboard/"))
    return [
        page_beside_query("dashboard", page, query=lambda: _by_hand(school), empty=empty_page(application))
    ]


def _by_hand(school: School) -> list[tuple[object, ...]]:
    with visible_to(school):
        return [*sorted(dashboard_by_hand(school)), without_baseline_by_hand(school, timezone.localdate())]


def _shown(school: School, head: User) -> list[tuple[object, ...]]:
    access = Access(head, school, (Role.HEAD,), YEAR, (YEAR,), (school,))
    scope = Scope(schools=(school,), academic_year=YEAR, term=TermName.SUMMER)
    with visible_to(school):
        counted = sorted((*each[1:3], *each[4:]) for each in figures(scope, by_group=False))
        return [*counted, tuple(year_one_without(access, today=timezone.localdate()))]
