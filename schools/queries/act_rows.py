"""The rows that an act wrote to, table by table, as its history and the table itself have them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection, models

from schools.models import SchoolOwned


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def called(model: type[models.Model]) -> tuple[str, str]:
    """One row of the table in a school's words, and several."""
    return getattr(model, "called", None) or (
        str(model._meta.verbose_name),
        str(model._meta.verbose_name_plural),
    )


def counted(count: int, called: tuple[str, str]) -> str:
    """`1 judgement`, `12 judgements`."""
    return f"{count:,} {called[0] if count == 1 else called[1]}"


def pupil_column(model: type[models.Model]) -> str:
    """The column by which a row leads to a pupil; "" where it leads to none."""
    if model._meta.label == "schools.Pupil":
        return "id"
    names = {each.name: str(each.column) for each in model._meta.concrete_fields}
    return names.get("pupil", "")


class Was(NamedTuple):
    """One row of the act: `before` is the event that holds what it said earlier, None where it was not there; `stands` is whether it is there now."""

    row: int
    pupil: int | None
    before: int | None
    was_there: bool
    stands: bool
    is_as_left: bool


@dataclass(frozen=True)
class Table:
    """A tracked table of schools' rows, with its history."""

    model: type[SchoolOwned]
    events: type[models.Model]

    @property
    def name(self) -> str:
        return quoted(self.model._meta.db_table)

    @property
    def history(self) -> str:
        return quoted(self.events._meta.db_table)

    @property
    def columns(self) -> list[str]:
        """Those that the history holds: all but what the database derives."""
        own = {each.name for each in self.events._meta.concrete_fields}
        return [str(each.column) for each in self.model._meta.concrete_fields if each.name in own]

    @property
    def content(self) -> list[str]:
        """Those that say something by themselves: what follows from other records, and counts of saves, are no content."""
        return [
            each
            for each in self.columns
            if each not in self.model.measured_columns | self.model.counting_columns
        ]

    @property
    def pupil(self) -> str:
        return pupil_column(self.model)


@dataclass
class TableRows:
    """What the act did to one table, as it stands now."""

    table: Table
    rows: list[Was] = field(default_factory=list)

    @property
    def removed(self) -> list[Was]:
        """Rows that the act made."""
        return [each for each in self.rows if not each.was_there]

    @property
    def restored(self) -> list[Was]:
        """Rows that were there before and are there after."""
        return [each for each in self.rows if each.was_there and each.stands]

    @property
    def returned(self) -> list[Was]:
        """Rows that the act removed."""
        return [each for each in self.rows if each.was_there and not each.stands]
