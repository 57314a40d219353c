"""By what names and numbers a spreadsheet may call the pupils of a sheet."""

from __future__ import annotations

from collections.abc import Iterable

from schools.access import Access
from schools.models import Pupil


def names_of(access: Access, pupil_ids: Iterable[int]) -> dict[int, list[str]]:
    """By pupil: `Surname, Forename` and `Forename Surname`, as the child is called and as the register has it; and the UPN. One query."""
    found: dict[int, list[str]] = {}
    rows = Pupil.objects.in_school(access.school).filter(pk__in=list(pupil_ids))
    for key, upn, surname, forename, called_surname, called_forename in rows.values_list(
        "pk", "upn", "surname", "forename", "preferred_surname", "preferred_forename"
    ):
        names = [
            name
            for last in dict.fromkeys((surname, called_surname or surname))
            for first in dict.fromkeys((forename, called_forename or forename))
            for name in (f"{last}, {first}", f"{first} {last}")
        ]
        found[key] = [*names, upn] if upn else names
    return found
