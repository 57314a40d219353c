"""The prime areas of learning as measures over several areas, for the figures of nursery and Reception.

A child is at or above in such a measure who is so in every area of it, of the children judged in all of them, as in Combined.
"""

from __future__ import annotations

from dataclasses import dataclass

from assessment.engine.subjects import EYFS_AREAS, SHIPPED
from schools.calendar import EyfsFramework

ALL_PRIME = -2


@dataclass(frozen=True)
class PrimeMeasure:
    """`number` is its key beside those of areas, `code` what stands in addresses; without a heading it is of all three prime areas."""

    number: int
    code: str
    name: str
    area_of_learning: str = ""

    def areas(self, framework: EyfsFramework | None = None) -> list[int]:
        """The numbers of its areas, in one framework or in both."""
        among = SHIPPED if framework is None else EYFS_AREAS[framework]
        return [
            area.number
            for area in among
            if area.is_prime and self.area_of_learning in {"", area.area_of_learning}
        ]


_HEADINGS = list(
    dict.fromkeys(area.area_of_learning for area in EYFS_AREAS[EyfsFramework.OF_2021] if area.is_prime)
)
PRIME_MEASURES = (
    PrimeMeasure(ALL_PRIME, "prime", "All prime areas"),
    *(
        PrimeMeasure(ALL_PRIME - place, f"prime-{heading.split()[0].strip(',').lower()}", heading, heading)
        for place, heading in enumerate(_HEADINGS, start=1)
    ),
)
PRIME_BY_NUMBER = {measure.number: measure for measure in PRIME_MEASURES}


def frameworks_apart(subjects: list[int]) -> list[list[int]]:
    """The areas of each framework by themselves, as a child is judged by one of them in a year; anything else stays together."""
    found = [
        [number for number in subjects if number in {area.number for area in areas}]
        for areas in EYFS_AREAS.values()
    ]
    apart = [numbers for numbers in found if numbers]
    return apart if sum(map(len, apart)) == len(subjects) else [subjects]
