"""What a kind of column is, and the register of all of them.

A new kind is one `ColumnKind` in the register: the leader's page asks for its settings, checks them and shows its heading, and the sheet,
its files and its form take the `Column` that it makes, without knowing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.subjects import SHIPPED, Subject
from assessment.queries.column_kinds.settings import Choice, Setting
from assessment.queries.columns import Column
from assessment.queries.layouts import MOST_EARLIER_YEARS
from assessment.queries.sheet_rows import Place

# What was chosen, by the keys of the settings; checked.
Given = Mapping[str, Any]

NOW = "now"
TERM = Choice(
    "term",
    "Term",
    options=((NOW, "The term in view"), *((term.label.lower(), term.label) for term in AssessmentTerm)),
    default=NOW,
)
# A Baseline ends no progress, and nothing is expected there.
TERM_THAT_ENDS = Choice(
    "term", "Term", options=tuple(each for each in TERM.options if each[0] != "baseline"), default=NOW
)
_YEARS = {
    "this": 0,
    "last": 1,
    **{str(back): back for back in range(2, MOST_EARLIER_YEARS + 1)},
}
YEAR = Choice(
    "year",
    "Year",
    options=(
        ("this", "This year"),
        ("last", "Last year"),
        *((code, f"{back} years before") for code, back in _YEARS.items() if back > 1),
    ),
    default="this",
)
_SUBJECTS = {subject.code.lower(): subject for subject in SHIPPED}
_TERMS = {term.label.lower(): term for term in AssessmentTerm}


@dataclass(frozen=True)
class Seen:
    """From where a sheet is seen, and what of it is made already.

    `at`: the end of the term in view. `made`: the columns that others may follow from, by their key in the template.
    """

    at: AssessmentPoint
    made: Mapping[str, Column]

    def subject(self, given: Given) -> Subject:
        """The subject that was chosen."""
        return _SUBJECTS[given["subject"]]

    def point(self, given: Given) -> AssessmentPoint:
        """The term and the year that were chosen; of the year in view where there is none to choose."""
        year = self.at.academic_year - _YEARS[given.get("year", "this")]
        return AssessmentPoint(year, _TERMS.get(given["term"], self.at.term))

    def place(self, given: Given) -> Place:
        """Which judgement was chosen."""
        return Place(self.subject(given).number, self.point(given))


@dataclass(frozen=True)
class ColumnKind:
    """One kind of column.

    `make` gives the column for settings that were checked; `named` what it is called in the list of a leader's page. `check` is given
    the settings, and those of the columns that they name by key; it raises ColumnError for what cannot go together. `has_number`: means and
    counts can be made of it, by its points or by the value that it shows; then it names no other columns itself.
    """

    code: str
    name: str
    explained: str
    settings: tuple[Setting, ...]
    make: Callable[[Given, Seen], Column]
    check: Callable[[Given, Mapping[str, Given]], None] | None = None
    named: Callable[[Given], str] | None = None
    has_number: bool = False
    is_judgement: bool = False

    @property
    def follows(self) -> bool:
        """Whether it follows from other columns of the sheet."""
        return any(setting.names_columns for setting in self.settings)


KINDS: dict[str, ColumnKind] = {}


def register(*kinds: ColumnKind) -> None:
    """Let there be these kinds. ValueError for a code that is taken."""
    for kind in kinds:
        if kind.code in KINDS:
            raise ValueError(f"There is a kind of column called {kind.code} already.")
        KINDS[kind.code] = kind


def named_judgement(given: Given) -> str:
    """`Reading, Autumn`, `Reading, Summer, last year`."""
    term, year = dict(TERM.options)[given["term"]], dict(YEAR.options)[given["year"]]
    parts = [_SUBJECTS[given["subject"]].name, term if given["term"] != NOW else term.lower()]
    return ", ".join(parts if given["year"] == YEAR.default else [*parts, year.lower()])


def when(at: AssessmentPoint) -> str:
    """`Summer 2025`: the calendar's year, as people say it."""
    return f"{at.term.label} {at.academic_year + (at.term >= AssessmentTerm.SPRING)}"


def is_before(start: Given, end: Given) -> bool:
    """Whether one choice of term and year can come before another, in some term in view."""

    def points(given: Given) -> set[tuple[int, int]]:
        terms = [*AssessmentTerm][1:] if given["term"] == NOW else [_TERMS[given["term"]]]
        return {(-_YEARS[given.get("year", "this")], term) for term in terms}

    return min(points(start)) < max(points(end))
