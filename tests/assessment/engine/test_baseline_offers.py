"""What is offered as a Baseline, case by case: by hand, in both frameworks."""

from __future__ import annotations

import pytest

from assessment.engine.baseline_offers import (
    JudgedArea,
    NoOffer,
    Offer,
    needs_start,
    offer,
    start_in,
    with_origin,
)
from assessment.engine.subjects import (
    EYFS_AREAS,
    MATHEMATICS,
    READING,
    SCIENCE,
    SUBJECTS,
    WRITING,
    baseline_source,
)
from schools.calendar import EyfsFramework, YearGroup
from tests.assessment.engine.histories import history, when

AREA = {f"{area.framework} {area.name}": area.number for areas in EYFS_AREAS.values() for area in areas}
# Year 1 is 2026; mathematics goes on from Numbers of 2012 or Number of 2021.
NUMBERS, NUMBER = AREA["2012 Numbers"], AREA["2021 Number"]
BOTH = frozenset({NUMBERS, NUMBER})
NURSERY, R, Y1 = YearGroup.N2, YearGroup.R, YearGroup.Y1


def held(*entries: str) -> list[JudgedArea]:
    """`2025 Summer Number 20`; a word in place of points is a reason."""
    found = []
    for entry in entries:
        year, term, area, said = entry.split()
        points = int(said) if said.isdigit() else None
        number = {"Numbers": NUMBERS, "Number": NUMBER, "Speaking": AREA["2021 Speaking"]}[area]
        found.append(JudgedArea(when(f"{year} {term}"), number, points, "" if points else said))
    return found


OFFERED = {
    "the last Summer's, under 2021": (
        {2024: NURSERY, 2025: R},
        held("2025 Autumn Number 18", "2025 Summer Number 20", "2025 Spring Number 19"),
        Offer(20, when("2025 Summer"), NUMBER, is_last_summer=True),
    ),
    "the last Summer's, under 2012": (
        {2025: R},
        held("2025 Summer Numbers 22"),
        Offer(22, when("2025 Summer"), NUMBERS, is_last_summer=True),
    ),
    "Spring's, where Summer has nothing": (
        {2025: R},
        held("2025 Autumn Number 17", "2025 Spring Number 19"),
        Offer(19, when("2025 Spring"), NUMBER, is_last_summer=False),
    ),
    "Spring's, where Summer says why there are no points": (
        {2025: R},
        held("2025 Spring Number 19", "2025 Summer Number absent"),
        Offer(19, when("2025 Spring"), NUMBER, is_last_summer=False, passed_over="absent"),
    ),
    "of Reception twice the later": (
        {2024: R, 2025: R},
        held("2024 Summer Number 18", "2025 Summer Number 21"),
        Offer(21, when("2025 Summer"), NUMBER, is_last_summer=True, is_repeated=True),
    ),
    "of Reception twice under two frameworks, the later having nothing, the earlier": (
        {2024: R, 2025: R},
        held("2024 Summer Numbers 18"),
        Offer(18, when("2024 Summer"), NUMBERS, is_last_summer=False, is_repeated=True),
    ),
    "after a year away": (
        {2024: R},
        held("2024 Summer Number 20"),
        Offer(20, when("2024 Summer"), NUMBER, is_last_summer=False),
    ),
    "nothing of nursery, of another area, or of later": (
        {2024: NURSERY, 2025: R, 2026: Y1},
        held(
            "2024 Summer Number 15",
            "2025 Summer Speaking 22",
            "2025 Autumn Number 17",
            "2026 Autumn Number 30",
        ),
        Offer(17, when("2025 Autumn"), NUMBER, is_last_summer=False),
    ),
}
NOT_OFFERED = {
    "from elsewhere": ({2026: Y1}, [], NoOffer.FROM_ELSEWHERE),
    "out of year: nursery the year before": ({2025: NURSERY}, held("2025 Summer Number 16"), NoOffer.NOT_IN_RECEPTION),
    "repeats Year 1": ({2024: R, 2025: Y1}, held("2024 Summer Number 20"), NoOffer.IN_SUBJECTS),
    "nothing entered": ({2025: R}, held("2025 Summer Speaking 20"), NoOffer.NOT_JUDGED),
    "a reason alone": ({2025: R}, held("2025 Summer Number not_required"), NoOffer.REASON),
    "on entry to Reception alone": (
        {2025: R},
        held("2025 Baseline Number 15", "2025 Summer Number absent"),
        NoOffer.ON_ENTRY_ALONE,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", OFFERED | NOT_OFFERED)
def test_what_is_offered(case: str) -> None:
    year_groups, judged, expected = (OFFERED | NOT_OFFERED)[case]
    assert offer(BOTH, year_groups, judged, 2026) == expected


def test_from_which_area_each_subject_goes_on() -> None:
    shipped = {
        (framework, subject): area.name if area else None
        for framework in EyfsFramework
        for subject in SUBJECTS
        for area in [baseline_source(subject, framework)]
    }
    old, new = EyfsFramework.OF_2012, EyfsFramework.OF_2021
    assert shipped == {
        (old, READING): "Reading",
        (old, WRITING): "Writing",
        (old, MATHEMATICS): "Numbers",
        (old, SCIENCE): None,
        (new, READING): "Word reading",
        (new, WRITING): "Writing",
        (new, MATHEMATICS): "Number",
        (new, SCIENCE): None,
    }


def test_a_changed_choice_offers_the_other_area_and_none_offers_nothing() -> None:
    judged = held("2025 Summer Number 20", "2025 Summer Speaking 22")
    speaking = frozenset({AREA["2021 Speaking"]})
    changed = offer(speaking, {2025: R}, judged, 2026)
    assert changed == Offer(22, when("2025 Summer"), AREA["2021 Speaking"], is_last_summer=True)
    assert offer(frozenset(), {2025: R}, judged, 2026) is NoOffer.BY_HAND


STARTS = {
    "the Baseline, even when lower": (history("2025 Summer 25", "2026 Baseline 22"), "2026 Baseline 22"),
    "last Summer": (history("2025 Spring 20", "2025 Summer 25"), "2025 Summer 25"),
    "marked on entry": (history("2026 Spring 24 on entry"), "2026 Spring 24 on entry"),
    "a Baseline without points is none": (history("2026 Baseline -"), None),
    "not Spring of the year before": (history("2025 Spring 20", "2026 Autumn 22"), None),
    "what is judged at the end is no start": (history("2026 Summer 28 on entry"), None),
}


@pytest.mark.parametrize("case", STARTS)
def test_where_the_year_starts(case: str) -> None:
    judged, expected = STARTS[case]
    assert start_in(judged, 2026, Y1) == (history(expected)[0] if expected else None)


def test_who_needs_a_start() -> None:
    asked = [group for group in YearGroup if needs_start(group)]
    assert (asked[0], asked[-1]) == (YearGroup.Y1, YearGroup.Y9)


def test_the_note_says_where_a_value_came_from_once() -> None:
    assert with_origin("", "former school's record") == "Baseline from: former school's record"
    once = with_origin("Shy at first.", "former school's record")
    assert once == "Shy at first.\nBaseline from: former school's record"
    assert with_origin(once, "our own assessment") == "Shy at first.\nBaseline from: our own assessment"
    assert with_origin(once, "") == "Shy at first."
