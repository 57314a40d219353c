"""Steps a year that are expected of one pupil with SEN: shown with what they change, then agreed on."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from assessment.queries.own_expectations import own_steps_history
from assessment.services.own_expectations import agree, take_back, why_not
from reports.documents.own_steps import effects
from reports.forms.own_steps import OwnStepsForm
from reports.queries.pupil_progress import pupil_record
from schools.access import SchoolRequest, school_view
from schools.audit import tell
from schools.forms.previews import seal, was_shown
from schools.permissions import Permission
from schools.queries.rolls import pupils_for


@school_view(Permission.REVIEW_SIGNS, methods=("GET", "HEAD", "POST"))
def own_steps(request: SchoolRequest, pupil_id: uuid.UUID) -> HttpResponse:
    """The form; posted it shows what would change, and posted again with that it is saved. Nothing of it stands in an address."""
    access, today = request.access, timezone.localdate()
    pupil_year = get_object_or_404(
        pupils_for(access).select_related("pupil", "school__partnership"), pupil__public_id=pupil_id
    )
    record = pupil_record(access, pupil_id, today=today)
    if record is None:
        raise Http404
    tell(request, pupil=pupil_id)
    now = next((each for each in record.own if each.academic_year == access.academic_year), None)
    refused = why_not(pupil_year, today=today)
    asked = request.method == "POST" and not refused
    is_removal = asked and "take_back" in request.POST
    initial = {"steps_a_year": now.steps_a_year, "reason": now.reason} if now else None
    form = OwnStepsForm(request.POST if asked and not is_removal else None, initial=initial)
    preview, steps, is_stale = None, None, False
    if is_removal or (asked and form.is_valid()):
        steps = None if is_removal else form.cleaned_data["steps_a_year"]
        preview = effects(record, steps)
        sealed = request.POST.get("shown")
        if sealed and was_shown(sealed, (steps, preview)):
            if is_removal:
                take_back(pupil_year=pupil_year, by=access.user)
            else:
                agree(pupil_year=pupil_year, by=access.user, **form.cleaned_data)
            messages.success(request, "Saved. Progress is measured by it from now on.")
            there = reverse("pupil_progress", args=[access.school.urn, access.academic_year, pupil_id])
            return redirect(there)
        is_stale = bool(sealed)
    context = {
        "pupil": record,
        "now": now,
        "refused": refused,
        "form": form,
        "is_removal": is_removal,
        "preview": preview,
        "seal": seal((steps, preview)),
        "is_stale": is_stale,
        "history": own_steps_history(access.school, pupil_year.pupil),
    }
    failed = is_stale or (request.method == "POST" and preview is None)
    return TemplateResponse(request, "reports/pupils/own_steps.html", context, status=422 if failed else 200)
