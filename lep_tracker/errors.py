"""Pages for when something goes wrong; for htmx, a notice in place."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string


def fragment(
    request: HttpRequest,
    *,
    status: int,
    title: str,
    text: str,
    sign_in_url: str = "",
    reload_url: str = "",
    set_up_url: str = "",
) -> HttpResponse:
    """The notice that htmx puts at the top of the page, leaving the rest of the page alone."""
    links = {"sign_in_url": sign_in_url, "reload_url": reload_url, "set_up_url": set_up_url}
    context = {"title": title, "text": text, **links}
    return render(request, "errors/fragment.html", context, status=status)


TEXTS = {
    400: ("That could not be understood", "Go back, check what you entered and try again."),
    403: ("You may not do that here", "Ask an assessment leader at your school if you need to."),
    404: ("Not found", "The address may be mistyped, or it belongs to a school or class that is not yours."),
    500: ("Something went wrong", "It is not your fault, and what was saved is safe. Try again in a minute."),
}


def _answer(request: HttpRequest, status: int) -> HttpResponse:
    if getattr(request, "htmx", False):
        title, text = TEXTS[status]
        return fragment(request, status=status, title=title, text=text)
    return render(request, f"{status}.html", status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Without the request's context: whatever failed may be in it."""
    if request.headers.get("HX-Request") == "true":
        title, text = TEXTS[500]
        context: dict[str, Any] = {"title": title, "text": text, "sign_in_url": ""}
        return HttpResponse(render_to_string("errors/fragment.html", context), status=500)
    return HttpResponse(render_to_string("500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's secret did not match: usually a page that was open since before signing in."""
    if request.path.startswith("/account/"):
        # Signing in or out from an old tab: the same page afresh, which asks again or is already done.
        messages.warning(request, "That page had been open for too long. Try once more.")
        return redirect(request.get_full_path())
    if getattr(request, "htmx", False):
        return fragment(
            request,
            status=403,
            title="This page is out of date",
            text="It has been open since before somebody last signed in here. Reload it and try again.",
            reload_url=request.htmx.current_url_abs_path or "/",  # type: ignore[attr-defined]
        )
    return render(request, "403_csrf.html", status=403)
