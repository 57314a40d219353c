"""A year group's own window of entry decides where it has one, and not the school's term: in rules, in saving, on the sheet."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import MATHEMATICS
from assessment.models import Judgement
from assessment.queries.measuring import Measuring
from assessment.queries.sheet_rows import Cell
from assessment.services.recording import EMPTY, Entering, Outcome, Wish, record
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.models import ChangeKind, ChangeSet, EntryWindow, Pupil, Role, School
from schools.row_security import visible_to
from schools.services import years
from schools.services.terms import close_term, let_entry_end
from tests.assessment.classroom import YEAR as PAST
from tests.assessment.classroom import Classroom, box
from tests.assessment.sheet_page import Page
from tests.conftest import member, signed_in
from tests.factories import on_roll

pytestmark = pytest.mark.django_db
YEAR = AcademicYear(2025)
BASELINE, AUTUMN, SPRING, SUMMER = AssessmentTerm
TODAY = dt.date(2025, 11, 20)
DAY = dt.timedelta(days=1)
Y3, Y4 = YearGroup.Y3, YearGroup.Y4
SAVED, CLOSED = Outcome.SAVED, Outcome.CLOSED


@pytest.fixture
def opened(school: School):  # type: ignore[no-untyped-def]
    with visible_to(school):
        years.open_year(school=school, academic_year=YEAR, by=None)
        yield school


def window(
    school: School,
    year_group: YearGroup = Y4,
    term: AssessmentTerm = AUTUMN,
    *,
    year: AcademicYear = YEAR,
    is_closed: bool = False,
    **days: dt.date,
) -> EntryWindow:
    return EntryWindow.objects.create(
        school=school,
        academic_year=year,
        term=term.value,
        year_group=year_group,
        closed_at=timezone.now() if is_closed else None,
        **days,
    )


def is_open(
    school: School, term: AssessmentTerm = AUTUMN, year_group: YearGroup = Y4, today: dt.date = TODAY
) -> bool:
    return Measuring(school).is_open(YEAR, term, year_group, today)


def close(school: School, term: TermName = TermName.AUTUMN, year: AcademicYear = YEAR) -> None:
    close_term(school=school, academic_year=year, term=term, by=None)


# When a year group may be entered


def test_without_a_window_the_term_decides_for_every_year_group(opened: School) -> None:
    assert [is_open(opened, term) for term in AssessmentTerm] == [True] * 4
    close(opened)
    assert [is_open(opened, term) for term in AssessmentTerm] == [False, False, True, True]
    assert not is_open(opened, year_group=Y3)


def test_a_window_decides_for_its_own_year_group_term_and_year_alone(opened: School) -> None:
    window(opened, is_closed=True)
    years.open_year(school=opened, academic_year=AcademicYear(YEAR + 1), by=None)
    measuring = Measuring(opened)
    assert not measuring.is_open(YEAR, AUTUMN, Y4, TODAY)
    assert measuring.is_open(YEAR, AUTUMN, Y3, TODAY)
    assert measuring.is_open(YEAR, SPRING, Y4, TODAY)
    assert measuring.is_open(YEAR + 1, AUTUMN, Y4, TODAY)


def test_a_window_is_open_from_its_first_to_its_last_day_also_where_the_term_is_closed(
    opened: School,
) -> None:
    close(opened)
    first, last = dt.date(2025, 11, 10), dt.date(2025, 11, 28)
    window(opened, opens_on=first, closes_on=last)
    days = (first - DAY, first, last, last + DAY)
    assert [is_open(opened, today=day) for day in days] == [False, True, True, False]
    assert not is_open(opened, year_group=Y3)


def test_a_window_that_a_leader_closed_is_closed_within_its_days(opened: School) -> None:
    window(opened, opens_on=TODAY - DAY, closes_on=TODAY + DAY, is_closed=True)
    assert not is_open(opened)


def test_a_window_with_open_ends_is_open_though_the_terms_last_day_of_entry_is_past(opened: School) -> None:
    last = TODAY - DAY
    entry = {"school": opened, "academic_year": YEAR, "term": TermName.AUTUMN, "by": None}
    let_entry_end(**entry, on=last)
    window(opened)
    assert is_open(opened)
    assert not is_open(opened, year_group=Y3)


def test_a_baseline_without_a_window_follows_autumns_window_and_then_autumns_term(opened: School) -> None:
    window(opened, closes_on=TODAY)
    assert [is_open(opened, BASELINE, today=day) for day in (TODAY, TODAY + DAY)] == [True, False]
    assert is_open(opened, BASELINE, Y3, today=TODAY + DAY)
    close(opened)
    assert is_open(opened, BASELINE)
    assert not is_open(opened, BASELINE, Y3)


def test_a_baselines_own_window_wins_over_autumns(opened: School) -> None:
    window(opened, term=BASELINE, closes_on=TODAY)
    window(opened, term=AUTUMN, opens_on=TODAY + DAY)
    seen = [
        (is_open(opened, BASELINE, today=day), is_open(opened, AUTUMN, today=day))
        for day in (TODAY, TODAY + DAY)
    ]
    assert seen == [(True, False), (False, True)]
    window(opened, Y3, BASELINE, is_closed=True)
    assert not is_open(opened, BASELINE, Y3)
    assert is_open(opened, AUTUMN, Y3)


def test_terms_and_windows_are_read_together_in_one_question_and_each_stays_what_it_is(
    opened: School, other_school: School
) -> None:
    with visible_to(other_school):
        years.open_year(school=other_school, academic_year=YEAR, by=None)
        window(other_school, is_closed=True)
    first, last = dt.date(2025, 11, 10), dt.date(2025, 11, 28)
    window(opened, Y3, SPRING, opens_on=first, closes_on=last)
    with visible_to(opened, other_school):
        measuring = Measuring(opened)
        with CaptureQueriesContext(connection) as queries:
            found = measuring.window(YEAR, SPRING, Y3)
            term = measuring.term(YEAR, TermName.SPRING)
            assert measuring.window(YEAR, AUTUMN, Y4) is None
            assert measuring.is_open(YEAR, AUTUMN, Y4, TODAY)
    assert len(queries) == 1
    assert found is not None
    assert (found.opens_on, found.closes_on, found.closed_at) == (first, last, None)
    assert term is not None
    assert (term.starts_on < term.ends_on, term.entry_ends_on, term.closed_at) == (True, None, None)


# Saving


def desk(school: School) -> tuple[Entering, Pupil, Pupil]:
    """A teacher, a pupil of Year 3, and one of Year 4."""
    three, four = (on_roll(school, YEAR, year_group=year_group).pupil for year_group in (Y3, Y4))
    by = member(school, Role.TEACHER)
    return Entering(school=school, by=by, academic_year=YEAR, today=TODAY), three, four


def wish(pupil: Pupil, points: int = 44, term: AssessmentTerm = AUTUMN) -> Wish:
    return Wish(Cell(pupil.pk, MATHEMATICS.number, term), points, "", EMPTY)


def held() -> set[tuple[int, int]]:
    return set(Judgement.objects.values_list("pupil_id", "term"))


def test_a_year_group_closed_by_its_window_is_refused_while_the_others_are_saved(opened: School) -> None:
    entering, three, four = desk(opened)
    window(opened, Y4, is_closed=True)
    wishes = [wish(three), wish(four), wish(four, term=SPRING), wish(four, term=BASELINE)]
    outcomes = record(entering=entering, wishes=wishes)
    assert list(outcomes.values()) == [SAVED, CLOSED, SAVED, CLOSED]
    assert held() == {(three.pk, AUTUMN), (four.pk, SPRING)}


def test_a_year_group_opened_by_its_window_is_saved_where_the_term_is_closed(opened: School) -> None:
    entering, three, four = desk(opened)
    close(opened)
    window(opened, Y4, closes_on=TODAY)
    assert list(record(entering=entering, wishes=[wish(three), wish(four)]).values()) == [CLOSED, SAVED]
    assert held() == {(four.pk, AUTUMN)}
    assert not ChangeSet.objects.filter(kind=ChangeKind.AFTER_CLOSING).exists()


def test_a_leader_changes_a_year_group_closed_by_its_window_with_a_reason_that_is_kept(
    opened: School,
) -> None:
    _, three, four = desk(opened)
    window(opened, Y4, opens_on=TODAY + DAY)
    leader = {
        "school": opened,
        "by": member(opened, Role.ASSESSMENT_LEADER),
        "academic_year": YEAR,
        "today": TODAY,
        "may_change_closed": True,
    }
    assert list(record(entering=Entering(**leader), wishes=[wish(four)]).values()) == [CLOSED]
    late = Entering(**leader, reason="Moderated")
    # Where the window does not close anything the reason is not asked for, nor kept.
    assert list(record(entering=late, wishes=[wish(three)]).values()) == [SAVED]
    assert not ChangeSet.objects.filter(kind=ChangeKind.AFTER_CLOSING).exists()
    assert list(record(entering=late, wishes=[wish(four)]).values()) == [SAVED]
    assert ChangeSet.objects.get(kind=ChangeKind.AFTER_CLOSING).reason == "Moderated"


# The sheet: a class with Elsie and Noah of Year 4, and Yara of Year 3


@pytest.fixture
def yara(room: Classroom) -> Pupil:
    return room.joined("Yara", "Young", year_group=Y3)


def editable(page: Page, of: str = "mathematics.autumn") -> dict[str, bool]:
    """By surname: whether the cell may be entered in."""
    column = page.column(of)
    return {page.names[key].partition(",")[0]: "e" in row[column].classes for key, row in page.rows.items()}


OPEN_FOR_ALL = {"Brough": True, "Cox": True, "Young": True}


def test_cells_of_a_year_group_closed_by_its_window_cannot_be_edited_and_the_others_can(
    room: Classroom, yara: Pupil
) -> None:
    room.judged(room.elsie, 43)
    with visible_to(room.school):
        window(room.school, Y4, year=PAST, is_closed=True)
    page = room.page()
    assert editable(page) == {"Brough": False, "Cox": False, "Young": True}
    assert editable(page, "mathematics.baseline") == {"Brough": False, "Cox": False, "Young": True}
    assert editable(page, "mathematics.spring") == OPEN_FOR_ALL
    boxes = {name for row in page.rows.values() for cell in row for name in cell.boxes}
    assert boxes == {f"v-{box(yara)}", f"s-{box(yara)}"}
    assert page.rows[str(room.elsie.public_id)][page.column("mathematics.autumn")].text == "43 at"
    assert editable(room.page(sheet="all"), "reading.autumn") == {
        "Brough": False,
        "Cox": False,
        "Young": True,
    }


def test_a_save_for_a_closed_year_group_is_locked_and_for_another_is_saved(
    room: Classroom, yara: Pupil
) -> None:
    with visible_to(room.school):
        window(room.school, Y4, year=PAST, is_closed=True)
    assert room.save("44").status_code == 423
    assert room.save("37", pupil=yara).status_code == 200
    assert room.save("46", of="mathematics.spring").status_code == 200
    assert room.stands() == {("Yara", 1): (37, ""), ("Elsie", 2): (46, "")}


def test_of_a_form_without_script_the_open_year_groups_are_saved_and_the_rest_is_kept_as_typed(
    room: Classroom, yara: Pupil
) -> None:
    with visible_to(room.school):
        window(room.school, Y4, year=PAST, is_closed=True)
    sent = {}
    for pupil, value in ((room.elsie, "44"), (yara, "37")):
        sent |= {f"v-{box(pupil)}": value, f"s-{box(pupil)}": "0:"}
    answer = room.client.post(room.address(), sent)
    assert (answer.status_code, room.stands()) == (423, {("Yara", 1): (37, "")})
    page = Page(answer.content.decode())
    elsie = page.rows[str(room.elsie.public_id)][page.column("mathematics.autumn")]
    assert (elsie.typed, elsie.boxes[f"v-{box(room.elsie)}"]) == ("44", "44")
    assert "closed for entry" in elsie.text


def test_a_window_opens_its_year_group_where_the_term_is_closed(room: Classroom, yara: Pupil) -> None:
    room.close()
    with visible_to(room.school):
        window(room.school, Y4, year=PAST)
    page = room.page()
    assert editable(page) == {"Brough": True, "Cox": True, "Young": False}
    assert room.save("44").status_code == 200
    assert room.save("40", of="mathematics.baseline").status_code == 200
    assert room.save("37", pupil=yara).status_code == 423
    assert room.stands() == {("Elsie", 0): (40, ""), ("Elsie", 1): (44, "")}


def test_a_save_whose_answer_was_lost_is_answered_as_saved_after_its_year_group_closed(
    room: Classroom,
) -> None:
    assert room.save("44").status_code == 200
    with visible_to(room.school):
        window(room.school, Y4, year=PAST, is_closed=True)
    again = room.save("44")
    assert (again.status_code, room.stands()) == (200, {("Elsie", 1): (44, "")})
    assert Page(again.content.decode()).loose[0].text == "44 at"
    assert room.save("45", "1:44").status_code == 423


def test_a_leader_edits_every_cell_and_is_asked_for_a_reason_where_a_window_closed_it(
    room: Classroom, yara: Pupil
) -> None:
    with visible_to(room.school):
        window(room.school, Y4, year=PAST, is_closed=True)
    leader = signed_in(member(room.school, Role.ASSESSMENT_LEADER))
    assert editable(room.page(leader)) == OPEN_FOR_ALL
    refused = room.save("44", client=leader)
    assert refused.status_code == 423
    assert "Say above the sheet why you change it" in refused.content.decode()
    assert room.save("44", client=leader, because="Moderated").status_code == 200
    assert room.save("37", pupil=yara, client=leader).status_code == 200
    assert room.stands() == {("Elsie", 1): (44, ""), ("Yara", 1): (37, "")}
    with visible_to(room.school):
        assert ChangeSet.objects.get(kind=ChangeKind.AFTER_CLOSING).reason == "Moderated"


def test_a_baseline_closed_by_dates_of_its_own_is_called_by_its_name(room: Classroom, yara: Pupil) -> None:
    with visible_to(room.school):
        window(room.school, Y4, BASELINE, year=PAST, is_closed=True)
    baseline = "mathematics.baseline"
    assert "Baseline is closed for entry." in room.save("40", of=baseline).content.decode()
    assert room.save("40", of=baseline, pupil=yara).status_code == 200
    room.close()
    # Without dates of its own it goes with Autumn.
    assert "Autumn is closed for entry." in room.save("41", "1:40", of=baseline, pupil=yara).content.decode()
    assert "Baseline is closed for entry." in room.save("40", of=baseline).content.decode()
    leader = signed_in(member(room.school, Role.ASSESSMENT_LEADER))
    refused = room.save("40", of=baseline, client=leader).content.decode()
    assert "Baseline is closed for entry. Say above the sheet why you change it" in refused
