"""What every request passes: its id, the sign-in, and the headers of personal pages."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from lep_tracker.errors import fragment
from schools.second_step import SecondStepNeeded

GetResponse = Callable[[HttpRequest], HttpResponse]

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def request_id(get_response: GetResponse) -> GetResponse:
    """Give the request an id: it stands in the history, in the log and in the answer, and names nobody."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.id = str(uuid.uuid4())  # type: ignore[attr-defined]
        response = get_response(request)
        response["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        return response

    return middleware


def one_address(get_response: GetResponse) -> GetResponse:
    """Answer at the site's own address alone, port included.

    Django checks the name of the host and not its port; attempts to sign in are counted by both, and mailed links are made of them.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.get_host().lower() != urlsplit(settings.SITE_ADDRESS).netloc:
            raise DisallowedHost("The site is asked for by an address that is not its own.")
        return get_response(request)

    return middleware


def personal_pages(get_response: GetResponse) -> GetResponse:
    """Keep what a signed-in person sees out of every cache, and the page away from cameras and the like."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        if request.user.is_authenticated:
            response["Cache-Control"] = "no-store"
        return response

    return middleware


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Everything needs a sign-in unless it says otherwise; htmx is told in place, so that nothing typed is lost."""

    def handle_no_permission(  # type: ignore[override]  # an answer in place is no redirect
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        if not request.htmx:  # type: ignore[attr-defined]
            return super().handle_no_permission(request, view_func)
        page = request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
        sign_in = f"{reverse('account_login')}?{urlencode({'next': page})}"
        return fragment(
            request,
            status=401,
            title="You are no longer signed in",
            text="You signed out in another window, or your sign-in came to its end. "
            "What is on this page is still here.",
            sign_in_url=sign_in,
        )


class SecondStepMiddleware:
    """Whoever needs a second step and has none is led to where one is set up; htmx is told in place, so that nothing typed is lost."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, SecondStepNeeded):
            return None
        there = f"{reverse('mfa_index')}?needed"
        if not request.htmx:  # type: ignore[attr-defined]
            return redirect(there)
        return fragment(
            request,
            status=403,
            title="You now need a second step at sign-in",
            text="Your school asks for it. Set one up in another tab; it takes a minute. What is on this page is still here.",
            set_up_url=there,
        )
