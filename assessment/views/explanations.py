from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from assessment.engine.subjects import SHIPPED
from assessment.forms.explanations import WhyForm
from assessment.queries.explanations import explain
from schools.access import SchoolRequest, school_view
from schools.permissions import Permission
from schools.queries.terms import reporting_term

_BY_CODE = {subject.code.lower(): subject for subject in SHIPPED}


@school_view(Permission.SEE_OWN_CLASSES)
def why_colour(request: SchoolRequest, pupil_id: uuid.UUID, subject: str) -> HttpResponse:
    """Why a pupil's judgements and progress in a subject have their colours; for htmx the part that a dialog shows."""
    term, of = WhyForm(request.GET).asked()
    known = _BY_CODE.get(subject)
    explanation = known and explain(
        request.access,
        pupil_id,
        known,
        term=term or reporting_term(request.access, timezone.localdate()),
        of=of,
    )
    if not explanation:
        raise Http404
    is_part = bool(request.htmx and not request.htmx.history_restore_request)
    name = "_explanation" if is_part else "explanation"
    context = {"why": explanation, "is_part": is_part}
    response = TemplateResponse(request, f"assessment/explanations/{name}.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response
