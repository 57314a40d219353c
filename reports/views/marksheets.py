from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from assessment.forms.marksheets import MarksheetForm
from assessment.queries.completion import completion
from assessment.queries.marksheets import marksheet
from assessment.queries.subjects import subject_in_address
from reports.documents.marksheets import completion_table, marksheet_table
from reports.views.answers import table_file
from schools.access import SchoolRequest, school_view
from schools.calendar import YearGroup
from schools.models import PupilYear
from schools.permissions import Permission
from schools.queries.classes import classes_for
from schools.queries.rolls import pupils_for
from schools.queries.terms import reporting_term


@school_view(Permission.SEE_OWN_CLASSES)
def class_marksheet_file(
    request: SchoolRequest, class_id: uuid.UUID, subject: str, file_format: str
) -> HttpResponse:
    """A class's marksheet as it is shown."""
    class_group = get_object_or_404(classes_for(request.access), public_id=class_id)
    pupils = pupils_for(request.access).filter(class_group=class_group)
    return _file(request, pupils, class_group.name, subject, file_format)


@school_view(Permission.SEE_OWN_CLASSES)
def year_group_marksheet_file(
    request: SchoolRequest, year_group: YearGroup, subject: str, file_format: str
) -> HttpResponse:
    """The same of a year group."""
    pupils = pupils_for(request.access).filter(year_group=year_group)
    return _file(request, pupils, year_group.label, subject, file_format)


@school_view(Permission.SEE_OWN_CLASSES)
def completion_file(request: SchoolRequest, file_format: str) -> HttpResponse:
    """How much is entered, as the list of marksheets shows it."""
    today = timezone.localdate()
    form = MarksheetForm(request.GET)
    form.is_valid()
    term = form.cleaned_data.get("term") or reporting_term(request.access, today)
    classes = completion(request.access, term, today=today)
    return table_file(request, completion_table(classes, term, request.access.academic_year), file_format)


def _file(
    request: SchoolRequest, pupils: QuerySet[PupilYear], title: str, code: str, file_format: str
) -> HttpResponse:
    subject = subject_in_address(request.access, code)
    if subject is None:
        raise Http404
    form = MarksheetForm(request.GET)
    form.is_valid()
    today = timezone.localdate()
    sheet = marksheet(
        request.access,
        pupils,
        subject,
        form.cleaned_data.get("term") or reporting_term(request.access, today),
        today=today,
        may_enter=False,
        earlier_years=int(form.cleaned_data.get("earlier") or 0),
    )
    return table_file(request, marksheet_table(sheet, title), file_format)
