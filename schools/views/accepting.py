"""Coming in by an invitation: outside the door, as whoever comes has no school yet."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.utils import perform_login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from schools.forms.people import NewAccountForm
from schools.history import recorded
from schools.models import Invitation, Role, School, User
from schools.row_security import visible_to
from schools.services.invitations import accept, accept_anew, found_by
from schools.services.staff import NotAllowedError


@sensitive_post_parameters()
@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def accept_invitation(request: HttpRequest, urn: str, key: str) -> HttpResponse:
    """What the link in the letter opens. Looking changes nothing, as scanners of mail look too; a POST lets the person in, once.

    Opens the school for the one invitation that the key opens, and for its acceptance; whatever is wrong with the link, the answer is the same.
    """
    school = School.objects.filter(urn=urn).first()
    if school is None:
        return _no_longer_good(request)
    with recorded(request=request.id), visible_to(school):  # type: ignore[attr-defined]
        invitation = found_by(school, key)
        if invitation is None:
            return _no_longer_good(request)
        answer = _answer(request, school, invitation, key)
        if isinstance(answer, TemplateResponse):
            answer.render()
    if isinstance(answer, User):
        # The sign-in has steps of its own, and the school is closed again by then.
        return cast(
            "HttpResponse",
            perform_login(request, answer, redirect_url=reverse("school_now", args=[school.urn])),
        )
    return answer


def _answer(request: HttpRequest, school: School, invitation: Invitation, key: str) -> HttpResponse | User:
    """A page; or who has just come in, and is to be signed in."""
    account = User.objects.filter(email=invitation.email).first()
    signed_in = request.user if isinstance(request.user, User) else None
    if signed_in is not None and signed_in != account:
        return _page(request, school, invitation, step="another")
    if account is not None and not account.is_active:
        return _page(request, school, invitation, step="closed")
    if account is not None and account.has_usable_password():
        return _with_account(request, school, invitation, key, signed_in)
    return _without_account(request, school, invitation, key)


def _with_account(
    request: HttpRequest, school: School, invitation: Invitation, key: str, signed_in: User | None
) -> HttpResponse:
    if signed_in is None:
        return _page(request, school, invitation, step="sign_in")
    if request.method != "POST":
        return _page(request, school, invitation, step="accept")
    try:
        accept(school=school, key=key, user=signed_in)
    except NotAllowedError:
        return _no_longer_good(request)
    return redirect("school_now", school.urn)


def _without_account(
    request: HttpRequest, school: School, invitation: Invitation, key: str
) -> HttpResponse | User:
    is_sent = request.method == "POST"
    form = NewAccountForm(
        request.POST if is_sent else None, email=invitation.email, initial={"name": invitation.name}
    )
    if not (is_sent and form.is_valid()):
        return _page(request, school, invitation, step="new", form=form, status=422 if is_sent else 200)
    said = form.cleaned_data
    try:
        return accept_anew(school=school, key=key, name=said["name"], password=said["password"])
    except NotAllowedError:
        return _no_longer_good(request)


def _page(
    request: HttpRequest, school: School, invitation: Invitation, *, status: int = 200, **more: Any
) -> TemplateResponse:
    roles = [str(role.label) for role in Role if role in invitation.roles]
    context = {"school": school, "invitation": invitation, "roles": roles, "here": request.path, **more}
    # Another who is signed in is refused, whatever they send.
    refused = request.method == "POST" and more["step"] in {"another", "closed", "sign_in"}
    return TemplateResponse(request, "schools/people/accept.html", context, status=403 if refused else status)


def _no_longer_good(request: HttpRequest) -> TemplateResponse:
    return TemplateResponse(request, "schools/people/accept.html", {"step": "gone"}, status=404).render()  # type: ignore[return-value]
