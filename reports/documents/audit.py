"""What happened at a school in words, as its page lists it and as its file has it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.subjects import BY_NUMBER
from reports.documents.figure_pupils import point_label
from reports.documents.tables import Table, Value
from reports.queries.audit import MOST_IN_A_FILE, Happened, names_in
from schools.calendar import AcademicYear
from schools.models import ChangeKind, Happening, Role
from schools.permissions import Permission

_ENGLAND = ZoneInfo("Europe/London")
_LABELS: dict[str, str] = {
    **{str(value): str(label) for value, label in ChangeKind.choices},
    **{str(value): str(label) for value, label in Happening.choices},
    "snapshot": "Snapshot taken",
    "role_given": "Role given",
    "role_ended": "Role ended",
    "names_granted": "Names granted",
    "names_ended": "Grant of names ended",
    "names_read": "Names read",
    "judgement_insert": "Judgement entered",
    "judgement_update": "Judgement changed",
    "judgement_delete": "Judgement removed",
}
_PAGES = {"pupil": "Record", "pupil_progress": "Progress over the years", "pupil_for_parents": "For parents"}
# Those whose names in the map of addresses are not what a school calls them.
_ROUTES = {
    "audit": "What happened here",
    "roll": "Pupils",
    "class_roll": "Pupils of a class",
    "job": "Made by the worker",
    "pupil": "A pupil’s record",
    "pupil_progress": "A pupil’s progress over the years",
    "pupil_progress_pdf": "A pupil’s progress over the years",
    "pupil_for_parents": "A pupil’s page for parents",
}
_FORMATS = {"csv": "CSV", "xlsx": "Excel", "pdf": "PDF", "json": "JSON", "zip": "ZIP"}
_STATUSES = {404: "not there, or not theirs", 403: "not allowed", 423: "closed for entry"}
_NO_ROLE = "Somebody with no role here"


@dataclass(frozen=True)
class AuditLine:
    """One line; `at` in UTC. `pupil_id` where the pupil's page may be opened."""

    at: dt.datetime
    who: str
    what: str
    about: str
    pupil: str
    pupil_id: uuid.UUID | None
    request: str

    @property
    def iso(self) -> str:
        """`2026-11-23T06:14:47Z`."""
        return f"{self.at:%Y-%m-%dT%H:%M:%SZ}"

    @property
    def utc(self) -> str:
        """`23 November 2026, 06:14:47 UTC`."""
        return f"{self.at.day} {self.at:%B %Y, %H:%M:%S} UTC"


def audit_line(found: Happened) -> AuditLine:
    """The line of one thing that happened."""
    return AuditLine(
        at=found.at.astimezone(dt.UTC),
        who=_who(found),
        what=_LABELS.get(found.label, found.label),
        about=_about(found),
        pupil=found.pupil or ("A pupil" if found.pupil_key is not None else ""),
        pupil_id=found.pupil_id,
        request=found.request,
    )


def audit_table(found: Sequence[Happened], *, is_whole: bool, title: str) -> Table:
    """The list to keep, the latest first; where it is not all, its last line says so."""
    rows: list[Sequence[Value]] = []
    for each in found:
        line = audit_line(each)
        here = line.at.astimezone(_ENGLAND)
        rows.append(
            (
                f"{here:%Y-%m-%d %H:%M:%S}",
                line.iso,
                line.who,
                line.what,
                line.pupil or None,
                line.about or None,
                line.request or None,
            )
        )
    if not is_whole:
        end = f"Only the latest {MOST_IN_A_FILE} lines are here. Choose fewer days for the rest."
        rows.append((end, *(None for _ in _HEADINGS[1:])))
    return Table(title, _HEADINGS, rows, names_in(found))


_HEADINGS = ("Time in the UK", "Time in UTC", "Who", "What", "Pupil", "About", "Request")


def _who(found: Happened) -> str:
    if found.account is None:
        return "The operator"
    return found.who or f"{_NO_ROLE} (account {found.account})"


def _about(found: Happened) -> str:
    tell = _ABOUT.get(found.label)
    return tell(found) if tell else found.words


def _page_of(found: Happened) -> str:
    return _PAGES.get(str(found.facts.get("route", "")), "")


def _file(found: Happened) -> str:
    pupils = found.facts.get("pupils", 0)
    named = f"names {pupils} pupil{'' if pupils == 1 else 's'}" if pupils else "names no pupil"
    return ", ".join(
        each for each in (_route(found), _FORMATS.get(str(found.facts.get("file")), ""), named) if each
    )


def _refusal(found: Happened) -> str:
    why = _STATUSES.get(found.facts.get("status", 0), "")
    name = str(found.facts.get("permission", "")).upper()
    if name in Permission.__members__:
        why = f"needs leave to {Permission[name].value}"
    return ": ".join(each for each in (_route(found), why) if each)


def _route(found: Happened) -> str:
    """A page in words, from the name of its route: names of our own, whoever asked for it."""
    name = str(found.facts.get("route", "")).removesuffix("_file")
    words = _ROUTES.get(name, name.replace("_", " ").replace("-", " "))
    return words[:1].upper() + words[1:]


def _role(found: Happened) -> str:
    role = found.facts.get("role", "")
    label = str(Role(role).label) if role in Role.values else str(role)
    return f"{label}: {found.target}" if found.target else label


def _judgement(found: Happened) -> str:
    at: dict[str, Any] = dict(found.facts)
    subject = BY_NUMBER.get(at["subject"])
    point = AssessmentPoint(AcademicYear(at["year"]), AssessmentTerm(at["term"]))
    return f"{subject.full_name if subject else 'A subject'}, {point_label(point)}"


_ABOUT: dict[str, Callable[[Happened], str]] = {
    "pupil_seen": _page_of,
    "export": _file,
    "refused": _refusal,
    "refused_more": lambda _: "more than are kept of one hour",
    "failed_more": lambda _: "more than are kept of one hour",
    "role_given": _role,
    "role_ended": _role,
    "name_corrected": lambda found: f"by {found.target or 'somebody who has no role here'}",
    "snapshot": lambda found: f"Snapshot {found.facts['number']}{': ' if found.words else ''}{found.words}",
    "judgement_insert": _judgement,
    "judgement_update": _judgement,
    "judgement_delete": _judgement,
}
