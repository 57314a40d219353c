"""What happens to sessions when somebody signs in or changes how they do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from lep_tracker.session_store import BROWSER, SIGNED_IN_AT
from schools.models import Session, User
from schools.services.sessions import end_sessions

# The first that fits: what looks like Chrome is most often something else as well.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("CrOS", "a Chromebook"),
    ("Windows", "Windows"),
    ("Mac OS", "a Mac"),
    ("Linux", "Linux"),
)


def browser_in_words(user_agent: str) -> str:
    """`Firefox on Windows`; "" for what nothing is known of."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or system


def remember_sign_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A session begins: since when, and in which browser. Those that have ended are forgotten."""
    request.session[SIGNED_IN_AT] = timezone.now().timestamp()
    request.session[BROWSER] = browser_in_words(request.META.get("HTTP_USER_AGENT", ""))
    Session.objects.ended().delete()


def end_others(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Whoever else is signed in as this person need not be: a password or a second step has changed."""
    end_sessions(user, keep=request.session.session_key)
