"""The floor of a marksheet's rendering: its body joined as strings, for a sheet that somebody may enter on."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from html import escape
from typing import NamedTuple

from assessment.engine.expected_range import Attainment
from assessment.queries.columns import Shown
from assessment.queries.marksheets import Sheet
from assessment.queries.sheet_rows import EMPTY, Held, Row

_COLOURS = {
    None: ("", ""),
    Attainment.BELOW: (" is-below", "<i> below</i>"),
    Attainment.AT: (" is-at", "<i> at</i>"),
    Attainment.ABOVE: (" is-above", "<i> above</i>"),
}
_WORDS = {"": "", "absent": "absent", "new": "new", "not_required": "not required"}


class Followed(NamedTuple):
    """What follows from a pupil's judgements, by the column's index: what is shown; in an open cell what to compare with, and what is odd."""

    shown: Mapping[int, Shown]
    before: Mapping[int, int | None]
    odd: Mapping[int, str]


def followed(sheet: Sheet) -> dict[uuid.UUID, Followed]:
    """By pupil, worked out once: the floor has it ready made."""
    return {row.public_id: _followed(sheet, row) for row in sheet.rows}


def _followed(sheet: Sheet, row: Row) -> Followed:
    columns = list(enumerate(sheet.columns))
    open_places = [
        (index, column, column.place) for index, column in columns if column.place and column.is_open_for(row)
    ]
    jumps = {index: row.odd(place) for index, _, place in open_places}
    return Followed(
        {index: column.shows(row) for index, column in columns if column.shows},
        {index: row.before(place) for index, column, place in open_places if column.is_in_focus},
        {index: jump.label for index, jump in jumps.items() if jump},
    )


def rows_by_hand(
    sheet: Sheet,
    pupil_address: str,
    why_address: tuple[str, str],
    followed: Mapping[uuid.UUID, Followed],
    *,
    with_class: bool,
) -> str:
    """The very bytes of the table's body; the benchmark compares them before it measures."""
    columns = [(index, column.key, column.place, column) for index, column in enumerate(sheet.columns)]
    parts = []
    for row in sheet.rows:
        key = str(row.public_id)
        parts.append(_header(row, key, pupil_address, why_address, row.class_name if with_class else ""))
        shows, before, odd = followed[row.public_id]
        for index, name, place, column in columns:
            if place is None:
                parts.append(_shown(shows[index], index))
                continue
            held: Held = row.held.get(place, EMPTY)
            value, colour, note, word = _judged(held)
            version = f' data-v="{held.version}"' if held.version else ""
            if index in odd:
                version += f' data-odd="{odd[index]}"'
                word += f"<i>, {odd[index]}, to check</i>"
            if column.is_in_focus:
                if before[index] is not None:
                    version += f' data-g="{before[index]}"'
                parts.append(
                    f'<td class="j e{colour} is-focus{note}"{version}><span>{value}{word}</span>'
                    f'<input name="v-{key}-{name}" value="{value}" aria-labelledby="n-{key} t-{index}">'
                    f'<input type="hidden" name="s-{key}-{name}" value="{held.version}:{value}"></td>'
                )
            elif column.is_open:
                parts.append(f'<td class="j e{colour}{note}"{version}><span>{value}{word}</span></td>')
            else:
                parts.append(
                    f'<td class="{"o" if column.is_of_an_earlier_year else "j"}{colour}{note}">{value}{word}</td>'
                )
        parts.append("</tr>")
    return "".join(parts)


def _header(row: Row, key: str, pupil_address: str, why_address: tuple[str, str], class_name: str) -> str:
    out = "" if row.is_counted else ' class="is-out"'
    badges = "".join(
        [
            f' <span class="badge" title="{badge.title}">{badge.text}<i> ({badge.title})</i></span>'
            for badge in row.badges
        ]
    )
    told = f"{class_name} · {row.note}" if class_name and row.note else class_name or row.note
    if row.age_in_months is not None:
        told = f"{row.age_in_months} months · {told}" if told else f"{row.age_in_months} months"
    note = f'<span class="note">{escape(told)}</span></th>' if told else "</th>"
    name = escape(row.name)
    return (
        f'<tr{out}><th scope="row" id="p-{key}"><a id="n-{key}" href="{pupil_address}{key}/">{name}</a>{badges}'
        f'<a class="plain-why" href="{why_address[0]}{key}{why_address[1]}" aria-label="Why {name} has these colours"></a>{note}'
    )


def _shown(shown: Shown, index: int) -> str:
    mark = f" {shown.mark}" if shown.mark else ""
    word = f"<i> {shown.word}</i>" if shown.word else ""
    missing = f"<b>{shown.missing}</b>" if shown.missing else ""
    return f'<td class="d d{index}{mark}">{shown.text}{word}{missing}</td>'


def _judged(held: Held) -> tuple[str, str, str, str]:
    value = str(held.points) if held.points is not None else _WORDS[held.reason]
    colour, word = _COLOURS[held.attainment]  # type: ignore[index]  # an IntEnum's number
    if held.reason:
        colour = " is-reason"
    return (
        (value, colour, " has-note", f"{word}<i>, with a note</i>")
        if held.has_note
        else (value, colour, "", word)
    )
