"""What has been given out of a school in figures."""

from __future__ import annotations

from collections.abc import Collection

from schools.calendar import TermName
from schools.models import PackRelease, School


def pack_releases(school: School, academic_year: int, terms: Collection[TermName]) -> list[PackRelease]:
    """What was given out of these terms, the latest first. Needs the school open."""
    of_terms = PackRelease.objects.in_school(school).filter(academic_year=academic_year, term__in=terms)
    return list(of_terms.order_by("-made_at", "-pk"))
