"""Signing in, as django-allauth does it, with what a school needs differently."""

from __future__ import annotations

import ipaddress
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm, default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from schools.models import User


def is_on_this_machine(request: HttpRequest) -> bool:
    """Whether the browser runs where the server runs: a local site, no sign of a proxy, a loopback address."""
    return (
        settings.IS_LOCAL
        and not settings.PROXIES
        and not any(name.startswith(("Forwarded", "X-Forwarded", "Via")) for name in request.headers)
        and ipaddress.ip_address(request.META["REMOTE_ADDR"]).is_loopback
    )


def password_link(user: User) -> str:
    """An address at which the person sets a password: good once, for three days."""
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return str(settings.SITE_ADDRESS) + path


class SignInForm(LoginForm):
    """What is typed first goes where it is wanted: into the address, after a mistake into the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = "password" if self.is_bound and self.data.get("login") else "login"
        self.fields[first].widget.attrs["autofocus"] = True
        self.fields["login"].error_messages["required"] = "Type your email address."
        self.fields["password"].error_messages["required"] = "Type your password."


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up: people are let in by their school. Demo accounts work on this machine alone."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "That email address and password do not go together.",
        "too_many_login_attempts": "Too many attempts. Wait five minutes, then try again.",
    }

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, str]]:
        words = {
            "account_reauthenticate": "Use your password",
            "mfa_reauthenticate": "Use a code",
            "mfa_reauthenticate_webauthn": "Use a passkey",
        }
        by_url = {reverse(name): text for name, text in words.items()}
        methods: list[dict[str, str]] = super().get_reauthentication_methods(user)
        return [{**method, "description": by_url[method["url"]]} for method in methods]

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        # The library looks for a confirmed address of its own table; here the school vouches for the account's.
        super().send_notification_mail(template_prefix, user, context, email or cast("User", user).email)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse | None:
        if cast("User", user).is_demo and not is_on_this_machine(request):
            raise ImmediateHttpResponse(render(request, "account/demo_refused.html", status=403))
        return super().pre_login(request, user, **kwargs)
