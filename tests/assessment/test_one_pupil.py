"""One pupil at a time: a plain form over the same sheet, the same service and the same refusals."""

from __future__ import annotations

import pytest
from django.test import Client

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import READING
from assessment.models import Judgement
from schools.models import Pupil, Role
from schools.row_security import visible_to
from tests.assessment.classroom import YEAR, Classroom, box
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory, judged, on_roll

pytestmark = pytest.mark.django_db


def address(room: Classroom, pupil: Pupil, sheet: str = "all", asked: str = "?term=autumn") -> str:
    return f"{room.address(sheet, '')}pupils/{pupil.public_id}/{asked}"


def in_order(room: Classroom) -> list[Pupil]:
    return sorted((room.elsie, room.noah), key=lambda pupil: pupil.surname)


def stored(room: Classroom, pupil: Pupil) -> list[tuple[int, int | None, str]]:
    with visible_to(room.school):
        rows = Judgement.objects.filter(pupil=pupil, academic_year=YEAR)
        return list(rows.order_by("subject").values_list("subject", "points", "reason"))


def fields(pupil: Pupil, **typed: str) -> dict[str, str]:
    found = {}
    for subject, value in typed.items():
        name = box(pupil, f"{subject}.autumn")
        found |= {f"v-{name}": value, f"s-{name}": "0:"}
    return found


def test_saving_writes_all_subjects_and_leads_to_the_next_pupil_and_last_to_the_sheet(
    room: Classroom,
) -> None:
    first, second = in_order(room)
    sent = fields(first, reading="44", writing="4d2", mathematics=".", science="")
    answer = room.client.post(address(room, first), sent)
    assert (answer.status_code, answer.headers["Location"]) == (302, address(room, second))
    assert stored(room, first) == [(1, 44, ""), (2, 47, ""), (3, None, "absent")]
    answer = room.client.post(address(room, second), fields(second, reading="41"))
    assert (answer.status_code, answer.headers["Location"]) == (302, room.address("all"))


def test_what_cannot_be_saved_is_said_and_kept_and_the_rest_is_saved(room: Classroom) -> None:
    first = in_order(room)[0]
    answer = room.client.post(address(room, first), fields(first, reading="444", writing="44"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“444” is not on the scale." in page
    assert 'value="444"' in page
    assert stored(room, first) == [(2, 44, "")]


def test_a_colleague_who_was_faster_is_not_written_over(room: Classroom) -> None:
    first = in_order(room)[0]
    with visible_to(room.school):
        judged(first, YEAR, AssessmentTerm.AUTUMN, 50, subject=READING)
    answer = room.client.post(address(room, first), fields(first, reading="44"))
    assert answer.status_code == 409
    assert "entered 50" in answer.content.decode()
    assert stored(room, first) == [(1, 50, "")]


def test_another_pupils_boxes_in_the_form_write_nothing(room: Classroom) -> None:
    first, second = in_order(room)
    room.client.post(address(room, first), fields(second, reading="44"))
    assert stored(room, second) == []


def test_a_pupil_of_another_class_is_not_here_and_a_reader_may_not_save(room: Classroom) -> None:
    with visible_to(room.school):
        other = ClassGroupFactory.create(school=room.school, academic_year=YEAR, name="4B")
        stranger = on_roll(room.school, YEAR, class_group=other).pupil
    assert room.client.get(address(room, stranger)).status_code == 404
    senco: Client = signed_in(member(room.school, Role.SENCO))
    first = in_order(room)[0]
    assert senco.get(address(room, first)).status_code == 200
    assert senco.post(address(room, first), fields(first, reading="44")).status_code == 403
    assert signed_in(member(room.school, Role.GOVERNOR)).get(address(room, first)).status_code == 403


def test_the_order_and_the_filters_of_the_sheet_are_kept_from_pupil_to_pupil(room: Classroom) -> None:
    first, second = in_order(room)
    asked = "?term=autumn&entered=missing&sort=points"
    page = room.client.get(address(room, first, asked=asked)).content.decode()
    assert f"pupils/{second.public_id}/?term=autumn&amp;entered=missing&amp;sort=points" in page


def test_a_pupil_who_does_not_match_the_filter_any_more_is_saved_and_keeps_the_page(room: Classroom) -> None:
    first, second = in_order(room)
    with visible_to(room.school):
        judged(first, YEAR, AssessmentTerm.AUTUMN, 50, subject=READING)
    asked = "?term=autumn&attainment=below"
    sent = {f"v-{box(first, 'reading.autumn')}": "51", f"s-{box(first, 'reading.autumn')}": "1:50"}
    answer = room.client.post(address(room, first, "reading", asked), sent)
    assert answer.status_code == 302
    assert stored(room, first) == [(1, 51, "")]
    wrong = {f"v-{box(first, 'reading.autumn')}": "444", f"s-{box(first, 'reading.autumn')}": "2:51"}
    page = room.client.post(address(room, first, "reading", asked), wrong).content.decode()
    assert first.name in page
    assert 'value="444"' in page
    assert second.name not in page


def test_a_value_corrected_after_a_refusal_does_not_write_over_what_was_never_shown(room: Classroom) -> None:
    first = in_order(room)[0]
    name = box(first, "reading.autumn")
    with visible_to(room.school):
        judged(first, YEAR, AssessmentTerm.AUTUMN, 50, subject=READING)
    # It was empty when it was opened; a colleague entered 50 meanwhile, and the typing error says nothing of that.
    page = room.client.post(address(room, first, "reading"), {f"v-{name}": "444", f"s-{name}": "0:"})
    assert page.status_code == 422
    assert f'name="s-{name}" value="0:"' in page.content.decode()
    answer = room.client.post(address(room, first, "reading"), {f"v-{name}": "44", f"s-{name}": "0:"})
    assert answer.status_code == 409
    assert stored(room, first) == [(1, 50, "")]
