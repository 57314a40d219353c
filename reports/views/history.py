from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from reports.documents.history import history
from reports.exports.excel import to_xlsx_sheets
from reports.exports.formats import FORMATS
from reports.views.answers import file_titled
from schools.access import SchoolRequest, school_view
from schools.audit import tell
from schools.models import Pupil
from schools.permissions import Permission


@school_view(Permission.MOVE_PUPILS)
def pupil_history(request: SchoolRequest, pupil_id: uuid.UUID) -> HttpResponse:
    """The history of a pupil who goes to a school outside the partnership; the file's name says school and day, and nobody's name."""
    school = request.access.school
    named = Pupil.objects.in_school(school).unmerged().named().select_related("school")
    pupil = get_object_or_404(named, public_id=pupil_id)
    tell(request, pupil=pupil_id)
    title = f"{school.name} history of one pupil"
    return file_titled(title, to_xlsx_sheets(history(pupil)), "xlsx", FORMATS["xlsx"].content_type)
