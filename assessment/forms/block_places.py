"""Where the cells of a pasted block go on a sheet: whose each row is, and which column each column is."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assessment.engine.subjects import OTHER_NAMES
from assessment.forms.marksheets import read_value
from assessment.forms.pasting import Anchor, Corner, Seen
from assessment.queries.columns import Column
from assessment.queries.sheet_rows import Row

Block = Sequence[Sequence[str]]


class NoPlace(ValueError):
    """Nothing of the block has a place on the sheet; says why, to the person who pasted it."""


@dataclass(frozen=True)
class Placed:
    """A block with its places. `lines`: whose, and the texts, one for each of `columns`; None are columns that the sheet does not have.

    `unknown`: names that nobody on the sheet has; `unclear`: that several have, or that stand in the block more than once. `outside`: what is said of cells beside
    and below the sheet, and of headings that no column has.
    """

    columns: tuple[Column | None, ...]
    lines: tuple[tuple[Row, tuple[str, ...]], ...]
    unknown: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ground:
    """The sheet that a block is put on: its rows in the order that the page showed, its columns, and what its pupils may be called."""

    rows: Mapping[uuid.UUID, Row]
    columns: Sequence[Column]
    names: Mapping[int, Iterable[str]]
    seen: Seen

    def order(self) -> list[Row | None]:
        """As the page showed them; None in the place of a pupil who has left it since."""
        return [self.rows.get(pupil) for pupil in self.seen.pupils] or list(self.rows.values())


def placed(block: Block, ground: Ground, anchor: Anchor) -> Placed:
    """The block with its places. By pupil, where its first columns hold names or UPNs, else downwards from the anchor; columns by their headings, else to the right.

    Raises NoPlace.
    """
    width = max(len(line) for line in block)
    lines = [[*line, *[""] * (width - len(line))] for line in block]
    if len(lines) == width == 1 and anchor.until:
        return _filled(lines[0][0], ground, anchor, anchor.until)
    whose, names_width = _by_pupil(lines, ground)
    texts = [line[names_width:] for line in lines]
    has_headings = not (whose and whose[0]) and _are_headings(texts[0], ground.columns)
    headings = texts.pop(0) if has_headings else None
    if not texts or names_width == width:
        raise NoPlace("There are names or headings here, and nothing to enter beside or below them.")
    if whose:
        named, unknown, unclear = _named(lines[has_headings:], whose[has_headings:], texts, names_width)
        rows: list[Row | None] = [ground.rows.get(pupil) if pupil else None for pupil in named]
        outside: list[str] = []
    else:
        rows, outside = _downwards(texts, ground, anchor)
        unknown, unclear = [], []
    columns, beside = _across(headings, [*zip(rows, texts, strict=True)], ground, anchor)
    return Placed(
        columns=tuple(columns),
        lines=tuple((row, tuple(cells)) for row, cells in zip(rows, texts, strict=True) if row),
        unknown=tuple(unknown),
        unclear=tuple(unclear),
        outside=(*outside, *beside),
    )


def _filled(text: str, ground: Ground, anchor: Anchor, until: Corner) -> Placed:
    """A single value fills what is selected."""
    order = ground.order()
    keys = [row.public_id if row else None for row in order]
    ends = sorted(_row_index(keys, pupil) for pupil in (anchor.pupil, until.pupil))
    sides = sorted(_column_index(ground.columns, key) for key in (anchor.column, until.column))
    columns = ground.columns[sides[0] : sides[1] + 1]
    rows = order[ends[0] : ends[1] + 1]
    return Placed(tuple(columns), tuple((row, (text,) * len(columns)) for row in rows if row))


def _row_index(keys: Sequence[uuid.UUID | None], pupil: uuid.UUID | None) -> int:
    if pupil is None or pupil not in keys:
        raise NoPlace("The pupil where this was pasted is no longer on the sheet. Open the sheet again.")
    return keys.index(pupil)


def _column_index(columns: Sequence[Column], key: str) -> int:
    """Where the column stands; the names stand before the first."""
    return next((index for index, column in enumerate(columns) if column.key == key), 0)


# Whose the rows are


def _plain(name: str) -> str:
    """A name as it is compared: without case, with one space between words, whichever apostrophe it has."""
    folded = unicodedata.normalize("NFKC", name).casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return re.sub(r" ?, ?", ", ", " ".join(folded.split()))


def _by_pupil(lines: Block, ground: Ground) -> tuple[list[set[uuid.UUID]], int]:
    """Who is meant by each line, nobody or one or several, and how many columns say so; nothing where the first column says something else."""
    known: dict[str, set[uuid.UUID]] = {}
    for row in ground.rows.values():
        for name in ground.names.get(row.pupil_id, ()):
            known.setdefault(_plain(name), set()).add(row.public_id)
    whose: list[set[uuid.UUID]] = []
    width = 0
    while found := _names_from(lines, width, known):
        meant, more = found
        # A number beside a name says which of two is meant.
        whose = [a & b or a or b for a, b in zip(whose, meant, strict=True)] if whose else meant
        width += more
    return whose, width


def _names_from(
    lines: Block, start: int, known: Mapping[str, set[uuid.UUID]]
) -> tuple[list[set[uuid.UUID]], int] | None:
    """Who is meant by one column, or by two beside each other with a surname and a forename."""
    for width in (1, 2):
        if start + width > len(lines[0]):
            break
        parts = [line[start : start + width] for line in lines]
        meant = [
            known.get(_plain(", ".join(part))) or known.get(_plain(" ".join(part))) or set() for part in parts
        ]
        others = [part for part, pupils in zip(parts, meant, strict=True) if not pupils and any(part)]
        matched = sum(bool(pupils) for pupils in meant)
        if matched and (
            matched >= len(others) or not any(_is_value(text) for part in others for text in part)
        ):
            return meant, width
    return None


def _is_value(text: str) -> bool:
    try:
        return read_value(text).points is not None
    except ValueError:
        return False


def _named(
    lines: Block, whose: Sequence[set[uuid.UUID]], texts: Block, names_width: int
) -> tuple[list[uuid.UUID | None], list[str], list[str]]:
    """Whose each line is, and the names that say it of nobody, or of more than one."""
    times = Counter(next(iter(pupils)) for pupils in whose if len(pupils) == 1)
    named: list[uuid.UUID | None] = []
    unknown, unclear = [], []
    for line, pupils, cells in zip(lines, whose, texts, strict=True):
        pupil = next(iter(pupils)) if len(pupils) == 1 else None
        if pupil and times[pupil] == 1:
            named.append(pupil)
            continue
        named.append(None)
        name = _said_name(line[:names_width])
        if pupils:
            unclear.append(name)
        elif name or any(cell.strip() for cell in cells):
            unknown.append(name or "a row without a name")
    return named, list(dict.fromkeys(unknown)), list(dict.fromkeys(unclear))


def _said_name(parts: Sequence[str]) -> str:
    said = " ".join(" ".join(part.split()) for part in parts if part.strip())
    return said if len(said) <= 80 else f"{said[:80]}…"


def _downwards(texts: Block, ground: Ground, anchor: Anchor) -> tuple[list[Row | None], list[str]]:
    if anchor.pupil is None:
        raise NoPlace("No pupil of this sheet is named in the first column. Choose the first pupil instead.")
    order = ground.order()
    start = _row_index([row.public_id if row else None for row in order], anchor.pupil)
    rows = order[start : start + len(texts)]
    below = sum(any(cell.strip() for cell in line) for line in texts[len(rows) :])
    said = [f"{_rows(below)} below the last pupil"] if below else []
    return [*rows, *[None] * (len(texts) - len(rows))], said


def _rows(number: int) -> str:
    return f"{number} row{'' if number == 1 else 's'}"


# Which columns they are


def _across(
    headings: Sequence[str] | None,
    lines: Sequence[tuple[Row | None, Sequence[str]]],
    ground: Ground,
    anchor: Anchor,
) -> tuple[list[Column | None], list[str]]:
    width = len(lines[0][1])
    filled = [any(texts[index].strip() for _, texts in lines) for index in range(width)]
    if headings is not None:
        columns = _by_heading(headings, ground.columns)
        strange = [
            f"“{' '.join(heading.split())[:40]}”" if heading.strip() else "one without a heading"
            for heading, column, is_filled in zip(headings, columns, filled, strict=True)
            if is_filled and column is None
        ]
        said = f"{_columns(len(strange))} that this sheet does not have: {', '.join(strange)}"
        return columns, [said] if strange else []
    columns = _to_the_right(lines, width, ground.columns, anchor)
    beyond = sum(column is None and is_filled for column, is_filled in zip(columns, filled, strict=True))
    return columns, [f"{_columns(beyond)} to the right of the sheet"] if beyond else []


def _columns(number: int) -> str:
    return f"{number} column{'' if number == 1 else 's'}"


def _to_the_right(
    lines: Sequence[tuple[Row | None, Sequence[str]]],
    width: int,
    columns: Sequence[Column],
    anchor: Anchor,
) -> list[Column | None]:
    """The columns from the anchor on. Those that are not entered are left out, unless the block brings what stands in them."""
    start = _column_index(columns, anchor.column)
    all_of_them = columns[start : start + width]
    brought = [
        _brings(column, index, lines) for index, column in enumerate(all_of_them) if not column.is_open
    ]
    is_as_it_stands = any(brought) and None not in brought
    if not is_as_it_stands:
        # Pasted at the names, it begins where one enters.
        at_names = not any(column.key == anchor.column for column in columns)
        in_focus = [index for index, column in enumerate(columns) if column.is_open and column.is_in_focus]
        first = in_focus[0] if at_names and in_focus else start
        all_of_them = [column for column in columns[first:] if column.is_open][:width]
    return [*all_of_them, *[None] * (width - len(all_of_them))]


# Steps, with their sign or, copied out of a sheet, as numbers; more than twelve in a row are points. And what stands in the place of steps.
_STEPS = re.compile(r"[+\-\N{MINUS SIGN}]\d+|\d|1[0-2]|no start|no baseline")


def _brings(column: Column, index: int, lines: Sequence[tuple[Row | None, Sequence[str]]]) -> bool | None:
    """Whether the block brings here what stands in the column, or steps; None for something else."""
    texts = [(row, texts[index].strip()) for row, texts in lines if texts[index].strip()]
    for row, text in texts:
        if not _STEPS.fullmatch(text) and (row is None or not is_shown(text, shown_in(column, row))):
            return None
    return bool(texts)


def is_shown(text: str, shown: str) -> bool:
    """Whether the text is what the cell shows; steps are copied out as numbers."""
    return text in {shown, shown.removeprefix("+").replace("\N{MINUS SIGN}", "-")}


def shown_in(column: Column, row: Row) -> str:
    """What stands in a cell that cannot be entered, as it is copied out."""
    if column.shows:
        shown = column.shows(row)
        return shown.text or shown.missing
    held = row.held_at(column.place) if column.place else None
    return str(held.points) if held and held.points is not None else ""


def _are_headings(texts: Sequence[str], columns: Sequence[Column]) -> bool:
    """Whether one of them is a column's, and none is a value."""
    return any(_by_heading(texts, columns)) and not any(_is_value(text) for text in texts)


