"""What a school holds of pupils is copied to another: every table whose rows may go along, whatever it is of.

Each model says for itself whether its rows go along (`Handed`, `kept_back`), what the copy says otherwise (`as_copied`), by what two rows
speak of the same thing (`speaks_of`), and whether the copy may take that one's place (`may_be_replaced`). Nothing here knows a topic.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from schools.models import Handed, Pupil, PupilYear, School, SchoolOwned, SchoolYear, Term
from schools.queries.handed import handed_models

BATCH = 1_000
_COPIED = "copied"
# What a row says of itself, and never of the pupil.
_OWN = {"school_id", "public_id", "origin_school_id", "origin_id"}


@dataclass(frozen=True, kw_only=True)
class Hands:
    """Between whom: the sender's pupils by key, each with the key of the pupil here; up to which year; for whom the copy takes the place of what is here."""

    sender: School
    receiver: School
    pupils: Mapping[int, int]
    last_year: int
    replacing: Collection[int] = ()


@dataclass
class Copied:
    """How many rows came, by table; how many took the place of one here, and how many stayed behind because one here says otherwise."""

    new: dict[str, int] = field(default_factory=dict)
    replaced: int = 0
    left_out: int = 0


def copy_rows(hands: Hands) -> Copied:
    """Copy what the sender holds of the pupils to the receiver, with both schools open, inside the act of whoever takes them in.

    What came before by an earlier copy, or is the receiver's own from the start, does not come again. Where the receiver says something of the same
    thing already, that stays, unless the pupil is among those `replacing`.
    """
    copied = Copied()
    keys: dict[type[models.Model], Mapping[int, int]] = {Pupil: hands.pupils}
    for model in handed_models():
        keys[model] = _copy(model, hands, keys, copied)
    return copied


def open_years(*, sender: School, receiver: School, pupils: Collection[int], last_year: int) -> None:
    """The years that the copies hang on, with the sender's days and framework, by which they were measured; in no list of years at the receiver.

    Before the act that copies, so that taking that back leaves years alone on which other copies hang.
    """
    records = PupilYear.objects.in_school(sender).filter(pupil__in=pupils, academic_year__lte=last_year)
    here = SchoolYear.objects.in_school(receiver).values_list("academic_year", flat=True)
    missing = set(records.values_list("academic_year", flat=True)) - set(here)
    theirs = SchoolYear.objects.in_school(sender).filter(academic_year__in=missing)
    SchoolYear.objects.bulk_create(
        SchoolYear(
            school=receiver,
            academic_year=row.academic_year,
            eyfs_framework=row.eyfs_framework,
            is_for_copies=True,
        )
        for row in theirs
    )
    Term.objects.bulk_create(
        (
            Term(
                school=receiver,
                academic_year=row.academic_year,
                term=row.term,
                starts_on=row.starts_on,
                ends_on=row.ends_on,
            )
            for row in Term.objects.in_school(sender).filter(academic_year__in=missing)
        ),
        # Days that lie within a term of a year here are left to the rule for years without dates.
        ignore_conflicts=True,
    )


def _copy(
    model: type[Handed], hands: Hands, keys: Mapping[type[models.Model], Mapping[int, int]], copied: Copied
) -> dict[int, int]:
    """Copy the rows of one table; the keys of those that are here now, by the sender's."""
    rows = list(_rows_of(model, hands))
    known = _known(model, hands, rows)
    coming = [
        (row, values)
        for row in rows
        if row.pk not in known and (values := _values(row, hands, keys)) is not None
    ]
    standing = _standing(model, hands)
    new, replaced = [], 0
    for row, values in coming:
        there = standing.get((values["pupil_id"], *(values[name] for name in model.speaks_of)))
        if there is None:
            new.append(model(school=hands.receiver, **values))
        elif model.may_be_replaced and row.pupil_id in hands.replacing:  # type: ignore[attr-defined]
            _replace(there, values)
            replaced += 1
        elif model.may_be_replaced:
            copied.left_out += 1
    model.objects.bulk_create(new, batch_size=BATCH, ignore_conflicts=True)
    now_known = _known(model, hands, rows)
    copied.new[model._meta.db_table] = len(now_known.keys() - known.keys()) - replaced
    copied.replaced += replaced
    return now_known


