"""Everything that a school holds of one pupil, for whoever asks for it by right (UK GDPR, Art. 15): in words, for people, and with its values.

Other people are left out: of staff the role stands for the name, and other pupils' names are taken out of free text.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.utils import timezone

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.expected_range import Attainment
from assessment.engine.point_scale import code_of
from reports.queries.subject_access import (
    Event,
    HeldTable,
    Names,
    Values,
    everything_held,
    names_for,
    names_of_others,
)
from schools.calendar import AcademicYear, YearGroup
from schools.data_map import OF_EVENTS, Kind
from schools.models import Pupil

NOT_RECORDED = "Not recorded"
REMOVED = "[another pupil]"

_TITLES = {
    "schools_pupil": "Who the pupil is",
    "schools_enrolment": "When the pupil was at the school",
    "schools_pupilyear": "The record of each year",
    "schools_fsmperiod": "Free school meals over time",
    "schools_senperiod": "Special educational needs over time",
    "schools_senneed": "Types of special educational need",
    "schools_careperiod": "Being looked after, over time",
    "schools_schoolattended": "Schools attended",
    "schools_ctfresultraw": "Results of statutory assessments",
    "schools_yearlyclaim": "Where the values of a year came from",
    "schools_customgrouppupil": "Groups that the school made",
    "schools_retentionhold": "Why the record was kept longer",
    "schools_toldapart": "Said not to be the record of another child",
    "schools_rolloverpupil": "Planned for the new school year",
    "schools_septembertick": "Checked at the start of the year",
    "schools_auditrecord": "Who opened the record or took it in a file, and what was refused",
    "assessment_judgement": "Judgements of what the pupil knows",
    "assessment_signdecision": "Decisions about progress",
    "assessment_ownexpectation": "Steps expected of the pupil alone",
    "assessment_snapshotpupil": "Frozen with a term: sex and date of birth",
    "assessment_snapshotenrolment": "Frozen with a term: stays",
    "assessment_snapshotcustomgrouppupil": "Frozen with a term: groups",
    "assessment_snapshotownexpectation": "Frozen with a term: steps expected of the pupil alone",
    "assessment_snapshotpupilyear": "Frozen with a term: the record of each year",
    "assessment_snapshotjudgement": "Frozen with a term: judgements",
}
_LABELS = {
    "upn": "UPN",
    "person_key": "Key shared with copies at other schools",
    "public_id": "Key in addresses and files",
    "origin_school_id": "Copied from",
    "is_fsm6": "FSM6",
    "is_eal": "EAL",
    "sen_status": "SEN",
    "dfe_number": "DfE number",
    "urn": "URN",
    "as_of": "True of",
    "class_group_id": "Class",
    "group_id": "Group",
    "frozen_in_id": "Frozen in",
    "attendance": "Attendance, per cent",
    "expected_low": "Expected from",
    "expected_high": "Expected to",
    "attainment": "Against what is expected",
    "source": "How it was entered",
    "version": "Times entered",
    "made_by_school_id": "Judged at",
    "confirmed_steps": "Unusual steps confirmed",
    "is_start_assumed": "First day is assumed",
    "anonymised_at": "Anonymised",
    "decided_by_id": "Decided by",
}
# Numbers that only join rows; the pupil's own key is told once.
_LEFT_OUT = frozenset(
    {"id", "school_id", "pupil_id", "row_id", "origin_id", "merged_into_id", "pair", "expectation_version_id"}
)
_WHICH = ("academic_year", "term", "subject_id")


@dataclass(frozen=True)
class Cell:
    """What one column says: in words, and as a value for other programs (None: not recorded)."""

    column: str
    label: str
    words: str
    value: Any


@dataclass(frozen=True)
class HistoryLine:
    """One change: of which row, what it said before and after, by which role, and why where somebody said so."""

    at: dt.datetime
    what: str
    of: str
    by: str
    why: str
    changes: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """One table of the data map."""

    table: str
    title: str
    why: str
    basis: str
    kept: str
    rows: tuple[tuple[Cell, ...], ...]
    history: tuple[HistoryLine, ...]

    @property
    def filled(self) -> tuple[str, ...]:
        """Labels of the columns in which anything is recorded, in order."""
        found = {cell.label: None for row in self.rows for cell in row if cell.value is not None}
        return tuple(found)

    @property
    def lines(self) -> tuple[tuple[str, ...], ...]:
        """The words of those columns, row by row."""
        filled = set(self.filled)
        return tuple(tuple(cell.words for cell in row if cell.label in filled) for row in self.rows)

    @property
    def blank(self) -> str:
        """The labels of those in which nothing is, as a sentence's part."""
        filled = set(self.filled)
        return ", ".join(
            dict.fromkeys(cell.label for row in self.rows for cell in row if cell.label not in filled)
        )


@dataclass(frozen=True)
class SubjectAccess:
    """The whole document."""

    name: str
    public_id: uuid.UUID
    school: str
    contact: str
    made_on: dt.date
    sections: tuple[Section, ...]

    @property
    def nothing_in(self) -> tuple[str, ...]:
        """Titles of the tables in which nothing is held."""
        return tuple(each.title for each in self.sections if not each.rows and not each.history)


def subject_access(pupil: Pupil, *, contact: str, made_on: dt.date) -> SubjectAccess:
    """Everything held of the pupil. Needs the school open."""
    tables = everything_held(pupil)
    words = _Words(names_for(pupil.school, pupil, tables), names_of_others(pupil))
    return SubjectAccess(
        name=pupil.name,
        public_id=pupil.public_id,
        school=pupil.school.name,
        contact=contact,
        made_on=made_on,
        sections=tuple(_section(table, words) for table in tables),
    )


