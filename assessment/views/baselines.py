"""The baseline desk: what is offered as a Baseline is confirmed here, or typed; and who has none."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import SUBJECTS, Subject
from assessment.forms.baselines import ORIGINS, DeskForm, SentBaseline, origin_sent, sent_baselines
from assessment.queries.acts import acts_on
from assessment.queries.baseline_desk import Desk, DeskCell, DeskRow, desk
from assessment.queries.entered import stands_in
from assessment.queries.entry_rights import enters_for_all_in_sight
from assessment.queries.measuring import Measuring
from assessment.queries.school_subjects import subjects_judged
from assessment.queries.sheet_rows import Cell
from assessment.services import undoing
from assessment.services.baselines import WantedBaseline, enter_baselines
from assessment.services.recording import Outcome, Stored, entering_by
from assessment.services.undoing import NotNext, TakenBack, Where
from assessment.views.baseline_cells import Problem, ShownCell, ShownRow, classes_of, headings
from assessment.views.saving import CLOSED, CONFLICT, UNREADABLE, reason_sent
from schools.access import Access, SchoolRequest, school_view
from schools.calendar import YearGroup
from schools.models import PupilYear
from schools.permissions import Permission
from schools.queries.classes import classes_for
from schools.queries.rolls import pupils_for, taught_by

_PLACES = {(subject.number, AssessmentTerm.BASELINE) for subject in SUBJECTS}
# Two classes of sixty: with more in sight those of Year 1 are shown, and the others class by class.
MOST_ROWS = 120
_KEPT = "This cell holds a note, or says where the pupil started: type another value."
_OTHER_OFFER = "What is offered has changed since you opened the page. Look again, then confirm."
_ASKS_ORIGIN = "Say where the value comes from; the note keeps it."
_KEYED = tuple[uuid.UUID, Subject]


@dataclass
class Refused:
    """What could not be saved, cell by cell, and of whom it has to be said where a value comes from."""

    cells: dict[_KEYED, Problem] = field(default_factory=dict)
    origins: dict[uuid.UUID, str] = field(default_factory=dict)
    status: int = 200

    @property
    def count(self) -> int:
        """How many are refused: a cell for want of an origin is one."""
        pupils = {pupil for pupil, _ in self.cells}
        return len(self.cells) + len(self.origins.keys() - pupils)

    def __bool__(self) -> bool:
        return bool(self.cells or self.origins)


@school_view(Permission.SEE_OWN_CLASSES, methods=("GET", "HEAD", "POST"))
def baselines(request: SchoolRequest) -> HttpResponse:
    """The pupils of Year 1, and whoever else has no start for the year; by POST what was ticked and typed is saved, as one act."""
    measuring, form = Measuring(request.access.school), DeskForm(request.GET)
    if request.method == "POST":
        return _save(request, form)
    return _page(request, form, _desk(request.access, form, measuring))


def _desk(access: Access, form: DeskForm, measuring: Measuring | None = None) -> Desk:
    pupils = pupils_for(access)
    if form.class_id:
        pupils = pupils.filter(class_group__public_id=form.class_id)
    return desk(access, pupils, today=timezone.localdate(), measuring=measuring)


def _page(
    request: SchoolRequest, form: DeskForm, found: Desk, refused: Refused | None = None, *, saved: int = 0
) -> HttpResponse:
    access, today = request.access, timezone.localdate()
    refused = refused or Refused()
    subjects = [form.only] if form.only else list(subjects_judged(access.school))
    keys = _class_keys(access)
    above = headings(found, subjects_judged(access.school))
    usual = {each.subject: each.usual for each in above}
    address = _cell_address(access, keys)
    is_whole = bool(form.class_id) or len(found.rows) <= MOST_ROWS
    shown = found.rows if is_whole else found.year_one
    rows = [
        ShownRow(
            row,
            [
                ShownCell(
                    row,
                    cell,
                    usual[cell.subject],
                    refused.cells.get((row.pupil.public_id, cell.subject)),
                    address(row, cell.subject),
                )
                for cell in row.cells
                if cell.subject in subjects
            ],
            today,
            origin=origin_sent(request.POST, row.pupil.public_id),
            asks_origin=refused.origins.get(row.pupil.public_id, ""),
        )
        for row in shown
    ]
    may_enter = any(row.may_enter for row in found.rows)
    may_change_closed = access.may(Permission.MANAGE_TERMS)
    stack = acts_on(
        school=access.school,
        by=access.user,
        academic_year=access.academic_year,
        pupil_ids=[row.pupil.pupil_id for row in found.rows],
        places=_PLACES,
    )
    context = {
        "desk": found,
        "rows": rows,
        "is_whole": is_whole,
        "headings": [each for each in above if each.subject in subjects],
        "form": form,
        "subjects": subjects_judged(access.school),
        "classes": [] if form.class_id else classes_of(found, keys),
        "of_class": next((name for name, key in keys.items() if key == form.class_id), ""),
        "may_enter": may_enter,
        "is_shut": may_enter and not any(row.entry.is_open and row.may_enter for row in found.rows),
        "asks_why": may_enter and may_change_closed and any(not row.entry.is_open for row in found.rows),
        "because": request.POST.get("because", ""),
        "may_change_closed": may_change_closed,
        "offers": len(_confirmable(access, found, subjects)),
        "origins": ORIGINS,
        "undo_next": stack.undo_next if may_enter else None,
        "refused": refused.count,
        "saved": saved,
        "asked": request.GET.urlencode(),
    }
    return TemplateResponse(request, "assessment/baselines/desk.html", context, status=refused.status)


def _class_keys(access: Access) -> dict[str, uuid.UUID]:
    return dict(classes_for(access).values_list("name", "public_id"))


def _cell_address(access: Access, keys: Mapping[str, uuid.UUID]) -> Callable[[DeskRow, Subject], str]:
    """Of the pupil's row on the marksheet of the class, or of the year group for a pupil in no class."""
    place = [access.school.urn, access.academic_year]

    def address(row: DeskRow, subject: Subject) -> str:
        class_id = keys.get(row.pupil.class_name)
        sheet = (
            reverse("class_marksheet", args=[*place, class_id, subject.code])
            if class_id
            else reverse("year_group_marksheet", args=[*place, row.pupil.year_group, subject.code])
        )
        return f"{sheet}?term=autumn#p-{row.pupil.public_id}"

    return address


