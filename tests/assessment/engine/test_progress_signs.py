"""The four signs, by figures worked on paper: each vector as it was written down, and both sides of every edge."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.expectations import Expectations
from assessment.engine.explaining_signs import facts_of, told
from assessment.engine.progress_signs import (
    LITERAL,
    NOT_ENOUGH_DATA,
    Gap,
    Outcome,
    Peers,
    PreviousRate,
    Reached,
    Sign,
    Signs,
    SlowerThanPeers,
    Stretch,
    gap_not_closing,
    gap_widening,
    previous_rate,
    slower_than_peers,
)

YES, NO, NOT_FOR_THIS, TOO_FEW, NO_DATA = Outcome
# Year 3, a full year: P01 to P12.
STARTS = (35, 34, 35, 34, 33, 35, 34, 35, 33, 34, 36, 30)
NOW = (42, 41, 42, 38, 40, 42, 41, 42, 40, 41, 43, 35)
COHORT = [Stretch(*each) for each in zip(STARTS, NOW, strict=True)]
BASELINE, AUTUMN, SPRING, SUMMER = AssessmentTerm


def beside(number: int) -> tuple[Stretch, Peers]:
    """P01 is 1; the pupil, and the other eleven."""
    pupil = COHORT[number - 1]
    return pupil, Peers.of(COHORT).without(pupil)


def to_decimals(value: Fraction | None) -> float:
    assert value is not None
    return round(float(value), 3)


def test_the_fourth_of_the_cohort_gains_least_from_the_same_start_and_falls_behind() -> None:
    pupil, peers = beside(4)
    assert slower_than_peers(pupil, peers) == SlowerThanPeers(YES, 4, Fraction(7), Fraction(0), 9)
    assert gap_not_closing(pupil, peers).outcome is NOT_FOR_THIS
    gap = gap_widening(pupil, peers)
    assert (gap.outcome, gap.at_start, to_decimals(gap.now), gap.peers) == (YES, 0, 2.818, 11)


def test_the_last_of_the_cohort_has_too_few_peers_at_the_start_and_a_widening_gap() -> None:
    pupil, peers = beside(12)
    # Within one point nobody, within two nobody either.
    assert slower_than_peers(pupil, peers) == SlowerThanPeers(TOO_FEW, 5, None, None, 0)
    for gap in (gap_not_closing(pupil, peers), gap_widening(pupil, peers)):
        assert (gap.outcome, to_decimals(gap.at_start), to_decimals(gap.now)) == (YES, 4.364, 6.091)


def test_the_first_of_the_cohort_shows_nothing() -> None:
    pupil, peers = beside(1)
    assert slower_than_peers(pupil, peers).outcome is NO
    assert gap_not_closing(pupil, peers).outcome is NOT_FOR_THIS
    assert gap_widening(pupil, peers).outcome is NO


# Signs a, c, d of P01 to P12 together, worked by hand from the same table.
OF_ALL = {
    4: (YES, NOT_FOR_THIS, YES),
    # G from 1.091 to 0.636: it closes by less than half a point.
    5: (NO, YES, NO),
    9: (NO, YES, NO),
    12: (TOO_FEW, YES, YES),
}


@pytest.mark.parametrize("number", range(1, 13))
def test_every_pupil_of_the_cohort(number: int) -> None:
    pupil, peers = beside(number)
    found = (
        slower_than_peers(pupil, peers).outcome,
        gap_not_closing(pupil, peers).outcome,
        gap_widening(pupil, peers).outcome,
    )
    assert found == OF_ALL.get(number, (NO, NOT_FOR_THIS, NO))


def started(*gains: int, start: int = 40) -> list[Stretch]:
    return [Stretch(start, start + gain) for gain in gains]


def gained(*gains: int, start: int = 40) -> Peers:
    return Peers.of(started(*gains, start=start))


@pytest.mark.parametrize(
    ("gain", "peers", "outcome", "median", "rank"),
    [
        # Exactly eight peers, and exactly two points below their median.
        (5, gained(7, 7, 7, 7, 7, 7, 7, 7), YES, Fraction(7), Fraction(0)),
        (6, gained(7, 7, 7, 7, 7, 7, 7, 7), NO, Fraction(7), Fraction(0)),
        # The median of an even number lies between two: 6.5.
        (4, gained(5, 6, 6, 6, 7, 7, 7, 7), YES, Fraction(13, 2), Fraction(0)),
        (5, gained(6, 6, 6, 6, 7, 7, 7, 7), NO, Fraction(13, 2), Fraction(0)),
        # A tie counts half: three who gained as much are 1.5 of 8; four are 2 of 10, a fifth exactly.
        (4, gained(4, 4, 4, 7, 7, 7, 7, 7), YES, Fraction(7), Fraction(3, 16)),
        (4, gained(4, 4, 4, 4, 7, 7, 7, 7, 7, 7), YES, Fraction(7), Fraction(1, 5)),
        (4, gained(3, 4, 4, 4, 7, 7, 7, 7, 7, 7), NO, Fraction(7), Fraction(1, 4)),
        (4, gained(3, 3, 7, 7, 7, 7, 7, 7, 7, 7), YES, Fraction(7), Fraction(1, 5)),
        # One more than a fifth gained less.
        (4, gained(3, 3, 3, 7, 7, 7, 7, 7, 7, 7), NO, Fraction(7), Fraction(3, 10)),
        # Points lost.
        (-1, gained(*[2] * 8), YES, Fraction(2), Fraction(0)),
    ],
)
def test_slower_than_peers_at_its_edges(
    gain: int, peers: Peers, outcome: Outcome, median: Fraction, rank: Fraction
) -> None:
    found = slower_than_peers(Stretch(40, 40 + gain), peers)
    assert found == SlowerThanPeers(outcome, gain, median, rank, peers.count)


def test_fewer_than_eight_from_the_same_start_are_made_up_from_two_points_away() -> None:
    near = started(*[7] * 6, start=41) + started(7, start=39)
    far = started(9, start=42)
    pupil = Stretch(40, 44)
    assert slower_than_peers(pupil, Peers.of(near)) == SlowerThanPeers(TOO_FEW, 4, None, None, 7)
    assert slower_than_peers(pupil, Peers.of(near + far)).peers == 8
    # With eight within a point, who is further away is left out.
    assert slower_than_peers(pupil, Peers.of([*near, *started(7), *far])).peers == 8
    assert slower_than_peers(pupil, Peers.of(near + started(9, start=43))).outcome is TOO_FEW


def at(year: int, term: AssessmentTerm, points: int) -> Reached:
    return Reached(AssessmentPoint(year, term), points)


@pytest.mark.parametrize(
    ("earlier", "start", "now", "found"),
    [
        # Two full years.
        (
            at(2023, SUMMER, 27),
            at(2024, SUMMER, 34),
            at(2025, SUMMER, 38),
            PreviousRate(YES, Fraction(1), Fraction(4, 7), Fraction(3)),
        ),
        # A shortfall of exactly one.
        (
            at(2023, SUMMER, 24),
            at(2024, SUMMER, 30),
            at(2025, SUMMER, 35),
            PreviousRate(YES, Fraction(6, 7), Fraction(5, 7), Fraction(1)),
        ),
        # After Autumn alone: three were expected and three were gained.
        (
            at(2023, SUMMER, 27),
            at(2024, SUMMER, 34),
            at(2025, AUTUMN, 37),
            PreviousRate(NO, Fraction(1), Fraction(1), Fraction(0)),
        ),
        # 6/7 a step: 18/7 by the end of Autumn, of which 2 were gained: 4/7 short is less than one.
        (
            at(2023, SUMMER, 24),
            at(2025, BASELINE, 30),
            at(2025, AUTUMN, 32),
            PreviousRate(NO, Fraction(6, 7), Fraction(2, 3), Fraction(4, 7)),
        ),
        # Exactly two terms before the start, Spring and Summer: four were expected.
        (
            at(2024, AUTUMN, 30),
            at(2025, BASELINE, 34),
            at(2025, SPRING, 36),
            PreviousRate(YES, Fraction(1), Fraction(2, 5), Fraction(3)),
        ),
        # Better than before, and back before the start: a rate below nought.
        (
            at(2023, SUMMER, 30),
            at(2024, SUMMER, 29),
            at(2025, SUMMER, 30),
            PreviousRate(NO, Fraction(-1, 7), Fraction(1, 7), Fraction(-2)),
        ),
        # One term alone before the start; no earlier point; nothing since.
        (at(2025, SPRING, 30), at(2025, SUMMER, 32), at(2026, SUMMER, 33), PreviousRate(NO_DATA)),
        (None, at(2024, SUMMER, 34), at(2025, SUMMER, 38), PreviousRate(NO_DATA)),
        (at(2023, SUMMER, 27), at(2024, SUMMER, 34), at(2025, BASELINE, 34), PreviousRate(NO_DATA)),
    ],
)
def test_the_rate_before(earlier: Reached | None, start: Reached, now: Reached, found: PreviousRate) -> None:
    assert previous_rate(earlier, start, now) == found


def test_a_stretch_in_which_nothing_was_expected_has_no_rate() -> None:
    only_autumn = Expectations(ranges=((-1, 0), (1, 2), (3, 5)), steps=(7, 0, 0))
    points = at(2024, AUTUMN, 30), at(2025, BASELINE, 34), at(2025, AUTUMN, 36)
    assert previous_rate(*points, only_autumn) == PreviousRate(NO_DATA)


def mean_of(*peers: tuple[int, int]) -> Peers:
    return Peers.of(Stretch(*each) for each in peers)


@pytest.mark.parametrize(
    ("pupil", "peers", "not_closing", "widening"),
    [
        # Exactly five peers; a gap of exactly one that stays.
        ((39, 46), [(40, 47)] * 5, YES, NO),
        # Four: too few.
        ((39, 46), [(40, 47)] * 4, TOO_FEW, TOO_FEW),
        # Just under one (0.8): no gap to close.
        ((39, 46), [(40, 47)] * 4 + [(39, 47)], NOT_FOR_THIS, NO),
        # It closes by exactly half a point (of ten peers), and by a fifth of one.
        ((38, 46), [(40, 47)] * 5 + [(40, 48)] * 5, NO, NO),
        ((38, 46), [(40, 48)] * 4 + [(40, 47)], YES, NO),
        # It widens by exactly half a point, which is standing still; and by 0.6.
        ((39, 46), [(40, 47)] * 5 + [(40, 48)] * 5, YES, NO),
        ((39, 46), [(40, 48)] * 3 + [(40, 47)] * 2, YES, YES),
        # Ahead at the start and behind by exactly one now; by less.
        ((41, 46), [(40, 47)] * 5, NOT_FOR_THIS, YES),
        ((41, 46), [(40, 47)] * 4 + [(40, 46)], NOT_FOR_THIS, NO),
        # Ahead still, though by less.
        ((45, 48), [(40, 47)] * 5, NOT_FOR_THIS, NO),
    ],
)
def test_gaps_at_their_edges(
    pupil: tuple[int, int], peers: list[tuple[int, int]], not_closing: Outcome, widening: Outcome
) -> None:
    others = mean_of(*peers)
    assert gap_not_closing(Stretch(*pupil), others).outcome is not_closing
    assert gap_widening(Stretch(*pupil), others).outcome is widening


def test_literally_any_lag_is_a_sign_and_a_match_is_none() -> None:
    """No tolerance: the very same start, any shortfall, any gap. Fewest peers, and the lowest fifth, stay."""
    eight = gained(*[7] * 8)
    assert slower_than_peers(Stretch(40, 46), eight, LITERAL).outcome is YES
    assert slower_than_peers(Stretch(40, 47), eight, LITERAL).outcome is NO
    assert slower_than_peers(Stretch(40, 46), gained(*[7] * 8, start=41), LITERAL).outcome is TOO_FEW
    # Everybody alike: the median is not undercut, though nobody gained less.
    assert slower_than_peers(Stretch(40, 46), gained(6, 6, 6, 6, 6, 7, 7, 7), LITERAL).outcome is NO
    before, start = at(2023, SUMMER, 27), at(2024, SUMMER, 34)
    assert [
        previous_rate(before, start, at(2025, SUMMER, points), tolerances=LITERAL).outcome
        for points in (40, 41, 42)
    ] == [YES, NO, NO]
    five = mean_of(*[(40, 47)] * 5)
    stays, closes, grows, level = Stretch(39, 46), Stretch(38, 46), Stretch(39, 45), Stretch(40, 47)
    assert [gap_not_closing(each, five, LITERAL).outcome for each in (stays, closes, grows, level)] == [
        YES,
        NO,
        YES,
        NOT_FOR_THIS,
    ]
    assert [gap_widening(each, five, LITERAL).outcome for each in (stays, closes, grows, level)] == [
        NO,
        NO,
        YES,
        NO,
    ]
    # Four fifths of a point are a gap, literally.
    nearly = mean_of(*[(40, 47)] * 4, (39, 47))
    assert gap_not_closing(Stretch(39, 46), nearly, LITERAL).outcome is YES


def test_signs_are_named_in_the_order_of_the_code_with_their_numbers_in_words() -> None:
    pupil, peers = beside(12)
    rate = previous_rate(at(2023, SUMMER, 24), at(2024, SUMMER, 30), at(2025, SUMMER, 35))
    signs = Signs(
        slower_than_peers(pupil, peers), rate, gap_not_closing(pupil, peers), gap_widening(pupil, peers)
    )
    assert signs.shown == (Sign.PREVIOUS_RATE, Sign.GAP_NOT_CLOSING, Sign.GAP_WIDENING)
    assert [(fact.sign, fact.is_sign, fact.numbers) for fact in facts_of(signs)] == [
        (Sign.SLOWER, False, "Gained 5 points. Nobody else started near the same point."),
        (
            Sign.PREVIOUS_RATE,
            True,
            "In the year before 0.86 points for each one expected, since the start 0.71: 1 point short of the earlier rate.",
        ),
        (
            Sign.GAP_NOT_CLOSING,
            True,
            "Beside the mean of 11 peers at the start 4.36 points behind, now 6.09 points behind.",
        ),
        (
            Sign.GAP_WIDENING,
            True,
            "Beside the mean of 11 peers at the start 4.36 points behind, now 6.09 points behind.",
        ),
    ]


def test_other_numbers_in_words() -> None:
    def said(signs: Signs) -> list[str]:
        return [fact.numbers for fact in facts_of(signs)]

    assert NOT_ENOUGH_DATA.shown == ()
    assert said(NOT_ENOUGH_DATA) == ["", "", "", ""]
    assert said(replace(NOT_ENOUGH_DATA, not_closing=Gap(TOO_FEW)))[2] == "Nobody to compare with."
    few = Gap(TOO_FEW, peers=1)
    assert said(
        Signs(
            SlowerThanPeers(TOO_FEW, 1, peers=1),
            PreviousRate(NO, Fraction(1), Fraction(8, 7), Fraction(-1)),
            few,
            Gap(TOO_FEW, peers=4),
        )
    ) == [
        "Gained 1 point. Only 1 other started near the same point.",
        "In the year before 1 point for each one expected, since the start 1.14: 1 point more than at the earlier rate.",
        "Only 1 peer to compare with.",
        "Only 4 peers to compare with.",
    ]
    pupil, peers = beside(4)
    only = replace(NOT_ENOUGH_DATA, slower=slower_than_peers(pupil, peers))
    assert said(only)[1] == "No earlier points to measure a rate from."
    assert said(
        Signs(
            slower_than_peers(pupil, peers),
            PreviousRate(NO, Fraction(1), Fraction(1), Fraction(0)),
            gap_not_closing(pupil, peers),
            Gap(NO, Fraction(-5, 2), Fraction(-1), 11),
        )
    ) == [
        (
            "Gained 4 points; the middle one of 9 peers from the same start gained 7."
            " Rank among them 0, from 0 (all gained more) to 1 (all gained less)."
        ),
        "In the year before 1 point for each one expected, since the start 1: just the earlier rate.",
        "Beside the mean of 11 peers at the start level, now 2.82 points behind.",
        "Beside the mean of 11 peers at the start 2.5 points ahead, now 1 point ahead.",
    ]
    assert [told(each) for each in (10, Fraction(1, 3), Fraction(-1, 2), 0)] == ["10", "0.33", "-0.5", "0"]
