"""Migrations make the class anew of the model that they change, and not of every model beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db.migrations import AlterField, DeleteModel, RemoveField, RenameField, RenameModel, RunPython
from django.db.migrations.operations.fields import FieldOperation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger

# What may look from one class at others. With columns and tables that are added, constraints, indexes and triggers nothing does.
_LOOKS_FURTHER = (
    (AlterField, "database_forwards"),
    (RemoveField, "database_forwards"),
    (RenameField, "database_forwards"),
    (RenameModel, "database_forwards"),
    (DeleteModel, "database_forwards"),
    (RunPython, "database_backwards"),
)


@contextmanager
def few_classes_made() -> Iterator[None]:
    """Within the block a migration makes the class of one model anew, and none for a constraint, an index or a trigger that it adds.

    Django makes anew the class of the model and of every model that shares a relation with it. With a school at each table these are nearly all, for each of a thousand
    operations: five sixths of the time of a first start. The other classes go on naming the one from before, which lacks the new column. So the state says of itself what
    Django's own states say that put off such work (`is_delayed`): whatever may look from one class at another has all of them made first.
    """
    ways: dict[tuple[Any, str], Callable[..., None]] = {
        (ProjectState, "add_constraint"): _taken_down("constraints"),
        (ProjectState, "add_index"): _taken_down("indexes"),
        (AddTrigger, "state_forwards"): _trigger_taken_down,
        (ProjectState, "reload_model"): _reloaded(ProjectState.reload_model),
        (ProjectState, "add_model"): _alone(ProjectState.add_model),
        (ProjectState, "add_field"): _alone(ProjectState.add_field),
    }
    ways |= {(owner, name): _seeing_all(getattr(owner, name)) for owner, name in _LOOKS_FURTHER}
    before = {(owner, name): getattr(owner, name) for owner, name in ways}
    try:
        for (owner, name), way in ways.items():
            setattr(owner, name, way)
        yield
    finally:
        for (owner, name), way in before.items():
            setattr(owner, name, way)


def _taken_down(option: str) -> Callable[..., None]:
    def take_down(state: ProjectState, app_label: str, model_name: str, added: Any) -> None:
        options = state.models[app_label, model_name].options
        options[option] = [*options[option], added]

    return take_down


def _trigger_taken_down(operation: AddTrigger, app_label: str, state: ProjectState) -> None:
    options = state.models[app_label, operation.model_name].options
    options["triggers"] = [*options.get("triggers", []), operation.trigger]


def _reloaded(djangos: Callable[..., None]) -> Callable[..., None]:
    def reload(state: Any, app_label: str, model_name: str, delay: bool = False) -> None:  # noqa: FBT001, FBT002  # Django's own signature
        if "apps" not in state.__dict__:
            return
        if delay:
            state.is_delayed = True
            state._reload({(app_label, model_name)})  # noqa: SLF001  # there is no other way to make one class
        elif state.is_delayed:
            # The relations between its classes are not to be gone by: all of them are made when they are asked for.
            state.clear_delayed_apps_cache()
        else:
            djangos(state, app_label, model_name, delay)

    return reload


def _alone(djangos: Callable[..., None]) -> Callable[..., None]:
    """Nothing refers yet to what is added."""

    def add(state: Any, *added: Any, **more: Any) -> None:
        state.reload_model = partial(_reload_alone, state)
        try:
            djangos(state, *added, **more)
        finally:
            del state.reload_model

    return add


def _reload_alone(state: Any, app_label: str, model_name: str, **_: bool) -> None:
    ProjectState.reload_model(state, app_label, model_name, delay=True)


def _seeing_all(djangos: Callable[..., None]) -> Callable[..., None]:
    def look(operation: Any, app_label: str, editor: Any, from_state: Any, to_state: Any) -> None:
        if isinstance(operation, FieldOperation) and "apps" in to_state.__dict__:
            # Nothing refers to the column. Its own class has to know the constraints that were taken down.
            from_state._reload({(app_label, operation.model_name_lower)})  # noqa: SLF001
        else:
            from_state.clear_delayed_apps_cache()
            to_state.clear_delayed_apps_cache()
        djangos(operation, app_label, editor, from_state, to_state)

    return look
