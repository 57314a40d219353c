"""A file of EYFS profiles into results: a row a child with a column a goal, or a row a goal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.eyfs import GoalOutcome
from assessment.engine.profile import NOT_ASSESSED, read_outcome
from assessment.engine.subjects import BY_NUMBER, EYFS_AREAS, Subject
from assessment.imports.judgement_cells import HEADINGS as JUDGEMENT_HEADINGS
from assessment.imports.judgement_cells import (
    read_academic_year,
    read_subject,
    read_term,
    read_upn,
)
from assessment.imports.judgements import MOST_PROBLEMS
from assessment.models import Reason
from assessment.queries.records import KnownPupil, Records
from assessment.services.profiles import Contradiction, ProfileChanges, Result
from schools.calendar import AcademicYear, EyfsFramework, YearGroup
from schools.imports.headings import HeadingSet, normalised
from schools.imports.report import FileRefused, Problem, counted, listed, sheet_lines
from schools.imports.tables import Row, Table, read_table
from schools.imports.values import Cell, Unreadable, is_blank, read_text, text_of
from schools.models import School

_LONGEST = 100
_OUTCOME = "outcome"
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class ProfilesFile:
    """What a file says, once it is known that all of it can be read. `blank` goals say nothing."""

    table: Table
    framework: EyfsFramework
    results: tuple[Result, ...]
    # By the child's key, those of the school.
    names: dict[int, str]
    blank: int

    def place(self, result: Result) -> tuple[str, str]:
        """The heading that the result stands under, and whose and of which goal it is."""
        goal = BY_NUMBER[result.goal]
        heading = self.table.heading(goal.code, otherwise=self.table.heading(_OUTCOME))
        return heading, f"{self.names[result.pupil_id]}, {goal.name}"


def read_profiles(
    path: Path, *, school: School, academic_year: AcademicYear, chosen: Mapping[str, str] | None = None
) -> ProfilesFile:
    """Read a file of the profiles of children in Reception of the year; needs the school open.

    `chosen` says what headings mean, as HeadingSet.with_chosen. Raises FileRefused for what is no such file, and with every problem for one that
    cannot be taken whole.
    """
    records = Records(school)
    framework = records.framework(academic_year)
    table = read_table(
        path, headings=headings_for(framework).with_chosen(chosen or {}), such_as="UPN, E01, E02 … E17"
    )
    _refuse_wrong_columns(table, framework, school, academic_year)
    reading = _Reading(table, school, academic_year, records)
    for row in table.rows:
        reading.take(row)
        if len(reading.problems) >= MOST_PROBLEMS:
            break
    if reading.problems:
        raise FileRefused(
            f"nothing was imported. {counted(len(reading.problems), 'problem')}:", reading.problems
        )
    return ProfilesFile(
        table=table,
        framework=framework,
        results=tuple(reading.results.values()),
        names={pupil.pk: pupil.name for pupil in records.pupils.values()},
        blank=reading.blank,
    )


def headings_for(framework: EyfsFramework) -> HeadingSet:
    """Those of the framework's goals by code and name, or of a row a goal."""
    goals = {goal.code: [goal.code, goal.name, goal.full_name] for goal in EYFS_AREAS[framework]}
    fields = JUDGEMENT_HEADINGS.fields
    return HeadingSet(
        fields={
            **{name: fields[name] for name in ("upn", "subject", "academic_year", "term")},
            _OUTCOME: ["Outcome", "Profile", "Profile Outcome", "EYFSP Outcome"],
            **goals,
        }
    )


def _refuse_wrong_columns(
    table: Table, framework: EyfsFramework, school: School, academic_year: AcademicYear
) -> None:
    others = {
        goal.code.lower() for each, goals in EYFS_AREAS.items() if each is not framework for goal in goals
    }
    found = [heading for heading in table.unknown_headings if normalised(heading) in others]
    if found:
        raise FileRefused(
            f"The columns {listed(found, most=3)} are of another framework: in {academic_year} {school.name} judged"
            f" by that of {framework.value}, whose goals are {EYFS_AREAS[framework][0].code} to {EYFS_AREAS[framework][-1].code}."
        )
    has_goals = any(goal.code in table.columns for goal in EYFS_AREAS[framework])
    is_long = {"subject", _OUTCOME} <= table.columns.keys()
    if "upn" not in table.columns or not (has_goals or is_long):
        raise FileRefused(
            "A file of profiles needs the UPN and either a column for each goal, by its code, or Subject and Outcome."
            f" Row {table.heading_row} was read as the headings: {listed(table.all_headings)}."
        )


