"""A cell's save against an empty page behind the same door; sheets of 240 pupils x 12 columns, and of 30 and of 60 children x 17 areas, against their bytes joined as strings."""

from __future__ import annotations

import gzip
from dataclasses import replace
from inspect import signature, unwrap
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.messages.storage.fallback import FallbackStorage
from django.db import connection
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django_htmx.middleware import HtmxDetails

from assessment.queries.layouts import ALL_AREAS
from bench.classes import SUBJECT, Staff, cells
from bench.early_years_sheet import early_years_school
from bench.large_world import YEAR
from bench.measure import Measure, against, allowed
from bench.rows_by_hand import followed, rows_by_hand
from bench.wide_sheet import EARLIER_YEARS, YEAR_GROUP, wide_school
from bench.world import Site, sign_in
from lep_tracker.session_store import SessionStore
from schools.access import Access
from schools.calendar import YearGroup
from schools.models import Role
from schools.row_security import visible_to

# A class's sheet asks three things more than a year group's: for the class, its teachers, and what they said is complete.
MORE_QUERIES_OF_A_CLASS = 3
MOST_KILOBYTES_OF_AN_ANSWER, MOST_KILOBYTES_OF_A_SHEET, MOST_QUERIES = 3.0, 40.0, 8


SMALL = 100


def measures(application: Any) -> list[Measure]:
    """All of a school with 240 pupils in a year group, 30 in a class."""
    staff = wide_school()
    code = SUBJECT.code.lower()
    wide = staff.address(f"marksheets/year-groups/{YEAR_GROUP.code}/{code}/?earlier={EARLIER_YEARS}")
    reception = early_years_school()
    of_class = reception.address(f"marksheets/classes/{reception.class_group.public_id}/{ALL_AREAS}/")
    of_year_group = reception.address(f"marksheets/year-groups/{YearGroup.R.code}/{ALL_AREAS}/")
    return [
        *_save(application, staff),
        *_sheet(application, staff, wide, (240, 12)),
        *_sheet(application, reception, of_class, (30, 17)),
        *_sheet(application, reception, of_year_group, (60, 17)),
    ]


def _save(application: Any, staff: Staff) -> list[Measure]:
    """By the teacher of the class."""
    site = Site(application, sign_in(staff.teacher))
    # One after the other, as people do: hundreds of versions of one row would be measured else.
    in_turn = cycle(cells(staff))
    sizes: list[int] = []
    save = against(
        "save_cell",
        lambda: next(in_turn).save(lambda address, fields: sizes.append(len(site.post(address, fields)))),
        site.page(f"/bench/{staff.school.urn}/{YEAR.slug}/"),
        limit=4.0,
    )
    return [save, allowed("save_cell_answer", max(sizes) / 1024, "KB", MOST_KILOBYTES_OF_AN_ANSWER)]


def _sheet(application: Any, staff: Staff, address: str, size: tuple[int, int]) -> list[Measure]:
    """By the head: of so many pupils and so many columns.

    Of a small sheet most of the page's time goes into what stands around the judgements, which the floor has ready made: there the table's body is
    measured with the line above it.
    """
    name = f"marksheet_{size[0]}x{size[1]}"
    site = Site(application, sign_in(staff.head))
    site.page(address)()
    with CaptureQueriesContext(connection) as of_sheet:
        page = site.page(address)()
    with CaptureQueriesContext(connection) as of_empty:
        site.page(f"/bench/{staff.school.urn}/{YEAR.slug}/")()
    squeezed = len(gzip.compress(page, 6))
    return [
        _rendering(staff, address, size, f"{name}_render"),
        allowed(
            f"{name}_queries",
            len(of_sheet) - len(of_empty),
            "queries behind the door",
            MOST_QUERIES + (MORE_QUERIES_OF_A_CLASS if "/classes/" in address else 0),
        ),
        allowed(f"{name}_compressed", squeezed / 1024, "KB", MOST_KILOBYTES_OF_A_SHEET),
    ]


def _rendering(staff: Staff, address: str, size: tuple[int, int], name: str) -> Measure:
    """The page, or of a small sheet the body and the summary, from the ready sheet to the bytes. The floor joins the body, byte for byte the same.

    What stands around it, and what follows from the judgements, it has ready made.
    """
    is_small = size[0] < SMALL
    with visible_to(staff.school):
        response = _unrendered(staff, address)
        context: Any = response.context_data
        sheet, rows = context["sheet"], context["rows"]
        if (len(sheet.rows), len(sheet.columns)) != size:
            raise RuntimeError(f"The sheet is {len(sheet.rows)} x {len(sheet.columns)}.")

        def render() -> bytes:
            # A sheet that has not been summed up yet, as in a request.
            context["sheet"] = fresh = replace(sheet)
            context["rows"] = replace(rows, sheet=fresh)
            if is_small:
                summary = render_to_string("assessment/marksheets/_summary.html", {"sheet": fresh})
                return f"{summary}{context['rows']}".encode()
            return response.rendered_content.encode()

        steps = followed(sheet)

        def by_hand() -> str:
            return rows_by_hand(
                sheet, rows.pupil_address, rows.why_address, steps, with_class=rows.with_class
            )

        body = by_hand()
        before, found, after = render().decode().partition(body)
        if not found:
            raise RuntimeError("The floor does not write what it is the floor of.")

        def join() -> bytes:
            return f"{before}{by_hand()}{after}".encode()

        return against(name, render, join, limit=6.0, turns=60, warm_up=5)


def _unrendered(staff: Staff, address: str) -> TemplateResponse:
    """What the view answers before the door renders it."""
    request: Any = RequestFactory().get(address, headers={"host": urlsplit(settings.SITE_ADDRESS).netloc})
    request.user, request.session, request.id = staff.head, SessionStore(), ""
    request.htmx = HtmxDetails(request)
    request._messages = FallbackStorage(request)  # noqa: SLF001  # as the middleware does
    request.access = Access(staff.head, staff.school, (Role.HEAD,), YEAR, (YEAR,), (staff.school,))
    found = request.resolver_match = resolve(request.path_info)
    arguments = {name: value for name, value in found.kwargs.items() if name not in {"urn", "year"}}
    # Inside the door, and not yet past what reads whose sheet it is.
    view = unwrap(found.func, stop=lambda each: "sheet" in signature(each, follow_wrapped=False).parameters)
    response: TemplateResponse = view(request, **arguments)
    return response
