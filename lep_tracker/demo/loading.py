"""Writing the demo's schools: rolls and judgements first, then what went along with each child who changed school."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from assessment.models import Source
from assessment.services.judgements import Entry, Provenance, record_many
from lep_tracker.database_roles import as_owner
from lep_tracker.demo.giving_out import give_out_packs
from lep_tracker.demo.handing_over import hand_over
from lep_tracker.demo.lives import Child, Lives, lives_until
from lep_tracker.demo.periods import write_periods
from lep_tracker.demo.source import FIRST_EARLY_YEAR, FIRST_YEAR, DemoSchool, source
from lep_tracker.demo.teaching import Judged, entered_on
from schools.calendar import AcademicYear, YearGroup
from schools.models import ChangeKind, ClassGroup, Enrolment, Pupil, PupilYear, Role, School, User
from schools.row_security import visible_to, walled_models
from schools.services import years
from schools.services.changes import change_set
from schools.services.schools import NewSchool, create_school

BATCH = 2_000
# The time of day at which the demo's people enter judgements.
_AFTER_SCHOOL = dt.time(15, 30)
Tell = Callable[[str], object]


@dataclass(frozen=True)
class _Loading:
    """One school under way: its pupils by the child's key."""

    demo: DemoSchool
    school: School
    pupils: dict[uuid.UUID, Pupil]


def missing_schools(urns: Collection[str] | None = None) -> list[DemoSchool]:
    """The demo's schools (or those of these URNs) that the partnership does not have yet."""
    made_from = source()
    there = set(School.objects.filter(partnership__name=made_from.partnership).values_list("urn", flat=True))
    return [
        demo for demo in made_from.schools if demo.urn not in there and (urns is None or demo.urn in urns)
    ]


def load(*, today: dt.date, urns: Collection[str] | None = None, tell: Tell = lambda _: None) -> None:
    """Load the demo's schools (or those of these URNs) that are not there yet; what is there stays.

    All in one transaction. `tell` is given a line for each part done. Raises SchoolRefused where one of its school numbers is taken by
    a school of somebody else's.
    """
    made_from, missing = source(), missing_schools(urns)
    if not missing:
        return
    with transaction.atomic(), _planned_for_full_tables():
        running = AcademicYear.containing(today)
        # All of them before the first pupil: a number that is taken is found at once.
        schools = {demo.urn: _found(demo, made_from.partnership, running) for demo in missing}
        lives = lives_until(today)
        loadings = {urn: _Loading(made_from.school(urn), school, {}) for urn, school in schools.items()}
        for loading in loadings.values():
            _load_school(loading, lives, loadings)
            tell(f"{loading.demo.name}: {len(loading.pupils):,} pupils")
        copied = hand_over(
            lives=lives,
            arrived={urn: (loading.school, loading.pupils) for urn, loading in loadings.items()},
        )
        tell(f"Handed over with pupils who changed school: {copied:,} judgements")
        for loading in loadings.values():
            with visible_to(loading.school):
                give_out_packs(loading.school, today=today)


def clear_away_unfinished() -> None:
    """What a killed load left is in no table, but fills its pages; PostgreSQL plans by those, and the next load would take minutes."""
    _tidy("VACUUM")


def learn_sizes() -> None:
    """Let PostgreSQL count what has just been written, so that the first pages are as quick as later ones; it would in a minute."""
    _tidy("ANALYZE")


def _tidy(command: str) -> None:
    """As the owner; nothing within a transaction, or where the owner of the database is not known."""
    if connection.in_atomic_block or settings.DATABASE_OWNER is None:
        return
    tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in walled_models())
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"{command} {tables}")


