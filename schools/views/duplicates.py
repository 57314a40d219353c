from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from schools.access import SchoolRequest, school_view
from schools.audit import tell
from schools.forms.duplicates import ApartForm, MergeForm, TwoRecordsForm
from schools.forms.previews import seal, was_shown
from schools.models import Pupil
from schools.permissions import Permission
from schools.queries.characteristics import change_in_words
from schools.queries.duplicate_pairs import FIRST, SECOND, beside, merge_act
from schools.queries.duplicates import possible_duplicates, told_apart_between, why_alike
from schools.queries.merging import Choices, MergePlan, merge_plan
from schools.services.duplicates import look_again, tell_apart
from schools.services.merging import MergeRefusedError, merge, take_merge_back
from schools.services.taking_back import Taken
from schools.services.turns import take_turn_alone

Two = tuple[Pupil, Pupil]


@school_view(Permission.CORRECT_PUPILS, methods=("GET", "HEAD", "POST"))
def duplicates(request: SchoolRequest) -> HttpResponse:
    """Records that may be one child's; by POST two that somebody wants to compare."""
    access, found = request.access, possible_duplicates(request.access)
    form = TwoRecordsForm(request.POST if request.method == "POST" else None, records=found.everybody)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        return redirect(
            "duplicate_pair", access.school.urn, access.academic_year, given["one"], given["other"]
        )
    return TemplateResponse(
        request,
        "schools/duplicates/duplicates.html",
        {"found": found, "form": form},
        status=422 if form.is_bound else 200,
    )


@school_view(Permission.CORRECT_PUPILS, methods=("GET", "HEAD", "POST"))
def duplicate_pair(request: SchoolRequest, pupil_id: uuid.UUID, other_id: uuid.UUID) -> HttpResponse:
    """Two records beside each other: merged, told apart, or made two again, by POST."""
    if request.method == "POST":
        # What is worked out now is what is done.
        take_turn_alone(request.access.school)
    two = _two(request, pupil_id, other_id)
    tell(request, pupil=two[0].public_id, beside=two[1].public_id)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    merged = _merged(two)
    if merged is not None:
        return _take_back(request, *merged) if act == "take-back" else _merged_page(request, *merged)
    if act == "apart":
        return _apart(request, two)
    if act == "look-again":
        look_again(one=two[0], other=two[1], by=request.user)
        messages.success(request, "Nobody says any more that these are two children.")
        return _back(request, two)
    return _merging(request, two, act)


def _two(request: SchoolRequest, pupil_id: uuid.UUID, other_id: uuid.UUID) -> Two:
    """Both, the earlier record first. Of a record that is merged into a third there is no pair."""
    named = Pupil.objects.in_school(request.access.school).filter(
        public_id__in=(pupil_id, other_id), anonymised_at=None
    )
    found = list(named.select_related("school").order_by("pk"))
    if len(found) != 2 or any(each.merged_into_id not in {None, found[0].pk, found[1].pk} for each in found):
        raise Http404
    return found[0], found[1]


def _merged(two: Two) -> Two | None:
    """The record that went on, and the one that was merged into it."""
    one, other = two
    if other.merged_into_id == one.pk:
        return one, other
    return (other, one) if one.merged_into_id == other.pk else None


def _apart(request: SchoolRequest, two: Two) -> HttpResponse:
    form = ApartForm(request.POST)
    if not form.is_valid():
        return _page(request, two, apart=form, status=422)
    tell_apart(one=two[0], other=two[1], reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, "Saved: two children. Nobody is asked about them again.")
    return redirect("duplicates", request.access.school.urn, request.access.academic_year)


def _merging(request: SchoolRequest, two: Two, act: str) -> HttpResponse:
    plan = merge_plan(*two, Choices())
    if act not in {"show", "merge"} or told_apart_between(two[0].school, *two):
        return _page(request, two, plan)
    given = request.POST.copy()
    if act == "merge":
        # A difference that has come since was not asked about: it is shown, and nothing merged.
        for question in plan.questions:
            given.setdefault(question.key, str(question.chosen))
    form = MergeForm(given, plan=plan)
    if not form.is_valid():
        return _page(request, two, plan, form=form, status=422)
    plan = merge_plan(*two, form.choices)
    if act == "show":
        return _page(request, two, plan, form=form, is_asked=True)
    if not was_shown(request.POST.get("shown"), plan.shown):
        return _page(request, two, plan, form=form, is_asked=True, is_stale=True, status=422)
    try:
        merge(plan=plan, reason=form.cleaned_data["reason"], by=request.user)
    except MergeRefusedError as refused:
        return _page(request, two, plan, form=form, refusal=str(refused), status=422)
    messages.success(request, "The two records are one now.")
    return _back(request, two)


def _page(
    request: SchoolRequest,
    two: Two,
    plan: MergePlan | None = None,
    *,
    form: MergeForm | None = None,
    apart: ApartForm | None = None,
    is_asked: bool = False,
    is_stale: bool = False,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    plan = plan or merge_plan(*two, Choices())
    school = request.access.school
    context: dict[str, Any] = {
        "two": two,
        "names": (FIRST, SECOND),
        "why": why_alike(school, *two),
        "told_apart": told_apart_between(school, *two),
        "lines": beside(plan),
        "plan": plan,
        "form": form or MergeForm(plan=plan),
        "apart": apart or ApartForm(),
        "is_asked": is_asked,
        "is_stale": is_stale,
        "refusal": refusal,
        "kept_name": (FIRST, SECOND)[plan.keep],
        "changes": [change_in_words(each) for each in plan.values],
        "shown": seal(plan.shown) if is_asked else "",
    }
    return TemplateResponse(request, "schools/duplicates/pair.html", context, status=status)


def _merged_page(request: SchoolRequest, kept: Pupil, merged: Pupil, *, status: int = 200) -> HttpResponse:
    context = {"kept": kept, "merged": merged, "act": merge_act(kept, merged)}
    return TemplateResponse(request, "schools/duplicates/merged.html", context, status=status)


def _take_back(request: SchoolRequest, kept: Pupil, merged: Pupil) -> HttpResponse:
    act = merge_act(kept, merged)
    if act is None:
        raise Http404
    if not isinstance(take_merge_back(change=act.change, by=request.user), Taken):
        messages.error(request, "Nothing was taken back. What stands in the way is said below.")
        return _merged_page(request, kept, merged, status=422)
    messages.success(request, "Taken back. They are two records again, as they were before.")
    return _back(request, (kept, merged))


def _back(request: SchoolRequest, two: Two) -> HttpResponse:
    access = request.access
    one, other = sorted(two, key=lambda each: each.pk)
    return redirect("duplicate_pair", access.school.urn, access.academic_year, one.public_id, other.public_id)
