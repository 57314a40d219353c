"""What packs of one term tell side by side, what last year beside this year tells, and that leaving parts out tells nothing more."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import MATHEMATICS, SUBJECTS
from assessment.models import Source
from assessment.queries.snapshots import snapshots_of
from assessment.services import snapshots
from assessment.services.judgements import Entry, Provenance, record_many
from reports.documents.analysis import analysis
from reports.documents.governor_cells import NOBODY, Cell
from reports.documents.governor_release import GivenOut, pack_to_give_out
from reports.documents.governor_report import governor_report, pack_of
from reports.documents.governor_sections import Section, with_sections
from reports.documents.governor_words import paragraphs
from reports.documents.printed_rows import printed_rows
from reports.documents.releases import judgements_apart
from reports.documents.shown_figures import shown_figures
from reports.exports.governor_report import figures_said, file_name, tables
from reports.pack_following import Printed, may_follow
from reports.queries.figures import COMBINED, Figure
from reports.queries.scope import Scope
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.models import PackRelease, Partnership, Pupil, School, Sex
from schools.row_security import visible_to
from schools.services import years
from schools.services.releases import keep_pack
from tests.factories import on_roll
from tests.reports.counted_school import LAST_YEAR, YEAR, counted
from tests.reports.made_up_school import made_up_figures
from tests.unhurried import unhurried

__all__ = ["counted"]
MADE_ON = dt.date(2026, 7, 22)
SCOPE = Scope(
    schools=(School(name="A school", partnership=Partnership()),), academic_year=YEAR, term=TermName.SUMMER
)
ALL, PREMIUM, NOT_PREMIUM = 1, 4, 5


# The rule.


def _twenty(told: int | None, whole: int, *, is_whole_told: bool) -> Printed:
    return Printed(told, (told,), of=(20,), whole=whole, is_whole_told=is_whole_told)


@pytest.mark.parametrize(
    ("earlier", "later", "is_fine"),
    [
        (Printed(20, (8,), ("40%",)), Printed(20, (8,), ("40%",)), True),
        # Six more were judged, six more of them below.
        (Printed(20, (8,), ("40%",)), Printed(26, (14,), ("54%",)), True),
        (Printed(26, (14,), ("54%",)), Printed(20, (8,), ("40%",)), True),
        # Five more; or six more, of whom three are below.
        (Printed(20, (8,), ("40%",)), Printed(25, (8,), ("32%",)), False),
        (Printed(20, (8,), ("40%",)), Printed(26, (11,), ("42%",)), False),
        # A share of as many, or of nobody knows how many, or one that is told now: somebody moved.
        (Printed(20, (8,), ("40%",)), Printed(20, (8,), ("45%",)), False),
        (Printed(None, (), ("40%",)), Printed(None, (), ("41%",)), False),
        (Printed(None, (), ("c",)), Printed(20, (8,), ("40%",)), False),
        # Told now of many more: what was hidden then is not given away.
        (Printed(10, (None,), ("c",)), Printed(20, (8,), ("40%",)), True),
        # Held back while three were judged, and told of twenty; of eight.
        (Printed(None, (), ("c",), of=(3,)), Printed(20, (8,), ("40%",), of=(20,)), True),
        (Printed(None, (), ("c",), of=(3,)), Printed(8, (8,), ("0%",), of=(8,)), False),
        # Its twenty were held back beside a few of others: with the sum of that day told, they would tell of these.
        (_twenty(None, 23, is_whole_told=True), _twenty(20, 40, is_whole_told=True), False),
        (_twenty(None, 23, is_whole_told=False), _twenty(20, 40, is_whole_told=True), True),
        (_twenty(None, 23, is_whole_told=False), _twenty(20, 28, is_whole_told=True), False),
    ],
)
def test_a_row_follows_where_it_is_the_same_or_of_many_more(
    earlier: Printed, later: Printed, is_fine: bool
) -> None:
    assert may_follow({"a": earlier}, {"a": later}, 5) is is_fine
    same = {"b": Printed(7, (7,))}
    assert may_follow({"a": earlier, **same}, {**same, "a": later}, 5) is is_fine


def test_a_row_that_comes_or_goes_is_of_so_many_pupils() -> None:
    assert may_follow({}, {"a": Printed(6, (6,))}, 5)
    assert not may_follow({}, {"a": Printed(5, (None,))}, 5)
    assert not may_follow({"a": Printed(None)}, {}, 5)


# The attack: a few pupils, whoever they are, become known of between two packs.

count = st.sampled_from([0, 0, 1, 2, 3, 4, 6, 9])
kind = st.sampled_from([None, "below", "at", "above"])


@st.composite
def two_days(draw: st.DrawFn, limit: int) -> tuple[list[Figure], list[Figure]]:
    """The figures of two year groups, and those a day later, when up to `limit` pupils have been judged, in some subjects, or judged differently."""
    before: dict[tuple[int, int, int], dict[str, int]] = {}
    for year in (1, 2):
        for subject in SUBJECTS:
            groups = {key: draw(st.tuples(count, count, count)) for key in (PREMIUM, NOT_PREMIUM)}
            whole = tuple(map(sum, zip(*groups.values(), strict=True)))
            for key, parts in {ALL: whole, **groups}.items():
                started = draw(st.integers(0, sum(parts)))
                before[year, subject.number, key] = {
                    **dict(zip(("below", "at", "above"), parts, strict=True)),
                    "progress_expected": started,
                }
        before[year, COMBINED, ALL] = {"below": draw(count), "at": draw(count), "above": 0}
    after = {key: dict(parts) for key, parts in before.items()}
    rolls = {1: draw(st.integers(70, 90)), 2: draw(st.integers(70, 90))}
    later_rolls = dict(rolls)
    for _ in range(draw(st.integers(1, limit))):
        _become_known(draw, after, later_rolls)
    return _figures(before, rolls), _figures(after, later_rolls)


def _become_known(
    draw: st.DrawFn, after: dict[tuple[int, int, int], dict[str, int]], rolls: dict[int, int]
) -> None:
    """One pupil is judged, or judged differently, in some subjects; some are new on roll."""
    year = draw(st.sampled_from([1, 2]))
    rolls[year] += draw(st.integers(0, 1))
    group = draw(st.sampled_from([(PREMIUM,), (NOT_PREMIUM,), ()]))
    for subject in (*[each.number for each in SUBJECTS], COMBINED):
        lines = [after[year, subject, key] for key in ((ALL, *group) if subject else (ALL,))]
        # Whoever is in neither group was not judged before: nobody like that was.
        was, now = draw(kind) if group else None, draw(kind)
        for line in lines if was and all(line[was] for line in lines) else ():
            line[str(was)] -= 1
        for line in lines if now else ():
            line["at" if now == "above" and not subject else str(now)] += 1
        has_start = draw(st.booleans())
        for line in lines if subject else ():
            judged = line["below"] + line["at"] + line["above"]
            line["progress_expected"] = min(judged, line["progress_expected"] + has_start)


def _figures(counts: dict[tuple[int, int, int], dict[str, int]], rolls: dict[int, int]) -> list[Figure]:
    found = []
    for (year, subject, group), parts in counts.items():
        line = [parts["below"], parts["at"], parts["above"]]
        measured = parts.get("progress_expected", 0)
        found.append(
            Figure(1, year, subject, group, rolls[year], sum(line), *line, 0, measured, 0, measured, 0, 0)
        )
    return found


@hypothesis_settings(unhurried, max_examples=150, phases=[Phase.generate])
@given(st.data(), st.integers(1, 3))
def test_what_becomes_known_of_a_few_pupils_changes_nothing_in_a_later_pack(
    data: st.DataObject, limit: int
) -> None:
    """So a later pack reads the same whatever those few were judged: nothing can be told of them by laying it beside the earlier one."""
    before, after = data.draw(two_days(limit))
    first, second = (pack_of(each, SCOPE, made_on=MADE_ON, limit=limit) for each in (before, after))
    if may_follow(printed_rows(first, before), printed_rows(second, after), limit):
        assert second == first
        # And on a governor's pages.
        shown = [shown_figures([each for each in day if each.group == ALL], limit) for day in (before, after)]
        assert shown[0] == shown[1]


# The same in a school. A count of 1 or 2 is small here.


@pytest.fixture
def half_judged(school: School, year: AcademicYear, settings: Any) -> list[Pupil]:
    """Thirty girls in Year 4, of whom twelve are judged in mathematics in Autumn, six of them below."""
    settings.SMALL_COUNT = 2
    with visible_to(school):
        girls = [
            on_roll(
                school, year, year_group=YearGroup.Y4, pupil__sex=Sex.FEMALE, is_pupil_premium=False
            ).pupil
            for _ in range(30)
        ]
        judge(school, year, girls[:6], 40)
        judge(school, year, girls[6:12], 44)
    return girls


def judge(school: School, year: int, pupils: list[Pupil], points: int) -> None:
    entries = [Entry(each.pk, MATHEMATICS.number, year, AssessmentTerm.AUTUMN, points) for each in pupils]
    record_many(school=school, entries=entries, provenance=Provenance(source=Source.TYPED, by=None))


def autumn(school: School, year: AcademicYear, **more: Any) -> Scope:
    return Scope(schools=(school,), academic_year=year, term=TermName.AUTUMN, **more)


def give_out(scope: Scope, **how: Any) -> GivenOut:
    given = pack_to_give_out(scope, made_on=MADE_ON, **how)
    for each in given.to_keep:
        keep_pack(**each.facts, by=None)
    return given


def mathematics(given: GivenOut) -> tuple[str, str]:
    row = given.pack.attainment[0].rows[2]
    return str(row.judged), str(row.below)


def test_a_late_judgement_waits_until_it_is_one_of_many(
    school: School, year: AcademicYear, half_judged: list[Pupil]
) -> None:
    with visible_to(school):
        scope = autumn(school, year)
        first = give_out(scope)
        assert (mathematics(first), first.is_held, first.pack.as_of) == (("12", "6"), False, None)
        assert give_out(scope).to_keep == ()
        judge(school, year, half_judged[12:13], 40)
        held = give_out(scope)
        assert (mathematics(held), held.is_held, held.to_keep) == (("12", "6"), True, ())
        assert held.pack.as_of is not None
        assert replace(held.pack, as_of=None) == first.pack
        assert figures_said(held.pack).startswith("As given out on ")
        # The school's own figures are of today all the while.
        assert governor_report(scope, MADE_ON).attainment[0].rows[2].judged == Cell(13)
        judge(school, year, half_judged[13:16], 40)
        judge(school, year, half_judged[16:22], 44)
        later = give_out(scope)
        assert (mathematics(later), later.is_held) == (("22", "10"), False)
        assert PackRelease.objects.count() == 2
        # It is held against each pack that was given out: one that differs from the last by many may differ from the first by few.
        judge(school, year, half_judged[:1], 44)
        anew = give_out(scope, is_anew=True)
        assert (mathematics(anew), anew.is_held, PackRelease.objects.count()) == (("22", "9"), False, 3)


def test_a_pack_of_a_snapshot_names_it_and_is_made_again_the_same(
    school: School, year: AcademicYear, half_judged: list[Pupil]
) -> None:
    with visible_to(school):
        snapshots.freeze(school=school, academic_year=year, term=TermName.AUTUMN, note="", by=None)
        taken = snapshots_of(school, year)[0]
        scope = autumn(school, year, snapshot=taken)
        first = give_out(scope)
        assert first.pack.snapshot == f"snapshot 1, taken on {taken.when}"
        assert "-snapshot-1-governors-pack-2026-07-22.pdf" in file_name(first.pack, "pdf")
        assert ("Figures", f"From snapshot 1, taken on {taken.when}") in tables(first.pack)[0].rows
        judge(school, year, half_judged[12:13], 40)
        judge(school, year, half_judged[:3], 44)
        again = give_out(scope)
        assert (again.pack, again.to_keep) == (first.pack, ())
        assert governor_report(scope, MADE_ON) == first.pack
        # Given out of a snapshot is given out: today's figures wait.
        assert give_out(autumn(school, year)).is_held
        assert PackRelease.objects.get().snapshot == 1


def test_last_years_side_waits_likewise(school: School, year: AcademicYear, half_judged: list[Pupil]) -> None:
    last = AcademicYear(year - 1)
    with visible_to(school):
        years.open_year(school=school, academic_year=last, by=None)
        before = [on_roll(school, last, year_group=YearGroup.Y4).pupil for _ in range(20)]
        judge(school, last, before[:10], 44)
        first = give_out(autumn(school, year))
        assert [each.academic_year for each in PackRelease.objects.order_by("academic_year")] == [last, year]
        judge(school, last, before[10:11], 40)
        later = give_out(autumn(school, year))
        assert (later.is_held, later.judgements_apart) == (True, 1)
        assert first.pack.last_year is not None
        beside = replace(first.pack.last_year, as_of=later.held_from)
        assert later.pack == replace(first.pack, last_year=beside)
        assert re.search("; last year’s as given out on .* 20", figures_said(later.pack))
        # Last year's own pack, made now, says the same.
        own = give_out(autumn(school, last))
        assert str(own.pack.attainment[0].rows[2].judged) == "10"


# Last year beside this year.


def test_last_year_beside_this_year_by_hand(counted: School, settings: Any) -> None:
    settings.SMALL_COUNT = 0
    with visible_to(counted):
        pack = governor_report(Scope(schools=(counted,), academic_year=YEAR, term=TermName.SUMMER), MADE_ON)
        own = governor_report(
            Scope(schools=(counted,), academic_year=LAST_YEAR, term=TermName.SUMMER), MADE_ON
        )
    beside = pack.last_year
    assert beside is not None
    assert (beside.academic_year, [each.label for each in beside.years]) == ("2024/25", ["Year 3", "Year 4"])
    year_3, year_4 = beside.years
    # Jon, 41, is in the range of Year 3. A year before these were Ann 40, Bob 44, Cat 40, Eve 39, Fin 41, Ida 41 and Gus: in Year 3 of then.
    then = {row.subject: row for year in own.attainment if year.label == "Year 3" for row in year.rows}
    assert str(year_3.now[2].at_or_above) == "100%"
    assert (year_3.before[2].judged, year_3.before[2].at_or_above) == (
        then["Mathematics"].judged,
        then["Mathematics"].at_or_above,
    )
    # Nobody was in Year 4 then.
    assert [str(cell) for cell in (year_4.before[2].at_or_above, year_4.changes[2])] == [NOBODY, NOBODY]
    # The two years are not of the same year groups: no line of all.
    assert (beside.whole is None) == ([each.label for each in own.attainment] != ["Year 3", "Year 4"])


def test_both_years_agree_with_the_schools_own_tables(counted: School, settings: Any) -> None:
    settings.SMALL_COUNT = 0
    with visible_to(counted):
        scopes = [
            Scope(schools=(counted,), academic_year=year, term=TermName.SUMMER) for year in (YEAR, LAST_YEAR)
        ]
        beside = governor_report(scopes[0], MADE_ON).last_year
        own = [analysis(each) for each in scopes]
    assert beside is not None
    for table, side in zip(own, ("now", "before"), strict=True):
        lines = [dict(zip(table.headings, row, strict=True)) for row in table.rows]
        held = {
            (
                f"Year {line['year_group']}",
                "All three" if line["subject"] == "Combined" else line["subject"],
            ): line
            for line in lines
            if line["group"] == "All"
        }
        told = [(year.label, share) for year in beside.years for share in getattr(year, side)]
        shown = [(label, share) for label, share in told if share.judged.value]
        assert shown
        for label, share in shown:
            line = held[label, share.name]
            at_or_above = line["at"] + line["above"]
            assert share.judged.value == line["assessed"]
            assert share.at_or_above.value == (200 * at_or_above + line["assessed"]) // (2 * line["assessed"])


def test_what_stands_of_last_year_is_what_its_own_pack_shows() -> None:
    """Whatever is held back in either year's pack is held back here, and each change follows from what both print."""
    now = made_up_figures()
    before = [
        each._replace(at=each.at - 1, above=each.above + 1) if each.at and each.subject in {1, 4} else each
        for each in now
    ]
    this, last = (pack_of(each, SCOPE, made_on=MADE_ON, limit=5) for each in (now, before))
    pack = pack_of(now, SCOPE, made_on=MADE_ON, limit=5, before=before)
    assert pack.last_year is not None
    for place, year in enumerate(pack.last_year.years):
        for number, (here, there, change) in enumerate(zip(year.now, year.before, year.changes, strict=True)):
            for own, told in ((this, here), (last, there)):
                row = own.attainment[place].rows[number]
                assert (told.judged, told.at_or_above) == (row.judged, row.at_or_above)
            assert change.is_held_back == (here.at_or_above.is_held_back or there.at_or_above.is_held_back)
    assert pack.last_year.whole is not None
    assert [share.at_or_above for share in pack.last_year.whole.before] == [
        each.at_or_above for each in last.glance
    ]
    # Reception likewise: each side as its own pack shows it.
    assert pack.early_years
    assert this.early_years
    assert last.early_years
    beside = pack.early_years.last_year
    assert beside
    assert len(beside.areas) == sum(len(shares) for _, shares in last.early_years.areas)
    told = [share for _, shares in last.early_years.areas for share in shares]
    assert [then for then, _ in beside.areas.values()] == told
    assert beside.good_level == last.early_years.good_level
    for _, lines in pack.early_years.lines:
        for here, there, change in lines:
            assert there
            assert change
            is_held_back = here.at_or_above.is_held_back or there.at_or_above.is_held_back
            assert change.is_held_back == is_held_back
            if not is_held_back:
                # From unrounded shares, of which each is rounded by half a point at most.
                assert abs(change.value - (here.at_or_above.value - there.at_or_above.value)) <= 1
    without = replace(pack.early_years, last_year=None)
    assert replace(pack, last_year=None, early_years=without) == this
    assert pack_of(now, SCOPE, made_on=MADE_ON, limit=5).last_year is None


