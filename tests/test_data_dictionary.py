"""docs/data-dictionary.md names what there is: tables, columns, codes, keys and groups, no more and no less."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from assessment.engine.subjects import SHIPPED
from assessment.models import FrozenRow, Judgement, Reason, Source
from reports.documents.analysis import HEADINGS
from reports.queries.groups import GROUPS
from schools.models import ChangeKind, ChangeSet, Handed, Membership, PupilYear, Role, SchoolOwned, SenStatus
from schools.row_security import TABLES_OUTSIDE_THE_WALL

DICTIONARY = (Path(__file__).parent.parent / "docs/data-dictionary.md").read_text(encoding="utf-8")
OURS = [
    model
    for label in ("schools", "assessment", "reports")
    for model in apps.get_app_config(label).get_models()
]
TABLES = [model for model in OURS if not hasattr(model, "pgh_tracked_model")]
HISTORIES = [model for model in OURS if hasattr(model, "pgh_tracked_model")]


def section(heading: str) -> str:
    """What stands under a heading, up to the next."""
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", DICTIONARY, re.MULTILINE | re.DOTALL)
    assert found, f"There is no heading {heading}."
    return found[1]


def columns_in(text: str) -> dict[str, str]:
    """What is said of each column in the rows of a table."""
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", text, re.MULTILINE)
    assert len(dict(rows)) == len(rows)
    return dict(rows)


def shared() -> tuple[set[str], set[str]]:
    """The columns of every walled table, and those of copies."""
    walled, copies = section("Columns that many tables have").split("And where it says")
    return set(columns_in(walled)), set(columns_in(copies))


def test_every_table_has_a_heading_and_every_heading_a_table() -> None:
    assert set(re.findall(r"^### `(\w+)`$", DICTIONARY, re.MULTILINE)) == {
        model._meta.db_table for model in TABLES
    }


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model._meta.db_table)
def test_every_column_is_explained_once(model: type[models.Model]) -> None:
    text = section(f"`{model._meta.db_table}`")
    said = columns_in(text)
    named = set(said)
    of_walled, of_copies = shared()
    if issubclass(model, FrozenRow):
        named |= set(columns_in(section("Columns of frozen rows")))
    elif issubclass(model, SchoolOwned):
        assert not named & (of_walled | of_copies)
        named |= of_walled
    if issubclass(model, Handed):
        named |= of_copies
    assert named == {field.column for field in model._meta.concrete_fields}
    assert {name for name, words in said.items() if words.startswith("*Generated.*")} == {
        field.column for field in model._meta.concrete_fields if field.generated
    }
    assert ("Outside the wall" in text) == (model._meta.db_table in TABLES_OUTSIDE_THE_WALL)
    assert ("Walled" in text) == issubclass(model, SchoolOwned)
    assert ("may be a copy" in text) == issubclass(model, Handed)


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model._meta.db_table)
def test_every_reference_says_where_to(model: type[models.Model]) -> None:
    said = columns_in(section(f"`{model._meta.db_table}`"))
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and field.column in said:
            assert f"→ `{field.related_model._meta.db_table}`" in said[field.column], field.column


@pytest.mark.parametrize("history", HISTORIES, ids=lambda model: model._meta.db_table)
def test_a_history_has_its_tables_columns_and_those_of_events(history: type[models.Model]) -> None:
    table = history.pgh_tracked_model  # type: ignore[attr-defined]
    assert history._meta.db_table == f"{table._meta.db_table}event"
    kept = {field.column for field in table._meta.concrete_fields if not field.generated}
    assert {field.column for field in history._meta.concrete_fields} == kept | set(
        columns_in(section("Histories"))
    )


def test_tables_outside_the_wall_that_have_a_history_are_named() -> None:
    outside = {
        history.pgh_tracked_model._meta.db_table
        for history in HISTORIES
        if not issubclass(history.pgh_tracked_model, SchoolOwned)
    }
    first_sentence = section("Histories").partition(" has a history")[0]
    assert set(re.findall(r"`(\w+)`", first_sentence)) == outside


@pytest.mark.parametrize(
    ("model", "column", "choices"),
    [
        (Judgement, "reason", Reason),
        (Judgement, "source", Source),
        (Membership, "role", Role),
        (ChangeSet, "kind", ChangeKind),
        (PupilYear, "sen_status", SenStatus),
    ],
    ids=lambda each: getattr(each, "__name__", each),
)
def test_every_code_of_a_column_is_named(
    model: type[models.Model], column: str, choices: type[models.TextChoices]
) -> None:
    said = columns_in(section(f"`{model._meta.db_table}`"))[column]
    assert set(re.findall(r"`(\w+)`", said)) == set(choices.values)


def test_the_keys_of_subjects_are_those_of_the_engine() -> None:
    rows = re.findall(
        r"^\| (\d+) \| `(\w+)` \| (.+?) \| ?(.*?) \| ?(.*?) ?\|$",
        section("The keys of subjects"),
        re.MULTILINE,
    )
    assert rows == [
        (
            str(subject.number),
            subject.code,
            subject.name,
            subject.area_of_learning,
            "yes" if subject.counts_for_gld else "",
        )
        for subject in SHIPPED
    ]


def test_the_table_of_analyse_has_these_columns_and_groups() -> None:
    columns, groups = section("The table of `analyse`").split("| group | who |")
    assert tuple(columns_in(columns)) == HEADINGS
    assert set(re.findall(r"`([^`]+)`", "".join(re.findall(r"^\| (`.*?) \|", groups, re.MULTILINE)))) == {
        "Class …",
        "Group: …",
        *(group.name for group in GROUPS),
    }
