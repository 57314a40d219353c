"""What somebody who sees no names is shown, and that the tiles of a page do not give one another away."""

from __future__ import annotations

from typing import Any

from reports.documents.group_gaps import group_gaps
from reports.documents.shown_figures import HIDDEN, ShownFigure, shown_figures
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


def shown(*figures: Figure, small_count: int = 5, **wanted: Any) -> ShownFigure:
    """What is shown of the figure wanted, the first unless told otherwise."""
    year_group = wanted.get("year_group", YearGroup(figures[0].year_group))
    return shown_figures(figures, small_count)[year_group][wanted.get("subject", figures[0].subject)]


def counts(of: ShownFigure) -> tuple[int | None, ...]:
    line = of.attainment
    return (line.below, line.at, line.above, line.counted, line.pupils)


def test_with_names_everything_is_shown() -> None:
    found = shown(figure((1, 2, 3), missing=4), small_count=0)
    assert counts(found) == (1, 2, 3, 6, 10)
    assert found.progress is not None
    assert found.progress.below == 1


def test_a_small_part_is_hidden_with_company() -> None:
    # The third would follow from the others and the sum.
    assert counts(shown(figure((8, 19, 3)))) == (None, 19, None, 30, 30)


def test_a_few_without_a_judgement_hide_how_many_were_judged() -> None:
    # The number on roll stands beside it: the two are hidden together with the eight below.
    found = shown(figure((8, 10, 8), missing=2))
    assert counts(found) == (None, 10, 8, None, 28)
    assert found.attainment.at_or_above is None
    assert found.attainment.average() is None


def test_a_small_year_group_hides_everything_and_takes_the_next_smallest_along() -> None:
    # The school's number of pupils is on its first page: 3 would be what is left of it.
    figures = [
        figure((1, 1, 1), year_group=YearGroup.Y2),
        figure((8, 8, 8), year_group=Y3),
        figure((9, 9, 9), year_group=Y4),
    ]
    assert counts(shown(*figures)) == (None,) * 5
    assert counts(shown(*figures, year_group=Y3)) == (None,) * 5
    assert counts(shown(*figures, year_group=Y4)) == (9, 9, 9, 27, 27)


def test_a_few_without_a_start_do_not_follow_from_attainment_beside_progress() -> None:
    # Of 30 on roll 23 are judged, which is shown, and 20 measured: three have no start.
    found = shown(figure((7, 9, 7), missing=7, progress=(6, 7, 7)))
    assert found.attainment.counted == 23
    assert found.progress == HIDDEN
    # With seven without a start nothing is small.
    found = shown(figure((8, 9, 10), missing=7, progress=(6, 7, 7)))
    assert found.progress is not None
    assert (found.progress.counted, found.progress.below) == (20, 6)


def test_combined_is_shown_where_no_difference_tells_of_a_few() -> None:
    subjects = [figure((8, 14, 8), subject=subject) for subject in (READING, WRITING, MATHEMATICS)]
    safe = figure((14, 16, 0), subject=COMBINED)
    assert counts(shown(*subjects, safe, subject=COMBINED)) == (14, 16, 0, 30, 30)
    # 10 below in one of the three and 8 in Reading: two of them not in Reading.
    telling = figure((10, 20, 0), subject=COMBINED)
    assert counts(shown(*subjects, telling, subject=COMBINED)) == (None,) * 5
    # Something of Writing is hidden, and could follow.
    partly = [subjects[0], figure((8, 19, 3), subject=WRITING), subjects[2], safe]
    assert counts(shown(*partly, subject=COMBINED)) == (None,) * 5


def test_the_good_level_is_held_back_like_combined() -> None:
    number = 200 + 11
    goal = figure((8, 22, 0), subject=number, year_group=YearGroup.R)
    safe = figure((8, 22, 0), subject=GOOD_LEVEL_OF_DEVELOPMENT, year_group=YearGroup.R)
    telling = figure((9, 21, 0), subject=GOOD_LEVEL_OF_DEVELOPMENT, year_group=YearGroup.R)
    assert shown(goal, safe, subject=GOOD_LEVEL_OF_DEVELOPMENT).attainment.below == 8
    assert shown(goal, telling, subject=GOOD_LEVEL_OF_DEVELOPMENT).attainment.below is None


def gaps(everybody: Figure, girls: Figure, boys: Figure, small_count: int = 5) -> list[tuple[Any, ...]]:
    of_year = shown_figures([everybody], small_count)[Y4]
    found = group_gaps([everybody, girls, boys], of_year, {}, small_count)
    return [
        (line.attainment.group.value, line.attainment.comparator.value, line.attainment.gap)
        for each in found
        for line in each.lines
    ]


def test_a_pair_is_told_where_nothing_in_it_is_small() -> None:
    girls, boys = figure((6, 8, 6), group=2), figure((10, 4 + 6, 0), group=3)
    assert gaps(figure((16, 18, 6)), girls, boys) == [(70, 50, 20)]


def test_a_pair_with_a_small_group_is_not_told_at_all() -> None:
    girls, boys = figure((0, 4, 0), group=2), figure((8, 12, 8), group=3)
    assert gaps(figure((8, 16, 8)), girls, boys) == []
    # With names it is.
    assert gaps(figure((8, 16, 8)), girls, boys, small_count=0) == [(100, 71, 29)]


def test_those_in_neither_are_not_left_over_when_they_are_few() -> None:
    girls, boys = figure((6, 6, 6), group=2), figure((6, 6, 6), group=3)
    assert gaps(figure((12, 12, 15)), girls, boys) == []


def test_a_subject_of_which_something_is_hidden_is_not_told_by_group() -> None:
    girls, boys = figure((8, 8, 1), group=2), figure((8, 8, 2), group=3)
    assert gaps(figure((16, 16, 3)), girls, boys) == []


def test_a_small_part_of_a_group_hides_its_share_and_the_comparators() -> None:
    # 3 of the girls are below: of the boys it would be what is left of everybody's 14.
    girls, boys = figure((3, 9, 8), group=2), figure((11, 9, 8), group=3)
    assert gaps(figure((14, 18, 16)), girls, boys) == [(None, None, None)]
