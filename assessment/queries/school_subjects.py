"""Which subjects a school judges. One that it leaves out is asked for no more; what was judged in it stays, and stays in sight in that year."""

from __future__ import annotations

from collections.abc import Sequence

from django.apps import apps

from assessment.engine.subjects import COMBINED_SUBJECTS, SUBJECTS, Subject, judged_in
from assessment.models import Judgement
from schools.calendar import EyfsFramework, YearGroup
from schools.models import School
from schools.queries.school_settings import Changed, SettingsAct, acts_between

MAY_BE_LEFT_OUT = tuple(subject for subject in SUBJECTS if subject not in COMBINED_SUBJECTS)
"""Combined reading, writing and mathematics is of three, so each of these is judged."""


def left_out(school: School) -> tuple[Subject, ...]:
    """What the school does not judge. No query."""
    return tuple(subject for subject in SUBJECTS if subject.code in school.subjects_not_judged)


def subjects_judged(school: School) -> tuple[Subject, ...]:
    """What it asks its teachers for from Year 1, in the order of the timetable. No query."""
    return tuple(subject for subject in SUBJECTS if subject.code not in school.subjects_not_judged)


def judged_at(school: School, year_group: YearGroup, framework: EyfsFramework) -> tuple[Subject, ...]:
    """What it asks for of a pupil of the year group: `judged_in`, without what it leaves out. No query."""
    return tuple(
        subject
        for subject in judged_in(year_group, framework)
        if subject.code not in school.subjects_not_judged
    )


def subjects_in_sight(school: School, academic_year: int) -> tuple[Subject, ...]:
    """What it judges, and what it leaves out where there are judgements of the year: these can be looked at and put right.

    No query for a school that leaves nothing out, one for another; needs it open.
    """
    gone = left_out(school)
    if not gone:
        return SUBJECTS
    held = _numbers_held(school, academic_year, gone)
    return tuple(subject for subject in SUBJECTS if subject not in gone or subject.number in held)


def subjects_out_of_sight(school: School, academic_year: int) -> frozenset[str]:
    """The codes of the others: neither judged at the school nor judged in the year."""
    seen = subjects_in_sight(school, academic_year)
    return frozenset(subject.code for subject in SUBJECTS if subject not in seen)


def numbers_left_out(school: School) -> frozenset[int]:
    """The numbers of what the school does not judge, as figures carry them. No query."""
    return frozenset(subject.number for subject in left_out(school))


def _numbers_held(school: School, academic_year: int, subjects: Sequence[Subject]) -> set[int]:
    of_year = Judgement.objects.in_school(school).filter(academic_year=academic_year)
    held = of_year.filter(subject__in=[subject.number for subject in subjects])
    return set(held.order_by().values_list("subject", flat=True).distinct())


def changes_of_subjects(before: Sequence[str], after: Sequence[str]) -> tuple[Changed, ...]:
    """Each subject that is judged now and would not be, or the other way round; both given as codes of those left out."""
    words = {True: "Not judged", False: "Judged"}
    return tuple(
        Changed(subject.name, words[subject.code in before], words[subject.code in after])
        for subject in SUBJECTS
        if (subject.code in before) != (subject.code in after)
    )


def subjects_history(school: School) -> list[SettingsAct]:
    """Who left out which, and took it up again, the latest first. Two queries."""
    events = apps.get_model("schools", "SchoolEvent").objects.filter(pgh_obj=school).order_by("pgh_id")
    return acts_between(
        events,
        lambda before, after: changes_of_subjects(before.subjects_not_judged, after.subjects_not_judged),
    )
