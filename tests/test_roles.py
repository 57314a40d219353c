"""docs/roles.md says what schools/permissions.py does, no more and no less."""

from __future__ import annotations

import re
from pathlib import Path

from schools.models import Role
from schools.permissions import PERMISSIONS_BY_ROLE, ROLES_GIVEN_BY, Permission, roles_given_by

PAGE = (Path(__file__).parent.parent / "docs/roles.md").read_text(encoding="utf-8")
LETTERS = {
    "T": Role.TEACHER,
    "L": Role.SUBJECT_LEADER,
    "S": Role.SENCO,
    "A": Role.ASSESSMENT_LEADER,
    "H": Role.HEAD,
    "G": Role.GOVERNOR,
    "O": Role.OFFICE,
    "D": Role.ADMINISTRATOR,
}


def table(first: str) -> list[list[str]]:
    """The cells of the table whose first heading this is, headings first, without the line below them."""
    found = re.search(rf"^\| {first} \|.*?(?=^$)", PAGE, re.MULTILINE | re.DOTALL)
    assert found
    lines = [line.strip("| ").split(" | ") for line in found[0].splitlines()]
    return [lines[0], *lines[2:]]


def test_each_role_has_a_letter_and_its_name_is_said() -> None:
    assert set(LETTERS.values()) == set(Role)
    for letter, role in LETTERS.items():
        assert re.search(rf"\b{letter} {re.escape(role.label)}", PAGE, re.IGNORECASE)


def test_the_page_gives_each_role_what_the_policy_gives_it() -> None:
    (_, *letters), *rows = table("may")
    assert letters == list(LETTERS)
    assert [words for words, *_ in rows] == [permission.value for permission in Permission]
    said = {
        LETTERS[letter]: {Permission(words) for words, *cells in rows if cells[place] == "yes"}
        for place, letter in enumerate(letters)
    }
    assert said == {role: set(held) for role, held in PERMISSIONS_BY_ROLE.items()}
    assert {cell for _, *cells in rows for cell in cells} == {"yes", "\N{EN DASH}"}


def test_the_page_says_who_gives_which_role() -> None:
    said = {role: set(givers.split(", ")) for role, givers in table("role")[1:]}
    assert said == {
        str(role.label): {str(giver.label).lower() for giver in Role if role in roles_given_by([giver])}
        for role in Role
    }


def test_nobody_gives_a_role_without_a_permission_to_manage() -> None:
    managing = set(ROLES_GIVEN_BY)
    for role, held in PERMISSIONS_BY_ROLE.items():
        assert bool(roles_given_by([role])) == bool(managing & held)
    # Whoever gives all roles also opens the pages where they are given.
    assert all(
        Permission.MANAGE_PEOPLE in held
        for held in PERMISSIONS_BY_ROLE.values()
        if Permission.MANAGE_MANAGERS in held
    )
