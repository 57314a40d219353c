from __future__ import annotations

import uuid

from allauth.core import ratelimit
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from schools.access import SchoolRequest, school_view
from schools.forms.people import InvitationForm
from schools.permissions import Permission, roles_given_by
from schools.queries.people import InvitationLine, classes_to_teach, invitations_of
from schools.services.invitation_letters import LetterNotSentError, send_letter
from schools.services.invitations import GOOD_FOR, invite, send_again, withdraw
from schools.services.staff import NotAllowedError

_TOO_MANY = "Too many letters in an hour. Wait an hour, then go on."
_NOT_SENT = "The letter could not be sent, so nothing was changed. Try again in a minute; if it fails again, tell whoever runs the site."


@school_view(Permission.MANAGE_PEOPLE, methods=("GET", "HEAD", "POST"))
def new_invitation(request: SchoolRequest) -> HttpResponse:
    """Invite somebody: the letter goes out at once."""
    access = request.access
    form = InvitationForm(
        request.POST if request.method == "POST" else None,
        roles=roles_given_by(access.roles),
        classes=classes_to_teach(access),
        year=access.academic_year.label,
    )
    if form.is_valid():
        said = _send(request, form)
        if said is None:
            messages.success(request, f"Invited. The link in the letter is good for {GOOD_FOR.days} days.")
            return _back(request)
        form.add_error(None, said)
    context = {"form": form, "days": GOOD_FOR.days}
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "schools/people/new_invitation.html", context, status=status)


def _send(request: SchoolRequest, form: InvitationForm) -> str | None:
    """None where it was sent; else why not."""
    if _is_too_often(request):
        return _TOO_MANY
    try:
        with transaction.atomic():
            sent = invite(school=request.access.school, by=request.user, **form.cleaned_data)
            send_letter(sent, school=request.access.school)
    except LetterNotSentError:
        return _NOT_SENT
    except ValueError as refused:
        return str(refused)
    return None


def _is_too_often(request: SchoolRequest) -> bool:
    """Letters go out in the site's name: one that is taken over must not send them by the thousand."""
    urn = request.access.school.urn
    return not ratelimit.consume(request, action="invite", key=urn, user=request.user)


@school_view(Permission.MANAGE_PEOPLE, methods=("GET", "HEAD", "POST"))
def invitation(request: SchoolRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """Who has not come in yet, and to what they are invited; by POST the letter again, or its end."""
    found = _line(request, invitation_id)
    act = request.POST.get("act")
    if act in {"again", "withdraw"}:
        said = _again(request, found) if act == "again" else _withdraw(request, found)
        if said is None:
            return _back(request)
        messages.error(request, said)
        return _back(request)
    is_theirs = set(found.held) <= set(roles_given_by(request.access.roles))
    context = {"line": found, "is_theirs": is_theirs, "days": GOOD_FOR.days}
    status = 400 if request.method == "POST" else 200
    return TemplateResponse(request, "schools/people/invitation.html", context, status=status)


def _line(request: SchoolRequest, public_id: uuid.UUID) -> InvitationLine:
    lines = invitations_of(request.access, now=timezone.now())
    found = next((line for line in lines if line.invitation.public_id == public_id), None)
    if found is None:
        raise Http404
    return found


def _again(request: SchoolRequest, found: InvitationLine) -> str | None:
    if _is_too_often(request):
        return _TOO_MANY
    try:
        with transaction.atomic():
            sent = send_again(school=request.access.school, invitation=found.invitation, by=request.user)
            send_letter(sent, school=request.access.school)
    except LetterNotSentError:
        return _NOT_SENT
    except NotAllowedError as refused:
        return str(refused)
    messages.success(request, "Sent again. The link of the letter before works no more.")
    return None


def _withdraw(request: SchoolRequest, found: InvitationLine) -> str | None:
    try:
        withdraw(school=request.access.school, invitation=found.invitation, by=request.user)
    except NotAllowedError as refused:
        return str(refused)
    messages.success(request, "Withdrawn. The link in the letter works no more.")
    return None


def _back(request: SchoolRequest) -> HttpResponse:
    return redirect("people", request.access.school.urn, request.access.academic_year)
