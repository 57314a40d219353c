"""Everything that is held of one pupil, read by the data map: rows, what became of them, and the words that keys stand for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import Model, Q, QuerySet

from assessment.models import Snapshot, SnapshotClassGroup, SnapshotCustomGroup, Subject
from reports.data_map import DATA_MAP
from schools.calendar import TermName
from schools.data_map import Held
from schools.models import ChangeSet, ClassGroup, CustomGroup, Membership, Pupil, PupilYear, Role, School

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Event:
    """A row as it was after a change; `label` is insert, update or delete."""

    row: int
    at: dt.datetime
    label: str
    user: int | None
    change_set: str
    values: Values


@dataclass(frozen=True)
class HeldTable:
    """The pupil's rows of one table, and their history, each in the order of writing."""

    name: str
    held: Held
    rows: tuple[Values, ...]
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Names:
    """What the keys in the rows are called. Of people: a role and no name."""

    subjects: Mapping[int, str]
    classes: Mapping[int, str]
    groups: Mapping[int, str]
    schools: Mapping[int, str]
    snapshots: Mapping[int, str]
    roles: Mapping[int, str]
    # Why a change-set was made, by its public id; those alone that say so.
    reasons: Mapping[str, str] = field(default_factory=dict)
    year_groups: Mapping[int, int] = field(default_factory=dict)


def everything_held(pupil: Pupil) -> tuple[HeldTable, ...]:
    """The rows of each table that leads to a pupil, or to a record that was merged into the pupil's; empty ones too.

    Needs the school open; two queries a table, whatever it holds, and one for what was merged.
    """
    of = [pupil.pk, *merged_into(pupil).values_list("pk", flat=True)]
    models = {model._meta.db_table: model for model in apps.get_models()}
    return tuple(
        HeldTable(
            name,
            held,
            _rows(models[name], held, pupil, of),
            _events(models.get(f"{name}event"), held, pupil, of),
        )
        for name, held in DATA_MAP.items()
        if held.pupil
    )


def merged_into(pupil: Pupil) -> QuerySet[Pupil]:
    """The records that were merged into the pupil's: the same child's."""
    return Pupil.objects.filter(school_id=pupil.school_id, merged_into=pupil.pk)


def _rows(model: Any, held: Held, pupil: Pupil, of: list[int]) -> tuple[Values, ...]:
    found = model.objects.filter(**{"school": pupil.school_id, f"{held.pupil}__in": of}).order_by("pk")
    return tuple(_values(row) for row in found)


def _events(history: Any, held: Held, pupil: Pupil, of: list[int]) -> tuple[Event, ...]:
    if history is None:
        return ()
    column = "pgh_obj_id" if held.pupil == "id" else held.pupil
    of_pupil = {"school": pupil.school_id, f"{column}__in": of}
    events: Iterable[Any] = history.objects.filter(**of_pupil).order_by("pk")
    return tuple(
        Event(
            row=event.pgh_obj_id,
            at=event.pgh_created_at,
            label=event.pgh_label,
            user=(event.pgh_context or {}).get("user"),
            change_set=(event.pgh_context or {}).get("change_set", ""),
            values=_values(event),
        )
        for event in events
    )


def _values(row: Model) -> Values:
    return {each.attname: getattr(row, each.attname) for each in row._meta.concrete_fields}


def names_for(school: School, pupil: Pupil, tables: Iterable[HeldTable]) -> Names:
    """All names of the school that these rows may refer to; of its staff what they are, or were."""
    sets = {event.change_set for table in tables for event in table.events} - {""}
    reasoned = ChangeSet.objects.in_school(school).filter(public_id__in=sets).exclude(reason="")
    held: dict[int, set[str]] = {}
    for user, role in Membership.objects.in_school(school).values_list("user_id", "role"):
        held.setdefault(user, set()).add(role)
    years = PupilYear.objects.in_school(school).filter(pupil=pupil)
    return Names(
        subjects={each.pk: str(each) for each in Subject.objects.all()},
        classes=_called(SnapshotClassGroup, school, "row_id") | _called(ClassGroup, school, "pk"),
        groups=_called(SnapshotCustomGroup, school, "row_id") | _called(CustomGroup, school, "pk"),
        schools=dict(School.objects.values_list("pk", "name")),
        snapshots={
            each.pk: f"Snapshot {each.number}, {TermName(each.term).label} {each.academic_year}"
            for each in Snapshot.objects.in_school(school)
        },
        roles={
            user: " and ".join(str(role.label) for role in Role if role in roles)
            for user, roles in held.items()
        },
        reasons={str(key): reason for key, reason in reasoned.values_list("public_id", "reason")},
        year_groups=dict(years.values_list("academic_year", "year_group")),
    )


def _called(model: Any, school: School, key: str) -> dict[int, str]:
    return dict(model.objects.in_school(school).values_list(key, "name"))


def names_of_others(pupil: Pupil) -> frozenset[str]:
    """Every name that another pupil of the school has and this one never had; of forenames those of who was ever in a year with the pupil."""
    columns = ("surname", "preferred_surname", "forename", "preferred_forename")
    own_keys = Q(pk=pupil.pk) | Q(merged_into=pupil.pk)
    others = Pupil.objects.filter(school_id=pupil.school_id, anonymised_at=None).exclude(own_keys)
    years = PupilYear.objects.filter(school_id=pupil.school_id, pupil=pupil)
    beside = PupilYear.objects.filter(
        school_id=pupil.school_id, academic_year__in=years.values("academic_year")
    ).values("pupil")
    found = set()
    for surname, preferred, *_ in others.values_list(*columns):
        found |= {surname, preferred}
    for *_, forename, preferred in others.filter(pk__in=beside).values_list(*columns):
        found |= {forename, preferred}
    history: Any = apps.get_model("schools", "PupilEvent")
    keys = Pupil.objects.filter(own_keys, school_id=pupil.school_id).values("pk")
    own = history.objects.filter(school_id=pupil.school_id, pgh_obj_id__in=keys).values_list(*columns)
    return frozenset(found - {""} - {name for names in own for name in names} - set(_own(pupil)))


def _own(pupil: Pupil) -> tuple[str, ...]:
    return pupil.surname, pupil.forename, pupil.preferred_surname, pupil.preferred_forename
