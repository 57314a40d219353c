"""A common transfer file, taken in on a page: what it would change, pupil by pupil, and the same written when it was confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from schools.ctf_values import CtfPupil
from schools.import_kinds import Asked, Found, ImportKind, Line, Section
from schools.imports.columns import not_yet, refused
from schools.imports.ctf import CtfFile, is_xml, read_ctf
from schools.imports.ctf_report import problems_in_words, told_of, warnings_of
from schools.imports.report import FileRefused, Problem
from schools.imports.roll_importer import question_of, sections_of
from schools.services.ctf import CtfChanges, load_ctf
from schools.services.roll_rows import RollRefused

# No columns: what an element means is settled, and nobody is asked.
KIND = ImportKind(
    code="ctf",
    name="Common transfer file",
    holds="Pupils as another school or the Department for Education sends them (.xml): names, free school meals, SEN, attendance, results.",
    importer="schools.imports.ctf_importer.import_ctf",
    endings=".xml",
    asks_update=True,
)


def import_ctf(asked: Asked) -> Found:
    """An Importer. A pupil whom the UPN does not settle is asked about; what is nobody's business is passed over, and counted."""
    if not is_xml(asked.path):
        return Found(
            refused="This is not a common transfer file (CTF), but something else. Choose again what it holds."
        )
    try:
        file = read_ctf(asked.path, progress=asked.reading)
    except FileRefused as error:
        return refused(Found(), error)
    problems: list[Problem] = list(file.problems)
    changes = None
    try:
        changes = _load(asked, file, is_dry=not asked.write or bool(problems))
    except RollRefused as error:
        problems += problems_in_words(file, error.problems)
    if problems or changes is None:
        return not_yet(Found(), problems)
    return _found(asked, file, changes)


def _load(asked: Asked, file: CtfFile, *, is_dry: bool) -> CtfChanges:
    return load_ctf(
        school=asked.access.school,
        academic_year=asked.academic_year,
        header=file.header,
        pupils=file.pupils,
        update=asked.update,
        by=asked.access.user,
        dry_run=is_dry,
        reason=f"Common transfer file for {asked.academic_year} {asked.reason}",
        progress=asked.counting_to(len(file.pupils)),
        same=asked.same,
    )


def _found(asked: Asked, file: CtfFile, changes: CtfChanges) -> Found:
    school, year = asked.access.school, asked.academic_year
    roll = changes.roll
    sections = [*sections_of(replace(roll, notes=changes.notes)), *_left_out(changes)]
    return Found(
        counts={
            "new": roll.new,
            "added to this year": roll.placed,
            "changed": roll.changed,
            "unchanged": roll.unchanged,
            "left out": len(changes.unknown) + len(changes.guests),
            "beside the roll added": sum(changes.added.values()),
            "beside the roll corrected": sum(changes.changed.values()),
            "passed over and not kept": sum(file.not_kept.values()),
        },
        warnings=tuple(warnings_of(file, changes, school=school, academic_year=year)),
        sections=tuple(each for each in sections if each.lines),
        questions=tuple(question_of(each) for each in changes.questions),
        told=tuple(told_of(file, changes, school=school, academic_year=year)),
        changes=not changes.is_empty,
    )


def _left_out(changes: CtfChanges) -> Iterator[Section]:
    yield _section(
        "not-known",
        "Left out",
        "left out",
        "The school does not know them, and a partial file without year groups makes nobody a pupil.",
        changes.unknown,
    )
    yield _section(
        "no-record",
        "Not on the roll of the year",
        "not on the roll",
        "The file gives no year group, so that nothing of that year was kept of them.",
        changes.without_record,
    )


def _section(key: str, title: str, label: str, explained: str, pupils: Iterable[CtfPupil]) -> Section:
    lines = tuple(Line(pupil.number, pupil.name) for pupil in pupils)
    return Section(key, title, f"{len(lines):,} {label}", lines, explained)
