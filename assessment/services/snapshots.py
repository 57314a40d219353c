"""Freeze a term."""

from __future__ import annotations

from django.db import connection
from django.db.models import Max

from assessment.models import Snapshot
from assessment.queries.snapshots import FROZEN_TABLES, frozen_columns
from schools.calendar import AcademicYear, TermName
from schools.models import School, User
from schools.services.changes import acting
from schools.services.turns import take_turn_alone


def freeze(
    *, school: School, academic_year: AcademicYear, term: TermName, by: User | None, note: str = ""
) -> Snapshot:
    """Take a snapshot of the school up to the end of the term, with the next number. Needs the school open, and the year opened.

    What is entered later for an earlier day is not in it: the rows stand as they do now.
    """
    with acting(by):
        # Nobody judges and no pupil's record changes meanwhile, and two snapshots at once get a number each.
        take_turn_alone(school)
        highest = Snapshot.objects.in_school(school).aggregate(number=Max("number"))["number"] or 0
        snapshot = Snapshot.objects.create(
            school=school,
            academic_year=academic_year,
            term=term,
            number=highest + 1,
            note=note,
            made_by=by,
        )
        with connection.cursor() as cursor:
            cursor.execute(
                _FREEZE,
                {
                    "school": school.pk,
                    "snapshot": snapshot.pk,
                    "year": int(academic_year),
                    "term": term.value,
                },
            )
    return snapshot


_COPY = """frozen_{table} AS (
    INSERT INTO {frozen} (school_id, frozen_in_id, row_id, {columns})
    SELECT school_id, %(snapshot)s, id, {read} FROM {table} WHERE school_id = %(school)s AND {condition}
)"""


def _copy(table: str) -> str:
    model, condition = FROZEN_TABLES[table]
    columns = frozen_columns(model)
    # A pupil is the key of its own frozen row.
    read = ["id" if (table, name) == ("schools_pupil", "pupil_id") else name for name in columns]
    copy = _COPY.replace("{columns}", ", ".join(columns)).replace("{read}", ", ".join(read))
    copy = copy.replace("{table}", table).replace("{frozen}", model._meta.db_table)
    return copy.replace("{condition}", condition)


# One statement: PostgreSQL reads all of its tables as of one moment, also those that are written without taking turns, so that
# nothing stronger than the usual isolation is needed.
_FREEZE = f"WITH {', '.join(_copy(table) for table in FROZEN_TABLES)} SELECT"
