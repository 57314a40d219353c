"""How a marksheet's cells look: the one renderer, for the whole grid and for the answer to a save.

A sheet of 240 pupils has three thousand cells. They are written here as text: a template's tag for each takes several times as long, an
include ten times (docs/decisions/0020).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString

from assessment.engine.expected_range import Attainment
from assessment.engine.odd_jumps import OddJump
from assessment.models import Reason
from assessment.queries.columns import Column, Shown
from assessment.queries.marksheets import Sheet
from assessment.queries.sheet_rows import EMPTY, Held, Row
from schools.bands import USUAL, BandWords, band_words, in_words


@lru_cache(maxsize=64)
def _attainments(words: BandWords) -> dict[int | None, tuple[str, str]]:
    """By attainment: the class that colours the cell and draws its mark, and the word that is read out."""
    said = {each: escape(in_words(each.label.lower())) for each in Attainment}
    return {
        None: ("", ""),
        **{each: (f" is-{each.name.lower()}", f"<i> {word}</i>") for each, word in said.items()},
    }


_USUAL = _attainments(USUAL)


def _attainment(attainment: int | None) -> tuple[str, str]:
    words = band_words()
    return (_USUAL if words is USUAL else _attainments(words))[attainment]


# A judgement, and one of an earlier year, which is there to compare with.
_CLASS = {False: "j", True: "o"}
_REASONS = {Reason.ABSENT: "absent", Reason.NEW: "new", Reason.NOT_REQUIRED: "not required"}

# Refusals by pupil and column.
Refusals = Mapping[tuple[uuid.UUID, str], "Refusal"]


@dataclass(frozen=True)
class Refusal:
    """Why what was typed was not saved, in words, and the text as it was typed.

    `stands`: in a conflict, what somebody else put there ("" for an emptied cell); both can be chosen.
    """

    typed: str
    why: str
    stands: str | None = None
    # What the person saw when it was typed. Only a conflict shows what stands there now; else nothing newer was seen.
    saw: str = ""


def value_of(points: int | None, reason: str) -> str:
    """What stands in a cell, as it is typed: points or the reason's words; nothing for an empty one."""
    return str(points) if points is not None else _REASONS[Reason(reason)] if reason else ""


def judgement_cell(
    held: Held,
    column: Column,
    *,
    is_open: bool,
    box: str = "",
    label: str = "",
    before: int | None = None,
    jump: OddJump | None = None,
    refusal: Refusal | None = None,
) -> str:
    """A judgement. With a `box`, the pupil's key and the column's, an open cell holds its field for the form that the sheet is without script; `label` names it.

    `before`: the last points before it, which stand faintly in an empty cell, and by which the next may be typed.
    `jump`: odd steps that the person is asked about.
    """
    value = value_of(held.points, held.reason)
    colour, word = _looks(held, column)
    if not is_open and not refusal:
        return f'<td class="{_CLASS[column.is_of_an_earlier_year]}{colour}">{value}{word}</td>'
    version = f' data-v="{held.version}"' if held.version else ""
    if refusal:
        return _refused_cell(held, column, box, label, refusal)
    if jump:
        version += f' data-odd="{jump.label}"'
        word += f"<i>, {jump.label}, to check</i>"
    if not box:
        return f'<td class="j e{colour}"{version}><span>{value}{word}</span></td>'
    if before is not None:
        version += f' data-g="{before}"'
    return (
        f'<td class="j e{colour}"{version}><span>{value}{word}</span>'
        f'<input name="v-{box}" value="{value}" aria-labelledby="{label}">'
        f'<input type="hidden" name="s-{box}" value="{held.version}:{value}"></td>'
    )


def _looks(held: Held, column: Column) -> tuple[str, str]:
    """Its classes, each after a space, and what is read out after the value."""
    colour, word = _attainment(held.attainment)
    if held.reason:
        colour = " is-reason"
    if column.is_in_focus:
        colour += " is-focus"
    if held.has_note:
        return f"{colour} has-note", f"{word}<i>, with a note</i>"
    return colour, word


