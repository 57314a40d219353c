"""A table as CSV: UTF-8, one heading line, empty cells left empty."""

from __future__ import annotations

import csv
import io

from reports.documents.tables import Table, Value
from reports.exports.formulas import defused


def to_csv(table: Table) -> bytes:
    """The table's bytes. Text that a spreadsheet would run as a formula is defused; numbers stay numbers."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(_text, table.headings))
    writer.writerows([_cell(value) for value in row] for row in table.rows)
    return text.getvalue().encode()


def _cell(value: Value) -> Value:
    return _text(value) if isinstance(value, str) else value


def _text(text: str) -> str:
    """A carriage return alone would not be quoted, and a spreadsheet begins a line at it: behind it a formula could stand."""
    return defused(text).replace("\r\n", "\n").replace("\r", "\n")
