"""Which pupil of the school a row of a roll is of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from schools.identifiers import is_temporary_upn
from schools.models import Pupil
from schools.services.roll_rows import RollProblem, RollRow, same_child, says_one_child


@dataclass(frozen=True)
class Matches:
    """The pupil of each row, by the row's number; a row without one is of a new child. Or why that cannot be told."""

    pupils: dict[int, Pupil] = field(default_factory=dict)
    problems: list[RollProblem] = field(default_factory=list)
    # Of rows of a new child: somebody known who is in no row, was born that day and shares one name.
    perhaps: dict[int, Pupil] = field(default_factory=dict)
    # Of rows that somebody has to say of whether they are of the pupil.
    questions: dict[int, Pupil] = field(default_factory=dict)


def match(
    rows: Iterable[RollRow], pupils: Iterable[Pupil], same: Mapping[int, int | None] | None = None
) -> Matches:
    """By UPN; else by name and date of birth, where no two permanent UPNs say that they are two children.

    `same` asks: a row that the UPN does not settle is a question until `same` says by the row's number whose it is: a pupil's key, or None for another child.
    In a file without any UPN name and date of birth settle it all the same.
    """
    rows, held = list(rows), list(pupils)
    pupils = [pupil for pupil in held if pupil.merged_into_id is None]
    by_upn = {pupil.upn: pupil for pupil in pupils if pupil.upn}
    matches = Matches({row.number: by_upn[row.upn] for row in rows if row.upn in by_upn})
    claimed = {pupil.pk for pupil in matches.pupils.values()}
    by_child: dict[tuple[object, ...], list[Pupil]] = {}
    for pupil in pupils:
        child = same_child(pupil.surname, pupil.forename, pupil.date_of_birth)
        by_child.setdefault(child, []).append(pupil)
    asking = _Asking(rows, pupils, claimed, same) if same is not None else None
    for row in rows:
        if row.number in matches.pupils or (asking and asking.settle(row, matches)):
            continue
        found = _match_by_name(row, by_child.get(row.child, []), claimed)
        if asking and (meant := asking.about(row, found, by_child.get(row.child, []))):
            matches.questions[row.number] = meant
        elif isinstance(found, RollProblem):
            matches.problems.append(found)
        elif found is not None:
            matches.pupils[row.number] = found
    matches.problems.extend(_former_upns(rows, held))
    matches.problems.extend(_one_pupil_twice(rows, matches.pupils))
    perhaps = dict(_perhaps_known(rows, pupils, matches))
    if asking:
        matches.questions.update({row: pupil for row, pupil in perhaps.items() if row not in asking.same})
    else:
        matches.perhaps.update(perhaps)
    return matches


def _former_upns(rows: list[RollRow], held: list[Pupil]) -> Iterator[RollProblem]:
    """The number of a record that was merged into another never finds that one by itself: somebody says whether it is the same child."""
    by_key = {pupil.pk: pupil for pupil in held}
    former = {
        pupil.upn: by_key[pupil.merged_into_id]
        for pupil in held
        if pupil.upn and pupil.merged_into_id in by_key
    }
    for row in rows:
        if row.upn in former:
            pupil = former[row.upn]
            now = f"give the UPN held now, {pupil.upn}" if pupil.upn else "leave the UPN empty"
            yield RollProblem(
                row=row.number,
                field="upn",
                value=row.upn,
                what=f"is a former UPN of {pupil.full_name}, born {pupil.date_of_birth:%d/%m/%Y}: a record with it was merged into that one."
                f" If this is the same child, {now}; if it is another child, take the merge back first.",
            )


