"""Records of a school that may be one child's, for a person to look at: nothing here merges anything."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import QuerySet

from schools.access import Access
from schools.calendar import YearGroup
from schools.identifiers import is_temporary_upn, read_upn
from schools.likeness import Alike, Identity, alike
from schools.models import Pupil, PupilYear, School, ToldApart
from schools.queries.rolls import english, pupils_for


@dataclass(frozen=True)
class Record:
    """A pupil's record in a line."""

    pk: int
    public_id: uuid.UUID
    name: str
    born: str
    upn: str
    is_temporary: bool
    # Year group and year of the latest roll on which the pupil stands; empty where there is none.
    last_seen: str


@dataclass(frozen=True)
class Pair:
    """Two records that may be one child's, and why; `reason` is why somebody said that they are two children's."""

    one: Record
    other: Record
    why: str
    reason: str = ""


@dataclass(frozen=True)
class NumberToLookAt:
    """A UPN that is not to stay as it is."""

    record: Record
    why: str


@dataclass(frozen=True)
class Duplicates:
    """What the page of possible duplicates shows, each list by name."""

    pairs: tuple[Pair, ...]
    told_apart: tuple[Pair, ...]
    numbers: tuple[NumberToLookAt, ...]
    merged: tuple[Merged, ...]
    # Everybody who is not merged, to compare two whom nothing made alike.
    everybody: tuple[Record, ...]


@dataclass(frozen=True)
class Merged:
    """A record that was merged into another."""

    record: Record
    into: Record


class _Found(NamedTuple):
    pupil: Pupil
    identity: Identity


def possible_duplicates(access: Access) -> Duplicates:
    """Every pair of records of the school that may be one child's, and UPNs to look at. Five queries, however many pupils there are."""
    school = access.school
    pupils = list(Pupil.objects.in_school(school).named().order_by("surname", "forename", "pk"))
    former = _former_upns(school)
    found = {each.pk: _Found(each, _identity(each, former)) for each in pupils if each.merged_into_id is None}
    apart = _apart(school)
    seen = _last_seen(school)
    by_key = {each.pk: each for each in pupils}
    pairs = list(_pairs(found, seen, apart))
    return Duplicates(
        pairs=tuple(each for each in pairs if not each.reason),
        told_apart=tuple(_told_apart(by_key, seen, apart)),
        numbers=tuple(_numbers((each.pupil for each in found.values()), seen)),
        merged=tuple(
            Merged(_record(each, seen), _record(by_key[each.merged_into_id], seen))
            for each in pupils
            if each.merged_into_id in by_key
        ),
        everybody=tuple(_record(each.pupil, seen) for each in found.values()),
    )


def _apart(school: School) -> Mapping[frozenset[int], str]:
    """Why each pair was said to be two children. Of a pair whose other was erased nothing is left."""
    pairs: dict[uuid.UUID, dict[int, str]] = defaultdict(dict)
    for row in ToldApart.objects.in_school(school).order_by("pk"):
        pairs[row.pair][row.pupil_id] = row.reason
    return {frozenset(said): next(iter(said.values())) for said in pairs.values() if len(said) > 1}


def _identity(pupil: Pupil, former: Mapping[int, frozenset[str]]) -> Identity:
    return Identity(
        surname=pupil.surname,
        forename=pupil.forename,
        preferred_surname=pupil.preferred_surname,
        preferred_forename=pupil.preferred_forename,
        date_of_birth=pupil.date_of_birth,
        upn=pupil.upn,
        former_upns=former.get(pupil.pk, frozenset()),
    )


def _former_upns(school: School) -> Mapping[int, frozenset[str]]:
    """Every UPN that a record of the school says, or has said, by the record's key."""
    events: Any = apps.get_model("schools", "PupilEvent").objects
    said = events.filter(school_id=school.pk).exclude(upn="").values_list("pgh_obj_id", "upn").distinct()
    found: dict[int, set[str]] = defaultdict(set)
    for key, upn in said.order_by():
        found[key].add(upn)
    return {key: frozenset(upns) for key, upns in found.items()}


