from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from assessment.forms.school_subjects import SchoolSubjectsForm
from assessment.queries.school_subjects import subjects_history
from assessment.queries.subjects_effect import SubjectsEffect, subjects_effect
from assessment.services.school_subjects import judge_subjects
from schools.access import SchoolRequest, school_view
from schools.forms.previews import seal, was_shown
from schools.permissions import Permission
from schools.queries.terms import reporting_term
from schools.services.turns import take_turn_alone


@school_view(Permission.MANAGE_SCHOOL, methods=("GET", "HEAD", "POST"))
def school_subjects(request: SchoolRequest) -> HttpResponse:
    """Which subjects the school judges; with others in the address what that would change; by POST it is saved, as it was shown."""
    access = request.access
    is_sent = request.method == "POST"
    if is_sent:
        # What is counted now is what is saved.
        take_turn_alone(access.school)
        access.school.refresh_from_db()
    form = SchoolSubjectsForm((request.POST if is_sent else request.GET) or None, school=access.school)
    if not form.is_asked:
        return _page(request, form, None, status=422 if form.is_bound else 200)
    effect = subjects_effect(access, form.judged, reporting_term(access, timezone.localdate()))
    if not is_sent:
        return _page(request, form, effect)
    if not was_shown(request.POST.get("shown"), effect):
        return _page(request, form, effect, status=422)
    if judge_subjects(school=access.school, judged=form.judged, by=access.user):
        messages.success(request, "Saved.")
    return redirect("school_subjects", access.school.urn, access.academic_year)


def _page(
    request: SchoolRequest, form: SchoolSubjectsForm, effect: SubjectsEffect | None, *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "effect": effect,
        "judged": form.judged if effect else [],
        "shown": seal(effect),
        "is_stale": status != 200 and effect is not None,
        "history": subjects_history(request.access.school),
    }
    return TemplateResponse(request, "schools/settings/subjects.html", context, status=status)
