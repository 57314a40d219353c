"""The units and the site file of docs/service/: what they start starts, says that it is ready, and ends when it is told."""

from __future__ import annotations

import configparser
import http.client
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

from lep_tracker.backups.files import opened
from lep_tracker.embedded_postgres import PORT, EmbeddedPostgres
from tests.lep_tracker.test_serving import port
from tests.processes import CHECKOUT, environment, finished, python, wait_until

__all__ = ["port"]
UNITS = CHECKOUT / "docs" / "service"
SERVICES = (
    "lep-tracker.service",
    "lep-tracker-worker.service",
    "lep-tracker-backup.service",
    "lep-tracker-sync.service",
)
PLACES = {
    "/srv/lep-tracker/.venv/bin/python": sys.executable,
    "/srv/lep-tracker": str(CHECKOUT),
}


def unit(name: str) -> configparser.ConfigParser:
    """A unit; of what stands in it twice the last."""
    found = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes=("#",))
    found.optionxform = str  # type: ignore[assignment,method-assign]
    found.read(UNITS / name)
    return found


def here(line: str, **places: str) -> str:
    """What systemd would run, at the places of this machine: `%%` is one of its own."""
    for there, place in {**PLACES, **places}.items():
        line = line.replace(there, place)
    return line.replace("%%", "%")


def words_of(line: str, **places: str) -> list[str]:
    """The words of a command, each at the places of this machine, whose names may hold a space: a line for the shell wants it quoted."""
    quoted = {there: shlex.quote(place) for there, place in PLACES.items()}
    return [here(word, **((quoted if " " in word else {}) | places)) for word in shlex.split(line)]


@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_is_let_do_what_it_needs_and_no_more(name: str) -> None:
    service = unit(name)["Service"]
    kept = {
        "User": "lep",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "PrivateDevices": "yes",
        "CapabilityBoundingSet": "",
        "UMask": "0077",
    }
    assert {key: service[key] for key in kept} == kept
    # Only the backup has the owner's password.
    text = (UNITS / name).read_text()
    assert ("owner.env" in text) is ("backup" in name)
    assert "PASSWORD" not in text
    assert Path(words_of(service["ExecStart"])[0]).exists()
    if "network" in (UNITS / name).read_text():
        assert unit(name)["Unit"]["After"].startswith("network-online.target")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    # By names without a space, which a unit would have to quote.
    places = {there: tmp_path / f"place{number}" for number, there in enumerate(PLACES)}
    for there, place in places.items():
        place.symlink_to(PLACES[there])
    units = tmp_path / "units"
    units.mkdir()
    for file in UNITS.glob("lep-tracker*"):
        text = file.read_text()
        for there, place in places.items():
            text = text.replace(there, str(place))
        (units / file.name).write_text(text)
    said = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", *map(str, sorted(units.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )
    about_ours = [line for line in said.stderr.splitlines() if "lep-tracker" in line]
    assert (said.returncode, about_ours) == (0, [])


@pytest.fixture
def real_server(stopped_server: EmbeddedPostgres) -> dict[str, str]:
    """The environment of a site on a real server: roles.sql was run there, and the rights that only tests need are taken away."""
    stopped_server.start()
    where = f"host={stopped_server.socket_directory}&port={PORT}"
    with psycopg.connect(
        host=str(stopped_server.socket_directory),
        port=PORT,
        user="postgres",
        dbname="postgres",
        autocommit=True,
    ) as administrator:
        administrator.execute("ALTER ROLE lep_owner NOCREATEDB")
    return {
        "DATABASE_URL": f"postgresql:///lep_tracker?{where}&user=lep_app",
        "DATABASE_OWNER_URL": f"postgresql:///lep_tracker?{where}&user=lep_owner",
        "LEP_SECRET_KEY": "x" * 60,
        "LEP_SITE_ADDRESS": "https://tracker.example.sch.uk",
        "LEP_PROXIES": "1",
    }


