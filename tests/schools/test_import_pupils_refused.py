"""A roll that is wrong anywhere is not taken, and the report says what is wrong where."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from schools.management.commands.import_pupils import Command
from schools.models import School
from tests.schools.files import upn, write_csv
from tests.schools.importing import ELSIE, HEADINGS, NOAH, Import


def test_every_unreadable_cell_is_named_with_what_would_be_right(load: Import) -> None:
    headings = [
        *HEADINGS[:3],
        "Date of birth",
        "Year",
        "SEN",
        "PP",
        "Sex",
        "Ethnicity",
        "Class",
        "Entry Date",
    ]
    report = load.refused(
        headings,
        ["A801200005001", "", "Elsie", "31/02/2019", "14", "Z", "perhaps", "Q", "Martian", "x" * 60, "soon"],
        [upn(2), "Cox", "x" * 101, "", "X", *[""] * 6],
    )
    assert report == [
        "nothing was imported. 13 problems:",
        "Row 2, Surname: the cell is blank. Every pupil needs a surname.",
        "Row 2, Date of birth: '31/02/2019' is not a date. Write it as dd/mm/yyyy.",
        "Row 2, Year: '14' is not a year group we have. Write N1, N2, R or a number from 1 to 13.",
        "Row 2, UPN: 'A801200005001' is not a UPN: its first letter should be B.",
        "Row 2, Sex: 'Q' is not a sex as the school census records it. Write M or F.",
        f"Row 2, Class: '{'x' * 60}' is longer than 50 characters.",
        "Row 2, Entry Date: 'soon' is not a date. Write it as dd/mm/yyyy.",
        "Row 2, SEN: 'Z' is not a SEN status. Write N (none), K (SEN support) or E (EHC plan).",
        "Row 2, Ethnicity: 'Martian' is not an ethnicity code. Write up to four letters, such as WBRI.",
        "Row 2, PP: 'perhaps' is neither yes nor no. Write Y or N.",
        f"Row 3, Forename: '{'x' * 60}…' is longer than 100 characters.",
        "Row 3, Date of birth: the cell is blank. Every pupil needs a date of birth.",
        "Row 3, Year: 'X' is not a year group we have. Write N1, N2, R or a number from 1 to 13.",
    ]


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("", "Row 2, Name: the cell is blank. Every pupil needs a name."),
        ("Elsie Brough", "Row 2, Name: 'Elsie Brough' is not a surname and a forename. Write it as Surname, Forename."),
        ("Brough,", "Row 2, Name: 'Brough,' is not a surname and a forename. Write it as Surname, Forename."),
        (f"Brough, {'x' * 101}", f"Row 2, Name: 'Brough, {'x' * 52}…' is not a name, or longer than 100 characters."),
    ],
)  # fmt: skip
def test_one_column_must_tell_surname_from_forename(load: Import, name: str, what: str) -> None:
    assert load.refused(["Name", "DOB", "Year"], [name, "15/01/2018", "3"])[1:] == [what]


def test_missing_columns_are_named_with_the_headings_that_were_found(load: Import) -> None:
    report = load.refused(["Roll of 2025"], ["UPN", "Surname", "Shoe size", "Year"], [upn(1), "Brough", 3, 4])
    assert report == [
        (
            "No column was found for: forename and date of birth."
            " Row 2 was read as the headings: UPN, Surname, Year and Shoe size."
        )
    ]


@pytest.mark.parametrize(
    ("born", "entry", "leaving", "what"),
    [
        ("01/01/2126", "", "", "Row 2, DOB: '01/01/2126' lies in the future."),
        ("15/01/1918", "", "", "Row 2, DOB: '15/01/1918' is no pupil’s: on 31 August 2025 the child was 107. Pupils are 1 to 20."),
        ("01/09/2024", "", "", "Row 2, DOB: '01/09/2024' is no pupil’s: on 31 August 2025 the child was 0. Pupils are 1 to 20."),
        ("15/09/2025", "", "", "Row 2, DOB: '15/09/2025' is no pupil’s: on 31 August 2025 the child was not born. Pupils are 1 to 20."),
        ("15/01/2018", "14/01/2018", "", "Row 2, Entry Date: '14/01/2018' lies before the date of birth, 15/01/2018."),
        ("15/01/2018", "01/09/2026", "", "Row 2, Entry Date: '01/09/2026' lies after 2025/26, which ends on 31/08/2026."),
        ("15/01/2018", "03/11/2025", "02/11/2025", "Row 2, Leaving Date: '02/11/2025' lies before the entry date, 03/11/2025."),
        (
            "15/01/2018", "", "31/08/2025",
            ("Row 2, Leaving Date: '31/08/2025' lies before 2025/26, which begins on 01/09/2025."
            " Leave the pupil out of this year’s roll."),
        ),
    ],
)  # fmt: skip
def test_dates_that_cannot_be_are_refused(
    load: Import, born: str, entry: str, leaving: str, what: str
) -> None:
    report = load.refused(
        [*HEADINGS, "Entry Date", "Leaving Date"], [upn(1), "Brough", "Elsie", born, "3", entry, leaving]
    )
    assert report == ["nothing was imported. 1 problem:", what]


@pytest.mark.parametrize(
    ("first", "second", "what"),
    [
        (
            ELSIE,
            [upn(1), "Cox", "Noah", "02/03/2017", "4"],
            f"Row 3, UPN: '{upn(1)}' is the UPN of row 2 too.",
        ),
        (
            ["", *ELSIE[1:]],
            ["", "BROUGH", "elsie", "2018-01-15", "3"],
            (
                "Row 3, Surname: 'BROUGH, elsie' has the name and the date of birth of row 2 too."
                " Leave one out, or give both their UPNs."
            ),
        ),
        (
            ELSIE,
            ["", *ELSIE[1:]],
            (
                "Row 3, Surname: 'Brough, Elsie' has the name and the date of birth of row 2 too."
                " Leave one out, or give both their UPNs."
            ),
        ),
    ],
)
def test_one_child_twice_in_a_file_is_refused(
    load: Import, first: list[object], second: list[object], what: str
) -> None:
    assert load.refused(HEADINGS, first, second)[1:] == [what]


def test_a_problem_with_a_name_in_one_column_is_named_by_that_column(load: Import) -> None:
    row = ["Brough, Elsie", "15/01/2018", "3"]
    assert load.refused(["Pupil Name", "DOB", "Year"], row, row)[1].startswith("Row 3, Pupil Name: ")


def test_cells_and_pupils_are_reported_together(load: Import) -> None:
    report = load.refused(HEADINGS, ELSIE, [*NOAH[:3], "never", "4"], ["", "Dee", "Di", "01/01/1999", "3"])
    assert [line.split(":")[0] for line in report] == [
        "nothing was imported. 2 problems",
        "Row 3, DOB",
        "Row 4, DOB",
    ]


@pytest.mark.parametrize(
    ("heading", "value", "what"),
    [
        ("URN", "999999", "'999999' is another school’s URN."),
        ("URN", "12", "'12' is not a URN."),
        ("LAEstab", "999/9999", "'999/9999' is another school’s DfE number."),
        ("DfE Number", "4", "'4' is not a DfE number."),
    ],
)
def test_another_schools_file_is_refused(
    load: Import, school: School, heading: str, value: str, what: str
) -> None:
    ours = school.urn if heading == "URN" else school.dfe_number
    report = load.refused([*HEADINGS, heading], [*ELSIE, value], [*NOAH, ours])
    assert report[1:] == [f"Row 2, {heading}: {what} That of {school.name} is {ours}."]


def test_a_school_that_does_not_exist_is_refused(db: None, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "roll.csv", [HEADINGS])
    with pytest.raises(CommandError, match=r"There is no school with the URN '999999'\.") as refused:
        call_command("import_pupils", str(path), "--school", "999999", "--year", "2025/26")
    assert refused.value.returncode == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["roll.csv", "--school", "124087", "--year", "2025"],
        ["roll.csv", "--school", "124087", "--year", "2025/27"],
        ["roll.csv", "--school", "124087"],
        ["roll.csv", "--school", "124087", "--year", "2025/26", "--bogus"],
        ["roll.csv", "--school", "124087", "--year", "2025/26", "--update", "some"],
        ["--school", "124087", "--year", "2025/26"],
    ],
)
def test_wrong_usage_ends_with_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        Command().run_from_argv(["manage.py", "import_pupils", *arguments])
    assert ended.value.code == 2
    assert "usage: " in capsys.readouterr().err


def test_a_file_that_is_none_is_refused_in_a_sentence(load: Import, tmp_path: Path) -> None:
    with pytest.raises(CommandError) as refused:
        load.file(tmp_path / "none.csv")
    assert str(refused.value) == f"none.csv: There is no file {tmp_path}/none.csv."
    transfer = tmp_path / "leavers.xml"
    transfer.write_text("<?xml version='1.0'?><ATfile></ATfile>")
    with pytest.raises(
        CommandError,
        match=r"leavers\.xml: This is an admissions transfer file \(ATF\), which tells who will be offered a place",
    ):
        load.file(transfer)


def test_more_pupils_than_any_school_has_are_refused(load: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schools.imports.pupils.MOST_PUPILS", 1)
    assert load.refused(HEADINGS, ELSIE, NOAH) == ["The file has more than 1 rows of pupils."]
