"""How a marksheet's cells look: the one renderer, for the whole grid and for the answer to a save.

A sheet of 240 pupils has three thousand cells. They are written here as text: a template's tag for each takes several times as long, an
include ten times (docs/decisions/0020).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.html import escape
from django.utils.safestring import SafeString

from assessment.engine.expected_range import Attainment
from assessment.engine.progress import Progress, ProgressMeasure
from assessment.models import Reason
from assessment.queries.marksheets import EMPTY, Column, ColumnKind, Held, Row, Sheet

# By attainment: the class that colours the cell and draws its mark, and the word that is read out.
_ATTAINMENT: dict[int | None, tuple[str, str]] = {
    None: ("", ""),
    **{each: (f" is-{each.name.lower()}", f"<i> {each.label.lower()}</i>") for each in Attainment},
}
_PROGRESS = {
    None: ("", ""),
    Progress.LESS: (" is-below", "<i> less than expected</i>"),
    Progress.EXPECTED: (" is-at", "<i> expected</i>"),
    Progress.MORE: (" is-above", "<i> more than expected</i>"),
}
# A judgement, and one of an earlier year, which is there to compare with.
_CLASS = {False: "j", True: "o"}
_REASONS = {Reason.ABSENT: "absent", Reason.NEW: "new", Reason.NOT_REQUIRED: "not required"}


@dataclass(frozen=True)
class Refusal:
    """Why what was typed was not saved, in words, and the text as it was typed.

    `stands`: in a conflict, what somebody else put there ("" for an emptied cell); both can be chosen.
    """

    typed: str
    why: str
    stands: str | None = None


def value_of(points: int | None, reason: str) -> str:
    """What stands in a cell, as it is typed: points or the reason's words; nothing for an empty one."""
    return str(points) if points is not None else _REASONS[Reason(reason)] if reason else ""


def judgement_cell(held: Held, column: Column, key: str = "", refusal: Refusal | None = None) -> str:
    """A judgement. With the pupil's `key` an open cell holds its box, for the form that the sheet is without script."""
    value = value_of(held.points, held.reason)
    colour, word = _ATTAINMENT[held.attainment]
    if held.reason:
        colour = " is-reason"
    if column.is_in_focus:
        colour += " is-focus"
    if not column.is_open and not refusal:
        return f'<td class="{_CLASS[column.is_of_an_earlier_year]}{colour}">{value}{word}</td>'
    version = f' data-v="{held.version}"' if held.version else ""
    if refusal:
        return _refused_cell(held, column, key, refusal)
    if not key:
        return f'<td class="j e{colour}"{version}><span>{value}{word}</span></td>'
    return (
        f'<td class="j e{colour}"{version}><span>{value}{word}</span>'
        f'<input name="v-{key}" value="{value}" aria-labelledby="n-{key} t-{column.at.term:d}">'
        f'<input type="hidden" name="s-{key}" value="{held.version}:{value}"></td>'
    )


def _refused_cell(held: Held, column: Column, key: str, refusal: Refusal) -> str:
    """What stands there, what was typed over it, and why that was not saved; the box counts in the column in focus alone."""
    value = value_of(held.points, held.reason)
    colour, word = _ATTAINMENT[held.attainment]
    typed = escape(refusal.typed)
    box = (
        f'<input name="v-{key}" value="{typed}" aria-labelledby="n-{key} t-{column.at.term:d}"'
        f' aria-invalid="true" aria-describedby="m-{key}">'
        f'<input type="hidden" name="s-{key}" value="{held.version}:{value}">'
    )
    focus = " is-focus" if column.is_in_focus else ""
    return (
        f'<td class="j e{colour}{focus} is-refused" data-v="{held.version}" data-typed="{typed}"'
        f' aria-describedby="m-{key}"><span>{value}{word}</span>'
        f'<b class="typed">{typed}</b>{box if column.is_in_focus else ""}{_said(refusal, key, value)}</td>'
    )


