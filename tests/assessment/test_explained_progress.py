"""Why progress has its colour: every number here was worked out by hand from docs/rules.md."""

from __future__ import annotations

import pytest

from schools.access import Access
from schools.calendar import TermName
from tests.assessment.explained import (
    AUTUMN,
    BASELINE,
    SPRING,
    SUMMER,
    YEAR,
    access,
    facts,
    pupil_of,
    shown,
    why,
)
from tests.factories import judged

__all__ = ["access"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("points", "shows", "sentence"),
    [
        (42, ("+2", "Less than expected", "below"), "2 steps since last Summer, fewer than the 3 expected."),
        (43, ("+3", "Expected", "at"), "3 steps since last Summer, as many as expected."),
        (44, ("+4", "More than expected", "above"), "4 steps since last Summer, more than the 3 expected."),
        (40, ("0", "Less than expected", "below"), "No step since last Summer, fewer than the 3 expected."),
        (
            39,
            ("−1", "Less than expected", "below"),  # noqa: RUF001
            "1 step back since last Summer, fewer than the 3 expected.",
        ),
    ],
)
def test_each_outcome_says_its_steps(
    access: Access, points: int, shows: tuple[str, str, str], sentence: str
) -> None:
    pupil = pupil_of(access)
    judged(pupil, YEAR - 1, SUMMER, 40)
    judged(pupil, YEAR, AUTUMN, points)
    explained = why(access, pupil)
    for key in ("this-term", "this-year"):
        assert (shown(explained.part(key)), explained.part(key).sentence) == (shows, sentence)


def test_expected_steps_are_a_sum_over_the_terms_in_between(access: Access) -> None:
    pupil = pupil_of(access)
    judged(pupil, YEAR - 1, SUMMER, 40)
    judged(pupil, YEAR, SPRING, 45)
    explained = why(access, pupil, TermName.SPRING)
    # Autumn is missing: this term, too, is counted from last Summer.
    for key in ("this-term", "this-year"):
        part = explained.part(key)
        assert facts(part) == {
            "Start": "Summer 2025/26: 40, 3D2",
            "Why this start": "No points of a Baseline this year, so it starts at last Summer.",
            "End": "Spring 2026/27: 45, 4E2",
            "Steps": "45 − 40 = +5",  # noqa: RUF001
            "Expected": "Autumn 3 + Spring 2 = 5",
            "Measured by": "LEP expectations",
        }
        assert part.word == "Expected"


def test_a_baseline_wins_over_a_higher_summer_and_both_are_named(access: Access) -> None:
    pupil = pupil_of(access)
    judged(pupil, YEAR - 1, SUMMER, 44)
    judged(pupil, YEAR, BASELINE, 41)
    judged(pupil, YEAR, AUTUMN, 44)
    judged(pupil, YEAR, SPRING, 45)
    explained = why(access, pupil, TermName.SPRING)
    of_year, of_term = explained.part("this-year"), explained.part("this-term")
    assert of_year.sentence == "4 steps since the Baseline, fewer than the 5 expected."
    assert facts(of_year)["Start"] == "Baseline 2026/27: 41, 3S1"
    assert facts(of_year)["Why this start"] == (
        "The year starts at its Baseline, 41: it counts before last Summer's 44, higher or lower."
    )
    assert of_term.sentence == "1 step since Autumn, fewer than the 2 expected."
    assert facts(of_term)["Why this start"] == "The latest points before this term."


def test_a_baseline_alone_is_the_start(access: Access) -> None:
    pupil = pupil_of(access)
    judged(pupil, YEAR, BASELINE, 40)
    judged(pupil, YEAR, AUTUMN, 43)
    start = facts(why(access, pupil).part("this-year"))["Why this start"]
    assert start == "The year starts at its Baseline."


def test_who_finishes_summer_in_mastery_has_made_more_than_expected(access: Access) -> None:
    pupil = pupil_of(access)
    judged(pupil, YEAR - 1, SUMMER, 50)
    judged(pupil, YEAR, SPRING, 51)
    judged(pupil, YEAR, SUMMER, 51)
    explained = why(access, pupil, TermName.SUMMER)
    of_year = explained.part("this-year")
    assert shown(of_year) == ("+1", "More than expected", "above")
    assert (
        of_year.sentence
        == "51 at the end of Summer is Year 4 Mastery or beyond: more than expected for the year, whatever the steps."
    )
    assert facts(of_year)["Expected"] == "Autumn 3 + Spring 2 + Summer 2 = 7"
    # The clause is for the year: this term stays as it is.
    assert shown(explained.part("this-term")) == ("0", "Less than expected", "below")


def test_a_joiner_starts_at_the_judgement_on_entry(access: Access) -> None:
    pupil = pupil_of(access)
    judged(pupil, YEAR, AUTUMN, 40, is_on_entry=True)
    judged(pupil, YEAR, SPRING, 43)
    autumn, spring = why(access, pupil), why(access, pupil, TermName.SPRING)
    assert autumn.part("this-year").sentence.startswith("No measure: no baseline.")
    assert facts(autumn.part("autumn"))["On entry"] == "The pupil's first judgement here"
    part = spring.part("this-year")
    assert part.sentence == "3 steps since Autumn, more than the 2 expected."
    assert facts(part)["Expected"] == "Spring 2"
    assert facts(part)["Why this start"] == (
        "No points of a Baseline or of last Summer. Autumn is marked on entry: only the terms since then count."
    )


def test_without_a_start_there_is_no_measure_and_never_nought(access: Access) -> None:
    pupil = pupil_of(access)
    judged(pupil, YEAR, AUTUMN, 44)
    explained = why(access, pupil)
    for key in ("this-term", "this-year"):
        part = explained.part(key)
        assert (part.points, *shown(part), part.facts) == (None, "", "", "", ())
        assert part.sentence.startswith("No measure: no baseline.")
