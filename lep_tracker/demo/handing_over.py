"""What a school holds of a child goes along to the next one of the partnership, as copies that the next one owns."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.utils import timezone

from assessment.engine.assessment_points import AssessmentTerm
from assessment.models import Judgement, Source
from assessment.services.judgements import Entry, Provenance, record_many
from lep_tracker.demo.lives import Lives
from lep_tracker.demo.source import source
from schools.models import ChangeKind, Pupil, PupilYear, School
from schools.row_security import visible_to
from schools.services.changes import change_set

Arrived = Mapping[str, tuple[School, dict[uuid.UUID, Pupil]]]
_BEFORE_SCHOOL = dt.time(8, 30)
_COPIED_OF_YEARS = (
    "academic_year",
    "year_group",
    "sen_status",
    "is_pupil_premium",
    "is_fsm6",
    "is_disadvantaged",
    "is_eal",
    "is_looked_after",
    "is_previously_looked_after",
    "is_service_child",
    "ethnicity",
    "attendance",
)


class _Move(NamedTuple):
    """A child's change to a school: `step` counts the changes that came before it."""

    step: int
    sender: str
    receiver: str
    key: uuid.UUID
    day: dt.date


class _Judged(NamedTuple):
    """The columns of a judgement that a copy is made from, in the order in which they are read."""

    pupil_id: int
    subject_id: int
    academic_year: int
    term: int
    points: int | None
    reason: str
    is_on_entry: bool
    note: str
    made_by_school_id: int
    public_id: uuid.UUID


def hand_over(*, lives: Lives, arrived: Arrived) -> int:
    """Copy, for the children who have changed to one of these schools, what the school before holds; how many judgements.

    A school that is not loaded hands nothing over. Earlier changes go first, so that copies are copied on.
    """
    schools = {school.urn: school for school in School.objects.filter(partnership__name=source().partnership)}
    by_pair: dict[tuple[int, str, str], list[_Move]] = defaultdict(list)
    for move in _moves(lives):
        if move.receiver in arrived and move.sender in schools:
            by_pair[move.step, move.sender, move.receiver].append(move)
    copied = 0
    for (_, sender, receiver), moves in sorted(by_pair.items()):
        school, pupils = arrived[receiver]
        copied += _copy(schools[sender], school, pupils, moves)
    return copied


def _moves(lives: Lives) -> Iterable[_Move]:
    for child in lives.children:
        urns = child.urns
        for step, (sender, receiver) in enumerate(itertools.pairwise(urns)):
            day = next(stay.starts_on for stay in child.stays if stay.urn == receiver)
            yield _Move(step, sender, receiver, child.person.key, day)


def _copy(sender: School, receiver: School, pupils: dict[uuid.UUID, Pupil], moves: list[_Move]) -> int:
    with visible_to(sender):
        there = {
            pupil.person_key: pupil
            for pupil in Pupil.objects.in_school(sender).filter(person_key__in=[move.key for move in moves])
        }
        known = [move for move in moves if move.key in there]
        ids = [there[move.key].pk for move in known]
        pupil_years = list(PupilYear.objects.in_school(sender).filter(pupil__in=ids))
        judgements = [
            _Judged(*row)
            for row in Judgement.objects.in_school(sender)
            .filter(pupil__in=ids)
            .order_by("pk")
            .values_list(*_Judged._fields)
        ]
    with (
        visible_to(receiver),
        change_set(
            school=receiver, kind=ChangeKind.DEMO, by=None, reason=f"Records handed over by {sender.name}"
        ),
    ):
        here = {there[move.key].pk: pupils[move.key] for move in known}
        _copy_pupils(sender, there, [pupils[move.key] for move in known])
        _copy_years(sender, receiver, pupil_years, here)
        days = {there[move.key].pk: move.day for move in known}
        return _copy_judgements(sender, receiver, judgements, here, days)


def _copy_pupils(sender: School, there: dict[uuid.UUID, Pupil], pupils: list[Pupil]) -> None:
    """Say whose copies they are of those who were written before the sender's own."""
    unsaid = [pupil for pupil in pupils if pupil.origin_id is None]
    for pupil in unsaid:
        pupil.origin_school, pupil.origin_id = sender, there[pupil.person_key].public_id
    Pupil.objects.bulk_update(unsaid, ["origin_school", "origin_id"])


def _copy_years(
    sender: School, receiver: School, pupil_years: list[PupilYear], here: dict[int, Pupil]
) -> None:
    """Of the years in which the child was not here yet; in no class, for it was in none here."""
    own = set(
        PupilYear.objects.in_school(receiver)
        .filter(pupil__in=here.values())
        .values_list("pupil_id", "academic_year")
    )
    PupilYear.objects.bulk_create(
        PupilYear(
            school=receiver,
            pupil=here[row.pupil_id],
            origin_school=sender,
            origin_id=row.public_id,
            **{name: getattr(row, name) for name in _COPIED_OF_YEARS},
        )
        for row in pupil_years
        if (here[row.pupil_id].pk, row.academic_year) not in own
    )


def _copy_judgements(
    sender: School,
    receiver: School,
    judgements: list[_Judged],
    here: dict[int, Pupil],
    days: dict[int, dt.date],
) -> int:
    made_by = {school.pk: school for school in School.objects.all()}
    parcels: dict[tuple[dt.date, int], list[_Judged]] = defaultdict(list)
    for row in judgements:
        parcels[days[row.pupil_id], row.made_by_school_id].append(row)
    for (day, school_id), rows in sorted(parcels.items()):
        record_many(
            school=receiver,
            entries=[_entry(row, here[row.pupil_id]) for row in rows],
            provenance=Provenance(
                source=Source.COPIED,
                by=None,
                at=timezone.make_aware(dt.datetime.combine(day, _BEFORE_SCHOOL)),
                made_by_school=made_by[school_id],
                origin_school=sender,
            ),
            origin_ids=[row.public_id for row in rows],
        )
    return len(judgements)


def _entry(row: _Judged, pupil: Pupil) -> Entry:
    return Entry(
        pupil_id=pupil.pk,
        subject=row.subject_id,
        academic_year=row.academic_year,
        term=AssessmentTerm(row.term),
        points=row.points,
        reason=row.reason,
        is_on_entry=row.is_on_entry,
        note=row.note,
    )