def _confirmable(
    access: Access, found: Desk, subjects: Collection[Subject]
) -> list[tuple[DeskRow, DeskCell]]:
    """The offers in these subjects that can be confirmed: where the term is open, or by whoever may change what is closed."""
    may_change_closed = access.may(Permission.MANAGE_TERMS)
    return [
        (row, cell)
        for row, cell in found.offers
        if cell.subject in subjects and (row.entry.is_open or may_change_closed)
    ]


def _save(request: SchoolRequest, form: DeskForm) -> HttpResponse:
    access = request.access
    if not access.may(Permission.RECORD_JUDGEMENTS):
        raise PermissionDenied
    found = _desk(access, form)
    rows = {row.pupil.public_id: row for row in found.rows if row.may_enter}
    sent = list(sent_baselines(request.POST))
    refused = Refused()
    wanted = {}
    for each in sent:
        if each.pupil not in rows:
            continue
        one = _wanted(request, each, rows[each.pupil], refused)
        if one is not None:
            wanted[each] = one
    outcomes = enter_baselines(
        entering=entering_by(access, reason=reason_sent(request.POST.get("because", ""))),
        wanted=list(wanted.values()),
    )
    _tell(access, wanted, outcomes, refused)
    saved = sum(outcome is Outcome.SAVED for outcome in outcomes.values())
    gone = len({each.pupil for each in sent} - rows.keys())
    if gone:
        them = "pupil is" if gone == 1 else "pupils are"
        messages.warning(request, f"{gone} {them} no longer on this desk: nothing was saved for them.")
    if refused:
        return _page(request, form, _desk(access, form), refused, saved=saved)
    messages.success(
        request, f"{saved} Baseline{'' if saved == 1 else 's'} saved." if saved else "Nothing was changed."
    )
    return redirect(request.get_full_path())


