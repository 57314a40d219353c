"""What each event of the history says beside the row: who, in which request, in which change-set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pghistory
from django.db import connection


@contextmanager
def recorded(**facts: Any) -> Iterator[None]:
    """Let the events of this block carry the facts, beside those of the blocks around it; after it no more.

    The library keeps what an inner block added, and PostgreSQL what the transaction was told last: both are put back, or a
    write after the block would bear the name of somebody who did not make it.
    """
    with pghistory.context() as told:
        before = dict(told.metadata)
        told.metadata.update(facts)
        try:
            yield
        finally:
            told.metadata.clear()
            told.metadata.update(before)
    if not before and connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('pghistory.context_metadata', '', true)")
