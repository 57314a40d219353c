from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from assessment.queries.september import without_start
from schools.access import SchoolRequest, school_view
from schools.models import ClassGroup
from schools.permissions import Permission
from schools.queries.classes import classes_for
from schools.queries.september import CheckLine, check_lines, lists_of
from schools.services.september import Checked, tick


@dataclass(frozen=True)
class ClassChecks:
    """A class, and how many of its checks are to be made and are ticked."""

    name: str
    public_id: uuid.UUID | None
    open: int
    ticked: int


@school_view(Permission.SEE_OWN_CLASSES)
def september(request: SchoolRequest) -> HttpResponse:
    """The classes whose pupils one sees, with what is left to check in each."""
    lines = _lines(request)
    groups: list[ClassGroup | None] = list(classes_for(request.access).order_by("name"))
    if request.access.may(Permission.SEE_ALL_PUPILS):
        groups.append(None)
    classes = [_counted(group, lines) for group in groups]
    return TemplateResponse(request, "assessment/september/september.html", {"classes": classes})


def _counted(group: ClassGroup | None, lines: list[CheckLine]) -> ClassChecks:
    of_class = [line for line in lines if line.class_id == (group.pk if group else None)]
    still_open = sum(line.ticked_at is None for line in of_class)
    return ClassChecks(
        group.name if group else "In no class",
        group.public_id if group else None,
        still_open,
        len(of_class) - still_open,
    )


def _lines(request: SchoolRequest) -> list[CheckLine]:
    return check_lines(request.access, timezone.localdate(), without_start(request.access))


@school_view(Permission.SEE_OWN_CLASSES, methods=("GET", "HEAD", "POST"))
def september_class(request: SchoolRequest, class_id: uuid.UUID) -> HttpResponse:
    """The checks of one class; by POST what is ticked."""
    return _checks(request, get_object_or_404(classes_for(request.access), public_id=class_id))


@school_view(Permission.SEE_ALL_PUPILS, methods=("GET", "HEAD", "POST"))
def september_without_class(request: SchoolRequest) -> HttpResponse:
    """Those of pupils who belong to no class yet."""
    return _checks(request, None)


def _checks(request: SchoolRequest, group: ClassGroup | None) -> HttpResponse:
    access = request.access
    lines = [line for line in _lines(request) if line.class_id == (group.pk if group else None)]
    if request.method == "POST":
        offered: dict[str, Checked] = {line.key: (line.pupil_id, line.what) for line in lines}
        ticked, saw = (
            [offered[key] for key in request.POST.getlist(name) if key in offered]
            for name in ("ticked", "saw")
        )
        tick(
            school=access.school,
            academic_year=access.academic_year,
            ticked=ticked,
            saw=saw,
            by=request.user,
        )
        messages.success(request, "Saved, with your name and the time.")
        return redirect(request.path)
    context = {
        "group": group,
        "lists": lists_of(lines),
        "open": sum(line.ticked_at is None for line in lines),
        "count": len(lines),
    }
    return TemplateResponse(request, "assessment/september/class.html", context)
