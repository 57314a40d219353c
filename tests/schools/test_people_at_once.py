"""Two acts at once: a link lets one person in once, and two heads do not remove each other."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Barrier

import pytest

from schools.models import Membership, Role, User
from schools.row_security import visible_to
from schools.services.invitations import accept_anew
from schools.services.staff import NotAllowedError, remove_person
from tests.assessment.test_at_the_same_time import ended, started
from tests.conftest import member
from tests.schools.staffroom import PASSWORD, Staffroom

pytestmark = pytest.mark.django_db(transaction=True)


def both(staffroom: Staffroom, *acts: Callable[[], object]) -> list[str]:
    """What came of two acts that begin at the same moment, each in a transaction of its own."""
    barrier = Barrier(2)
    came: list[str] = []

    def run(act: Callable[[], object]) -> None:
        barrier.wait(timeout=10)
        try:
            with visible_to(staffroom.school):
                act()
        except NotAllowedError:
            came.append("refused")
        else:
            came.append("done")

    for thread in [started(partial(run, act)) for act in acts]:
        ended(thread)
    return sorted(came)


def test_a_link_that_is_opened_twice_at_once_lets_in_once(staffroom: Staffroom) -> None:
    key = staffroom.invited().rstrip("/").rsplit("/", 1)[1]

    def come() -> None:
        accept_anew(school=staffroom.school, key=key, name="Tess Teacher", password=PASSWORD)

    assert both(staffroom, come, come) == ["done", "refused"]
    assert User.objects.filter(email="tess@school.test").count() == 1


def test_two_heads_who_remove_each_other_leave_one(staffroom: Staffroom) -> None:
    one, two = staffroom.head, member(staffroom.school, Role.HEAD)

    def removing(whom: User, by: User) -> Callable[[], object]:
        return lambda: remove_person(school=staffroom.school, user=whom, by=by)

    assert both(staffroom, removing(two, one), removing(one, two)) == ["done", "refused"]
    with visible_to(staffroom.school):
        assert Membership.objects.filter(role=Role.HEAD, is_active=True).count() == 1
