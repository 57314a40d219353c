"""The page on which a leader gives a year's terms other dates, and sees what that would change."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from assessment.forms.term_dates import ReasonForm, TermDatesForm
from assessment.queries.dates_effect import DatesEffect, dates_effect, terms_of
from schools.access import SchoolRequest, school_view
from schools.forms.previews import seal, was_shown
from schools.permissions import Permission
from schools.services.turns import take_turn_alone
from schools.services.years import set_year_dates


@school_view(Permission.MANAGE_TERMS, methods=("GET", "HEAD", "POST"))
def term_dates(request: SchoolRequest) -> HttpResponse:
    """The dates as they are; with others in the address what they would change; by POST they are saved, as they were shown."""
    access = request.access
    is_sent = request.method == "POST"
    if is_sent:
        # What is counted now is what is saved.
        take_turn_alone(access.school)
    terms = terms_of(access)
    if not terms:
        raise Http404
    form = TermDatesForm((request.POST if is_sent else request.GET) or None, access=access, terms=terms)
    if not form.is_asked:
        return _page(request, form, status=422 if form.is_bound else 200)
    effect = dates_effect(access, form.dates, timezone.localdate())
    return _save(request, form, effect) if is_sent else _page(request, form, effect)


def _save(request: SchoolRequest, form: TermDatesForm, effect: DatesEffect) -> HttpResponse:
    access = request.access
    if not was_shown(request.POST.get("shown"), effect.shown):
        return _page(request, form, effect, status=422, is_stale=True)
    reason = ReasonForm(request.POST)
    if effect.needs_reason and not reason.is_valid():
        return _page(request, form, effect, reason=reason, status=422)
    said = reason.cleaned_data["reason"] if reason.is_valid() else ""
    if set_year_dates(
        school=access.school,
        academic_year=access.academic_year,
        dates=form.dates,
        by=access.user,
        reason=said,
    ):
        messages.success(request, f"The dates of {access.academic_year.label} are saved.")
    return redirect("terms", access.school.urn, access.academic_year)


def _page(
    request: SchoolRequest,
    form: TermDatesForm,
    effect: DatesEffect | None = None,
    *,
    reason: ReasonForm | None = None,
    status: int = 200,
    is_stale: bool = False,
) -> HttpResponse:
    context = {
        "form": form,
        "effect": effect,
        "reason": reason or ReasonForm(),
        "shown": seal(effect.shown if effect else None),
        "is_stale": is_stale,
    }
    return TemplateResponse(request, "schools/terms/dates.html", context, status=status)
