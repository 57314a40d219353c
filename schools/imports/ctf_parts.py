"""What a common transfer file says of a pupil more than once: periods, sessions, results, schools."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from schools.ctf_values import (
    CtfAttendance,
    CtfMeals,
    CtfNeed,
    CtfResult,
    CtfSchool,
    CtfSen,
    CtfStay,
)
from schools.imports import ctf_fields as fields
from schools.imports.ctf_tree import Node

T = TypeVar("T")
_COUNTRIES = frozenset({"ENG", "NIR", "SCT", "WLS"})


class Reader(Protocol):
    """A pupil's element while it is read: hands out values and collects problems."""

    def read(
        self, label: str, read: Callable[[str], T], *path: str, within: Node | None = None
    ) -> T | None: ...
    def problem(self, label: str, tag: str, value: str, what: str) -> None: ...


@dataclass(frozen=True)
class Part(Generic[T]):
    """Where the elements stand in a pupil's, and what is made of one; None where it says nothing."""

    path: tuple[str, ...]
    make: Callable[[Reader, Node], T | None]


def _school(reader: Reader, node: Node) -> CtfSchool:
    return CtfSchool(
        authority=reader.read("local authority", fields.read_code, "LEA", within=node) or "",
        establishment=reader.read("school", fields.read_code, "Estab", within=node) or "",
        urn=reader.read("URN", fields.read_code, "URN", within=node) or "",
        name=reader.read("school", fields.read_school_name, "SchoolName", within=node) or "",
    )


def _needs_start(reader: Reader, node: Node, label: str, tag: str) -> dt.date | None:
    if not node.value(tag):
        reader.problem(label, tag, "", "is missing.")
        return None
    return reader.read(label, fields.read_day, tag, within=node)


def _in_order(reader: Reader, label: str, tag: str, first: dt.date | None, last: dt.date | None) -> None:
    if first and last and last < first:
        reader.problem(label, tag, f"{last:%d/%m/%Y}", f"lies before the start, {first:%d/%m/%Y}.")


def _meals(reader: Reader, node: Node) -> CtfMeals | None:
    label = "free school meals"
    starts_on = _needs_start(reader, node, label, "FSMstartDate")
    ends_on = reader.read(label, fields.read_day, "FSMendDate", within=node)
    _in_order(reader, label, "FSMendDate", starts_on, ends_on)
    country = (reader.read(label, fields.read_code, "UKcountry", within=node) or "").upper()
    if country and country not in _COUNTRIES:
        reader.problem(label, "UKcountry", country, "is not ENG, NIR, SCT or WLS.")
    return CtfMeals(starts_on=starts_on, ends_on=ends_on, country=country) if starts_on else None


def _sen(reader: Reader, node: Node) -> CtfSen | None:
    starts_on = _needs_start(reader, node, "SEN provision", "StartDate")
    code = reader.read("SEN provision", fields.read_kind, "SENprovision", within=node)
    if starts_on and code is None:
        reader.problem("SEN provision", "SENprovision", "", "is missing.")
    return CtfSen(starts_on=starts_on, code=code) if starts_on and code else None


def _need(reader: Reader, node: Node) -> CtfNeed | None:
    label = "SEN type of need"
    code = reader.read(label, fields.read_kind, "SENtype", within=node)
    rank = reader.read(label, fields.read_rank, "SENtypeRank", within=node)
    starts_on = reader.read(label, fields.read_day, "NeedStartDate", within=node)
    ends_on = reader.read(label, fields.read_day, "NeedEndDate", within=node)
    _in_order(reader, label, "NeedEndDate", starts_on, ends_on)
    return CtfNeed(code=code, rank=rank, starts_on=starts_on, ends_on=ends_on) if code else None


def _attendance(reader: Reader, node: Node) -> CtfAttendance | None:
    def number(tag: str) -> int | None:
        return reader.read("attendance", fields.read_sessions, tag, within=node)

    year = reader.read("attendance", fields.read_year, "Year", within=node)
    possible, attended = number("SessionsPossible"), number("SessionsAttended")
    authorised, unauthorised = number("SessionsAuthorised"), number("SessionsUnauthorised")
    school = _school(reader, node)
    if year is None or possible is None or attended is None:
        return None
    if attended > possible:
        what = f"is more than were possible, {possible}."
        reader.problem("attendance", "SessionsAttended", str(attended), what)
    return CtfAttendance(
        year=year,
        school=school,
        possible=possible,
        attended=attended,
        authorised=authorised,
        unauthorised=unauthorised,
    )


# The elements of a result, by what we call them, in the order of a file.
RESULT_TAGS = {
    "locale": "Locale",
    "year": "Year",
    "subject": "Subject",
    "method": "Method",
    "component": "Component",
    "status": "ResultStatus",
    "qualifier": "ResultQualifier",
}


def _stage(reader: Reader, node: Node) -> list[CtfResult]:
    stage = reader.read("stage", fields.read_code, "Stage", within=node) or ""
    return [_result(reader, stage, each) for each in node.all("StageAssessment")]


def _result(reader: Reader, stage: str, node: Node) -> CtfResult:
    label = "result of an assessment"
    said: dict[str, Any] = {
        name: reader.read(label, fields.read_code, tag, within=node) or ""
        for name, tag in RESULT_TAGS.items()
    }
    return CtfResult(
        stage=stage,
        **said,
        result=reader.read(label, fields.read_result, "Result", within=node) or "",
        result_date=reader.read(label, fields.read_day, "ResultDate", within=node),
    )


def _stay(reader: Reader, node: Node) -> CtfStay | None:
    label = "school history"
    school = _school(reader, node)
    starts_on = reader.read(label, fields.read_day, "EntryDate", within=node)
    ends_on = reader.read(label, fields.read_day, "LeavingDate", within=node)
    _in_order(reader, label, "LeavingDate", starts_on, ends_on)
    if school == CtfSchool():
        return None
    return CtfStay(
        school=school,
        starts_on=starts_on,
        ends_on=ends_on,
        leaving_reason=reader.read(label, fields.read_reason, "LeavingReason", within=node) or "",
        is_last=reader.read(label, fields.read_yes, "LastSchool", within=node),
    )


PARTS: dict[str, Part[Any]] = {
    "meals": Part(("FSMhistory", "FSMinstance"), _meals),
    "sen": Part(("SENhistory", "SEN"), _sen),
    "needs": Part(("SENhistory", "SENneeds", "SENneed"), _need),
    "attendance": Part(("Attendance", "YearData"), _attendance),
    "stays": Part(("SchoolHistory", "School"), _stay),
}
RESULTS = Part(("StageAssessments", "KeyStage"), _stage)
