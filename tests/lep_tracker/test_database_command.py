from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from lep_tracker.embedded_postgres import EmbeddedPostgres
from tests.processes import finished, killed, python, wait_until

NOWHERE = "postgresql://lep_app:a-secret@127.0.0.1:1/tracker"


def manage(*arguments: str, **variables: str | None) -> tuple[int, str, str]:
    return finished(python("manage.py", *arguments, **variables))


def said_by(action: str) -> list[str]:
    out = io.StringIO()
    call_command("database", action, stdout=out)
    return out.getvalue().splitlines()


def test_database_starts_stops_and_tells_its_status(
    stopped_server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LEP_DATA_DIR", str(stopped_server.directory))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert said_by("stop") == ["The database was not running."]
    with pytest.raises(SystemExit, match="1"):
        said_by("status")
    assert said_by("start") == ["The database is running."]
    assert said_by("start") == ["The database was running already."]
    assert said_by("status")[:3] == [
        "The database is running.",
        f"files: {stopped_server.directory}",
        f"socket: {stopped_server.socket_directory}",
    ]
    assert said_by("stop") == ["The database is stopped."]
    assert not stopped_server.is_running()


@pytest.mark.parametrize("action", ["start", "stop"])
def test_real_server_is_not_started_or_stopped_from_here(
    action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", NOWHERE)
    with pytest.raises(CommandError, match="names a real server"):
        said_by(action)


def test_status_of_a_real_server_tells_that_it_can_be_reached(stopped_server: EmbeddedPostgres) -> None:
    stopped_server.start()
    url = f"postgresql:///lep_tracker?host={stopped_server.socket_directory}&user=lep_app"
    code, out, err = manage("database", "status", DATABASE_URL=url, LEP_SECRET_KEY="any")
    assert (code, err) == (0, "")
    assert out.startswith("DATABASE_URL names a real server, which can be reached: lep_tracker at ")


def test_database_without_an_action_says_which_there_are() -> None:
    code, _, err = manage("database", LEP_SECRET_KEY="any")
    assert code == 2
    assert "start|stop|status" in err.replace(",", "|")


def test_any_command_starts_the_database_even_after_one_was_killed(stopped_server: EmbeddedPostgres) -> None:
    place = {"LEP_DATA_DIR": str(stopped_server.directory), "LEP_DATABASE_DURABLE": "0"}
    command = python("manage.py", "showmigrations", **place)
    wait_until(lambda: (stopped_server.cluster / "postmaster.pid").exists() or command.poll() is not None)
    killed(command)
    code, _, err = manage("showmigrations", **place)
    assert (code, err) == (0, "")
    assert stopped_server.is_running()


def test_a_command_on_an_empty_database_says_what_to_run_first(stopped_server: EmbeddedPostgres) -> None:
    place = {"LEP_DATA_DIR": str(stopped_server.directory), "LEP_DATABASE_DURABLE": "0"}
    code, _, err = manage("demo", **place)
    assert (code, err) == (
        1,
        "The database is empty or of an earlier version: run manage.py prepare first.\n",
    )


@pytest.mark.parametrize("arguments", [["help"], ["migrate", "--help"]], ids=["help", "migrate"])
def test_help_touches_no_database(folder: Path, arguments: list[str]) -> None:
    place = {"LEP_DATA_DIR": str(folder / "data"), "LEP_SECRET_KEY": "any"}
    assert manage(*arguments, **place)[0] == 0
    assert not (folder / "data").exists()


@pytest.mark.parametrize(
    "arguments", [["showmigrations"], ["database", "status"]], ids=["showmigrations", "status"]
)
def test_unreachable_server_is_named_without_its_password(arguments: list[str]) -> None:
    code, _, err = manage(*arguments, DATABASE_URL=NOWHERE, LEP_SECRET_KEY="any")
    assert code == 1
    assert "The database tracker at 127.0.0.1:1 cannot be reached as the user lep_app: " in err
    assert "a-secret" not in err
    assert "Traceback" not in err


@pytest.mark.parametrize("url", ["postgresql//host:a-secret", "postgresql://lep_app:a-secret@host"])
def test_malformed_address_is_a_sentence(url: str) -> None:
    code, out, err = manage("check", DATABASE_URL=url, LEP_SECRET_KEY="any")
    assert (code, out, len(err.splitlines())) == (1, "", 1)
    assert err.startswith("DATABASE_URL ")
    assert "a-secret" not in err


def test_role_that_is_too_strong_is_refused(stopped_server: EmbeddedPostgres) -> None:
    stopped_server.start()
    url = f"postgresql:///lep_tracker?host={stopped_server.socket_directory}&user=postgres"
    code, _, err = manage("showmigrations", DATABASE_URL=url, LEP_SECRET_KEY="any")
    assert code == 1
    assert "The database role postgres is too strong to serve with: it is a superuser" in err
    assert "Traceback" not in err


def test_missing_packages_point_to_setup() -> None:
    # -S: an interpreter without the packages of its environment.
    code, out, err = finished(python("-S", "manage.py", "check"))
    assert (code, out) == (1, "")
    assert err == "The Python package django is not installed: run script/setup first.\n"