def _section(table: HeldTable, words: _Words) -> Section:
    return Section(
        table=table.name,
        title=_TITLES.get(table.name, table.name),
        why=table.held.why,
        basis=table.held.basis.value,
        kept=table.held.retention.value,
        rows=tuple(words.row(table, row) for row in table.rows),
        history=_history(table, words),
    )


def _history(table: HeldTable, words: _Words) -> tuple[HistoryLine, ...]:
    before: dict[int, Values] = {}
    lines = []
    for event in table.events:
        lines.append(_line(table, event, before.get(event.row), words))
        before[event.row] = event.values
    return tuple(lines)


_WHAT = {"insert": "Added", "update": "Changed", "delete": "Removed"}


def _line(table: HeldTable, event: Event, before: Values | None, words: _Words) -> HistoryLine:
    now = words.row(table, event.values)
    then = {cell.column: cell for cell in words.row(table, before)} if before else {}
    if event.label == "update" and then:
        changes = tuple(
            f"{cell.label}: {then[cell.column].words} → {cell.words}"
            for cell in now
            if cell.value != then[cell.column].value
        )
    else:
        changes = tuple(f"{cell.label}: {cell.words}" for cell in now if cell.value is not None)
    of = ", ".join(
        cell.words for name in _WHICH for cell in now if cell.column == name and cell.value is not None
    )
    what = _WHAT.get(event.label, event.label)
    why = words.reason(event.change_set)
    return HistoryLine(event.at, what, of, words.role(event.user), why, changes)


class _Words:
    """Puts a row's values into words."""

    def __init__(self, names: Names, others: frozenset[str]) -> None:
        self._names = names
        together = "|".join(re.escape(name) for name in sorted(others, key=len, reverse=True))
        self._others = re.compile(rf"(?<!\w)(?:{together})(?!\w)") if others else None
        self._by_key: dict[str, Mapping[int, str]] = {
            "subject_id": names.subjects,
            "class_group_id": names.classes,
            "group_id": names.groups,
            "frozen_in_id": names.snapshots,
            "origin_school_id": names.schools,
            "made_by_school_id": names.schools,
        }
        self._models = {model._meta.db_table: model for model in apps.get_models()}

    def role(self, user: int | None) -> str:
        """What somebody is at the school, never who."""
        return (
            "The operator"
            if user is None
            else self._names.roles.get(user, "Somebody who is not of the school")
        )

    def reason(self, change_set: str) -> str:
        """Why it was changed, without others' names; empty where nobody said."""
        return self._without_others(self._names.reasons.get(change_set, ""))

    def row(self, table: HeldTable, values: Values) -> tuple[Cell, ...]:
        """Everything the row says of the pupil, but keys that only join."""
        kinds = table.held.kinds()
        left_out = _LEFT_OUT | set(OF_EVENTS) | (set() if table.name == "schools_pupil" else {"public_id"})
        return tuple(
            self._cell(table.name, name, kinds[name], values)
            for name in values
            if name not in left_out and name in kinds
        )

    def _cell(self, table: str, name: str, kind: Kind, values: Values) -> Cell:
        value = values[name]
        label = _LABELS.get(name) or _label(name)
        if kind is Kind.STAFF:
            who = self.role(value)
            return Cell(name, label, who, who)
        if value is None or value in ("", []):
            return Cell(name, label, NOT_RECORDED, None)
        words = self._said(table, name, value, values)
        if kind is Kind.TEXT or name == "group_id":
            words = self._without_others(words)
        return Cell(name, label, words, words if kind in {Kind.TEXT, Kind.KEY} else _plain(value))

    def _said(self, table: str, name: str, value: Any, values: Values) -> str:
        if name in self._by_key:
            return self._by_key[name].get(value, "No longer there")
        if name == "points":
            return self._points(value, values)
        if name in _SAID:
            return str(_SAID[name](value))
        field: Any = self._models[table]._meta.get_field(name)
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        return _shown(value)

    def _points(self, points: int, values: Values) -> str:
        year_group = self._names.year_groups.get(values["academic_year"])
        return (
            f"{points} ({code_of(points, YearGroup(year_group))})" if year_group is not None else str(points)
        )

    def _without_others(self, text: str) -> str:
        return self._others.sub(REMOVED, text) if self._others else text


_SAID: Mapping[str, Callable[[Any], object]] = {
    "academic_year": lambda value: AcademicYear(value).label,
    "year_group": lambda value: YearGroup(value).label,
    "term": lambda value: AssessmentTerm(value).label,
    "attainment": lambda value: Attainment(value).name.capitalize(),
    "sex": {"F": "Girl", "M": "Boy"}.get,
    "sen_status": {"N": "No SEN", "K": "SEN support", "E": "EHC plan"}.get,
    "signs": lambda value: ", ".join(each.replace("_", " ") for each in value),
}


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, dt.datetime):
        return f"{timezone.localtime(value):%-d %B %Y, %H:%M}"
    if isinstance(value, dt.date):
        return f"{value:%-d %B %Y}"
    return str(value)


def _plain(value: Any) -> Any:
    """For JSON, which knows neither days nor UUIDs nor decimals."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


def _label(column: str) -> str:
    """`is_pupil_premium` as `Pupil premium`."""
    words = column.removeprefix("is_").removesuffix("_id").replace("_", " ")
    return words[:1].upper() + words[1:]


def left_out() -> Sequence[str]:
    """What the document says of what is not in it."""
    return (
        "Names of other pupils, which were taken out of notes and reasons; “[another pupil]” stands in their place.",
        "Names of staff: the role stands for the name.",
        "Numbers that only join rows of the database.",
    )
