"""Taking in a common transfer file: the roll of a year, results, periods, schools attended and attendance, as one act or not at all."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from schools.calendar import AcademicYear
from schools.ctf_values import CtfHeader, CtfPupil
from schools.models import (
    ChangeKind,
    CtfResultRaw,
    FsmPeriod,
    Pupil,
    PupilYear,
    School,
    SchoolAttended,
    SchoolYear,
    SenNeed,
    SenPeriod,
    User,
)
from schools.queries.yearly_values import open_years
from schools.services.changes import whole_act
from schools.services.ctf_periods import periods_of
from schools.services.ctf_rows import Sorted, attendance_of, placeholder, sort_pupils
from schools.services.roll_matching import Matches, match
from schools.services.roll_plan import Update
from schools.services.roll_rows import RollProblem, RollRefused
from schools.services.rolls import RollChanges, RollNote, RollQuestion, load_roll
from schools.services.turns import take_turn_alone
from schools.services.yearly_values import work_out
from schools.statutory import measure_of
from schools.yearly_flags import TWO_KINDS_FROM

BATCH = 1000
_RESULT = (
    *("stage", "locale", "year", "subject", "method", "component"),
    *("status", "qualifier", "result", "result_date"),
)
_PERIODS: tuple[type[Any], ...] = (FsmPeriod, SenPeriod, SenNeed, SchoolAttended)
GUEST = "G"


@dataclass(frozen=True, kw_only=True)
class CtfChanges:
    """What a common transfer file changed, or would change."""

    roll: RollChanges
    # Rows of each table that were added, and of each that became others, by the words for them.
    added: Mapping[tuple[str, str], int]
    changed: Mapping[tuple[str, str], int]
    notes: tuple[RollNote, ...]
    # In the order of the file.
    guests: tuple[str, ...]
    unknown: tuple[CtfPupil, ...]
    without_record: tuple[CtfPupil, ...]
    # Tuples of results that nobody here knows: stage, subject, method, component, qualifier; and how many results.
    unknown_results: Mapping[tuple[str, str, str, str, str], int]
    results: int
    # Pupils of the file who may be somebody held, where somebody is asked; they are in nothing else here.
    questions: tuple[RollQuestion, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether everything was held already."""
        return self.roll.is_empty and not self.added and not self.changed


@dataclass
class _Beside:
    """What hangs on pupils beside the roll: rows to add, each with its place in the file, and rows that change."""

    new: list[tuple[int, Any]] = field(default_factory=list)
    changed: list[tuple[Any, tuple[str, ...]]] = field(default_factory=list)
    notes: list[RollNote] = field(default_factory=list)

    def counts(self) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
        return (
            Counter(words_of(type(row)) for _, row in self.new),
            Counter(words_of(type(row)) for row, _ in self.changed),
        )


_WORDS: Mapping[type[Any], tuple[str, str]] = {
    CtfResultRaw: ("result", "results"),
    FsmPeriod: ("period of free school meals", "periods of free school meals"),
    SenPeriod: ("period of SEN", "periods of SEN"),
    SenNeed: ("type of need", "types of need"),
    SchoolAttended: ("school attended", "schools attended"),
    PupilYear: ("earlier or later year’s attendance", "earlier or later years’ attendance"),
}


def words_of(model: type[Any]) -> tuple[str, str]:
    """`result`, `results`: one and many."""
    return _WORDS[model]


@dataclass(frozen=True, kw_only=True)
class _Loading:
    """What is asked for."""

    school: School
    academic_year: AcademicYear
    header: CtfHeader
    pupils: Sequence[CtfPupil]
    update: Update
    by: User | None
    reason: str
    progress: Callable[[int], object] | None
    # Whose each pupil is, where somebody was asked and has said.
    same: Mapping[int, int | None] | None = None


def load_ctf(
    *,
    school: School,
    academic_year: AcademicYear,
    header: CtfHeader,
    pupils: Iterable[CtfPupil],
    update: Update = "all",
    by: User | None,
    dry_run: bool = False,
    reason: str = "",
    progress: Callable[[int], object] | None = None,
    same: Mapping[int, int | None] | None = None,
) -> CtfChanges:
    """Take in the pupils of a common transfer file for the roll of the year: all of it, or nothing. Needs the school open.

    What an element does not say stays as it is; nothing is taken away. A pupil without a year group keeps the one held; of a new one it follows from age, in
    a full file; a partial file makes nobody a pupil. Rows follow `load_roll`. Results are kept to the letter, once each. A former UPN is told of and
    merges nobody. The same file again leaves no event and no change-set. `same` is for who can be asked whose a pupil is, by the place in the file
    (`roll_matching.match`); nothing is written while there are questions. Raises RollRefused, with every problem that was found.
    """
    everybody = list(pupils)
    asked = _Loading(
        school=school,
        academic_year=academic_year,
        header=header,
        pupils=[pupil for pupil in everybody if pupil.enrol_status != GUEST],
        update=update,
        by=by,
        reason=reason or f"Common transfer file for {academic_year}",
        progress=progress,
    )
    guests = tuple(pupil.name for pupil in everybody if pupil.enrol_status == GUEST)
    with transaction.atomic():
        if not dry_run:
            # One at a time: what is held must not change under the plan.
            take_turn_alone(school)
        matches = match(map(placeholder, asked.pupils), Pupil.objects.in_school(school), same)
        if matches.problems:
            raise RollRefused(sorted(matches.problems, key=lambda problem: problem.row or 0))
        found = matches.pupils
        asked = _settled(asked, matches, is_asking=same is not None)
        sorted_ = _sorted(asked, found)
        roll = _roll(asked, sorted_, dry_run=True)
        beside = _plan_beside(asked, sorted_, found)
        changes = _changes(asked, sorted_, roll, beside, guests)
        changes = replace(changes, questions=tuple(_questions(everybody, matches)))
        if not dry_run and not changes.is_empty and not changes.questions:
            with whole_act(school=school, kind=ChangeKind.IMPORT, by=by, reason=asked.reason):
                _write(asked, sorted_, found)
    return changes


