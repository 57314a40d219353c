"""The groups that figures are given for, in the order in which they are listed.

Membership is what is held for the academic year in question. A characteristic that was never supplied puts a pupil in neither
group (LEP expectations, measures).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from schools.models import ClassGroup


@dataclass(frozen=True)
class Group:
    """A group: its key in queries, its name, and the condition in SQL over y (PupilYear), p (Pupil), e (Enrolment), days."""

    key: int
    name: str
    condition: str

    @property
    def slug(self) -> str:
        """As it stands in addresses: `not-pupil-premium`, `ethnicity-asian`."""
        return re.sub("[^a-z0-9]+", "-", self.name.lower())


_LISTED = (
    Group(1, "All", "TRUE"),
    Group(2, "Girls", "p.sex = 'F'"),
    Group(3, "Boys", "p.sex = 'M'"),
    Group(4, "Pupil premium", "y.is_pupil_premium"),
    Group(5, "Not pupil premium", "NOT y.is_pupil_premium"),
    Group(6, "SEN", "y.sen_status IN ('K', 'E')"),
    Group(7, "SEN support", "y.sen_status = 'K'"),
    Group(8, "EHC plan", "y.sen_status = 'E'"),
    Group(9, "No SEN", "y.sen_status = 'N'"),
    Group(10, "EAL", "y.is_eal"),
    Group(11, "Not EAL", "NOT y.is_eal"),
    Group(12, "Looked after", "y.is_looked_after"),
    # April to August: schools.calendar.is_summer_born.
    Group(13, "Summer-born", "extract(month FROM p.date_of_birth) BETWEEN 4 AND 8"),
)
# By name. Codes of ethnicity begin with the letter of their main group, local extensions too; refused and not obtained are in none.
_BY_NAME = (
    Group(20, "Ethnicity: Asian", "y.ethnicity LIKE 'A%%'"),
    Group(21, "Ethnicity: Black", "y.ethnicity LIKE 'B%%'"),
    Group(22, "Ethnicity: Chinese", "y.ethnicity LIKE 'C%%'"),
    Group(23, "Ethnicity: Mixed", "y.ethnicity LIKE 'M%%'"),
    Group(24, "Ethnicity: Other", "y.ethnicity LIKE 'O%%'"),
    Group(25, "Ethnicity: White", "y.ethnicity LIKE 'W%%'"),
    Group(26, "FSM6", "y.is_fsm6"),
    # Two weeks to settle in, as on the roll (schools.queries.rolls).
    Group(27, "Joined in year", "e.starts_on > days.first_day + 14"),
    Group(28, "Not FSM6", "NOT y.is_fsm6"),
    Group(29, "Service child", "y.is_service_child"),
)
GROUPS = (*_LISTED, *_BY_NAME)
ALL = _LISTED[0]
# Everybody else, beside a group of which it is always known who is in it. Not counted by themselves: all less the group.
_OTHERS = (
    Group(101, "Not summer-born", "NOT (extract(month FROM p.date_of_birth) BETWEEN 4 AND 8)"),
    Group(102, "Here from the start", "NOT (e.starts_on > days.first_day + 14)"),
)
# What a figure can be narrowed to: a class has a filter of its own.
BY_SLUG = {group.slug: group for group in (*GROUPS, *_OTHERS) if group is not ALL}
BY_KEY = {group.key: group for group in (*GROUPS, *_OTHERS)}
# A class is the group of this and its own key.
_CLASSES_FROM = 1_000_000

GROUPS_IN_SQL = (
    "array_remove(ARRAY["
    + ", ".join(f"CASE WHEN {group.condition} THEN {group.key} END" for group in GROUPS)
    + f", {_CLASSES_FROM} + y.class_group_id], NULL)"
)


def condition_of(key: int) -> str:
    """The condition in SQL of one of these groups; KeyError for a class, which has a filter of its own."""
    return BY_KEY[key].condition


@dataclass(frozen=True)
class Pair:
    """A group and its comparator. `is_rest`: the comparator is everybody else, and not counted by itself."""

    group: Group
    comparator: Group
    is_rest: bool = False


# Looked-after and service children have no comparator of which it was said that they are not.
PAIRS = (
    Pair(BY_KEY[2], BY_KEY[3]),
    Pair(BY_KEY[4], BY_KEY[5]),
    Pair(BY_KEY[26], BY_KEY[28]),
    Pair(BY_KEY[6], BY_KEY[9]),
    Pair(BY_KEY[7], BY_KEY[9]),
    Pair(BY_KEY[8], BY_KEY[9]),
    Pair(BY_KEY[10], BY_KEY[11]),
    Pair(BY_KEY[13], BY_KEY[101], is_rest=True),
    Pair(BY_KEY[27], BY_KEY[102], is_rest=True),
)


def group_names(keys: Iterable[int]) -> dict[int, str]:
    """The names of these groups in the order in which they are listed: the standard ones first, then by name.

    The schools whose classes are among them have to be open.
    """
    wanted = set(keys)
    classes = {
        _CLASSES_FROM + pk: f"Class {name}"
        for pk, name in ClassGroup.objects.filter(
            pk__in=[key - _CLASSES_FROM for key in wanted if key > _CLASSES_FROM]
        ).values_list("pk", "name")
    }
    by_name = {group.key: group.name for group in _BY_NAME} | classes
    order = [(group.key, group.name) for group in _LISTED]
    order += sorted(by_name.items(), key=lambda group: (group[1], group[0]))
    return {key: name for key, name in order if key in wanted}
