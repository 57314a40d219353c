"""What a person enters on a marksheet is written over what that person saw, and over nothing else."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import MATHEMATICS, READING
from assessment.models import Judgement, Reason, Source
from assessment.queries.sheet_rows import Cell
from assessment.services.recording import EMPTY, Entering, Outcome, Stored, Wish, record
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.models import ChangeKind, ChangeSet, Pupil, Role, School
from schools.row_security import visible_to
from schools.services import years
from schools.services.terms import close_term, let_entry_end
from tests.conftest import member
from tests.factories import PupilFactory, judged, on_roll

pytestmark = pytest.mark.django_db
YEAR = AcademicYear(2025)
BASELINE, AUTUMN, SPRING, SUMMER = AssessmentTerm
TODAY = dt.date(2025, 11, 20)
SAVED, CONFLICT, CLOSED = Outcome.SAVED, Outcome.CONFLICT, Outcome.CLOSED
JudgementEvent = Judgement.pgh_event_model  # type: ignore[attr-defined]


def of(pupil: Pupil, term: AssessmentTerm = AUTUMN, subject: int = MATHEMATICS.number) -> Cell:
    return Cell(pupil.pk, subject, term)


@dataclass
class Desk:
    """A teacher at a sheet of mathematics, Autumn 2025/26, with Elsie of Year 4 on it."""

    entering: Entering
    elsie: Pupil

    def enter(
        self,
        points: int | None,
        saw: Stored = EMPTY,
        *,
        reason: str = "",
        because: str = "",
        term: AssessmentTerm = AUTUMN,
        **other: object,
    ) -> Outcome:
        """One save; `other` is what is different about who enters."""
        entering, cell = replace(self.entering, reason=because, **other), of(self.elsie, term)
        outcomes = record(entering=entering, wishes=[Wish(cell, points, reason, saw)])
        assert outcomes.keys() == {cell}
        return outcomes[cell]

    def row(self) -> Judgement:
        return Judgement.objects.get()

    def stands(self) -> Stored:
        row = Judgement.objects.filter(pupil=self.elsie).first()
        return Stored(row.points, row.reason, row.version) if row else EMPTY


@pytest.fixture
def desk(school: School):  # type: ignore[no-untyped-def]
    teacher = member(school, Role.TEACHER)
    with visible_to(school):
        years.open_year(school=school, academic_year=YEAR, by=None)
        elsie = on_roll(school, YEAR, year_group=YearGroup.Y4).pupil
        yield Desk(Entering(school=school, by=teacher, academic_year=YEAR, today=TODAY), elsie)


def events() -> list[tuple[str, int | None, str]]:
    found = JudgementEvent.objects.order_by("pgh_id")
    return [(event.pgh_label, event.points, event.reason) for event in found]


def test_a_new_judgement_stands_with_its_range_and_with_who_made_it(desk: Desk) -> None:
    assert desk.enter(44) is SAVED
    row, entering = desk.row(), desk.entering
    assert (row.pupil, row.subject_id, row.academic_year, row.term) == (desk.elsie, 3, 2025, AUTUMN)
    assert (row.points, row.reason, row.version) == (44, "", 1)
    assert (row.expected_low, row.expected_high, row.attainment) == (43, 44, 2)
    assert (row.source, row.entered_by, row.made_by_school) == (Source.TYPED, entering.by, entering.school)
    assert (row.is_on_entry, row.note) == (False, "")


@pytest.mark.parametrize(("points", "attainment"), [(42, 1), (43, 2), (44, 2), (45, 3)])
def test_attainment_follows_the_range_of_year_four_in_autumn(
    desk: Desk, points: int, attainment: int
) -> None:
    desk.enter(points)
    assert desk.row().attainment == attainment


def test_a_changed_judgement_counts_its_saves_and_takes_the_name_of_who_changed_it(desk: Desk) -> None:
    desk.enter(44)
    head = member(desk.entering.school, Role.HEAD)
    assert desk.enter(45, Stored(44, "", 1), by=head) is SAVED
    assert desk.stands() == Stored(45, "", 2)
    assert desk.row().entered_by == head


def test_points_give_way_to_a_reason_and_a_reason_to_points(desk: Desk) -> None:
    desk.enter(44)
    assert desk.enter(None, Stored(44, "", 1), reason=Reason.ABSENT) is SAVED
    assert desk.stands() == Stored(None, "absent", 2)
    assert desk.row().attainment is None
    assert desk.enter(43, Stored(None, "absent", 2)) is SAVED
    assert desk.stands() == Stored(43, "", 3)


def test_an_emptied_cell_holds_no_judgement_and_its_history_says_who_emptied_it(desk: Desk) -> None:
    desk.enter(44)
    head = member(desk.entering.school, Role.HEAD)
    assert desk.enter(None, Stored(44, "", 1), by=head) is SAVED
    assert desk.stands() == EMPTY
    assert events() == [("insert", 44, ""), ("delete", 44, "")]
    assert JudgementEvent.objects.latest("pgh_id").pgh_context == {"user": head.pk}


def test_each_save_leaves_one_event_that_says_who(desk: Desk) -> None:
    desk.enter(44)
    desk.enter(45, Stored(44, "", 1))
    assert events() == [("insert", 44, ""), ("update", 45, "")]
    assert {event.pgh_context["user"] for event in JudgementEvent.objects.all()} == {desk.entering.by.pk}
    assert not ChangeSet.objects.exists()


@pytest.mark.parametrize("saw", [EMPTY, Stored(44, "", 1), Stored(40, "", 7)])
def test_what_stands_already_is_saved_whoever_sends_it_again(desk: Desk, saw: Stored) -> None:
    desk.enter(44)
    assert desk.enter(44, saw, by=member(desk.entering.school, Role.HEAD)) is SAVED
    assert desk.stands() == Stored(44, "", 1)
    assert desk.row().entered_by == desk.entering.by
    assert events() == [("insert", 44, "")]


def test_emptying_an_empty_cell_is_saved_and_leaves_nothing(desk: Desk) -> None:
    assert desk.enter(None, Stored(44, "", 1)) is SAVED
    assert events() == []


@pytest.mark.parametrize("saw", [EMPTY, Stored(43, "", 1), Stored(44, "", 1), Stored(None, "absent", 2)])
@pytest.mark.parametrize("wish", [(46, ""), (None, Reason.ABSENT), (None, "")])
def test_nothing_is_written_over_what_the_person_has_not_seen(
    desk: Desk, saw: Stored, wish: tuple[int | None, str]
) -> None:
    desk.enter(44)
    desk.enter(45, Stored(44, "", 1))
    assert desk.enter(wish[0], saw, reason=wish[1]) is CONFLICT
    assert desk.stands() == Stored(45, "", 2)
    assert events() == [("insert", 44, ""), ("update", 45, "")]


def test_a_cell_emptied_and_filled_again_is_another_though_its_version_is_the_same(desk: Desk) -> None:
    desk.enter(44)
    desk.enter(None, Stored(44, "", 1))
    desk.enter(41)
    assert desk.stands() == Stored(41, "", 1)
    assert desk.enter(46, Stored(44, "", 1)) is CONFLICT
    assert desk.stands() == Stored(41, "", 1)


def test_nothing_is_written_into_a_cell_that_was_emptied_since(desk: Desk) -> None:
    assert desk.enter(46, Stored(44, "", 1)) is CONFLICT
    assert desk.stands() == EMPTY


def test_a_note_and_the_mark_on_entry_stay(desk: Desk) -> None:
    judged(desk.elsie, YEAR, AUTUMN, 44, note="Counts in tens", is_on_entry=True)
    desk.enter(45, Stored(44, "", 1))
    assert (desk.row().points, desk.row().note, desk.row().is_on_entry) == (45, "Counts in tens", True)


def test_of_many_wishes_each_ends_as_it_must(desk: Desk) -> None:
    school = desk.entering.school
    same, seen, unseen = (on_roll(school, YEAR).pupil for _ in range(3))
    for pupil in (same, seen, unseen):
        judged(pupil, YEAR, AUTUMN, 40)
    wishes = [
        Wish(of(desk.elsie), 44, "", EMPTY),
        Wish(of(same), 40, "", EMPTY),
        Wish(of(seen), None, "", Stored(40, "", 1)),
        Wish(of(unseen), 41, "", EMPTY),
    ]
    outcomes = record(entering=desk.entering, wishes=wishes)
    assert outcomes == {of(desk.elsie): SAVED, of(same): SAVED, of(seen): SAVED, of(unseen): CONFLICT}
    stands = dict(Judgement.objects.values_list("pupil_id", "points"))
    assert stands == {desk.elsie.pk: 44, same.pk: 40, unseen.pk: 40}


def test_saving_asks_as_many_questions_for_one_pupil_as_for_thirty(desk: Desk) -> None:
    pupils = [on_roll(desk.entering.school, YEAR).pupil for _ in range(31)]
    asked = []
    for some in (pupils[:1], pupils[1:]):
        with CaptureQueriesContext(connection) as queries:
            outcomes = record(
                entering=desk.entering, wishes=[Wish(of(pupil), 44, "", EMPTY) for pupil in some]
            )
        assert list(outcomes.values()) == [SAVED] * len(some)
        asked.append(len(queries))
    assert asked[0] == asked[1]


# Closed terms


def closed(desk: Desk, term: TermName = TermName.AUTUMN) -> None:
    close_term(school=desk.entering.school, academic_year=YEAR, term=term, by=None)


def after_closing() -> list[tuple[str, str]]:
    found = ChangeSet.objects.filter(kind=ChangeKind.AFTER_CLOSING)
    return [(change.by.name if change.by else "", change.reason) for change in found.order_by("pk")]


@pytest.mark.parametrize("because", ["", "A slip"])
def test_a_teacher_changes_nothing_in_a_closed_term_whatever_is_said(desk: Desk, because: str) -> None:
    closed(desk)
    assert desk.enter(44, because=because) is CLOSED
    assert (desk.stands(), after_closing()) == (EMPTY, [])


@pytest.mark.parametrize("because", ["", " \n "])
def test_a_leader_changes_nothing_in_a_closed_term_without_a_reason(desk: Desk, because: str) -> None:
    closed(desk)
    assert desk.enter(44, because=because, may_change_closed=True) is CLOSED
    assert (desk.stands(), after_closing()) == (EMPTY, [])


def test_a_leader_changes_a_closed_term_with_a_reason_that_its_history_carries(desk: Desk) -> None:
    desk.enter(43)
    closed(desk)
    leader = member(desk.entering.school, Role.ASSESSMENT_LEADER)
    late = {"by": leader, "because": " Moderated ", "may_change_closed": True}
    assert desk.enter(44, Stored(43, "", 1), **late) is SAVED
    assert desk.stands() == Stored(44, "", 2)
    assert after_closing() == [(leader.name, "Moderated")]
    change = ChangeSet.objects.get(kind=ChangeKind.AFTER_CLOSING)
    context = JudgementEvent.objects.latest("pgh_id").pgh_context
    assert context == {"user": leader.pk, "change_set": str(change.public_id)}


def test_a_save_that_changes_nothing_in_a_closed_term_leaves_no_change_set(desk: Desk) -> None:
    desk.enter(44)
    closed(desk)
    late = {"because": "Moderated", "may_change_closed": True}
    assert desk.enter(44, **late) is SAVED
    assert desk.enter(45, **late) is CONFLICT
    assert (
        record(entering=replace(desk.entering, reason="Moderated", may_change_closed=True), wishes=[]) == {}
    )
    assert after_closing() == []


@pytest.mark.parametrize("saw", [EMPTY, Stored(44, "", 1)])
def test_a_save_whose_answer_was_lost_is_saved_when_it_is_sent_again_after_closing(
    desk: Desk, saw: Stored
) -> None:
    desk.enter(44)
    closed(desk)
    assert desk.enter(44, saw) is SAVED
    assert (desk.stands(), events()) == (Stored(44, "", 1), [("insert", 44, "")])
    # The other way too: what was emptied, and is empty.
    assert desk.enter(None, Stored(46, "", 1), term=BASELINE) is SAVED
    assert desk.enter(45, saw) is CLOSED
    assert (desk.stands(), after_closing()) == (Stored(44, "", 1), [])


def test_in_one_act_each_subject_and_term_ends_as_it_must(desk: Desk) -> None:
    judged(desk.elsie, YEAR, SPRING, 46)
    closed(desk)
    elsie = desk.elsie
    wishes = {
        of(elsie): Wish(of(elsie), 44, "", EMPTY),
        of(elsie, BASELINE): Wish(of(elsie, BASELINE), 40, "", EMPTY),
        of(elsie, SPRING): Wish(of(elsie, SPRING), 47, "", EMPTY),
        of(elsie, SPRING, READING.number): Wish(of(elsie, SPRING, READING.number), 45, "", EMPTY),
    }
    outcomes = record(entering=desk.entering, wishes=list(wishes.values()))
    assert outcomes == dict(zip(wishes, [CLOSED, CLOSED, CONFLICT, SAVED], strict=True))
    found = Judgement.objects.values_list("subject_id", "term", "points")
    assert set(found) == {(MATHEMATICS.number, SPRING, 46), (READING.number, SPRING, 45)}
    late = replace(desk.entering, may_change_closed=True, reason="Moderated")
    assert set(record(entering=late, wishes=list(wishes.values())).values()) == {SAVED, CONFLICT}
    # One act, though it changed two cells.
    assert [reason for _, reason in after_closing()] == ["Moderated"]


def test_a_leaders_reason_makes_no_change_set_in_an_open_term(desk: Desk) -> None:
    desk.enter(44, because="Moderated", may_change_closed=True)
    assert (desk.stands(), after_closing()) == (Stored(44, "", 1), [])


def test_a_baseline_closes_with_autumn_and_with_no_other_term(desk: Desk) -> None:
    closed(desk, TermName.SPRING)
    assert desk.enter(40, term=BASELINE) is SAVED
    closed(desk)
    assert desk.enter(41, Stored(40, "", 1), term=BASELINE) is CLOSED
    assert desk.stands() == Stored(40, "", 1)
    assert desk.enter(47, term=SUMMER) is SAVED
    late = {"may_change_closed": True, "because": "A slip"}
    assert desk.enter(41, Stored(40, "", 1), term=BASELINE, **late) is SAVED


def test_the_last_day_of_entry_is_open_and_the_next_is_not(desk: Desk) -> None:
    last = dt.date(2026, 12, 18)
    entry = {"school": desk.entering.school, "academic_year": YEAR, "term": TermName.AUTUMN, "by": None}
    let_entry_end(**entry, on=last)
    assert desk.enter(44, today=last) is SAVED
    assert desk.enter(45, Stored(44, "", 1), today=dt.date(2026, 12, 19)) is CLOSED
    assert desk.stands() == Stored(44, "", 1)


# Whose judgements


def test_a_pupil_without_a_record_of_the_year_cannot_be_judged_and_neither_can_the_rest(desk: Desk) -> None:
    stranger = PupilFactory.create(school=desk.entering.school)
    wishes = [Wish(of(desk.elsie), 44, "", EMPTY), Wish(of(stranger), 44, "", EMPTY)]
    with pytest.raises(ValueError, match="needs the pupil's record"):
        record(entering=desk.entering, wishes=wishes)
    assert not Judgement.objects.exists()


def test_a_pupil_of_another_school_cannot_be_judged(desk: Desk, other_school: School) -> None:
    with visible_to(other_school):
        years.open_year(school=other_school, academic_year=YEAR, by=None)
        theirs = on_roll(other_school, YEAR).pupil
    with visible_to(desk.entering.school, other_school):
        with pytest.raises(ValueError, match="needs the pupil's record"):
            record(entering=desk.entering, wishes=[Wish(of(theirs), 44, "", EMPTY)])
        assert not Judgement.objects.exists()
