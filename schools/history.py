"""What each event of the history says beside the row: who, in which request, in which change-set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import pghistory
from django.db import connection

# What the request that is being answered has written last, as its events call it; "" where it has written nothing.
_written: ContextVar[str] = ContextVar("written", default="")


def written() -> str:
    """The key of what this request has written last: its change-set's id, else its own; "" where it has written nothing."""
    return _written.get()


@contextmanager
def recorded(**facts: Any) -> Iterator[None]:
    """Let the events of this block carry the facts, beside those of the blocks around it; after it no more.

    The library keeps what an inner block added, and PostgreSQL what the transaction was told last: both are put back, or a
    write after the block would bear the name of somebody who did not make it.
    """
    with pghistory.context() as told:
        before = dict(told.metadata)
        told.metadata.update(facts)
        if not before:
            _written.set("")
        elif not facts.keys().isdisjoint({"user", "change_set"}):
            _written.set(str(told.metadata.get("change_set") or told.metadata.get("request") or ""))
        try:
            yield
        finally:
            told.metadata.clear()
            told.metadata.update(before)
    if not before and connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('pghistory.context_metadata', '', true)")
