"""What parents read: the sentences word for word, and nothing that is for staff."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import BY_NUMBER, EYFS_AREAS, MATHEMATICS, READING, SCIENCE, WRITING
from assessment.models import Reason
from reports.documents.parent_next_steps import EARLY
from reports.documents.parent_words import parent_page
from reports.queries.pupil_progress import pupil_record
from schools.calendar import EyfsFramework, TermName, YearGroup
from schools.models import Pupil
from tests.conftest import signed_in
from tests.factories import judged
from tests.reports.test_pupil_progress import NOW, TODAY, access, ava, child

__all__ = ["access", "ava"]
pytestmark = pytest.mark.django_db
BASELINE, AUTUMN, SPRING, SUMMER = AssessmentTerm
NO_START = "We have no starting point from the beginning of the year to compare with."


def words(access, pupil: Pupil, term: TermName = TermName.AUTUMN) -> dict[str, tuple[str, ...]]:  # type: ignore[no-untyped-def]
    record = pupil_record(access, pupil.public_id, today=TODAY, term=term)
    assert record is not None
    return {each.name: each.sentences for each in parent_page(record).subjects}


def test_three_kinds_of_sentence_for_each_subject(access, ava: Pupil) -> None:  # type: ignore[no-untyped-def]
    judged(ava, NOW, AUTUMN, None, subject=SCIENCE, reason=Reason.ABSENT)
    said = words(access, ava)
    # Reading: 28 against 29 to 30; 1 step of 3.
    where, moving, following = said["Reading"]
    assert where == (
        "Ava is close to where we hope a child at this point in Year 2 will be, with a few things still to become secure."
    )
    assert moving == (
        "Since the start of the year, Ava has moved forward, a little more slowly than we had hoped, "
        "and we are looking together at what will help."
    )
    assert following.startswith("Next, Ava will read with an adult little and often")
    # Writing: 31, above, and no start.
    assert said["Writing"][:2] == (
        "Ava is working beyond what we hope for from a child at this point in Year 2.",
        NO_START,
    )
    # Mathematics: 3 steps of 3 since the Baseline.
    assert (
        said["Mathematics"][1]
        == "Since the start of the year, Ava has moved forward steadily, as we would expect in the time."
    )
    assert said["Science"] == (
        "We have not yet written down where Ava is in science this year.",
        "Ava may have been away or be new to us, or it may be too early in the year to say.",
        "Next, the teacher will look at Ava’s work with them, and tell you what they find.",
    )


def test_further_below_moving_fast_standing_still_and_from_a_strong_place(access) -> None:  # type: ignore[no-untyped-def]
    pupil = child(access, YearGroup.Y3, YearGroup.Y4, born=dt.date(2017, 11, 3), forename="Sam")
    # Year 3 in Autumn: 36 to 37; Year 4: 43 to 44. Six short, then three: catching up, by 5 steps of 3.
    for subject, before, summer, now in ((READING, 30, 35, 40), (WRITING, 30, 42, 42), (SCIENCE, 40, 45, 46)):
        judged(pupil, NOW - 1, AUTUMN, before, subject=subject)
        judged(pupil, NOW - 1, SUMMER, summer, subject=subject)
        judged(pupil, NOW, AUTUMN, now, subject=subject)
    said = words(access, pupil)
    assert said["Reading"][:2] == (
        (
            "Sam is still building the steps that lead up to what we hope for from a child at this point in Year 4, "
            "and is learning from where they are."
        ),
        "Since the start of the year, Sam has come further than we would usually expect in the time, and is catching up.",
    )
    assert said["Writing"][1] == (
        "Since the start of the year, Sam has not yet taken new steps that we could write down, "
        "and we are looking together at what will help."
    )
    assert (
        said["Science"][1]
        == "Since the start of the year, Sam has moved forward from a strong place, and we want to keep that going."
    )


def test_early_years_by_headings_and_year_ten_by_its_own_path(access) -> None:  # type: ignore[no-untyped-def]
    bo = child(access, YearGroup.R, born=dt.date(2021, 11, 3), forename="Bo")
    assert words(access, bo)["Learning and play"][0] == "We have not yet written down where Bo is this year."
    # 61 months: 18 to 20 is usual. One of two below.
    for area, points in zip(EYFS_AREAS[EyfsFramework.OF_2021][:2], (16, 18), strict=True):
        judged(bo, NOW, BASELINE, 15, subject=area)
        judged(bo, NOW, AUTUMN, points, subject=area)
    assert words(access, bo)["Communication and language"][:2] == (
        "Bo is where we hope a child of this age will be in some of this, and is still finding their way into the rest.",
        "Since the start of the year, Bo has taken new steps in listening and talking.",
    )
    # Every heading of either framework has its words.
    assert {each.area_of_learning for each in BY_NUMBER.values() if each.area_of_learning} == set(EARLY)
    old = child(access, YearGroup.Y10, born=dt.date(2011, 11, 3), forename="Lee")
    judged(old, NOW, AUTUMN, 90)
    # Nothing is expected, so nothing is said of how far, nor that it will be.
    assert words(access, old)["Mathematics"] == (
        "In Year 10 we look at each pupil’s own path, not at what is usual for the age: the teacher can tell you where Lee is on it.",
        "Next, Lee’s teacher can show you the work in hand and what it leads to.",
    )
    assert words(access, old, TermName.SPRING)["Mathematics"][0].endswith(
        "where Lee is on it. The Spring term is not written down yet."
    )


def test_mastery_and_how_far_short_and_a_strong_place_without_steps(access) -> None:  # type: ignore[no-untyped-def]
    # Year 4: Mastery from 51; above from 50 in Summer. Seven steps a year.
    pupil = child(access, YearGroup.Y3, YearGroup.Y4, born=dt.date(2017, 11, 3), forename="Sam")
    for subject, summer, now in (
        (READING, 53, 51),
        (WRITING, 41, 46),
        (SCIENCE, 41, 42),
        (MATHEMATICS, 50, 50),
    ):
        judged(pupil, NOW - 1, SUMMER, summer, subject=subject)
        judged(pupil, NOW, SUMMER, now, subject=subject)
    said = {name: each[1] for name, each in words(access, pupil, TermName.SUMMER).items()}
    helping = "and we are looking together at what will help."
    assert said == {
        "Reading": "Sam finished the year in a strong place.",
        "Writing": f"Since the start of the year, Sam has moved forward, a little more slowly than we had hoped, {helping}",
        "Science": f"Since the start of the year, Sam has taken steps forward, though fewer than we had hoped for in the time, {helping}",
        "Mathematics": "Since the start of the year, Sam has stayed in a strong place, and we want to build on it from here.",
    }


def test_what_was_judged_in_an_earlier_term_is_said_of_then(access) -> None:  # type: ignore[no-untyped-def]
    # Year 4: 43 to 44 in Autumn.
    pupil = child(access, YearGroup.Y3, YearGroup.Y4, born=dt.date(2017, 11, 3), forename="Sam")
    for subject, now in ((READING, 43), (WRITING, 42), (SCIENCE, 38), (MATHEMATICS, 46)):
        judged(pupil, NOW - 1, SUMMER, 40, subject=subject)
        judged(pupil, NOW, AUTUMN, now, subject=subject)
    judged(pupil, NOW, SUMMER, None, subject=SCIENCE, reason=Reason.NOT_REQUIRED)
    said = words(access, pupil, TermName.SUMMER)
    age = "a child at that point in Year 4"
    assert {name: each[0] for name, each in said.items()} == {
        "Reading": f"At the end of the Autumn term, Sam was where we hope {age} will be. The Summer term is not written down yet.",
        "Writing": f"At the end of the Autumn term, Sam was close to where we hope {age} will be, with a few things then still to become secure. The Summer term is not written down yet.",
        "Science": f"At the end of the Autumn term, Sam was still building the steps that lead up to what we hope for from {age}, and was learning from where they were. For the Summer term nothing has to be written down.",
        "Mathematics": f"At the end of the Autumn term, Sam was working beyond what we hope for from {age}. The Summer term is not written down yet.",
    }
    assert (
        said["Reading"][1]
        == "Between the start of the year and then, Sam had moved forward steadily, as we would expect in the time."
    )


def test_who_came_in_the_year_is_measured_since_then(access) -> None:  # type: ignore[no-untyped-def]
    pupil = child(access, YearGroup.Y4, born=dt.date(2017, 11, 3), forename="Sam")
    judged(pupil, NOW, AUTUMN, 43, is_on_entry=True)
    judged(pupil, NOW, SPRING, 45)
    assert words(access, pupil)["Mathematics"][1] == NO_START
    steadily = "moved forward steadily, as we would expect in the time."
    assert words(access, pupil, TermName.SPRING)["Mathematics"][1] == f"Since joining us, Sam has {steadily}"
    assert (
        words(access, pupil, TermName.SUMMER)["Mathematics"][1]
        == f"Between joining us and then, Sam had {steadily}"
    )


def test_in_reception_only_of_what_was_looked_at_and_when(access) -> None:  # type: ignore[no-untyped-def]
    # 61 months: 18 to 20 is usual. Communication and language has two areas.
    listening, speaking = EYFS_AREAS[EyfsFramework.OF_2021][:2]
    bo = child(access, YearGroup.R, born=dt.date(2021, 11, 3), forename="Bo")
    judged(bo, NOW, AUTUMN, 18, subject=listening)
    heading = "Communication and language"
    assert words(access, bo)[heading][:2] == (
        "In what we have looked at so far this term, Bo is where we hope a child of this age will be.",
        NO_START,
    )
    # By then: one area, and the other only at the start.
    judged(bo, NOW, BASELINE, 18, subject=listening)
    judged(bo, NOW, BASELINE, 18, subject=speaking)
    assert words(access, bo, TermName.SPRING)[heading][:2] == (
        (
            "At the end of the Autumn term, in what we had looked at by then, Bo was where we hope a child of that age will be. "
            "The Spring term is not written down yet."
        ),
        "Between the start of the year and then, Bo had not yet taken new steps in listening and talking that we could write down.",
    )
    # One forward and two back; judged in both.
    judged(bo, NOW, SPRING, 19, subject=listening)
    judged(bo, NOW, SPRING, 16, subject=speaking)
    assert words(access, bo, TermName.SPRING)[heading][:2] == (
        "Bo is where we hope a child of this age will be in some of this, and is still finding their way into the rest.",
        "Since the start of the year, Bo has taken new steps in some of listening and talking.",
    )
    # The one judged in Autumn alone is not said to be so now.
    judged(bo, NOW, SUMMER, 20, subject=speaking)
    assert words(access, bo, TermName.SUMMER)[heading][0].startswith(
        "In what we have looked at so far this term, Bo is still finding their way into this"
    )


def test_next_steps_from_year_seven_are_for_their_age(access) -> None:  # type: ignore[no-untyped-def]
    old = child(access, YearGroup.Y8, born=dt.date(2013, 11, 3), forename="Lee")
    for subject in (READING, WRITING, MATHEMATICS, SCIENCE):
        judged(old, NOW, AUTUMN, 50, subject=subject)
    said = " ".join(each[-1] for each in words(access, old).values())
    assert said.count("Next, Lee will") == 4
    for childish in ("Ten minutes", "Counting", "hold and draw", "say sentences aloud"):
        assert childish not in said


def test_nothing_is_promised_of_what_is_not_required_or_too_late_in_the_year(access) -> None:  # type: ignore[no-untyped-def]
    pupil = child(access, YearGroup.Y4, born=dt.date(2017, 11, 3), forename="Sam")
    for term in (AUTUMN, SPRING, SUMMER):
        judged(pupil, NOW, term, None, subject=SCIENCE, reason=Reason.NOT_REQUIRED)
    judged(pupil, NOW, AUTUMN, None, subject=READING, reason=Reason.NOT_REQUIRED)
    judged(pupil, NOW, SUMMER, None, subject=READING, reason=Reason.ABSENT)
    said = words(access, pupil, TermName.SUMMER)
    assert said["Science"] == (
        "This year we do not write down where Sam is in science.",
        "Next, Sam’s teacher can show you the work in hand and what it leads to.",
    )
    assert said["Reading"][1] == "Sam may have been away or be new to us."
    bo = child(access, YearGroup.R, born=dt.date(2021, 11, 3), forename="Bo")
    assert (
        words(access, bo, TermName.SUMMER)["Learning and play"][1] == "Bo may have been away or be new to us."
    )
    areas = EYFS_AREAS[EyfsFramework.OF_2021][:2]
    judged(bo, NOW, SUMMER, None, subject=areas[0], reason=Reason.NOT_REQUIRED)
    heading = "Communication and language"
    assert "the teacher will look" in words(access, bo, TermName.SUMMER)[heading][-1]
    judged(bo, NOW, SUMMER, None, subject=areas[1], reason=Reason.NOT_REQUIRED)
    assert words(access, bo, TermName.SUMMER)[heading] == (
        "This year we do not write down where Bo is in this.",
        "Next, Bo’s teacher can show you the work in hand and what it leads to.",
    )


def test_the_page_has_no_points_codes_colours_or_stages(access, ava: Pupil) -> None:  # type: ignore[no-untyped-def]
    address = reverse("pupil_for_parents", args=[access.school.urn, NOW, ava.public_id])
    answer = signed_in(access.user).get(f"{address}?term=autumn").content.decode()
    letter = strip_tags(answer[answer.index("<article") : answer.index("</article>")])
    assert re.findall(r"\d+", letter.replace("Year 2", "")) == []
    for word in (
        "below",
        "above",
        "expected range",
        "Entering",
        "Developing",
        "Securing",
        "Mastery",
        "red",
        "points",
    ):
        assert not re.search(rf"\b{word}\b", letter, re.IGNORECASE), word
    assert "is-below" not in answer
