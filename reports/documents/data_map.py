"""The data map of the whole program: what is held of whom, why, how long."""

from __future__ import annotations

from reports.data_map import DATA_MAP
from reports.documents.tables import Table
from schools.data_map import Held, Kind, Whose

_WHAT = {
    Kind.PERSONAL: "personal",
    Kind.SPECIAL: "special category",
    Kind.TEXT: "free text",
    Kind.STAFF: "of staff",
}


def data_map_table() -> Table:
    """A line for each column, in the order of the map."""
    headings = ("table", "column", "kind", "of", "why", "lawful basis", "kept", "shared with the next school")
    rows = tuple(
        (
            name,
            column,
            kind.value,
            held.whose.value,
            held.why,
            held.basis.value,
            held.retention.value,
            _yes(held),
        )
        for name, held in DATA_MAP.items()
        for column, kind in sorted(held.kinds().items())
    )
    return Table("Data map", headings, rows)


def _yes(held: Held) -> str:
    return "yes" if held.shared else "no"


def data_map_page() -> str:
    """docs/data-map.md: the same in sections, for people."""
    parts = [_INTRODUCTION]
    for whose, heading in _SECTIONS.items():
        parts.append(f"## {heading}\n")
        parts += [
            _section(name, held)
            for name, held in DATA_MAP.items()
            if held.whose is whose and whose.value != "nobody"
        ]
        if whose is Whose.NOBODY:
            parts.append(_plain())
    return "\n".join(parts)


_SECTIONS = {Whose.PUPIL: "Of pupils", Whose.STAFF: "Of staff", Whose.NOBODY: "Of nobody"}
_INTRODUCTION = """# Data map

What is held of people, why, on which lawful basis, and how long. Made from the program by
`manage.py data_map --output docs/data-map.md`: do not edit it by hand. What each column means:
[data dictionary](data-dictionary.md). How long, and what is done then: [privacy](privacy.md).

Each school is the controller of its own rows; whoever hosts the program for it is its processor. *Key* columns join rows
and say who only beside the others. A history has the columns of its table, is kept as long, and says by which account
each change was made. *Shared*: a copy may go to the next school of the partnership with the pupil.
"""


def _section(name: str, held: Held) -> str:
    kinds = held.kinds()
    lines = [f"### `{name}`\n", f"{held.why}.\n", "| | |", "|---|---|"]
    for kind, word in _WHAT.items():
        columns = [f"`{column}`" for column in kinds if kinds[column] is kind]
        if columns:
            lines.append(f"| {word} | {', '.join(columns)} |")
    lines += [f"| basis | {held.basis.value} |", f"| kept | {held.retention.value} |"]
    lines.append(f"| shared | {_yes(held)} |\n")
    return "\n".join(lines)


def _plain() -> str:
    lines = ["| table | what it is for | free text |", "|---|---|---|"]
    for name, held in DATA_MAP.items():
        if held.whose is Whose.NOBODY:
            texts = ", ".join(f"`{column}`" for column, kind in held.kinds().items() if kind is Kind.TEXT)
            lines.append(f"| `{name}` | {held.why} | {texts} |")
    return "\n".join(lines) + "\n"
