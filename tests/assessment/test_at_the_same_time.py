"""Two people at once: what a judgement is measured by changes while somebody judges."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import replace
from threading import Thread

import pytest
from django.db import connection

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.expectations import LEP
from assessment.engine.subjects import READING, WRITING, Subject
from assessment.models import Judgement, Source
from assessment.queries.consistency import check
from assessment.services import judgements
from assessment.services.expectations import add_version
from assessment.services.judgements import Entry, Provenance, record_many
from assessment.services.loading import Said, load_judgements
from schools.calendar import TermName, YearGroup
from schools.models import Pupil
from schools.row_security import visible_to
from schools.services.enrolments import YearPlace, place_in_year
from schools.services.roll_rows import RollRow
from schools.services.rolls import load_roll
from schools.services.years import set_term_dates
from tests.assessment.judgement_files import ELSIE, NOAH, YEAR, Import

pytestmark = pytest.mark.django_db(transaction=True)
AUTUMN = AssessmentTerm.AUTUMN


def move_up(load: Import) -> None:
    place = YearPlace(academic_year=YEAR, year_group=YearGroup.Y5)
    place_in_year(pupil=Pupil.objects.get(upn=ELSIE), place=place, by=None)


def roll(load: Import, *, year_group: YearGroup, more: int = 0) -> None:
    """The roll says Elsie's year group, and brings so many pupils more."""
    elsie = Pupil.objects.get(upn=ELSIE)
    known = RollRow(
        number=1,
        upn=ELSIE,
        surname=elsie.surname,
        forename=elsie.forename,
        date_of_birth=elsie.date_of_birth,
        year_group=year_group,
    )
    new = (
        replace(known, number=number, upn="", surname=f"Surname {number}", year_group=YearGroup.Y4)
        for number in range(2, 2 + more)
    )
    load_roll(school=load.school, academic_year=YEAR, rows=[known, *new], by=None)


def move_up_by_roll(load: Import) -> None:
    roll(load, year_group=YearGroup.Y5)


def end_autumn_earlier(load: Import) -> None:
    days = {"starts_on": dt.date(2025, 9, 1), "ends_on": dt.date(2025, 11, 30)}
    set_term_dates(school=load.school, academic_year=YEAR, term=TermName.AUTUMN, **days, by=None)


def expect_more(load: Import) -> None:
    more = type(LEP)(ranges=((5, 6), (5, 6), (5, 6)), steps=LEP.steps)
    day = dt.date(2025, 9, 1)
    add_version(partnership=load.school.partnership, name="More", holds_from=day, expectations=more, by=None)


def record(load: Import, pupil: int) -> None:
    entry = Entry(pupil, READING.number, YEAR, AUTUMN, 44)
    record_many(school=load.school, entries=[entry], provenance=Provenance(source=Source.TYPED, by=None))


def take_in(load: Import, pupil: int) -> None:
    load_judgements(school=load.school, said=[Said(2, pupil, READING.number, YEAR, AUTUMN, 44)], by=None)


@pytest.mark.parametrize("judge", [record, take_in])
@pytest.mark.parametrize("correct", [move_up, move_up_by_roll, end_autumn_earlier, expect_more])
def test_who_judges_meanwhile_waits_and_is_measured_by_what_is_new(
    load: Import, judge: Callable[[Import, int], None], correct: Callable[[Import], None]
) -> None:
    def meanwhile() -> None:
        with visible_to(load.school):
            judge(load, pupil)

    with visible_to(load.school):
        pupil = Pupil.objects.get(upn=ELSIE).pk
        correct(load)
        other = started(meanwhile)
        wait_until_somebody_waits()
    ended(other)
    with visible_to(load.school):
        assert Judgement.objects.count() == 1
        assert check(load.school).disagreements == ()


@pytest.mark.parametrize("other_act", [None, end_autumn_earlier])
def test_who_judges_does_not_wait_for_a_roll_that_brings_new_pupils_and_all_others_do(
    load: Import, other_act: Callable[[Import], None] | None
) -> None:
    with visible_to(load.school):
        pupil = Pupil.objects.get(upn=ELSIE)
        held = pupil.years.get(academic_year=YEAR).year_group

    def meanwhile() -> None:
        with visible_to(load.school):
            record(load, pupil.pk)

    def another() -> None:
        with visible_to(load.school):
            (other_act or again)(load)

    def again(load: Import) -> None:
        roll(load, year_group=held, more=2)

    with visible_to(load.school):
        before = Pupil.objects.count()
        roll(load, year_group=held, more=2)
        # Nothing of it is there for others yet; and it lets nobody wait who judges.
        ended(started(meanwhile))
        other = started(another)
        wait_until_somebody_waits()
    ended(other)
    with visible_to(load.school):
        # The other roll waited, and so knew them.
        assert (Judgement.objects.count(), Pupil.objects.count()) == (1, before + 2)
        assert check(load.school).disagreements == ()


def test_who_corrects_meanwhile_waits_for_what_is_being_judged(load: Import) -> None:
    def meanwhile() -> None:
        with visible_to(load.school):
            move_up(load)

    with visible_to(load.school):
        record(load, Pupil.objects.get(upn=ELSIE).pk)
        other = started(meanwhile)
        wait_until_somebody_waits()
    ended(other)
    with visible_to(load.school):
        assert Judgement.objects.count() == 1
        assert check(load.school).disagreements == ()


def test_two_may_judge_at_once_though_not_one_cell(load: Import) -> None:
    def meanwhile() -> None:
        with visible_to(load.school):
            record(load, noah)

    with visible_to(load.school):
        elsie, noah = (Pupil.objects.get(upn=upn).pk for upn in (ELSIE, NOAH))
        record(load, elsie)
        ended(started(meanwhile))
    with visible_to(load.school):
        assert Judgement.objects.count() == 2


def test_two_who_write_the_same_cells_do_not_wait_for_each_other_for_ever(
    load: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judgements, "BATCH", 1)
    provenance = Provenance(source=Source.TYPED, by=None)
    others: list[Thread] = []

    def write(points: int, subjects: list[Subject], progress: Callable[[int], None] | None = None) -> None:
        with visible_to(load.school):
            pupil = Pupil.objects.get(upn=ELSIE).pk
            entries = [Entry(pupil, subject.number, YEAR, AUTUMN, points) for subject in subjects]
            record_many(school=load.school, entries=entries, provenance=provenance, progress=progress)

    def in_between(_: int) -> None:
        if not others:
            others.append(started(lambda: write(45, [WRITING, READING])))
            wait_until_somebody_waits()

    write(44, [READING, WRITING], in_between)
    ended(others[0])
    with visible_to(load.school):
        assert set(Judgement.objects.values_list("points", flat=True)) == {45}


def started(act: Callable[[], None]) -> Thread:
    def in_a_connection_of_its_own() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = Thread(target=in_a_connection_of_its_own)
    thread.start()
    return thread


def ended(thread: Thread) -> None:
    thread.join(timeout=30)
    assert not thread.is_alive()


def wait_until_somebody_waits() -> None:
    for _ in range(250):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.02)
    pytest.fail("Nobody waited: two did at once what has to be one after the other.")
