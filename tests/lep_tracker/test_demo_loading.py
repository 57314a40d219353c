"""Loading the demo where it is not: in part, interrupted, or beside a school of somebody else's."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from assessment.models import Judgement
from lep_tracker import demo
from schools.models import Partnership, Pupil, School, User
from schools.row_security import every_school
from tests.factories import SchoolFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cleared_away")]
DAY = dt.date(2026, 11, 22)
# The smallest.
PICKWOOD = "990006"


@pytest.fixture(autouse=True)
def data_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEP_DATA_DIR", str(tmp_path))
    return tmp_path


def test_the_demo_leaves_a_school_of_somebody_elses_alone() -> None:
    SchoolFactory.create(urn="990003")
    with pytest.raises(CommandError, match="990003 belongs to"):
        call_command("demo", stdout=StringIO())
    assert not User.objects.exists()
    assert School.objects.count() == 1


class Killed(Exception):
    pass


def test_an_interrupted_load_leaves_nothing_and_the_next_one_begins_anew() -> None:
    def interrupt(line: str) -> None:
        raise Killed(line)

    with pytest.raises(Killed, match="Pickwood First School: "):
        demo.load(today=DAY, urns={PICKWOOD}, tell=interrupt)
    assert not School.objects.exists()
    assert not Partnership.objects.exists()
    told: list[str] = []
    demo.load(today=DAY, urns={PICKWOOD}, tell=told.append)
    with every_school():
        assert told == [
            f"Pickwood First School: {Pupil.objects.count():,} pupils",
            "Handed over with pupils who changed school: 0 judgements",
        ]
        assert Judgement.objects.count() > 10_000
    assert PICKWOOD not in {school.urn for school in demo.missing_schools()}
    demo.load(today=DAY, urns={PICKWOOD}, tell=told.append)
    assert len(told) == 2, "what is there stays"
    found = demo.sign_ins()
    assert len(found) == 12
    assert {sign_in.roles for sign_in in found} == {"", "Partnership lead"}, "at no school that is not there"
