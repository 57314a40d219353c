"""The children of the demo, as plain values: how many, what befalls them, and whether their figures look like a school's."""

from __future__ import annotations

import datetime as dt
import itertools
import statistics
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.expectations import LEP
from assessment.engine.expected_range import Attainment
from assessment.engine.eyfs import good_level_of_development
from assessment.engine.subjects import BY_NUMBER, EYFS_AREAS, READING, SUBJECTS, WRITING, Kind
from assessment.models import Reason, Source
from lep_tracker.demo.lives import Child, Lives, lives_until, whole_lives
from lep_tracker.demo.source import source
from lep_tracker.demo.teaching import Judged, entered_on
from schools.attendance import Band, band_of
from schools.calendar import (
    AcademicYear,
    EyfsFramework,
    TermName,
    YearGroup,
    default_term_dates,
    is_summer_born,
    year_group_by_age,
)
from schools.identifiers import read_upn
from schools.models import SenStatus

pytestmark = pytest.mark.usefixtures("unmeasured")
RUNNING = AcademicYear(2026)
BASELINE, AUTUMN, SPRING, SUMMER = AssessmentTerm
BEGGARS_LANE, BALL_HAYE, CHURNET, ROACHES = "990001", "990002", "990003", "990004"
YEARS = range(-3, 1)


class Line(NamedTuple):
    """A judgement with what the school's record says of the child in its year."""

    child: Child
    judged: Judged
    year_group: YearGroup
    is_premium: bool | None


@pytest.fixture(scope="module")
def lives() -> Lives:
    return whole_lives(RUNNING)


@pytest.fixture(scope="module")
def lines(lives: Lives) -> list[Line]:
    return list(_lines(lives))


def _lines(lives: Lives) -> Iterator[Line]:
    for child in lives.children:
        records = {(record.urn, record.year): record for record in child.records}
        for judged in child.judged:
            record = records[judged.urn, judged.year]
            yield Line(child, judged, record.year_group, record.characteristics.is_pupil_premium)


def on_roll(lives: Lives, day: dt.date) -> list[tuple[str, YearGroup, str]]:
    """School, year group and class of each child on roll on the day."""
    year = AcademicYear.containing(day) - RUNNING
    return [
        (record.urn, record.year_group, record.class_name)
        for child in lives.children
        for stay in child.stays
        for record in child.records
        if stay.covers(day) and record.urn == stay.urn and record.year == year
    ]


def share(lines: list[Line], which: Callable[[Line], bool]) -> float:
    """Of a hundred with points in Years 1 to 9, how many stand at the expected range or above."""
    reached = [
        LEP.subject_range(line.year_group, line.judged.term.term).judge(line.judged.points) >= Attainment.AT
        for line in lines
        if line.judged.points is not None
        and line.judged.term.term
        and YearGroup.Y1 <= line.year_group <= YearGroup.Y9
        and which(line)
    ]
    assert len(reached) > 50
    return 100 * sum(reached) / len(reached)


def test_there_are_three_tiers_and_about_2400_children(lives: Lives) -> None:
    now = on_roll(lives, dt.date(2026, 11, 22))
    assert 2_350 <= len(now) <= 2_500
    by_school = Counter(urn for urn, _, _ in now)
    assert len(by_school) == 7
    for school in source().schools:
        year_groups = {year_group for urn, year_group, _ in now if urn == school.urn}
        assert year_groups == {each for each in YearGroup if school.lowest <= each <= school.highest}
    cohorts = Counter((urn, year_group) for urn, year_group, _ in now)
    assert all(80 <= cohorts[CHURNET, YearGroup(number)] <= 115 for number in range(5, 9))
    assert all(170 <= cohorts[ROACHES, YearGroup(number)] <= 215 for number in range(9, 12))
    for home in source().schools:
        if home.cohort:
            assert all(
                0.8 * home.cohort <= cohorts[home.urn, YearGroup(number)] <= 1.2 * home.cohort
                for number in range(5)
            )
            assert 0.4 < cohorts[home.urn, YearGroup.N2] / home.cohort < 0.8


def test_each_year_of_the_demo_has_about_as_many_children(lives: Lives) -> None:
    for year in range(2023, 2027):
        assert 2_250 <= len(on_roll(lives, dt.date(year, 11, 22))) <= 2_500


