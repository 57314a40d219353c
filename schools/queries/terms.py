"""The three terms of a year: which of them is reported on, and whether each is open for entry."""

from __future__ import annotations

import datetime as dt

from schools.access import Access
from schools.calendar import TermName, default_term_dates
from schools.models import Term


def reporting_term(access: Access, today: dt.date) -> TermName:
    """The term of the year in view that today falls in, else the last that has begun: what a page opens on.

    By the school's own dates, and where it has none by the default ones. So Summer for a year that is over, and Autumn for
    one that has not begun.
    """
    dates = {term: starts_on for term, (starts_on, _) in default_term_dates(access.academic_year).items()}
    own = Term.objects.in_school(access.school).filter(academic_year=access.academic_year)
    dates |= {TermName(term): starts_on for term, starts_on in own.values_list("term", "starts_on")}
    return max((term for term, starts_on in dates.items() if starts_on <= today), default=TermName.AUTUMN)
