"""What the doors write down beside the history: who was refused, who opened a pupil's page, who took a file.

An account's number, the name of a route, a code, a count: never a name, an address or what somebody typed. What is recorded, and how long
it stays: docs/audit.md.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse

from schools.models import Happening, Partnership, School
from schools.permissions import Permission
from schools.row_security import visible_to

# Of one account at one school in an hour; then one record says that there was more. A stranger cannot fill the disk.
MOST_REFUSALS = 60
# Of one account, or of all addresses that no account has, in an hour.
MOST_FAILURES = 30
# Minutes in which a second look of one person at one pupil's pages is the same look.
ONE_LOOK = 10

# The answers of views that refuse without raising: not allowed, and closed for entry.
_REFUSING = {403, 423}


@dataclass(frozen=True)
class Told:
    """What a view tells of its answer: the pupil whose page or file it is, and how many pupils a file names."""

    pupil: uuid.UUID | None = None
    pupils: int = 0
    # Another pupil whom the page shows beside.
    beside: uuid.UUID | None = None


def tell(
    request: HttpRequest,
    *,
    pupil: uuid.UUID | None = None,
    pupils: int = 0,
    beside: uuid.UUID | None = None,
) -> None:
    """Let the record of this answer say whose page it is, and who stands beside, or how many pupils its file names; each is a public_id."""
    request.told = Told(pupil, pupils or int(pupil is not None), beside)  # type: ignore[attr-defined]


@contextmanager
def refusals_recorded(request: Any, urn: str, permission: Permission | None = None) -> Iterator[None]:
    """Around a school's door, outside its transaction: a refusal raised within is recorded once that has been rolled back."""
    try:
        yield
    except (Http404, PermissionDenied) as refusal:
        school = School.objects.filter(urn=urn).first()
        if school is not None:
            status = 403 if isinstance(refusal, PermissionDenied) else 404
            access = getattr(request, "access", None)
            is_missing = access is not None and permission is not None and not access.may(permission)
            with visible_to(school):
                _refused(school, request, status, permission if is_missing else None)
        raise


def record_answer(request: Any, school: School, response: HttpResponse) -> None:
    """What a view answered inside its school, in the transaction of the answer. Needs the school open."""
    told: Told = getattr(request, "told", Told())
    if response.status_code in _REFUSING:
        _refused(school, request, response.status_code)
    elif _is_file(request, response):
        _at_school(school, request, Happening.EXPORT, told.pupil, _file_facts(request, response, told))
    elif response.status_code == 200 and told.pupil and request.method == "GET":
        for each in filter(None, (told.pupil, told.beside)):
            _seen(school, request, each)


def record_partnership_answer(request: Any, partnership_id: int, response: HttpResponse) -> None:
    """A file of a partnership's pages, which names no pupil. Not within counting_only(), which writes nothing."""
    if _is_file(request, response):
        facts = _file_facts(request, response, Told()) | {"partnership": partnership_id}
        record_of_account(Happening.EXPORT, request.user.pk, request_id(request), facts)


@contextmanager
def partnership_refusals_recorded(request: Any, partnership_id: int) -> Iterator[None]:
    """Around the partnership's door: as refusals_recorded, of the account, as no one school is concerned."""
    try:
        yield
    except (Http404, PermissionDenied) as refusal:
        # Of one that does not exist the number is whatever somebody typed, and nobody is concerned.
        if Partnership.objects.filter(pk=partnership_id).exists():
            status = 403 if isinstance(refusal, PermissionDenied) else 404
            facts = {"route": _route(request), "status": status, "partnership": partnership_id}
            values = {"account": request.user.pk, "request": request_id(request), "detail": json.dumps(facts)}
            _execute(_LIMITED_OF_ACCOUNT, {**values, **_limits(Happening.REFUSED)})
        raise


def record_of_account(
    what: Happening, account: int | None, request: str, detail: Mapping[str, Any] | None = None
) -> None:
    """Something of an account that no school is concerned with alone, by the database's clock."""
    values = {"what": str(what), "account": account, "request": request, "detail": json.dumps(detail or {})}
    _execute(_OF_ACCOUNT, values)


def record_failed_sign_in(email: str, request: str) -> None:
    """Somebody tried to sign in by this address, which is not kept: only whose it is, if anybody's.

    One statement either way, so that the time it takes tells nobody whether there is such an account.
    """
    values = {"email": email.strip().lower(), "request": request, "detail": "{}"}
    _execute(_FAILED, {**values, **_limits(Happening.SIGN_IN_FAILED)})


def record_operators_file(school: School, route: str, ending: str, pupils: int = 0) -> None:
    """A file that a command wrote. Needs the school open."""
    facts = {"route": route, "file": ending, "pupils": pupils}
    _execute(_AT_SCHOOL, _values(school, None, "", Happening.EXPORT, facts) | {"pupil": None})


def request_id(request: Any) -> str:
    """Its id, as the answer and the history carry it; empty for none."""
    return str(getattr(request, "id", ""))[:36]


def _is_file(request: Any, response: HttpResponse) -> bool:
    return (
        response.status_code == 200
        and request.method != "HEAD"
        and response.has_header("Content-Disposition")
    )


