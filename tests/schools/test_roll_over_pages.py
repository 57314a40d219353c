"""The pages of the new school year: what was shown is done, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from schools.calendar import AcademicYear, YearGroup
from schools.models import ClassGroup, PupilYear, Role, RollOver, School
from schools.queries.roll_over import plan_row, read_plan
from schools.queries.roll_over_effect import effect_of
from schools.row_security import visible_to
from schools.services.roll_over_draft import begin_plan
from schools.services.years import open_year
from tests.conftest import member, signed_in
from tests.factories import SchoolFactory, on_roll
from tests.schools.rolling import NEXT, YEAR, ending_school


@pytest.fixture
def ending(db: None) -> Iterator[School]:
    school = SchoolFactory.create()
    with visible_to(school):
        ending_school(school)
        yield school


@pytest.fixture
def head(ending: School) -> Client:
    client = signed_in(member(ending, Role.HEAD))
    client.post(reverse("plan_new_year", args=[ending.urn, YEAR]), {"act": "begin"})
    return client


def preview(school: School) -> str:
    return reverse("preview_new_year", args=[school.urn, YEAR])


def sealed(page: str) -> str:
    found = re.search(r'name="shown" value="(\w+)"', page)
    assert found
    return found[1]


def test_what_was_shown_is_done_once(ending: School, head: Client) -> None:
    shown = sealed(head.get(preview(ending)).content.decode())
    assert not PupilYear.objects.filter(academic_year=NEXT)
    assert head.post(preview(ending), {"shown": shown}).status_code == 302
    assert PupilYear.objects.filter(academic_year=NEXT).count() == 6
    # The same page sent again is of something that has happened.
    assert head.post(preview(ending), {"shown": shown}).status_code == 422
    assert PupilYear.objects.filter(academic_year=NEXT).count() == 6


def test_a_pupil_who_came_since_is_shown_before_anything_is_done(ending: School, head: Client) -> None:
    shown = sealed(head.get(preview(ending)).content.decode())
    three = ClassGroup.objects.get(name="3H")
    on_roll(ending, YEAR, class_group=three, year_group=YearGroup.Y3, pupil__surname="Late")
    answer = head.post(preview(ending), {"shown": shown})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Nothing was done." in page
    assert "Late, " in page
    assert not PupilYear.objects.filter(academic_year=NEXT)
    assert head.post(preview(ending), {"shown": sealed(page)}).status_code == 302


def test_one_seal_is_not_good_for_other_classes(ending: School, head: Client) -> None:
    row = plan_row(ending, YEAR)
    assert row
    one, other = read_plan(row).blocks[:2]
    shown = sealed(head.get(preview(ending), {"block": one.key}).content.decode())
    assert head.post(preview(ending), {"shown": shown, "block": other.key}).status_code == 422


def test_a_year_too_far_ahead_is_not_planned(ending: School) -> None:
    running = AcademicYear.containing(timezone.localdate())
    far = AcademicYear(running + 1)
    open_year(school=ending, academic_year=far, by=None)
    client = signed_in(member(ending, Role.HEAD))
    there = reverse("plan_new_year", args=[ending.urn, far])
    assert "too far ahead" in client.get(there).content.decode()
    client.post(there, {"act": "begin"})
    assert not RollOver.objects.filter(academic_year=far)


def test_a_teacher_plans_nothing(ending: School, head: Client) -> None:
    teacher = signed_in(member(ending, Role.TEACHER))
    assert teacher.post(preview(ending), {"shown": "x"}).status_code == 403
    assert teacher.get(preview(ending)).status_code == 403


def test_the_plan_is_read_in_as_many_queries_however_many_pupils(
    ending: School,
    django_assert_num_queries,  # type: ignore[no-untyped-def]
) -> None:
    row = begin_plan(school=ending, academic_year=YEAR, by=None)
    with django_assert_num_queries(9):
        read_plan(row)
    few = read_plan(row)
    with django_assert_num_queries(4):
        effect_of(few)
    for _ in range(8):
        on_roll(ending, YEAR, class_group=ClassGroup.objects.get(name="3H"), year_group=YearGroup.Y3)
    with django_assert_num_queries(9):
        many = read_plan(row)
    with django_assert_num_queries(4):
        effect_of(many)
