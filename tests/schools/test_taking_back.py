"""A whole change-set is taken back from the histories: all of it, or nothing where something later stands in the way."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction

from assessment.engine.assessment_points import AssessmentTerm
from assessment.models import Judgement
from schools.calendar import AcademicYear, YearGroup
from schools.models import (
    ChangeKind,
    ChangeSet,
    ClassGroup,
    CustomGroup,
    CustomGroupPupil,
    Enrolment,
    Pupil,
    PupilYear,
    School,
    SchoolOwned,
)
from schools.queries.taking_back import preview_of, taken_back_by
from schools.row_security import visible_to
from schools.services import years
from schools.services.changes import change_set
from schools.services.correcting import dispute
from schools.services.taking_back import NotTaken, Taken, take_back
from tests.factories import PupilFactory, SchoolFactory, UserFactory, judged
from tests.schools.files import upn
from tests.schools.test_roll_loading import load, row

YEAR = AcademicYear(2025)


@pytest.fixture
def open_school(school: School):
    with visible_to(school):
        years.open_year(school=school, academic_year=YEAR, by=None)
        yield school


def everything(school: School) -> dict[str, list[dict[str, Any]]]:
    """Every row of every tracked table of the school but what tells of acts."""
    return {
        model.__name__: list(model._default_manager.filter(school=school).order_by("pk").values())
        for model in apps.get_models()
        if issubclass(model, SchoolOwned) and hasattr(model, "pgh_event_model") and model is not ChangeSet
    }


def last_change(school: School) -> ChangeSet:
    return ChangeSet.objects.in_school(school).latest("pk")


def said(result: Taken | NotTaken) -> list[str]:
    assert isinstance(result, NotTaken)
    return [str(each) for each in result.obstacles]


def test_an_import_is_taken_back_whole(open_school: School) -> None:
    known = row(1, surname="Known", upn=upn(1))
    load(open_school, known)
    before = everything(open_school)
    load(
        open_school,
        row(1, surname="Known-Now", upn=upn(1), class_name="3A", year_group=YearGroup.Y4),
        row(2, surname="New", upn=upn(2), class_name="3A"),
    )
    change = last_change(open_school)
    assert everything(open_school) != before

    counts = {each.called[1]: each[1:] for each in preview_of(change).counts}
    assert counts == {
        "pupils": (1, 1, 0),
        "stays on the roll": (1, 0, 0),
        "pupils’ records of a year": (1, 1, 0),
        "classes": (1, 0, 0),
    }
    by = UserFactory.create()
    taken = take_back(change=change, by=by)

    assert isinstance(taken, Taken)
    assert everything(open_school) == before
    assert (taken.change.kind, taken.change.by, taken.change.reason) == (
        ChangeKind.UNDO,
        by,
        "Roll of 2025/26",
    )
    events = Pupil.pgh_event_model.objects.filter(pgh_context__change_set=str(taken.change.public_id))
    assert sorted(events.values_list("pgh_label", flat=True)) == ["delete", "update"]
    assert taken_back_by(change) == taken.change


def test_the_year_that_an_import_opened_goes_with_it(school: School) -> None:
    with visible_to(school):
        before = everything(school)
        load(school, row(class_name="3A"))
        assert isinstance(take_back(change=last_change(school), by=None), Taken)
        assert everything(school) == before


def test_a_second_time_nothing_is_done_and_it_is_said_who_did_it(open_school: School) -> None:
    load(open_school, row())
    change = last_change(open_school)
    taken = take_back(change=change, by=None)
    assert isinstance(taken, Taken)
    now = everything(open_school)
    assert take_back(change=change, by=None) == NotTaken((), taken.change)
    assert everything(open_school) == now


def test_what_was_taken_back_is_done_again_and_taken_back_again(open_school: School) -> None:
    before = everything(open_school)
    load(open_school, row(class_name="3A"))
    change, after = last_change(open_school), everything(open_school)
    taken = take_back(change=change, by=None)
    assert isinstance(taken, Taken)
    assert isinstance(take_back(change=taken.change, by=None), Taken)
    # The same rows under the same ids, public ones included.
    assert everything(open_school) == after
    assert taken_back_by(change) is None
    assert isinstance(take_back(change=change, by=None), Taken)
    assert everything(open_school) == before


def test_a_judgement_of_a_new_pupil_stands_in_the_way_and_says_whose_it_is(open_school: School) -> None:
    load(open_school, row(1, surname="Ash"), row(2, surname="Elm"))
    change = last_change(open_school)
    ash = Pupil.objects.get(surname="Ash")
    judged(ash, YEAR)
    now = everything(open_school)
    result = take_back(change=change, by=None)
    assert said(result) == ["1 judgement made since for what would be removed"]
    assert isinstance(result, NotTaken)
    assert result.obstacles[0].pupil_ids == {ash.pk}
    assert everything(open_school) == now
    assert ChangeSet.objects.in_school(open_school).filter(kind=ChangeKind.UNDO).count() == 0


def test_a_judgement_of_a_pupil_who_was_only_changed_is_kept_and_measured_again(open_school: School) -> None:
    load(open_school, row(upn=upn(1)))
    pupil = Pupil.objects.get()
    first = judged(pupil, YEAR, points=40)
    load(open_school, row(upn=upn(1), year_group=YearGroup.Y4))
    change = last_change(open_school)
    # Measured by Year 4, and typed while the pupil was there.
    again = judged(pupil, YEAR, AssessmentTerm.SPRING, points=41)
    first_now = Judgement.objects.get(pk=first.pk)
    assert first_now.expected_low != first.expected_low

    assert isinstance(take_back(change=change, by=None), Taken)

    first_now = Judgement.objects.get(pk=first.pk)
    assert (first_now.expected_low, first_now.points) == (first.expected_low, 40)
    again_now = Judgement.objects.get(pk=again.pk)
    assert again_now.points == 41
    assert again_now.expected_low is not None
    assert again.expected_low is not None
    assert again_now.expected_low < again.expected_low


def test_a_later_correction_stands_in_the_way(open_school: School) -> None:
    load(open_school, row(1, surname="Ash", upn=upn(1)), row(2, surname="Elm", upn=upn(2)))
    change = last_change(open_school)
    dispute(pupil=Pupil.objects.get(surname="Elm"), what="Born a day later", by=None)
    assert said(take_back(change=change, by=None)) == ["1 pupil changed since"]


def test_a_correction_that_was_settled_again_does_not_stand_in_the_way(open_school: School) -> None:
    before = everything(open_school)
    load(open_school, row())
    change = last_change(open_school)
    dispute(pupil=Pupil.objects.get(), what="Born a day later", by=None)
    dispute(pupil=Pupil.objects.get(), what="", by=None)
    assert isinstance(take_back(change=change, by=None), Taken)
    assert everything(open_school) == before


def test_a_later_import_is_taken_back_before_an_earlier_one(open_school: School) -> None:
    before = everything(open_school)
    load(open_school, row(upn=upn(1)))
    first = last_change(open_school)
    load(open_school, row(upn=upn(1), class_name="3B"))
    second = last_change(open_school)
    assert said(take_back(change=first, by=None)) == ["1 pupil’s record of a year changed since"]
    assert isinstance(take_back(change=second, by=None), Taken)
    assert isinstance(take_back(change=first, by=None), Taken)
    assert everything(open_school) == before


def test_a_class_that_went_meanwhile_stands_in_the_way_of_who_would_go_back_to_it(
    open_school: School,
) -> None:
    load(open_school, row(upn=upn(1), class_name="3A"))
    load(open_school, row(upn=upn(1), class_name="3B"))
    change = last_change(open_school)
    with change_set(school=open_school, kind=ChangeKind.CORRECT, by=None):
        ClassGroup.objects.in_school(open_school).filter(name="3A").delete()
    assert said(take_back(change=change, by=None)) == [
        "1 pupil’s record of a year would lead to what has been removed since"
    ]


def test_a_place_that_was_taken_meanwhile_refuses_it_all(open_school: School) -> None:
    load(open_school, row(1, upn=""))
    gone = Pupil.objects.get()
    Enrolment.objects.in_school(open_school).delete()
    PupilYear.objects.in_school(open_school).delete()
    with change_set(school=open_school, kind=ChangeKind.CORRECT, by=None) as change:
        Pupil.objects.filter(pk=gone.pk).update(upn=upn(1))
    with change_set(school=open_school, kind=ChangeKind.CORRECT, by=None) as removal:
        Pupil.objects.filter(pk=gone.pk).delete()
    PupilFactory.create(school=open_school, upn=upn(1))
    now = everything(open_school)
    assert said(take_back(change=removal, by=None)) == [
        "1 record would stand where something else stands now"
    ]
    assert said(take_back(change=change, by=None)) == ["1 pupil changed since"]
    assert everything(open_school) == now


def test_exchanged_upns_are_exchanged_back(open_school: School) -> None:
    one = PupilFactory.create(school=open_school, upn=upn(1))
    two = PupilFactory.create(school=open_school, upn=upn(2))
    before = everything(open_school)
    with change_set(school=open_school, kind=ChangeKind.CORRECT, by=None) as change:
        Pupil.objects.filter(pk=one.pk).update(upn="")
        Pupil.objects.filter(pk=two.pk).update(upn=upn(1))
        Pupil.objects.filter(pk=one.pk).update(upn=upn(2))
    assert isinstance(take_back(change=change, by=None), Taken)
    assert everything(open_school) == before


def test_rows_that_the_act_removed_are_there_again_with_what_hung_on_them(open_school: School) -> None:
    load(open_school, row())
    pupil = Pupil.objects.get()
    group = CustomGroup.objects.create(school=open_school, academic_year=YEAR, name="Booster")
    CustomGroupPupil.objects.create(school=open_school, academic_year=YEAR, group=group, pupil=pupil)
    judgement = judged(pupil, YEAR)
    before = everything(open_school)
    with change_set(school=open_school, kind=ChangeKind.CORRECT, by=None) as change:
        Judgement.objects.in_school(open_school).delete()
        CustomGroupPupil.objects.in_school(open_school).delete()
        CustomGroup.objects.in_school(open_school).delete()
        Enrolment.objects.in_school(open_school).delete()
        PupilYear.objects.in_school(open_school).delete()
        Pupil.objects.in_school(open_school).delete()
    assert isinstance(take_back(change=change, by=None), Taken)
    after = everything(open_school)
    # Saves of a cell go on counting, so that an open page notices.
    assert after["Judgement"][0].pop("version") == before["Judgement"][0].pop("version") + 1 == 2
    assert after == before
    assert Judgement.objects.get().public_id == judgement.public_id


def test_an_act_that_changed_nothing_cannot_be_taken_back(open_school: School) -> None:
    with change_set(school=open_school, kind=ChangeKind.IMPORT, by=None) as change:
        pass
    assert take_back(change=change, by=None) == NotTaken((), None)


def test_another_school_keeps_what_it_has(open_school: School) -> None:
    theirs = SchoolFactory.create()
    with visible_to(theirs):
        load(theirs, row(upn=upn(1), class_name="3A"))
        their_change = last_change(theirs)
        kept = everything(theirs)
    load(open_school, row(upn=upn(1), class_name="3A"))
    assert isinstance(take_back(change=last_change(open_school), by=None), Taken)
    # Behind the wall their act has no rows.
    assert take_back(change=their_change, by=None) == NotTaken((), None)
    with visible_to(theirs):
        assert everything(theirs) == kept


@pytest.mark.django_db(transaction=True)
def test_an_act_of_a_transaction_of_its_own_is_found_and_its_keys_hold_to_the_end(school: School) -> None:
    with visible_to(school):
        load(school, row(class_name="3A", leaving=dt.date(2026, 2, 1)))
    with visible_to(school), transaction.atomic():
        assert isinstance(take_back(change=last_change(school), by=None), Taken)
    with visible_to(school):
        assert not Pupil.objects.exists()
        assert ChangeSet.objects.filter(kind=ChangeKind.UNDO).count() == 1
