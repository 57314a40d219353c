"""What merging two records of one child would do, row by row: worked out before anything is written, shown, and then done as shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from schools.identifiers import is_temporary_upn
from schools.models import Enrolment, OnMerge, Pupil, PupilYear, YearlyClaim
from schools.queries.merge_effects import TermEffect, effects_of, values_then
from schools.queries.merge_rows import (
    NOT_RECORDED,
    PupilKey,
    TableActs,
    in_each_others_way,
    is_unsaid,
    label_of,
    moved_tables,
    rows_of_records,
    says,
    titled,
    told,
    worded,
)
from schools.queries.rolls import english
from schools.queries.yearly_values import ValueChange

# What tells who a child is, in the order in which it is asked about.
IDENTITY = (
    *("forename", "surname", "preferred_forename", "preferred_surname", "date_of_birth", "sex", "upn"),
    "disputed",
)


@dataclass(frozen=True)
class Choices:
    """What a person chose, by the records' places, 0 and 1: whose record goes on, and by the key of a question whose answer stands. None: not said."""

    keep: int | None = None
    said: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """Something in which the records differ: what each says, and whose stands."""

    key: str
    title: str
    answers: tuple[str, str]
    chosen: int

    @property
    def stands(self) -> str:
        return self.answers[self.chosen]

    @property
    def goes(self) -> str:
        """What does not stand; empty where that says nothing."""
        other = self.answers[1 - self.chosen]
        return "" if other == NOT_RECORDED else other


@dataclass(frozen=True)
class MergePlan:
    """All of it. `keep` is the place of the record that goes on; `identity` the columns that it gets; `takes_upn` whether it gets the other's number."""

    records: tuple[Pupil, Pupil]
    keep: int
    questions: tuple[Question, ...]
    identity: Mapping[str, Any]
    tables: tuple[TableActs, ...]
    # In words, what rows that stand take from rows that go.
    filled: tuple[str, ...]
    stays: tuple[str, ...]
    effects: tuple[TermEffect, ...]
    values: tuple[ValueChange, ...]

    @property
    def kept(self) -> Pupil:
        return self.records[self.keep]

    @property
    def merged(self) -> Pupil:
        return self.records[1 - self.keep]

    @property
    def former_upn(self) -> str:
        """The number that does not stand; empty where there is none."""
        return next((each.upn for each in self.records if each.upn not in {"", self.identity["upn"]}), "")

    @property
    def held(self) -> tuple[TableActs, ...]:
        """Tables of which either record has rows."""
        return tuple(each for each in self.tables if any(each.rows))

    @property
    def alike(self) -> int:
        """How many rows say the same in both records, and stand once afterwards."""
        return sum(each.alike for each in self.tables)

    @property
    def joins_progress(self) -> bool:
        """Whether judgements of both records are counted as one child's from now on."""
        return any(each.key.model.measured_columns and all(each.rows) for each in self.tables)

    @property
    def needs_note_of_closed(self) -> bool:
        return any(each.is_closed for each in self.effects)

    @property
    def shown(self) -> tuple[Any, ...]:
        """All that the page shows and the service writes, as plain values: what is sealed (schools/forms/previews.py)."""
        rows = tuple(
            (each.key.name, row.pk, says(each.key, row), row.pk in each.removed, each.changed.get(row.pk))
            for each in self.tables
            for of in each.rows
            for row in of
        )
        who = tuple((each.pk, tuple(getattr(each, name) for name in IDENTITY)) for each in self.records)
        return who, self.keep, self.questions, dict(self.identity), rows, self.effects, self.values


def merge_plan(one: Pupil, other: Pupil, choices: Choices, *, today: dt.date | None = None) -> MergePlan:
    """What merging the two would do, with these choices. Needs the school open; a query a table that leads to a pupil, and two for the terms."""
    today = today or timezone.localdate()
    records = (one, other)
    school, keys = one.school, (one.pk, other.pk)
    tables = []
    for key in moved_tables():
        found = rows_of_records(key, school, keys)
        mine, theirs = ([row for row in found if getattr(row, key.field.attname) == pk] for pk in keys)
        tables.append(TableActs(key, (mine, theirs)))
    keep = choices.keep if choices.keep in {0, 1} else _likelier(records, tables)
    planning = _Planning(records, keep, choices, tables)
    questions = [*planning.of_identity(), *planning.of_stays(), *planning.of_rows()]
    planning.follow_the_year()
    return MergePlan(
        records=records,
        keep=keep,
        questions=tuple(questions),
        identity=planning.identity,
        tables=tuple(tables),
        filled=tuple(planning.filled),
        stays=tuple(planning.stays),
        effects=tuple(effects_of(school, tables, planning.stays_then, today)),
        values=tuple(values_then(school, tables, today)),
    )


