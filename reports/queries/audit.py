"""What happened at a school, from its records and its history, as one list with the latest first."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Q, QuerySet

from reports.queries.audit_sources import HELD, SOURCES, Kind, Source
from schools.access import Access
from schools.models import Happening, NamesReading, Pupil, User
from schools.permissions import Permission
from schools.queries.rolls import pupils_for

PAGE_LENGTH = 50
# Of a file. Who needs more chooses fewer days.
MOST_IN_A_FILE = 20_000

_RECORDS_OF = {
    Kind.PUPILS: {Happening.PUPIL_SEEN},
    Kind.FILES: {Happening.EXPORT},
    Kind.REFUSALS: {Happening.REFUSED, Happening.REFUSED_MORE},
}
_ON_THEIR_OWN = frozenset().union(*_RECORDS_OF.values())


@dataclass(frozen=True)
class Place:
    """Where a page of the list ends: what is before this comes next."""

    at: dt.datetime
    source: int
    id: int


@dataclass(frozen=True)
class AuditFilter:
    """What the list is narrowed to: `person` is who did it, or whom a role was given; days are England's, both counted."""

    kind: Kind | None = None
    person: int | None = None
    pupil: uuid.UUID | None = None
    first_day: dt.date | None = None
    last_day: dt.date | None = None


@dataclass(frozen=True)
class Happened:
    """One thing that happened. Names are empty where nobody is meant, or the reader may not see them."""

    place: Place
    label: str
    account: int | None
    who: str
    target: str
    # Of a pupil of this school, for who may see the name; `pupil_id` where the pupil's page of the year in view may be opened too.
    pupil_key: int | None
    pupil: str
    pupil_id: uuid.UUID | None
    words: str
    request: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def at(self) -> dt.datetime:
        return self.place.at


@dataclass(frozen=True)
class Page:
    """The lines, and where the next page begins; None at the end."""

    lines: tuple[Happened, ...]
    next: Place | None


@dataclass(frozen=True)
class Person:
    """Somebody who holds or held a role at the school."""

    account: int
    name: str


def what_happened(
    access: Access, wanted: AuditFilter, *, before: Place | None = None, length: int = PAGE_LENGTH
) -> Page:
    """A page of what happened at the school; four queries. Single judgements are among it where they are asked for, or a pupil is."""
    rows = _rows(access, wanted, before, length + 1)
    more, rows = len(rows) > length, rows[:length]
    names = _names(access, {each for row in rows for each in (row[3], row[5]) if each is not None})
    pupils, open_pages = _pupils(access, {row[4] for row in rows if row[4] is not None})
    may_read_words = access.may(Permission.SEE_ALL_PUPILS)
    lines = []
    for source, key, at, account, pupil, target, label, words, request, facts in rows:
        known = pupils.get(pupil)
        lines.append(
            Happened(
                place=Place(at, source, key),
                label=label,
                account=account,
                who=names.get(account, "") if account is not None else "",
                target=names.get(target, "") if target is not None else "",
                pupil_key=pupil,
                pupil=known.name if known else "",
                pupil_id=known.public_id if known and pupil in open_pages else None,
                # A reason may name a pupil.
                words=words if may_read_words else "",
                request=request,
                facts=facts if isinstance(facts, dict) else json.loads(facts),
            )
        )
    return Page(tuple(lines), lines[-1].place if more else None)


def people_of_school(access: Access) -> list[Person]:
    """Everybody who holds or held a role here, by name."""
    found = User.objects.filter(pk__in=_ever_here(access)).order_by("name", "pk")
    return [Person(pk, name) for pk, name in found.values_list("pk", "name")]


def pupil_named(access: Access, pupil_id: uuid.UUID) -> str | None:
    """The pupil's name; None where there is no such pupil here, or not for this person."""
    found = _seen_by(access).filter(public_id=pupil_id).first()
    return found.name if found else None


