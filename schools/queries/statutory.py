"""A pupil's results of statutory assessments, in words where we know what they mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from schools.models import CtfResultRaw, Pupil, School
from schools.statutory import ORDER, OTHER, measure_of


@dataclass(frozen=True)
class ResultLine:
    """One result: of which assessment, of what, of which summer; `earlier` is what files said before it."""

    assessment: str
    measure: str
    year: str
    result: str
    earlier: tuple[str, ...] = ()


def results_of(pupil: Pupil, school: School) -> tuple[ResultLine, ...]:
    """In the order in which a child comes to the assessments, each by year; what nobody here knows last, by its codes."""
    rows = CtfResultRaw.objects.in_school(school).filter(pupil=pupil).order_by("pk")
    return lines_of(rows)


def lines_of(rows: Iterable[CtfResultRaw]) -> tuple[ResultLine, ...]:
    """The same of rows in the order in which they came: of several results of one thing in one year the last one counts."""
    lines: dict[tuple[str, ...], ResultLine] = {}
    for row in rows:
        line = _line(row)
        key = (
            row.stage,
            row.locale,
            row.year,
            row.subject,
            row.method,
            row.component,
            row.status,
            row.qualifier,
        )
        before = lines.pop(key, None)
        earlier = (*before.earlier, before.result) if before else ()
        lines[key] = ResultLine(line.assessment, line.measure, line.year, line.result, earlier)
    return tuple(sorted(lines.values(), key=lambda line: (ORDER.index(line.assessment), line.year)))


def _line(row: CtfResultRaw) -> ResultLine:
    measure = measure_of(row.stage, row.subject, row.method, row.component, row.qualifier)
    if measure is None:
        codes = " ".join(
            code for code in (row.stage, row.subject, row.method, row.component, row.qualifier) if code
        )
        return ResultLine(OTHER, codes, row.year, row.result)
    name = f"{measure.name} ({measure.goal})" if measure.goal else measure.name
    return ResultLine(measure.assessment, name, row.year, measure.in_words(row.result))
