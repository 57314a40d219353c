"""The kinds of file that `manage.py sync` takes out of a drop folder. Each app registers its own when it is ready; the command knows none of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from schools.calendar import AcademicYear
from schools.models import School
from schools.services.roll_plan import Update


@dataclass(frozen=True, kw_only=True)
class Drop:
    """A file that is to be taken in for a school, which is open. `reason` goes into the change-set; `columns` is what the school has said that headings mean."""

    school: School
    academic_year: AcademicYear
    path: Path
    update: Update
    dry_run: bool
    reason: str
    columns: Mapping[str, str]


@dataclass(frozen=True)
class Taken:
    """What became of it: numbers, which name nobody; and the report, line by line, which may."""

    counts: Mapping[str, int]
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DropKind:
    """A kind of file. Those of a lower `rank` are taken first: judgements need their pupils.

    `is_one` looks into the file and raises nothing; `columns_as` is the kind on the page Take in a file whose headings it shares. `is_of_year`: the file does
    not say itself of which year it is. `tells_all`: each file tells everything anew, so that an earlier one that comes once more counts; of the others one
    that was taken is never taken again. `take` raises FileRefused.
    """

    code: str
    title: str
    rank: int
    is_one: Callable[[Path, Mapping[str, str]], bool]
    take: Callable[[Drop], Taken]
    columns_as: str = ""
    is_of_year: bool = True
    tells_all: bool = False

    def begins(self, academic_year: AcademicYear) -> str:
        """How the reason of such an act begins, in the history."""
        return f"{self.title} of {academic_year} from " if self.is_of_year else f"{self.title} from "

    def called(self, academic_year: AcademicYear, update: Update) -> str:
        """The kind, and what was asked for beside it, as a part of a file's name."""
        parts = [
            self.code,
            str(int(academic_year)) if self.is_of_year else "",
            "missing" * (update == "missing"),
        ]
        return "-".join(part for part in parts if part)


_kinds: list[DropKind] = []


def register(kind: DropKind) -> None:
    """Let such files be taken; in an app's `ready()`. One that takes what nothing else takes has the highest rank among its like."""
    _kinds[:] = sorted(
        [*(each for each in _kinds if each.code != kind.code), kind], key=lambda each: each.rank
    )


def kind_of(path: Path, columns: Callable[[str], Mapping[str, str]]) -> DropKind:
    """What the file is, by its content; a roll where nothing else fits, whose reader then says what is missing. `columns` gives headings by kind."""
    rest = [each for each in _kinds if each.code != "roll"]
    fits = (each for each in rest if each.is_one(path, columns(each.columns_as)))
    return next(fits, None) or next(each for each in _kinds if each.code == "roll")