def test_classes_have_the_size_of_classes_and_some_hold_two_year_groups(lives: Lives) -> None:
    now = on_roll(lives, dt.date(2026, 11, 22))
    sizes = Counter((urn, name) for urn, _, name in now)
    assert all(15 <= size <= 36 for size in sizes.values())
    ash = {year_group for urn, year_group, name in now if (urn, name) == (BEGGARS_LANE, "3/4 Ash")}
    assert ash == {YearGroup.Y3, YearGroup.Y4}
    four = {year_group for urn, year_group, name in now if (urn, name) == (BEGGARS_LANE, "4A")}
    assert four == {YearGroup.Y4}


def test_the_same_year_gives_the_same_lives_and_another_year_other_children(lives: Lives) -> None:
    whole_lives.cache_clear()
    again = whole_lives(RUNNING)
    assert again is not lives
    assert again == lives
    later = whole_lives(AcademicYear(RUNNING + 1))
    assert not {child.person.key for child in later.children} & {child.person.key for child in lives.children}
    assert [child.person.surname for child in later.children] == [
        child.person.surname for child in lives.children
    ]


@pytest.mark.parametrize(
    "day",
    [
        dt.date(2026, 9, 1),
        dt.date(2026, 9, 18),
        dt.date(2026, 12, 25),
        dt.date(2027, 2, 3),
        dt.date(2027, 8, 20),
    ],
)
def test_the_day_decides_only_how_much_of_the_running_year_has_happened(lives: Lives, day: dt.date) -> None:
    until = lives_until(day)
    assert until.running == RUNNING
    whole = {child.person.key: child for child in lives.children}
    for child in until.children:
        full = whole[child.person.key]
        assert (child.person, child.upn) == (full.person, full.upn)
        assert set(child.records) <= set(full.records)
        assert [each for each in child.judged if each.year < 0] == [
            each for each in full.judged if each.year < 0 and (each.urn, each.year) in _places(child)
        ]
        this_year = [each for each in child.judged if each.year == 0]
        assert set(this_year) <= set(full.judged)
        assert all(entered_on(each, RUNNING) < day for each in this_year)
        assert all(stay.starts_on <= day for stay in child.stays)
        assert all(stay.ends_on is None or stay.ends_on < day for stay in child.stays)
    assert all(2_300 <= len(on_roll(until, each)) <= 2_500 for each in {day, min(day, dt.date(2027, 7, 1))})


def _places(child: Child) -> set[tuple[str, int]]:
    return {(record.urn, record.year) for record in child.records}


def test_a_year_under_way_is_entered_as_far_as_it_has_come() -> None:
    def entered(day: dt.date) -> Counter[AssessmentTerm]:
        return Counter(
            judged.term for child in lives_until(day).children for judged in child.judged if judged.year == 0
        )

    whole = entered(dt.date(2027, 8, 20))
    assert entered(dt.date(2026, 9, 2)) == Counter()
    assert set(entered(dt.date(2026, 10, 1))) == {BASELINE, AUTUMN}
    november = entered(dt.date(2026, 11, 22))
    assert november[BASELINE] == whole[BASELINE]
    assert 0.7 < november[AUTUMN] / whole[AUTUMN] < 0.98
    january = entered(dt.date(2027, 1, 5))
    assert (january[AUTUMN], january[SPRING]) == (whole[AUTUMN], 0)
    assert all(whole[term] > 9_000 for term in (AUTUMN, SPRING, SUMMER))


def test_every_child_is_judged_in_what_its_year_group_is_judged_in(lines: list[Line]) -> None:
    areas = {area.number for area in EYFS_AREAS[EyfsFramework.OF_2021]}
    subjects = {subject.number for subject in SUBJECTS}
    assert {line.judged.subject for line in lines if line.year_group <= YearGroup.R} == areas
    assert {line.judged.subject for line in lines if line.year_group > YearGroup.R} == subjects
    assert all(line.judged.subject in BY_NUMBER for line in lines)
    cells = [
        (line.child.person.key, line.judged.urn, line.judged.year, line.judged.term, line.judged.subject)
        for line in lines
    ]
    assert len(set(cells)) == len(cells)
    assert all((line.judged.points is None) == bool(line.judged.reason) for line in lines)
    assert all(1 <= line.judged.points <= 101 for line in lines if line.judged.points is not None)


