from __future__ import annotations

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from schools.access import SchoolRequest, school_view
from schools.permissions import Permission
from schools.queries.classes import class_lines, pupils_without_class


@school_view(Permission.SEE_OWN_CLASSES)
def class_list(request: SchoolRequest) -> HttpResponse:
    today = timezone.localdate()
    context = {
        "classes": class_lines(request.access, today=today),
        "without_class": pupils_without_class(request.access, today=today),
    }
    return TemplateResponse(request, "schools/classes/class_list.html", context)
