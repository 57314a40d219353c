"""Templates that come with the program: what the partnership's marksheets in Assessment Manager 7 showed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from assessment.engine.subjects import COMBINED_SUBJECTS, SUBJECTS, Subject
from schools.calendar import TermName, YearGroup

Kept = dict[str, Any]
_WITH_RANGE = tuple(each for each in YearGroup if YearGroup.Y1 <= each <= YearGroup.Y9)
_TERMS = tuple(term.label.lower() for term in TermName)


class Shipped(NamedTuple):
    """A template: its code in addresses, its name, for which year groups, and its columns as a school's own are kept.

    Those of one `purpose` differ in their `part`: a subject, a term; one that is alone has no part.
    """

    code: str
    name: str
    year_groups: tuple[YearGroup, ...]
    columns: list[Kept]
    purpose: str
    part: str


def _judgement(subject: Subject, term: str, year: str = "this") -> Kept:
    return {"kind": "judgement", "subject": subject.code, "term": term, "year": year, "typed": "yes"}


def _steps(kind: str, subject: Subject, term: str = "now") -> Kept:
    return {"kind": f"steps_this_{kind}", "subject": subject.code, "term": term}


def _year_with_baseline() -> Iterator[Kept]:
    for subject in SUBJECTS:
        yield from (_judgement(subject, term) for term in ("baseline", *_TERMS))
        yield _steps("year", subject)


def _over_the_year(subject: Subject) -> Iterator[Kept]:
    yield _judgement(subject, "summer", "last")
    yield from (_judgement(subject, term) for term in _TERMS)
    yield _steps("term", subject)
    yield _steps("year", subject)
    yield {"kind": "attainment", "subject": subject.code, "term": "now", "year": "this"}


def _in_one_term(term: str) -> Iterator[Kept]:
    for subject in SUBJECTS:
        yield _judgement(subject, term)
        yield _steps("term", subject, term)
        yield _steps("year", subject, term)


def _combined() -> Iterator[Kept]:
    for subject in COMBINED_SUBJECTS:
        yield from (_judgement(subject, term) for term in _TERMS)
        yield _steps("year", subject)


def _shipped(
    code: str,
    name: str,
    year_groups: tuple[YearGroup, ...],
    columns: Iterator[Kept],
    *,
    purpose: str = "",
    part: str = "",
) -> Shipped:
    kept = [{"key": f"c{number}", "title": "", **each} for number, each in enumerate(columns, start=1)]
    return Shipped(code, name, year_groups, kept, purpose or name, part)


SHIPPED_TEMPLATES = (
    _shipped("y1-baseline", "Year 1 with Baseline", (YearGroup.Y1,), _year_with_baseline()),
    *(
        _shipped(
            f"y2-y9-{subject.code}",
            f"Years 2 to 9 {subject.name}",
            _WITH_RANGE[1:],
            _over_the_year(subject),
            purpose="One subject, from last Summer to attainment",
            part=subject.name,
        )
        for subject in SUBJECTS
    ),
    *(
        _shipped(
            f"all-{term}",
            f"All subjects in {term.capitalize()}",
            _WITH_RANGE,
            _in_one_term(term),
            purpose="All subjects in one term",
            part=term.capitalize(),
        )
        for term in _TERMS
    ),
    _shipped("combined", "Reading, writing and mathematics over the year", _WITH_RANGE, _combined()),
)
