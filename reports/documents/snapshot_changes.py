"""What changed between a snapshot and now: the figures, and the rows behind them in the words of the school."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from assessment.queries.snapshots import TakenSnapshot
from reports.documents.shown_figures import OVER_SUBJECTS
from reports.documents.snapshot_words import Words
from reports.documents.tables import Table, Value
from reports.documents.tiles import signed, subject_name
from reports.measures import average, gap, percentage, share
from reports.queries.figures import Figure, figures
from reports.queries.scope import Scope
from schools.access import Access
from schools.calendar import YearGroup
from schools.models import Pupil
from schools.queries.rolls import pupils_for

# Lines that a page shows; a file has all of them.
MOST_SHOWN = 200


@dataclass(frozen=True)
class Compared:
    """One number then and now; None where there was, or is, nobody to tell it of. `change` is of the unrounded ones."""

    then: Decimal | int | None
    now: Decimal | int | None
    change: Decimal | None
    is_percentage: bool = False

    @property
    def differs(self) -> bool:
        return self.then != self.now or bool(self.change)

    @property
    def text(self) -> str:
        """The change with its sign; empty without one."""
        return signed(self.change) if self.change else ""


@dataclass(frozen=True)
class FigureLine:
    """A year group in a subject, then and now."""

    year_group: str
    subject: str
    on_roll: Compared
    judged: Compared
    at_or_above: Compared
    average: Compared
    progress: Compared

    @property
    def cells(self) -> tuple[Compared, ...]:
        """As they stand in the table."""
        return (self.at_or_above, self.average, self.progress, self.on_roll, self.judged)

    @property
    def differs(self) -> bool:
        return any(cell.differs for cell in self.cells)


@dataclass(frozen=True)
class ChangeLine:
    """One thing that is not as it was; without a pupil it is the school's. `public_id` None: no page of this year leads to the pupil."""

    pupil_id: int | None
    name: str
    public_id: uuid.UUID | None
    what: str
    then: str
    now: str


@dataclass(frozen=True)
class SnapshotChanges:
    """The whole page. `changes` are all that were asked for; `count` is how many there are, of so many `pupils` and `of_school`."""

    snapshot: TakenSnapshot
    figures: tuple[FigureLine, ...]
    changes: tuple[ChangeLine, ...]
    count: int
    pupils: int
    of_school: int

    @property
    def moved(self) -> tuple[FigureLine, ...]:
        """The figures that are not as they were."""
        return tuple(line for line in self.figures if line.differs)


def snapshot_changes(access: Access, snapshot: TakenSnapshot, most: int | None = None) -> SnapshotChanges:
    """For whoever sees every pupil by name; a fixed number of queries, and the school has to be open. `most`: so many of the changes, the first ones; of the judgements,
    which may be tens of thousands, the others are counted and not fetched.
    """
    words = Words(access.school, snapshot)
    of_school = [ChangeLine(None, "", None, *told) for told in words.of_school()]
    by_pupil: dict[int, list[tuple[str, str, str]]] = {}
    for pupil, *told in words.of_pupils():
        by_pupil.setdefault(pupil, []).append((told[0], told[1], told[2]))
    counts = Counter({pupil: len(lines) for pupil, lines in by_pupil.items()})
    counts.update(words.judgements_by_pupil())
    counts = Counter({pupil: count for pupil, count in counts.items() if pupil in words.begun})
    named = list(
        Pupil.objects.in_school(access.school).filter(pk__in=counts).order_by("surname", "forename", "pk")
    )
    chosen = named if most is None else _first(named, counts, most - len(of_school))
    for pupil, *told in words.judgements(None if most is None else [each.pk for each in chosen]):
        by_pupil.setdefault(pupil, []).append((told[0], told[1], told[2]))
    lines = (*of_school, *_of_pupils(access, chosen, by_pupil))
    return SnapshotChanges(
        snapshot=snapshot,
        figures=tuple(_figure_lines(access, snapshot)),
        changes=lines[:most],
        count=len(of_school) + counts.total(),
        pupils=len(counts),
        of_school=len(of_school),
    )


def _first(named: Iterable[Pupil], counts: Counter[int], most: int) -> list[Pupil]:
    """Those who come first, until there are so many changes of them."""
    found: list[Pupil] = []
    for pupil in named:
        if most <= 0:
            break
        found.append(pupil)
        most -= counts[pupil.pk]
    return found


