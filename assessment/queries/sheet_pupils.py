"""Who may stand on a marksheet, with what it says beside a name."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from django.db.models import QuerySet

from assessment.queries.own_expectations import as_steps, beside_a_pupil
from schools.calendar import YearGroup
from schools.models import PupilYear, School
from schools.models.pupils import listed_name
from schools.queries.badges import Badge, Characteristics, badges
from schools.queries.rolls import BY_NAME


class Stay(NamedTuple):
    """A stay on the roll; `ends_on` None goes on."""

    starts_on: dt.date
    ends_on: dt.date | None


class Facts(NamedTuple):
    """What the record of the year says, under the names of its columns; None or "" is not supplied."""

    sex: str
    date_of_birth: dt.date
    is_fsm6: bool | None
    is_pupil_premium: bool | None
    sen_status: str
    is_eal: bool | None
    is_looked_after: bool | None
    is_service_child: bool | None
    attendance: Decimal | None


@dataclass(frozen=True)
class SheetPupil:
    """A pupil of the year, and the stays by their first day."""

    pupil_id: int
    public_id: uuid.UUID
    name: str
    badges: tuple[Badge, ...]
    year_group: YearGroup
    class_name: str
    facts: Facts
    stays: list[Stay] = field(default_factory=list)
    # Steps a year by academic year, where they are the pupil's own and count.
    own_steps: Mapping[int, int] = field(default_factory=dict)

    def was_here(self, first: dt.date, last: dt.date) -> bool:
        """Whether the pupil was on roll on one of the days."""
        return any(
            stay.starts_on <= last and (stay.ends_on is None or stay.ends_on >= first) for stay in self.stays
        )


def sheet_pupils(pupils: QuerySet[PupilYear], school: School) -> list[SheetPupil]:
    """By name, in one query; start from `pupils_for(access)`, whose school it is. A save needs them before and after it."""
    found: dict[int, SheetPupil] = {}
    for (
        pupil_id,
        public_id,
        surname,
        forename,
        preferred_surname,
        preferred_forename,
        year_group,
        class_name,
        starts_on,
        ends_on,
        own,
        *facts,
    ) in (
        pupils.annotate(own=beside_a_pupil(school))
        .order_by(*BY_NAME, "pupil__enrolments__starts_on")
        .values_list(
            "pupil_id",
            "pupil__public_id",
            "pupil__surname",
            "pupil__forename",
            "pupil__preferred_surname",
            "pupil__preferred_forename",
            "year_group",
            "class_group__name",
            "pupil__enrolments__starts_on",
            "pupil__enrolments__ends_on",
            "own",
            "pupil__sex",
            "pupil__date_of_birth",
            "is_fsm6",
            *Characteristics._fields,
            "attendance",
        )
    ):
        pupil = found.get(pupil_id)
        if pupil is None:
            pupil = found[pupil_id] = SheetPupil(
                pupil_id=pupil_id,
                public_id=public_id,
                name=listed_name(surname, forename, preferred_surname, preferred_forename),
                badges=badges(Characteristics(*facts[3:-1])),
                year_group=YearGroup(year_group),
                class_name=class_name or "",
                facts=Facts(*facts),
                own_steps=as_steps(own or ()),
            )
        if starts_on is not None:
            pupil.stays.append(Stay(starts_on, ends_on))
    return list(found.values())
