"""Which parts a governors' pack has. What is held back never depends on it: all of it is worked out first, and then parts are left out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from enum import StrEnum

from reports.documents.governor_groups import questions
from reports.documents.governor_report import GovernorReport


class Section(StrEnum):
    """The parts that may be left out. What the figures cannot say is none of them."""

    ATTAINMENT = "attainment"
    PROGRESS = "progress"
    GROUPS = "groups"
    LAST_YEAR = "last-year"
    RECEPTION = "reception"
    QUESTIONS = "questions"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Section.ATTAINMENT: "Attainment by year group and subject",
    Section.PROGRESS: "Progress by year group and subject",
    Section.GROUPS: "Groups and gaps",
    Section.LAST_YEAR: "Last year beside this year",
    Section.RECEPTION: "Reception",
    Section.QUESTIONS: "Questions governors may ask",
}
_LEFT_OUT: dict[Section, dict[str, object]] = {
    Section.ATTAINMENT: {"attainment": ()},
    Section.PROGRESS: {"progress": (), "after_eyfs": ()},
    Section.GROUPS: {"comparisons": ()},
    Section.LAST_YEAR: {"last_year": None},
    Section.RECEPTION: {"early_years": None},
    Section.QUESTIONS: {"questions": ()},
}


def with_sections(pack: GovernorReport, sections: Collection[Section]) -> GovernorReport:
    """The pack with these parts alone; every figure in them is as it is in the whole one. The questions follow from the parts that are left."""
    for section, nothing in _LEFT_OUT.items():
        if section not in sections:
            pack = replace(pack, **nothing)  # type: ignore[arg-type]
    if Section.LAST_YEAR not in sections and pack.early_years:
        pack = replace(pack, early_years=replace(pack.early_years, last_year=None))
    if not pack.questions:
        return pack
    return replace(pack, questions=tuple(questions(pack.glance, pack.comparisons, pack.partly_judged)))
