"""The pictures of progress against numbers worked out by hand: tests/reports/counted_school.py says who is who."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from itertools import product

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.expected_range import Attainment
from assessment.engine.progress import Progress
from assessment.engine.subjects import MATHEMATICS
from reports.documents.dashboard import dashboard
from reports.documents.progress_pictures import (
    Cell,
    ProgressPictures,
    grid_table,
    matrix_table,
    progress_pictures,
    selected_pupils,
    steps_table,
)
from reports.documents.progress_selections import Axis, Counted, Selection
from reports.queries.figures import figures
from reports.queries.scope import Filters, Measure, Scope
from schools.calendar import TermName, YearGroup
from schools.models import ClassGroup, Membership, Pupil, Role, School
from schools.row_security import visible_to
from schools.services import classes
from tests.conftest import member, signed_in
from tests.factories import PupilYearFactory, judged, on_roll
from tests.reports.counted_school import LAST_YEAR, YEAR, counted
from tests.reports.test_dashboard import access_of, tile

__all__ = ["counted"]
pytestmark = pytest.mark.django_db
AUTUMN, SPRING, SUMMER = TermName
YEAR_4 = Filters(year_group=YearGroup.Y4)


def scope_of(
    school: School, term: TermName, *, filters: Filters = YEAR_4, measure: Measure = Measure.YEAR
) -> Scope:
    viewer = access_of(school, Role.HEAD)
    return Scope(
        schools=(school,), academic_year=YEAR, term=term, measure=measure, filters=filters, viewer=viewer
    )


def pictures_of(scope: Scope, axis: Axis = Axis.STAGES) -> ProgressPictures:
    assert scope.viewer is not None
    return progress_pictures(scope.viewer, scope, YearGroup.Y4, MATHEMATICS.number, axis, {})


def counts(pictures: ProgressPictures) -> list[list[int]]:
    return [
        [cell.count for cell in (*row.cells, row.measured, row.no_baseline, row.judged)]
        for row in (*pictures.grid, pictures.all_row)
    ]


def in_year_4(school: School) -> Pupil:
    """Somebody more, on roll since the year before."""
    pupil = on_roll(school, YEAR).pupil
    PupilYearFactory.create(
        school=school, pupil=pupil, academic_year=LAST_YEAR, year_group=YearGroup.Y3, class_group=None
    )
    return pupil


def test_the_nine_cells_and_who_is_in_none(counted: School) -> None:
    # Summer. Above: Bob, 7 steps and Mastery, more. At: Ann 7 of 7; Dev, on entry in Spring, 3 of 2, more; Ida 7 of 7.
    # Below: Cat 6 from the Baseline and Eve 6, less; Hal without a start. Fin and Gus have left; Jon is in Year 3 by his record.
    summer = pictures_of(scope_of(counted, SUMMER))
    assert counts(summer) == [
        [0, 0, 1, 1, 0, 1],
        [0, 2, 1, 3, 0, 3],
        [2, 0, 0, 2, 1, 3],
        [2, 2, 2, 6, 1, 7],
    ]
    assert (summer.on_roll.count, summer.measured.count) == (7, 6)
    assert [(each.why, each.cell.count) for each in summer.left_out] == [(Counted.NO_BASELINE, 1)]
    # Spring. At: Ann 5 of 5, Ida 5 of 5, Dev whose first judgement is this. Above: Bob 4 of 5, less. Below: Hal. Cat not entered, Eve absent.
    spring = pictures_of(scope_of(counted, SPRING))
    assert counts(spring) == [
        [1, 0, 0, 1, 0, 1],
        [0, 2, 0, 2, 1, 3],
        [0, 0, 0, 0, 1, 1],
        [1, 2, 0, 3, 2, 5],
    ]
    assert [(each.why.label, each.cell.count) for each in spring.left_out] == [
        ("No baseline", 2),
        ("Not entered", 1),
        ("Absent", 1),
    ]
    for shown in (summer, spring):
        assert shown.measured.count + sum(each.cell.count for each in shown.left_out) == shown.on_roll.count
    table = grid_table(spring)
    assert table.rows[-3:] == [
        ["Not judged: not entered", *[None] * 5, 1],
        ["Not judged: absent", *[None] * 5, 1],
        ["On roll", *[None] * 5, 7],
    ]


def test_from_start_to_now(counted: School) -> None:
    # Starts as Year 4 reads them: Ann 40, Eve 39, Cat 38: Year 3 Developing is 39 and 40, Entering 37 and 38. Ida 41: Securing. Bob 44: Year 4
    # Entering. Dev 46: Developing. Now Ann 47 Developing, Bob 51 Mastery, Cat 44 and Eve 45 Entering, Dev 49 and Ida 48 Securing.
    shown = pictures_of(scope_of(counted, SUMMER)).matrix
    assert shown.columns == ("Year 4 Entering", "Year 4 Developing", "Year 4 Securing", "Year 4 Mastery")
    told = {row.name: [cell.count for cell in (*row.cells, row.total)] for row in shown.rows}
    assert told == {
        "Year 3 Entering": [1, 0, 0, 0, 1],
        "Year 3 Developing": [1, 1, 0, 0, 2],
        "Year 3 Securing": [0, 0, 1, 0, 1],
        "Year 4 Entering": [0, 0, 0, 1, 1],
        "Year 4 Developing": [0, 0, 1, 0, 1],
    }
    assert [cell.count for cell in shown.totals] == [2, 1, 2, 1]
    assert [shown.rows[place].cells[column].mark for place, column in ((0, 0), (1, 1), (3, 3))] == [
        "is-below",
        "is-at",
        "is-above",
    ]
    in_points = pictures_of(scope_of(counted, SUMMER), Axis.POINTS)
    assert in_points.matrix.columns == ("44", "45", "47", "48", "49", "51")
    assert matrix_table(in_points).rows[0] == ["38", 1, 0, 0, 0, 0, 0, 1]
    # One cell may hold both: Year 3 Developing from 40 to 46 is fewer steps than Ann's 7.
    fay = in_year_4(counted)
    judged(fay, LAST_YEAR, AssessmentTerm.SUMMER, 40)
    judged(fay, YEAR, AssessmentTerm.SUMMER, 46)
    mixed = pictures_of(scope_of(counted, SUMMER)).matrix.rows[1].cells[1]
    assert (mixed.count, mixed.mark) == (2, "")
    assert [(part.mark.word, part.count) for part in mixed.parts] == [
        ("less than expected", 1),
        ("expected", 1),
    ]


def test_how_many_made_how_many_steps(counted: School) -> None:
    # 7, 7, 6, 3, 6, 7: 36 of six, 6.0; the middle two of 3 6 6 7 7 7 are 6 and 7. Seven were expected of all but Dev, of whom 2.
    shown = pictures_of(scope_of(counted, SUMMER))
    told = [(line.text, line.cell.count, line.expected_of) for line in shown.steps]
    assert told == [("+7", 3, 5), ("+6", 2, 0), ("+5", 0, 0), ("+4", 0, 0), ("+3", 1, 0), ("+2", 0, 1)]
    assert (str(shown.average_steps), str(shown.median_steps)) == ("6.0", "6.5")
    assert steps_table(shown).rows[0] == [7, 3, 0, 2, 1, 5]
    assert steps_table(shown).rows[-3:-1] == [
        ["No baseline", 1, None, None, None, None],
        ["Average steps", shown.average_steps, None, None, None, None],
    ]
    # Of somebody typed in wrongly the axis does not grow to hundreds of lines.
    far = in_year_4(counted)
    judged(far, LAST_YEAR, AssessmentTerm.SUMMER, 60)
    judged(far, YEAR, AssessmentTerm.SUMMER, 4)
    assert [line.steps for line in pictures_of(scope_of(counted, SUMMER)).steps] == [7, 6, 3, 2, -56]
    assert pictures_of(scope_of(counted, SUMMER)).steps[-1].text == "\N{MINUS SIGN}56"


def everything(scope: Scope, axis: Axis) -> list[tuple[Cell, Selection]]:
    """Each cell of the pictures with the selection that its address says."""
    shown = pictures_of(scope, axis)
    cells = [cell for row in (*shown.grid, shown.all_row) for cell in row.cells]
    cells += [
        each for row in (*shown.grid, shown.all_row) for each in (row.measured, row.no_baseline, row.judged)
    ]
    cells += [cell for row in shown.matrix.rows for cell in (*row.cells, row.total)]
    cells += [*shown.matrix.totals, shown.on_roll, shown.measured, *(each.cell for each in shown.left_out)]
    cells += [line.cell for line in shown.steps]
    return [(cell, said_by(cell.query)) for cell in cells]


def said_by(query: str) -> Selection:
    said = dict(part.split("=") for part in query.split("&"))
    return Selection(
        counted=Counted(said["counted"]),
        attainment=Attainment[said["attainment"].upper()] if "attainment" in said else None,
        progress=Progress[said["progress"].upper()] if "progress" in said else None,
        axis=Axis(said.get("by", Axis.STAGES)),
        start=said.get("start", ""),
        now=said.get("now", ""),
        steps=int(said["steps"]) if "steps" in said else None,
    )


@pytest.mark.usefixtures("unmeasured")
def test_each_cell_opens_to_exactly_its_pupils_and_the_margins_are_the_dashboards(counted: School) -> None:
    proved = 0
    for term, axis, measure in product(TermName, Axis, (Measure.YEAR, Measure.TERM)):
        scope = scope_of(counted, term, measure=measure)
        assert scope.viewer is not None
        for cell, selection in everything(scope, axis):
            found = selected_pupils(scope.viewer, scope, MATHEMATICS.number, selection)
            assert found.count == cell.count, (term, selection)
            proved += 1
        shown = pictures_of(scope, axis)
        (figure,) = (each for each in figures(scope, by_group=False) if each.subject == MATHEMATICS.number)
        above, at, below = shown.grid
        assert [row.judged.count for row in (below, at, above)] == [figure.below, figure.at, figure.above]
        assert [cell.count for cell in shown.all_row.cells] == [
            figure.progress_below,
            figure.progress_expected,
            figure.progress_above,
        ]
        assert (shown.on_roll.count, shown.all_row.judged.count) == (figure.pupils, figure.assessed)
        assert shown.measured.count == figure.measured
        assert sum(row.total.count for row in shown.matrix.rows) == figure.measured
        assert sum(line.cell.count for line in shown.steps) == figure.measured
        page = dashboard(scope, {})
        assert tile(page, YearGroup.Y4, "Mathematics", progress=True).average == shown.average_steps
    assert proved > 500


def test_the_cells_of_the_hand_counted_school_are_these_pupils(counted: School) -> None:
    scope = scope_of(counted, SUMMER)
    assert scope.viewer is not None

    def names(**asked: object) -> list[str]:
        selection = Selection(**asked)  # type: ignore[arg-type]
        assert scope.viewer is not None
        found = selected_pupils(scope.viewer, scope, MATHEMATICS.number, selection)
        return sorted(line.name.split(", ")[1] for line in found.lines)

    measured = Counted.MEASURED
    assert names(counted=measured, attainment=Attainment.BELOW, progress=Progress.LESS) == ["Cat", "Eve"]
    assert names(counted=measured, attainment=Attainment.AT) == ["Ann", "Dev", "Ida"]
    assert names(counted=Counted.NO_BASELINE) == ["Hal"]
    assert names(counted=measured, start="3D") == ["Ann", "Eve"]
    assert names(counted=measured, start="3D", now="4D") == ["Ann"]
    assert names(counted=measured, axis=Axis.POINTS, start="44", now="51") == ["Bob"]
    assert names(counted=measured, steps=6) == ["Cat", "Eve"]
    assert names(counted=measured, start="nothing") == []


def at(school: School, path: str) -> str:
    return f"/schools/{school.urn}/{YEAR.slug}/dashboard/{path}"


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return " ".join(response.content.decode().split())


def links_of(page: str) -> list[tuple[str, int]]:
    """Each number that opens, with where to."""
    found = re.findall(r'<a[^>]*href="([^"]*/pupils/\?[^"]*)"[^>]*>(\d+)', page)
    return [(unescape(there), int(number)) for there, number in found]


def test_the_page_opens_from_the_tiles_and_each_number_on_it_to_its_pupils(counted: School) -> None:
    head = signed_in(member(counted, Role.HEAD))
    there = at(counted, "year-groups/4/mathematics/")
    linked = f'href="{there}?term=summer&amp;'
    assert linked in text(head, at(counted, "?term=summer"))
    assert linked in text(head, at(counted, "year-groups/4/?term=summer"))
    for query in ("term=summer", "term=spring&by=points&measure=term"):
        links = dict(links_of(text(head, f"{there}?{query}")))
        assert len(links) > 15
        for address, number in links.items():
            page = text(head, address)
            assert f"data-announce><strong>{number}</strong>" in page, address
            assert page.count('<th scope="row">') == number
    cell = text(head, f"{there}pupils/?term=summer&counted=measured&attainment=below&progress=less")
    assert "2</strong> pupils: Below, less than expected progress" in cell
    assert "from Year 3 Developing, now Year 4 Securing" in text(
        head, f"{there}pupils/?term=summer&counted=measured&start=3D&now=4S&by=stages"
    )
    assert "6 steps" in text(head, f"{there}pupils/?term=summer&counted=measured&steps=6")
    assert "not yours" in text(head, f"{there}pupils/?term=summer&counted=nobody")
    # Nobody has a start in Science; nobody is in Year 2; no pictures of what is not judged, or has no colours.
    assert "No progress is measured yet" in text(head, at(counted, "year-groups/4/science/?term=summer"))
    assert "Nobody to show" in text(head, at(counted, "year-groups/2/reading/"))
    for nothing in ("year-groups/4/latin/", "year-groups/R/reading/", "year-groups/9/reading/"):
        assert head.get(at(counted, nothing)).status_code == 404


def test_the_tables_go_out_as_they_are_shown(counted: School) -> None:
    head = signed_in(member(counted, Role.HEAD))
    there = at(counted, "year-groups/4/mathematics/")

    def rows(name: str) -> list[list[str]]:
        answer = head.get(f"{there}{name}.csv?term=summer&counted=measured&steps=6")
        assert answer.status_code == 200
        assert head.get(f"{there}{name}.xlsx?term=summer").content[:2] == b"PK"
        return list(csv.reader(io.StringIO(answer.content.decode())))

    assert rows("grid")[1:4] == [
        ["Above", "0", "0", "1", "1", "0", "1"],
        ["At", "0", "2", "1", "3", "0", "3"],
        ["Below", "2", "0", "0", "2", "1", "3"],
    ]
    assert rows("matrix")[-1] == ["All", "2", "1", "2", "1", "6"]
    assert rows("steps")[1] == ["7", "3", "0", "2", "1", "5"]
    assert len(rows("pupils")) == 3
    # A cell that no link names reaches the sheet's title, and breaks nothing.
    answer = head.get(f"{there}pupils.xlsx?term=summer&start=3%0bD")
    (sheet,) = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
    assert sheet["A1"].value == "Pupil"


def test_from_a_chosen_point_it_is_said_who_was_not_judged_there(counted: School) -> None:
    head = signed_in(member(counted, Role.HEAD))
    there = at(counted, "year-groups/4/mathematics/")
    page = text(head, f"{there}?term=summer&measure=since-2025-spring")
    assert "Not judged in Spring 2025/26</th>" in page
    assert "not judged in Spring 2025/26" in page
    assert "No baseline</th>" not in page
    assert "Not judged in Spring 2025/26" in text(
        head, f"{there}grid.csv?term=summer&measure=since-2025-spring"
    )
    chosen = "term=summer&measure=since-2025-spring&counted=no-baseline"
    assert "pupils: not judged in Spring 2025/26" in " ".join(
        re.sub("<[^>]*>", "", text(head, f"{there}pupils/?{chosen}")).split()
    )
    assert "No baseline" in text(head, f"{there}?term=summer")


def test_who_sees_the_pictures_and_of_whom(counted: School) -> None:
    there = at(counted, "year-groups/4/mathematics/")
    governor = signed_in(member(counted, Role.GOVERNOR))
    for end in ("", "pupils/", "grid.csv", "pupils.csv"):
        assert governor.get(f"{there}{end}").status_code == 403
    assert "/mathematics/" not in text(governor, at(counted, "?term=summer"))
    # Oak is Ann alone.
    teacher = member(counted, Role.TEACHER)
    with visible_to(counted):
        oak = ClassGroup.objects.get(name="Oak")
        classes.assign_teacher(class_group=oak, membership=Membership.objects.get(user=teacher), by=None)
    page = text(signed_in(teacher), f"{there}?term=summer")
    assert {number for _, number in links_of(page)} == {1}
    everybody = text(signed_in(teacher), f"{there}pupils/?term=summer")
    assert ", Ann<" in everybody
    assert ", Bob<" not in everybody
    assert "Pupil premium" in text(
        signed_in(member(counted, Role.HEAD)), f"{there}?term=summer&group=pupil-premium"
    )


def test_the_page_asks_as_often_for_more_pupils(counted: School) -> None:
    head = signed_in(member(counted, Role.HEAD))
    there = at(counted, "year-groups/4/mathematics/?term=summer")

    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            text(head, address)
        return len(queries)

    text(head, there)
    listed = there.replace("?", "pupils/?")
    before = asked(there), asked(listed)
    for number in range(3):
        pupil = in_year_4(counted)
        judged(pupil, LAST_YEAR, AssessmentTerm.SUMMER, 40 + number)
        judged(pupil, YEAR, AssessmentTerm.SUMMER, 44 + number)
    assert (asked(there), asked(listed)) == before
