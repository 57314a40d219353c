"""What parents read: the sentences word for word, and nothing that is for staff."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import BY_NUMBER, EYFS_AREAS, READING, SCIENCE, WRITING
from assessment.models import Reason
from reports.documents.parent_words import _EARLY, parent_page
from reports.queries.pupil_progress import pupil_record
from schools.calendar import EyfsFramework, TermName, YearGroup
from schools.models import Pupil
from tests.conftest import signed_in
from tests.factories import judged
from tests.reports.test_pupil_progress import NOW, TODAY, access, ava, child

__all__ = ["access", "ava"]
pytestmark = pytest.mark.django_db
BASELINE, AUTUMN, SPRING, SUMMER = AssessmentTerm


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
        "We have no earlier starting point for Ava yet, so we cannot say how far they have come; by the end of the year we shall.",
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
        "Since the start of the year, Sam has been going back over earlier learning to make it secure, "
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
    assert {each.area_of_learning for each in BY_NUMBER.values() if each.area_of_learning} == set(_EARLY)
    old = child(access, YearGroup.Y10, born=dt.date(2011, 11, 3), forename="Lee")
    judged(old, NOW, AUTUMN, 90)
    assert words(access, old)["Mathematics"][0].startswith("In Year 10 we look at each pupil’s own path")


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
