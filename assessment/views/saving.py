"""What is typed into a marksheet: one cell by the grid, the columns in focus by a form without script."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.relative import points_from, read_steps
from assessment.engine.subjects import Kind, is_early_years
from assessment.forms.marksheets import CellForm, TypedCell, Value, read_value, typed_cells
from assessment.models import Source
from assessment.queries.before import points_before
from assessment.queries.entered import stands_in
from assessment.queries.measuring import Measuring
from assessment.queries.sheet_pupils import SheetPupil, sheet_pupils
from assessment.queries.sheet_rows import Cell, Place
from assessment.services.recording import Outcome, Stored, Wish, entering_by, record
from assessment.views.cells import Refusal, answer, value_of
from assessment.views.sheets import SheetRequest, page, sheet_view
from schools.models import ChangeKind
from schools.permissions import Permission

# HTTP's own words: what was typed cannot be, somebody else was faster, the term is closed.
UNREADABLE, CONFLICT, CLOSED = 422, 409, 423
_KEPT = "This cell says where the pupil started, or holds a note. Type another value; it is not emptied."


@sheet_view("GET", "HEAD", "POST")
def sheet(of: SheetRequest) -> HttpResponse:
    """The sheet, or, by POST, one cell of it or the columns that a form without script sends."""
    if of.request.method != "POST":
        return page(of)
    if not of.whose.may_enter:
        raise PermissionDenied
    return _save_cell(of) if of.request.htmx else _save_columns(of)


def _save_cell(of: SheetRequest) -> HttpResponse:
    form = CellForm(of.request.POST)
    if not form.is_valid():
        raise BadRequest
    typed = form.cell
    pupils = sheet_pupils(of.whose.pupils, of.access.school)
    saving = Saving(of, pupils, because=form.cleaned_data["because"])
    column = of.layout.column(typed.column)
    if column is None or column.key not in saving.columns:
        raise BadRequest
    if typed.pupil not in saving.keys:
        raise Http404
    refusals, status = saving.save([typed])
    shown = of.sheet(pupils, also=frozenset([typed.pupil]), measuring=saving.measuring)
    row = shown.row(typed.pupil)
    if row is None:
        raise Http404
    content = answer(shown, row, column, refusals.get((typed.pupil, typed.column)))
    summary = render_to_string("assessment/marksheets/_summary.html", {"sheet": shown, "oob": True})
    return HttpResponse(f"{content}<template>{summary}</template>", status=status)


def _save_columns(of: SheetRequest) -> HttpResponse:
    cells = typed_cells(of.request.POST)
    saving = Saving(
        of, sheet_pupils(of.whose.pupils, of.access.school), because=of.request.POST.get("because", "")
    )
    known = [cell for cell in cells if cell.pupil in saving.keys and cell.column in saving.columns]
    refusals, status = saving.save(known)
    saved = len(known) - len(refusals)
    if refusals:
        return page(of, refusals, saved=saved, status=status)
    gone = len({cell.pupil for cell in cells} - set(saving.keys))
    if gone:
        messages.warning(
            of.request,
            f"{gone} pupil{'s are' if gone > 1 else ' is'} no longer on this sheet: nothing was saved for them.",
        )
    messages.success(of.request, _told(saved))
    return redirect(of.request.get_full_path())


def _told(saved: int) -> str:
    if not saved:
        return "Nothing was changed."
    return f"{saved} judgement{'s' if saved > 1 else ''} saved."


def reason_sent(text: str) -> str:
    """A leader's reason, or another text, as it can be kept: what the database refuses is left out, and it has an end."""
    return text.replace("\0", "")[:500]