def _wanted(
    request: SchoolRequest, sent: SentBaseline, row: DeskRow, refused: Refused
) -> WantedBaseline | None:
    """The cell as it is wished; None where what was sent says nothing, or does not say where it comes from."""
    key, saw = (
        (sent.pupil, sent.subject),
        Stored(sent.saw.value.points, sent.saw.value.reason, sent.saw.version),
    )
    if sent.accepts:
        cell = next(cell for cell in row.cells if cell.subject == sent.subject)
        points = sent.ticked or (cell.offer.points if cell.offer else None)
        if points is None:
            refused.cells[key] = Problem(sent.text, "Nothing is offered here: type a value.")
            refused.status = max(refused.status, UNREADABLE)
            return None
        return WantedBaseline(row.pupil.pupil_id, sent.subject.number, points, "", saw, is_offered=True)
    try:
        value = sent.value
    except ValueError as error:
        refused.cells[key] = Problem(sent.text, str(error))
        refused.status = max(refused.status, UNREADABLE)
        return None
    origin = origin_sent(request.POST, sent.pupil)
    if value.points is not None and row.is_from_elsewhere and not origin:
        refused.cells[key] = Problem(sent.text, "")
        refused.origins[sent.pupil] = _ASKS_ORIGIN
        refused.status = max(refused.status, UNREADABLE)
        return None
    return WantedBaseline(
        row.pupil.pupil_id, sent.subject.number, value.points, value.reason, saw, origin=origin
    )


def _tell(
    access: Access,
    wanted: Mapping[SentBaseline, WantedBaseline],
    outcomes: Mapping[Cell, Outcome],
    refused: Refused,
) -> None:
    """What was not written, and why, into `refused`."""
    lost = [each.cell for each in wanted.values() if outcomes[each.cell] is Outcome.CONFLICT]
    stands = stands_in(access.school, access.academic_year, lost)
    for sent, one in wanted.items():
        outcome = outcomes[one.cell]
        if outcome is Outcome.SAVED:
            continue
        text = "" if sent.accepts else sent.text
        if outcome is Outcome.CONFLICT:
            value_there, told = stands[one.cell]
            why = told if value_there or sent.saw.version else _OTHER_OFFER
            text, status = (value_there, CONFLICT) if value_there else (text, CONFLICT)
            if value_there and not sent.accepts:
                why = f"{why} You typed {sent.text.strip() or 'nothing'}."
        elif outcome is Outcome.KEPT:
            why, status = _KEPT, UNREADABLE
        else:
            why, status = _closed(access), CLOSED
        refused.cells[sent.pupil, sent.subject] = Problem(text, why, sent.accepts and not text)
        refused.status = status if refused.status == 200 else max(refused.status, status)


def _closed(access: Access) -> str:
    if access.may(Permission.MANAGE_TERMS):
        return "Closed for entry. Say below why you change it, then save again."
    return "Closed for entry. An assessment leader or the head can reopen it."


