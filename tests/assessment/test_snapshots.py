"""Freezing a term: numbers, who and when, what is frozen, and that nobody changes it afterwards."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction

from assessment.engine.assessment_points import AssessmentTerm
from assessment.models import (
    FrozenRow,
    Snapshot,
    SnapshotCustomGroupPupil,
    SnapshotJudgement,
    SnapshotPupil,
    SnapshotTerm,
)
from assessment.queries.snapshots import FROZEN_TABLES, frozen_columns, snapshot_numbered, snapshots_of
from assessment.services.snapshots import freeze
from schools.calendar import AcademicYear, TermName
from schools.models import CustomGroup, CustomGroupPupil, School
from schools.row_security import visible_to
from tests.factories import UserFactory, judged, on_roll

FROZEN = [model for model in apps.get_models() if issubclass(model, FrozenRow)]


@pytest.fixture
def opened(school: School) -> Iterator[School]:
    with visible_to(school):
        yield school


@pytest.mark.django_db
def test_a_snapshot_is_numbered_in_its_school_and_says_who(
    opened: School, other_school: School, year: AcademicYear
) -> None:
    leader = UserFactory.create(name="Ada Lead")
    autumn = freeze(school=opened, academic_year=year, term=TermName.AUTUMN, by=leader, note="For governors")
    freeze(school=opened, academic_year=year, term=TermName.SPRING, by=None)
    with visible_to(other_school):
        theirs = freeze(school=other_school, academic_year=year, term=TermName.AUTUMN, by=None)
    assert (autumn.number, theirs.number) == (1, 1)
    second, first = snapshots_of(opened, year)
    assert (first.number, first.made_by, first.note, first.of) == (
        1,
        "Ada Lead",
        "For governors",
        "Autumn 2026/27",
    )
    assert (second.number, second.made_by) == (2, "the operator")
    assert snapshots_of(opened, AcademicYear(year - 1)) == []
    assert snapshot_numbered(opened, 3) is None
    event = apps.get_model("assessment", "SnapshotEvent").objects.get(pgh_obj=autumn.pk)
    assert event.pgh_context == {"user": leader.pk}
    assert first.holds(year, TermName.AUTUMN)
    assert first.holds(year - 1, TermName.SUMMER)
    assert not first.holds(year, TermName.SPRING)


@pytest.mark.django_db
def test_rows_are_frozen_up_to_the_term_and_without_names(opened: School, year: AcademicYear) -> None:
    pupil = on_roll(opened, year, pupil__surname="Surely").pupil
    for term, points in zip(AssessmentTerm, (40, 42, 44), strict=False):
        judged(pupil, year, term, points)
    group = CustomGroup.objects.create(school=opened, academic_year=year, name="Choir")
    CustomGroupPupil.objects.create(school=opened, academic_year=year, group=group, pupil=pupil)
    taken = freeze(school=opened, academic_year=year, term=TermName.AUTUMN, by=None)
    frozen = SnapshotJudgement.objects.filter(frozen_in=taken, pupil=pupil).order_by("term")
    assert list(frozen.values_list("term", "points")) == [(0, 40), (1, 42)]
    assert list(SnapshotTerm.objects.filter(frozen_in=taken).values_list("term", flat=True)) == [1]
    assert SnapshotCustomGroupPupil.objects.get(frozen_in=taken).group_id == group.pk
    assert SnapshotPupil.objects.get(frozen_in=taken).date_of_birth == pupil.date_of_birth
    columns = {name for model, _ in FROZEN_TABLES.values() for name in frozen_columns(model)}
    assert not {name for name in columns if "forename" in name or "surname" in name or name == "upn"}


def test_every_table_of_frozen_rows_is_read_from_somewhere() -> None:
    assert {model for model, _ in FROZEN_TABLES.values()} == set(FROZEN)


@pytest.mark.django_db
def test_the_server_never_changes_or_deletes_what_is_frozen(
    subtests: pytest.Subtests, opened: School, year: AcademicYear
) -> None:
    judged(on_roll(opened, year).pupil, year)
    freeze(school=opened, academic_year=year, term=TermName.AUTUMN, by=None)
    for model, column in ((Snapshot, "number"), *((each, "row_id") for each in FROZEN)):
        table = model._meta.db_table
        for sql in (f"UPDATE {table} SET {column} = 1", f"DELETE FROM {table}"):
            with (
                subtests.test(sql),
                pytest.raises(ProgrammingError, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(sql)


@pytest.mark.django_db(transaction=True)
def test_two_who_freeze_at_once_get_a_number_each(school: School, year: AcademicYear) -> None:
    def take() -> None:
        try:
            with visible_to(school):
                freeze(school=school, academic_year=year, term=TermName.AUTUMN, by=None)
        finally:
            connection.close()

    both = [threading.Thread(target=take) for _ in range(4)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    with visible_to(school):
        assert sorted(Snapshot.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
