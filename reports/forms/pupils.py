"""What the address of a pupil's page asks for."""

from __future__ import annotations

from django.http import QueryDict

from schools.calendar import TermName

_TERMS = {term.label.lower(): term for term in TermName}


def term_asked(query: QueryDict) -> TermName | None:
    """The term named in the address, `term=spring`; None for none, or for what is no term."""
    return _TERMS.get(query.get("term", ""))
