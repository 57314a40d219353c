"""A pupil's characteristics as short signs beside the name."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress
from typing import NamedTuple

from schools.models import PupilYear, SenStatus


@dataclass(frozen=True)
class Badge:
    """A characteristic in two or three letters, and in words."""

    text: str
    title: str


class Characteristics(NamedTuple):
    """What badges are made of, under the names of the record's columns; None is not supplied."""

    is_pupil_premium: bool | None
    sen_status: str
    is_eal: bool | None
    is_looked_after: bool | None
    is_service_child: bool | None


_BADGES = (
    Badge("PP", "Pupil premium"),
    Badge("SEN K", "SEN support"),
    Badge("EHC", "Education, health and care plan"),
    Badge("EAL", "English as an additional language"),
    Badge("LAC", "Looked after"),
    Badge("Service", "Service child"),
)


def badges(row: PupilYear | Characteristics) -> tuple[Badge, ...]:
    """The characteristics that are so, as short signs; what was not supplied shows nothing."""
    holds = (
        row.is_pupil_premium,
        row.sen_status == SenStatus.SUPPORT,
        row.sen_status == SenStatus.PLAN,
        row.is_eal,
        row.is_looked_after,
        row.is_service_child,
    )
    return tuple(compress(_BADGES, holds))


def own_badge(steps_a_year: int | None) -> tuple[Badge, ...]:
    """That progress is measured by steps of the pupil's own; none where it is by everybody's."""
    if steps_a_year is None:
        return ()
    return (Badge("Own steps", f"Own expectation: {steps_a_year} steps a year"),)