def _route(request: Any) -> str:
    match = getattr(request, "resolver_match", None)
    return str(match.url_name or "") if match else ""


def _file_facts(request: Any, response: HttpResponse, told: Told) -> dict[str, Any]:
    ending = _ENDINGS.get(response.headers["Content-Type"].partition(";")[0], "")
    return {"route": _route(request), "file": ending, "pupils": told.pupils}


_ENDINGS = {
    "text/csv": "csv",
    "application/json": "json",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "application/xml": "xml",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}


def _values(
    school: School, account: int | None, request: str, what: Happening, detail: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "school": school.pk,
        "account": account,
        "request": request,
        "what": str(what),
        "detail": json.dumps(detail),
    }


def _at_school(
    school: School, request: Any, what: Happening, pupil: uuid.UUID | None, detail: Mapping[str, Any]
) -> None:
    values = _values(school, request.user.pk, request_id(request), what, detail)
    _execute(_AT_SCHOOL, {**values, "pupil": pupil})


def _seen(school: School, request: Any, pupil: uuid.UUID) -> None:
    facts = {"route": _route(request)}
    values = _values(school, request.user.pk, request_id(request), Happening.PUPIL_SEEN, facts)
    _execute(_LOOK, {**values, "pupil": pupil, "minutes": ONE_LOOK})


def _refused(school: School, request: Any, status: int, missing: Permission | None = None) -> None:
    facts = {"route": _route(request), "method": _METHODS.get(request.method, ""), "status": status}
    if missing is not None:
        facts["permission"] = missing.name.lower()
    values = _values(school, request.user.pk, request_id(request), Happening.REFUSED, facts)
    _execute(_LIMITED_AT_SCHOOL, {**values, **_limits(Happening.REFUSED)})


# Not as it was sent: a method is whatever somebody types.
_METHODS = {method: method for method in ("GET", "HEAD", "POST")}


def _limits(what: Happening) -> dict[str, Any]:
    more, most = {
        Happening.REFUSED: (Happening.REFUSED_MORE, MOST_REFUSALS),
        Happening.SIGN_IN_FAILED: (Happening.SIGN_IN_FAILED_MORE, MOST_FAILURES),
    }[what]
    return {"what": str(what), "more": str(more), "most": most}


def _execute(sql: str, values: Mapping[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


_AT_SCHOOL = """
    INSERT INTO schools_auditrecord (school_id, what, account, pupil_id, request, detail)
    SELECT %(school)s, %(what)s, %(account)s,
        (SELECT id FROM schools_pupil WHERE school_id = %(school)s AND public_id = %(pupil)s::uuid),
        %(request)s, %(detail)s::jsonb
"""
_LOOK = """
    INSERT INTO schools_auditrecord (school_id, what, account, pupil_id, request, detail)
    SELECT p.school_id, %(what)s, %(account)s, p.id, %(request)s, %(detail)s::jsonb
    FROM schools_pupil p WHERE p.school_id = %(school)s AND p.public_id = %(pupil)s AND NOT EXISTS (
        SELECT FROM schools_auditrecord r
        WHERE r.school_id = %(school)s AND r.pupil_id = p.id AND r.account = %(account)s AND r.what = %(what)s
        AND r.at > statement_timestamp() - make_interval(mins => %(minutes)s))
"""
# So many in the hour before are recorded each, the next as the one that says that there was more, and those after it not at all.
_LIMITED = """
    FROM (SELECT count(*) AS so_far FROM {table} WHERE {whose} AND account IS NOT DISTINCT FROM {account}
        AND what IN (%(what)s, %(more)s) AND at > statement_timestamp() - interval '1 hour') AS hour
    WHERE so_far <= %(most)s
"""
_WHAT = "CASE WHEN so_far < %(most)s THEN %(what)s ELSE %(more)s END"
_DETAIL = "CASE WHEN so_far < %(most)s THEN %(detail)s::jsonb ELSE '{}'::jsonb END"
_LIMITED_AT_SCHOOL = (
    "INSERT INTO schools_auditrecord (school_id, what, account, request, detail)"
    f" SELECT %(school)s, {_WHAT}, %(account)s, %(request)s, {_DETAIL}"
    + _LIMITED.format(
        table="schools_auditrecord", whose="school_id = %(school)s", account="%(account)s::bigint"
    )
)
_OF_ACCOUNT = (
    "INSERT INTO schools_accountrecord (what, account, request, detail)"
    " VALUES (%(what)s, %(account)s, %(request)s, %(detail)s::jsonb)"
)
_LIMITED_OF_ACCOUNT = (
    "INSERT INTO schools_accountrecord (what, account, request, detail)"
    f" SELECT {_WHAT}, %(account)s, %(request)s, {_DETAIL}"
    + _LIMITED.format(table="schools_accountrecord", whose="TRUE", account="%(account)s::bigint")
)
_FAILED = (
    "WITH tried AS (SELECT (SELECT id FROM schools_user WHERE email = %(email)s) AS account)"  # noqa: S608
    " INSERT INTO schools_accountrecord (what, account, request, detail)"
    f" SELECT {_WHAT}, (SELECT account FROM tried), %(request)s, {_DETAIL}"
    + _LIMITED.format(table="schools_accountrecord", whose="TRUE", account="(SELECT account FROM tried)")
)
