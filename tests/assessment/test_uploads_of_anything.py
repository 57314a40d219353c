"""Whatever is uploaded is taken in or refused in words: nothing else is raised, and of what is refused nothing is kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessment.models import Judgement
from schools.models import ChangeSet, ClassGroup, Pupil, PupilYear
from schools.row_security import visible_to
from tests.assessment.classroom import HTMX, Classroom, subjects_only
from tests.assessment.test_marksheet_workbook_back import bring, download
from tests.assessment.test_pasting import OF, door, seen

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unmeasured")]
quick = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ROLL = [
    "UPN",
    "Surname",
    "Forename",
    "DOB",
    "Year Group",
    "Class",
    "Gender",
    "SEN Status",
    "Pupil Premium",
    "EAL",
    "Leaving Date",
]
JUDGEMENTS = [
    "UPN",
    "Surname",
    "Forename",
    "Subject",
    "Academic Year",
    "Term",
    "Points",
    "Reason",
    "Note",
    "On Entry",
]
PROFILES = ["UPN", "E01", "E02", "E17", "Goal", "Outcome"]
CELLS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.sampled_from(
        [
            "A801200004001",
            "Brough",
            "Elsie",
            "01/09/2016",
            "4",
            "R",
            "4A",
            "Mathematics",
            "2024/25",
            "Autumn",
            "44",
            "4D2",
            "Absent",
            "2",
            "=1+1",
            "9" * 30,
            "1e400",
            "31/02/2016",
            "\x00",
            "",
        ]
    ),
)


def tables(headings: list[str]) -> st.SearchStrategy[list[list[str]]]:
    """Its headings in any order, some missing or twice, or any text instead; and rows of any length."""
    first = st.one_of(st.lists(st.sampled_from(headings), min_size=1, max_size=12), st.permutations(headings))
    return st.tuples(first, st.lists(st.lists(CELLS, max_size=12), max_size=4)).map(
        lambda both: [both[0], *both[1]]
    )


def held(room: Classroom) -> list[Any]:
    with visible_to(room.school):
        return [
            list(model._base_manager.order_by("pk").values())
            for model in (Pupil, PupilYear, ClassGroup, Judgement, ChangeSet)
        ]


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def as_file(place: Path, rows: list[list[str]]) -> Path:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    path = place / "any.csv"
    path.write_bytes(text.getvalue().encode())
    return path


COMMANDS = {
    "import_pupils": (ROLL, ["--year", "2024/25"]),
    "import_judgements": (JUDGEMENTS, []),
    "import_profiles": (PROFILES, ["--year", "2024/25"]),
}


def try_to_import(command: str, room: Classroom, path: Path) -> None:
    before, more = held(room), ["--school", room.school.urn, *COMMANDS[command][1]]
    with taken_back():
        refused = ""
        try:
            call_command(command, path, *more, stdout=io.StringIO())
        except CommandError as error:
            refused = str(error)
        # A refusal is a sentence.
        assert not refused or (len(refused) > 10 and held(room) == before)


@subjects_only
@pytest.mark.parametrize("command", COMMANDS)
@quick
@given(data=st.data())
def test_any_table_is_imported_whole_or_refused(
    room: Classroom, tmp_path: Path, command: str, data: st.DataObject
) -> None:
    rows = data.draw(tables(COMMANDS[command][0]))
    try_to_import(command, room, as_file(tmp_path, rows))


@subjects_only
@pytest.mark.parametrize("command", COMMANDS)
@quick
@given(
    content=st.one_of(st.binary(max_size=300), st.binary(max_size=300).map(lambda rest: b"PK\x03\x04" + rest))
)
def test_any_bytes_are_imported_whole_or_refused(
    room: Classroom, tmp_path: Path, command: str, content: bytes
) -> None:
    path = tmp_path / "any.bin"
    path.write_bytes(content)
    try_to_import(command, room, path)


@subjects_only
@quick
@given(data=st.data())
def test_a_marksheet_file_with_any_bytes_changed_is_shown_or_refused_and_writes_nothing(
    room: Classroom, data: st.DataObject
) -> None:
    content = bytearray(download(room))
    for _ in range(data.draw(st.integers(1, 20))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    before = held(room)
    assert bring(room, bytes(content)).status in {200, 422}
    assert bring(room, data.draw(st.binary(max_size=300))).status == 422
    assert held(room) == before


@subjects_only
@quick
@given(rows=st.lists(st.lists(CELLS, max_size=6), max_size=6), text=st.text(max_size=100))
def test_any_text_is_pasted_or_refused_and_writes_nothing_before_it_is_confirmed(
    room: Classroom, rows: list[list[str]], text: str
) -> None:
    before, saw = held(room), seen(room)
    for block in ("\n".join("\t".join(row) for row in rows), text):
        for pupil in ("", str(room.elsie.public_id)):
            sent = {"text": block, "of": room.named(OF), "saw": saw, "pupil": pupil}
            assert room.client.post(door(room), sent, headers=HTMX).status_code in {200, 400, 422}
        # What was never shown is not confirmed.
        forged = {"cells": block, "over": [block], "confirm": "1"}
        assert room.client.post(door(room), forged, headers=HTMX).status_code in {400, 422}
    assert held(room) == before
