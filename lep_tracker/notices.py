"""Where a notice waits for the next page: in a cookie of the browser, as other cookies of the site are kept."""

from __future__ import annotations

from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class _NoticeCookie(CookieStorage):
    """A browser takes a cookie of such a name from this host alone, by https."""

    cookie_name = "__Host-notices"


class NoticeStorage(FallbackStorage):
    """What is too long for a cookie waits in the session."""

    storage_classes = (_NoticeCookie, SessionStorage)
