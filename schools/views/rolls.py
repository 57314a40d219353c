from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from schools.access import SchoolRequest, school_view
from schools.forms.rolls import NameSearchForm, RollFilterForm
from schools.models import ClassGroup
from schools.permissions import Permission
from schools.queries.classes import classes_for, teacher_names
from schools.queries.rolls import roll as roll_for
from schools.queries.rolls import year_groups_for

# Filters stand in the address; a name to look for comes by POST, which changes nothing.
ROLL_METHODS = ("GET", "HEAD", "POST")


@school_view(Permission.SEE_OWN_CLASSES, methods=ROLL_METHODS)
def roll(request: SchoolRequest) -> HttpResponse:
    """Everybody this person may see, narrowed by the filters in the address and a name in the body."""
    return _roll(request, None)


@school_view(Permission.SEE_OWN_CLASSES, methods=ROLL_METHODS)
def class_roll(request: SchoolRequest, class_id: uuid.UUID) -> HttpResponse:
    return _roll(request, get_object_or_404(classes_for(request.access), public_id=class_id))


def _roll(request: SchoolRequest, class_group: ClassGroup | None) -> HttpResponse:
    access = request.access
    search = NameSearchForm(request.POST if request.method == "POST" else None)
    name = search.cleaned_data["name"] if search.is_bound and search.is_valid() else ""
    classes = None if class_group else list(classes_for(access).order_by("name", "pk"))
    filters = RollFilterForm(request.GET, year_groups=year_groups_for(access, class_group), classes=classes)
    page = request.GET.get("page", "")
    found = roll_for(
        access,
        filters.wanted(name=name),
        today=timezone.localdate(),
        of_class=class_group,
        page=int(page) if page.isdecimal() else 1,
    )
    context = {
        "heading": class_group.name if class_group else "Pupils",
        "class_group": class_group,
        "teachers": teacher_names(access).get(class_group.pk, ()) if class_group else (),
        "filters": filters,
        "search": search,
        "roll": found,
        "may_import": access.may(Permission.IMPORT_FILES) and class_group is None,
        "may_move": access.may(Permission.MOVE_PUPILS) and class_group is None,
        "may_transfer": access.may(Permission.SEE_ALL_PUPILS) and class_group is None,
        "may_correct": access.may(Permission.CORRECT_PUPILS) and class_group is None,
        "may_remove": access.may(Permission.REMOVE_PUPILS) and class_group is None,
    }
    is_part = request.htmx and not request.htmx.history_restore_request
    template = "schools/rolls/_roll_results.html" if is_part else "schools/rolls/roll.html"
    response = TemplateResponse(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response
