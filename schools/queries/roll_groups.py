"""The groups that lists of pupils are narrowed to, as conditions on records of the year."""

from __future__ import annotations

from enum import StrEnum

from django.db.models import Q

from schools.attendance import (
    BAND_NAMES,
    GOOD_FROM,
    NOT_RECORDED,
    PERSISTENT_UP_TO,
    PERSISTENTLY_ABSENT,
    SEVERE_UP_TO,
    Band,
)
from schools.models import SenStatus, Sex


class Group(StrEnum):
    """The groups that a roll can be narrowed to; those of which nothing was supplied are in none but that of no attendance."""

    GIRLS = "girls"
    BOYS = "boys"
    PUPIL_PREMIUM = "pupil-premium"
    DISADVANTAGED = "disadvantaged"
    SEN = "sen"
    SEN_SUPPORT = "sen-support"
    EHC_PLAN = "ehc-plan"
    EAL = "eal"
    LOOKED_AFTER = "looked-after"
    SERVICE = "service"
    ATTENDANCE_GOOD = "attendance-95"
    ATTENDANCE_BELOW_GOOD = "attendance-90-to-95"
    ATTENDANCE_ABSENT = "attendance-50-to-90"
    SEVERELY_ABSENT = "severely-absent"
    PERSISTENTLY_ABSENT = "persistently-absent"
    ATTENDANCE_NOT_RECORDED = "attendance-not-recorded"


_IN_GROUP = {
    Group.GIRLS: Q(pupil__sex=Sex.FEMALE),
    Group.BOYS: Q(pupil__sex=Sex.MALE),
    Group.PUPIL_PREMIUM: Q(is_pupil_premium=True),
    Group.DISADVANTAGED: Q(is_disadvantaged=True),
    Group.SEN: Q(sen_status__in=[SenStatus.SUPPORT, SenStatus.PLAN]),
    Group.SEN_SUPPORT: Q(sen_status=SenStatus.SUPPORT),
    Group.EHC_PLAN: Q(sen_status=SenStatus.PLAN),
    Group.EAL: Q(is_eal=True),
    Group.LOOKED_AFTER: Q(is_looked_after=True),
    Group.SERVICE: Q(is_service_child=True),
    Group.ATTENDANCE_GOOD: Q(attendance__gte=GOOD_FROM),
    Group.ATTENDANCE_BELOW_GOOD: Q(attendance__gt=PERSISTENT_UP_TO, attendance__lt=GOOD_FROM),
    Group.ATTENDANCE_ABSENT: Q(attendance__gt=SEVERE_UP_TO, attendance__lte=PERSISTENT_UP_TO),
    Group.SEVERELY_ABSENT: Q(attendance__lte=SEVERE_UP_TO),
    Group.PERSISTENTLY_ABSENT: Q(attendance__lte=PERSISTENT_UP_TO),
    Group.ATTENDANCE_NOT_RECORDED: Q(attendance=None),
}
GROUP_NAMES = {
    Group.GIRLS: "Girls",
    Group.BOYS: "Boys",
    Group.PUPIL_PREMIUM: "Pupil premium",
    Group.DISADVANTAGED: "Disadvantaged",
    Group.SEN: "Any SEN",
    Group.SEN_SUPPORT: "SEN support",
    Group.EHC_PLAN: "EHC plan",
    Group.EAL: "EAL",
    Group.LOOKED_AFTER: "Looked after",
    Group.SERVICE: "Service children",
    Group.ATTENDANCE_GOOD: BAND_NAMES[Band.GOOD],
    Group.ATTENDANCE_BELOW_GOOD: BAND_NAMES[Band.BELOW_GOOD],
    Group.ATTENDANCE_ABSENT: BAND_NAMES[Band.ABSENT],
    Group.SEVERELY_ABSENT: BAND_NAMES[Band.SEVERELY_ABSENT],
    Group.PERSISTENTLY_ABSENT: PERSISTENTLY_ABSENT,
    Group.ATTENDANCE_NOT_RECORDED: NOT_RECORDED,
}


def in_group(group: Group) -> Q:
    """The condition on records of the year."""
    return _IN_GROUP[group]
