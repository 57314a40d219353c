"""What is wrong with a file, in words for the office that has to put it right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

PROBLEMS_SHOWN = 50
LONGEST_QUOTE = 60


def quoted(text: str) -> str:
    """The text in quotation marks, in one line, cut where it is long, and safe to print on a terminal."""
    clean = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return f"'{clean[:LONGEST_QUOTE]}…'" if len(clean) > LONGEST_QUOTE else f"'{clean}'"


def counted(number: int, one: str, many: str = "") -> str:
    """`1 pupil`, `1,204 pupils`; `many` where an s does not do."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(things: Iterable[str], *, most: int = 20) -> str:
    """`A, B and C`; of many the first, and how many more."""
    every = list(things)
    if len(every) > most:
        every = [*every[:most], f"{len(every) - most:,} more"]
    return " and ".join([", ".join(every[:-1]), every[-1]]) if len(every) > 1 else "".join(every)


def sheet_lines(sheet: str, others: Sequence[str]) -> Iterator[str]:
    """Which sheet of a workbook was read, where others look as if they were meant too."""
    if others:
        yield f"WARNING: only the sheet {quoted(sheet)} was read; not {listed(map(quoted, others))}."


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that keeps a file out.

    `row` is the row's number as a spreadsheet shows it, `column` the heading as it stands in the file; None and "" where the
    problem belongs to none. `what` goes on after the value: "is not a date. Write it as dd/mm/yyyy."; without a
    value it is a sentence of its own.
    """

    row: int | None = None
    column: str = ""
    value: str = ""
    what: str

    @property
    def place(self) -> str:
        """Where in its row it is, for a list that has the row's number before it."""
        return self.column

    def __str__(self) -> str:
        place = ", ".join(part for part in (f"Row {self.row}" if self.row else "", self.column) if part)
        said = f"{quoted(self.value)} {self.what}" if self.value else self.what
        return f"{place}: {said}" if place else said


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """By row, those of no row first; within a row as they were found."""
    return sorted(problems, key=lambda problem: problem.row or 0)


class FileRefused(ValueError):
    """A file is not taken, not even in part. Its text is the whole report: why, then the problems."""

    def __init__(self, why: str, problems: Sequence[Problem] = ()) -> None:
        self.why, self.problems = why, tuple(in_order(problems))
        super().__init__("\n".join([why, *problem_lines(self.problems)]))


def problem_lines(problems: Sequence[Problem], *, most: int = PROBLEMS_SHOWN) -> list[str]:
    """The problems as lines; after the first `most` only how many more there are."""
    lines = [str(problem) for problem in problems[:most]]
    return [*lines, f"… and {len(problems) - most:,} more."] if len(problems) > most else lines
