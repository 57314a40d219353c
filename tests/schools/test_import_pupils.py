"""The roll of a year comes in from a file by a command, and the report says what became of it."""

from __future__ import annotations

import datetime as dt
import io
import os
from pathlib import Path

import pytest
from django.core.management import call_command

from schools.calendar import AcademicYear, YearGroup
from schools.models import ChangeSet, ClassGroup, PupilYear, School, SchoolYear
from schools.row_security import visible_to
from tests.schools.files import upn, write_csv, write_workbook
from tests.schools.importing import ELSIE, HEADINGS, NOAH, Import, pupil, stays, year_of


def test_a_roll_comes_in_and_is_reported(load: Import, school: School) -> None:
    assert load(HEADINGS, ELSIE, NOAH) == [
        f"{school.name} (URN {school.urn}), 2025/26: 2 pupils; 2 new, 0 changed, 0 unchanged.",
        "The year 2025/26 was not open at the school: opened.",
    ]
    elsie = pupil(school, "Brough")
    assert (elsie.upn, elsie.forename, elsie.date_of_birth) == (upn(1), "Elsie", dt.date(2018, 1, 15))
    assert year_of(school, "Brough").year_group == YearGroup.Y3
    assert stays(school, "Brough") == [(dt.date(2025, 9, 1), True, None)]


SIMS = [
    ["Westwood First School: pupils with characteristics", "", ""],
    [],
    ["Legal Surname", "Surname", "Legal Forename", "Forename", "UPN", "Adno", "DOB", "Reg", "Year", "Gender",
     "Pupil Premium Indicator", "SEN Status", "English as additional language", "Ever in care", "% Attendance"],
    ["Brough", "Brough", "Elizabeth", "Elsie", upn(1).lower(), "001234", "15/01/2018", "3B", "Year  3", "F", "", "", "Y", "", "97.2"],
    ["Cox", "Cox-Lee", "Noah", "Noah", "", "001235", "02/03/2017", "4A", "Year  4", "M", "T", "K", "", "", ""],
    ["Total pupils: 2"],
]  # fmt: skip


ARBOR = [
    ["Legal Last name", "Legal First name", "Preferred First name", "UPN", "Date of birth", "Registration form", "Year group",
     "Sex", "Pupil Premium Recipient", "SEN Status", "EAL", "Arbor Student ID", "Preferred Last name"],
    ["Brough", "Elizabeth", "Elsie", f"{upn(1)[:4]} {upn(1)[4:]}", "15 Jan 2018", "3B", "Year 3", "Female", "No", "", "Yes", 77, "Brough"],
    ["Cox", "Noah", "Noah", "", "02 Mar 2017", "4a", "Year 4", "Male", "Yes", "SEN support", "No", 78, "Cox-Lee"],
]  # fmt: skip


BROMCOM = [
    ["upn", "legalSurname", "legalForename", "surname", "forename", "dateOfBirth", "regGroup", "yearGroup", "gender",
     "pupilPremium", "senProvision", "eal", "enrolmentStatus"],
    [upn(1), "Brough", "Elizabeth", "Brough", "Elsie", "2018-01-15T00:00:00", "3B", 3, "Female", False, None, True, "C"],
    [None, "Cox", "Noah", "Cox-Lee", "Noah", "2017-03-02T00:00:00", "4A", 4, "Male", True, "K", False, "C"],
    [upn(9), "Guest", "Gil", "Guest", "Gil", "2017-03-02T00:00:00", "4A", 4, "Male", True, "K", False, "G"],
]  # fmt: skip


WONDE = [
    ["upn", "legal_surname", "legal_forename", "surname", "forename", "date_of_birth", "class name", "current_nc_year",
     "gender", "premium_pupil_indicator", "sen_status", "english_as_additional_language", "free_school_meals"],
    [upn(1), "Brough", "Elizabeth", "Brough", "Elsie", dt.datetime(2018, 1, 15), "3B", 3.0, "FEMALE", 0, None, 1, "T"],
    [None, "Cox", "Noah", "Cox-Lee", "Noah", 42796, "4A", "4", "MALE", 1, "K", 0, None],
]  # fmt: skip


