"""Ending sign-ins."""

from __future__ import annotations

from schools.models import Session, User


def end_sessions(user: User, *, keep: str | None = None) -> int:
    """Sign the person out everywhere, in all workers at once, but for the session with the key `keep`; how many ended.

    A request that is being answered is finished; the next one finds nobody signed in.
    """
    sessions = Session.objects.filter(user=user)
    if keep:
        sessions = sessions.exclude(session_key=keep)
    ended, _ = sessions.delete()
    return ended
