"""What is added by migrations stands in the state, whichever way it got there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.migrations import AlterField, RunPython
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from lep_tracker.states_of_models import few_classes_made


def added_to_judgements(state: ProjectState) -> list[str]:
    """A constraint is added with the classes made, and then a column."""
    assert state.apps
    rule = models.CheckConstraint(name="tried", condition=models.Q(points__gte=0))
    state.add_constraint("assessment", "judgement", rule)
    in_state = state.models["assessment", "judgement"].options["constraints"]
    state.add_field("assessment", "judgement", "tried", models.IntegerField(null=True), preserve_default=True)
    in_class = state.apps.get_model("assessment", "judgement")._meta.constraints
    assert in_class == in_state
    return [each.name for each in in_class]


def test_a_state_ends_the_same_and_makes_no_class_for_an_addition() -> None:
    loader = MigrationLoader(None)
    usual = added_to_judgements(loader.project_state())
    with few_classes_made():
        state = loader.project_state()
        before = state.apps.get_model("assessment", "judgement")
        state.add_index("assessment", "judgement", models.Index(fields=["points"], name="tried_too"))
        assert state.apps.get_model("assessment", "judgement") is before
        assert added_to_judgements(state) == usual
    assert "tried" in usual
    # As Django has it again.
    state.add_index("assessment", "judgement", models.Index(fields=["points"], name="tried_three"))
    assert state.apps.get_model("assessment", "judgement") is not before


class Editor(SimpleNamespace):
    """Takes down how a column is altered."""

    altered: tuple[type[models.Model], models.Field[Any, Any], models.Field[Any, Any]]

    def alter_field(self, model: type[models.Model], old: Any, new: Any) -> None:
        self.altered = (model, old, new)


def pupils_with_a_column_more() -> tuple[ProjectState, ProjectState]:
    """A state before it and the one after, with the classes made."""
    state = MigrationLoader(None).project_state()
    assert state.apps
    earlier = state.clone()
    state.add_field("schools", "pupil", "tried", models.IntegerField(null=True), preserve_default=True)
    return earlier, state


def test_a_column_makes_one_class_and_what_looks_from_class_to_class_sees_it() -> None:
    seen = []

    def look(historical: Any, _: Any) -> None:
        judgement = historical.get_model("assessment", "judgement")
        columns = judgement._meta.get_field("pupil").related_model._meta.get_fields()
        seen.append("tried" in {column.name for column in columns})

    editor: Any = Editor(connection=connection)
    for way in ("database_forwards", "database_backwards"):
        with few_classes_made():
            earlier, state = pupils_with_a_column_more()
            kept = earlier.apps.get_model("assessment", "judgement")
            assert state.apps.get_model("assessment", "judgement") is kept
            assert state.apps.get_model("schools", "pupil") is not earlier.apps.get_model("schools", "pupil")
            getattr(RunPython(look, look), way)("assessment", editor, state, state.clone())
    assert seen == [True, True]


def test_whoever_alters_a_column_knows_the_constraints_that_were_taken_down() -> None:
    editor: Any = Editor(connection=connection)
    with few_classes_made():
        _, state = pupils_with_a_column_more()
        rule = models.UniqueConstraint(fields=["tried"], name="tried_once")
        state.add_constraint("schools", "pupil", rule)
        before = state.clone()
        operation = AlterField("pupil", "tried", models.BigIntegerField(null=True))
        operation.state_forwards("schools", state)
        operation.database_forwards("schools", editor, before, state)
    model, old, new = editor.altered
    assert "tried_once" in {each.name for each in model._meta.constraints}
    assert (type(old), type(new)) == (models.IntegerField, models.BigIntegerField)


def test_a_key_that_is_altered_finds_who_refers_to_it() -> None:
    editor: Any = Editor(connection=connection)
    with few_classes_made():
        _, state = pupils_with_a_column_more()
        before = state.clone()
        operation = AlterField("pupil", "id", models.BigAutoField(primary_key=True))
        operation.state_forwards("schools", state)
        operation.database_forwards("schools", editor, before, state)
    _, old, new = editor.altered
    for column in (old, new):
        referring = {each.related_model._meta.model_name for each in column.model._meta.related_objects}
        assert {"judgement", "enrolment", "pupilyear"} <= referring


def test_every_constraint_and_index_of_a_model_stands_in_the_database(db: None) -> None:
    declared = {
        each.name
        for model in apps.get_models()
        if model._meta.managed
        for each in (*model._meta.constraints, *model._meta.indexes)
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint UNION SELECT indexname FROM pg_indexes"
            " UNION SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        )
        there = {name for (name,) in cursor.fetchall()}
    assert len(declared) > 300
    assert declared - there == set()
