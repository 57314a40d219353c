"""The data map knows every table and column there is, and docs/data-map.md is what it says."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from reports.data_map import DATA_MAP
from reports.documents.data_map import data_map_page
from schools.data_map import OF_EVENTS, Basis, Kind, Whose
from schools.models import Pupil

PAGE = Path(__file__).parent.parent / "docs/data-map.md"


def columns_there() -> dict[str, set[str]]:
    """As PostgreSQL's catalogue has them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        )
        found: dict[str, set[str]] = {}
        for table, column in cursor.fetchall():
            found.setdefault(table, set()).add(column)
    return found


def unclassified(there: dict[str, set[str]]) -> set[str]:
    """Tables and columns that nobody has thought about; a history is classified with its table."""
    missing = set()
    for table, columns in there.items():
        is_history = "pgh_obj_id" in columns
        held = DATA_MAP.get(table.removesuffix("event") if is_history else table)
        known = {*(held.kinds() if held else ()), *(OF_EVENTS if is_history else ())}
        missing |= {f"{table}.{column}" for column in columns - known}
    return missing


@pytest.mark.django_db
def test_every_column_of_every_table_is_classified_and_no_other() -> None:
    there = columns_there()
    assert unclassified(there) == set()
    assert {name: set(held.kinds()) for name, held in DATA_MAP.items()} == {
        name: columns for name, columns in there.items() if "pgh_obj_id" not in columns
    }


@pytest.mark.django_db
def test_a_new_table_or_column_is_noticed() -> None:
    there = columns_there()
    there["schools_remark"] = {"id"}
    there["schools_pupil"] = {*there["schools_pupil"], "religion"}
    there["schools_pupilevent"] = {*there["schools_pupilevent"], "religion"}
    assert unclassified(there) == {
        "schools_remark.id",
        "schools_pupil.religion",
        "schools_pupilevent.religion",
    }


def test_no_column_is_classified_twice() -> None:
    for name, held in DATA_MAP.items():
        columns = " ".join(held.columns.values()).split()
        assert len(columns) == len(set(columns)), name


def test_what_refers_to_a_pupil_is_of_pupils_and_says_by_which_column() -> None:
    for model in apps.get_models():
        if hasattr(model, "pgh_tracked_model") or model._meta.db_table not in DATA_MAP:
            continue
        held = DATA_MAP[model._meta.db_table]
        leads = [
            field.column
            for field in model._meta.concrete_fields
            if field.related_model is Pupil and model is not Pupil
        ]
        assert leads == ([held.pupil] if held.pupil not in {"", "id"} else []), model
        assert (held.whose is Whose.PUPIL) == bool(held.pupil), model


def test_special_categories_have_a_basis_of_their_own() -> None:
    for name, held in DATA_MAP.items():
        if Kind.SPECIAL in held.kinds().values():
            assert held.basis is Basis.SPECIAL_TASK, name


def test_the_page_is_what_the_program_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == data_map_page(), "manage.py data_map --output docs/data-map.md"


def test_the_command_prints_the_page_or_a_line_for_each_column() -> None:
    page, lines = StringIO(), StringIO()
    call_command("data_map", stdout=page)
    call_command("data_map", "--format", "csv", stdout=lines)
    assert page.getvalue() == data_map_page()
    assert "schools_pupilyear,ethnicity,special category,pupils," in lines.getvalue()
