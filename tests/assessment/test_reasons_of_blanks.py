"""Where blanks are counted, one with a reason is told as its reason."""

from __future__ import annotations

import pytest

from assessment.engine.subjects import MATHEMATICS
from assessment.models import Reason
from assessment.queries.completion import Share
from schools.calendar import YearGroup
from tests.assessment.classroom import Classroom, room

__all__ = ["room"]
pytestmark = pytest.mark.django_db


def test_the_line_above_a_sheet_counts_each_reason_and_what_is_still_empty(room: Classroom) -> None:
    pupils = [room.joined(f"Pupil{number}", "Dale", year_group=YearGroup.Y4) for number in range(4)]
    for pupil, reason in zip(pupils, ("absent", "absent", "new", "not_required"), strict=True):
        room.judged(pupil, None, reason=reason)
    room.judged(room.elsie, 44)
    said = room.page().said("sheet-summary")
    assert said.startswith("1 of 6 entered, 2 absent, 1 new, 1 not required, 1 still empty")


def test_without_a_reason_the_line_stays_short(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    assert room.page().said("sheet-summary").startswith("1 of 2 entered 0 below 1 at")


def test_the_list_of_sheets_says_beside_each_number_who_has_a_reason(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    room.judged(room.noah, None, reason="absent")
    address = room.address().split("marksheets/")[0] + "marksheets/?term=autumn"
    page = room.client.get(address).content.decode()
    assert page.count('<small class="quiet">1 absent</small>') == 1


@pytest.mark.parametrize(
    ("reasons", "told"),
    [
        ((), ""),
        (((Reason.ABSENT, 2), (Reason.NEW, 1)), "2 absent, 1 new"),
        (((Reason.ABSENT, 0), (Reason.NOT_REQUIRED, 3)), "3 not required"),
    ],
)
def test_a_share_tells_the_reasons_that_somebody_has(
    reasons: tuple[tuple[Reason, int], ...], told: str
) -> None:
    assert Share(MATHEMATICS, "Mathematics", 26, 30, reasons=reasons).told_reasons == told