@pytest.mark.parametrize("rows", [SIMS, ARBOR, BROMCOM, WONDE], ids=["SIMS", "Arbor", "Bromcom", "Wonde"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_exports_of_the_usual_systems_come_in_as_they_are(
    load: Import, school: School, tmp_path: Path, rows: list[list[object]], kind: str
) -> None:
    load.file((write_csv if kind == "csv" else write_workbook)(tmp_path / f"export.{kind}", rows))
    with visible_to(school):
        found = PupilYear.objects.order_by("pupil__surname").values_list(
            *("pupil__upn", "pupil__surname", "pupil__forename", "pupil__preferred_surname", "pupil__preferred_forename"),
            *("pupil__date_of_birth", "pupil__sex", "year_group", "class_group__name"),
            *("is_pupil_premium", "sen_status", "is_eal", "is_fsm6", "is_looked_after"),
        )  # fmt: skip
        assert list(found) == [
            (upn(1), "Brough", "Elizabeth", "", "Elsie", dt.date(2018, 1, 15), "F", 3, "3B", False, "", True, None, None),
            ("", "Cox", "Noah", "Cox-Lee", "", dt.date(2017, 3, 2), "M", 4, found[1][8], True, "K", False, None, None),
        ]  # fmt: skip
        assert found[1][8].upper() == "4A"


def test_the_same_file_again_changes_nothing(load: Import, school: School) -> None:
    rows = (
        [*HEADINGS, "Class", "SEN", "PP", "Entry Date", "Leaving Date", "Service Child"],
        [*ELSIE, "3B", "K", "Y", "03/09/2022", "", "U"],
        [*NOAH, "4a", "", "", "", "19/12/2025", ""],
    )
    load(*rows)
    before = load.held()
    assert load(*rows)[0].endswith("2 pupils; 0 new, 0 changed, 2 unchanged.")
    assert load.held() == before


def test_a_dry_run_tells_all_and_writes_nothing(load: Import, school: School) -> None:
    load(HEADINGS, ELSIE)
    before = load.held()
    rows = ([*HEADINGS, "Class"], [*ELSIE[:4], "4", "4A"], [*NOAH, "4A"])
    report = load(*rows, dry_run=True)
    assert load.held() == before
    assert report == [
        "A dry run: nothing has been written. This is what would be done.",
        *load(*rows),
    ]
    assert report[1:] == [
        f"{school.name} (URN {school.urn}), 2025/26: 2 pupils; 1 new, 1 changed, 0 unchanged.",
        "Classes made: 4A.",
        "Changed:",
        "  Row 2, Brough, Elsie: year group Year 3 → Year 4; class blank → 4A.",
    ]


def test_headings_without_pupils_hold_nobody(load: Import, school: School) -> None:
    nobody = (
        f"{school.name} (URN {school.urn}), 2025/26: the file holds nobody. It has headings and no pupils."
    )
    assert load(HEADINGS) == [nobody, "The year 2025/26 was not open at the school: opened."]
    assert load(HEADINGS) == [nobody]


def test_blanks_mean_no_for_a_mark_and_nothing_for_the_rest(load: Import, school: School) -> None:
    marks = ["PP", "FSM6", "EAL", "LAC", "Service Child"]
    headings = [*HEADINGS, "SEN", "Ethnicity", "Sex", "Class", *marks]
    load(headings, [*ELSIE, "K", "WBRI", "F", "3B", *["Y"] * 5])

    def held() -> tuple[object, ...]:
        row = year_of(school, "Brough")
        return (
            *(row.sen_status, row.ethnicity, pupil(school, "Brough").sex, row.class_group.name),
            *(row.is_pupil_premium, row.is_fsm6, row.is_eal, row.is_looked_after, row.is_service_child),
        )

    assert held() == ("K", "WBRI", "F", "3B", True, True, True, True, True)
    # A column that is not there says nothing.
    load(HEADINGS, ELSIE)
    assert held() == ("K", "WBRI", "F", "3B", True, True, True, True, True)
    load(headings, [*ELSIE, *[""] * 9])
    assert held() == ("K", "WBRI", "F", "3B", False, False, False, False, False)
    load([*HEADINGS, "Service Child"], [*ELSIE, "R"])
    assert held()[-1] is None


def test_only_what_is_missing_is_filled_when_asked(load: Import, school: School) -> None:
    load([*HEADINGS, "SEN", "PP", "Class"], [*ELSIE, "", "N", "3B"])
    load(
        [*HEADINGS, "SEN", "PP", "EAL", "Class"],
        [upn(1), "Brough", "Elsa", "16/01/2018", "4", "K", "Y", "Y", "4A"],
        update="missing",
    )
    row, elsie = year_of(school, "Brough"), pupil(school, "Brough")
    assert (row.sen_status, row.is_pupil_premium, row.is_eal, row.class_group.name) == (
        "K",
        False,
        True,
        "3B",
    )
    assert (elsie.forename, elsie.date_of_birth, row.year_group) == (
        "Elsie",
        dt.date(2018, 1, 15),
        YearGroup.Y3,
    )
    with visible_to(school):
        assert [group.name for group in ClassGroup.objects.all()] == ["3B"]


def test_free_meals_are_not_fsm6(load: Import, school: School) -> None:
    report = load([*HEADINGS, "FSM Eligible"], [*ELSIE, "Y"])
    assert year_of(school, "Brough").is_fsm6 is None
    assert report[-1] == "From the roll of the running year alone, so not used: FSM Eligible."


def test_columns_that_are_not_used_are_said(load: Import) -> None:
    assert load([*HEADINGS, "Shoe size", "House", "Year Group"], [*ELSIE, 33, "Red", 3])[-3:] == [
        "Columns that are not known, and were not used: Shoe size.",
        "Columns that are known, but nothing of them is kept: House.",
        "Columns that say again what another says: Year (Year Group was used).",
    ]


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Name", "Brough, Elsie"),
        ("Surname Forename", "Brough Elsie"),
        ("Surname, Forename", "Brough , Elsie"),
    ],
)
def test_names_may_stand_in_one_column(load: Import, school: School, heading: str, name: str) -> None:
    load([heading, "DOB", "Year"], [name, "15/01/2018", "3"])
    assert pupil(school, "Brough").forename == "Elsie"


