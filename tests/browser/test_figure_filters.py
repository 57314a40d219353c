"""After a change of the filters every link of a page goes by what is shown: those that stand beside the figures too."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import COMBINED_SUBJECTS
from schools.calendar import AcademicYear, YearGroup
from schools.models import PupilYear
from schools.row_security import visible_to
from schools.services import years
from tests.browser.conftest import Visitor, World
from tests.factories import judged

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


def test_links_beside_the_figures_go_by_the_filters(visit: Visit, world: World) -> None:
    with visible_to(world.school):
        years.open_year(school=world.school, academic_year=AcademicYear(world.year - 1), by=None)
        for row in PupilYear.objects.in_school(world.school).select_related("pupil"):
            for subject in COMBINED_SUBJECTS if row.year_group is not YearGroup.R else ():
                for term, points in ((AssessmentTerm.BASELINE, 40), (AssessmentTerm.AUTUMN, 42)):
                    judged(row.pupil, world.year, term, points, subject=subject)
    visitor = visit("head", 1280, color_scheme="light")
    page = visitor.page
    page.goto(world.at("dashboard/?term=autumn"))
    crossed, progress = (page.get_by_label(name, exact=True) for name in ("and", "Progress"))
    expect(crossed).to_be_hidden()
    page.get_by_label("Group", exact=True).select_option("Girls")
    expect(crossed).to_be_visible()
    expect(page.locator("#dashboard-figures")).to_contain_text("Girls")
    progress.focus()
    progress.select_option("Since Baseline " + world.year.label)
    expect(page.locator("#progress")).to_contain_text("Progress from Baseline")
    expect(progress).to_be_focused()
    said = f"measure=since-{int(world.year)}-baseline&group=girls"
    heading = page.locator("#page-heading")
    for name in ("Groups and gaps", "Whom to talk about"):
        link = heading.get_by_role("link", name=name).get_attribute("href")
        assert link is not None
        assert said in link
    page.locator("#years summary").click()
    before = page.locator(f"#years a[href*='{AcademicYear(world.year - 1).slug}']").get_attribute("href")
    assert before is not None
    # The start lies in this year.
    assert before.endswith("?term=autumn&group=girls")
    heading.get_by_role("link", name="Groups and gaps").click()
    expect(page.get_by_label("Cross", exact=True)).to_have_value("girls")
    page.get_by_label("Year group", exact=True).select_option("Year 4")
    expect(page.locator("#groups-figures .figures-heading a").first).to_have_attribute(
        "href", re.compile("year_group=4")
    )
    visitor.check()
    # What can be chosen goes by the term.
    page.goto(world.at("dashboard/cohorts/4/mathematics/?term=autumn"))
    page.get_by_label("Term", exact=True).select_option("Summer")
    expect(heading.get_by_role("link", name="Other children at this age")).to_have_attribute(
        "href", re.compile("term=summer")
    )
    page.goto(world.at("dashboard/?term=autumn"))
    expect(progress.locator("optgroup option")).to_have_count(1)
    page.get_by_label("Term", exact=True).select_option("Summer")
    expect(progress.locator("optgroup option")).to_have_count(2)
