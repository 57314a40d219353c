"""What is added by migrations stands in the state, whichever way it got there."""

from __future__ import annotations

from django.db import models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from lep_tracker.states_of_models import additions_take_no_classes


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
    with additions_take_no_classes():
        state = loader.project_state()
        before = state.apps.get_model("assessment", "judgement")
        state.add_index("assessment", "judgement", models.Index(fields=["points"], name="tried_too"))
        assert state.apps.get_model("assessment", "judgement") is before
        assert added_to_judgements(state) == usual
    assert "tried" in usual
    # As Django has it again.
    state.add_index("assessment", "judgement", models.Index(fields=["points"], name="tried_three"))
    assert state.apps.get_model("assessment", "judgement") is not before
