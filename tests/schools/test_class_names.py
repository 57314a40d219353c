"""What classes are called a year later."""

from __future__ import annotations

import pytest

from schools.calendar import YearGroup
from schools.services.class_names import ClassThere, propose

FIRST, MIDDLE, UPPER, PRIMARY = (0, 4), (5, 8), (9, 13), (-1, 6)


@pytest.mark.parametrize(
    ("span", "classes", "names", "moves"),
    [
        (
            FIRST,
            {"RH": [0], "1H": [1], "2H": [2], "3H": [3], "3J": [3], "4H": [4]},
            ("RH", "1H", "2H", "3H", "4H", "4J"),
            {"RH": "1H", "1H": "2H", "2H": "3H", "3H": "4H", "3J": "4J", "4H": None},
        ),
        (
            FIRST,
            {"Reception Oak": [0], "Year 1 Oak": [1], "Year 2 Elm": [2], "3/4 Ash": [3, 4]},
            ("Reception Oak", "Year 1 Oak", "Year 2 Oak", "3/4 Ash"),
            {
                "Reception Oak": "Year 1 Oak",
                "Year 1 Oak": "Year 2 Oak",
                "Year 2 Elm": "3/4 Ash",
                "3/4 Ash": ["3/4 Ash", None],
            },
        ),
        (
            FIRST,
            {"Robins": [0], "Wrens": [1, 2], "Owls": [3, 4]},
            ("Robins", "Wrens", "Owls"),
            {"Robins": "Wrens", "Wrens": ["Wrens", "Owls"], "Owls": ["Owls", None]},
        ),
        (
            FIRST,
            {"1/2 Ash": [1, 2], "3/4 Ash": [3, 4], "3/4 Elm": [3]},
            ("1/2 Ash", "3/4 Ash", "3/4 Elm"),
            {"1/2 Ash": ["1/2 Ash", "3/4 Ash"], "3/4 Ash": ["3/4 Ash", None], "3/4 Elm": "3/4 Elm"},
        ),
        (
            MIDDLE,
            {"5A": [5], "6A": [6], "Y7B": [7], "8A": [8]},
            ("5A", "6A", "7A", "Y8B"),
            {"5A": "6A", "6A": "7A", "Y7B": "Y8B", "8A": None},
        ),
        (
            UPPER,
            {"9X": [9], "10X": [10], "Class 3": [12], "13X": [13], "1 Elm": [14 - 3]},
            ("9X", "10X", "11X"),
            {"9X": "10X", "10X": "11X", "Class 3": "13X", "13X": None, "1 Elm": "Class 3"},
        ),
        (
            PRIMARY,
            {"N2 Sun": [-1], "R": [0], "Rowan": [1], "Year 6": [6]},
            ("N2 Sun", "R Sun", "1"),
            {"N2 Sun": "R Sun", "R": "1", "Rowan": "", "Year 6": None},
        ),
    ],
)
def test_names_step_on_and_mixed_classes_stay(
    span: tuple[int, int],
    classes: dict[str, list[int]],
    names: tuple[str, ...],
    moves: dict[str, str | list[str | None] | None],
) -> None:
    proposal = propose(
        [ClassThere(name, name, frozenset(map(YearGroup, groups))) for name, groups in classes.items()],
        lowest=YearGroup(span[0]),
        highest=YearGroup(span[1]),
    )
    said = {
        (name, YearGroup(group)): to[at] if isinstance(to := moves[name], list) else to
        for name, groups in classes.items()
        for at, group in enumerate(groups)
    }
    assert proposal.moves == said
    assert set(names) <= set(proposal.names)


def test_a_school_without_classes_has_nothing_to_propose() -> None:
    proposal = propose([], lowest=YearGroup.R, highest=YearGroup.Y4)
    assert (proposal.names, proposal.moves) == ((), {})
