"""Whose turn it is at a school: judging, or changing what judgements are measured by.

Who judges reads the pupil's record, the term's dates and the expectations, and writes what follows from them. Were one of these
changed meanwhile, neither would see the other's rows, and the judgement would keep a range that holds no more.
"""

from __future__ import annotations

from django.db import connection

from schools.models import School

# Beside a school's key: whose turn it is with its people, and with its records. Any numbers that no other lock of the site has.
_PEOPLE, _RECORDS = 8_201, 8_203
# A statement locks rows last of all: who brings records is waited for first, and comes to the row in the same order.
_ALONE = """
WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(%(kind)s, %(school)s))
SELECT FROM turn, schools_school AS school WHERE school.id = %(school)s FOR NO KEY UPDATE OF school
"""


def take_turn_alone(school: School) -> None:
    """Wait for everybody else at the school, and let them wait, until the transaction ends; before any row is touched."""
    with connection.cursor() as cursor:
        cursor.execute(_ALONE, {"kind": _RECORDS, "school": school.pk})


def take_turn_with_records(school: School) -> None:
    """Wait for who has the turn alone, or brings records, and let them wait, until the transaction ends. Who judges goes on.

    For an act that only adds what nobody can have judged yet. One that finds out that it has to change more takes the turn alone then, before any row is touched.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_RECORDS, school.pk])


def take_turn_beside_others(school: School) -> None:
    """Wait for who has the turn alone; others may judge at the same time."""
    table = connection.ops.quote_name(School._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT FROM {table} WHERE id = %s FOR SHARE", [school.pk])


def take_turn_with_people(school: School) -> None:
    """Wait for everybody else who lets people of the school in and out, and let them wait, until the transaction ends.

    Who judges does not wait for it: a letter of invitation goes out meanwhile, and a mail server may be slow.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_PEOPLE, school.pk])
