"""Files of whole schools that are cut short, changed or made up: each is refused in words, and nothing is left of it."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schools.calendar import AcademicYear
from schools.imports import whole_school as reading
from schools.imports.whole_school import opened
from schools.interchange import MANIFEST, SUMS, WholeSchoolRefused, cell_of_text, text_of_cell
from schools.models import Partnership, Pupil, School, User
from schools.queries.whole_school import tables
from schools.row_security import visible_to
from schools.services.taking_in import take_in
from tests.conftest import empty_tables
from tests.isolation.two_schools import whole_school
from tests.whole_files import Rows, changed, contents, exported, imported, packed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unmeasured")]

# What a spreadsheet runs, ends a line at or takes off; and what a CSV has a meaning for.
HOSTILE = [
    "=1+1",
    "+44 1538",
    "-5",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "'",
    "''=1",
    "'=1",
    '"',
    'a"b,c;d',
    "line\nline\r\nline\rline",
    " both ends ",
    "Zoë Ó Súilleabháin 李 🙂 \u202e",
    "\\N",
    "NULL",
    "\ufeff",
    "\u2028\x1c\x85",
]


@pytest.fixture
def file(school: School, year: AcademicYear, tmp_path: Path) -> Path:
    """A good one, of a school that is not here."""
    whole_school(school, year, "Ourchild")
    made = exported(school, tmp_path / "good.zip")
    empty_tables()
    return made


def nothing_is_here() -> bool:
    return not (School.objects.exists() or User.objects.exists() or Partnership.objects.exists())


def refused(file: Path) -> str:
    """In what words; and nothing is left."""
    with pytest.raises(CommandError) as error:
        call_command("import_school", str(file))
    assert error.value.returncode == 1
    assert nothing_is_here()
    words = str(error.value)
    # A name stands in the file's rows, and in no message.
    assert "Ourchild" not in words
    assert words.endswith(".")
    return words


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")), st.booleans())
def test_a_text_is_the_same_after_its_cell(text: str, may_be_nothing: bool) -> None:
    line = io.StringIO(newline="")
    csv.writer(line).writerow(["before", cell_of_text(text, may_be_nothing=may_be_nothing), "after"])
    ((_, cell, _),) = csv.reader(io.StringIO(line.getvalue(), newline=""))
    assert text_of_cell(cell, may_be_nothing=may_be_nothing) == text
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_nothing_is_another_cell_than_an_empty_text() -> None:
    assert text_of_cell(cell_of_text(None, may_be_nothing=True), may_be_nothing=True) is None
    assert text_of_cell(cell_of_text("", may_be_nothing=True), may_be_nothing=True) == ""
    assert text_of_cell(cell_of_text("")) == ""


def test_hostile_texts_come_through_a_file_as_they_were(
    school: School, year: AcademicYear, tmp_path: Path
) -> None:
    whole_school(school, year, "Ourchild")
    with visible_to(school):
        Pupil.objects.bulk_create(
            Pupil(school=school, surname=text, forename=text, disputed=text, date_of_birth="2016-02-29")
            for text in HOSTILE
        )
    made = exported(school, tmp_path / "hostile.zip")
    for row in csv.reader(io.StringIO(contents(made)["schools_pupil.csv"].decode(), newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in row)
    empty_tables()
    taken = imported(made).school
    with visible_to(taken):
        found = Pupil.objects.exclude(surname="Ourchild").order_by("pk")
        assert list(found.values_list("surname", "forename", "disputed")) == [(text,) * 3 for text in HOSTILE]


def test_a_file_that_is_none(tmp_path: Path) -> None:
    for content in (b"", b"UPN,Surname\n", b"PK\x03\x04", b"\0" * 1000):
        other = tmp_path / "other.zip"
        other.write_bytes(content)
        assert "no whole file of a school" in refused(other)
    assert "cannot be read: No such file" in refused(tmp_path / "nowhere.zip")
    assert "cannot be read" in refused(tmp_path)
    assert "no manifest" in refused(packed({"a.csv": b"a"}, tmp_path / "a.zip"))


def test_a_file_that_was_cut_short_at_any_place(file: Path, tmp_path: Path) -> None:
    content, short = file.read_bytes(), tmp_path / "short.zip"
    for place in range(0, len(content), len(content) // 40):
        short.write_bytes(content[:place])
        assert "no whole file of a school" in refused(short)


def test_a_file_with_any_byte_changed_is_refused_or_the_same(file: Path, tmp_path: Path) -> None:
    """A zip has bytes that mean nothing, dates of files for instance; whatever else is changed is seen."""
    content, other, chance = file.read_bytes(), tmp_path / "other.zip", random.Random(9)
    good = contents(file)
    seen = 0
    for _ in range(300):
        place = chance.randrange(len(content))
        bits = bytes([content[place] ^ chance.randrange(1, 256)])
        other.write_bytes(content[:place] + bits + content[place + 1 :])
        try:
            with opened(other):
                assert contents(other) == good
        except WholeSchoolRefused:
            seen += 1
    assert seen > 200


def _without(name: str) -> Callable[[dict[str, bytes]], None]:
    def take(held: dict[str, bytes]) -> None:
        del held[name]

    return take


def test_a_file_whose_parts_were_changed(file: Path, tmp_path: Path) -> None:
    def with_parts(change: Callable[[dict[str, bytes]], None]) -> str:
        held = contents(file)
        change(held)
        return refused(packed(held, tmp_path / "parts.zip"))

    def another_name(held: dict[str, bytes]) -> None:
        held["schools_pupil.csv"] = held["schools_pupil.csv"].replace(b"Ourchild", b"Ourchilt")

    def one_more(held: dict[str, bytes]) -> None:
        held["../../etc/passwd"] = b"root"

    def no_json(held: dict[str, bytes]) -> None:
        held[MANIFEST] = b"{"

    def deep(held: dict[str, bytes]) -> None:
        held[MANIFEST] = b"[" * 100_000

    def long(held: dict[str, bytes]) -> None:
        held[MANIFEST] = b" " * (reading.LARGEST_MANIFEST + 1)

    assert "checksums do not agree" in with_parts(another_name)
    assert "other files than it should" in with_parts(one_more)
    assert "other files than it should" in with_parts(_without("schools_pupil.csv"))
    assert "no manifest" in with_parts(_without(MANIFEST))
    assert "no manifest" in with_parts(_without(SUMS))
    assert "manifest cannot be read" in with_parts(no_json)
    assert "manifest cannot be read" in with_parts(deep)
    assert "too long" in with_parts(long)


MANIFESTS: list[tuple[dict[str, Any], str]] = [
    ({"format": "another"}, "no file that export_school wrote"),
    ({"version": 2}, "form 2, this program knows 1"),
    ({"migrations": []}, "an earlier version"),
    ({"migrations": ["schools.9999_later"]}, "a later version"),
    ({"migrations": [[]]}, "cannot be read"),
    ({"school": {"urn": 100001, "name": "A"}}, "cannot be read"),
    ({"rows": []}, "cannot be read"),
    ({"numbers": {"schools_pupil": 10**15}}, "more rows than the file can hold"),
    ({"numbers": {"schools_pupil": -1}}, "cannot be read"),
    ({"numbers": {"schools_pupil": 0}}, "that is not in it"),
    ({"school": {"urn": "999999", "name": "A"}}, "two things about which school"),
]


def test_a_manifest_that_says_otherwise(subtests: pytest.Subtests, file: Path, tmp_path: Path) -> None:
    for number, (says, words) in enumerate(MANIFESTS):
        with subtests.test(says=says):
            other = changed(
                file, tmp_path / f"{number}.zip", manifest=lambda held, says=says: held.update(says)
            )
            assert words in refused(other)


def cell(table: str, column: str, value: str) -> dict[str, Callable[[Rows], Rows]]:
    """A change of one cell in the first row."""
    place = [one.name for each in tables() if each.table == table for one in each.columns].index(column)

    def change(rows: Rows) -> Rows:
        rows[0][place] = value
        return rows

    return {f"{table}.csv": change}


CHANGES: list[tuple[dict[str, Callable[[Rows], Rows]], str]] = [
    (cell("schools_pupil", "date_of_birth", "yesterday"), "other than a day"),
    (cell("schools_pupil", "date_of_birth", "2016-02-30"), "schools_pupil.csv holds something"),
    (cell("assessment_judgement", "entered_at", "infinity"), "other than a day"),
    (cell("schools_pupil", "surname", "x" * 101), "schools_pupil.csv holds something"),
    (cell("schools_pupil", "surname", "\0"), "schools_pupil.csv"),
    (cell("schools_pupil", "surname", ""), "rule pupil_named"),
    (cell("schools_pupil", "sex", "X"), "rule pupil_sex_known"),
    (cell("assessment_judgement", "points", "102"), "rule judgement_on_scale"),
    (cell("assessment_judgement", "pupil_id", "7"), "names a row of schools_pupil"),
    (cell("assessment_judgement", "pupil_id", "-1"), "something other than a number"),
    (cell("assessment_judgement", "pupil_id", "९"), "something other than a number"),
    (cell("assessment_judgement", "academic_year", "2011"), "contradicts itself"),
    (cell("assessment_judgement", "subject_id", "999"), "contradicts itself"),
    (cell("assessment_judgement", "made_by_school_id", "99"), "names a row of schools_school"),
    (cell("assessment_judgementevent", "pgh_context", '{"user": 99}'), "names a row of schools_user"),
    (cell("assessment_judgementevent", "pgh_context", "[1]"), "context that cannot be read"),
    (cell("assessment_judgementevent", "pgh_context", "[" * 100_000), "context that cannot be read"),
    (cell("schools_packrelease", "figures", "[" * 100_000), "schools_packrelease.csv holds something"),
    (cell("schools_school", "urn", "12345"), "two things about which school"),
    ({"schools_school.csv": lambda rows: rows * 2}, "does not hold one school"),
    ({"schools_pupil.csv": lambda rows: rows * 2}, "schools_pupil.csv holds something"),
    ({"schools_pupil.csv": lambda rows: [row[:-1] for row in rows]}, "cells, not"),
    ({"schools_classgroup.csv": lambda _: []}, "contradicts itself"),
    ({"accounts.csv": lambda _: []}, "names a row of schools_user"),
    (
        {"accounts.csv": lambda rows: [[number, "no address", name] for number, _, name in rows]},
        "address is none",
    ),
    (
        {"partnerships.csv": lambda rows: [[number, "", *rest] for number, _, *rest in rows]},
        "without a name",
    ),
    ({"partnerships.csv": lambda rows: [[*row[:-1], row[-2]] for row in rows]}, "words that cannot be used"),
    ({"schools.csv": lambda rows: [*rows, ["9", "1", "2", "", "x", "y"]]}, "names another school"),
    ({"expectation_versions.csv": lambda rows: [[*row[:-1], "many"] for row in rows]}, "cannot be read"),
    ({"expectation_versions.csv": lambda rows: [[*row[:-1], "9"] for row in rows]}, "not the same here"),
]


def test_rows_that_somebody_wrote_with_sums_that_agree(
    subtests: pytest.Subtests, file: Path, tmp_path: Path
) -> None:
    for number, (change, words) in enumerate(CHANGES):
        with subtests.test(words=words, file=next(iter(change))):
            assert words in refused(changed(file, tmp_path / f"{number}.zip", rows=change))


def test_a_row_cannot_be_put_into_another_school() -> None:
    """No cell says whose a row is: whatever is written, it is the school's that comes in."""
    assert all("school_id" not in {one.name for one in table.columns} for table in tables())


