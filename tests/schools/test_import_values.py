"""Headings and cells are understood as people and systems write them; what is not understood is said."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schools.calendar import YearGroup
from schools.imports import values
from schools.imports.headings import HeadingSet, normalised
from schools.imports.pupils import HEADINGS
from schools.imports.report import FileRefused, Problem, counted, listed, quoted
from schools.imports.values import Unreadable


def columns(*headings: object) -> dict[str, str]:
    return {name: column.heading for name, column in HEADINGS.read(headings).columns.items()}


@pytest.mark.parametrize(
    "heading",
    ["Date of Birth", "\ufeffDATE OF BIRTH", " date  of birth ", "Date_of_Birth", "date-of-birth", "D.O.B."],
)
def test_headings_count_by_their_letters(heading: str) -> None:
    assert list(columns(heading)) == ["dob"]


def test_no_heading_means_two_fields() -> None:
    known = [(normalised(each), name) for name, each_of in HEADINGS.fields.items() for each in each_of]
    assert len({heading for heading, _ in known}) == len(known)
    assert set(HEADINGS.beside) | set(HEADINGS.beside.values()) <= set(HEADINGS.fields)
    assert {normalised(each) for each in HEADINGS.general} <= {heading for heading, _ in known}


@given(
    name=st.sampled_from(sorted(HEADINGS.fields)),
    which=st.integers(0, 50),
    noise=st.lists(st.sampled_from([" ", ".", "_", "-", "\xa0", "'", ":"]), max_size=6),
)
def test_no_noise_hides_a_heading(name: str, which: int, noise: list[str]) -> None:
    heading = HEADINGS.fields[name][which % len(HEADINGS.fields[name])]
    for place, mark in enumerate(noise):
        heading = heading[: place * 2] + mark + heading[place * 2 :]
    assert list(columns(heading.swapcase())) == [name]


def test_the_more_explicit_of_two_columns_counts_and_the_first_of_equals() -> None:
    found = HEADINGS.read(["Year", "Class", "Year Group", "Reg Group"])
    assert {name: column.heading for name, column in found.columns.items()} == {
        "nc_year": "Year Group",
        "class": "Class",
    }
    assert found.repeated == (("Year", "Year Group"), ("Reg Group", "Class"))


def test_beside_a_legal_name_the_plain_one_is_the_preferred() -> None:
    assert columns("Surname", "Legal Surname", "Forename", "Legal Forename") == {
        "legal_surname": "Legal Surname",
        "preferred_surname": "Surname",
        "legal_forename": "Legal Forename",
        "preferred_forename": "Forename",
    }
    found = HEADINGS.read(["Legal Surname", "Surname", "Preferred Surname"])
    assert {name: column.heading for name, column in found.columns.items()} == {
        "legal_surname": "Legal Surname",
        "preferred_surname": "Preferred Surname",
    }
    assert found.repeated == (("Surname", "Legal Surname"),)
    assert columns("Surname", "Last Name") == {"legal_surname": "Surname"}


def test_the_best_row_of_the_first_ten_is_that_of_the_headings() -> None:
    rows = [["Pupil"], [], ["UPN", "Surname", "Class"], ["x"], ["UPN", "Surname", "DOB"]]
    index, found = HEADINGS.best_row(rows)
    assert (index, found.score) == (2, 3)
    far = [["x"]] * 10 + [["UPN"]]
    assert HEADINGS.best_row(far)[1].score == 0


def test_unknown_headings_are_kept_as_they_stand_and_blank_ones_not() -> None:
    assert HEADINGS.read(["Shoe  size", "", None, 7, "%", "UPN"]).unknown == ("Shoe size", "7", "%")


def test_headings_of_another_kind_of_file_come_from_a_file_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "headings.json"
    path.write_text(json.dumps({"fields": {"points": ["Points", "Level"]}}))
    assert HeadingSet.from_file(path) == HeadingSet(fields={"points": ["Points", "Level"]})


DAY = dt.date(2018, 1, 15)


@pytest.mark.parametrize(
    "cell",
    [
        *("15/01/2018", "15/1/2018", "15.01.2018", "15-01-2018", "2018-01-15", "2018/1/15"),
        *("15 Jan 2018", "15-Jan-2018", "15 January 2018", "15th January 2018", " 15  jan,  2018 "),
        *(
            "15/01/2018 00:00",
            "15/01/2018 00:00:00",
            "2018-01-15T00:00:00",
            "2018-01-15 00:00:00.000",
            "2018-01-15T00:00:00Z",
        ),
        *("43115", "43115.0", 43115, 43115.0, DAY, dt.datetime(2018, 1, 15)),
    ],
)
def test_a_date_is_read_in_any_of_its_ways(cell: values.Cell) -> None:
    assert values.read_date(cell) == DAY


@pytest.mark.parametrize(
    "cell",
    [
        *("31/02/2019", "29/02/2019", "01/15/2018", "00/01/2018", "15/01/18", "15 Foo 2018", "15/01.2018"),
        *("2018", "431150", "43115.5", "4311", 4, 43115.5, -43115, True, "yesterday", "15/01/2018 09:30"),
        *(
            "\u0661\u0665/\u0660\u0661/\u0662\u0660\u0661\u0668",
            "32 Jan 2018",
            dt.time(9, 30),
            dt.timedelta(days=1),
            float("nan"),
            float("inf"),
            "#VALUE!",
        ),
    ],
)
def test_what_is_no_date_says_how_to_write_one(cell: values.Cell) -> None:
    with pytest.raises(Unreadable) as refused:
        values.read_date(cell)
    assert str(refused.value) == "is not a date. Write it as dd/mm/yyyy."


def test_a_time_of_day_is_not_dropped_in_silence() -> None:
    with pytest.raises(Unreadable, match="is a date with a time of day"):
        values.read_date(dt.datetime(2018, 1, 14, 23))


@given(day=st.dates(dt.date(1928, 1, 1), dt.date(2170, 1, 1)))
def test_every_day_comes_back_from_every_way_of_writing_it(day: dt.date) -> None:
    serial = (day - dt.date(1899, 12, 30)).days
    for written in (
        f"{day:%d/%m/%Y}",
        day.isoformat(),
        f"{day:%d %b %Y}",
        f"{day:%d-%B-%Y}",
        serial,
        str(serial),
    ):
        assert values.read_date(written) == day


@pytest.mark.parametrize(
    ("cells", "year_group"),
    [
        (
            ["4", 4, 4.0, "4.0", "04", "Y4", "y4", "Yr 4", "Year 4", "YEAR  4", "Year Group 4", "NC Year 4"],
            YearGroup.Y4,
        ),
        (["13", "Year 13"], YearGroup.Y13),
        (
            [
                "R",
                "rec",
                "Reception",
                "FS2",
                "Yr R",
                "Year R",
                "0",
                0,
                "YR",
                "Y R",
                "F2",
                "Foundation Stage 2",
            ],
            YearGroup.R,
        ),
        (["N2", "Nursery", "Nursery 2", "FS1", "F1"], YearGroup.N2),
        (["N1", "Nursery 1", "Pre-Nursery"], YearGroup.N1),
    ],
)
def test_year_groups_are_read_as_schools_write_them(cells: list[values.Cell], year_group: YearGroup) -> None:
    assert [values.read_year_group(cell) for cell in cells] == [year_group] * len(cells)


@given(year_group=st.sampled_from(YearGroup))
def test_our_own_names_of_year_groups_are_read(year_group: YearGroup) -> None:
    assert values.read_year_group(year_group.code) is values.read_year_group(year_group.label) is year_group


@pytest.mark.parametrize(
    "cell", ["14", "X", "-4", "4/5", "4.5", "Year", True, "15", "Class 4", "1 0", "²", 4.5, DAY]
)
def test_year_groups_we_do_not_have_are_refused(cell: values.Cell) -> None:
    with pytest.raises(
        Unreadable, match=r"is not a year group we have\. Write N1, N2, R or a number from 1 to 13\."
    ):
        values.read_year_group(cell)


@pytest.mark.parametrize("cell", ["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", " #n/a "])
def test_the_sign_of_a_failed_formula_is_no_name(cell: values.Cell) -> None:
    with pytest.raises(Unreadable, match="is the sign of a formula that failed"):
        values.read_text(cell, longest=50)


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (values.read_flag, {True: ["Y", "yes", "TRUE", True, 1, "1", "1.0", "T", "✓", "Eligible", "Y - Yes"], False: ["N", "No", False, 0, "0", "f"]}),
        (values.read_eal, {True: ["Y", "EAL", "New to English", "A", "e", "D - Competent"], False: ["N", "Not EAL", 0]}),
        (values.read_service_child, {True: ["Y"], False: ["N"], None: ["U", "R", "Refused", "U - Unknown"]}),
        (values.read_sex, {"F": ["F", "female", "Girl"], "M": ["M", "MALE", "boy"]}),
        (
            values.read_sen_status,
            {
                "N": ["N", "No SEN", "No special educational need", "None", "no"],
                "K": ["K", "SEN Support", "K - SEN support", "A", "P", "School Action Plus", "sen k"],
                "E": ["E", "EHCP", "Education, Health and Care Plan", "Education, health & care plan", "S", "Statement", "E (EHC plan)"],
            },
        ),
        (
            values.read_ethnicity,
            {
                "WBRI": ["WBRI", "wbri", "White - British", "White British", "WBRI - White British"],
                "WENG": ["WENG"],
                "WROM": ["Gypsy / Roma"],
                "MWAS": ["White & Asian"],
                "NOBT": ["Information not yet obtained"],
            },
        ),
    ],
)  # fmt: skip
def test_values_are_read_as_systems_write_them(read, said: dict[object, list[values.Cell]]) -> None:
    for value, cells in said.items():
        assert [read(cell) for cell in cells] == [value] * len(cells), cells


@pytest.mark.parametrize(
    ("read", "cells", "what"),
    [
        (values.read_flag, ["maybe", "2", "-1", "N/A", "Y/N", 2], "is neither yes nor no. Write Y or N."),
        (values.read_service_child, ["maybe"], "is neither yes nor no. Write Y or N."),
        (values.read_sex, ["X", "1"], "is not a sex as the school census records it. Write M or F."),
        (values.read_sen_status, ["SEMH", "?"], "is not a SEN status. Write N (none), K (SEN support) or E (EHC plan)."),
        (values.read_ethnicity, ["Martian", "W1", 4], "is not an ethnicity code. Write up to four letters, such as WBRI."),
    ],
)  # fmt: skip
def test_values_that_mean_nothing_to_us_say_what_would(read, cells: list[values.Cell], what: str) -> None:
    for cell in cells:
        with pytest.raises(Unreadable) as refused:
            read(cell)
        assert str(refused.value) == what


def test_cells_are_text_as_a_spreadsheet_shows_them() -> None:
    cells = [
        None,
        " two\n words\xa0",
        4.0,
        4.5,
        True,
        dt.date(2018, 1, 15),
        dt.datetime(2018, 1, 15, 9, 30),
        "Zoe\u0308",
    ]
    assert [values.text_of(cell) for cell in cells] == [
        *("", "two words", "4", "4.5", "TRUE", "15/01/2018", "15/01/2018 09:30", "Zo\u00eb"),
    ]
    assert [values.is_blank(cell) for cell in (None, "", " \xa0\n", 0, False)] == [
        True,
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("x" * 51, "is longer than 50 characters."),
        ("4\u202eA", "holds characters that cannot be printed."),
        (
            dt.datetime(2025, 4, 3),
            "is a date. Give the cell the format Text, and write again what stood there.",
        ),
    ],
)
def test_text_that_cannot_be_kept_is_refused(cell: values.Cell, what: str) -> None:
    with pytest.raises(Unreadable) as refused:
        values.read_text(cell, longest=50)
    assert str(refused.value) == what


def test_a_problem_names_row_column_value_and_what_would_be_right() -> None:
    problem = Problem(
        row=14, column="Date of birth", value="31/02/2019", what="is not a date. Write it as dd/mm/yyyy."
    )
    assert str(problem) == "Row 14, Date of birth: '31/02/2019' is not a date. Write it as dd/mm/yyyy."
    assert str(Problem(row=3, column="DOB", what="the cell is blank.")) == "Row 3, DOB: the cell is blank."
    assert str(Problem(what="Nothing is there.")) == "Nothing is there."


def test_of_very_many_problems_the_first_are_told_in_the_order_of_the_rows() -> None:
    refused = FileRefused("No.", [Problem(row=row, what="Bad.") for row in range(1060, 0, -1)])
    lines = str(refused).splitlines()
    assert (len(lines), lines[:2], lines[50:]) == (
        52,
        ["No.", "Row 1: Bad."],
        ["Row 50: Bad.", "… and 1,010 more."],
    )


def test_values_are_quoted_in_one_line_that_does_a_terminal_no_harm() -> None:
    assert quoted("two\n\x1b[31mlines\u202e") == "'two [31mlines'"
    assert quoted("x" * 70) == f"'{'x' * 60}…'"


def test_counts_and_lists_are_in_words() -> None:
    assert [counted(1, "pupil"), counted(1204, "pupil"), counted(2, "class", "classes")] == [
        *("1 pupil", "1,204 pupils", "2 classes"),
    ]
    assert [listed([]), listed(["A"]), listed("ABC"), listed("ABCDE", most=2)] == [
        "",
        "A",
        "A, B and C",
        "A, B and 3 more",
    ]
