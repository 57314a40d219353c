"""The review list: pupils to consider by the signs of the SEND Code of Practice, and what is decided about each."""

from __future__ import annotations

import uuid
from itertools import groupby
from operator import itemgetter
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from assessment.engine.subjects import SUBJECTS
from assessment.forms.progress_signs import DecisionForm, ReviewListForm
from assessment.queries.progress_signs import Part, decisions_about, review_list, signs_of_pupil
from assessment.services.progress_signs import decide
from schools.access import SchoolRequest, school_view
from schools.calendar import YearGroup
from schools.permissions import Permission
from schools.queries.rolls import pupils_for

# Pupils on a page.
PAGE_LENGTH = 50


def _filters(request: SchoolRequest) -> ReviewListForm:
    return ReviewListForm(request.GET.dict(), access=request.access, today=timezone.localdate())


@school_view(Permission.REVIEW_SIGNS)
def review(request: SchoolRequest) -> HttpResponse:
    """Who shows signs this term: those with two or more who are not on the SEN register first."""
    filters = _filters(request)
    found = review_list(
        request.access,
        filters.term_wanted,
        year_group=filters.year_group_wanted,
        subject=filters.subject_wanted,
    )
    page = Paginator(found.lines, PAGE_LENGTH).get_page(request.GET.get("page"))
    here = filters.chosen() | ({"page": str(page.number)} if page.number > 1 else {})
    last = filters.chosen() | {"page": str(found.place_of(Part.NOT_ENOUGH) // PAGE_LENGTH + 1)}
    context = {
        "filters": filters,
        "found": found,
        "page": page,
        "parts": [
            (part, len(found.parts[part]), [pupil for _, pupil in lines])
            for part, lines in groupby(page, key=itemgetter(0))
        ],
        "query": urlencode(filters.chosen()),
        "here": urlencode(here),
        "not_enough": f"?{urlencode(last)}#{Part.NOT_ENOUGH.key}",
    }
    is_part = request.htmx and not request.htmx.history_restore_request
    name = "_review_list" if is_part else "review_list"
    response = TemplateResponse(request, f"assessment/progress_signs/{name}.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@school_view(Permission.REVIEW_SIGNS, methods=("GET", "HEAD", "POST"))
def sign_decision(request: SchoolRequest, pupil_id: uuid.UUID, subject: str) -> HttpResponse:
    """One pupil in one subject: the signs with their numbers, what was decided before, and the form that decides."""
    access, filters = request.access, _filters(request)
    pupil_year = get_object_or_404(
        pupils_for(access).select_related("pupil", "school"), pupil__public_id=pupil_id
    )
    of = next((each for each in SUBJECTS if each.code == subject), None)
    if of is None:
        raise Http404
    term = filters.term_wanted
    seen = signs_of_pupil(access, term, pupil_id, YearGroup(pupil_year.year_group), of)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    there = reverse("review_list", args=[access.school.urn, access.academic_year])
    page = {"page": request.GET["page"]} if request.GET.get("page", "").isdecimal() else {}
    # The form posts to these: what is decided is about the term that was seen.
    asked = urlencode(filters.chosen() | page)
    back = f"{there}?{asked}#p-{pupil_id}"
    if request.method == "POST" and not filters.says_when:
        form.add_error(
            None, f"It was not said for which term. Below is {term.label}; nothing has been kept yet."
        )
    elif request.method == "POST" and form.is_valid():
        signs = seen[1].shown if seen else ()
        decide(pupil_year=pupil_year, term=term, subject=of, signs=signs, by=access.user, **form.cleaned_data)
        messages.success(request, f"Kept: {pupil_year.pupil.name}, {of.name}.")
        return redirect(back)
    context = {
        "pupil_year": pupil_year,
        "pupil": seen[0] if seen else None,
        "of": seen[1] if seen else None,
        "subject": of,
        "term": term,
        "decisions": decisions_about(access, pupil_id, of),
        "form": form,
        "asked": asked,
        "back": back,
    }
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "assessment/progress_signs/decision.html", context, status=status)