def test_names_numbers_and_birthdays_are_a_schools(lives: Lives) -> None:
    people = [child.person for child in lives.children]
    names = Counter((person.surname, person.forename) for person in people)
    assert max(names.values()) == 1
    assert len({child.upn for child in lives.children}) == len(lives.children)
    for child in lives.children:
        assert read_upn(child.upn)
    summer = sum(is_summer_born(person.born_on) for person in people) / len(people)
    assert 0.37 < summer < 0.47
    in_step = [
        year_group_by_age(child.person.born_on, RUNNING + record.year) == record.year_group
        for child in lives.children
        for record in child.records
    ]
    assert 0.97 < sum(in_step) / len(in_step) < 1


def test_children_join_leave_come_back_move_and_repeat_a_year(lives: Lives) -> None:
    first_day = AcademicYear(RUNNING - 3).starts_on
    joined = [
        stay
        for child in lives.children
        for stay in child.stays
        if stay.from_outside and stay.starts_on > first_day
    ]
    assert 150 < len(joined) < 400
    left = [child for child in lives.children if child.stays[-1].ends_on]
    assert len(left) > 600, "past Year 11, or gone before"
    back = [
        child for child in lives.children if len({stay.urn for stay in child.stays}) < len(child.stays) > 1
    ]
    assert 5 <= len(back) <= 60
    in_mid_year = [
        stay
        for child in lives.children
        for stay in child.stays[1:]
        if not stay.from_outside and (stay.starts_on.month, stay.starts_on.day) != (9, 1)
    ]
    assert 30 <= len(in_mid_year) <= 150
    assert any(len(child.urns) == 3 for child in lives.children)
    repeating = [
        child
        for child in lives.children
        if len({record.year_group for record in child.records})
        < len({record.year for record in child.records})
    ]
    assert len(repeating) == 2
    weekdays = [
        day.weekday()
        for child in lives.children
        for stay in child.stays
        for day in (stay.starts_on, stay.ends_on)
        if day is not None and (day.month, day.day) != (9, 1)
    ]
    assert max(weekdays) < 5


def test_stays_of_a_child_follow_one_another_and_are_at_a_school_that_teaches_it(lives: Lives) -> None:
    for child in lives.children:
        for earlier, later in zip(child.stays, child.stays[1:], strict=False):
            assert earlier.ends_on is not None
            assert earlier.ends_on < later.starts_on
        for record in child.records:
            assert source().school(record.urn).teaches(record.year_group)
        assert {record.urn for record in child.records} == set(child.urns)


def test_groups_are_of_realistic_size(lives: Lives) -> None:
    held = [
        record.characteristics for child in lives.children for record in child.records if record.year == 0
    ]

    def of_a_hundred(claim: str) -> float:
        return 100 * sum(getattr(each, claim) is True for each in held) / len(held)

    assert 20 <= of_a_hundred("is_fsm6") <= 26
    assert 22 <= of_a_hundred("is_pupil_premium") <= 29
    assert 6 <= of_a_hundred("is_eal") <= 9
    assert 0.5 <= of_a_hundred("is_looked_after") <= 1.6
    assert 0.5 <= of_a_hundred("is_service_child") <= 2.5
    sen = Counter(each.sen_status for each in held)
    assert 12 <= 100 * sen[SenStatus.SUPPORT] / len(held) <= 16
    assert 3 <= 100 * sen[SenStatus.PLAN] / len(held) <= 5
    assert 10 < len([each for each in held if each.is_eal is None]) < 60, "not yet known of some who joined"
    attended = [each.attendance for each in held if each.attendance is not None]
    bands = Counter(map(band_of, attended))
    assert 0.3 <= 100 * bands[Band.SEVERELY_ABSENT] / len(attended) <= 2
    assert 10 <= 100 * bands[Band.ABSENT] / len(attended) <= 18
    assert bands[Band.GOOD] > bands[Band.BELOW_GOOD] > bands[Band.ABSENT]
    assert all((each.attendance is None) >= (each.is_eal is None) for each in held), (
        "asked of nobody who is new"
    )
    for each in held:
        assert each.is_pupil_premium == (each.is_fsm6 or each.is_looked_after or each.is_service_child)
    assert len({each.ethnicity for each in held}) > 8


def test_what_is_held_of_a_child_changes_between_years(lives: Lives) -> None:
    changes: Counter[str] = Counter()
    for child in lives.children:
        records = sorted(child.records, key=lambda record: record.year)
        for earlier, later in itertools.pairwise(records):
            for claim in ("sen_status", "is_fsm6", "is_looked_after", "ethnicity", "is_eal"):
                before, after = (getattr(each.characteristics, claim) for each in (earlier, later))
                changes[claim] += before != after
    assert changes["sen_status"] > 100
    assert changes["is_fsm6"] > 20
    assert changes["is_looked_after"] > 3
    assert changes["ethnicity"] == changes["is_eal"] == 0