# In words, and in parts.


def test_it_opens_with_sentences_of_what_stands_in_it() -> None:
    now = made_up_figures()
    before = [
        each._replace(below=each.below + 7, at=each.at - 7) if each.subject == 2 and each.at > 7 else each
        for each in now
    ]
    pack = pack_of(now, SCOPE, made_on=MADE_ON, limit=5, before=before)
    shares = {each.name: each.at_or_above for each in pack.glance}
    assert len(pack.headlines) >= 2
    assert str(max(share.value for share in shares.values() if share.value is not None)) in pack.headlines[0]
    assert pack.headlines[1].startswith(
        "Beside the same term last year the share at or above is up in writing by "
    )
    assert len(
        with_sections(pack, [each for each in Section if each is not Section.LAST_YEAR]).headlines
    ) < len(pack.headlines) or not any(
        "last year" in each for each in with_sections(pack, [Section.GROUPS]).headlines
    )


def test_leaving_a_part_out_changes_nothing_in_the_others() -> None:
    now = made_up_figures()
    whole = pack_of(now, SCOPE, made_on=MADE_ON, limit=5, before=now)
    assert with_sections(whole, list(Section)) == whole
    parts = {
        Section.ATTAINMENT: "attainment",
        Section.PROGRESS: "progress",
        Section.GROUPS: "comparisons",
        Section.LAST_YEAR: "last_year",
        Section.RECEPTION: "early_years",
        Section.QUESTIONS: "questions",
    }
    for section, name in parts.items():
        alone = with_sections(whole, [section])
        # The questions follow from the other parts: see below.
        if section is Section.RECEPTION:
            # Its side of last year goes with last year's.
            assert whole.early_years
            assert whole.early_years.last_year
            assert alone.early_years == replace(whole.early_years, last_year=None)
        elif section is not Section.QUESTIONS:
            assert getattr(alone, name) == getattr(whole, name)
        assert not any(getattr(alone, other) for other in parts.values() if other != name)
        assert not alone.is_empty
        without = {table.title: table for table in tables(with_sections(whole, set(Section) - {section}))}
        assert all(
            without[table.title].rows == table.rows
            for table in tables(whole)
            # What is said in words follows from the parts that are left.
            if table.title in without
            and table.title not in {"About", "Questions"}
            and (table.title, section) != ("Reception", Section.LAST_YEAR)
        )