def _settled(asked: _Loading, matches: Matches, *, is_asking: bool) -> _Loading:
    """Without the pupils who are in question. Whose the others are has been said: the roll asks nobody again."""
    pupils = [pupil for pupil in asked.pupils if pupil.number not in matches.questions]
    held = {pupil.number: matches.pupils.get(pupil.number) for pupil in pupils}
    same = {number: whose.pk if whose else None for number, whose in held.items()}
    return replace(asked, pupils=pupils, same=same if is_asking else None)


def _questions(everybody: Iterable[CtfPupil], matches: Matches) -> Iterator[RollQuestion]:
    for pupil in everybody:
        if pupil.number in matches.questions:
            yield RollQuestion(placeholder(pupil), matches.questions[pupil.number])


def _sorted(asked: _Loading, found: Mapping[int, Pupil]) -> Sorted:
    opened = SchoolYear.objects.in_school(asked.school).filter(
        academic_year=asked.academic_year, is_for_copies=False
    )
    is_open = asked.academic_year in open_years(asked.school, timezone.localdate()) or not opened.exists()
    sorted_ = sort_pupils(
        asked.pupils,
        found,
        school=asked.school,
        academic_year=asked.academic_year,
        is_partial=asked.header.is_partial,
        is_open=is_open,
    )
    if sorted_.problems:
        raise RollRefused(sorted_.problems)
    return sorted_


def _roll(asked: _Loading, sorted_: Sorted, *, dry_run: bool) -> RollChanges:
    changes = load_roll(
        school=asked.school,
        academic_year=asked.academic_year,
        rows=sorted_.rows,
        update=asked.update,
        by=asked.by,
        # A file without a row for the roll opens no year.
        dry_run=dry_run or not sorted_.rows,
        reason=asked.reason,
        progress=asked.progress,
        same=asked.same,
    )
    return changes if sorted_.rows else replace(changes, opens_year=False)


def _plan_beside(asked: _Loading, sorted_: Sorted, found: Mapping[int, Pupil]) -> _Beside:
    """What the file says beside the roll, of those who are pupils or will be. A fixed number of queries."""
    left_out = {pupil.number for pupil in sorted_.unknown}
    held = _Held(asked.school, [pupil.pk for pupil in found.values()])
    beside = _Beside()
    for pupil in asked.pupils:
        if pupil.number not in left_out:
            whose = found.get(pupil.number)
            _plan_results(beside, pupil, whose, held, asked.school)
            _plan_periods(beside, pupil, whose, held, asked)
            _plan_attendance(beside, pupil, whose, held, asked)
    _tell_former_upns(beside, asked, found)
    return beside


class _Held:
    """What is held of some pupils beside the roll."""

    def __init__(self, school: School, pupils: Sequence[int]) -> None:
        def rows(model: type[Any]) -> Any:
            return model.objects.in_school(school).filter(pupil__in=pupils).order_by("pk")

        self.results: dict[int, set[tuple[Any, ...]]] = defaultdict(set)
        for pupil, *said in rows(CtfResultRaw).values_list("pupil_id", *_RESULT):
            self.results[pupil].add(tuple(said))
        self.periods: dict[int, list[Any]] = defaultdict(list)
        for model in _PERIODS:
            for row in rows(model).select_related("pupil"):
                self.periods[row.pupil_id].append(row)
        self.years: dict[int, list[PupilYear]] = defaultdict(list)
        for record in rows(PupilYear):
            self.years[record.pupil_id].append(record)


def _plan_results(beside: _Beside, pupil: CtfPupil, whose: Pupil | None, held: _Held, school: School) -> None:
    known = set(held.results[whose.pk]) if whose else set()
    for each in pupil.results:
        said = tuple(getattr(each, name) for name in _RESULT)
        if said not in known:
            known.add(said)
            row = CtfResultRaw(school=school, **dict(zip(_RESULT, said, strict=True)))
            beside.new.append((pupil.number, row))


