"""A database to measure in, beside the site's own, and somebody signed in to it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management import call_command
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils import timezone

from lep_tracker.session_store import SessionStore
from schools.calendar import AcademicYear, YearGroup
from schools.models import Role, School, User
from schools.row_security import visible_to
from schools.services import memberships
from schools.services.schools import NewSchool, create_school

Page = Callable[[], bytes]

_URN = "199999"


def prepare() -> tuple[School, AcademicYear, User]:
    """The database brought up to date, with one school and its head."""
    call_command("migrate", verbosity=0)
    year = AcademicYear.containing(timezone.localdate())
    school = School.objects.filter(urn=_URN).first() or create_school(
        new=NewSchool(
            name="Bench School",
            urn=_URN,
            dfe_number="8609999",
            lowest_year_group=YearGroup.R,
            highest_year_group=YearGroup.Y4,
            partnership="Bench",
        ),
        academic_year=year,
        by=None,
    )
    return school, year, member(school, Role.HEAD)


def member(school: School, role: Role) -> User:
    """Somebody of that role, who belongs to this school alone."""
    email = f"{role.value}-{school.urn}@bench.test".replace("_", "-")
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, role.label)
    with visible_to(school):
        memberships.grant(school=school, user=user, role=role, by=None)
    return user


@dataclass(frozen=True)
class Visitor:
    """Somebody signed in, as a browser shows it: a session's cookie, and a token that no other site could send."""

    cookie: str
    token: str


def sign_in(user: User) -> Visitor:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    request = HttpRequest()
    token = get_token(request)
    cookies = {
        settings.SESSION_COOKIE_NAME: session.session_key,
        settings.CSRF_COOKIE_NAME: request.META["CSRF_COOKIE"],
    }
    return Visitor("; ".join(f"{name}={value}" for name, value in cookies.items()), token)


def headers(visitor: Visitor, address: str) -> dict[str, str]:
    """What htmx sends beside a form; `address` is the site's."""
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": visitor.cookie,
        "Origin": address,
        "HX-Request": "true",
        "X-CSRFToken": visitor.token,
    }


@dataclass(frozen=True)
class Site:
    """The whole application without a network: what a worker does for a request."""

    application: Any
    visitor: Visitor

    def page(self, path: str) -> Page:
        """A GET, to be run many times."""
        place, _, query = path.partition("?")
        cookie = {"HTTP_COOKIE": self.visitor.cookie}
        return lambda: self._answer(
            {"REQUEST_METHOD": "GET", "PATH_INFO": place, "QUERY_STRING": query, **cookie}, b""
        )

    def post(self, path: str, fields: Mapping[str, str]) -> bytes:
        """A POST by htmx, with what a browser sends along."""
        place, _, query = path.partition("?")
        body = urlencode(fields).encode()
        sent = headers(self.visitor, settings.SITE_ADDRESS)
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": place,
            "QUERY_STRING": query,
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": sent.pop("Content-Type"),
            **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in sent.items()},
        }
        return self._answer(environ, body)

    def _answer(self, environ: dict[str, str], body: bytes) -> bytes:
        statuses: list[str] = []
        whole = {
            "SERVER_NAME": "localhost",
            "SERVER_PORT": str(settings.PORT),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": urlsplit(settings.SITE_ADDRESS).netloc,
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            **environ,
        }
        answer = self.application(whole, lambda status, headers, exc_info=None: statuses.append(status))
        content = b"".join(answer)
        answer.close()
        if statuses != ["200 OK"]:
            raise RuntimeError(f"{environ['PATH_INFO']} answered {statuses}")
        return content


def empty_page(application: Any) -> Page:
    """Behind the door of the school that `prepare` makes, by its head."""
    school = School.objects.get(urn=_URN)
    year = AcademicYear.containing(timezone.localdate())
    return Site(application, sign_in(member(school, Role.HEAD))).page(f"/bench/{school.urn}/{year.slug}/")
