"""A cell's save against an empty page behind the same door; a sheet of 240 pupils x 12 columns against its bytes joined as strings."""

from __future__ import annotations

import gzip
from dataclasses import replace
from inspect import signature, unwrap
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.template.response import TemplateResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django_htmx.middleware import HtmxDetails

from bench.classes import SUBJECT, Staff, cells
from bench.large_world import YEAR
from bench.measure import Measure, against, allowed
from bench.rows_by_hand import followed, rows_by_hand
from bench.wide_sheet import EARLIER_YEARS, YEAR_GROUP, wide_school
from bench.world import Site, sign_in
from schools.access import Access
from schools.models import Role
from schools.row_security import visible_to

MOST_KILOBYTES_OF_AN_ANSWER, MOST_KILOBYTES_OF_A_SHEET, MOST_QUERIES = 3.0, 40.0, 8


def measures(application: Any) -> list[Measure]:
    """All of a school with 240 pupils in a year group, 30 in a class."""
    staff = wide_school()
    return [*_save(application, staff), *_wide_sheet(application, staff)]


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


def _wide_sheet(application: Any, staff: Staff) -> list[Measure]:
    """By the head, of the whole year group."""
    code = SUBJECT.code.lower()
    address = staff.address(f"marksheets/year-groups/{YEAR_GROUP.code}/{code}/?earlier={EARLIER_YEARS}")
    site = Site(application, sign_in(staff.head))
    site.page(address)()
    with CaptureQueriesContext(connection) as of_sheet:
        page = site.page(address)()
    with CaptureQueriesContext(connection) as of_empty:
        site.page(f"/bench/{staff.school.urn}/{YEAR.slug}/")()
    squeezed = len(gzip.compress(page, 6))
    return [
        _rendering(staff, address),
        allowed(
            "marksheet_240x12_queries", len(of_sheet) - len(of_empty), "queries behind the door", MOST_QUERIES
        ),
        allowed("marksheet_240x12_compressed", squeezed / 1024, "KB", MOST_KILOBYTES_OF_A_SHEET),
    ]


def _rendering(staff: Staff, address: str) -> Measure:
    """The page from the ready sheet to its bytes. The floor joins the body, byte for byte the same.

    What stands around it, and what follows from the judgements, it has ready made.
    """
    with visible_to(staff.school):
        response = _unrendered(staff, address)
        context: Any = response.context_data
        sheet, rows = context["sheet"], context["rows"]
        if (len(sheet.rows), len(sheet.columns)) != (240, 12):
            raise RuntimeError(f"The sheet is {len(sheet.rows)} x {len(sheet.columns)}.")

        def render() -> bytes:
            # A sheet that has not been summed up yet, as in a request.
            context["sheet"] = fresh = replace(sheet)
            context["rows"] = replace(rows, sheet=fresh)
            return response.rendered_content.encode()

        steps = followed(sheet)
        body = rows_by_hand(sheet, rows.pupil_address, rows.why_address, steps)
        before, found, after = render().decode().partition(body)
        if not found:
            raise RuntimeError("The floor does not write what it is the floor of.")

        def join() -> bytes:
            return "".join(
                (before, rows_by_hand(sheet, rows.pupil_address, rows.why_address, steps), after)
            ).encode()

        return against("marksheet_240x12_render", render, join, limit=6.0, turns=60, warm_up=5)


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
