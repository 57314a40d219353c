"""How long records are kept, whose are due, and what is done to one: by the head alone."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from assessment.forms.removing import (
    AnonymiseForm,
    ContactForm,
    EraseForm,
    KeepForm,
    ReviewForm,
    RulesForm,
    SeverForm,
)
from assessment.services import removing
from assessment.services.removing import RemovalRefusedError
from schools.access import SchoolRequest, school_view
from schools.models import Pupil, PupilRemoval
from schools.permissions import Permission
from schools.queries.retention import due, kept, leavers, rules_of
from schools.services.retention import keep, set_contact, set_rules

# Removals that the page tells of.
_LATEST = 20


@school_view(Permission.REMOVE_PUPILS, methods=("GET", "HEAD", "POST"))
def retention(request: SchoolRequest) -> HttpResponse:
    """The review queue, who is kept longer, and the rules; by POST some are anonymised, or the rules or the contact change."""
    school, today = request.access.school, timezone.localdate()
    lines = leavers(school, today)
    queue = due(lines, today)
    asked = request.POST.get("act", "")
    if request.method == "POST" and asked not in _ACTS_OF_PAGE:
        raise Http404
    of_act = {act: (request.POST if act == asked else None) for act in _ACTS_OF_PAGE}
    shown: dict[str, Any] = {
        "review": ReviewForm(of_act["review"], due=[str(line.public_id) for line in queue]),
        "rules": RulesForm(of_act["rules"], rules=rules_of(school)),
        "contact": ContactForm(of_act["contact"], initial={"contact": school.data_protection_contact}),
    }
    if asked and shown[asked].is_valid() and _ACTS_OF_PAGE[asked](request, shown[asked]):
        return redirect("retention", school.urn, request.access.academic_year)
    removals = PupilRemoval.objects.in_school(school).select_related("removed_by").order_by("-pk")
    context = {
        "queue": queue,
        "kept": kept(lines, today),
        "next": next((line for line in lines if line.due_on > today), None),
        "forms": shown,
        "removals": removals[:_LATEST],
        "chosen": set(request.POST.getlist("pupils")),
    }
    return TemplateResponse(
        request, "assessment/removing/retention.html", context, status=422 if asked else 200
    )


def _contact_set(request: SchoolRequest, form: ContactForm) -> bool:
    set_contact(school=request.access.school, contact=form.cleaned_data["contact"], by=request.user)
    messages.success(request, "Saved. It stands at the foot of every page.")
    return True


def _rules_set(request: SchoolRequest, form: RulesForm) -> bool:
    if set_rules(school=request.access.school, rules=form.rules, by=request.user):
        messages.success(request, "The rules are changed. Nobody is removed by that.")
    return True


def _reviewed(request: SchoolRequest, form: ReviewForm) -> bool:
    school = request.access.school
    pupils = Pupil.objects.in_school(school).filter(public_id__in=form.cleaned_data["pupils"])
    try:
        count = removing.anonymise(
            school=school, pupils=pupils.order_by("pk"), reason=form.cleaned_data["reason"], by=request.user
        )
    except RemovalRefusedError as error:
        form.add_error("reason", str(error))
        return False
    messages.success(request, f"{count} {'pupil is' if count == 1 else 'pupils are'} anonymised.")
    return True


_ACTS_OF_PAGE: dict[str, Callable[[SchoolRequest, Any], bool]] = {
    "review": _reviewed,
    "rules": _rules_set,
    "contact": _contact_set,
}


@school_view(Permission.REMOVE_PUPILS, methods=("GET", "HEAD", "POST"))
def remove_pupil(request: SchoolRequest, pupil_id: uuid.UUID) -> HttpResponse:
    """What may be done to one record: keep it longer, anonymise, erase, sever; by POST one of them."""
    school, today = request.access.school, timezone.localdate()
    named = Pupil.objects.in_school(school).unmerged().named().select_related("school")
    pupil: Pupil = get_object_or_404(named, public_id=pupil_id)
    asked = request.POST.get("act", "")
    if request.method == "POST" and asked not in _ACTS:
        raise Http404
    of_act = {act: (request.POST if act == asked else None) for act in _ACTS}
    shown: dict[str, forms.Form] = {
        "keep": KeepForm(of_act["keep"], today=today, prefix="keep"),
        "anonymise": AnonymiseForm(of_act["anonymise"], prefix="anonymise"),
        "erase": EraseForm(of_act["erase"], prefix="erase"),
        "sever": SeverForm(of_act["sever"], prefix="sever"),
    }
    if asked and shown[asked].is_valid():
        try:
            return _ACTS[asked](request, pupil, shown[asked])
        except RemovalRefusedError as error:
            shown[asked].add_error("reason", str(error))
    has_left = not pupil.enrolments.filter(school=school, ends_on=None).exists()
    context = {"pupil": pupil, "forms": shown, "asked": asked, "has_left": has_left}
    return TemplateResponse(
        request, "assessment/removing/remove_pupil.html", context, status=422 if asked else 200
    )


def _keep(request: SchoolRequest, pupil: Pupil, form: Any) -> HttpResponse:
    keep(pupil=pupil, by=request.user, **form.cleaned_data)
    messages.success(request, "The record is kept until then, and is not asked for before.")
    return redirect("retention", request.access.school.urn, request.access.academic_year)


def _anonymise(request: SchoolRequest, pupil: Pupil, form: Any) -> HttpResponse:
    reason = form.cleaned_data["reason"]
    removing.anonymise(school=request.access.school, pupils=[pupil], reason=reason, by=request.user)
    messages.success(request, "The record is anonymised.")
    return redirect("retention", request.access.school.urn, request.access.academic_year)


def _erase(request: SchoolRequest, pupil: Pupil, form: Any) -> HttpResponse:
    removing.erase(pupil=pupil, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, "Everything about this pupil is erased.")
    return redirect("retention", request.access.school.urn, request.access.academic_year)


def _sever(request: SchoolRequest, pupil: Pupil, form: Any) -> HttpResponse:
    reason = form.cleaned_data["reason"]
    severed = removing.sever(pupil=pupil, now=form.details(pupil), reason=reason, by=request.user)
    messages.success(request, "The child has the new identity, and nothing leads to the earlier one.")
    return redirect("pupil", request.access.school.urn, request.access.academic_year, severed.public_id)


_ACTS: dict[str, Callable[[SchoolRequest, Pupil, Any], HttpResponse]] = {
    "keep": _keep,
    "anonymise": _anonymise,
    "erase": _erase,
    "sever": _sever,
}
