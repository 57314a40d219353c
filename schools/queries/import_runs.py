"""The files that were taken in at a school, or wait to be."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schools.access import Access
from schools.calendar import AcademicYear
from schools.import_kinds import ROWS_SHOWN, kind_of
from schools.models import ChangeSet, ImportPaper, ImportRun, ImportState, Pupil
from schools.queries.jobs import AskedJob, job_of
from schools.queries.taking_back import Obstacle, taken_back_by

_MOST = 30
MOST_NAMES = 20


@dataclass(frozen=True)
class RunPage:
    """An import as its page shows it."""

    run: ImportRun
    paper: ImportPaper
    # The work under way, or the last of it; None when it is gone.
    asked: AskedJob | None
    taken_back_by: ChangeSet | None

    @property
    def public_id(self) -> uuid.UUID:
        return self.run.public_id

    @property
    def year(self) -> str:
        return AcademicYear(self.run.academic_year).label

    @property
    def kind(self) -> Any:
        return kind_of(self.run.kind)

    @property
    def name(self) -> str:
        return self.kind.name if self.kind else self.run.kind

    @property
    def state(self) -> ImportState:
        return ImportState(self.run.state)

    @property
    def said(self) -> str:
        """Where it stands, in words."""
        return "Taken back" if self.taken_back_by else str(self.state.label)

    @property
    def is_at_work(self) -> bool:
        """Whether the worker has it, or is to have it."""
        return self.state in {ImportState.LOOKING, ImportState.TAKING}

    @property
    def shown(self) -> Mapping[str, Any]:
        """What was found (schools.import_kinds.Found, as data), its lists cut to what a page can hold."""
        said = dict(self.paper.shown)
        said["sections"] = [
            {**each, "all": len(each["lines"]), "lines": each["lines"][:ROWS_SHOWN]}
            for each in said.get("sections", ())
        ]
        problems = said.get("problems", ())
        return {**said, "problems": problems[:ROWS_SHOWN], "all_problems": len(problems)}

    @property
    def counts(self) -> list[str]:
        """`12 new`, of what is not none."""
        return [f"{number:,} {what}" for what, number in self.run.counts.items() if number]


def runs_of(access: Access) -> list[RunPage]:
    """The school's latest imports."""
    papers = (
        ImportPaper.objects.in_school(access.school)
        .select_related("run", "run__by", "run__change")
        .defer("content", "shown")
        .order_by("-run_id")[:_MOST]
    )
    undone = _undone(access)
    return [RunPage(paper.run, paper, None, undone.get(paper.run.change_id)) for paper in papers]


def _undone(access: Access) -> dict[int, ChangeSet]:
    """Which acts of these imports were taken back, by whom: of the few that were, each is looked at."""
    changes = ChangeSet.objects.in_school(access.school)
    if not changes.filter(kind="undo").exists():
        return {}
    runs = ImportRun.objects.in_school(access.school).exclude(change=None).order_by("-pk")[:_MOST]
    found = {}
    for run in runs.select_related("change"):
        if by := taken_back_by(run.change):
            found[run.change_id] = by
    return found


def run_of(access: Access, key: uuid.UUID) -> RunPage | None:
    """One of the school's imports; None where it is not there."""
    papers = ImportPaper.objects.in_school(access.school).select_related("run", "run__by", "run__change")
    paper = papers.filter(run__public_id=key).defer("content").first()
    if paper is None:
        return None
    run: ImportRun = paper.run
    asked = job_of(access, run.job) if run.job else None
    return RunPage(run, paper, asked, taken_back_by(run.change) if run.change else None)


def names_of(access: Access, obstacle: Obstacle) -> list[str]:
    """The pupils whose rows stand in the way, the first of them, by name; for who sees every pupil."""
    pupils = Pupil.objects.in_school(access.school).filter(pk__in=obstacle.pupil_ids)
    return [pupil.name for pupil in pupils.order_by("surname", "forename", "pk")[:MOST_NAMES]]
