"""Which rows differ between a snapshot and now: of those alone that its figures are counted from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from assessment.models import SnapshotTerm
from assessment.queries.snapshots import FROZEN_TABLES, TakenSnapshot, frozen_columns
from reports.queries.counting import count_whole_schools
from reports.queries.groups import band_in_sql
from schools.models import School


@dataclass(frozen=True)
class RowChange:
    """A row of a table, by what tells it from others: its values then and now, by column; None where there was, or is, no such row."""

    key: Mapping[str, Any]
    then: Mapping[str, Any] | None
    now: Mapping[str, Any] | None


@dataclass(frozen=True)
class _Compared:
    """What tells a row of a table, and the columns whose change moves figures; of some tables the key tells all."""

    key: tuple[str, ...]
    columns: tuple[str, ...]


# What is compared of a column where not all of its changes move figures: of attendance the band alone, by the groups' own edges.
_COMPARED_AS = {"attendance": band_in_sql("{}.attendance")}


# A judgement that was taken away and entered anew is the same one. A stay and a class are known by the row itself.
_COMPARED = {
    "schools_schoolyear": _Compared(("academic_year",), ("eyfs_framework",)),
    "schools_term": _Compared(("academic_year", "term"), ("starts_on", "ends_on")),
    "schools_classgroup": _Compared(("id",), ("academic_year", "name")),
    "schools_customgroup": _Compared(("id",), ("academic_year", "name")),
    "schools_customgrouppupil": _Compared(("pupil_id", "group_id"), ("academic_year",)),
    "schools_pupil": _Compared(("id",), ("sex", "date_of_birth")),
    "schools_enrolment": _Compared(("id",), ("pupil_id", "starts_on", "ends_on")),
    "schools_pupilyear": _Compared(
        ("pupil_id", "academic_year"),
        (
            "year_group",
            "class_group_id",
            "sen_status",
            "is_pupil_premium",
            "is_fsm6",
            "is_disadvantaged",
            "is_eal",
            "is_looked_after",
            "is_previously_looked_after",
            "is_service_child",
            "ethnicity",
            "attendance",
        ),
    ),
    "assessment_judgement": _Compared(
        ("pupil_id", "academic_year", "term", "subject_id"),
        ("points", "reason", "is_on_entry", "expected_low", "expected_high", "expectation_version_id"),
    ),
    # Those alone that the partnership allows now beside those that it allowed then.
    "assessment_ownexpectation": _Compared(("pupil_id", "academic_year"), ("steps_a_year",)),
}
_DIFFERENT = """
FROM (SELECT row_id AS id, {columns} FROM {frozen} WHERE school_id = %(school)s AND frozen_in_id = %(snapshot)s{only}) AS f
FULL JOIN (SELECT * FROM {table} WHERE school_id = %(school)s AND {condition}{only}) AS l ON {same}
WHERE f.id IS NULL OR l.id IS NULL OR ({then}) IS DISTINCT FROM ({now})
"""
_ROWS = (
    f"SELECT {{keys}}, f.id IS NOT NULL, {{then}}, l.id IS NOT NULL, {{now}} {_DIFFERENT} ORDER BY {{keys}}"
)
_BY_PUPIL = f"SELECT coalesce(f.pupil_id, l.pupil_id), count(*) {_DIFFERENT} GROUP BY 1"


def row_changes(
    school: School, snapshot: TakenSnapshot, table: str, pupils: Collection[int] | None = None
) -> list[RowChange]:
    """The rows of one of FROZEN_TABLES, up to the snapshot's term, that differ; one query, and the school has to be open. `pupils`: of a table by pupil those of
    these alone, by their keys.
    """
    key, columns = _COMPARED[table].key, _COMPARED[table].columns
    width = len(key), len(columns)
    rows = _different(_ROWS, school, snapshot, table, pupils)
    return [_row_change(key, columns, row, *width) for row in rows]


def changes_by_pupil(school: School, snapshot: TakenSnapshot, table: str) -> dict[int, int]:
    """How many rows of a table by pupil differ, by the pupil's key: counted, not fetched."""
    return dict(_different(_BY_PUPIL, school, snapshot, table, None))


def _different(
    sql: str, school: School, snapshot: TakenSnapshot, table: str, pupils: Collection[int] | None
) -> list[tuple[Any, ...]]:
    key, columns = _COMPARED[table].key, _COMPARED[table].columns
    frozen, condition = FROZEN_TABLES[table]
    sql = sql.replace("{keys}", ", ".join(f"coalesce(f.{name}, l.{name})" for name in key))
    sql = sql.replace("{only}", "" if pupils is None else " AND pupil_id = ANY(%(pupils)s)")
    sql = sql.replace("{columns}", ", ".join(frozen_columns(frozen)))
    sql = sql.replace("{same}", " AND ".join(f"f.{name} = l.{name}" for name in key))
    sql = sql.replace("{then}", ", ".join(_compared("f", name) for name in columns))
    sql = sql.replace("{now}", ", ".join(_compared("l", name) for name in columns))
    sql = sql.replace("{frozen}", frozen._meta.db_table).replace("{table}", table)
    parameters = {
        "school": school.pk,
        "snapshot": snapshot.pk,
        "year": int(snapshot.academic_year),
        "term": snapshot.term.value,
        "pupils": list(pupils or ()),
    }
    return list(count_whole_schools(sql.replace("{condition}", condition), parameters))


def _compared(table: str, column: str) -> str:
    return _COMPARED_AS.get(column, f"{{}}.{column}").replace("{}", table)


def _row_change(
    key: tuple[str, ...], columns: tuple[str, ...], row: tuple[Any, ...], keys: int, values: int
) -> RowChange:
    then, now = row[keys : keys + 1 + values], row[keys + 1 + values :]
    return RowChange(
        key=dict(zip(key, row, strict=False)),
        then=dict(zip(columns, then[1:], strict=True)) if then[0] else None,
        now=dict(zip(columns, now[1:], strict=True)) if now[0] else None,
    )


def last_day_of(school: School, snapshot: TakenSnapshot) -> dt.date:
    """The last day of the snapshot's term as it stood then; what happened to a stay after it moves none of its figures."""
    terms = SnapshotTerm.objects.in_school(school).filter(
        frozen_in=snapshot.pk, academic_year=snapshot.academic_year, term=snapshot.term
    )
    found: dt.date | None = terms.values_list("ends_on", flat=True).first()
    return found or snapshot.academic_year.ends_on


_BEGUN = """
SELECT pupil_id FROM assessment_snapshotenrolment
WHERE school_id = %(school)s AND frozen_in_id = %(snapshot)s AND starts_on <= %(day)s
UNION
SELECT pupil_id FROM schools_enrolment WHERE school_id = %(school)s AND starts_on <= %(day)s
"""


def pupils_begun_by(school: School, snapshot: TakenSnapshot, day: dt.date) -> set[int]:
    """The keys of those whose stay had begun by the day, as it stood then or stands now."""
    parameters = {"school": school.pk, "snapshot": snapshot.pk, "day": day}
    return {pupil for (pupil,) in count_whole_schools(_BEGUN, parameters)}
