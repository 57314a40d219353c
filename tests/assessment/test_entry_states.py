"""What a sheet says of its being open or closed: of all its pupils together, or of each year group where they differ.

The small school's mixed class 3/4 holds Dan of Year 3 and Eve of Year 4.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessment.engine.assessment_points import AssessmentTerm
from assessment.queries.entry_states import Entry
from schools.access import Access
from schools.calendar import TermName, YearGroup
from schools.models import EntryWindow, Role, School, Term
from schools.models.windows import BASELINE
from tests.assessment.test_marksheet_sheet import row_of, sheet
from tests.schools.small_school import YEAR, access_of, school_pupil

AUTUMN, SPRING, SUMMER = TermName
Y3, Y4 = YearGroup.Y3, YearGroup.Y4
# 12 December 2025, noon.
THEN = dt.datetime(2025, 12, 12, 12, tzinfo=dt.UTC)
LATER = dt.date(2025, 12, 20)


@pytest.fixture
def head(small_school: School) -> Access:
    return access_of(small_school, Role.HEAD)


def window(head: Access, year_group: YearGroup, term: int = AUTUMN, **days: object) -> None:
    EntryWindow.objects.create(
        school=head.school, academic_year=YEAR, term=term, year_group=year_group, **days
    )


def close_autumn(head: Access) -> None:
    Term.objects.in_school(head.school).filter(academic_year=YEAR, term=AUTUMN).update(closed_at=THEN)


def test_a_sheet_that_is_as_the_term_names_nobody(head: Access) -> None:
    assert sheet(head, of_class="3/4", today=LATER).entries == (Entry("", "open for entry", True),)
    close_autumn(head)
    found = sheet(head, of_class="3/4", today=LATER)
    assert found.entries == (Entry("", "closed for entry since 12 December", False),)
    assert (found.is_closed, found.closed_terms) == (True, ("Autumn",))


def test_each_year_group_of_a_mixed_class_has_its_own_words(head: Access) -> None:
    window(head, Y3, closed_at=THEN)
    window(head, Y4, closes_on=dt.date(2026, 1, 9))
    found = sheet(head, of_class="3/4", today=LATER)
    assert found.entries == (
        Entry("Year 3", "closed since 12 December", False),
        Entry("Year 4", "open until 9 January", True),
    )
    assert (found.is_closed, found.closed_terms) == (False, ("Autumn of Year 3",))
    dan, eve = (row_of(found, school_pupil(head.school, name)) for name in ("Dan", "Eve"))
    # A Baseline without dates of its own goes with the year group's Autumn.
    assert dan.open_terms == {AssessmentTerm.SPRING, AssessmentTerm.SUMMER}
    assert eve.open_terms == set(AssessmentTerm)


def test_year_groups_of_whom_the_same_is_true_stand_together(head: Access) -> None:
    for year_group in (Y3, Y4):
        window(head, year_group, opens_on=dt.date(2026, 1, 5))
    assert sheet(head, of_class="3/4", today=LATER).entries == (
        Entry("Year 3 and Year 4", "opens on 5 January", False),
    )


def test_a_year_group_that_is_open_though_the_term_is_closed_is_named(head: Access) -> None:
    close_autumn(head)
    window(head, Y4, closes_on=dt.date(2026, 1, 9))
    assert sheet(head, of_class="4A", today=LATER).entries == (Entry("Year 4", "open until 9 January", True),)


def test_a_baseline_closed_by_itself_is_named_among_what_is_closed(head: Access) -> None:
    window(head, Y4, BASELINE, closed_at=THEN)
    assert sheet(head, of_class="4A", today=LATER).closed_terms == ("Baseline",)
    assert sheet(head, of_class="3/4", today=LATER).closed_terms == ("Baseline of Year 4",)


def test_windows_add_no_questions_to_a_sheet(head: Access) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as queries:
            sheet(head, of_class="3/4", today=LATER)
        return len(queries)

    before = questions()
    for term in (AUTUMN, SPRING, SUMMER):
        for year_group in (Y3, Y4):
            window(head, year_group, term, closed_at=THEN)
    assert questions() == before