def test_what_would_fill_the_disk_is_not_read(file: Path, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    held = contents(file)
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in held.items():
            archive.writestr(name, content if name != "schools_pupil.csv" else bytes(2**28))
    assert bomb.stat().st_size < 2**20
    assert "far more than a school holds" in refused(bomb)


def test_a_cell_that_would_fill_the_memory_is_not_read(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LONGEST_CELL", 2**17)
    before = csv.field_size_limit()
    change = cell("schools_packrelease", "figures", '"' + "x" * 2**18 + '"')
    assert "no CSV" in refused(changed(file, tmp_path / "long.zip", rows=change))
    assert csv.field_size_limit() == before


def test_two_files_of_one_name(file: Path, tmp_path: Path) -> None:
    twice = tmp_path / "twice.zip"
    with zipfile.ZipFile(twice, "w") as archive:
        for name, content in contents(file).items():
            archive.writestr(name, content)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr(MANIFEST, b"{}")
    assert "two files of one name" in refused(twice)


def test_the_same_school_comes_in_once(file: Path) -> None:
    imported(file)
    with pytest.raises(CommandError, match="is here already"):
        call_command("import_school", str(file))
    assert School.objects.count() == 1


_PLACES = [(table.file, place) for table in tables() for place in range(len(table.columns))]
_VALUES = st.one_of(
    st.sampled_from(
        ["", "0", "-1", "1", "2", "99999999999999999999", "t", "null", "{}", "[]", "'", "2026-13-01"]
    ),
    st.text(max_size=20),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.sampled_from(_PLACES), _VALUES), min_size=1, max_size=3))
def test_whatever_a_cell_says_it_is_taken_or_refused_in_words(
    file: Path, tmp_path: Path, changes: list[tuple[tuple[str, int], str]]
) -> None:
    def put(place: int, value: str) -> Callable[[Rows], Rows]:
        return lambda rows: [[*row[:place], value, *row[place + 1 :]] for row in rows]

    other = tmp_path / "fuzzed.zip"
    try:
        changed(file, other, rows={name: put(place, value) for (name, place), value in changes})
    except UnicodeEncodeError:
        # No file in UTF-8 holds it.
        return
    with transaction.atomic():
        with suppress(WholeSchoolRefused), opened(other) as held:
            take_in(given=held, by=None)
        transaction.set_rollback(True)
    assert nothing_is_here()