@dataclass
class _Reading:
    """One walk through the rows of a file."""

    table: Table
    school: School
    academic_year: AcademicYear
    records: Records
    results: dict[tuple[int, int], Result] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    blank: int = 0

    @property
    def _framework(self) -> EyfsFramework:
        return self.records.framework(self.academic_year)

    def take(self, row: Row) -> None:
        pupil = self._read(row, "upn", self._pupil)
        if pupil is None or not self._is_of_year(row, pupil):
            return
        if _OUTCOME in self.table.columns:
            goal = self._read(row, "subject", self._goal)
            if goal:
                self._take_goal(row, pupil, goal, _OUTCOME)
            return
        for goal in EYFS_AREAS[self._framework]:
            if goal.code in self.table.columns:
                self._take_goal(row, pupil, goal, goal.code)

    def _problem(self, row: Row, name: str, what: str, *, quote: bool = True) -> None:
        value = text_of(row.cells.get(name)) if quote else ""
        self.problems.append(Problem(row=row.number, column=self.table.heading(name), value=value, what=what))

    def _read(self, row: Row, name: str, read: Callable[[Cell], T]) -> T | None:
        """What the cell says; None, and a problem more, where it cannot be read."""
        try:
            return read(row.cells[name])
        except Unreadable as error:
            self._problem(row, name, str(error))
            return None

    def _pupil(self, cell: Cell) -> KnownPupil:
        if is_blank(cell):
            raise Unreadable("the cell is blank. Every profile needs the child’s UPN.")
        if known := self.records.pupils.get(read_upn(cell)):
            return known
        raise Unreadable(f"is not the UPN of any pupil that {self.school.name} has. Import the roll first.")

    def _is_of_year(self, row: Row, pupil: KnownPupil) -> bool:
        """Whether the row is of the end of Reception in the year: by the child's record, not by age."""
        said = len(self.problems)
        for name, read, wanted in (
            ("academic_year", read_academic_year, self.academic_year),
            ("term", read_term, AssessmentTerm.SUMMER),
        ):
            if not is_blank(row.cells.get(name)) and self._read(row, name, read) not in (None, wanted):
                what = "is not what is imported: profiles are of the end of Reception, Summer"
                self._problem(row, name, f"{what} {self.academic_year}.")
        year_group = self.records.year_group(pupil.pk, self.academic_year)
        if year_group is None:
            what = f"{pupil.name} has no record for {self.academic_year}: import that year’s roll first."
            self._problem(row, "upn", what, quote=False)
        elif year_group is not YearGroup.R:
            what = (
                f"{pupil.name} was in {year_group.label} in {self.academic_year}: profiles are of Reception."
            )
            self._problem(row, "upn", what, quote=False)
        return len(self.problems) == said

    def _goal(self, cell: Cell) -> Subject:
        if is_blank(cell):
            raise Unreadable("the cell is blank. Every outcome needs its goal.")
        return read_subject(cell, YearGroup.R, self._framework)

    def _outcome(self, cell: Cell) -> GoalOutcome | None:
        text = re.sub(r"\A(\d+)\.0+\Z", r"\1", read_text(cell, longest=_LONGEST))
        try:
            return read_outcome(text, self._framework)
        except ValueError as error:
            raise Unreadable(str(error).removeprefix(f"{text!r} ")) from error

    def _take_goal(self, row: Row, pupil: KnownPupil, goal: Subject, name: str) -> None:
        if is_blank(row.cells.get(name)):
            self.blank += 1
            return
        found = len(self.problems)
        outcome = self._read(row, name, self._outcome)
        if len(self.problems) > found:
            return
        result = Result(row.number, pupil.pk, goal.number, outcome)
        first = self.results.setdefault((pupil.pk, goal.number), result)
        if first.outcome is not outcome:
            what = f"row {first.number} says {code_of(first.outcome)} of {pupil.name}, {goal.name}, this row {code_of(outcome)}."
            self._problem(row, name, f"{what} Remove one of the two.", quote=False)


def code_of(outcome: GoalOutcome | None) -> str:
    """1, 2, 3 or A."""
    return NOT_ASSESSED if outcome is None else str(outcome.value)


def refusal(file: ProfilesFile, contradictions: tuple[Contradiction, ...]) -> FileRefused:
    """Of a file that contradicts what teachers judged: each with what is held, so that the one or the other can be put right."""
    problems = []
    for result, held in contradictions:
        heading, place = file.place(result)
        stands = f"{held.points} points" if held.points is not None else Reason(held.reason).label.lower()
        what = f"contradicts what is held of {place}: {stands}. Correct the marksheet, or this cell."
        problems.append(Problem(row=result.number, column=heading, value=code_of(result.outcome), what=what))
    return FileRefused(f"nothing was imported. {counted(len(problems), 'problem')}:", problems)


def profiles_report(
    file: ProfilesFile, changes: ProfileChanges, *, school: School, dry_run: bool
) -> Iterator[str]:
    """What an import of profiles did, or would do, in lines for the office that ran it."""
    if dry_run:
        yield "A dry run: nothing has been written. This is what would be done."
    judgements = changes.judgements
    yield (
        f"{school.name} (URN {school.urn}): {counted(len(file.results), 'outcome')}; {judgements.new:,} new,"
        f" {len(judgements.changed):,} changed, {changes.agreed + judgements.unchanged:,} unchanged, {file.blank:,} blank."
    )
    yield from sheet_lines(file.table.sheet, file.table.other_sheets)
    if judgements.new or judgements.changed:
        yield "An outcome is no point: 20 points stand for 1, 21 for 2, 23 for 3, and a note says so. A is kept as not required."
    if changes.agreed:
        yield f"Held already, in points that mean the same or with a reason: {changes.agreed:,}. They stay as they are."
    if file.table.unknown_headings:
        yield f"Columns that were not used: {listed(file.table.unknown_headings)}."