def test_attainment_is_what_schools_report(lines: list[Line]) -> None:
    summer = {
        subject: share(lines, lambda line, subject=subject: line.judged[2:4] == (SUMMER, subject.number))
        for subject in SUBJECTS
    }
    assert 65 <= summer[READING] <= 75
    assert 55 <= summer[WRITING] <= 68
    assert summer[WRITING] < summer[READING] - 4
    assert all(60 <= each <= 76 for subject, each in summer.items() if subject is not WRITING)


def test_years_1_to_4_carry_nursery_and_reception_and_the_baselines_that_were_offered_from_it(
    lines: list[Line],
) -> None:
    now = {line.child.person.key: line.year_group for line in lines if line.judged.year == 0}
    judged: dict[tuple[YearGroup, object], set[object]] = {}
    for line in lines:
        is_area = BY_NUMBER[line.judged.subject].kind is Kind.EYFS_AREA
        if is_area and line.judged.points is not None:
            judged.setdefault((line.year_group, line.judged.term), set()).add(line.child.person.key)
    offered = {line.child.person.key for line in lines if line.judged.source is Source.OFFERED}
    for number in range(1, 5):
        cohort = {key for key, year_group in now.items() if year_group is YearGroup(number)}
        assert len(judged[YearGroup.R, SUMMER] & cohort) > 0.7 * len(cohort), number
        assert len(judged[YearGroup.N2, AUTUMN] & cohort) > 0.4 * len(cohort), number
        assert len(offered & cohort) > 0.7 * len(cohort), number


def test_reception_ends_at_the_goal(lines: list[Line]) -> None:
    goals: dict[object, list[int | None]] = {}
    for line in lines:
        is_last = (line.judged.term, line.year_group) == (SUMMER, YearGroup.R)
        if is_last and BY_NUMBER[line.judged.subject].counts_for_gld:
            goals.setdefault((line.child.person.key, line.judged.year), []).append(line.judged.points)
    reached = [good_level_of_development(points) for points in goals.values()]
    judged = [each for each in reached if each is not None]
    assert 880 < len(judged) < 1_080
    assert 0.6 <= sum(judged) / len(judged) <= 0.7


def steps(lines: list[Line]) -> dict[AssessmentTerm, list[int]]:
    """Points gained since the term before, of children in Year 2 and above."""
    points = {
        (line.child.person.key, line.judged.subject, line.judged.year * 3 + line.judged.term): line
        for line in lines
        if line.judged.points is not None and line.judged.term
    }
    found: dict[AssessmentTerm, list[int]] = {AUTUMN: [], SPRING: [], SUMMER: []}
    for (key, subject, moment), line in points.items():
        before = points.get((key, subject, moment - 1))
        if before and line.year_group >= YearGroup.Y2 and before.year_group >= YearGroup.Y1:
            found[line.judged.term].append(line.judged.points - before.judged.points)
    return found


def test_points_follow_the_expected_steps_with_a_dip_after_the_summer(lines: list[Line]) -> None:
    gained = steps(lines)
    mean = {term: statistics.mean(each) for term, each in gained.items()}
    assert 2.1 < mean[AUTUMN] < 2.7, "3 are expected"
    assert 2.1 < mean[SPRING] < 2.7, "2 are expected"
    assert 2.0 < mean[SUMMER] < 2.5, "2 are expected"
    assert 6.5 < sum(mean.values()) < 7.3, "7 are expected"
    everything = [step for each in gained.values() for step in each]
    assert sum(step < 0 for step in everything) < 0.015 * len(everything)
    assert sum(step < -2 for step in everything) < 0.003 * len(everything)
    assert 0.3 < sum(step == 2 for step in everything) / len(everything) < 0.5


def test_who_stood_out_one_year_stands_out_less_the_next(lines: list[Line]) -> None:
    above = {}
    for line in lines:
        if line.judged.points is not None and line.judged.term is SUMMER and line.year_group > YearGroup.R:
            edge = LEP.subject_range(line.year_group, TermName.SUMMER).low
            above[line.child.person.key, line.judged.subject, line.judged.year] = line.judged.points - edge
    pairs = [
        (now, above[key, subject, year + 1])
        for (key, subject, year), now in above.items()
        if (key, subject, year + 1) in above
    ]
    highest = [pair for pair in pairs if pair[0] >= 5]
    assert statistics.correlation(*zip(*pairs, strict=True)) > 0.8
    assert statistics.mean(later for _, later in highest) < statistics.mean(now for now, _ in highest) - 0.3


