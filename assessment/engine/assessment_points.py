"""Assessment points: when something was judged; and the phases that a school life is cut into.

Source: LEP expectations, time.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import NamedTuple, Protocol

from schools.calendar import TermName, YearGroup


class AssessmentTerm(IntEnum):
    """What of a year a judgement is of: its start, which is the Baseline, or the end of a term. In the order of time."""

    BASELINE = 0
    AUTUMN = TermName.AUTUMN.value
    SPRING = TermName.SPRING.value
    SUMMER = TermName.SUMMER.value

    @property
    def label(self) -> str:
        """As people say it: `Baseline`, `Autumn`."""
        return self.name.capitalize()

    @property
    def term(self) -> TermName | None:
        """The term that it ends; None for the Baseline, which comes before Autumn."""
        return TermName(self.value) if self else None


class AssessmentPoint(NamedTuple):
    """An academic year (2025 is 2025/26) and a part of it; they sort in the order of time."""

    academic_year: int
    term: AssessmentTerm

    @property
    def summer_before(self) -> AssessmentPoint:
        """The Summer of the year before: the same moment as this year's Baseline, but another judgement."""
        return AssessmentPoint(self.academic_year - 1, AssessmentTerm.SUMMER)

    @property
    def baseline(self) -> AssessmentPoint:
        """The Baseline of the same year."""
        return AssessmentPoint(self.academic_year, AssessmentTerm.BASELINE)


class Stretch(Protocol):
    """Year groups one after the other, over which progress is measured."""

    @property
    def label(self) -> str: ...

    @property
    def first(self) -> YearGroup: ...

    @property
    def last(self) -> YearGroup: ...

    def __contains__(self, year_group: YearGroup) -> bool: ...


class Phase(Enum):
    """A phase or key stage: its name, its first and its last year group."""

    EYFS = ("EYFS", YearGroup.N1, YearGroup.R)
    KS1 = ("KS1", YearGroup.Y1, YearGroup.Y2)
    LKS2 = ("LKS2", YearGroup.Y3, YearGroup.Y4)
    UKS2 = ("UKS2", YearGroup.Y5, YearGroup.Y6)
    KS2 = ("KS2", YearGroup.Y3, YearGroup.Y6)
    KS3 = ("KS3", YearGroup.Y7, YearGroup.Y9)
    KS4 = ("KS4", YearGroup.Y10, YearGroup.Y11)

    def __init__(self, label: str, first: YearGroup, last: YearGroup) -> None:
        self.label, self.first, self.last = label, first, last

    def __contains__(self, year_group: YearGroup) -> bool:
        return self.first <= year_group <= self.last


@dataclass(frozen=True)
class _SchoolYears:
    """Year groups that are no phase of their own."""

    label: str
    first: YearGroup
    last: YearGroup

    def __contains__(self, year_group: YearGroup) -> bool:
        return self.first <= year_group <= self.last


# From the end of the early years on: all years in which progress is measured. Two years of it are Key Stage 1, four a first school's.
AFTER_EYFS: Stretch = _SchoolYears("after EYFS", YearGroup.Y1, YearGroup.Y9)
_PHASES = (Phase.EYFS, Phase.KS1, Phase.LKS2, Phase.UKS2, Phase.KS3, Phase.KS4)
_KEY_STAGES = (Phase.EYFS, Phase.KS1, Phase.KS2, Phase.KS3, Phase.KS4)


def phase_of(year_group: YearGroup) -> Phase | None:
    """The phase, with Key Stage 2 in its lower and upper half; None above Year 11."""
    return next((phase for phase in _PHASES if year_group in phase), None)


def key_stage_of(year_group: YearGroup) -> Phase | None:
    """The key stage, with Key Stage 2 whole; None above Year 11."""
    return next((phase for phase in _KEY_STAGES if year_group in phase), None)
