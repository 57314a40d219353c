"""Whose turn it is at a school: judging, or changing what judgements are measured by.

Who judges reads the pupil's record, the term's dates and the expectations, and writes what follows from them. Were one of these
changed meanwhile, neither would see the other's rows, and the judgement would keep a range that holds no more.
"""

from __future__ import annotations

from django.db import connection

from schools.models import School


def take_turn_alone(school: School) -> None:
    """Wait for everybody else at the school, and let them wait, until the transaction ends; before any row is touched."""
    School.objects.select_for_update(no_key=True).get(pk=school.pk)


def take_turn_beside_others(school: School) -> None:
    """Wait for who has the turn alone; others may judge at the same time."""
    table = connection.ops.quote_name(School._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT FROM {table} WHERE id = %s FOR SHARE", [school.pk])
