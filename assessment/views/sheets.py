"""A request for a marksheet: whose it is, what stands on it, and the page that shows it."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.explaining import EARLY_YEARS_STEPS
from assessment.engine.subjects import EYFS_AREAS, Kind
from assessment.forms.arranging import ArrangementForm
from assessment.forms.marksheets import MarksheetForm
from assessment.queries.acts import acts_for
from assessment.queries.arranging import arranged
from assessment.queries.entry_rights import enters_for_all_in_sight, may_enter_for_class
from assessment.queries.layouts import ALL_AREAS, ALL_SUBJECTS, Layout
from assessment.queries.marksheets import Sheet, marksheet
from assessment.queries.measuring import Measuring
from assessment.queries.school_subjects import subjects_in_sight
from assessment.queries.sheet_pupils import SheetPupil
from assessment.queries.subjects import framework_of, layout_in_address
from assessment.queries.templates import templates_for
from assessment.views.cells import Refusal, SheetRows
from assessment.views.completed import state_on_page
from assessment.views.folding import folding
from assessment.views.offered_codes import offered_codes
from schools.access import Access, SchoolRequest, SchoolView, school_view
from schools.calendar import TermName, YearGroup
from schools.models import ClassGroup, CustomGroup, PupilYear
from schools.permissions import Permission
from schools.queries.classes import classes_for, teacher_names
from schools.queries.roll_groups import in_group
from schools.queries.rolls import pupils_for
from schools.queries.terms import reporting_term

# Stands in the place of a pupil's id, or of a subject, in an address that a script, or the sheet's rows, complete.
NOBODY = uuid.UUID(int=0)
_SUBJECT = "subject-"


@dataclass(frozen=True)
class Whose:
    """Whose sheet it is: of a class, a year group, or a group that the school made. `place` is its part of the address, before the sheet's code."""

    title: str
    pupils: QuerySet[PupilYear]
    teachers: Sequence[str]
    kind: str
    keys: Mapping[str, object]
    with_class: bool
    may_enter: bool
    class_group: ClassGroup | None = None


def of_class(request: SchoolRequest, class_id: uuid.UUID) -> Whose:
    """A class's pupils; 404 for a class whose pupils this person may not see."""
    access = request.access
    saves_cell = request.method == "POST" and bool(request.htmx)
    # The answer to a cell does not name the class, and to whoever may not see the class none of its pupils is there.
    class_group: ClassGroup | None = (
        None if saves_cell else get_object_or_404(classes_for(access), public_id=class_id)
    )
    return Whose(
        title=class_group.name if class_group else "",
        pupils=pupils_for(access).filter(class_group__public_id=class_id),
        teachers=teacher_names(access).get(class_group.pk, ()) if class_group else (),
        kind="class",
        keys={"class_id": class_id},
        with_class=False,
        may_enter=may_enter_for_class(access, class_id),
        class_group=class_group,
    )


def of_year_group(request: SchoolRequest, year_group: YearGroup) -> Whose:
    """All of a year group, or those of its pupils who are in the classes one teaches."""
    return Whose(
        title=year_group.label,
        pupils=pupils_for(request.access).filter(year_group=year_group),
        teachers=(),
        kind="year_group",
        keys={"year_group": year_group},
        with_class=True,
        may_enter=enters_for_all_in_sight(request.access),
    )


def of_group(request: SchoolRequest, group_id: uuid.UUID) -> Whose:
    """A group that the school made: all of it, or those of its pupils who are in the classes one teaches."""
    access = request.access
    groups = CustomGroup.objects.in_school(access.school).filter(academic_year=access.academic_year)
    group = get_object_or_404(groups, public_id=group_id)
    members = group.pupils.in_school(access.school).values("pupil")
    return Whose(
        title=group.name,
        pupils=pupils_for(access).filter(pupil__in=members),
        teachers=(),
        kind="group",
        keys={"group_id": group_id},
        with_class=True,
        may_enter=enters_for_all_in_sight(access),
    )


_WHOSE: dict[str, Callable[..., Whose]] = {
    "class_id": of_class,
    "year_group": of_year_group,
    "group_id": of_group,
}


@dataclass(frozen=True)
class SheetRequest:
    """A request for a sheet: by whom, whose, what stands on it."""

    request: SchoolRequest
    whose: Whose
    layout: Layout
    form: MarksheetForm
    # How it is looked at; None of an address that does not say.
    arranging: ArrangementForm | None = None

    def arranged(self, sheet: Sheet) -> Sheet:
        """The sheet with the rows that are asked for, in the order that is asked for."""
        return arranged(sheet, self.arranging.arrangement) if self.arranging else sheet

    @property
    def access(self) -> Access:
        """Who asks, at which school, of which year."""
        return self.request.access

    @property
    def term(self) -> TermName:
        """The one that the sheet is seen from."""
        return TermName(self.layout.at.term)

    def sheet(
        self,
        pupils: list[SheetPupil] | None = None,
        *,
        also: frozenset[uuid.UUID] = frozenset(),
        measuring: Measuring | None = None,
    ) -> Sheet:
        """The sheet as it stands now."""
        return marksheet(
            self.access,
            self.whose.pupils if pupils is None else pupils,
            self.layout,
            today=timezone.localdate(),
            may_change_closed=self.access.may(Permission.MANAGE_TERMS),
            also=also,
            measuring=measuring,
        )

    def address(self, code: str | None = None, *, door: str = "") -> str:
        """Of the sheet of these pupils with this code, its own without one; or of a `door` of it: `paste`, `undo`."""
        name = "_".join(part for part in (self.whose.kind, "marksheet", door) if part)
        place = {"urn": self.access.school.urn, "year": self.access.academic_year, **self.whose.keys}
        return reverse(name, kwargs={**place, "sheet": code or self.layout.code})


