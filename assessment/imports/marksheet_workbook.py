"""A marksheet's workbook that comes back: whose cells it holds, whatever has been done to it meanwhile.

Rows and columns are known by hidden keys, which a sort, a move or a retyped heading leave as they are. Where a name or a heading
that can be seen says another pupil or column than the key beside it, what can be seen counts: it is what stood beside the number when it was typed.
"""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from assessment.imports.marksheet_identity import HIDDEN_SHEET, KEY, PROPERTY, PUPIL, PUPIL_HEADING, Identity
from schools.imports.report import FileRefused, quoted
from schools.imports.values import Cell, is_blank, text_of
from schools.imports.workbooks import MEGABYTE, Sheet, open_all

LARGEST = 2 * MEGABYTE
_LARGEST_UNPACKED = 20 * MEGABYTE
# A year group has 240 pupils; further down nothing is looked for.
_MOST_ROWS, _MOST_COLUMNS = 3_000, 200
# What stood in 240 rows of a wide sheet.
_MOST_SAWS = 50_000
_LONGEST = 200

_FROM_HERE = "Use the file that “Excel to fill in” gives."
_NO_WORKBOOK = f"This is not an Excel workbook (.xlsx). {_FROM_HERE}"
_CANNOT_BE_READ = (
    "This workbook cannot be read: it is damaged, or unpacks to more than a marksheet can hold. Open it in Excel and save it again as"
    " .xlsx, or download the sheet anew."
)
_NOT_OURS = f"This workbook does not say which marksheet it is of. {_FROM_HERE}"
_OTHER_KINDS = (
    (
        b"\xd0\xcf\x11\xe0",
        "This is an old Excel file (.xls), or one locked with a password. Save it as an Excel workbook (.xlsx) without a password.",
    ),
    (b"%PDF", f"This is a PDF. {_FROM_HERE}"),
)
_WITHIN = (
    (
        b"xl/vbaProject.bin",
        "This workbook has macros in it (.xlsm). Save it as an Excel workbook (.xlsx), which has none.",
    ),
    (
        b"opendocument.spreadsheet",
        "This is an OpenDocument file (.ods). Save it as an Excel workbook (.xlsx).",
    ),
    (b"xl/workbook.bin", "This is a binary Excel workbook (.xlsb). Save it as an Excel workbook (.xlsx)."),
)


@dataclass(frozen=True)
class Workbook:
    """A workbook as it came: which sheet it is of, its rows, and what stood in its cells when it went out.

    `saw` is by pupil and key of column, as text: `3:47`; empty where the hidden worksheet is gone. `without_value`: by row and column, from 0, the
    formulas that have come to nothing yet.
    """

    identity: Identity
    rows: Sequence[tuple[Cell, ...]]
    saw: Mapping[tuple[uuid.UUID, str], str]
    without_value: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True)
class FileCell:
    """One cell of the file: its row as a spreadsheet numbers it, and its text; or why that is not known."""

    row: int
    text: str
    problem: str = ""


@dataclass(frozen=True)
class UnknownRow:
    """A row with something in it whose pupil is not on the sheet, or is not to be told."""

    row: int
    name: str
    why: str


