"""A large partnership to measure in: 400 schools, 200,000 pupils, 2 million judgements, written by SQL in minutes.

Each school has 500 pupils of Years 1 to 6 in 2025/26, with ten judgements each: the Summer before and this Summer in four subjects, this
Autumn in two. Its history stays empty: filling is not what is measured.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from enum import IntEnum, unique
from typing import Any

from django.db import connection, transaction

from lep_tracker.database_roles import as_owner
from schools.calendar import AcademicYear, TermName, default_term_dates
from schools.models import School

SCHOOLS, PUPILS_PER_SCHOOL = 400, 500
YEAR = AcademicYear(2025)
PARTNERSHIP = "Bench: a large partnership"
FIRST_URN = 300_000
_AT_ONCE = 50
Parameters = dict[str, Any]


@unique
class OfTheirOwn(IntEnum):
    """The numbers of schools that measure one thing alone and look different: two that shared one would measure whichever was made first."""

    IMPORT = 9_001
    MARKSHEETS = 9_002
    PAPER = 9_003
    EARLY_YEARS = 9_004
    NINE_TERMS = 9_101


_PARTNERSHIP = """
INSERT INTO schools_partnership (name, requires_second_factor, allows_own_steps, word_below, word_at, word_above)
VALUES (%(partnership)s, false, false, 'Below', 'At', 'Above') ON CONFLICT DO NOTHING
"""
_SCHOOLS = """
INSERT INTO schools_school (partnership_id, name, urn, dfe_number, lowest_year_group, highest_year_group,
    requires_second_factor, data_protection_contact, subjects_not_judged)
SELECT p.id, 'Bench School ' || n, (300000 + n)::text, (7000000 + n)::text, 1, 6, false, '', '{}'
FROM schools_partnership p, generate_series(%(first)s, %(last)s) AS n
WHERE p.name = %(partnership)s
"""
_OF_A_SCHOOL = (
    """
INSERT INTO schools_schoolyear (school_id, academic_year, eyfs_framework)
SELECT s, y, 2021 FROM unnest(%(ids)s::bigint[]) AS s, generate_series(%(year)s - 1, %(year)s) AS y
""",
    """
INSERT INTO schools_term (school_id, academic_year, term, starts_on, ends_on)
SELECT s, t.* FROM unnest(%(ids)s::bigint[]) AS s,
    unnest(%(years)s::smallint[], %(terms)s::smallint[], %(starts)s::date[], %(ends)s::date[]) AS t
""",
    """
INSERT INTO schools_pupil
    (school_id, person_key, upn, surname, forename, preferred_surname, preferred_forename, disputed, date_of_birth, sex)
SELECT s, gen_random_uuid(), '', 'Surname' || n, 'Forename' || n, '', '', '',
    make_date(%(year)s - 6 - n %% 6, 9, 1) + (random() * 364)::int, CASE WHEN random() < 0.5 THEN 'F' ELSE 'M' END
FROM unnest(%(ids)s::bigint[]) AS s, generate_series(1, %(pupils)s) AS n
""",
    """
INSERT INTO schools_enrolment (school_id, pupil_id, starts_on, is_start_assumed, ends_on)
SELECT p.school_id, p.id,
    make_date(%(year)s - 1, 9, 1) + CASE WHEN random() < 0.03 THEN 480 ELSE 0 END, false,
    CASE WHEN random() < 0.02 THEN make_date(%(year)s + 1, 2, 10) END
FROM schools_pupil p WHERE p.school_id = ANY (%(ids)s)
""",
    """
INSERT INTO schools_pupilyear (school_id, pupil_id, academic_year, year_group, sen_status, is_pupil_premium, is_fsm6,
    is_disadvantaged, is_eal, is_looked_after, is_service_child, ethnicity, attendance)
SELECT p.school_id, p.id, y, year_group - (%(year)s - y),
    CASE WHEN p.id %% 7 = 0 THEN 'K' WHEN p.id %% 25 = 0 THEN 'E' ELSE 'N' END,
    p.id %% 4 = 0, p.id %% 5 = 0, p.id %% 5 = 0 OR p.id %% 100 = 0, p.id %% 11 = 0, p.id %% 100 = 0, p.id %% 50 = 0,
    CASE WHEN p.id %% 9 = 0 THEN 'APKN' ELSE 'WBRI' END,
    CASE WHEN p.id %% 13 > 0 THEN 100 - p.id %% 110 / 8.0 - CASE WHEN p.id %% 80 = 0 THEN 50 ELSE 0 END END
