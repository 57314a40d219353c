"""Jobs: taken once, by one worker; taken up again when a worker dies; told of when they fail; and theirs alone who asked."""

from __future__ import annotations

import datetime as dt
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as site
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from schools import job_kinds
from schools.calendar import AcademicYear
from schools.job_kinds import JobFailedError, JobKind, MadeFile, Work, register
from schools.management.commands import worker as worker_command
from schools.models import Job, JobPaper, JobState, Membership, Role, School, User
from schools.permissions import Permission
from schools.row_security import visible_to
from schools.services import jobs, memberships, worker, worker_apart
from schools.services.giving_way import let_database_give_way
from tests.conftest import member, signed_in
from tests.processes import wait_until

LETTER = "letter"


def make_letter(work: Work) -> MadeFile:
    """What these tests ask for: says what it was asked, and how many people of the school it saw."""
    work.tell(0, 2)
    with work.inside() as access:
        seen = Membership.objects.values("user").distinct().count()
        name = access.school.name
    doings[work.arguments.get("do", "")](work)
    work.tell(1, 2)
    return MadeFile("letter.txt", "text/plain", f"{name}: {seen}".encode())


def _refuse(_: Work) -> None:
    raise JobFailedError("The letter has no end.")


def _break(_: Work) -> None:
    raise KeyError("Ann Alcock")


doings: dict[str, Any] = {"": lambda _: None, "refuse": _refuse, "break": _break}


