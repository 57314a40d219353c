"""The wall in the database, tried with rows that could leak: nothing of another school is read, written or referred to."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, ProgrammingError, connection, models, transaction

from schools.models import ClassGroup, Membership, Pupil, PupilYear, School, SchoolOwned
from schools.row_security import (
    TABLES_WITHOUT_HISTORY,
    every_school,
    own_memberships,
    visible_to,
    walled_models,
)
from tests.factories import PupilFactory
from tests.isolation.two_schools import WholeSchool

WALLED = walled_models()
NAMES = [model.__name__ for model in WALLED]


def rows(model: type[models.Model]) -> list[int]:
    return list(model._base_manager.values_list("school_id", flat=True))


def test_walled_models_are_the_school_owned_ones_and_their_histories() -> None:
    owned = {model.__name__ for model in SchoolOwned.__subclasses__() if not model._meta.abstract}
    assert owned <= set(NAMES)
    of_histories = {name.removesuffix("Event") for name in NAMES if name.endswith("Event")}
    assert {model.__name__ for model in WALLED if model._meta.db_table in TABLES_WITHOUT_HISTORY} == {
        name for name in NAMES if not name.endswith("Event")
    } - of_histories
    assert all(TABLES_WITHOUT_HISTORY.values())


def test_each_table_shows_only_the_open_school(
    subtests: pytest.Subtests, ours: WholeSchool, theirs: WholeSchool
) -> None:
    for model in WALLED:
        with subtests.test(model.__name__):
            with every_school():
                assert set(rows(model)) == {ours.school.pk, theirs.school.pk}, (
                    "the fixture must fill every table"
                )
            with visible_to(ours.school):
                assert set(rows(model)) == {ours.school.pk}
            assert rows(model) == []


def test_each_table_refuses_a_row_for_a_school_that_is_not_open(
    subtests: pytest.Subtests, ours: WholeSchool, theirs: WholeSchool
) -> None:
    for model in WALLED:
        with subtests.test(model.__name__):
            quote = connection.ops.quote_name
            columns = [
                field.column
                for field in model._meta.concrete_fields
                if not field.primary_key and not field.generated
            ]
            values = [str(theirs.school.pk) if column == "school_id" else quote(column) for column in columns]
            copy = (
                f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(map(quote, columns))})"
                f" SELECT {', '.join(values)} FROM {quote(model._meta.db_table)}"
            )
            with (
                visible_to(ours.school),
                pytest.raises(ProgrammingError, match="row-level security"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(copy)


def test_updates_and_deletes_pass_by_the_rows_of_a_school_that_is_not_open(
    ours: WholeSchool, theirs: WholeSchool
) -> None:
    with visible_to(ours.school):
        assert Pupil.objects.filter(pk=theirs.pupil.pk).update(forename="Changed") == 0
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM schools_pupilyear WHERE id = %s", [theirs.pupil_year.pk])
            assert cursor.rowcount == 0
    with visible_to(theirs.school):
        assert Pupil.objects.get(merged_into=None).forename == theirs.pupil.forename


def test_a_row_cannot_be_moved_into_a_school_that_is_not_open(ours: WholeSchool, theirs: WholeSchool) -> None:
    with (
        visible_to(ours.school),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        ClassGroup.objects.filter(pk=ours.class_group.pk).update(school=theirs.school)


def test_a_row_cannot_point_at_another_school_even_with_both_open(
    ours: WholeSchool, theirs: WholeSchool
) -> None:
    with visible_to(ours.school, theirs.school), pytest.raises(IntegrityError), transaction.atomic():
        PupilYear.objects.filter(pk=ours.pupil_year.pk).update(pupil=theirs.pupil)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_previous_school_is_open_again_after_an_inner_block(
    ours: WholeSchool, theirs: WholeSchool
) -> None:
    with visible_to(ours.school):
        with visible_to(theirs.school):
            assert set(rows(Pupil)) == {theirs.school.pk}
        assert set(rows(Pupil)) == {ours.school.pk}
    assert rows(Pupil) == []


def test_the_previous_school_is_open_again_after_an_inner_block_that_failed(
    ours: WholeSchool, theirs: WholeSchool
) -> None:
    with visible_to(ours.school):
        with pytest.raises(IntegrityError), visible_to(theirs.school):
            PupilFactory.create(school=theirs.school, person_key=theirs.pupil.person_key)
        assert set(rows(Pupil)) == {ours.school.pk}


@pytest.mark.django_db(transaction=True)
def test_no_school_stays_open_for_the_next_transaction(school: School) -> None:
    with visible_to(school):
        PupilFactory.create(school=school)
        assert Pupil.objects.count() == 1
    assert Pupil.objects.count() == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.school_ids', true), current_setting('app.user_id', true)")
        assert set(cursor.fetchone()) <= {None, ""}


def test_people_read_their_own_memberships_and_nobody_elses(ours: WholeSchool, theirs: WholeSchool) -> None:
    with own_memberships(ours.teacher):
        assert [row.pk for row in Membership.objects.all()] == [ours.membership.pk]
        assert Membership.objects.filter(pk=ours.membership.pk).update(is_active=False) == 0
        assert rows(Pupil) == []
    assert rows(Membership) == []
