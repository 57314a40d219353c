"""Migrations that add a constraint, an index or a trigger do without making every model's class anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger

# Those of others keep Django's way: theirs are few, and we do not see what they will do next.
_OURS = frozenset({"schools", "assessment", "reports"})


@contextmanager
def additions_take_no_classes() -> Iterator[None]:
    """Within the block a state of the migrations takes down what is added to a table of ours, and no more.

    Django makes the class of the model anew, and of every model that shares a relation with it: with a school at each table these are nearly all, for each of hundreds of
    additions, which was half the time of a first start. The database gets what is added from the operation itself. An operation that needs
    the class (a column that is added, say) has it made from the state, where everything stands.
    """
    ways = {
        (ProjectState, "add_constraint"): _taken_down(ProjectState.add_constraint, "constraints"),
        (ProjectState, "add_index"): _taken_down(ProjectState.add_index, "indexes"),
        (AddTrigger, "state_forwards"): _trigger_taken_down(AddTrigger.state_forwards),
    }
    before = {(owner, name): getattr(owner, name) for owner, name in ways}
    try:
        for (owner, name), way in ways.items():
            setattr(owner, name, way)
        yield
    finally:
        for (owner, name), way in before.items():
            setattr(owner, name, way)


def _taken_down(djangos: Callable[..., None], option: str) -> Callable[..., None]:
    def take_down(state: ProjectState, app_label: str, model_name: str, added: Any) -> None:
        if app_label not in _OURS:
            djangos(state, app_label, model_name, added)
            return
        options = state.models[app_label, model_name].options
        options[option] = [*options[option], added]

    return take_down


def _trigger_taken_down(librarys: Callable[..., None]) -> Callable[..., None]:
    def take_down(operation: AddTrigger, app_label: str, state: ProjectState) -> None:
        if app_label not in _OURS:
            librarys(operation, app_label, state)
            return
        options = state.models[app_label, operation.model_name].options
        options["triggers"] = [*options.get("triggers", []), operation.trigger]

    return take_down
