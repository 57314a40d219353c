"""How many judgements a year asks for, counted by hand.

The small school in 2025/26: on roll on 1 September Ada, Bea, Gil, Ivy, Jan in 4A and Dan (3), Eve (4) in 3/4; on 19 December Ada, Bea, Cal, Jan,
Dan, Eve; at the ends of Spring and Summer Hal as well. Fay of Reception has no class.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import EYFS_AREAS, READING
from assessment.models import Reason
from assessment.queries.workload import Workload, own_workload, school_workload
from schools.access import Access
from schools.calendar import EyfsFramework, YearGroup
from schools.models import Role, School
from schools.models.windows import BASELINE
from schools.row_security import visible_to
from schools.services.windows import Window, close_year_group, set_entry_days
from tests.assessment.classroom import YEAR as PAST
from tests.assessment.classroom import Classroom
from tests.assessment.test_marksheet_sheet import enter
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory, on_roll
from tests.schools.small_school import YEAR, access_of, school_pupil, teacher_of

TIMES = "\N{MULTIPLICATION SIGN}"
AREAS = EYFS_AREAS[EyfsFramework.OF_2021]


@pytest.fixture
def head(small_school: School) -> Access:
    return access_of(small_school, Role.HEAD)


def own(access: Access) -> Workload:
    found = own_workload(access)
    assert found is not None
    return found


def told(*parts: str) -> list[str]:
    return [part.replace(" x ", f" {TIMES} ") for part in parts]


def test_each_collection_asks_for_those_on_roll_on_its_last_day(head: Access) -> None:
    found = own(teacher_of(head.school, "4A"))
    # Autumn: Ada, Bea, Cal, Jan; Spring and Summer: Hal too; in four subjects each.
    assert found.judgements == 4 * 4 + 2 * 5 * 4
    assert found.parts == told(
        "5 pupils x 4 subjects x 2 collections", "4 pupils x 4 subjects x 1 collection"
    )
    assert found.entered == 0


def test_year_groups_that_are_judged_alike_are_told_together(head: Access) -> None:
    found = own(teacher_of(head.school, "3/4"))
    assert (found.judgements, found.parts) == (24, told("2 pupils x 4 subjects x 3 collections"))
    assert [each.year_group for each in found.year_groups] == [YearGroup.Y3, YearGroup.Y4]


def test_what_is_in_are_points_and_reasons_of_what_is_asked_for(head: Access) -> None:
    def of(name: str, *entries: tuple[int, int, int | str]) -> None:
        enter(school_pupil(head.school, name), *entries)

    of("Ada", (YEAR, 1, 44), (YEAR, 2, 45), (YEAR - 0, 0, 40))
    of("Bea", (YEAR, 1, Reason.ABSENT))
    # Not asked for: a leaver's, one of who comes in January, an area of who is judged in subjects.
    of("Gil", (YEAR, 1, 44))
    of("Hal", (YEAR, 1, 44))
    enter(school_pupil(head.school, "Cal"), (YEAR, 1, 19), subject=AREAS[0])
    enter(school_pupil(head.school, "Cal"), (YEAR, 1, 44), subject=READING)
    # Of another class.
    of("Dan", (YEAR, 1, 37))
    # Ada's two terms, Bea's reason, Cal's reading; Ada's Baseline is not asked for.
    assert own(teacher_of(head.school, "4A")).entered == 4


def test_year_1_is_asked_for_a_baseline_and_reception_for_each_area(head: Access) -> None:
    group = ClassGroupFactory.create(school=head.school, academic_year=YEAR, name="R/1")
    on_roll(head.school, YEAR, class_group=group, year_group=YearGroup.R)
    ben = on_roll(head.school, YEAR, class_group=group, year_group=YearGroup.Y1).pupil
    # Joined after the first day: counted from Autumn on, not at the Baseline.
    on_roll(head.school, YEAR, class_group=group, year_group=YearGroup.Y1, starts_on=dt.date(2025, 10, 1))
    # Leaves on the last day of Spring, 27 March 2026, which counts.
    on_roll(head.school, YEAR, class_group=group, year_group=YearGroup.Y1, ends_on=dt.date(2026, 3, 27))
    enter(ben, (YEAR, 0, 20))
    found = own(teacher_of(head.school, "R/1"))
    reception, year_1 = found.year_groups
    assert (reception.judgements, reception.collections) == (3 * 17, "Autumn, Spring, Summer")
    assert dict(year_1.pupils) == dict(zip(AssessmentTerm, (2, 3, 3, 2), strict=True))
    assert (year_1.judgements, year_1.entered) == (40, 1)
    assert found.parts == told(
        "1 pupil x 17 areas x 3 collections",
        "3 pupils x 4 subjects x 2 collections",
        "2 pupils x 4 subjects x 2 collections",
    )
    assert not year_1.is_beyond_the_usual


def test_a_pupil_out_of_year_is_asked_for_by_the_record(head: Access) -> None:
    group = ClassGroupFactory.create(school=head.school, academic_year=YEAR, name="Old")
    on_roll(
        head.school,
        YEAR,
        class_group=group,
        year_group=YearGroup.R,
        pupil__date_of_birth=dt.date(2018, 1, 15),
    )
    assert own(teacher_of(head.school, "Old")).judgements == 51


def test_a_window_for_the_baseline_makes_a_fourth_collection_and_a_closed_one_does_not(head: Access) -> None:
    window = Window(head.school, YEAR, BASELINE, YearGroup.Y3)
    close_year_group(window=window, by=None)

    def year_3() -> tuple[int, bool]:
        found = next(each for each in school_workload(head).year_groups if each.year_group is YearGroup.Y3)
        return found.judgements, found.is_beyond_the_usual

    assert year_3() == (12, False)
    set_entry_days(
        window=window,
        opens_on=dt.date(2025, 9, 1),
        closes_on=None,
        by=None,
        reason="To begin with",
        knows_workload=True,
    )
    assert year_3() == (16, True)


def test_the_school_is_told_by_year_group_those_without_a_class_too(head: Access) -> None:
    found = school_workload(head)
    assert [(each.year_group, each.judgements) for each in found.year_groups] == [
        (YearGroup.R, 51),
        (YearGroup.Y3, 12),
        # Ada, Bea, Cal, Jan and Eve; from Spring on Hal.
        (YearGroup.Y4, (5 + 6 + 6) * 4),
    ]
    assert found.judgements == 51 + 12 + 68


def test_who_teaches_nobody_is_asked_for_nothing(head: Access) -> None:
    assert own_workload(head) is None
    assert own_workload(teacher_of(head.school)) is None


def test_three_classes_take_as_many_questions_as_one(head: Access) -> None:
    teacher = teacher_of(head.school, "4A")

    def questions() -> int:
        with CaptureQueriesContext(connection) as queries:
            own(teacher)
        return len(queries)

    before = questions()
    for number in range(3):
        group = ClassGroupFactory.create(school=head.school, academic_year=YEAR, name=f"More {number}")
        enter(on_roll(head.school, YEAR, class_group=group).pupil, (YEAR, 1, 44))
        from schools.services import classes

        classes.assign_teacher(class_group=group, membership=teacher.user.memberships.get(), by=None)
    assert questions() == before


# The pages


def index(room: Classroom) -> str:
    return reverse("marksheets", args=[room.school.urn, PAST]) + "?term=autumn"


def test_the_list_of_marksheets_says_what_the_year_asks_of_its_teacher(room: Classroom) -> None:
    room.judged(room.elsie, 44)
    page = " ".join(room.client.get(index(room)).content.decode().split())
    assert (
        f"This year you are asked for <b>24</b> judgements: 2 pupils {TIMES} 4 subjects {TIMES} 3 collections; <b>1</b> is in."
        in page
    )
    assert (
        "you are asked for" not in signed_in(member(room.school, Role.HEAD)).get(index(room)).content.decode()
    )


def test_leaders_see_what_is_asked_by_year_group_as_a_page_and_as_a_part(room: Classroom) -> None:
    there = reverse("workload", args=[room.school.urn, PAST])
    client = signed_in(member(room.school, Role.ASSESSMENT_LEADER))
    page = client.get(there)
    assert page.status_code == 200
    assert "<h1>Judgements asked for</h1>" in page.content.decode()
    part = client.get(there, headers={"HX-Request": "true"})
    assert part.content.decode().startswith('<div id="workload"')
    assert part.headers["Vary"] == "HX-Request" or "HX-Request" in part.headers["Vary"]
    for answer in (page, part):
        assert "Brough" not in answer.content.decode()
        assert "Year 4" in answer.content.decode()


def test_the_page_of_terms_leads_there(room: Classroom) -> None:
    client = signed_in(member(room.school, Role.HEAD))
    page = client.get(reverse("terms", args=[room.school.urn, PAST])).content.decode()
    assert reverse("workload", args=[room.school.urn, PAST]) in page


def test_who_does_not_lead_sees_no_workload(room: Classroom, other_school: School) -> None:
    there = reverse("workload", args=[room.school.urn, PAST])
    for role in (Role.TEACHER, Role.SUBJECT_LEADER, Role.SENCO, Role.GOVERNOR):
        assert signed_in(member(room.school, role)).get(there).status_code == 403
    assert signed_in(member(other_school, Role.HEAD)).get(there).status_code == 404


def test_a_year_without_pupils_asks_for_nothing(room: Classroom) -> None:
    with visible_to(room.school):
        from schools.models import Enrolment

        Enrolment.objects.all().delete()
    page = room.client.get(index(room)).content.decode()
    assert "you are asked for" not in page