class Saving:
    """Writes what was typed into cells of a sheet, and says what could not be written."""

    def __init__(self, of: SheetRequest, pupils: Sequence[SheetPupil], *, because: str = "") -> None:
        self.of, self.because = of, reason_sent(because)
        self.measuring = Measuring(of.access.school)
        is_of_areas = of.layout.kind is Kind.EYFS_AREA
        # Whose judgements may be entered here: nobody's who is judged otherwise.
        self.keys: Mapping[uuid.UUID, int] = {
            row.public_id: row.pupil_id for row in pupils if is_early_years(row.year_group) == is_of_areas
        }
        self._year_groups = {row.pupil_id: row.year_group for row in pupils}
        # Where may be entered, for the year groups that are open.
        self.columns: Mapping[str, Place] = {
            column.key: column.place for column in of.layout.columns if column.is_open and column.place
        }

    def save(
        self, typed: Sequence[TypedCell], *, act: ChangeKind | None = None, source: Source = Source.TYPED
    ) -> tuple[dict[tuple[uuid.UUID, str], Refusal], int]:
        """What could not be saved, by pupil and column, and the status that says the worst of it. The cells are of this sheet.

        `act`: what it is called where the cells are written as one.
        """
        refusals: dict[tuple[uuid.UUID, str], Refusal] = {}
        wishes: dict[Cell, tuple[TypedCell, Wish]] = {}
        read = self._reader(typed)
        for each in typed:
            try:
                value = read(each)
            except ValueError as error:
                refusals[each.pupil, each.column] = Refusal(each.text, str(error), saw=_sight(each))
                continue
            cell = self.cell(each)
            wishes[cell] = (each, _wish(cell, value, each))
        access = self.of.access
        entering = entering_by(access, reason=self.because, act=act, source=source)
        wanted = [wish for _, wish in wishes.values()]
        outcomes = record(entering=entering, wishes=wanted, measuring=self.measuring) if wanted else {}
        lost = [cell for cell, outcome in outcomes.items() if outcome is Outcome.CONFLICT]
        stands = stands_in(access.school, access.academic_year, lost)
        for cell, outcome in outcomes.items():
            each = wishes[cell][0]
            if outcome is Outcome.KEPT:
                refusals[each.pupil, each.column] = Refusal(each.text, _KEPT, saw=_sight(each))
            elif outcome is Outcome.CLOSED:
                closed = self._closed(cell)
                refusals[each.pupil, each.column] = Refusal(each.text, closed, saw=_sight(each))
            elif outcome is Outcome.CONFLICT:
                value_there, told = stands[cell]
                refusals[each.pupil, each.column] = Refusal(each.text, told, value_there)
        return refusals, self._status(set(outcomes.values()), refused=bool(refusals))

    def _reader(self, typed: Sequence[TypedCell]) -> Callable[[TypedCell], Value]:
        """What a text says: by itself, or by the judgement before, `=`, `+2`. It raises ValueError for one that says nothing."""
        relative = [self.cell(each) for each in typed if read_steps(each.text) is not None]
        before = points_before(self.of.access.school, self.of.access.academic_year, relative)

        def read(each: TypedCell) -> Value:
            steps = read_steps(each.text)
            if steps is None:
                return read_value(each.text)
            return Value(points_from(before.get(self.cell(each)), steps), "")

        return read

    def cell(self, typed: TypedCell) -> Cell:
        """Which judgement it is."""
        place = self.columns[typed.column]
        return Cell(self.keys[typed.pupil], place.subject, place.at.term)

    @staticmethod
    def _status(outcomes: set[Outcome], *, refused: bool) -> int:
        if Outcome.CLOSED in outcomes:
            return CLOSED
        if Outcome.CONFLICT in outcomes:
            return CONFLICT
        return UNREADABLE if refused else 200

    def _closed(self, cell: Cell) -> str:
        term = self._decides(cell).label
        if self.of.access.may(Permission.MANAGE_TERMS):
            return f"{term} is closed for entry. Say above the sheet why you change it, then save again."
        return f"{term} is closed for entry. An assessment leader or the head can reopen it."

    def _decides(self, cell: Cell) -> AssessmentTerm:
        """What is closed: a Baseline goes with Autumn, unless it has dates of its own."""
        if cell.term is not AssessmentTerm.BASELINE:
            return cell.term
        year_group = self._year_groups[cell.pupil_id]
        has_its_own = self.measuring.window(self.of.access.academic_year, cell.term, year_group)
        return AssessmentTerm.BASELINE if has_its_own else AssessmentTerm.AUTUMN


def _wish(cell: Cell, value: Value, typed: TypedCell) -> Wish:
    saw = Stored(typed.saw.value.points, typed.saw.value.reason, typed.saw.version)
    return Wish(cell, value.points, value.reason, saw)


def _sight(typed: TypedCell) -> str:
    """What the person saw, as it is sent."""
    return f"{typed.saw.version}:{value_of(typed.saw.value.points, typed.saw.value.reason)}"
