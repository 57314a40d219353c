"""How the queries that count whole schools are run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection

# The wall and the query both name the school, so that PostgreSQL multiplies the two and expects a handful of rows where there are thousands. On
# that guess it joins by nested loops, which took thirteen times as long for one school, and grow with its square. Joined by
# hashing or merging, the same query is right for a guess of any size, also before a table was ever analysed.
_NO_NESTED_LOOPS = "SELECT set_config('enable_nestloop', 'off', true);"
_AS_BEFORE = "; SELECT set_config('enable_nestloop', 'on', true)"


def count_whole_schools(sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a query that reads every pupil of its schools, in one round trip; needs a transaction, as an open school is."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_NO_NESTED_LOOPS}{sql}{_AS_BEFORE}", parameters)
        # By its place: whoever recorded who is asking may have gone on to the last answer already.
        cursor.set_result(1)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
