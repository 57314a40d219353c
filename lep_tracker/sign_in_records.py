"""Signing in and out, and what becomes of passwords, as records of the account (schools/audit.py)."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from allauth.account import signals as account
from django.apps import apps
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.dispatch import Signal
from django.http import HttpRequest

from schools.audit import record_failed_sign_in, record_of_account, request_id
from schools.models import Happening, User

_HAPPENINGS: tuple[tuple[Signal, Happening], ...] = (
    (account.user_logged_in, Happening.SIGNED_IN),
    (user_logged_out, Happening.SIGNED_OUT),
    (account.password_changed, Happening.PASSWORD_CHANGED),
    (account.password_set, Happening.PASSWORD_SET),
    (account.password_reset, Happening.PASSWORD_SET),
)
# There only where the second step of sign-in is installed.
_SECOND_STEP = (
    ("authenticator_added", Happening.SECOND_STEP_ADDED),
    ("authenticator_removed", Happening.SECOND_STEP_REMOVED),
)


def connect() -> None:
    """Record from now on; once, when the site is ready."""
    for signal, what in _HAPPENINGS:
        _record(signal, what)
    user_login_failed.connect(_failed, dispatch_uid="audit")
    if apps.is_installed("allauth.mfa"):
        second_step = import_module("allauth.mfa.signals")
        for name, what in _SECOND_STEP:
            _record(getattr(second_step, name), what)


def _record(signal: Signal, what: Happening) -> None:
    def record(request: HttpRequest | None = None, user: User | None = None, **_: Any) -> None:
        # Whose session had ended already signs out as nobody.
        if user is not None and user.pk:
            record_of_account(what, user.pk, request_id(request))

    signal.connect(record, weak=False, dispatch_uid=f"audit {what}")


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    email = credentials.get("email") or credentials.get("username") or ""
    record_failed_sign_in(str(email), request_id(request))
