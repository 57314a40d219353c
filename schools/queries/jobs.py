"""What somebody asked the worker for: their own, and nobody else's, whatever either may see."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from schools.access import Access
from schools.job_kinds import BROKE_OFF, GAVE_UP, SILENCE, JobKind, MadeFile, kind_of
from schools.models import Job, JobPaper, JobState

# Longer than a worker at work takes to look: it may not be running.
_LONG = dt.timedelta(seconds=45)


@dataclass(frozen=True)
class AskedJob:
    """A job as its page shows it; `file_name` is set when there is something to fetch."""

    job: Job
    kind: JobKind
    problem: str
    file_name: str
    waits_long: bool
    # It was being made, and whoever made it has fallen silent.
    has_stopped: bool

    @property
    def public_id(self) -> uuid.UUID:
        return self.job.public_id

    @property
    def state(self) -> JobState:
        return JobState(self.job.state)

    @property
    def is_open(self) -> bool:
        """Somebody waits for it."""
        return self.state in {JobState.WAITING, JobState.RUNNING}

    @property
    def is_put_together(self) -> bool:
        """All of it is made but the file."""
        return self.state is JobState.RUNNING and 0 < self.job.out_of <= self.job.done

    @property
    def may_be_asked_again(self) -> bool:
        """It may be ready next time: it was cancelled, or broke off. What could not be made cannot be made as it was asked for."""
        ours = {GAVE_UP, BROKE_OFF.format(id=self.public_id)}
        return self.state is JobState.CANCELLED or (self.state is JobState.FAILED and self.problem in ours)

    @property
    def ending(self) -> str:
        """`PDF`, `Excel`."""
        ending = self.file_name.rpartition(".")[2].upper()
        return {"XLSX": "Excel"}.get(ending, ending)

    @property
    def removed_at(self) -> dt.datetime | None:
        """From when on the file is gone."""
        ended = self.job.finished_at
        return ended + dt.timedelta(hours=settings.KEEP_FILES_HOURS) if ended else None

    @property
    def stage(self) -> str:
        """Where it stands, in a word: the state, or what is to be said beside it. What is worth telling somebody who does not look."""
        if self.has_stopped:
            return "stopped"
        if self.is_put_together:
            return "together"
        return "long" if self.waits_long else str(self.state)

    @property
    def mark(self) -> str:
        """Changes whenever the page would; its first word is the stage."""
        return f"{self.stage}-{self.job.done}-{self.job.out_of}"


def jobs_of(access: Access, *codes: str) -> list[AskedJob]:
    """The person's jobs of these kinds at the school in the year, the latest first, as far as they may still ask for such."""
    papers = _papers(access).filter(job__kind__in=codes).defer("content").order_by("-job_id")[:10]
    found = [_asked(paper) for paper in papers]
    return [each for each in found if each and access.may(each.kind.permission)]


def job_of(access: Access, job_id: uuid.UUID) -> AskedJob | None:
    """The person's job; None for anybody else's, and for what they may no longer ask for."""
    paper = _papers(access).filter(job__public_id=job_id).defer("content").first()
    asked = _asked(paper) if paper else None
    return asked if asked and access.may(asked.kind.permission) else None


def file_of(access: Access, job_id: uuid.UUID) -> MadeFile | None:
    """The finished file of the person's job; None where there is none, or not for them."""
    asked = job_of(access, job_id)
    if asked is None or asked.state is not JobState.DONE:
        return None
    if asked.removed_at is None or asked.removed_at < timezone.now():
        # Whether or not a worker has been there to remove it.
        return None
    paper = _papers(access).get(job__public_id=job_id)
    pupils = asked.job.out_of if asked.kind.is_of_pupils else 0
    return MadeFile(paper.file_name, paper.content_type, bytes(paper.content or b""), pupils=pupils)


def _papers(access: Access) -> QuerySet[JobPaper]:
    papers: QuerySet[JobPaper] = (
        JobPaper.objects.in_school(access.school)
        .filter(job__asked_by=access.user, job__academic_year=access.academic_year)
        .select_related("job")
    )
    return papers


def _asked(paper: JobPaper) -> AskedJob | None:
    job, kind = paper.job, kind_of(paper.job.kind)
    if kind is None:
        return None
    now = timezone.now()
    waits_long = job.state == JobState.WAITING and now - job.asked_at > _LONG
    told = job.heartbeat_at
    has_stopped = job.state == JobState.RUNNING and told is not None and now - told > SILENCE
    return AskedJob(job, kind, paper.problem, paper.file_name, waits_long, has_stopped)