def test_questions_are_of_the_parts_that_are_left() -> None:
    whole = pack_of(made_up_figures(), SCOPE, made_on=MADE_ON, limit=5)
    assert any("pupil premium are" in each for each in whole.questions)
    alone = with_sections(whole, [Section.QUESTIONS])
    assert alone.questions
    assert not any("gap" in each for each in (*alone.questions, *alone.headlines))


def test_a_year_group_of_which_few_were_judged_leaves_no_line_and_no_sentence_of_all() -> None:
    """Forty of Year 2 were judged last year, and now ten of them: the sums are of other shares of the year groups."""
    now = [each for each in made_up_figures() if each.group == ALL]
    before = [each._replace(below=each.below + 7, at=each.at - 7) if each.at > 7 else each for each in now]
    fewer = [
        each._replace(assessed=10, below=0, at=10, above=0)
        if (each.year_group, each.subject) == (2, 4)
        else each
        for each in now
    ]
    for days, places in (((now, before), []), ((fewer, before), [0]), ((now, fewer), [1])):
        pack = pack_of(days[0], SCOPE, made_on=MADE_ON, limit=5, before=days[1])
        assert pack.last_year is not None
        assert [
            place for place in (0, 1) if (pack.partly_judged, pack.last_year.partly_judged)[place]
        ] == places
        assert (pack.last_year.whole is None) == bool(places)
        assert any("last year" in each for each in pack.headlines) != bool(places)
        told = [*pack.partly_judged, *pack.last_year.partly_judged]
        assert told == ["Year 2 science"] * len(places)
        assert [row[1] for row in tables(pack)[0].rows if str(row[0]).startswith("Fewer than nine")] == told


