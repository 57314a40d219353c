"""Where people are signed in."""

from __future__ import annotations

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from schools.models import User


def end_sessions(user: User, *, keep: str | None = None) -> int:
    """Sign the person out everywhere, but for the session with the key `keep`; how many sessions that ended.

    A session says only inside itself whose it is, so each that has not run out is read.
    """
    theirs = [
        session.pk
        for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator()
        if session.pk != keep and session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    ended, _ = Session.objects.filter(pk__in=theirs).delete()
    return ended
