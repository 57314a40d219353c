"""A marksheet that was filled in as a workbook comes back: what it would change is shown, and written when that is confirmed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.http import urlencode

from assessment.forms.bring_back import ConfirmForm, FileForm, sealed
from assessment.forms.marksheets import Sight, TypedCell, Value, read_sight, read_value
from assessment.imports.marksheet_identity import Identity, file_heading
from assessment.imports.marksheet_workbook import LARGEST, FileCell, Matched, Workbook, match, read_workbook
from assessment.models import Source
from assessment.queries import differences as differing
from assessment.queries.differences import Brought, Difference, Differences, Kind, differences
from assessment.queries.marksheets import Sheet
from assessment.queries.measuring import Measuring
from assessment.queries.sheet_pupils import sheet_pupils
from assessment.views.cells import Refusal
from assessment.views.saving import Saving
from assessment.views.sheets import SheetRequest, sheet_view
from schools.calendar import AcademicYear, YearGroup
from schools.imports.report import FileRefused
from schools.models import ChangeKind

_PAGE = "assessment/bring_back/bring_back.html"


@dataclass(frozen=True)
class _Section:
    """How the page shows one kind of difference. `choice`: `tick`, `take` (which of two), or none."""

    kind: Kind
    count: str
    title: str
    told: str = ""
    choice: str = ""
    is_ticked: bool = False


_SECTIONS = (
    _Section(
        Kind.CONFLICT,
        "changed here since, and in the file too",
        "Changed here since the file went out, and in the file too",
        "What stands here stays, unless you choose what is in the file.",
        "take",
    ),
    _Section(Kind.NEW, "new", "New", choice="tick", is_ticked=True),
    _Section(Kind.CHANGED, "changed", "Changed", choice="tick", is_ticked=True),
    _Section(
        Kind.EMPTIED,
        "empty in the file",
        "Empty in the file",
        "A judgement stands here, and the file says nothing any more. Tick what is to be emptied.",
        "tick",
    ),
    _Section(Kind.UNREADABLE, "not understood", "Not understood", "Nothing is saved for these."),
    _Section(
        Kind.NOT_FOR_ENTRY, "not for entry", "Different, and not for entry", "Nothing is saved for these."
    ),
)


def identity_of(of: SheetRequest) -> Identity:
    """What a file of this sheet says of itself."""
    access = of.access
    whose = next(iter(of.whose.keys.values()))
    return Identity(
        urn=access.school.urn,
        academic_year=int(access.academic_year),
        kind=of.whose.kind,
        whose=whose.code if isinstance(whose, YearGroup) else str(whose),
        sheet=of.layout.code,
        term=of.term.label.lower(),
        school=access.school.name,
        title=of.whose.title,
        name=of.layout.full_name,
        when=f"{of.term.label} {access.academic_year.label}",
    )


@sheet_view("GET", "HEAD", "POST")
def bring_back(of: SheetRequest) -> HttpResponse:
    """The field for the file; by POST what the file would change, and what was confirmed is written."""
    if of.request.method != "POST":
        return _page(of, FileForm())
    if not of.whose.may_enter:
        raise PermissionDenied
    return _confirm(of) if "content" in of.request.POST else _preview(of)


def _page(of: SheetRequest, form: FileForm, *, status: int = 200, **context: Any) -> HttpResponse:
    term = urlencode({"term": of.term.label.lower()})
    context |= {
        "of": of.whose,
        "layout": of.layout,
        "term": of.term,
        "sheet_address": f"{of.address()}?{term}",
        "here": f"{of.address(door='bring-back')}?{term}",
        "may_enter": of.whose.may_enter,
        "form": form,
    }
    return TemplateResponse(of.request, _PAGE, context, status=status)


def _preview(of: SheetRequest) -> HttpResponse:
    form = FileForm(of.request.POST, of.request.FILES)
    if not form.is_valid():
        return _page(of, form, status=422)
    own = identity_of(of)
    try:
        # One byte more than may be: what is larger is refused without reading all of it into the memory.
        workbook = read_workbook(form.cleaned_data["file"].read(LARGEST + 1))
        if workbook.identity.keys != own.keys:
            form.add_error(
                "file", f"This file is {workbook.identity.is_of}, not {own.is_of}. Nothing was changed."
            )
            return _page(of, form, status=422, other_sheet=_address_of(of, workbook.identity))
        measuring = Measuring(of.access.school)
        sheet = of.sheet(measuring=measuring)
        matched = match(
            workbook,
            pupils={row.public_id: row.name for row in sheet.rows},
            columns={column.key: file_heading(column) for column in sheet.columns if column.place},
        )
    except FileRefused as error:
        form.add_error("file", str(error))
        return _page(of, form, status=422)
    found = differences(of.access.school, sheet, _brought(workbook, matched))
    return _page(of, FileForm(), **_found(of, sheet, measuring, matched, found))


def _brought(workbook: Workbook, matched: Matched) -> dict[tuple[uuid.UUID, str], Brought]:
    return {place: _read(cell, _saw(workbook.saw.get(place))) for place, cell in matched.cells.items()}


def _read(cell: FileCell, saw: differing.Sight | None) -> Brought:
    if cell.problem:
        return Brought(cell.text, problem=cell.problem, saw=saw)
    try:
        value = read_value(cell.text)
    except ValueError as error:
        return Brought(cell.text, problem=str(error), saw=saw)
    return Brought(cell.text, value.points, value.reason, saw=saw)


def _saw(text: str | None) -> differing.Sight | None:
    if text is None:
        return None
    try:
        sight = read_sight(text)
    except ValueError:
        return None
    return differing.Sight(sight.version, sight.value.points, sight.value.reason)


def _found(
    of: SheetRequest, sheet: Sheet, measuring: Measuring, matched: Matched, found: Differences
) -> dict[str, Any]:
    """What the page says of the file. What can be written is numbered through, as it is sealed."""
    to_confirm = [each for section in _SECTIONS if section.choice for each in found.of(section.kind)]
    numbers = {(each.pupil, each.column.key): number for number, each in enumerate(to_confirm)}
    typed = [TypedCell(each.pupil, each.column.key, each.brought, _seen(each)) for each in to_confirm]
    return {
        "found": found,
        "sections": [
            {
                **asdict(section),
                "key": section.kind.value,
                "cells": [
                    (numbers.get((each.pupil, each.column.key)), each, file_heading(each.column))
                    for each in cells
                ],
            }
            for section in _SECTIONS
            if (cells := found.of(section.kind))
        ],
        "content": sealed(typed, of=of.address(), by=of.access.user.pk),
        "notes": matched.notes,
        "unknown": matched.unknown,
        "missing": len([row for row in sheet.rows if row.public_id not in matched.pupils]),
        "rows_found": len(matched.pupils),
        "closed": _closed(of, sheet, measuring, to_confirm),
    }


def _seen(each: Difference) -> Sight:
    return Sight(each.held.version, Value(each.held.points, each.held.reason))


def _closed(of: SheetRequest, sheet: Sheet, measuring: Measuring, cells: list[Difference]) -> list[str]:
    """Which terms a leader would change after they were closed: that needs a reason."""
    today = timezone.localdate()
    year = AcademicYear(sheet.at.academic_year)
    year_groups = {row.public_id: row.year_group for row in sheet.rows}
    terms = {(each.column.place.at.term, year_groups[each.pupil]) for each in cells if each.column.place}
    return sorted(
        {term.label for term, year_group in terms if not measuring.is_open(year, term, year_group, today)}
    )


def _confirm(of: SheetRequest) -> HttpResponse:
    form = ConfirmForm(of.request.POST, of=of.address(), by=of.access.user.pk)
    if not form.is_valid():
        again = FileForm()
        messages.error(of.request, "This is no longer what was shown. Choose the file again.")
        return _page(of, again, status=400)
    saving = Saving(of, sheet_pupils(of.whose.pupils, of.access.school), because=form.cleaned_data["because"])
    chosen = form.chosen
    known = [each for each in chosen if each.pupil in saving.keys and each.column in saving.columns]
    refusals, status = saving.save(known, act=ChangeKind.SHEET_FILE, source=Source.IMPORTED)
    gone = len(chosen) - len(known)
    saved = len(known) - len(refusals)
    if refusals or gone:
        return _page(of, FileForm(), status=status, refused=_refused(of, refusals), saved=saved, gone=gone)
    told = (
        f"{saved} judgement{'s' if saved != 1 else ''} saved from the file."
        if saved
        else "Nothing was changed."
    )
    messages.success(of.request, told)
    return redirect(f"{of.address()}?{urlencode({'term': of.term.label.lower()})}")


def _refused(
    of: SheetRequest, refusals: Mapping[tuple[uuid.UUID, str], Refusal]
) -> list[tuple[str, str, Refusal]]:
    sheet = of.sheet(also=frozenset(pupil for pupil, _ in refusals))
    headings = {column.key: file_heading(column) for column in sheet.columns}
    return [
        (row.name, headings[key], refusals[row.public_id, key])
        for row in sheet.rows
        for key in headings
        if (row.public_id, key) in refusals
    ]


_KEYS = {"class": "class_id", "year_group": "year_group", "group": "group_id"}


def _address_of(of: SheetRequest, other: Identity) -> str:
    """Where the file belongs, where that is at this school in this year; else "". Whether one may see it, the sheet itself says."""
    access = of.access
    if (other.urn, other.academic_year) != (access.school.urn, int(access.academic_year)):
        return ""
    try:
        whose = YearGroup.from_code(other.whose) if other.kind == "year_group" else uuid.UUID(other.whose)
        place = {"urn": other.urn, "year": access.academic_year, _KEYS[other.kind]: whose}
        there = reverse(f"{other.kind}_marksheet_bring-back", kwargs={**place, "sheet": other.sheet})
    except (ValueError, KeyError, NoReverseMatch):
        return ""
    return there + (f"?term={other.term}" if re.fullmatch(r"[a-z]{6}", other.term) else "")
