from __future__ import annotations

from typing import cast

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from reports.documents.dashboard import term_title
from reports.documents.figure_pupils import figure_pupils
from reports.documents.tiles import subject_name
from reports.forms.granted_pupils import GrantedPupilsForm
from schools.access import GrantedAccess, SchoolRequest, names_by_grant_view
from schools.services.names_grants import record_reading


@names_by_grant_view
def granted_pupils(request: SchoolRequest) -> HttpResponse:
    """The pupils behind one figure of a school that has granted names: to read; each reading is recorded."""
    access = cast("GrantedAccess", request.access)
    filters = GrantedPupilsForm(request.GET.dict(), access=access, today=timezone.localdate())
    if not filters.is_answerable:
        raise Http404
    scope = filters.scope()
    found = figure_pupils(access, scope, subject=filters.subject_wanted, part=filters.part_wanted)
    year_group = filters.year_group_wanted
    whose = year_group.label if year_group is not None else "All year groups"
    figure = (
        f"{whose} {subject_name(filters.subject_wanted)}, {term_title(scope)}: {found.part.label.lower()}"
    )
    record_reading(grant=access.grant, figure=figure, by=request.user)
    context = {
        "found": found,
        "figure": figure,
        "filters": filters,
        "grant": access.grant,
        "school": access.school,
        "year": access.academic_year,
    }
    return TemplateResponse(request, "reports/partnership/granted_pupils.html", context)
