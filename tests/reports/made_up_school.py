"""Figures of a first school that was never counted: Years 1 and 2, and Reception at the end of Summer."""

from __future__ import annotations

from assessment.engine.subjects import EYFS_AREAS
from reports.queries.figures import COMBINED, GOOD_LEVEL_OF_DEVELOPMENT, Figure
from schools.calendar import EyfsFramework

# Year group, subject: on roll, below, at, above; less than, as and more than expected progress.
_OF_ALL = {
    (1, 1): (32, 8, 14, 8, 10, 12, 8),
    (1, 2): (32, 12, 11, 7, 9, 13, 7),
    (1, 3): (32, 9, 12, 9, 11, 10, 7),
    (1, 4): (32, 10, 18, 2, 8, 20, 1),
    (1, COMBINED): (32, 20, 10, 0, 0, 0, 0),
    (2, 1): (41, 10, 20, 11, 12, 18, 10),
    (2, 2): (41, 14, 19, 8, 10, 20, 11),
    (2, 3): (41, 11, 18, 12, 9, 22, 10),
    (2, 4): (41, 9, 21, 11, 12, 16, 13),
    (2, COMBINED): (41, 21, 20, 0, 0, 0, 0),
}
# Pupil premium; the rest are not, and of nobody it is unknown.
_PREMIUM = dict.fromkeys((1, 2, 3, 4), (7, 13, 0))


def made_up_figures() -> list[Figure]:
    """Of everybody, and of pupil premium beside the others."""
    found = []
    for (year, subject), (roll, *counts) in _OF_ALL.items():
        found.append(_figure(year, subject, 1, roll, *counts))
        if subject and year == 2:
            premium = _PREMIUM[subject]
            rest = tuple(whole - part for whole, part in zip(counts[:3], premium, strict=True))
            found.append(_figure(year, subject, 4, 20, *premium, 0, 0, 0))
            found.append(_figure(year, subject, 5, 21, *rest, 0, 0, 0))
        if subject and year == 1:
            found.append(_figure(year, subject, 5, roll, *counts[:3], 0, 0, 0))
    for place, area in enumerate(EYFS_AREAS[EyfsFramework.OF_2021]):
        found.append(_figure(0, area.number, 1, 30, 6 + place % 3, 24 - place % 3, 0, 0, 0, 0))
    found.append(_figure(0, GOOD_LEVEL_OF_DEVELOPMENT, 1, 30, 14, 16, 0, 0, 0, 0))
    return found


def _figure(
    year: int,
    subject: int,
    group: int,
    roll: int,
    below: int,
    at: int,
    above: int,
    less: int,
    expected: int,
    more: int,
) -> Figure:
    judged, measured = below + at + above, less + expected + more
    return Figure(
        1, year, subject, group, roll, judged, below, at, above, 0, measured, less, expected, more, 0
    )
