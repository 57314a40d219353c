"""What tests of assessment share."""

from __future__ import annotations

import pytest

from tests.assessment.classroom import room
from tests.assessment.judgement_files import load
from tests.schools.small_school import small_school

__all__ = ["load", "room", "small_school"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A module whose `ROOMS` names several kinds of sheet is the contract of a marksheet, and runs over each: one mechanism has them all.

    A test that names its own room keeps it.
    """
    rooms = getattr(metafunc.module, "ROOMS", None)
    named = {
        name for mark in metafunc.definition.iter_markers("parametrize") for name in _names(mark.args[0])
    }
    if rooms and "room" in metafunc.fixturenames and "room" not in named:
        metafunc.parametrize("room", rooms, indirect=True)


def _names(said: str | tuple[str, ...]) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else said
