"""The roll of a year, taken in on a page: what a file would change, row by row, and the same written when it was confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from schools.import_kinds import Asked, Found, ImportKind, Leaver, Line, Question, Section
from schools.imports.columns import columns_found, not_yet, refused
from schools.imports.pupils import CONSULTED, HEADINGS, KEPT, PupilsFile, read_pupils
from schools.imports.report import FileRefused, Problem, counted
from schools.imports.roll_report import changes_in_words, told_of, warnings_of
from schools.models import Pupil, PupilYear
from schools.services.roll_leavers import Leavers
from schools.services.roll_plan import Outcome
from schools.services.roll_rows import RollRefused
from schools.services.rolls import RollChanges, RollQuestion, load_roll

_CONSULTED = {
    "full_name": "Surname and forename in one",
    "enrol_status": "Enrolment status (guests are left out)",
    "school_urn": "The school’s URN",
    "school_laestab": "The school’s LAESTAB",
}
KIND = ImportKind(
    code="roll",
    name="Roll of a year",
    holds="Pupils: names, dates of birth, UPNs, year groups, classes and characteristics, one row a pupil.",
    importer="schools.imports.roll_importer.import_roll",
    fields={
        name: label[:1].upper() + label[1:]
        for name, label in (
            *((name, kept.label) for name, kept in KEPT.items()),
            *((name, _CONSULTED[name]) for name in sorted(CONSULTED)),
        )
    },
    asks_update=True,
    asks_whole=True,
)


def import_roll(asked: Asked) -> Found:
    """An Importer. A row that the UPN does not settle is asked about; who is not in a whole file is proposed to leave."""
    headings = HEADINGS.with_chosen(asked.columns)
    found = Found(columns=columns_found(asked, headings))
    try:
        file = read_pupils(
            asked.path,
            school=asked.access.school,
            headings=headings,
            progress=asked.reading,
        )
        return _of_rows(asked, file, found)
    except FileRefused as error:
        return refused(found, error)


def _of_rows(asked: Asked, file: PupilsFile, found: Found) -> Found:
    problems: list[Problem] = list(file.problems)
    changes = None
    try:
        changes = load_roll(
            school=asked.access.school,
            academic_year=asked.academic_year,
            rows=file.rows,
            update=asked.update,
            by=asked.access.user,
            dry_run=not asked.write or bool(problems),
            reason=f"Roll of {asked.academic_year} {asked.reason}",
            progress=asked.counting_to(len(file.rows)),
            same=asked.same,
            leavers=Leavers(asked.leaving, asked.leaving_on),
        )
    except RollRefused as error:
        problems += [file.in_words_of_the_file(problem) for problem in error.problems]
    if problems or changes is None:
        return not_yet(found, problems)
    return _said(asked, file, changes, found)


def _said(asked: Asked, file: PupilsFile, changes: RollChanges, found: Found) -> Found:
    school, year = asked.access.school, asked.academic_year
    new = sum(line.outcome is Outcome.NEW for line in changes.lines)
    return replace(
        found,
        counts={
            "new": new,
            "added to this year": changes.placed,
            "changed": changes.changed,
            "unchanged": changes.unchanged,
            "left by the file": changes.left,
        },
        warnings=(
            *warnings_of(file, changes, school=school, academic_year=year),
            *_without_upns(file, changes),
        ),
        sections=tuple(section for section in sections_of(changes) if section.lines),
        questions=tuple(question_of(each) for each in changes.questions),
        leavers=tuple(_leavers(asked, changes)) if asked.is_whole else (),
        told=tuple(told_of(file, changes, academic_year=asked.academic_year)),
        # Apart from who is ticked to leave, which is answered when it is confirmed.
        changes=not replace(changes, leaving=0).is_empty,
    )


def _without_upns(file: PupilsFile, changes: RollChanges) -> Iterator[str]:
    known = changes.placed + changes.changed + changes.unchanged
    if known and not any(row.upn for row in file.rows):
        yield (
            f"The file gives no UPNs: {counted(known, 'pupil was', 'pupils were')} found by name and date of birth."
        )


def sections_of(changes: RollChanges) -> Iterator[Section]:
    """What each row is to the school, in lists; what is to be looked at comes first."""
    of = {outcome: [line for line in changes.lines if line.outcome is outcome] for outcome in Outcome}
    changed = {each.row: changes_in_words(each) for each in changes.details}
    notes = tuple(Line(note.row, note.name, (note.text,)) for note in changes.notes)
    yield Section("look-at", "To look at", f"{len(notes):,} to look at", notes)
    yield Section(
        "new",
        "New pupils",
        f"{len(of[Outcome.NEW]):,} new",
        tuple(Line(line.row, line.name, (line.where,)) for line in of[Outcome.NEW]),
    )
    yield Section(
        "placed",
        "Known before, and added to this year",
        f"{len(of[Outcome.PLACED]):,} added to this year",
        tuple(
            Line(line.row, line.name, (line.where, *changed.get(line.row, ()))) for line in of[Outcome.PLACED]
        ),
    )
    yield Section(
        "changed",
        "Changed",
        f"{len(of[Outcome.CHANGED]):,} changed",
        tuple(Line(line.row, line.name, changed.get(line.row, ())) for line in of[Outcome.CHANGED]),
        "What is held, and what it becomes.",
    )
    yield Section(
        "unchanged",
        "Unchanged",
        f"{len(of[Outcome.UNCHANGED]):,} unchanged",
        tuple(Line(line.row, line.name, (line.where,)) for line in of[Outcome.UNCHANGED]),
    )


def question_of(each: RollQuestion) -> Question:
    """Whose the row may be, in words."""
    row, pupil = each.row, each.pupil
    why = "Name and date of birth are the same; the UPN is not."
    if (row.surname, row.forename) != (pupil.surname, pupil.forename):
        why = "Born on the same day, with a name that is alike."
    return Question(
        row=row.number,
        said=_who(row.name, row, row.upn),
        held=_who(pupil.name, pupil, pupil.upn),
        pupil=pupil.pk,
        why=why,
    )


def _who(name: str, who: object, upn: str) -> str:
    return f"{name}, born {who.date_of_birth:%d/%m/%Y}, {f'UPN {upn}' if upn else 'no UPN'}"  # type: ignore[attr-defined]


def _leavers(asked: Asked, changes: RollChanges) -> Iterator[Leaver]:
    """Who may be somebody in question does not leave before that is answered."""
    in_question = {each.pupil.pk for each in changes.questions}
    records = (
        PupilYear.objects.in_school(asked.access.school)
        .filter(academic_year=asked.academic_year, pupil__in=changes.absent)
        .select_related("pupil", "class_group")
    )
    by_pupil = {record.pupil_id: record for record in records}
    for key in changes.absent:
        record = by_pupil[key]
        if key not in in_question:
            pupil: Pupil = record.pupil
            group = f", {record.class_group.name}" if record.class_group else ""
            yield Leaver(key, pupil.name, f"{record.year_group.label}{group}")
