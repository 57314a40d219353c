from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.subjects import EYFS_AREAS, SUBJECTS, Kind, Subject, is_early_years, judged_in
from assessment.forms.marksheets import CellForm, MarksheetForm, TypedCell, Value, read_value, typed_cells
from assessment.queries.completion import completion
from assessment.queries.entered import stands_in
from assessment.queries.marksheets import Sheet, marksheet
from assessment.queries.measuring import Measuring
from assessment.queries.sheet_pupils import SheetPupil, sheet_pupils
from assessment.queries.subjects import framework_of, subject_in_address
from assessment.services.recording import Entering, Outcome, Stored, TermClosed, Wish, record
from assessment.views.cells import Refusal, SheetRows, answer
from schools.access import Access, SchoolRequest, school_view
from schools.calendar import TermName, YearGroup
from schools.models import ClassGroup, PupilYear
from schools.permissions import Permission, may_for_everybody
from schools.queries.classes import classes_for, teacher_names
from schools.queries.rolls import pupils_for, taught_by, year_groups_for
from schools.queries.terms import reporting_term

SHEET_METHODS = ("GET", "HEAD", "POST")
# HTTP's own words: what was typed cannot be, somebody else was faster, the term is closed.
UNREADABLE, CONFLICT, CLOSED = 422, 409, 423
_KEPT = "This cell says where the pupil started, or holds a note. Type another value; it is not emptied."
# Stands in the place of a pupil's id in an address that a script, or the sheet's rows, complete.
_NOBODY = uuid.UUID(int=0)


@dataclass(frozen=True)
class _Of:
    """Whose sheet it is: of a class, or of a year group."""

    title: str
    pupils: QuerySet[PupilYear]
    teachers: Sequence[str]
    address: Callable[[Subject], str]
    with_class: bool
    may_enter: bool


@school_view(Permission.SEE_OWN_CLASSES)
def marksheets(request: SchoolRequest) -> HttpResponse:
    """Which sheets there are, and how much of each is entered."""
    today = timezone.localdate()
    form = MarksheetForm(request.GET)
    form.is_valid()
    term = form.cleaned_data.get("term") or reporting_term(request.access, today)
    classes = completion(request.access, term, today=today)
    framework = framework_of(request.access)
    context = {
        "classes": classes,
        "subjects": SUBJECTS,
        "has_areas": any(each.areas for each in classes),
        "has_subjects": any(any(each.subjects) for each in classes),
        "term": term,
        "terms": [(each, each.label.lower()) for each in TermName],
        "year_groups": [(each, judged_in(each, framework)) for each in year_groups_for(request.access)],
    }
    return TemplateResponse(request, "assessment/marksheets/marksheets.html", context)


@school_view(Permission.SEE_OWN_CLASSES, methods=SHEET_METHODS)
def class_marksheet(request: SchoolRequest, class_id: uuid.UUID, subject: str) -> HttpResponse:
    """The sheet of a class, or, by POST, one cell of it or the column that a form without script sends."""
    access = request.access
    saves_cell = request.method == "POST" and bool(request.htmx)
    # The answer to a cell does not name the class, and to whoever may not see the class none of its pupils is there.
    class_group: ClassGroup | None = (
        None if saves_cell else get_object_or_404(classes_for(access), public_id=class_id)
    )
    place = [access.school.urn, access.academic_year, class_id]
    of = _Of(
        title=class_group.name if class_group else "",
        pupils=pupils_for(access).filter(class_group__public_id=class_id),
        teachers=teacher_names(access).get(class_group.pk, ()) if class_group else (),
        address=lambda other: reverse("class_marksheet", args=[*place, other.code.lower()]),
        with_class=False,
        may_enter=_enters_for_everybody(access)
        or (
            access.may(Permission.RECORD_JUDGEMENTS)
            and (
                not access.may(Permission.SEE_ALL_PUPILS)
                or taught_by(access).filter(public_id=class_id).exists()
            )
        ),
    )
    return _sheet(request, of, subject)


@school_view(Permission.SEE_OWN_CLASSES, methods=SHEET_METHODS)
def year_group_marksheet(request: SchoolRequest, year_group: YearGroup, subject: str) -> HttpResponse:
    """The same for a year group: all of it, or those of its pupils who are in the classes one teaches."""
    access = request.access
    place = [access.school.urn, access.academic_year, year_group]
    of = _Of(
        title=year_group.label,
        pupils=pupils_for(access).filter(year_group=year_group),
        teachers=(),
        address=lambda other: reverse("year_group_marksheet", args=[*place, other.code.lower()]),
        with_class=True,
        # Who sees everybody by another role enters for the own classes on their own sheets.
        may_enter=_enters_for_everybody(access)
        or (access.may(Permission.RECORD_JUDGEMENTS) and not access.may(Permission.SEE_ALL_PUPILS)),
    )
    return _sheet(request, of, subject)


