"""Progress within a year: scenarios worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.expectations import Expectations
from assessment.engine.progress import Judged, Progress, Yardstick, between, this_term, this_year
from schools.calendar import YearGroup
from tests.assessment.engine.histories import history, when
from tests.assessment.engine.tables import MASTERY, YEAR_GROUPS

Y1, Y4, Y9 = YearGroup.Y1, YearGroup.Y4, YearGroup.Y9
WORDS = {"less": Progress.LESS, "expected": Progress.EXPECTED, "more": Progress.MORE}


def told(measure):
    """From what to what, steps, expected, and the word."""
    if measure is None:
        return None
    start, end = measure.start, measure.end
    words = {outcome: word for word, outcome in WORDS.items()}
    return (
        f"{start.at.academic_year} {start.at.term.label} {start.points}",
        f"{end.at.academic_year} {end.at.term.label} {end.points}",
        measure.steps,
        measure.expected,
        words.get(measure.outcome),
    )


def of_term(at, *entries, year_group=Y4):
    return told(this_term(history(*entries), when(at), year_group))


def of_year(at, *entries, year_group=Y4):
    return told(this_year(history(*entries), when(at), year_group))


# This term


@pytest.mark.parametrize(
    ("points", "steps", "word"), [(44, 2, "less"), (45, 3, "expected"), (46, 4, "more"), (40, -2, "less")]
)
def test_autumn_expects_three_steps_from_the_summer_before(points, steps, word):
    assert of_term("2025 Autumn", "2024 Summer 42", f"2025 Autumn {points}") == (
        "2024 Summer 42", f"2025 Autumn {points}", steps, 3, word,
    )  # fmt: skip


@pytest.mark.parametrize(("term", "before"), [("Spring", "Autumn"), ("Summer", "Spring")])
def test_spring_and_summer_expect_two_steps_from_the_term_before(term, before):
    for points, word in ((43, "less"), (44, "expected"), (45, "more")):
        assert of_term(f"2025 {term}", f"2025 {before} 42", f"2025 {term} {points}") == (
            f"2025 {before} 42", f"2025 {term} {points}", points - 42, 2, word,
        )  # fmt: skip


def test_autumn_starts_at_this_years_baseline_rather_than_the_summer_before():
    assert of_term("2025 Autumn", "2024 Summer 42", "2025 Baseline 39", "2025 Autumn 42") == (
        "2025 Baseline 39", "2025 Autumn 42", 3, 3, "expected",
    )  # fmt: skip


def test_a_missing_term_does_no_harm():
    assert of_term("2025 Spring", "2024 Summer 42", "2025 Spring 47") == (
        "2024 Summer 42", "2025 Spring 47", 5, 5, "expected",
    )  # fmt: skip
    assert of_term("2025 Summer", "2025 Autumn 42", "2025 Summer 46") == (
        "2025 Autumn 42", "2025 Summer 46", 4, 4, "expected",
    )  # fmt: skip
    assert of_term("2025 Summer", "2025 Baseline 42", "2025 Summer 48") == (
        "2025 Baseline 42", "2025 Summer 48", 6, 7, "less",
    )  # fmt: skip


def test_a_reason_in_place_of_points_is_a_missing_term():
    assert of_term("2025 Spring", "2024 Summer 42", "2025 Autumn -", "2025 Spring 47") == (
        "2024 Summer 42", "2025 Spring 47", 5, 5, "expected",
    )  # fmt: skip
    assert of_term("2025 Spring", "2025 Autumn 42", "2025 Spring -") is None


def test_the_term_starts_no_earlier_than_the_year():
    assert of_term("2025 Autumn", "2024 Spring 40", "2025 Autumn 45") is None
    assert of_term("2025 Summer", "2024 Spring 40", "2025 Summer 49") is None
    assert of_term("2025 Autumn", "2023 Summer 40", "2025 Autumn 45") is None


def test_a_judgement_is_never_its_own_start():
    assert of_term("2025 Autumn", "2025 Autumn 45") is None
    assert of_term("2025 Autumn", "2025 Autumn 45 on entry") is None
    assert of_year("2025 Autumn", "2025 Autumn 45 on entry") is None
    assert of_year("2025 Baseline", "2025 Baseline 45") is None


def test_what_was_judged_later_changes_nothing():
    assert of_term("2025 Autumn", "2025 Spring 60", "2024 Summer 42", "2025 Autumn 45") == (
        "2024 Summer 42", "2025 Autumn 45", 3, 3, "expected",
    )  # fmt: skip


# This year


@pytest.mark.parametrize(("term", "expected"), [("Autumn", 3), ("Spring", 5), ("Summer", 7)])
def test_the_year_counts_from_the_summer_before(term, expected):
    for more, word in ((-1, "less"), (0, "expected"), (1, "more")):
        points = 40 + expected + more
        assert of_year(f"2025 {term}", "2024 Summer 40", f"2025 {term} {points}") == (
            "2024 Summer 40", f"2025 {term} {points}", expected + more, expected, word,
        )  # fmt: skip


def test_the_years_baseline_wins_over_the_summer_before_even_when_lower():
    entries = ["2024 Summer 42", "2025 Baseline 38", "2025 Summer 45"]
    assert of_year("2025 Summer", *entries) == ("2025 Baseline 38", "2025 Summer 45", 7, 7, "expected")
    entries = ["2024 Summer 42", "2025 Baseline 44", "2025 Summer 50"]
    assert of_year("2025 Summer", *entries) == ("2025 Baseline 44", "2025 Summer 50", 6, 7, "less")


def test_a_baseline_without_points_leaves_the_summer_before():
    entries = ["2024 Summer 42", "2025 Baseline -", "2025 Spring 47"]
    assert of_year("2025 Spring", *entries) == ("2024 Summer 42", "2025 Spring 47", 5, 5, "expected")


def test_who_joined_mid_year_counts_from_the_judgement_on_entry_and_only_the_terms_since():
    entries = ["2025 Autumn 42 on entry", "2025 Spring 44", "2025 Summer 46"]
    assert of_year("2025 Spring", *entries) == ("2025 Autumn 42", "2025 Spring 44", 2, 2, "expected")
    assert of_year("2025 Summer", *entries) == ("2025 Autumn 42", "2025 Summer 46", 4, 4, "expected")
    entries = ["2025 Spring 42 on entry", "2025 Summer 45"]
    assert of_year("2025 Summer", *entries) == ("2025 Spring 42", "2025 Summer 45", 3, 2, "more")


def test_the_first_judgement_marked_on_entry_is_the_start():
    entries = ["2025 Autumn 40", "2025 Spring 42 on entry", "2025 Summer 45"]
    assert of_year("2025 Summer", *entries) == ("2025 Spring 42", "2025 Summer 45", 3, 2, "more")
    entries = ["2025 Autumn 40 on entry", "2025 Spring 42 on entry", "2025 Summer 45"]
    assert of_year("2025 Summer", *entries) == ("2025 Autumn 40", "2025 Summer 45", 5, 4, "more")


def test_on_entry_counts_only_where_there_is_neither_baseline_nor_the_summer_before():
    entries = ["2024 Summer 38", "2025 Autumn 42 on entry", "2025 Summer 45"]
    assert of_year("2025 Summer", *entries) == ("2024 Summer 38", "2025 Summer 45", 7, 7, "expected")
    entries = ["2025 Baseline 41", "2025 Autumn 42 on entry", "2025 Summer 45"]
    assert of_year("2025 Summer", *entries) == ("2025 Baseline 41", "2025 Summer 45", 4, 7, "less")


def test_on_entry_of_another_year_is_no_start_of_this_one():
    assert of_year("2025 Summer", "2024 Autumn 38 on entry", "2025 Summer 45") is None


def test_without_a_start_there_is_no_measure():
    assert of_year("2025 Spring", "2025 Spring 60") is None
    assert of_year("2025 Spring", "2025 Autumn 42", "2025 Spring 44") is None
    assert of_year("2025 Spring", "2024 Spring 38", "2025 Spring 44") is None
    assert of_year("2025 Spring") is None


def test_without_an_end_there_is_no_measure():
    assert of_year("2025 Spring", "2024 Summer 42") is None
    assert of_year("2025 Spring", "2024 Summer 42", "2025 Spring -", "2025 Autumn 45") is None


def test_a_baseline_ends_no_measure():
    assert of_year("2025 Baseline", "2024 Summer 42", "2025 Baseline 42") is None
    assert of_term("2025 Baseline", "2024 Summer 42", "2025 Baseline 42") is None


# Mastery of the own year in Summer


@pytest.mark.parametrize("year_group", list(MASTERY))
def test_who_ends_the_year_in_the_own_mastery_made_more_than_expected_whatever_the_steps(year_group):
    begins = MASTERY[year_group]
    for points in range(1, 102):
        entries = history(f"2024 Summer {points}", f"2025 Summer {points}")
        measure = this_year(entries, when("2025 Summer"), year_group)
        assert (measure.steps, measure.expected) == (0, 7)
        assert measure.outcome is (Progress.MORE if points >= begins else Progress.LESS)
        assert measure.is_by_mastery is (points >= begins)


def test_the_mastery_clause_is_named_only_where_it_decides():
    by_steps = this_year(history("2024 Summer 43", "2025 Summer 51"), when("2025 Summer"), Y4)
    assert (by_steps.steps, by_steps.outcome, by_steps.is_by_mastery) == (8, Progress.MORE, False)
    by_mastery = this_year(history("2024 Summer 44", "2025 Summer 51"), when("2025 Summer"), Y4)
    assert (by_mastery.steps, by_mastery.outcome, by_mastery.is_by_mastery) == (7, Progress.MORE, True)


@pytest.mark.parametrize("term", ["Autumn", "Spring"])
def test_mastery_counts_in_summer_alone(term):
    measure = this_year(history("2024 Summer 60", f"2025 {term} 60"), when(f"2025 {term}"), Y4)
    assert (measure.outcome, measure.is_by_mastery) == (Progress.LESS, False)


def test_mastery_counts_for_the_year_alone_and_not_for_the_term():
    entries = history("2025 Spring 60", "2025 Summer 60")
    assert this_term(entries, when("2025 Summer"), Y4).outcome is Progress.LESS


def test_mastery_counts_only_where_there_is_a_start():
    assert this_year(history("2025 Spring 60", "2025 Summer 60"), when("2025 Summer"), Y4) is None


def test_mastery_counts_from_an_on_entry_start_too():
    measure = this_year(history("2025 Spring 60 on entry", "2025 Summer 60"), when("2025 Summer"), Y4)
    assert (measure.outcome, measure.is_by_mastery, measure.steps) == (Progress.MORE, True, 0)


# Who is measured


@pytest.mark.parametrize("year_group", YEAR_GROUPS)
def test_years_1_to_9_have_an_outcome_the_early_years_steps_alone_and_later_years_nothing(year_group):
    entries = history("2024 Summer 15", "2025 Autumn 18", "2025 Spring 20", "2025 Summer 22")
    for at, term_steps, year_steps in (("2025 Autumn", 3, 3), ("2025 Spring", 2, 5), ("2025 Summer", 2, 7)):
        term = this_term(entries, when(at), year_group)
        year = this_year(entries, when(at), year_group)
        if year_group.code in {"10", "11", "12", "13"}:
            assert (term, year) == (None, None)
        elif year_group.code in {"N1", "N2", "R"}:
            assert [(each.steps, each.expected, each.outcome) for each in (term, year)] == [
                (term_steps, None, None),
                (year_steps, None, None),
            ]
            assert not year.is_by_mastery
        else:
            assert [(each.steps, each.expected, each.outcome) for each in (term, year)] == [
                (term_steps, term_steps, Progress.EXPECTED),
                (year_steps, year_steps, Progress.EXPECTED),
            ]


def test_the_early_years_never_get_a_colour_even_beyond_year_1():
    measure = this_year(history("2024 Summer 20", "2025 Summer 60"), when("2025 Summer"), YearGroup.R)
    assert (measure.steps, measure.expected, measure.outcome, measure.is_by_mastery) == (
        40,
        None,
        None,
        False,
    )


def test_year_1_needs_its_baseline_or_an_entry():
    assert of_year("2025 Autumn", "2025 Baseline 20", "2025 Autumn 23", year_group=Y1) == (
        "2025 Baseline 20", "2025 Autumn 23", 3, 3, "expected",
    )  # fmt: skip
    assert of_year("2025 Autumn", "2025 Autumn 23", year_group=Y1) is None


# Individual expectations and those of a partnership


def test_an_individual_expectation_is_shared_in_sevenths_and_compared_exactly():
    three_a_year = Yardstick(own_steps={2025: 3})
    found = []
    for at, points in (("2025 Autumn", 21), ("2025 Autumn", 22), ("2025 Spring", 22), ("2025 Summer", 23)):
        measure = this_year(history("2024 Summer 20", f"{at} {points}"), when(at), Y4, three_a_year)
        found.append((measure.steps, measure.expected, measure.outcome, measure.is_individual))
    # 3 x 3/7 = 9/7, and 1 is less, 2 more; 3 x 5/7 = 15/7, and 2 is less; the whole year is 3.
    assert found == [
        (1, Fraction(9, 7), Progress.LESS, True),
        (2, Fraction(9, 7), Progress.MORE, True),
        (2, Fraction(15, 7), Progress.LESS, True),
        (3, Fraction(3), Progress.EXPECTED, True),
    ]


def test_a_seventh_is_not_rounded_away():
    yardstick = Yardstick(own_steps={2025: 5})
    autumn = this_term(history("2024 Summer 20", "2025 Autumn 22"), when("2025 Autumn"), Y4, yardstick)
    assert (autumn.expected, autumn.outcome) == (Fraction(15, 7), Progress.LESS)
    spring = this_term(history("2025 Autumn 20", "2025 Spring 22"), when("2025 Spring"), Y4, yardstick)
    assert (spring.expected, spring.outcome) == (Fraction(10, 7), Progress.MORE)


@pytest.mark.parametrize(
    ("of_year", "expected", "is_individual"),
    [
        # A year of 3 and a usual one of 7, of which Autumn and Spring are over: 3 + 5; the other way round 7 + 15/7.
        (2024, Fraction(8), True),
        (2025, Fraction(64, 7), True),
        # Neither the year that the start ends nor one that is still to come is in between.
        (2023, Fraction(12), False),
        (2026, Fraction(12), False),
    ],
)
def test_each_year_in_between_counts_by_its_own_steps(of_year, expected, is_individual):
    measure = between(
        history("2023 Summer 20", "2025 Spring 30"),
        when("2023 Summer"),
        when("2025 Spring"),
        Y4,
        Yardstick(own_steps={of_year: 3}),
    )
    assert (measure.expected, measure.is_individual) == (expected, is_individual)


def test_own_steps_are_shared_as_the_partnerships_are():
    yardstick = Yardstick(Expectations(ranges=((-1, 0), (1, 2), (3, 5)), steps=(4, 3, 2)), {2025: 3})
    autumn = this_term(history("2024 Summer 20", "2025 Autumn 21"), when("2025 Autumn"), Y4, yardstick)
    # 3 x 4/9.
    assert (autumn.expected, autumn.outcome) == (Fraction(4, 3), Progress.LESS)


def test_an_individual_expectation_equal_to_everybodys_is_still_labelled():
    entries = history("2024 Summer 40", "2025 Summer 47")
    own = this_year(entries, when("2025 Summer"), Y4, Yardstick(own_steps={2025: 7}))
    everybodys = this_year(entries, when("2025 Summer"), Y4)
    assert (own.expected, own.outcome, own.is_individual) == (7, Progress.EXPECTED, True)
    assert (everybodys.expected, everybodys.outcome, everybodys.is_individual) == (
        7,
        Progress.EXPECTED,
        False,
    )


def test_no_steps_a_year_may_be_expected_of_a_pupil():
    nothing = Yardstick(own_steps={2025: 0})
    found = [
        this_year(
            history("2024 Summer 20", f"2025 Summer {points}"), when("2025 Summer"), Y4, nothing
        ).outcome
        for points in (19, 20, 21)
    ]
    assert found == [Progress.LESS, Progress.EXPECTED, Progress.MORE]


def test_mastery_by_an_individual_expectation_stays_labelled():
    yardstick = Yardstick(own_steps={2025: 5})
    measure = this_year(history("2024 Summer 50", "2025 Summer 52"), when("2025 Summer"), Y4, yardstick)
    assert (measure.outcome, measure.is_by_mastery, measure.is_individual) == (Progress.MORE, True, True)


def test_a_partnerships_own_steps_count():
    own = Yardstick(Expectations(ranges=((-1, 0), (1, 2), (3, 5)), steps=(2, 2, 2)))
    measure = this_year(history("2024 Summer 40", "2025 Spring 44"), when("2025 Spring"), Y4, own)
    assert (measure.expected, measure.outcome) == (4, Progress.EXPECTED)


def test_progress_is_read_as_words():
    assert [each.label for each in Progress] == ["Less than expected", "Expected", "More than expected"]
    assert [each.value for each in Progress] == [1, 2, 3]


def test_a_judgement_is_on_entry_only_where_it_was_marked():
    assert not Judged(when("2025 Autumn"), 42).is_on_entry


def test_entries_and_terms_of_the_tests_are_read_as_written():
    (entry,) = history("2025 Spring 42 on entry")
    assert (entry.at.academic_year, entry.at.term, entry.points, entry.is_on_entry) == (
        2025, AssessmentTerm.SPRING, 42, True,
    )  # fmt: skip


# From a chosen point


def from_point(start, at, *entries, year_group=Y4):
    return told(between(history(*entries), when(start), when(at), year_group))


@pytest.mark.parametrize(
    ("start", "points", "expected", "word"),
    [
        ("2023 Summer", 33, 14, "expected"),
        ("2024 Baseline", 34, 14, "less"),
        ("2024 Autumn", 35, 11, "more"),
        ("2024 Spring", 39, 9, "less"),
        ("2025 Baseline", 40, 7, "expected"),
        ("2025 Spring", 44, 2, "more"),
    ],
)
def test_from_a_chosen_point_the_terms_between_are_expected(start, points, expected, word):
    """Whatever was judged in between, and whatever else could be a start."""
    found = from_point(
        start, "2025 Summer", f"{start} {points}", "2024 Summer 41", "2025 Autumn 45", "2025 Summer 47"
    )
    assert found == (f"{start} {points}", "2025 Summer 47", 47 - points, expected, word)


def test_from_a_chosen_point_needs_a_judgement_at_it_and_before_the_end():
    held = ("2024 Summer 40", "2025 Autumn 43", "2025 Summer 51")
    assert from_point("2025 Spring", "2025 Summer", *held) is None
    assert from_point("2025 Summer", "2025 Summer", *held) is None
    assert from_point("2025 Summer", "2025 Autumn", *held) is None
    assert from_point("2024 Summer", "2025 Spring", *held) is None
    # Ending the year in its Mastery is more than expected of the year alone.
    assert from_point("2025 Autumn", "2025 Summer", "2025 Autumn 47", "2025 Summer 51")[4] == "expected"
    # In Reception the steps alone.
    assert from_point(
        "2025 Autumn", "2025 Summer", "2025 Autumn 14", "2025 Summer 20", year_group=YearGroup.R
    )[2:] == (6, None, None)
