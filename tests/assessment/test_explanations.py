"""Why a colour is what it is: every number here was worked out by hand from docs/rules.md."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from assessment.engine.expectations import Expectations
from assessment.engine.subjects import EYFS_AREAS, MATHEMATICS, READING
from assessment.models import Reason, Source
from assessment.queries.explanations import explain
from assessment.services.expectations import add_version
from assessment.services.judgements import Entry, Provenance, record_many
from schools.access import Access
from schools.calendar import AcademicYear, EyfsFramework, TermName, YearGroup
from schools.models import Pupil, Role, School
from schools.row_security import visible_to
from schools.services import classes, years
from tests.assessment.explained import (
    AUTUMN,
    BASELINE,
    COMPREHENSION,
    SPRING,
    SUMMER,
    YEAR,
    access,
    facts,
    pupil_of,
    shown,
    why,
)
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory, UserFactory, judged, on_roll

__all__ = ["access"]
pytestmark = pytest.mark.django_db
READING_OF_2012 = EYFS_AREAS[EyfsFramework.OF_2012][8]


# Attainment


@pytest.mark.parametrize(
    ("points", "code", "word", "sentence"),
    [
        (42, "3S3", "Below", "42 is below the range expected of Year 4 at the end of Autumn, 43 to 44."),
        (43, "3S3", "At", "43 is in the range expected of Year 4 at the end of Autumn, 43 to 44."),
        (44, "4E1", "At", "44 is in the range expected of Year 4 at the end of Autumn, 43 to 44."),
        (45, "4E2", "Above", "45 is above the range expected of Year 4 at the end of Autumn, 43 to 44."),
    ],
)
def test_each_colour_says_its_range(access: Access, points: int, code: str, word: str, sentence: str) -> None:
    pupil = pupil_of(access)
    judged(pupil, YEAR, AUTUMN, points)
    part = why(access, pupil).part("autumn")
    assert (part.points, part.word, part.mark) == (points, word, word.lower())
    assert part.sentence == sentence
    assert part.code == (code if points != 42 else "3S2")


def test_a_colour_says_its_values_its_dates_and_who(access: Access) -> None:
    pupil, teacher = pupil_of(access), UserFactory.create(name="A. Teacher")
    entry = Entry(pupil.pk, MATHEMATICS.number, YEAR, SUMMER, 50, note="Ready for ratio")
    # 15:05 by the clock of Greenwich is 16:05 in a school's summer.
    at = dt.datetime(2027, 7, 2, 15, 5, tzinfo=dt.UTC)
    typed = Provenance(source=Source.TYPED, by=teacher, at=at)
    record_many(school=access.school, entries=[entry], provenance=typed)
    part = why(access, pupil, TermName.SUMMER).part("summer")
    assert part.title == "Summer 2026/27"
    assert facts(part) == {
        "Stage": "Year 4 Securing",
        "Range": "47 to 49",
        "Measured by": "LEP expectations",
        "Measured on": "22 July 2027, the last day of Summer",
        "Entered": "Typed by A. Teacher, 2 July 2027, 16:05",
        "Note": "Ready for ratio",
    }


def test_what_came_by_a_file_or_the_operator_says_so(access: Access) -> None:
    pupil = pupil_of(access)
    at = dt.datetime(2026, 12, 1, 9, 0, tzinfo=dt.UTC)
    entry = Entry(pupil.pk, MATHEMATICS.number, YEAR, AUTUMN, 44)
    record_many(
        school=access.school, entries=[entry], provenance=Provenance(source=Source.IMPORTED, by=None, at=at)
    )
    said = facts(why(access, pupil).part("autumn"))["Entered"]
    assert said == "Imported from a file by the operator, 1 December 2026, 09:00"


def test_a_baseline_and_year_ten_have_no_colour_and_say_why(access: Access) -> None:
    four, ten = pupil_of(access), pupil_of(access, YearGroup.Y10)
    judged(four, YEAR, BASELINE, 40)
    judged(ten, YEAR, AUTUMN, 90)
    baseline, autumn = why(access, four).part("baseline"), why(access, ten).part("autumn")
    assert shown(baseline) == ("40", "", "")
    assert baseline.sentence.startswith("A Baseline has no colour")
    assert shown(autumn) == ("90", "", "")
    assert autumn.sentence == "No colour: a range is expected in Years 1 to 9, not in Year 10."
    assert "Range" not in facts(autumn)
    assert (
        why(access, ten).part("this-year").sentence
        == "No measure: steps are expected in Years 1 to 9, not in Year 10."
    )


@pytest.mark.parametrize(
    ("reason", "word", "because"),
    [
        (Reason.ABSENT, "Absent", "the pupil was absent"),
        (Reason.NEW, "New, not yet assessed", "the pupil was new and not yet assessed"),
        (Reason.NOT_REQUIRED, "Not required", "no judgement was required"),
    ],
)
def test_a_reason_stands_in_place_of_points(access: Access, reason: str, word: str, because: str) -> None:
    pupil = pupil_of(access)
    judged(pupil, YEAR, AUTUMN, None, reason=reason)
    part = why(access, pupil).part("autumn")
    assert (part.points, part.code, *shown(part)) == (None, "", "", word, "")
    assert part.sentence == f"No points, so no colour: {because}."
    assert (
        why(access, pupil).part("this-term").sentence
        == "No measure: there are no points at the end of Autumn."
    )


def test_an_empty_cell_says_that_nothing_is_entered(access: Access) -> None:
    part = why(access, pupil_of(access)).part("spring")
    assert (part.title, part.sentence, part.facts) == ("Spring 2026/27", "Nothing is entered.", ())


def test_last_summer_is_measured_and_named_by_its_own_year(access: Access) -> None:
    pupil = pupil_of(access)
    judged(pupil, YEAR - 1, SUMMER, 44)
    part = why(access, pupil).part("last-summer")
    # To Year 3 44 was Mastery, not Year 4 Entering.
    assert (part.title, part.code, part.word) == ("Summer 2025/26", "3M1", "Above")
    assert part.sentence == "44 is above the range expected of Year 3 at the end of Summer, 40 to 42."
    assert facts(part)["Stage"] == "Year 3 Mastery"


def test_a_copied_judgement_names_the_school_that_made_it(access: Access, other_school: School) -> None:
    pupil = pupil_of(access)
    copied = Provenance(
        source=Source.COPIED, by=None, made_by_school=other_school, origin_school=other_school
    )
    entry = Entry(pupil.pk, MATHEMATICS.number, YEAR, AUTUMN, 44)
    record_many(school=access.school, entries=[entry], provenance=copied, origin_ids=[uuid.uuid4()])
    judged(pupil, YEAR, SPRING, 46)
    explained = why(access, pupil)
    assert facts(explained.part("autumn"))["Judged at"] == other_school.name
    assert facts(explained.part("autumn"))["Entered"].startswith(
        f"Copied from {other_school.name} by the operator"
    )
    assert "Judged at" not in facts(explained.part("spring"))


def test_a_partnerships_own_expectations_are_named_with_their_day(access: Access) -> None:
    pupil = pupil_of(access)
    judged(pupil, YEAR, AUTUMN, 44)
    judged(pupil, YEAR, SPRING, 46)
    add_version(
        partnership=access.school.partnership,
        name="Higher expectations",
        holds_from=dt.date(2027, 1, 1),
        expectations=Expectations(ranges=((0, 1), (3, 4), (4, 6)), steps=(3, 4, 2)),
        by=None,
    )
    explained = why(access, pupil, TermName.SPRING)
    assert facts(explained.part("autumn"))["Measured by"] == "LEP expectations"
    spring = explained.part("spring")
    assert (spring.word, facts(spring)["Measured by"]) == (
        "Below",
        "Higher expectations, which hold from 1 January 2027",
    )
    assert spring.sentence == "46 is below the range expected of Year 4 at the end of Spring, 47 to 48."
    # By the version of the judgement at the end: 2 steps, where Spring now expects 4.
    step = explained.part("this-term")
    assert (shown(step), facts(step)["Expected"]) == (("+2", "Less than expected", "below"), "Spring 4")


# Nursery and Reception


def test_an_area_is_measured_by_the_age_on_the_last_day_of_term(access: Access) -> None:
    # 47 completed months on 18 December 2026, 48 on 31 December.
    child = pupil_of(access, YearGroup.N2, pupil__date_of_birth=dt.date(2022, 12, 31))
    judged(child, YEAR, AUTUMN, 14, subject=COMPREHENSION)
    part = why(access, child, subject=COMPREHENSION).part("autumn")
    assert part.sentence == "14 is below the range typical of a child of 47 months, 15 to 20."
    assert "derived" in facts(part)["Rule"]
    assert facts(part)["Measured on"] == "18 December 2026, the last day of Autumn, aged 47 months"
    days = {"starts_on": dt.date(2026, 9, 1), "ends_on": dt.date(2026, 12, 31)}
    years.set_term_dates(school=access.school, academic_year=YEAR, term=TermName.AUTUMN, **days, by=None)
    part = why(access, child, subject=COMPREHENSION).part("autumn")
    assert part.sentence == "14 is below the range typical of a child of 48 months, 15 to 20."
    assert facts(part)["Measured on"] == "31 December 2026, the last day of Autumn, aged 48 months"


@pytest.mark.parametrize(
    ("points", "word", "sentence"),
    [
        (20, "Below", "20 is below the Early Learning Goal, 21 or more: emerging, by the framework of 2021."),
        (21, "At", "21 is at the Early Learning Goal, 21 or more: expected, by the framework of 2021."),
        (25, "At", "25 is at the Early Learning Goal, 21 or more: expected, by the framework of 2021."),
    ],
)
def test_the_goal_of_2021_has_no_exceeding(access: Access, points: int, word: str, sentence: str) -> None:
    child = pupil_of(access, YearGroup.R, pupil__date_of_birth=dt.date(2022, 1, 1))
    judged(child, YEAR, SUMMER, points, subject=COMPREHENSION)
    part = why(access, child, TermName.SUMMER, COMPREHENSION).part("summer")
    assert (part.word, part.sentence) == (word, sentence)


@pytest.mark.parametrize(
    ("points", "word", "sentence"),
    [
        (20, "Below", "20 is below the Early Learning Goal, 21 to 22: emerging, by the framework of 2012."),
        (22, "At", "22 is at the Early Learning Goal, 21 to 22: expected, by the framework of 2012."),
        (23, "Above", "23 is above the Early Learning Goal, 21 to 22: exceeding, by the framework of 2012."),
    ],
)
def test_the_goal_of_2012_has_exceeding(access: Access, points: int, word: str, sentence: str) -> None:
    child = pupil_of(access, YearGroup.R, pupil__date_of_birth=dt.date(2022, 1, 1))
    judged(child, YEAR, SUMMER, points, subject=READING_OF_2012)
    part = why(access, child, TermName.SUMMER, READING_OF_2012).part("summer")
    assert (part.word, part.sentence) == (word, sentence)


def test_in_the_early_years_steps_have_no_colour(access: Access) -> None:
    child = pupil_of(access, YearGroup.R, pupil__date_of_birth=dt.date(2022, 1, 1))
    judged(child, YEAR - 1, SUMMER, 17, subject=COMPREHENSION)
    judged(child, YEAR, AUTUMN, 18, subject=COMPREHENSION)
    part = why(access, child, subject=COMPREHENSION).part("this-year")
    assert shown(part) == ("+1", "", "")
    assert (
        part.sentence
        == "1 step since last Summer. In nursery and Reception steps are counted and have no colour."
    )
    assert not {"Expected", "Measured by"} & set(facts(part))


# What is asked, by whom


def test_what_was_asked_about_comes_first(access: Access) -> None:
    pupil = pupil_of(access)
    judged(pupil, YEAR, AUTUMN, 44)

    def keys(of: str) -> tuple[list[str], list[str]]:
        found = why(access, pupil, TermName.SPRING, of=of)
        return [part.key for part in found.asked], [part.key for part in found.others]

    earlier = ["last-summer", "baseline", "autumn", "summer"]
    # Without points at the end of Spring both measures say the same: once is enough.
    assert keys("") == (["spring", "this-term"], [*earlier, "this-year"])
    judged(pupil, YEAR, BASELINE, 41)
    judged(pupil, YEAR, SPRING, 46)
    assert keys("") == (["spring", "this-term", "this-year"], earlier)
    assert keys("this-year") == (
        ["this-year"],
        ["last-summer", "baseline", "autumn", "spring", "summer", "this-term"],
    )
    assert keys("last-summer")[0] == ["last-summer"]


def test_what_the_year_group_is_not_judged_in_is_not_explained(access: Access) -> None:
    four, child = pupil_of(access), pupil_of(access, YearGroup.R)
    assert explain(access, four.public_id, COMPREHENSION, term=TermName.AUTUMN) is None
    assert explain(access, child.public_id, MATHEMATICS, term=TermName.AUTUMN) is None
    # Areas are those of the framework that the school's year is judged by.
    assert explain(access, child.public_id, READING_OF_2012, term=TermName.AUTUMN) is None
    assert explain(access, child.public_id, COMPREHENSION, term=TermName.AUTUMN) is not None


def test_the_number_of_queries_does_not_grow(access: Access, django_assert_num_queries) -> None:
    empty, full = pupil_of(access), pupil_of(access)
    for year, term in ((YEAR - 1, SUMMER), (YEAR, BASELINE), (YEAR, AUTUMN), (YEAR, SPRING), (YEAR, SUMMER)):
        judged(full, year, term, 44)
    # The pupil, the framework, the judgements, the terms, then for whom there is one last year's group, for the other the versions.
    with django_assert_num_queries(6):
        why(access, empty, TermName.SUMMER)
    with django_assert_num_queries(6):
        why(access, full, TermName.SUMMER)


# The page


def address(access: Access, pupil: Pupil, subject: str = "mathematics", query: str = "") -> str:
    there = reverse("why_colour", args=[access.school.urn, YEAR, pupil.public_id, subject])
    return f"{there}?{query}" if query else there


def test_one_address_serves_the_page_and_the_part_for_a_dialog(access: Access) -> None:
    pupil = pupil_of(access, pupil__surname="Brough")
    judged(pupil, YEAR, AUTUMN, 45)
    client = signed_in(access.user)
    page = client.get(address(access, pupil, query="term=autumn"))
    part = client.get(address(access, pupil, query="term=autumn"), headers={"HX-Request": "true"})
    restored = client.get(
        address(access, pupil, query="term=autumn"),
        headers={"HX-Request": "true", "HX-History-Restore-Request": "true"},
    )
    sentence = "45 is above the range expected of Year 4 at the end of Autumn, 43 to 44."
    for response in (page, part, restored):
        assert "HX-Request" in response.headers["Vary"]
        assert sentence in response.content.decode()
        assert "Brough" in response.content.decode()
    assert part.content.decode().startswith('<div id="explanation"')
    assert "<html" in page.content.decode()
    assert "<html" in restored.content.decode()


def test_the_address_says_which_term_and_which_part(access: Access) -> None:
    pupil = pupil_of(access)
    client = signed_in(access.user)

    def headings(query: str) -> list[str]:
        text = client.get(address(access, pupil, query=query)).content.decode()
        return re.findall(r'<h3 id="why-([\w-]+)"', text)

    assert headings("term=spring")[:3] == ["spring", "this-term", "last-summer"]
    assert headings("term=spring&of=baseline")[:2] == ["baseline", "last-summer"]
    assert headings("term=lent&of=nonsense")[1:3] == ["this-term", "last-summer"]


def test_by_default_the_reporting_term_is_shown(school: School, year: AcademicYear) -> None:
    today = timezone.localdate()
    with visible_to(school):
        pupil = on_roll(school, year).pupil
    head = member(school, Role.HEAD)
    text = (
        signed_in(head)
        .get(reverse("why_colour", args=[school.urn, year, pupil.public_id, "reading"]))
        .content.decode()
    )
    begun = [term for term in TermName if years.default_term_dates(year)[term][0] <= today]
    assert f'<h3 id="why-{begun[-1].label.lower()}">' in text.partition("why-this-term")[0]


def test_a_subject_that_there_is_not_and_a_pupil_of_another_class_are_not_found(access: Access) -> None:
    school = access.school
    theirs = ClassGroupFactory.create(school=school, academic_year=YEAR)
    ours = ClassGroupFactory.create(school=school, academic_year=YEAR)
    other = pupil_of(access, class_group=theirs, pupil__surname="Otherclass")
    own = pupil_of(access, class_group=ours)
    judged(other, YEAR, AUTUMN, 44, subject=READING)
    teacher = member(school, Role.TEACHER)
    classes.assign_teacher(class_group=ours, membership=teacher.memberships.get(), by=None)
    client = signed_in(teacher)
    assert client.get(address(access, own, "reading")).status_code == 200
    refused = client.get(address(access, other, "reading"))
    assert refused.status_code == 404
    assert "Otherclass" not in refused.content.decode()
    for subject in ("alchemy", "e08", "Reading"):
        assert client.get(address(access, own, subject)).status_code == 404
    assert signed_in(member(school, Role.GOVERNOR)).get(address(access, own)).status_code == 403
