"""One's own account: how one signs in, and where one is signed in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import cast

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.http import require_POST, require_safe

from schools.models import Session, User
from schools.services.sessions import end_sessions


@dataclass(frozen=True)
class SignIn:
    """One browser in which the person is signed in."""

    # Stands for the session's key, which opens the account and is shown nowhere.
    handle: str
    browser: str
    signed_in_at: dt.datetime
    last_seen_at: dt.datetime
    is_here: bool


def _handle(session: Session) -> str:
    return salted_hmac("lep_tracker.account", session.session_key, algorithm="sha256").hexdigest()[:32]


def sign_ins_of(user: User, *, here: str | None) -> list[SignIn]:
    """Where the person is signed in, this browser first, then by when each was last used."""
    live = Session.objects.live().filter(user=user).order_by("-last_seen_at")
    found = [
        SignIn(
            _handle(session),
            session.browser or "A browser that does not say its name",
            session.signed_in_at,
            session.last_seen_at,
            session.session_key == here,
        )
        for session in live
    ]
    return sorted(found, key=lambda sign_in: not sign_in.is_here)


@require_safe
def your_account(request: HttpRequest) -> HttpResponse:
    """Name, address, password, second step, sign-ins."""
    user = cast("User", request.user)
    has = set(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))
    return TemplateResponse(
        request,
        "account/account.html",
        {
            "has_app": Authenticator.Type.TOTP in has,
            "has_passkey": Authenticator.Type.WEBAUTHN in has,
            "sign_ins": sign_ins_of(user, here=request.session.session_key),
        },
    )


@require_POST
def end_sign_ins(request: HttpRequest) -> HttpResponse:
    """End one sign-in of one's own, by its handle in `end`, or all but this one: `end=others`."""
    user = cast("User", request.user)
    asked = request.POST.get("end", "")
    if asked == "others":
        ended = end_sessions(user, keep=request.session.session_key)
    else:
        mine = Session.objects.filter(user=user).exclude(session_key=request.session.session_key)
        keys = [each.session_key for each in mine if constant_time_compare(_handle(each), asked)]
        ended, _ = mine.filter(session_key__in=keys).delete()
    messages.success(request, "Signed out there." if ended else "You were no longer signed in there.")
    return redirect("account")
