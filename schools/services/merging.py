"""Two records of one child made one, as a person decided; and what came of it, so that it can be taken back (schools/services/taking_back.py)."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from schools.models import ChangeKind, ChangeSet, Pupil, User
from schools.queries.duplicates import told_apart_between
from schools.queries.merging import MergePlan, TableActs
from schools.services.changes import change_set
from schools.services.turns import take_turn_alone
from schools.signals import records_corrected


class MergeRefusedError(Exception):
    """Nothing was merged; the message is for whoever asked."""


def merge(*, plan: MergePlan, reason: str, by: User | None) -> ChangeSet:
    """Do what the plan says (schools.queries.merging.merge_plan), as one change-set. Needs the school open.

    Every row that leads to the merged record leads to the one that goes on, but for those that the plan removes and those that
    never change (OnMerge.STAYS). The merged record stays behind without a year or a stay, with its history and the number that the other did not
    take. Judgements are measured again. The plan has to be of this moment: who works it out takes the turn alone first.
    MergeRefusedError where one of the two is merged, anonymised or told apart from the other.
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
            records_corrected.send(sender=None, school=kept.school, pupil_ids=[kept.pk], academic_year=None)
    return change


def _refuse(kept: Pupil, merged: Pupil) -> None:
    if kept.pk == merged.pk:
        raise MergeRefusedError("That is one record.")
    held = Pupil.objects.filter(school_id=kept.school_id, pk__in=[kept.pk, merged.pk])
    if held.filter(merged_into=None, anonymised_at=None).select_for_update().count() != 2:
        raise MergeRefusedError("One of the two records has been merged or anonymised meanwhile.")
    if told_apart_between(kept.school, kept, merged):
        raise MergeRefusedError("Somebody said that these are two children. Take that back first.")


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
    leads_on = {"merged_into": kept.pk}
    if identity["upn"] == kept.upn:
        pupils.filter(pk=merged.pk).update(**leads_on)
        pupils.filter(pk=kept.pk).update(**identity)
        return
    # No two records of a school have one number, not even for a moment.
    pupils.filter(pk=merged.pk).update(upn="", **leads_on)
    pupils.filter(pk=kept.pk).update(**identity)
    pupils.filter(pk=merged.pk).update(upn=kept.upn)
