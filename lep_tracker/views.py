"""Addresses of the site itself; none shows anything of a school."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from lep_tracker import readiness
from lep_tracker.help import GUIDES, guide


@login_not_required
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """`ok` while the process serves and the database answers; for whatever watches the service."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


@login_not_required
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is touched. Where this fails, restart it."""
    return JsonResponse({"live": True}, headers={"Cache-Control": "no-store"})


@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Whether all that people need is there: 200, or 503 with what is not, in one word each. Where this fails, tell somebody."""
    found = readiness.found()
    is_ready = all(word == readiness.OK for word in found.values())
    return JsonResponse(
        {"ready": is_ready, **found},
        status=200 if is_ready else 503,
        headers={"Cache-Control": "no-store"},
    )


@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What the service worker shows when there is no connection."""
    return render(request, "offline.html")


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is held and why, for whoever asks; in a school the same page names the school's own contact."""
    return render(request, "privacy.html")


@login_not_required
@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """Served from the top of the site, so that it may answer for every page."""
    return render(request, "service_worker.js", content_type="text/javascript")


@login_not_required
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """For browsers that ask without reading the page."""
    return HttpResponsePermanentRedirect(static("img/favicon.svg"))


@login_not_required
@require_safe
def help_index(request: HttpRequest) -> HttpResponse:
    """The guides, and for what one opens each."""
    guides = [(key, guide(key).title, summary) for key, summary in GUIDES.items()]
    return render(request, "help/index.html", {"guides": guides})


@login_not_required
@require_safe
def help_guide(request: HttpRequest, key: str) -> HttpResponse:
    """One guide; 404 for what is none."""
    if key not in GUIDES:
        raise Http404
    return render(request, "help/guide.html", {"guide": guide(key)})
