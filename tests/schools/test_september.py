"""The checks of September: who is on the list of which class, who ticked, and who sees it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from assessment.engine.assessment_points import AssessmentTerm
from assessment.queries.september import without_start
from schools.access import Access
from schools.models import (
    ClassGroup,
    CustomGroup,
    CustomGroupPupil,
    Enrolment,
    PupilYear,
    Role,
    School,
    SeptemberCheck,
    SeptemberTick,
    User,
)
from schools.queries.september import check_lines, lists_of
from schools.row_security import visible_to
from schools.services import classes
from tests.conftest import member, signed_in
from tests.factories import SchoolFactory, UserFactory, judged, on_roll
from tests.schools.rolling import NEXT, YEAR, done, ending_school, pupil

TODAY = dt.date(2026, 9, 10)


@pytest.fixture
def begun(db: None) -> Iterator[School]:
    """2026/27 after the roll-over of `ending_school`: 3H went to 4H but for Dee, whose record is missing; Ben left on 7 September; Kit is new.

    Cal was judged last Summer; Ann has no Baseline; Cal is in the group Fractions. Ivy has no class.
    """
    school = SchoolFactory.create()
    with visible_to(school):
        ending_school(school)
        done(school)
        PupilYear.objects.filter(academic_year=NEXT, pupil__surname="Dee").delete()
        Enrolment.objects.filter(pupil__surname="Ben").update(ends_on=dt.date(2026, 9, 7))
        PupilYear.objects.filter(academic_year=NEXT).update(is_fsm6=False)
        on_roll(
            school,
            NEXT,
            class_group=ClassGroup.objects.get(academic_year=NEXT, name="4H"),
            pupil__surname="Kit",
            pupil__forename="Child",
        )
        judged(pupil(school, "Cal"), YEAR, AssessmentTerm.SUMMER)
        group = CustomGroup.objects.create(school=school, academic_year=NEXT, name="Fractions")
        CustomGroupPupil.objects.create(
            school=school, academic_year=NEXT, group=group, pupil=pupil(school, "Cal")
        )
        yield school


def access(school: School, *roles: Role, user: User | None = None) -> Access:
    return Access(user or UserFactory.create(), school, roles, NEXT, (NEXT, YEAR), (school,))


def found(school: School) -> set[tuple[str, str, str, str]]:
    """Class, surname, reason, detail."""
    of_head = access(school, Role.HEAD)
    names = dict(ClassGroup.objects.values_list("pk", "name"))
    return {
        (names.get(line.class_id or 0, ""), line.name.split(",")[0], line.what.value, line.detail)
        for line in check_lines(of_head, TODAY, without_start(of_head))
        # Nobody's sex is recorded in this school, of which a test below.
        if line.what is not SeptemberCheck.NOT_SUPPLIED
    }


def test_every_pupil_to_look_at_stands_in_the_list_of_the_class_concerned(begun: School) -> None:
    assert found(begun) == {
        ("4H", "Dee", "missing", "Year 3 last year"),
        ("4H", "Kit", "new", "First day 1 September 2026"),
        ("4H", "Kit", "not_judged", "Nothing of last Summer"),
        ("4H", "Cal", "group", "Fractions"),
        ("1H", "Ben", "left", "Last day 7 September 2026"),
        ("1H", "Ann", "not_judged", "No Baseline"),
        ("3/4 Ash", "Eve", "not_judged", "Nothing of last Summer"),
        ("", "Ivy", "without_class", "Year 1"),
        ("", "Ivy", "not_judged", "No Baseline"),
    }


def test_characteristics_never_supplied_are_named(begun: School) -> None:
    of_head = access(begun, Role.HEAD)
    said = {
        line.name: line.detail
        for line in check_lines(of_head, TODAY, {})
        if line.what is SeptemberCheck.NOT_SUPPLIED
    }
    assert said["Cal, Child"] == "Not recorded: sex"
    assert said["Kit, Child"] == "Not recorded: SEN, pupil premium, free school meals, EAL, ethnicity, sex"
    assert "Ben, Child" not in said


def test_in_a_schools_first_year_nobody_is_new(begun: School) -> None:
    first = Access(UserFactory.create(), begun, (Role.HEAD,), YEAR, (YEAR,), (begun,))
    lines = check_lines(first, dt.date(2025, 9, 10), {})
    assert [line for line in lines if line.what is SeptemberCheck.NEW] == []


def test_the_number_of_queries_does_not_grow(begun: School, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    of_head = access(begun, Role.HEAD)
    with django_assert_num_queries(6):
        check_lines(of_head, TODAY, {})
    four = ClassGroup.objects.get(academic_year=NEXT, name="4H")
    for _ in range(5):
        on_roll(begun, NEXT, class_group=four)
    with django_assert_num_queries(6):
        check_lines(of_head, TODAY, {})
    with django_assert_num_queries(3):
        without_start(of_head)


def teacher_of(school: School, name: str) -> User:
    user = member(school, Role.TEACHER)
    classes.assign_teacher(
        class_group=ClassGroup.objects.get(academic_year=NEXT, name=name),
        membership=user.memberships.get(),
        by=None,
    )
    return user


def there(school: School, name: str) -> str:
    group = ClassGroup.objects.get(academic_year=NEXT, name=name)
    return reverse("september_class", args=[school.urn, NEXT, group.public_id])


def test_a_teacher_ticks_for_the_own_class_and_is_named(begun: School) -> None:
    teacher = teacher_of(begun, "4H")
    client = signed_in(teacher)
    page = client.get(there(begun, "4H")).content.decode()
    assert "Dee, Child" in page
    assert "Ann, Child" not in page
    dee, ann = pupil(begun, "Dee"), pupil(begun, "Ann")
    # Of a pupil of another class nothing is ticked.
    sent = {"ticked": [f"missing.{dee.public_id}", f"not_judged.{ann.public_id}"]}
    assert client.post(there(begun, "4H"), sent).status_code == 302
    (ticked,) = SeptemberTick.objects.all()
    assert (ticked.pupil, ticked.what, ticked.ticked_by) == (dee, "missing", teacher)
    assert f"ticked by {teacher.name}" in client.get(there(begun, "4H")).content.decode()


def test_a_tick_of_a_colleague_stays_and_ones_own_can_be_taken_away(begun: School) -> None:
    client: Client = signed_in(teacher_of(begun, "4H"))
    dee, kit = pupil(begun, "Dee"), pupil(begun, "Kit")
    client.post(there(begun, "4H"), {"ticked": [f"missing.{dee.public_id}"]})
    # Sent from a page that was opened before that.
    client.post(there(begun, "4H"), {"ticked": [f"new.{kit.public_id}"]})
    assert SeptemberTick.objects.count() == 2
    client.post(there(begun, "4H"), {"saw": [f"missing.{dee.public_id}", f"new.{kit.public_id}"]})
    assert SeptemberTick.objects.count() == 0


def test_a_teacher_finds_no_other_class_and_not_those_in_no_class(begun: School) -> None:
    client = signed_in(teacher_of(begun, "4H"))
    assert client.get(there(begun, "1H")).status_code == 404
    without = reverse("september_without_class", args=[begun.urn, NEXT])
    assert client.get(without).status_code == 403
    index = client.get(reverse("september", args=[begun.urn, NEXT])).content.decode()
    assert "4H" in index
    assert "1H" not in index
    head = signed_in(member(begun, Role.HEAD))
    assert "Ivy, Child" in head.get(without).content.decode()


def test_each_reason_has_its_list_also_an_empty_one() -> None:
    assert [each.what for each in lists_of([])] == list(SeptemberCheck)
