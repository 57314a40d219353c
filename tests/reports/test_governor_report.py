"""The governors' pack: figures worked out by hand, and an attack on everything that is printed together."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assessment.engine.subjects import EYFS_AREAS, SUBJECTS
from reports.documents.analysis import analysis
from reports.documents.governor_report import governor_report, pack_of
from reports.documents.told_figures import reception_lines
from reports.exports.governor_report import tables
from reports.measures import is_small
from reports.queries.figures import COMBINED, GOOD_LEVEL_OF_DEVELOPMENT, Figure
from reports.queries.scope import Filters, Scope
from schools.access import Access
from schools.calendar import AcademicYear, EyfsFramework, TermName, YearGroup
from schools.models import Partnership, Role, School
from schools.row_security import visible_to
from tests.factories import UserFactory
from tests.reports.attacker import worked_out
from tests.reports.counted_school import LAST_YEAR, YEAR, counted
from tests.unhurried import unhurried

MADE_ON = dt.date(2026, 7, 22)
ALL, PREMIUM, NOT_PREMIUM = 1, 4, 5


__all__ = ["counted"]


def pack(school: School, term: TermName = TermName.SUMMER, year: AcademicYear = YEAR, **scope):
    with visible_to(school):
        return governor_report(Scope(schools=(school,), academic_year=year, term=term, **scope), MADE_ON)


def test_figures_worked_out_by_hand(counted: School, settings) -> None:
    settings.SMALL_COUNT = 0
    shown = pack(counted)
    assert (shown.title, shown.school) == ("Governors’ pack: Summer term 2025/26", counted.name)
    assert (shown.year_groups, [year.label for year in shown.attainment]) == (
        "Years 3 and 4",
        ["Year 3", "Year 4"],
    )
    # In Year 4 at the end of Summer: Ann 47, Bob 51, Cat 44, Dev 49 (a joiner), Eve 45, Hal 46, Ida 48; the two leavers are gone,
    # and Jon, a year younger in his record, stands in Year 3 with 41. The range is 47 to 49 and 40 to 42.
    year_3, year_4 = shown.attainment
    mathematics = {row.subject: row for row in year_4.rows}["Mathematics"]
    told = [
        str(cell)
        for cell in (
            year_4.on_roll,
            mathematics.judged,
            mathematics.below,
            mathematics.at,
            mathematics.above,
            mathematics.at_or_above,
        )
    ]
    assert told == ["7", "7", "3", "3", "1", "57%"]
    assert [str(cell) for cell in (year_3.rows[2].judged, year_3.rows[2].at, year_3.rows[2].at_or_above)] == [
        "1",
        "1",
        "100%",
    ]
    # Judged in all three: Ann and Bob at or above in all, Cat below in mathematics; Ida lacks writing.
    together = year_4.rows[-1]
    assert [
        str(cell) for cell in (together.judged, together.below, together.together, together.at_or_above)
    ] == [
        "3",
        "1",
        "2",
        "67%",
    ]
    assert [str(share.at_or_above) for share in shown.glance if share.name == "Mathematics"] == ["63%"]


def test_it_shows_what_the_schools_own_table_holds_where_it_hides_nothing(counted: School, settings) -> None:
    settings.SMALL_COUNT = 0
    shown = pack(counted)
    with visible_to(counted):
        table = analysis(Scope(schools=(counted,), academic_year=YEAR, term=TermName.SUMMER))
    lines = [dict(zip(table.headings, row, strict=True)) for row in table.rows]
    own = {
        (
            f"Year {line['year_group']}",
            "All three" if line["subject"] == "Combined" else line["subject"],
        ): line
        for line in lines
        if line["group"] == "All"
    }
    for year in shown.attainment:
        for row in year.rows:
            line = own[year.label, row.subject]
            assert (row.judged.value, row.below.value) == (line["assessed"], line["below"])
            assert row.together.value == line["at"] + line["above"]
    for year in shown.progress:
        for row in year.rows:
            line = own[year.label, row.subject]
            measured = line["progress_measured"]
            wanted = [
                Decimal((200 * line[name] + measured) // (2 * measured)) if measured else None
                for name in ("progress_below", "progress_expected", "progress_above")
            ]
            assert [row.less.value, row.expected.value, row.more.value] == wanted


def test_a_small_school_shows_how_many_were_judged_and_nothing_else(counted: School) -> None:
    shown = pack(counted)
    figures = [cell for table in tables(shown)[1:] for row in table.rows for cell in row]
    assert [cell for cell in figures if isinstance(cell, int | Decimal) and cell != 0] == [8]
    assert shown.questions[-1].startswith("Which pupils make less progress")


def test_it_is_the_same_for_whoever_makes_it(counted: School) -> None:
    user = UserFactory.create()
    packs = [
        pack(counted, viewer=Access(user, counted, (role,), YEAR, (YEAR,), (counted,)))
        for role in (Role.HEAD, Role.TEACHER, Role.GOVERNOR)
    ]
    narrowed = pack(counted, filters=Filters(year_group=YearGroup.Y3))
    assert [*packs, narrowed] == [pack(counted)] * 4


def test_a_term_without_judgements_says_so(counted: School) -> None:
    assert pack(counted, TermName.SUMMER, LAST_YEAR).is_empty is False
    assert pack(counted, TermName.SPRING, LAST_YEAR).is_empty
    assert tables(pack(counted, TermName.SPRING, LAST_YEAR))[1].rows == []


# An attack on whole packs of made-up schools.

SCOPE = Scope(
    schools=(School(name="A school", partnership=Partnership()),), academic_year=YEAR, term=TermName.SUMMER
)
R_AREAS = EYFS_AREAS[EyfsFramework.OF_2021]
count = st.sampled_from([0, 0, 1, 2, 3, 4, 6, 9])


@st.composite
def schools(draw: st.DrawFn) -> list[Figure]:
    """Figures of two year groups and Reception that could be: parts of groups within those of all, all three within each."""
    found = []
    for year in (1, 2):
        more = draw(st.integers(0, 4))
        of_all, of_premium, of_others = [], [], []
        for subject in SUBJECTS:
            premium, others, neither = (draw(st.tuples(count, count, count)) for _ in range(3))
            of_premium.append((subject.number, premium))
            of_others.append((subject.number, others))
            of_all.append((subject.number, tuple(map(sum, zip(premium, others, neither, strict=True)))))
        judged = [sum(parts) for number, parts in of_all if number <= 3]
        whole = draw(st.integers(0, min(judged)))
        least = whole - sum(parts[0] for number, parts in of_all if number <= 3)
        most = min([whole, *(parts[1] + parts[2] for number, parts in of_all if number <= 3)])
        reached = draw(st.integers(max(0, least), most))
        of_all.append((COMBINED, (whole - reached, reached, 0)))
        roll = max(sum(parts) for _, parts in of_all) + more
        for group, lines in ((ALL, of_all), (PREMIUM, of_premium), (NOT_PREMIUM, of_others)):
            found += [_figure(draw, year, number, group, roll, parts) for number, parts in lines]
    of_goals = [(area.number, draw(st.tuples(count, count))) for area in R_AREAS[:3]]
    whole = draw(st.integers(0, min(sum(parts) for _, parts in of_goals)))
    least = whole - sum(parts[0] for _, parts in of_goals)
    reached = draw(st.integers(max(0, least), min([whole, *(parts[1] for _, parts in of_goals)])))
    of_goals.append((GOOD_LEVEL_OF_DEVELOPMENT, (whole - reached, reached)))
    roll = max(sum(parts) for _, parts in of_goals) + draw(st.integers(0, 4))
    found += [_figure(draw, 0, number, ALL, roll, (*parts, 0)) for number, parts in of_goals]
    return found


def _figure(draw, year: int, subject: int, group: int, roll: int, parts: tuple[int, ...]) -> Figure:
    measured = draw(st.integers(0, sum(parts))) if subject > 0 else 0
    less = draw(st.integers(0, measured))
    more = draw(st.integers(0, measured - less))
    return Figure(
        1, year, subject, group, roll, sum(parts), *parts, 0, measured, less, measured - less - more, more, 0
    )


def test_all_three_do_not_tell_how_many_are_below_in_a_subject_that_hides_it() -> None:
    # 60 were judged. Nobody is below in two subjects: 18 less 6 and 7 would be the 5 of Reading.
    parts = {1: (5, 40, 15), 2: (6, 39, 15), 3: (7, 38, 15), 4: (12, 33, 15), COMBINED: (18, 42, 0)}
    shown = pack_of([_still(4, *each) for each in parts.items()], SCOPE, made_on=MADE_ON, limit=5)
    reading, writing, mathematics, _, together = shown.attainment[0].rows
    assert [row.below.value for row in (reading, writing, mathematics)] == [None, 6, 7]
    assert [together.below.value, together.together.value, together.judged.value] == [None] * 3
    # 13 below in any of the three could all be below in the other two.
    parts[COMBINED] = (13, 47, 0)
    shown = pack_of([_still(4, *each) for each in parts.items()], SCOPE, made_on=MADE_ON, limit=5)
    assert shown.attainment[0].rows[-1].below.value == 13


def test_the_good_level_does_not_tell_how_many_missed_a_goal_that_hides_it() -> None:
    numbers = [area.number for area in R_AREAS if area.counts_for_gld][:3]
    parts = dict(zip(numbers, ((5, 55, 0), (6, 54, 0), (7, 53, 0)), strict=True))
    for below, told in ((18, None), (13, 13)):
        figures = [_still(0, *each) for each in parts.items()]
        figures.append(_still(0, GOOD_LEVEL_OF_DEVELOPMENT, (below, 60 - below, 0)))
        assert reception_lines({(0, each.subject): each for each in figures}, 5)[-1].below == told


def _still(year: int, subject: int, parts: tuple[int, int, int]) -> Figure:
    """Everybody's, without progress."""
    return Figure(1, year, subject, ALL, sum(parts), sum(parts), *parts, 0, 0, 0, 0, 0, 0)


