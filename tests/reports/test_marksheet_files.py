"""Marksheets, and the list of them, as files: what the page shows, in values."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from django.urls import reverse

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import READING
from schools.calendar import AcademicYear, YearGroup
from schools.models import ClassGroup, PupilYear, Role, School
from schools.row_security import visible_to
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory, judged, on_roll

pytestmark = pytest.mark.django_db


def a_class(school: School, year: AcademicYear, name: str = "3/4 Ash") -> ClassGroup:
    """Two pupils: one with a start, one absent whose name looks like a formula."""
    with visible_to(school):
        class_group = ClassGroupFactory.create(school=school, academic_year=year, name=name)

        def pupil(surname: str, forename: str) -> PupilYear:
            return on_roll(
                school, year, class_group=class_group, pupil__surname=surname, pupil__forename=forename
            )

        ada, eve = pupil("Ash", "Ada"), pupil("=Cmd", "Eve")
        judged(ada.pupil, year, AssessmentTerm.BASELINE, 41, subject=READING)
        judged(ada.pupil, year, AssessmentTerm.AUTUMN, 45, subject=READING)
        judged(eve.pupil, year, AssessmentTerm.AUTUMN, None, subject=READING, reason="absent")
    return class_group


HEADINGS = [
    "Pupil",
    "Class",
    "Year group",
    "Summer {year}",
    "Summer {year}: against the expected range",
    "Baseline",
    "Baseline: against the expected range",
    "Autumn",
    "Autumn: against the expected range",
    "Spring",
    "Spring: against the expected range",
    "Summer",
    "Summer: against the expected range",
    "Steps this term",
    "Progress this term",
    "Steps this year",
    "Progress this year",
]


def test_a_marksheet_goes_out_as_csv_with_its_colours_in_words(school: School, year: AcademicYear) -> None:
    class_group = a_class(school, year)
    address = reverse(
        "class_marksheet_file", args=[school.urn, year, class_group.public_id, "reading", "csv"]
    )
    response = signed_in(member(school, Role.HEAD)).get(f"{address}?term=autumn")
    assert "3-4-ash" not in response.headers["Content-Type"]
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="school-' in response.headers["Content-Disposition"]
    assert "reading-34-ash-autumn" in response.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(response.content.decode())))
    assert rows == [
        [heading.format(year=int(year)) for heading in HEADINGS],
        ["'=Cmd, Eve", "3/4 Ash", "Year 4", "", "", "", "", "absent", "", "", "", "", "", "", "", "", ""],
        [
            "Ash, Ada",
            "3/4 Ash",
            "Year 4",
            "",
            "",
            "41",
            "",
            "45",
            "above",
            "",
            "",
            "",
            "",
            "4",
            "more than expected",
            "4",
            "more than expected",
        ],
    ]


def test_a_marksheet_goes_out_as_a_workbook_whatever_the_class_is_called(
    school: School, year: AcademicYear
) -> None:
    class_group = a_class(school, year, name="[3/4]: Ash?*\\")
    address = reverse(
        "class_marksheet_file", args=[school.urn, year, class_group.public_id, "reading", "xlsx"]
    )
    response = signed_in(member(school, Role.HEAD)).get(f"{address}?term=autumn")
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]
    assert [cell.value for cell in sheet[3]][7:9] == [45, "above"]


def test_a_year_groups_sheet_goes_out_with_those_whom_the_viewer_may_see(
    school: School, year: AcademicYear
) -> None:
    a_class(school, year)
    address = reverse("year_group_marksheet_file", args=[school.urn, year, YearGroup.Y4, "reading", "csv"])
    rows = signed_in(member(school, Role.HEAD)).get(address).content.decode().splitlines()
    assert len(rows) == 3
    of_a_teacher_without_classes = signed_in(member(school, Role.TEACHER)).get(address)
    assert len(of_a_teacher_without_classes.content.decode().splitlines()) == 1


def test_a_sheet_of_all_subjects_goes_out_with_each_heading_named_by_its_subject(
    school: School, year: AcademicYear
) -> None:
    class_group = a_class(school, year)
    address = reverse("class_marksheet_file", args=[school.urn, year, class_group.public_id, "all", "csv"])
    response = signed_in(member(school, Role.HEAD)).get(f"{address}?term=autumn")
    headings, eve, ada = csv.reader(io.StringIO(response.content.decode()))
    assert headings == [
        "Pupil",
        "Class",
        "Year group",
        *(
            f"{subject}: {what}"
            for subject in ("Reading", "Writing", "Mathematics", "Science")
            for what in ("Autumn", "Autumn: against the expected range", "steps", "progress")
        ),
    ]
    assert ada == ["Ash, Ada", "3/4 Ash", "Year 4", "45", "above", "4", "more than expected", *[""] * 12]
    assert eve[1:] == ["3/4 Ash", "Year 4", "absent", *[""] * 15]
    assert "all-subjects-34-ash-autumn" in response.headers["Content-Disposition"]


def test_the_list_of_marksheets_goes_out_with_its_counts(school: School, year: AcademicYear) -> None:
    a_class(school, year)
    address = reverse("completion_file", args=[school.urn, year, "csv"])
    response = signed_in(member(school, Role.HEAD)).get(f"{address}?term=autumn")
    rows = list(csv.reader(io.StringIO(response.content.decode())))
    assert rows == [
        [
            "Class",
            "Year groups",
            "Reading: entered",
            "Reading: of",
            "Writing: entered",
            "Writing: of",
            "Mathematics: entered",
            "Mathematics: of",
            "Science: entered",
            "Science: of",
            "Areas of learning: entered",
            "Areas of learning: of",
        ],
        ["3/4 Ash", "Year 4", "2", "2", "0", "2", "0", "2", "0", "2", "", ""],
    ]


def test_a_file_of_no_subject_is_not_found(school: School, year: AcademicYear) -> None:
    class_group = a_class(school, year)
    address = reverse("class_marksheet_file", args=[school.urn, year, class_group.public_id, "latin", "csv"])
    assert signed_in(member(school, Role.HEAD)).get(address).status_code == 404
