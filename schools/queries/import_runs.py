"""The files that were taken in at a school, or wait to be."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from schools.access import Access
from schools.calendar import AcademicYear
from schools.import_kinds import ROWS_SHOWN, ImportKind, kind_of, kinds_for
from schools.models import ChangeSet, ColumnMapping, ImportPaper, ImportRun, ImportState, Job, JobState, Pupil
from schools.queries.jobs import AskedJob, job_of
from schools.queries.obstacles import Obstacle
from schools.queries.taking_back import taken_back_by

_MOST = 30
MOST_NAMES = 20
# Of each list so many rows stand on the page that has them all.
FIRST_ROWS = 8
# These come first, and some are worth saying when they are none. The database does not keep the order of names.
_FIRST = ("new", "added to this year", "changed", "unchanged", "left")
_ALWAYS = ("new", "changed", "unchanged")
PROBLEMS = "problems"


@dataclass(frozen=True)
class Tile:
    """A number at the head of the page; `key` is the list it opens, "" for none."""

    number: int
    label: str
    key: str = ""


@dataclass(frozen=True)
class ShownColumn:
    """A column as it is shown to be chosen: `state` is `known`, `chosen` by the school, `left` out by the school, `not-kept` by anybody, or `new`."""

    heading: str
    field: str
    sample: str
    state: str


@dataclass(frozen=True)
class RunPage:
    """An import as its page shows it."""

    run: ImportRun
    paper: ImportPaper
    # The work under way, or the last of it; None when it is gone.
    asked: AskedJob | None
    taken_back_by: ChangeSet | None
    # Whether it is under way and somebody else asked for it, or the same person from another year's pages.
    is_elsewhere: bool = False

    @property
    def public_id(self) -> uuid.UUID:
        return self.run.public_id

    @property
    def year(self) -> str:
        return AcademicYear(self.run.academic_year).label

    @property
    def kind(self) -> ImportKind:
        kind = kind_of(self.run.kind)
        # Only such are found below.
        assert kind is not None  # noqa: S101 - for the type
        return kind

    @property
    def name(self) -> str:
        return self.kind.name

    @property
    def state(self) -> ImportState:
        """Where it stands; without its file, as in a school that came from another installation, it waits for nothing."""
        state = ImportState(self.run.state)
        return state if self.paper.pk or state is ImportState.DONE else ImportState.GIVEN_UP

    @property
    def said(self) -> str:
        """Where it stands, in words."""
        return "Taken back" if self.taken_back_by else str(self.state.label)

    @property
    def is_at_work(self) -> bool:
        """Whether the worker has it, or is to have it."""
        return self.state in {ImportState.LOOKING, ImportState.TAKING}

    @cached_property
    def shown(self) -> Mapping[str, Any]:
        """What was found (schools.import_kinds.Found, as data), the first rows of its lists."""
        said = dict(self.paper.shown)
        sections = [
            {**each, "all": len(each["lines"]), "lines": each["lines"][:FIRST_ROWS]}
            for each in said.get("sections", ())
        ]
        return {**said, "sections": sections, "all_problems": len(said.get("problems", ()))}

    @property
    def tiles(self) -> list[Tile]:
        """Its numbers, each leading to its rows as far as there are some."""
        said = self.paper.shown
        counts: Mapping[str, int] = self.run.counts or said.get("counts", {})
        lists = {each["count"].partition(" ")[2]: each for each in said.get("sections", ())}
        numbers = {label: len(each["lines"]) for label, each in lists.items()} | dict(counts)
        places = {label: place for place, label in enumerate(_FIRST)}
        ordered = sorted(numbers, key=lambda label: (places.get(label, len(_FIRST)), label))
        return [
            Tile(numbers[label], label, lists[label]["key"] if label in lists else "")
            for label in ordered
            if numbers[label] or label in _ALWAYS
        ]

    def rows(self, key: str, page: str) -> tuple[str, Page[Any]] | None:
        """One list whole, a page of it at a time, with its title; None where there is no such list."""
        said = self.paper.shown
        lists = {each["key"]: (each["title"], each["lines"]) for each in said.get("sections", ())}
        lists[PROBLEMS] = ("What is not right", said.get("problems", ()))
        if key not in lists:
            return None
        title, lines = lists[key]
        return title, Paginator(lines, ROWS_SHOWN).get_page(page)

    @property
    def counts(self) -> list[str]:
        """`12 new`, of what is not none."""
        first = {label: number for label in _FIRST if (number := self.run.counts.get(label))}
        return [f"{number:,} {what}" for what, number in (first | self.run.counts).items() if number]


def runs_of(access: Access) -> list[RunPage]:
    """The school's latest imports, of the kinds that this person may bring."""
    runs = list(_runs(access).order_by("-pk")[:_MOST])
    undone = _undone(access, runs)
    papers = _papers(access, runs)
    return [RunPage(run, papers[run.pk], None, undone.get(run.pk)) for run in runs]


