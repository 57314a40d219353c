"""The pages of the completion board, and its file: who may see them, where they lead."""

from __future__ import annotations

import csv
import io

from django.test import Client
from django.urls import reverse

from assessment.engine.subjects import READING
from assessment.models import Reason
from assessment.services.completing import complete_sheets
from schools.calendar import TermName, YearGroup
from schools.models import Membership, Role, School
from schools.row_security import visible_to
from schools.services import classes, years
from tests.assessment.classroom import YEAR as PAST
from tests.assessment.classroom import Classroom
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory

AUTUMN = TermName.AUTUMN


def client_of(school: School, role: Role) -> Client:
    return signed_in(member(school, role))


def there(room: Classroom, name: str, *keys: object, asked: str = "?term=autumn") -> str:
    return reverse(name, args=[room.school.urn, PAST, *keys]) + asked


def shown(room: Classroom, name: str, *keys: object, client: Client | None = None) -> str:
    answer = (client or client_of(room.school, Role.SENCO)).get(there(room, name, *keys))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_board_leads_to_the_empty_cells_and_they_to_the_very_cell(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    page = shown(room, "completion_board")
    cell = there(room, "completion_board_cell", room.group.public_id, "mathematics")
    assert f'href="{cell}"' in page
    assert "<strong>7</strong> cells missing" in page
    assert '<span class="visually-hidden">Mathematics: </span><b>1</b> of 2' in page
    assert '<span class="board-state">begun</span>' in page
    assert '<span class="board-state">not begun</span>' in page
    assert "Dear all," in page
    assert f"Dear {room.teacher.name}," in page
    for name in ("Brough", "Cox", "Elsie", "Noah"):
        assert name not in page
    missing = shown(room, "completion_board_cell", room.group.public_id, "mathematics")
    assert f'href="{room.address()}#p-{room.noah.public_id}"' in missing
    assert "Cox, Noah" in missing
    assert "Brough" not in missing


def test_what_is_all_in_leads_to_the_sheet(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    room.judged(room.noah, None, reason="absent")
    page = shown(room, "completion_board")
    assert f'href="{room.address()}"' in page
    assert '<span class="board-state">all in</span>' in page
    assert '<span class="board-note">1 absent' in page
    nothing = shown(room, "completion_board_cell", room.group.public_id, "mathematics")
    assert "Nothing is missing here" in nothing


def test_the_areas_of_reception_have_a_list_of_their_own(room: Classroom) -> None:
    rosa = room.joined("Rosa", "Small", year_group=YearGroup.R)
    page = shown(room, "completion_board_cell", room.group.public_id, "areas")
    assert "17 cells of 1 pupil" in page
    assert f'href="{room.address("e01")}#p-{rosa.public_id}"' in page


def test_a_sheet_that_does_not_exist_is_not_found(room: Classroom) -> None:
    client = client_of(room.school, Role.HEAD)
    for sheet in ("latin", "all", "e01"):
        assert (
            client.get(there(room, "completion_board_cell", room.group.public_id, sheet)).status_code == 404
        )


def test_who_does_not_see_every_pupil_sees_no_board(room: Classroom, other_school: School) -> None:
    addresses = [
        there(room, "completion_board"),
        there(room, "completion_board_cell", room.group.public_id, "mathematics"),
        there(room, "completion_board_file", "csv"),
    ]
    for client, status in (
        (room.client, 403),
        (client_of(room.school, Role.GOVERNOR), 403),
        (client_of(other_school, Role.HEAD), 404),
    ):
        assert [client.get(address).status_code for address in addresses] == [status] * 3
    assert "What is missing" not in room.client.get(there(room, "marksheets")).content.decode()
    assert "What is missing" in shown(room, "marksheets")


def test_a_class_of_another_school_is_not_found(room: Classroom, other_school: School) -> None:
    with visible_to(other_school):
        years.open_year(school=other_school, academic_year=PAST, by=None)
        theirs = ClassGroupFactory.create(school=other_school, academic_year=PAST)
    client = client_of(room.school, Role.HEAD)
    answer = client.get(there(room, "completion_board_cell", theirs.public_id, "reading"))
    assert answer.status_code == 404


def test_the_board_goes_out_as_a_file_with_its_states_in_words(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    room.judged(room.noah, None, reason="absent")
    with visible_to(room.school):
        complete_sheets(class_group=room.group, term=AUTUMN, subjects=[READING], by=room.teacher)
    answer = client_of(room.school, Role.HEAD).get(there(room, "completion_board_file", "csv"))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == [
        "Class", "Year groups", "Teachers", "Subject", "State", "Cells", "With points",
        *(reason.label for reason in Reason), "Empty",
    ]  # fmt: skip
    of_subjects = {row[3]: row for row in rows[1:]}
    name = room.teacher.name
    reasons = ["1" if reason is Reason.ABSENT else "0" for reason in Reason]
    assert of_subjects["Mathematics"] == [
        "4A",
        "Year 4",
        name,
        "Mathematics",
        "all in",
        "2",
        "1",
        *reasons,
        "0",
    ]
    assert of_subjects["Reading"][4:] == ["complete", "2", "0", *["0" for _ in Reason], "2"]
    assert "Brough" not in answer.content.decode("utf-8-sig")


def test_a_school_without_classes_says_so(other_school: School) -> None:
    client = client_of(other_school, Role.HEAD)
    year = reverse("school_home", args=[other_school.urn, PAST])
    assert client.get(year).status_code == 404
    home = client.get("/", follow=True)
    assert home.status_code == 200
    current = home.wsgi_request.path if hasattr(home, "wsgi_request") else ""
    page = client.get(f"{current}marksheets/board/")
    assert "No classes here yet" in page.content.decode()


def test_the_teachers_of_a_class_are_named_on_its_list(room: Classroom) -> None:
    with visible_to(room.school):
        other = member(room.school, Role.TEACHER)
        membership = Membership.objects.get(user=other)
        classes.assign_teacher(class_group=room.group, membership=membership, by=None)
    page = shown(room, "completion_board_cell", room.group.public_id, "reading")
    assert room.teacher.name in page
    assert other.name in page