@pytest.fixture(autouse=True)
def letters(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(job_kinds, "_kinds", dict(job_kinds._kinds))
    register(JobKind(LETTER, "Letter", Permission.MAKE_PACK, "school_home", f"{__name__}.make_letter"))
    yield
    for name in set(doings) - {"", "refuse", "break"}:
        del doings[name]


def ask(school: School, year: AcademicYear, by: User, **arguments: Any) -> Job:
    with visible_to(school):
        return jobs.ask(school=school, academic_year=year, kind=LETTER, arguments=arguments, by=by)


def paper_of(job: Job) -> JobPaper:
    job.refresh_from_db()
    with visible_to(job.school):
        return JobPaper.objects.get(job=job)


def page_of(job: Job, who: User, name: str = "job", **query: str) -> Any:
    there = reverse(name, args=[job.school.urn, job.academic_year, job.public_id])
    return signed_in(who).get(there, query)


def test_what_was_asked_for_is_made_as_its_asker_sees_the_school_and_fetched(
    school: School, other_school: School, year: AcademicYear
) -> None:
    head, colleague = member(school, Role.HEAD), member(school, Role.HEAD)
    with visible_to(other_school):
        memberships.grant(school=other_school, user=head, role=Role.HEAD, by=None)
    job = ask(school, year, head)
    assert (job.state, job.attempts) == (JobState.WAITING, 0)
    waiting = page_of(job, head)
    assert "It is waiting to be made" in waiting.content.decode()
    assert page_of(job, head, "job_file").status_code == 404
    done = worker.do_next()
    assert done is not None
    assert paper_of(job).content is not None
    assert (job.state, job.attempts, job.done, job.out_of) == (JobState.DONE, 1, 1, 2)
    # Two of this school; the head's role at the other is not seen.
    answer = page_of(job, head, "job_file")
    assert answer.content.decode() == f"{school.name}: 2"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="letter.txt"'
    assert "Download TXT" in page_of(job, head).content.decode()
    assert worker.do_next() is None
    # Nobody else's, not even a colleague's with the same role; and not by way of another school or year.
    assert [page_of(job, colleague, name).status_code for name in ("job", "job_file")] == [404, 404]
    elsewhere = reverse("job", args=[other_school.urn, year, job.public_id])
    assert signed_in(head).get(elsewhere).status_code == 404
    unknown = reverse("job", args=[school.urn, year, uuid4()])
    assert signed_in(head).get(unknown).status_code == 404


def test_two_clicks_are_one_job_and_a_person_has_few_open(school: School, year: AcademicYear) -> None:
    head, senco = member(school, Role.HEAD), member(school, Role.SENCO)
    assert ask(school, year, head, n=0) == ask(school, year, head, n=0)
    for number in range(1, jobs.MOST_OPEN):
        ask(school, year, head, n=number)
    with pytest.raises(jobs.TooManyJobsError, match=r"^5 things that you asked for are still being made\."):
        ask(school, year, head, n=9)
    ask(school, year, senco, n=9)
    assert Job.objects.count() == jobs.MOST_OPEN + 1


def test_the_page_polls_while_it_is_open_and_is_not_told_the_same_twice(
    school: School, year: AcademicYear
) -> None:
    head = member(school, Role.HEAD)
    job = ask(school, year, head)
    client = signed_in(head)
    there = reverse("job", args=[school.urn, year, job.public_id])
    part = client.get(there, headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["Vary"].count("HX-Request")) == (200, 1)
    assert part.content.decode().startswith('<div id="job"')
    assert 'hx-get="?seen=waiting-0-0"' in part.content.decode()
    same = client.get(there, {"seen": "waiting-0-0"}, headers={"HX-Request": "true"})
    assert (same.status_code, same.content) == (204, b"")
    # Nobody has looked for a while: perhaps no worker is running.
    Job.objects.update(asked_at=timezone.now() - dt.timedelta(minutes=1))
    assert "Nobody has begun it yet" in client.get(there).content.decode()
    assert client.post(there, {"act": "burn"}).status_code == 400
    assert client.post(there, {"act": "cancel"}).status_code == 302
    page = client.get(there).content.decode()
    assert "Cancelled" in page
    assert "hx-get" not in page.split('<div id="job"')[1].split(">")[0]
    assert worker.do_next() is None
    client.post(there, {"act": "again"})
    assert worker.do_next() == job
    assert "It is ready" in client.get(there).content.decode()
    # What is done is neither cancelled nor made again.
    client.post(there, {"act": "cancel"})
    client.post(there, {"act": "again"})
    assert paper_of(job).file_name == "letter.txt"
    assert job.state == JobState.DONE
    for act in (jobs.cancel, jobs.ask_again):
        with visible_to(school), pytest.raises(ValueError, match=r"^A job is its asker's\.$"):
            act(job=job, by=member(school, Role.HEAD))


def test_a_job_that_cannot_be_done_says_why_and_can_be_asked_for_again(
    school: School, year: AcademicYear, caplog: pytest.LogCaptureFixture
) -> None:
    head = member(school, Role.HEAD)
    refused, broken = ask(school, year, head, do="refuse"), ask(school, year, head, do="break")
    while worker.do_next():
        pass
    assert paper_of(refused).problem == "The letter has no end."
    assert "The letter has no end." in page_of(refused, head).content.decode()
    # An error of ours: told by a number, not by what it was about.
    problem = paper_of(broken).problem
    assert str(broken.public_id) in problem
    assert "Alcock" not in problem
    (record,) = caplog.records
    said = f"A job of kind letter broke off: {broken.public_id}, KeyError at "
    assert record.getMessage().startswith(said)
    assert re.search(r"test_jobs\.py:\d+ \(_break\)$", record.getMessage())
    assert record.exc_info is None
    # What cannot be made is not offered once more; what broke off is.
    offered = ['id="job-again"' in page_of(job, head).content.decode() for job in (refused, broken)]
    assert offered == [False, True]
    with visible_to(school):
        JobPaper.objects.filter(job=refused).update(arguments={})
        assert jobs.ask_again(job=refused, by=head)
    assert worker.do_next() == refused
    assert (paper_of(refused).problem, refused.state, refused.attempts) == ("", JobState.DONE, 1)
    # A job of a version of the site that knew more.
    unknown = ask(school, year, head)
    Job.objects.filter(pk=unknown.pk).update(kind="telegram")
    worker.do_next()
    assert paper_of(unknown).problem == worker.NOT_KNOWN
    assert page_of(unknown, head).status_code == 404


def test_whose_role_has_ended_gets_nothing(school: School, year: AcademicYear) -> None:
    head, demoted = member(school, Role.HEAD), member(school, Role.SENCO)
    gone = ask(school, year, head)
    less = ask(school, year, demoted)
    with visible_to(school):
        for person in (head, demoted):
            memberships.end(membership=Membership.objects.get(user=person), by=None)
        memberships.grant(school=school, user=demoted, role=Role.TEACHER, by=None)
    while worker.do_next():
        pass
    assert [paper_of(job).problem for job in (gone, less)] == [worker.NOT_ALLOWED] * 2
    assert [paper_of(job).content for job in (gone, less)] == [None, None]
    # Made while the role lasted, fetched when it does not.
    senco = member(school, Role.SENCO)
    made = ask(school, year, senco)
    worker.do_next()
    assert page_of(made, senco, "job_file").status_code == 200
    with visible_to(school):
        memberships.end(membership=Membership.objects.get(user=senco), by=None)
        memberships.grant(school=school, user=senco, role=Role.TEACHER, by=None)
    assert [page_of(made, senco, name).status_code for name in ("job", "job_file")] == [404, 404]


def test_a_role_that_ends_while_it_is_made_ends_it(school: School, year: AcademicYear) -> None:
    head = member(school, Role.HEAD)

    def end_it(work: Work) -> None:
        with visible_to(school):
            memberships.end(membership=Membership.objects.get(user=head), by=None)
        with work.inside():
            raise AssertionError

    doings["end"] = end_it
    job = ask(school, year, head, do="end")
    worker.do_next()
    assert paper_of(job).problem == worker.NOT_ALLOWED


def test_a_dead_workers_job_is_taken_up_by_another_and_given_up_in_the_end(
    school: School, year: AcademicYear
) -> None:
    head, now = member(school, Role.HEAD), timezone.now()
    job = ask(school, year, head)
    dead = jobs.take(now=now)
    assert dead == job
    assert jobs.take(now=now + job_kinds.SILENCE) is None
    later = now + job_kinds.SILENCE + dt.timedelta(seconds=1)
    other = jobs.take(now=later)
    assert other is not None
    assert (other, other.attempts) == (job, 2)
    # The first was only slow: what it has to say counts no more.
    made = MadeFile("late.txt", "text/plain", b"late")
    assert not jobs.beat(job=dead, done=1, out_of=2)
    assert not jobs.finish(job=dead, made=made)
    assert not jobs.fail(job=dead, problem="late")
    assert not jobs.give_back(job=dead)
    assert jobs.beat(job=other, done=1, out_of=2)
    much_later = timezone.now() + dt.timedelta(hours=1)
    assert jobs.take(now=much_later) is not None
    assert jobs.take(now=much_later + dt.timedelta(hours=1)) is None
    assert paper_of(job).problem == job_kinds.GAVE_UP
    assert job.state == JobState.FAILED
    assert "Try again" in page_of(job, head).content.decode()


def test_cancelled_or_told_to_end_in_the_middle(school: School, year: AcademicYear) -> None:
    head = member(school, Role.HEAD)
    doings["cancel"] = lambda _: jobs.cancel(job=cancelled, by=head)
    cancelled = ask(school, year, head, do="cancel")
    worker.do_next()
    assert paper_of(cancelled).content is None
    assert cancelled.state == JobState.CANCELLED
    job = ask(school, year, head)
    answers = iter([False, True])
    assert worker.do_next(is_to_end=lambda: next(answers)) == job
    assert paper_of(job).content is None
    assert (job.state, job.attempts) == (JobState.WAITING, 0)
    assert worker.do_next() == job


def test_old_files_are_removed_and_what_is_open_stays(
    school: School, other_school: School, year: AcademicYear, settings: Any
) -> None:
    heads = {each: member(each, Role.HEAD) for each in (school, other_school)}
    old = [ask(each, year, head) for each, head in heads.items()]
    call_command("worker", once=True)
    Job.objects.update(finished_at=timezone.now() - dt.timedelta(hours=25))
    fresh, waiting = (ask(school, year, heads[school], n=number) for number in (1, 2))
    assert worker.do_next() == fresh
    assert "Removed" in page_of(fresh, heads[school]).content.decode()
    assert jobs.remove_old(now=timezone.now()) == 2
    assert set(Job.objects.all()) == {fresh, waiting}
    assert page_of(old[0], heads[school]).status_code == 404
    for each in heads:
        with visible_to(each):
            assert JobPaper.objects.count() == (2 if each == school else 0)
    settings.KEEP_FILES_HOURS = 0
    call_command("worker", once=True)
    assert worker.do_next() is None
    assert not Job.objects.filter(pk=fresh.pk).exists()


def test_the_page_says_so_when_a_worker_has_died_and_when_only_the_file_is_left(
    school: School, year: AcademicYear
) -> None:
    head = member(school, Role.HEAD)
    job = ask(school, year, head)
    taken = jobs.take(now=timezone.now())
    assert taken
    jobs.beat(job=taken, done=13, out_of=29)
    client, there = signed_in(head), reverse("job", args=[school.urn, year, job.public_id])

    def part(seen: str) -> str:
        answer = client.get(there, {"seen": seen}, headers={"HX-Request": "true"})
        return str(answer.content.decode())

    # Each page counts on; only another stage is said to who does not look.
    assert "It is being made: 13 of 29" in part("running-12-29")
    assert "data-announce" not in part("running-12-29")
    assert "It is being made." in part("waiting-0-0").split("data-announce")[1].split("</p>")[0]
    jobs.beat(job=taken, done=29, out_of=29)
    assert (
        "The file is being put together" in part("running-28-29").split("data-announce")[1].split("</p>")[0]
    )
    jobs.beat(job=taken, done=13, out_of=29)
    long_ago = timezone.now() - job_kinds.SILENCE - dt.timedelta(seconds=1)
    Job.objects.update(heartbeat_at=long_ago)
    assert "It has stopped at 13 of 29" in part("running-13-29")
    page = client.get(there).content.decode()
    assert "tell whoever runs this site" in page
    assert 'id="job-cancel"' in page
    assert "aria-live" not in page.split("<main")[1].split("</main>")[0]


def test_asked_for_again_counts_among_what_is_open_and_comes_last(school: School, year: AcademicYear) -> None:
    head = member(school, Role.HEAD)
    cancelled = ask(school, year, head, n=0)
    jobs.cancel(job=cancelled, by=head)
    others = [ask(school, year, head, n=number) for number in range(1, jobs.MOST_OPEN + 1)]
    client, there = signed_in(head), reverse("job", args=[school.urn, year, cancelled.public_id])
    page = client.post(there, {"act": "again"}, follow=True).content.decode()
    assert "5 things that you asked for are still being made." in page
    assert paper_of(cancelled).job.state == JobState.CANCELLED
    jobs.cancel(job=others[0], by=head)
    client.post(there, {"act": "again"})
    in_turn = [worker.do_next() for _ in others]
    assert in_turn == [*others[1:], cancelled]


def test_the_schools_take_turns(school: School, other_school: School, year: AcademicYear) -> None:
    many = [ask(school, year, member(school, Role.HEAD), n=number) for number in range(3)]
    few = [ask(other_school, year, member(other_school, Role.HEAD), n=number) for number in range(2)]
    in_turn = [worker.do_next() for _ in range(5)]
    assert in_turn == [many[0], few[0], many[1], few[1], many[2]]


def test_a_try_that_lasts_too_long_ends(school: School, year: AcademicYear) -> None:
    head = member(school, Role.HEAD)

    def dawdle(work: Work) -> None:
        work._job.started_at -= job_kinds.longest() + dt.timedelta(seconds=1)  # type: ignore[attr-defined]
        Job.objects.update(started_at=work._job.started_at)  # type: ignore[attr-defined]

    doings["dawdle"] = dawdle
    job = ask(school, year, head, do="dawdle")
    worker.do_next()
    assert (paper_of(job).problem, job.state) == (worker.too_long(), JobState.FAILED)
    assert "not done after 30 minutes" in worker.too_long()


def test_a_worker_of_an_earlier_asking_writes_nothing(school: School, year: AcademicYear) -> None:
    head = member(school, Role.HEAD)
    job = ask(school, year, head)
    slow = jobs.take(now=timezone.now())
    jobs.cancel(job=job, by=head)
    with visible_to(school):
        jobs.ask_again(job=job, by=head)
    new = jobs.take(now=timezone.now())
    assert slow
    assert new
    assert slow.attempts == new.attempts == 1
    assert not jobs.finish(job=slow, made=MadeFile("late.txt", "text/plain", b"late"))
    assert not jobs.live(job=slow)
    assert jobs.live(job=new)


def test_a_file_is_not_given_after_its_time_though_no_worker_removed_it(
    school: School, year: AcademicYear
) -> None:
    head = member(school, Role.HEAD)
    job = ask(school, year, head)
    worker.do_next()
    assert page_of(job, head, "job_file").status_code == 200
    Job.objects.update(finished_at=timezone.now() - dt.timedelta(hours=24, minutes=1))
    assert paper_of(job).content
    assert page_of(job, head, "job_file").status_code == 404


def test_whatever_goes_wrong_outside_of_a_job_the_worker_tries_again_and_later_each_time(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    command, slept = worker_command.Command(), list[float]()
    command._is_told, command._is_alone = False, lambda: len(slept) == 7
    command._do_next = lambda **_: _break(None)  # type: ignore[arg-type,return-value]
    monkeypatch.setattr(worker_command, "remove_old", lambda **_: 0)
    monkeypatch.setattr(worker_command, "connection", SimpleNamespace(close=lambda: None))
    monkeypatch.setattr(worker_command, "close_old_connections", lambda: None)
    monkeypatch.setattr(command, "_sleep", slept.append)
    command._serve()
    assert slept == [2, 4, 8, 16, 32, 60, 60]
    assert "KeyError at " in caplog.text
    assert "Alcock" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_worker_lives_while_it_says_nothing(
    school: School, year: AcademicYear, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = member(school, Role.HEAD)
    silence = dt.timedelta(seconds=0.4)
    monkeypatch.setattr(worker, "SILENCE", silence)
    taken: list[Job | None] = []

    def beaten_at() -> dt.datetime:
        beaten = Job.objects.get().heartbeat_at
        assert beaten
        return beaten

    def dawdle(_: Work) -> None:
        # Longer than the silence after which another would take it, had the heart not beaten meanwhile.
        begun = beaten_at()
        wait_until(lambda: beaten_at() - begun > silence, seconds=10)
        monkeypatch.setattr(jobs, "SILENCE", silence)
        taken.append(jobs.take(now=timezone.now()))

    doings["dawdle"] = dawdle
    job = ask(school, year, head, do="dawdle")
    worker.do_next()
    assert taken == [None]
    assert (paper_of(job).file_name, job.attempts) == ("letter.txt", 1)


@pytest.mark.django_db(transaction=True)
def test_a_job_that_hangs_is_ended_and_the_worker_goes_on(
    school: School, year: AcademicYear, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Long enough for a busy machine to begin in.
    settings.LONGEST_JOB_MINUTES = 3 / 60
    monkeypatch.setattr(worker_apart, "GRACE", dt.timedelta(0))
    monkeypatch.setattr(worker_apart, "_LOOK_EVERY", 0.05)
    head = member(school, Role.HEAD)

    def hang(work: Work) -> None:
        # In the database, where nothing asks for the time, and its own end is caught.
        with work.inside(), suppress(Exception), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SELECT pg_sleep(60)")

    doings["hang"] = hang
    doings["crash"] = lambda _: os._exit(7)
    hanging, crashing = (ask(school, year, head, do=each) for each in ("hang", "crash"))
    next_one = ask(school, year, head)
    begun = time.monotonic()
    assert worker_apart.do_next_apart() == hanging
    assert time.monotonic() - begun < 20
    assert (paper_of(hanging).problem, hanging.state) == (worker.too_long(), JobState.FAILED)
    assert "Try again" in page_of(hanging, head).content.decode()
    # One that brings its process down waits for another try, and is not the worker's end.
    with pytest.raises(worker_apart.ProcessEndedError):
        worker_apart.do_next_apart()
    crashing.refresh_from_db()
    assert crashing.state == JobState.RUNNING
    settings.LONGEST_JOB_MINUTES = 30
    assert worker_apart.do_next_apart() == next_one
    assert (paper_of(next_one).file_name, next_one.state) == ("letter.txt", JobState.DONE)
    assert worker_apart.do_next_apart() is None
    # Told to end in the middle of one: it is given back.
    monkeypatch.setattr(worker_apart, "TO_END", dt.timedelta(seconds=0.2))
    left = ask(school, year, head, do="hang", n=2)
    # The worker's command takes the signal for a word, and so does the process that it forks; what runs the tests may not.
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        assert worker_apart.do_next_apart(is_to_end=lambda: True) == left
    finally:
        signal.signal(signal.SIGTERM, before)
    left.refresh_from_db()
    assert (left.state, left.attempts) == (JobState.WAITING, 0)


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_take_the_same_job(school: School, year: AcademicYear) -> None:
    head = member(school, Role.HEAD)
    first, second = ask(school, year, head, n=1), ask(school, year, head, n=2)
    taken: list[Job | None] = []

    def other_worker() -> None:
        taken.append(jobs.take(now=timezone.now()))
        taken.append(jobs.take(now=timezone.now()))
        connection.close()

    with transaction.atomic():
        mine = jobs.take(now=timezone.now())
        # Not committed: the row is locked. The other passes it over without waiting.
        thread = Thread(target=other_worker)
        thread.start()
        thread.join(timeout=10)
        assert not thread.is_alive()
    assert (mine, taken) == (first, [second, None])


def gives_way(process_id: int) -> bool:
    """Whether everything else goes before the process: within its session, and before the session itself where Linux groups by session."""
    autogroup = Path(f"/proc/{process_id}/autogroup")
    of_session = autogroup.read_text(encoding="ascii").split()[-1] if autogroup.exists() else "19"
    alone = os.getsid(process_id) == process_id
    return alone and os.getpriority(os.PRIO_PROCESS, process_id) == 19 and of_session == "19"


@pytest.mark.django_db(transaction=True)
def test_what_the_database_works_out_for_a_job_gives_way_too() -> None:
    found: list[tuple[bool, bool]] = []

    def child() -> None:
        # A connection of its own: a process that has given way never goes first again.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (process,) = cursor.fetchone()
        before = gives_way(process)
        let_database_give_way()
        found.append((before, gives_way(process)))
        connection.close()

    thread = Thread(target=child)
    thread.start()
    thread.join(timeout=10)
    assert found == [(False, True)]


@pytest.mark.django_db
def test_a_process_of_another_machine_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its number may be anybody's here."""
    monkeypatch.setitem(connection.settings_dict, "HOST", "database.school.example")
    monkeypatch.setattr(os, "setpriority", lambda *_: pytest.fail("somebody was slowed down"))
    let_database_give_way()


@pytest.mark.django_db(transaction=True)
def test_a_worker_process_makes_a_job_and_ends_when_it_is_told_to(school: School, year: AcademicYear) -> None:
    head = member(school, Role.HEAD)
    # Of a kind that a process without these tests does not know.
    job = ask(school, year, head)
    database = connection.settings_dict
    # The embedded database takes its name from the settings: a process of its own is told the test's.
    start = (
        "import sys, django; from django.conf import settings; "
        f"settings.DATABASES['default']['NAME'] = {database['NAME']!r}; "
        "from django.core.management import execute_from_command_line as run; run(['manage.py', 'worker', *sys.argv[1:]])"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "lep_tracker.settings"}
    arguments = [sys.executable, "-c", start, "--beside", str(os.getpid())]
    root = Path(site.BASE_DIR)
    with subprocess.Popen(
        arguments, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            wait_until(lambda: paper_of(job).problem or process.poll() is not None, seconds=60)
            assert gives_way(process.pid)
            # A closed terminal does not end it.
            process.send_signal(signal.SIGHUP)
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(timeout=0.3)
            process.send_signal(signal.SIGTERM)
            said = process.communicate(timeout=20)
        finally:
            process.kill()
    assert paper_of(job).problem == worker.NOT_KNOWN, said
    # Quiet where nobody watches.
    assert (process.returncode, *said) == (0, b"", b"")