def _said(refusal: Refusal, key: str, value: str) -> str:
    """The reason, and the ways out: what stands there is kept; in a conflict, where both are shown, the other can be saved over it."""
    keep = f"Keep {escape(value)}" if value else "Leave it empty"
    take = ""
    if refusal.stands is not None:
        words = f"Save {escape(refusal.typed)}" if refusal.typed else "Empty it"
        take = f'<button type="button" class="button" data-take>{words}</button>'
    return (
        f'<span class="said{" is-conflict" if take else ""}" id="m-{key}">{escape(refusal.why)}<span class="choice">'
        f'<button type="button" class="button" data-keep>{keep}</button>{take}</span></span>'
    )


def steps_cell(measure: ProgressMeasure | None, kind: ColumnKind, *, has_end: bool, oob: str = "") -> str:
    """Steps, coloured where a number is expected. Without a start it says so, and is never 0."""
    name = _STEPS_CLASS[kind]
    if measure is None:
        missing = _NO_START[kind] if has_end else ""
        return f'<td class="{name}"{oob}>{missing}</td>'
    colour, word = _PROGRESS[measure.outcome]
    return f'<td class="{name}{colour}"{oob}>{signed(measure.steps)}{word}</td>'


_STEPS_CLASS = {ColumnKind.THIS_TERM: "tt", ColumnKind.THIS_YEAR: "ty"}
_NO_START = {ColumnKind.THIS_TERM: "<b>no start</b>", ColumnKind.THIS_YEAR: "<b>no baseline</b>"}


def signed(steps: int) -> str:
    """`+3`, `0`, and with a real minus `-2`."""
    return f"+{steps}" if steps > 0 else str(steps).replace("-", "\N{MINUS SIGN}")


@dataclass(frozen=True)
class SheetRows:
    """The body of the sheet's table. `refusals`, by pupil: what a form could not save."""

    sheet: Sheet
    with_class: bool
    pupil_address: str
    # Where a pupil's colours are explained: before and after the pupil's id.
    why_address: tuple[str, str]
    refusals: Mapping[uuid.UUID, Refusal] = field(default_factory=dict)

    def __str__(self) -> SafeString:
        return SafeString("".join(self._rows()))

    def _rows(self) -> Iterator[str]:
        for row in self.sheet.rows:
            key = str(row.public_id)
            out = "" if row.is_counted else ' class="is-out"'
            cells = "".join(self._cells(row, key))
            yield f"<tr{out}>{self._header(row, key)}{cells}</tr>"

    def _cells(self, row: Row, key: str) -> Iterator[str]:
        held, at = row.held, self.sheet.at
        has_end = at in held and held[at].points is not None
        for column in self.sheet.columns:
            if column.kind is not ColumnKind.JUDGEMENT:
                yield steps_cell(row.measure(column.kind), column.kind, has_end=has_end)
            elif column.is_in_focus:
                yield judgement_cell(held.get(at, EMPTY), column, key, self.refusals.get(row.public_id))
            else:
                yield judgement_cell(held.get(column.at, EMPTY), column)

    def _header(self, row: Row, key: str) -> str:
        badges = "".join(
            f' <span class="badge" title="{badge.title}">{badge.text}<i> ({badge.title})</i></span>'
            for badge in row.badges
        )
        told = " · ".join(part for part in (row.class_name if self.with_class else "", row.note) if part)
        note = f'<span class="note">{escape(told)}</span>' if told else ""
        before, after = self.why_address
        return (
            f'<th scope="row" id="p-{key}"><a id="n-{key}" href="{self.pupil_address}{key}/">{escape(row.name)}</a>{badges}'
            f'<a class="plain-why" href="{before}{key}{after}" aria-label="Why {escape(row.name)} has these colours"></a>{note}</th>'
        )


def answer(sheet: Sheet, row: Row, column: Column, refusal: Refusal | None) -> str:
    """What a save is answered with: the cell, and the row's steps, which htmx puts in their places."""
    key = str(row.public_id)
    held = row.held.get(sheet.at, EMPTY)
    # A refusal says its words, which need the key.
    cell_key = key if column.is_in_focus or refusal else ""
    parts = [judgement_cell(row.held.get(column.at, EMPTY), column, cell_key, refusal)]
    for kind, name in _STEPS_CLASS.items():
        place = f' hx-swap-oob="outerHTML:#p-{key} ~ .{name}"'
        cell = steps_cell(row.measure(kind), kind, has_end=held.points is not None, oob=place)
        parts.append(f"<template>{cell}</template>")
    return "".join(parts)
