"""From Reception into Key Stage 1, by three people: thirty children are judged in seventeen areas, their Baselines are confirmed, and progress appears."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import EYFS_AREAS, MATHEMATICS, baseline_source
from assessment.models import Judgement, Source
from schools.calendar import AcademicYear, EyfsFramework, YearGroup
from schools.models import Membership, Pupil, Role
from schools.row_security import visible_to
from schools.services import classes, years
from tests.browser.conftest import Visitor, World
from tests.browser.sheets import begin, enter, expect_saved
from tests.browser.test_pasting import paste
from tests.factories import ClassGroupFactory, PupilYearFactory, judged, on_roll

pytestmark = pytest.mark.django_db(transaction=True)
BASELINE, AUTUMN, SPRING, SUMMER = AssessmentTerm
AREAS = EYFS_AREAS[EyfsFramework.OF_2021]
CHILDREN = 30
# Ten children each: emerging, at the goal by its code, at the goal by its number. All alike in every area.
TYPED = ["40-60s"] * 10 + ["elg"] * 10 + ["21"] * 10


@dataclass(frozen=True)
class Cohort:
    """Reception of last year, which is Year 1 now."""

    reception: str
    desk: str
    children: list[Pupil]


def cohort(world: World) -> Cohort:
    last = AcademicYear(world.year - 1)
    with visible_to(world.school):
        years.open_year(school=world.school, academic_year=last, by=None)
        rb = ClassGroupFactory.create(school=world.school, academic_year=last, name="RB")
        one = ClassGroupFactory.create(school=world.school, academic_year=world.year, name="1B")
        children = []
        for number in range(CHILDREN):
            row = on_roll(
                world.school,
                last,
                class_group=rb,
                year_group=YearGroup.R,
                pupil__surname=f"Child{number:02}",
            )
            PupilYearFactory.create(
                school=world.school,
                academic_year=world.year,
                pupil=row.pupil,
                class_group=one,
                year_group=YearGroup.Y1,
            )
            children.append(row.pupil)
        teacher = Membership.objects.get(school=world.school, user=world.people["teacher"], role=Role.TEACHER)
        for group in (rb, one):
            classes.assign_teacher(class_group=group, membership=teacher, by=None)
    there = f"{world.address}/schools/{world.school.urn}/{last.slug}"
    return Cohort(
        f"{there}/marksheets/classes/{rb.public_id}/areas/?term=summer", world.at("baselines/"), children
    )


def test_reception_is_judged_the_year_1_teacher_confirms_and_the_head_sees_progress(
    visit: Callable[..., Visitor], world: World
) -> None:
    of = cohort(world)
    reception = visit("teacher", 768)
    begin(reception.page, of.reception)
    # The first area by keyboard, from the last child on to the first of the next area; there the rest from Excel.
    enter(reception.page, *TYPED)
    expect_saved(reception.page)
    paste(reception.page, "\r\n".join("\t".join([text] * (len(AREAS) - 1)) for text in TYPED))
    expect(reception.page.locator("#paste-summary")).to_contain_text("480 understood")
    reception.page.get_by_role("button", name="Paste 480 cells").click()
    expect(reception.page.locator("#notice")).to_contain_text("480 saved.", timeout=60_000)
    with visible_to(world.school):
        entered = Judgement.objects.in_school(world.school).filter(pupil__in=of.children)
        points = {(each.pupil_id, each.subject_id): each.points for each in entered}
    assert len(points) == CHILDREN * len(AREAS)
    expected = dict(zip([child.pk for child in of.children], [20] * 10 + [21] * 20, strict=True))
    assert all(points[pupil, area.number] == expected[pupil] for pupil in expected for area in AREAS)

    head = visit("head")
    early = of.reception.split("marksheets/")[0] + "dashboard/early-years/good-level/?term=summer"
    head.page.goto(early)
    expect(head.page.locator("main")).to_contain_text(re.compile(r"20\s+of\s+30"))
    head.check()

    # In Year 1 nothing that is offered counts until somebody confirms it.
    with visible_to(world.school):
        for child in of.children:
            judged(child, world.year, AUTUMN, 24, subject=MATHEMATICS)
    teacher = visit("teacher")
    teacher.page.goto(of.desk)
    source = baseline_source(MATHEMATICS, EyfsFramework.OF_2021)
    assert source
    expect(teacher.page.locator("main")).to_contain_text(source.name)
    teacher.check()
    teacher.page.get_by_role("link", name=re.compile("Confirm all 90 offers")).click()
    teacher.page.get_by_role("button", name="Confirm what is ticked").click()
    expect(teacher.page.get_by_role("heading", level=1)).to_contain_text("Baselines")
    with visible_to(world.school):
        confirmed = Judgement.objects.in_school(world.school).filter(term=BASELINE, source=Source.OFFERED)
        assert confirmed.count() == 90
        assert {each.points for each in confirmed.filter(subject=MATHEMATICS.number)} == {20, 21}

    # Since the Baseline: 24 from 20 are 4 steps of 3 expected, 24 from 21 are 3.
    for asked in ("?term=autumn", "?term=autumn&measure=key-stage", "?term=autumn&measure=after-eyfs"):
        head.page.goto(world.at(f"dashboard/{asked}"))
        expect(head.page.get_by_role("link", name=re.compile("^20 .*expected")).first).to_be_visible()
        expect(
            head.page.get_by_role("link", name=re.compile("^10 .*more", re.IGNORECASE)).first
        ).to_be_visible()
    head.page.get_by_role("link", name=re.compile("^10 .*more", re.IGNORECASE)).first.click()
    expect(head.page.locator("main tbody tr")).to_have_count(10)
    expect(head.page.locator("main")).to_contain_text("Child00")
    expect(head.page.locator("main")).not_to_contain_text("Child10")
