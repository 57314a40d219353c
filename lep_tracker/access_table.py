"""Which role opens which address, and may send what there: drawn from the map of the site and from the policy, as docs/access-table.md prints it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from lep_tracker.urls import ADDRESSES_OUTSIDE_THE_DOOR
from schools.models import Role
from schools.permissions import PERMISSIONS_BY_ROLE, Permission


class Action(StrEnum):
    """What somebody does at an address."""

    LOOK = "look"
    SEND = "send"


class Answer(StrEnum):
    """What a role is answered."""

    YES = "yes"
    # Their own classes and the pupils of these, or what they asked for themselves; 404 elsewhere.
    OWN = "own"
    NO = "\N{EN DASH}"


@dataclass(frozen=True)
class Line:
    """One address and one action: what it needs, and who has that."""

    name: str
    action: Action
    needs: tuple[Permission, ...]
    answers: dict[Role, Answer]


_METHODS = {Action.LOOK: "GET", Action.SEND: "POST"}
_NARROWED = {"pupil_id", "class_id"}


def all_addresses(patterns: list[Any] | None = None) -> Iterator[URLPattern]:
    """Every address of the site, in the order of the map."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from all_addresses(pattern.url_patterns)
        else:
            yield pattern


def lines() -> list[Line]:
    """Every address inside a school, in the order of the map."""
    return [
        _line(pattern, action)
        for pattern in all_addresses()
        if hasattr(pattern.callback, "permission")
        for action, method in _METHODS.items()
        if method in pattern.callback.methods  # type: ignore[attr-defined]
    ]


def _line(pattern: URLPattern, action: Action) -> Line:
    name, callback = str(pattern.name), pattern.callback
    needs: tuple[Permission, ...] = (callback.permission,)  # type: ignore[attr-defined]
    if action is Action.SEND and _writes_judgements(name):
        needs = tuple(dict.fromkeys((*needs, Permission.RECORD_JUDGEMENTS)))
    named = set(pattern.pattern.converters)
    return Line(name, action, needs, {role: _answer(role, needs, named) for role in Role})


def _writes_judgements(name: str) -> bool:
    """Where the door opens to whoever sees the pupils, and the view asks besides who may enter: the rights are those of each pupil (assessment.queries.entry_rights)."""
    return "_marksheet" in name or name == "baselines"


def _answer(role: Role, needs: tuple[Permission, ...], named: set[str]) -> Answer:
    held = PERMISSIONS_BY_ROLE[role]
    if not held.issuperset(needs):
        return Answer.NO
    is_narrowed = named & _NARROWED and Permission.SEE_ALL_PUPILS not in held
    return Answer.OWN if is_narrowed or "job_id" in named else Answer.YES


def access_page() -> str:
    """docs/access-table.md."""
    roles = "".join(f" {role.label} |" for role in Role)
    inside = [
        f"| {line.name} | {line.action} | {'; '.join(need.name for need in line.needs)} |"
        + "".join(f" {line.answers[role]} |" for role in Role)
        for line in lines()
    ]
    return "\n".join(
        [
            _INTRODUCTION,
            f"| address | | needs |{roles}",
            f"|---|---|---|{'---|' * len(Role)}",
            *inside,
            _OF_PARTNERSHIPS,
            *_of_partnerships(),
            _OUTSIDE,
            *(f"| {name} | {why} |" for name, why in ADDRESSES_OUTSIDE_THE_DOOR.items()),
            "",
        ]
    )


def _of_partnerships() -> Iterator[str]:
    for pattern in all_addresses():
        callback = pattern.callback
        if hasattr(callback, "is_of_partnership"):
            action = Action.SEND if hasattr(callback, "is_act_of_partnership") else Action.LOOK
            yield f"| {pattern.name} | {action} | {'yes' if hasattr(callback, 'needs_grant') else 'no'} |"


_INTRODUCTION = """# Who opens what

Every address of the site, and which role may look there and send something there. Made from the program by
`manage.py access_table --output docs/access-table.md`: do not edit it by hand. A test compares it, and asks every address as every role.
What each permission means is in [roles](roles.md).

*own*: the classes that one teaches and their pupils, or what one asked for oneself; elsewhere nothing is found. An address for which a role
has no permission answers 403 to members of the school; to everybody else the school does not exist (404). Where two permissions stand, the
second is asked for each pupil. What a page shows may be narrower still: a teacher's lists have the pupils of the teacher's own classes, and a governor's
numbers no names and no small counts.

## Inside a school
"""
_OF_PARTNERSHIPS = """
## Of a partnership

For its leads alone; everybody else gets 404. No pupil has a name there, but by a school's grant for some days.

| address | | needs a school's grant |
|---|---|---|"""
_OUTSIDE = """
## Outside both doors

| address | why |
|---|---|"""
