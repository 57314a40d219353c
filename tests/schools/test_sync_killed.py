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


def started(folder: Path) -> subprocess.Popen[bytes]:
    """`manage.py sync` in a process of its own, with the test's database."""
    start = (
        "import sys, django; from django.conf import settings; "
        f"settings.DATABASES['default']['NAME'] = {connection.settings_dict['NAME']!r}; "
        "from django.core.management import execute_from_command_line as run; run(['manage.py', 'sync', *sys.argv[1:]])"
    )
    return subprocess.Popen(
        [sys.executable, "-c", start, str(folder)],
        cwd=Path(site.BASE_DIR),
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "lep_tracker.settings"},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
    )


def waits() -> bool:
    """Whether somebody waits for a lock that this connection has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_killed_in_the_middle_it_is_complete_the_next_time(
    school: School, other_school: School, year: AcademicYear, tmp_path: Path
) -> None:
    first, second = sorted((school, other_school), key=lambda each: each.urn)
    done, caught = (Night(each, year, tmp_path / each.urn) for each in (first, second))
    done.roll("roll.csv", line("Ash", 1))
    caught.roll("roll.csv", line("Elm", 2), age=900)
    caught.judgements("judged.csv", 41, pupil=2)
    with visible_to(second):
        # Within the act it waits for somebody who has the turn, and is killed there.
        take_turn_alone(second)
        process = started(tmp_path)
        try:
            wait_until(waits, seconds=60)
            assert os.getpriority(os.PRIO_PROCESS, process.pid) == NICE
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=30)
    assert (done.held(), done.waiting()) == (([("Ash", "3A")], 1), [])
    assert (caught.held(), caught.waiting()) == (([], 0), ["judged.csv", "roll.csv"])
    # The lock of the killed one goes with its connection.
    wait_until(nobody_syncs, seconds=30)
    done.roll("again.csv", line("Ash", 1))

    assert "1 seen before" in done.run(folder=tmp_path, school=None)

    assert done.held() == ([("Ash", "3A")], 1)
    assert (caught.held(), caught.points()) == (([("Elm", "3A")], 2), [41])
    assert (caught.waiting(), len(caught.put_away("done"))) == ([], 2)


def nobody_syncs() -> bool:
    """Whether the lock of the killed one is gone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        return not cursor.fetchone()[0]
