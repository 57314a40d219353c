"""Judgements to keep, one by one."""

from __future__ import annotations

from django.http import Http404, HttpResponse

from assessment.engine.subjects import Kind
from reports.documents.judgements import judgements_table
from reports.queries.judgements import long_rows
from reports.views.answers import table_file
from schools.access import SchoolRequest, school_view
from schools.permissions import Permission
from schools.queries.rolls import pupils_for

_KINDS = {"": None, "subjects": Kind.SUBJECT, "areas": Kind.EYFS_AREA}
_TITLES = {"": "Judgements", "subjects": "Judgements in subjects", "areas": "Judgements in early years areas"}


@school_view(Permission.SEE_OWN_CLASSES)
def judgements_file(request: SchoolRequest, file_format: str) -> HttpResponse:
    """Those of the year in view, of the pupils this person sees by name; with `?only=areas` or `?only=subjects` of these alone."""
    access, only = request.access, request.GET.get("only", "")
    if only not in _KINDS:
        raise Http404
    rows = long_rows(
        access.school, academic_year=access.academic_year, kind=_KINDS[only], of=pupils_for(access)
    )
    return table_file(
        request, judgements_table(rows, f"{_TITLES[only]} {access.academic_year.label}"), file_format
    )