def test_a_whole_name_beside_its_parts_is_not_used(load: Import, school: School) -> None:
    report = load([*HEADINGS, "Pupil"], [*ELSIE, "Elsie Brough"])
    assert report[-1] == "Columns that are known, but nothing of them is kept: Pupil."


def test_a_file_that_names_this_school_comes_in(load: Import, school: School) -> None:
    number = school.dfe_number
    load(
        [*HEADINGS, "URN", "LAEstab"], [*ELSIE, school.urn, f"{number[:3]}/{number[3:]}"], [*NOAH, "", number]
    )
    assert load.held()[0] == 2


def test_guests_and_totals_are_left_out_and_said(load: Import) -> None:
    report = load(
        [*HEADINGS, "Enrolment Status"],
        [*ELSIE, "C"],
        [*NOAH, "G"],
        [upn(3), "Total", "Ann", "02/03/2017", "4", "Current"],
        ["Total: 3 pupils", "", "", "", "", ""],
        ["", "Grand total", "3"],
    )
    assert report[0].endswith("2 pupils; 2 new, 0 changed, 0 unchanged.")
    assert report[-2:] == [
        "Left out, as guests on another school’s roll: 1 row.",
        "Left out, as totals: 2 rows.",
    ]


def test_who_is_not_in_the_file_stays_and_is_counted(load: Import) -> None:
    load(HEADINGS, ELSIE, NOAH)
    assert load(HEADINGS, NOAH)[1:] == [
        "On the roll of 2025/26 but not in the file: 1 pupil, left as they are."
    ]


def test_what_looks_wrong_but_may_be_right_is_said(load: Import, school: School) -> None:
    report = load(
        HEADINGS,
        [upn(1, letter="A"), "Brough", "Elsie", "15/01/2018", "8"],
        NOAH,
        ["", "Dee", "Di", "15/01/2018", "Year 4"],
        ["", "Eve", "Ed", "15/01/2018", "Year 5"],
    )
    assert report[1:] == [
        (
            "WARNING: 2 pupils are in year groups that the school does not have: Year 5 (1) and Year 8 (1)."
            " It has Reception to Year 4. Is this the right school and year?"
        ),
        "To look at:",
        "  Row 2, Brough, Elsie is more than a year out of step: in Year 8, born on 15/01/2018.",
        "  Row 5, Eve, Ed is more than a year out of step: in Year 5, born on 15/01/2018.",
        "The year 2025/26 was not open at the school: opened.",
        "With a temporary UPN: 1 pupil.",
    ]


def test_of_many_changes_and_notes_the_first_are_told(load: Import) -> None:
    rows = [["", f"Surname{n:02}", "Ann", "15/01/2018", "8"] for n in range(60)]
    report = load(HEADINGS, *rows)
    assert "  … and 10 more." in report
    told = [line.split()[2] for line in report if "out of step" in line]
    assert told == [f"Surname{number:02}," for number in range(50)]
    report = load([*HEADINGS, "Sex"], *([*row, "F"] for row in rows))
    assert report[-1] == "  … and 40 more."
    assert report[-2] == "  Row 21, Surname19, Ann: sex blank → Girl."


