from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from schools.access import SchoolRequest, school_view
from schools.calendar import AcademicYear
from schools.forms.previews import seal, was_shown
from schools.forms.roll_over import (
    MoveForm,
    PlanDatesForm,
    PlanGroupsForm,
    PlannedPupilForm,
    class_forms,
)
from schools.models import ChangeKind, ChangeSet, ClassGroup, CustomGroup
from schools.permissions import Permission
from schools.queries.roll_over import Plan, Remains, new_year_of, plan_row, read_plan, teachers_of
from schools.queries.roll_over_effect import INTAKE, Effect, effect_of
from schools.queries.roll_over_undo import done_for
from schools.services.roll_over import RollOverRefusedError, roll_over, take_roll_over_back
from schools.services.roll_over_draft import (
    PlanRefusedError,
    begin_anew,
    begin_plan,
    plan_classes,
    plan_dates,
    plan_groups,
    plan_moves,
    plan_pupils,
)
from schools.services.taking_back import Taken
from schools.services.turns import take_turn_alone


@school_view(Permission.MANAGE_TERMS, methods=("GET", "HEAD", "POST"))
def plan_new_year(request: SchoolRequest) -> HttpResponse:
    """The plan for the year after the one in view, step by step; by POST one step of it."""
    row = plan_row(request.access.school, request.access.academic_year)
    if not may_follow(request, timezone.localdate()):
        return _page(request, None)
    if request.method != "POST":
        return _page(request, read_plan(row) if row else None)
    act = request.POST.get("act", "")
    if act == "begin":
        begin_plan(school=request.access.school, academic_year=request.access.academic_year, by=request.user)
        return _back(request)
    if act == "take-back":
        return _take_back(request)
    if row is None or act not in _ACTS:
        return _page(request, read_plan(row) if row else None, status=422)
    return _ACTS[act](request, read_plan(row))


def may_follow(request: SchoolRequest, today: dt.date) -> bool:
    """Whether there may be a year after the one in view: an opened one, or none beyond the year after the running one."""
    following = new_year_of(request.access.academic_year)
    return following in request.access.opened_years or following <= AcademicYear.containing(today) + 1


def _dates(request: SchoolRequest, plan: Plan) -> HttpResponse:
    form = PlanDatesForm(request.POST, plan=plan)
    if not form.is_valid():
        return _page(request, plan, status=422, refused={"dates": form})
    plan_dates(row=plan.row, dates=form.dates, leaves_on=form.cleaned_data["leaves_on"], by=request.user)
    return _saved(request, "classes")


def _classes(request: SchoolRequest, plan: Plan) -> HttpResponse:
    forms = class_forms(plan, teachers_of(plan.school), request.POST)
    if not all(form.is_valid() for form in forms):
        return _page(request, plan, status=422, refused={"classes": forms})
    try:
        plan_classes(row=plan.row, classes=[form.planned for form in forms], by=request.user)
    except PlanRefusedError as refusal:
        forms[0].add_error(None, str(refusal))
        return _page(request, plan, status=422, refused={"classes": forms})
    return _saved(request, "moves")


def _moves(request: SchoolRequest, plan: Plan) -> HttpResponse:
    forms = [MoveForm(request.POST, plan=plan, block=block) for block in plan.blocks]
    if not all(form.is_valid() for form in forms):
        return _page(request, plan, status=422, refused={"moves": forms})
    plan_moves(row=plan.row, moves=[form.planned for form in forms], by=request.user)
    return _saved(request, "moves")


def _groups(request: SchoolRequest, plan: Plan) -> HttpResponse:
    form = PlanGroupsForm(request.POST, plan=plan, groups=_own_groups(request))
    if not form.is_valid():
        return _page(request, plan, status=422, refused={"groups": form})
    plan_groups(row=plan.row, groups=form.chosen, by=request.user)
    return _saved(request, "look")


def _anew(request: SchoolRequest, plan: Plan) -> HttpResponse:
    begin_anew(row=plan.row, by=request.user)
    messages.success(request, "The plan was begun anew.")
    return _back(request)


_ACTS: dict[str, Callable[[SchoolRequest, Plan], HttpResponse]] = {
    "dates": _dates,
    "classes": _classes,
    "moves": _moves,
    "groups": _groups,
    "anew": _anew,
}


def _take_back(request: SchoolRequest) -> HttpResponse:
    changes = ChangeSet.objects.in_school(request.access.school).filter(kind=ChangeKind.ROLL_OVER)
    try:
        change = changes.get(public_id=uuid.UUID(request.POST.get("change", "")))
    except (ValueError, ChangeSet.DoesNotExist):
        raise Http404 from None
    done = take_roll_over_back(change=change, by=request.user)
    if isinstance(done, Taken):
        messages.success(request, "Taken back. Everything is as it was before it; the plan is still here.")
    else:
        messages.error(request, "Nothing was taken back. What stands in the way is said below.")
    return _back(request)


def _saved(request: SchoolRequest, step: str) -> HttpResponse:
    messages.success(request, "The plan is saved. Nothing has happened yet.")
    return _back(request, step)


def _back(request: SchoolRequest, step: str = "") -> HttpResponse:
    there = reverse("plan_new_year", args=[request.access.school.urn, request.access.academic_year])
    return redirect(f"{there}?{urlencode({'step': step})}#{step}" if step else there)


