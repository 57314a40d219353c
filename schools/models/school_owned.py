"""What every row has that belongs to one school."""

from __future__ import annotations

from enum import Enum
from typing import Any, ClassVar, Self

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models.constraints import BaseConstraint
from django.db.models.expressions import Func

from schools.models.school import School
from schools.models.tracking import Event, tracked, tracked_by

__all__ = [
    "Event",
    "Handed",
    "OnMerge",
    "SameSchoolKey",
    "SchoolOwned",
    "SchoolOwnedQuerySet",
    "UuidV7",
    "known_in",
    "tracked",
    "tracked_by",
]


class UuidV7(Func):
    """PostgreSQL 18's own: unique everywhere, and in the order in which rows were made."""

    function = "uuidv7"
    arity = 0
    output_field = models.UUIDField()


class SchoolOwnedQuerySet(models.QuerySet[Any, Any]):
    """Queries say their school too: for the index, and for the reader."""

    def in_school(self, school: School) -> Self:
        return self.filter(school=school)


class OnMerge(Enum):
    """What becomes of a row about a pupil whose record is merged into another one (schools/services/merging.py)."""

    # It is of the pupil whose record goes on. Where a unique or exclusion constraint lets one of two stand, a person says which.
    MOVES = "moves"
    # The same, but nobody is asked: of two rows that tell the same thing that of the record that goes on stands.
    ONCE = "once"
    # Stays on a roll: those that have a day in common become one.
    JOINS = "joins"
    # It goes with the record of its year: what is claimed of a value stands beside the value.
    FOLLOWS_THE_YEAR = "follows"
    # It tells of the past and never changes: it goes on naming the record that was merged, which is kept for it.
    STAYS = "stays"


class SchoolOwned(models.Model):
    """A row that belongs to one school, behind its wall (schools/row_security.py).

    Inside, rows are joined by (id, school); outside (addresses, files, transfers) a row is known by its public_id.
    """

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    public_id = models.UUIDField(db_default=UuidV7(), editable=False)

    # Of a row about a pupil: why it stays behind when the pupil changes school. Empty: a copy goes along (Handed).
    kept_back: ClassVar[str] = ""

    objects: ClassVar[Any] = SchoolOwnedQuerySet.as_manager()

    # For taking back a whole act (schools/services/taking_back.py). One row in a school's words, and several; None: as Django calls it.
    called: ClassVar[tuple[str, str] | None] = None
    # Columns that follow from other records and are worked out again, and columns that count saves and go on counting.
    measured_columns: ClassVar[frozenset[str]] = frozenset()
    counting_columns: ClassVar[frozenset[str]] = frozenset()
    # Whether rows of it are part of what an act did; what tells of acts is not.
    is_taken_back: ClassVar[bool] = True

    # For merging two records of one child: the rule, which each model with a key to a pupil has to say; the column that says which of
    # two rows is the later; whether each value is chosen by itself where both say it, and taken from whoever says it else.
    on_merge: ClassVar[OnMerge | None] = None
    later_by: ClassVar[str] = ""
    merges_by_value: ClassVar[bool] = False

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["id", "school"], name="%(class)s_id_school"),
            models.UniqueConstraint(fields=["school", "public_id"], name="%(class)s_public_id"),
        ]


class Handed(SchoolOwned):
    """A row that may be a copy, handed over by the school where the pupil was before.

    The copy belongs to the receiving school; the two columns say whose row it was copied from. What is copied, and how, is said by each model
    and done by schools/services/handing_over.py, which knows none of them.
    """

    # The columns by which two rows of one pupil speak of the same thing, so that the receiving school may have said something there already.
    speaks_of: ClassVar[tuple[str, ...]] = ()
    # Whether somebody who takes a pupil in may let the copy stand in the place of what is there.
    may_be_replaced: ClassVar[bool] = False

    origin_school = models.ForeignKey(
        School, on_delete=models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )
    origin_id = models.UUIDField(null=True, blank=True, editable=False)

    class Meta(SchoolOwned.Meta):
        abstract = True
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.CheckConstraint(
                name="%(class)s_origin_whole",
                condition=models.Q(origin_school=None, origin_id=None)
                | models.Q(origin_school__isnull=False, origin_id__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["school", "origin_school", "origin_id"], name="%(class)s_copied_once"
            ),
        ]

    def as_copied(self) -> dict[str, Any]:
        """What the copy says otherwise than the row."""
        return {}


class SameSchoolKey(BaseConstraint):
    """A foreign key that takes its school along: (pupil, school) refers to (id, school).

    Row security does not bind foreign keys, so that without this a row of one school could point at another's.
    The field itself is declared with db_constraint=False; this is the constraint in its place.
    `forgets` names a field that is emptied when the row it refers to is deleted; without it such a row cannot be deleted.
    """

    def __init__(
        self, *, fields: tuple[str, ...], to: str, to_fields: tuple[str, ...], name: str, forgets: str = ""
    ) -> None:
        super().__init__(name=name)
        self.fields, self.to, self.to_fields = tuple(fields), to, tuple(to_fields)
        self.forgets = forgets

    def _clause(self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> str:
        target = model._meta.apps.get_model(self.to)
        quote = schema_editor.quote_name

        def columns(of: type[models.Model], fields: tuple[str, ...]) -> str:
            return ", ".join(quote(str(of._meta.get_field(field).column)) for field in fields)  # type: ignore[union-attr]

        return (
            f"CONSTRAINT {quote(self.name)} FOREIGN KEY ({columns(model, self.fields)})"
            f" REFERENCES {quote(target._meta.db_table)} ({columns(target, self.to_fields)})"
            f"{f' ON DELETE SET NULL ({columns(model, (self.forgets,))})' if self.forgets else ''}"
            " DEFERRABLE INITIALLY DEFERRED"
        )

    # The schema editor always gives both; Django's own signatures are optional for its base class alone.

    def constraint_sql(self, model: Any, schema_editor: Any) -> str:
        return self._clause(model, schema_editor)

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        return f"ALTER TABLE {schema_editor.quote_name(model._meta.db_table)} ADD {self._clause(model, schema_editor)}"

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        table = schema_editor.quote_name(model._meta.db_table)
        return f"ALTER TABLE {table} DROP CONSTRAINT {schema_editor.quote_name(self.name)}"

    def validate(self, *_: Any, **__: Any) -> None:
        """Nothing in Python: the database checks it, at commit."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SameSchoolKey) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash((self.name, self.fields, self.to, self.to_fields))

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        said = {**kwargs, "fields": self.fields, "to": self.to, "to_fields": self.to_fields}
        return path, args, {**said, "forgets": self.forgets} if self.forgets else said


def known_in(table: str) -> dict[str, Any]:
    """How a foreign key to a school-owned table is declared: the database's part is a SameSchoolKey."""
    return {"to": table, "on_delete": models.PROTECT, "db_constraint": False}
