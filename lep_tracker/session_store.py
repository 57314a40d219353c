"""Where sessions are kept: Django's way, in a table of ours that knows whose they are and when they were last used."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from schools.models import Session

SIGNED_IN_AT = "signed_in_at"
BROWSER = "browser"
# Not at every request: a class saves forty cells in a minute.
WRITE_DOWN_EVERY = dt.timedelta(minutes=1)


class SessionStore(DatabaseStore):
    """A session that was not used for LEP_IDLE_MINUTES, or began twelve hours ago, is not there."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        found = Session.objects.live().filter(session_key=self.session_key).first()
        if found is None:
            self._session_key = None
            return None
        now = timezone.now()
        if found.user_id and now - found.last_seen_at >= WRITE_DOWN_EVERY:
            Session.objects.filter(session_key=found.session_key).update(last_seen_at=now)
        return found

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        now = timezone.now()
        began = data.get(SIGNED_IN_AT)
        signed_in_at = dt.datetime.fromtimestamp(began, tz=dt.UTC) if began else now
        return Session(
            session_key=self._get_or_create_session_key(),  # type: ignore[attr-defined]  # the stubs leave it out
            session_data=self.encode(data),
            # From the sign-in on, however often the session is written.
            expire_date=signed_in_at + dt.timedelta(seconds=settings.SESSION_COOKIE_AGE),
            user_id=data.get(SESSION_KEY),
            signed_in_at=signed_in_at,
            last_seen_at=now,
            browser=data.get(BROWSER, ""),
        )

    @classmethod
    def clear_expired(cls) -> None:
        Session.objects.ended().delete()
