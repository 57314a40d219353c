from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from schools.access import SchoolRequest, school_view
from schools.forms.groups import GroupNameForm, GroupPupilsForm
from schools.models import CustomGroup
from schools.permissions import Permission
from schools.queries.groups import candidates, group_lines
from schools.services.groups import (
    GroupNameTakenError,
    delete_group,
    make_group,
    rename_group,
    set_pupils,
)


@school_view(Permission.SEE_OWN_CLASSES)
def group_list(request: SchoolRequest) -> HttpResponse:
    """The groups that the school made, with those of their pupils whom this person sees."""
    return _list(request, GroupNameForm())


@school_view(Permission.MANAGE_GROUPS, methods=("POST",))
def new_group(request: SchoolRequest) -> HttpResponse:
    """Make a group, and go on to choose its pupils."""
    access, form = request.access, GroupNameForm(request.POST)
    if access.academic_year not in access.opened_years:
        form.add_error("name", f"{access.academic_year.label} is not opened yet: groups come after its roll.")
    if form.is_valid():
        try:
            group = make_group(
                school=access.school,
                academic_year=access.academic_year,
                name=form.cleaned_data["name"],
                by=request.user,
            )
        except GroupNameTakenError as taken:
            form.add_error("name", str(taken))
        else:
            return redirect("group", access.school.urn, access.academic_year, group.public_id)
    return _list(request, form, status=422)


@school_view(Permission.MANAGE_GROUPS, methods=("GET", "HEAD", "POST"))
def group(request: SchoolRequest, group_id: uuid.UUID) -> HttpResponse:
    """Who is in the group, and what it is called; or, by POST, a change of the one or the other, or its end."""
    found = _group(request, group_id)
    acts = {"name": _rename, "pupils": _choose, "delete": _delete}
    act = acts.get(request.POST.get("act", ""))
    return act(request, found) if act else _page(request, found, GroupNameForm({"name": found.name}))


def _group(request: SchoolRequest, group_id: uuid.UUID) -> CustomGroup:
    groups = CustomGroup.objects.in_school(request.access.school)
    found: CustomGroup = get_object_or_404(
        groups, public_id=group_id, academic_year=request.access.academic_year
    )
    return found


def _rename(request: SchoolRequest, found: CustomGroup) -> HttpResponse:
    form = GroupNameForm(request.POST)
    if form.is_valid():
        try:
            rename_group(group=found, name=form.cleaned_data["name"], by=request.user)
        except GroupNameTakenError as taken:
            form.add_error("name", str(taken))
        else:
            messages.success(request, f"The group is called {found.name} now.")
            return _back(request, found)
    return _page(request, found, form, status=422)


def _choose(request: SchoolRequest, found: CustomGroup) -> HttpResponse:
    pupils = [pupil for each in candidates(request.access, found) for pupil in each.pupils]
    offered = {str(pupil.public_id): pupil.pupil_id for pupil in pupils}
    form = GroupPupilsForm(request.POST, offered=list(offered))
    if not form.is_valid():
        messages.error(
            request, "Somebody who was ticked is not here any more. Nothing was changed: look again and save."
        )
        return _back(request, found)
    chosen = [offered[each] for each in form.cleaned_data["pupils"]]
    saw = [offered[each] for each in form.saw]
    done = set_pupils(group=found, pupil_ids=chosen, saw=saw, by=request.user)
    said = f"{found.name} has {_pupils(done.pupils)}: {len(done.came)} came, {len(done.went)} went."
    messages.success(request, said)
    if not (done.meanwhile_in or done.meanwhile_out):
        return _back(request, found)
    # Said in the answer itself: what is said after a redirect waits in a cookie, where names do not belong.
    meanwhile = [
        (said, [pupil.name for pupil in pupils if pupil.pupil_id in ids])
        for said, ids in (("put in", done.meanwhile_in), ("took out", done.meanwhile_out))
        if ids
    ]
    return _page(request, found, GroupNameForm({"name": found.name}), meanwhile=meanwhile)


def _delete(request: SchoolRequest, found: CustomGroup) -> HttpResponse:
    name = found.name
    delete_group(group=found, by=request.user)
    messages.success(request, f"The group {name} is gone. Its pupils and their judgements are as they were.")
    return redirect("group_list", request.access.school.urn, request.access.academic_year)


def _back(request: SchoolRequest, found: CustomGroup) -> HttpResponse:
    return redirect("group", request.access.school.urn, request.access.academic_year, found.public_id)


def _list(request: SchoolRequest, form: GroupNameForm, *, status: int = 200) -> HttpResponse:
    context = {
        "groups": group_lines(request.access),
        "form": form,
        "manages": request.access.may(Permission.MANAGE_GROUPS),
    }
    return TemplateResponse(request, "schools/groups/groups.html", context, status=status)


def _page(
    request: SchoolRequest,
    found: CustomGroup,
    form: GroupNameForm,
    *,
    status: int = 200,
    meanwhile: Sequence[tuple[str, list[str]]] = (),
) -> HttpResponse:
    classes = candidates(request.access, found)
    context = {
        "group": found,
        "form": form,
        "classes": classes,
        "meanwhile": meanwhile,
        "count": sum(pupil.is_in for each in classes for pupil in each.pupils),
    }
    return TemplateResponse(request, "schools/groups/group.html", context, status=status)


def _pupils(count: int) -> str:
    return f"{count} pupil{'' if count == 1 else 's'}"
