"""Pupils who go to another school of the partnership, and those who come from one."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from schools.access import SchoolRequest, school_view
from schools.calendar import YearGroup
from schools.forms.moving import OfferForm, PlaceForm, RefusalForm, TakeInForm
from schools.models import Pupil, TransferOffer
from schools.permissions import Permission
from schools.queries.offers import (
    classes_of_year,
    offer_line,
    offer_seen_by,
    offerable,
    offered_names,
    offered_pupils,
    offers_of,
    schools_to_offer_to,
)
from schools.queries.rolls import year_groups_for
from schools.services.giving_back import give_back, preview
from schools.services.looking import record_look
from schools.services.offers import OfferRefusedError, counted, offer_pupils, refuse, withdraw
from schools.services.receiving import TakenIn, take_in


@school_view(Permission.MOVE_PUPILS)
def moving(request: SchoolRequest) -> HttpResponse:
    """All offers to the school and by it."""
    context = {"offers": offers_of(request.access, timezone.localdate())}
    return TemplateResponse(request, "schools/moving/moving.html", context)


@school_view(Permission.MOVE_PUPILS, methods=("GET", "HEAD", "POST"))
def new_offer(request: SchoolRequest) -> HttpResponse:
    """Whom to offer: a year group, all ticked, or one pupil; by POST the offer."""
    access = request.access
    only, year_group = _asked(request)
    pupils = offerable(access, year_group, only) if only or year_group is not None else []
    initial = {
        "last_day": access.academic_year.ends_on,
        "pupils": [str(pupil.public_id) for pupil in pupils],
    }
    form = OfferForm(
        request.POST or None, schools=schools_to_offer_to(access), pupils=pupils, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        try:
            offer = _offered(request, form)
        except OfferRefusedError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request,
                f"Offered to {offer.to_school.name}: {counted(offer.pupils)}. Nothing is copied until they accept.",
            )
            return redirect("offer", access.school.urn, access.academic_year, offer.public_id)
    context = {
        "form": form,
        "pupils": pupils,
        "chosen": form["pupils"].value() or [],
        "year_groups": year_groups_for(access),
        "year_group": year_group,
        "is_one": only is not None,
    }
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "schools/moving/new_offer.html", context, status=status)


def _asked(request: SchoolRequest) -> tuple[uuid.UUID | None, YearGroup | None]:
    """One pupil or a year group, as the address asks; 404 for what is neither."""
    pupil, group = request.GET.get("pupil"), request.GET.get("year_group")
    try:
        return (uuid.UUID(pupil) if pupil else None), (YearGroup.from_code(group) if group else None)
    except ValueError as error:
        raise Http404 from error


def _offered(request: SchoolRequest, form: OfferForm) -> TransferOffer:
    given = form.cleaned_data
    pupils = Pupil.objects.in_school(request.access.school).filter(public_id__in=given["pupils"])
    return offer_pupils(
        school=request.access.school,
        to=given["to"],
        pupils=list(pupils),
        last_day=given["last_day"],
        by=request.user,
        today=timezone.localdate(),
    )


@school_view(Permission.MOVE_PUPILS, methods=("GET", "HEAD", "POST"))
def offer(request: SchoolRequest, offer_id: uuid.UUID) -> HttpResponse:
    """One offer: for the school that made it, to be withdrawn; for the one that it was made to, to be accepted or refused."""
    found = offer_seen_by(request.access, offer_id)
    if found is None:
        raise Http404
    if found.from_school == request.access.school:
        return _own(request, found)
    return _theirs(request, found)


def _own(request: SchoolRequest, found: TransferOffer) -> HttpResponse:
    if request.method == "POST":
        try:
            withdraw(offer=found, by=request.user)
        except OfferRefusedError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"Withdrawn. {found.to_school.name} sees nobody of it any more.")
        return _again(request, found)
    line = offer_line(found, request.access.school, timezone.localdate())
    context = {"line": line, "names": offered_names(found)}
    return TemplateResponse(request, "schools/moving/own_offer.html", context)


def _theirs(request: SchoolRequest, found: TransferOffer) -> HttpResponse:
    line = offer_line(found, request.access.school, timezone.localdate())
    if request.POST.get("act") == "give-back":
        return _give_back(request, found)
    if not line.stands:
        if request.method == "POST":
            messages.error(
                request, "This offer is over: it was answered, withdrawn, or not answered in time."
            )
        context = {"line": line, "preview": preview(found)}
        return TemplateResponse(request, "schools/moving/offer.html", context)
    if request.POST.get("act") == "refuse":
        return _refuse(request, found)
    return _take_in(request, found)


def _give_back(request: SchoolRequest, found: TransferOffer) -> HttpResponse:
    try:
        done = give_back(offer=found, by=request.user)
    except OfferRefusedError as error:
        messages.error(request, str(error))
    else:
        if done.obstacles:
            what = ", ".join(map(str, done.obstacles))
            messages.error(
                request, f"Nothing was taken back, for something has been done with it since: {what}."
            )
        else:
            messages.success(
                request,
                f"Taken back: {counted(done.pupils)}. They are on offer again, and nothing of them is here.",
            )
    return _again(request, found)


def _refuse(request: SchoolRequest, found: TransferOffer) -> HttpResponse:
    form = RefusalForm(request.POST)
    if not form.is_valid():
        return _page(request, found, None, refusal=form)
    try:
        refuse(offer=found, reason=form.cleaned_data["reason"], by=request.user)
    except OfferRefusedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Refused. {found.from_school.name} sees why.")
    return _again(request, found)


def _take_in(request: SchoolRequest, found: TransferOffer) -> HttpResponse:
    data = request.POST or None
    form = TakeInForm(data, offer=found)
    classes = classes_of_year(request.access.school, found.academic_year)
    offered = offered_pupils(found)
    forms = [PlaceForm(data, offered=each, school=request.access.school, classes=classes) for each in offered]
    if request.method == "POST" and all([form.is_valid(), *(each.is_valid() for each in forms)]):
        places = [each.place(form.cleaned_data["first_day"]) for each in forms]
        wanted = [place for place in places if place is not None]
        try:
            taken = take_in(offer=found, places=wanted, by=request.user)
        except OfferRefusedError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _told(taken, found))
            return _again(request, found)
    elif request.method != "POST":
        record_look(
            school=found.from_school,
            pupils=[each.there.public_id for each in offered],
            account=request.user.pk,
            request=request.id,
        )
    return _page(request, found, form, forms=forms)


def _told(taken: TakenIn, found: TransferOffer) -> str:
    if not taken.pupils:
        return "Nobody was ticked who has not been taken in already: nothing is changed."
    said = f"Taken in from {found.from_school.name}: {counted(taken.pupils)}."
    if taken.were_here:
        said += f" Added to records here: {taken.were_here}."
    if taken.copied.replaced:
        said += f" Judgements that took the place of one here: {taken.copied.replaced}."
    if taken.copied.left_out:
        said += f" Judgements that were not copied, as one stands here: {taken.copied.left_out}."
    return said


def _page(
    request: SchoolRequest, found: TransferOffer, form: TakeInForm | None, **more: object
) -> HttpResponse:
    line = offer_line(found, request.access.school, timezone.localdate())
    context = {
        "line": line,
        "refusal": RefusalForm(),
        "form": form or TakeInForm(offer=found),
        "preview": preview(found),
        **more,
    }
    if "forms" not in context:
        classes = classes_of_year(request.access.school, found.academic_year)
        school = request.access.school
        context["forms"] = [
            PlaceForm(offered=each, school=school, classes=classes) for each in offered_pupils(found)
        ]
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "schools/moving/offer.html", context, status=status)


def _again(request: SchoolRequest, found: TransferOffer) -> HttpResponse:
    access = request.access
    return redirect("offer", access.school.urn, access.academic_year, found.public_id)
