"""The groups that figures are given for, in the order in which they are listed.

Membership is what is held for the academic year in question. A characteristic that was never supplied puts a pupil in neither
group (LEP expectations, measures).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from assessment.models import SnapshotClassGroup, SnapshotCustomGroup
from assessment.queries.snapshots import TakenSnapshot, names_as_frozen
from schools.access import Access
from schools.attendance import (
    BAND_NAMES,
    GOOD_FROM,
    NOT_RECORDED,
    PERSISTENT_UP_TO,
    PERSISTENTLY_ABSENT,
    SEVERE_UP_TO,
    Band,
)
from schools.models import ClassGroup, CustomGroup, CustomGroupPupil
from schools.permissions import Permission
from schools.queries.rolls import pupils_for


@dataclass(frozen=True)
class Group:
    """A group: its key in queries, its name, and the condition in SQL over y (PupilYear), p (Pupil), e (Enrolment), days, prior.

    `code` is what stands in addresses where it does not follow from the name.
    """

    key: int
    name: str
    condition: str
    code: str = ""

    @property
    def slug(self) -> str:
        """As it stands in addresses: `not-pupil-premium`, `ethnicity-asian`."""
        return self.code or re.sub("[^a-z0-9]+", "-", self.name.lower()).strip("-")

    @property
    def is_own(self) -> bool:
        """Whether the school made it, or it is everybody else beside such a one: its name may tell of a few pupils."""
        return self.key < 0


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
# Two weeks to settle in, as on the roll (schools.queries.rolls). Whoever was here on a day of them, and came back later, did not join.
_JOINED = (
    "e.starts_on > days.first_day + 14 AND NOT EXISTS (SELECT FROM schools_enrolment first WHERE first.school_id = %(school)s"
    " AND first.pupil_id = e.pupil_id AND first.starts_on <= days.first_day + 14"
    " AND (first.ends_on IS NULL OR first.ends_on >= days.first_day))"
)
# By name. Codes of ethnicity begin with the letter of their main group, local extensions too; refused and not obtained are in none.
_BY_NAME = (
    Group(40, "Disadvantaged", "y.is_disadvantaged"),
    Group(20, "Ethnicity: Asian", "y.ethnicity LIKE 'A%%'"),
    Group(21, "Ethnicity: Black", "y.ethnicity LIKE 'B%%'"),
    Group(22, "Ethnicity: Chinese", "y.ethnicity LIKE 'C%%'"),
    Group(23, "Ethnicity: Mixed", "y.ethnicity LIKE 'M%%'"),
    Group(24, "Ethnicity: Other", "y.ethnicity LIKE 'O%%'"),
    Group(25, "Ethnicity: White", "y.ethnicity LIKE 'W%%'"),
    Group(26, "FSM6", "y.is_fsm6"),
    Group(27, "Joined in year", _JOINED),
    Group(41, "Not disadvantaged", "NOT y.is_disadvantaged"),
    Group(28, "Not FSM6", "NOT y.is_fsm6"),
    Group(29, "Service child", "y.is_service_child"),
)
# By the definitions in schools.attendance; whoever's is not recorded is in none of them. Persistent absence is the two lowest bands together.
ATTENDANCE = (
    Group(33, BAND_NAMES[Band.GOOD], f"y.attendance >= {GOOD_FROM}", "attendance-95"),
    Group(
        34,
        BAND_NAMES[Band.BELOW_GOOD],
        f"y.attendance > {PERSISTENT_UP_TO} AND y.attendance < {GOOD_FROM}",
        "attendance-90-to-95",
    ),
    Group(
        35,
        BAND_NAMES[Band.ABSENT],
        f"y.attendance > {SEVERE_UP_TO} AND y.attendance <= {PERSISTENT_UP_TO}",
        "attendance-50-to-90",
    ),
    Group(36, BAND_NAMES[Band.SEVERELY_ABSENT], f"y.attendance <= {SEVERE_UP_TO}"),
    Group(37, PERSISTENTLY_ABSENT, f"y.attendance <= {PERSISTENT_UP_TO}"),
)
GROUPS = (*_LISTED, *_BY_NAME, *ATTENDANCE)
ALL = _LISTED[0]
# Low, middle or high where the phase began (reports.queries.prior_attainment); looked up only where it is asked for.
PRIOR_ATTAINMENT = (
    Group(30, "Low prior attainment", "prior.level = 1"),
    Group(31, "Middle prior attainment", "prior.level = 2"),
    Group(32, "High prior attainment", "prior.level = 3"),
)
_HAS_STATUS = "y.sen_status <> ''"
_HAS_MAIN_GROUP = "left(y.ethnicity, 1) IN ('A', 'B', 'C', 'M', 'O', 'W')"
# Who is known not to be in a group that has no such group above. Not counted in the tidy table.
_OTHERS = (
    Group(101, "Not summer-born", "NOT (extract(month FROM p.date_of_birth) BETWEEN 4 AND 8)"),
    Group(102, "Here from the start", f"NOT ({_JOINED})"),
    Group(103, "Not SEN support", f"{_HAS_STATUS} AND y.sen_status <> 'K'"),
    Group(104, "No EHC plan", f"{_HAS_STATUS} AND y.sen_status <> 'E'"),
    Group(105, "Not looked after", "NOT y.is_looked_after"),
    Group(106, "Not service child", "NOT y.is_service_child"),
    *(
        Group(
            100 + each.key, each.name.replace(": ", ": not "), f"{_HAS_MAIN_GROUP} AND NOT ({each.condition})"
        )
        for each in _BY_NAME
        if each.name.startswith("Ethnicity")
    ),
    *(
        Group(100 + each.key, f"Not {each.name.lower()}", f"NOT ({each.condition})")
        for each in PRIOR_ATTAINMENT
    ),
    Group(133, f"Attendance below {GOOD_FROM}%", f"y.attendance < {GOOD_FROM}"),
    Group(
        134,
        BAND_NAMES[Band.BELOW_GOOD].replace("Attendance", "Attendance outside"),
        f"y.attendance <= {PERSISTENT_UP_TO} OR y.attendance >= {GOOD_FROM}",
        "attendance-outside-90-to-95",
    ),
    Group(
        135,
        BAND_NAMES[Band.ABSENT].replace("Attendance", "Attendance outside"),
        f"y.attendance <= {SEVERE_UP_TO} OR y.attendance > {PERSISTENT_UP_TO}",
        "attendance-outside-50-to-90",
    ),
    Group(136, "Not severely absent", f"y.attendance > {SEVERE_UP_TO}"),
    Group(137, "Not persistently absent", f"y.attendance > {PERSISTENT_UP_TO}"),
    # To be narrowed to, so that the gaps of the record are found: of attendance alone, as it is supplied anew again and again.
    Group(38, NOT_RECORDED, "y.attendance IS NULL"),
    Group(138, "Attendance recorded", "y.attendance IS NOT NULL"),
)
# What a figure can be narrowed to: a class has a filter of its own, and groups of a school's own making are asked of `own_groups`.
STANDARD = (*GROUPS, *PRIOR_ATTAINMENT, *_OTHERS)
BY_SLUG = {group.slug: group for group in STANDARD if group is not ALL}
BY_KEY = {group.key: group for group in STANDARD}
# Who was low, middle or high where the phase began, or is known not to have been: nobody in nursery and Reception.
OF_PRIOR_ATTAINMENT = frozenset(key for each in PRIOR_ATTAINMENT for key in (each.key, 100 + each.key))
# For each of these the group of those who are known not to be in it: whoever is in neither is unknown.
_OPPOSITES = (
    *(
        (2, 3),
        (4, 5),
        (6, 9),
        (7, 103),
        (8, 104),
        (10, 11),
        (12, 105),
        (13, 101),
        (26, 28),
        (27, 102),
        (29, 106),
        (40, 41),
    ),
    *((20, 120), (21, 121), (22, 122), (23, 123), (24, 124), (25, 125), (30, 130), (31, 131), (32, 132)),
    *((33, 133), (34, 134), (35, 135), (36, 136), (37, 137), (38, 138)),
)
OUTSIDE = dict(_OPPOSITES) | {outside: group for group, outside in _OPPOSITES}
# A class is the group of this and its own key.
_CLASSES_FROM = 1_000_000
# A group that the school made has the negative of twice its own key, and everybody else the number below: no other keys are negative.
# Where there is no such group, in another year or in a snapshot from before it was made, nobody is beside it either.
_OWN = "y.pupil_id IN (SELECT pupil_id FROM schools_customgrouppupil WHERE school_id = %(school)s AND academic_year = %(year)s AND group_id = {})"
_OWN_IS_THERE = "EXISTS (SELECT FROM schools_customgroup WHERE school_id = %(school)s AND academic_year = %(year)s AND id = {})"


def band_in_sql(attendance: str) -> str:
    """The number of the band (`schools.attendance.Band`) of a column of attendance; NULL where it is not recorded."""
    return (
        f"CASE WHEN {attendance} >= {GOOD_FROM} THEN {Band.GOOD:d} WHEN {attendance} > {PERSISTENT_UP_TO} THEN {Band.BELOW_GOOD:d}"
        f" WHEN {attendance} > {SEVERE_UP_TO} THEN {Band.ABSENT:d} WHEN {attendance} IS NOT NULL THEN {Band.SEVERELY_ABSENT:d} END"
    )


def keys_in_sql(groups: Iterable[Group]) -> str:
    """An array of the keys of those of these groups that a pupil is in, with the pupil's class and the groups that the school made."""
    keys = ", ".join(f"CASE WHEN {group.condition} THEN {group.key} END" for group in groups)
    return (
        f"array_remove(ARRAY[{keys}, {_CLASSES_FROM} + y.class_group_id], NULL) || coalesce(own.keys, '{{}}')"
    )


