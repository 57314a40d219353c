"""The pages of figures as people ask for them: what an address may say, who sees what, and the files."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from html import unescape
from urllib.parse import urljoin

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.text import slugify
from openpyxl import load_workbook

from assessment.engine.assessment_points import AssessmentTerm
from schools.calendar import AcademicYear, YearGroup
from schools.models import ClassGroup, Membership, Pupil, Role, School, Sex
from schools.row_security import visible_to
from schools.services import classes, years
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory, PupilYearFactory, judged, on_roll
from tests.reports.counted_school import YEAR, counted

__all__ = ["counted"]
pytestmark = pytest.mark.django_db
WRONG = "This link asks for something that is not here or not yours."


def at(school: School, path: str = "", year: AcademicYear = YEAR) -> str:
    return f"/schools/{school.urn}/{year.slug}/dashboard/{path}"


def text(client: Client, address: str, **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def rows(client: Client, address: str) -> list[list[str]]:
    response = client.get(address)
    assert response.status_code == 200
    return list(csv.reader(io.StringIO(response.content.decode())))


@pytest.fixture
def head(counted: School) -> Client:
    return signed_in(member(counted, Role.HEAD))


@pytest.fixture
def governor(counted: School) -> Client:
    return signed_in(member(counted, Role.GOVERNOR))


def test_it_opens_on_the_last_term_of_a_year_that_is_over(counted: School, head: Client) -> None:
    page = text(head, at(counted))
    assert "Attainment, Summer 2026" in page
    assert "Progress this year, Summer 2026" in page


def test_an_address_says_term_measure_group_and_class(counted: School, head: Client) -> None:
    oak = ClassGroup.objects.get(name="Oak").public_id
    page = text(head, at(counted, f"?term=autumn&measure=term&group=pupil-premium&class_group={oak}"))
    assert "Attainment, Autumn 2025" in page
    assert "Progress this term, Autumn 2025" in page
    assert "1 pupil: Pupil premium, Oak" in " ".join(page.split())
    # The links to pupils say the same.
    assert (
        f"?term=autumn&amp;measure=term&amp;group=pupil-premium&amp;class_group={oak}&amp;year_group=4"
        in page
    )
    assert WRONG not in page


@pytest.mark.parametrize(
    "asked",
    [
        "term=easter",
        "measure=month",
        "group=tall",
        "class_group=none",
        "class_group=00000000-0000-4000-8000-000000000000",
    ],
)
def test_a_choice_that_is_not_there_is_said_and_counts_as_not_made(
    counted: School, head: Client, asked: str
) -> None:
    for path in ("", "pupils/", "year-groups/4/"):
        page = text(head, at(counted, f"{path}?{asked}"))
        if not (path.startswith("year") and asked.startswith("group")):
            assert WRONG in page
        assert "57%" in page or path == "pupils/"


def test_another_schools_class_is_no_choice(counted: School, other_school: School, head: Client) -> None:
    year = AcademicYear.containing(timezone.localdate())
    with visible_to(other_school):
        theirs = ClassGroupFactory.create(school=other_school, academic_year=year)
    assert WRONG in text(head, at(counted, f"?class_group={theirs.public_id}"))


@pytest.mark.usefixtures("unmeasured")
def test_every_link_of_a_narrowed_page_leads_somewhere(counted: School, head: Client) -> None:
    oak = ClassGroup.objects.get(name="Oak").public_id
    seen = set()
    for asked in ("group=pupil-premium", f"class_group={oak}", f"group=girls&class_group={oak}"):
        for path in (
            f"?term=summer&{asked}",
            f"?term=summer&view=table&{asked}",
            f"pupils/?year_group=4&{asked}",
        ):
            address = at(counted, path)
            for link in re.findall(r' href="([^"#]+)', text(head, address)):
                to = urljoin(address, unescape(link))
                if "/dashboard/" in to and to not in seen:
                    seen.add(to)
                    response = head.get(to)
                    assert response.status_code == 200, to
                    if "/year-groups/" in to:
                        assert WRONG not in response.content.decode()
    assert any("/year-groups/4/" in to and f"class_group={oak}" in to for to in seen)


def test_a_year_group_shows_all_its_groups_whatever_group_is_asked_for(counted: School, head: Client) -> None:
    page = text(head, at(counted, "year-groups/4/?term=summer&group=pupil-premium"))
    assert WRONG in page
    assert "7 pupils" in page
    address = at(counted, "year-groups/4/subjects.csv?term=summer")
    # Nothing in a file would say so.
    assert head.get(f"{address}&group=pupil-premium").status_code == 404
    assert len(rows(head, address)) > 1


@pytest.mark.parametrize("asked", ["part=tall", "subject=latin", "year_group=14"])
def test_a_figure_that_is_not_there_is_said(counted: School, head: Client, asked: str) -> None:
    assert WRONG in text(head, at(counted, f"pupils/?{asked}"))


def test_htmx_gets_the_part_and_history_the_page(counted: School, head: Client) -> None:
    for path, part in (
        ("", "dashboard-figures"),
        ("pupils/", "figure-pupils"),
        ("year-groups/4/", "year-group-figures"),
    ):
        asked = {"HX-Request": "true"}
        fragment = text(head, at(counted, path), **asked)
        assert fragment.lstrip().startswith(("<div", "<section"))
        assert f'id="{part}"' in fragment
        assert "<html" not in fragment
        assert "<html" in text(head, at(counted, path), **asked, **{"HX-History-Restore-Request": "true"})
        assert "HX-Request" in head.get(at(counted, path)).headers["Vary"]


def test_a_figure_opens_to_its_pupils_with_reasons(counted: School, head: Client) -> None:
    page = text(head, at(counted, "pupils/?term=spring&year_group=4&subject=mathematics&part=missing"))
    assert "<strong>2</strong> pupils: not judged in Mathematics" in page
    assert "Cat" in page
    assert "Absent" in page
    assert "Ann" not in page


def test_a_new_judgement_is_there_at_the_next_load(counted: School, head: Client) -> None:
    assert "Nothing entered" in text(head, at(counted))
    with visible_to(counted):
        ann = Pupil.objects.get(forename="Ann")
        from assessment.engine.subjects import SCIENCE

        judged(ann, YEAR, AssessmentTerm.SUMMER, 47, subject=SCIENCE)
    lines = {tuple(row[:2]): row for row in rows(head, at(counted, "attainment.csv"))}
    assert lines["Year 4", "Science"][3] == "1"


def test_a_term_without_judgements_says_what_to_do(school: School, year: AcademicYear) -> None:
    with visible_to(school):
        on_roll(school, year)
    page = text(signed_in(member(school, Role.HEAD)), at(school, "?term=spring", year))
    assert "Nothing has been entered for Spring yet" in page


def test_a_school_without_pupils_says_so(school: School, year: AcademicYear) -> None:
    assert "No pupils yet" in text(signed_in(member(school, Role.HEAD)), at(school, "", year))
    teacher = signed_in(member(school, Role.TEACHER))
    assert "No pupils to show" in text(teacher, at(school, "", year))


def test_a_group_with_nobody_in_it_offers_everybody(counted: School, head: Client) -> None:
    page = text(head, at(counted, "?group=looked-after"))
    assert "Nobody is in this group or class" in page
    assert "Show everybody" in page


def test_a_year_group_that_the_school_does_not_have_is_not_found(counted: School, head: Client) -> None:
    assert head.get(at(counted, "year-groups/9/")).status_code == 404
    assert "Nobody to show in Year 2" in text(head, at(counted, "year-groups/2/"))


def test_a_teacher_sees_figures_of_the_own_classes(counted: School) -> None:
    user = member(counted, Role.TEACHER)
    with visible_to(counted):
        classes.assign_teacher(
            class_group=ClassGroup.objects.get(name="Oak"),
            membership=Membership.objects.get(user=user),
            by=None,
        )
    teacher = signed_in(user)
    assert "1 pupil of your classes" in " ".join(text(teacher, at(counted)).split())
    listed = text(teacher, at(counted, "pupils/?year_group=4&subject=mathematics"))
    assert "Ann" in listed
    assert "Bob" not in listed
    assert "Hal" not in text(teacher, at(counted, "year-groups/4/?term=spring"))


FORENAMES = ("Ann", "Bob", "Cat", "Dev", "Eve", "Hal", "Ida", "Jon")


def test_a_governor_meets_no_name_no_small_number_and_no_link_to_pupils(
    counted: School, governor: Client
) -> None:
    for path in ("", "?view=table", "year-groups/4/", "?group=girls", "attainment.csv"):
        page = text(governor, at(counted, path))
        assert not [name for name in FORENAMES if f"{name}<" in page or f", {name}" in page]
        assert "dashboard/pupils" not in page
        assert "57%" not in page
    for path in ("pupils/", "pupils.csv", "year-groups/4/missing.csv"):
        assert governor.get(at(counted, path)).status_code == 403


def test_a_governor_is_told_that_a_group_is_not_for_them(counted: School, governor: Client) -> None:
    assert WRONG in text(governor, at(counted, "?group=girls"))
    assert WRONG not in text(governor, at(counted))


@pytest.fixture
def over(school: School, year: AcademicYear) -> AcademicYear:
    """The year before, which is over: of a term that lasts a governor sees nothing."""
    before = AcademicYear(year - 1)
    with visible_to(school):
        years.open_year(school=school, academic_year=before, by=None)
    return before


@pytest.fixture
def larger(school: School, over: AcademicYear) -> School:
    """Year 4: 30 in Mathematics, 10 below, 12 at and 8 above; Year 3: 20, of whom 3 are above."""
    with visible_to(school):
        for year_group, points in (
            (YearGroup.Y4, [40] * 10 + [43] * 12 + [46] * 8),
            (YearGroup.Y3, [34] * 8 + [36] * 9 + [39] * 3),
        ):
            for number, each in enumerate(points):
                sex = Sex.FEMALE if number % 2 else Sex.MALE
                pupil = on_roll(school, over, year_group=year_group, pupil__sex=sex).pupil
                judged(pupil, over, AssessmentTerm.AUTUMN, each)
    return school


def test_a_governor_sees_what_is_not_small_on_the_page_and_in_the_file(
    larger: School, over: AcademicYear
) -> None:
    client = signed_in(member(larger, Role.GOVERNOR))
    page = text(client, at(larger, "?term=autumn", over))
    assert "67%" in page
    lines = {tuple(row[:2]): row[2:] for row in rows(client, at(larger, "attainment.csv?term=autumn", over))}
    # 3 above are hidden with the 8 below; the share would tell them.
    hidden = "held back"
    assert lines["Year 4", "Mathematics"][:6] == [hidden, "30", hidden, "10", hidden, hidden]
    assert lines["Year 4", "Mathematics"][6:] == ["67", "", "", ""]
    assert lines["Year 3", "Mathematics"][:6] == [hidden, "20", hidden, "8", hidden, hidden]
    assert lines["Year 3", "Mathematics"][6] == "60"
    report = text(client, at(larger, "year-groups/4/?term=autumn", over))
    assert "30 pupils" not in report
    assert "Missing judgements" not in report
    assert "Groups beside" not in report


@pytest.mark.parametrize(
    "path",
    [
        "attainment",
        "progress",
        "pupils",
        "year-groups/4/subjects",
        "year-groups/4/terms",
        "year-groups/4/groups",
        "year-groups/4/missing",
    ],
)
def test_each_table_downloads_in_both_formats_with_the_same_values(
    counted: School, head: Client, path: str
) -> None:
    in_text = rows(head, at(counted, f"{path}.csv?term=spring"))
    workbook = head.get(at(counted, f"{path}.xlsx?term=spring"))
    sheet = load_workbook(io.BytesIO(workbook.content)).active
    assert sheet is not None
    in_workbook = [
        ["" if value is None else str(value) for value in row] for row in sheet.iter_rows(values_only=True)
    ]
    assert len(in_text) > 1
    assert [len(row) for row in in_workbook] == [len(row) for row in in_text]
    assert in_workbook[0] == in_text[0]
    for wrote, said in zip(in_workbook, in_text, strict=True):
        assert [_plain(value) for value in wrote] == [_plain(value) for value in said]


def _plain(value: str) -> str | float:
    try:
        return float(value)
    except ValueError:
        return value


def test_a_files_name_says_school_table_term_and_day(counted: School, head: Client) -> None:
    response = head.get(at(counted, "pupils.csv?term=autumn&group=girls"))
    today = timezone.localdate()
    slug = counted.name.lower().replace(" ", "-")
    assert response.headers["Content-Disposition"] == (
        f'attachment; filename="{slug}-girls-reading-pupils-on-roll-autumn-2025-on-{today:%Y-%m-%d}.csv"'
    )
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize(
    ("path", "asked", "sheet"),
    [
        ("attainment", "", "Attainment, Summer 2026"),
        ("attainment", "group=pupil-premium", "Pupil premium, Attainment, Summer 2026"),
        ("progress", "class_group=", "One class, Progress this year, Summer 2026"),
        ("attainment", "group=girls&class_group=", "Girls, one class, Attainment, Summer 2026"),
        ("year-groups/4/subjects", "class_group=", "One class, Year 4, Summer 2026"),
        ("year-groups/4/missing", "class_group=", "One class, Year 4 missing, Summer 2026"),
        (
            "pupils",
            "group=girls&year_group=4&subject=mathematics&part=above",
            "Girls, Year 4 Mathematics pupils, above, Summer 2026",
        ),
    ],
)
def test_a_files_title_says_what_it_is_narrowed_to(
    counted: School, head: Client, path: str, asked: str, sheet: str
) -> None:
    asked = asked.replace("class_group=", f"class_group={ClassGroup.objects.get(name='Oak').public_id}")
    response = head.get(at(counted, f"{path}.xlsx?term=summer&{asked}"))
    assert load_workbook(io.BytesIO(response.content)).sheetnames == [sheet[:31]]
    name = response.headers["Content-Disposition"]
    assert f"-{slugify(sheet)}-on-" in name
    assert "oak" not in name


def test_a_teachers_file_says_that_it_is_of_the_own_classes(counted: School) -> None:
    user = member(counted, Role.TEACHER)
    teacher = signed_in(user)
    name = teacher.get(at(counted, "attainment.csv?term=summer")).headers["Content-Disposition"]
    assert "-own-classes-attainment-summer-2026-on-" in name


def test_a_name_that_a_spreadsheet_would_run_is_defused(counted: School, head: Client) -> None:
    with visible_to(counted):
        Pupil.objects.filter(forename="Ann").update(surname="=1+1")
        ClassGroup.objects.filter(name="Oak").update(name="@oak")
    lines = rows(head, at(counted, "pupils.csv?term=spring&subject=mathematics"))
    assert ["'=1+1, Ann", "Year 4", "'@oak"] in [line[:3] for line in lines]
    workbook = load_workbook(
        io.BytesIO(head.get(at(counted, "pupils.xlsx?term=spring&subject=mathematics")).content)
    )
    assert workbook.active is not None
    cells = [cell for row in workbook.active.iter_rows() for cell in row]
    assert "'=1+1, Ann" in {cell.value for cell in cells}
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_no_page_asks_more_for_more_pupils(
    counted: School, head: Client, django_assert_num_queries, django_assert_max_num_queries
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    paths = ("?term=summer", "pupils/?term=summer&subject=mathematics", "year-groups/4/?term=spring")
    before = {}
    for path in paths:
        with CaptureQueriesContext(connection) as asked:
            text(head, at(counted, path))
        before[path] = len(asked)
    with visible_to(counted):
        for number in range(3):
            pupil = on_roll(counted, YEAR, year_group=YearGroup.Y1 + number).pupil
            judged(pupil, YEAR, AssessmentTerm.SUMMER, 44)
            late = on_roll(counted, YEAR, starts_on=dt.date(2025, 9, 1)).pupil
            PupilYearFactory.create(
                school=counted, pupil=late, academic_year=AcademicYear(2024), year_group=YearGroup.Y3
            )
    for path in paths:
        with django_assert_max_num_queries(before[path]):
            text(head, at(counted, path))
