from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.processes import CHECKOUT, environment, reachable_folder, wait_until

SCRIPTS = ["setup", "server", "test", "lint", "format", "bench", "lock"]
TOOLS = ["bash", "basename", "cat", "dirname", "flock", "grep", "head", "mv", "rm", "sed", "sha256sum"]


def run(
    checkout: Path, name: str, *arguments: str, **variables: str | None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [checkout / "script" / name, *arguments],
        cwd="/",
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout that needs no packages, in a path with spaces, with one Python on its own PATH."""
    checkout = tmp_path / "a check out"
    shutil.copytree(CHECKOUT / "script", checkout / "script")
    (checkout / "requirements.txt").touch()
    return checkout


@pytest.fixture
def tools(tmp_path: Path) -> Iterator[Path]:
    """A PATH on which there is no Python."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None
        (folder / tool).symlink_to(found)
    return folder


def put(folder: Path, program: str, *lines: str) -> None:
    (folder / program).write_text("\n".join(["#!/bin/sh", *lines, ""]))
    (folder / program).chmod(0o755)


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_explains_itself(name: str) -> None:
    result = run(CHECKOUT, name, "--help")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(f"script/{name}")
    assert len(result.stdout.splitlines()) > 2


def test_setup_without_a_new_enough_python_says_which_is_needed(checkout: Path, tools: Path) -> None:
    put(tools, "python3", "exit 1")
    put(tools, "python3.11", "exit 127")
    result = run(checkout, "setup", PATH=str(tools))
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("Python 3.11 or later is needed, and none was found: ")
    assert len(result.stderr.splitlines()) == 1


def test_setup_without_venv_says_how_to_get_it(checkout: Path, tools: Path) -> None:
    put(tools, "python3", f'case "$2" in *ensurepip*) exit 1;; esac; exec "{sys.executable}" "$@"')
    # No apt-get on this PATH either: the package is named, whoever runs it.
    result = run(checkout, "setup", PATH=str(tools))
    assert result.returncode == 1
    assert f"python3.{sys.version_info[1]}-venv" in result.stderr
    assert not (checkout / ".venv").exists()


def test_of_two_pythons_of_a_version_setup_takes_the_distributions(checkout: Path, tools: Path) -> None:
    found = shutil.which("python3", path="/usr/bin")
    if not found or run_python(found, "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))"):
        pytest.skip("the distribution has no Python for the site")
    version = subprocess.check_output(
        [found, "-c", "import sys; print(sys.version_info[1])"], text=True
    ).strip()
    put(tools, f"python3.{version}", f'exec "{sys.executable}" "$@"')
    result = run(checkout, "setup", PATH=f"{tools}:/usr/bin")
    assert result.returncode == 0, result.stderr
    assert "home = /usr/bin\n" in (checkout / ".venv/pyvenv.cfg").read_text()


def run_python(program: str, code: str) -> int:
    return subprocess.run([program, "-c", code], check=False).returncode


def test_setup_refuses_what_it_does_not_know(checkout: Path) -> None:
    assert run(checkout, "setup", "--test").stderr == "script/setup knows only --tests, not --test.\n"


def test_server_takes_no_arguments(checkout: Path) -> None:
    result = run(checkout, "server", "8001")
    assert result.returncode == 1
    assert result.stderr.startswith("script/server takes no arguments")


def test_setup_leaves_an_environment_alone_that_is_another_checkouts(checkout: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "complete").write_text("python 3.0 in /elsewhere\n")
    (checkout / ".venv").symlink_to(theirs)
    result = run(checkout, "setup")
    assert result.returncode == 1
    assert f"{checkout}/.venv is a link to {theirs}" in result.stderr
    assert (theirs / "complete").read_text() == "python 3.0 in /elsewhere\n"
    assert (checkout / ".venv").is_symlink()


def test_server_begins_its_worker_again_whenever_it_ends_but_not_after_the_server(checkout: Path) -> None:
    put(checkout / "script", "setup")
    (checkout / ".venv" / "bin").mkdir(parents=True)
    begun = checkout / "begun"
    # The worker dies at once; the server does not.
    server = 'case "$*" in *gunicorn*) trap "" HUP; while :; do sleep 0.1; done;; *worker*) echo "$*" >>begun; exit 9;; esac'
    put(checkout / ".venv" / "bin", "python", server)
    command = [checkout / "script" / "server"]
    with subprocess.Popen(
        command, cwd="/", env=environment(), stdout=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            wait_until(begun.exists)
            # The terminal is closed.
            os.killpg(process.pid, signal.SIGHUP)
            wait_until(lambda: len(begun.read_text().splitlines()) == 2)
            assert set(begun.read_text().splitlines()) == {f"manage.py worker --beside {process.pid}"}
            process.kill()
            process.wait()
            wait_until(lambda: not is_group(process.pid))
            assert len(begun.read_text().splitlines()) == 2
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def is_group(number: int) -> bool:
    """Whether a process of the group is there still."""
    try:
        os.killpg(number, 0)
    except ProcessLookupError:
        return False
    return True


def test_setup_after_a_kill_in_the_middle_makes_the_environment_once_for_two_at_a_time(
    checkout: Path,
) -> None:
    command = [checkout / "script" / "setup"]
    options = {"cwd": "/", "env": environment(), "start_new_session": True, "text": True}
    first = subprocess.Popen(command, stdout=subprocess.DEVNULL, **options)  # type: ignore[call-overload]
    wait_until((checkout / ".venv" / "bin" / "python").exists)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert not (checkout / ".venv" / "complete").exists()
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, **options) for _ in range(2)]  # type: ignore[call-overload]
    said = [each.communicate(timeout=60)[0] for each in both]
    assert [each.returncode for each in both] == [0, 0]
    assert sorted(text.count("Making .venv") for text in said) == [0, 1]

    again = run(checkout, "setup")
    assert (again.returncode, len(again.stdout.splitlines())) == (0, 1)

    (checkout / "requirements.txt").write_text("no-such-package==1.0 --hash=sha256:" + "0" * 64 + "\n")
    nowhere = {"PIP_CONFIG_FILE": "/dev/null", "PIP_INDEX_URL": "http://127.0.0.1:1/", "PIP_RETRIES": "0"}
    result = run(checkout, "setup", **nowhere, PIP_FIND_LINKS=None, PIP_EXTRA_INDEX_URL=None)
    assert result.returncode == 1
    assert "The Python packages could not be fetched: the package index cannot be reached" in result.stderr

    (checkout / "requirements.txt").write_text("")
    assert "Making .venv" not in run(checkout, "setup").stdout


