from __future__ import annotations

from django.http import HttpResponse

from reports.documents.people import people_table
from reports.views.answers import table_file
from schools.access import SchoolRequest, school_view
from schools.permissions import Permission
from schools.queries.people import people_of


@school_view(Permission.SEE_STAFF)
def people_file(request: SchoolRequest, file_format: str) -> HttpResponse:
    """Who works at the school, as the page lists them."""
    table = people_table(people_of(request.access), request.access.academic_year)
    return table_file(request, table, file_format)
