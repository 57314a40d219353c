"""Settings: every variable is documented, nonsense is refused in words, secure unless told otherwise."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lep_tracker.environment import site_address

ROOT = Path(__file__).parent.parent.parent
DJANGO_OR_OTHERS = {"DJANGO_SETTINGS_MODULE", "XDG_DATA_HOME"}


def variables_read() -> set[str]:
    """The environment variables that the code and the scripts mention."""
    sources = [*ROOT.glob("lep_tracker/**/*.py"), *ROOT.glob("script/*"), ROOT / "manage.py"]
    texts = [path.read_text() for path in sources if path.is_file()]
    return {
        name for text in texts for name in re.findall(r"\b(?:LEP_[A-Z_]+|DATABASE(?:_OWNER)?_URL)\b", text)
    }


def test_every_variable_is_documented_and_every_documented_one_is_read() -> None:
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE))
    internal = {"LEP_TESTS_IN", "LEP_DATABASE_DURABLE"}
    assert documented - DJANGO_OR_OTHERS == variables_read() - internal


def settings_with(**environment: str) -> subprocess.CompletedProcess[str]:
    show = "from lep_tracker import settings as s; print(s.ALLOWED_HOSTS, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS > 0, s.DEBUG, s.IS_LOCAL)"
    return subprocess.run(
        [sys.executable, "-c", show],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_with_nothing_set_the_site_is_local_and_not_in_debug() -> None:
    assert settings_with().stdout == "['localhost'] False False False True\n"


def test_a_site_on_the_network_is_by_https_alone() -> None:
    shown = settings_with(LEP_SITE_ADDRESS="https://tracker.example.sch.uk")
    assert shown.stdout == "['tracker.example.sch.uk'] True True False False\n"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://Tracker.Example.sch.uk/", "https://tracker.example.sch.uk"),
        ("https://tracker.example.sch.uk:443", "https://tracker.example.sch.uk"),
        ("https://tracker.example.sch.uk:8443/", "https://tracker.example.sch.uk:8443"),
        ("http://localhost:80", "http://localhost"),
    ],
)
def test_the_sites_address_is_what_browsers_make_of_it(written: str, meant: str) -> None:
    """Every request is held against it: written otherwise, it would refuse them all."""
    assert site_address(written) == meant


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("LEP_SITE_ADDRESS", "http://tracker.example.sch.uk", "by https only"),
        ("LEP_SITE_ADDRESS", "tracker.example.sch.uk", "write https://"),
        ("LEP_SITE_ADDRESS", "https://tracker.example.sch.uk/lep", "write https://"),
        ("LEP_SITE_ADDRESS", "https://tracker.example.sch.uk:x", "write https://"),
        ("LEP_SITE_ADDRESS", "https://me@tracker.example.sch.uk", "write https://"),
        ("LEP_DEBUG", "yes", "write 1 for yes, 0 for no"),
        ("LEP_PORT", "eighty", "write a whole number"),
        ("LEP_PROXIES", "-1", "write a whole number"),
        ("DATABASE_URL", "mysql:/x", "is not a PostgreSQL address"),
        ("DATABASE_URL", "postgresql://lep_app@localhost", "names no database"),
    ],
)
def test_nonsense_is_refused_in_words(variable: str, value: str, reason: str) -> None:
    refused = settings_with(**{variable: value})
    assert refused.returncode != 0
    assert reason in refused.stderr.splitlines()[-1]
    assert variable in refused.stderr.splitlines()[-1]


def test_a_password_in_an_address_is_not_repeated() -> None:
    refused = settings_with(DATABASE_URL="postgresql://lep:hunter2@:not-a-port:/x y=")
    assert refused.returncode != 0
    assert "hunter2" not in refused.stderr.splitlines()[-1]


def test_a_real_server_is_read_from_its_address() -> None:
    show = "from lep_tracker import settings as s; d = s.DATABASES['default']; print(d['USER'], d['HOST'], d['PORT'], d['NAME'], d['OPTIONS'], s.DATABASE_OWNER['USER'])"
    shown = subprocess.run(
        [sys.executable, "-c", show],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": "postgresql://lep_app:pw@db.example:5433/tracker?sslmode=require",
            "DATABASE_OWNER_URL": "postgresql://lep_owner:pw@db.example:5433/tracker",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == "lep_app db.example 5433 tracker {'sslmode': 'require'} lep_owner\n"


def test_the_signing_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    read = "from lep_tracker import settings as s; print(s.SECRET_KEY)"
    environment = {**os.environ, "LEP_DATA_DIR": str(tmp_path / "data")}
    environment.pop("LEP_SECRET_KEY", None)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", read], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    keys = {process.communicate()[0].strip() for process in started}
    assert len(keys) == 1
    assert len(keys.pop()) > 60
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o777 == 0o600