def _refused_cell(held: Held, column: Column, box: str, label: str, refusal: Refusal) -> str:
    """What stands there, what was typed over it, and why that was not saved; the box counts in the columns in focus alone."""
    value = value_of(held.points, held.reason)
    colour, word = _attainment(held.attainment)
    typed = escape(refusal.typed)
    field_ = (
        f'<input name="v-{box}" value="{typed}" aria-labelledby="{label}"'
        f' aria-invalid="true" aria-describedby="m-{box}">'
        f'<input type="hidden" name="s-{box}" value="{refusal.saw or f"{held.version}:{value}"}">'
    )
    focus = " is-focus" if column.is_in_focus else ""
    return (
        f'<td class="j e{colour}{focus} is-refused" data-v="{held.version}" data-typed="{typed}"'
        f' aria-describedby="m-{box}"><span>{value}{word}</span>'
        f'<b class="typed">{typed}</b>{field_ if column.is_in_focus else ""}{_said(refusal, box, value)}</td>'
    )


def _said(refusal: Refusal, box: str, value: str) -> str:
    """The reason, and the ways out: what stands there is kept; in a conflict, where both are shown, the other can be saved over it."""
    keep = f"Keep {escape(value)}" if value else "Leave it empty"
    take = ""
    if refusal.stands is not None:
        words = f"Save {escape(refusal.typed)}" if refusal.typed else "Empty it"
        take = f'<button type="button" class="button" data-take>{words}</button>'
    return (
        f'<span class="said{" is-conflict" if take else ""}" id="m-{box}">{escape(refusal.why)}<span class="choice">'
        f'<button type="button" class="button" data-keep>{keep}</button>{take}</span></span>'
    )


def shown_cell(shown: Shown, place: int, oob: str = "") -> str:
    """What follows from the row's judgements; `place` is the column's, by which a save's answer finds the cell."""
    mark, text = (f" {shown.mark}", in_words(shown.text)) if shown.mark else ("", shown.text)
    word = f"<i> {escape(in_words(shown.word))}</i>" if shown.word else ""
    missing = f"<b>{escape(shown.missing)}</b>" if shown.missing else ""
    return f'<td class="d d{place}{mark}"{oob}>{escape(text)}{word}{missing}</td>'


@dataclass(frozen=True)
class SheetRows:
    """The body of the sheet's table. `refusals`, by pupil and column: what a form could not save."""

    sheet: Sheet
    with_class: bool
    pupil_address: str
    # Where a pupil's colours are explained: before and after the pupil's id.
    why_address: tuple[str, str]
    refusals: Refusals = field(default_factory=dict)

    def __str__(self) -> SafeString:
        return SafeString("".join(self._rows()))

    def _rows(self) -> Iterator[str]:
        for row in self.sheet.rows:
            key = str(row.public_id)
            out = "" if row.is_counted else ' class="is-out"'
            yield f"<tr{out}>{self._header(row, key)}{''.join(self._cells(row, key))}</tr>"

    def _cells(self, row: Row, key: str) -> Iterator[str]:
        for place, column in enumerate(self.sheet.columns):
            refusal = self.refusals.get((row.public_id, column.key)) if self.refusals else None
            yield cell(row, column, place, key, refusal)

    def _header(self, row: Row, key: str) -> str:
        badges = "".join(
            f' <span class="badge" title="{badge.title}">{badge.text}<i> ({badge.title})</i></span>'
            for badge in row.badges
        )
        age = "" if row.age_in_months is None else f"{row.age_in_months} months"
        told = " · ".join(part for part in (age, row.class_name if self.with_class else "", row.note) if part)
        note = f'<span class="note">{escape(told)}</span>' if told else ""
        before, after = self.why_address
        return (
            f'<th scope="row" id="p-{key}"><a id="n-{key}" href="{self.pupil_address}{key}/">{escape(row.name)}</a>{badges}'
            f'<a class="plain-why" href="{before}{key}{after}" aria-label="Why {escape(row.name)} has these colours"></a>{note}</th>'
        )


