"""Judgements of a subject that were entered in the wrong term: shown pupil by pupil, and moved when that is confirmed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import Kind, Subject, is_early_years
from assessment.forms.marksheets import Sight
from assessment.forms.repairs import MOVE, RepairForm, Taken, taken
from assessment.queries.repairs import Line, Preview, Standing, preview
from assessment.queries.sheet_pupils import SheetPupil, sheet_pupils
from assessment.queries.sheet_rows import Cell
from assessment.services.recording import Stored, entering_by
from assessment.services.repairing import Move, Repaired, repair
from assessment.views.cells import value_of
from assessment.views.saving import reason_sent
from assessment.views.sheets import SheetRequest, sheet_view
from schools.history import written
from schools.permissions import Permission

_PAGE = "assessment/repairs/repair.html"
_DONE = "assessment/repairs/repaired.html"


@sheet_view("GET", "HEAD", "POST")
def move(of: SheetRequest) -> HttpResponse:
    """From which term to which; with both chosen what would become of each pupil; by POST that is done. On sheets of one subject alone."""
    subject = of.layout.subject
    if subject is None:
        raise Http404
    if of.request.method == "POST":
        return _move(of, subject)
    form = RepairForm(of.request.GET) if "target" in of.request.GET else RepairForm(initial=_initial(of))
    pupils = (
        sheet_pupils(of.whose.pupils, of.access.school)
        if form.is_bound and form.is_valid() and of.whose.may_enter
        else []
    )
    found = _preview(of, subject, form, pupils) if pupils else None
    return _page(of, form, found)


def _initial(of: SheetRequest) -> dict[str, str]:
    """They stand in the term that is in view, mostly, and belong in the one before it."""
    before = AssessmentTerm(of.term - 1)
    return {"source": of.term.label.lower(), "target": before.label.lower(), "how": MOVE}


def _preview(of: SheetRequest, subject: Subject, form: RepairForm, pupils: list[SheetPupil]) -> Preview:
    return preview(
        school=of.access.school,
        academic_year=of.access.academic_year,
        pupils=pupils,
        subject=subject,
        terms=form.terms,
        copies=form.copies,
        may_change_closed=of.access.may(Permission.MANAGE_TERMS),
        today=timezone.localdate(),
    )


def _page(
    of: SheetRequest, form: RepairForm, found: Preview | None, *, status: int = 200, **context: Any
) -> HttpResponse:
    shown = form.is_bound and form.is_valid()
    context |= {
        "of": of.whose,
        "layout": of.layout,
        "form": form,
        "may_enter": of.whose.may_enter,
        "sheet_address": of.address() + f"?term={of.term.label.lower()}",
        "here": of.address(door="move") + f"?term={of.term.label.lower()}",
        "undo_address": of.address(door="undo") + f"?term={of.term.label.lower()}",
        "term": of.term.label.lower(),
    }
    if shown:
        source, target = form.terms
        context |= {"source": source.label, "target": target.label, "copies": form.copies, "is_asked": True}
    if found:
        context |= {
            "found": found,
            "clear": [Shown(line, of) for line in found.clear],
            "clashes": [Shown(line, of) for line in found.clashes],
            "shut": [Shown(line, of) for line in found.shut],
        }
    return TemplateResponse(of.request, _PAGE, context, status=status)


def _move(of: SheetRequest, subject: Subject) -> HttpResponse:
    if not of.whose.may_enter:
        raise PermissionDenied
    form = RepairForm(of.request.POST)
    if not form.is_valid():
        return _page(of, form, None, status=422)
    pupils = sheet_pupils(of.whose.pupils, of.access.school)
    known = {
        row.public_id: row
        for row in pupils
        if is_early_years(row.year_group) == (subject.kind is Kind.EYFS_AREA)
    }
    chosen = taken(of.request.POST, known)
    because = reason_sent(of.request.POST.get("because", ""))
    if not chosen:
        return _page(of, form, _preview(of, subject, form, pupils), status=422, nothing=True)
    moves = [_wanted(each, known[each.pupil], subject, form.terms) for each in chosen]
    outcomes = repair(
        entering=entering_by(of.access, reason=because),
        moves=moves,
        copies=form.copies,
    )
    counts = Counter(outcomes.values())
    if counts[Repaired.CLOSED] and not counts[Repaired.DONE] and of.access.may(Permission.MANAGE_TERMS):
        return _page(of, form, _preview(of, subject, form, pupils), status=423, needs_reason=True)
    names = {row.pupil_id: row.name for row in pupils}
    source, target = form.terms
    context = {
        "of": of.whose,
        "layout": of.layout,
        "done": counts[Repaired.DONE],
        "did": "copied" if form.copies else "moved",
        "source": source.label,
        "target": target.label,
        "changed": [names[cell.pupil_id] for cell, each in outcomes.items() if each is Repaired.CHANGED],
        "closed": [names[cell.pupil_id] for cell, each in outcomes.items() if each is Repaired.CLOSED],
        "notes": [names[cell.pupil_id] for cell, each in outcomes.items() if each is Repaired.NOTES],
        "sheet_address": of.address() + f"?term={of.term.label.lower()}",
        "here": of.address(door="move") + f"?term={of.term.label.lower()}",
        "undo_address": of.address(door="undo") + f"?term={of.term.label.lower()}",
        "act": written(),
    }
    return TemplateResponse(of.request, _DONE, context)


def _wanted(
    each: Taken, pupil: SheetPupil, subject: Subject, terms: tuple[AssessmentTerm, AssessmentTerm]
) -> Move:
    source, target = terms
    return Move(
        Cell(pupil.pupil_id, subject.number, source), target, _stored(each.source), _stored(each.target)
    )


def _stored(sight: Sight) -> Stored:
    return Stored(sight.value.points, sight.value.reason, sight.version)


_MARKS = {None: "", 1: "is-below", 2: "is-at", 3: "is-above"}


@dataclass(frozen=True)
class Said:
    """A cell in a table: its value with colour and word, its note, and what a form says was seen there."""

    value: str
    mark: str
    word: str
    note: str
    sight: str


def _said(standing: Standing | None) -> Said:
    if standing is None:
        return Said("", "", "", "", "0:")
    content, attainment = standing.content, standing.attainment
    value = value_of(content.points, content.reason)
    word = attainment.label.lower() if attainment else ""
    return Said(value, _MARKS[attainment], word, content.note, f"{standing.version}:{value}")


class Shown:
    """One pupil's line of the preview, as the page shows it."""

    def __init__(self, line: Line, of: SheetRequest) -> None:
        self.key, self.name = line.public_id, line.pupil.name
        self.class_name = line.pupil.class_name if of.whose.with_class else ""
        self.source, self.target, self.arrives = _said(line.source), _said(line.target), _said(line.arrives)
        self.is_too_long = line.is_too_long
        self.closed = " and ".join(term.label for term in line.closed)
