"""What SIMS, Arbor, Bromcom, ScholarPack and Wonde export comes in as it is: on a page, and at night from a folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from schools.calendar import AcademicYear
from schools.models import Enrolment, PupilYear, Role, School
from schools.row_security import visible_to
from tests.conftest import member, signed_in
from tests.schools.test_imports import Desk, _in_one_thread
from tests.schools.test_sync import Night

__all__ = ["_in_one_thread"]

EXPORTS = Path(__file__).parents[2] / "fixtures" / "exports"
YEAR = AcademicYear(2025)

UPNS = ["G860221025001", "", "T86022102500A"]
WHO = [
    ("Brough", "Elizabeth", dt.date(2018, 1, 15), "F", 3, "3B"),
    ("Cox", "Noah", dt.date(2017, 3, 2), "M", 4, "4A"),
    ("O’Neill", "Zoë", dt.date(2020, 9, 1), "F", 0, "Acorns"),
]
CALLED = [("", "Elsie"), ("Cox-Lee", ""), ("", "")]
HEADS = (
    "pupil_premium",
    "fsm6",
    "disadvantaged",
    "eal",
    "looked_after",
    "previously_looked_after",
    "service_child",
)
BEGAN = dt.date(2025, 9, 1)

# Of each pupil in turn: SEN status, ethnicity, attendance; then the flags in the order above; then the stay on the roll. None is not known.
# Where no column says who is disadvantaged, it follows from FSM6 and from care, as far as these are known.
SAID = {
    "sims": [
        ("", "WBRI", "97.2", (False, None, None, True, False, False, False), (BEGAN, None)),
        ("K", "MWBC", "88.0", (True, None, True, False, True, False, False), (BEGAN, None)),
        ("E", "OOTH", "100.0", (False, None, True, False, False, True, True), (BEGAN, None)),
    ],
    "arbor": [
        ("N", "WBRI", "97.2", (False, False, False, True, False, False, None), (BEGAN, None)),
        ("K", "MWBC", "88.0", (True, True, True, False, True, False, None), (BEGAN, None)),
        ("E", "OOTH", "100.0", (True, False, True, False, False, True, None), (BEGAN, None)),
    ],
    "bromcom": [
        ("N", "WBRI", None, (False, False, False, True, False, False, False), (dt.date(2022, 9, 5), None)),
        ("K", "MWBC", None, (True, True, True, False, True, False, False), (dt.date(2021, 9, 6), dt.date(2025, 12, 19))),
        ("E", "OOTH", None, (True, False, True, False, False, True, None), (dt.date(2025, 9, 3), None)),
    ],
    "scholarpack": [
        ("N", "WBRI", "97.2", (False, False, None, True, False, None, False), (BEGAN, None)),
        ("K", "MWBC", "88.0", (True, True, True, False, True, None, False), (BEGAN, None)),
        ("E", "OOTH", "100.0", (True, False, None, False, False, None, None), (BEGAN, None)),
    ],
    "wonde": [
        ("", "WBRI", None, (False, False, False, True, False, False, False), (BEGAN, None)),
        ("K", "MWBC", None, (True, True, True, False, True, False, False), (BEGAN, None)),
        ("E", "OOTH", None, (True, False, True, False, False, True, False), (BEGAN, None)),
    ],
}  # fmt: skip


def by_page(school: School, running: AcademicYear, content: bytes, folder: Path) -> None:
    head = member(school, Role.HEAD)
    desk = Desk(school, running, head, signed_in(head))
    desk.bring(content, academic_year="2025")
    desk.post("confirm")
    assert desk.state() == "done"


def by_night(school: School, running: AcademicYear, content: bytes, folder: Path) -> None:
    night = Night(school, running, folder / "drop")
    night.put("export.csv", content)
    assert "1 taken" in night.run(year=YEAR)


@pytest.mark.parametrize("way", [by_page, by_night])
@pytest.mark.parametrize("system", SAID)
def test_an_export_comes_in_as_it_is(
    school: School, year: AcademicYear, tmp_path: Path, system: str, way: Callable[..., None]
) -> None:
    way(school, year, (EXPORTS / f"{system}.csv").read_bytes(), tmp_path)

    with visible_to(school):
        rows = PupilYear.objects.filter(academic_year=YEAR).order_by("pupil__surname")
        pupil = ("surname", "forename", "date_of_birth", "sex")
        names = [
            (surname.replace("'", "’"), *rest)
            for surname, *rest in rows.values_list(
                *(f"pupil__{name}" for name in pupil), "year_group", "class_group__name"
            )
        ]
        stays = Enrolment.objects.order_by("pupil__surname").values_list("starts_on", "ends_on")
        found = [
            (*said, flags, stay)
            for said, flags, stay in zip(
                rows.values_list("sen_status", "ethnicity", "attendance"),
                rows.values_list(*(f"is_{flag}" for flag in HEADS)),
                stays,
                strict=True,
            )
        ]
        called = rows.values_list("pupil__preferred_surname", "pupil__preferred_forename")
        assert list(rows.values_list("pupil__upn", flat=True)) == UPNS
        assert (names, list(called)) == (WHO, CALLED)
    expected = [
        (sen, ethnicity, attendance and Decimal(attendance), flags, stay)
        for sen, ethnicity, attendance, flags, stay in SAID[system]
    ]
    assert found == expected
