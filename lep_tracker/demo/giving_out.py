"""What the demo's heads have given out: the governors' packs of the terms that are over, since last Summer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from reports.documents.releases import released
from reports.queries.scope import Scope
from schools.calendar import AcademicYear, TermName, default_term_dates
from schools.models import School
from schools.services.releases import keep_pack


def give_out_packs(school: School, *, today: dt.date) -> None:
    """As if the packs had been made. Needs the school open; a term that nobody was judged in is not given out."""
    for year, term in _over(today):
        given = released(Scope(schools=(school,), academic_year=year, term=term))
        for each in given.to_keep:
            keep_pack(**each.facts, by=None)


def _over(today: dt.date) -> Iterator[tuple[AcademicYear, TermName]]:
    running = AcademicYear.containing(today)
    yield AcademicYear(running - 1), TermName.SUMMER
    for term, (_, ends_on) in default_term_dates(running).items():
        if ends_on < today:
            yield running, term