@contextmanager
def _planned_for_full_tables() -> Iterator[None]:
    """PostgreSQL takes the tables for empty until the load is committed, and would join them row by row: minutes, not seconds."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
    yield
    # Not in a finally: after an error the rollback puts it back.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")


def _found(demo: DemoSchool, partnership: str, running: AcademicYear) -> School:
    return create_school(
        new=NewSchool(
            name=demo.name,
            urn=demo.urn,
            dfe_number=demo.dfe_number,
            lowest_year_group=demo.lowest,
            highest_year_group=demo.highest,
            partnership=partnership,
        ),
        academic_year=running,
        by=None,
    )


def _load_school(loading: _Loading, lives: Lives, loadings: dict[str, _Loading]) -> None:
    school = loading.school
    children = [child for child in lives.children if school.urn in child.urns]
    with visible_to(school), change_set(school=school, kind=ChangeKind.DEMO, by=None):
        for year in _years(loading.demo):
            years.open_year(school=school, academic_year=AcademicYear(lives.running + year), by=None)
        _write_pupils(loading, children, loadings)
        _write_roll(loading, children, lives.running, _write_classes(loading, children, lives.running))
        here_now = [
            (child, loading.pupils[child.person.key])
            for child in children
            if any(record.urn == school.urn and record.year == 0 for record in child.records)
        ]
        write_periods(here_now, lives.running)
        _write_judgements(loading, children, lives.running)


def _years(demo: DemoSchool) -> range:
    """Those before the running one that the school has in the demo."""
    return range(FIRST_EARLY_YEAR if demo.lowest <= YearGroup.R else FIRST_YEAR, 0)


Classes = dict[tuple[int, str], ClassGroup]


def _write_classes(loading: _Loading, children: Iterable[Child], running: AcademicYear) -> Classes:
    """Of the early years that are kept of the young alone, only the classes that they were in."""
    used = {(record.year, record.class_name) for child in children for record in child.records}
    made = ClassGroup.objects.bulk_create(
        ClassGroup(school=loading.school, academic_year=AcademicYear(running + year), name=name)
        for year in [*_years(loading.demo), 0]
        for block in loading.demo.blocks
        for name in block.names
        if year >= FIRST_YEAR or (year, name) in used
    )
    return {(group.academic_year - running, group.name): group for group in made}


def _write_pupils(loading: _Loading, children: Iterable[Child], loadings: dict[str, _Loading]) -> None:
    """Each as a copy of the pupil of the school before, where that school has been written already."""
    pupils = []
    for child in children:
        pupil = _pupil(loading.school, child)
        before = loadings.get(child.school_before(loading.demo.urn))
        if before is not None and pupil.person_key in before.pupils:
            pupil.origin_school = before.school
            pupil.origin_id = before.pupils[pupil.person_key].public_id
        pupils.append(pupil)
    made = Pupil.objects.bulk_create(pupils, batch_size=BATCH)
    loading.pupils.update((pupil.person_key, pupil) for pupil in made)


def _write_roll(
    loading: _Loading, children: Iterable[Child], running: AcademicYear, classes: Classes
) -> None:
    school, urn = loading.school, loading.demo.urn
    Enrolment.objects.bulk_create(
        (
            Enrolment(
                school=school,
                pupil=loading.pupils[child.person.key],
                starts_on=stay.starts_on,
                ends_on=stay.ends_on,
            )
            for child in children
            for stay in child.stays
            if stay.urn == urn
        ),
        batch_size=BATCH,
    )
    PupilYear.objects.bulk_create(
        (
            PupilYear(
                school=school,
                pupil=loading.pupils[child.person.key],
                academic_year=AcademicYear(running + record.year),
                year_group=record.year_group,
                class_group=classes[record.year, record.class_name],
                **asdict(record.characteristics),
            )
            for child in children
            for record in child.records
            if record.urn == urn
        ),
        batch_size=BATCH,
    )


def _pupil(school: School, child: Child) -> Pupil:
    person = child.person
    return Pupil(
        school=school,
        person_key=person.key,
        upn=child.upn,
        surname=person.surname,
        forename=person.forename,
        preferred_forename=person.preferred_forename,
        date_of_birth=person.born_on,
        sex=person.sex,
    )


# What goes in by one call: the day, who entered it, and how.
Sheet = tuple[dt.date, User | None, Source]


def _write_judgements(loading: _Loading, children: Iterable[Child], running: AcademicYear) -> None:
    who = _who_enters(loading.demo.urn)
    sheets: dict[Sheet, list[Entry]] = defaultdict(list)
    for child in children:
        for judged in child.judged:
            if judged.urn == loading.demo.urn:
                by = None if judged.source is Source.IMPORTED else who.get(judged.class_name, who.get(""))
                entry = _entry(judged, loading.pupils[child.person.key], running)
                sheets[entered_on(judged, running), by, judged.source].append(entry)
    for (day, by, how), entries in sorted(sheets.items(), key=lambda sheet: sheet[0][0]):
        at = timezone.make_aware(dt.datetime.combine(day, _AFTER_SCHOOL))
        record_many(school=loading.school, entries=entries, provenance=Provenance(source=how, by=by, at=at))


def _who_enters(urn: str) -> dict[str, User]:
    """The demo's accounts by the class they teach at the school; under "" who enters for all other classes."""
    accounts = {user.email: user for user in User.objects.filter(is_demo=True)}
    found = {}
    for person in source().people:
        for at, role, taught in person.memberships:
            if at == urn and person.email in accounts:
                classes = [""] if role == Role.ASSESSMENT_LEADER else taught
                found.update(dict.fromkeys(classes, accounts[person.email]))
    return found


def _entry(judged: Judged, pupil: Pupil, running: AcademicYear) -> Entry:
    return Entry(
        pupil_id=pupil.pk,
        subject=judged.subject,
        academic_year=running + judged.year,
        term=judged.term,
        points=judged.points,
        reason=judged.reason,
        is_on_entry=judged.is_on_entry,
    )
