"""`manage.py analyse`: the tidy table on standard output or in a file, and what is refused."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from reports.documents.tables import Table
from reports.exports.csv import to_csv
from reports.exports.excel import to_xlsx
from schools.models import ClassGroup, School
from tests.reports.counted_school import counted

__all__ = ["counted"]
pytestmark = pytest.mark.django_db
HEADER = (
    "school_urn,academic_year,term,measure,year_group,subject,group,pupils,assessed,below,at,above,average_points,"
    "progress_measured,progress_below,progress_expected,progress_above,average_steps"
)


def run(school: School, *more: str) -> str:
    output = io.StringIO()
    call_command("analyse", "--school", school.urn, "--year", "2025/26", *more, stdout=output)
    return output.getvalue()


def test_the_table_is_csv_with_the_agreed_header(counted: School) -> None:
    header, *rows = run(counted, "--term", "summer").splitlines()
    assert header == HEADER
    maths = f"{counted.urn},2025/26,summer,year,4,Mathematics,All,7,7,3,3,1,47.14,6,2,2,2,6.00"
    assert maths in rows
    assert f"{counted.urn},2025/26,summer,year,4,Combined,All,7,3,1,1,1,,,,,," in rows
    assert f"{counted.urn},2025/26,summer,year,4,Science,All,7,0,0,0,0,,0,0,0,0," in rows


def test_rows_are_in_order_of_year_group_subject_and_group(counted: School) -> None:
    rows = list(csv.DictReader(io.StringIO(run(counted, "--term", "summer"))))
    assert list(dict.fromkeys(row["year_group"] for row in rows)) == ["3", "4"]
    subjects = ["Reading", "Writing", "Mathematics", "Science", "Combined"]
    assert list(dict.fromkeys(row["subject"] for row in rows)) == subjects
    assert [row["group"] for row in rows if row["year_group"] == "3" and row["subject"] == "Combined"] == [
        "All",
        "Boys",
        "Not pupil premium",
    ]


def test_the_measure_is_named_and_counts(counted: School) -> None:
    (row,) = (
        row
        for row in csv.DictReader(io.StringIO(run(counted, "--term", "Summer", "--measure", "term")))
        if (row["year_group"], row["subject"], row["group"]) == ("4", "Mathematics", "All")
    )
    assert (row["measure"], row["progress_measured"], row["average_steps"]) == ("term", "7", "2.71")


def test_a_workbook_holds_the_same_as_the_csv(counted: School, tmp_path: Path) -> None:
    workbook, text = tmp_path / "analysis.xlsx", tmp_path / "analysis.csv"
    run(counted, "--term", "summer", "--format", "xlsx", "--output", str(workbook))
    run(counted, "--term", "summer", "--output", str(text))
    sheet = load_workbook(workbook).active
    assert sheet is not None
    in_workbook = [list(row) for row in sheet.iter_rows(values_only=True)]
    in_text = list(csv.reader(io.StringIO(text.read_text(encoding="utf-8"))))
    assert in_workbook[0] == in_text[0]
    # Counts and averages are numbers in the workbook.
    assert [
        [
            str(value) if index < 7 else "" if value is None else float(value)
            for index, value in enumerate(row)
        ]
        for row in in_workbook[1:]
    ] == [
        [value if index < 7 or not value else float(value) for index, value in enumerate(row)]
        for row in in_text[1:]
    ]


def test_text_that_a_spreadsheet_would_run_is_defused(counted: School) -> None:
    ClassGroup.objects.filter(name="Oak").update(name="=1+1")
    assert ",Class =1+1," in run(counted, "--term", "summer")
    table = Table("Names", ("=heading",), (("=1+1",), ("@x",), ("-0",), (-3,)))
    assert to_csv(table).decode().splitlines() == ["'=heading", "'=1+1", "'@x", "'-0", "-3"]
    sheet = load_workbook(io.BytesIO(to_xlsx(table))).active
    assert sheet is not None
    assert [row[0].value for row in sheet.iter_rows()] == ["'=heading", "'=1+1", "'@x", "'-0", -3]
    assert [row[0].data_type for row in sheet.iter_rows()] == ["s", "s", "s", "s", "n"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--school", "999999", "--year", "2025/26"], "There is no school with the URN '999999'."),
        (["--year", "2031/32"], "holds nothing of 2031/32"),
        (["--year", "2025/26", "--output", "/no/such/folder/file.csv"], "cannot be written"),
    ],
)
def test_what_cannot_be_analysed_is_refused_in_a_sentence(
    counted: School, arguments: list[str], why: str
) -> None:
    asked = ["--school", counted.urn, "--term", "summer", *arguments]
    with pytest.raises(CommandError, match=why) as refused:
        call_command("analyse", *asked, stdout=io.StringIO())
    assert refused.value.returncode == 1


def test_a_workbook_is_not_printed_where_only_text_can_be(counted: School) -> None:
    with pytest.raises(CommandError, match="name an --output") as refused:
        run(counted, "--term", "summer", "--format", "xlsx")
    assert refused.value.returncode == 2


@pytest.mark.parametrize(
    "wrong", [["--year", "2025"], ["--year", "2025/27"], ["--term", "easter"], ["--measure", "month"]]
)
def test_wrong_usage_ends_with_two(wrong: list[str]) -> None:
    arguments = ["--school", "990001", "--year", "2025/26", "--term", "summer", *wrong]
    run = subprocess.run(
        [sys.executable, "manage.py", "analyse", *arguments],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert "usage:" in run.stderr