def test_the_headline_claims_no_most_of_a_share_below_half() -> None:
    low = [
        each._replace(below=each.assessed - 12, at=12, above=0) if each.assessed > 19 else each
        for each in made_up_figures()
        if each.group == ALL
    ]
    pack = pack_of(low, SCOPE, made_on=MADE_ON, limit=5)
    shares = [each.at_or_above.value for each in pack.glance if each.at_or_above.value is not None]
    assert max(shares) < 50
    assert not any(
        re.search("Most pupils|Fewest pupils", each) for each in (*pack.headlines, *pack.questions)
    )


def test_a_snapshot_given_out_after_todays_figures_takes_nobody_back_to_it(
    school: School, year: AcademicYear, half_judged: list[Pupil]
) -> None:
    with visible_to(school):
        snapshots.freeze(school=school, academic_year=year, term=TermName.AUTUMN, note="", by=None)
        judge(school, year, half_judged[12:18], 40)
        judge(school, year, half_judged[18:24], 44)
        assert mathematics(give_out(autumn(school, year))) == ("24", "12")
        # The earlier snapshot is put into a pack for the archive.
        old = give_out(autumn(school, year, snapshot=snapshots_of(school, year)[0]))
        assert mathematics(old) == ("12", "6")
        judge(school, year, half_judged[24:25], 40)
        held = give_out(autumn(school, year))
        assert (mathematics(held), held.is_held, held.judgements_apart) == (("24", "12"), True, 1)


def test_how_many_judgements_two_days_are_apart() -> None:
    """Seven more judged, three of those before moved from below to above; of a group nothing is counted twice, nor of all three."""
    row = (4, 3, ALL, 40, 20, 10, 5, 5, 12, 4, 4, 4)
    later = (4, 3, ALL, 40, 27, 7, 9, 11, 12, 3, 4, 5)
    others = [(4, 3, PREMIUM, *row[3:]), (4, COMBINED, ALL, *row[3:])]
    changed = [(4, 3, PREMIUM, *later[3:]), (4, COMBINED, ALL, *later[3:])]
    assert judgements_apart((row, *others), (later, *changed)) == 10
    assert judgements_apart((row, *others), (row, *changed)) == 0
    assert judgements_apart((), (row,)) == 20


def test_what_the_school_does_is_read_as_paragraphs() -> None:
    assert paragraphs(" We read\r\nmore. \r\n\r\n\n  And <b>count</b>. \n") == (
        "We read more.",
        "And <b>count</b>.",
    )
    assert paragraphs(" \n\n ") == ()