def test_changes_are_told_in_words(load: Import, school: School) -> None:
    load([*HEADINGS, "SEN", "PP", "Entry Date"], [*ELSIE, "N", "", ""])
    report = load(
        [
            "UPN",
            "Surname",
            "Forename",
            "DOB",
            "Year",
            "SEN",
            "PP",
            "EAL",
            "Preferred Forename",
            "Leaving Date",
        ],
        [upn(1), "Brough-Lee", "Elsie", "16/01/2018", "R", "K", "Y", "", "Els", "19/12/2025"],
    )
    assert report[-4:] == [
        "  Row 2, Brough-Lee, Elsie is more than a year out of step: in Reception, born on 16/01/2018.",
        "Left: 1 pupil.",
        "Changed:",
        (
            "  Row 2, Brough-Lee, Elsie: surname Brough → Brough-Lee; preferred forename blank → Els;"
            " date of birth 15/01/2018 → 16/01/2018; SEN status No SEN → SEN support; pupil premium no → yes;"
            " EAL not known → no; year group Year 3 → Reception;"
            " on roll from 01/09/2025 → from 01/09/2025 to 19/12/2025."
        ),
    ]


def test_a_stay_of_another_year_is_told(load: Import) -> None:
    load([*HEADINGS, "Leaving Date"], [*ELSIE, "19/12/2025"])
    report = load(HEADINGS, [*ELSIE[:4], "4"], year="2026/27")
    assert report == [
        report[0].split(",")[0] + ", 2026/27: 1 pupil; 0 new, 1 known before and added to this year, 0 changed, 0 unchanged.",
        "Another stay on the roll: 1 pupil known before.",
        "Changed:",
        "  Row 2, Brough, Elsie: on roll from 01/09/2025 to 19/12/2025 → from 01/09/2025 to 19/12/2025 and from 01/09/2026.",
    ]  # fmt: skip


def test_a_terminal_without_a_letter_does_not_end_an_import(school: School, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "roll.csv", [[*HEADINGS, "Größe"], [*ELSIE, "1"]])
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)
    call_command("import_pupils", str(path), "--school", school.urn, "--year", "2025/26", stdout=out)
    assert b"Gr??e" in out.buffer.getvalue()  # type: ignore[attr-defined]


