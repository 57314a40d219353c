"""What an importer says of the columns of its file, and how it says that a file is refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from schools.import_kinds import Asked, Found, FoundColumn, Line
from schools.imports.headings import HeadingSet, normalised
from schools.imports.report import FileRefused, Problem, counted, in_order, quoted
from schools.imports.tables import headings_of


def columns_found(asked: Asked, headings: HeadingSet) -> tuple[FoundColumn, ...]:
    """The columns of the file and what each is taken for; none where it is no table."""
    try:
        found = headings_of(asked.path, headings=headings)
    except FileRefused:
        return ()
    return tuple(FoundColumn(each.text, normalised(each.text), each.field, each.sample) for each in found)


def problem_lines(problems: Iterable[Problem]) -> tuple[Line, ...]:
    """What is wrong, row by row: the place, and what is said of it."""
    return tuple(_line(each) for each in in_order(problems))


def refused(found: Found, why: FileRefused) -> Found:
    """The file cannot be taken: why, and every problem."""
    said = why.why[:1].upper() + why.why[1:]
    return replace(found, refused=said, problems=problem_lines(why.problems))


def not_yet(found: Found, problems: Sequence[Problem]) -> Found:
    """What the file says cannot be taken before all of these are put right."""
    why = f"{counted(len(problems), 'problem has', 'problems have')} to be put right first."
    return refused(found, FileRefused(why, problems))


def _line(problem: Problem) -> Line:
    said = f"{quoted(problem.value)} {problem.what}" if problem.value else problem.what
    return Line(problem.row or 0, problem.place, (said,))
