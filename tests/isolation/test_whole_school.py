"""The file of a whole school holds every table and column of the school, also those that nobody has thought of, and nothing of another."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from schools.interchange import plain_key
from schools.models import ImportPaper, JobPaper, OfferedPupil
from schools.queries.whole_school import COLUMNS_LEFT_OUT, SECRETS, TABLES_LEFT_OUT, tables
from schools.row_security import TABLES_OUTSIDE_THE_WALL, walled_models
from tests.isolation.two_schools import WholeSchool
from tests.whole_files import FOR_PEOPLE, contents, exported, rows_in, tables_of

pytestmark = pytest.mark.usefixtures("unmeasured")


LEFT_OUT = {ImportPaper, JobPaper, OfferedPupil, OfferedPupil.pgh_event_model}


@pytest.fixture
def file(ours: WholeSchool, theirs: WholeSchool, tmp_path: Path) -> Path:
    """Ours, while theirs is there as well."""
    return exported(ours.school, tmp_path / "ours.zip")


def test_every_table_behind_the_wall_is_in_the_file_with_a_row_and_each_of_its_columns(file: Path) -> None:
    found = tables_of(file)
    missing = {}
    for model in walled_models():
        if model in LEFT_OUT:
            continue
        name = model._meta.db_table
        # Written anew here: what the file's own list of columns says is not asked.
        wanted = {
            field.column
            for field in model._meta.concrete_fields
            if not field.generated and field.column not in {*COLUMNS_LEFT_OUT, *SECRETS}
        }
        headings, *rows = found[f"{name}.csv"]
        if wanted - set(headings) - {"id"} or not rows:
            missing[name] = wanted - set(headings), len(rows)
    assert not missing


def test_nothing_is_left_out_but_what_is_named_with_its_reason() -> None:
    assert set(TABLES_LEFT_OUT) == LEFT_OUT
    assert {"school_id", "pgh_id", "pgh_context_id"} == set(COLUMNS_LEFT_OUT)
    assert {"key_hash"} == SECRETS


def test_of_what_stands_outside_the_wall_each_table_goes_along_or_is_known_not_to(file: Path) -> None:
    """A new table outside the wall has to be thought about."""
    in_it = {name.removesuffix(".csv") for name in contents(file).keys() - FOR_PEOPLE}
    as_other_files = {
        "schools_user",
        "schools_partnership",
        "assessment_expectationversion",
        "assessment_baselinesource",
    }
    stays_here = {
        # Whoever leads a partnership does not leave with one of its schools.
        "schools_partnershipmembership",
        "schools_partnershipmembershipevent",
        "schools_partnershipevent",
        # The partnership's own history; what holds goes along.
        "assessment_expectationversionevent",
        "assessment_baselinesourceevent",
        # The same in every installation.
        "assessment_subject",
        # Signing in, and work under way.
        "schools_job",
        # Between two schools of this installation.
        "schools_transferoffer",
        "schools_accountrecord",
        "schools_session",
        "schools_secondstepremoval",
    }
    ours = {
        table
        for table in TABLES_OUTSIDE_THE_WALL
        if table.startswith(("schools_", "assessment_", "reports_"))
    }
    assert ours - in_it == as_other_files | stays_here


def test_a_number_that_is_a_key_is_known_as_one() -> None:
    """An integer as wide as a key, which is no foreign key, has to be told of (`count_as_key`), or be a number in truth."""
    numbers_in_truth = {"pgh_id"}
    for model in walled_models():
        tracked = getattr(model, "pgh_tracked_model", None)
        if (tracked or model) in LEFT_OUT:
            continue
        for field in model._meta.concrete_fields:
            if (
                field.is_relation
                or field.column in {"id", *numbers_in_truth}
                or not isinstance(field, models.BigIntegerField)
            ):
                continue
            assert plain_key((tracked or model)._meta.db_table, field.column), (model, field.column)


def test_no_key_of_the_database_and_no_secret_goes_out(
    ours: WholeSchool, theirs: WholeSchool, tmp_path: Path
) -> None:
    """Rows are numbered from 1 in each file, so that nobody sees how many others the installation holds."""
    ours.teacher.set_password("a long one that is nobody's")
    ours.teacher.save()
    file = exported(ours.school, tmp_path / "ours.zip")
    found = tables_of(file)
    for table in tables():
        headings, *rows = found[table.file]
        if "id" in headings and rows and not table.is_history:
            place = headings.index("id")
            assert [row[place] for row in rows] == [str(number) for number in range(1, len(rows) + 1)]
    everything = b"".join(contents(file).values())
    assert ours.teacher.password.encode() not in everything
    assert ours.invitation.key_hash.encode() not in everything


def test_nothing_of_another_school_goes_out(file: Path, theirs: WholeSchool) -> None:
    found = tables_of(file)
    text = "\n".join(",".join(row) for rows in found.values() for row in rows)
    assert "Ourchild" in text
    assert "Theirchild" not in text
    assert theirs.teacher.email not in text
    assert theirs.school.name not in text
    assert str(theirs.pupil.public_id) not in text


def test_every_column_of_the_file_is_in_its_dictionary_with_words(file: Path) -> None:
    held = contents(file)
    headings, *lines = rows_in(held["data-dictionary.csv"])
    assert headings == ["File", "Column", "Kind", "Empty", "What it says"]
    said = {(name, column): words for name, column, _, _, words in lines}
    wanted = {(name, column) for name, rows in tables_of(file).items() for column in rows[0]}
    assert said.keys() == wanted
    assert [key for key, words in said.items() if not words] == []


def test_the_models_that_exist_are_the_ones_that_are_asked() -> None:
    """The list of tables is made once: it must not be made before all models are there."""
    assert {table.table for table in tables()} == {
        model._meta.db_table for model in walled_models() if model not in LEFT_OUT
    } | {"schools_school", "schools_schoolevent"}
    assert apps.ready
