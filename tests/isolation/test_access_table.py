"""docs/access-table.md is what the map of the site and the policy say; test_door.py asks every address as every role whether it holds."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from django.core.management import call_command

from lep_tracker.access_table import Action, Answer, access_page, lines
from schools.models import Role
from tests.isolation.test_door import BEHIND, MAY_BE_POSTED

PAGE = Path(__file__).parent.parent.parent / "docs/access-table.md"


def test_the_page_is_what_the_program_says() -> None:
    command = "manage.py access_table --output docs/access-table.md"
    assert PAGE.read_text(encoding="utf-8") == access_page(), command


def test_the_command_prints_the_page() -> None:
    printed = StringIO()
    call_command("access_table", stdout=printed)
    assert printed.getvalue() == access_page()


def test_every_address_behind_the_door_stands_there_with_all_that_it_takes() -> None:
    there = [(line.name, line.action) for line in lines()]
    assert len(there) == len(set(there))
    assert {name for name, _ in there} == {pattern.name for pattern in BEHIND}
    assert {name for name, action in there if action is Action.SEND} == MAY_BE_POSTED


def said(name: str, action: Action = Action.LOOK) -> dict[Role, Answer]:
    return next(line.answers for line in lines() if (line.name, line.action) == (name, action))


def test_lines_worked_out_by_hand() -> None:
    yes, own, no = Answer.YES, Answer.OWN, Answer.NO
    in_order = [
        Role.TEACHER,
        Role.SUBJECT_LEADER,
        Role.SENCO,
        Role.ASSESSMENT_LEADER,
        Role.HEAD,
        Role.GOVERNOR,
        Role.OFFICE,
        Role.ADMINISTRATOR,
    ]
    by_hand = {
        ("pupil", Action.LOOK): [own, yes, yes, yes, yes, no, no, no],
        ("dashboard", Action.LOOK): [yes, yes, yes, yes, yes, yes, no, no],
        ("people", Action.LOOK): [yes, yes, yes, yes, yes, no, yes, yes],
        ("person", Action.SEND): [no, no, no, no, yes, no, no, yes],
        ("class_marksheet_cells", Action.SEND): [own, yes, no, yes, yes, no, no, no],
        ("imports", Action.SEND): [no, no, no, yes, yes, no, yes, no],
        ("correct_pupil", Action.SEND): [no, no, no, yes, yes, no, no, no],
        ("remove_pupil", Action.SEND): [no, no, no, no, yes, no, no, no],
        ("governors_pack", Action.SEND): [no, yes, yes, yes, yes, yes, no, no],
        ("job_file", Action.LOOK): [own] * 8,
    }
    for (name, action), answers in by_hand.items():
        assert said(name, action) == dict(zip(in_order, answers, strict=True)), name
