"""Rolls, counted by hand: joiners, leavers, children out of year, characteristics that nobody supplied."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from schools.calendar import AcademicYear, TermName, YearGroup
from schools.models import ClassGroup, Role, School
from schools.queries.classes import class_lines
from schools.queries.home import home
from schools.queries.people import people_of
from schools.queries.roll_groups import Group
from schools.queries.rolls import (
    RollFilter,
    Standing,
    Tally,
    counting_day,
    roll,
    year_groups_for,
)
from schools.row_security import visible_to
from schools.services import enrolments, memberships, years
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory, PupilYearFactory, on_roll
from tests.schools.small_school import TODAY, YEAR, access_of, school_pupil, teacher_of


def names(school: School, wanted: RollFilter | None = None) -> str:
    found = roll(access_of(school, Role.HEAD), wanted or RollFilter(), today=TODAY)
    assert found.count == len(found.lines)
    return " ".join(line.name.partition(",")[0] for line in found.lines)


def test_a_roll_holds_those_on_roll_on_the_day_the_last_day_included(small_school: School) -> None:
    assert names(small_school) == "Ada Bea Cal Dan Eve Fay Ivy Jan"
    tomorrow = roll(access_of(small_school, Role.HEAD), RollFilter(), today=TODAY + dt.timedelta(days=1))
    assert tomorrow.count == 7


def test_a_roll_tells_leavers_and_those_to_come_apart(small_school: School) -> None:
    assert names(small_school, RollFilter(standing=Standing.LEFT)) == "Gil"
    assert names(small_school, RollFilter(standing=Standing.TO_COME)) == "Hal"


def test_a_roll_counts_what_was_supplied(small_school: School) -> None:
    found = roll(access_of(small_school, Role.HEAD), RollFilter(), today=TODAY)
    assert found.summary == (
        Tally("Girls", 3, Group.GIRLS),
        Tally("Boys", 2, Group.BOYS),
        Tally("Pupil premium", 1, Group.PUPIL_PREMIUM),
        Tally("SEN", 2, Group.SEN),
        Tally("EAL", 1, Group.EAL),
    )
    assert (found.count, found.total, found.counted_on) == (8, 8, TODAY)


@pytest.mark.parametrize(
    ("group", "found"),
    [
        (Group.GIRLS, "Ada Bea Eve"),
        (Group.BOYS, "Cal Dan"),
        (Group.PUPIL_PREMIUM, "Ada"),
        (Group.SEN, "Ada Dan"),
        (Group.SEN_SUPPORT, "Ada"),
        (Group.EHC_PLAN, "Dan"),
        (Group.EAL, "Bea"),
        (Group.LOOKED_AFTER, ""),
        (Group.SERVICE, ""),
    ],
)
def test_a_roll_is_narrowed_by_group(small_school: School, group: Group, found: str) -> None:
    assert names(small_school, RollFilter(group=group)) == found


def test_a_roll_is_narrowed_by_the_year_group_in_the_record(small_school: School) -> None:
    assert names(small_school, RollFilter(year_group=YearGroup.Y3)) == "Dan"
    assert names(small_school, RollFilter(year_group=YearGroup.R)) == "Fay"


def test_a_roll_is_narrowed_by_class_and_by_having_none(small_school: School) -> None:
    mixed = ClassGroup.objects.get(name="3/4")
    assert names(small_school, RollFilter(class_id=mixed.public_id)) == "Dan Eve"
    assert names(small_school, RollFilter(without_class=True)) == "Fay"


@pytest.mark.parametrize("name", ["eve", "Child eve", "eve, child", " EV "])
def test_a_pupil_is_found_by_any_part_of_any_name(small_school: School, name: str) -> None:
    assert names(small_school, RollFilter(name=name)) == "Eve"


def test_a_pupil_is_found_by_the_name_in_use(small_school: School) -> None:
    pupil = school_pupil(small_school, "Eve")
    pupil.preferred_forename = "Evelina"
    pupil.save()
    assert names(small_school, RollFilter(name="lina")) == "Eve"
    assert names(small_school, RollFilter(name="Eve Child")) == "Eve"


def test_a_percent_sign_in_a_name_is_a_percent_sign(small_school: School) -> None:
    assert names(small_school, RollFilter(name="%")) == ""


def test_a_roll_says_who_joined_left_and_comes(small_school: School) -> None:
    head = access_of(small_school, Role.HEAD)
    notes = {
        line.name.partition(",")[0]: line.note
        for standing in Standing
        for line in roll(head, RollFilter(standing=standing), today=TODAY).lines
    }
    assert {name: note for name, note in notes.items() if note} == {
        "Cal": "Joined 3 November 2025",
        "Gil": "Left 20 October 2025",
        "Hal": "Joins 5 January 2026",
        "Ivy": "Leaves 20 November 2025",
        "Jan": "Joined 10 November 2025",
    }


@pytest.mark.parametrize(
    ("on", "day"),
    [
        ("2025-08-31", "2025-09-01"),
        ("2025-11-20", "2025-11-20"),
        ("2026-07-22", "2026-07-22"),
        ("2026-07-23", "2026-07-22"),
        ("2026-08-31", "2026-07-22"),
        ("2026-09-01", "2026-07-22"),
        ("2030-01-01", "2026-07-22"),
    ],
)
def test_a_year_is_counted_between_its_first_day_and_the_last_of_its_summer(
    small_school: School, on: str, day: str
) -> None:
    access = access_of(small_school, Role.HEAD)
    assert counting_day(access, dt.date.fromisoformat(on)) == dt.date.fromisoformat(day)


def test_a_past_year_follows_the_schools_own_last_day(small_school: School) -> None:
    years.set_term_dates(
        school=small_school,
        academic_year=YEAR,
        term=TermName.SUMMER,
        starts_on=dt.date(2026, 4, 13),
        ends_on=dt.date(2026, 7, 17),
        by=None,
    )
    access = access_of(small_school, Role.HEAD)
    enrolments.leave(pupil=school_pupil(small_school, "Ada"), on=dt.date(2026, 7, 17), by=None)
    enrolments.leave(pupil=school_pupil(small_school, "Bea"), on=dt.date(2026, 7, 16), by=None)
    found = roll(access, RollFilter(), today=dt.date(2026, 9, 1))
    assert found.counted_on == dt.date(2026, 7, 17)
    # All but Bea, Gil and Ivy; Hal has come by then.
    assert " ".join(line.name[:3] for line in found.lines) == "Ada Cal Dan Eve Fay Hal Jan"


def test_those_who_left_with_the_year_stay_on_its_roll_in_the_holidays(small_school: School) -> None:
    enrolments.leave(pupil=school_pupil(small_school, "Ada"), on=dt.date(2026, 7, 22), by=None)
    head = access_of(small_school, Role.HEAD)
    for day in (dt.date(2026, 7, 22), dt.date(2026, 7, 23), dt.date(2026, 8, 31), dt.date(2026, 9, 1)):
        found = roll(head, RollFilter(name="Ada"), today=day)
        assert (found.count, found.lines[0].note) == (
            1,
            f"{'Leaves' if day <= dt.date(2026, 7, 22) else 'Left'} 22 July 2026",
        )


def test_those_who_start_with_the_year_are_on_its_roll_in_the_holidays_before(small_school: School) -> None:
    years.set_term_dates(
        school=small_school,
        academic_year=YEAR,
        term=TermName.AUTUMN,
        starts_on=dt.date(2025, 9, 3),
        ends_on=dt.date(2025, 12, 19),
        by=None,
    )
    on_roll(small_school, YEAR, starts_on=dt.date(2025, 9, 3), pupil__surname="Kit")
    found = roll(access_of(small_school, Role.HEAD), RollFilter(name="Kit"), today=dt.date(2025, 8, 20))
    assert (found.count, found.counted_on, found.lines[0].note) == (1, dt.date(2025, 9, 3), "")


def test_a_pupil_of_the_year_without_any_dates_is_not_lost(small_school: School) -> None:
    PupilYearFactory.create(school=small_school, academic_year=YEAR, pupil__surname="Lou")
    head = access_of(small_school, Role.HEAD)
    (line,) = [
        line
        for line in roll(head, RollFilter(standing=Standing.TO_COME), today=TODAY).lines
        if line.name.startswith("Lou")
    ]
    assert line.note == "No dates recorded"


@pytest.mark.parametrize(
    "name", ["O'Hara", "OHARA", "o’hara", "smith-jones", "smith jones", "Zoe", "zoë", "wojcik"]
)
def test_accents_apostrophes_and_hyphens_hide_nobody(small_school: School, name: str) -> None:
    on_roll(small_school, YEAR, pupil__surname="O’Hara-Smith-Jones", pupil__forename="Zoë Wójcik")
    assert names(small_school, RollFilter(name=name)) == "O’Hara-Smith-Jones"


def test_accents_do_not_change_the_order(small_school: School) -> None:
    on_roll(small_school, YEAR, pupil__surname="Ávila")
    assert names(small_school).split()[:3] == ["Ada", "Ávila", "Bea"]


def test_a_year_group_outside_the_schools_own_can_be_chosen(small_school: School) -> None:
    on_roll(small_school, YEAR, year_group=YearGroup.Y5)
    own = [YearGroup.R, YearGroup.Y1, YearGroup.Y2, YearGroup.Y3, YearGroup.Y4]
    assert year_groups_for(access_of(small_school, Role.HEAD)) == [*own, YearGroup.Y5]
    assert year_groups_for(teacher_of(small_school, "3/4")) == [YearGroup.Y3, YearGroup.Y4]
    four = ClassGroup.objects.get(name="4A")
    assert year_groups_for(access_of(small_school, Role.HEAD), four) == [YearGroup.Y4]


def test_the_roll_of_a_class_counts_the_class(small_school: School) -> None:
    four = ClassGroup.objects.get(name="4A")
    head = access_of(small_school, Role.HEAD)
    found = roll(head, RollFilter(group=Group.GIRLS), today=TODAY, of_class=four)
    assert (found.count, found.total) == (2, 5)
    assert found.has_pupils
    assert not roll(head, RollFilter(), today=dt.date(2025, 8, 1), of_class=ClassGroup(pk=0)).has_pupils


def test_a_teacher_sees_the_pupils_of_the_classes_taught(small_school: School) -> None:
    found = roll(teacher_of(small_school, "3/4"), RollFilter(), today=TODAY)
    assert [line.name for line in found.lines] == ["Dan, Child", "Eve, Child"]
    assert roll(teacher_of(small_school), RollFilter(), today=TODAY).count == 0


def test_a_teacher_whose_role_ended_sees_nobody(small_school: School) -> None:
    access = teacher_of(small_school, "3/4")
    memberships.end(membership=access.user.memberships.get(), by=None)
    assert roll(access, RollFilter(), today=TODAY).count == 0


def test_a_teacher_of_last_years_class_sees_nobody_of_this_year(small_school: School) -> None:
    years.open_year(school=small_school, academic_year=AcademicYear(2024), by=None)
    old = ClassGroupFactory.create(school=small_school, academic_year=AcademicYear(2024), name="Old")
    access = teacher_of(small_school, "Old")
    assert old.teachers.count() == 1
    assert roll(access, RollFilter(), today=TODAY).count == 0


def test_a_long_roll_comes_in_pages_that_count_everybody(school: School) -> None:
    with visible_to(school):
        years.open_year(school=school, academic_year=YEAR, by=None)
        for _ in range(251):
            on_roll(school, YEAR)
        first = roll(access_of(school, Role.HEAD), RollFilter(), today=TODAY)
        second = roll(access_of(school, Role.HEAD), RollFilter(), today=TODAY, page=2)
        beyond = roll(access_of(school, Role.HEAD), RollFilter(), today=TODAY, page=99)
    assert (first.count, len(first.lines)) == (251, 250)
    assert (second.count, len(second.lines), beyond.lines) == (251, 1, second.lines)


def queries_for(school: School, pupils: int) -> int:
    with visible_to(school):
        years.open_year(school=school, academic_year=YEAR, by=None)
        group = ClassGroupFactory.create(school=school, academic_year=YEAR)
        for _ in range(pupils):
            on_roll(school, YEAR, class_group=group)
        access = access_of(school, Role.HEAD)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            roll(access, RollFilter(), today=TODAY)
            home(access, today=TODAY)
            class_lines(access, today=TODAY)
            people_of(access)
    return len(asked)


def test_queries_do_not_grow_with_pupils(school: School, other_school: School) -> None:
    assert queries_for(school, 1) == queries_for(other_school, 3)


def queries_of_pages(school: School, year: AcademicYear, pupils: int) -> list[int]:
    head = member(school, Role.HEAD)
    with visible_to(school):
        for _ in range(pupils):
            group = ClassGroupFactory.create(school=school, academic_year=year)
            on_roll(school, year, class_group=group)
    client, counts = signed_in(head), []
    for name in ("school_home", "roll", "class_list", "people"):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse(name, args=[school.urn, year])).status_code == 200
        counts.append(len(asked))
    return counts


def test_a_pages_queries_do_not_grow_with_pupils_or_classes(
    school: School, other_school: School, year: AcademicYear
) -> None:
    few = queries_of_pages(school, year, 1)
    assert few == queries_of_pages(other_school, year, 3)
    # Each of home, roll, classes and people: ten to sign in and pass the door, then its own.
    assert few == [22, 19, 18, 15]


@pytest.mark.parametrize(
    "query",
    [
        "group=martians",
        "year_group=99",
        "class_group=4A",
        "standing=x",
        "page=0",
        "page=abc",
        "page=-1",
        "x=y",
    ],
)
def test_nonsense_in_an_address_shows_the_whole_roll(school: School, year: AcademicYear, query: str) -> None:
    with visible_to(school):
        on_roll(school, year)
    page = signed_in(member(school, Role.HEAD)).get(f"{reverse('roll', args=[school.urn, year])}?{query}")
    assert page.status_code == 200
    assert page.context["roll"].count == 1


def test_another_schools_class_is_no_choice(school: School, other_school: School, year: AcademicYear) -> None:
    with visible_to(other_school):
        group = ClassGroupFactory.create(school=other_school, academic_year=year)
    with visible_to(school):
        on_roll(school, year)
    there = f"{reverse('roll', args=[school.urn, year])}?class_group={group.public_id}"
    page = signed_in(member(school, Role.HEAD)).get(there)
    assert page.context["filters"].errors
    assert page.context["roll"].count == 1


def test_a_name_is_looked_for_in_the_body_and_not_in_the_address(school: School, year: AcademicYear) -> None:
    with visible_to(school):
        on_roll(school, year, pupil__surname="Brough")
        on_roll(school, year, pupil__surname="Clowes")
    client, there = signed_in(member(school, Role.HEAD)), reverse("roll", args=[school.urn, year])
    assert client.post(there, {"name": "brough"}).context["roll"].count == 1
    assert client.get(there, {"name": "brough"}).context["roll"].count == 2


def test_htmx_gets_the_part_and_a_restored_page_the_whole(school: School, year: AcademicYear) -> None:
    client, there = signed_in(member(school, Role.HEAD)), reverse("roll", args=[school.urn, year])
    part = client.get(there, headers={"HX-Request": "true"})
    assert part.content.decode().lstrip().startswith('<section id="roll-results"')
    assert "HX-Request" in part.headers["Vary"]
    whole = client.get(there, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert whole.content.decode().lstrip().startswith("<!doctype html>")