def test_at_one_school_the_gap_of_pupil_premium_narrows(lines: list[Line]) -> None:
    def gap(urn: str, *years: int) -> float:
        others, premium = (
            share(
                lines,
                lambda line, of=of: (
                    line.judged.urn == urn
                    and line.judged.year in years
                    and line.judged.term is SUMMER
                    and line.is_premium is of
                ),
            )
            for of in (False, True)
        )
        return others - premium

    assert gap(BEGGARS_LANE, -3) > 20
    assert gap(BEGGARS_LANE, -1, 0) < gap(BEGGARS_LANE, -3, -2) - 6
    assert gap(CHURNET, *YEARS) > 8, "elsewhere it stays"


def test_one_school_improves_year_on_year(lines: list[Line]) -> None:
    def reached(urn: str, year: int) -> float:
        return share(
            lines,
            lambda line: line.judged.urn == urn and line.judged.year == year and line.judged.term is SUMMER,
        )

    years = [reached(BALL_HAYE, year) for year in YEARS]
    assert years == sorted(years)
    assert years[-1] > years[0] + 12
    assert abs(reached(CHURNET, 0) - reached(CHURNET, -3)) < 8


def test_the_summer_born_are_a_little_behind(lines: list[Line]) -> None:
    def reached(*, summer_born: bool) -> float:
        return share(
            lines,
            lambda line: (
                line.judged.term is SUMMER
                and line.year_group <= YearGroup.Y2
                and is_summer_born(line.child.person.born_on) is summer_born
            ),
        )

    assert 3 < reached(summer_born=False) - reached(summer_born=True) < 20


def test_baselines_of_year_one_are_confirmed_from_the_goals_and_a_few_are_missing(lines: list[Line]) -> None:
    baselines = [
        line
        for line in lines
        if line.judged.term is BASELINE and line.year_group is YearGroup.Y1 and line.judged.year > -3
    ]
    goals = {
        (line.child.person.key, line.judged.year, line.judged.subject): line.judged.points
        for line in lines
        if line.judged.term is SUMMER and line.year_group is YearGroup.R
    }
    areas = [area.number for area in EYFS_AREAS[EyfsFramework.OF_2021]]
    offered = [line for line in baselines if line.judged.source is Source.OFFERED]
    assert len(offered) > 1_000
    for line in offered:
        area = {1: areas[8], 2: areas[9], 3: areas[10]}[line.judged.subject]
        assert line.judged.points == goals[line.child.person.key, line.judged.year - 1, area]
    children = {(line.child.person.key, line.judged.year) for line in baselines}
    assert 0.92 < len(baselines) / (4 * len(children)) < 0.99


def test_those_from_outside_have_a_first_judgement_on_entry(lines: list[Line]) -> None:
    marked = {
        line.child.person.key for line in lines if line.judged.is_on_entry and line.year_group > YearGroup.R
    }
    assert len(marked) > 100
    assert all(
        any(stay.from_outside for stay in line.child.stays)
        for line in lines
        if line.child.person.key in marked
    )
    reasons = Counter(line.judged.reason for line in lines)
    assert set(reasons) == {"", *Reason.values}
    assert all(reasons[reason] > 50 for reason in Reason.values)


def test_one_class_has_gaps_where_the_others_have_none(lines: list[Line]) -> None:
    def entered(class_name: str, subject: int) -> float:
        """Of those of the class who were judged in reading last Summer, the part judged in the subject."""
        here = [
            line
            for line in lines
            if line.judged[:3] == (BEGGARS_LANE, -1, SUMMER) and line.judged.class_name == class_name
        ]
        of = Counter(line.judged.subject for line in here)
        return of[subject] / of[READING.number]

    assert entered("3A", 4) < 0.7
    assert entered("3A", WRITING.number) < 0.9
    assert entered("4A", 4) == entered("4A", WRITING.number) == 1


def test_terms_that_the_demo_enters_lie_within_the_calendar(lives: Lives) -> None:
    for child in lives.children[::50]:
        for judged in child.judged:
            dates = default_term_dates(RUNNING + judged.year)
            starts_on, ends_on = dates[judged.term.term or TermName.AUTUMN]
            assert starts_on <= entered_on(judged, RUNNING) <= ends_on
