"""How pages of figures answer: as a page, as the part of it that htmx asks for, or as a table's file."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from reports.documents.tables import Table
from reports.exports.formats import FORMATS
from schools.access import SchoolRequest
from schools.permissions import Permission


def pupils_address(request: SchoolRequest) -> str:
    """Where figures open to their pupils; empty for those who see no names."""
    access = request.access
    if not access.may(Permission.SEE_OWN_CLASSES):
        return ""
    return reverse("figure_pupils", args=[access.school.urn, access.academic_year])


def page_or_part(request: SchoolRequest, page: str, part: str, context: dict[str, Any]) -> HttpResponse:
    """One address serves both; history that htmx restores is a whole page."""
    is_part = request.htmx and not request.htmx.history_restore_request
    response = TemplateResponse(request, part if is_part else page, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def table_file(request: SchoolRequest, table: Table, file_format: str) -> HttpResponse:
    """The table to keep; its name says school, the table by its title, and day. Titles name no pupil, and no class but a marksheet's own."""
    chosen = FORMATS[file_format]
    name = slugify(f"{request.access.school.name} {table.title} on {timezone.localdate():%Y-%m-%d}")
    return HttpResponse(
        chosen.write(table),
        content_type=chosen.content_type,
        headers={
            "Content-Disposition": str(
                content_disposition_header(as_attachment=True, filename=f"{name}.{file_format}")
            )
        },
    )
