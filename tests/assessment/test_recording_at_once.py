"""Two who enter at once: nobody writes over what nobody saw, and nobody waits for ever."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import MATHEMATICS
from assessment.models import Judgement
from assessment.queries.sheet_rows import Cell
from assessment.services.loading import Said, load_judgements
from assessment.services.recording import EMPTY, Entering, Outcome, Stored, Wish, record
from schools.calendar import AcademicYear, TermName
from schools.models import Pupil, Role, School
from schools.row_security import visible_to
from schools.services import years
from schools.services.terms import close_term
from schools.services.turns import take_turn_alone
from tests.assessment.classroom import box
from tests.assessment.sheet_page import Page
from tests.assessment.test_at_the_same_time import ended, started, wait_until_somebody_waits
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory, UserFactory, judged, on_roll

pytestmark = pytest.mark.django_db(transaction=True)
YEAR = AcademicYear(2025)
AUTUMN = AssessmentTerm.AUTUMN
SAVED, CONFLICT, CLOSED = Outcome.SAVED, Outcome.CONFLICT, Outcome.CLOSED


def of(pupil: Pupil) -> Cell:
    return Cell(pupil.pk, MATHEMATICS.number, AUTUMN)


@dataclass
class Desk:
    """A sheet of mathematics, Autumn 2025/26, with Elsie and Noah of Year 4 in 4A on it."""

    school: School
    entering: Entering
    elsie: Pupil
    noah: Pupil
    address: str

    def enter(self, *wishes: Wish) -> list[Outcome]:
        with visible_to(self.school):
            return list(record(entering=self.entering, wishes=wishes).values())

    def stands(self) -> list[tuple[int | None, int]]:
        with visible_to(self.school):
            rows = Judgement.objects.order_by("pupil")
            return list(rows.values_list("points", "version"))


@pytest.fixture
def desk(school: School) -> Desk:
    with visible_to(school):
        years.open_year(school=school, academic_year=YEAR, by=None)
        group = ClassGroupFactory.create(school=school, academic_year=YEAR, name="4A")
        elsie, noah = (on_roll(school, YEAR, class_group=group).pupil for _ in range(2))
    entering = Entering(
        school=school,
        by=UserFactory.create(),
        academic_year=YEAR,
        today=dt.date(2025, 11, 20),
    )
    address = reverse("class_marksheet", args=[school.urn, YEAR, group.public_id, "mathematics"])
    return Desk(school, entering, elsie, noah, f"{address}?term=autumn")


@pytest.mark.parametrize("before", [EMPTY, Stored(44, "", 1)], ids=["empty", "filled"])
@pytest.mark.parametrize("points", [46, None], ids=["other points", "emptied"])
def test_of_two_who_save_one_cell_the_second_is_refused(
    desk: Desk, before: Stored, points: int | None
) -> None:
    outcomes: list[Outcome] = []
    with visible_to(desk.school):
        if before != EMPTY:
            judged(desk.elsie, YEAR, AUTUMN, before.points)
    with visible_to(desk.school):
        first = record(entering=desk.entering, wishes=[Wish(of(desk.elsie), 45, "", before)])
        second = Wish(of(desk.elsie), points, "", before)
        other = started(lambda: outcomes.extend(desk.enter(second)))
        wait_until_somebody_waits()
    ended(other)
    assert (list(first.values()), outcomes) == ([SAVED], [CONFLICT])
    assert desk.stands() == [(45, before.version + 1)]


def test_of_two_who_type_the_same_both_are_told_that_it_is_saved(desk: Desk) -> None:
    outcomes: list[Outcome] = []
    wish = Wish(of(desk.elsie), 45, "", EMPTY)
    with visible_to(desk.school):
        record(entering=desk.entering, wishes=[wish])
        other = started(lambda: outcomes.extend(desk.enter(wish)))
        wait_until_somebody_waits()
    ended(other)
    assert (outcomes, desk.stands()) == ([SAVED], [(45, 1)])


def test_who_writes_where_another_just_emptied_is_refused(desk: Desk) -> None:
    outcomes: list[Outcome] = []
    with visible_to(desk.school):
        judged(desk.elsie, YEAR, AUTUMN, 44)
    with visible_to(desk.school):
        record(entering=desk.entering, wishes=[Wish(of(desk.elsie), None, "", Stored(44, "", 1))])
        wish = Wish(of(desk.elsie), 46, "", Stored(44, "", 1))
        other = started(lambda: outcomes.extend(desk.enter(wish)))
        wait_until_somebody_waits()
    ended(other)
    assert (outcomes, desk.stands()) == ([CONFLICT], [])


def test_two_who_save_two_cells_in_opposite_order_both_come_to_an_end(desk: Desk) -> None:
    rounds = 15
    outcomes: dict[int, list[list[Outcome]]] = {0: [], 1: []}
    barrier = Barrier(2, timeout=60)

    def save(who: int) -> None:
        for number in range(rounds):
            # Before each round both have seen what stands there now.
            seen = desk.stands() or [(None, 0), (None, 0)]
            cells = list(zip([desk.elsie, desk.noah], seen, strict=True))
            wishes = [
                Wish(of(pupil), 10 + 2 * number + who, "", Stored(points, "", version))
                for pupil, (points, version) in cells
            ]
            barrier.wait()
            outcomes[who].append(desk.enter(*(reversed(wishes) if who else wishes)))
            barrier.wait()

    other = started(lambda: save(1))
    save(0)
    ended(other)
    for first, second in zip(outcomes[0], outcomes[1], strict=True):
        assert sorted([first, second], key=str) == [[CONFLICT, CONFLICT], [SAVED, SAVED]]
    assert [version for _, version in desk.stands()] == [rounds, rounds]


def test_who_types_while_a_file_comes_in_waits_and_writes_over_nothing_unseen(desk: Desk) -> None:
    outcomes: list[Outcome] = []
    said = [Said(2, pupil.pk, MATHEMATICS.number, YEAR, AUTUMN, 41) for pupil in (desk.elsie, desk.noah)]
    with visible_to(desk.school):
        load_judgements(school=desk.school, said=said[:1], by=None)
        wishes = [Wish(of(desk.elsie), 45, "", EMPTY), Wish(of(desk.noah), 46, "", EMPTY)]
        other = started(lambda: outcomes.extend(desk.enter(*wishes)))
        wait_until_somebody_waits()
    ended(other)
    assert outcomes == [CONFLICT, SAVED]
    assert desk.stands() == [(41, 1), (46, 1)]


def test_a_file_that_comes_in_while_somebody_types_waits_and_counts_a_save_more(desk: Desk) -> None:
    changes: list[tuple[int, int]] = []

    def take_in() -> None:
        with visible_to(desk.school):
            said = [Said(2, desk.elsie.pk, MATHEMATICS.number, YEAR, AUTUMN, 41)]
            done = load_judgements(school=desk.school, said=said, by=None)
            changes.append((done.new, len(done.changed)))

    with visible_to(desk.school):
        record(entering=desk.entering, wishes=[Wish(of(desk.elsie), 45, "", EMPTY)])
        other = started(take_in)
        wait_until_somebody_waits()
    ended(other)
    assert (changes, desk.stands()) == ([(0, 1)], [(41, 2)])


def test_who_types_while_the_term_is_closed_waits_and_is_refused(desk: Desk) -> None:
    outcomes: list[Outcome] = []
    wish = Wish(of(desk.elsie), 45, "", EMPTY)
    with visible_to(desk.school):
        close_term(school=desk.school, academic_year=YEAR, term=TermName.AUTUMN, by=None)
        other = started(lambda: outcomes.extend(desk.enter(wish)))
        wait_until_somebody_waits()
    ended(other)
    assert (outcomes, desk.stands()) == ([CLOSED], [])


def test_of_two_browsers_that_save_one_cell_at_once_one_is_shown_both_values(desk: Desk) -> None:
    people = {46: member(desk.school, Role.HEAD), 47: member(desk.school, Role.SUBJECT_LEADER)}
    answers: dict[int, tuple[int, str]] = {}

    def save(client: Client, points: int) -> Callable[[], None]:
        sent = {"pupil": desk.elsie.public_id, "of": "mathematics.autumn", "value": points, "saw": "0:"}

        def act() -> None:
            answer = client.post(desk.address, sent, headers={"HX-Request": "true"})
            answers[points] = (answer.status_code, answer.content.decode())

        return act

    acts = [save(signed_in(user), points) for points, user in people.items()]
    with visible_to(desk.school):
        take_turn_alone(desk.school)
        others = [started(act) for act in acts]
        wait_until_so_many_wait(2)
    for other in others:
        ended(other)
    (won,) = [points for points, (status, _) in answers.items() if status == 200]
    (lost,) = [points for points, (status, _) in answers.items() if status == 409]
    assert desk.stands() == [(won, 1)]
    cell = Page(answers[lost][1]).loose[0]
    assert cell.boxes[f"v-{box(desk.elsie)}"] == str(lost)
    assert cell.boxes[f"s-{box(desk.elsie)}"] == f"1:{won}"
    assert cell.text.startswith(f"{won} above{people[won].name} entered {won} on ")
    assert cell.buttons == [f"Keep {won}", f"Save {lost}"]


def wait_until_so_many_wait(count: int) -> None:
    for _ in range(250):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() == (count,):
                return
        time.sleep(0.02)
    pytest.fail(f"Not {count} waited for their turn.")