def cell(row: Row, column: Column, place: int, key: str, refusal: Refusal | None = None) -> str:
    """The pupil's cell in the column at this place of the sheet; `key` is the pupil's."""
    if column.shows:
        return shown_cell(column.shows(row), place)
    held = row.held.get(column.place, EMPTY) if column.place else EMPTY
    is_open = column.is_open_for(row)
    jump = row.odd(column.place) if is_open and column.place and held.points is not None else None
    if not column.is_in_focus and not refusal:
        return judgement_cell(held, column, is_open=is_open, jump=jump)
    return judgement_cell(
        held,
        column,
        is_open=is_open,
        box=f"{key}-{column.key}",
        label=f"n-{key} t-{place}",
        before=row.before(column.place) if is_open and column.place else None,
        jump=jump,
        refusal=refusal,
    )


def answer(sheet: Sheet, row: Row, column: Column, refusal: Refusal | None) -> str:
    """What a save is answered with: the cell, and what in the row follows from it, which htmx puts in their places."""
    key = str(row.public_id)
    content = cell(row, column, sheet.columns.index(column), key, refusal)
    told = _ghosts(sheet, row) + _steps_after(sheet, row, column)
    return content.replace("<td", f"<td{told}", 1) + _following(sheet, row, key)


def answers(sheet: Sheet, changed: Iterable[tuple[uuid.UUID, str]], refusals: Refusals) -> str:
    """What many cells written as one are answered with, by pupil and column: each cell, and what follows from them, to be put in their places."""
    keys: dict[uuid.UUID, list[str]] = {}
    for pupil, name in changed:
        keys.setdefault(pupil, []).append(name)
    places = {column.key: (place, column) for place, column in enumerate(sheet.columns)}
    has_ghosts = _has_ghosts(sheet)
    parts = []
    for row in sheet.rows:
        key = str(row.public_id)
        for name in keys.get(row.public_id, ()):
            if name in places:
                place, column = places[name]
                refusal = refusals.get((row.public_id, name))
                # Beside the name, which is the first.
                there = f' hx-swap-oob="outerHTML:#p-{key} ~ :nth-child({place + 2})"'
                ghosts = _ghosts(sheet, row) if has_ghosts else ""
                told = there + ghosts + _steps_after(sheet, row, column)
                content = cell(row, column, place, key, refusal).replace("<td", f"<td{told}", 1)
                parts.append(f"<template>{content}</template>")
        if row.public_id in keys:
            parts.append(_following(sheet, row, key))
    return "".join(parts)


def _has_ghosts(sheet: Sheet) -> bool:
    """Whether one enters in several terms of a subject."""
    subjects = [column.place.subject for column in sheet.columns if column.is_in_focus and column.place]
    return len(subjects) > len(set(subjects))


def _ghosts(sheet: Sheet, row: Row) -> str:
    """Where one enters in several terms of a subject: the last points before each, for what is entered in one is another's."""
    entered = [column for column in sheet.columns if column.is_in_focus and column.is_open_for(row)]
    subjects = [column.place.subject for column in entered if column.place]
    if len(subjects) == len(set(subjects)):
        return ""
    told = " ".join(
        f"{column.key}:{'' if (before := row.before(column.place)) is None else before}"
        for column in entered
        if column.place
    )
    return f' data-gs="{told}"'


def _steps_after(sheet: Sheet, row: Row, changed: Column) -> str:
    """What is asked of the steps to the subject's later judgements, which begin at the one that was changed: by column, nothing where all is usual."""
    if changed.place is None:
        return ""
    subject, at = changed.place
    later = [
        (column, column.place)
        for column in sheet.columns
        if column.place
        and column.place.subject == subject
        and column.place.at > at
        and column.is_open_for(row)
    ]
    jumps = [(column.key, row.odd(place)) for column, place in later if row.held_at(place).points is not None]
    told = ";".join(f"{key}={jump.label if jump else ''}" for key, jump in jumps)
    return f' data-odds="{told}"' if told else ""


def _following(sheet: Sheet, row: Row, key: str) -> str:
    """The cells of the row that follow from others."""
    return "".join(
        f"<template>{shown_cell(each.shows(row), place, oob=_there(key, place))}</template>"
        for place, each in enumerate(sheet.columns)
        if each.shows
    )


def _there(key: str, place: int) -> str:
    return f' hx-swap-oob="outerHTML:#p-{key} ~ .d{place}"'
