"""The pupils of a sheet, read in one query with their stays."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessment.queries.sheet_pupils import Stay, sheet_pupils
from schools.models import Role, School
from schools.queries.rolls import pupils_for
from tests.factories import ClassGroupFactory, EnrolmentFactory, PupilYearFactory, on_roll
from tests.schools.small_school import YEAR, access_of

LEFT, BACK = dt.date(2025, 10, 1), dt.date(2026, 1, 5)


def test_each_pupil_is_one_row_by_name_with_all_stays_in_order(small_school: School) -> None:
    group = ClassGroupFactory.create(school=small_school, academic_year=YEAR, name="Stays")
    place = {"class_group": group, "pupil__forename": "Al"}
    PupilYearFactory.create(school=small_school, academic_year=YEAR, pupil__surname="Never", **place)
    came_back = on_roll(small_school, YEAR, ends_on=LEFT, pupil__surname="Back", **place)
    EnrolmentFactory.create(school=small_school, pupil=came_back.pupil, starts_on=BACK)
    once = on_roll(
        small_school,
        YEAR,
        pupil__surname="Legal",
        pupil__preferred_surname="Once",
        is_eal=True,
        sen_status="K",
        **place,
    )
    pupils = pupils_for(access_of(small_school, Role.HEAD)).filter(class_group=group)
    with CaptureQueriesContext(connection) as queries:
        found = sheet_pupils(pupils, small_school)
    assert len(queries) == 1
    first = YEAR.starts_on
    assert [(row.name, row.stays) for row in found] == [
        ("Back, Al", [Stay(first, LEFT), Stay(BACK, None)]),
        ("Once, Al", [Stay(first, None)]),
        ("Never, Al", []),
    ]
    assert (found[1].public_id, found[1].class_name) == (once.pupil.public_id, "Stays")
    assert [badge.text for badge in found[1].badges] == ["SEN K", "EAL"]


def test_a_pupil_was_here_on_the_first_and_last_day_of_a_stay_and_not_between_two(
    small_school: School,
) -> None:
    group = ClassGroupFactory.create(school=small_school, academic_year=YEAR, name="Stays")
    row = on_roll(small_school, YEAR, ends_on=LEFT, class_group=group)
    EnrolmentFactory.create(school=small_school, pupil=row.pupil, starts_on=BACK)
    [found] = sheet_pupils(
        pupils_for(access_of(small_school, Role.HEAD)).filter(class_group=group), small_school
    )
    day = dt.timedelta(days=1)
    assert found.was_here(LEFT, LEFT)
    assert not found.was_here(LEFT + day, BACK - day)
    assert found.was_here(LEFT + day, BACK)
