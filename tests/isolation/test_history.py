"""Every change of a school-owned row leaves an event that says who, in which request and which change-set."""

from __future__ import annotations

import pgtrigger
import pytest
from django.apps import apps
from django.db import connection, models

from schools.calendar import AcademicYear
from schools.models import ChangeKind, Pupil, Role, School, SchoolOwned
from schools.row_security import TABLES_WITHOUT_HISTORY, visible_to
from schools.services import memberships
from schools.services.changes import acting, change_set
from tests.conftest import member
from tests.factories import PupilFactory, UserFactory
from tests.isolation.two_schools import WholeSchool

PupilEvent = apps.get_model("schools", "PupilEvent")


def owned_models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models()
        if issubclass(model, SchoolOwned) and model._meta.db_table not in TABLES_WITHOUT_HISTORY
    ]


@pytest.mark.parametrize("model", owned_models(), ids=lambda model: model.__name__)
def test_every_school_owned_model_keeps_its_whole_history(model: type[models.Model]) -> None:
    event = apps.get_model(model._meta.app_label, f"{model.__name__}Event")
    kept = {field.name for field in event._meta.get_fields()}
    # What the database works out from the other columns need not be kept beside them.
    assert {field.name for field in model._meta.concrete_fields if not field.generated} <= kept
    labels = {tracker.label for tracker in event.pgh_trackers}
    assert labels == {"insert", "update", "delete"}


def test_each_change_is_an_event_with_its_old_and_new_values(school: School) -> None:
    with visible_to(school):
        pupil = PupilFactory.create(school=school, forename="First")
        Pupil.objects.filter(pk=pupil.pk).update(forename="Second")
        Pupil.objects.filter(pk=pupil.pk).update(forename="Second")
        pupil.delete()
        events = PupilEvent.objects.order_by("pk").values_list("pgh_label", "forename", "school")
        assert list(events) == [
            ("insert", "First", school.pk),
            ("update", "Second", school.pk),
            ("delete", "Second", school.pk),
        ]


def test_an_event_says_who_and_which_change_set(school: School) -> None:
    leader = UserFactory.create()
    with visible_to(school):
        with change_set(school=school, kind=ChangeKind.DEMO, by=leader, reason="to try it") as change:
            PupilFactory.create(school=school)
        with acting(None):
            PupilFactory.create(school=school)
        by_leader, by_operator = PupilEvent.objects.order_by("pk").values_list("pgh_context", flat=True)
    assert by_leader == {"user": leader.pk, "change_set": str(change.public_id)}
    assert by_operator == {"user": None}
    assert (change.by, change.reason) == (leader, "to try it")


def contexts() -> list[dict[str, object] | None]:
    return list(PupilEvent.objects.order_by("pk").values_list("pgh_context", flat=True))


def test_a_write_after_an_act_bears_nobodys_name(school: School) -> None:
    leader = UserFactory.create()
    with visible_to(school):
        PupilFactory.create(school=school)
        with acting(leader):
            PupilFactory.create(school=school)
        PupilFactory.create(school=school)
        assert contexts() == [None, {"user": leader.pk}, None]


def test_a_change_set_ends_with_its_block_inside_a_larger_act(school: School) -> None:
    leader = UserFactory.create()
    with visible_to(school), acting(leader):
        with change_set(school=school, kind=ChangeKind.DEMO, by=leader) as change:
            PupilFactory.create(school=school)
        PupilFactory.create(school=school)
        assert contexts() == [{"user": leader.pk, "change_set": str(change.public_id)}, {"user": leader.pk}]


def test_an_act_that_failed_leaves_its_name_on_nothing(school: School) -> None:
    leader = UserFactory.create()
    with visible_to(school), acting(leader):
        with pytest.raises(ZeroDivisionError), acting(None):
            PupilFactory.create(school=school)
            raise ZeroDivisionError
        PupilFactory.create(school=school)
        assert contexts() == [{"user": leader.pk}]
    with visible_to(school):
        with pytest.raises(ZeroDivisionError), acting(leader):
            raise ZeroDivisionError
        PupilFactory.create(school=school)
        assert contexts()[-1] is None


def test_history_cannot_be_switched_off_by_whoever_writes(school: School) -> None:
    """The trigger library has a switch for it; the server's role finds it without effect."""
    with visible_to(school):
        with pgtrigger.ignore():
            pupil = PupilFactory.create(school=school)
            Pupil.objects.filter(pk=pupil.pk).update(forename="Unseen")
        assert PupilEvent.objects.count() == 2
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('pgtrigger.ignore', '{schools_pupil:insert_insert}', true)")
        PupilFactory.create(school=school)
        assert PupilEvent.objects.count() == 3


def test_a_change_set_that_fails_leaves_nothing(school: School) -> None:
    with visible_to(school):
        with pytest.raises(ZeroDivisionError), change_set(school=school, kind=ChangeKind.DEMO, by=None):
            PupilFactory.create(school=school)
            raise ZeroDivisionError
        assert Pupil.objects.count() == 0
        assert PupilEvent.objects.count() == 0


def test_a_write_through_the_door_carries_the_request(school: School, year: AcademicYear) -> None:
    from django.http import HttpRequest, HttpResponse
    from django.test import RequestFactory

    from schools.access import SchoolRequest, school_view
    from schools.permissions import Permission

    @school_view(Permission.SEE_SCHOOL)
    def admit(request: SchoolRequest) -> HttpResponse:
        PupilFactory.create(school=request.access.school)
        return HttpResponse()

    head = member(school, Role.HEAD)
    request: HttpRequest = RequestFactory().get("/")
    request.user, request.id = head, "7c1e"  # type: ignore[attr-defined]
    admit(request, urn=school.urn)
    with visible_to(school):
        assert PupilEvent.objects.get().pgh_context == {"user": head.pk, "request": "7c1e"}


def test_history_of_a_membership_tells_when_a_role_was_given_and_ended(ours: WholeSchool) -> None:
    head = member(ours.school, Role.HEAD)
    MembershipEvent = apps.get_model("schools", "MembershipEvent")
    with visible_to(ours.school):
        memberships.end(membership=ours.membership, by=head)
        memberships.grant(school=ours.school, user=ours.teacher, role=Role.TEACHER, by=head)
        events = MembershipEvent.objects.filter(pgh_obj=ours.membership).order_by("pk")
        assert list(events.values_list("pgh_label", "is_active", "pgh_context__user")) == [
            ("insert", True, None),
            ("update", False, head.pk),
            ("update", True, head.pk),
        ]
