"""Who is due, by which rule, since when: three children counted by hand, and what a school changes."""

from __future__ import annotations

import datetime as dt

import pytest

from schools.calendar import AcademicYear, YearGroup
from schools.models import (
    ChangeKind,
    ChangeSet,
    CountedFrom,
    Pupil,
    RetentionKind,
    RetentionRule,
    Role,
    School,
)
from schools.queries.retention import DEFAULTS, LeaverLine, Rule, due, kept, leavers
from schools.row_security import visible_to
from schools.services import years
from schools.services.retention import keep, set_rules
from tests.conftest import member
from tests.factories import EnrolmentFactory, on_roll

OLD = AcademicYear(2015)
LEFT = dt.date(2016, 7, 20)


@pytest.fixture
def left(school: School):  # type: ignore[no-untyped-def]
    """Four who left on 20 July 2016: Ann, Sam with SEN (born 2010), Una of Year 8 (born 2003), Bob who came back and is here."""
    with visible_to(school):
        years.open_year(school=school, academic_year=OLD, by=None)

        def child(name: str, born: dt.date, **fields: object) -> Pupil:
            row = on_roll(school, OLD, pupil__surname=name, pupil__date_of_birth=born, ends_on=LEFT, **fields)
            pupil: Pupil = row.pupil
            return pupil

        child("Ann", dt.date(2010, 3, 1), year_group=YearGroup.R, sen_status="N")
        child("Sam", dt.date(2008, 2, 29), year_group=YearGroup.Y2, sen_status="K")
        child("Una", dt.date(2003, 5, 6), year_group=YearGroup.Y8)
        bob = child("Bob", dt.date(2010, 3, 1))
        EnrolmentFactory.create(school=school, pupil=bob, starts_on=dt.date(2016, 9, 1))
        yield school


def told(lines: list[LeaverLine]) -> list[tuple[str, str, dt.date]]:
    return [(line.name.split(",")[0], line.rule.words, line.due_on) for line in lines]


def test_the_rule_that_keeps_longest_counts(left: School, today: dt.date) -> None:
    assert told(leavers(left, today)) == [
        ("Ann", "6 years after leaving", dt.date(2022, 7, 20)),
        ("Una", "25 years after birth", dt.date(2028, 5, 6)),
        # Born on 29 February: 31 years on there is none.
        ("Sam", "31 years after birth", dt.date(2039, 3, 1)),
    ]


def test_a_record_is_due_on_its_day_and_not_before(left: School) -> None:
    lines = leavers(left, dt.date(2022, 7, 19))
    assert due(lines, dt.date(2022, 7, 19)) == []
    assert [line.name.split(",")[0] for line in due(lines, dt.date(2022, 7, 20))] == ["Ann"]


def test_who_is_kept_is_asked_for_again_after_that_day(left: School, today: dt.date) -> None:
    head = member(left, Role.HEAD)
    pupil = Pupil.objects.get(surname="Ann")
    for until in (dt.date(2030, 1, 1), dt.date(2023, 1, 1)):
        keep(pupil=pupil, until=until, reason="A brother is here.", by=head)
    lines = leavers(left, today)
    # The latest decision counts, not the latest day.
    assert [line.kept_because for line in kept(lines, dt.date(2023, 1, 1))] == ["A brother is here."]
    assert due(lines, dt.date(2023, 1, 1)) == []
    assert len(due(lines, dt.date(2023, 1, 2))) == 1


def test_a_schools_own_rule_holds_instead_and_the_default_leaves_no_row(left: School, today: dt.date) -> None:
    head = member(left, Role.HEAD)
    own = Rule(RetentionKind.LEAVER, CountedFrom.BIRTH, 20)
    assert set_rules(school=left, rules=[own], by=head)
    assert told(leavers(left, today))[1] == ("Ann", "20 years after birth", dt.date(2030, 3, 1))
    change = ChangeSet.objects.get(kind=ChangeKind.RETENTION)
    assert change.reason == "Everybody who has left: 6 years after leaving, now 20 years after birth"
    assert not set_rules(school=left, rules=[own], by=head)
    assert set_rules(school=left, rules=DEFAULTS.values(), by=head)
    assert not RetentionRule.objects.exists()


def test_who_leaves_in_the_future_has_not_left(school: School, year: AcademicYear, today: dt.date) -> None:
    with visible_to(school):
        on_roll(school, year, ends_on=today)
        assert leavers(school, today) == []
        assert len(leavers(school, today + dt.timedelta(days=1))) == 1


def test_the_queries_do_not_grow_with_the_leavers(
    left: School, today: dt.date, django_assert_num_queries: object
) -> None:
    on_roll(left, OLD, ends_on=LEFT)
    with django_assert_num_queries(3):  # type: ignore[operator]
        assert len(leavers(left, today)) == 4
