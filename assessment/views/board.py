"""What is missing of a term, for those who look after all classes; and how much a year asks of its teachers."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from assessment.engine.subjects import EYFS_AREAS, Subject
from assessment.forms.marksheets import MarksheetForm
from assessment.queries import board as boards
from assessment.queries.completion import AREAS, AREAS_CODE, empty_cells
from assessment.queries.school_subjects import subjects_in_sight, subjects_judged
from assessment.queries.subjects import framework_of
from assessment.queries.workload import school_workload
from schools.access import SchoolRequest, school_view
from schools.calendar import TermName
from schools.permissions import Permission
from schools.queries.classes import classes_for, teacher_names
from schools.queries.terms import reporting_term


def term_asked_for(request: SchoolRequest) -> TermName:
    """The one in the address, else the one that is reported on."""
    form = MarksheetForm(request.GET)
    form.is_valid()
    term: TermName | None = form.cleaned_data.get("term")
    return term or reporting_term(request.access, timezone.localdate())


def board_of(request: SchoolRequest) -> boards.Board:
    """The board of the term that the address asks for."""
    access, term = request.access, term_asked_for(request)
    index = reverse("marksheets", args=[access.school.urn, access.academic_year])
    address = request.build_absolute_uri(f"{index}?term={term.label.lower()}")
    return boards.board(access, term, today=timezone.localdate(), address=address)


@school_view(Permission.SEE_ALL_PUPILS)
def board(request: SchoolRequest) -> HttpResponse:
    """The board, the list by teacher, and the reminders."""
    found = board_of(request)
    context = {
        "board": found,
        "term": term_asked_for(request),
        "terms": [(each, each.label.lower()) for each in TermName],
        "subjects": subjects_in_sight(request.access.school, request.access.academic_year),
        "has_areas": any(each.areas for each in found.classes),
        "has_subjects": any(any(each.subjects) for each in found.classes),
    }
    return TemplateResponse(request, "assessment/board/board.html", context)


@school_view(Permission.SEE_ALL_PUPILS)
def empty_cells_of_class(request: SchoolRequest, class_id: uuid.UUID, sheet: str) -> HttpResponse:
    """A class's pupils with an empty cell in a subject, or in any of the areas, each with a link to the cell."""
    access, term = request.access, term_asked_for(request)
    class_group = get_object_or_404(classes_for(access), public_id=class_id)
    subjects = _judged_in(request, sheet)
    place = [access.school.urn, access.academic_year, class_id]
    asked = f"?term={term.label.lower()}"

    def cell(subject: Subject, pupil: uuid.UUID) -> str:
        return f"{reverse('class_marksheet', args=[*place, subject.code.lower()])}{asked}#p-{pupil}"

    pupils = [
        (each, [(subject, cell(subject, each.public_id)) for subject in each.subjects])
        for each in empty_cells(access, class_group, term, subjects)
    ]
    context = {
        "class_group": class_group,
        "name": AREAS if sheet == AREAS_CODE else subjects[0].name,
        "is_of_areas": sheet == AREAS_CODE,
        "sheet": sheet,
        "term": term,
        "terms": [(each, each.label.lower()) for each in TermName],
        "teachers": teacher_names(access).get(class_group.pk, ()),
        "pupils": pupils,
        "cells": sum(len(each.subjects) for each, _ in pupils),
    }
    return TemplateResponse(request, "assessment/board/empty_cells.html", context)


def _judged_in(request: SchoolRequest, sheet: str) -> tuple[Subject, ...]:
    if sheet == AREAS_CODE:
        return EYFS_AREAS[framework_of(request.access)]
    found = tuple(
        subject for subject in subjects_judged(request.access.school) if subject.code.lower() == sheet
    )
    if not found:
        raise Http404
    return found


@school_view(Permission.MANAGE_TERMS)
def workload(request: SchoolRequest) -> HttpResponse:
    """How many judgements the year asks for, by year group: as a page, or as the part of it that the page of terms shows."""
    is_part = request.htmx and not request.htmx.history_restore_request
    page = "assessment/board/_workload.html" if is_part else "assessment/board/workload.html"
    response = TemplateResponse(request, page, {"workload": school_workload(request.access)})
    patch_vary_headers(response, ["HX-Request"])
    return response
