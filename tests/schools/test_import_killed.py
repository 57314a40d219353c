"""A worker that is killed while it imports a thousand pupils leaves nothing, and the next one does it once."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from schools.calendar import AcademicYear
from schools.models import (
    ChangeSet,
    Enrolment,
    ImportRun,
    ImportState,
    Job,
    JobState,
    Pupil,
    PupilYear,
    Role,
    School,
)
from schools.row_security import visible_to
from schools.services.import_runs import LOOK, TAKE
from tests.conftest import member, signed_in
from tests.processes import wait_until
from tests.schools.files import as_csv
from tests.schools.test_imports import Desk, counts

PUPILS = 1_000
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unmeasured")]


def content(year: AcademicYear) -> bytes:
    born = dt.date(int(year) - 7, 9, 1)
    rows = [
        [
            f"Surname{number}",
            f"Forename{number}",
            f"{born + dt.timedelta(days=number % 360):%d/%m/%Y}",
            "2",
            f"Class {number % 300}",
        ]
        for number in range(PUPILS)
    ]
    return as_csv([["Surname", "Forename", "DOB", "Year", "Class"], *rows]).encode()


def real_worker() -> subprocess.Popen[bytes]:
    """`manage.py worker` in a process of its own, with the test's database."""
    start = (
        "import sys, django; from django.conf import settings; "
        f"settings.DATABASES['default']['NAME'] = {connection.settings_dict['NAME']!r}; "
        "from django.core.management import execute_from_command_line as run; run(['manage.py', 'worker', *sys.argv[1:]])"
    )
    return subprocess.Popen(
        [sys.executable, "-c", start, "--beside", str(os.getpid())],
        cwd=Path(site.BASE_DIR),
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "lep_tracker.settings"},
        start_new_session=True,
    )


def kill_all_of(process: subprocess.Popen[bytes]) -> None:
    """The worker and the process in which it does its job, as when the machine loses its power."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=30)


def rows_of(school: School) -> tuple[int, int, int]:
    with visible_to(school):
        return Pupil.objects.count(), PupilYear.objects.count(), Enrolment.objects.count()


def test_a_killed_import_leaves_nothing_and_is_done_once(school: School, year: AcademicYear) -> None:
    head = member(school, Role.HEAD)
    desk = Desk(school, year, head, signed_in(head))
    file = SimpleUploadedFile("roll.csv", content(year))
    said = {"kind": "roll", "academic_year": str(int(year)), "update": "all", "file": file}
    assert desk.client.post(desk.list, said).status_code == 302
    with visible_to(school):
        desk.run = ImportRun.objects.get()
        begun = ChangeSet.objects.count()
    process = real_worker()
    try:
        wait_until(lambda: Job.objects.get(kind=LOOK).state == JobState.DONE, seconds=300)
        html = desk.html()
        assert counts(html)["new"] == PUPILS
        sealed = html.split('name="shown" value="')[1].split('"')[0]
        desk.client.post(desk.page, {"act": "confirm", "shown": sealed})
        # The page says how far it is while nothing of it is there yet.
        wait_until(lambda: Job.objects.get(kind=TAKE).done > 0, seconds=300)
        assert rows_of(school) == (0, 0, 0)
        assert f"of {PUPILS}" in desk.html()
    finally:
        kill_all_of(process)

    assert rows_of(school) == (0, 0, 0)
    assert desk.state() == ImportState.TAKING
    # Another worker takes it up when the silence has lasted.
    Job.objects.filter(kind=TAKE).update(heartbeat_at=timezone.now() - dt.timedelta(hours=1))
    desk.worked()
    assert desk.state() == ImportState.DONE
    assert rows_of(school) == (PUPILS, PUPILS, PUPILS)
    with visible_to(school):
        assert ChangeSet.objects.count() == begun + 1
    desk.post("take-back")
    assert rows_of(school) == (0, 0, 0)
