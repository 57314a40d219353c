"""What a partnership calls below, at and above: shown to its lead with where the words appear, and saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from schools.access import PartnershipRequest, partnership_act, partnership_view
from schools.bands import USUAL
from schools.forms.band_words import BandWordsForm
from schools.forms.previews import seal, was_shown
from schools.services.band_words import name_bands


@partnership_view
def words_for_bands(request: PartnershipRequest) -> HttpResponse:
    """What they are called; with other words in the address how these would look. Nothing is written."""
    return _page(request, request.GET or None)


@partnership_act
def save_words_for_bands(request: PartnershipRequest) -> HttpResponse:
    """Call them so, if these are the words that were shown, instead of those that were shown."""
    access = request.partnership_access
    if "shown" not in request.POST:
        raise BadRequest
    now = access.partnership.band_words
    form = BandWordsForm(request.POST, now=now)
    if not form.is_valid() or not was_shown(request.POST["shown"], (now, form.words)):
        return _page(request, request.POST, is_stale=form.is_valid())
    name_bands(partnership=access.partnership, words=form.words, by=access.user)
    messages.success(request, "Saved: pages and papers use these words from now on.")
    return redirect("words_for_bands", access.partnership.pk, access.academic_year)


def _page(
    request: PartnershipRequest, data: Mapping[str, Any] | None, *, is_stale: bool = False
) -> HttpResponse:
    now = request.partnership_access.partnership.band_words
    form = BandWordsForm(data, now=now)
    words = form.words if form.is_valid() else None
    context = {
        "form": form,
        "now": now,
        "usual": USUAL,
        "words": words,
        "seal": seal((now, words)),
        "is_stale": is_stale,
    }
    return TemplateResponse(
        request,
        "assessment/expectations/words.html",
        context,
        status=422 if is_stale or (form.is_bound and not words) else 200,
    )
