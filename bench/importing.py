"""`import_judgements` of 200,000 rows against the bare bulk upsert of the same rows, ready made."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import SUBJECTS
from assessment.models import ExpectationVersion
from bench.large_world import FIRST_URN, YEAR, OfTheirOwn, make_schools
from bench.measure import Measure, against
from lep_tracker.database_roles import as_owner
from schools.identifiers import UPN_LETTERS
from schools.models import Pupil, School
from schools.row_security import visible_to

# With four subjects at the year's four points 200,000 judgements.
PUPILS, NUMBER = 12_500, OfTheirOwn.IMPORT
LIMIT = 2.5

_BARE = """
INSERT INTO assessment_judgement (school_id, pupil_id, subject_id, academic_year, term, points, reason, is_on_entry, note,
    expectation_version_id, source, made_by_school_id, entered_at, version)
SELECT %(school)s, row.*, '', false, '', %(version)s, 'imported', %(school)s, now(), 1
FROM unnest(%(pupils)s::bigint[], %(subjects)s::smallint[], %(years)s::smallint[], %(terms)s::smallint[],
    %(points)s::smallint[]) AS row
ON CONFLICT (school_id, pupil_id, subject_id, academic_year, term) DO UPDATE SET points = excluded.points
"""


def measures() -> list[Measure]:
    """One measure, of few turns: each of them writes 200,000 judgements and takes them back."""
    school = _school()
    with visible_to(school):
        upns = dict(Pupil.objects.in_school(school).order_by("pk").values_list("pk", "upn"))
    rows = [
        (pupil, subject, YEAR, term, 30 + (pupil + subject.number + term) % 40)
        for pupil in upns
        for subject in SUBJECTS
        for term in AssessmentTerm
    ]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "judgements.csv"
        with file.open("w", newline="", encoding="utf-8") as text:
            writer = csv.writer(text)
            writer.writerow(["UPN", "Subject", "Academic Year", "Term", "Points"])
            writer.writerows(
                (upns[pupil], subject.name, year.label, term.label, points)
                for pupil, subject, year, term, points in rows
            )
        ready = _ready_made(school, rows)
        return [
            against(
                f"import_{len(rows)}_judgements",
                lambda: _undone(
                    lambda: call_command(
                        "import_judgements", str(file), school=school.urn, stdout=io.StringIO()
                    )
                ),
                lambda: _undone(lambda: _bare(school, ready)),
                limit=LIMIT,
                turns=3,
                warm_up=0,
            )
        ]


def _school() -> School:
    """A school of 10,000 pupils with UPNs and no judgement, made once."""
    urn = str(FIRST_URN + NUMBER)
    if not School.objects.filter(urn=urn).exists():
        with as_owner():
            make_schools("Bench: an import", first=NUMBER, last=NUMBER, pupils=PUPILS)
            school = School.objects.get(urn=urn)
            with visible_to(school), connection.cursor() as cursor:
                cursor.execute("DELETE FROM assessment_judgement WHERE school_id = %s", [school.pk])
                pupils = list(Pupil.objects.in_school(school).order_by("pk").values_list("pk", flat=True))
                cursor.execute(
                    "UPDATE schools_pupil p SET upn = u.upn FROM unnest(%s::bigint[], %s::text[]) AS u (id, upn)"
                    " WHERE p.id = u.id AND p.school_id = %s",
                    [pupils, [_upn(serial) for serial in range(len(pupils))], school.pk],
                )
    return School.objects.get(urn=urn)


def _upn(serial: int) -> str:
    body = f"8609{serial:08}"
    return UPN_LETTERS[sum(weight * int(digit) for weight, digit in enumerate(body, start=2)) % 23] + body


def _ready_made(school: School, rows: list[tuple[Any, ...]]) -> dict[str, Any]:
    pupils, subjects, years, terms, points = zip(*rows, strict=True)
    return {
        "school": school.pk,
        "version": ExpectationVersion.objects.get(partnership=None).pk,
        "pupils": list(pupils),
        "subjects": [subject.number for subject in subjects],
        "years": [int(year) for year in years],
        "terms": [int(term) for term in terms],
        "points": list(points),
    }


def _bare(school: School, ready: dict[str, Any]) -> None:
    with visible_to(school), connection.cursor() as cursor:
        cursor.execute(_BARE, ready)


def _undone(act: Callable[[], object]) -> None:
    """Do it as far as its last check, and take it back, so that each turn meets the same table."""
    with transaction.atomic():
        act()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
