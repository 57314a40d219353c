from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone

from assessment.engine.expectations import LAST_YEAR_GROUP
from assessment.engine.subjects import SUBJECTS
from assessment.queries.school_subjects import subjects_in_sight
from reports.documents.conversations import conversation_counts
from reports.documents.dashboard import term_title
from reports.documents.figure_pupils_table import figure_pupils_table
from reports.documents.progress_pictures import (
    ProgressPictures,
    grid_table,
    matrix_table,
    selected_pupils,
    steps_table,
)
from reports.documents.progress_pictures import progress_pictures as pictures_of
from reports.documents.tables import Table
from reports.documents.tiles import subject_name
from reports.forms.progress_pictures import PictureForm, SelectionForm
from reports.queries.scope import Measure
from reports.views.answers import figures_file, page_or_part
from schools.access import SchoolRequest, school_view
from schools.calendar import YearGroup
from schools.permissions import Permission

TABLES: dict[str, Callable[[ProgressPictures], Table]] = {
    "grid": grid_table,
    "matrix": matrix_table,
    "steps": steps_table,
}
_NUMBERS = {subject.code.lower(): subject.number for subject in SUBJECTS}


def _subject(year_group: YearGroup, subject: str) -> int:
    """The subject's number; 404 for what is no subject, and for year groups whose progress has no colour."""
    if subject not in _NUMBERS or not YearGroup.Y1 <= year_group <= LAST_YEAR_GROUP:
        raise Http404
    return _NUMBERS[subject]


def _pictures(
    request: SchoolRequest, year_group: YearGroup, subject: str
) -> tuple[PictureForm, ProgressPictures]:
    number = _subject(year_group, subject)
    filters = PictureForm(request.GET.dict(), access=request.access, today=timezone.localdate())
    scope = filters.scope_of(year_group)
    shown = pictures_of(request.access, scope, year_group, number, filters.axis, filters.chosen())
    school = request.access.school
    if not shown.on_roll.count and not school.lowest_year_group <= year_group <= school.highest_year_group:
        raise Http404
    return filters, shown


@school_view(Permission.SEE_OWN_CLASSES)
def progress_pictures(request: SchoolRequest, year_group: YearGroup, subject: str) -> HttpResponse:
    """Attainment by progress, from start to now, and the steps made, of a year group in a subject."""
    filters, shown = _pictures(request, year_group, subject)
    chosen = {name: said for name, said in filters.chosen().items() if name not in {"by", "measure", "since"}}
    access = request.access
    in_sight = subjects_in_sight(access.school, access.academic_year)
    context = {
        "filters": filters,
        "shown": shown,
        "pupils_url": reverse(
            "progress_picture_pupils", args=[access.school.urn, access.academic_year, year_group, subject]
        ),
        "subject_code": subject,
        "subjects": [(each.code.lower(), each.name) for each in in_sight],
        "year_group_query": urlencode(filters.chosen_of_year_group()),
        "counts": conversation_counts(
            access,
            replace(filters.scope_of(year_group), measure=Measure.YEAR, since=None),
            [shown.subject],
            {**chosen, "year_group": year_group.code, "subject": subject},
        ),
    }
    return page_or_part(
        request,
        "reports/progress_pictures/progress_pictures.html",
        "reports/progress_pictures/_progress_pictures.html",
        context,
    )


@school_view(Permission.SEE_OWN_CLASSES)
def progress_pictures_file(
    request: SchoolRequest, year_group: YearGroup, subject: str, table: str, file_format: str
) -> HttpResponse:
    """One of the pictures as a table."""
    filters, shown = _pictures(request, year_group, subject)
    return figures_file(request, filters, TABLES[table](shown), file_format)


@school_view(Permission.SEE_OWN_CLASSES)
def progress_picture_pupils(request: SchoolRequest, year_group: YearGroup, subject: str) -> HttpResponse:
    """The pupils of one cell, by name."""
    number = _subject(year_group, subject)
    filters = SelectionForm(request.GET.dict(), access=request.access, today=timezone.localdate())
    scope, selection = filters.scope_of(year_group), filters.selection()
    context = {
        "filters": filters,
        "found": selected_pupils(request.access, scope, number, selection),
        "what": selection.words(year_group, scope.since),
        "subject": subject_name(number),
        "subject_code": subject,
        "year_group": year_group,
        "when": term_title(scope),
        "back_query": urlencode(filters.chosen()),
        "query": urlencode({**filters.chosen(), **selection.address()}),
    }
    return page_or_part(
        request,
        "reports/progress_pictures/pupils.html",
        "reports/progress_pictures/_pupils.html",
        context,
    )


@school_view(Permission.SEE_OWN_CLASSES)
def progress_picture_pupils_file(
    request: SchoolRequest, year_group: YearGroup, subject: str, file_format: str
) -> HttpResponse:
    """The same list as a table."""
    number = _subject(year_group, subject)
    filters = SelectionForm(request.GET.dict(), access=request.access, today=timezone.localdate())
    scope, selection = filters.scope_of(year_group), filters.selection()
    found = selected_pupils(request.access, scope, number, selection)
    whose = f"{year_group.label} {subject_name(number)}"
    what = selection.words(year_group, scope.since)
    table = figure_pupils_table(found, f"{whose} pupils, {what[:1].lower()}{what[1:]}, {term_title(scope)}")
    return figures_file(request, filters, table, file_format)
