"""Look through every column of every table for what should be nowhere."""

from __future__ import annotations

from django.db import connection


def everywhere(*words: str) -> list[str]:
    """The columns, as `table.column`, in which one of the words stands, in any case of letters; of rows of the schools that are open."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " ORDER BY table_name, ordinal_position"
        )
        for table, column in cursor.fetchall():
            cursor.execute(
                f"SELECT 1 FROM {table} WHERE EXISTS (SELECT FROM unnest(%s::text[]) AS word"
                f' WHERE strpos(lower("{column}"::text), lower(word)) > 0) LIMIT 1',
                [list(words)],
            )
            if cursor.fetchone():
                found.append(f"{table}.{column}")
    return found
