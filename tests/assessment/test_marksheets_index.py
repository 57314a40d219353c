"""How much of a term is entered, counted by hand; and the page that leads to the sheets.

The small school on the last day of Autumn, 19 December 2025: Ada, Bea, Cal and Jan in 4A, Dan and Eve in 3/4. Gil and Ivy have left,
Hal comes in January, Fay has no class.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import EYFS_AREAS, MATHEMATICS, READING, SUBJECTS
from assessment.models import Reason
from assessment.queries.completion import Share, completion, framework_of
from schools.access import Access
from schools.calendar import AcademicYear, EyfsFramework, TermName, YearGroup
from schools.models import ClassGroup, Membership, Role, School
from schools.row_security import visible_to
from schools.services import classes
from tests.assessment.classroom import YEAR as PAST
from tests.assessment.classroom import Classroom
from tests.assessment.test_marksheet_sheet import enter, of_two_years
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory, SchoolFactory, on_roll
from tests.schools.small_school import TODAY, YEAR, access_of, school_pupil, teacher_of

AUTUMN, SPRING, SUMMER = TermName
AREAS = EYFS_AREAS[EyfsFramework.OF_2021]


@pytest.fixture
def head(small_school: School) -> Access:
    return access_of(small_school, Role.HEAD)


def counts(access: Access, term: TermName = AUTUMN) -> dict[str, list[tuple[int, int] | None]]:
    """By class: entered and cells of each subject, and of the areas together."""
    return {
        each.line.name: [
            (share.entered, share.cells) if share else None for share in (*each.subjects, each.areas)
        ]
        for each in completion(access, term, today=TODAY)
    }


def test_an_empty_school_has_a_cell_for_each_pupil_on_roll_on_the_last_day(head: Access) -> None:
    assert counts(head) == {
        "3/4": [(0, 2), (0, 2), (0, 2), (0, 2), None],
        "4A": [(0, 4), (0, 4), (0, 4), (0, 4), None],
    }
    assert counts(head, SPRING)["4A"] == [(0, 5), (0, 5), (0, 5), (0, 5), None]


def test_points_and_reasons_count_and_those_of_leavers_and_of_other_terms_do_not(head: Access) -> None:
    def of(name: str, *entries: tuple[int, int, int | str]) -> None:
        enter(school_pupil(head.school, name), *entries)

    of("Ada", (YEAR, 0, 40), (YEAR, 1, 44), (YEAR, 2, 45))
    of("Bea", (YEAR, 1, Reason.ABSENT))
    of("Cal", (YEAR, 0, 40))
    of("Gil", (YEAR, 1, 44))
    of("Hal", (YEAR, 1, 44))
    of("Ivy", (YEAR, 1, 44))
    of("Dan", (YEAR, 1, 37))
    enter(school_pupil(head.school, "Eve"), (YEAR, 1, 44), subject=READING)
    assert counts(head) == {
        "3/4": [(1, 2), (0, 2), (1, 2), (0, 2), None],
        "4A": [(0, 4), (0, 4), (2, 4), (0, 4), None],
    }
    assert counts(head, SPRING)["4A"] == [(0, 5), (0, 5), (1, 5), (0, 5), None]


def test_a_pupil_with_records_of_two_years_counts_once(head: Access) -> None:
    group = ClassGroupFactory.create(school=head.school, academic_year=YEAR, name="Old")
    pupil = of_two_years(head, class_group=group)
    enter(pupil, (YEAR - 1, 1, 37), (YEAR, 1, 44))
    assert counts(head)["Old"] == [(0, 1), (0, 1), (1, 1), (0, 1), None]


def test_areas_are_counted_together_for_those_who_are_judged_in_them(head: Access) -> None:
    group = ClassGroupFactory.create(school=head.school, academic_year=YEAR, name="R/1")
    amy, ben, cem = (
        on_roll(head.school, YEAR, class_group=group, year_group=year_group).pupil
        for year_group in (YearGroup.R, YearGroup.Y1, YearGroup.N2)
    )
    for area in AREAS:
        enter(amy, (YEAR, 1, 19), subject=area)
    enter(cem, (YEAR, 1, 15), subject=AREAS[0])
    # What is of the other kind fills no cell.
    enter(amy, (YEAR, 1, 23))
    enter(ben, (YEAR, 1, 20), subject=AREAS[3])
    enter(ben, (YEAR, 1, 22), subject=READING)
    assert counts(head)["R/1"] == [(1, 1), (0, 1), (0, 1), (0, 1), (18, 34)]


def test_a_share_is_begun_with_the_first_and_complete_with_the_last() -> None:
    shares = [Share(MATHEMATICS, "Mathematics", entered, 2) for entered in range(3)]
    assert [share.is_begun for share in shares] == [False, True, True]
    assert [share.is_complete for share in shares] == [False, False, True]


def test_ones_own_classes_come_first(small_school: School) -> None:
    head = access_of(small_school, Role.HEAD, Role.TEACHER, user=member(small_school, Role.TEACHER))
    assert list(counts(head)) == ["3/4", "4A"]
    membership = Membership.objects.get(user=head.user)
    group = ClassGroup.objects.get(name="4A")
    classes.assign_teacher(class_group=group, membership=membership, by=None)
    assert list(counts(head)) == ["4A", "3/4"]
    assert [each.line.is_own for each in completion(head, AUTUMN, today=TODAY)] == [True, False]


def test_a_teacher_sees_the_own_classes_alone(small_school: School) -> None:
    assert list(counts(teacher_of(small_school, "3/4"))) == ["3/4"]
    assert counts(teacher_of(small_school)) == {}


def test_thirty_classes_take_as_many_questions_as_two(head: Access) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as queries:
            completion(head, AUTUMN, today=TODAY)
        return len(queries)

    before = questions()
    for number in range(30):
        group = ClassGroupFactory.create(school=head.school, academic_year=YEAR, name=f"More {number}")
        pupil = on_roll(head.school, YEAR, class_group=group, year_group=YearGroup(number % 5)).pupil
        enter(pupil, (YEAR, 1, 44), subject=AREAS[0] if number % 5 == 0 else MATHEMATICS)
    assert questions() == before
    assert sum(share[2] == (1, 1) for share in counts(head).values()) == 24


def test_the_framework_is_the_one_that_the_school_opened_the_year_with(head: Access) -> None:
    assert framework_of(head) is EyfsFramework.OF_2021
    old = AcademicYear(2015)
    assert framework_of(Access(head.user, head.school, head.roles, old, (), ())) is EyfsFramework.OF_2012


# The page


def index(school: School, asked: str = "?term=autumn", year: AcademicYear = PAST) -> str:
    return reverse("marksheets", args=[school.urn, year]) + asked


def shown(room: Classroom, asked: str = "?term=autumn") -> str:
    answer = room.client.get(index(room.school, asked))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_page_leads_to_each_sheet_of_the_term_with_how_much_is_entered(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    page = shown(room)
    for subject in SUBJECTS:
        assert f'href="{room.address(subject.code)}"' in page
    assert '<span class="visually-hidden">Mathematics: </span><b>1</b> of 2<svg' in page
    assert (
        '<span class="visually-hidden">Reading: </span><b>0</b> of 2<span class="word quiet">not begun'
        in page
    )
    assert "Areas of learning" not in page
    room.judged(room.noah, None, reason="absent")
    assert '<b>2</b> of 2<span class="word is-done">all in</span>' in shown(room)
    assert "yours</span>" in page


def test_the_page_names_no_pupil(room: Classroom) -> None:
    page = shown(room)
    assert "Brough" not in page
    assert "Elsie" not in page


def test_reception_has_one_column_for_all_areas(room: Classroom) -> None:
    room.joined("Rosa", "Small", year_group=YearGroup.R)
    page = shown(room)
    assert '<span class="visually-hidden">Areas of learning: </span><b>0</b> of 17' in page
    assert f'href="{room.address("e01")}"' in page
    reception = reverse("year_group_marksheet", args=[room.school.urn, PAST, YearGroup.R, "e01"])
    assert page.count(f'href="{reception}?term=autumn"') == 1


@pytest.mark.parametrize(
    ("asked", "term"), [("?term=spring", "Spring"), ("?term=winter", "Summer"), ("", "Summer")]
)
def test_the_page_opens_on_the_term_asked_for_else_on_the_last_that_began(
    room: Classroom, asked: str, term: str
) -> None:
    assert f"{term} 2024/25: how much is entered." in shown(room, asked)


def test_classes_and_year_groups_add_no_questions(room: Classroom) -> None:
    client = signed_in(member(room.school, Role.HEAD))
    client.get(index(room.school))
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(index(room.school))
        asked.append(len(queries))
        with visible_to(room.school):
            for year_group in (YearGroup.N1, YearGroup.Y7, YearGroup.Y8, YearGroup.Y9):
                group = ClassGroupFactory.create(school=room.school, academic_year=PAST)
                pupil = on_roll(room.school, PAST, class_group=group, year_group=year_group).pupil
                enter(pupil, (PAST, AssessmentTerm.AUTUMN, 44))
    assert asked[0] == asked[1]


def test_a_school_that_has_opened_no_year_and_one_without_classes_say_so(
    db: None, year: AcademicYear, other_school: School
) -> None:
    for school in (SchoolFactory.create(), other_school):
        answer = signed_in(member(school, Role.HEAD)).get(index(school, year=year))
        assert answer.status_code == 200
        assert "No classes here yet" in answer.content.decode()
