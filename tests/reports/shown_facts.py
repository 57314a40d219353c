"""Figures as they are shown, each by its term, measure, year group, subject, group and column, and by who tells it; those of `manage.py analyse` first."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from reports.measures import percentage, round_half_up
from schools.calendar import YearGroup

ALL = "All"
TOGETHER = "Year 1 to Year 4"
# Year groups that are added up somewhere, by what they are called there.
SUMS = {TOGETHER: ("Year 1", "Year 3", "Year 4"), "LKS2": ("Year 3", "Year 4")}
BESIDE = {"Pupil premium": "Not pupil premium", "SEN": "No SEN", "EAL": "Not EAL", "Girls": "Boys"}
_NOT_TOLD = {"", "c", "\N{EN DASH}", "held back"}
_SAME = {"All three": "Combined", "All pupils": ALL}


class Where(NamedTuple):
    """What a figure is of."""

    term: str
    measure: str
    year_group: str
    subject: str
    group: str
    column: str


@dataclass
class Facts:
    """Every figure that was read, by where it belongs, then by who tells it."""

    told: dict[Where, dict[str, set[Decimal]]] = field(default_factory=lambda: defaultdict(dict))

    def tell(self, source: str, at: Sequence[str], /, **columns: Any) -> None:
        """`at`: term, measure, year group, subject, group. What is held back, or empty, is told by nobody."""
        term, measure, year_group, subject, group = at
        for column, value in columns.items():
            text = (
                str("" if value is None else value).strip().removesuffix("%").replace("\N{MINUS SIGN}", "-")
            )
            if text in _NOT_TOLD:
                continue
            where = Where(
                term,
                measure,
                year_group,
                _SAME.get(subject, subject.removeprefix("EYFS ")),
                _SAME.get(group, group),
                column,
            )
            self.told[where].setdefault(source, set()).add(Decimal(text))

    def differences(self) -> list[str]:
        """Where one says another number than another, or two of its own."""
        return [
            f"{' / '.join(where)}: {dict(sources)}"
            for where, sources in self.told.items()
            if len(set().union(*sources.values())) > 1
        ]

    def shared(self, with_source: str) -> Counter[str]:
        """How many figures each source has in common with this one."""
        return Counter(
            source
            for sources in self.told.values()
            if with_source in sources
            for source in sources
            if source != with_source
        )


def read_analysis(facts: Facts, text: str, term: str, measure: str) -> None:
    """Its own columns; what follows from them; and its lines added up where a page or the pack has a sum."""
    lines: dict[tuple[str, str, str], Counter[str]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        assert (row["term"], row["measure"]) == (term, measure)
        year_group = next(each.label for each in YearGroup if each.code == row["year_group"])
        lines[year_group, row["subject"], row["group"]] = _counts_of(row)
    sums: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for (year_group, subject, group), counts in lines.items():
        for together in (name for name, years in SUMS.items() if year_group in years):
            sums[together, subject, group].update(counts)
    every = lines | sums
    for at, counts in every.items():
        facts.tell("analyse", (term, measure, *at), **_derived(counts, has_points=at in lines))
        beside = every.get((*at[:2], BESIDE.get(at[2], "")))
        if beside:
            pair = (term, measure, *at[:2], f"{at[2]} beside {BESIDE[at[2]]}")
            facts.tell("analyse", pair, gap=_gap(counts, beside), progress_gap=_progress_gap(counts, beside))


def _counts_of(row: Mapping[str, str]) -> Counter[str]:
    counts = Counter({name: int(row[name]) for name in _COUNTS if row[name]})
    for average, of in (("average_points", "assessed"), ("average_steps", "progress_measured")):
        if row[average]:
            # Of fewer than a hundred pupils an average with two decimals leaves one total.
            assert counts[of] < 100
            counts[f"{average} total"] = int(round_half_up(Fraction(row[average]) * counts[of]))
    counts["has colours"] = bool(row["progress_below"])
    counts["has progress"] = bool(row["progress_measured"])
    return counts


_COUNTS = (
    *("pupils", "assessed", "below", "at", "above"),
    *("progress_measured", "progress_below", "progress_expected", "progress_above"),
)


def _derived(counts: Mapping[str, int], *, has_points: bool) -> dict[str, Any]:
    pupils, judged, measured = counts["pupils"], counts["assessed"], counts["progress_measured"]
    at_or_above = counts["at"] + counts["above"]
    found: dict[str, Any] = {
        "on_roll": pupils,
        "judged": judged,
        "not_judged": pupils - judged,
        "below": counts["below"],
        "at": counts["at"],
        "above": counts["above"],
        "at_or_above": at_or_above,
        "at_or_above_share": percentage(at_or_above, judged),
    }
    if counts["has progress"]:
        found |= {"measured": measured, "not_measured": pupils - measured}
        found["steps"] = (
            round_half_up(Fraction(counts["average_steps total"], measured), 1) if measured else None
        )
        if has_points and judged:
            found["points"] = round_half_up(Fraction(counts["average_points total"], judged), 1)
    if counts["has colours"]:
        expected_or_more = counts["progress_expected"] + counts["progress_above"]
        found |= {
            "less": counts["progress_below"],
            "expected": counts["progress_expected"],
            "more": counts["progress_above"],
            "expected_or_more": expected_or_more,
            "expected_or_more_share": percentage(expected_or_more, measured),
            "less_share": percentage(counts["progress_below"], measured),
            "expected_share": percentage(counts["progress_expected"], measured),
            "more_share": percentage(counts["progress_above"], measured),
        }
    return found


def _gap(ours: Mapping[str, int], theirs: Mapping[str, int]) -> Decimal | None:
    return _difference(*((each["at"] + each["above"], each["assessed"]) for each in (ours, theirs)))


def _progress_gap(ours: Mapping[str, int], theirs: Mapping[str, int]) -> Decimal | None:
    if not ours["has colours"]:
        return None
    parts = (
        (each["progress_expected"] + each["progress_above"], each["progress_measured"])
        for each in (ours, theirs)
    )
    return _difference(*parts)


def _difference(ours: tuple[int, int], theirs: tuple[int, int]) -> Decimal | None:
    if not (ours[1] and theirs[1]):
        return None
    return round_half_up(100 * (Fraction(*ours) - Fraction(*theirs)))
