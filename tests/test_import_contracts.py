"""The import rules of pyproject.toml are kept, and each is shown to fail when it is broken."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("lep_tracker", "schools", "assessment", "reports")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The packages and their rules, to break."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def check(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_import_rules_are_kept(copy: Path) -> None:
    checked = check(copy)
    assert checked.returncode == 0, checked.stdout
    assert "0 broken" in checked.stdout


@pytest.mark.parametrize(
    ("file", "line", "broken"),
    [
        ("schools/queries/pupils.py", "import assessment", "assessment reads schools, never the other way"),
        ("assessment/__init__.py", "import reports", "reports read assessment"),
        ("schools/models/pupils.py", "import schools.queries.pupils", "each layer reads only those below it"),
        (
            "schools/queries/people.py",
            "import schools.services.years",
            "each layer reads only those below it",
        ),
        ("schools/services/years.py", "import schools.views.home", "each layer reads only those below it"),
        (
            "schools/services/years.py",
            "import schools.imports.tables",
            "each layer reads only those below it",
        ),
        ("schools/access.py", "import schools.queries.people", "each layer reads only those below it"),
        ("schools/permissions.py", "import schools.row_security", "each layer reads only those below it"),
        ("schools/calendar.py", "import django.utils.timezone", "plain Python"),
        ("assessment/engine/progress.py", "import django.db", "plain Python"),
        ("assessment/engine/progress.py", "import assessment.models", "Within assessment"),
        ("assessment/queries/measuring.py", "import assessment.services.judgements", "Within assessment"),
        ("reports/queries/__init__.py", "import reports.exports", "Within reports"),
        ("schools/calendar.py", "import schools.models", "each layer reads only those below it"),
    ],
)
def test_a_broken_import_rule_is_noticed(copy: Path, file: str, line: str, broken: str) -> None:
    path = copy / file
    path.write_text(f"{path.read_text()}\n{line}\n")
    checked = check(copy)
    assert checked.returncode == 1, checked.stdout
    brokens = [text for text in checked.stdout.splitlines() if text.endswith("BROKEN")]
    assert any(broken in text for text in brokens), checked.stdout
