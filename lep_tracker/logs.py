"""Lines of the log: which request, and nothing about a person."""

from __future__ import annotations

import copy
import logging
from types import TracebackType

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class PlainFormatter(logging.Formatter):
    """Names the request by its id, and leaves out what PostgreSQL quotes of rows: `DETAIL: Key (upn)=(...)`."""

    def format(self, record: logging.LogRecord) -> str:
        record = copy.copy(record)
        record.request_id = getattr(getattr(record, "request", None), "id", "-")
        if record.levelno < logging.ERROR:
            # A refusal is no failure: where in the code it was raised helps nobody.
            record.exc_info = record.exc_text = None
        return super().format(record)

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802  # logging's name
        lines = super().formatException(ei).splitlines()
        return "\n".join(line for line in lines if not line.startswith(("DETAIL:", "CONTEXT:")))
