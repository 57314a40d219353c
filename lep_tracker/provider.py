"""Signing in by the school's own provider (OpenID Connect), where one is configured."""

from __future__ import annotations

import logging
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.openid_connect import views as openid
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from requests import RequestException

from schools.models import User

logger = logging.getLogger(__name__)


def _back(request: HttpRequest) -> HttpResponse:
    messages.error(
        request, "Signing in that way did not work. Try again, or use your email address and password here."
    )
    return redirect("account_login")


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Lets in who has an account already, under an address that the provider has verified; makes and joins no accounts.

    The account is found by its address each time: nothing of the provider's is kept.
    """

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if sociallogin.state.get("process") != AuthProcess.LOGIN:
            raise PermissionDenied
        # Some providers say it as a word. Whatever else is said does not count as verified.
        verified = [each.email for each in sociallogin.email_addresses if each.verified in (True, "true")]
        user = User.objects.filter(email__in=[email.strip().lower() for email in verified]).first()
        if user is None:
            raise ImmediateHttpResponse(render(request, "socialaccount/no_account.html", status=403))
        sociallogin.user = user

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Any = None,
        extra_context: Any = None,
    ) -> None:
        # The exception's own words may hold a token.
        logger.warning("Sign-in by the provider failed: %s, %s", error, type(exception).__name__)
        raise ImmediateHttpResponse(_back(request))


@login_not_required
def to_provider(request: HttpRequest, provider_id: str) -> Any:
    """Lead to the provider, by POST; by GET ask first."""
    try:
        return openid.login(request, provider_id)
    except RequestException as error:
        logger.warning("The sign-in provider does not answer: %s", type(error).__name__)
        return _back(request)
