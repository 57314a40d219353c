"""The completion board: what of a term is missing, by class, by teacher, and in words that can be sent to them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assessment.queries.completion import ClassCompletion, Share, State, completion
from schools.access import Access
from schools.calendar import AcademicYear, TermName
from schools.models import ClassTeacher

NOBODY = "Nobody teaches these yet"


@dataclass(frozen=True)
class Awaited:
    """What is missing of a class in one subject, or in the areas together."""

    class_id: uuid.UUID
    class_name: str
    share: Share

    @property
    def is_shut(self) -> bool:
        """Nobody can enter it: entry is over, or has not begun."""
        return self.share.state in {State.CLOSED, State.NOT_OPEN}


@dataclass(frozen=True)
class TeacherLine:
    """A teacher, and what is missing of the classes taught; `reminder` is empty where there is nothing that the teacher could enter."""

    name: str
    awaited: tuple[Awaited, ...]
    reminder: str

    @property
    def missing(self) -> int:
        """How many cells are empty."""
        return sum(each.share.missing for each in self.awaited)

    @property
    def classes(self) -> list[tuple[str, list[Awaited]]]:
        """The classes in their order, each with what is missing of it."""
        found: dict[str, list[Awaited]] = {}
        for each in self.awaited:
            found.setdefault(each.class_name, []).append(each)
        return list(found.items())


@dataclass(frozen=True)
class Board:
    """All classes in sight, and who is asked for what. `reminder` is to all of them; no text names a pupil."""

    classes: tuple[ClassCompletion, ...]
    teachers: tuple[TeacherLine, ...]
    reminder: str

    @property
    def counts(self) -> list[tuple[State, int]]:
        """How many sheets are in each state, those that occur."""
        found = Counter(share.state for each in self.classes for share in each.shares)
        return [(state, found[state]) for state in State if found[state]]

    @property
    def missing(self) -> int:
        """How many cells are empty and awaited."""
        return sum(share.missing for each in self.classes for share in each.shares if share.is_awaited)


def board(access: Access, term: TermName, *, today: dt.date, address: str = "") -> Board:
    """The board of a term. `address`: where the marksheets are, for the reminders. The number of queries depends on nothing that it holds."""
    classes = completion(access, term, today=today, own_first=False)
    awaited = {each.line.public_id: tuple(_awaited(each)) for each in classes}
    return Board(
        classes=tuple(classes),
        teachers=tuple(_teachers(access, term, awaited, address)),
        reminder=_reminder(access, term, "Dear all", [one for of in awaited.values() for one in of], address),
    )


def _awaited(each: ClassCompletion) -> Iterable[Awaited]:
    return (Awaited(each.line.public_id, each.line.name, share) for share in each.shares if share.is_awaited)


def _teachers(
    access: Access, term: TermName, awaited: dict[uuid.UUID, tuple[Awaited, ...]], address: str
) -> Iterable[TeacherLine]:
    """By name; two of the same name stay two. Last what nobody teaches."""
    rows = (
        ClassTeacher.objects.in_school(access.school)
        .filter(class_group__academic_year=access.academic_year, membership__is_active=True)
        .order_by("membership__user__name", "membership__user", "pk")
        .values_list("membership__user", "membership__user__name", "class_group__public_id")
    )
    taught: dict[int, tuple[str, set[uuid.UUID]]] = {}
    for user, name, class_id in rows:
        taught.setdefault(user, (name, set()))[1].add(class_id)
    for name, class_ids in taught.values():
        # In the order of the board.
        own = tuple(one for class_id, of in awaited.items() if class_id in class_ids for one in of)
        if class_ids & awaited.keys():
            yield TeacherLine(name, own, _reminder(access, term, f"Dear {name}", own, address))
    everybodys = {class_id for _, class_ids in taught.values() for class_id in class_ids}
    nobodys = tuple(one for class_id, of in awaited.items() if class_id not in everybodys for one in of)
    if nobodys:
        yield TeacherLine(NOBODY, nobodys, "")


def _reminder(access: Access, term: TermName, to: str, awaited: Sequence[Awaited], address: str) -> str:
    """A text to copy: classes, subjects and counts. What nobody can enter is left out."""
    enterable = [each for each in awaited if not each.is_shut]
    if not enterable:
        return ""
    lines: dict[str, list[str]] = {}
    for each in enterable:
        share = each.share
        lines.setdefault(each.class_name, []).append(f"{share.label} {share.missing} of {share.cells}")
    year = AcademicYear(access.academic_year)
    parts = [
        f"{to},",
        f"these judgements for {term.label} {year.label} are still to be entered:",
        "\n".join(f"{name}: {', '.join(of)}" for name, of in lines.items()),
        "If a pupil was absent, is new, or need not be judged, please enter that as the reason: the cell then counts as done.",
    ]
    if address:
        parts.append(f"The marksheets are here: {address}")
    return "\n\n".join([*parts, f"Thank you\n{access.user.name}"])
