"""What an import of judgements did, or would do, in lines for the office that ran it."""

from __future__ import annotations

from collections.abc import Iterator

from assessment.engine.subjects import BY_NUMBER
from assessment.imports.judgements import JudgementsFile
from assessment.models import Reason
from assessment.queries.school_subjects import left_out
from assessment.services.loading import Change, Held, JudgementChanges, Said
from schools.calendar import AcademicYear
from schools.imports.report import counted, listed, quoted, sheet_lines
from schools.models import School

CHANGES_SHOWN = 20


def judgement_report(
    file: JudgementsFile, changes: JudgementChanges, *, school: School, dry_run: bool
) -> Iterator[str]:
    """The lines: first what matters most."""
    if dry_run:
        yield "A dry run: nothing has been written. This is what would be done."
    yield _first_line(file, changes, school)
    yield from sheet_lines(file.table.sheet, file.table.other_sheets)
    if changes.changed:
        yield "Changed:"
    for change in changes.changed[:CHANGES_SHOWN]:
        yield f"  {_change(file, change)}"
    if len(changes.changed) > CHANGES_SHOWN:
        yield f"  … and {len(changes.changed) - CHANGES_SHOWN:,} more."
    yield from _not_judged(file, school)
    yield from _left_out(file)


def told_of(file: JudgementsFile, school: School) -> list[str]:
    """What else is to be said of the whole file."""
    return [
        line.removeprefix("WARNING: ")
        for line in (
            *sheet_lines(file.table.sheet, file.table.other_sheets),
            *_not_judged(file, school),
            *_left_out(file),
        )
    ]


def change_in_words(file: JudgementsFile, change: Change) -> tuple[str, str]:
    """Whose and of what it is, and what becomes of it: `Elsie Brough, Reading, Autumn 2025/26`, `44 → 45`."""
    _, _, said = _change(file, change).partition(", ")
    where, _, what = said.rpartition(": ")
    return where, what.removesuffix(".")


def said_in_words(file: JudgementsFile, said: Said) -> tuple[str, str]:
    """The same of a new one."""
    point = f"{said.term.label} {AcademicYear(said.academic_year)}"
    judged = str(said.points) if said.points is not None else Reason(said.reason).label.lower()
    return f"{file.names[said.pupil_id]}, {BY_NUMBER[said.subject].full_name}, {point}", judged


def _first_line(file: JudgementsFile, changes: JudgementChanges, school: School) -> str:
    place = f"{school.name} (URN {school.urn})"
    if not file.said and not file.skipped:
        return f"{place}: the file holds no judgements. It has headings and no rows."
    return (
        f"{place}: {counted(len(file.said), 'judgement')}; {changes.new:,} new,"
        f" {len(changes.changed):,} changed, {changes.unchanged:,} unchanged, {file.skipped:,} skipped."
    )


def _not_judged(file: JudgementsFile, school: School) -> Iterator[str]:
    """What was taken of subjects that the school leaves out: it may be of a year in which it did not."""
    for subject in left_out(school):
        rows = [said.number for said in file.said if said.subject == subject.number]
        if rows:
            yield (
                f"{subject.full_name} is a subject that {school.name} does not judge: {counted(len(rows), 'judgement')}, the first in row {rows[0]}."
                " They are taken all the same, and counted as others are."
            )


def _change(file: JudgementsFile, change: Change) -> str:
    said, before, after = change.said, change.before, change.after
    parts = []
    if _judged(before) != _judged(after):
        parts.append(f"{_judged(before)} → {_judged(after)}")
    if before.is_on_entry != after.is_on_entry:
        parts.append("now on entry" if after.is_on_entry else "no longer on entry")
    if before.note != after.note:
        parts.append(f"note {quoted(before.note) if before.note else 'blank'} → {quoted(after.note)}")
    subject = BY_NUMBER[said.subject].full_name
    point = f"{said.term.label} {AcademicYear(said.academic_year)}"
    return f"Row {said.number}, {file.names[said.pupil_id]}, {subject}, {point}: {'; '.join(parts)}."


def _judged(held: Held) -> str:
    return str(held.points) if held.points is not None else Reason(held.reason).label.lower()


def _left_out(file: JudgementsFile) -> Iterator[str]:
    if file.skipped:
        notes = (
            f" {counted(file.skipped_notes, 'note')} there was not taken." if file.skipped_notes == 1 else ""
        )
        if file.skipped_notes > 1:
            notes = f" {file.skipped_notes:,} notes there were not taken."
        yield (
            f"Skipped, with neither points nor a reason: {counted(file.skipped, 'row')}."
            f" What is held for them stays as it is.{notes}"
        )
    if file.repeated:
        yield f"Rows that say again what an earlier row says: {file.repeated:,}. They counted once."
    if file.unused_headings:
        yield f"Columns that were not used: {listed(file.unused_headings)}."
    if file.table.repeated_headings:
        pairs = [f"{heading} ({counts} was used)" for heading, counts in file.table.repeated_headings]
        yield f"Columns that say again what another says: {listed(pairs)}."
