"""Codes of the school census for special educational needs: which there are, from when to when, and what each counts as.

Data, not an enumeration of the database: a reform adds lines here, and what was recorded before keeps its code. Source: DfE, school census
and common basic data set. Of the codes before 2015 what they count as is the usual reading of them and was not found in print; the same is true of
DS, which is announced.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# The three that yearly figures know.
NONE, SUPPORT, PLAN = "N", "K", "E"


@dataclass(frozen=True)
class SenCode:
    """One code: what it is called, what it counts as in a year's figures, and the days on which it may be recorded, both counted."""

    code: str
    label: str
    counts_as: str
    first_day: dt.date | None = None
    last_day: dt.date | None = None

    def holds_on(self, day: dt.date) -> bool:
        """Whether the code may be recorded for the day."""
        return (self.first_day is None or self.first_day <= day) and (
            self.last_day is None or day <= self.last_day
        )


def _by_code(*codes: SenCode) -> Mapping[str, SenCode]:
    return {each.code: each for each in codes}


SEN_STATUSES: Mapping[str, SenCode] = _by_code(
    SenCode(NONE, "No SEN", NONE),
    SenCode(SUPPORT, "SEN support", SUPPORT, first_day=dt.date(2014, 9, 1)),
    SenCode(PLAN, "EHC plan", PLAN, first_day=dt.date(2014, 9, 1)),
    SenCode("A", "School Action", SUPPORT, last_day=dt.date(2015, 8, 31)),
    SenCode("P", "School Action Plus", SUPPORT, last_day=dt.date(2015, 8, 31)),
    SenCode("S", "Statement", PLAN, last_day=dt.date(2018, 3, 31)),
)

# No assessment of the kind of need: with SEN support alone.
NOT_ASSESSED = "NSA"
SEN_TYPES: Mapping[str, str] = {
    "SPLD": "Specific learning difficulty",
    "MLD": "Moderate learning difficulty",
    "SLD": "Severe learning difficulty",
    "PMLD": "Profound and multiple learning difficulty",
    "SEMH": "Social, emotional and mental health",
    "SLCN": "Speech, language and communication needs",
    "HI": "Hearing impairment",
    "VI": "Vision impairment",
    "MSI": "Multi-sensory impairment",
    "PD": "Physical disability",
    "ASD": "Autistic spectrum disorder",
    "DS": "Down syndrome",
    "OTH": "Other difficulty or disability",
    NOT_ASSESSED: "SEN support, type of need not assessed",
}


def counts_as(code: str) -> str:
    """N, K or E for a recorded status; empty for a code that nobody here knows."""
    found = SEN_STATUSES.get(code)
    return found.counts_as if found else ""


def statuses_on(day: dt.date) -> Sequence[SenCode]:
    """The codes that may be recorded for a day."""
    return [each for each in SEN_STATUSES.values() if each.holds_on(day)]
