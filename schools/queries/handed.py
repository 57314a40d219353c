"""Which tables go along when a pupil changes school, and how much there is in them."""

from __future__ import annotations

from collections.abc import Collection
from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Count

from schools.models import Handed, Pupil, PupilYear, School


def handed_models() -> list[type[Handed]]:
    """What goes along with a pupil, the pupil's own row apart: each after what it refers to, the years' records first."""
    found = {
        model
        for model in apps.get_models()
        if issubclass(model, Handed) and model is not Pupil and not model.kept_back
    }
    order: dict[type[models.Model], set[Any]] = {PupilYear: set()}
    for model in sorted(found - {PupilYear}, key=lambda one: one._meta.label):
        refers = {each.related_model for each in model._meta.concrete_fields if each.is_relation}
        order[model] = {PupilYear} | (refers & found) - {model}
    return list(TopologicalSorter(order).static_order())


def rows_that_may_be_replaced(
    sender: School, receiver: School, pairs: Collection[tuple[int, int]]
) -> dict[tuple[int, int], int]:
    """Of pupils there, each with a pupil here who may be the same child: of how many things both schools say something."""
    counted = dict.fromkeys(pairs, 0)
    for model in handed_models():
        if not model.may_be_replaced:
            continue
        said = {
            school: set(
                model.objects.in_school(school)
                .filter(pupil__in=pupils)
                .values_list("pupil_id", *model.speaks_of)
            )
            for school, pupils in (
                (sender, [there for there, _ in pairs]),
                (receiver, [here for _, here in pairs]),
            )
        }
        for there, here in pairs:
            theirs = {of[1:] for of in said[sender] if of[0] == there}
            ours = {of[1:] for of in said[receiver] if of[0] == here}
            counted[there, here] += len(theirs & ours)
    return counted


def judged_rows(school: School, pupils: Collection[int]) -> dict[int, int]:
    """How many rows of what a school says of its pupils over the years (the tables in which a copy may take a row's place) there are, by pupil."""
    found: dict[int, int] = dict.fromkeys(pupils, 0)
    for model in handed_models():
        if model.may_be_replaced:
            rows = model.objects.in_school(school).filter(pupil__in=pupils)
            for pupil, count in rows.values_list("pupil_id").annotate(Count("pk")):
                found[pupil] += count
    return found
