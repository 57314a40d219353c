from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse

from reports.documents.imports import import_table
from reports.views.answers import table_file
from schools.access import SchoolRequest, school_view
from schools.permissions import Permission
from schools.queries.import_runs import run_of


@school_view(Permission.IMPORT_FILES)
def import_file(request: SchoolRequest, import_id: uuid.UUID, file_format: str) -> HttpResponse:
    """Everything that was found in an import, row by row; 404 where its rows were removed."""
    page = run_of(request.access, import_id)
    if page is None or not page.paper.shown:
        raise Http404
    return table_file(request, import_table(page), file_format)