class _Asking:
    """Where a person is there to ask: what they said, and what has to be asked."""

    def __init__(
        self,
        rows: list[RollRow],
        pupils: list[Pupil],
        claimed: Collection[int],
        same: Mapping[int, int | None],
    ) -> None:
        self.same, self.claimed = same, claimed
        self.by_key = {pupil.pk: pupil for pupil in pupils}
        self.has_upns = any(row.upn for row in rows)

    def settle(self, row: RollRow, matches: Matches) -> bool:
        """Whether somebody has said whose the row is; then that is taken down."""
        if row.number not in self.same:
            return False
        key = self.same[row.number]
        if key is None:
            return True
        pupil = self.by_key.get(key)
        if pupil is None or key in self.claimed:
            what = "was said to be of a pupil who is not held any more, or whose UPN another row has. Take the file in anew."
            matches.problems.append(RollProblem(row=row.number, field="surname", value=row.name, what=what))
        else:
            matches.pupils[row.number] = pupil
        return True

    def about(self, row: RollRow, found: Pupil | RollProblem | None, namesakes: list[Pupil]) -> Pupil | None:
        """The pupil whom the row may be of; None where there is nothing to ask."""
        if isinstance(found, Pupil):
            is_settled = found.upn == row.upn or not self.has_upns
            return None if is_settled else found
        free = [pupil for pupil in namesakes if pupil.pk not in self.claimed]
        # Another UPN than the one that is held, by a name and a date of birth that are the same.
        return free[0] if isinstance(found, RollProblem) and found.field == "upn" and len(free) == 1 else None


def _perhaps_known(rows: list[RollRow], pupils: list[Pupil], matches: Matches) -> Iterator[tuple[int, Pupil]]:
    """A name that was written otherwise or has changed makes a second child of one, where no UPNs tell."""
    taken = {pupil.pk for pupil in (*matches.pupils.values(), *matches.questions.values())}
    born: dict[dt.date, list[Pupil]] = {}
    for pupil in pupils:
        if pupil.pk not in taken:
            born.setdefault(pupil.date_of_birth, []).append(pupil)
    for row in rows:
        if row.number in matches.pupils or row.number in matches.questions:
            continue
        for pupil in born.get(row.date_of_birth, []):
            told_apart = row.has_permanent_upn and pupil.upn and not is_temporary_upn(pupil.upn)
            surname, forename, _ = same_child(pupil.surname, pupil.forename, pupil.date_of_birth)
            if not told_apart and (surname == row.child[0] or forename == row.child[1]):
                yield row.number, pupil
                break


def _match_by_name(
    row: RollRow, namesakes: list[Pupil], claimed: Collection[int]
) -> Pupil | RollProblem | None:
    """`claimed` are the pupils whose UPN stands in another row: beside one, another permanent UPN is another child."""
    possible = namesakes
    if row.has_permanent_upn:
        namesakes = [pupil for pupil in namesakes if pupil.pk not in claimed]
        possible = [pupil for pupil in namesakes if not pupil.upn or is_temporary_upn(pupil.upn)]
    if len(possible) == 1 or not namesakes:
        return possible[0] if possible else None
    if possible:
        return RollProblem(
            row=row.number,
            field="surname",
            value=row.name,
            what=f"could be any of {len(possible)} pupils of that name and date of birth. Give the UPN.",
        )
    held = " and ".join(sorted(pupil.upn for pupil in namesakes))
    return RollProblem(
        row=row.number,
        field="upn",
        value=row.upn,
        what=f"is not the UPN we hold for {row.name}, born {row.date_of_birth:%d/%m/%Y}: {held}. Correct one of them.",
    )


def _one_pupil_twice(rows: list[RollRow], pupils: dict[int, Pupil]) -> Iterator[RollProblem]:
    first_rows: dict[int, RollRow] = {}
    for row in rows:
        if row.number not in pupils:
            continue
        first = first_rows.setdefault(pupils[row.number].pk, row)
        if first is not row and not says_one_child(first, row):
            yield RollProblem(
                row=row.number,
                field="surname",
                value=row.name,
                what=f"is the pupil of row {first.number} too, by what we hold: {pupils[row.number].full_name}.",
            )
