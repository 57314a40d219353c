"""The Good Level of Development and the profile against a Reception worked out by hand: tests/reports/reception.py says who is who."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from decimal import Decimal
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command
from django.test import Client
from openpyxl import load_workbook

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import EYFS_AREAS
from assessment.models import Reason
from assessment.services.snapshots import freeze
from reports.documents.dashboard import dashboard
from reports.documents.good_level import GoodLevel, good_level, level_table
from reports.documents.profile import ProfilePage, profile_page, profile_table
from reports.documents.profile_parts import GoalPart, Show
from reports.queries.groups import BY_SLUG
from reports.queries.scope import Filters, Scope
from schools.access import Access
from schools.calendar import EyfsFramework, TermName, YearGroup
from schools.models import ClassGroup, Membership, Pupil, Role, School, SchoolYear, Sex
from schools.row_security import visible_to
from schools.services import classes, years
from schools.services.groups import make_group, set_pupils
from tests.conftest import member, signed_in
from tests.factories import judged
from tests.reports.reception import GOALS, LAST_YEAR, YEAR, child, profile, reception

__all__ = ["reception"]
pytestmark = pytest.mark.django_db
OF_2012, OF_2021 = EyfsFramework
RECEPTION = Filters(year_group=YearGroup.R)


def scope_of(
    school: School, term: TermName = TermName.SUMMER, *, filters: Filters = RECEPTION
) -> tuple[Access, Scope]:
    access = Access(member(school, Role.HEAD), school, (Role.HEAD,), YEAR, (LAST_YEAR, YEAR), (school,))
    return access, Scope(schools=(school,), academic_year=YEAR, term=term, filters=filters, viewer=access)


def page_of(
    school: School,
    *,
    framework: EyfsFramework = OF_2021,
    term: TermName = TermName.SUMMER,
    filters: Filters = RECEPTION,
) -> GoodLevel:
    access, scope = scope_of(school, term, filters=filters)
    return good_level(access, scope, framework, (), {"term": "summer"}, beside_last_year=True)


def listed(school: School, show: Show, *goal: str) -> list[str]:
    """The forenames of the list that a number opens to."""
    access, scope = scope_of(school)
    of_goal = next((each for each in GOALS if goal and each.code == goal[0]), None)
    part = GoalPart(goal[1]) if goal else GoalPart.JUDGED
    return forenames(profile_page(access, scope, OF_2021, show, of_goal, part))


def forenames(page: ProfilePage) -> list[str]:
    return sorted(line.forename for line in page.lines)


def test_who_reached_it_who_did_not_and_who_is_not_included(reception: School) -> None:
    page = page_of(reception)
    assert page.level.counts == {
        "everybody": 7,
        "judged": 5,
        "reached": 2,
        "not_reached": 3,
        "one_away": 1,
        "two_away": 1,
        "further": 1,
        "not_included": 2,
        "not_assessed": 1,
        "not_yet": 1,
        "prime": 5,
        "prime_judged": 7,
        # Not under 2021.
        "totalled": 0,
    }
    assert (page.level.share, page.level.prime_share) == (40, 71)
    assert page.level.total_points is None
    # Of the one who is left out for an A alone: Fin's new goal stands beside one that is still blank.
    assert page.reasons == (("absent", 1),)


def test_each_part_opens_to_exactly_its_children(reception: School) -> None:
    told = {show: listed(reception, show) for show in Show}
    assert told == {
        Show.EVERYBODY: ["Ann", "Bob", "Cat", "Dev", "Eve", "Fin", "Hal"],
        Show.JUDGED: ["Ann", "Bob", "Cat", "Dev", "Hal"],
        Show.REACHED: ["Ann", "Bob"],
        Show.NOT_REACHED: ["Cat", "Dev", "Hal"],
        Show.ONE_AWAY: ["Cat"],
        Show.TWO_AWAY: ["Dev"],
        Show.FURTHER: ["Hal"],
        Show.NOT_INCLUDED: ["Eve", "Fin"],
        Show.NOT_ASSESSED: ["Eve"],
        Show.NOT_YET: ["Fin"],
        Show.PRIME: ["Ann", "Bob", "Cat", "Eve", "Fin"],
        Show.PRIME_JUDGED: ["Ann", "Bob", "Cat", "Dev", "Eve", "Fin", "Hal"],
        Show.TOTALLED: [],
    }


def test_goal_by_goal(reception: School) -> None:
    page = page_of(reception)
    assert [(area.name, len(area.lines)) for area in page.areas] == [
        ("Communication and language", 2),
        ("Personal, social and emotional development", 3),
        ("Physical development", 2),
        ("Literacy", 3),
        ("Mathematics", 2),
        ("Understanding the world", 3),
        ("Expressive arts and design", 2),
    ]
    lines = {line.goal.code: line for area in page.areas for line in area.lines}
    parts = ("judged", "emerging", "expected", "exceeding", "expected_or_above", "not_assessed", "not_yet")
    told = {
        code: [lines[code].counts[part] for part in parts] for code in ("E01", "E08", "E09", "E12", "E17")
    }
    assert told == {
        "E01": [7, 2, 5, 0, 5, 0, 0],
        "E08": [6, 0, 6, 0, 6, 0, 1],
        "E09": [6, 0, 6, 0, 6, 1, 0],
        "E12": [6, 0, 6, 0, 6, 1, 0],
        "E17": [7, 1, 6, 0, 6, 0, 0],
    }
    assert (lines["E01"].share, lines["E17"].share) == (71, 86)
    assert listed(reception, Show.EVERYBODY, "E01", "emerging") == ["Dev", "Hal"]
    assert listed(reception, Show.EVERYBODY, "E12", "not_assessed") == ["Eve"]
    assert listed(reception, Show.EVERYBODY, "E08", "not_yet") == ["Fin"]
    # Both at once: of those who did not reach it, who is emerging in Writing.
    assert listed(reception, Show.NOT_REACHED, "E10", "emerging") == ["Cat"]


def test_children_near_it_are_named_with_the_goals_missing_and_those_left_out_with_why(
    reception: School,
) -> None:
    page = page_of(reception)
    near = [(line.forename, [(cell.goal.code, cell.points) for cell in line.missing]) for line in page.near]
    assert near == [("Cat", [("E10", 20)]), ("Dev", [("E01", 19), ("E11", 18)])]
    left_out = {
        line.forename: [(cell.goal.code, cell.words) for cell in line.unjudged] for line in page.left_out
    }
    assert left_out == {
        "Eve": [("E12", "absent")],
        "Fin": [("E08", "not yet judged"), ("E09", "new, not yet assessed")],
    }


def test_last_years_children_stand_beside_by_the_unrounded_gap(reception: School) -> None:
    # Two of five, and of last year one of two.
    page = page_of(reception)
    assert page.last_year is not None
    assert [page.last_year.counts[part] for part in ("everybody", "judged", "reached")] == [2, 2, 1]
    assert (page.change, page.change_words) == (-10, "\N{MINUS SIGN}10 points on last year’s 50%")


def test_groups_stand_beside_their_comparators(reception: School) -> None:
    # Girls: Ann of Ann and Cat. Boys: Bob of Bob, Dev and Hal. 50 less 33.33.
    report = page_of(reception).groups
    assert report is not None
    girls = next(pair for pair in report.pairs if pair.group.name == "Girls")
    assert (girls.group.tally.at_or_above, girls.group.tally.compared, girls.group.share) == (1, 2, 50)
    assert (girls.comparator.tally.at_or_above, girls.comparator.tally.compared) == (1, 3)
    assert (girls.gap_text, girls.comparator.share) == ("+17", 33)
    names = {pair.group.name for pair in report.pairs}
    assert {"Girls", "Pupil premium", "Joined in year", "Class Oak"} <= names


def test_a_group_narrows_everything(reception: School) -> None:
    premium = BY_SLUG["not-pupil-premium"]
    page = page_of(reception, filters=Filters(year_group=YearGroup.R, group=premium.key))
    # Bob reached it, Dev did not, Fin is not included; of last year nothing was supplied.
    assert [page.level.counts[part] for part in ("everybody", "judged", "reached")] == [3, 2, 1]
    assert page.last_year is None


def test_it_is_the_figure_of_the_dashboard_and_of_the_tidy_table(reception: School) -> None:
    _, scope = scope_of(reception, filters=Filters())
    (level,) = (
        each.good_level for each in dashboard(scope, {"term": "summer"}).early_years if each.good_level
    )
    assert (level.headline, level.counted, level.pupils, level.left_out) == (40, 5, 7, 2)
    output = io.StringIO()
    call_command("analyse", "--school", reception.urn, "--year", "2025/26", "--term", "summer", stdout=output)
    rows = [
        each
        for each in csv.DictReader(io.StringIO(output.getvalue()))
        if each["subject"] == "Good level of development"
    ]
    told = {each["group"]: (each["pupils"], each["assessed"], each["at"], each["below"]) for each in rows}
    assert told["All"] == ("7", "5", "2", "3")
    report = page_of(reception).groups
    assert report is not None
    lines = {line.name: line.tally for pair in report.pairs for line in (pair.group, pair.comparator)}
    for name in ("Girls", "Boys", "Pupil premium", "Not pupil premium", "Joined in year"):
        tally = lines[name]
        counted = (tally.pupils, tally.assessed, tally.at_or_above, tally.compared - tally.at_or_above)
        assert told[name] == tuple(map(str, counted)), name


def test_total_points_are_of_2012_alone_and_of_who_is_judged_in_all_seventeen(school: School) -> None:
    with visible_to(school):
        years.open_year(school=school, academic_year=YEAR, by=None)
        SchoolYear.objects.in_school(school).update(eyfs_framework=OF_2012)
        # 17 twos; 17 threes; one emerging and 16 twos; one without a goal that does not count.
        everything = {goal.code: 23 for goal in EYFS_AREAS[OF_2012]}
        for name, otherwise in (
            ("Pia", {}),
            ("Quy", everything),
            ("Ray", {"G10": 20}),
            ("Sam", {"G17": Reason.ABSENT}),
        ):
            profile(child(school, name, Sex.FEMALE), YEAR, OF_2012, **otherwise)  # type: ignore[arg-type]
        page = page_of(school, framework=OF_2012)
        counts = page.level.counts
        assert (counts[Show.REACHED], counts[Show.JUDGED], counts[Show.TOTALLED]) == (3, 4, 3)
        # 34 + 51 + 33 = 118, over three.
        assert page.level.total_points == Decimal("39.3")
        access, scope = scope_of(school)
        lines = profile_page(access, scope, OF_2012).lines
        assert [(line.forename, line.good_level, line.total_points) for line in lines] == [
            ("Pia", "Yes", 34),
            ("Quy", "Yes", 51),
            ("Ray", "No", 33),
            ("Sam", "Yes", None),
        ]
        table = level_table(page)
        assert (table.headings[-1], table.rows[0][-2:]) == ("Average total points", [3, Decimal("39.3")])
        shown = profile_table(profile_page(access, scope, OF_2012))
        assert (shown.headings[-1], [row[-1] for row in shown.rows]) == ("Total points", [34, 51, 33, None])
        assert [cell.code for cell in lines[1].cells] == ["3"] * 17
        assert [cell.code for cell in lines[3].cells] == ["2"] * 16 + ["A"]


def test_queries_do_not_grow_with_the_children(reception: School, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    head = signed_in(member(reception, Role.HEAD))
    addresses = [at(reception, page) for page in ("good-level/?term=summer", "profile/?term=summer")]
    for address in addresses:
        head.get(address)
    counted = []
    for _ in range(2):
        with django_assert_max_num_queries(80) as asked:
            for address in addresses:
                assert head.get(address).status_code == 200
        counted.append(len(asked))
        with visible_to(reception):
            for name in ("Uma", "Vic", "Wes"):
                profile(child(reception, name, Sex.FEMALE, is_pupil_premium=True), E10=20, E12=None)
    assert counted[0] == counted[1]


def at(school: School, path: str) -> str:
    return f"/schools/{school.urn}/{YEAR.slug}/dashboard/early-years/{path}"


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def rows(client: Client, address: str) -> list[list[str]]:
    response = client.get(address)
    assert response.status_code == 200
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_every_number_of_the_page_opens_to_as_many_children(reception: School) -> None:
    head = signed_in(member(reception, Role.HEAD))
    page = text(head, at(reception, "good-level/?term=summer"))
    links = set(re.findall(r'<a href="([^"]+/early-years/profile/\?[^"]+)">(\d+)</a>', page))
    asked = {}
    for address, number in links:
        said = {name: value for name, (value,) in parse_qs(urlsplit(unescape(address)).query).items()}
        assert said["term"] == "summer"
        asked[unescape(address)] = int(number)
    assert len(asked) > 60
    # Of those that say the same of another goal a few will do.
    chosen = [address for address in asked if "show=" in address or re.search("goal=e(01|08|12)&", address)]
    for address in chosen:
        found = text(head, address)
        assert f"<b>{asked[address]}</b>" in found, address


def test_in_another_term_it_is_plainly_not_told(reception: School) -> None:
    head = signed_in(member(reception, Role.HEAD))
    for page in ("good-level/", "profile/"):
        shown = text(head, at(reception, f"{page}?term=spring"))
        assert "is told at the end of Reception" in shown
        assert f"{page}?term=summer" in shown
        assert "2024-25/dashboard/early-years/" in shown
        # Of the choices some are called by a percentage.
        assert "%</" not in re.sub(r"<option.*?</option>", "", shown, flags=re.DOTALL)
    assert rows(head, at(reception, "profile.csv?term=spring"))[1:] == []


def test_what_is_of_one_year_alone_has_no_last_year_beside_it(reception: School) -> None:
    head = member(reception, Role.HEAD)
    with visible_to(reception):
        oak = ClassGroup.objects.get(name="Oak")
        made = make_group(school=reception, academic_year=YEAR, name="Nurture", by=head)
        set_pupils(group=made, pupil_ids=[Pupil.objects.get(forename="Cat").pk], by=head)
    signed = signed_in(head)
    for narrowed, why, counts in (
        (f"class_group={oak.public_id}", "A class is of one year alone", ["1", "1", "1"]),
        (f"group=own-{made.public_id}", "A group that the school made is of one year alone", ["1", "1", "0"]),
    ):
        address = f"?term=summer&{narrowed}"
        assert why in text(signed, at(reception, f"good-level/{address}"))
        (line,) = rows(signed, at(reception, f"good-level/level.csv{address}"))[1:]
        assert line[2:5] == counts
    # Nothing is held of the year before.
    access, scope = scope_of(reception)
    alone = replace(access, opened_years=(YEAR,))
    page = good_level(alone, scope, OF_2021, (), {}, beside_last_year=True)
    assert (page.last_year, page.change_words) == (None, "")


def test_the_profile_as_a_file_has_the_profiles_codes(reception: School) -> None:
    with visible_to(reception):
        Pupil.objects.filter(forename="Eve").update(upn="B801200005001")
    head = signed_in(member(reception, Role.HEAD))
    headings, *lines = rows(head, at(reception, "profile.csv?term=summer"))
    codes = [f"E{number:02}" for number in range(1, 18)]
    assert headings == [
        *("UPN", "Surname", "Forename", "Date of birth", "Class", *codes, "Good Level of Development")
    ]
    by_name = {line[2]: line for line in lines}
    assert by_name["Eve"][0] == "B801200005001"
    assert by_name["Eve"][5:] == [*["2"] * 11, "A", *["2"] * 5, "Not included"]
    assert by_name["Fin"][5:] == [*["2"] * 7, "", "A", *["2"] * 8, "Not included"]
    assert by_name["Dev"][5:] == ["1", *["2"] * 9, "1", *["2"] * 6, "No"]
    assert by_name["Ann"][3:5] == ["2020-11-01", "Oak"]
    # Narrowed as the page is.
    answer = head.get(at(reception, "profile.xlsx?term=summer&show=one_away"))
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert [row[2].value for row in sheet.iter_rows(min_row=2)][-1:] == ["Cat"]
    # A file of what is not here is none.
    assert head.get(at(reception, "profile.csv?show=nonsense")).status_code == 404


def test_the_pages_tables_as_files(reception: School) -> None:
    head = signed_in(member(reception, Role.HEAD))
    level = rows(head, at(reception, "good-level/level.csv?term=summer"))
    assert [line[:7] for line in level[1:]] == [
        ["2025/26", "2021", "7", "5", "2", "40", "3"],
        ["2024/25", "2021", "2", "2", "1", "50", "1"],
    ]
    goals = rows(head, at(reception, "good-level/goals.csv?term=summer"))
    assert goals[1] == [
        *("Communication and language", "E01", "Listening, attention and understanding"),
        *("Yes", "7", "5", "71", "2", "5", "0", "0"),
    ]
    assert len(goals) == 18
    children = rows(head, at(reception, "good-level/children.csv?term=summer"))
    assert [line[0].split(", ")[1] + " " + line[4] for line in children[1:]] == [
        *("Cat E10", "Dev E01", "Dev E11", "Eve E12", "Fin E08", "Fin E09")
    ]


def test_a_teacher_sees_the_own_children_and_who_sees_no_names_none(reception: School) -> None:
    teacher = member(reception, Role.TEACHER)
    with visible_to(reception):
        membership = Membership.objects.get(school=reception, user=teacher)
        oak = ClassGroup.objects.get(name="Oak")
        classes.assign_teacher(class_group=oak, membership=membership, by=None)
    signed = signed_in(teacher)
    shown = text(signed, at(reception, "profile/?term=summer"))
    assert re.findall(r", (Ann|Bob|Cat|Dev|Eve|Fin|Hal)\b", shown) == ["Ann"]
    assert "1 of 1" in re.sub("<[^>]+>", "", text(signed, at(reception, "good-level/?term=summer")))
    governor = signed_in(member(reception, Role.GOVERNOR))
    for page in ("good-level/", "profile/", "profile.csv", "good-level/level.csv"):
        assert governor.get(at(reception, page)).status_code == 403


def test_a_snapshot_counts_what_was_frozen(reception: School) -> None:
    with visible_to(reception):
        freeze(
            school=reception,
            academic_year=YEAR,
            term=TermName.SUMMER,
            note="",
            by=member(reception, Role.HEAD),
        )
        cat = Pupil.objects.get(forename="Cat")
        writing = next(goal for goal in GOALS if goal.code == "E10")
        judged(cat, YEAR, AssessmentTerm.SUMMER, 21, subject=writing)
    head = signed_in(member(reception, Role.HEAD))
    now = rows(head, at(reception, "good-level/level.csv?term=summer"))
    frozen = rows(head, at(reception, "good-level/level.csv?term=summer&snapshot=1"))
    assert now[1][4:6] == ["3", "60"]
    assert frozen[1][4:6] == ["2", "40"]
    # A snapshot is of one year.
    assert len(frozen) == 2
    assert "A snapshot is of one year" in text(head, at(reception, "good-level/?term=summer&snapshot=1"))
    near = text(head, at(reception, "profile/?term=summer&snapshot=1&show=one_away"))
    assert re.findall(r", (Ann|Bob|Cat|Dev|Eve|Fin|Hal)\b", near) == ["Cat"]
    # Nothing leads to the judgement as it is now.
    assert "marksheet" not in near.split('id="profile"')[1]
