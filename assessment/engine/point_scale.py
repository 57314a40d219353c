"""The point scale: 1 to 101 points, their stages, codes and labels.

Source: LEP expectations, point scale. A judgement stores points; codes and labels are other spellings of them. The codes,
and which of two names an overlap point bears, are derived.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from schools.calendar import YearGroup

FIRST_POINT, LAST_POINT = 1, 101
FIRST_SCALE_YEAR, LAST_SCALE_YEAR = 1, 11
EARLY_LEARNING_GOAL = 21

# First month, last month, Entering point. Developing and Secure are the next two points.
EYFS_BANDS = ((0, 11, 3), (8, 20, 6), (16, 26, 9), (22, 36, 12), (30, 50, 15), (40, 60, 18))
_EYFS_STEPS = (("e", "Entering"), ("d", "Developing"), ("s", "Secure"))
_GOAL_NAME = "Early Learning Goal"


@dataclass(frozen=True)
class Stage:
    """A named stretch of the scale: `first` to `last` points, both within it; `code` without the number of the step."""

    name: str
    code: str
    first: int
    last: int

    def __contains__(self, points: int) -> bool:
        return self.first <= points <= self.last


def first_point_of(year: int) -> int:
    """The first Entering point of Year 1 to 11: 23, 30, ... 93."""
    return 7 * year + 16


def mastery_begins(year: int) -> int:
    """The first Mastery point of Year 1 to 11, which is the first Entering point of the year above."""
    return 7 * year + 23


def _eyfs_stages() -> tuple[Stage, ...]:
    steps = [
        Stage(
            f"{first}-{last} months {name}",
            f"{first:02}-{last:02}{letter}",
            entering + number,
            entering + number,
        )
        for first, last, entering in EYFS_BANDS
        for number, (letter, name) in enumerate(_EYFS_STEPS)
    ]
    return (*steps, Stage(_GOAL_NAME, "ELG", EARLY_LEARNING_GOAL, EARLY_LEARNING_GOAL + 1))


def _stages_of(year: int) -> tuple[Stage, Stage, Stage, Stage]:
    start = first_point_of(year)
    return (
        Stage(f"Year {year} Entering", f"{year}E", start, start + 1),
        Stage(f"Year {year} Developing", f"{year}D", start + 2, start + 3),
        Stage(f"Year {year} Securing", f"{year}S", start + 4, start + 6),
        Stage(f"Year {year} Mastery", f"{year}M", start + 7, start + 8),
    )


EYFS_STAGES = _eyfs_stages()
STAGES_BY_YEAR = {year: _stages_of(year) for year in range(FIRST_SCALE_YEAR, LAST_SCALE_YEAR + 1)}


def _codes() -> dict[str, int]:
    """Every code in capitals, and the points it spells: those with the step's number; the first of each stage without, or in words."""
    codes = {"ELG": EARLY_LEARNING_GOAL, "ELG+": EARLY_LEARNING_GOAL + 1}
    stages_in_words = [*EYFS_STAGES, *(stage for stages in STAGES_BY_YEAR.values() for stage in stages)]
    codes |= {re.sub(r"\s", "", stage.name).upper(): stage.first for stage in stages_in_words}
    for stage in EYFS_STAGES[:-1]:
        codes[stage.code.upper()] = stage.first
        codes[re.sub(r"\b0(?=\d)", "", stage.code).upper()] = stage.first
    for stages in STAGES_BY_YEAR.values():
        for stage in stages:
            codes[stage.code] = stage.first
            codes |= {f"{stage.code}{n}": stage.first + n - 1 for n in range(1, stage.last - stage.first + 2)}
    return codes


_POINTS_BY_CODE = _codes()


def is_on_scale(points: int) -> bool:
    """Whether it is 1 to 101. Any of these may be entered for anybody."""
    return FIRST_POINT <= points <= LAST_POINT


def read_points(text: str) -> int:
    """Points from 1 to 101, read from a number or a code in any case; ValueError says what is allowed.

    `44`, `4E1`, `30-50d`, `8-20s`, `ELG`, `ELG+`; `4e`, `4d`, `4s`, `4m`, and a stage in words (`Year 4 Securing`), are the first
    point of the stage.
    """
    written = text.strip()
    if written.isascii() and re.fullmatch(r"\d{1,3}", written) and is_on_scale(int(written)):
        return int(written)
    # `30 - 50 d`, also with the dash of word processors; a number with a gap in it, `4 4`, is nobody's code.
    code = re.sub(r"\s", "", written).replace("\N{EN DASH}", "-").upper()
    if code in _POINTS_BY_CODE:
        return _POINTS_BY_CODE[code]
    raise ValueError(f"{text!r} is not on the scale: write 1 to 101, or a code such as 4E1, 30-50d or ELG.")


def stage_of(points: int, year_group: YearGroup) -> Stage | None:
    """The stage of the points for a pupil of the year group; None for 1 and 2, which lie below the first.

    A point that is both Mastery of a year and Entering of the next is Mastery for pupils up to that year, Entering for
    those above it.
    """
    if not is_on_scale(points):
        raise ValueError(f"{points} is not on the scale of 1 to 101 points.")
    if points < first_point_of(FIRST_SCALE_YEAR):
        return next((stage for stage in EYFS_STAGES if points in stage), None)
    entered = min((points - first_point_of(0)) // 7, LAST_SCALE_YEAR)
    below = entered - 1
    if points <= first_point_of(entered) + 1 and below >= FIRST_SCALE_YEAR and year_group <= below:
        return STAGES_BY_YEAR[below][-1]
    return next(stage for stage in STAGES_BY_YEAR[entered] if points in stage)


def code_of(points: int, year_group: YearGroup) -> str:
    """The points as a code, as a pupil of the year group is shown them: `4M1` to Year 4, `5E1` to Year 5.

    1 and 2 have no code and stay numbers.
    """
    stage = stage_of(points, year_group)
    if stage is None:
        return str(points)
    if stage.name == _GOAL_NAME:
        return "ELG" if points == EARLY_LEARNING_GOAL else "ELG+"
    if stage.first == stage.last:
        return stage.code
    return f"{stage.code}{points - stage.first + 1}"


def label_of(points: int, year_group: YearGroup) -> str:
    """The stage in words, for staff: `Year 4 Securing`, `30-50 months Developing`, `Early Learning Goal`."""
    stage = stage_of(points, year_group)
    return "Below the first EYFS step" if stage is None else stage.name
