"""Sorting and filtering a marksheet: in the address, by figures that are worked out by hand."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import READING
from schools.calendar import AcademicYear, YearGroup
from schools.models import Pupil
from schools.row_security import visible_to
from tests.assessment.classroom import YEAR, Classroom
from tests.assessment.sheet_page import Page
from tests.factories import judged, on_roll

pytestmark = pytest.mark.django_db
LAST = AcademicYear(YEAR - 1)


@pytest.fixture
def class_of_five(room: Classroom) -> dict[str, Pupil]:
    """Mathematics in Autumn, in which 43 and 44 are expected of Year 4 and 36 and 37 of Year 3; three steps are expected.

    Ann 43 from 40 (+3, as expected, at), Bea 41 from 42 (-1, below), Cid 46 without a start (above), Dot of Year 3 38 from 34 (+4, above),
    Elsie absent, Noah nothing.
    """
    with visible_to(room.school):

        def pupil(name: str, year_group: YearGroup = YearGroup.Y4, **facts: object) -> Pupil:
            return on_roll(
                room.school,
                YEAR,
                class_group=room.group,
                year_group=year_group,
                pupil__surname=name,
                **facts,
            ).pupil

        found = {
            "Ann": pupil("Ann", is_pupil_premium=True),
            "Bea": pupil("Bea", is_pupil_premium=False),
            "Cid": pupil("Cid"),
            "Dot": pupil("Dot", YearGroup.Y3),
        }
        for name, before, now in (("Ann", 40, 43), ("Bea", 42, 41), ("Cid", None, 46), ("Dot", 34, 38)):
            if before:
                judged(found[name], YEAR, AssessmentTerm.BASELINE, before)
            judged(found[name], YEAR, AssessmentTerm.AUTUMN, now)
        judged(room.elsie, YEAR, AssessmentTerm.AUTUMN, None, reason="absent")
    return {**found, "Elsie": room.elsie, "Noah": room.noah}


def shown(room: Classroom, five: dict[str, Pupil], asked: str) -> list[str]:
    answer = room.client.get(room.address(asked=f"?term=autumn&{asked}"))
    assert answer.status_code == 200
    names = {str(pupil.public_id): name for name, pupil in five.items()}
    return [names[key] for key in Page(answer.content.decode()).rows]


def order_by_name(five: dict[str, Pupil]) -> list[str]:
    return sorted(five, key=lambda name: (five[name].surname.lower(), name))


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        # Averages of nothing come last, by name.
        ("sort=points", ["Dot", "Bea", "Ann", "Cid"]),
        ("sort=steps", ["Bea", "Ann", "Dot"]),
        ("sort=group", ["Dot"]),
    ],
)
def test_rows_are_sorted_with_those_without_a_value_last(
    room: Classroom, class_of_five: dict[str, Pupil], asked: str, first: list[str]
) -> None:
    found = shown(room, class_of_five, asked)
    assert found[: len(first)] == first
    rest = [name for name in order_by_name(class_of_five) if name not in first]
    assert found[len(first) :] == rest


@pytest.mark.parametrize(
    ("asked", "who"),
    [
        ("attainment=below", {"Bea"}),
        ("attainment=at", {"Ann"}),
        ("attainment=above", {"Cid", "Dot"}),
        ("progress=less", {"Bea"}),
        ("progress=expected", {"Ann"}),
        ("progress=more", {"Dot"}),
        ("progress=none", {"Cid"}),
        ("entered=missing", {"Noah"}),
        ("entered=complete", {"Ann", "Bea", "Cid", "Dot", "Elsie"}),
        # Down a step, and nobody has said that this is right; Cid's are no steps, for there is no start.
        ("entered=check", {"Bea"}),
        ("group=pupil-premium", {"Ann"}),
        ("attainment=above&progress=more", {"Dot"}),
    ],
)
def test_rows_are_narrowed_each_pupil_by_the_own_year(
    room: Classroom, class_of_five: dict[str, Pupil], asked: str, who: set[str]
) -> None:
    assert set(shown(room, class_of_five, asked)) == who


def test_of_several_subjects_one_that_matches_is_enough(
    room: Classroom, class_of_five: dict[str, Pupil]
) -> None:
    with visible_to(room.school):
        judged(class_of_five["Ann"], YEAR, AssessmentTerm.AUTUMN, 30, subject=READING)
    answer = room.client.get(room.address("all", "?term=autumn&attainment=below"))
    rows = list(Page(answer.content.decode()).rows)
    assert set(rows) == {str(class_of_five[name].public_id) for name in ("Ann", "Bea")}


def test_the_line_above_counts_the_sheet_and_not_what_is_narrowed(
    room: Classroom, class_of_five: dict[str, Pupil]
) -> None:
    page = room.client.get(room.address(asked="?term=autumn&attainment=below")).content.decode()
    assert "<strong>4</strong> of 6 entered" in page
    assert "1 of 6 shown" in page


def test_an_unknown_choice_is_said_and_shows_everybody(
    room: Classroom, class_of_five: dict[str, Pupil]
) -> None:
    answer = room.client.get(room.address(asked="?term=autumn&attainment=purple"))
    page = answer.content.decode()
    assert "This link asks for something that is not on a marksheet" in page
    assert len(Page(page).rows) == 6


def test_nobody_who_matches_offers_everybody(room: Classroom) -> None:
    page = room.client.get(room.address(asked="?term=autumn&attainment=below")).content.decode()
    assert "No pupil matches" in page
    assert "Show everybody" in page


def test_a_cell_is_saved_on_a_narrowed_sheet_and_stays_in_sight(
    room: Classroom, class_of_five: dict[str, Pupil]
) -> None:
    answer = room.client.post(
        room.address(asked="?term=autumn&entered=missing"),
        {"pupil": str(room.noah.public_id), "of": "mathematics.autumn", "value": "44", "saw": "0:"},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 200
    assert "44" in answer.content.decode()


def test_the_file_has_the_rows_that_are_shown_and_says_so_in_its_name(
    room: Classroom, class_of_five: dict[str, Pupil]
) -> None:
    place = [room.school.urn, YEAR, room.group.public_id, "mathematics", "csv"]
    address = reverse("class_marksheet_file", args=place)
    answer = room.client.get(f"{address}?term=autumn&attainment=above&sort=points")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["Autumn"] for row in rows] == ["38", "46"]
    assert "above" in answer.headers["Content-Disposition"]
