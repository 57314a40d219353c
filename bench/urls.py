"""The site's own map, with two empty pages to measure: one behind the door, one that only needs a sign-in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from lep_tracker.urls import handler400, handler403, handler404, handler500
from lep_tracker.urls import urlpatterns as site
from schools.access import SchoolRequest, school_view
from schools.permissions import Permission

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def empty(request: HttpRequest) -> HttpResponse:
    """Signed in, and nothing more; reading the person is part of it, as on every page."""
    return HttpResponse(str(request.user.is_authenticated))


@school_view(Permission.SEE_SCHOOL)
def behind_the_door(request: SchoolRequest) -> HttpResponse:
    return HttpResponse(str(request.user.is_authenticated))


urlpatterns = [
    *site,
    path("bench/empty/", empty),
    path("bench/<urn:urn>/<year:year>/", behind_the_door),
]
