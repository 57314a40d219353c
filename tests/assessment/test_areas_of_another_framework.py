"""Judgements in the areas of another framework than the year's are no part of what is asked for: counted by hand.

Class R/1 in 2025/26, judged in the 17 areas of 2021. Reception: Amy; Cem, who leaves on 19 December 2025, the last day of Autumn; Dee, who joins on
5 January; Old, at the age of Year 1. Ben of Year 1.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from assessment.engine.subjects import EYFS_AREAS
from assessment.models import CompletedSheet, Reason
from assessment.queries.completed import completed
from assessment.queries.completion import Share, State, completion, empty_cells
from assessment.queries.layouts import ALL_AREAS
from assessment.queries.subjects import layout_in_address
from assessment.queries.workload import school_workload
from assessment.services.completing import complete_sheets
from schools.access import Access
from schools.calendar import EyfsFramework, TermName, YearGroup
from schools.models import ClassGroup, Role, School
from tests.assessment.test_marksheet_sheet import enter
from tests.conftest import member
from tests.factories import ClassGroupFactory, on_roll
from tests.schools.small_school import TODAY, YEAR, access_of, school_pupil

AUTUMN, SPRING, SUMMER = TermName
OLD, NEW = EYFS_AREAS[EyfsFramework.OF_2012], EYFS_AREAS[EyfsFramework.OF_2021]


@pytest.fixture
def head(small_school: School) -> Access:
    found = access_of(small_school, Role.HEAD, user=member(small_school, Role.HEAD))
    group = ClassGroupFactory.create(school=small_school, academic_year=YEAR, name="R/1")
    children: tuple[tuple[str, YearGroup, dict[str, object]], ...] = (
        ("Amy", YearGroup.R, {}),
        ("Ben", YearGroup.Y1, {}),
        ("Cem", YearGroup.R, {"ends_on": dt.date(2025, 12, 19)}),
        ("Dee", YearGroup.R, {"starts_on": dt.date(2026, 1, 5)}),
        ("Old", YearGroup.R, {"pupil__date_of_birth": dt.date(2020, 1, 15)}),
    )
    for name, year_group, fields in children:
        on_roll(
            small_school,
            YEAR,
            class_group=group,
            year_group=year_group,
            pupil__surname=name,
            pupil__forename="Child",
            **fields,
        )
    return found


def group() -> ClassGroup:
    return ClassGroup.objects.get(name="R/1")


def areas(access: Access, term: TermName = AUTUMN) -> Share:
    found = next(each for each in completion(access, term, today=TODAY) if each.line.name == "R/1").areas
    assert found is not None
    return found


def judge(access: Access, name: str, in_areas, value: int | str = 19, term: int = 1) -> None:  # type: ignore[no-untyped-def]
    for area in in_areas:
        enter(school_pupil(access.school, name), (YEAR, term, value), subject=area)


def test_a_class_judged_in_the_areas_of_2012_has_entered_nothing_of_2021(head: Access) -> None:
    for name in ("Amy", "Cem", "Old"):
        judge(head, name, OLD)
    found = areas(head)
    # Amy, Cem and Old; Dee comes in January.
    assert (found.cells, found.entered, found.missing, found.state) == (51, 0, 51, State.NOT_BEGUN)
    missing = empty_cells(head, group(), AUTUMN, NEW)
    assert [(each.name.partition(",")[0], len(each.subjects)) for each in missing] == [
        ("Amy", 17),
        ("Cem", 17),
        ("Old", 17),
    ]


def test_both_frameworks_together_are_never_more_than_all(head: Access) -> None:
    for name in ("Amy", "Cem", "Old"):
        judge(head, name, NEW)
        judge(head, name, OLD[:5])
    found = areas(head)
    assert (found.cells, found.entered, found.missing, found.state) == (51, 51, 0, State.ALL_IN)


def test_a_missing_area_is_not_made_up_for_by_one_of_the_other_framework(head: Access) -> None:
    judge(head, "Amy", NEW[:16])
    judge(head, "Amy", OLD[16:])
    judge(head, "Cem", NEW[:1], Reason.ABSENT)
    judge(head, "Cem", OLD[:1], Reason.ABSENT)
    found = areas(head)
    assert (found.cells, found.entered, found.missing) == (51, 17, 34)
    assert found.reasons == ((Reason.ABSENT, 1),)
    # In Spring Amy, Dee and Old: Cem has left.
    judge(head, "Dee", [OLD[0], NEW[0]], term=2)
    assert (areas(head, SPRING).cells, areas(head, SPRING).entered) == (51, 1)


def test_the_workload_counts_the_areas_of_the_year_alone(head: Access) -> None:
    judge(head, "Amy", [NEW[0], *OLD])
    judge(head, "Dee", [NEW[0], OLD[0]], term=2)
    # Not on roll: Dee in Autumn, Cem in Spring.
    judge(head, "Dee", NEW[:1])
    judge(head, "Cem", NEW[:1], term=2)
    # In areas though judged in subjects.
    judge(head, "Ben", [*NEW, *OLD])
    reception = next(each for each in school_workload(head).year_groups if each.year_group is YearGroup.R)
    # Autumn: Amy, Cem, Old and Fay, who has no class; Spring and Summer: Amy, Dee, Old and Fay.
    assert (reception.judgements, reception.entered) == (3 * 4 * 17, 2)
    year_1 = next(each for each in school_workload(head).year_groups if each.year_group is YearGroup.Y1)
    assert year_1.entered == 0


def test_in_a_year_of_2012_its_areas_count_and_those_of_2021_do_not(head: Access) -> None:
    from schools.models import SchoolYear

    SchoolYear.objects.filter(academic_year=YEAR).update(eyfs_framework=EyfsFramework.OF_2012)
    judge(head, "Amy", OLD)
    judge(head, "Old", NEW)
    found = areas(head)
    assert (found.cells, found.entered) == (51, 17)


def test_what_is_entered_in_the_other_framework_does_not_change_a_complete_sheet(head: Access) -> None:
    judge(head, "Amy", NEW)
    complete_sheets(class_group=group(), term=AUTUMN, subjects=[None], by=head.user)
    CompletedSheet.objects.update(completed_at=timezone.now() - dt.timedelta(minutes=5))
    # Entered now, after it.
    judge(head, "Old", OLD[:1])
    from assessment.models import Judgement

    Judgement.objects.filter(subject__in=[area.number for area in NEW]).update(
        entered_at=timezone.now() - dt.timedelta(hours=1)
    )
    layout = layout_in_address(head, ALL_AREAS, AUTUMN)
    assert layout is not None
    told, statement = completed(head, group(), layout), areas(head).statement
    assert told is not None
    assert statement is not None
    assert (told.is_changed_since, statement.is_changed_since) == (False, False)
    judge(head, "Old", NEW[:1])
    told, statement = completed(head, group(), layout), areas(head).statement
    assert told is not None
    assert statement is not None
    assert (told.is_changed_since, statement.is_changed_since) == (True, True)