def _rows_of(model: type[Handed], hands: Hands) -> Iterable[Handed]:
    rows = model.objects.in_school(hands.sender).filter(pupil__in=hands.pupils)
    if _has(model, "academic_year"):
        rows = rows.filter(academic_year__lte=hands.last_year)
        if model is not PupilYear:
            # What hangs on a year's record comes where that record has come.
            here = set(
                PupilYear.objects.in_school(hands.receiver)
                .filter(pupil__in=hands.pupils.values())
                .values_list("pupil_id", "academic_year")
            )
            return [row for row in rows if (hands.pupils[row.pupil_id], row.academic_year) in here]
    return rows


def _known(model: type[Handed], hands: Hands, rows: Iterable[Handed]) -> dict[int, int]:
    """Which rows are here already: as copies of these rows, as copies of what these were copied from, or because these came from here."""
    origins = {(row.origin_school_id, row.origin_id): row.pk for row in rows if row.origin_id is not None} | {
        (hands.sender.pk, row.public_id): row.pk for row in rows
    }
    ids = {origin for _, origin in origins}
    found = model.objects.in_school(hands.receiver).filter(Q(origin_id__in=ids) | Q(public_id__in=ids))
    known = {}
    for pk, public_id, school, origin in found.values_list(
        "pk", "public_id", "origin_school_id", "origin_id"
    ):
        of = origins.get((school, origin)) or origins.get((hands.receiver.pk, public_id))
        if of is not None:
            known[of] = pk
    return known


def _standing(model: type[Handed], hands: Hands) -> dict[tuple[Any, ...], Handed]:
    """What the receiver says of these pupils already, by what it is of; nothing for tables in which rows do not stand in each other's way."""
    if not model.speaks_of:
        return {}
    rows = model.objects.in_school(hands.receiver).filter(pupil__in=hands.pupils.values())
    return {(row.pupil_id, *(getattr(row, name) for name in model.speaks_of)): row for row in rows}


def _values(
    row: Handed, hands: Hands, keys: Mapping[type[models.Model], Mapping[int, int]]
) -> dict[str, Any] | None:
    """The columns of the copy; None where it refers to a row that has not come."""
    values = {}
    for column in row._meta.concrete_fields:
        if column.primary_key or column.generated or column.attname in _OWN:
            continue
        value = getattr(row, column.attname)
        if column.attname == "source" and _COPIED in dict(column.flatchoices):
            value = _COPIED
        values[column.attname] = value
    values |= row.as_copied()
    for column in row._meta.concrete_fields:
        to = column.related_model
        if column.attname not in values or not _is_walled(to) or values[column.attname] is None:
            continue
        if (here := keys.get(to, {}).get(values[column.attname])) is None:  # type: ignore[arg-type]
            return None
        values[column.attname] = here
    return values | {"origin_school_id": hands.sender.pk, "origin_id": row.public_id}


def _replace(there: Handed, values: Mapping[str, Any]) -> None:
    """The copy's values in the row that is there, whose saves go on counting."""
    before = getattr(there, "version", None)
    for name, value in values.items():
        setattr(there, name, value)
    if before is not None:
        there.version = before + 1  # type: ignore[attr-defined]
    there.save(update_fields=[*_field_names(there, values)])


def _field_names(row: Handed, attnames: Iterable[str]) -> Iterable[str]:
    by_attname = {each.attname: each.name for each in row._meta.concrete_fields}
    return (by_attname[name] for name in attnames)


def _is_walled(model: Any) -> bool:
    return isinstance(model, type) and issubclass(model, SchoolOwned)


def _has(model: type[models.Model], name: str) -> bool:
    return any(each.name == name for each in model._meta.concrete_fields)


def copy_of(pupil: Pupil, hands_to: School, origin: UUID) -> Pupil:
    """The child's row as the receiving school will hold it, not saved."""
    values = {
        each.attname: getattr(pupil, each.attname)
        for each in pupil._meta.concrete_fields
        if not each.primary_key and each.attname not in _OWN
    }
    return Pupil(school=hands_to, origin_school_id=pupil.school_id, origin_id=origin, **values)