@hypothesis_settings(unhurried, max_examples=60, phases=[Phase.generate])
@given(schools(), st.integers(1, 3))
def test_nothing_small_can_be_worked_out_of_a_pack(figures: list[Figure], limit: int) -> None:
    shown = pack_of(figures, SCOPE, made_on=MADE_ON, limit=limit)
    true = {(figure.year_group, figure.subject, figure.group): figure for figure in figures}
    for of_year in shown.attainment:
        _look_at_a_year_group(of_year, limit)
    judged_years = [int(year.label.removeprefix("Year ")) for year in shown.attainment]
    for place, subject in enumerate(SUBJECTS if judged_years else ()):
        _attack_years(shown, true, judged_years, place, subject.number, limit)
        _attack_groups(shown, true, judged_years, place, subject.number, limit)
    for number, of_year in zip(judged_years, shown.progress, strict=True):
        for subject, row in zip(SUBJECTS, of_year.rows, strict=True):
            _look_at_progress(row, true[number, subject.number, ALL], limit)
    if shown.early_years:
        _look_at_reception(shown.early_years, true, limit)


def _look_at_a_year_group(of_year, limit: int) -> None:
    *subjects, combined = of_year.rows
    for row in of_year.rows:
        _no_small([row.judged, row.below, row.at, row.above, row.together], limit)
        _no_small_difference(of_year.on_roll, row.judged, limit)
    for row in subjects[:3]:
        _no_small_difference(row.judged, combined.judged, limit)
        _no_small_difference(row.together, combined.together, limit)
    _nobody_has_to_be_hidden(combined.below.value, [row.below.value for row in subjects[:3]])


