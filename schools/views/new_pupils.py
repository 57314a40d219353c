from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from schools.access import SchoolRequest, school_view
from schools.forms.new_pupils import NewPupilForm, new_pupil_forms
from schools.forms.previews import seal, was_shown
from schools.models import ClassGroup
from schools.permissions import Permission
from schools.services.roll_rows import RollRefused, RollRow
from schools.services.rolls import RollChanges, load_roll
from schools.services.turns import take_turn_alone

_REASON = "Typed in by hand"


@school_view(Permission.MANAGE_TERMS, methods=("GET", "HEAD", "POST"))
def new_pupils(request: SchoolRequest) -> HttpResponse:
    """A few new pupils of the year, typed in: shown first, then added. Both by POST, as names do not belong into addresses."""
    access, is_sent = request.access, request.method == "POST"
    groups = ClassGroup.objects.in_school(access.school).filter(academic_year=access.academic_year)
    classes = list(groups.order_by("name"))
    forms = new_pupil_forms(request.POST if is_sent else None, school=access.school, classes=classes)
    if not is_sent:
        return _page(request, forms)
    if not all(form.is_valid() for form in forms):
        return _page(request, forms, status=422)
    rows = [form.row for form in forms if not form.is_empty]
    if not rows:
        forms[0].add_error("surname", "Write at least one pupil.")
        return _page(request, forms, status=422)
    try:
        return _shown_or_added(request, forms, rows)
    except RollRefused as refused:
        for problem in refused.problems:
            _say(forms, problem.row, problem.field, f"{problem.value} {problem.what}".strip())
        return _page(request, forms, status=422)


def _shown_or_added(request: SchoolRequest, forms: list[NewPupilForm], rows: list[RollRow]) -> HttpResponse:
    access = request.access
    take_turn_alone(access.school)
    load = partial(
        load_roll, school=access.school, academic_year=access.academic_year, rows=rows, by=request.user
    )
    changes = load(dry_run=True)
    if not was_shown(request.POST.get("shown"), (rows, changes)):
        return _page(request, forms, rows=rows, changes=changes)
    load(reason=_REASON)
    messages.success(request, f"{changes.new + changes.placed} added to {access.academic_year.label}.")
    return redirect("roll", access.school.urn, access.academic_year)


def _say(forms: list[NewPupilForm], number: int | None, field: str, what: str) -> None:
    form = next((each for each in forms if each.number == number), forms[0])
    form.add_error(field if field in form.fields else None, what)


def _page(
    request: SchoolRequest,
    forms: list[NewPupilForm],
    *,
    rows: list[RollRow] | None = None,
    changes: RollChanges | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "forms": forms,
        "rows": rows,
        "changes": changes,
        "shown": seal((rows, changes)) if changes else "",
    }
    return TemplateResponse(request, "schools/pupils/new.html", context, status=status)