def started(name: str, variables: dict[str, str], **places: str) -> subprocess.Popen[str]:
    """What the unit starts, with its own variables and none of the owner's unless it is given them."""
    service = unit(name)["Service"]
    own = dict(word.split("=", 1) for word in service.get("Environment", "").split())
    own.pop("XDG_CACHE_HOME", None)
    known = dict(variables)
    if "owner.env" not in (UNITS / name).read_text():
        del known["DATABASE_OWNER_URL"]
    return subprocess.Popen(
        words_of(service["ExecStart"], **places),
        cwd=here(service["WorkingDirectory"]),
        env=environment(**own, **known),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def readiness(port: int) -> tuple[int, Any]:
    there = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        there.request("GET", "/health/ready/", headers={"Host": "tracker.example.sch.uk"})
        answer = there.getresponse()
        return answer.status, json.loads(answer.read())
    except OSError:
        return 0, None
    finally:
        there.close()


def test_what_the_units_start_serves_works_and_backs_up(
    real_server: dict[str, str], port: int, tmp_path: Path
) -> None:
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
    assert finished(python("manage.py", "migrate", "-v", "0", **real_server), seconds=180)[0] == 0
    site = started("lep-tracker.service", {**real_server, "LEP_PORT": str(port)})
    worker = started("lep-tracker-worker.service", real_server)
    try:
        wait_until(lambda: readiness(port)[0] == 200 or site.poll() is not None)
        assert readiness(port) == (200, {"ready": True, "database": "ok", "migrations": "ok", "worker": "ok"})

        backup = started(
            "lep-tracker-backup.service", real_server, **{"/var/backups/lep-tracker": str(tmp_path)}
        )
        code, out, err = finished(backup)
        assert (code, err) == (0, "")
        (made,) = tmp_path.iterdir()
        assert re.fullmatch(r"\d{4}-\d\d-\d\d-\d{6}\.tar", made.name)
        assert made.stat().st_mode & 0o777 == 0o600
        with opened(made) as (manifest, _):
            assert "schools_pupil" in manifest.walled
        assert str(made) in out

        # The next thing that the unit does takes away those that are older than 30 days, and no other.
        old = tmp_path / "old.tar"
        old.touch()
        (tmp_path / "notes.txt").touch()
        for each in (old, tmp_path / "notes.txt"):
            os.utime(each, (time.time() - 40 * 86400,) * 2)
        tidy = unit("lep-tracker-backup.service")["Service"]["ExecStartPost"]
        subprocess.run(words_of(tidy, **{"/var/backups/lep-tracker": str(tmp_path)}), check=True)
        assert {each.name for each in tmp_path.iterdir()} == {made.name, "notes.txt"}
    finally:
        for process in (worker, site):
            process.send_signal(signal.SIGTERM)
        ends = [process.communicate(timeout=70) for process in (worker, site)]
    assert [process.returncode for process in (worker, site)] == [0, 0]
    lines = [json.loads(line) for line in ends[1][1].splitlines()]
    assert {line["route"] for line in lines} == {"health/ready/"}
    assert ends[0][1] == ""


def test_a_site_whose_role_is_too_strong_does_not_start(real_server: dict[str, str], port: int) -> None:
    strong = real_server["DATABASE_URL"].replace("lep_app", "lep_owner")
    site = started("lep-tracker.service", {**real_server, "DATABASE_URL": strong, "LEP_PORT": str(port)})
    code, _, err = finished(site)
    assert code == 1
    assert "is too strong to serve with" in err


def test_the_site_file_of_nginx_says_what_the_site_relies_on() -> None:
    text = re.sub(r"#.*", "", (UNITS / "nginx.conf").read_text())
    assert text.count("{") == text.count("}")
    statements = [line.strip() for line in text.splitlines() if line.strip()]
    assert all(line.endswith((";", "{", "}")) for line in statements)
    for needed in (
        "proxy_set_header Host $http_host;",
        "proxy_set_header X-Forwarded-Proto $scheme;",
        "proxy_set_header X-Forwarded-For $remote_addr;",
        'proxy_set_header X-Forwarded-Host "";',
        "ssl_protocols TLSv1.2 TLSv1.3;",
        "ssl_reject_handshake on;",
    ):
        assert needed in statements
    # Two servers pass requests on or redirect: neither writes addresses down. HSTS is the site's own.
    assert statements.count("access_log off;") == 2
    assert "Strict-Transport-Security" not in text


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not here")
def test_nginx_takes_the_site_file(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=x",
            "-keyout",
            key,
            "-out",
            certificate,
        ],
        check=True,
        capture_output=True,
    )
    text = (UNITS / "nginx.conf").read_text()
    text = re.sub(r"/etc/letsencrypt\S+/fullchain.pem", str(certificate), text)
    text = re.sub(r"/etc/letsencrypt\S+/privkey.pem", str(key), text)
    text = text.replace("/var/log/nginx", str(tmp_path))
    (tmp_path / "nginx.conf").write_text(f"events {{}}\nhttp {{\n{text}\n}}\n")
    subprocess.run(["nginx", "-t", "-c", tmp_path / "nginx.conf"], check=True, capture_output=True)


def test_the_guide_names_every_file_and_no_other() -> None:
    guide = (CHECKOUT / "docs" / "service.md").read_text()
    named = set(re.findall(r"\]\(service/([\w.-]+)\)", guide))
    assert named == {file.name for file in UNITS.iterdir()}
