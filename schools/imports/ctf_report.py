"""What the import of a common transfer file did, or would do, in lines for the office that ran it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from schools.calendar import AcademicYear
from schools.ctf_values import CtfResult
from schools.imports.ctf import CtfFile, ElementProblem
from schools.imports.pupils import LABELS
from schools.imports.report import PROBLEMS_SHOWN, Problem, counted, listed, quoted
from schools.imports.roll_report import CHANGES_SHOWN, RollWords, roll_words
from schools.models import School
from schools.services.ctf import CtfChanges
from schools.services.roll_rows import RollProblem
from schools.statutory import PROFILE, measure_of


def ctf_report(
    file: CtfFile, changes: CtfChanges, *, school: School, academic_year: AcademicYear, dry_run: bool
) -> Iterator[str]:
    """The lines: first what matters most."""
    words = roll_words(changes.roll, school=school, academic_year=academic_year)
    if dry_run:
        yield "A dry run: nothing has been written. This is what would be done."
    yield _first_line(file, changes, school, academic_year)
    yield _whence(file)
    for warning in (*file.warnings, *_addressed(file, school)):
        yield f"WARNING: {warning}"
    yield from words.warnings
    yield from _notes(changes)
    yield from words.counts
    yield from _beside(changes)
    yield from _results(file, changes)
    yield from _details(words)
    yield from _left_out(file, changes, academic_year)


def problems_in_words(file: CtfFile, problems: tuple[RollProblem, ...]) -> list[Problem]:
    """What is wrong with the pupils, by their place in the file."""
    names = {pupil.number: pupil.name for pupil in file.pupils}
    return [
        ElementProblem(
            row=problem.row,
            pupil=names.get(problem.row, ""),
            column=LABELS.get(problem.field, ""),
            value=problem.value,
            what=re.sub(r"\brow (\d+)", r"pupil \1", problem.what),
        )
        if problem.row
        else Problem(what=problem.what)
        for problem in problems
    ]


def _first_line(file: CtfFile, changes: CtfChanges, school: School, year: AcademicYear) -> str:
    place = f"{school.name} (URN {school.urn}), {year}"
    if not file.pupils:
        return f"{place}: the file holds nobody."
    roll = changes.roll
    placed = f", {roll.placed:,} known before and added to this year" if roll.placed else ""
    return (
        f"{place}: {counted(len(file.pupils), 'pupil')}; {roll.new:,} new{placed},"
        f" {roll.changed:,} changed, {roll.unchanged:,} unchanged."
    )


def _whence(file: CtfFile) -> str:
    header = file.header
    kind = "Partial common transfer file" if header.is_partial else "Common transfer file"
    version = f" (CTF {header.version})" if header.version is not None else ""
    source = f" from {header.source.words}" if header.source.words else ""
    return f"{kind}{version}{source}."


def _addressed(file: CtfFile, school: School) -> Iterator[str]:
    """A file of the school's own is for whoever it was sent to; another's should be for this school."""
    source, destination = file.header.source.dfe_number, file.header.destination.dfe_number
    if destination and school.dfe_number not in {source, destination}:
        yield (
            f"The file is addressed to {file.header.destination.words}, not to {school.name}"
            f" ({school.formatted_dfe_number}). Is it the right one?"
        )


def _notes(changes: CtfChanges) -> Iterator[str]:
    if changes.notes:
        yield "To look at:"
    for note in changes.notes[:PROBLEMS_SHOWN]:
        yield f"  Pupil {note.row}, {note.name} {note.text}"
    if len(changes.notes) > PROBLEMS_SHOWN:
        yield f"  … and {len(changes.notes) - PROBLEMS_SHOWN:,} more."


def _beside(changes: CtfChanges) -> Iterator[str]:
    for title, counts in (("Added", changes.added), ("Completed or corrected", changes.changed)):
        if counts:
            yield f"{title}: {listed(counted(count, *words) for words, count in counts.items())}."


def _results(file: CtfFile, changes: CtfChanges) -> Iterator[str]:
    if changes.unknown_results:
        yield "Results that are kept as they came, and of which nobody here knows what they mean:"
    for (stage, subject, method, component, qualifier), count in list(changes.unknown_results.items())[
        :PROBLEMS_SHOWN
    ]:
        yield (
            f"  stage {quoted(stage)}, subject {quoted(subject)}, method {quoted(method)}, component {quoted(component)},"
            f" qualifier {quoted(qualifier)}: {counted(count, 'result')}"
        )
    if any(_is_of_profile(result) for pupil in file.pupils for result in pupil.results):
        yield (
            "EYFS profiles were kept as results and make no judgements by themselves:"
            " a profile counts here when the school has entered it."
        )


def _is_of_profile(result: CtfResult) -> bool:
    measure = measure_of(result.stage, result.subject, result.method, result.component, result.qualifier)
    return measure is not None and measure.assessment == PROFILE


def _details(words: RollWords) -> Iterator[str]:
    if words.details:
        yield "Changed:"
    for number, name, what in words.details[:CHANGES_SHOWN]:
        yield f"  Pupil {number}, {name}: {what}."
    if len(words.details) > CHANGES_SHOWN:
        yield f"  … and {len(words.details) - CHANGES_SHOWN:,} more."


def _left_out(file: CtfFile, changes: CtfChanges, year: AcademicYear) -> Iterator[str]:
    if changes.unknown:
        yield (
            "Left out, as the school does not know them and a partial file without year groups makes nobody a pupil:"
            f" {listed(changes.unknown)}."
        )
    if changes.without_record:
        yield (
            f"Not on the roll of {year}, and the file gives no year group, so that nothing of that year was kept of them:"
            f" {listed(changes.without_record)}."
        )
    if changes.guests:
        yield f"Left out, as guests on another school’s roll: {counted(len(changes.guests), 'pupil')}."
    if file.not_kept:
        yield f"Nothing was kept of: {listed(_with_counts(file.not_kept), most=40)}."
    if file.unknown:
        yield f"Elements that are not known, and were not read: {listed(_with_counts(file.unknown))}."


def _with_counts(counts: Mapping[str, int]) -> Iterator[str]:
    for name, count in sorted(counts.items()):
        yield f"{name} ({count:,})"
