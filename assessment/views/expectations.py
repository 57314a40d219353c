"""What a partnership expects: shown to its lead with what another version would do, and added."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from assessment.forms.expectations import SHOWN_FOR, ExpectationsForm, VersionNameForm
from assessment.models import ExpectationVersion
from assessment.queries.expectations import (
    Moves,
    RangeLine,
    expectations_effect,
    holding_on,
    range_lines,
    versions_of,
)
from assessment.queries.own_expectations import pupils_with_own_steps
from assessment.services.expectations import add_version
from assessment.services.own_expectations import allow_own_steps as allow
from assessment.views.baseline_sources import about
from schools.access import PartnershipRequest, partnership_act, partnership_view
from schools.calendar import YearGroup
from schools.forms.previews import seal, was_shown
from schools.models import School
from schools.row_security import counting_only


@dataclass(frozen=True)
class MoveLine:
    """A school's year group in words, and no exact number: from two choices beside each other nobody is to be worked out."""

    school: str
    year_group: YearGroup
    judgements: str
    other_colours: str


@dataclass(frozen=True)
class Preview:
    """What would change, as it is told."""

    holds_from: dt.date
    lines: tuple[MoveLine, ...]
    judgements: str
    other_colours: str
    ranges: tuple[RangeLine, ...]
    steps: tuple[int, int, int]


def _few(count: int) -> str:
    """None is not told apart from a few: where the two can be, each point of the scale could be tried."""
    return "fewer than 10" if count < 10 else about(count)


def _preview(
    schools: Sequence[School], versions: Sequence[ExpectationVersion], form: ExpectationsForm
) -> Preview:
    then = form.expectations
    moves = expectations_effect(schools, versions, form.holds, then)
    return Preview(
        form.holds,
        tuple(map(_line, moves)),
        _few(sum(each.judgements for each in moves)),
        _few(sum(each.other_colours for each in moves)),
        tuple(range_lines(then)),
        then.steps,
    )


def _line(moves: Moves) -> MoveLine:
    return MoveLine(moves.school, moves.year_group, _few(moves.judgements), _few(moves.other_colours))


def _form(
    request: PartnershipRequest, versions: Sequence[ExpectationVersion]
) -> tuple[ExpectationsForm, ExpectationVersion]:
    now = holding_on(versions, timezone.localdate())
    data = request.POST if request.method == "POST" else request.GET
    return ExpectationsForm(data or None, now=now.expectations, versions=versions), now


@partnership_view
def expectations(request: PartnershipRequest) -> HttpResponse:
    """What is expected, since when; with other ranges in the address what they would change. Nothing is written."""
    access = request.partnership_access
    versions = versions_of(access.partnership)
    form, now = _form(request, versions)
    preview = _preview(access.schools, versions, form) if form.is_asked else None
    return _page(request, form, now, versions, preview)


@partnership_act
def save_expectations(request: PartnershipRequest) -> HttpResponse:
    """Expect so from that day on, if it changes what was shown; each school's judgements are measured again in the same act."""
    access = request.partnership_access
    versions = versions_of(access.partnership)
    form, now = _form(request, versions)
    name = VersionNameForm(request.POST)
    if not form.is_bound:
        raise BadRequest
    if not form.is_valid():
        return _page(request, form, now, versions, None, status=422)
    with counting_only():
        schools = tuple(access.partnership.schools.order_by("name", "pk"))
        preview = _preview(schools, versions, form)
    if not was_shown(request.POST.get("shown"), preview):
        return _page(request, form, now, versions, preview, status=422, is_stale=True)
    if not name.is_valid():
        return _page(request, form, now, versions, preview, status=422, name=name)
    version = add_version(
        partnership=access.partnership,
        name=name.cleaned_data["name"],
        holds_from=form.holds,
        expectations=form.expectations,
        by=access.user,
    )
    messages.success(request, f"Saved: {version}.")
    return redirect("expectations", access.partnership.pk, access.academic_year)


@dataclass(frozen=True)
class OwnSteps:
    """Whether pupils with SEN may have steps of their own now, and how many of the year have some, told roughly."""

    allows: bool
    pupils: str


def _own_steps(request: PartnershipRequest) -> OwnSteps:
    access = request.partnership_access
    if access.schools:
        pupils = pupils_with_own_steps(access.schools, access.academic_year)
    else:
        # As something is changed no school is open.
        with counting_only():
            pupils = pupils_with_own_steps(
                access.partnership.schools.order_by("name", "pk"), access.academic_year
            )
    return OwnSteps(access.partnership.allows_own_steps, _few(pupils))


@partnership_act
def allow_own_steps(request: PartnershipRequest) -> HttpResponse:
    """Let pupils with SEN have steps of their own, or no longer, if what was shown still holds."""
    access = request.partnership_access
    if "shown" not in request.POST:
        raise BadRequest
    shown = _own_steps(request)
    if was_shown(request.POST.get("shown"), shown):
        allow(partnership=access.partnership, allows=not shown.allows, by=access.user)
        told = "no longer count" if shown.allows else "count"
        messages.success(request, f"Saved: steps of a pupil’s own {told}.")
    else:
        messages.error(
            request, "Nothing was saved: something has changed since you were shown this. Look again."
        )
    return redirect("expectations", access.partnership.pk, access.academic_year)


def _page(
    request: PartnershipRequest,
    form: ExpectationsForm,
    now: ExpectationVersion,
    versions: Sequence[ExpectationVersion],
    preview: Preview | None,
    *,
    name: VersionNameForm | None = None,
    status: int = 200,
    is_stale: bool = False,
) -> HttpResponse:
    own = _own_steps(request)
    context = {
        "own": own,
        "own_seal": seal(own),
        "form": form,
        "now": now,
        "lines": range_lines(now.expectations),
        "versions": versions,
        "shown_for": SHOWN_FOR,
        "preview": preview,
        "seal": seal(preview),
        "name": name or VersionNameForm(),
        "is_stale": is_stale,
    }
    if form.is_bound and not form.is_valid():
        status = 422
    return TemplateResponse(request, "assessment/expectations/expectations.html", context, status=status)
