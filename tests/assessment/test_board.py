"""The completion board, counted by hand: by class and subject, by teacher, in reminders, and down to the empty cells.

The small school on the last day of Autumn, 19 December 2025: Ada, Bea, Cal (joined 3 November) and Jan in 4A, Dan (3) and Eve (4) in 3/4. Gil and
Ivy have left, Hal comes in January, Fay has no class.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessment.engine.subjects import EYFS_AREAS, MATHEMATICS, READING, SUBJECTS
from assessment.models import CompletedSheet, Judgement, Reason
from assessment.queries.board import NOBODY, Board, TeacherLine, board
from assessment.queries.completion import Share, State, completion, empty_cells
from assessment.services.completing import complete_sheets
from schools.access import Access
from schools.calendar import EyfsFramework, TermName, YearGroup
from schools.models import ClassGroup, Membership, Role, School
from schools.services.terms import close_term
from schools.services.windows import Window, close_year_group, set_entry_days
from tests.assessment.test_marksheet_sheet import enter
from tests.conftest import member
from tests.factories import ClassGroupFactory, EnrolmentFactory, on_roll
from tests.schools.small_school import TODAY, YEAR, access_of, school_pupil, teacher_of

AUTUMN, SPRING, SUMMER = TermName
AREAS = EYFS_AREAS[EyfsFramework.OF_2021]
CODES = [subject.code.lower() for subject in SUBJECTS]


@pytest.fixture
def head(small_school: School) -> Access:
    return access_of(small_school, Role.HEAD, user=member(small_school, Role.HEAD))


def group(name: str) -> ClassGroup:
    return ClassGroup.objects.get(name=name)


def share(access: Access, of_class: str, code: str, term: TermName = AUTUMN) -> Share:
    found = next(each for each in board(access, term, today=TODAY).classes if each.line.name == of_class)
    return next(each for each in found.shares if each.code == code)


def of(access: Access, name: str, *entries: tuple[int, int, int | str]) -> None:
    enter(school_pupil(access.school, name), *entries)


def reception(access: Access) -> ClassGroup:
    """R/1: Amy and Cem of Reception, Ben of Year 1; Cem leaves on the very last day of Autumn."""
    found = ClassGroupFactory.create(school=access.school, academic_year=YEAR, name="R/1")
    for name, year_group, ends_on in (
        ("Amy", YearGroup.R, None),
        ("Ben", YearGroup.Y1, None),
        ("Cem", YearGroup.R, dt.date(2025, 12, 19)),
    ):
        on_roll(
            access.school,
            YEAR,
            class_group=found,
            year_group=year_group,
            ends_on=ends_on,
            pupil__surname=name,
            pupil__forename="Child",
        )
    return found


# Counts and states


def test_points_and_each_reason_are_told_apart_and_the_rest_is_missing(head: Access) -> None:
    assert share(head, "4A", "mathematics").state is State.NOT_BEGUN
    of(head, "Ada", (YEAR, 1, 44))
    of(head, "Bea", (YEAR, 1, Reason.ABSENT))
    of(head, "Cal", (YEAR, 1, Reason.NEW))
    of(head, "Gil", (YEAR, 1, 44))
    found = share(head, "4A", "mathematics")
    assert (found.cells, found.entered, found.points, found.missing) == (4, 3, 1, 1)
    assert found.reasons == ((Reason.ABSENT, 1), (Reason.NEW, 1))
    assert found.state is State.BEGUN
    of(head, "Jan", (YEAR, 1, Reason.NOT_REQUIRED))
    assert share(head, "4A", "mathematics").state is State.ALL_IN
    # A joiner of January has a cell in Spring.
    assert share(head, "4A", "mathematics", SPRING).cells == 5


def test_a_class_of_reception_and_year_1_is_counted_in_areas_and_in_subjects(head: Access) -> None:
    reception(head)
    for area in AREAS[:5]:
        enter(school_pupil(head.school, "Amy"), (YEAR, 1, 19), subject=area)
    enter(school_pupil(head.school, "Cem"), (YEAR, 1, Reason.ABSENT), subject=AREAS[0])
    # In a subject, and so in none of Amy's cells.
    of(head, "Amy", (YEAR, 1, 23))
    found = share(head, "R/1", "areas")
    # Two pupils in 17 areas: Cem leaves on the last day and counts.
    assert (found.cells, found.entered, found.points, found.missing) == (34, 6, 5, 28)
    assert (share(head, "R/1", "mathematics").cells, share(head, "R/1", "mathematics").entered) == (1, 0)


def test_a_pupil_out_of_year_counts_by_the_record(head: Access) -> None:
    """Who is in Reception by the record, at the age of Year 1, is judged in areas."""
    found = reception(head)
    late = {"pupil__surname": "Old", "pupil__date_of_birth": dt.date(2020, 1, 15)}
    on_roll(head.school, YEAR, class_group=found, year_group=YearGroup.R, **late)
    assert share(head, "R/1", "areas").cells == 51
    assert share(head, "R/1", "reading").cells == 1


def test_what_is_said_to_be_complete_is_so_whatever_is_blank(head: Access) -> None:
    of(head, "Ada", (YEAR, 1, 44))
    complete_sheets(class_group=group("4A"), term=AUTUMN, subjects=[MATHEMATICS], by=head.user)
    found = share(head, "4A", "mathematics")
    assert (found.state, found.missing, found.is_awaited) == (State.COMPLETE, 3, False)
    assert found.statement is not None
    assert (found.statement.by, found.statement.is_changed_since) == (head.user.name, False)
    assert share(head, "4A", "reading").state is State.NOT_BEGUN
    assert share(head, "3/4", "mathematics").state is State.NOT_BEGUN
    CompletedSheet.objects.update(completed_at=timezone.now() - dt.timedelta(minutes=5))
    of(head, "Bea", (YEAR, 1, 45))
    changed = share(head, "4A", "mathematics").statement
    assert changed is not None
    assert changed.is_changed_since


def test_a_cell_emptied_after_it_was_complete_is_a_change(head: Access) -> None:
    of(head, "Ada", (YEAR, 1, 44))
    complete_sheets(class_group=group("4A"), term=AUTUMN, subjects=[MATHEMATICS], by=head.user)
    CompletedSheet.objects.update(completed_at=timezone.now() - dt.timedelta(hours=1))
    Judgement.objects.all().delete()
    statement = share(head, "4A", "mathematics").statement
    assert statement is not None
    assert statement.is_changed_since


def test_what_is_missing_and_cannot_be_entered_is_closed_and_what_is_all_in_stays_so(head: Access) -> None:
    for name in ("Ada", "Bea", "Cal", "Jan"):
        of(head, name, (YEAR, 1, 44))
    close_term(school=head.school, academic_year=YEAR, term=AUTUMN, by=None)
    assert share(head, "4A", "mathematics").state is State.ALL_IN
    assert share(head, "4A", "reading").state is State.CLOSED
    assert share(head, "4A", "reading", SPRING).state is State.NOT_BEGUN


def test_a_mixed_class_is_closed_when_all_year_groups_that_miss_something_are(head: Access) -> None:
    close_year_group(window=Window(head.school, YEAR, AUTUMN, YearGroup.Y3), by=None)
    # Eve of Year 4 can be entered still.
    assert share(head, "3/4", "mathematics").state is State.NOT_BEGUN
    of(head, "Eve", (YEAR, 1, 44))
    # Dan of Year 3 cannot.
    assert share(head, "3/4", "mathematics").state is State.CLOSED


def test_what_has_not_begun_for_the_year_group_is_not_open_yet(head: Access) -> None:
    later = TODAY + dt.timedelta(days=7)
    window = Window(head.school, YEAR, SPRING, YearGroup.Y4)
    # By the service's clock the day may have passed; the board's clock is TODAY.
    set_entry_days(window=window, opens_on=later, closes_on=None, by=None)
    assert share(head, "4A", "reading", SPRING).state is State.NOT_OPEN


# By teacher, and in words


def by_name(found: Board) -> dict[str, TeacherLine]:
    return {line.name: line for line in found.teachers}


def test_each_teacher_is_listed_with_what_is_missing_of_the_own_classes(head: Access) -> None:
    ann = teacher_of(head.school, "4A").user
    bob = teacher_of(head.school, "4A", "3/4").user
    for name in ("Ada", "Bea", "Cal", "Jan"):
        of(head, name, (YEAR, 1, 44))
    found = by_name(board(head, AUTUMN, today=TODAY))
    # 4A: three subjects of four pupils; 3/4: four subjects of two.
    assert found[ann.name].missing == 12
    assert found[bob.name].missing == 12 + 8
    told = [
        (name, [(each.share.code, each.share.missing) for each in of]) for name, of in found[bob.name].classes
    ]
    assert dict(told) == {
        "3/4": [(code, 2) for code in CODES],
        "4A": [(code, 4) for code in CODES if code != "mathematics"],
    }
    assert NOBODY not in found


def test_classes_without_a_teacher_stand_last_and_have_no_reminder(head: Access) -> None:
    teacher_of(head.school, "4A")
    found = board(head, AUTUMN, today=TODAY).teachers
    assert found[-1].name == NOBODY
    assert (found[-1].missing, found[-1].reminder) == (8, "")


def test_who_has_entered_all_and_said_so_is_not_reminded(head: Access) -> None:
    ann = teacher_of(head.school, "3/4").user
    complete_sheets(class_group=group("3/4"), term=AUTUMN, subjects=SUBJECTS, by=ann)
    line = by_name(board(head, AUTUMN, today=TODAY))[ann.name]
    assert (line.missing, line.reminder) == (0, "")


def test_the_reminder_names_classes_subjects_and_counts_and_no_pupil(head: Access) -> None:
    ann = teacher_of(head.school, "3/4").user
    of(head, "Dan", (YEAR, 1, 37))
    line = by_name(board(head, AUTUMN, today=TODAY, address="https://lep.test/sheets"))[ann.name]
    counts = ", ".join(f"{subject.name} {1 if subject == MATHEMATICS else 2} of 2" for subject in SUBJECTS)
    assert line.reminder == (
        f"Dear {ann.name},\n\n"
        "these judgements for Autumn 2025/26 are still to be entered:\n\n"
        f"3/4: {counts}\n\n"
        "If a pupil was absent, is new, or need not be judged, please enter that as the reason: the cell then counts as done.\n\n"
        "The marksheets are here: https://lep.test/sheets\n\n"
        f"Thank you\n{head.user.name}"
    )


def test_the_reminder_leaves_out_what_nobody_can_enter(head: Access) -> None:
    ann = teacher_of(head.school, "3/4", "4A").user
    close_year_group(window=Window(head.school, YEAR, AUTUMN, YearGroup.Y4), by=None)
    found = board(head, AUTUMN, today=TODAY)
    assert "3/4: " in found.reminder
    assert "4A" not in found.reminder
    assert "4A" not in by_name(found)[ann.name].reminder
    close_term(school=head.school, academic_year=YEAR, term=AUTUMN, by=None)
    assert board(head, AUTUMN, today=TODAY).reminder == ""


def test_two_teachers_of_the_same_name_stay_two(head: Access) -> None:
    for name in ("4A", "3/4"):
        user = teacher_of(head.school, name).user
        user.name = "Sam Same"
        user.save()
    assert [line.missing for line in board(head, AUTUMN, today=TODAY).teachers] == [16, 8] or [
        line.missing for line in board(head, AUTUMN, today=TODAY).teachers
    ] == [8, 16]


def test_who_has_ended_teaches_nobody(head: Access) -> None:
    ann = teacher_of(head.school, "4A").user
    Membership.objects.filter(user=ann).update(is_active=False)
    assert [line.name for line in board(head, AUTUMN, today=TODAY).teachers] == [NOBODY]


def test_thirty_classes_take_as_many_questions_as_two(head: Access) -> None:
    complete_sheets(class_group=group("4A"), term=AUTUMN, subjects=[READING], by=head.user)

    def questions() -> int:
        with CaptureQueriesContext(connection) as queries:
            board(head, AUTUMN, today=TODAY)
        return len(queries)

    before = questions()
    for number in range(30):
        more = ClassGroupFactory.create(school=head.school, academic_year=YEAR, name=f"More {number}")
        pupil = on_roll(head.school, YEAR, class_group=more, year_group=YearGroup(number % 5)).pupil
        enter(pupil, (YEAR, 1, 44), subject=AREAS[0] if number % 5 == 0 else MATHEMATICS)
        complete_sheets(class_group=more, term=AUTUMN, subjects=[MATHEMATICS], by=head.user)
    assert questions() == before


# The empty cells


def test_empty_cells_are_named_by_pupil_and_subject(head: Access) -> None:
    of(head, "Ada", (YEAR, 1, 44))
    of(head, "Bea", (YEAR, 1, Reason.ABSENT))
    found = empty_cells(head, group("4A"), AUTUMN, [MATHEMATICS])
    assert [(each.name, [one.code for one in each.subjects]) for each in found] == [
        ("Cal, Child", [MATHEMATICS.code]),
        ("Jan, Child", [MATHEMATICS.code]),
    ]
    assert [each.name for each in empty_cells(head, group("4A"), SPRING, [MATHEMATICS])] == [
        f"{name}, Child" for name in ("Ada", "Bea", "Cal", "Hal", "Jan")
    ]


def test_the_empty_areas_of_reception_are_named_and_year_1_has_none(head: Access) -> None:
    found = reception(head)
    for area in AREAS[2:]:
        enter(school_pupil(head.school, "Amy"), (YEAR, 1, 19), subject=area)
    told = {each.name: len(each.subjects) for each in empty_cells(head, found, AUTUMN, AREAS)}
    assert told == {"Amy, Child": 2, "Cem, Child": 17}
    assert [each.name for each in empty_cells(head, found, AUTUMN, [READING])] == ["Ben, Child"]


def test_a_pupil_who_left_and_came_back_has_one_cell(head: Access) -> None:
    ada = school_pupil(head.school, "Dan")
    stay = ada.enrolments.get()
    stay.ends_on = dt.date(2025, 10, 3)
    stay.save()
    EnrolmentFactory.create(school=head.school, pupil=ada, starts_on=dt.date(2025, 11, 3))
    assert [each.name for each in empty_cells(head, group("3/4"), AUTUMN, [READING])] == [
        "Dan, Child",
        "Eve, Child",
    ]


def test_a_teacher_is_told_of_the_own_classes_alone(head: Access) -> None:
    teacher = teacher_of(head.school, "3/4")
    assert [each.line.name for each in completion(teacher, AUTUMN, today=TODAY)] == ["3/4"]
    assert empty_cells(teacher, group("4A"), AUTUMN, [READING]) == []