GROUPS_IN_SQL = keys_in_sql(GROUPS)
EVERY_GROUP_IN_SQL = keys_in_sql(STANDARD)
# Who is in which of the groups that the school made; by the year's own membership.
OWN_GROUPS_IN_SQL = """
    LEFT JOIN (
        SELECT pupil_id, array_agg(-2 * group_id) AS keys FROM schools_customgrouppupil
        WHERE school_id = %(school)s AND academic_year = %(year)s GROUP BY pupil_id
    ) AS own ON own.pupil_id = y.pupil_id"""


def condition_of(key: int) -> str:
    """The condition in SQL of a group, own ones included; KeyError for a class, which has a filter of its own."""
    if key < 0:
        made = own_group_of(key)
        is_in = _OWN.format(made)
        return f"NOT ({is_in}) AND {_OWN_IS_THERE.format(made)}" if key % 2 else is_in
    return BY_KEY[key].condition


def outside_of(key: int) -> int:
    """The key of the group of those who are known not to be in the group; KeyError for a class and for all pupils."""
    if key < 0:
        return key + 1 if key % 2 else key - 1
    return OUTSIDE[key]


def own_group_of(key: int) -> int:
    """The database's key of the group that the school made, by its own or by that of everybody else beside it."""
    return -(key + key % 2) // 2


