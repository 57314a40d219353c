"""Lines of the log: which request, at which kind of address, and nothing about a person.

What could hold a name is left out rather than looked through: an address with its ids, and the words of an exception, which may quote what
somebody typed. An error is told by its type and place; of what the database refused, also by which rule.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
import logging
import re
import time
import traceback
from collections.abc import Iterator
from http.client import responses
from types import TracebackType
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

access = logging.getLogger("lep_tracker.access")
"""A line for each request; heard where the log is JSON."""

_ABOUT_REQUESTS = ("django.request", "django.security")
_OF_GUNICORN = ("Error handling request", "Invalid request from")
# Addresses of letters that let somebody in: until they are used, a line of the log would be as good as the letter.
_KEY_IN_ADDRESS = re.compile(r"(/invitations/\d+/|/account/password/new/)[^/\s'\"]+")
_INTEGRITY = "23"


class PlainFormatter(logging.Formatter):
    """A line that names the request by its id."""

    def format(self, record: logging.LogRecord) -> str:
        record = _without_a_person(record)
        record.request_id = _request_id(record)
        return _KEY_IN_ADDRESS.sub(r"\1…", super().format(record))

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802  # logging's name
        return told(ei[1]) if ei[1] else ""


class JsonFormatter(PlainFormatter):
    """An object a line: for programs that collect logs."""

    def format(self, record: logging.LogRecord) -> str:
        record = _without_a_person(record)
        request = getattr(record, "request", None)
        facts: dict[str, Any] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _KEY_IN_ADDRESS.sub(r"\1…", record.getMessage()),
            "request_id": _request_id(record),
        }
        if request is not None:
            facts["route"] = route_of(request)
        facts |= getattr(record, "facts", {})
        if status := getattr(record, "status_code", None):
            facts["status"] = status
        if record.exc_info:
            facts["error"] = self.formatException(record.exc_info)
        return json.dumps(facts, ensure_ascii=True)


def _without_a_person(record: logging.LogRecord) -> logging.LogRecord:
    record = copy.copy(record)
    # Another handler may have left its own telling of the exception.
    record.exc_text = None
    if record.levelno < logging.ERROR:
        # A refusal is no failure: where in the code it was raised helps nobody.
        record.exc_info = None
    request = getattr(record, "request", None)
    if request is not None and record.name.startswith(_ABOUT_REQUESTS):
        # Django's own words hold the address, or what was sent.
        status = getattr(record, "status_code", 0)
        record.msg, record.args = f"{responses.get(status, 'Refused')}: {route_of(request)}", ()
    elif record.name == "gunicorn.error" and str(record.msg).startswith(_OF_GUNICORN):
        # It goes on with the address, or with whose machine it was.
        record.msg, record.args = " ".join(str(record.msg).split()[:2]), ()
    return record


def _request_id(record: logging.LogRecord) -> str:
    return str(getattr(getattr(record, "request", None), "id", None) or getattr(record, "request_id", "-"))


def route_of(request: HttpRequest) -> str:
    """The kind of address, without the ids in it: `schools/<urn:urn>/<year:year>/pupils/`; `-` for what is none of the site's."""
    match = getattr(request, "resolver_match", None)
    return match.route or "/" if match else "-"


def told(error: BaseException) -> str:
    """An exception and what led to it: types and places, without words. In debugging, with them."""
    return "\n".join(line for each in _chain(error) for line in _lines(each))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """What led to it first, as Python prints it."""
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier:
        yield from _chain(earlier)
    yield error


def _lines(error: BaseException) -> Iterator[str]:
    yield "Traceback:"
    for place in traceback.format_tb(error.__traceback__):
        yield place.rstrip("\n")
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    words = str(error) if settings.configured and settings.DEBUG else _rule(error)
    yield f"{kind}: {words}" if words else kind


def _rule(error: BaseException) -> str:
    """Of what the database refused: its code, and the rule that a row broke. Its other messages may quote a value."""
    cause = error.__cause__ if isinstance(error, DatabaseError) else error
    state, found = getattr(cause, "sqlstate", None), getattr(cause, "diag", None)
    if not state or not found:
        return ""
    if state.startswith(_INTEGRITY):
        return f"{state}, {found.message_primary}"
    return str(state)


class Stopwatch:
    """Says how a request went, when it is over; by its kind of address, and without whose it was."""

    def __init__(self, request: HttpRequest) -> None:
        self._request, self._began = request, time.perf_counter()

    def tell(self, response: HttpResponseBase) -> None:
        if not access.isEnabledFor(logging.INFO):
            return
        facts = {
            "method": self._request.method,
            "status": response.status_code,
            "ms": round((time.perf_counter() - self._began) * 1000, 1),
            "bytes": None if response.streaming else len(response.content),  # type: ignore[attr-defined]
        }
        access.info("request", extra={"request": self._request, "facts": facts})