FROM (
    SELECT *, 1 + substr(surname, 8)::int %% 6 AS year_group FROM schools_pupil WHERE school_id = ANY (%(ids)s)
) AS p, generate_series(%(year)s - 1, %(year)s) AS y
""",
    """
INSERT INTO assessment_judgement (school_id, pupil_id, academic_year, subject_id, term, points, reason, is_on_entry, note,
    expected_low, expected_high, expectation_version_id, source, made_by_school_id, entered_at, version)
SELECT y.school_id, y.pupil_id, y.academic_year, subject, term,
    7 * y.year_group + CASE term WHEN 1 THEN 15 ELSE 19 END + (random() * 5)::int - 1, '', false, '',
    CASE WHEN y.year_group >= 1 THEN 7 * y.year_group + CASE term WHEN 1 THEN 15 ELSE 19 END END,
    CASE WHEN y.year_group >= 1 THEN 7 * y.year_group + CASE term WHEN 1 THEN 16 ELSE 21 END END,
    v.id, 'imported', y.school_id, now(), 1
FROM schools_pupilyear y, generate_series(1, 4) AS subject, unnest(ARRAY[1, 3]) AS term,
    (SELECT id FROM assessment_expectationversion WHERE partnership_id IS NULL) AS v
WHERE y.school_id = ANY (%(ids)s) AND (term = 3 OR (y.academic_year = %(year)s AND subject IN (1, 3)))
""",
)
_FILLED = (
    "schools_schoolyear",
    "schools_term",
    "schools_pupil",
    "schools_enrolment",
    "schools_pupilyear",
    "assessment_judgement",
)


def large_world(*, schools: int = SCHOOLS, partnership: str = PARTNERSHIP) -> list[School]:
    """The first so many schools of the large partnership, those made that are not there yet; needs a migrated database of our own."""
    found = School.objects.filter(partnership__name=partnership).select_related("partnership").order_by("pk")
    if found.count() < schools:
        began = time.monotonic()
        with as_owner():
            make_schools(partnership, first=found.count() + 1, last=schools)
        print(f"Filled {schools} schools in {time.monotonic() - began:.0f} s.", file=sys.stderr)
    return list(found.all()[:schools])


def make_schools(partnership: str, *, first: int, last: int, pupils: int = PUPILS_PER_SCHOOL) -> None:
    """Make schools number `first` to `last` with their rolls and judgements, as the owner; numbers are of all partnerships here."""
    names: Parameters = {"partnership": partnership, "first": first, "last": last}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_PARTNERSHIP, names)
        cursor.execute(_SCHOOLS, names)
    wanted = [str(FIRST_URN + number) for number in range(first, last + 1)]
    keys = list(School.objects.filter(urn__in=wanted).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), _AT_ONCE):
        _fill_schools(keys[start : start + _AT_ONCE], pupils)
    with connection.cursor() as cursor:
        # What the server does by itself within minutes.
        cursor.execute("VACUUM ANALYZE")


def _fill_schools(keys: list[int], pupils: int) -> None:
    dates = [
        (year, term.value, *default_term_dates(year)[term])
        for year in (YEAR - 1, int(YEAR))
        for term in TermName
    ]
    years, terms, starts, ends = (list(column) for column in zip(*dates, strict=True))
    parameters: Parameters = {
        "ids": keys,
        "year": int(YEAR),
        "years": years,
        "terms": terms,
        "starts": starts,
        "ends": ends,
        "pupils": pupils,
    }
    unrecorded(keys, _OF_A_SCHOOL, parameters)


def unrecorded(keys: list[int], statements: Sequence[str], parameters: Parameters) -> None:
    """Run the statements with these schools open, as the owner; what they write leaves no history."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT setseed(%s), set_config('app.school_ids', %s, true)",
            [keys[0] % 100 / 100, ",".join(map(str, keys))],
        )
        for table in _FILLED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement, parameters)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in _FILLED:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
