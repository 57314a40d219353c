from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from schools.access import SchoolRequest, school_view
from schools.audit import tell
from schools.permissions import Permission
from schools.queries.duplicates import leads_to, records_merged_into
from schools.queries.pupils import pupil_page


@school_view(Permission.SEE_OWN_CLASSES)
def pupil(request: SchoolRequest, pupil_id: uuid.UUID) -> HttpResponse:
    page = pupil_page(request.access, pupil_id, today=timezone.localdate())
    if page is None:
        return _elsewhere(request, pupil_id)
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
        "merged": records_merged_into(request.access.school, pupil_id) if rights["correct"] else (),
    }
    return TemplateResponse(request, "schools/pupils/pupil.html", context)


def _elsewhere(request: SchoolRequest, pupil_id: uuid.UUID) -> HttpResponse:
    """A record that was merged into another leads there."""
    there = leads_to(request.access, pupil_id)
    if there is None:
        raise Http404
    messages.info(request, "This record was merged into another one of the same child: here it is.")
    return redirect("pupil", request.access.school.urn, request.access.academic_year, there)
