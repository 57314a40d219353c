"""Sign-ins under way, by whom; and second steps that were taken away."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string

from schools.models.people import User


def _ended(now: dt.datetime) -> Q:
    ended = Q(expire_date__lte=now)
    if settings.IDLE_MINUTES:
        ended |= Q(last_seen_at__lte=now - dt.timedelta(minutes=settings.IDLE_MINUTES))
    return ended


class SessionManager(BaseSessionManager["Session"]):
    """Sessions end by themselves when they are old, or unused for long (LEP_IDLE_MINUTES)."""

    def live(self) -> models.QuerySet[Session]:
        return self.exclude(_ended(timezone.now()))

    def ended(self) -> models.QuerySet[Session]:
        return self.filter(_ended(timezone.now()))


class Session(AbstractBaseSession):
    """One browser's session, found by its person too: Django's own table knows only keys.

    No address and no full name of the browser is kept: "Firefox on Windows" is enough to know one's own by.
    """

    # None before somebody has signed in.
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="sessions", null=True, editable=False
    )
    signed_in_at = models.DateTimeField(editable=False)
    # To the minute: see lep_tracker/session_store.py.
    last_seen_at = models.DateTimeField(editable=False)
    browser = models.CharField(max_length=60, blank=True, editable=False)

    objects = SessionManager()  # type: ignore[misc]  # theirs is of the abstract model

    @classmethod
    def get_session_store_class(cls) -> type:
        store: type = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
        return store


class SecondStepRemoval(models.Model):
    """That somebody's second step was taken away by somebody else: a telephone was lost. Never changed."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # None: the operator.
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    removed_at = models.DateTimeField(default=timezone.now)
