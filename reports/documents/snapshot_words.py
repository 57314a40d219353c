"""The rows that differ between a snapshot and now, in the words of the school."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.subjects import BY_NUMBER
from assessment.models import Reason, SnapshotClassGroup, SnapshotCustomGroup
from assessment.queries.snapshots import TakenSnapshot, names_as_frozen
from reports.documents.figure_pupils import point_label
from reports.queries.snapshot_changes import (
    RowChange,
    changes_by_pupil,
    last_day_of,
    pupils_begun_by,
    row_changes,
)
from schools.attendance import Band
from schools.calendar import AcademicYear, EyfsFramework, YearGroup
from schools.models import ClassGroup, CustomGroup, School, SenStatus, Sex
from schools.queries.rolls import english

NONE, NOT_KNOWN = "none", "not known"


class Words:
    """The rows that differ, in words; each kind of row is read once."""

    def __init__(self, school: School, snapshot: TakenSnapshot) -> None:
        self.school, self.snapshot = school, snapshot
        self.last_day = last_day_of(school, snapshot)
        self.begun = pupils_begun_by(school, snapshot, self.last_day)

    def _rows(self, table: str, pupils: Collection[int] | None = None) -> list[RowChange]:
        return row_changes(self.school, self.snapshot, table, pupils)

    def of_school(self) -> Iterator[tuple[str, str, str]]:
        for row in self._rows("schools_schoolyear"):
            year = AcademicYear(row.key["academic_year"]).label
            yield f"Early years framework, {year}", *_both(row, "eyfs_framework", _framework)
        for row in self._rows("schools_term"):
            at = AssessmentPoint(row.key["academic_year"], AssessmentTerm(row.key["term"]))
            for column, which in (("starts_on", "First day"), ("ends_on", "Last day")):
                if _moved(row, column):
                    yield f"{which} of {point_label(at)}", *_both(row, column, english)
        for table, kind in (("schools_classgroup", "Class"), ("schools_customgroup", "Group")):
            for row in self._rows(table):
                yield f"{kind}, {AcademicYear(_held(row)['academic_year']).label}", *_both(row, "name", str)

    def of_pupils(self) -> Iterator[tuple[int, str, str, str]]:
        """All but the judgements: a few for each pupil at most."""
        yield from self._stays()
        yield from self._years()
        for row in self._rows("schools_pupil"):
            # Who is new, or gone, is told by stay and record.
            for column, what, said in (
                ("sex", "Sex", _sex),
                ("date_of_birth", "Date of birth", english),
            ):
                if row.then and row.now and _moved(row, column):
                    yield row.key["id"], what, *_both(row, column, said)
        yield from self._groups()
        for row in self._rows("assessment_ownexpectation"):
            year = AcademicYear(row.key["academic_year"]).label
            yield (
                row.key["pupil_id"],
                f"Steps of the pupil’s own, {year}",
                *_both(row, "steps_a_year", _steps),
            )

    def _stays(self) -> Iterator[tuple[int, str, str, str]]:
        for row in self._rows("schools_enrolment"):
            then, now = self._stay(row.then), self._stay(row.now)
            if then != now:
                yield _held(row)["pupil_id"], "On roll", then, now

    def _stay(self, stay: Mapping[str, Any] | None) -> str:
        """As far as it matters by the last day of the term: a stay that ends with it or later goes on."""
        if stay is None or stay["starts_on"] > self.last_day:
            return NONE
        ends_on: dt.date | None = stay["ends_on"]
        if ends_on is None or ends_on >= self.last_day:
            return f"from {english(stay['starts_on'])}"
        return f"{english(stay['starts_on'])} to {english(ends_on)}"

    def _years(self) -> Iterator[tuple[int, str, str, str]]:
        rows = self._rows("schools_pupilyear")
        classes = _class_names(self.school, self.snapshot, rows)
        for row in rows:
            pupil, year = row.key["pupil_id"], AcademicYear(row.key["academic_year"]).label
            if row.then is None or row.now is None:
                yield pupil, f"Record of {year}", *_both(row, "year_group", _year_group)
                continue
            if _moved(row, "class_group_id"):
                yield pupil, f"Class, {year}", *(names.get(each["class_group_id"], NONE) for names, each in zip(classes, (row.then, row.now), strict=True))  # fmt: skip
            for column, (what, said) in _CHARACTERISTICS.items():
                if _moved(row, column):
                    yield pupil, f"{what}, {year}", *_both(row, column, said)

    def _groups(self) -> Iterator[tuple[int, str, str, str]]:
        rows = self._rows("schools_customgrouppupil")
        if not rows:
            return
        keys = {row.key["group_id"] for row in rows}
        names = dict(CustomGroup.objects.in_school(self.school).filter(pk__in=keys).values_list("pk", "name"))
        names |= names_as_frozen(self.snapshot, SnapshotCustomGroup, keys)
        for row in rows:
            then, now = ("in it" if each else "not in it" for each in (row.then, row.now))
            yield row.key["pupil_id"], f"Group {names[row.key['group_id']]}", then, now

    def judgements_by_pupil(self) -> dict[int, int]:
        """How many there are of `judgements`, by the pupil's key."""
        return changes_by_pupil(self.school, self.snapshot, "assessment_judgement")

    def judgements(self, pupils: Collection[int] | None = None) -> Iterator[tuple[int, str, str, str]]:
        """A line for each that differs; of these pupils alone, where they are given by their keys."""
        for row in self._rows("assessment_judgement", pupils):
            at = AssessmentPoint(row.key["academic_year"], AssessmentTerm(row.key["term"]))
            what = f"{BY_NUMBER[row.key['subject_id']].name}, {point_label(at)}"
            then, now = _judged(row.then), _judged(row.now)
            if then != now:
                yield row.key["pupil_id"], what, then, now
            elif (then := _range(row.then)) != (now := _range(row.now)):
                yield row.key["pupil_id"], f"Expected range: {what}", then, now
            else:
                yield row.key["pupil_id"], f"Expected steps: {what}", "by older expectations", "by newer ones"