def _rows(access: Access, wanted: AuditFilter, before: Place | None, most: int) -> list[tuple[Any, ...]]:
    sources = [source for source in SOURCES if _is_asked(source, wanted)]
    if not sources:
        return []
    conditions, values = _conditions(wanted, before)
    parts = [
        f"(SELECT * FROM ({source.sql}) AS one WHERE {conditions} ORDER BY at DESC, source DESC, id DESC LIMIT %(most)s)"  # noqa: S608
        for source in sources
    ]
    chosen = _RECORDS_OF.get(wanted.kind) if wanted.kind else None
    values |= {
        "school": access.school.pk,
        "at_school": [str(each) for each in chosen or _ON_THEIR_OWN],
        "of_account": [
            str(each) for each in chosen or (set(Happening) - (_ON_THEIR_OWN if wanted.kind else set()))
        ],
        "most": most,
    }
    sql = (
        f"WITH held AS MATERIALIZED ({HELD}) SELECT * FROM ({' UNION ALL '.join(parts)}) AS everything"  # noqa: S608
        " ORDER BY at DESC, source DESC, id DESC LIMIT %(most)s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _is_asked(source: Source, wanted: AuditFilter) -> bool:
    if wanted.pupil is not None and not source.is_of_pupils:
        return False
    if wanted.kind is not None:
        return wanted.kind in source.kinds
    # Of a whole school they would hide everything else.
    return source.kinds != {Kind.JUDGEMENTS} or wanted.pupil is not None


def _conditions(wanted: AuditFilter, before: Place | None) -> tuple[str, dict[str, Any]]:
    """Of a SELECT with the columns of the sources."""
    asked: list[tuple[object, str, dict[str, Any]]] = [
        (wanted.person, "(account = %(person)s OR target = %(person)s)", {"person": wanted.person}),
        (
            wanted.pupil,
            "pupil = (SELECT id FROM schools_pupil WHERE school_id = %(school)s AND public_id = %(pupil)s)",
            {"pupil": wanted.pupil},
        ),
        (
            wanted.first_day,
            "at >= %(first)s::timestamp AT TIME ZONE 'Europe/London'",
            {"first": wanted.first_day},
        ),
        (
            wanted.last_day,
            "at < (%(last)s::date + 1)::timestamp AT TIME ZONE 'Europe/London'",
            {"last": wanted.last_day},
        ),
    ]
    if before is not None:
        key = {"at": before.at, "source": before.source, "id": before.id}
        asked.append((before, "(at, source, id) < (%(at)s, %(source)s, %(id)s)", key))
    told = [each for each in asked if each[0] is not None]
    values: dict[str, Any] = {}
    for _, _, of in told:
        values |= of
    return " AND ".join([sql for _, sql, _ in told] or ["TRUE"]), values


def _ever_here(access: Access) -> QuerySet[Any, Any]:
    events = apps.get_model("schools", "MembershipEvent")
    return events.objects.filter(school=access.school).values("user_id")  # type: ignore[no-any-return]


def _names(access: Access, accounts: set[int]) -> dict[int, str]:
    """Of these who hold or held a role here, or read names by a grant of the school's. Others stay a number."""
    readers = NamesReading.objects.in_school(access.school).values("read_by")
    found = User.objects.filter(Q(pk__in=_ever_here(access)) | Q(pk__in=readers), pk__in=accounts)
    return dict(found.values_list("pk", "name"))


def _pupils(access: Access, keys: set[int]) -> tuple[dict[int, Pupil], set[int]]:
    """Whom of these the reader may see by name, and of whom there is a page in the year in view."""
    seen = {pupil.pk: pupil for pupil in _seen_by(access).filter(pk__in=keys)}
    return seen, set(pupils_for(access).filter(pupil__in=keys).values_list("pupil", flat=True))


def _seen_by(access: Access) -> QuerySet[Pupil]:
    pupils: QuerySet[Pupil] = Pupil.objects.in_school(access.school)
    if access.may(Permission.SEE_ALL_PUPILS):
        return pupils
    return pupils.filter(pk__in=pupils_for(access).values("pupil"))


def names_in(lines: Sequence[Happened]) -> int:
    """How many pupils the lines name."""
    return len({line.pupil_key for line in lines if line.pupil})
