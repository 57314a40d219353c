"""A database to measure in, beside the site's own, and somebody signed in to it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.utils import timezone

from schools.calendar import AcademicYear, YearGroup
from schools.models import Role, School, User
from schools.row_security import visible_to
from schools.services import memberships
from schools.services.schools import NewSchool, create_school

Page = Callable[[], bytes]


def prepare() -> tuple[School, AcademicYear, User]:
    """The database brought up to date, with one school and its head."""
    call_command("migrate", verbosity=0)
    year = AcademicYear.containing(timezone.localdate())
    school = School.objects.filter(urn="199999").first() or create_school(
        new=NewSchool(
            name="Bench School",
            urn="199999",
            dfe_number="8609999",
            lowest_year_group=YearGroup.R,
            highest_year_group=YearGroup.Y4,
            partnership="Bench",
        ),
        academic_year=year,
        by=None,
    )
    head = User.objects.filter(email="head@bench.test").first() or User.objects.create_user(
        "head@bench.test", "Head"
    )
    with visible_to(school):
        memberships.grant(school=school, user=head, role=Role.HEAD, by=None)
    return school, year, head


def sign_in(user: User) -> str:
    """A session's cookie."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def page(application: Any, path: str, cookie: str) -> Page:
    """A GET through the whole application, without a network: what a worker does for it."""

    def get() -> bytes:
        statuses: list[str] = []
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": str(settings.PORT),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": urlsplit(settings.SITE_ADDRESS).netloc,
            "HTTP_COOKIE": cookie,
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
        }
        answer = application(environ, lambda status, headers, exc_info=None: statuses.append(status))
        body = b"".join(answer)
        answer.close()
        if statuses != ["200 OK"]:
            raise RuntimeError(f"{path} answered {statuses}")
        return body

    return get
