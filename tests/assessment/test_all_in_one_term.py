"""A sheet of all subjects, or all areas, in one term: its columns, what they say, its summary, and saving from it."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessment.engine.subjects import EYFS_AREAS, MATHEMATICS, READING, SCIENCE, SUBJECTS, WRITING
from assessment.models import Judgement, Reason
from assessment.queries.layouts import ALL_AREAS, ALL_SUBJECTS, all_in_one_term
from assessment.queries.marksheets import Sheet, marksheet
from assessment.queries.tallies import Tally
from schools.access import Access
from schools.calendar import EyfsFramework, TermName, YearGroup
from schools.models import ClassGroup, Pupil, Role, School
from schools.queries.rolls import pupils_for
from schools.row_security import visible_to
from tests.assessment.classroom import YEAR as PAST
from tests.assessment.classroom import Classroom, box
from tests.assessment.sheet_page import Page
from tests.assessment.test_marksheet_sheet import (
    AUTUMN,
    SPRING,
    at_end_of,
    enter,
    names,
    of_two_years,
    row_of,
)
from tests.factories import ClassGroupFactory, on_roll
from tests.schools.small_school import TODAY, YEAR, access_of

OF_2021 = EyfsFramework.OF_2021
AREAS = EYFS_AREAS[OF_2021]


@pytest.fixture
def head(small_school: School) -> Access:
    return access_of(small_school, Role.HEAD)


def sheet(access: Access, of_class: str, term: TermName = AUTUMN, code: str = ALL_SUBJECTS) -> Sheet:
    pupils = pupils_for(access).filter(class_group__name=of_class)
    layout = all_in_one_term(code, at_end_of(term), OF_2021).opened(may_enter=True)
    return marksheet(access, pupils, layout, today=TODAY)


def says(found: Sheet, pupil: Pupil) -> dict[str, tuple[object, ...]]:
    """By column: of a judgement points, reason and attainment; of steps the number, the word and why there is none."""
    row, said = row_of(found, pupil), {}
    for column in found.columns:
        if column.place:
            said[column.key] = row.held_at(column.place)[:3]
        elif column.shows:
            shown = column.shows(row)
            said[column.key] = (shown.value, shown.word, shown.missing)
    return said


LAST = YEAR - 1
NOTHING = (None, "", None)
NO_STEPS = (None, "", "")


def four(access: Access) -> tuple[Pupil, Pupil, Pupil, Pupil]:
    """Amy, Ben, Joy who joined on 3 November, and Leo who left on 1 October, of Year 4 in class Four."""
    group = ClassGroupFactory.create(school=access.school, academic_year=YEAR, name="Four")

    def pupil(name: str, **fields: object) -> Pupil:
        return of_two_years(access, class_group=group, pupil__surname=name, **fields)

    amy, ben = pupil("Amy"), pupil("Ben")
    joy = pupil("Joy", starts_on=dt.date(2025, 11, 3))
    leo = pupil("Leo", ends_on=dt.date(2025, 10, 1))
    enter(amy, (LAST, 3, 40), (YEAR, 1, 43), subject=READING)
    enter(amy, (YEAR, 1, 45), subject=WRITING)
    enter(amy, (LAST, 3, 40), (YEAR, 1, Reason.ABSENT), subject=MATHEMATICS)
    enter(ben, (LAST, 3, 42), (YEAR, 1, 43), subject=READING)
    enter(ben, (LAST, 3, 40), (YEAR, 1, 44), subject=WRITING)
    enter(ben, (LAST, 3, 41), (YEAR, 1, 42), subject=MATHEMATICS)
    enter(ben, (YEAR, 1, 44), subject=SCIENCE)
    enter(joy, (YEAR, 1, 43), subject=READING, is_on_entry=True)
    enter(leo, (LAST, 3, 40), (YEAR, 1, 90), subject=READING)
    return amy, ben, joy, leo


def test_each_subject_has_the_terms_judgement_and_its_steps_under_its_name(head: Access) -> None:
    found = sheet(head, "4A", SPRING)
    assert [column.key for column in found.columns] == [
        f"{subject.code.lower()}.{kind}" for subject in SUBJECTS for kind in ("spring", "this-term")
    ]
    assert found.layout.headings == [("Reading", 2), ("Writing", 2), ("Mathematics", 2), ("Science", 2)]
    assert {column.label for column in found.columns} == {"Spring", "Steps"}
    assert [column.subject for column in found.columns if column.is_in_focus] == list(SUBJECTS)
    assert (found.layout.subject, found.term) == (None, SPRING)


def test_each_pupils_row_holds_every_subject_with_its_own_steps(head: Access) -> None:
    amy, ben, joy, leo = four(head)
    found = sheet(head, "Four")
    assert names(found) == "Amy Ben Joy (Leo)"
    assert says(found, amy) == {
        "reading.autumn": (43, "", 2),
        "reading.this-term": (3, "expected", ""),
        "writing.autumn": (45, "", 3),
        "writing.this-term": (None, "", "no start"),
        "mathematics.autumn": (None, "absent", None),
        "mathematics.this-term": NO_STEPS,
        "science.autumn": NOTHING,
        "science.this-term": NO_STEPS,
    }
    assert says(found, ben) == {
        "reading.autumn": (43, "", 2),
        "reading.this-term": (1, "less than expected", ""),
        "writing.autumn": (44, "", 2),
        "writing.this-term": (4, "more than expected", ""),
        "mathematics.autumn": (42, "", 1),
        "mathematics.this-term": (1, "less than expected", ""),
        "science.autumn": (44, "", 2),
        "science.this-term": (None, "", "no start"),
    }
    # A judgement on entry is a start, and has none itself.
    assert says(found, joy)["reading.this-term"] == (None, "", "no start")
    enter(joy, (YEAR, 2, 46), subject=READING)
    assert says(sheet(head, "Four", SPRING), joy)["reading.this-term"] == (3, "more than expected", "")
    assert says(found, leo)["reading.autumn"] == (90, "", 3)


def test_the_summary_adds_up_the_subjects_of_those_who_count(head: Access) -> None:
    four(head)
    found = sheet(head, "Four")
    # 3 pupils x 4 subjects; 43, 45, 43, 44, 42, 44 and 43: 43.43; +3, +1, +4 and +1: 2.25.
    assert found.tally == Tally(12, 7, 1, 1, 5, 1, Decimal("43.4"), 4, 2, 1, 1, Decimal("2.3"), absent=1)
    assert found.tally.missing == 4
    assert {
        subject.name: (of.pupils, of.entered, of.reasons, of.missing, of.measured, of.average_steps)
        for subject, of in found.tallies
    } == {
        "Reading": (3, 3, 0, 0, 2, Decimal("2.0")),
        "Writing": (3, 2, 0, 1, 1, Decimal("4.0")),
        "Mathematics": (3, 1, 1, 1, 1, Decimal("1.0")),
        "Science": (3, 1, 0, 2, 0, None),
    }


def test_who_left_is_on_the_sheet_of_a_later_term_for_a_judgement_in_any_subject(head: Access) -> None:
    *_, leo = four(head)
    assert names(sheet(head, "Four", SPRING)) == "Amy Ben Joy"
    enter(leo, (YEAR, 2, 46), subject=SCIENCE)
    assert names(sheet(head, "Four", SPRING)) == "Amy Ben Joy (Leo)"


def test_a_sheet_of_all_subjects_takes_as_many_questions_for_three_as_for_one(head: Access) -> None:
    asked = []
    for name, count in (("One", 1), ("Three", 3)):
        group = ClassGroupFactory.create(school=head.school, academic_year=YEAR, name=name)
        for _ in range(count):
            pupil = on_roll(head.school, YEAR, class_group=group, year_group=YearGroup.Y4).pupil
            for subject in SUBJECTS:
                enter(pupil, (YEAR, 0, 40), (YEAR, 1, 44), subject=subject)
        with CaptureQueriesContext(connection) as queries:
            found = sheet(head, name)
            assert found.tally.measured == 4 * count
        asked.append((len(found.rows), len(queries)))
    # As for one subject: the terms, the pupils with their stays, the judgements, the versions of the expectations.
    assert asked == [(1, 4), (3, 4)]


def test_all_areas_stand_under_their_headings_for_those_who_are_judged_in_them(head: Access) -> None:
    group = ClassGroupFactory.create(school=head.school, academic_year=YEAR, name="R/1")
    child = on_roll(head.school, YEAR, class_group=group, year_group=YearGroup.R, pupil__surname="Amy").pupil
    on_roll(head.school, YEAR, class_group=group, year_group=YearGroup.Y1, pupil__surname="Ben")
    enter(child, (YEAR, 1, 17), subject=AREAS[7])
    enter(child, (YEAR, 1, Reason.ABSENT), subject=AREAS[0])
    found = sheet(head, "R/1", code=ALL_AREAS)
    assert (names(found), found.judged_otherwise) == ("Amy", 1)
    assert [column.subject for column in found.columns] == list(AREAS)
    assert [heading for heading, _ in found.layout.headings] == list(
        dict.fromkeys(area.area_of_learning for area in AREAS)
    )
    assert sum(width for _, width in found.layout.headings) == len(AREAS)
    entered = {key: said for key, said in says(found, child).items() if said != NOTHING}
    assert {key: said[:2] for key, said in entered.items()} == {
        f"{AREAS[0].code.lower()}.autumn": (None, "absent"),
        f"{AREAS[7].code.lower()}.autumn": (17, ""),
    }
    assert (found.tally.pupils, found.tally.entered, found.tally.reasons) == (len(AREAS), 1, 1)


# The page, and saving from it

ALL = {"sheet": "all"}


def stands(room: Classroom) -> dict[tuple[str, str, int], int | None]:
    with visible_to(room.school):
        rows = Judgement.objects.values_list("pupil__forename", "subject__name", "term", "points")
        return {(name, subject, term): points for name, subject, term, points in rows}


def test_the_page_names_each_subject_over_its_columns_and_sends_all_four(room: Classroom) -> None:
    page = room.page(**ALL)
    assert page.over == [(subject.name, 2) for subject in SUBJECTS]
    assert page.headings == ["Pupil", *["Autumn", "Steps"] * 4]
    boxes = [name for cell in page.rows[str(room.noah.public_id)] for name in cell.boxes]
    assert boxes == [
        f"{letter}-{box(room.noah, f'{subject.code.lower()}.autumn')}"
        for subject in SUBJECTS
        for letter in "vs"
    ]
    labels = [
        cell.box_attributes["aria-labelledby"]
        for cell in page.rows[str(room.noah.public_id)]
        if cell.box_attributes
    ]
    assert labels == [f"n-{room.noah.public_id} t-{index}" for index in (0, 2, 4, 6)]
    heads = {given.get("id"): given.get("data-of") for given in page.headed}
    assert heads["t-4"] == "mathematics.autumn"


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.code.lower())
@pytest.mark.parametrize("value", ["44", "."])
def test_a_save_is_of_its_own_subject_and_answers_to_the_byte_what_the_page_shows_next(
    room: Classroom, subject: Any, value: str
) -> None:
    of = f"{subject.code.lower()}.autumn"
    address = room.address(**ALL)
    answer = room.save(value, of=of, address=address)
    assert answer.status_code == 200
    assert stands(room) == {("Elsie", subject.name, 1): 44 if value == "44" else None}
    said = Page(answer.content.decode())
    page = room.page(**ALL)
    row = page.rows[str(room.elsie.public_id)]
    without_place = [re.sub(r' hx-swap-oob="[^"]*"', "", cell.html) for cell in said.loose]
    assert without_place == [row[column].html for column in (page.column(of), 1, 3, 5, 7)]
    assert [cell.attributes.get("hx-swap-oob") for cell in said.loose[1:]] == [
        f"outerHTML:#p-{room.elsie.public_id} ~ .d{index}" for index in (1, 3, 5, 7)
    ]
    assert said.said("sheet-summary") == page.said("sheet-summary")


def test_the_form_without_script_saves_four_subjects_at_once(room: Classroom) -> None:
    sent = {}
    for subject, value in (("reading", "44"), ("writing", "x"), ("mathematics", "nonsense"), ("science", "")):
        sent |= {f"v-{box(room.elsie, f'{subject}.autumn')}": value}
        sent |= {f"s-{box(room.elsie, f'{subject}.autumn')}": "0:"}
    sent |= {f"v-{box(room.noah, 'science.autumn')}": "46", f"s-{box(room.noah, 'science.autumn')}": "0:"}
    answer: Any = room.client.post(room.address(**ALL), sent)
    assert answer.status_code == 422
    assert stands(room) == {
        ("Elsie", "Reading", 1): 44,
        ("Elsie", "Writing", 1): None,
        ("Noah", "Science", 1): 46,
    }
    page = Page(answer.content.decode())
    refused = [cell for row in page.rows.values() for cell in row if "is-refused" in cell.classes]
    assert [cell.typed for cell in refused] == ["nonsense"]
    assert refused[0] is page.rows[str(room.elsie.public_id)][page.column("mathematics.autumn")]


@pytest.mark.parametrize(
    "of", ["reading.spring", "reading.baseline", "reading.this-term", "e01.autumn", "autumn", "all.autumn"]
)
def test_a_column_that_is_not_on_the_sheet_of_all_subjects_is_a_bad_request(room: Classroom, of: str) -> None:
    assert room.save("44", of=of, address=room.address(**ALL)).status_code == 400
    assert stands(room) == {}


def test_areas_are_saved_from_the_sheet_of_all_of_them_for_reception_alone(room: Classroom) -> None:
    rosa = room.joined("Rosa", "Small", year_group=YearGroup.R)
    address, of = room.address("areas"), f"{AREAS[0].code.lower()}.autumn"
    assert list(room.page(sheet="areas").rows) == [str(rosa.public_id)]
    assert room.save("17", of=of, pupil=rosa, address=address).status_code == 200
    assert room.save("17", of=of, pupil=room.elsie, address=address).status_code == 404
    assert room.save("17", of="reading.autumn", pupil=rosa, address=address).status_code == 400
    assert stands(room) == {("Rosa", AREAS[0].name, 1): 17}
    assert room.save("44", of="reading.autumn", pupil=rosa, address=room.address(**ALL)).status_code == 404
    with visible_to(room.school):
        assert ClassGroup.objects.get(name="4A").academic_year == PAST
