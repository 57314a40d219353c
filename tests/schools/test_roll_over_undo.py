"""Taking a roll-over back: everything is as it was, until the first judgement of its pupils in the new year."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from schools.models import (
    ChangeKind,
    ChangeSet,
    ClassGroup,
    ClassTeacher,
    Enrolment,
    Pupil,
    PupilYear,
    School,
    SchoolYear,
    SeptemberCheck,
    SeptemberTick,
    Term,
)
from schools.queries.roll_over_undo import done_for
from schools.row_security import visible_to
from schools.services.roll_over import take_roll_over_back
from schools.services.september import tick
from schools.services.taking_back import NotTaken, Taken
from tests.factories import SchoolFactory, UserFactory, judged
from tests.schools.rolling import NEXT, YEAR, done, ending_school, pupil


@pytest.fixture
def ending(db: None) -> Iterator[School]:
    school = SchoolFactory.create()
    with visible_to(school):
        ending_school(school)
        yield school


def everything() -> list[list[Any]]:
    models = (SchoolYear, Term, ClassGroup, ClassTeacher, Pupil, PupilYear, Enrolment)
    return [list(model.objects.order_by("pk").values_list()) for model in models]


def last_change() -> ChangeSet:
    found: ChangeSet = ChangeSet.objects.filter(kind=ChangeKind.ROLL_OVER).latest("pk")
    return found


def test_everything_is_as_it_was_and_the_plan_can_be_carried_out_again(ending: School) -> None:
    before = everything()
    done(ending)
    by = UserFactory.create()
    taken = take_roll_over_back(change=last_change(), by=by)
    assert isinstance(taken, Taken)
    assert taken.change.by == by
    assert everything() == before
    (said,) = done_for(ending, NEXT)
    assert (said.is_possible, said.taken_back_on) == (False, taken.change.made_at)
    done(ending)
    assert PupilYear.objects.filter(academic_year=NEXT).count() == 6


def test_the_first_judgement_of_the_new_year_ends_it_and_a_late_one_of_last_summer_does_not(
    ending: School,
) -> None:
    done(ending)
    judged(pupil(ending, "Cal"), YEAR)
    assert done_for(ending, NEXT)[0].is_possible
    judged(pupil(ending, "Cal"), NEXT)
    (said,) = done_for(ending, NEXT)
    assert said.obstacles == ("1 judgement made since for what would be removed",)
    now = everything()
    assert isinstance(take_roll_over_back(change=last_change(), by=None), NotTaken)
    assert everything() == now


def test_a_class_done_alone_is_taken_back_alone_while_another_is_judged(ending: School) -> None:
    done(ending, "RH.R")
    done(ending, "3H.3")
    judged(pupil(ending, "Ann"), NEXT)
    three, reception = done_for(ending, NEXT)
    assert (three.is_possible, reception.is_possible) == (True, False)
    assert isinstance(take_roll_over_back(change=last_change(), by=None), Taken)
    left = PupilYear.objects.filter(academic_year=NEXT).values_list("pupil__surname", flat=True)
    assert sorted(left) == ["Ann", "Ben"]


def test_checks_of_september_are_no_hindrance_and_are_there_again_where_something_else_is(
    ending: School,
) -> None:
    done(ending)
    cal = pupil(ending, "Cal")
    tick(
        school=ending,
        academic_year=NEXT,
        ticked=[(cal.pk, SeptemberCheck.NOT_JUDGED)],
        saw=[],
        by=None,
    )
    judgement = judged(cal, NEXT)
    assert isinstance(take_roll_over_back(change=last_change(), by=None), NotTaken)
    assert SeptemberTick.objects.count() == 1
    judgement.delete()
    assert isinstance(take_roll_over_back(change=last_change(), by=None), Taken)
    assert SeptemberTick.objects.count() == 0


def test_a_pupil_put_into_another_class_since_stands_in_the_way(ending: School) -> None:
    done(ending)
    PupilYear.objects.filter(pupil__surname="Cal", academic_year=NEXT).update(class_group=None)
    (said,) = done_for(ending, NEXT)
    assert said.obstacles == ("1 pupil’s record of a year changed since",)
