"""How a table gets a history."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pghistory
import pghistory.models
from django.db import models


class Event(pghistory.models.Event):
    """One event of a history. Histories outgrow their tables: their keys are as wide as the rows'."""

    pgh_id = models.BigAutoField(primary_key=True)

    class Meta:
        abstract = True


M = TypeVar("M", bound=type[models.Model])


def tracked(model: M) -> M:
    """Each change of a row leaves an event, which the serving role may add but never alter.

    Columns that the database works out from the others are left out of it.
    """
    return tracked_by()(model)


def tracked_by(*indexes: models.Index) -> Callable[[M], M]:
    """As `tracked`, for a history that something reads by more than its row."""

    def decorate(model: M) -> M:
        trackers = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
        generated = [field.name for field in model._meta.fields if field.generated]
        track = pghistory.track(
            *trackers, base_model=Event, exclude=generated, meta={"indexes": [*indexes]} if indexes else {}
        )
        return track(model)  # type: ignore[no-any-return]

    return decorate