def _own_groups(request: SchoolRequest) -> list[CustomGroup]:
    access = request.access
    groups = CustomGroup.objects.in_school(access.school).filter(academic_year=access.academic_year)
    return list(groups.order_by("name"))


def _page(
    request: SchoolRequest, plan: Plan | None, *, status: int = 200, refused: dict[str, Any] | None = None
) -> HttpResponse:
    access, refused = request.access, refused or {}
    context: dict[str, Any] = {
        "new_year": new_year_of(access.academic_year),
        "may_import": access.may(Permission.IMPORT_FILES),
        "may_follow": may_follow(request, timezone.localdate()),
        "is_open": new_year_of(access.academic_year) in access.opened_years,
        "plan": plan,
        "step": next(iter(refused), request.GET.get("step", "")),
        "done": done_for(access.school, new_year_of(access.academic_year)),
    }
    if plan:
        groups = _own_groups(request)
        context |= {
            "dates": refused.get("dates") or PlanDatesForm(None, plan=plan),
            "classes": refused.get("classes") or class_forms(plan, teachers_of(plan.school)),
            "moves": refused.get("moves") or [MoveForm(None, plan=plan, block=each) for each in plan.blocks],
            "groups": refused.get("groups") or PlanGroupsForm(None, plan=plan, groups=groups),
            "has_groups": bool(groups),
            "to_go": [block for block in plan.blocks if block.pupils],
            "intake": INTAKE,
        }
    return TemplateResponse(request, "schools/roll_over/plan.html", context, status=status)


@school_view(Permission.MANAGE_TERMS, methods=("GET", "HEAD", "POST"))
def plan_class(request: SchoolRequest, class_id: uuid.UUID) -> HttpResponse:
    """The pupils of one class of the year that ends, and who of them does not go where the class goes."""
    groups = ClassGroup.objects.in_school(request.access.school)
    group: ClassGroup = get_object_or_404(
        groups, public_id=class_id, academic_year=request.access.academic_year
    )
    return _pupils(request, group)


@school_view(Permission.MANAGE_TERMS, methods=("GET", "HEAD", "POST"))
def plan_without_class(request: SchoolRequest) -> HttpResponse:
    """The same of those without a class."""
    return _pupils(request, None)


def _pupils(request: SchoolRequest, group: ClassGroup | None) -> HttpResponse:
    access = request.access
    row = plan_row(access.school, access.academic_year)
    if row is None:
        return _back(request)
    plan = read_plan(row)
    people = [
        person
        for person in plan.people
        if person.class_id == (group.pk if group else None) and person.remains is Remains.GOES_ON
    ]
    data = request.POST if request.method == "POST" else None
    forms = [PlannedPupilForm(data, plan=plan, person=person) for person in people]
    if data is not None and all(form.is_valid() for form in forms):
        plan_pupils(row=row, pupils=[form.planned for form in forms], by=request.user)
        return _saved(request, "moves")
    blocks = [block for block in plan.blocks if block.class_id == (group.pk if group else None)]
    names = {each.pk: each.name for each in plan.classes}
    context = {
        "group": group,
        "forms": forms,
        "blocks": [(block, names.get(block.to_class or 0, "")) for block in blocks],
        "new_year": plan.new_year,
    }
    return TemplateResponse(
        request, "schools/roll_over/class.html", context, status=422 if data is not None else 200
    )


@school_view(Permission.MANAGE_TERMS, methods=("GET", "HEAD", "POST"))
def preview_new_year(request: SchoolRequest) -> HttpResponse:
    """What the plan does for the classes that were chosen, or for all; by POST it is done, as it was shown."""
    access, is_sent = request.access, request.method == "POST"
    if is_sent:
        # What is counted now is what is done.
        take_turn_alone(access.school)
    row = plan_row(access.school, access.academic_year)
    if row is None or not may_follow(request, timezone.localdate()):
        return _back(request)
    plan = read_plan(row)
    asked = (request.POST if is_sent else request.GET).getlist("block")
    effect = effect_of(plan, asked or None)
    if not is_sent:
        return _preview(request, effect, asked)
    return _carry_out(request, plan, effect, asked)


def _carry_out(request: SchoolRequest, plan: Plan, effect: Effect, asked: list[str]) -> HttpResponse:
    if not was_shown(request.POST.get("shown"), effect):
        return _preview(request, effect, asked, refusal="stale")
    try:
        roll_over(plan=plan, effect=effect, by=request.user)
    except RollOverRefusedError as refused:
        return _preview(request, effect, asked, refusal=str(refused))
    messages.success(
        request,
        f"Done: {len(effect.placed)} pupils are on the roll of {effect.new_year}, {len(effect.leavers)} leave.",
    )
    return _back(request)


def _preview(request: SchoolRequest, effect: Effect, asked: list[str], *, refusal: str = "") -> HttpResponse:
    context = {
        "effect": effect,
        "classes": [(each, effect.in_class(each.key)) for each in effect.classes],
        "asked": asked,
        "shown": seal(effect),
        "is_stale": refusal == "stale",
        "refusal": refusal if refusal != "stale" else "",
    }
    return TemplateResponse(
        request, "schools/roll_over/preview.html", context, status=422 if refusal else 200
    )
