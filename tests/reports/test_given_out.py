"""Whoever sees no names sees the figures that were given out: an attack by looking at a governor's pages on two days, one pupil apart."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import MATHEMATICS, READING
from assessment.models import Judgement, Source
from assessment.services.judgements import Entry, Provenance, record_many
from reports.documents.dashboard import dashboard
from reports.documents.governor_release import GivenOut, pack_to_give_out
from reports.documents.releases import ToKeep
from reports.documents.year_groups import year_group_report
from reports.queries.scope import Scope
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.models import JobPaper, PackRelease, Pupil, Role, School, Sex, Term
from schools.row_security import visible_to
from schools.services import worker
from schools.services.releases import give_out
from tests.conftest import member, signed_in
from tests.factories import on_roll
from tests.schools.small_school import access_of

BELOW, AT, ABOVE = 40, 44, 46
PAGES = (
    "dashboard/?term=autumn",
    "dashboard/?term=autumn&view=table",
    "dashboard/attainment.csv?term=autumn",
    "dashboard/year-groups/4/?term=autumn",
    "dashboard/year-groups/4/subjects.csv?term=autumn",
    "dashboard/year-groups/4/terms.csv?term=autumn",
    "dashboard/groups/?term=autumn",
    "dashboard/groups/groups.csv?term=autumn",
    "reports/governors/?term=autumn",
)
STANDING = "Figures as given out on "


@dataclass
class World:
    school: School
    year: AcademicYear
    pupils: list[Pupil]
    governor: Client

    def judge(self, first: int, last: int, points: int | None, subject: int = MATHEMATICS.number) -> None:
        """The pupils from `first` to before `last`; no points take the judgement back."""
        chosen = self.pupils[first:last]
        with visible_to(self.school):
            if points is None:
                held = Judgement.objects.in_school(self.school).filter(pupil__in=chosen)
                held.filter(subject_id=subject).delete()
                return
            entries = [Entry(each.pk, subject, self.year, AssessmentTerm.AUTUMN, points) for each in chosen]
            record_many(
                school=self.school, entries=entries, provenance=Provenance(source=Source.TYPED, by=None)
            )

    def page(self, path: str, client: Client | None = None) -> str:
        answer = (client or self.governor).get(f"/schools/{self.school.urn}/{self.year.slug}/{path}")
        assert answer.status_code == 200, path
        return unescape(answer.content.decode())

    def figures(self) -> dict[str, list[str]]:
        """What each page says in figures, wherever it says it."""
        return {path: told(self.page(path)) for path in PAGES}

    def mathematics(self, client: Client | None = None) -> list[str]:
        lines = self.page("dashboard/attainment.csv?term=autumn", client).splitlines()
        (line,) = (each for each in lines if each.startswith("Year 4,Mathematics,"))
        return line.split(",")[3:8]

    def releases(self) -> int:
        with visible_to(self.school):
            return PackRelease.objects.count()


def told(page: str) -> list[str]:
    """The numbers of the page in their order, without what says of which day they are, and without what changes with each answer."""
    if "<main" not in page:
        return re.findall(r"\d+|held back", page)
    main = page[page.index("<main") : page.index("</main>")]
    main = re.sub(r"<form.*?</form>|<input[^>]*>", " ", main, flags=re.DOTALL)
    main = re.sub(r"<[^>]*>", " ", main)
    main = re.sub(
        r"\d+ (January|February|March|April|May|June|July|August|September|October|November|December) \d{4}",
        " ",
        main,
    )
    return re.findall(r"\d+%?|held back|Held back", main)


@pytest.fixture
def year(today: dt.date) -> AcademicYear:
    """The last that is over: while a term lasts a look gives nothing out."""
    return AcademicYear(AcademicYear.containing(today) - 1)


@pytest.fixture
def world(school: School, year: AcademicYear) -> World:
    """Year 4, ninety girls: thirty are judged in mathematics, ten below, twelve at, eight above; and thirty in reading, all at."""
    with visible_to(school):
        girls = [
            on_roll(
                school, year, year_group=YearGroup.Y4, pupil__sex=Sex.FEMALE, is_pupil_premium=False
            ).pupil
            for _ in range(90)
        ]
    made = World(school, year, girls, signed_in(member(school, Role.GOVERNOR)))
    for first, last, points in ((0, 10, BELOW), (10, 22, AT), (22, 30, ABOVE)):
        made.judge(first, last, points)
    made.judge(0, 30, AT, READING.number)
    return made


def test_two_looks_on_two_days_tell_of_nobody_until_a_class_has_come(world: World) -> None:
    head = signed_in(member(world.school, Role.HEAD))
    before = world.figures()
    assert world.mathematics() == ["30", "held back", "10", "12", "8"]
    assert world.releases() == 1
    changes: list[tuple[int, int, int | None, list[str]]] = [
        # One more; judged differently; taken back; one who was judged before, and back again.
        (30, 31, BELOW, ["31", "59", "11", "12", "8"]),
        (30, 31, AT, ["31", "59", "10", "13", "8"]),
        (30, 31, None, ["30", "60", "10", "12", "8"]),
        (0, 1, None, ["29", "61", "9", "12", "8"]),
        (0, 1, BELOW, ["30", "60", "10", "12", "8"]),
        # Five.
        (30, 35, ABOVE, ["35", "55", "10", "12", "13"]),
        (30, 35, BELOW, ["35", "55", "15", "12", "8"]),
    ]
    for first, last, points, live in changes:
        world.judge(first, last, points)
        assert world.figures() == before
        assert world.mathematics(head) == live
        is_same = live[0] == "30"
        for path in PAGES[0], PAGES[3], PAGES[6]:
            assert (STANDING in world.page(path)) != is_same
        assert STANDING not in world.page(PAGES[0], head)
    said = f"{STANDING}{date_format(timezone.localdate(), 'j F Y')}."
    assert said in re.sub(r"<[^>]*>", "", world.page(PAGES[3]))
    assert world.releases() == 1
    # A class of thirty, of whom ten each: the pages follow, and the pack with them.
    world.judge(35, 45, AT)
    world.judge(45, 55, ABOVE)
    world.judge(55, 60, BELOW)
    assert world.mathematics() == ["60", "held back", "20", "22", "18"]
    assert STANDING not in world.page(PAGES[0])
    assert world.releases() == 2
    after = world.figures()
    assert after != before
    # And stand again.
    world.judge(60, 61, BELOW)
    assert world.figures() == after
    assert world.releases() == 2


@pytest.mark.parametrize("first_page", ["reports/governors/?term=autumn", "dashboard/groups/?term=autumn"])
def test_whichever_page_is_looked_at_first_gives_out_for_all(world: World, first_page: str) -> None:
    world.page(first_page)
    assert world.releases() == 1
    world.judge(30, 33, BELOW)
    assert world.mathematics() == ["30", "held back", "10", "12", "8"]
    assert STANDING in world.page("dashboard/year-groups/4/?term=autumn")
    assert world.releases() == 1
    # A leader lets today's figures through, and they stand on every page from then on.
    with visible_to(world.school):
        scope = Scope(schools=(world.school,), academic_year=world.year, term=TermName.AUTUMN)
        give_out(
            lambda: pack_to_give_out(scope, made_on=timezone.localdate(), is_anew=True),
            school=world.school,
            by=None,
        )
    assert world.mathematics() == ["33", "held back", "13", "12", "8"]
    assert STANDING not in world.page("dashboard/?term=autumn")


def test_what_was_held_back_while_few_were_judged_is_told_when_many_are(world: World) -> None:
    world.judge(0, 30, None)
    world.judge(0, 30, None, READING.number)
    assert "Nothing has been entered" in world.page("dashboard/?term=autumn")
    assert "Nothing has been entered" in world.page("dashboard/groups/?term=autumn")
    assert world.releases() == 0
    world.judge(0, 3, BELOW)
    assert world.mathematics() == ["held back"] * 5
    world.judge(3, 5, BELOW)
    assert world.mathematics() == ["held back"] * 5
    world.judge(5, 10, BELOW)
    world.judge(10, 20, AT)
    assert world.mathematics() == ["20", "held back", "10", "10", "0"]
    # A year group that nobody was judged in comes with its first thirty.
    with visible_to(world.school):
        world.pupils = [on_roll(world.school, world.year, year_group=YearGroup.Y3).pupil for _ in range(30)]
    world.judge(0, 4, 30)
    assert "Year 3" not in world.page("dashboard/attainment.csv?term=autumn")
    world.judge(4, 30, 30)
    assert "Year 3,Mathematics,held back,30," in world.page("dashboard/attainment.csv?term=autumn")


def test_each_term_stands_by_itself(world: World) -> None:
    path = "dashboard/year-groups/4/terms.csv?term=spring"
    assert "Mathematics,Autumn,held back,30,held back,10,12,8" in world.page(path)
    world.judge(30, 32, ABOVE)
    assert "Mathematics,Autumn,held back,30,held back,10,12,8" in world.page(path)
    page = re.sub(r"\s+", " ", world.page("dashboard/year-groups/4/?term=autumn"))
    assert STANDING in page
    page = re.sub(r"\s+", " ", world.page("dashboard/year-groups/4/?term=spring"))
    assert STANDING not in page


def test_two_who_look_at_once_are_given_the_same(world: World) -> None:
    scope = Scope(schools=(world.school,), academic_year=world.year, term=TermName.AUTUMN)
    others: list[Any] = []

    def look() -> GivenOut:
        given = pack_to_give_out(scope, made_on=dt.date(2026, 7, 20))
        if not others:
            # Between this one's reading and keeping another one gives out, and a pupil is judged.
            others.append(None)
            others[0] = give_out(look, school=world.school, by=None)
            world.judge(30, 31, BELOW)
        return given

    with visible_to(world.school):
        mine = give_out(look, school=world.school, by=None)
        assert PackRelease.objects.count() == 1
    assert mine.pack.attainment == others[0].pack.attainment
    assert mine.to_keep == ()


def test_a_governors_page_asks_three_queries_more_than_a_heads(
    world: World, django_assert_num_queries: Any
) -> None:
    def scope(role: Role) -> Scope:
        access = access_of(world.school, role)
        return Scope(schools=(world.school,), academic_year=world.year, term=TermName.AUTUMN, viewer=access)

    with visible_to(world.school):
        # What was given out, when the terms end, and progress since the early years, which is given out with the rest.
        for role, queries in ((Role.HEAD, 1), (Role.GOVERNOR, 4)):
            asked = scope(role)
            with django_assert_num_queries(queries):
                shown = dashboard(asked, {})
            assert [type(each) for each in shown.to_keep] == [ToKeep] * (role is Role.GOVERNOR)
        asked = scope(Role.GOVERNOR)
        # Of three terms the figures and those since the early years; what was given out of them, and when they end.
        with django_assert_num_queries(8):
            report = year_group_report(asked.viewer, asked, YearGroup.Y4, TermName.SUMMER, {})  # type: ignore[arg-type]
        assert len(report.to_keep) == 1


NOT_YET = "figures are given to governors when the term is over, from {}, or when a leader gives them out."
FILES = (
    "dashboard/attainment.csv?term=autumn",
    "dashboard/year-groups/4/terms.csv?term=autumn",
    "dashboard/groups/groups.csv?term=autumn",
)


def test_a_look_gives_nothing_out_before_the_terms_last_day_has_passed(world: World, today: dt.date) -> None:
    end = _ends_on(world, today)
    words = NOT_YET.format(date_format(today + dt.timedelta(days=1), "j F Y"))
    head = signed_in(member(world.school, Role.HEAD))
    assert world.mathematics(head) == ["30", "60", "10", "12", "8"]
    # On the last day: nothing on any page, and no page or file of it leads nowhere.
    for path in PAGES:
        page = world.page(path)
        assert words in page, path
        assert not {"10", "12", "8", "30"} & set(told(page.replace(words, ""))), path
    for ending in ("pdf", "xlsx"):
        there = f"/schools/{world.school.urn}/{world.year.slug}/reports/governors/"
        answer = world.governor.get(f"{there}{ending}/?term=autumn")
        assert (answer.status_code, answer.headers["Location"]) == (302, f"{there}?term=autumn")
    # A head's look gives nothing out either.
    world.page("reports/governors/?term=autumn", head)
    assert world.releases() == 0
    # A leader gives it out: what was entered since waits for the end of the term, however many it is.
    _give_out(world)
    assert world.mathematics() == ["30", "held back", "10", "12", "8"]
    assert STANDING not in world.page(PAGES[0])
    world.judge(30, 60, BELOW)
    assert world.mathematics() == ["30", "held back", "10", "12", "8"]
    for path in PAGES[0], PAGES[3], PAGES[6], PAGES[8]:
        assert "is given out when the term is over, from" in world.page(path), path
    assert world.releases() == 1
    # And again, of a day on which a few more are judged: that was somebody's choice.
    world.judge(60, 62, BELOW)
    _give_out(world, is_anew=True)
    assert world.mathematics() == ["62", "held back", "42", "12", "8"]
    # Over: a look gives out what is newer, as ever.
    world.judge(62, 80, ABOVE)
    assert world.mathematics() == ["62", "held back", "42", "12", "8"]
    end(today - dt.timedelta(days=1))
    assert world.mathematics() == ["80", "held back", "42", "12", "26"]
    assert STANDING not in world.page(PAGES[0])


def test_pages_open_on_the_latest_term_that_may_be_seen(world: World, today: dt.date) -> None:
    end = _ends_on(world, today)
    head = signed_in(member(world.school, Role.HEAD))
    for path in ("dashboard/", "dashboard/groups/", "dashboard/year-groups/4/", "reports/governors/"):
        # Nothing is over and nothing given out: the running term, with words.
        assert "Autumn’s figures are given to governors" in world.page(path)
    end(today - dt.timedelta(days=1))
    with visible_to(world.school):
        Term.objects.filter(term=TermName.SPRING).update(starts_on=today)
    assert f"Attainment, Autumn {int(world.year)}" in world.page("dashboard/")
    assert f"Attainment, Spring {int(world.year) + 1}" in world.page("dashboard/", head)
    assert "Autumn term" in world.page("reports/governors/")
    assert "Spring’s figures are given to governors" in world.page("dashboard/?term=spring")
    page = re.sub(r"<[^>]*>", " ", world.page("dashboard/year-groups/4/"))
    assert "Over the year" in page
    # The worker says it too, of a pack that is asked for by hand.
    there = f"/schools/{world.school.urn}/{world.year.slug}/reports/governors/?term=spring"
    world.governor.post(there, {"file_format": "pdf", "sections": []})
    assert worker.do_next()
    with visible_to(world.school):
        assert "Spring’s figures are given to governors" in JobPaper.objects.get().problem
        assert PackRelease.objects.filter(term=TermName.SPRING).count() == 0


def _ends_on(world: World, today: dt.date) -> Callable[[dt.date], None]:
    """The school's Autumn ends today, its other terms lie ahead; what it returns sets another last day of Autumn."""

    def end(day: dt.date) -> None:
        with visible_to(world.school):
            Term.objects.filter(term=TermName.AUTUMN).update(ends_on=day)

    with visible_to(world.school):
        for term, ahead in ((TermName.SUMMER, 40), (TermName.SPRING, 20)):
            first = today + dt.timedelta(days=ahead)
            Term.objects.filter(term=term).update(starts_on=first, ends_on=first + dt.timedelta(days=10))
    end(today)
    return end


def _give_out(world: World, *, is_anew: bool = False) -> None:
    """As a leader does by making the pack."""
    with visible_to(world.school):
        scope = Scope(schools=(world.school,), academic_year=world.year, term=TermName.AUTUMN)
        give_out(
            lambda: pack_to_give_out(scope, made_on=timezone.localdate(), is_anew=is_anew),
            school=world.school,
            by=None,
        )
