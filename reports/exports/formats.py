"""The formats in which a table goes out, by the ending of the file's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reports.documents.tables import Table
from reports.exports.csv import to_csv
from reports.exports.excel import to_xlsx


@dataclass(frozen=True)
class Format:
    """How a table is written, and as what it is served."""

    write: Callable[[Table], bytes]
    content_type: str


FORMATS: Mapping[str, Format] = {
    "csv": Format(to_csv, "text/csv; charset=utf-8"),
    "xlsx": Format(to_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
