"""Taking in many judgements as one act: all of them or none, and only those that say something new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import transaction

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.profile import without_profile_note
from assessment.models import Judgement, Source
from assessment.services.judgements import BATCH, Entry, Provenance, record_many
from schools.models import ChangeKind, School, User
from schools.services.changes import change_set
from schools.services.turns import take_turn_alone

# The pupil's key, the subject's number, the academic year, the term.
Cell = tuple[int, int, int, int]


class Said(NamedTuple):
    """What row `number` says of one cell: points or a reason; None of the last two is not said, and leaves what stands there."""

    number: int
    pupil_id: int
    subject: int
    academic_year: int
    term: AssessmentTerm
    points: int | None
    reason: str = ""
    is_on_entry: bool | None = None
    note: str | None = None

    @property
    def cell(self) -> Cell:
        return self.pupil_id, self.subject, self.academic_year, self.term


class Held(NamedTuple):
    """What stands in a cell; nothing in one that is empty."""

    points: int | None = None
    reason: str = ""
    is_on_entry: bool = False
    note: str = ""


NOTHING = Held()


@dataclass(frozen=True)
class Change:
    """One judgement, held already, that becomes another."""

    said: Said
    before: Held
    key: int

    @property
    def after(self) -> Held:
        return _over(self.before, self.said)


@dataclass(frozen=True, kw_only=True)
class JudgementChanges:
    """What judgements changed, or would change; `changed` in the order of the rows."""

    new: int
    changed: Sequence[Change]
    unchanged: int
    # Those that are new, in the order of the rows.
    added: Sequence[Said] = ()


def load_judgements(
    *,
    school: School,
    said: Sequence[Said],
    by: User | None,
    dry_run: bool = False,
    reason: str = "",
    progress: Callable[[int], object] | None = None,
    only_missing: bool = False,
) -> JudgementChanges:
    """Take in what is said, at most once of each cell: all of it, or nothing. Needs the school open.

    What stands there already is not written again: the same twice leaves no event and no change-set. With `dry_run`
    nothing is written. With `only_missing` what is held stays, whatever is said of it, and counts as unchanged. Closed terms do not bind it. `progress` is told how many more have been dealt with. Raises
    ValueError where a pupil has no record in the year.
    """
    with transaction.atomic():
        if not dry_run:
            # One import at a time, also of the roll: they would wait for each other's rows for ever.
            take_turn_alone(school)
        new, changed, unchanged = _compare(school, said)
        if only_missing:
            changed, unchanged = [], unchanged + len(changed)
        if progress:
            progress(unchanged)
        if (new or changed) and not dry_run:
            with change_set(school=school, kind=ChangeKind.IMPORT, by=by, reason=reason or "Judgements"):
                entries = [_entry(one, NOTHING) for one in new]
                entries.extend(_merged(school, changed))
                record_many(
                    school=school,
                    entries=entries,
                    provenance=Provenance(source=Source.IMPORTED, by=by),
                    progress=progress,
                )
    return JudgementChanges(new=len(new), changed=changed, unchanged=unchanged, added=new)


def _compare(school: School, said: Sequence[Said]) -> tuple[list[Said], list[Change], int]:
    """What is new, what changes, and how much stands there already, in one query however much is said."""
    waiting = {one.cell: one for one in said}
    changed, unchanged = [], 0
    for key, pupil, subject, year, term, *held in _stored(school, {one.academic_year for one in said}):
        one = waiting.pop((pupil, subject, year, term), None)
        if one is None:
            continue
        before = Held(*held)
        if _over(before, one) == before:
            unchanged += 1
        else:
            changed.append(Change(one, before, key))
    return list(waiting.values()), sorted(changed, key=lambda change: change.said.number), unchanged


def _stored(school: School, academic_years: Iterable[int]) -> Iterator[tuple[Any, ...]]:
    """Row by row: a school may hold far more of these years than a file says."""
    stored = Judgement.objects.in_school(school).filter(academic_year__in=set(academic_years))
    columns = ("pk", "pupil_id", "subject_id", "academic_year", "term", *Held._fields)
    rows: Iterator[tuple[Any, ...]] = stored.values_list(*columns).iterator(chunk_size=BATCH)
    return rows


def _over(before: Held, said: Said) -> Held:
    return Held(
        said.points,
        said.reason,
        before.is_on_entry if said.is_on_entry is None else said.is_on_entry,
        _note(before, said),
    )


def _note(before: Held, said: Said) -> str:
    if said.note is not None:
        return said.note
    is_same = (before.points, before.reason) == (said.points, said.reason)
    return before.note if is_same else without_profile_note(before.note)


def _entry(said: Said, before: Held) -> Entry:
    return Entry(said.pupil_id, said.subject, said.academic_year, said.term, *_over(before, said))


def _merged(school: School, changed: Sequence[Change]) -> Iterator[Entry]:
    """The changes over what stands there at this moment, locked: a note typed since it was compared is not lost."""
    for start in range(0, len(changed), BATCH):
        batch = changed[start : start + BATCH]
        rows = (
            Judgement.objects.in_school(school)
            .filter(pk__in=[change.key for change in batch])
            .order_by("pk")
            .select_for_update(no_key=True)
            .values_list("pk", *Held._fields)
        )
        now = {key: Held(*held) for key, *held in rows}
        yield from (_entry(change.said, now.get(change.key, NOTHING)) for change in batch)
