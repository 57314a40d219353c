from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone

from reports.documents.people import access_table, people_table
from reports.views.answers import table_file
from schools.access import SchoolRequest, school_view
from schools.permissions import Permission
from schools.queries.people import invitations_of, people_of


@school_view(Permission.SEE_STAFF)
def people_file(request: SchoolRequest, file_format: str) -> HttpResponse:
    """Who works at the school, as the page lists them to whoever asks."""
    access = request.access
    if access.may(Permission.MANAGE_PEOPLE):
        people = people_of(access, suspended=True)
        invited = invitations_of(access, now=timezone.now())
        return table_file(request, access_table(people, invited, access.academic_year), file_format)
    return table_file(request, people_table(people_of(access), access.academic_year), file_format)
