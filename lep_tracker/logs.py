"""Lines of the log: which request, and nothing about a person."""

from __future__ import annotations

import copy
import logging
import re
from types import TracebackType

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

# Addresses of letters that let somebody in: until they are used, a line of the log would be as good as the letter.
_KEY_IN_ADDRESS = re.compile(r"(/invitations/\d+/|/account/password/new/)[^/\s'\"]+")


class PlainFormatter(logging.Formatter):
    """Names the request by its id, and leaves out keys of letters and what PostgreSQL quotes of rows: `DETAIL: Key (upn)=(...)`."""

    def format(self, record: logging.LogRecord) -> str:
        record = copy.copy(record)
        record.request_id = getattr(getattr(record, "request", None), "id", "-")
        if record.levelno < logging.ERROR:
            # A refusal is no failure: where in the code it was raised helps nobody.
            record.exc_info = record.exc_text = None
        return _KEY_IN_ADDRESS.sub(r"\1…", super().format(record))

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802  # logging's name
        lines = super().formatException(ei).splitlines()
        return "\n".join(line for line in lines if not line.startswith(("DETAIL:", "CONTEXT:")))