def _look_at_progress(row, figure: Figure, limit: int) -> None:
    _no_share_of_few(row.less, figure.progress_below, limit)
    _no_share_of_few(row.expected, figure.progress_expected, limit)
    _no_share_of_few(row.more, figure.progress_above, limit)
    _no_share_of_few(row.expected_or_more, figure.progress_expected + figure.progress_above, limit)


def _look_at_reception(early, true, limit: int) -> None:
    good = true[0, GOOD_LEVEL_OF_DEVELOPMENT, ALL]
    is_good_told = early.good_level is not None and early.good_level.at_or_above.value is not None
    for share, area in zip([each for _, shares in early.areas for each in shares], R_AREAS, strict=False):
        figure = true[0, area.number, ALL]
        _no_small([share.judged], limit)
        _no_small_difference(early.on_roll, share.judged, limit)
        _no_share_of_few(share.at_or_above, figure.at, limit)
        _no_share_of_few(share.at_or_above, figure.below, limit)
        if is_good_told and share.at_or_above.value is not None:
            assert not is_small(figure.at - good.at, limit)
    # A goal that is hidden for the level's sake alone is not of a few.
    goals = [true[0, area.number, ALL] for area in R_AREAS[:3]]
    of_few = [any(is_small(each, limit) for each in (goal.below, goal.at, goal.assessed)) for goal in goals]
    _nobody_has_to_be_hidden(
        good.below if is_good_told else None,
        [None if few else goal.below for goal, few in zip(goals, of_few, strict=True)],
    )


