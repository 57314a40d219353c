"""Files that somebody takes in on a page: brought, looked at, confirmed, written by the worker, taken back.

The file is read by an importer of its kind (schools/import_kinds.py), once to show what it would change and once to change it. What comes of the second
reading has to be what was shown, to the last row, or nothing is written and it is shown anew.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from schools.access import Access
from schools.calendar import AcademicYear
from schools.history import written
from schools.import_kinds import Asked, Found, Importer, ImportKind
from schools.models import ChangeSet, ColumnMapping, ImportPaper, ImportRun, ImportState, School, User
from schools.services import jobs
from schools.services.changes import acting
from schools.services.taking_back import NotTaken, Taken, take_back

LOOK, TAKE = "import-look", "import-take"
"""The kinds of work that the worker is asked for."""


class NotWaitingError(Exception):
    """The import is not at the point at which this could be done to it: somebody did something else meanwhile."""


class StaleError(Exception):
    """What would be written is not what was shown."""

    def __init__(self, found: Found) -> None:
        super().__init__("The records changed after this was shown.")
        self.found = found


@dataclass(frozen=True)
class Answers:
    """What somebody said beside the file: `same` whose a row is (`Asked.same`), who leaves and when, and why what is closed is changed."""

    same: Mapping[int, int | None]
    leaving: tuple[int, ...] = ()
    leaving_on: dt.date | None = None
    because: str = ""

    def as_data(self) -> dict[str, Any]:
        return {
            "same": {str(row): key for row, key in self.same.items()},
            "leaving": list(self.leaving),
            "leaving_on": self.leaving_on.isoformat() if self.leaving_on else "",
            "because": self.because,
        }

    @classmethod
    def from_data(cls, said: Mapping[str, Any]) -> Answers:
        on = said.get("leaving_on", "")
        return cls(
            same={int(row): key for row, key in said.get("same", {}).items()},
            leaving=tuple(said.get("leaving", ())),
            leaving_on=dt.date.fromisoformat(on) if on else None,
            because=said.get("because", ""),
        )


def bring(
    *,
    access: Access,
    kind: ImportKind,
    academic_year: AcademicYear,
    update: str,
    is_whole: bool,
    file_name: str,
    content: bytes,
) -> ImportRun:
    """Keep a file that somebody brought, and ask the worker what it would change. Raises TooManyJobsError, and then keeps nothing."""
    with acting(access.user):
        run: ImportRun = ImportRun.objects.create(
            school=access.school,
            kind=kind.code,
            academic_year=academic_year,
            update=update,
            is_whole=is_whole and kind.asks_whole,
            by=access.user,
        )
        run.refresh_from_db(fields=["public_id"])
        ImportPaper.objects.create(
            school=access.school, run=run, file_name=file_name[:200], content=content, asked={}
        )
        _ask(access, run, LOOK)
    return run


def look_again(
    *,
    access: Access,
    run: ImportRun,
    columns: Mapping[str, str],
    same: Mapping[int, int | None],
    update: str,
    is_whole: bool,
) -> None:
    """Look at the file once more, with what headings mean, which the school's next files of the kind remember, and with what was answered.

    Raises NotWaitingError, TooManyJobsError.
    """
    with acting(access.user):
        _step(run, ImportState.SHOWN, ImportState.LOOKING)
        for heading, name in columns.items():
            ColumnMapping.objects.update_or_create(
                school=access.school, kind=run.kind, heading=heading, defaults={"field": name}
            )
        ImportRun.objects.in_school(access.school).filter(pk=run.pk).update(update=update, is_whole=is_whole)
        _papers(run).update(asked=Answers(same).as_data(), is_stale=False)
        _ask(access, run, LOOK)


def confirm(*, access: Access, run: ImportRun, answers: Answers) -> None:
    """Ask the worker to take the file in, as it was shown. Raises NotWaitingError, TooManyJobsError."""
    with acting(access.user):
        _step(run, ImportState.SHOWN, ImportState.TAKING)
        _papers(run).update(asked=answers.as_data(), is_stale=False)
        _ask(access, run, TAKE)


def give_up(*, run: ImportRun, by: User) -> None:
    """The file is not taken in, and is removed. Raises NotWaitingError where it is being taken in, or has been."""
    with acting(by):
        state = ImportState.SHOWN if run.state == ImportState.SHOWN else ImportState.LOOKING
        _step(run, state, ImportState.GIVEN_UP)
        _papers(run).update(content=None, shown={}, asked={})


def back_to_shown(*, run: ImportRun, by: User) -> None:
    """The work of taking it in was cancelled or broke off: it waits to be confirmed again. Raises NotWaitingError."""
    with acting(by):
        _step(run, ImportState.TAKING, ImportState.SHOWN)


def take_run_back(*, run: ImportRun, by: User) -> Taken | NotTaken:
    """Take back everything that the import changed, or nothing (`taking_back.take_back`)."""
    change: ChangeSet | None = run.change
    return take_back(change=change, by=by) if change else NotTaken()


def _ask(access: Access, run: ImportRun, work: str) -> None:
    job = jobs.ask(
        school=access.school,
        academic_year=access.academic_year,
        kind=work,
        arguments={"run": str(run.public_id)},
        by=access.user,
    )
    ImportRun.objects.in_school(access.school).filter(pk=run.pk).update(job=job.public_id)


def _step(run: ImportRun, before: ImportState, after: ImportState) -> None:
    """From one state to the next, for whoever comes first."""
    at = ImportRun.objects.in_school(run.school).filter(pk=run.pk, state=before)
    if not at.update(state=after):
        raise NotWaitingError
    run.state = after


def _papers(run: ImportRun) -> Any:
    return ImportPaper.objects.in_school(run.school).filter(run=run)


# What the worker does, each in the transaction of its caller, with the school open.


def chosen_columns(school: School, kind: str) -> dict[str, str]:
    """What the school has said that headings of such files mean."""
    said = ColumnMapping.objects.in_school(school).filter(kind=kind)
    return dict(said.values_list("heading", "field"))


def asked_of(access: Access, run: ImportRun, paper: ImportPaper, **more: Any) -> Asked:
    """What an importer is asked, but for the file itself, which is given with `path` in `more`."""
    said = Answers.from_data(paper.asked)
    return Asked(
        access=access,
        academic_year=AcademicYear(run.academic_year),
        file_name=paper.file_name,
        update=cast("Literal['all', 'missing']", run.update),
        is_whole=run.is_whole,
        columns=chosen_columns(access.school, run.kind),
        same=said.same,
        leaving=said.leaving,
        leaving_on=said.leaving_on,
        because=said.because,
        **more,
    )


def as_stored(found: Found) -> dict[str, Any]:
    """As a column of JSON gives it back."""
    return cast("dict[str, Any]", json.loads(json.dumps(found.as_data())))


def keep_shown(*, run: ImportRun, found: Found, is_stale: bool = False) -> None:
    """Keep what the file would change, for the page to show."""
    _papers(run).update(shown=as_stored(found), is_stale=is_stale)
    ImportRun.objects.in_school(run.school).filter(pk=run.pk).update(state=ImportState.SHOWN)


def take_in(*, run: ImportRun, paper: ImportPaper, importer: Importer, asked: Asked) -> Found:
    """Write what was shown, as one change-set, and note that it is done, or raise StaleError: then the caller has to undo what was written."""
    found = importer(asked)
    now = as_stored(found)
    if now != paper.shown or not found.is_open:
        raise StaleError(found)
    left = [each for each in now["leavers"] if each["pupil"] in asked.leaving]
    shown = {**now, "questions": [], "leavers": left}
    _papers(run).update(content=None, asked={}, shown=shown, is_stale=False)
    changes = found.changes or bool(left)
    change = ChangeSet.objects.in_school(run.school).filter(public_id=written()).first() if changes else None
    ImportRun.objects.in_school(run.school).filter(pk=run.pk).update(
        state=ImportState.DONE, change=change, counts={**now["counts"], "left": len(left)}
    )
    return found


def pupils_in(shown: Mapping[str, Any]) -> int:
    """How many rows that name somebody stand in what was shown."""
    lists = [each["lines"] for each in shown.get("sections", ())]
    rows = {line["row"] for lines in (*lists, shown.get("questions", ())) for line in lines}
    return len(rows) + len(shown.get("leavers", ()))