def _likelier(records: Sequence[Pupil], tables: Sequence[TableActs]) -> int:
    """Whose record goes on unless somebody says otherwise: with a UPN given for good, with more rows, the earlier."""

    def weight(place: int) -> tuple[bool, int, int]:
        upn = records[place].upn
        return (
            bool(upn) and not is_temporary_upn(upn),
            sum(len(each.rows[place]) for each in tables),
            -records[place].pk,
        )

    return max((0, 1), key=weight)


class _Planning:
    """The plan while it is made: what is asked, and what follows from the answers."""

    def __init__(
        self, records: tuple[Pupil, Pupil], keep: int, choices: Choices, tables: list[TableActs]
    ) -> None:
        self.records, self.keep, self.choices, self.tables = records, keep, choices, tables
        self.identity: dict[str, Any] = {}
        self.filled: list[str] = []
        self.stays: list[str] = []
        self.stays_then: list[tuple[dt.date, dt.date | None]] = []
        # Of a year that both have a record of: whose value stands in each column.
        self._years: dict[int, dict[str, int]] = {}

    def _chosen(self, key: str, default: int) -> int:
        said = self.choices.said.get(key)
        return said if said in {0, 1} else default

    def of_identity(self) -> Iterator[Question]:
        for name in IDENTITY:
            values = [getattr(each, name) for each in self.records]
            chosen = self._default_identity(name, values)
            if values[0] != values[1]:
                column = Pupil._meta.get_field(name)
                chosen = self._chosen(name, chosen)
                answers = worded(self.records[0], column), worded(self.records[1], column)
                yield Question(name, label_of(column), answers, chosen)
            self.identity[name] = values[chosen]

    def _default_identity(self, name: str, values: Sequence[Any]) -> int:
        """What the record that goes on says, unless it says nothing, or has a number for the time being where the other has one for good."""
        mine, theirs = values[self.keep], values[1 - self.keep]
        worse = is_unsaid(mine) and not is_unsaid(theirs)
        if name == "upn" and mine and theirs:
            worse = is_temporary_upn(mine) and not is_temporary_upn(theirs)
        return 1 - self.keep if worse else self.keep

    def of_stays(self) -> Iterator[Question]:
        for table in self._of(OnMerge.JOINS):
            rest = {row.pk for rows in table.rows for row in rows}
            for sides in in_each_others_way(table.key, *table.rows):
                rest -= {row.pk for rows in sides for row in rows}
                yield from self._join(table, sides)
            apart = [row for rows in table.rows for row in rows if row.pk in rest]
            self.stays_then += [(row.starts_on, row.ends_on) for row in apart]
        self.stays_then.sort()
        self.stays += [stay_in_words(*each) for each in self.stays_then]

    def _join(self, table: TableActs, sides: tuple[list[Any], list[Any]]) -> Iterator[Question]:
        """One stay: from the first day that either gives to the last day, of whom somebody says."""
        rows = [*sides[0], *sides[1]]
        first = min(rows, key=lambda row: (row.starts_on, row.is_start_assumed))
        ends = tuple(_last_day(rows) for rows in sides)
        later = 0 if (ends[0] or dt.date.max) >= (ends[1] or dt.date.max) else 1
        chosen = later
        if ends[0] != ends[1]:
            key = f"{table.key.name}-{min(row.pk for row in rows)}"
            chosen = self._chosen(key, later)
            answers = (_end_in_words(ends[0]), _end_in_words(ends[1]))
            yield Question(key, f"Last day of the stay from {english(first.starts_on)}", answers, chosen)
        stands = min(sides[self.keep], key=lambda row: row.starts_on)
        joined = {
            "starts_on": first.starts_on,
            "is_start_assumed": first.is_start_assumed,
            "ends_on": ends[chosen],
        }
        table.changed[stands.pk] = joined
        table.removed += [row.pk for row in rows if row.pk != stands.pk]
        self.stays_then.append((first.starts_on, ends[chosen]))

    def of_rows(self) -> Iterator[Question]:
        for table in (*self._of(OnMerge.MOVES), *self._of(OnMerge.ONCE)):
            for sides in in_each_others_way(table.key, *table.rows):
                by_value = table.key.model.merges_by_value
                yield from (self._value_by_value if by_value else self._one_of_two)(table, sides)

    def _one_of_two(self, table: TableActs, sides: tuple[list[Any], list[Any]]) -> Iterator[Question]:
        key = table.key
        said = [[says(key, row) for row in rows] for rows in sides]
        chosen = self.keep
        if said[0] == said[1] or key.model.on_merge is OnMerge.ONCE:
            table.alike += len(sides[1 - chosen])
        else:
            name = f"{key.name}-{min(row.pk for rows in sides for row in rows)}"
            chosen = self._chosen(name, self._later(key, sides))
            answers = told(key, sides[0], sides[1]), told(key, sides[1], sides[0])
            yield Question(name, titled(key, sides[0][0]), answers, chosen)
        table.removed += [row.pk for row in sides[1 - chosen]]

    def _later(self, key: PupilKey, sides: tuple[list[Any], list[Any]]) -> int:
        if not key.model.later_by:
            return self.keep
        mine, theirs = (max(getattr(row, key.model.later_by) for row in rows) for rows in sides)
        return self.keep if mine == theirs else int(theirs > mine)

    def _value_by_value(self, table: TableActs, sides: tuple[list[Any], list[Any]]) -> Iterator[Question]:
        """The row of the record that goes on, with each value from the side that says it, or from the one that somebody chooses."""
        rows = sides[0][0], sides[1][0]
        table.alike += says(table.key, rows[0]) == says(table.key, rows[1])
        stands, places, filled = rows[self.keep], {}, []
        for column in table.key.content:
            values = [getattr(row, column.attname) for row in rows]
            place = self.keep
            if values[0] != values[1] and any(map(is_unsaid, values)):
                place = int(is_unsaid(values[0]))
                if place != self.keep:
                    filled.append(f"{label_of(column)}: {worded(rows[place], column)}")
            elif values[0] != values[1]:
                name = f"{table.key.name}-{min(row.pk for row in rows)}.{column.name}"
                place = self._chosen(name, self.keep)
                answers = worded(rows[0], column), worded(rows[1], column)
                yield Question(name, f"{titled(table.key, stands)}, {label_of(column)}", answers, place)
            places[column.attname] = place
        changed = {name: getattr(rows[place], name) for name, place in places.items() if place != self.keep}
        if changed:
            table.changed[stands.pk] = changed
        if filled:
            self.filled.append(f"{titled(table.key, stands)}: {', '.join(filled)}")
        table.removed.append(rows[1 - self.keep].pk)
        if table.key.model is PupilYear:
            self._years[int(stands.academic_year)] = places

    def follow_the_year(self) -> None:
        """Of a year that both have a record of, what is claimed of a value stays with whose value stands."""
        for table in self._of(OnMerge.FOLLOWS_THE_YEAR):
            for place, rows in enumerate(table.rows):
                table.removed += [row.pk for row in rows if self._is_left_behind(place, row)]

    def _is_left_behind(self, place: int, claim: YearlyClaim) -> bool:
        if int(claim.academic_year) not in self._years:
            return False
        stands = self._years[int(claim.academic_year)].get(claim.flag, self.keep)
        return place != stands

    def _of(self, rule: OnMerge) -> list[TableActs]:
        return [each for each in self.tables if each.key.model.on_merge is rule]


def _last_day(rows: Iterable[Enrolment]) -> dt.date | None:
    ends = [row.ends_on for row in rows]
    return None if None in ends else max(each for each in ends if each)


def _end_in_words(day: dt.date | None) -> str:
    return english(day) if day else "None: still here"


def stay_in_words(starts_on: dt.date, ends_on: dt.date | None) -> str:
    """`1 September 2024 until now`."""
    return f"{english(starts_on)} to {english(ends_on)}" if ends_on else f"{english(starts_on)} until now"


def identity_lines(records: Sequence[Pupil]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What each record says of who the child is, line by line."""
    columns = [Pupil._meta.get_field(name) for name in IDENTITY]
    lines = ((label_of(each), tuple(worded(record, each) for record in records)) for each in columns)
    return tuple((label, said) for label, said in lines if set(said) != {NOT_RECORDED})