@dataclass
class Matched:
    """The file's cells by pupil and key of column, and what is to be said of the file."""

    cells: dict[tuple[uuid.UUID, str], FileCell] = field(default_factory=dict)
    pupils: set[uuid.UUID] = field(default_factory=set)
    columns: dict[int, str] = field(default_factory=dict)
    unknown: list[UnknownRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_workbook(content: bytes) -> Workbook:
    """The marksheet's workbook; FileRefused says why a file is none that can be read."""
    _refuse_other_kinds(content)
    try:
        sheets, properties = open_all(content, largest_unpacked=_LARGEST_UNPACKED)
        grids = [(sheet.name, _grid(sheet)) for sheet in sheets[:10]]
    except FileRefused as error:
        raise FileRefused(_CANNOT_BE_READ) from error
    name, rows, identity = _marksheet(grids, properties.get(PROPERTY, ""))
    saw = next((dict(_saws(grid)) for title, grid in grids if title == HIDDEN_SHEET), {})
    return Workbook(identity, rows, saw, _without_value(content, name, rows))


def _refuse_other_kinds(content: bytes) -> None:
    if len(content) > LARGEST:
        raise FileRefused(f"The file is larger than {LARGEST // MEGABYTE} MB, and no marksheet is.")
    for magic, sentence in _OTHER_KINDS:
        if content.startswith(magic):
            raise FileRefused(sentence)
    if not content.startswith(b"PK"):
        raise FileRefused(_NO_WORKBOOK)
    # The names of an archive's parts are not packed.
    for name, sentence in _WITHIN:
        if name in content:
            raise FileRefused(sentence)


def _grid(sheet: Sheet) -> list[tuple[Cell, ...]]:
    most = _MOST_SAWS if sheet.name == HIDDEN_SHEET else _MOST_ROWS
    return list(islice(sheet.rows(_MOST_COLUMNS if most == _MOST_ROWS else 3), most))


def _marksheet(
    grids: Sequence[tuple[str, list[tuple[Cell, ...]]]], in_properties: str
) -> tuple[str, list[tuple[Cell, ...]], Identity]:
    """The worksheet that says which it is; else the first, by what the hidden one or the properties say."""
    others = [(name, rows) for name, rows in grids if name != HIDDEN_SHEET]
    for name, rows in others:
        for row in rows:
            for cell in row:
                if isinstance(cell, str) and (identity := Identity.from_text(cell)):
                    return name, rows, identity
    hidden = [text_of(rows[0][0]) for name, rows in grids if name == HIDDEN_SHEET and rows and rows[0]]
    for text in (*hidden, in_properties):
        if others and (identity := Identity.from_text(text)):
            return *others[0], identity
    raise FileRefused(_NOT_OURS)


def _saws(rows: Sequence[tuple[Cell, ...]]) -> Iterator[tuple[tuple[uuid.UUID, str], str]]:
    for row in rows[1:]:
        key = _key(row[0])
        if key and len(row) > 2:
            yield (key, text_of(row[1])), text_of(row[2])


def _key(cell: Cell) -> uuid.UUID | None:
    text = text_of(cell)
    if len(text) != len(str(uuid.UUID(int=0))):
        return None
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _without_value(content: bytes, name: str, rows: Sequence[tuple[Cell, ...]]) -> frozenset[tuple[int, int]]:
    """A formula that no spreadsheet has worked out reads as nothing, and nothing would empty a cell."""
    sheets, _ = open_all(content, largest_unpacked=_LARGEST_UNPACKED, formulas=True)
    formulas = next(_grid(sheet) for sheet in sheets if sheet.name == name)
    return frozenset(
        (number, place)
        for number, (said, came_to) in enumerate(zip(formulas, rows, strict=False))
        for place, (formula, value) in enumerate(zip(said, came_to, strict=False))
        if value is None and isinstance(formula, str) and formula.startswith("=")
    )


def match(workbook: Workbook, *, pupils: Mapping[uuid.UUID, str], columns: Mapping[str, str]) -> Matched:
    """Which pupil and column each cell is of; `pupils` are those of the sheet by name, `columns` its judgements by heading.

    Raises FileRefused where two columns are one, or none is known.
    """
    matched = Matched()
    key_column = _key_column(workbook.rows, pupils)
    key_row, heading_row = _head(workbook.rows, key_column, columns)
    names = _match_columns(workbook.rows, key_row, heading_row, columns, matched)
    found = _match_rows(workbook, {key_row, heading_row}, (key_column, names), pupils, matched)
    for number, key in found.items():
        for place, column in matched.columns.items():
            cell = _file_cell(workbook, number, place)
            earlier = matched.cells.get((key, column))
            matched.cells[key, column] = _beside(earlier, cell) if earlier else cell
    matched.pupils = set(found.values())
    return matched


def _beside(earlier: FileCell, cell: FileCell) -> FileCell:
    """The later of two cells that are one: with the same in both it is that, and what was wrong with the earlier still is."""
    if earlier.text == cell.text:
        return replace(cell, problem=cell.problem or earlier.problem)
    problem = f"stands twice in the file, in row {earlier.row} as {quoted(earlier.text)}."
    return replace(cell, problem=problem)


def _at(row: Sequence[Cell], place: int | None) -> Cell:
    return row[place] if place is not None and place < len(row) else None


def _key_column(rows: Sequence[tuple[Cell, ...]], pupils: Mapping[uuid.UUID, str]) -> int | None:
    """Where most of the keys stand."""
    places = Counter(
        place for row in rows for place, cell in enumerate(row) if (key := _key(cell)) and key in pupils
    )
    return places.most_common(1)[0][0] if places else None


def _head(
    rows: Sequence[tuple[Cell, ...]], key_column: int | None, columns: Mapping[str, str]
) -> tuple[int | None, int | None]:
    """The hidden row of keys, and the row of headings: the one that says so, else the one that has most of them."""
    key_row = next(
        (n for n, row in enumerate(rows) if any(_is_identity(cell) or cell in columns for cell in row)), None
    )
    said = (
        n for n, row in enumerate(rows) if key_column is not None and text_of(_at(row, key_column)) == KEY
    )
    heading_row = next(said, None)
    if heading_row is None:
        wanted = {_plain(heading) for heading in (*columns.values(), PUPIL_HEADING)}
        counts = [sum(_plain(text_of(cell)) in wanted for cell in row) for row in rows[:_MOST_ROWS]]
        most = max(counts, default=0)
        heading_row = counts.index(most) if most > 1 else None
    return key_row, heading_row


def _is_identity(cell: Cell) -> bool:
    return isinstance(cell, str) and Identity.from_text(cell) is not None


def _plain(text: str) -> str:
    return " ".join(text.lstrip("'").split()).casefold()


def _match_columns(
    rows: Sequence[tuple[Cell, ...]],
    key_row: int | None,
    heading_row: int | None,
    columns: Mapping[str, str],
    matched: Matched,
) -> int | None:
    """The columns of judgements, into `matched`; and where the names stand."""
    by_heading = {_plain(heading): key for key, heading in columns.items()}
    keys = [text_of(cell) for cell in rows[key_row]] if key_row is not None else []
    headings = [text_of(cell) for cell in rows[heading_row]] if heading_row is not None else []
    names = None
    for place in range(max(len(keys), len(headings))):
        key, heading = str(_at(keys, place) or ""), str(_at(headings, place) or "")
        if key == PUPIL or (names is None and _plain(heading) == _plain(PUPIL_HEADING)):
            names = place
        seen = by_heading.get(_plain(heading))
        column = seen or (key if key in columns else None)
        if column is None:
            continue
        if column in matched.columns.values():
            raise FileRefused(
                f"Two columns of the file are {quoted(columns[column])}. Delete one of them, or give it back its heading."
            )
        if said := _said_of_column(key, heading, seen, columns):
            matched.notes.append(said)
        matched.columns[place] = column
    if not matched.columns:
        raise FileRefused(f"No column of the file is one of this sheet. {_FROM_HERE}")
    return names


def _said_of_column(key: str, heading: str, seen: str | None, columns: Mapping[str, str]) -> str:
    """What is to be said where the hidden key and the heading do not say the same."""
    if seen is None:
        was = f", headed {quoted(heading)} now," if heading else ""
        return f"The column {quoted(columns[key])}{was} was known by its hidden key."
    if not key:
        return f"The column {quoted(heading)} was known by its heading; its hidden key is gone."
    if key in columns and key != seen:
        return f"The column headed {quoted(heading)} stands where {quoted(columns[key])} was: its heading was believed."
    return ""


def _match_rows(
    workbook: Workbook,
    head: set[int | None],
    places: tuple[int | None, int | None],
    pupils: Mapping[uuid.UUID, str],
    matched: Matched,
) -> dict[int, uuid.UUID]:
    """Whose each row is, by its number from 0."""
    by_name: dict[str, list[uuid.UUID]] = {}
    for pupil, known_as in pupils.items():
        by_name.setdefault(_plain(known_as), []).append(pupil)
    found: dict[int, uuid.UUID] = {}
    by_names = 0
    for number, row in enumerate(workbook.rows):
        key, name = _key(_at(row, places[0])), text_of(_at(row, places[1]))
        named = by_name.get(_plain(name), [])
        if number in head or not (key or name):
            continue
        if key and key in pupils and (key in named or not named):
            found[number] = key
            if not named and name:
                matched.notes.append(
                    f"Row {number + 1} says {quoted(name)}: it was known as {pupils[key]} by its hidden key."
                )
        elif len(named) == 1:
            found[number] = named[0]
            by_names += 1
        else:
            matched.unknown += _unknown(number, row, name, len(named), matched)
    if by_names:
        rows = "1 row was" if by_names == 1 else f"{by_names} rows were"
        matched.notes.append(
            f"{rows} known by the pupil’s name, for the hidden key beside it says another pupil, or none."
        )
    return found


def _unknown(
    number: int, row: Sequence[Cell], name: str, namesakes: int, matched: Matched
) -> list[UnknownRow]:
    """A row of nobody's, where something stands in it."""
    if all(is_blank(_at(row, place)) for place in matched.columns):
        return []
    why = (
        f"{namesakes} pupils of this sheet bear this name, and the row’s hidden key is gone."
        if namesakes
        else "is not on this sheet."
    )
    return [UnknownRow(number + 1, name or "without a name", why)]


# Of numbers in scientific notation a spreadsheet makes 4.00E+01 where somebody typed the code 4E1.
_SCIENTIFIC = re.compile(r"(\d)\.(\d\d)E\+(\d\d)")


def _file_cell(workbook: Workbook, number: int, place: int) -> FileCell:
    text = text_of(_at(workbook.rows[number], place))
    if (number, place) in workbook.without_value:
        return FileCell(
            number + 1, "formula", "is a formula that has not been worked out. Type the points in its place."
        )
    if match_ := _SCIENTIFIC.fullmatch(text):
        points = int(match_[1] + match_[2]) * 10 ** int(match_[3]) // 100
        codes = [f"{year}E{step}" for year in range(1, 12) for step in (1, 2) if year * 10**step == points]
        if len(codes) != 1:
            return FileCell(
                number + 1,
                text,
                "is what the spreadsheet made of a code such as 10E1. Type the points, or an apostrophe and the code.",
            )
        text = codes[0]
    return FileCell(number + 1, text[:_LONGEST])
