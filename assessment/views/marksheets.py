from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from assessment.engine.subjects import judged_in
from assessment.forms.marksheets import MarksheetForm
from assessment.queries.completion import completion
from assessment.queries.school_subjects import subjects_in_sight
from assessment.queries.subjects import framework_of
from assessment.queries.templates import by_purpose, offered, offered_favourites
from assessment.queries.workload import own_workload
from schools.access import Access, SchoolRequest, school_view
from schools.calendar import TermName, YearGroup
from schools.permissions import Permission
from schools.queries.groups import group_lines
from schools.queries.rolls import year_groups_for
from schools.queries.terms import reporting_term


@school_view(Permission.SEE_OWN_CLASSES)
def marksheets(request: SchoolRequest) -> HttpResponse:
    """Which sheets there are, and how much of each is entered."""
    today = timezone.localdate()
    form = MarksheetForm(request.GET)
    form.is_valid()
    term = form.cleaned_data.get("term") or reporting_term(request.access, today)
    classes = completion(request.access, term, today=today)
    framework = framework_of(request.access)
    in_sight = subjects_in_sight(request.access.school, request.access.academic_year)
    templates = offered(request.access, framework)
    at_hand = [each for each in templates if each.is_favourite or not each.template.purpose]
    context = {
        "classes": classes,
        "subjects": in_sight,
        "has_areas": any(each.areas for each in classes),
        "has_subjects": any(any(each.subjects) for each in classes),
        "term": term,
        "terms": [(each, each.label.lower()) for each in TermName],
        "workload": own_workload(request.access),
        "sees_board": request.access.may(Permission.SEE_ALL_PUPILS),
        "offered": at_hand,
        "shipped": by_purpose([each for each in templates if each not in at_hand]),
        "may_lay_out": request.access.may(Permission.LAY_OUT_MARKSHEETS),
        "groups": group_lines(request.access),
        "year_groups": [
            (each, in_sight if each >= YearGroup.Y1 else judged_in(each, framework))
            for each in year_groups_for(request.access)
        ],
    }
    return TemplateResponse(request, "assessment/marksheets/marksheets.html", context)


def favourites(access: Access, **_: Any) -> tuple[str, dict[str, Any]] | None:
    """For a school's first page: the marksheets that this person keeps at hand; nothing for whoever keeps none."""
    if not access.may(Permission.SEE_OWN_CLASSES):
        return None
    kept = offered_favourites(access, framework_of(access))
    return ("assessment/marksheets/_favourites.html", {"offered": kept}) if kept else None
