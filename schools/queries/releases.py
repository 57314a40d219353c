"""What has been given out of a school in figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from schools.access import Access
from schools.calendar import TermName
from schools.models import PackRelease, School
from schools.queries.terms import last_days, reporting_term


def pack_releases(school: School, academic_year: int, terms: Collection[TermName]) -> list[PackRelease]:
    """What was given out of these terms, the latest first. Needs the school open."""
    of_terms = PackRelease.objects.in_school(school).filter(academic_year=academic_year, term__in=terms)
    return list(of_terms.order_by("-made_at", "-pk"))


def term_to_be_shown(access: Access, today: dt.date) -> TermName:
    """The latest term of the year in view whose figures whoever sees no names may see: it is over, or a leader has given it out. Else the running one, of
    which the page says when it will be shown.
    """
    school, year = access.school, access.academic_year
    over = {term for term, ends_on in last_days(school, year).items() if ends_on < today}
    given = PackRelease.objects.in_school(school).filter(academic_year=year).values_list("term", flat=True)
    return max(over | {TermName(term) for term in given}, default=reporting_term(access, today))
