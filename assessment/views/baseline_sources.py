"""From which areas the schools of a partnership offer Baselines: shown to its lead with what another choice would do, and changed."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from assessment.engine.subjects import BY_NUMBER, Subject
from assessment.forms.baseline_sources import SourcesForm, key_of
from assessment.queries.baseline_effect import Effect, effects
from assessment.queries.baseline_sources import From, by_subject, sources_of
from assessment.services.baseline_sources import choose_sources
from schools.access import PartnershipRequest, partnership_act, partnership_view


@dataclass(frozen=True)
class Change:
    """One choice that would be another, and what that would do, in words."""

    of: From
    before: Subject | None
    after: Subject | None
    effect: Effect

    @property
    def key(self) -> str:
        return key_of(self.of)

    @property
    def subject(self) -> Subject:
        return BY_NUMBER[self.of.subject]

    @property
    def told(self) -> str:
        """No exact number: from two choices beside each other nobody is to be worked out."""
        effect = self.effect
        return (
            f"Of {about(effect.pupils)} Year 1 pupils without a Baseline in {self.subject.name}: something is offered to "
            f"{about(effect.offered)} now, to {about(effect.then)} then; other points to {about(effect.other_points)}."
        )


def about(count: int) -> str:
    """`none`, `fewer than 10`, `about 120`."""
    if not count:
        return "none"
    return "fewer than 10" if count < 10 else f"about {(count + 5) // 10 * 10}"


@partnership_view
def baseline_sources(request: PartnershipRequest) -> HttpResponse:
    """What is offered from where; with other choices in the address what they would change. Nothing is written."""
    access = request.partnership_access
    now = sources_of(access.partnership.pk)
    form = SourcesForm(request.GET or None, now=now)
    changes = []
    if form.is_bound and form.is_valid() and form.changed:
        found = effects(
            access.schools,
            access.academic_year,
            by_subject(now),
            by_subject(form.chosen),
            today=timezone.localdate(),
        )
        changes = [Change(of, now[of], area, found[of.subject]) for of, area in form.changed.items()]
    context = {"form": form, "changes": changes, "is_asked": form.is_bound and form.is_valid()}
    return TemplateResponse(request, "assessment/baselines/sources.html", context)


@partnership_act
def choose_baseline_sources(request: PartnershipRequest) -> HttpResponse:
    """Offer from these areas from now on."""
    access = request.partnership_access
    form = SourcesForm(request.POST, now=sources_of(access.partnership.pk))
    if not form.is_valid() or not any(name in request.POST for name in form.fields):
        raise BadRequest
    changed = choose_sources(partnership=access.partnership, choices=form.changed, by=access.user)
    (messages.success if changed else messages.info)(
        request, "Saved: it concerns what is offered from now on." if changed else "Nothing was changed."
    )
    return redirect("baseline_sources", access.partnership.pk, access.academic_year)
