"""Rolling over into a new school year: counted by hand, by class, with everybody who does not go where the others go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from schools.calendar import TermName, YearGroup, default_term_dates
from schools.models import (
    ChangeKind,
    ChangeSet,
    ClassGroup,
    ClassTeacher,
    CustomGroup,
    CustomGroupPupil,
    Enrolment,
    Goes,
    Pupil,
    PupilYear,
    RollOverClass,
    School,
    SchoolYear,
    Term,
)
from schools.queries.roll_over_effect import effect_of
from schools.row_security import visible_to
from schools.services import years
from schools.services.roll_over import RollOverRefusedError, carried, take_roll_over_back
from schools.services.roll_over_draft import (
    PlannedClass,
    PlannedMove,
    PlannedPupil,
    PlanRefusedError,
    begin_anew,
    plan_classes,
    plan_dates,
    plan_groups,
    plan_moves,
    plan_pupils,
)
from schools.services.taking_back import Taken
from tests.factories import EnrolmentFactory, SchoolFactory
from tests.schools.rolling import LAST_DAY, NEXT, YEAR, done, ending_school, planned, pupil


@pytest.fixture
def ending(db: None) -> Iterator[School]:
    school = SchoolFactory.create()
    with visible_to(school):
        ending_school(school)
        yield school


def roll_of_next_year(school: School) -> dict[str, tuple[str, str]]:
    rows = PupilYear.objects.in_school(school).filter(academic_year=NEXT)
    return {
        row.pupil.surname: (YearGroup(row.year_group).code, row.class_group.name if row.class_group else "")
        for row in rows.select_related("pupil", "class_group")
    }


def of_last_year() -> list[list[Any]]:
    """Every row that is of 2025/26, but stays."""
    models = (SchoolYear, Term, ClassGroup, PupilYear, CustomGroup, CustomGroupPupil)
    rows = [list(model.objects.filter(academic_year=YEAR).order_by("pk").values_list()) for model in models]
    taught = ClassTeacher.objects.filter(class_group__academic_year=YEAR).order_by("pk")
    return [*rows, list(taught.values_list()), list(Pupil.objects.order_by("pk").values_list())]


def say(school: School, surname: str, goes: Goes | None, to: str = "", on: dt.date | None = None) -> None:
    plan = planned(school)
    target = next((each for each in plan.classes if each.name == to), None)
    plan_pupils(row=plan.row, pupils=[PlannedPupil(pupil(school, surname).pk, goes, target, on)], by=None)


def test_everybody_moves_up_into_classes_of_the_next_name_and_the_highest_leave(ending: School) -> None:
    before = of_last_year()
    done(ending)
    assert roll_of_next_year(ending) == {
        "Ann": ("1", "1H"),
        "Ben": ("1", "1H"),
        "Cal": ("4", "4H"),
        "Dee": ("4", "4H"),
        "Eve": ("4", "3/4 Ash"),
        "Ivy": ("1", ""),
    }
    ended = dict(Enrolment.objects.exclude(ends_on=None).values_list("pupil__surname", "ends_on"))
    assert ended == {"Fay": LAST_DAY, "Gus": LAST_DAY, "Hal": dt.date(2026, 3, 20)}
    assert of_last_year() == before
    change = ChangeSet.objects.get()
    assert (change.kind, change.reason) == (ChangeKind.ROLL_OVER, "2026/27: 6 placed, 2 leaving")


def test_the_year_is_opened_with_its_dates_and_an_empty_class_waits_for_the_intake(ending: School) -> None:
    done(ending)
    found = {
        TermName(row.term): (row.starts_on, row.ends_on) for row in Term.objects.filter(academic_year=NEXT)
    }
    assert found == default_term_dates(NEXT)
    names = ClassGroup.objects.filter(academic_year=NEXT).order_by("name").values_list("name", flat=True)
    assert list(names) == ["1H", "3/4 Ash", "4H", "RH"]


@pytest.mark.parametrize("has_terms", [True, False])
def test_a_year_that_only_held_what_a_pupil_brought_is_opened_with_the_plans_dates(
    ending: School, has_terms: bool
) -> None:
    year = SchoolYear.objects.create(
        school=ending, academic_year=NEXT, eyfs_framework=2012, is_for_copies=True
    )
    theirs = {
        term: (first + dt.timedelta(days=1), last - dt.timedelta(days=1))
        for term, (first, last) in default_term_dates(NEXT).items()
    }
    if has_terms:
        Term.objects.bulk_create(
            Term(school=ending, academic_year=NEXT, term=term, starts_on=first, ends_on=last)
            for term, (first, last) in theirs.items()
        )
    plan = planned(ending)
    assert plan.dates == default_term_dates(NEXT)
    assert effect_of(plan).opens_year
    done(ending)
    year.refresh_from_db()
    assert (year.is_for_copies, year.eyfs_framework) == (False, 2021)
    terms = Term.objects.filter(academic_year=NEXT)
    assert {TermName(row.term): (row.starts_on, row.ends_on) for row in terms} == default_term_dates(NEXT)
    assert isinstance(take_roll_over_back(change=ChangeSet.objects.get(), by=None), Taken)
    year.refresh_from_db()
    assert year.is_for_copies
    left = {TermName(row.term): (row.starts_on, row.ends_on) for row in terms.all()}
    assert left == (theirs if has_terms else {})


def test_what_lasts_goes_along_and_attendance_does_not(ending: School) -> None:
    done(ending)
    row = PupilYear.objects.get(academic_year=NEXT, pupil__surname="Cal")
    assert (row.sen_status, row.is_pupil_premium, row.is_eal, row.ethnicity) == ("K", True, False, "WBRI")
    assert (row.is_fsm6, row.attendance) == (None, None)


def test_somebody_has_decided_of_each_column_whether_it_goes_along() -> None:
    assert set(carried()) == {
        "sen_status",
        "is_pupil_premium",
        "is_fsm6",
        "is_disadvantaged",
        "is_eal",
        "is_looked_after",
        "is_previously_looked_after",
        "is_service_child",
        "ethnicity",
    }


def test_held_back_two_up_another_class_and_an_own_last_day(ending: School) -> None:
    say(ending, "Ann", Goes.HELD)
    say(ending, "Ben", Goes.UP_TWO)
    say(ending, "Cal", None, "3/4 Ash")
    say(ending, "Dee", Goes.LEAVES, on=dt.date(2026, 8, 31))
    say(ending, "Gus", Goes.HELD, "3/4 Ash")
    done(ending)
    assert roll_of_next_year(ending) == {
        "Ann": ("R", "RH"),
        "Ben": ("2", ""),
        "Cal": ("4", "3/4 Ash"),
        "Eve": ("4", "3/4 Ash"),
        "Gus": ("4", "3/4 Ash"),
        "Ivy": ("1", ""),
    }
    assert Enrolment.objects.get(pupil__surname="Dee").ends_on == dt.date(2026, 8, 31)
    assert Enrolment.objects.get(pupil__surname="Gus").ends_on is None


def test_by_class_and_year_group_later_runs_add_the_rest_and_double_nothing(ending: School) -> None:
    done(ending, "3/4 Ash.3")
    assert roll_of_next_year(ending) == {"Eve": ("4", "3/4 Ash")}
    assert not Enrolment.objects.filter(pupil__surname="Fay").exclude(ends_on=None)
    done(ending, "3H.3", "3/4 Ash.3")
    assert set(roll_of_next_year(ending)) == {"Eve", "Cal", "Dee"}
    done(ending)
    assert len(roll_of_next_year(ending)) == 6
    assert ClassGroup.objects.filter(academic_year=NEXT).count() == 4
    assert ChangeSet.objects.count() == 3
    with pytest.raises(RollOverRefusedError, match="nothing to do"):
        done(ending)


def test_who_is_on_the_new_years_roll_already_stays_as_the_roll_says(ending: School) -> None:
    years.open_year(school=ending, academic_year=NEXT, by=None)
    PupilYear.objects.create(
        school=ending, pupil=pupil(ending, "Fay"), academic_year=NEXT, year_group=YearGroup.Y4
    )
    effect = effect_of(planned(ending))
    assert (effect.opens_year, effect.already, effect.gone) == (False, ("Fay, Child",), ("Hal, Child",))
    done(ending)
    assert roll_of_next_year(ending)["Fay"] == ("4", "")
    assert Enrolment.objects.get(pupil__surname="Fay").ends_on is None


def test_who_left_and_came_back_moves_up(ending: School) -> None:
    EnrolmentFactory.create(school=ending, pupil=pupil(ending, "Hal"), starts_on=dt.date(2026, 6, 1))
    done(ending)
    stays = Enrolment.objects.filter(pupil__surname="Hal").order_by("starts_on")
    assert [stay.ends_on for stay in stays] == [dt.date(2026, 3, 20), LAST_DAY]


def test_teachers_and_ticked_groups_go_along(ending: School) -> None:
    plan = planned(ending)
    group = CustomGroup.objects.get()
    teacher = ClassTeacher.objects.get().membership
    four = next(each for each in plan.classes if each.name == "4H")
    assert four.teachers == []  # 4H had none; 3H's is proposed for the 3H to come, of which there is none
    plan_classes(row=plan.row, classes=[PlannedClass(four.pk, "4H", (teacher.public_id,))], by=None)
    plan_groups(row=plan.row, groups=[group.public_id], by=None)
    done(ending, "3H.3")
    copied = CustomGroup.objects.get(academic_year=NEXT)
    assert [each.pupil.surname for each in copied.pupils.select_related("pupil")] == ["Cal"]
    done(ending)
    assert {each.pupil.surname for each in copied.pupils.select_related("pupil")} == {"Cal", "Eve"}
    taught = ClassTeacher.objects.filter(class_group__academic_year=NEXT)
    assert list(taught.values_list("class_group__name", "membership")) == [("4H", teacher.pk)]


def test_a_teacher_whose_role_ended_since_teaches_nothing(ending: School) -> None:
    plan = planned(ending)
    teacher = ClassTeacher.objects.get().membership
    four = next(each for each in plan.classes if each.name == "4H")
    plan_classes(row=plan.row, classes=[PlannedClass(four.pk, "4H", (teacher.public_id,))], by=None)
    teacher.is_active = False
    teacher.save()
    done(ending)
    assert not ClassTeacher.objects.filter(class_group__academic_year=NEXT)


def test_classes_change_names_come_and_go(ending: School) -> None:
    plan = planned(ending)
    keys = {each.name: each.pk for each in plan.classes}
    plan_classes(
        row=plan.row,
        classes=[
            PlannedClass(keys["1H"], "4H", ()),
            PlannedClass(keys["4H"], "1H", ()),
            PlannedClass(keys["3/4 Ash"], "", ()),
            PlannedClass(None, "2 Elm", ()),
        ],
        by=None,
    )
    assert sorted(each.name for each in planned(ending).classes) == ["1H", "2 Elm", "4H", "RH"]
    done(ending)
    assert roll_of_next_year(ending) == {
        "Ann": ("1", "4H"),
        "Ben": ("1", "4H"),
        "Cal": ("4", "1H"),
        "Dee": ("4", "1H"),
        "Eve": ("4", ""),
        "Ivy": ("1", ""),
    }


def test_two_classes_of_one_name_are_refused(ending: School) -> None:
    plan = planned(ending)
    with pytest.raises(PlanRefusedError, match="Two classes are called 1H"):
        plan_classes(
            row=plan.row, classes=[PlannedClass(None, "1h", ()), PlannedClass(None, "1H", ())], by=None
        )


def test_a_class_that_is_not_named_in_the_form_cannot_be_doubled(ending: School) -> None:
    plan = planned(ending)
    with pytest.raises(PlanRefusedError, match="There is a class called 4H"):
        plan_classes(row=plan.row, classes=[PlannedClass(None, "4h", ())], by=None)


def test_a_whole_class_may_leave_or_wait_for_a_class(ending: School) -> None:
    plan = planned(ending)
    three = ClassGroup.objects.get(name="3H")
    moves = [
        PlannedMove(three, YearGroup.Y3, Goes.LEAVES, None),
        PlannedMove(None, YearGroup.R, Goes.UP, plan.classes[0]),
    ]
    plan_moves(row=plan.row, moves=moves, by=None)
    done(ending)
    assert roll_of_next_year(ending)["Ivy"] == ("1", plan.classes[0].name)
    assert set(roll_of_next_year(ending)) == {"Ann", "Ben", "Eve", "Ivy"}


@pytest.mark.parametrize(
    ("surname", "goes", "on", "problem"),
    [
        ("Gus", Goes.UP, None, "would be in Year 5, and the school ends with Year 4"),
        ("Cal", Goes.UP_TWO, None, "would be in Year 5"),
        ("Cal", Goes.LEAVES, dt.date(2025, 8, 1), "before the stay begins on 1 September 2025"),
        ("Cal", Goes.LEAVES, dt.date(2026, 9, 1), "after 2026/27 has begun"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_done(
    surname: str, goes: Goes, on: dt.date | None, problem: str, ending: School
) -> None:
    say(ending, surname, goes, on=on)
    (said,) = effect_of(planned(ending)).problems
    assert problem in said
    with pytest.raises(RollOverRefusedError, match=problem):
        done(ending)
    assert not PupilYear.objects.filter(academic_year=NEXT)
    assert not SchoolYear.objects.filter(academic_year=NEXT)


def test_own_dates_of_the_terms_and_of_leaving(ending: School) -> None:
    plan = planned(ending)
    dates = {**default_term_dates(NEXT), TermName.AUTUMN: (dt.date(2026, 9, 3), dt.date(2026, 12, 18))}
    plan_dates(row=plan.row, dates=dates, leaves_on=dt.date(2026, 7, 10), by=None)
    effect = effect_of(planned(ending))
    assert [step.name for step in effect.leave_early] == ["Fay, Child", "Gus, Child"]
    done(ending)
    assert Term.objects.get(academic_year=NEXT, term=TermName.AUTUMN).starts_on == dt.date(2026, 9, 3)
    assert Enrolment.objects.get(pupil__surname="Fay").ends_on == dt.date(2026, 7, 10)


def test_a_plan_begun_anew_forgets_what_was_said(ending: School) -> None:
    say(ending, "Ann", Goes.LEAVES)
    plan = planned(ending)
    plan_classes(row=plan.row, classes=[PlannedClass(None, "Nurture", ())], by=None)
    begin_anew(row=plan.row, by=None)
    assert not planned(ending).exceptions
    assert not RollOverClass.objects.filter(name="Nurture")


def test_what_is_said_back_to_as_the_class_leaves_no_row(ending: School) -> None:
    say(ending, "Ann", Goes.HELD)
    say(ending, "Ann", None)
    assert not planned(ending).exceptions
