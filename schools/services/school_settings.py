"""Changing how a school is set up."""

from __future__ import annotations

from dataclasses import asdict

from django.conf import settings

from schools.identifiers import read_dfe_number
from schools.models import School, User
from schools.models.school import LARGEST_SMALL_COUNT
from schools.queries.school_settings import SchoolFacts, facts_of, has_given_out
from schools.services.changes import acting
from schools.services.releases import wait_for_who_gives_out
from schools.services.turns import take_turn_alone


class SettingsRefusedError(ValueError):
    """The school cannot be set up so: `field` says which fact, the message why, in a school's words."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def refuse_impossible(school: School, facts: SchoolFacts) -> None:
    """Raises SettingsRefusedError for a name of nothing, a DfE number that is malformed or another school's, year groups that run backwards,

    and for a limit of small numbers below the installation's, or another one once figures were given out. Needs the school open.
    """
    if not facts.name.strip():
        raise SettingsRefusedError("name", "A school needs a name.")
    try:
        read_dfe_number(facts.dfe_number)
    except ValueError as error:
        raise SettingsRefusedError("dfe_number", str(error)) from error
    if School.objects.filter(dfe_number=facts.dfe_number).exclude(pk=school.pk).exists():
        # Not whose: the other school may be of another partnership.
        raise SettingsRefusedError("dfe_number", "Another school has this DfE number already.")
    if facts.lowest_year_group > facts.highest_year_group:
        raise SettingsRefusedError(
            "highest_year_group",
            f"The highest year group cannot come before the lowest, {facts.lowest_year_group.label}.",
        )
    if facts.own_small_count != school.own_small_count:
        _refuse_limit(school, facts.own_small_count)


def _refuse_limit(school: School, limit: int | None) -> None:
    """Of the same figures two limits tell together what each holds back, whichever is the higher: so the limit stays once figures were given out."""
    lowest = int(settings.SMALL_COUNT)
    if limit is not None and not max(lowest, 1) <= limit <= LARGEST_SMALL_COUNT:
        raise SettingsRefusedError(
            "own_small_count", f"It lies between {max(lowest, 1)} and {LARGEST_SMALL_COUNT}."
        )
    if has_given_out(school):
        raise SettingsRefusedError(
            "own_small_count", "Figures of this school were given out meanwhile, so this stays as it is."
        )


def change_school(*, school: School, facts: SchoolFacts, by: User | None) -> bool:
    """Set the school up so, and say whether that changed anything. Needs the school open.

    Nobody judges or is put on a roll meanwhile. The URN stays: addresses carry it. Raises SettingsRefusedError as `refuse_impossible` does.
    """
    with acting(by):
        take_turn_alone(school)
        row = School.objects.get(pk=school.pk)
        if facts_of(row) == facts:
            return False
        if facts.own_small_count != row.own_small_count:
            # Figures that are just being given out are of one limit too.
            wait_for_who_gives_out(row)
        refuse_impossible(row, facts)
        School.objects.filter(pk=row.pk).update(**asdict(facts))
    return True