def test_nothing_but_the_report_is_printed_where_nobody_watches(
    school: School, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_csv(tmp_path / "roll.csv", [HEADINGS, ELSIE])
    call_command("import_pupils", str(path), "--school", school.urn, "--year", "2025/26")
    printed = capsys.readouterr()
    assert (len(printed.out.splitlines()), printed.err) == (2, "")


def test_a_change_set_says_which_file_it_was(load: Import, school: School) -> None:
    load(HEADINGS, ELSIE)
    with visible_to(school):
        change = ChangeSet.objects.get(kind="import")
    assert (change.by, change.reason) == (None, "Roll of 2025/26 from roll.csv")


def test_a_file_may_have_any_name_that_a_disk_allows(load: Import, school: School, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "roll.csv", [HEADINGS, ELSIE]).rename(tmp_path / os.fsdecode(b"r\xf6ll.csv"))
    load.file(path)
    with visible_to(school):
        assert ChangeSet.objects.get(kind="import").reason == "Roll of 2025/26 from r?ll.csv"


def test_every_year_has_its_own_record(load: Import, school: School) -> None:
    load([*HEADINGS, "SEN"], [*ELSIE, "K"])
    load([*HEADINGS, "SEN"], [*ELSIE[:4], "2", "N"], year="2024/25")
    assert [year_of(school, "Brough", start).sen_status for start in (2024, 2025)] == ["N", "K"]
    assert stays(school, "Brough") == [(dt.date(2024, 9, 1), True, None)]
    with visible_to(school):
        assert set(SchoolYear.objects.values_list("academic_year", flat=True)) >= {
            AcademicYear(2024),
            AcademicYear(2025),
        }


def test_the_example_in_the_documents_comes_in(load: Import, tmp_path: Path) -> None:
    documents = Path(__file__).parents[2] / "docs" / "files.md"
    example = documents.read_text(encoding="utf-8").split("```\n")[1]
    assert example.startswith("UPN,Surname,Forename")
    path = tmp_path / "example.csv"
    path.write_text(example, encoding="utf-8")
    assert load.file(path)[0].endswith("2 pupils; 2 new, 0 changed, 0 unchanged.")


def test_a_sheet_that_was_not_read_is_told(load: Import, tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "roll.xlsx", [[*HEADINGS, "Class"], [*ELSIE, "3B"]], [HEADINGS, NOAH])
    report = load.file(path)
    assert report[0].endswith("1 pupil; 1 new, 0 changed, 0 unchanged.")
    assert report[1] == "WARNING: only the sheet 'Sheet1' was read; not 'Sheet2'."


@pytest.mark.parametrize(("another", "side"), [("2024/25", "above"), ("2026/27", "below")])
def test_the_roll_of_another_year_is_noticed_by_the_ages(load: Import, another: str, side: str) -> None:
    rows = [[upn(number), f"S{number}", "Di", "15/01/2018", "Year 3"] for number in range(1, 6)]
    warning = (
        f"WARNING: most pupils are 1 year group {side} the one of their age. Is this the roll of {another}?"
    )
    assert load(HEADINGS, *rows, year=another, dry_run=True)[2] == warning
    assert not any("WARNING" in line for line in load(HEADINGS, *rows, dry_run=True))
    assert not any("WARNING" in line for line in load(HEADINGS, *rows[:4], year=another, dry_run=True))


def test_a_nursery_of_several_ages_is_no_roll_of_another_year(load: Import) -> None:
    rows = [[upn(number), f"S{number}", "Di", "15/01/2023", "Nursery"] for number in range(1, 8)]
    assert not any("of their age" in line for line in load(HEADINGS, *rows, dry_run=True))


def test_upns_in_the_wrong_rows_are_pointed_out(load: Import) -> None:
    load(HEADINGS, ELSIE, NOAH)
    report = load(HEADINGS, [ELSIE[0], *NOAH[1:]], [NOAH[0], "Cox-Hill", *NOAH[2:]], dry_run=True)
    start = report.index("To look at:")
    assert report[start + 1] == (
        "  Row 2, Cox, Noah has the UPN of Brough, Elsie, born on 15/01/2018, who would be no more."
        " Is the UPN in the right row?"
    )
    assert not any("Cox-Hill" in line for line in report[start : report.index("Changed:")])


def test_a_child_who_may_be_known_by_another_name_is_pointed_out(load: Import) -> None:
    load(HEADINGS, ELSIE, NOAH, ["", "Byrne", "Zoë", "01/02/2018", "3"])
    report = load(
        HEADINGS,
        # Renamed; without the diaeresis; a twin of somebody in the file; another permanent UPN.
        ["", "Brough-Hill", "Elsie", "15/01/2018", "3"],
        ["", "Byrne", "Zoe", "01/02/2018", "3"],
        NOAH,
        ["", "Cox", "Nell", "02/03/2017", "4"],
        [upn(9), "Brough", "Ed", "15/01/2018", "3"],
        dry_run=True,
    )
    start = report.index("To look at:")
    assert report[start + 1 : start + 3] == [
        "  Row 2, Brough-Hill, Elsie is new, but may be Elsie Brough, born on the same day. If so, give the UPN, or the name as we hold it.",
        "  Row 3, Byrne, Zoe is new, but may be Zoë Byrne, born on the same day. If so, give the UPN, or the name as we hold it.",
    ]
    assert not any("Row 5" in line or "Row 6" in line for line in report)


def test_a_blank_is_no_no_where_another_column_of_the_same_says_yes(load: Import, school: School) -> None:
    report = load(
        [*HEADINGS, "PP", "SEN", "Pupil Premium", "SEN Status"],
        [*ELSIE, "", "", "Y", "K"],
        [*NOAH, "", "N", "", "K"],
    )
    assert report[-1] == (
        "Columns that say again what another says: Pupil Premium (PP was used) and SEN Status (SEN was used)."
    )
    said = {
        name: (year_of(school, name).is_pupil_premium, year_of(school, name).sen_status)
        for name in ("Brough", "Cox")
    }
    assert said == {"Brough": (True, "K"), "Cox": (False, "N")}


def test_a_blank_stays_blank_beside_a_less_explicit_heading(load: Import) -> None:
    report = load.refused([*HEADINGS[:4], "Year Group", "Year"], [*ELSIE[:4], "", "3"])
    assert report[1] == "Row 2, Year Group: the cell is blank. Every pupil needs a year group."
