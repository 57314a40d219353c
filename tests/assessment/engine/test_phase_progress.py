"""Progress over a phase or key stage: scenarios worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from assessment.engine.assessment_points import AFTER_EYFS, Phase
from assessment.engine.progress import Progress, Yardstick, phase_to_date
from schools.calendar import YearGroup
from tests.assessment.engine.histories import history, when
from tests.assessment.engine.tables import MASTERY

LESS, EXPECTED, MORE = Progress


def years(text: str) -> dict[int, YearGroup]:
    """`2023: 3, 2024: 4`: the year group in each academic year."""
    pairs = (each.split(":") for each in text.split(","))
    return {int(year): YearGroup.from_code(code) for year, code in pairs}


def to_date(at, phase, groups, *entries, yardstick=None):
    """The start, the steps, the expected ones and the outcome."""
    arguments = (history(*entries), when(at), years(groups), phase)
    measure = phase_to_date(*arguments, yardstick) if yardstick else phase_to_date(*arguments)
    if measure is None:
        return None
    start = measure.start
    return (
        f"{start.at.academic_year} {start.at.term.label} {start.points}",
        measure.steps,
        measure.expected,
        measure.outcome,
    )


@pytest.mark.parametrize(
    ("phase", "groups", "at", "expected"),
    [
        (Phase.KS1, "2024: 1, 2025: 2", "2025 Summer", 14),
        (Phase.KS1, "2024: 1, 2025: 2", "2024 Autumn", 3),
        (Phase.LKS2, "2024: 3, 2025: 4", "2025 Spring", 12),
        (Phase.UKS2, "2024: 5, 2025: 6", "2025 Autumn", 10),
        (Phase.KS2, "2024: 3, 2025: 4, 2026: 5, 2027: 6", "2027 Summer", 28),
        (Phase.KS3, "2024: 7, 2025: 8, 2026: 9", "2026 Summer", 21),
    ],
)
def test_the_phase_starts_at_the_baseline_of_its_first_year_else_at_the_summer_before(
    phase, groups, at, expected
):
    both = ["2023 Summer 30", "2024 Baseline 20", f"{at} 40"]
    assert to_date(at, phase, groups, *both) == (
        "2024 Baseline 20",
        20,
        expected,
        MORE if expected < 20 else LESS,
    )
    summer = ["2023 Summer 30", f"{at} 40"]
    outcome = MORE if expected < 10 else EXPECTED if expected == 10 else LESS
    assert to_date(at, phase, groups, *summer) == ("2023 Summer 30", 10, expected, outcome)


def test_key_stage_1_starts_at_the_baseline_of_year_1():
    entries = ["2024 Baseline 20", "2024 Summer 27", "2025 Baseline 25", "2025 Summer 34"]
    assert to_date("2025 Summer", Phase.KS1, "2023: R, 2024: 1, 2025: 2", *entries) == (
        "2024 Baseline 20", 14, 14, EXPECTED,
    )  # fmt: skip


def test_from_the_end_of_the_early_years_two_years_expect_14_steps_and_a_first_school_of_four_28():
    entries = ["2021 Summer 21", "2022 Baseline 20", "2023 Summer 34", "2025 Summer 48"]
    groups = "2021: R, 2022: 1, 2023: 2, 2024: 3, 2025: 4"
    at_the_end_of_key_stage_1 = to_date("2023 Summer", AFTER_EYFS, groups, *entries)
    assert at_the_end_of_key_stage_1 == ("2022 Baseline 20", 14, 14, EXPECTED)
    assert at_the_end_of_key_stage_1 == to_date("2023 Summer", Phase.KS1, groups, *entries)
    assert to_date("2025 Summer", AFTER_EYFS, groups, *entries) == ("2022 Baseline 20", 28, 28, EXPECTED)
    # Key Stage 2 starts at the Summer before it; the Baseline that Year 1 has lies before.
    assert to_date("2025 Summer", Phase.KS2, groups, *entries) == ("2023 Summer 34", 14, 14, EXPECTED)
    # Who came later is measured from then on; who has no Baseline and was judged on no entry is not measured.
    joined = ["2024 Autumn 40 on entry", "2025 Summer 50"]
    assert to_date("2025 Summer", AFTER_EYFS, "2024: 3, 2025: 4", *joined) == ("2024 Autumn 40", 10, 11, LESS)
    assert to_date("2025 Summer", AFTER_EYFS, "2024: 3, 2025: 4", "2024 Summer 40", "2025 Summer 50") is None


def test_terms_in_between_that_are_missing_do_no_harm():
    groups = "2022: 2, 2023: 3, 2024: 4"
    assert to_date("2024 Summer", Phase.LKS2, groups, "2022 Summer 34", "2024 Summer 48") == (
        "2022 Summer 34", 14, 14, EXPECTED,
    )  # fmt: skip


def test_without_a_start_of_the_first_year_the_first_baseline_or_entry_of_the_phase_starts():
    groups = "2023: 3, 2024: 4, 2025: 5, 2026: 6"
    on_entry = ["2024 Spring 40 on entry", "2025 Baseline 41", "2026 Summer 55"]
    assert to_date("2026 Summer", Phase.KS2, groups, *on_entry) == ("2024 Spring 40", 15, 16, LESS)
    baseline = ["2024 Autumn 38", "2025 Baseline 41", "2025 Autumn 43 on entry", "2026 Summer 55"]
    assert to_date("2026 Summer", Phase.KS2, groups, *baseline) == ("2025 Baseline 41", 14, 14, EXPECTED)
    in_first_year = ["2023 Autumn 37 on entry", "2024 Summer 48"]
    assert to_date("2024 Summer", Phase.KS2, groups, *in_first_year) == ("2023 Autumn 37", 11, 11, EXPECTED)


def test_a_later_joiner_has_only_the_baseline_and_entry_rule():
    groups = "2025: 5, 2026: 6"
    entries = ["2024 Summer 45", "2025 Autumn 50 on entry", "2026 Summer 61"]
    assert to_date("2026 Summer", Phase.KS2, groups, *entries) == ("2025 Autumn 50", 11, 11, EXPECTED)
    assert to_date("2026 Summer", Phase.KS2, groups, "2024 Summer 45", "2026 Summer 61") is None
    # For the upper half of the key stage Year 5 is the first year.
    assert to_date("2026 Summer", Phase.UKS2, groups, *entries) == ("2024 Summer 45", 16, 14, MORE)


def test_who_skipped_the_first_year_of_a_phase_has_only_the_baseline_and_entry_rule():
    groups = "2024: 2, 2025: 4"
    assert to_date("2025 Summer", Phase.LKS2, groups, "2024 Summer 40", "2025 Summer 47") is None
    entries = ["2024 Summer 40", "2025 Baseline 41", "2025 Summer 48"]
    assert to_date("2025 Summer", Phase.LKS2, groups, *entries) == ("2025 Baseline 41", 7, 7, EXPECTED)


def test_a_baseline_or_entry_of_an_earlier_phase_is_no_start():
    groups = "2023: 2, 2024: 3, 2025: 4"
    entries = ["2023 Baseline 30", "2023 Autumn 33 on entry", "2025 Summer 48"]
    assert to_date("2025 Summer", Phase.LKS2, groups, *entries) is None


def test_a_repeated_year_expects_seven_more():
    entries = ["2022 Summer 34", "2025 Summer 55"]
    assert to_date("2025 Summer", Phase.LKS2, "2023: 3, 2024: 4, 2025: 4", *entries) == (
        "2022 Summer 34", 21, 21, EXPECTED,
    )  # fmt: skip


def test_who_repeats_the_first_year_starts_at_the_latest_of_them():
    groups = "2023: 3, 2024: 3, 2025: 4"
    entries = ["2022 Summer 34", "2023 Baseline 33", "2023 Summer 38", "2025 Summer 52"]
    assert to_date("2025 Summer", Phase.LKS2, groups, *entries) == ("2023 Summer 38", 14, 14, EXPECTED)
    with_baseline = [*entries, "2024 Baseline 40"]
    assert to_date("2025 Summer", Phase.LKS2, groups, *with_baseline) == ("2024 Baseline 40", 12, 14, LESS)


def test_in_the_first_of_two_first_years_the_second_is_not_known_yet():
    groups = "2023: 3, 2024: 3, 2025: 4"
    entries = ["2022 Summer 34", "2023 Summer 41", "2024 Summer 48"]
    assert to_date("2023 Summer", Phase.LKS2, groups, *entries) == ("2022 Summer 34", 7, 7, EXPECTED)


def test_the_phases_start_is_never_its_end():
    assert to_date("2024 Autumn", Phase.KS1, "2024: 1", "2024 Autumn 23 on entry") is None
    assert to_date("2024 Baseline", Phase.KS1, "2024: 1", "2024 Baseline 20") is None


def test_without_an_end_there_is_no_measure():
    assert to_date("2025 Spring", Phase.LKS2, "2024: 3, 2025: 4", "2023 Summer 34", "2025 Spring -") is None


def test_a_start_without_points_is_none():
    groups = "2024: 3, 2025: 4"
    entries = ["2023 Summer 34", "2024 Baseline -", "2025 Summer 48"]
    assert to_date("2025 Summer", Phase.LKS2, groups, *entries) == ("2023 Summer 34", 14, 14, EXPECTED)


@pytest.mark.parametrize("year_group", list(MASTERY))
def test_mastery_is_for_one_year_and_not_for_a_phase(year_group):
    phases = [phase for phase in Phase if phase.first <= year_group <= phase.last]
    for phase in phases:
        groups = f"2025: {year_group.code}"
        assert to_date("2025 Summer", phase, groups, "2025 Baseline 90", "2025 Summer 90") == (
            "2025 Baseline 90", 0, 7, LESS,
        )  # fmt: skip


def test_the_early_years_show_steps_alone():
    groups = "2022: N1, 2023: N2, 2024: R"
    entries = ["2022 Baseline 9", "2024 Summer 21"]
    assert to_date("2024 Summer", Phase.EYFS, groups, *entries) == ("2022 Baseline 9", 12, None, None)


def test_key_stage_4_has_no_measure():
    assert to_date("2025 Summer", Phase.KS4, "2025: 10", "2024 Summer 80", "2025 Summer 90") is None


def test_an_individual_expectation_runs_over_the_whole_phase():
    yardstick = Yardstick(own_steps={2024: 4, 2025: 4})
    groups = "2024: 3, 2025: 4"
    # A year and five sevenths of the next: 4 + 20/7 = 48/7.
    for points, outcome in ((36, LESS), (37, MORE)):
        assert to_date(
            "2025 Spring", Phase.LKS2, groups, "2023 Summer 30", f"2025 Spring {points}", yardstick=yardstick
        ) == ("2023 Summer 30", points - 30, Fraction(48, 7), outcome)