def _figure_lines(access: Access, snapshot: TakenSnapshot) -> Iterator[FigureLine]:
    scope = Scope(
        schools=(access.school,), academic_year=snapshot.academic_year, term=snapshot.term, viewer=access
    )
    then = _by_place(figures(replace(scope, snapshot=snapshot), by_group=False))
    now = _by_place(figures(scope, by_group=False))
    places = sorted(
        then.keys() | now.keys(), key=lambda place: (place[0], place[1] in OVER_SUBJECTS, place[1])
    )
    for place in places:
        yield _figure_line(*place, then.get(place), now.get(place))


def _by_place(found: Iterable[Figure]) -> dict[tuple[int, int], Figure]:
    return {(each.year_group, each.subject): each for each in found}


def _figure_line(year_group: int, subject: int, then: Figure | None, now: Figure | None) -> FigureLine:
    return FigureLine(
        year_group=YearGroup(year_group).label,
        subject=subject_name(subject),
        on_roll=_counts(then, now, lambda each: each.pupils),
        judged=_counts(then, now, lambda each: each.assessed),
        at_or_above=_shares(
            then, now, lambda each: (each.at + each.above, each.below + each.at + each.above)
        ),
        average=_averages(then, now),
        progress=_shares(
            then,
            now,
            lambda each: (
                each.progress_expected + each.progress_above,
                each.progress_below + each.progress_expected + each.progress_above,
            ),
        ),
    )


def _counts(then: Figure | None, now: Figure | None, of: Callable[[Figure], int]) -> Compared:
    before, after = of(then) if then else 0, of(now) if now else 0
    return Compared(before, after, Decimal(after - before))


def _shares(then: Figure | None, now: Figure | None, of: Callable[[Figure], tuple[int, int]]) -> Compared:
    before, after = of(then) if then else (0, 0), of(now) if now else (0, 0)
    return Compared(
        percentage(*before), percentage(*after), gap(share(*after), share(*before)), is_percentage=True
    )


def _averages(then: Figure | None, now: Figure | None) -> Compared:
    # What is over several subjects has no points.
    before, after = (
        (each.points, each.assessed if each.points else 0) if each else (0, 0) for each in (then, now)
    )
    means = [Fraction(*each) if each[1] else None for each in (before, after)]
    return Compared(average(*before), average(*after), gap(means[1], means[0], 2))


def _of_pupils(
    access: Access, pupils: Sequence[Pupil], by_pupil: Mapping[int, Sequence[tuple[str, str, str]]]
) -> Iterator[ChangeLine]:
    keys = [pupil.pk for pupil in pupils]
    here = set(pupils_for(access).filter(pupil__in=keys).values_list("pupil", flat=True))
    for pupil in pupils:
        for what, then, now in by_pupil[pupil.pk]:
            there = pupil.public_id if pupil.pk in here else None
            yield ChangeLine(pupil.pk, pupil.name, there, what, then, now)


_THEN_AND_NOW = ("{}, then", "{}, now", "{}, change")
_FIGURES = ("At or above (%)", "Average points", "Expected progress or more (%)", "On roll", "Judged")


def figures_table(found: SnapshotChanges) -> Table:
    """Every figure then and now, also those that did not change."""
    headings = [each.format(name) for name in _FIGURES for each in _THEN_AND_NOW]
    rows: list[list[Value]] = [
        [
            line.year_group,
            line.subject,
            *(value for cell in line.cells for value in (cell.then, cell.now, cell.change)),
        ]
        for line in found.figures
    ]
    return Table(_title(found, "figures then and now"), ["Year group", "Subject", *headings], rows)


def changes_table(found: SnapshotChanges) -> Table:
    """Every row that differs."""
    rows = [[line.name or "The school", line.what, line.then, line.now] for line in found.changes]
    pupils = {line.pupil_id for line in found.changes} - {None}
    headings = ("Pupil", "What", "Then", "Now")
    return Table(_title(found, "what changed since"), headings, rows, len(pupils))


def _title(found: SnapshotChanges, what: str) -> str:
    return f"Snapshot {found.snapshot.number}, {what}"
