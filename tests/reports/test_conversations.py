"""The lists that start conversations against numbers worked out by hand.

Two classes in 2025/26, Mathematics at (last Autumn | last Summer | this Autumn). Oak is Year 4, where Autumn is 43 to 44 and was 36 to 37 in Year 3; of all 3
steps are expected since Summer.

Amy   34 | 39 | 41   2 below both times: steady
Ben   35 | 39 | 41   1 below, now 2: falling back
Cal   34 | 38 | 42   2 below, now 1: catching up
Dan   35 | 38 | -    absent
Eva   35 | 40 | 43   the lowest point of the range: at risk
Flo   40 | 44 | 46   2 steps, above: coasting
Gil   40 | 44 | 47   3 steps, above: on no list
Hope  -  |  - | 41   joined on 1 September: below, no points a year ago, no baseline
Ivy   35 | 39 | 40   left before the end of Autumn
Jay   by his record in Year 3 again, in Elm: 36 | 40 | 36: at the lowest point of 36 to 37, without a fall: he was in Year 3 a year ago too
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.conversations import Conversation
from assessment.engine.subjects import READING, SUBJECTS
from assessment.models import Judgement, Reason
from reports.documents.conversations import Conversations, conversation_counts, conversations
from reports.queries.scope import EVERYBODY, Filters, Scope
from schools.calendar import TermName, YearGroup
from schools.models import ClassGroup, Membership, Pupil, PupilYear, Role, School
from schools.row_security import visible_to
from schools.services import classes, years
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory, EnrolmentFactory, PupilFactory, PupilYearFactory, judged
from tests.reports.counted_school import END_OF_AUTUMN, LAST_YEAR, YEAR
from tests.reports.test_dashboard import access_of

_ALL = [subject.number for subject in SUBJECTS]

pytestmark = pytest.mark.django_db
AUTUMN, SUMMER = AssessmentTerm.AUTUMN, AssessmentTerm.SUMMER
FALLING, CATCHING, AT_RISK, COASTING, NO_BASELINE, NOT_ASSESSED = Conversation
LIVES: dict[str, tuple[int | None, int | None, int | Reason]] = {
    "Amy": (34, 39, 41),
    "Ben": (35, 39, 41),
    "Cal": (34, 38, 42),
    "Dan": (35, 38, Reason.ABSENT),
    "Eva": (35, 40, 43),
    "Flo": (40, 44, 46),
    "Gil": (40, 44, 47),
    "Hope": (None, None, 41),
    "Ivy": (35, 39, 40),
    "Jay": (36, 40, 36),
}


@pytest.fixture
def talked(school: School):  # type: ignore[no-untyped-def]
    with visible_to(school):
        for year in (LAST_YEAR, YEAR):
            years.open_year(school=school, academic_year=year, by=None)
        of = {
            name: ClassGroupFactory.create(school=school, academic_year=YEAR, name=name)
            for name in ("Oak", "Elm")
        }
        for forename, points in LIVES.items():
            add(school, forename, of["Elm" if forename == "Jay" else "Oak"], *points)
        yield school


def add(
    school: School,
    forename: str,
    class_group: ClassGroup,
    ago: int | None,
    start: int | None,
    now: int | Reason,
) -> Pupil:
    pupil = PupilFactory.create(school=school, forename=forename)
    year_group = YearGroup.Y3 if forename == "Jay" else YearGroup.Y4
    EnrolmentFactory.create(
        school=school,
        pupil=pupil,
        starts_on=YEAR.starts_on if forename == "Hope" else LAST_YEAR.starts_on,
        ends_on=END_OF_AUTUMN - dt.timedelta(days=1) if forename == "Ivy" else None,
    )
    PupilYearFactory.create(
        school=school, pupil=pupil, academic_year=YEAR, year_group=year_group, class_group=class_group
    )
    if ago is not None:
        PupilYearFactory.create(
            school=school, pupil=pupil, academic_year=LAST_YEAR, year_group=YearGroup.Y3, class_group=None
        )
        judged(pupil, LAST_YEAR, AUTUMN, ago)
        judged(pupil, LAST_YEAR, SUMMER, start)
    judged(
        pupil,
        YEAR,
        AUTUMN,
        None if isinstance(now, Reason) else now,
        reason=now if isinstance(now, Reason) else "",
    )
    return pupil


def lists(school: School, shown: Conversation, filters: Filters = EVERYBODY) -> Conversations:
    access = access_of(school, Role.HEAD)
    scope = Scope(schools=(school,), academic_year=YEAR, term=TermName.AUTUMN, filters=filters, viewer=access)
    return conversations(access, scope, _ALL, shown, {})


def told(found: Conversations) -> list[tuple[str, str]]:
    return [(line.name.split(", ")[1], line.because) for line in found.lines]


def test_who_is_on_which_list_and_why(talked: School) -> None:
    assert sorted(told(lists(talked, FALLING))) == [
        ("Ben", "2 below 43 to 44; in Autumn 2024/25 1 below 36 to 37")
    ]
    assert told(lists(talked, CATCHING)) == [("Cal", "1 below 43 to 44; in Autumn 2024/25 2 below 36 to 37")]
    assert sorted(told(lists(talked, AT_RISK))) == [
        ("Eva", "The range is 43 to 44"),
        ("Jay", "The range is 36 to 37"),
    ]
    assert told(lists(talked, COASTING)) == [
        ("Flo", "2 of 3 steps expected since Summer 2024/25; the range is 43 to 44")
    ]
    assert told(lists(talked, NO_BASELINE)) == [
        ("Hope", "No Baseline, no points last Summer, nothing on entry")
    ]
    found = lists(talked, NOT_ASSESSED)
    assert told(found) == [("Dan", "Absent")]
    assert [each.count for each in found.counts] == [1, 1, 2, 1, 1, 1]
    # Amy; and Hope, of whom nothing is known then.
    assert (found.steady, found.unknown_direction) == (1, 1)
    # Nobody is judged in anything else.
    assert found.not_begun[0] == "Year 3 Reading"
    assert len(found.not_begun) == 6
    assert lists(talked, FALLING, Filters(year_group=YearGroup.Y3)).lines == ()


def test_a_narrow_list_leaves_nobody_out_where_others_of_the_year_group_are_judged(talked: School) -> None:
    ash = ClassGroupFactory.create(school=talked, academic_year=YEAR, name="Ash")
    add(talked, "Max", ash, 35, 39, Reason.ABSENT)
    narrow = lists(talked, NOT_ASSESSED, Filters(class_id=ash.public_id))
    assert told(narrow) == [("Max", "Absent")]
    assert narrow.not_begun == ("Year 4 Reading", "Year 4 Writing", "Year 4 Science")
    # The same for a teacher, who is shown the own class alone.
    teacher = member(talked, Role.TEACHER)
    classes.assign_teacher(
        class_group=ash, membership=Membership.objects.in_school(talked).get(user=teacher), by=None
    )
    there = f"/schools/{talked.urn}/{YEAR.slug}/dashboard/conversations/?term=autumn&show=not-assessed"
    assert ", Max<" in text(signed_in(teacher), there)
    # Year 5 has not begun: Year 4 begins nothing for it, nor does Ned, who was judged and has left.
    year_five = ClassGroupFactory.create(school=talked, academic_year=YEAR, name="Yew")
    for forename, now in (("Ned", 45), ("Oli", Reason.ABSENT)):
        pupil = add(talked, forename, year_five, 40, 44, now)
        PupilYear.objects.in_school(talked).filter(pupil=pupil, academic_year=YEAR).update(
            year_group=YearGroup.Y5
        )
        if forename == "Ned":
            pupil.enrolments.update(ends_on=END_OF_AUTUMN - dt.timedelta(days=1))
    assert [name for name, _ in told(lists(talked, NOT_ASSESSED))] == ["Dan", "Max"]


def test_who_is_first_judged_on_entry_is_measured_from_the_next_term(talked: School) -> None:
    Judgement.objects.in_school(talked).filter(pupil__forename="Hope").update(is_on_entry=True)
    (line,) = lists(talked, NO_BASELINE).lines
    assert line.because == "First judged on entry this term: the measure begins next term"
    assert line.cell_label == "Marksheet"


def test_lines_and_pupils_are_told_apart(talked: School) -> None:
    """Eva at risk in two subjects, Jay in one: three lines, two pupils."""
    eva = Pupil.objects.in_school(talked).get(forename="Eva")
    judged(eva, LAST_YEAR, SUMMER, 40, subject=READING)
    judged(eva, YEAR, AUTUMN, 43, subject=READING)
    shown = lists(talked, AT_RISK).shown
    assert (shown.count, shown.pupils) == (3, 2)
    there = f"/schools/{talked.urn}/{YEAR.slug}/dashboard/conversations/?term=autumn&year_group=4"
    head = signed_in(member(talked, Role.HEAD))
    page = text(head, f"{there}&show=at-risk")
    assert "<strong>2</strong> at risk of slipping: 2 lines, 1 pupil</h2>" in page
    assert page.count("2 lines, 1 pupil") == 2
    assert "pupils</h2>" not in text(head, f"{there}&show=coasting")


def test_somebody_within_the_range_a_year_ago_has_fallen_back(talked: School) -> None:
    add(talked, "Kit", ClassGroup.objects.get(name="Oak"), 37, 40, 42)
    assert ("Kit", "1 below 43 to 44; in Autumn 2024/25 at 36 to 37") in told(lists(talked, FALLING))


def test_the_counts_are_the_lists_in_as_many_queries_for_more_pupils(talked: School) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            found = lists(talked, AT_RISK)
        assert found.shown.count == len(found.lines)
        return len(queries)

    lists(talked, AT_RISK)
    before = asked()
    for number in range(3):
        add(talked, f"Lee{number}", ClassGroup.objects.get(name="Oak"), 35, 40, 43)
    assert asked() == before
    access = access_of(talked, Role.HEAD)
    scope = Scope(schools=(talked,), academic_year=YEAR, term=TermName.AUTUMN, viewer=access)
    for each in conversation_counts(access, scope, _ALL, {}):
        assert each.count == len(lists(talked, each.conversation).lines)


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_page_and_its_file_as_heads_teachers_and_governors_ask_for_them(talked: School) -> None:
    there = f"/schools/{talked.urn}/{YEAR.slug}/dashboard/conversations"
    head = signed_in(member(talked, Role.HEAD))
    page = text(head, f"{there}/?term=autumn")
    assert "Below the range, and further from it than at the end of the same term last year." in page
    assert "1 as far below as then, 1 without points at the end of that term" in page
    # Where to go: the cell, the pupil, the history; of who has no baseline the sheet where it is entered.
    links = [unescape(each) for each in re.findall(r'href="([^"]*)"', page)]
    assert any("/marksheets/" in each and "term=autumn#p-" in each for each in links)
    (history,) = (each for each in links if each.endswith("/history/"))
    assert head.get(history).status_code == 200
    assert "Enter a Baseline" in text(head, f"{there}/?term=autumn&show=no-baseline")
    assert "Enter points" in text(head, f"{there}/?term=autumn&show=not-assessed")
    assert "Nobody" in text(head, f"{there}/?term=autumn&subject=science&year_group=4")
    assert "not yours" in text(head, f"{there}/?term=autumn&show=everybody")
    answer = head.get(
        f"{there}.csv?term=autumn&show=coasting&year_group=4&subject=mathematics"
    ).content.decode()
    (heading, line) = csv.reader(io.StringIO(answer))
    assert heading[-1] == "Why"
    assert line[1:7] == ["Year 4", "Oak", "Mathematics", "46", "4D1", "Above"]
    assert head.get(f"{there}.xlsx?term=autumn").status_code == 200
    # A teacher of Elm meets Jay alone.
    teacher = member(talked, Role.TEACHER)
    with visible_to(talked):
        classes.assign_teacher(
            class_group=ClassGroup.objects.get(name="Elm"),
            membership=Membership.objects.get(user=teacher),
            by=None,
        )
    page = text(signed_in(teacher), f"{there}/?term=autumn&show=at-risk")
    assert ", Jay<" in page
    assert ", Eva<" not in page
    assert ", Ben<" not in text(signed_in(teacher), f"{there}/?term=autumn")
    idle = signed_in(member(talked, Role.TEACHER))
    assert "Nobody to show" in text(idle, f"{there}/?term=autumn")
    governor = signed_in(member(talked, Role.GOVERNOR))
    assert [governor.get(f"{there}{end}").status_code for end in ("/", ".csv")] == [403, 403]
