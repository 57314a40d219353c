from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from reports.documents.school_effects import SettingsEffect, settings_effect
from schools.access import SchoolRequest, school_view
from schools.forms.previews import seal, was_shown
from schools.forms.school_settings import SchoolSettingsForm
from schools.permissions import Permission
from schools.queries.school_settings import settings_history
from schools.services.school_settings import change_school
from schools.services.turns import take_turn_alone


@school_view(Permission.MANAGE_SCHOOL, methods=("GET", "HEAD", "POST"))
def school_settings(request: SchoolRequest) -> HttpResponse:
    """How the school is set up; with other values in the address what they would change; by POST they are saved, as they were shown."""
    access = request.access
    is_sent = request.method == "POST"
    if is_sent:
        # What is counted now is what is saved.
        take_turn_alone(access.school)
        access.school.refresh_from_db()
    form = SchoolSettingsForm((request.POST if is_sent else request.GET) or None, school=access.school)
    if not form.is_asked:
        return _page(request, form, None, status=422 if form.is_bound else 200)
    effect = settings_effect(access, form.facts, timezone.localdate())
    if not is_sent:
        return _page(request, form, effect)
    if not was_shown(request.POST.get("shown"), effect):
        return _page(request, form, effect, status=422)
    if change_school(school=access.school, facts=form.facts, by=access.user):
        messages.success(request, "Saved.")
    return redirect("school_settings", access.school.urn, access.academic_year)


def _page(
    request: SchoolRequest, form: SchoolSettingsForm, effect: SettingsEffect | None, *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "effect": effect,
        "shown": seal(effect),
        "is_stale": status != 200 and effect is not None,
        "history": settings_history(request.access.school),
        "may_date": request.access.may(Permission.MANAGE_TERMS),
        "may_take_out": request.access.may(Permission.TAKE_EVERYTHING),
        "may_remove": request.access.may(Permission.REMOVE_PUPILS),
    }
    return TemplateResponse(request, "schools/settings/settings.html", context, status=status)
