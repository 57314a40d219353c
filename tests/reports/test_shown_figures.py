"""What somebody who sees no names is shown, and that the tiles of a page do not give one another away."""

from __future__ import annotations

from typing import Any

from reports.documents.group_gaps import group_gaps
from reports.documents.shown_figures import ShownFigure, shown_figures
from reports.queries.figures import COMBINED, GOOD_LEVEL_OF_DEVELOPMENT, Figure
from schools.calendar import YearGroup

Y3, Y4 = YearGroup.Y3, YearGroup.Y4
READING, WRITING, MATHEMATICS, SCIENCE = 1, 2, 3, 4


def figure(
    parts: tuple[int, int, int],
    *,
    subject: int = READING,
    year_group: YearGroup = Y4,
    missing: int = 0,
    progress: tuple[int, int, int] | None = None,
    group: int = 1,
) -> Figure:
    """All measured as they are judged, unless told otherwise."""
    assessed = sum(parts)
    moved = parts if progress is None else progress
    return Figure(
        school_id=1,
        year_group=year_group.value,
        subject=subject,
        group=group,
        pupils=assessed + missing,
        assessed=assessed,
        below=parts[0],
        at=parts[1],
        above=parts[2],
        points=40 * assessed,
        measured=sum(moved),
        progress_below=moved[0],
        progress_expected=moved[1],
        progress_above=moved[2],
        steps=3 * sum(moved),
    )


def shown(of: Figure, small_count: int = 5) -> ShownFigure:
    """What is shown of it, where it is the same in every subject."""
    subjects = (READING, WRITING, MATHEMATICS, SCIENCE, COMBINED)
    all_alike = [of._replace(subject=subject) for subject in subjects]
    return shown_figures(all_alike, small_count)[YearGroup(of.year_group)][of.subject]


def combined_of(*year_groups: YearGroup) -> list[Figure]:
    return [figure((8, 16, 0), subject=COMBINED, year_group=year_group) for year_group in year_groups]


def told_of(subjects: list[Figure], combined: Figure) -> ShownFigure:
    return shown_figures([*subjects, combined], 5)[Y4][COMBINED]


def counts(of: ShownFigure) -> tuple[int | None, ...]:
    line = of.attainment
    return (line.below, line.at, line.above, line.counted, line.pupils)


def test_with_names_everything_is_shown() -> None:
    found = shown(figure((1, 2, 3), missing=4), small_count=0)
    assert counts(found) == (1, 2, 3, 6, 10)
    assert found.progress is not None
    assert found.progress.below == 1


def test_without_names_a_small_part_is_hidden_with_company_and_the_roll_is_not_told() -> None:
    # The third would follow from the others and the sum.
    assert counts(shown(figure((8, 19, 3)))) == (8, None, None, 30, None)


def test_without_names_a_few_without_a_judgement_hide_nothing_as_the_number_on_roll_is_not_told() -> None:
    found = shown(figure((8, 10, 8), missing=2))
    assert counts(found) == (8, 10, 8, 26, None)
    assert found.attainment.at_or_above == 18
    assert found.progress is None


def test_without_names_a_year_group_of_a_few_is_hidden_and_takes_company_along() -> None:
    # The pack tells of all year groups together, so that 3 would be what is left of them.
    figures = [
        figure((1, 1, 1), subject=subject, year_group=year_group)
        if year_group is YearGroup.Y2
        else figure((8, 8, 8), subject=subject, year_group=year_group)
        for subject in (READING, WRITING, MATHEMATICS, SCIENCE)
        for year_group in (YearGroup.Y2, Y3, Y4)
    ]
    told = shown_figures(figures + combined_of(YearGroup.Y2, Y3, Y4), 5)
    assert counts(told[YearGroup.Y2][READING]) == (None,) * 5
    assert None in counts(told[Y3][READING])[:4]
    assert None in counts(told[Y4][READING])[:4] or counts(told[Y3][READING])[:4] == (None,) * 4