def _enters_for_everybody(access: Access) -> bool:
    return may_for_everybody(access.roles, Permission.RECORD_JUDGEMENTS)


def _sheet(request: SchoolRequest, of: _Of, code: str) -> HttpResponse:
    subject = subject_in_address(request.access, code)
    if subject is None:
        raise Http404
    form = MarksheetForm(request.GET)
    # Of an address that is wrong in part, what is right in it is shown.
    form.is_valid()
    asked = form.cleaned_data
    term = asked.get("term") or reporting_term(request.access, timezone.localdate())
    shown = _Shown(request, of, subject, term, int(asked.get("earlier") or 0), form)
    if request.method != "POST":
        return shown.page()
    if not of.may_enter:
        raise PermissionDenied
    return shown.save_cell() if request.htmx else shown.save_column()


@dataclass(frozen=True)
class _Shown:
    """A request for a sheet, and the ways to answer it."""

    request: SchoolRequest
    of: _Of
    subject: Subject
    term: TermName
    earlier: int
    form: MarksheetForm

    def sheet(
        self,
        pupils: list[SheetPupil] | None = None,
        *,
        also: uuid.UUID | None = None,
        measuring: Measuring | None = None,
    ) -> Sheet:
        access = self.request.access
        return marksheet(
            access,
            self.of.pupils if pupils is None else pupils,
            self.subject,
            self.term,
            today=timezone.localdate(),
            may_enter=self.of.may_enter,
            may_change_closed=access.may(Permission.MANAGE_TERMS),
            earlier_years=self.earlier,
            also=also,
            measuring=measuring,
        )

    # The page

    def page(
        self, refusals: dict[uuid.UUID, Refusal] | None = None, *, saved: int = 0, status: int = 200
    ) -> HttpResponse:
        access, sheet = self.request.access, self.sheet()
        roll = reverse("roll", args=[access.school.urn, access.academic_year])
        why = reverse(
            "why_colour",
            args=[access.school.urn, access.academic_year, _NOBODY, self.subject.code.lower()],
        )
        context = {
            "of": self.of,
            "subject": self.subject,
            "subjects": [(each, self.of.address(each)) for each in SUBJECTS if self._is_offered(each, sheet)],
            "areas": self._areas(sheet),
            "sheet": sheet,
            "last_summer": sheet.at.summer_before,
            "state": sheet.state_of(AssessmentTerm(sheet.at.term)),
            "rows": SheetRows(
                sheet,
                with_class=self.of.with_class,
                pupil_address=roll,
                why_address=_around(why),
                refusals=refusals or {},
            ),
            "terms": [(term, term.label.lower()) for term in TermName],
            "place": self.of.address(self.subject),
            "form": self.form,
            "why_address": why,
            "may_enter": self.of.may_enter,
            "may_change_closed": access.may(Permission.MANAGE_TERMS),
            "because": self.request.POST.get("because", ""),
            "refused": len(refusals or {}),
            "saved": saved,
        }
        return TemplateResponse(self.request, "assessment/marksheets/marksheet.html", context, status=status)

    def _is_offered(self, subject: Subject, sheet: Sheet) -> bool:
        return subject.kind is self.subject.kind or bool(sheet.judged_otherwise)

    def _areas(self, sheet: Sheet) -> list[tuple[Subject, str]]:
        if self.subject.kind is Kind.SUBJECT and not sheet.judged_otherwise:
            return []
        framework = self.subject.framework or framework_of(self.request.access)
        return [(area, self.of.address(area)) for area in EYFS_AREAS[framework]]

    # One cell, by the grid

    def save_cell(self) -> HttpResponse:
        form = CellForm(self.request.POST)
        if not form.is_valid():
            raise BadRequest
        cell, point = form.cell, form.cleaned_data["of"]
        pupils = sheet_pupils(self.of.pupils)
        keys, measuring = self._keys(pupils), Measuring(self.request.access.school)
        if cell.pupil not in keys:
            raise Http404
        refusals, status = self._save([cell], keys, point, form.cleaned_data["because"], measuring)
        sheet = self.sheet(pupils, also=cell.pupil, measuring=measuring)
        row = sheet.row(cell.pupil)
        if row is None:
            raise Http404
        refusal = refusals.get(cell.pupil)
        content = answer(sheet, row, sheet.column(point), refusal)
        summary = render_to_string("assessment/marksheets/_summary.html", {"sheet": sheet, "oob": True})
        return HttpResponse(f"{content}<template>{summary}</template>", status=status)

    # The column in focus, by a form without script

    def save_column(self) -> HttpResponse:
        cells = typed_cells(self.request.POST)
        keys = self._keys(sheet_pupils(self.of.pupils))
        point = AssessmentTerm(self.term.value)
        known = [cell for cell in cells if cell.pupil in keys]
        refusals, status = self._save(known, keys, point, self.request.POST.get("because", ""))
        saved = len(known) - len(refusals)
        if refusals:
            return self.page(refusals, saved=saved, status=status)
        gone = len({cell.pupil for cell in cells} - set(keys))
        if gone:
            messages.warning(
                self.request,
                f"{gone} pupil{'s are' if gone > 1 else ' is'} no longer on this sheet: nothing was saved for them.",
            )
        messages.success(self.request, _told(saved))
        return redirect(self.request.get_full_path())

    # Both

    def _keys(self, pupils: Sequence[SheetPupil]) -> dict[uuid.UUID, int]:
        """Whose judgements may be entered here: nobody's who is judged otherwise."""
        is_of_area = self.subject.kind is Kind.EYFS_AREA
        return {row.public_id: row.pupil_id for row in pupils if is_early_years(row.year_group) == is_of_area}

    def _save(
        self,
        cells: Sequence[TypedCell],
        keys: dict[uuid.UUID, int],
        point: AssessmentTerm,
        because: str,
        measuring: Measuring | None = None,
    ) -> tuple[dict[uuid.UUID, Refusal], int]:
        """What could not be saved, by pupil, and the status that says the worst of it."""
        refusals: dict[uuid.UUID, Refusal] = {}
        wishes: dict[int, tuple[TypedCell, Wish]] = {}
        for cell in cells:
            try:
                value = read_value(cell.text)
            except ValueError as error:
                refusals[cell.pupil] = Refusal(cell.text, str(error))
                continue
            wishes[keys[cell.pupil]] = (cell, _wish(keys[cell.pupil], value, cell))
        entering = Entering(
            school=self.request.access.school,
            by=self.request.user,
            subject=self.subject.number,
            at=AssessmentPoint(self.request.access.academic_year, point),
            today=timezone.localdate(),
            may_change_closed=self.request.access.may(Permission.MANAGE_TERMS),
            reason=because,
        )
        try:
            outcomes = record(
                entering=entering, wishes=[wish for _, wish in wishes.values()], measuring=measuring
            )
        except TermClosed:
            closed = self._closed(point)
            return refusals | {cell.pupil: Refusal(cell.text, closed) for cell, _ in wishes.values()}, CLOSED
        for key, outcome in outcomes.items():
            if outcome is Outcome.KEPT:
                cell = wishes[key][0]
                refusals[cell.pupil] = Refusal(cell.text, _KEPT)
        lost = [key for key, outcome in outcomes.items() if outcome is Outcome.CONFLICT]
        for key, (stands, told) in stands_in(entering.school, lost, entering.subject, entering.at).items():
            cell = wishes[key][0]
            refusals[cell.pupil] = Refusal(cell.text, told, stands)
        return refusals, CONFLICT if lost else UNREADABLE if refusals else 200

    def _closed(self, point: AssessmentTerm) -> str:
        term = (point.term or TermName.AUTUMN).label
        if self.request.access.may(Permission.MANAGE_TERMS):
            return f"{term} is closed for entry. Say above the sheet why you change it, then save again."
        return f"{term} is closed for entry. An assessment leader or the head can reopen it."


def _wish(key: int, value: Value, cell: TypedCell) -> Wish:
    saw = Stored(cell.saw.value.points, cell.saw.value.reason, cell.saw.version)
    return Wish(key, value.points, value.reason, saw)


def _around(address: str) -> tuple[str, str]:
    """What stands before and after the pupil's id in an address of nobody's."""
    before, after = address.split(str(_NOBODY))
    return before, after


def _told(saved: int) -> str:
    if not saved:
        return "Nothing was changed."
    return f"{saved} judgement{'s' if saved > 1 else ''} saved."
