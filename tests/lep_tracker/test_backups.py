"""A backup is everything, and comes back whole or not at all: tried on servers, and counted by a superuser, whom no wall hides a row from."""

from __future__ import annotations

import dataclasses
import io
import json
import resource
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from lep_tracker.backups.files import Manifest, Writer, opened
from lep_tracker.backups.making import EMPTY_IN_A_BACKUP
from lep_tracker.embedded_postgres import PORT, EmbeddedPostgres, embedded
from schools.calendar import AcademicYear
from schools.models import Pupil, School
from schools.row_security import visible_to
from tests.conftest import signed_in
from tests.isolation.two_schools import WholeSchool, ours, theirs
from tests.processes import finished, python

__all__ = ["ours", "theirs"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unmeasured")]


@pytest.fixture
def backup(ours: WholeSchool, theirs: WholeSchool, tmp_path: Path) -> Path:
    signed_in(ours.teacher)
    path = tmp_path / "all.tar"
    call_command("backup", path, stdout=io.StringIO())
    return path


def as_superuser(server: EmbeddedPostgres, database: str) -> psycopg.Connection[Any]:
    return psycopg.connect(
        host=str(server.socket_directory), port=PORT, user="postgres", dbname=database, autocommit=True
    )


def counted(server: EmbeddedPostgres, database: str) -> dict[str, Any]:
    """Rows of each table, and of each table with a school by school; no wall in between."""
    found: dict[str, Any] = {}
    with as_superuser(server, database) as asked:
        tables = asked.execute(
            "SELECT relname, EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'school_id')"
            " FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchall()
        for table, is_of_schools in tables:
            if table in EMPTY_IN_A_BACKUP:
                continue
            by = "school_id" if is_of_schools else "0"
            found[table] = dict(asked.execute(f"SELECT {by}, count(*) FROM {table} GROUP BY 1").fetchall())
    return found


WALLS_AND_RIGHTS = """
    SELECT relname, relrowsecurity, relforcerowsecurity, relowner::regrole::text,
        has_table_privilege('lep_app', oid, 'UPDATE'), has_table_privilege('lep_app', oid, 'SELECT'),
        has_any_column_privilege('lep_aggregate', oid, 'SELECT'),
        (SELECT count(*) FROM pg_trigger WHERE tgrelid = c.oid),
        (SELECT array_agg(conname::text || contype::text || convalidated::text || confrelid::regclass::text ORDER BY conname)
            FROM pg_constraint p WHERE conrelid = c.oid),
        (SELECT array_agg(polname::text || pg_get_expr(polqual, polrelid) ORDER BY polname)
            FROM pg_policy WHERE polrelid = c.oid)
    FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname
"""


def walls_and_rights(server: EmbeddedPostgres, database: str) -> list[Any]:
    with as_superuser(server, database) as asked:
        return asked.execute(WALLS_AND_RIGHTS).fetchall()


def command(server: EmbeddedPostgres, *arguments: str | Path) -> tuple[int, str, str]:
    variables = {"LEP_DATA_DIR": str(server.directory), "LEP_DATABASE_DURABLE": "0"}
    return finished(python("manage.py", *map(str, arguments), **variables), seconds=180)


def analysed(whole: WholeSchool, year: AcademicYear) -> list[str]:
    return ["analyse", "--school", whole.school.urn, "--year", str(year), "--term", "autumn"]


def rewritten(path: Path, change: Callable[[Manifest], Manifest]) -> Path:
    """The backup with another manifest, and right sums."""
    to = path.with_name("rewritten.tar")
    with opened(path) as (manifest, dump), to.open("w+b") as file:
        writer = Writer(file)
        writer.take_dump(dump)
        writer.finish(change(manifest))
    return to


def test_a_backup_restored_into_an_empty_server_is_the_same(
    backup: Path,
    ours: WholeSchool,
    theirs: WholeSchool,
    year: AcademicYear,
    stopped_server: EmbeddedPostgres,
) -> None:
    name = connection.settings_dict["NAME"]
    before, walls = counted(embedded(), name), walls_and_rights(embedded(), name)
    table = io.StringIO()
    call_command(*analysed(ours, year), stdout=table)
    assert backup.stat().st_mode & 0o777 == 0o600
    with opened(backup) as (manifest, _):
        assert sum(sum(rows.values()) for rows in before.values()) == sum(manifest.tables.values())
        assert set(manifest.schools["schools_pupil"]) == {str(ours.school.pk), str(theirs.school.pk)}

    code, out, err = command(stopped_server, "restore", backup)
    assert (code, err) == (0, "")
    # Each of the two offers a pupil to a school with none of its own, and has two records of one child.
    assert "4 schools, 4 pupils" in out
    assert counted(stopped_server, "lep_tracker") == before
    assert walls_and_rights(stopped_server, "lep_tracker") == walls
    with as_superuser(stopped_server, "lep_tracker") as asked:
        assert asked.execute("SELECT count(*) FROM schools_session").fetchone() == (0,)
    code, out, err = command(stopped_server, *analysed(ours, year))
    assert (code, err) == (0, "")
    assert out == table.getvalue()
    assert len(out.splitlines()) > 1

    # A second time there is something in it.
    code, out, err = command(stopped_server, "restore", backup)
    assert (code, out) == (1, "")
    assert err.startswith("CommandError: The database is not empty: a backup goes only into")
    assert counted(stopped_server, "lep_tracker") == before


def test_rows_that_are_not_those_that_were_counted_are_not_kept(
    backup: Path, ours: WholeSchool, theirs: WholeSchool, stopped_server: EmbeddedPostgres
) -> None:
    def one_pupil_moved(manifest: Manifest) -> Manifest:
        pupils = {str(ours.school.pk): 2}
        return dataclasses.replace(manifest, schools={**manifest.schools, "schools_pupil": pupils})

    def one_judgement_more(manifest: Manifest) -> Manifest:
        return dataclasses.replace(manifest, tables={**manifest.tables, "assessment_judgement": 99})

    def one_table_in_the_open(manifest: Manifest) -> Manifest:
        return dataclasses.replace(manifest, walled=manifest.walled[1:])

    said = [
        (one_pupil_moved, "the rows of the table schools_pupil are not those of the same schools"),
        (one_judgement_more, "the table assessment_judgement has 2 rows and not 99"),
        (one_table_in_the_open, "the school wall is not around the same tables"),
    ]
    stopped_server.start()
    for change, sentence in said:
        code, out, err = command(stopped_server, "restore", rewritten(backup, change))
        assert (code, out) == (1, "")
        assert err == (f"CommandError: The backup was not restored, and nothing was changed: {sentence}\n")
        assert counted(stopped_server, "lep_tracker") == {}


def test_a_backup_of_an_earlier_version_goes_into_empty_tables_and_is_brought_up_to_date(
    backup: Path, stopped_server: EmbeddedPostgres
) -> None:
    def done(*arguments: str | Path) -> str:
        code, out, err = command(stopped_server, *arguments)
        assert (code, err) == (0, ""), arguments
        return out

    done("restore", backup)
    now = counted(stopped_server, "lep_tracker")
    done("migrate", "assessment", "0009", "--verbosity", "0")
    earlier = backup.with_name("earlier.tar")
    done("backup", earlier)
    with opened(earlier) as (manifest, _):
        assert "assessment_ownexpectation" not in manifest.tables
        # That version has no place for it, so that it went with its tables.
        of_later = {table: {} for table in now if "ownexpectation" in table and table not in manifest.tables}
    done("migrate", "--verbosity", "0")
    done("flush", "--no-input")
    assert "4 schools" in done("restore", earlier)
    assert counted(stopped_server, "lep_tracker") == now | of_later
    done("migrate", "--check")


def refused(path: Path) -> str:
    with pytest.raises(CommandError) as error:
        call_command("restore", path)
    return str(error.value)


def changed_at(path: Path, place: int) -> None:
    with path.open("r+b") as file:
        file.seek(place)
        (byte,) = file.read(1)
        file.seek(place)
        file.write(bytes([byte ^ 1]))


def test_a_damaged_file_is_refused(backup: Path) -> None:
    whole = backup.read_bytes()
    with tarfile.open(backup) as archive:
        places = [entry.offset_data + entry.size // 2 for entry in archive.getmembers()]
    for place in places:
        changed_at(backup, place)
        assert "is damaged: its checksums do not agree" in refused(backup)
        backup.write_bytes(whole)
    for length in (0, 100, len(whole) // 2, places[1], places[2]):
        backup.write_bytes(whole[:length])
        assert "is no whole backup of this program" in refused(backup), length
    backup.write_bytes(json.dumps({"format": 1}).encode() * 100)
    assert "is no whole backup of this program" in refused(backup)
    assert "could not be read: No such file or directory" in refused(backup.with_name("nowhere.tar"))


def test_a_backup_of_a_later_version_is_refused(backup: Path) -> None:
    def later(manifest: Manifest) -> Manifest:
        return dataclasses.replace(
            manifest, program="9.0", migrations=[*manifest.migrations, "schools.9999_later"]
        )

    said = refused(rewritten(backup, later))
    assert said.startswith(
        "The backup was made by a later version of the program (9.0; it has schools.9999_later)"
    )
    assert "format 2, this program knows 1" in refused(
        rewritten(backup, lambda manifest: dataclasses.replace(manifest, format=2))
    )


def test_a_database_with_anything_in_it_is_left_alone(backup: Path, ours: WholeSchool) -> None:
    assert "The database is not empty" in refused(backup)
    with visible_to(ours.school):
        assert Pupil.objects.in_school(ours.school).filter(merged_into=None).count() == 1


@contextmanager
def no_file_longer_than(length: int) -> Iterator[None]:
    """As on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (length, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_backup_that_cannot_be_written_leaves_no_file(school: School, tmp_path: Path) -> None:
    place = tmp_path / "backups"
    place.mkdir()
    with no_file_longer_than(20_000), pytest.raises(CommandError) as error:
        call_command("backup", place / "all.tar")
    assert str(error.value) == f"The backup could not be written to {place / 'all.tar'}: File too large."
    assert list(place.iterdir()) == []
    with pytest.raises(CommandError, match=r"could not be written to .*: No such file or directory"):
        call_command("backup", place / "no folder" / "all.tar")
    (place / "all.tar").write_text("an earlier one")
    with pytest.raises(CommandError, match="is there already: choose another name"):
        call_command("backup", place / "all.tar")
    assert [each.read_text() for each in place.iterdir()] == ["an earlier one"]