@school_view(Permission.RECORD_JUDGEMENTS)
def accept(request: SchoolRequest) -> HttpResponse:
    """All that is offered to a class, or to all in sight, before it is confirmed: how many, of what, and which one should look at twice."""
    access, form = request.access, DeskForm(request.GET)
    found = _desk(access, form)
    subjects = [form.only] if form.only else list(subjects_judged(access.school))
    above = headings(found, subjects)
    usual = {each.subject: each.usual for each in above}
    shown = [
        (row, ShownCell(row, cell, usual[cell.subject], None, ""))
        for row, cell in _confirmable(access, found, subjects)
    ]
    keys = _class_keys(access)
    context = {
        "form": form,
        "of_class": next((name for name, key in keys.items() if key == form.class_id), ""),
        "headings": [
            (each, sum(cell.subject == each.subject for _, cell in shown)) for each in above if each.usual
        ],
        "plain": [each for each in shown if not each[1].departs],
        "departing": [each for each in shown if each[1].departs],
        "pupils": len({row.pupil.pupil_id for row, _ in shown}),
        "offers": len(shown),
        "asks_why": any(not row.entry.is_open for row, _ in shown),
        "asked": request.GET.urlencode(),
    }
    return TemplateResponse(request, "assessment/baselines/accept.html", context)


@school_view(Permission.RECORD_JUDGEMENTS, methods=("POST",))
def undo(request: SchoolRequest) -> HttpResponse:
    """Take back the last thing that this person did to Baselines on the desk, whole."""
    access, form = request.access, DeskForm(request.GET)
    measuring = Measuring(access.school)
    found = _desk(access, form)
    done = undoing.undo(
        entering=entering_by(access, reason=reason_sent(request.POST.get("because", ""))),
        where=Where([row.pupil.pupil_id for row in found.rows], _PLACES),
        # An act is taken back whole, also where it wrote to pupils who are not on the desk.
        may_enter_for=set(_entered_by(access).values_list("pupil_id", flat=True)),
        measuring=measuring,
        named=reason_sent(request.POST.get("act", "")),
    )
    said, is_done = _undone(done)
    (messages.success if is_done else messages.warning)(request, said)
    asked = request.GET.urlencode()
    back = reverse("baselines", args=[access.school.urn, access.academic_year])
    return redirect(f"{back}?{asked}" if asked else back)


def _entered_by(access: Access) -> QuerySet[PupilYear]:
    """The pupils for whom this person enters."""
    pupils = pupils_for(access)
    return pupils if enters_for_all_in_sight(access) else pupils.filter(class_group__in=taught_by(access))


def _undone(done: TakenBack | NotNext | None) -> tuple[str, bool]:
    """What became of it, in words that name nobody; and whether all of it was taken back."""
    if done is None:
        return "There is nothing to undo.", False
    if isinstance(done, NotNext):
        if done.is_done:
            return "That was taken back already.", False
        return "Nothing was undone: something else was changed since.", False
    if done.is_refused:
        return "Closed for entry: nothing was undone. On the marksheet a leader can say why, and undo.", False
    number, left = len(done.restored), len(done.left)
    said = f"Undone: {number} cell{'' if number == 1 else 's'}."
    if left:
        return (
            f"{said} {left} changed since stay{'s' if left == 1 else ''} as {'it is' if left == 1 else 'they are'}.",
            False,
        )
    return said, True


@school_view(Permission.SEE_OWN_CLASSES)
def missing(request: SchoolRequest) -> HttpResponse:
    """Who has no start for the year, in which subjects, each with a link to the cell of the marksheet."""
    access, form = request.access, DeskForm(request.GET)
    found = _desk(access, form)
    keys = _class_keys(access)
    address = _cell_address(access, keys)
    subjects = [form.only] if form.only else list(subjects_judged(access.school))
    lines = []
    for row in found.missing:
        cells = [
            (cell.subject, address(row, cell.subject), cell.offer)
            for cell in row.cells
            if cell.is_missing and cell.subject in subjects
        ]
        if cells:
            lines.append((row, cells))
    year_one = found.year_one
    context = {
        "form": form,
        "lines": lines,
        "year_one": len(year_one),
        "year_one_missing": sum(row.pupil.year_group is YearGroup.Y1 for row, _ in lines),
        "of_class": next((name for name, key in keys.items() if key == form.class_id), ""),
        "asked": request.GET.urlencode(),
    }
    return TemplateResponse(request, "assessment/baselines/missing.html", context)
