"""The page of groups, the whole request, against the bare SQL for what it shows."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from bench.classes import SUBJECT, Staff, staffed
from bench.groups_by_hand import overlaps_by_hand, tallies_by_hand
from bench.large_world import YEAR, large_world
from bench.measure import Measure, page_beside_query
from bench.wide_sheet import wide_school
from bench.world import Site, empty_page, sign_in
from reports.documents.group_report import GroupReport, group_report
from reports.queries.groups import ALL, BY_SLUG
from reports.queries.scope import Scope
from schools.access import Access
from schools.calendar import TermName
from schools.models import Role
from schools.row_security import visible_to


def measures(application: Any) -> list[Measure]:
    """By the head of a school of 500 pupils; the figures are compared at one of 1,440 too, which was judged in Spring."""
    staff = staffed(large_world(schools=4)[-1])
    for each in (staff, wide_school()):
        if _shown(each) != _by_hand(each):
            raise RuntimeError("The floor does not count what it is the floor of.")
    address = staff.address(f"dashboard/groups/?term=summer&subject={SUBJECT.code.lower()}")
    page = Site(application, sign_in(staff.head)).page(address)
    return [page_beside_query("groups", page, query=lambda: _by_hand(staff), empty=empty_page(application))]


Figures = tuple[dict[int, tuple[int, ...]], dict[tuple[int, int], int]]


def _by_hand(staff: Staff) -> Figures:
    with visible_to(staff.school):
        return tallies_by_hand(staff.school), overlaps_by_hand(staff.school)


def _shown(staff: Staff) -> Figures:
    access = Access(staff.head, staff.school, (Role.HEAD,), YEAR, (YEAR,), (staff.school,))
    scope = Scope(schools=(staff.school,), academic_year=YEAR, term=TermName.SUMMER, viewer=access)
    with visible_to(staff.school):
        report = group_report(access, scope, SUBJECT.number, (), None, {})
    lines = [report.everybody, *(line for pair in report.pairs for line in (pair.group, pair.comparator))]
    return {_key(line.query): tuple(line.tally) for line in lines}, _overlaps(report)


def _overlaps(report: GroupReport) -> dict[tuple[int, int], int]:
    keys = [_key(row.cells[place].query) for place, row in enumerate(report.overlaps)]
    # The page has each two groups once.
    return {
        both: cell.count
        for place, row in enumerate(report.overlaps)
        for other, cell in zip(keys[: place + 1], row.cells, strict=True)
        for both in ((keys[place], other), (other, keys[place]))
        if cell.count
    }


def _key(query: str) -> int:
    """The group that a link to pupils names; everybody where it names none."""
    found = parse_qs(query).get("group")
    return BY_SLUG[found[0]].key if found else ALL.key
