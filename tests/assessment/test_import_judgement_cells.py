"""What stands in the cells of a file of judgements is read as people write it, or refused in their words."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import EYFS_AREAS, MATHEMATICS
from assessment.models import Judgement
from schools.calendar import AcademicYear, EyfsFramework, YearGroup
from schools.models import Pupil, School
from schools.row_security import visible_to
from schools.services import years
from tests.assessment.judgement_files import (
    ELSIE,
    HEADINGS,
    LEAVER,
    NEITHER,
    RECEPTION,
    TERMS,
    WIDE,
    YEAR,
    Import,
    elsie,
    first_line,
    in_workbook,
)
from tests.factories import on_roll
from tests.schools.files import upn, write_workbook

# Points and reasons


@pytest.mark.parametrize(
    ("cell", "points"),
    [(44, 44), (44.0, 44), ("44", 44), ("44.0", 44), (" 4e ", 44), ("4E2", 45), ("ELG+", 22)],
)
def test_points_are_numbers_or_codes(load: Import, tmp_path: Path, cell: object, points: int) -> None:
    load.file(in_workbook(tmp_path, [HEADINGS, elsie(cell)]))
    assert load.values() == [(points, "", False, "")]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (44.5, "44.5"),
        (0, "0"),
        (102, "102"),
        (-44, "-44"),
        ("4E9", "4E9"),
        ("fourty", "fourty"),
        (True, "TRUE"),
    ],
)
def test_what_is_not_on_the_scale_is_refused_with_what_is_allowed(
    load: Import, tmp_path: Path, cell: object, shown: str
) -> None:
    report = load.file_refused(in_workbook(tmp_path, [HEADINGS, elsie(), elsie(cell)]))
    assert report == ["nothing was imported. 1 problem:", f"Row 3, Points: '{shown}' {NEITHER}"]


def test_a_formula_that_failed_is_no_judgement(load: Import, tmp_path: Path) -> None:
    report = load.file_refused(in_workbook(tmp_path, [HEADINGS, elsie("#N/A")]))
    assert report == [
        "nothing was imported. 1 problem:",
        "Row 2, Points: '#N/A' is the sign of a formula that failed. Write what should stand here, or clear the cell.",
    ]


@pytest.mark.parametrize("cell", ["4.00E+01", "4E+01"])
def test_a_code_that_a_spreadsheet_made_a_number_of_is_refused(load: Import, cell: str) -> None:
    assert load.problem(HEADINGS, elsie(cell)) == (
        f"Row 2, Points: '{cell}' is what a spreadsheet makes of a code such as 4E1. Give the column the format Text"
        " and write the code again, or write points."
    )


def test_the_number_that_a_spreadsheet_made_of_a_typed_code_is_not_taken_for_points(
    load: Import, tmp_path: Path
) -> None:
    path = in_workbook(tmp_path, [HEADINGS, elsie(40), elsie(40, subject="Maths")])
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["E2"].number_format = "0.00E+00"
    book.worksheets[0]["E3"].number_format = "0.00"
    book.save(path)
    assert load.file_refused(path)[1].startswith(
        "Row 2, Points: '4.00E+01' is what a spreadsheet makes of a code"
    )
    book.worksheets[0]["E2"].number_format = "General"
    book.save(path)
    load.file(path)
    assert load.values() == [(40, "", False, "")] * 2


def test_a_date_in_the_points_is_refused(load: Import, tmp_path: Path) -> None:
    report = load.file_refused(in_workbook(tmp_path, [HEADINGS, elsie(dt.date(2025, 3, 5))]))
    assert report[1] == (
        "Row 2, Points: '05/03/2025' is a date. Give the cell the format Text, and write again what stood there."
    )


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("absent", "absent"),
        ("ABSENT", "absent"),
        ("New", "new"),
        ("New, not yet assessed", "new"),
        ("not required", "not_required"),
        ("NOT_REQUIRED", "not_required"),
    ],
)
def test_a_reason_stands_for_points(load: Import, cell: str, reason: str) -> None:
    load(WIDE, elsie("", cell))
    assert load.values() == [(None, reason, False, "")]


def test_a_reason_that_we_do_not_have_is_refused(load: Import) -> None:
    assert load.problem(WIDE, elsie("", "A")) == (
        "Row 2, Reason: 'A' is not a reason that we have. Write absent, new or not required."
    )


def test_points_beside_a_reason_are_refused(load: Import) -> None:
    assert load.problem(WIDE, elsie(44, "absent")) == (
        "Row 2, Points: '44' stands beside the reason absent. Leave one of the two blank."
    )


def test_a_reason_in_the_column_of_points_is_refused_with_where_it_belongs(load: Import) -> None:
    assert load.problem(HEADINGS, elsie("Absent")) == (
        "Row 2, Points: 'Absent' is a reason, not points. Leave this cell blank, and write it in a column Reason."
    )


def test_points_take_the_place_of_a_reason_and_a_reason_that_of_points(load: Import) -> None:
    load(WIDE, elsie("", "new"), elsie(40, subject="Maths"))
    load(WIDE, elsie(44), elsie("", "absent", subject="Maths"))
    assert load.values() == [(44, "", False, ""), (None, "absent", False, "")]
    with visible_to(load.school):
        assert list(Judgement.objects.values_list("version", flat=True)) == [2, 2]


SKIPPED = "Skipped, with neither points nor a reason"


def test_a_row_with_neither_is_skipped_and_deletes_nothing(load: Import) -> None:
    load(HEADINGS, elsie(44))
    before = load.written(), load.held()
    nobody = [upn(9), "Juggling", "whenever", "Advent", "", "", "Left"]
    report = load(WIDE, elsie("", ""), elsie(" ", "", "Reads"), nobody)
    assert report == [
        first_line(load, "0 judgements; 0 new, 0 changed, 0 unchanged, 3 skipped."),
        f"{SKIPPED}: 3 rows. What is held for them stays as it is. 2 notes there were not taken.",
    ]
    assert load(WIDE, elsie("", "", "Reads"))[1].endswith(" 1 note there was not taken.")
    assert (load.written(), load.held()) == before


# Notes and on entry


def test_columns_that_are_absent_leave_note_and_on_entry_as_they_are(load: Import) -> None:
    load(WIDE, elsie(44, "", "Reads aloud", "Y"))
    load(HEADINGS, elsie(45))
    assert load.values() == [(45, "", True, "Reads aloud")]


def test_a_blank_note_leaves_the_note_and_a_blank_on_entry_is_a_no(load: Import) -> None:
    load(WIDE, elsie(44, "", "Reads aloud", "Y"))
    report = load(WIDE, elsie(44, "", "", ""))
    assert load.values() == [(44, "", False, "Reads aloud")]
    assert report[2] == "  Row 2, Elsie Brough, Reading, Autumn 2025/26: no longer on entry."
    report = load([*HEADINGS, "Comments"], elsie(44, "Reads"))
    assert load.values() == [(44, "", False, "Reads")]
    assert report[2] == "  Row 2, Elsie Brough, Reading, Autumn 2025/26: note 'Reads aloud' → 'Reads'."


def test_a_first_note_and_a_first_on_entry_are_reported_as_changes(load: Import) -> None:
    load(HEADINGS, elsie(44))
    report = load(WIDE, elsie(44, "", "Reads", "1"))
    assert report[2] == "  Row 2, Elsie Brough, Reading, Autumn 2025/26: now on entry; note blank → 'Reads'."


def test_a_note_keeps_its_lines_and_its_letters(load: Import, tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "file.xlsx", [WIDE, elsie(44, "", " Zoë’s 👩‍🏫\nreads \r\n=1+1", "")])
    load.file(path)
    assert load.values() == [(44, "", False, "Zoë’s 👩‍🏫\nreads \n=1+1")]


def test_a_note_that_is_no_words_is_refused(load: Import, tmp_path: Path) -> None:
    book = write_workbook(tmp_path / "file.xlsx", [WIDE, elsie(44, "", dt.date(2025, 3, 5))])
    assert load.file_refused(book)[1].startswith("Row 2, Note: '05/03/2025' is a date.")
    assert load.problem(WIDE, elsie(44, "", "x" * 10_001)) == (
        f"Row 2, Note: '{'x' * 60}…' is longer than 10,000 characters."
    )
    report = load.file_refused(write_workbook(tmp_path / "del.xlsx", [WIDE, elsie(44, "", "del\x7f")]))
    assert report[1] == "Row 2, Note: 'del' holds characters that cannot be printed."
    number = write_workbook(tmp_path / "number.xlsx", [WIDE, elsie(44, "", 7.0)])
    load.file(number)
    assert load.values() == [(44, "", False, "7")]


def test_on_entry_is_a_yes_or_a_no(load: Import) -> None:
    assert load.problem(WIDE, elsie(44, "", "", "perhaps")) == (
        "Row 2, On Entry: 'perhaps' is neither yes nor no. Write Y or N."
    )


# Who, when, what


def test_spaces_and_small_letters_in_a_upn_are_forgiven(load: Import) -> None:
    load(HEADINGS, [f" {ELSIE[:4]} {ELSIE[4:].lower()}", *elsie()[1:]])
    assert load.values() == [(44, "", False, "")]


def test_a_upn_with_a_wrong_letter_is_refused(load: Import) -> None:
    wrong = "A" + ELSIE[1:]
    assert load.problem(HEADINGS, [wrong, *elsie()[1:]]) == (
        f"Row 2, UPN: '{wrong}' is not a UPN: its first letter should be {ELSIE[0]}."
    )


def test_a_row_without_a_upn_is_refused(load: Import) -> None:
    assert load.problem(HEADINGS, ["", *elsie()[1:]]) == (
        "Row 2, UPN: the cell is blank. Every judgement needs its UPN."
    )


def test_a_pupil_of_another_school_is_not_known_here(load: Import, other_school: School) -> None:
    theirs = upn(77)
    with visible_to(other_school):
        years.open_year(school=other_school, academic_year=YEAR, by=None)
        on_roll(other_school, YEAR, pupil__upn=theirs)
    nobody = upn(78)
    rows = [HEADINGS, [theirs, *elsie()[1:]], [nobody, *elsie()[1:]]]
    assert load.refused(*rows) == ["nothing was imported. 2 problems:"] + [
        f"Row {row}, UPN: '{each}' is not the UPN of any pupil that {load.school.name} has. Import the roll first."
        for row, each in ((2, theirs), (3, nobody))
    ]
    with visible_to(other_school):
        assert not Judgement.objects.exists()


def test_a_year_in_which_the_pupil_has_no_record_is_refused(load: Import) -> None:
    with visible_to(load.school):
        years.open_year(school=load.school, academic_year=AcademicYear(2024), by=None)
        on_roll(load.school, AcademicYear(2024), pupil__upn=upn(50), pupil__forename="Ida")
    rows = [
        [ELSIE, "Reading", "2024/25", "Summer", 40],
        [ELSIE, "Reading", "2019-20", "Summer", 40],
        [upn(50), "Reading", "2024/25", "Summer", 40],
    ]
    assert load.refused(HEADINGS, *rows) == [
        "nothing was imported. 2 problems:",
        "Row 2, Academic Year: Elsie Brough has no record for 2024/25: import that year’s roll first.",
        "Row 3, Academic Year: Elsie Brough has no record for 2019/20: import that year’s roll first.",
    ]


def test_a_pupil_is_named_as_they_are_called(load: Import) -> None:
    with visible_to(load.school):
        Pupil.objects.filter(upn=ELSIE).update(preferred_forename="Elle", preferred_surname="Green")
    problem = load.problem(HEADINGS, [ELSIE, "Reading", "2024/25", "Summer", 40])
    assert problem.startswith("Row 2, Academic Year: Elle Green has no record")


def test_a_pupil_who_left_is_still_judged_for_the_year(load: Import) -> None:
    load(HEADINGS, [LEAVER, "Reading", "2025/26", "Summer", 40])
    assert load.values() == [(40, "", False, "")]


@pytest.mark.parametrize(
    ("cell", "term"),
    [
        ("Baseline", AssessmentTerm.BASELINE),
        ("autumn", AssessmentTerm.AUTUMN),
        ("AUTUMN  TERM", AssessmentTerm.AUTUMN),
        ("Aut", AssessmentTerm.AUTUMN),
        ("Spr.", AssessmentTerm.SPRING),
        ("sum", AssessmentTerm.SUMMER),
    ],
)
def test_a_term_is_read_as_people_write_it(load: Import, cell: str, term: AssessmentTerm) -> None:
    load(HEADINGS, elsie(term=cell))
    assert [row[3] for row in load.held()] == [term]


@pytest.mark.parametrize(
    "cell", ["Autumn 2025", "Autumn 1", "Term 1", "1", "A", "S", "Su", "Baseline Autumn"]
)
def test_what_may_be_several_terms_is_refused(load: Import, cell: str) -> None:
    assert load.problem(HEADINGS, elsie(term=cell)) == f"Row 2, Term: '{cell}' {TERMS}"


@pytest.mark.parametrize("cell", ["2025/26", "2025-26", "2025-2026", "2025/2026", "2025–26"])  # noqa: RUF001
def test_an_academic_year_is_read_as_people_write_it(load: Import, cell: str) -> None:
    load(HEADINGS, [ELSIE, "Reading", cell, "Autumn", 44])
    assert [row[2] for row in load.held()] == [2025]


def test_what_is_not_an_academic_year_is_refused(load: Import, tmp_path: Path) -> None:
    for cell in (2025, "2025", "Year 4", "25/26"):
        problem = load.problem(HEADINGS, [ELSIE, "Reading", cell, "Autumn", 44])
        assert problem == f"Row 2, Academic Year: '{cell}' is not an academic year: write it as 2025/26."
    assert load.problem(HEADINGS, [ELSIE, "Reading", "2025/27", "Autumn", 44]) == (
        "Row 2, Academic Year: '2025/27' is not one academic year: 2025/26 ends in 2026."
    )
    book = write_workbook(
        tmp_path / "file.xlsx", [HEADINGS, [ELSIE, "Reading", dt.date(2010, 11, 1), "Autumn", 44]]
    )
    assert load.file_refused(book)[1].startswith("Row 2, Academic Year: '01/11/2010' is a date.")


@pytest.mark.parametrize("column", [1, 2, 3])
def test_a_blank_in_a_needed_column_is_refused(load: Import, column: int) -> None:
    row = elsie()
    row[column] = ""
    heading = HEADINGS[column]
    assert load.problem(HEADINGS, row) == (
        f"Row 2, {heading}: the cell is blank. Every judgement needs its {heading.lower()}."
    )


@pytest.mark.parametrize("cell", ["Mathematics", "maths", "MATHEMATICS ", "Math"])
def test_maths_is_mathematics(load: Import, cell: str) -> None:
    load(HEADINGS, elsie(subject=cell))
    assert [row[1] for row in load.held()] == [MATHEMATICS.number]


def test_what_is_not_judged_in_the_year_group_is_refused_with_what_is(load: Import) -> None:
    assert load.problem(HEADINGS, elsie(subject="Juggling")) == (
        "Row 2, Subject: 'Juggling' is not judged in Year 4: the subjects are Reading, Writing, Mathematics, Science."
    )


def test_reading_of_reception_is_the_area_where_the_framework_has_one(load: Import) -> None:
    row = [RECEPTION, "Reading", "2025/26", "Autumn", 18]
    assert load.problem(HEADINGS, row) == (
        "Row 2, Subject: 'Reading' is not judged in Reception: the areas of the 2021 framework for it are "
        "EYFS Comprehension, EYFS Word reading, EYFS Writing."
    )
    load.school.fixed_eyfs_framework = EyfsFramework.OF_2012
    load.school.save()
    year = AcademicYear(2023)
    with visible_to(load.school):
        years.open_year(school=load.school, academic_year=year, by=None)
        on_roll(load.school, year, year_group=YearGroup.R, pupil__upn=upn(60))
    load(
        HEADINGS,
        [upn(60), "Reading", "2023/24", "Autumn", 18],
        [upn(60), "EYFS Writing", "2023/24", "Autumn", 18],
        [upn(60), "g01", "2023/24", "Autumn", 18],
    )
    reading, writing = EYFS_AREAS[EyfsFramework.OF_2012][8:10]
    first = EYFS_AREAS[EyfsFramework.OF_2012][0]
    assert [row[1] for row in load.held()] == [first.number, reading.number, writing.number]