def _held(row: RowChange) -> Mapping[str, Any]:
    """Its values as they are, else as they were."""
    return row.now or row.then or {}


def _moved(row: RowChange, column: str) -> bool:
    then, now = (each and each[column] for each in (row.then, row.now))
    return bool(then != now)


def _both(row: RowChange, column: str, said: Callable[[Any], str]) -> tuple[str, str]:
    then, now = (NONE if each is None else said(each[column]) for each in (row.then, row.now))
    return then, now


def _judged(judgement: Mapping[str, Any] | None) -> str:
    if judgement is None:
        return NONE
    if judgement["points"] is None:
        return Reason(judgement["reason"]).label
    return f"{judgement['points']}, on entry" if judgement["is_on_entry"] else str(judgement["points"])


def _range(judgement: Mapping[str, Any] | None) -> str:
    if judgement is None or judgement["expected_low"] is None:
        return NONE
    return f"{judgement['expected_low']} to {judgement['expected_high']}"


def _framework(value: int) -> str:
    return str(EyfsFramework(value).value)


def _year_group(value: int) -> str:
    return YearGroup(value).label


def _sex(value: str) -> str:
    return Sex(value).label if value else NOT_KNOWN


def _sen(value: str) -> str:
    return SenStatus(value).label if value else NOT_KNOWN


def _yes(value: object) -> str:
    return NOT_KNOWN if value is None else "yes" if value else "no"


def _steps(value: int) -> str:
    return f"{value} a year"


def _code(value: str) -> str:
    return value or NOT_KNOWN


def _band(value: int | None) -> str:
    return NOT_KNOWN if value is None else Band(value).label


_CHARACTERISTICS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "year_group": ("Year group", _year_group),
    "sen_status": ("SEN", _sen),
    "is_pupil_premium": ("Pupil premium", _yes),
    "is_fsm6": ("FSM6", _yes),
    "is_disadvantaged": ("Disadvantaged", _yes),
    "is_eal": ("EAL", _yes),
    "is_looked_after": ("Looked after", _yes),
    "is_previously_looked_after": ("Previously looked after", _yes),
    "is_service_child": ("Service child", _yes),
    "ethnicity": ("Ethnicity", _code),
    "attendance": ("Attendance band", _band),
}


def _class_names(
    school: School, snapshot: TakenSnapshot, rows: Iterable[RowChange]
) -> tuple[dict[int, str], dict[int, str]]:
    """The names of the rows' classes, then and now."""
    keys = {each["class_group_id"] for row in rows for each in (row.then, row.now) if each} - {None}
    if not keys:
        return {}, {}
    living = ClassGroup.objects.in_school(school).filter(pk__in=keys).values_list("pk", "name")
    return names_as_frozen(snapshot, SnapshotClassGroup, keys), dict(living)
