"""Taking back, on a sheet, what one did to judgements; and doing it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse

from assessment.engine.subjects import BY_NUMBER
from assessment.queries.acts import Content, acts_for, counted, places_of
from assessment.queries.entry_rights import enters_for_all_in_sight
from assessment.queries.measuring import Measuring
from assessment.queries.sheet_pupils import SheetPupil, sheet_pupils
from assessment.queries.sheet_rows import Cell
from assessment.services import undoing
from assessment.services.recording import entering_by
from assessment.services.undoing import Kept, Left, NotNext, TakenBack, Where
from assessment.views.blocks import answered
from assessment.views.cells import value_of
from assessment.views.saving import CLOSED, CONFLICT, reason_sent
from assessment.views.sheets import SheetRequest, sheet_view
from schools.access import Access
from schools.models import ChangeKind
from schools.permissions import Permission
from schools.queries.rolls import pupils_for, taught_by

# So many cells are named; the rest is counted.
_MOST_NAMED = 8
_NOTHING = {ChangeKind.UNDO: "There is nothing to undo.", ChangeKind.REDO: "There is nothing to redo."}
_NAMES = {ChangeKind.UNDO: "Undo", ChangeKind.REDO: "Redo"}
_DONE = {ChangeKind.UNDO: "Undone", ChangeKind.REDO: "Redone"}
_ALREADY = {
    ChangeKind.UNDO: "That was taken back already.",
    ChangeKind.REDO: "That was redone already.",
}


@sheet_view("POST")
def undo(of: SheetRequest) -> HttpResponse:
    """Take back the last act of this person on the sheet."""
    return _answer(of, ChangeKind.UNDO, undoing.undo)


@sheet_view("POST")
def redo(of: SheetRequest) -> HttpResponse:
    """Do again what was taken back last."""
    return _answer(of, ChangeKind.REDO, undoing.redo)


def _answer(
    of: SheetRequest, kind: ChangeKind, act: Callable[..., TakenBack | NotNext | None]
) -> HttpResponse:
    """What was put back, and what was not: by htmx with the cells; else back on the sheet, and where cells are named on a page of its own.

    The key of the act that is meant is sent along: whoever presses twice, or has the sheet open twice, does not take back two.
    Names are not for messages, which rest in a cookie. Who may not enter here has done nothing here.
    """
    measuring = Measuring(of.access.school)
    on_sheet = sheet_pupils(of.whose.pupils, of.access.school) if of.whose.may_enter else []
    theirs = (
        {each.pupil_id: each for each in sheet_pupils(_entered_by(of.access), of.access.school)}
        if on_sheet
        else {}
    )
    done = act(
        entering=entering_by(of.access, reason=reason_sent(of.request.POST.get("because", ""))),
        where=Where([each.pupil_id for each in on_sheet], places_of(of.layout)),
        may_enter_for=theirs,
        measuring=measuring,
        named=reason_sent(of.request.POST.get("act", "")),
    )
    here = {each.pupil_id: each for each in on_sheet}
    told = Told(of, kind, done, here | theirs, frozenset(here))
    status = CLOSED if told.is_refused else CONFLICT if told.not_next else 200
    if of.request.htmx:
        return HttpResponse(_cells(of, told, on_sheet, measuring), status=status)
    if told.left:
        asked = f"?term={of.term.label.lower()}"
        context = {
            "of": of,
            "told": told,
            "back": of.address() + asked,
            "again": of.address(door=kind.value) + asked,
            "because": reason_sent(of.request.POST.get("because", "")),
        }
        return TemplateResponse(of.request, "assessment/undo/undone.html", context, status=status)
    (messages.success if told.done else messages.info)(of.request, told.plainly)
    return redirect(f"{of.address()}?{of.request.GET.urlencode()}")


def _entered_by(access: Access) -> Any:
    """The pupils for whom this person enters."""
    pupils = pupils_for(access)
    return pupils if enters_for_all_in_sight(access) else pupils.filter(class_group__in=taught_by(access))


def _cells(of: SheetRequest, told: Told, on_sheet: list[SheetPupil], measuring: Measuring) -> str:
    """The cells that were put back, and those that others changed, as they stand; and what is said of them."""
    changed = told.on_sheet
    sheet = of.sheet(on_sheet, also=frozenset(pupil for pupil, _ in changed), measuring=measuring)
    stack = acts_for(of.access, of.layout, [each.pupil_id for each in on_sheet])
    said = render_to_string("assessment/undo/_said.html", {"told": told, "stack": stack})
    return f"{answered(sheet, changed, {})}<template>{said}</template>"


@dataclass(frozen=True)
class Told:
    """What became of an act, in words; `pupils` are those of the sheet, who are `here`, and those for whom the person enters."""

    of: SheetRequest
    kind: ChangeKind
    came_of_it: TakenBack | NotNext | None
    pupils: Mapping[int, SheetPupil]
    here: frozenset[int]

    @property
    def done(self) -> TakenBack | None:
        """What was taken back; None where nothing was."""
        return self.came_of_it if isinstance(self.came_of_it, TakenBack) else None

    @property
    def not_next(self) -> NotNext | None:
        """Where the act that was meant is not the next one any more."""
        return self.came_of_it if isinstance(self.came_of_it, NotNext) else None

    @property
    def is_refused(self) -> bool:
        """Whether nothing was done because a term is closed."""
        return bool(self.done and self.done.is_refused)

    @property
    def asks_why(self) -> bool:
        """Whether it can be done with a reason."""
        return self.is_refused and self.of.access.may(Permission.MANAGE_TERMS)

    @property
    def name(self) -> str:
        """What is pressed."""
        return _NAMES[self.kind]

    @cached_property
    def said(self) -> str:
        """What was put back: one cell by its name, more by their number."""
        if self.done is None or self.is_refused:
            return self.plainly
        if len(self.done.restored) == 1 and not self.left:
            [(cell, content)] = self.done.restored.items()
            return f"{_DONE[self.kind]}. {self._name(cell)}: {_shown(content)}."
        return f"{self._counted}{self._elsewhere}"

    @property
    def plainly(self) -> str:
        """The same without a name."""
        if self.is_refused:
            return f"Nothing was {_DONE[self.kind].lower()}."
        if self.not_next:
            return self._not_next(self.not_next)
        return self._counted if self.done else _NOTHING[self.kind]

    def _not_next(self, found: NotNext) -> str:
        if found.is_done:
            return _ALREADY[self.kind]
        nothing = f"Nothing was {_DONE[self.kind].lower()}: something else was changed since."
        return f"{nothing} {_NAMES[self.kind]} now means: {found.next.described}." if found.next else nothing

    @property
    def _counted(self) -> str:
        if self.done is None:
            return ""
        return f"{_DONE[self.kind]}: {counted(len(self.done.restored), self.done.act.was)}."

    @property
    def _elsewhere(self) -> str:
        elsewhere = len(self.done.restored) - len(self._restored_here) if self.done else 0
        return (
            f" {elsewhere} of them {'is' if elsewhere == 1 else 'are'} on another sheet." if elsewhere else ""
        )

    @property
    def left(self) -> tuple[Left, ...]:
        """The cells that stay as they are."""
        return self.done.left if self.done else ()

    @property
    def stays(self) -> list[tuple[str, list[str], int]]:
        """Those cells, by why they stay: what is said of them together, the first of them by name, and how many more there are."""
        return [self._group(why, [each for each in self.left if each.why is why]) for why in self._whys]

    @property
    def _whys(self) -> Iterator[Kept]:
        return (why for why in Kept if any(each.why is why for each in self.left))

    def _group(self, why: Kept, left: list[Left]) -> tuple[str, list[str], int]:
        number, one = len(left), len(left) == 1
        if why is Kept.NOT_THEIRS:
            pupil = "a pupil" if one else "pupils"
            return (
                f"{number} of {pupil} for whom you do not enter now stay{'s' if one else ''} as {'it is' if one else 'they are'}.",
                [],
                0,
            )
        if why is Kept.CLOSED:
            may = self.of.access.may(Permission.MANAGE_TERMS)
            way = (
                ("Say above the sheet why you change it, then try again." if self.of.request.htmx else "")
                if may
                else "An assessment leader or the head can reopen it."
            )
            said = f"{number} {'is' if one else 'are'} closed for entry and stay{'s' if one else ''}. {way}".strip()
            names = [self._name(each.cell) for each in left]
        else:
            said = f"{number} {'was' if one else 'were'} changed since and stay{'s' if one else ''}:"
            names = [f"{self._name(each.cell)}: {self._who(each)}" for each in left]
        return said, names[:_MOST_NAMED], len(names[_MOST_NAMED:])

    def _who(self, left: Left) -> str:
        who = left.changed_by.name if left.changed_by else "an import"
        if left.changed_by == self.of.access.user:
            who = "you"
        return f"{who} changed it to {_shown(left.stands)}" if left.stands else f"{who} emptied it"

    def _name(self, cell: Cell) -> str:
        subject = "" if self.of.layout.subject else f"{BY_NUMBER[cell.subject].name}, "
        if self.of.layout.subject and self.of.layout.subject.number != cell.subject:
            subject = f"{BY_NUMBER[cell.subject].name}, "
        return f"{self.pupils[cell.pupil_id].name}, {subject}{cell.term.label}"

    @cached_property
    def _keys(self) -> dict[tuple[int, int], str]:
        """The keys of the sheet's columns by subject and term."""
        return {
            (column.place.subject, column.place.at.term): column.key
            for column in self.of.layout.columns
            if column.is_open and column.place
        }

    @property
    def _restored_here(self) -> list[Cell]:
        restored = self.done.restored if self.done else ()
        return [
            cell
            for cell in restored
            if cell.pupil_id in self.here and (cell.subject, cell.term) in self._keys
        ]

    @cached_property
    def on_sheet(self) -> list[tuple[Any, str]]:
        """The cells that may look different now, by pupil and column."""
        shown = [*self._restored_here, *(each.cell for each in self.left)]
        if self.not_next:
            shown += sorted(self.not_next.cells)
        return [
            (self.pupils[cell.pupil_id].public_id, key)
            for cell in shown
            if cell.pupil_id in self.here and (key := self._keys.get((cell.subject, cell.term)))
        ]

    @property
    def first(self) -> tuple[Any, str] | None:
        """The cell to go to: the first that was put back."""
        return self.on_sheet[0] if self.on_sheet else None


def _shown(content: Content | None) -> str:
    return value_of(content.points, content.reason) if content else "empty"