def _last_seen(school: School) -> Mapping[int, str]:
    years = PupilYear.objects.in_school(school).order_by("pupil_id", "-academic_year").distinct("pupil_id")
    rows = years.values_list("pupil_id", "academic_year", "year_group")
    return {pupil: f"{YearGroup(group).label}, {year.label}" for pupil, year, group in rows}


def _pairs(
    found: Mapping[int, _Found], seen: Mapping[int, str], apart: Mapping[frozenset[int], str]
) -> Iterator[Pair]:
    """Compared are those who were born on one day, and those who share a UPN with somebody's past."""
    for one, other in _to_compare(found.values()):
        why = alike(one.identity, other.identity)
        if why is not None:
            keys = frozenset((one.pupil.pk, other.pupil.pk))
            yield Pair(_record(one.pupil, seen), _record(other.pupil, seen), _words(why), apart.get(keys, ""))


def _to_compare(found: Iterable[_Found]) -> list[tuple[_Found, _Found]]:
    together: dict[object, list[_Found]] = defaultdict(list)
    for each in sorted(found, key=lambda each: each.pupil.pk):
        together[each.identity.date_of_birth].append(each)
        for upn in each.identity.former_upns | {each.identity.upn} - {""}:
            together[upn].append(each)
    pairs = {
        (one.pupil.pk, other.pupil.pk): (one, other)
        for those in together.values()
        for one, other in combinations(those, 2)
    }
    return sorted(
        pairs.values(), key=lambda pair: (pair[0].pupil.surname, pair[0].pupil.pk, pair[1].pupil.pk)
    )


def why_alike(school: School, one: Pupil, other: Pupil) -> str:
    """In words why the two may be one child; empty where nothing says so. One query."""
    former = _former_upns(school)
    why = alike(_identity(one, former), _identity(other, former))
    return _words(why) if why else ""


def _words(why: Alike) -> str:
    return why.value[:1].upper() + why.value[1:]


def _told_apart(
    by_key: Mapping[int, Pupil], seen: Mapping[int, str], apart: Mapping[frozenset[int], str]
) -> Iterator[Pair]:
    for keys, reason in apart.items():
        one, other = (by_key.get(key) for key in sorted(keys))
        if one and other:
            yield Pair(_record(one, seen), _record(other, seen), "", reason)


def _numbers(pupils: Iterable[Pupil], seen: Mapping[int, str]) -> Iterator[NumberToLookAt]:
    for pupil in pupils:
        if not pupil.upn:
            continue
        try:
            read_upn(pupil.upn)
        except ValueError:
            yield NumberToLookAt(
                _record(pupil, seen), "Its first letter is not the one that its digits ask for."
            )
            continue
        if is_temporary_upn(pupil.upn):
            yield NumberToLookAt(_record(pupil, seen), "Temporary: it is to be replaced by the pupil’s own.")


def _record(pupil: Pupil, seen: Mapping[int, str]) -> Record:
    return Record(
        pk=pupil.pk,
        public_id=pupil.public_id,
        name=pupil.name,
        born=english(pupil.date_of_birth),
        upn=pupil.upn,
        is_temporary=bool(pupil.upn) and is_temporary_upn(pupil.upn),
        last_seen=seen.get(pupil.pk, ""),
    )


def told_apart_between(school: School, one: Pupil, other: Pupil) -> ToldApart | None:
    """The decision that the two are two children, if somebody took it."""
    rows: QuerySet[ToldApart] = ToldApart.objects.in_school(school)
    of_other = rows.filter(pupil=other).values("pair")
    return rows.filter(pupil=one, pair__in=of_other).select_related("decided_by").first()


def records_merged_into(school: School, pupil_id: uuid.UUID) -> Sequence[Pupil]:
    """The records that were merged into the pupil's, the latest first."""
    rows = Pupil.objects.in_school(school).filter(merged_into__public_id=pupil_id)
    return list(rows.order_by("-pk"))


def leads_to(access: Access, pupil_id: uuid.UUID) -> uuid.UUID | None:
    """Into whose record this one was merged; None where it was not, or this person may not see the other in the year in view."""
    merged = Pupil.objects.in_school(access.school).filter(public_id=pupil_id).values("merged_into")
    found: uuid.UUID | None = (
        pupils_for(access).filter(pupil__in=merged).values_list("pupil__public_id", flat=True).first()
    )
    return found
