"""Attendance at its edges, from a cell of a roll to the list that is narrowed to a band."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from schools.attendance import Band, as_held, band_of, in_words
from schools.imports.pupils import HEADINGS as KNOWN
from schools.imports.values import Cell, Unreadable, read_attendance
from schools.models import PupilYear, Role, School
from schools.queries.pupils import Fact, pupil_page
from schools.queries.roll_groups import Group
from schools.queries.rolls import RollFilter, roll
from schools.row_security import visible_to
from tests.schools.files import upn
from tests.schools.importing import ELSIE, HEADINGS, NOAH, Import, load, year_of
from tests.schools.small_school import TODAY, access_of, school_pupil, small_school

__all__ = ["load", "small_school"]
GOOD, BELOW_GOOD, ABSENT, SEVERE = Band.GOOD, Band.BELOW_GOOD, Band.ABSENT, Band.SEVERELY_ABSENT


@pytest.mark.parametrize(
    ("percentage", "band"),
    [
        ("100", GOOD), ("95.0", GOOD), ("94.9", BELOW_GOOD), ("90.1", BELOW_GOOD), ("90.0", ABSENT),
        ("50.1", ABSENT), ("50.0", SEVERE), ("0", SEVERE),
    ],
)  # fmt: skip
def test_an_edge_belongs_to_the_absent_below_and_to_the_good_above(percentage: str, band: Band) -> None:
    assert band_of(Decimal(percentage)) is band


@pytest.mark.parametrize(
    ("said", "held"),
    [
        ("94.55", "94.6"), ("94.44", "94.4"), ("96", "96.0"),
        # 9.96 % missed is not 10 %, and 5.04 % missed is not 5 %.
        ("90.04", "90.1"), ("90.00001", "90.1"), ("94.96", "94.9"), ("50.04", "50.1"), ("89.96", "90.0"), ("49.99", "50.0"), ("95.04", "95.0"),
    ],
)  # fmt: skip
def test_nothing_is_rounded_over_an_edge(said: str, held: str) -> None:
    assert str(as_held(Decimal(said))) == held


@given(st.decimals(0, 100, places=6))
def test_what_is_held_is_in_the_band_of_what_was_said(percentage: Decimal) -> None:
    held = as_held(percentage)
    assert band_of(held) is band_of(percentage)
    assert abs(held - percentage) <= Decimal("0.1")
    assert as_held(held) == held


@pytest.mark.parametrize(
    ("cell", "held"),
    [
        ("94.5", "94.5"), ("94.5%", "94.5"), (" 94.5 % ", "94.5"), ("0", "0.0"), (0, "0.0"), ("100", "100.0"), (100.0, "100.0"),
        (94.5, "94.5"), (90.04, "90.1"), ("0.5%", "0.5"), ("1%", "1.0"), (1.5, "1.5"),
    ],
)  # fmt: skip
def test_an_attendance_is_read(cell: Cell, held: str) -> None:
    assert str(read_attendance(cell)) == held


@pytest.mark.parametrize(
    "cell", ["94,5", "100.1", "101", "-1", "1e2", "N/A", "present", "94.5%%", "190/200", True, "٩٤", "#N/A"]
)
def test_what_is_no_percentage_from_0_to_100_is_refused(cell: Cell) -> None:
    with pytest.raises(Unreadable, match="from 0 to 100 with a decimal point"):
        read_attendance(cell)


@pytest.mark.parametrize("cell", [0.945, "0.945", 1, "1", 1.0])
def test_what_may_be_a_share_of_one_is_refused(cell: Cell) -> None:
    with pytest.raises(Unreadable, match="a share of 1 or a percentage"):
        read_attendance(cell)


@pytest.mark.parametrize(
    "heading",
    ["% Attendance", "Attendance %", "attendance", "PERCENTAGE ATTENDANCE", "Attendance YTD", "% Present"],
)
def test_headings_of_attendance(heading: str) -> None:
    assert list(KNOWN.read([heading]).columns) == ["attendance_pct"]


def test_sessions_are_no_percentage() -> None:
    # Of 95 sessions present nobody knows the share.
    assert KNOWN.read(["Present", "Sessions Present"]).unknown == ("Present", "Sessions Present")


def attendance(school: School, surname: str) -> Decimal | None:
    held: Decimal | None = year_of(school, surname).attendance
    return held


def test_a_roll_brings_attendance_and_says_what_it_changes(load: Import, school: School) -> None:
    headings = [*HEADINGS, "% Attendance"]
    load(headings, [*ELSIE, "97.2"], [*NOAH, ""])
    assert (attendance(school, "Brough"), attendance(school, "Cox")) == (Decimal("97.2"), None)
    # A blank cell and a missing column leave what is held.
    assert load(headings, [*ELSIE, ""], [*NOAH, ""])[0].endswith("0 new, 0 changed, 2 unchanged.")
    assert load(HEADINGS, ELSIE)[0].endswith("0 new, 0 changed, 1 unchanged.")
    report = load(headings, [*ELSIE, "90.0%"], [*NOAH, "0"])
    assert report[-2:] == [
        "  Row 2, Brough, Elsie: attendance 97.2% → 90.0%.",
        "  Row 3, Cox, Noah: attendance not known → 0.0%.",
    ]
    # Nought is held, and is not missing.
    load(headings, [*ELSIE, "50"], [*NOAH, "60"], update="missing")
    assert (attendance(school, "Brough"), attendance(school, "Cox")) == (Decimal("90.0"), Decimal("0.0"))
    load(headings, [*ELSIE, "50"], [*NOAH, "60"], update="all")
    assert (attendance(school, "Brough"), attendance(school, "Cox")) == (Decimal("50.0"), Decimal("60.0"))


def test_a_cell_that_is_no_attendance_keeps_the_file_out_and_is_named(load: Import) -> None:
    headings = [*HEADINGS, "% Attendance"]
    assert load.refused(headings, [*ELSIE, "94,5"], [*NOAH, "0.9"]) == [
        "nothing was imported. 2 problems:",
        "Row 2, % Attendance: '94,5' is not a percentage of attendance. Write a number from 0 to 100 with a decimal point, such as 94.5.",
        "Row 3, % Attendance: '0.9' may be a share of 1 or a percentage. Write a percentage with its sign, such as 94.5%.",
    ]


def test_a_percentage_in_a_workbook_is_what_is_seen_there(
    load: Import, school: School, tmp_path: Path
) -> None:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    formats = {
        "Shown": (0.945, "0.0%"),
        "Whole": (1, "0%"),
        "Letter": (94.5, '0.0"%"'),
        "Plain": (93, "General"),
    }
    sheet.append([*HEADINGS, "% Attendance"])
    for number, (surname, (value, number_format)) in enumerate(formats.items(), start=2):
        sheet.append([upn(number), surname, "F", "15/01/2018", "3", value])
        sheet.cell(number, 6).number_format = number_format
    workbook.save(tmp_path / "roll.xlsx")
    load.file(tmp_path / "roll.xlsx")
    assert [attendance(school, surname) for surname in formats] == [
        Decimal("94.5"),
        Decimal("100.0"),
        Decimal("94.5"),
        Decimal("93.0"),
    ]


@pytest.mark.parametrize("percentage", ["-0.1", "100.1"])
def test_the_database_holds_no_other_number(small_school: School, percentage: str) -> None:
    with pytest.raises(IntegrityError, match="pupilyear_attendance_per_cent"), transaction.atomic():
        PupilYear.objects.filter(pupil__surname="Ada").update(attendance=Decimal(percentage))


@pytest.fixture
def attended(small_school: School) -> School:
    """On roll: Ada, Bea, Cal (joined), Dan (out of year), Eve, Fay, Ivy, Jan. Gil left. Fay's, Ivy's and Jan's is not recorded."""
    held = {"Ada": "95.0", "Bea": "94.9", "Cal": "90.0", "Dan": "50.0", "Eve": "50.1", "Gil": "30.0"}
    for surname, percentage in held.items():
        PupilYear.objects.filter(pupil__surname=surname).update(attendance=Decimal(percentage))
    return small_school


