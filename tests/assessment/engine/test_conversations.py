"""The lists that start conversations, by a literal table: Year 4 in Autumn is 43 to 44, Year 3 in Autumn 36 to 37."""

from __future__ import annotations

import pytest

from assessment.engine.conversations import Conversation, Known, conversations_about
from assessment.engine.expected_range import ExpectedRange
from assessment.engine.progress import Progress
from assessment.engine.trajectory import Standing

FALLING, CATCHING, AT_RISK, COASTING, NO_BASELINE, NOT_ASSESSED = Conversation
LESS, EXPECTED, MORE = Progress


@pytest.mark.parametrize(
    ("now", "ago", "progress", "lists"),
    [
        (None, 36, None, [NOT_ASSESSED]),
        # 2 short now, 1 short then; 1 short now, 2 short then; 1 short both times; nothing known of then.
        (41, 35, LESS, [FALLING]),
        (42, 34, MORE, [CATCHING]),
        (42, 35, EXPECTED, []),
        (42, None, LESS, []),
        # Within the range then, and above it.
        (42, 36, LESS, [FALLING]),
        (42, 40, LESS, [FALLING]),
        (43, 30, MORE, [AT_RISK]),
        (43, None, None, [AT_RISK, NO_BASELINE]),
        (44, 36, LESS, []),
        (45, 38, LESS, [COASTING]),
        (45, 38, EXPECTED, []),
        (45, 38, MORE, []),
        (45, 38, None, [NO_BASELINE]),
        (41, 35, None, [FALLING, NO_BASELINE]),
    ],
)
def test_who_is_on_which_list(
    now: int | None, ago: int | None, progress: Progress | None, lists: list[Conversation]
) -> None:
    known = Known(
        now=None if now is None else Standing(now, ExpectedRange(43, 44)),
        a_year_ago=None if ago is None else Standing(ago, ExpectedRange(36, 37)),
        progress=progress,
    )
    assert list(conversations_about(known)) == lists
