"""One area step by step, with numbers worked out by hand (see `early_world`)."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessment.services.snapshots import freeze
from reports.documents.aspects import ALL_OF_THEM, SOME, Aspects, aspects
from reports.documents.figure_pupils import Part, figure_pupils
from reports.queries.scope import Filters, Scope
from schools.access import Access
from schools.calendar import AcademicYear, EyfsFramework, TermName, YearGroup
from schools.models import Role
from schools.row_security import visible_to
from tests.conftest import member
from tests.factories import judged, on_roll
from tests.reports.early_world import (
    LAST_YEAR,
    SPEAKING,
    SPEAKING_OF_2012,
    SPRING,
    YEAR,
    EarlyWorld,
    early,
)

pytestmark = pytest.mark.django_db
__all__ = ["early"]
OF_2021, OF_2012 = EyfsFramework.OF_2021, EyfsFramework.OF_2012
EACH_ITS_OWN = {LAST_YEAR: OF_2012, YEAR: OF_2021}


def access_of(world: EarlyWorld, year: AcademicYear = YEAR) -> Access:
    head = member(world.school, Role.HEAD)
    return Access(head, world.school, (Role.HEAD,), year, (LAST_YEAR, YEAR), (world.school,))


def shown_to(
    access: Access,
    term: TermName = TermName.SPRING,
    *,
    area: int = SPEAKING.number,
    year_group: YearGroup | None = YearGroup.R,
    frameworks: dict[AcademicYear, EyfsFramework] | None = None,
    over_years: bool = False,
) -> Aspects:
    scope = Scope(
        schools=(access.school,),
        academic_year=access.academic_year,
        term=term,
        viewer=access,
        filters=Filters(year_group=year_group),
    )
    return aspects(access, scope, area, frameworks or EACH_ITS_OWN, {}, over_years=over_years)


def counts(shown: Aspects) -> dict[str, list[int]]:
    """The steps at which somebody stands, with how many in each column."""
    return {
        row.step.code: [cell.count for cell in row.cells]
        for row in shown.rows
        if any(c.count for c in row.cells)
    }


def test_term_beside_term(early: EarlyWorld) -> None:
    shown = shown_to(access_of(early), TermName.SUMMER)
    assert [column.label for column in shown.columns] == [
        "Autumn 2025/26",
        "Spring 2025/26",
        "Summer 2025/26",
    ]
    # Autumn Ann, Bob and Eve; Spring Dev, Ann, Fin and Bob; Summer Ann.
    assert counts(shown) == {
        "30-50d": [1, 0, 0],
        "30-50s": [0, 1, 0],
        "40-60e": [1, 1, 0],
        "40-60d": [0, 1, 0],
        "40-60s": [0, 1, 0],
        "ELG": [1, 0, 1],
    }
    shares = {row.step.code: [cell.share for cell in row.cells] for row in shown.rows}
    assert shares["40-60e"] == [Decimal(33), Decimal(25), Decimal(0)]
    # Dev joined in Spring, Eve left at the end of Autumn; Cat is absent in Spring.
    assert [(column.pupils, len(column.judged)) for column in shown.columns] == [(5, 3), (5, 4), (5, 1)]
    whys = [[(why.count, why.words) for why in column.whys] for column in shown.columns]
    assert whys == [[(2, "not entered")], [(1, "absent")], [(4, "not entered")]]
    # Below, at and above of each term.
    assert [[count for _, count, _ in foot.cells] for foot in shown.feet] == [[1, 1, 0], [1, 3, 1], [1, 0, 0]]
    # From 30-50 months on somebody stands: the stages below are left out, and named.
    assert (shown.rows[0].step.code, shown.below, shown.above) == ("30-50e", "30-50 months", "")


def test_what_is_typical_for_the_age(early: EarlyWorld) -> None:
    access = access_of(early)
    typical = {row.step.code: [cell.typical for cell in row.cells] for row in shown_to(access).rows}
    # All judged in Reception are 50 months or more and under the goal.
    assert typical["30-50s"] == ["", ""]
    assert typical["40-60e"] == [ALL_OF_THEM, ALL_OF_THEM]
    nursery = shown_to(access, year_group=YearGroup.N2)
    # Nia alone in Autumn, of 47 months; in Spring she is 50 months old, and Noa, 53 months, has left 30-50 behind.
    by_step = {row.step.code: [cell.typical for cell in row.cells] for row in nursery.rows}
    assert by_step["30-50e"] == [ALL_OF_THEM, SOME]
    assert by_step["40-60s"] == [ALL_OF_THEM, ALL_OF_THEM]
    assert by_step["22-36s"] == ["", ""]
    # In Summer of Reception the goal decides.
    summer = {row.step.code: row.cells[-1].typical for row in shown_to(access, TermName.SUMMER).rows}
    assert (summer["40-60s"], summer["ELG"]) == ("", ALL_OF_THEM)


def test_year_beside_year_and_either_framework(early: EarlyWorld) -> None:
    access = access_of(early)
    # The year before was judged in other areas.
    apart = shown_to(access, TermName.SUMMER, over_years=True)
    assert ([column.label for column in apart.columns], apart.without) == (["Summer 2025/26"], (LAST_YEAR,))
    # By one framework both stand side by side: Gus was on roll, and not judged in this area.
    alike = shown_to(access, TermName.SUMMER, frameworks={LAST_YEAR: OF_2021, YEAR: OF_2021}, over_years=True)
    assert [(column.label, column.pupils, len(column.judged)) for column in alike.columns] == [
        ("Summer 2024/25", 1, 0),
        ("Summer 2025/26", 5, 1),
    ]
    # Under 2012 Gus exceeds the goal, which under 2021 nobody does.
    then = shown_to(access_of_last_year(access), TermName.SUMMER, area=SPEAKING_OF_2012.number)
    assert counts(then) == {"ELG exceeding": [0, 0, 1]}
    assert [count for foot in then.feet for _, count, _ in foot.cells[-1:]] == [0, 0, 1]


def access_of_last_year(access: Access) -> Access:
    return Access(access.user, access.school, access.roles, LAST_YEAR, access.opened_years, access.schools)


def test_names_behind_each_step(early: EarlyWorld) -> None:
    access = access_of(early)
    shown = shown_to(access)
    for row in shown.rows:
        cell = row.cells[-1]
        found = figure_pupils(
            access, cell.column.scope, subject=SPEAKING.number, part=Part.ASSESSED, step=row.step
        )
        assert found.count == cell.count
    secure = next(row.step for row in shown.rows if row.step.code == "40-60s")
    listed = figure_pupils(
        access, shown.columns[-1].scope, subject=SPEAKING.number, part=Part.ASSESSED, step=secure
    )
    assert [line.name.split(", ")[1] for line in listed.lines] == ["Bob"]


def test_a_query_a_column_however_many_children(early: EarlyWorld) -> None:
    access = access_of(early)
    with CaptureQueriesContext(connection) as first:
        shown_to(access)
    for number in range(5):
        row = on_roll(early.school, YEAR, year_group=YearGroup.R, pupil__forename=f"New{number}")
        judged(row.pupil, YEAR, SPRING, 18, subject=SPEAKING)
    with CaptureQueriesContext(connection) as second:
        assert len(shown_to(access).columns[-1].judged) == 9
    assert len(first) == len(second) == 2


def test_page_and_files(early: EarlyWorld) -> None:
    client = Client()
    client.force_login(member(early.school, Role.HEAD))
    there = f"/schools/{early.school.urn}/2025-26/dashboard/early-years"
    page = client.get(f"{there}/areas/?term=spring&subject=e02").content.decode()
    assert "Reception Speaking, Autumn 2025 to Spring 2026</h2>" in page
    first = client.get(f"{there}/areas/?term=autumn&subject=e02").content.decode()
    assert "Reception Speaking, Autumn 2025</h2>" in first
    assert 'aria-current="page">Area by area' in page
    answer = client.get(f"{there}/steps.csv?term=spring&subject=e02")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    developing = next(row for row in rows if "40-60d" in row)
    assert developing == ["40-60 months", "40-60d", "19", "0", "0", "all", "1", "25", "all"]
    said = {
        row[0]: row[3:]
        for row in rows
        if row and row[0] in {"Below", "Judged", "Not judged: absent", "On roll"}
    }
    assert said == {
        "Below": ["1", "33", "", "1", "25", ""],
        "Judged": ["3", "", "", "4", "", ""],
        "Not judged: absent": ["0", "", "", "1", "", ""],
        "On roll": ["5", "", "", "5", "", ""],
    }
    assert client.get(f"{there}/steps.xlsx?term=spring&subject=e02").status_code == 200
    # Years cannot stand side by side for a class; a file, which cannot say so, is none.
    of_class = f"over=years&class_group={early.larch.public_id}&subject=e02"
    assert "are of one year alone" in client.get(f"{there}/areas/?{of_class}").content.decode()
    assert client.get(f"{there}/steps.csv?{of_class}").status_code == 404
    over_years = client.get(f"{there}/areas/?term=summer&over=years&subject=e02").content.decode()
    assert "as judged by the other framework’s areas: 2024/25" in over_years
    # A list of one step says which, and so does its file.
    listed = client.get(
        f"/schools/{early.school.urn}/2025-26/dashboard/pupils/?term=spring&year_group=R&subject=e02&part=assessed&step=20"
    ).content.decode()
    assert "at 40-60s" in listed
    assert listed.count('<th scope="row">') == 1
    # A snapshot keeps what was.
    with visible_to(early.school):
        freeze(school=early.school, academic_year=YEAR, term=TermName.SPRING, by=None)
        judged(early.pupils["Dev"], YEAR, SPRING, 20, subject=SPEAKING)
    frozen = client.get(f"{there}/steps.csv?term=spring&subject=e02&snapshot=1").content.decode("utf-8-sig")
    now = client.get(f"{there}/steps.csv?term=spring&subject=e02").content.decode("utf-8-sig")
    assert [line.split(",")[6] for line in (*frozen.splitlines(), *now.splitlines()) if "40-60s" in line] == [
        "1",
        "2",
    ]
    overview = client.get(f"{there}/?term=spring&snapshot=1").content.decode()
    assert "A snapshot is of one year" in overview