@pytest.mark.parametrize(
    ("group", "found"),
    [
        (Group.ATTENDANCE_GOOD, "Ada"),
        (Group.ATTENDANCE_BELOW_GOOD, "Bea"),
        (Group.ATTENDANCE_ABSENT, "Cal Eve"),
        (Group.SEVERELY_ABSENT, "Dan"),
        (Group.PERSISTENTLY_ABSENT, "Cal Dan Eve"),
        (Group.ATTENDANCE_NOT_RECORDED, "Fay Ivy Jan"),
    ],
)
def test_a_roll_is_narrowed_to_a_band(attended: School, group: Group, found: str) -> None:
    lines = roll(access_of(attended, Role.HEAD), RollFilter(group=group), today=TODAY).lines
    assert " ".join(line.name.partition(",")[0] for line in lines) == found


def test_a_pupils_page_says_it_where_the_record_of_the_year_stands(attended: School) -> None:
    head = access_of(attended, Role.HEAD)
    pages = [pupil_page(head, school_pupil(attended, name).public_id, today=TODAY) for name in ("Cal", "Fay")]
    assert [page and page.years[0].characteristics for page in pages] == [(Fact("Attendance", "90.0%"),), ()]
    assert in_words(Decimal(90)) == "90.0%"


def test_its_history_is_kept(attended: School) -> None:
    with visible_to(attended):
        ada = PupilYear.objects.get(pupil__surname="Ada")
        ada.attendance = Decimal("88.0")
        ada.save()
        held = ada.events.order_by("pgh_id").values_list("attendance", flat=True)
        assert list(held) == [None, Decimal("95.0"), Decimal("88.0")]
