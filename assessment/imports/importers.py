"""Judgements and profiles, taken in on a page: what a file would change, and the same written when it was confirmed. Closed terms bind them there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from django.utils import timezone

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import BY_NUMBER, EYFS_AREAS
from assessment.imports.judgement_cells import HEADINGS, LABELS
from assessment.imports.judgement_report import change_in_words, said_in_words, told_of
from assessment.imports.judgements import JudgementsFile, read_judgements
from assessment.imports.profiles import (
    ProfilesFile,
    code_of,
    headings_for,
    profiles_report,
    read_profiles,
    refusal,
)
from assessment.queries.measuring import Measuring
from assessment.queries.records import Records
from assessment.services.loading import JudgementChanges, Said, load_judgements
from assessment.services.profiles import ProfileChanges, ProfileContradictedError, load_profiles
from schools.calendar import AcademicYear, EyfsFramework
from schools.import_kinds import Asked, Found, ImportKind, Line, Section
from schools.imports.columns import columns_found, refused
from schools.imports.report import FileRefused
from schools.models import School
from schools.permissions import Permission
from schools.services.turns import take_turn_alone

JUDGEMENTS = ImportKind(
    code="judgements",
    name="Judgements",
    holds="One row a judgement: UPN, Subject, Academic Year, Term, Points, and where wanted Reason, Note, On Entry.",
    importer="assessment.imports.importers.import_judgements",
    fields=LABELS,
    asks_update=True,
    names_year=True,
    needs=Permission.RECORD_JUDGEMENTS,
)
PROFILES = ImportKind(
    code="profiles",
    name="EYFS profiles",
    holds="Outcomes of the early years foundation stage profile: UPN and a column for each goal, or a row a goal.",
    importer="assessment.imports.importers.import_profiles",
    fields={
        "upn": "UPN",
        "subject": "Goal, by code or name",
        "outcome": "Outcome",
        "academic_year": "Academic year",
        "term": "Term",
        **{goal.code: f"{goal.code} {goal.name}" for goals in EYFS_AREAS.values() for goal in goals},
    },
    needs=Permission.RECORD_JUDGEMENTS,
)


def import_judgements(asked: Asked) -> Found:
    """An Importer. A judgement of a term that is closed for its year group is refused, or wants a reason of who may change what is closed."""
    school = asked.access.school
    headings = HEADINGS.with_chosen(asked.columns)
    found = Found(columns=columns_found(asked, headings))
    try:
        file = read_judgements(asked.path, school=school, headings=headings, progress=asked.reading)
    except FileRefused as error:
        return refused(found, error)
    if asked.write:
        # Nobody judges, and no term is closed, between the comparison and the writing.
        take_turn_alone(school)
    changes = _load(asked, file, write=False)
    closed = closed_among(school, _all_of(changes))
    if closed and (why := _bound(asked, closed)):
        return replace(found, refused=why)
    if asked.write:
        changes = _load(asked, file, write=True)
    return replace(
        found,
        counts={
            "new": changes.new,
            "changed": len(changes.changed),
            "unchanged": changes.unchanged,
            "skipped": file.skipped,
        },
        sections=tuple(each for each in _sections(file, changes) if each.lines),
        closed=tuple(closed),
        told=tuple(told_of(file, school)),
        changes=bool(changes.new or changes.changed),
    )


def _all_of(changes: JudgementChanges) -> list[Said]:
    return [*changes.added, *(each.said for each in changes.changed)]


def _load(asked: Asked, file: JudgementsFile, *, write: bool) -> JudgementChanges:
    return load_judgements(
        school=asked.access.school,
        said=file.said,
        by=asked.access.user,
        dry_run=not write,
        reason=f"Judgements {asked.reason}",
        progress=asked.counting_to(len(file.said)),
        only_missing=asked.update == "missing",
    )


def closed_among(school: School, said: Sequence[Said]) -> list[str]:
    """Which terms of which year groups would be changed and are closed for entry."""
    records, measuring = Records(school), Measuring(school)
    today = timezone.localdate()
    found = set()
    for year, term, pupil in {(each.academic_year, each.term, each.pupil_id) for each in said}:
        year_group = records.year_group(pupil, year)
        if year_group is not None:
            found.add((year, term, year_group))
    return [
        f"{term.label} {AcademicYear(year)} in {year_group.label}"
        for year, term, year_group in sorted(found)
        if not measuring.is_open(year, term, year_group, today)
    ]


def _bound(asked: Asked, closed: Sequence[str]) -> str:
    """Why what is closed stays as it is; "" for who may change it, and has said why by the time that it is written."""
    if not asked.access.may(Permission.MANAGE_TERMS):
        return f"Closed for entry: {', '.join(closed)}. Somebody who manages the terms can reopen it, or take this file in."
    if asked.write and not asked.because.strip():
        return "Say why what is closed for entry is changed."
    return ""


def _sections(file: JudgementsFile, changes: JudgementChanges) -> Iterator[Section]:
    new = [
        Line(said.number, where, (judged,))
        for said in changes.added
        for where, judged in [said_in_words(file, said)]
    ]
    yield Section("new", "New judgements", f"{len(new):,} new", tuple(new))
    changed = [
        Line(each.said.number, where, (what,))
        for each in changes.changed
        for where, what in [change_in_words(file, each)]
    ]
    yield Section(
        "changed",
        "Changed",
        f"{len(changed):,} changed",
        tuple(changed),
        "What is held, and what it becomes.",
    )


def import_profiles(asked: Asked) -> Found:
    """An Importer: results of the end of Reception in the year."""
    school, year = asked.access.school, asked.academic_year
    framework = Records(school).framework(year)
    found = Found(columns=columns_found(asked, headings_for(framework).with_chosen(asked.columns)))
    try:
        file = read_profiles(asked.path, school=school, academic_year=year, chosen=asked.columns)
        if asked.write:
            take_turn_alone(school)
        changes = _load_profiles(asked, file, framework, write=False)
        closed = closed_among(school, _all_of(changes.judgements))
        if closed and (why := _bound(asked, closed)):
            return replace(found, refused=why)
        if asked.write:
            changes = _load_profiles(asked, file, framework, write=True)
    except FileRefused as error:
        return refused(found, error)
    judgements = changes.judgements
    lines = list(profiles_report(file, changes, school=school, dry_run=False))[1:]
    return replace(
        found,
        counts={
            "new": judgements.new,
            "changed": len(judgements.changed),
            "unchanged": changes.agreed + judgements.unchanged,
            "blank": file.blank,
        },
        sections=tuple(each for each in _outcomes(file, changes) if each.lines),
        closed=tuple(closed),
        told=tuple(line.removeprefix("WARNING: ") for line in lines),
        changes=bool(judgements.new or judgements.changed),
    )


def _load_profiles(
    asked: Asked, file: ProfilesFile, framework: EyfsFramework, *, write: bool
) -> ProfileChanges:
    try:
        return load_profiles(
            school=asked.access.school,
            academic_year=asked.academic_year,
            framework=framework,
            results=file.results,
            by=asked.access.user,
            dry_run=not write,
            reason=f"EYFS profiles of {asked.academic_year} {asked.reason}",
        )
    except ProfileContradictedError as error:
        raise refusal(file, error.contradictions) from error


def _outcomes(file: ProfilesFile, changes: ProfileChanges) -> Iterator[Section]:
    results = {(each.pupil_id, each.goal): each for each in file.results}

    def lines(said: Iterable[Said]) -> tuple[Line, ...]:
        return tuple(
            Line(
                each.number,
                f"{file.names[each.pupil_id]}, {BY_NUMBER[each.subject].name}",
                (code_of(results[each.pupil_id, each.subject].outcome),),
            )
            for each in said
            if each.term is AssessmentTerm.SUMMER
        )

    new, changed = lines(changes.judgements.added), lines(each.said for each in changes.judgements.changed)
    yield Section("new", "New outcomes", f"{len(new):,} new", new)
    yield Section("changed", "Changed", f"{len(changed):,} changed", changed)
