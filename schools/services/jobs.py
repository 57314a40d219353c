"""Jobs: somebody asks for them on a page, a worker takes, tells of and ends them.

A worker's own acts hold only as long as the job is in its hands: the number of the try and the moment when it was begun are those that it
took, so that a worker which was thought dead and comes back writes nothing, even where the job was asked for again meanwhile.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from schools.calendar import AcademicYear
from schools.job_kinds import GAVE_UP, MOST_ATTEMPTS, SILENCE, MadeFile
from schools.models import Job, JobPaper, JobState, School, User
from schools.row_security import visible_to
from schools.services.import_papers import remove_drafts

MOST_OPEN = 5
"""So many jobs one person may have waiting or running at one school."""
_RECENT = dt.timedelta(minutes=10)
_OPEN = (JobState.WAITING, JobState.RUNNING)


class TooManyJobsError(ValueError):
    """The person has asked for as many things as may wait at a time; the message says so to them."""


def ask(
    *, school: School, academic_year: AcademicYear, kind: str, arguments: Mapping[str, Any], by: User
) -> Job:
    """Ask for a job; where the same person is waiting for the very same already, that one. Needs the school open.

    Raises TooManyJobsError.
    """
    with transaction.atomic():
        # Two clicks at once are one wish.
        waiting = _open_jobs(school, by)
        same = waiting.filter(kind=kind, academic_year=academic_year)
        for paper in JobPaper.objects.in_school(school).filter(job__in=same).select_related("job"):
            if paper.arguments == dict(arguments):
                return paper.job  # type: ignore[no-any-return]
        _refuse_many(waiting)
        job = Job.objects.create(
            school=school, academic_year=academic_year, kind=kind, asked_by=by, asked_at=timezone.now()
        )
        JobPaper.objects.create(school=school, job=job, arguments=dict(arguments))
        # The key is the database's own.
        job.refresh_from_db(fields=["public_id"])
        return job


def cancel(*, job: Job, by: User) -> bool:
    """Do not make it any more, where it is not made yet. The asker's own alone: ValueError else."""
    _refuse_others(job, by)
    return bool(
        Job.objects.filter(pk=job.pk, state__in=_OPEN).update(
            state=JobState.CANCELLED, finished_at=timezone.now()
        )
    )


def ask_again(*, job: Job, by: User) -> bool:
    """Let a job that failed or was cancelled wait once more, with what was asked for then. Needs the school open.

    ValueError for another's; raises TooManyJobsError.
    """
    _refuse_others(job, by)
    with transaction.atomic():
        _refuse_many(_open_jobs(job.school, by))
        ended = Job.objects.filter(pk=job.pk, state__in=[JobState.FAILED, JobState.CANCELLED])
        asked = ended.update(
            state=JobState.WAITING, asked_at=timezone.now(), attempts=0, done=0, out_of=0, finished_at=None
        )
        if asked:
            JobPaper.objects.in_school(job.school).filter(job=job).update(problem="")
    return bool(asked)


def _open_jobs(school: School, by: User) -> QuerySet[Job]:
    """What the person waits for at the school; until the transaction ends they ask for nothing else."""
    User.objects.select_for_update().get(pk=by.pk)
    return Job.objects.filter(school=school, asked_by=by, state__in=_OPEN)


def _refuse_many(waiting: QuerySet[Job]) -> None:
    if waiting.count() >= MOST_OPEN:
        raise TooManyJobsError(
            f"{MOST_OPEN} things that you asked for are still being made. Wait for one of them, or cancel it."
        )


def _refuse_others(job: Job, by: User) -> None:
    if job.asked_by_id != by.pk:
        raise ValueError("A job is its asker's.")


# What a worker does.


def take(*, now: dt.datetime) -> Job | None:
    """The job that has waited longest, or whose worker has died, for this worker to do; None where there is none.

    The schools take turns: first the one for which least was begun of late, so that nobody waits until all of another school's is made.
    A row that another worker is just taking is passed over, not waited for. What has been begun too often fails.
    """
    with transaction.atomic():
        to_do = Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, heartbeat_at__lt=now - SILENCE)
        job = (
            Job.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("school", "asked_by")
            .filter(to_do)
            .order_by(Coalesce(Subquery(_lately_begun(now)), 0), "asked_at", "id")
            .first()
        )
        if job is None:
            return None
        if job.attempts >= MOST_ATTEMPTS:
            _end(job, JobState.FAILED, problem=GAVE_UP)
            return take(now=now)
        job.state, job.attempts = JobState.RUNNING, job.attempts + 1
        job.started_at = job.heartbeat_at = now
        job.done = job.out_of = 0
        job.save(update_fields=["state", "attempts", "started_at", "heartbeat_at", "done", "out_of"])
        return job


