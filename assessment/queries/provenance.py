"""How a judgement came to be here, in words."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from assessment.models import Judgement, Reason, Source
from schools.models import ChangeKind
from schools.queries.rolls import english

_REASONS = {Reason.ABSENT: "absent", Reason.NEW: "new", Reason.NOT_REQUIRED: "not required"}
# What a write of many cells was, where the judgement's own source does not say it.
_ACTS = {
    ChangeKind.DEMO: "Loaded with the demo",
    ChangeKind.FILL: "Filled in with other cells",
    ChangeKind.UNDO: "Taken back",
    ChangeKind.REDO: "Done again",
    ChangeKind.REPAIR: "Moved or copied between terms",
    ChangeKind.SHEET_FILE: "Brought back from Excel",
}


def in_a_word(reason: Reason) -> str:
    """Why there are no points, as a cell says it."""
    return _REASONS[reason]


def told_source(source: Source, made_by: str) -> str:
    """`made_by`: the school whose teacher judged."""
    if source is Source.IMPORTED:
        return "Imported from a file"
    if source is Source.COPIED:
        return f"Copied from {made_by}"
    return str(source.label)


def told_act(source: Source, made_by: str, act: ChangeKind | None, *, is_put_back: bool = False) -> str:
    """The same of a change: what the act was of which it was a part, else the source."""
    if is_put_back:
        return "Put back"
    return (_ACTS.get(act) if act else None) or told_source(source, made_by)


def told_entered(row: Judgement) -> str:
    """`Typed by A. Teacher, 2 July 2027, 16:05`; the row brings who and the school along."""
    who = row.entered_by.name if row.entered_by else "the operator"
    return (
        f"{told_source(Source(row.source), row.made_by_school.name)} by {who}, {told_moment(row.entered_at)}"
    )


def told_moment(at: dt.datetime) -> str:
    """`2 July 2027, 16:05`, by the clock of the school."""
    local = timezone.localtime(at)
    return f"{english(local.date())}, {local:%H:%M}"