def _by_heading(headings: Sequence[str], columns: Sequence[Column]) -> list[Column | None]:
    """Each column that is called so; of several those in focus, then those that can be entered. One that is called twice is the first's."""
    called: dict[str, list[Column]] = {}
    for column in columns:
        for name in set(_headings_of(column)):
            called.setdefault(name, []).append(column)
    found: list[Column | None] = []
    for heading in headings:
        words = _plain_heading(heading)
        meant = _meant(called.get(words, [])) if words else None
        found.append(meant if meant not in found else None)
    return found


def _meant(columns: Sequence[Column]) -> Column | None:
    for choice in (
        [column for column in columns if column.is_open and column.is_in_focus],
        [column for column in columns if column.is_open],
        columns,
    ):
        if len(choice) == 1:
            return choice[0]
    return None


def _plain_heading(text: str) -> str:
    """Letters and digits alone: `Autumn term`, `autumn`, `Maths (Autumn)`."""
    words = re.findall(r"[^\W_]+", text.casefold())
    return " ".join(sorted(OTHER_NAMES.get(word, word) for word in words if word not in {"term", "points"}))


def _headings_of(column: Column) -> Iterator[str]:
    subject = column.subject
    subjects = {column.heading, *((subject.name, subject.full_name, subject.code) if subject else ())} - {""}
    labels = {column.label, f"{column.label} {column.detail}"}
    if column.place and not column.detail:
        labels |= {column.place.at.term.label, column.place.at.term.label[:3]}
    if column.place:
        yield from map(_plain_heading, subjects)
    for label in labels:
        yield _plain_heading(label)
        for name in subjects:
            yield _plain_heading(f"{name} {label}")
