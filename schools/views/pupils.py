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
    tell(request, pupil=pupil_id)
    return TemplateResponse(
        request,
        "schools/pupils/pupil.html",
        {"pupil": page, "sees_audit": request.access.may(Permission.SEE_AUDIT)},
    )
