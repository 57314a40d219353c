from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from reports.documents.rolls import roll_table
from reports.views.answers import table_file
from schools.access import SchoolRequest, school_view
from schools.forms.rolls import RollFilterForm
from schools.models import ClassGroup
from schools.permissions import Permission
from schools.queries.classes import classes_for
from schools.queries.rolls import roll, year_groups_for

# A file has the whole roll on its one page.
_EVERYBODY = 100_000


@school_view(Permission.SEE_OWN_CLASSES)
def roll_file(request: SchoolRequest, file_format: str) -> HttpResponse:
    """Everybody this person may see, narrowed as the address says."""
    return _file(request, None, file_format)


@school_view(Permission.SEE_OWN_CLASSES)
def class_roll_file(request: SchoolRequest, class_id: uuid.UUID, file_format: str) -> HttpResponse:
    """The same of a class."""
    class_group = get_object_or_404(classes_for(request.access), public_id=class_id)
    return _file(request, class_group, file_format)


def _file(request: SchoolRequest, class_group: ClassGroup | None, file_format: str) -> HttpResponse:
    access = request.access
    classes = None if class_group else list(classes_for(access).order_by("name", "pk"))
    filters = RollFilterForm(request.GET, year_groups=year_groups_for(access, class_group), classes=classes)
    found = roll(
        access,
        filters.wanted(),
        today=timezone.localdate(),
        of_class=class_group,
        page_length=_EVERYBODY,
    )
    of_whom = class_group.name if class_group else "Pupils"
    return table_file(request, roll_table(found, of_whom, filters.chosen_names()), file_format)
