"""Where a figure leads in the pages of `assessment`: to the cell of a marksheet, and to why a colour is what it is."""

from __future__ import annotations

import uuid

from django.urls import NoReverseMatch, reverse

from schools.access import Access
from schools.calendar import TermName
from schools.models import PupilYear
from schools.permissions import Permission


def why_address(access: Access, pupil_id: uuid.UUID, subject: str, term: TermName) -> str:
    """Why the pupil's judgement in the subject (by its code in addresses) has its colour; empty where there is no such page."""
    return _address("why_colour", [access.school.urn, access.academic_year, pupil_id, subject], term)


def cell_address(
    access: Access, row: PupilYear, class_id: uuid.UUID | None, subject: str, term: TermName
) -> str:
    """The pupil's cell in the marksheet of the class, else of the year group; empty for those who enter nothing."""
    if not access.may(Permission.RECORD_JUDGEMENTS):
        return ""
    whose: tuple[str, object] = ("class_marksheet", class_id)
    if class_id is None:
        whose = ("year_group_marksheet", row.year_group)
    name, of = whose
    address = _address(name, [access.school.urn, access.academic_year, of, subject], term)
    return address and f"{address}#p-{row.pupil.public_id}"


def history_address(access: Access, pupil_id: uuid.UUID, subject: str, term: TermName) -> str:
    """What the pupil's judgement in the subject was before, and who changed it."""
    at = [access.school.urn, access.academic_year, pupil_id, subject, term.label.lower()]
    return reverse("cell_history", args=at)


def _address(name: str, arguments: list[object], term: TermName) -> str:
    try:
        return f"{reverse(name, args=arguments)}?term={term.label.lower()}"
    except NoReverseMatch:
        return ""