def test_without_names_combined_is_told_in_two_parts_where_no_difference_tells_of_a_few() -> None:
    subjects = [figure((8, 14, 8), subject=subject) for subject in (READING, WRITING, MATHEMATICS, SCIENCE)]
    safe = figure((14, 16, 0), subject=COMBINED)
    assert counts(told_of(subjects, safe)) == (14, None, None, 30, None)
    assert told_of(subjects, safe).attainment.at_or_above == 16
    # 10 below in one of the three and 8 in Reading: two of them not in Reading.
    telling = figure((10, 20, 0), subject=COMBINED)
    assert counts(told_of(subjects, telling)) == (None,) * 5


def test_without_names_the_good_level_is_told_in_two_parts_and_its_goals_where_they_leave_no_few() -> None:
    number = 200 + 11
    goal = figure((8, 22, 0), subject=number, year_group=YearGroup.R)
    level = figure((9, 21, 0), subject=GOOD_LEVEL_OF_DEVELOPMENT, year_group=YearGroup.R)
    told = shown_figures([goal, level], 5)[YearGroup.R]
    assert counts(told[GOOD_LEVEL_OF_DEVELOPMENT]) == (9, None, None, 30, None)
    # One child reached the goal and not the level.
    assert counts(told[number]) == (None,) * 5
    far = figure((2 * 8, 14, 0), subject=GOOD_LEVEL_OF_DEVELOPMENT, year_group=YearGroup.R)
    assert counts(shown_figures([goal, far], 5)[YearGroup.R][number]) == (8, None, None, 30, None)


def test_without_names_nursery_and_years_without_a_range_are_not_told() -> None:
    figures = [
        figure((8, 8, 8), subject=200 + 11, year_group=YearGroup.N2),
        figure((0, 0, 0), year_group=YearGroup.Y10, missing=20),
    ]
    assert shown_figures(figures, 5) == {}


def gaps(everybody: Figure, girls: Figure, boys: Figure) -> list[tuple[Any, ...]]:
    of_year = shown_figures([everybody], 0)[Y4]
    found = group_gaps([everybody, girls, boys], of_year, {})
    return [
        (line.attainment.group.value, line.attainment.comparator.value, line.attainment.gap)
        for each in found
        for line in each.lines
    ]


def test_a_pair_is_told_where_nothing_in_it_is_small() -> None:
    girls, boys = figure((6, 8, 6), group=2), figure((10, 10, 0), group=3)
    assert gaps(figure((16, 18, 6)), girls, boys) == [(70, 50, 20)]


def test_no_pupils_are_told_beside_a_gap_that_is_shown_as_nought() -> None:
    def closing(girls: Figure, boys: Figure) -> tuple[Any, Any]:
        everybody = girls._replace(
            **{name: getattr(girls, name) + getattr(boys, name) for name in Figure._fields[4:]}, group=1
        )
        of_year = shown_figures([everybody], 0)[Y4]
        (found,) = group_gaps([everybody, girls, boys], of_year, {})
        compared = found.lines[0].attainment
        return compared.gap, compared.closed_by

    # 31 of 54 beside 37 of 64: 57.41 and 57.81.
    assert closing(figure((23, 31, 0), group=2), figure((27, 37, 0), group=3)) == (0, None)
    # 10 of 20 beside 14 of 20; and ahead.
    assert closing(figure((10, 10, 0), group=2), figure((6, 8, 6), group=3)) == (-20, 4)
    assert closing(figure((6, 8, 6), group=2), figure((10, 10, 0), group=3)) == (20, None)


def test_a_small_group_has_its_gap_too_for_those_who_see_names() -> None:
    girls, boys = figure((0, 4, 0), group=2), figure((8, 12, 8), group=3)
    assert gaps(figure((8, 16, 8)), girls, boys) == [(100, 71, 29)]


def test_two_limits_on_the_same_figures_would_tell_together_what_each_holds_back() -> None:
    """Why a limit stays once figures were given out, LEP_SMALL_COUNT too: raising it tells as well (docs/administration.md)."""
    subjects = [figure((8, 10, 8), subject=subject) for subject in (READING, MATHEMATICS, SCIENCE)]
    told = [
        counts(
            shown_figures([*subjects, figure((2, 15, 9), subject=WRITING), *combined_of(Y4)], limit)[Y4][
                WRITING
            ]
        )[:4]
        for limit in (5, 10)
    ]
    assert told == [(None, None, 9, 26), (None, 15, None, 26)]