def test_environment_whose_python_has_gone_is_made_anew(checkout: Path, tools: Path) -> None:
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin" / "python").symlink_to("/nowhere/python3")
    (checkout / ".venv" / "complete").write_text(f"python 3.11 in {checkout}\n")
    result = run(checkout, "setup", PATH=str(tools))
    assert result.stderr.startswith("Python 3.11 or later is needed")


def made(checkout: Path, python: str, requirements: str = "requirements.txt") -> None:
    """An environment that is complete, with such a Python."""
    (checkout / ".venv" / "bin").mkdir(parents=True)
    put(checkout / ".venv" / "bin", "python", python)
    line = f"python {sys.version_info[0]}.{sys.version_info[1]} in {checkout}"
    stamp = subprocess.run(
        ["sha256sum", requirements], cwd=checkout, capture_output=True, text=True, check=True
    )
    (checkout / ".venv" / "complete").write_text(f"{line}\n{stamp.stdout}")


def test_setup_without_the_libraries_of_pdfs_names_the_packages_to_whoever_may_not_install_them(
    checkout: Path, tools: Path
) -> None:
    # A Python that can load no library.
    made(checkout, f'case "$2" in *ctypes*) exit 1;; esac; exec "{sys.executable}" "$@"')
    result = run(checkout, "setup", PATH=str(tools))
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("Pango's libraries, with which PDFs are drawn, are needed")
    assert "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 " in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("offered", "installed"),
    [
        (["chromium-headless-shell", "chromium"], "chromium-headless-shell"),
        (["chromium"], "chromium"),
    ],
)
def test_setup_for_tests_installs_the_systems_chromium_however_much_apt_says_of_it(
    checkout: Path, tools: Path, offered: list[str], installed: str
) -> None:
    (checkout / "requirements-dev.txt").touch()
    made(
        checkout,
        f'case "$2" in *ctypes*) exit 0;; esac; exec "{sys.executable}" "$@"',
        "requirements-dev.txt",
    )
    for tool in ("chmod", "readlink", "seq", "true"):
        (tools / tool).symlink_to(shutil.which(tool) or "")
    for there in ("pdfinfo", "pdftotext", "soffice", "localc"):
        put(tools, there)
    put(tools, "sudo", 'shift; exec "$@"')
    # What apt says goes on for long after the line that is looked for.
    put(
        tools,
        "apt-cache",
        f'case " {" ".join(offered)} " in *" $2 "*) echo "  Candidate: 156.0";; *) echo "  Candidate: (none)";; esac',
        "seq 100000",
    )
    there = f'for last; do :; done; printf "#!/bin/sh\\n" > "{tools}/$last"; chmod 755 "{tools}/$last"'
    put(tools, "apt-get", f'[ "$1" = update ] || {{ {there}; }}')
    result = run(checkout, "setup", "--tests", PATH=str(tools))
    assert (result.returncode, result.stderr) == (0, "")
    assert "Installing Chromium" in result.stdout
    assert {path.name for path in tools.iterdir() if path.name.startswith("chromium")} == {installed}


def test_lock_without_uv_says_what_is_needed(checkout: Path, tools: Path) -> None:
    result = run(checkout, "lock", PATH=str(tools))
    assert result.returncode == 1
    assert result.stderr.startswith("script/lock needs uv")


def test_setup_in_a_checkout_of_somebody_elses_says_whose_it_is() -> None:
    with reachable_folder() as folder:
        checkout = folder / "checkout"
        shutil.copytree(CHECKOUT / "script", checkout / "script")
        (checkout / "requirements.txt").touch()
        checkout.chmod(0o555)
        result = subprocess.run(
            [checkout / "script" / "setup"],
            cwd="/",
            env=environment(PATH="/usr/local/bin:/usr/bin:/bin", HOME="/nonexistent"),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            **({"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}),
        )
        checkout.chmod(0o755)
    assert result.returncode == 1
    assert f"You may not write in {checkout}: run this as its owner" in result.stderr
    assert "cannot remove" not in result.stderr
