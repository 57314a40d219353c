"""Pauses of coverage in the tests' own set-up."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from coverage import Coverage

from tests import conftest


class Measuring:
    """As coverage does it: while it is stopped, there is none."""

    def __init__(self) -> None:
        self.is_on, self.turns = True, 0

    def current(self) -> Measuring | None:
        return self if self.is_on else None

    def stop(self) -> None:
        self.is_on = False

    def start(self) -> None:
        self.is_on, self.turns = True, self.turns + 1


def test_coverage_is_taken_again_after_the_last_pause_whichever_began_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measuring = Measuring()
    monkeypatch.setattr(Coverage, "current", measuring.current)
    with ExitStack() as outlasting:
        with conftest.coverage_paused():
            outlasting.enter_context(conftest.coverage_paused())
            assert not measuring.is_on
        assert not measuring.is_on
    assert (measuring.is_on, measuring.turns) == (True, 1)
    with conftest.coverage_paused(), conftest.coverage_paused():
        assert not measuring.is_on
    assert (measuring.is_on, measuring.turns) == (True, 2)


def test_without_coverage_a_pause_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Coverage, "current", lambda: None)
    with conftest.coverage_paused():
        pass
