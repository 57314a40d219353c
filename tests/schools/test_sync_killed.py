"""A sync that is killed while it writes leaves the file where it was, and the next one takes it once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as site
from django.db import connection

from schools.calendar import AcademicYear
from schools.models import School
from schools.row_security import visible_to
from schools.services.giving_way import NICE
from schools.services.turns import take_turn_alone
from tests.processes import wait_until
from tests.schools.test_sync import Night, line

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unmeasured")]


def started(night: Night) -> subprocess.Popen[bytes]:
    """`manage.py sync` in a process of its own, with the test's database."""
    start = (
        "import sys, django; from django.conf import settings; "
        f"settings.DATABASES['default']['NAME'] = {connection.settings_dict['NAME']!r}; "
        "from django.core.management import execute_from_command_line as run; run(['manage.py', 'sync', *sys.argv[1:]])"
    )
    return subprocess.Popen(
        [sys.executable, "-c", start, str(night.folder), "--school", night.school.urn],
        cwd=Path(site.BASE_DIR),
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "lep_tracker.settings"},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
    )


def waits() -> bool:
    """Whether somebody waits for a lock that this connection has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def test_killed_in_the_middle_it_is_complete_the_next_time(
    school: School, year: AcademicYear, tmp_path: Path
) -> None:
    night = Night(school, year, tmp_path / "drop")
    night.roll("roll.csv", line("Ash", 1), age=900)
    night.judgements("judged.csv", 41)
    # The pupils come in; the judgements wait for somebody who has the turn, and are killed there.
    before = night.roll("again.csv", line("Ash", 1), line("Elm", 2), age=600)
    with visible_to(school):
        take_turn_alone(school)
        process = started(night)
        try:
            wait_until(waits, seconds=60)
            assert os.getpriority(os.PRIO_PROCESS, process.pid) == NICE
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=30)
    assert night.held() == ([], 0)
    assert night.waiting() == ["again.csv", "judged.csv", "roll.csv"]
    assert before.exists()

    # The lock of the killed one goes with its connection.
    wait_until(lambda: not waits(), seconds=30)
    process = started(night)
    wait_until(lambda: len(night.waiting()) < 3, seconds=60)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=30)
    wait_until(nobody_syncs, seconds=30)

    assert "0 refused" in night.run()

    assert night.held()[0] == [("Ash", "3A"), ("Elm", "3A")]
    assert night.points() == [41]
    assert (night.waiting(), len(night.put_away("done"))) == ([], 3)
    # Three files, three acts, wherever the second was killed.
    assert night.held()[1] == 3


def nobody_syncs() -> bool:
    """Whether the lock of the killed one is gone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        return not cursor.fetchone()[0]
