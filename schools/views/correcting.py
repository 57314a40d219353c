from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from schools.access import SchoolRequest, school_view
from schools.forms.correcting import CorrectionForm, DisputeForm
from schools.models import PupilYear
from schools.permissions import Permission
from schools.queries.rolls import pupils_for
from schools.services.correcting import NameRefusedError, correct_pupil, dispute


@school_view(Permission.CORRECT_PUPILS, methods=("GET", "HEAD", "POST"))
def correct(request: SchoolRequest, pupil_id: uuid.UUID) -> HttpResponse:
    """What the record says of a pupil, to be put right; by POST the correction, or what is disputed."""
    named = pupils_for(request.access).filter(pupil__anonymised_at=None).select_related("pupil__school")
    year: PupilYear = get_object_or_404(named, pupil__public_id=pupil_id)
    if request.POST.get("act") == "dispute":
        return _dispute(request, year)
    form = CorrectionForm(request.POST or None, pupil=year.pupil, year=year)
    if request.method == "POST" and form.is_valid() and _corrected(request, year, form):
        return _back(request, year)
    return _page(request, year, form, DisputeForm(initial={"what": year.pupil.disputed}))


def _corrected(request: SchoolRequest, year: PupilYear, form: CorrectionForm) -> bool:
    try:
        is_changed = correct_pupil(
            pupil=year.pupil,
            details=form.details,
            year=year,
            characteristics=form.characteristics,
            reason=form.cleaned_data["reason"],
            by=request.user,
        )
    except NameRefusedError as error:
        form.add_error("upn", str(error))
        return False
    if is_changed:
        messages.success(request, "The record is corrected. What it said before stays in its history.")
    else:
        messages.info(request, "The record said so already.")
    return True


def _dispute(request: SchoolRequest, year: PupilYear) -> HttpResponse:
    form = DisputeForm(request.POST)
    if not form.is_valid():
        return _page(request, year, CorrectionForm(pupil=year.pupil, year=year), form)
    dispute(pupil=year.pupil, what=form.cleaned_data["what"], by=request.user)
    messages.success(
        request, "Saved. It stands on the pupil’s page." if form.cleaned_data["what"] else "Settled."
    )
    return _back(request, year)


def _back(request: SchoolRequest, year: PupilYear) -> HttpResponse:
    access = request.access
    return redirect("pupil", access.school.urn, access.academic_year, year.pupil.public_id)


def _page(
    request: SchoolRequest, year: PupilYear, form: CorrectionForm, disputed: DisputeForm
) -> HttpResponse:
    context = {"pupil": year.pupil, "form": form, "disputed": disputed}
    status = 422 if form.errors or disputed.errors else 200
    return TemplateResponse(request, "schools/pupils/correct.html", context, status=status)