SheetView = Callable[..., HttpResponse]


def sheet_view(*methods: str) -> Callable[[SheetView], Any]:
    """A view of a marksheet, behind the school's door: it is given whose the sheet is and what stands on it, then what else the address says.

    404 where either is not there.
    """

    def decorate(view: SheetView) -> Any:
        @wraps(view)
        def of_sheet(request: SchoolRequest, *, sheet: str, **keys: Any) -> HttpResponse:
            name = next(name for name in keys if name in _WHOSE)
            whose = _WHOSE[name](request, keys.pop(name))
            form = MarksheetForm(request.GET)
            # Of an address that is wrong in part, what is right in it is shown.
            form.is_valid()
            asked = form.cleaned_data
            layout = layout_in_address(
                request.access,
                sheet,
                asked.get("term") or reporting_term(request.access, timezone.localdate()),
                earlier_years=int(asked.get("earlier") or 0),
            )
            if layout is None:
                raise Http404
            opened = layout.opened(may_enter=whose.may_enter)
            arranging = (
                ArrangementForm(request.GET)
                if request.GET.keys() & ArrangementForm.base_fields.keys()
                else None
            )
            if arranging and (group := arranging.group_chosen):
                whose = replace(whose, pupils=whose.pupils.filter(in_group(group)))
            return view(SheetRequest(request, whose, opened, form, arranging), **keys)

        through: SchoolView[Any] = of_sheet
        return school_view(Permission.SEE_OWN_CLASSES, methods=methods or ("GET", "HEAD"))(through)

    return decorate


def page(
    of: SheetRequest,
    refusals: Mapping[tuple[uuid.UUID, str], Refusal] | None = None,
    *,
    saved: int = 0,
    status: int = 200,
) -> HttpResponse:
    """The sheet as a page; with `refusals`, what a form could not save, in its cells."""
    access, sheet, layout = of.access, of.sheet(), of.layout
    shown = of.arranged(sheet)
    place = [access.school.urn, access.academic_year]
    subject = layout.subjects[0].code.lower()
    why = reverse("why_colour", args=[*place, NOBODY, subject])
    context = {
        "of": of.whose,
        "layout": layout,
        "subjects": [
            (each.name, each.code.lower(), of.address(each.code.lower()))
            for each in subjects_in_sight(of.access.school, of.access.academic_year)
            if _is_offered(Kind.SUBJECT, layout, sheet)
        ],
        "all_subjects": of.address(ALL_SUBJECTS) if _is_offered(Kind.SUBJECT, layout, sheet) else "",
        "areas": _areas(of, sheet),
        "all_areas": of.address(ALL_AREAS),
        "laid_out": _laid_out(of, sheet),
        "sheet": sheet,
        "state": sheet.state_of(AssessmentTerm(sheet.at.term)),
        "shown": shown,
        "arranging": of.arranging or ArrangementForm({}),
        "rows": SheetRows(
            shown,
            with_class=of.whose.with_class,
            pupil_address=reverse("roll", args=place),
            why_address=_around(why),
            refusals=refusals or {},
        ),
        "terms": [(term, term.label.lower()) for term in TermName],
        "scale": offered_codes(layout),
        "place": of.address(),
        "form": of.form,
        # A script puts in whose and in which subject.
        "why_address": why.replace(f"/{subject}/", f"/{_SUBJECT}/"),
        # Where all is closed the page offers what it offers to those who only look; what was refused can still be sent again.
        "may_enter": of.whose.may_enter and (sheet.has_open_cells or bool(refusals)),
        "keeping_key": _keeping_key(access),
        "may_change_closed": access.may(Permission.MANAGE_TERMS),
        "because": of.request.POST.get("because", ""),
        "refused": len(refusals or {}),
        "saved": saved,
        **state_on_page(of),
        "early_years_steps": EARLY_YEARS_STEPS,
        "folding": folding(layout, of.request.GET, refusals or {}),
        "acts": acts_for(access, layout, [row.pupil_id for row in sheet.rows]),
        "undo_address": of.address(door="undo"),
        "redo_address": of.address(door="redo"),
        "move_address": of.address(door="move") if layout.subject and of.whose.may_enter else "",
    }
    return TemplateResponse(of.request, "assessment/marksheets/marksheet.html", context, status=status)


def _keeping_key(access: Access) -> str:
    """What a page encrypts by what is typed and not saved yet: the same for one person at one school, and on nobody else's pages."""
    whose = f"{access.user.pk}:{access.school.pk}"
    return base64.b64encode(salted_hmac("assessment.typed", whose, algorithm="sha256").digest()).decode()


def _is_offered(kind: Kind, layout: Layout, sheet: Sheet) -> bool:
    return kind is layout.kind or bool(sheet.judged_otherwise)


def _areas(of: SheetRequest, sheet: Sheet) -> list[tuple[Any, str]]:
    if not _is_offered(Kind.EYFS_AREA, of.layout, sheet):
        return []
    framework = of.layout.subjects[0].framework or framework_of(of.access)
    return [(area, of.address(area.code.lower())) for area in EYFS_AREAS[framework]]


def _laid_out(of: SheetRequest, sheet: Sheet) -> list[tuple[str, str, bool]]:
    """The marksheets that are laid out for these pupils: name, address, and whether it is this one."""
    year_groups = {row.year_group for row in sheet.rows}
    framework = of.layout.subjects[0].framework
    return [
        (each.name, of.address(each.sheet), each.sheet == of.layout.code)
        for each in templates_for(of.access, framework, year_groups)
    ]


def _around(address: str) -> tuple[str, str]:
    """What stands before and after the pupil's id in an address of nobody's."""
    before, after = address.split(str(NOBODY))
    return before, after
