from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone

from reports.documents.classes import class_table
from reports.views.answers import table_file
from schools.access import SchoolRequest, school_view
from schools.permissions import Permission
from schools.queries.classes import class_lines


@school_view(Permission.SEE_OWN_CLASSES)
def class_list_file(request: SchoolRequest, file_format: str) -> HttpResponse:
    """The classes as the page lists them."""
    classes = class_lines(request.access, today=timezone.localdate())
    return table_file(request, class_table(classes, request.access.academic_year), file_format)
