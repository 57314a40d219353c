"""A school leaves a subject out: what that would change, counted; what is asked for no more; what stays."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from assessment.engine.subjects import MATHEMATICS, READING, SCIENCE, SUBJECTS, WRITING
from assessment.models import Judgement, MarksheetTemplate
from assessment.queries.board import board
from assessment.queries.column_kinds import Around
from assessment.queries.column_kinds.settings import WhichSubject
from assessment.queries.completion import completion
from assessment.queries.school_subjects import left_out, subjects_history, subjects_in_sight, subjects_judged
from assessment.queries.subjects import layout_in_address
from assessment.queries.subjects_effect import subjects_effect
from assessment.queries.workload import school_workload
from assessment.services.school_subjects import SubjectsRefusedError, judge_subjects
from reports.documents.dashboard import dashboard
from reports.documents.governor_report import governor_report
from reports.queries.figures import figures
from reports.queries.scope import Scope
from schools.access import Access
from schools.calendar import AcademicYear, EyfsFramework, TermName, YearGroup
from schools.models import ClassGroup, Role, School
from schools.row_security import visible_to
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory, judged, on_roll

ALL = ["reading", "writing", "mathematics", "science"]
THREE = ALL[:3]
AUTUMN = TermName.AUTUMN


@pytest.fixture
def class_group(school: School, year: AcademicYear) -> ClassGroup:
    with visible_to(school):
        return ClassGroupFactory.create(school=school, academic_year=year, name="Oak")


@pytest.fixture
def access(school: School, year: AcademicYear, class_group: ClassGroup):  # type: ignore[no-untyped-def]
    """A head; in Oak three pupils of Year 4 and a child of Reception, all judged in mathematics, nobody in anything else."""
    head = member(school, Role.HEAD)
    with visible_to(school):
        for _ in range(3):
            row = on_roll(school, year, year_group=YearGroup.Y4, class_group=class_group)
            judged(row.pupil, year, points=44)
        on_roll(school, year, year_group=YearGroup.R, class_group=class_group)
        yield Access(head, school, (Role.HEAD,), year, (year,), (school,))


def judge_science(access: Access, points: int = 44) -> Judgement:
    """One pupil of Year 4 in Autumn."""
    pupil = Judgement.objects.in_school(access.school).order_by("pk").first()
    assert pupil
    return judged(pupil.pupil, access.academic_year, subject=SCIENCE, points=points)


def leave_science_out(access: Access) -> None:
    assert judge_subjects(school=access.school, judged=THREE, by=access.user)
    access.school.refresh_from_db()


def there(access: Access) -> str:
    return reverse("school_subjects", args=[access.school.urn, access.academic_year])


def seal_on(page: str) -> str:
    found = re.search(r'name="shown" value="(\w+)"', page)
    assert found
    return found[1]


# The effect


def test_the_effect_of_leaving_a_subject_out_is_counted(access: Access) -> None:
    year = access.academic_year.label
    judge_science(access)
    MarksheetTemplate.objects.create(
        school=access.school,
        name="Science week",
        columns=[{"key": "c1", "kind": "judgement", "subject": "science", "term": "now"}],
    )
    effect = subjects_effect(access, THREE, AUTUMN)
    assert [(each.label, each.before, each.after) for each in effect.changes] == [
        ("Science", "Judged", "Not judged")
    ]
    # Three pupils of Year 4, one of them judged: two cells are empty. The child of Reception is judged in areas.
    assert effect.told[:3] == (
        f"Science has 1 judgement in {year}. They stay, with their figures, and Science stays in sight in {year}: what is there can be put right.",
        f"2 empty cells of Autumn {year} no longer count as missing.",
        "Science stands on 1 marksheet of your own: Science week. Its columns are not shown there in years without judgements of it; nothing is deleted.",
    )


def test_the_effect_of_taking_it_up_again(access: Access) -> None:
    leave_science_out(access)
    effect = subjects_effect(access, ALL, AUTUMN)
    assert effect.told == (
        f"Science is offered on marksheets and pages of figures again. It has 0 judgements in {access.academic_year.label}.",
        f"3 empty cells of Autumn {access.academic_year.label} count as missing.",
    )


def test_the_effect_takes_as_many_queries_for_more_pupils(
    access: Access, class_group: ClassGroup, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        on_roll(access.school, access.academic_year, year_group=YearGroup.Y4, class_group=class_group)
    with django_assert_max_num_queries(6):
        subjects_effect(access, THREE, AUTUMN)


# What holds


def test_nothing_of_it_is_missing_and_it_is_no_longer_asked_for(access: Access, today: dt.date) -> None:
    before = board(access, AUTUMN, today=today)
    assert (before.missing, len(before.classes[0].subjects)) == (3 * 3 + 17, 4)
    leave_science_out(access)
    after = board(access, AUTUMN, today=today)
    assert (after.missing, len(after.classes[0].subjects)) == (2 * 3 + 17, 3)
    assert [each.of_each for each in school_workload(access).year_groups] == [17, 3]
    every = layout_in_address(access, "all", AUTUMN)
    assert every
    assert every.subjects == (READING, WRITING, MATHEMATICS)
    assert layout_in_address(access, "science", AUTUMN) is None


def test_what_was_judged_stays_in_sight_in_that_year_with_nothing_missing(
    access: Access, today: dt.date
) -> None:
    held = judge_science(access)
    leave_science_out(access)
    held.refresh_from_db()
    assert held.points == 44
    assert subjects_in_sight(access.school, access.academic_year) == SUBJECTS
    share = completion(access, AUTUMN, today=today)[0].subjects[3]
    assert share
    assert (share.entered, share.cells, share.missing) == (1, 1, 0)
    assert layout_in_address(access, "science", AUTUMN)
    assert subjects_in_sight(access.school, access.academic_year + 1) == (READING, WRITING, MATHEMATICS)


def test_a_school_that_judges_all_asks_nothing_more_of_the_database(
    access: Access, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert subjects_in_sight(access.school, access.academic_year) == SUBJECTS
    leave_science_out(access)
    with django_assert_num_queries(1):
        subjects_in_sight(access.school, access.academic_year)


def test_figures_stay_and_pages_tell_nothing_of_a_subject_without_judgements(access: Access) -> None:
    scope = Scope(schools=(access.school,), academic_year=access.academic_year, term=AUTUMN, viewer=access)
    before, page = sorted(figures(scope)), dashboard(scope, {})
    assert page.headings == ("Reading", "Writing", "Mathematics", "Science", "Combined")
    leave_science_out(access)
    assert sorted(figures(scope)) == before
    page = dashboard(scope, {})
    assert page.headings == ("Reading", "Writing", "Mathematics", "Combined")
    assert [len(row.tiles) for row in page.attainment] == [4]
    assert page.attainment[0].not_begun == ("Reading", "Writing")


def test_one_judgement_keeps_the_subject_on_the_dashboard_and_nobody_is_missing(access: Access) -> None:
    judge_science(access)
    scope = Scope(schools=(access.school,), academic_year=access.academic_year, term=AUTUMN, viewer=access)
    assert dashboard(scope, {}).missing == 2
    leave_science_out(access)
    page = dashboard(scope, {})
    assert (page.headings[3], page.missing) == ("Science", 0)


def test_the_governors_pack_does_not_ask_after_it(access: Access) -> None:
    scope = Scope(
        schools=(access.school,),
        academic_year=access.academic_year,
        term=AUTUMN,
        viewer=replace(access, roles=(Role.GOVERNOR,)),
    )
    made_on = access.academic_year.starts_on
    assert [share.name for share in governor_report(scope, made_on=made_on).glance][-1] == "Science"
    leave_science_out(access)
    pack = governor_report(scope, made_on=made_on)
    assert [share.name for share in pack.glance] == ["Reading", "Writing", "Mathematics"]
    assert {row.subject for year in pack.attainment for row in year.rows} >= {"Reading", "Writing"}
    assert not any("science" in each for each in pack.partly_judged)


@pytest.mark.parametrize("gone", THREE)
def test_the_three_that_are_counted_together_stay(access: Access, gone: str) -> None:
    with pytest.raises(SubjectsRefusedError, match="cannot be left out"):
        judge_subjects(school=access.school, judged=[code for code in ALL if code != gone], by=access.user)
    answer = signed_in(access.user).get(there(access), {"subjects": [code for code in ALL if code != gone]})
    assert answer.status_code == 422
    assert (
        "cannot be left out: reading, writing and mathematics are counted together" in answer.content.decode()
    )
    access.school.refresh_from_db()
    assert access.school.subjects_not_judged == []


@pytest.mark.parametrize("hostile", ["=cmd", "<script>alert(1)</script>", "x" * 200, "e01"])
def test_what_is_no_subject_is_refused_and_not_repeated(access: Access, hostile: str) -> None:
    client = signed_in(access.user)
    for answer in (
        client.get(there(access), {"subjects": [*THREE, hostile]}),
        client.post(there(access), {"subjects": [*THREE, hostile], "shown": "0" * 32}),
    ):
        text = answer.content.decode()
        assert (answer.status_code, "There is no such subject." in text) == (422, True)
        assert "<script>alert" not in text
    with pytest.raises(SubjectsRefusedError):
        judge_subjects(school=access.school, judged=[*ALL, hostile], by=access.user)


def test_another_school_stays_as_it_is(access: Access, other_school: School) -> None:
    leave_science_out(access)
    other_school.refresh_from_db()
    assert (left_out(other_school), subjects_judged(other_school)) == ((), SUBJECTS)
    assert left_out(access.school) == (SCIENCE,)


def test_the_history_says_who_and_what(access: Access) -> None:
    leave_science_out(access)
    assert not judge_subjects(school=access.school, judged=THREE, by=access.user)
    latest, *earlier = subjects_history(access.school)
    assert earlier == []
    assert (latest.by, [(each.label, each.before, each.after) for each in latest.changes]) == (
        access.user.name,
        [("Science", "Judged", "Not judged")],
    )
    events = apps.get_model("schools", "SchoolEvent").objects.filter(pgh_obj=access.school)
    assert events.latest("pgh_id").subjects_not_judged == ["science"]


# The page


def test_what_was_shown_is_saved_and_nothing_else_that_is_sent(access: Access) -> None:
    client, name = signed_in(access.user), access.school.name
    shown = client.get(there(access), {"subjects": THREE}).content.decode()
    access.school.refresh_from_db()
    assert access.school.subjects_not_judged == []
    sent = {"subjects": THREE, "shown": seal_on(shown), "name": "Taken over", "own_small_count": 1}
    saved = client.post(there(access), sent)
    assert (saved.status_code, saved.headers["Location"]) == (302, there(access))
    access.school.refresh_from_db()
    assert (access.school.subjects_not_judged, access.school.name, access.school.own_small_count) == (
        ["science"],
        name,
        None,
    )
    page = client.get(there(access)).content.decode()
    assert f'<strong>Science:</strong> Judged → Not judged <span class="note">{access.user.name},' in page


def test_what_is_not_what_was_shown_is_shown_anew(access: Access) -> None:
    client = signed_in(access.user)
    shown = client.get(there(access), {"subjects": THREE}).content.decode()
    judge_science(access)
    for seal in (seal_on(shown), "", "0" * 32):
        stale = client.post(there(access), {"subjects": THREE, "shown": seal})
        again = stale.content.decode()
        assert (stale.status_code, "Nothing was saved." in again) == (422, True)
    assert "2 empty cells of Autumn" in again
    assert client.post(there(access), {"subjects": THREE, "shown": seal_on(again)}).status_code == 302


def test_what_is_so_already_is_said(access: Access) -> None:
    page = signed_in(access.user).get(there(access), {"subjects": ALL}).content.decode()
    assert "Those are the subjects that the school judges already." in page
    assert 'name="shown"' not in page


@pytest.mark.parametrize("role", [Role.TEACHER, Role.SUBJECT_LEADER, Role.SENCO, Role.GOVERNOR])
def test_who_does_not_lead_leaves_nothing_out(access: Access, role: Role) -> None:
    client: Client = signed_in(member(access.school, role))
    assert client.get(there(access)).status_code == 403
    assert client.post(there(access), {"subjects": THREE}).status_code == 403


def test_pages_do_not_offer_it(access: Access, class_group: ClassGroup) -> None:
    leave_science_out(access)
    client = signed_in(access.user)
    place = [access.school.urn, access.academic_year]
    for name in (
        "marksheets",
        "completion_board",
        "dashboard",
        "group_report",
        "conversations",
        "baselines",
        "review_list",
    ):
        page = client.get(reverse(name, args=place))
        assert page.status_code == 200, name
        assert "Science" not in page.content.decode(), name
    sheet = reverse("class_marksheet", args=[*place, class_group.public_id, "science"])
    assert client.get(sheet).status_code == 404
    every = client.get(reverse("class_marksheet", args=[*place, class_group.public_id, "all"]))
    assert (every.status_code, "Science" in every.content.decode()) == (200, False)
    file = client.get(reverse("completion_file", args=[*place, "csv"])).content.decode("utf-8-sig")
    assert "Mathematics: of" in file
    assert "Science" not in file


def test_a_sheet_of_its_own_shows_no_column_of_it(access: Access, class_group: ClassGroup) -> None:
    column = {"kind": "judgement", "term": "now"}
    own = MarksheetTemplate.objects.create(
        school=access.school,
        name="Core",
        columns=[
            {"key": "c1", "subject": "reading", **column},
            {"key": "c2", "subject": "science", **column},
        ],
    )
    leave_science_out(access)
    code = f"t-{own.public_id}"
    layout = layout_in_address(access, code, AUTUMN)
    assert layout
    assert layout.subjects == (READING,)
    judge_science(access)
    layout = layout_in_address(access, code, AUTUMN)
    assert layout
    assert layout.subjects == (READING, SCIENCE)


def test_who_lays_out_a_sheet_is_not_offered_it(access: Access) -> None:
    leave_science_out(access)
    page = signed_in(access.user).get(reverse("new_layout", args=[access.school.urn, access.academic_year]))
    assert ">Science</option>" not in page.content.decode()
    around = Around(EyfsFramework.OF_2021, {}, not_offered=frozenset({"science"}))
    (_, offered), _ = WhichSubject().choices(around)
    assert [code for code, _ in offered] == THREE
    # On a sheet that has it, it stays.
    assert WhichSubject().read("science", around) == "science"


def test_a_pupils_page_tells_of_it_where_there_is_something_to_tell(access: Access) -> None:
    pupil = Judgement.objects.in_school(access.school).order_by("pk")[0].pupil
    client = signed_in(access.user)
    leave_science_out(access)

    def is_told(page: str) -> bool:
        place = [access.school.urn, access.academic_year, pupil.public_id]
        return "Science" in client.get(reverse(page, args=place)).content.decode()

    assert [is_told(page) for page in ("pupil_progress", "pupil_for_parents")] == [False, False]
    judge_science(access)
    assert [is_told(page) for page in ("pupil_progress", "pupil_for_parents")] == [True, True]


def test_a_year_groups_page_names_nobody_as_missing_in_it(access: Access) -> None:
    client = signed_in(access.user)
    place = [access.school.urn, access.academic_year, YearGroup.Y4]

    def told() -> str:
        return client.get(reverse("year_group_report", args=place), {"term": "autumn"}).content.decode()

    leave_science_out(access)
    assert "Science" not in told()
    judge_science(access)
    page = told()
    assert "Science" in page
    assert "not entered" not in page