def _runs(access: Access) -> QuerySet[ImportRun]:
    runs: QuerySet[ImportRun] = ImportRun.objects.in_school(access.school)
    return runs.filter(kind__in=[kind.code for kind in kinds_for(access)]).select_related("by", "change")


def _papers(access: Access, runs: Iterable[ImportRun], *, with_rows: bool = False) -> dict[int, ImportPaper]:
    """What was brought, by the keys of the runs; empty ones where nothing of it is here."""
    left_out = ("content",) if with_rows else ("content", "shown", "asked")
    found = ImportPaper.objects.in_school(access.school).filter(run__in=runs).defer(*left_out)
    return {run.pk: ImportPaper(run=run) for run in runs} | {paper.run_id: paper for paper in found}


def _undone(access: Access, runs: Iterable[ImportRun]) -> dict[int, ChangeSet]:
    """Which of these imports were taken back, by their keys, and by which act: of the few with a change each is looked at."""
    changes = ChangeSet.objects.in_school(access.school)
    if not changes.filter(kind="undo").exists():
        return {}
    return {run.pk: by for run in runs if run.change and (by := taken_back_by(run.change))}


def run_of(access: Access, key: uuid.UUID) -> RunPage | None:
    """One of the school's imports; None where it is not there, or of a kind that this person may not bring."""
    run = _runs(access).filter(public_id=key).first()
    if run is None:
        return None
    asked = job_of(access, run.job) if run.job else None
    paper = _papers(access, [run], with_rows=True)[run.pk]
    undone = taken_back_by(run.change) if run.change else None
    return RunPage(run, paper, asked, undone, is_elsewhere=asked is None and _is_under_way(access, run))


def _is_under_way(access: Access, run: ImportRun) -> bool:
    if run.job is None or run.state not in {ImportState.LOOKING, ImportState.TAKING}:
        return False
    open_jobs = Job.objects.filter(school=access.school, state__in=[JobState.WAITING, JobState.RUNNING])
    return open_jobs.filter(public_id=run.job).exists()


def columns_of(access: Access, page: RunPage) -> list[ShownColumn]:
    """The columns of the file, each with how it comes to be what it is."""
    chosen = ColumnMapping.objects.in_school(access.school).filter(kind=page.run.kind)
    said = set(chosen.values_list("heading", flat=True))
    return [
        ShownColumn(
            each["heading"],
            each["field"] if each["field"] in page.kind.fields else "",
            each.get("sample", ""),
            _state(each, page.kind, is_said=each["key"] in said),
        )
        for each in page.paper.shown.get("columns", ())
    ]


def _state(column: Mapping[str, str], kind: ImportKind, *, is_said: bool) -> str:
    if is_said:
        return "chosen" if column["field"] else "left"
    if column["field"]:
        return "known" if column["field"] in kind.fields else "not-kept"
    return "new"


def names_of(access: Access, obstacle: Obstacle) -> list[str]:
    """The pupils whose rows stand in the way, the first of them, by name; for who takes files in, in which the names stand."""
    pupils = Pupil.objects.in_school(access.school).filter(pk__in=obstacle.pupil_ids)
    return [pupil.name for pupil in pupils.order_by("surname", "forename", "pk")[:MOST_NAMES]]
