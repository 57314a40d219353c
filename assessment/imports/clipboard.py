"""The text of a clipboard, as Excel, Google Sheets and LibreOffice put it there, as rows of cells.

Cells stand beside each other with tabs between them, rows end with a line break of any sort. A cell with a tab or a line break in it stands in
quotes, with its own quotes doubled; other cells keep their quotes as they are.
"""

from __future__ import annotations

import re

# A class of forty in a hundred columns; more is a whole sheet that was marked by mistake.
MOST_CELLS = 4_000
MOST_CHARACTERS = 500_000
# As much as one cell of a spreadsheet holds: a quote is not looked for any further.
_LONGEST_CELL = 32_767

_QUOTED = re.compile(rf'"((?:[^"]|""){{0,{_LONGEST_CELL}}}+)"(?=[\t\r\n]|\Z)')
_END = re.compile(r"[\t\r\n]")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
# The spaces that spreadsheets and web pages put in to keep words together, and marks that nobody sees.
_SPACES = str.maketrans(
    dict.fromkeys("\u00a0\u2007\u202f", " ") | dict.fromkeys("\u200b\u200e\u200f\u2060\ufeff")
)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class UnreadableBlock(ValueError):
    """The text is no block of cells; says why, to the person who pasted it."""


def read_block(text: str) -> list[list[str]]:
    """The rows in order, each with its cells as they stand; rows may differ in length.

    Line breaks within a cell are newlines, spaces that do not break are spaces; control characters are left out. Rows at the end with nothing
    in them are left out, empty rows between others are not. Raises UnreadableBlock for a text without anything in it, or with too much.
    """
    text = _UNPRINTABLE.sub("", text.translate(_SPACES)).rstrip("\t\r\n ")
    if len(text) > MOST_CHARACTERS:
        raise UnreadableBlock(_TOO_MUCH)
    rows = _without_empty_end(_rows(text))
    if not rows:
        raise UnreadableBlock("There is nothing to paste. Copy cells in the spreadsheet first.")
    return rows


_TOO_MUCH = f"That is more than {MOST_CELLS:,} cells. Copy only the pupils and columns of this sheet, without the empty ones."


def _rows(text: str) -> list[list[str]]:
    rows: list[list[str]] = [[]]
    at = count = 0
    while True:
        cell, at = _cell(text, at)
        rows[-1].append(cell)
        count += 1
        if count > MOST_CELLS:
            raise UnreadableBlock(_TOO_MUCH)
        if at >= len(text):
            return rows
        if text[at] == "\t":
            at += 1
        else:
            at = _line_break(text, at)
            rows.append([])


def _cell(text: str, at: int) -> tuple[str, int]:
    """The cell that begins here, and where it ends. What begins with a quote and does not end with one is a cell as it stands."""
    if text.startswith('"', at) and (quoted := _QUOTED.match(text, at)):
        return _LINE_BREAK.sub("\n", quoted[1].replace('""', '"')), quoted.end()
    found = _END.search(text, at)
    end = found.start() if found else len(text)
    return text[at:end], end


def _line_break(text: str, at: int) -> int:
    found = _LINE_BREAK.match(text, at)
    return found.end() if found else at + 1


def _without_empty_end(rows: list[list[str]]) -> list[list[str]]:
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    return rows