def _lately_begun(now: dt.datetime) -> QuerySet[Any, Any]:
    """How many jobs of the row's school are being made or were begun of late; no row for none."""
    begun = Q(state=JobState.RUNNING) | Q(started_at__gt=now - _RECENT)
    of_school = Job.objects.filter(begun, school=OuterRef("school")).order_by().values("school")
    return of_school.annotate(begun=Count("pk")).values("begun")


def live(*, job: Job) -> bool:
    """Say that the worker lives; False where the job is no longer in its hands."""
    return bool(_in_hand(job).update(heartbeat_at=timezone.now()))


def beat(*, job: Job, done: int, out_of: int) -> bool:
    """Say that the worker lives, and how far it is; False where the job is no longer in its hands."""
    told = {"done": done, "out_of": out_of, "heartbeat_at": timezone.now()}
    return bool(_in_hand(job).update(**told))


def finish(*, job: Job, made: MadeFile) -> bool:
    """Keep the file, and what is remembered of it; False, and nothing is kept, where the job is no longer in the worker's hands.

    Raises what `made.keep` raises: then nothing is kept either.
    """
    return _end(
        job,
        JobState.DONE,
        keep=made.keep,
        file_name=made.name,
        content_type=made.content_type,
        content=made.content,
        problem="",
    )


def fail(*, job: Job, problem: str) -> bool:
    """It could not be done; the sentence says why to whoever asked, and names nobody."""
    return _end(job, JobState.FAILED, problem=problem)


def give_back(*, job: Job) -> bool:
    """The worker is told to end: the job waits again, as if it had not been begun."""
    return bool(_in_hand(job).update(state=JobState.WAITING, attempts=job.attempts - 1, done=0, out_of=0))


def _in_hand(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(
        pk=job.pk, state=JobState.RUNNING, attempts=job.attempts, started_at=job.started_at
    )


def _end(job: Job, state: JobState, *, keep: Callable[[], None] | None = None, **paper: Any) -> bool:
    with visible_to(job.school):
        if not _in_hand(job).select_for_update().exists():
            return False
        if keep:
            keep()
        _in_hand(job).update(state=state, finished_at=timezone.now())
        JobPaper.objects.in_school(job.school).filter(job=job).update(**paper)
    return True


def is_worker_missed(*, now: dt.datetime) -> bool:
    """Whether something has waited longer than a worker is silent, and no worker says that it lives."""
    long_ago = now - SILENCE
    waiting = Job.objects.filter(state=JobState.WAITING, asked_at__lt=long_ago)
    at_work = Job.objects.filter(state=JobState.RUNNING, heartbeat_at__gte=long_ago)
    # One that has just ended a job takes the next within seconds.
    just_done = Job.objects.filter(finished_at__gte=long_ago)
    return waiting.exists() and not at_work.exists() and not just_done.exists()


def remove_old(*, now: dt.datetime) -> int:
    """Remove what was finished longer ago than files are kept, file and all; how many jobs."""
    before = now - dt.timedelta(hours=settings.KEEP_FILES_HOURS)
    old = Job.objects.filter(finished_at__lt=before).exclude(state__in=_OPEN)
    removed = 0
    for school in School.objects.filter(pk__in=old.values("school")):
        with visible_to(school):
            gone = list(old.filter(school=school).select_for_update().values_list("pk", flat=True))
            JobPaper.objects.in_school(school).filter(job__in=gone).delete()
            Job.objects.filter(pk__in=gone).delete()
            remove_drafts(school=school, before=before)
            removed += len(gone)
    return removed


def remove_finished(*, school: School) -> None:
    """Remove what was made for a school so far, file and all: a pupil is removed, who may be in it. It can be asked for again."""
    gone = list(
        Job.objects.filter(school=school)
        .exclude(state__in=_OPEN)
        .select_for_update()
        .values_list("pk", flat=True)
    )
    JobPaper.objects.in_school(school).filter(job__in=gone).delete()
    Job.objects.filter(pk__in=gone).delete()
