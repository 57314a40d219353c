"""Snapshots of a school's terms: which there are, and what they hold instead of the living rows."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from assessment.models import (
    FrozenRow,
    Snapshot,
    SnapshotClassGroup,
    SnapshotCustomGroup,
    SnapshotCustomGroupPupil,
    SnapshotEnrolment,
    SnapshotJudgement,
    SnapshotOwnExpectation,
    SnapshotPupil,
    SnapshotPupilYear,
    SnapshotSchoolYear,
    SnapshotTerm,
)
from assessment.queries.own_expectations import ALLOWED_IN_SQL
from schools.access import Access
from schools.calendar import AcademicYear, TermName
from schools.models import School
from schools.permissions import Permission
from schools.queries.rolls import english


@dataclass(frozen=True)
class TakenSnapshot:
    """A snapshot as pages, files and scopes of figures know it."""

    pk: int
    number: int
    academic_year: AcademicYear
    term: TermName
    note: str
    made_by: str
    made_at: dt.datetime
    # Whether it holds steps a year of any pupil's own.
    has_own_steps: bool = False

    @property
    def when(self) -> str:
        """`4 July 2027`."""
        return english(timezone.localdate(self.made_at))

    @property
    def of(self) -> str:
        """What it is of: `Summer 2025/26`."""
        return f"{self.term.label} {self.academic_year.label}"

    def holds(self, academic_year: int, term: TermName) -> bool:
        """Whether the end of this term can be counted from it: that of its own term, and of every one before."""
        return (academic_year, term) <= (self.academic_year, self.term)


# Which rows of a table a snapshot takes: those up to its term, of whatever pupil and year.
_ALL = "TRUE"
_OF_YEARS = "academic_year <= %(year)s"
# Of a partnership that lets them count: what it decides later changes nothing that was reported.
_COUNTING = f"{_OF_YEARS} AND {ALLOWED_IN_SQL}"
_OF_TERMS = "(academic_year, term) <= (%(year)s, %(term)s)"

# The table that figures read, for each table of frozen rows; columns have the same names in both, but for the key.
FROZEN_TABLES: Mapping[str, tuple[type[FrozenRow], str]] = {
    "schools_schoolyear": (SnapshotSchoolYear, _OF_YEARS),
    "schools_term": (SnapshotTerm, _OF_TERMS),
    "schools_classgroup": (SnapshotClassGroup, _OF_YEARS),
    "schools_customgroup": (SnapshotCustomGroup, _OF_YEARS),
    "schools_customgrouppupil": (SnapshotCustomGroupPupil, _OF_YEARS),
    "schools_pupil": (SnapshotPupil, _ALL),
    "schools_enrolment": (SnapshotEnrolment, _ALL),
    "schools_pupilyear": (SnapshotPupilYear, _OF_YEARS),
    "assessment_judgement": (SnapshotJudgement, _OF_TERMS),
    "assessment_ownexpectation": (SnapshotOwnExpectation, _COUNTING),
}
_OWN = {"id", "school_id", "frozen_in_id", "row_id"}


def frozen_columns(model: type[FrozenRow]) -> list[str]:
    """The columns that a table of frozen rows has from the living one, beside key and school."""
    return [str(field.column) for field in model._meta.concrete_fields if field.column not in _OWN]


# Looked into like the table itself where it is named more than once.
_SHADOW = """{table} AS NOT MATERIALIZED (
    SELECT row_id AS id, school_id, {columns} FROM {frozen} WHERE school_id = %(school)s AND frozen_in_id = %(snapshot)s
)"""


def _shadow(table: str) -> str:
    model, _ = FROZEN_TABLES[table]
    # A pupil is the key of its own frozen row.
    columns = [name for name in frozen_columns(model) if (table, name) != ("schools_pupil", "pupil_id")]
    shadow = _SHADOW.replace("{table}", table).replace("{columns}", ", ".join(columns))
    return shadow.replace("{frozen}", model._meta.db_table)


# Under each table's own name its frozen rows: to stand first after WITH, where what follows then reads them instead. Takes the keys
# of a school and of its snapshot as the parameters `school` and `snapshot`.
TABLES_AS_FROZEN = ",\n".join(_shadow(table) for table in FROZEN_TABLES)


def snapshots_of(school: School, academic_year: AcademicYear) -> list[TakenSnapshot]:
    """The snapshots of the year's terms, the latest first; the school has to be open."""
    return [_taken(each) for each in _all(school).filter(academic_year=academic_year).order_by("-number")]


def snapshots_for(access: Access) -> list[TakenSnapshot]:
    """The year's snapshots from which this person may see figures: all of them for those who see everybody by name, else none.

    For whoever sees no names, two days' figures side by side would tell of a few pupils; and a teacher's figures are those of the own
    classes as they are now.
    """
    if not access.may(Permission.SEE_ALL_PUPILS):
        return []
    return snapshots_of(access.school, access.academic_year)


def snapshot_numbered(school: School, number: int) -> TakenSnapshot | None:
    """The school's snapshot of this number, of whatever year; the school has to be open."""
    found = _all(school).filter(number=number).first()
    return _taken(found) if found else None


def snapshots_taken_at(school: School, numbers: Iterable[int]) -> dict[int, dt.datetime]:
    """When the school's snapshots of these numbers were taken; the school has to be open."""
    found = Snapshot.objects.in_school(school).filter(number__in=list(numbers))
    return dict(found.values_list("number", "made_at"))


def names_as_frozen(
    snapshot: TakenSnapshot, model: type[SnapshotClassGroup | SnapshotCustomGroup], keys: Iterable[int]
) -> dict[int, str]:
    """The names that classes or groups of the school's own had, by their keys; the school has to be open."""
    frozen = model.objects.filter(frozen_in=snapshot.pk, row_id__in=list(keys))
    return dict(frozen.values_list("row_id", "name"))


def classes_as_frozen(snapshot: TakenSnapshot, keys: Iterable[int]) -> list[tuple[int, str, uuid.UUID]]:
    """Key, name and public id of classes as they were, by name; the school has to be open."""
    frozen = SnapshotClassGroup.objects.filter(frozen_in=snapshot.pk, row_id__in=list(keys))
    return list(frozen.order_by("name", "row_id").values_list("row_id", "name", "public_id"))


def _all(school: School) -> QuerySet[Any]:
    own = SnapshotOwnExpectation.objects.filter(school=OuterRef("school"), frozen_in=OuterRef("pk"))
    taken = Snapshot.objects.in_school(school).select_related("made_by")
    found: QuerySet[Any] = taken.annotate(has_own_steps=Exists(own))
    return found


def _taken(snapshot: Any) -> TakenSnapshot:
    return TakenSnapshot(
        pk=snapshot.pk,
        number=snapshot.number,
        academic_year=AcademicYear(snapshot.academic_year),
        term=TermName(snapshot.term),
        note=snapshot.note,
        made_by=snapshot.made_by.name if snapshot.made_by else "the operator",
        made_at=snapshot.made_at,
        has_own_steps=snapshot.has_own_steps,
    )
