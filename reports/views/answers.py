"""How pages of figures answer: as a page, as the part of it that htmx asks for, or as a table's file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from reports.documents.tables import Table, narrowed
from reports.exports.formats import FORMATS
from schools.access import PartnershipRequest, SchoolRequest
from schools.audit import tell
from schools.calendar import AcademicYear
from schools.permissions import Permission


def year_before_address(request: SchoolRequest) -> str:
    """The same page of the year before, where the school holds it, else empty: where figures are while there are none of this year yet."""
    access, match = request.access, request.resolver_match
    before = AcademicYear(access.academic_year - 1)
    if match is None or before not in access.opened_years:
        return ""
    return reverse(match.view_name, kwargs={**match.kwargs, "year": before})


def pupils_address(request: SchoolRequest, academic_year: AcademicYear | None = None) -> str:
    """Where figures open to their pupils, in the year in view or another; empty for those who see no names."""
    access = request.access
    if not access.may(Permission.SEE_OWN_CLASSES):
        return ""
    return reverse("figure_pupils", args=[access.school.urn, academic_year or access.academic_year])


def page_or_part(
    request: SchoolRequest | PartnershipRequest, page: str, part: str, context: dict[str, Any]
) -> HttpResponse:
    """One address serves both; history that htmx restores is a whole page.

    The page's template extends its `frame`. With a part come the page's own heading and actions, whose links go by the same choices.
    """
    is_part = request.htmx and not request.htmx.history_restore_request
    frame = "components/part.html" if is_part else "base.html"
    response = TemplateResponse(request, page, {**context, "frame": frame, "part": part})
    patch_vary_headers(response, ["HX-Request"])
    return response


class Asked(Protocol):
    """What a page of figures and its files are asked for by an address."""

    @property
    def is_all_here(self) -> bool: ...


class Narrowed(Asked, Protocol):
    """The same, with what a file's title says of the choices."""

    def narrowed_to(self) -> Sequence[str]: ...


def figures_file(request: SchoolRequest, filters: Narrowed, table: Table, file_format: str) -> HttpResponse:
    """A table of figures to keep, its choices in its title; 404 where the address asks for what is not here.

    A page says that something is not here, and shows the rest. In a file nothing would say so.
    """
    refuse_the_rest(filters)
    return table_file(request, narrowed(table, filters.narrowed_to()), file_format)


def refuse_the_rest(filters: Asked) -> None:
    """404 where the address of a file asks for what is not here, or not for this viewer."""
    if not filters.is_all_here:
        raise Http404


def table_file(request: SchoolRequest, table: Table, file_format: str) -> HttpResponse:
    """The table to keep; its name says school, the table by its title, and day. Titles name no pupil, and no class but a marksheet's own."""
    tell(request, pupils=table.pupils)
    return file_called(request.access.school.name, table, file_format)


def file_called(whose: str, table: Table, file_format: str) -> HttpResponse:
    """The same for a school or a partnership by its name."""
    chosen = FORMATS[file_format]
    title = f"{whose} {table.title}"
    return file_titled(title, chosen.write(table), file_format, chosen.content_type)


def file_titled(title: str, content: bytes, file_format: str, content_type: str) -> HttpResponse:
    """The bytes to keep; the file's name says title and day."""
    name = slugify(f"{title} on {timezone.localdate():%Y-%m-%d}")
    return HttpResponse(
        content,
        content_type=content_type,
        headers={
            "Content-Disposition": str(
                content_disposition_header(as_attachment=True, filename=f"{name}.{file_format}")
            )
        },
    )
