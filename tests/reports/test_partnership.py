"""Schools side by side, transitions and a school beside its partnership, worked out by hand (partnership_world)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessment.engine.assessment_points import Phase
from assessment.engine.subjects import MATHEMATICS
from reports.documents.analysis import analysis
from reports.documents.beside_partnership import beside_partnership
from reports.documents.governor_report import governor_report
from reports.documents.partnership import side_by_side, side_by_side_table
from reports.documents.partnership_groups import PAIRS, groups_side_by_side
from reports.documents.transitions import Transition, transitions, transitions_table
from reports.queries.partnership import moves
from reports.queries.scope import Scope
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.models import Enrolment, Pupil, Role, Term
from schools.row_security import visible_to
from schools.services import memberships, years
from tests.conftest import member, signed_in
from tests.factories import PartnershipFactory, SchoolFactory, UserFactory, judged
from tests.reports.partnership_world import (
    LAST_YEAR,
    LEFT,
    SUMMER,
    YEAR,
    PartnershipWorld,
    child,
    give_out,
    partnership_world,
)

__all__ = ["partnership_world"]
MATHS = MATHEMATICS.number


def scope_of(world: PartnershipWorld, term: TermName = TermName.AUTUMN, year=YEAR) -> Scope:
    return Scope(schools=world.schools, academic_year=year, term=term)


def test_side_by_side(partnership_world: PartnershipWorld) -> None:
    shown = side_by_side(
        scope_of(partnership_world, TermName.SUMMER, LAST_YEAR), MATHS, YearGroup.Y4, "share", 5
    )
    # All of Elm and of Oak are at; of Ash 8 are below of 20 (who left at Christmas is not on roll).
    assert [
        (line.name, line.judged, line.share, *(part.count for part in line.parts), line.note)
        for line in shown.lines
    ] == [
        ("Elm First", 12, Decimal(100), 0, 12, 0, ""),
        ("Oak First", 7, Decimal(100), 0, 7, 0, ""),
        ("Ash First", 20, Decimal(60), 8, 6, 6, ""),
        ("Hill Middle", None, None, "No Year 4"),
        ("Moor Middle", None, None, "No Year 4"),
    ]
    assert shown.total is not None
    assert (shown.total.below, shown.total.at, shown.total.above, shown.schools_in_total) == (8, 25, 6, 3)
    today = f"{timezone.localdate():%d/%m/%Y}"
    assert side_by_side_table(shown).rows[0][:8] == ["Elm First", today, 12, 0, 12, 0, Decimal(100), 12]
    # One school shown whole is no sum, neither on the page nor in the file.
    only = side_by_side(
        replace(scope_of(partnership_world, TermName.SUMMER, LAST_YEAR), schools=(partnership_world.ash,)),
        MATHS,
        YearGroup.Y4,
        "",
        5,
    )
    assert only.total is None
    assert len(side_by_side_table(only).rows) == 1


def test_each_row_agrees_with_the_schools_own_analysis(partnership_world: PartnershipWorld) -> None:
    for year, term, year_group in (
        (LAST_YEAR, TermName.SUMMER, YearGroup.Y4),
        (YEAR, TermName.AUTUMN, YearGroup.Y5),
    ):
        scope = scope_of(partnership_world, term, year)
        shown = side_by_side(scope, MATHS, year_group, "", 5)
        assert any(line.line for line in shown.lines)
        for line in shown.lines:
            school = next(each for each in partnership_world.schools if each.name == line.name)
            with visible_to(school):
                table = analysis(Scope(schools=(school,), academic_year=year, term=term))
            rows = [dict(zip(table.headings, row, strict=True)) for row in table.rows]
            own = [
                row
                for row in rows
                if (row["year_group"], row["subject"], row["group"])
                == (year_group.code, "Mathematics", "All")
            ]
            if line.line is None:
                assert not own
                continue
            for name, count in zip(("below", "at", "above", "assessed"), _counts(line), strict=True):
                assert count in {None, own[0][name]}, (line.name, name)


def _counts(line) -> tuple[int | None, ...]:
    return (line.line.below, line.line.at, line.line.above, line.line.counted)


def test_moves_between_schools(partnership_world: PartnershipWorld) -> None:
    world = partnership_world
    pairs, not_found, _ = moves(world.schools, YEAR)
    names = {school.pk: school.name.split()[0] for school in world.schools}
    of_maths = {
        (names[each.old_school], names[each.new_school], each.year_group_then, each.year_group_now): each[5:]
        for each in pairs
        if each.subject == MATHS
    }
    then = 6 * 44 + 4 * 48 + 4 * 51
    assert of_maths == {
        # Moved, matched, points then and now, steps expected, Baselines; below, at, above then and now.
        ("Ash", "Moor", 4, 5): (14, 14, then, then + 28, 42, 0, 6, 4, 4, 6, 4, 4),
        ("Ash", "Hill", 4, 5): (6, 6, 286, 286, 18, 0, 2, 2, 2, 4, 2, 0),
        # Ten of the eleven; Mo was not judged and Lee's judgement is a copy. Seven at 47, and Bea's Baseline.
        ("Elm", "Moor", 4, 5): (10, 8, 8 * 48, 7 * 47 + 49, 21, 1, 0, 8, 0, 7, 0, 1),
        ("Elm", "Moor", 4, 4): (1, 1, 48, 47, 3, 0, 0, 1, 0, 0, 0, 1),
        ("Oak", "Moor", 4, 5): (3, 3, 144, 150, 9, 0, 0, 3, 0, 0, 3, 0),
    }
    assert [(each.is_newcomer, names[each.school], each.year_group, each.pupils) for each in not_found] == [
        (False, "Elm", 4, 1),
        # Joe among them: on roll nowhere at the end of Autumn.
        (False, "Oak", 4, 4),
        (True, "Moor", 5, 1),
    ]


def test_an_empty_roll_is_no_roll_that_all_have_left(partnership_world: PartnershipWorld) -> None:
    """Ash has not taken its pupils over into the new year, Hill was not there in the old: neither has newcomers or leavers."""
    shown = transitions(scope_of(partnership_world), MATHS, 5)
    assert {each.school for each in shown.elsewhere} == {"Elm First", "Oak First", "Moor Middle"}
    whom = "it is not told who came to it from elsewhere or left it for elsewhere."
    assert shown.not_compared == (
        f"Ash First holds nobody of Autumn 2025/26 here: {whom}",
        f"Hill Middle holds nobody of Summer 2024/25 here: {whom}",
    )
    assert [row[0] for row in transitions_table(shown).rows[-2:]] == list(shown.not_compared)
    # A year that no school has opened, as in September before the rolls are there.
    empty = transitions(replace(scope_of(partnership_world), academic_year=AcademicYear(YEAR + 1)), MATHS, 5)
    assert (empty.pairs, empty.elsewhere, len(empty.not_compared)) == ((), (), 5)


def test_nothing_is_told_of_a_school_whose_autumn_is_not_over(
    partnership_world: PartnershipWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = partnership_world
    with visible_to(world.moor):
        last = Term.objects.in_school(world.moor).get(academic_year=YEAR, term=TermName.AUTUMN).ends_on
    for day, is_told in ((last, False), (last + dt.timedelta(1), True)):
        monkeypatch.setattr("reports.queries.partnership.timezone.localdate", lambda *_, day=day: day)
        shown = transitions(scope_of(world), MATHS, 5)
        into_moor = [each for each in shown.pairs if each.new_school == "Moor Middle"]
        assert bool(into_moor) is is_told
        assert any(each.school == "Moor Middle" for each in shown.elsewhere) is is_told
        assert ("Moor Middle stands here when its Autumn" in " ".join(shown.not_compared)) is not is_told


def test_a_child_on_two_rolls_at_once_is_in_no_pair(partnership_world: PartnershipWorld) -> None:
    """Of Oak's three one is on Elm's roll as well in that Summer, and comes to Moor: one pair of two, and nobody twice."""
    world = partnership_world
    with visible_to(world.moor, world.oak):
        of_oak = Pupil.objects.in_school(world.oak).values_list("person_key", flat=True)
        at_moor = Enrolment.objects.in_school(world.moor).filter(starts_on=YEAR.starts_on)
        key = at_moor.filter(pupil__person_key__in=list(of_oak)).values_list("pupil__person_key", flat=True)[
            0
        ]
    with visible_to(world.elm):
        twice = child(world.elm, LAST_YEAR, key, year_group=YearGroup.Y4, ends_on=LEFT)
        judged(twice, LAST_YEAR, SUMMER, 48)
    pairs, not_found, held = moves(world.schools, YEAR)
    moved = {
        (each.old_school, each.year_group_now): each.moved
        for each in pairs
        if each.subject == MATHS and each.new_school == world.moor.pk
    }
    assert (moved[world.oak.pk, 5], moved[world.elm.pk, 5]) == (2, 10)
    assert (False, world.elm.pk, 4, 1) in not_found
    assert {each.school: each.on_two_rolls for each in held if each.on_two_rolls} == {
        world.elm.pk: 1,
        world.oak.pk: 1,
        world.moor.pk: 1,
    }
    shown = transitions(scope_of(world), MATHS, 5, of_school=world.moor)
    assert shown.not_compared == (
        "Moor Middle shares pupils with another roll: 1 to 5 of those who came or left stand on two at once, and are not compared.",
    )


def test_the_pages_tell_what_was_given_out_and_not_what_was_judged_since(
    partnership_world: PartnershipWorld,
) -> None:
    """One more is judged at Ash, which would be told by taking the pack away; and Oak has given out nothing."""
    world = partnership_world
    with visible_to(world.ash):
        late = child(world.ash, LAST_YEAR, uuid.uuid4(), year_group=YearGroup.Y4)
        judged(late, LAST_YEAR, SUMMER, 44)
    elsewhere = SchoolFactory.create(
        name="Yew First", lowest_year_group=YearGroup.R, highest_year_group=YearGroup.Y4
    )
    with visible_to(elsewhere):
        years.open_year(school=elsewhere, academic_year=LAST_YEAR, by=None)
    scope = replace(scope_of(world, TermName.SUMMER, LAST_YEAR), schools=(world.ash, elsewhere))
    ash, yew = side_by_side(scope, MATHS, YearGroup.Y4, "", 5).lines
    assert (ash.judged, ash.parts[0].count, ash.given_out) == (20, 8, timezone.localdate())
    assert (yew.judged, yew.note, yew.given_out) == (
        None,
        "Has given out nothing for this term yet",
        None,
    )
    # Beside a school that sees no names stands the same, of others as of its own; whoever sees names has the own as they are.
    governor, head = (
        signed_in(member(world.ash, role)).get(
            reverse("school_beside_partnership_file", args=[world.ash.urn, LAST_YEAR, "csv"]),
            {"term": "summer"},
        )
        for role in (Role.GOVERNOR, Role.HEAD)
    )
    assert "Mathematics,20," in governor.content.decode()
    assert "Mathematics,21," in head.content.decode()
    # Given out again by the head's own wish, it is told.
    give_out(world.ash, LAST_YEAR, TermName.SUMMER)
    (ash, _) = side_by_side(scope, MATHS, YearGroup.Y4, "", 5).lines
    assert (ash.judged, ash.parts[0].count) == (21, 9)


@pytest.mark.django_db
def test_a_partnership_whose_schools_have_opened_no_year_has_a_page() -> None:
    partnership = PartnershipFactory.create(name="New")
    lead = UserFactory.create()
    memberships.lead_partnership(partnership=partnership, user=lead, by=None)
    page = signed_in(lead).get("/", follow=True)
    assert page.status_code == 200
    assert "No schools yet" in page.content.decode()


def pair(world: PartnershipWorld, old: str, new: str) -> Transition:
    found = transitions(scope_of(world), MATHS, 5)
    return next(
        each
        for each in found.pairs
        if each.old_school.startswith(old)
        and each.new_school.startswith(new)
        and each.label == "Year 4 to Year 5"
    )


def test_transitions_tell_no_few(partnership_world: PartnershipWorld) -> None:
    ash, elm, oak = (pair(partnership_world, name, "Moor") for name in ("Ash", "Elm", "Oak"))
    # 660 / 14 and 688 / 14; two gained where three were expected.
    assert (ash.moved, ash.matched, ash.points_then, ash.points_now, ash.told_beside_expected) == (
        "about 10",
        "about 10",
        Decimal(47),
        Decimal(49),
        "\N{MINUS SIGN}1",
    )
    assert ash.baselines == "0"
    # Six lost and 21 expected, of eight: -3.4. Of Bea's one point since Summer none was expected.
    assert (elm.moved, elm.matched, elm.told_beside_expected, elm.baselines) == (
        "about 10",
        "about 10",
        "\N{MINUS SIGN}3",
        "1 to 5",
    )
    assert (oak.moved, oak.is_small, oak.beside_expected, oak.then, oak.now) == (
        "1 to 5",
        True,
        None,
        None,
        None,
    )
    table = transitions_table(transitions(scope_of(partnership_world), MATHS, 5))
    assert "Secretname" not in repr(table)
    of_moor = transitions(scope_of(partnership_world), MATHS, 5, of_school=partnership_world.hill)
    assert [(each.old_school, each.new_school) for each in of_moor.pairs] == [("Ash First", "Hill Middle")]


def test_queries_do_not_grow_with_pupils(partnership_world: PartnershipWorld) -> None:
    """So many statements for each school, whoever is in it: Hill has six pupils and Ash twenty-one."""
    counts = []
    for schools in (
        (partnership_world.hill,),
        (partnership_world.ash,),
        (partnership_world.hill, partnership_world.ash),
    ):
        scope = Scope(schools=schools, academic_year=YEAR, term=TermName.AUTUMN)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            side_by_side(scope, MATHS, None, "", 5)
            transitions(scope, MATHS, 5)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[2] - counts[0] <= counts[0]


def test_a_school_beside_its_partnership(partnership_world: PartnershipWorld) -> None:
    world = partnership_world
    with visible_to(world.ash):
        own = Scope(schools=(world.ash,), academic_year=LAST_YEAR, term=TermName.SUMMER)
        found = {
            each.subject: each
            for each in beside_partnership(own, (world.elm, world.oak, world.moor, world.hill), 5)
        }
    beside = found[MATHS]
    # Two other schools have a Year 4: they are not added up, for each would know the other.
    assert (beside.own_share, beside.others, beside.schools, beside.difference) == (Decimal(60), None, 2, "")


def test_pages_of_the_lead_and_of_the_school(partnership_world: PartnershipWorld) -> None:
    world = partnership_world
    lead = UserFactory.create()
    memberships.lead_partnership(partnership=world.ash.partnership, user=lead, by=None)
    client = signed_in(lead)
    assert client.get("/").headers["Location"] == reverse("partnership_now", args=[world.ash.partnership_id])
    at = [world.ash.partnership_id, YEAR]
    for there in (
        reverse("partnership", args=at) + "?subject=mathematics&year_group=5&term=autumn&sort=share",
        reverse("partnership", args=at) + "?subject=nonsense",
        reverse("partnership_transitions", args=at) + "?subject=mathematics",
        reverse("partnership_file", args=[*at, "csv"]) + "?subject=mathematics&year_group=5",
        reverse("partnership_file", args=[*at, "xlsx"]),
        reverse("partnership_transitions_file", args=[*at, "csv"]),
    ):
        response = client.get(there)
        assert response.status_code == 200, there
        assert "Secretname" not in response.content.decode(errors="replace")
    head = signed_in(member(world.moor, Role.HEAD))
    page = head.get(
        reverse("school_beside_partnership", args=[world.moor.urn, YEAR]) + "?subject=mathematics"
    )
    assert page.status_code == 200
    assert "Ash First" in page.content.decode()
    assert head.get(reverse("partnership", args=at)).status_code == 404


@pytest.mark.parametrize("sort", ["", "judged", "share", "progress", "nonsense"])
def test_orders(partnership_world: PartnershipWorld, sort: str) -> None:
    shown = side_by_side(scope_of(partnership_world), MATHS, YearGroup.Y5, sort, 5)
    assert {line.name for line in shown.lines} == {school.name for school in partnership_world.schools}


def test_a_phase_is_added_up_from_what_is_told_of_its_year_groups(
    partnership_world: PartnershipWorld,
) -> None:
    scope = scope_of(partnership_world, TermName.SUMMER, LAST_YEAR)
    shown = side_by_side(scope, MATHS, None, "", 5, Phase.LKS2)
    assert shown.title == "Mathematics, LKS2 together, Summer 2024/25"
    years = [side_by_side(scope, MATHS, year_group, "", 5) for year_group in (YearGroup.Y3, YearGroup.Y4)]
    for place, line in enumerate(shown.lines):
        of_years = [each.lines[place].line for each in years if each.lines[place].line]
        if line.line is None:
            assert line.note
            assert not of_years
            continue
        for name in ("below", "at", "above", "counted"):
            told = [getattr(each, name) for each in of_years]
            assert getattr(line.line, name) == (None if None in told else sum(told))
    assert [line.note for line in side_by_side(scope, MATHS, None, "", 5, Phase.KS3).lines[:2]] == [
        "No KS3",
        "No KS3",
    ]


def test_groups_side_by_side_are_what_each_pack_tells(partnership_world: PartnershipWorld) -> None:
    scope = scope_of(partnership_world, TermName.SUMMER, LAST_YEAR)
    told = 0
    for pair in PAIRS.values():
        shown = groups_side_by_side(scope, MATHS, pair, 5)
        assert [line.name for line in shown.lines] == sorted(each.name for each in scope.schools)
        for line in shown.lines:
            school = next(each for each in scope.schools if each.name == line.name)
            with visible_to(school):
                pack = governor_report(replace(scope, schools=(school,)), timezone.localdate())
            ours = [each for each in pack.comparisons if (each.group, each.other) == pair]
            if not line.of_group:
                assert line.note
                assert not ours
                continue
            place = [share.name for share in ours[0].of_group].index("Mathematics")
            assert (line.of_group, line.of_other, line.gap) == (
                ours[0].of_group[place],
                ours[0].of_other[place],
                ours[0].gaps[place],
            )
            told += 1
    assert told


def test_the_pages_choices_and_charts(partnership_world: PartnershipWorld) -> None:
    lead = UserFactory.create()
    memberships.lead_partnership(partnership=partnership_world.moor.partnership, user=lead, by=None)
    client = signed_in(lead)
    there = f"/partnerships/{partnership_world.moor.partnership_id}/{LAST_YEAR.slug}/"

    def page(query: str) -> str:
        answer = client.get(f"{there}?term=summer&subject=mathematics{query}")
        assert answer.status_code == 200
        return " ".join(answer.content.decode().split())

    shown = page("&year_group=4")
    assert '<title id="partnership-attainment-title">Pupils below, at and above: Mathematics, Year 4' in shown
    assert "Ash First: below 8, at 6, above 6; at or above 60%." in shown
    assert "Hill Middle: No Year 4." in shown
    assert "These 3 together: below 8, at 25, above 6; at or above 79%." in shown
    assert "The chart as a table" in shown
    assert "LKS2 together" in page("&phase=lks2")
    assert "Year 4 is not in KS1" in page("&phase=ks1&year_group=4")
    groups = page("&group=girls&year_group=4")
    assert "Girls beside boys, Mathematics, Summer 2024/25" in groups
    assert "no phase or year group" in groups
    for choice in ("group=girls", "phase=lks2"):
        table = client.get(
            reverse("partnership_file", args=[partnership_world.moor.partnership_id, LAST_YEAR, "csv"])
            + f"?term=summer&{choice}"
        )
        assert table.status_code == 200
        assert "Ash First" in table.content.decode()
