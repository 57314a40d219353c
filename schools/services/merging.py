"""Two records of one child made one, as a person decided; and what came of it, so that it can be taken back (schools/services/taking_back.py)."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from schools.models import ChangeKind, ChangeSet, OfferedPupil, OfferState, Pupil, TransferOffer, User
from schools.queries.duplicates import told_apart_between
from schools.queries.merge_rows import TableActs
from schools.queries.merging import MergePlan
from schools.services.changes import change_set
from schools.services.taking_back import NotTaken, Taken, take_back
from schools.services.turns import take_turn_alone
from schools.services.yearly_values import work_out
from schools.signals import records_corrected


class MergeRefusedError(Exception):
    """Nothing was merged; the message is for whoever asked."""


def merge(*, plan: MergePlan, reason: str, by: User | None) -> ChangeSet:
    """Do what the plan says (schools.queries.merging.merge_plan), as one change-set. Needs the school open.

    Every row that leads to the merged record leads to the one that goes on, but for those that the plan removes and those that
    never change (OnMerge.STAYS). The merged record stays behind without a year or a stay, with its history and the number that the other did not
    take. Judgements are measured again, and values of open years follow from the periods of both. The plan has to be of this moment: who works
    it out takes the turn alone first. MergeRefusedError where one of the two is merged, anonymised, on offer to another school or told apart
    from the other.
    """
    kept, merged = plan.kept, plan.merged
    with transaction.atomic():
        take_turn_alone(kept.school)
        _refuse(kept, merged)
        with change_set(school=kept.school, kind=ChangeKind.MERGE, by=by, reason=reason) as change:
            for table in plan.tables:
                _remove(table)
            for table in plan.tables:
                _move(table, kept, merged)
            _name(plan)
            # Now, so that the caller hears of it: keys between rows are else looked at when the transaction ends.
            connection.check_constraints()
            work_out(school=kept.school, pupils=[kept.pk], by=by)
            records_corrected.send(sender=None, school=kept.school, pupil_ids=[kept.pk], academic_year=None)
    return change


def take_merge_back(*, change: ChangeSet, by: User | None) -> Taken | NotTaken:
    """Make the two records two again, as schools.services.taking_back.take_back; values of open years follow anew from each one's periods."""
    with transaction.atomic():
        result = take_back(change=change, by=by)
        if isinstance(result, Taken):
            of_act = Pupil.pgh_event_model.objects.filter(  # type: ignore[attr-defined]  # the stubs do not know it
                school_id=change.school_id, pgh_context__change_set=str(change.public_id)
            )
            pupils = set(of_act.values_list("pgh_obj_id", flat=True))
            work_out(school=change.school, pupils=sorted(pupils), by=by)
    return result


def _refuse(kept: Pupil, merged: Pupil) -> None:
    if kept.pk == merged.pk:
        raise MergeRefusedError("That is one record.")
    held = Pupil.objects.filter(school_id=kept.school_id, pk__in=[kept.pk, merged.pk])
    if held.unmerged().named().select_for_update().count() != 2:
        raise MergeRefusedError("One of the two records has been merged or anonymised meanwhile.")
    if told_apart_between(kept.school, kept, merged):
        raise MergeRefusedError("Somebody said that these are two children. Take that back first.")
    standing = TransferOffer.objects.filter(
        from_school=kept.school_id, state=OfferState.OFFERED, stands_until__gte=timezone.localdate()
    )
    on_offer = OfferedPupil.objects.in_school(kept.school).filter(offer__in=standing.values("pk"))
    if on_offer.filter(pupil_key__in=[kept.public_id, merged.public_id]).exists():
        raise MergeRefusedError("One of the two is on offer to another school. Withdraw the offer first.")


def _rows(table: TableActs) -> Any:
    return table.key.model.objects


def _remove(table: TableActs) -> None:
    if table.removed:
        _rows(table).filter(pk__in=table.removed).delete()


def _move(table: TableActs, kept: Pupil, merged: Pupil) -> None:
    """What is left of either is of the record that goes on. A row that changes beside is written once, so that its history has one line."""
    of_school = _rows(table).filter(school_id=kept.school_id)
    column = table.key.field.attname
    for pk, values in table.changed.items():
        of_school.filter(pk=pk).update(**{column: kept.pk, **values})
    of_school.filter(**{column: merged.pk}).update(**{column: kept.pk})


def _name(plan: MergePlan) -> None:
    """Who the child is; and the merged record keeps the number that is not used, so that it leads here and nowhere else."""
    kept, merged, identity = plan.kept, plan.merged, dict(plan.identity)
    pupils = Pupil.objects.filter(school_id=kept.school_id)
    leads_on: dict[str, Any] = {"merged_into": kept.pk}
    if merged.origin_id and not kept.origin_id:
        # The child came from another school by the merged record: the copy there is of the record that goes on from now.
        identity |= _person(merged)
        leads_on |= _person(kept)
        pupils.filter(pk=merged.pk).update(person_key=uuid.uuid4(), origin_school=None, origin_id=None)
    if identity["upn"] != kept.upn:
        # No two records of a school have one number, not even for a moment.
        pupils.filter(pk=merged.pk).update(upn="")
        leads_on["upn"] = kept.upn
    pupils.filter(pk=kept.pk).update(**identity)
    pupils.filter(pk=merged.pk).update(**leads_on)


def _person(pupil: Pupil) -> dict[str, Any]:
    """By what other schools' copies of the record know it."""
    return {
        "person_key": pupil.person_key,
        "origin_school_id": pupil.origin_school_id,
        "origin_id": pupil.origin_id,
    }
