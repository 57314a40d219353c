"""A pupil's characteristics over time: what is recorded from day to day, and what the record of each year says by it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from schools.access import SchoolRequest, school_view
from schools.audit import tell
from schools.calendar import AcademicYear
from schools.forms.characteristics import FORMS, PeriodForm, ValueForm
from schools.forms.previews import seal, was_shown
from schools.models import ClaimSource, PeriodSource, Pupil, PupilYear, YearlyClaim, YearlyFlag
from schools.permissions import Permission
from schools.queries.characteristics import KINDS, change_in_words, over_time
from schools.queries.rolls import pupils_for
from schools.queries.yearly_values import ValueChange
from schools.services.characteristics import (
    Period,
    PeriodRefusedError,
    check,
    effect_of,
    remove_period,
    save_period,
)
from schools.services.turns import take_turn_alone
from schools.services.yearly_values import effect_by_hand, override, take_back_override


def _pupil(request: SchoolRequest, pupil_id: uuid.UUID) -> Pupil:
    named = pupils_for(request.access).filter(pupil__anonymised_at=None).select_related("pupil__school")
    year: PupilYear = get_object_or_404(named, pupil__public_id=pupil_id)
    pupil: Pupil = year.pupil
    return pupil


@school_view(Permission.CORRECT_PUPILS)
def characteristics(request: SchoolRequest, pupil_id: uuid.UUID) -> HttpResponse:
    """All of it, with what was changed."""
    pupil = _pupil(request, pupil_id)
    tell(request, pupil=pupil_id)
    context = {"pupil": pupil, "page": over_time(pupil, timezone.localdate())}
    return TemplateResponse(request, "schools/pupils/over_time.html", context)


@school_view(Permission.CORRECT_PUPILS, methods=("GET", "HEAD", "POST"))
def new_period(request: SchoolRequest, pupil_id: uuid.UUID, kind: str) -> HttpResponse:
    """A period to be added: first what it would change, then it is saved as it was shown."""
    pupil = _pupil(request, pupil_id)
    if kind not in FORMS:
        raise Http404
    model = FORMS[kind].model
    period = model(school=pupil.school, pupil=pupil, source=PeriodSource.TYPED)
    return _period_page(request, pupil, kind, period)


@school_view(Permission.CORRECT_PUPILS, methods=("GET", "HEAD", "POST"))
def period(request: SchoolRequest, pupil_id: uuid.UUID, kind: str, period_id: uuid.UUID) -> HttpResponse:
    """The same of one that is there, to be corrected, ended or removed."""
    pupil = _pupil(request, pupil_id)
    if kind not in FORMS:
        raise Http404
    rows = FORMS[kind].model.objects.in_school(pupil.school).filter(pupil=pupil)
    held = get_object_or_404(rows.select_related("pupil", "school"), public_id=period_id)
    return _period_page(request, pupil, kind, held)


def _period_page(request: SchoolRequest, pupil: Pupil, kind: str, period: Period) -> HttpResponse:
    if request.method != "POST":
        return _shown(request, pupil, kind, FORMS[kind](period=period))
    # What is worked out now is what is saved.
    take_turn_alone(pupil.school)
    form = FORMS[kind](request.POST, period=period)
    act = request.POST.get("act", "show")
    if not form.is_valid():
        return _shown(request, pupil, kind, form, status=422)
    is_removal = act in {"show-removal", "remove"} and period.pk is not None
    effect = _effect(pupil, form, is_removal=is_removal)
    if effect is None or act not in {"save", "remove"}:
        status = 200 if effect is not None else 422
        return _shown(request, pupil, kind, form, effect, is_removal=is_removal, status=status)
    if not was_shown(request.POST.get("shown"), _sealed(form, effect, is_removal=is_removal)):
        return _shown(request, pupil, kind, form, effect, is_removal=is_removal, is_stale=True, status=422)
    reason, by = form.cleaned_data["reason"], request.user
    if is_removal:
        remove_period(period=form.period, reason=reason, by=by)
    else:
        save_period(period=form.filled(), reason=reason, by=by)
    messages.success(request, "Removed." if is_removal else "Saved.")
    return _back(request, pupil)


def _effect(pupil: Pupil, form: PeriodForm, *, is_removal: bool) -> list[ValueChange] | None:
    """What would change; None where it cannot be, which the form then says."""
    today = timezone.localdate()
    if is_removal:
        return effect_of(pupil, without=form.period, today=today)
    filled = form.filled()
    try:
        check(filled)
    except PeriodRefusedError as error:
        form.add_error(None, str(error))
        return None
    return effect_of(pupil, with_period=filled, today=today)


def _sealed(form: PeriodForm, effect: list[ValueChange], *, is_removal: bool) -> object:
    said = [(name, str(form.cleaned_data[name])) for name in form.names]
    return is_removal, form.period.pk, said, effect


def _shown(
    request: SchoolRequest,
    pupil: Pupil,
    kind: str,
    form: PeriodForm,
    effect: list[ValueChange] | None = None,
    *,
    is_removal: bool = False,
    is_stale: bool = False,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "pupil": pupil,
        "title": KINDS[kind].title,
        "form": form,
        "is_asked": effect is not None,
        "changes": [change_in_words(each) for each in effect or ()],
        "shown": "" if effect is None else seal(_sealed(form, effect, is_removal=is_removal)),
        "is_removal": is_removal,
        "is_stale": is_stale,
    }
    return TemplateResponse(request, "schools/pupils/period.html", context, status=status)


@school_view(Permission.CORRECT_PUPILS, methods=("GET", "HEAD", "POST"))
def yearly_value(
    request: SchoolRequest, pupil_id: uuid.UUID, of_year: AcademicYear, flag: str
) -> HttpResponse:
    """One flag of one year: set by hand, with what follows in that year, or no longer."""
    pupil = _pupil(request, pupil_id)
    which = _flag(flag)
    if not PupilYear.objects.in_school(pupil.school).filter(pupil=pupil, academic_year=of_year).exists():
        raise Http404
    if request.method != "POST":
        return _value_page(request, pupil, of_year, which, ValueForm(flag=which))
    take_turn_alone(pupil.school)
    if request.POST.get("act") == "take-back":
        if take_back_override(pupil=pupil, year=of_year, flag=which, by=request.user):
            messages.success(request, f"{which.label} of {of_year.label} is no longer set by hand.")
        return _back(request, pupil)
    form = ValueForm(request.POST, flag=which)
    if not form.is_valid():
        return _value_page(request, pupil, of_year, which, form, status=422)
    value, reason = form.cleaned_data["value"], form.cleaned_data["reason"]
    effect = effect_by_hand(pupil, of_year, which, value, timezone.localdate())
    if request.POST.get("act") != "save":
        return _value_page(request, pupil, of_year, which, form, effect)
    if not was_shown(request.POST.get("shown"), (which, of_year, value, effect)):
        return _value_page(request, pupil, of_year, which, form, effect, status=422)
    override(pupil=pupil, year=of_year, flag=which, value=value, reason=reason, by=request.user)
    messages.success(request, "Saved. It stays until it is taken back.")
    return _back(request, pupil)


def _flag(code: str) -> YearlyFlag:
    found = next((each for each in YearlyFlag if each.value.replace("_", "-") == code), None)
    if found is None:
        raise Http404
    return found


def _value_page(
    request: SchoolRequest,
    pupil: Pupil,
    of_year: AcademicYear,
    flag: YearlyFlag,
    form: ValueForm,
    effect: list[ValueChange] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    value = form.cleaned_data.get("value") if effect is not None else None
    context = {
        "pupil": pupil,
        "of_year": of_year,
        "flag": flag,
        "form": form,
        "is_asked": effect is not None,
        "changes": [change_in_words(each) for each in effect or ()],
        "shown": "" if effect is None else seal((flag, of_year, value, effect)),
        "is_stale": status != 200 and effect is not None,
        "is_by_hand": YearlyClaim.objects.in_school(pupil.school)
        .filter(pupil=pupil, academic_year=of_year, flag=flag, source=ClaimSource.OVERRIDDEN)
        .exists(),
    }
    return TemplateResponse(request, "schools/pupils/yearly_value.html", context, status=status)


def _back(request: SchoolRequest, pupil: Pupil) -> HttpResponse:
    access = request.access
    return redirect("characteristics", access.school.urn, access.academic_year, pupil.public_id)
