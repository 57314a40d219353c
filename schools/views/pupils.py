from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from schools.access import SchoolRequest, school_view
from schools.audit import tell
from schools.permissions import Permission
from schools.queries.pupils import pupil_page


@school_view(Permission.SEE_OWN_CLASSES)
def pupil(request: SchoolRequest, pupil_id: uuid.UUID) -> HttpResponse:
    page = pupil_page(request.access, pupil_id, today=timezone.localdate())
    if page is None:
        raise Http404
    may = request.access.may
    rights = {
        "subject_access": may(Permission.SUBJECT_ACCESS),
        "correct": may(Permission.CORRECT_PUPILS),
        "remove": may(Permission.REMOVE_PUPILS),
    }
    tell(request, pupil=pupil_id)
    # Of who was anonymised nothing is left to ask for.
    context = {
        "pupil": page,
        "rights": {} if page.is_anonymised else rights,
        "moves": may(Permission.MOVE_PUPILS) and not page.is_anonymised,
        "may_transfer": may(Permission.SEE_ALL_PUPILS) and not page.is_anonymised,
        "sees_audit": may(Permission.SEE_AUDIT),
    }
    return TemplateResponse(request, "schools/pupils/pupil.html", context)
