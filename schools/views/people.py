from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from schools.access import SchoolRequest, school_view
from schools.forms.people import AccessForm, CorrectedNameForm
from schools.permissions import Permission, roles_given_by
from schools.queries.people import PersonLine, classes_to_teach, invitations_of, people_of, person_at
from schools.second_step import has_second_step
from schools.services.staff import (
    NotAllowedError,
    change_person,
    correct_name,
    remove_person,
    suspend_person,
    take_person_back,
    take_second_step_away,
)


@school_view(Permission.SEE_STAFF)
def people(request: SchoolRequest) -> HttpResponse:
    """Who works here; for who lets people in also who waits, who is suspended, and when each was last here."""
    access = request.access
    manages = access.may(Permission.MANAGE_PEOPLE)
    context = {
        "people": people_of(access, suspended=manages),
        "invitations": invitations_of(access, now=timezone.now()) if manages else [],
        "manages": manages,
        "grants_names": access.may(Permission.GRANT_NAMES),
        "sees_audit": access.may(Permission.SEE_AUDIT),
    }
    return TemplateResponse(request, "schools/people/people.html", context)


@school_view(Permission.MANAGE_PEOPLE, methods=("GET", "HEAD", "POST"))
def person(request: SchoolRequest, person_id: uuid.UUID) -> HttpResponse:
    """What one person may do here; by POST a change of it, or its end."""
    found = person_at(request.access, person_id)
    if found is None:
        raise Http404
    if request.method != "POST":
        return _page(request, found, _form(request, found))
    if not _is_theirs(request, found):
        raise PermissionDenied
    try:
        return _ACTS.get(request.POST.get("act", ""), _change)(request, found)
    except NotAllowedError as refused:
        messages.error(request, str(refused))
        return redirect("people", request.access.school.urn, request.access.academic_year)


def _is_theirs(request: SchoolRequest, found: PersonLine) -> bool:
    """Whether who asks may change this person at all; the service asks again."""
    return found.user != request.user and set(found.held) <= set(roles_given_by(request.access.roles))


def _form(request: SchoolRequest, found: PersonLine) -> AccessForm:
    access, classes = request.access, classes_to_teach(request.access)
    # The page's other forms send nothing of it.
    is_sent = request.method == "POST" and request.POST.get("act") != "name"
    return AccessForm(
        request.POST if is_sent else None,
        roles=roles_given_by(access.roles),
        classes=classes,
        year=access.academic_year.label,
        initial={
            "roles": [role.value for role in found.held],
            "classes": [key for key, group in classes.items() if group.name in found.classes],
            "subjects": list(found.subject_codes),
        },
    )


def _change(request: SchoolRequest, found: PersonLine) -> HttpResponse:
    form = _form(request, found)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    change_person(
        school=request.access.school,
        user=found.user,
        academic_year=request.access.academic_year,
        by=request.user,
        **form.cleaned_data,
    )
    return _done(request, "Saved.")


def _correct_name(request: SchoolRequest, found: PersonLine) -> HttpResponse:
    form = CorrectedNameForm(request.POST)
    if not form.is_valid():
        return _page(request, found, _form(request, found), name=form, status=422)
    correct_name(
        school=request.access.school, user=found.user, name=form.cleaned_data["name"], by=request.user
    )
    return _done(request, "Saved: the name is corrected.")


def _suspend(request: SchoolRequest, found: PersonLine) -> HttpResponse:
    suspend_person(school=request.access.school, user=found.user, by=request.user)
    return _done(request, "Suspended, and signed out everywhere.")


def _take_back(request: SchoolRequest, found: PersonLine) -> HttpResponse:
    take_person_back(school=request.access.school, user=found.user, by=request.user)
    return _done(request, "Taken back, with all that was theirs before.")


def _remove(request: SchoolRequest, found: PersonLine) -> HttpResponse:
    remove_person(school=request.access.school, user=found.user, by=request.user)
    return _done(request, "Removed, and signed out everywhere.")


def _take_second_step_away(request: SchoolRequest, found: PersonLine) -> HttpResponse:
    if take_second_step_away(school=request.access.school, user=found.user, by=request.user):
        return _done(request, "The second step is taken away, and they are signed out everywhere.")
    return _done(request, "There was no second step to take away.")


_ACTS = {
    "suspend": _suspend,
    "take_back": _take_back,
    "remove": _remove,
    "second_step": _take_second_step_away,
    "name": _correct_name,
}


def _done(request: SchoolRequest, said: str) -> HttpResponse:
    # Without the name: what is said after a redirect waits in a cookie.
    messages.success(request, said)
    return redirect("people", request.access.school.urn, request.access.academic_year)


def _page(
    request: SchoolRequest,
    found: PersonLine,
    form: AccessForm,
    *,
    name: CorrectedNameForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "person": found,
        "form": form,
        "name": name or CorrectedNameForm(initial={"name": found.name}),
        "is_self": found.user == request.user,
        "is_theirs": _is_theirs(request, found),
        "has_second_step": has_second_step(found.user),
    }
    return TemplateResponse(request, "schools/people/person.html", context, status=status)