def _nobody_has_to_be_hidden(whole: int | None, parts: list[int | None]) -> None:
    """Who is below in the whole is below in one of its parts."""
    if whole is not None and None in parts:
        assert whole <= sum(part or 0 for part in parts)


def _no_small(cells, limit: int) -> None:
    assert not any(is_small(cell.value, limit) for cell in cells if cell.value is not None)


def _no_small_difference(one, other, limit: int) -> None:
    if None not in (one.value, other.value):
        assert not is_small(abs(one.value - other.value), limit)


def _no_share_of_few(cell, number: int, limit: int) -> None:
    if cell.value is not None:
        assert not is_small(number, limit)


def _attack_years(shown, true, judged_years, place: int, subject: int, limit: int) -> None:
    parts = {
        (year, part): getattr(true[year, subject, ALL], part)
        for year in judged_years
        for part in ("below", "at", "above")
    }
    sums = {(year, "judged"): [(year, part) for part in ("below", "at", "above")] for year in judged_years}
    sums |= {(year, "together"): [(year, part) for part in ("at", "above")] for year in judged_years}
    sums["all", "judged"] = list(parts)
    sums["all", "together"] = [name for name in parts if name[1] != "below"]
    cells = {
        (year, name): getattr(of_year.rows[place], name)
        for year, of_year in zip(judged_years, shown.attainment, strict=True)
        for name in ("below", "at", "above", "judged", "together")
    }
    whole = shown.glance[place]
    cells["all", "judged"] = whole.judged
    hidden = {name for name, cell in cells.items() if cell.value is None}
    if whole.at_or_above.is_held_back:
        hidden.add(("all", "together"))
    if hidden and len(hidden) < len(cells) + 1:
        assert worked_out(parts, sums, frozenset(hidden), limit) == []


def _attack_groups(shown, true, judged_years, place: int, subject: int, limit: int) -> None:
    premium = shown.comparisons[0]
    told = {"group": premium.of_group[place], "other": premium.of_other[place]}
    of_all = _over(true, judged_years, subject, ALL)
    parts = {}
    for row, key in (("group", PREMIUM), ("other", NOT_PREMIUM)):
        for part, number in enumerate(_over(true, judged_years, subject, key)):
            parts[row, part] = number
            _no_share_of_few(told[row].at_or_above, number, limit)
    for part in (0, 1):
        parts["neither", part] = of_all[part] - parts["group", part] - parts["other", part]
    if None in (each.judged.value for each in told.values()):
        # Shares alone: tests of `may_tell_gap` try all numbers.
        return
    assert not is_small(parts["neither", 0] + parts["neither", 1], limit)
    sums = {(row, "judged"): [(row, part) for part in (0, 1)] for row in (*told, "neither")}
    sums |= {("all", part): [(row, part) for row in (*told, "neither")] for part in (0, 1)}
    # Who is in neither follows from the shares of both.
    is_open = any(share.at_or_above.is_held_back for share in told.values())
    hidden = {("neither", part) for part in (0, 1) if is_open}
    hidden |= {(row, part) for row in told for part in (0, 1) if told[row].at_or_above.is_held_back}
    if shown.glance[place].at_or_above.is_held_back:
        hidden |= {("all", 0), ("all", 1)}
    assert worked_out(parts, sums, frozenset(hidden), limit) == []
    assert is_open or not any(is_small(parts["neither", part], limit) for part in (0, 1))


def _over(true, judged_years, subject: int, group: int) -> tuple[int, int]:
    lines = [_parts(true[year, subject, group]) for year in judged_years]
    return sum(below for below, _ in lines), sum(upper for _, upper in lines)


def _parts(figure: Figure) -> tuple[int, int]:
    return figure.below, figure.at + figure.above
