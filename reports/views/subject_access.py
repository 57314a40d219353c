from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from reports.documents.subject_access import subject_access
from reports.exports.subject_access import SUBJECT_ACCESS_FORMATS
from reports.views.answers import file_titled
from schools.access import SchoolRequest, school_view
from schools.models import Pupil
from schools.permissions import Permission
from schools.queries.privacy import contact_of


@school_view(Permission.SUBJECT_ACCESS)
def everything(request: SchoolRequest, pupil_id: uuid.UUID, file_format: str) -> HttpResponse:
    """Everything held of a pupil, of whichever year; the file's name says school and day, and nobody's name."""
    school = request.access.school
    named = Pupil.objects.in_school(school).unmerged().named().select_related("school")
    pupil = get_object_or_404(named, public_id=pupil_id)
    document = subject_access(pupil, contact=contact_of(school).shown, made_on=timezone.localdate())
    chosen = SUBJECT_ACCESS_FORMATS[file_format]
    title = f"{school.name} everything held about one pupil"
    return file_titled(title, chosen.write(document), file_format, chosen.content_type)