def _plan_periods(
    beside: _Beside, pupil: CtfPupil, whose: Pupil | None, held: _Held, asked: _Loading
) -> None:
    changed = periods_of(
        pupil,
        held.periods[whose.pk] if whose else [],
        school=asked.school,
        is_made_since_two_kinds=_made_on(asked.header) >= TWO_KINDS_FROM,
        only_missing=asked.update == "missing",
    )
    beside.new += [(pupil.number, row) for row in changed.new]
    beside.changed += changed.changed
    beside.notes += [
        RollNote(pupil.number, pupil.name, f"was not taken: {text}.") for text in changed.not_taken
    ]


def _made_on(header: CtfHeader) -> dt.date:
    """The day the file was made, today where it does not say."""
    try:
        return dt.date.fromisoformat(header.made_at[:10])
    except ValueError:
        return timezone.localdate()


def _plan_attendance(
    beside: _Beside, pupil: CtfPupil, whose: Pupil | None, held: _Held, asked: _Loading
) -> None:
    """Of other years than the roll's, where the pupil has a record of them."""
    for record in held.years[whose.pk] if whose else []:
        said = attendance_of(pupil.attendance, record.academic_year)
        if record.academic_year == asked.academic_year or said in {None, record.attendance}:
            continue
        if record.attendance is None or asked.update == "all":
            record.attendance = said
            beside.changed.append((record, ("attendance",)))


def _tell_former_upns(beside: _Beside, asked: _Loading, found: Mapping[int, Pupil]) -> None:
    """Whoever is held under a UPN that somebody had before may be the same child: a person decides."""
    former = {pupil.former_upn: pupil for pupil in asked.pupils if pupil.former_upn}
    for held in Pupil.objects.in_school(asked.school).filter(upn__in=former).select_related("merged_into"):
        pupil = former[held.upn]
        # What was merged is the record of the child whom it leads to.
        whose = held.merged_into or held
        if found.get(pupil.number) != whose:
            text = (
                f"had the UPN {held.upn} before, which {whose.full_name} {'had' if held.merged_into else 'has'} here. They were not made one:"
                " see whether they are one child."
            )
            beside.notes.append(RollNote(pupil.number, pupil.name, text))


def _changes(
    asked: _Loading, sorted_: Sorted, roll: RollChanges, beside: _Beside, guests: tuple[str, ...]
) -> CtfChanges:
    added, changed = beside.counts()
    left_out = {pupil.number for pupil in sorted_.unknown}
    kept = [each for pupil in asked.pupils if pupil.number not in left_out for each in pupil.results]
    tuples = Counter((each.stage, each.subject, each.method, each.component, each.qualifier) for each in kept)
    by_age = [
        RollNote(
            row.number, row.name, f"is placed in {row.year_group.label} by age: the file gives no year group."
        )
        for row in sorted_.rows
        if row.number in sorted_.by_age
    ]
    return CtfChanges(
        roll=roll,
        added=added,
        changed=changed,
        notes=tuple(sorted([*by_age, *roll.notes, *beside.notes], key=lambda note: note.row)),
        guests=guests,
        unknown=tuple(sorted_.unknown),
        without_record=tuple(sorted_.without_record),
        unknown_results={each: count for each, count in sorted(tuples.items()) if measure_of(*each) is None},
        results=len(kept),
    )


def _write(asked: _Loading, sorted_: Sorted, before: Mapping[int, Pupil]) -> None:
    try:
        placed = _roll(asked, sorted_, dry_run=False).pupils
        # Those who were made by now, and the others as they are now.
        keys = {**{number: pupil.pk for number, pupil in before.items()}, **placed}
        pupils = Pupil.objects.in_school(asked.school).in_bulk(set(keys.values()))
        found = {number: pupils[key] for number, key in keys.items()}
        beside = _plan_beside(asked, sorted_, found)
        _update(beside.changed)
        by_model: dict[type[Any], list[Any]] = defaultdict(list)
        for number, row in beside.new:
            row.pupil = found[number]
            by_model[type(row)].append(row)
        for model, rows in by_model.items():
            model.objects.bulk_create(rows, batch_size=BATCH)
    except IntegrityError as error:
        # Somebody changed a record on a page between the reading and the writing.
        what = "The school’s records changed while this was written. Nothing has been taken: import it again."
        raise RollRefused([RollProblem(row=None, field="", what=what)]) from error
    touched = {row.pupil_id for row, _ in beside.changed} | {row.pupil_id for _, row in beside.new}
    work_out(school=asked.school, pupils=touched, by=asked.by)


def _update(changed: Iterable[tuple[Any, tuple[str, ...]]]) -> None:
    """A statement for each table; of its rows only the fields that changed anywhere."""
    by_model: dict[type[Any], list[tuple[Any, tuple[str, ...]]]] = defaultdict(list)
    for row, names in changed:
        by_model[type(row)].append((row, names))
    for model, rows in by_model.items():
        fields = sorted({name for _, names in rows for name in names})
        model.objects.bulk_update([row for row, _ in rows], fields, batch_size=BATCH)