def class_of(key: int) -> int | None:
    """The database's key of the class; None for a group that is no class."""
    return key - _CLASSES_FROM if key > _CLASSES_FROM else None


def own_groups(access: Access, snapshot: TakenSnapshot | None = None) -> list[tuple[Group, Group]]:
    """The groups that the school made in the year, by name, each with everybody else beside it; one query.

    Whoever does not see everybody is told of those that have pupils of the own classes. Of a snapshot they are those that it holds.
    """
    if snapshot:
        frozen = SnapshotCustomGroup.objects.in_school(access.school).filter(
            frozen_in=snapshot.pk, academic_year=access.academic_year
        )
        held = frozen.order_by("name", "row_id").values_list("row_id", "name", "public_id")
        return [_own_pair(pk, name, public_id) for pk, name, public_id in held]
    groups = CustomGroup.objects.in_school(access.school).filter(academic_year=access.academic_year)
    if not access.may(Permission.SEE_ALL_PUPILS):
        seen = CustomGroupPupil.objects.in_school(access.school).filter(
            academic_year=access.academic_year, pupil__in=pupils_for(access).values("pupil")
        )
        groups = groups.filter(pk__in=seen.values("group"))
    rows = groups.order_by("name", "pk").values_list("pk", "name", "public_id")
    return [_own_pair(pk, name, public_id) for pk, name, public_id in rows]


def _own_pair(pk: int, name: str, public_id: uuid.UUID) -> tuple[Group, Group]:
    key = -2 * pk
    return (
        Group(key, name, condition_of(key), f"own-{public_id}"),
        Group(key - 1, f"Everybody but {name}", condition_of(key - 1), f"not-own-{public_id}"),
    )


@dataclass(frozen=True)
class Pair:
    """A group and its comparator. `is_rest`: the comparator is everybody else, and not counted by itself."""

    group: Group
    comparator: Group
    is_rest: bool = False


# Those of a year group's page; the page of groups has more of them.
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


def group_names(keys: Iterable[int], snapshot: TakenSnapshot | None = None) -> dict[int, str]:
    """The names of these groups in the order in which they are listed: the standard ones first, then by name.

    The schools whose classes are among them have to be open. Of a snapshot classes and groups of the school's own have the names they had then.
    """
    wanted = set(keys)
    of_classes = [key - _CLASSES_FROM for key in wanted if key > _CLASSES_FROM]
    if snapshot:
        names = names_as_frozen(snapshot, SnapshotClassGroup, of_classes)
    else:
        names = dict(ClassGroup.objects.filter(pk__in=of_classes).values_list("pk", "name"))
    classes = {_CLASSES_FROM + pk: f"Class {name}" for pk, name in names.items()}
    made = {own_group_of(key) for key in wanted if key < 0}
    made_names = names_as_frozen(snapshot, SnapshotCustomGroup, made) if snapshot and made else {}
    if made and not snapshot:
        made_names = dict(CustomGroup.objects.filter(pk__in=made).values_list("pk", "name"))
    own = {-2 * pk: f"Group: {name}" for pk, name in made_names.items()}
    by_name = {group.key: group.name for group in (*_BY_NAME, *ATTENDANCE)} | classes | own
    order = [(group.key, group.name) for group in _LISTED]
    order += sorted(by_name.items(), key=lambda group: (group[1], group[0]))
    return {key: name for key, name in order if key in wanted}
