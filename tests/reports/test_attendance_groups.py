"""Figures by attendance, worked out by hand: tests/reports/counted_school.py says who is who, `attended` who was there.

Year 4 in Summer: Ann 47 at, Bob 51 above, Cat 44 below, Dev 49 at (joined in January), Eve 45 below, Hal 46 below, Ida 48 at. Fin and Gus
left; Jon is in Year 3 by his record, and at 41 at.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from html import unescape

import pytest

from assessment.queries.snapshots import snapshot_numbered
from assessment.services.snapshots import freeze
from reports.documents.analysis import analysis
from reports.documents.group_report import group_report
from reports.documents.snapshot_changes import snapshot_changes
from reports.queries.figure_pupils import standings
from reports.queries.group_members import group_members
from reports.queries.groups import ATTENDANCE, BY_SLUG
from reports.queries.pupil_progress import pupil_record
from reports.queries.scope import Filters, Scope
from schools.calendar import TermName
from schools.models import Pupil, PupilYear, Role, School
from tests.conftest import member, signed_in
from tests.reports.counted_school import LAST_YEAR, YEAR, counted
from tests.reports.test_groups_page import MATHEMATICS, access_of, at, page_of, pair, report

__all__ = ["counted"]
pytestmark = pytest.mark.django_db
AUTUMN, _, SUMMER = TermName
# On both sides of each edge. Eve's is not recorded; last year's is another one.
HELD = {
    "Ann": "95.0", "Bob": "94.9", "Cat": "90.0", "Dev": "50.0", "Fin": "30.0", "Gus": "100.0", "Hal": "90.1", "Ida": "50.1", "Jon": "12.5",
}  # fmt: skip


@pytest.fixture
def attended(counted: School) -> School:
    for forename, percentage in HELD.items():
        of_pupil = PupilYear.objects.filter(pupil__forename=forename)
        of_pupil.filter(academic_year=YEAR).update(attendance=Decimal(percentage))
        of_pupil.filter(academic_year=LAST_YEAR).update(attendance=Decimal("70.0"))
    return counted


def in_group(school: School, slug: str, term: TermName = SUMMER, *crossed: str) -> set[str]:
    """Who is counted where the figures are narrowed to the group, of all year groups."""
    keys = [BY_SLUG[each].key for each in (slug, *crossed)]
    filters = Filters(**dict(zip(("group", "crossed_with"), keys, strict=False)))
    scope = Scope(schools=(school,), academic_year=YEAR, term=term, filters=filters)
    found = {each.pupil_id for each in standings(scope, school, [MATHEMATICS])}
    return set(Pupil.objects.filter(pk__in=found).values_list("forename", flat=True))


@pytest.mark.parametrize(
    ("slug", "inside", "outside"),
    [
        ("attendance-95", "Ann", "Bob Cat Dev Hal Ida Jon"),
        ("attendance-90-to-95", "Bob Hal", "Ann Cat Dev Ida Jon"),
        ("attendance-50-to-90", "Cat Ida", "Ann Bob Dev Hal Jon"),
        ("severely-absent", "Dev Jon", "Ann Bob Cat Hal Ida"),
        ("persistently-absent", "Cat Dev Ida Jon", "Ann Bob Hal"),
        ("attendance-not-recorded", "Eve", "Ann Bob Cat Dev Hal Ida Jon"),
    ],
)
def test_who_is_in_a_band_and_who_is_known_not_to_be(
    attended: School, slug: str, inside: str, outside: str
) -> None:
    others = {
        "attendance-95": "attendance-below-95",
        "attendance-90-to-95": "attendance-outside-90-to-95",
        "attendance-50-to-90": "attendance-outside-50-to-90",
        "severely-absent": "not-severely-absent",
        "persistently-absent": "not-persistently-absent",
        "attendance-not-recorded": "attendance-recorded",
    }
    assert in_group(attended, slug) == set(inside.split())
    assert in_group(attended, others[slug]) == set(outside.split())


def test_who_left_counts_while_here_and_who_joined_from_then_on(attended: School) -> None:
    assert in_group(attended, "severely-absent", AUTUMN) == {"Fin", "Jon"}
    assert in_group(attended, "severely-absent", SUMMER, "joined-in-year") == {"Dev"}


def test_everybody_whose_attendance_is_recorded_is_in_one_band(attended: School) -> None:
    members = group_members(
        Scope(schools=(attended,), academic_year=YEAR, term=SUMMER), attended, ()
    ).values()
    bands = [sum(key in groups for key in (33, 34, 35, 36)) for groups in members]
    assert sorted(bands) == [0, *[1] * 7]


def test_the_bands_beside_their_comparators(attended: School) -> None:
    found = report(access_of(attended, Role.HEAD), SUMMER)
    told = {
        each.group.name: (
            (each.group.tally.pupils, each.group.share),
            (each.comparator.name, each.comparator.tally.pupils, each.comparator.share),
            each.gap_text,
        )
        for each in found.pairs
        if each.group.name in {group.name for group in ATTENDANCE}
    }
    minus = "\N{MINUS SIGN}"
    assert told == {
        # Ann at; the others Bob, Dev, Ida of five. Eve, who is below, is on no side.
        "Attendance 95% or more": ((1, 100), ("Attendance below 95%", 5, 60), "+40"),
        # Bob of him and Hal; Ann, Dev, Ida of the others and Cat.
        "Attendance 90.1-94.9%": ((2, 50), ("Attendance outside 90.1-94.9%", 4, 75), f"{minus}25"),
        # Dev and Ida of three; Ann and Bob of three.
        "Persistently absent": ((3, 67), ("Not persistently absent", 3, 67), "0"),
        # Ida of her and Cat; Ann, Bob, Dev of the others and Hal.
        "Attendance 50.1-90.0%": ((2, 50), ("Attendance outside 50.1-90.0%", 4, 75), f"{minus}25"),
        # Dev; Ann, Bob, Ida of five.
        "Severely absent": ((1, 100), ("Not severely absent", 5, 60), "+40"),
    }
    # Progress: Cat 6 of 7, Dev 3 of 2, Ida 7 of 7; Ann 7 of 7, Bob by Mastery, Hal without a start.
    persistent = pair(found, "Persistently absent")
    assert (persistent.group.progress_share, persistent.comparator.progress_share) == (67, 100)
    row = next(each for each in found.overlaps if each.name == "Severely absent")
    assert [cell.count for cell in row.cells][-2:] == [1, 1]


def test_a_crossing_leaves_out_whose_attendance_is_not_recorded(attended: School) -> None:
    crossing = report(
        access_of(attended, Role.HEAD), SUMMER, crossed=("persistently-absent", "girls")
    ).crossing
    assert crossing is not None
    # Both: Cat and Ida. Ann is a girl alone, Dev absent alone, Bob and Hal are neither; of Eve it is not known.
    assert [line.tally.pupils for line in crossing.corners] == [2, 1, 1, 2]
    assert crossing.unknown == 1


def test_a_school_that_records_none_has_no_such_groups(counted: School) -> None:
    found = report(access_of(counted, Role.HEAD), SUMMER)
    assert not {each.group.name for each in found.pairs} & {group.name for group in ATTENDANCE}
    assert not in_group(counted, "persistently-absent")
    assert not in_group(counted, "not-persistently-absent")


def test_the_tidy_table_has_them(attended: School) -> None:
    rows = analysis(Scope(schools=(attended,), academic_year=YEAR, term=SUMMER)).rows
    of_year_4 = {row[6]: row[7:12] for row in rows if row[4:6] == ("4", "Mathematics")}
    # On roll, judged, below, at, above.
    assert {group.name: of_year_4[group.name] for group in ATTENDANCE} == {
        "Attendance 95% or more": (1, 1, 0, 1, 0),
        "Attendance 90.1-94.9%": (2, 2, 1, 0, 1),
        "Attendance 50.1-90.0%": (2, 2, 1, 1, 0),
        "Severely absent": (1, 1, 0, 1, 0),
        "Persistently absent": (3, 3, 1, 2, 0),
    }
    assert of_year_4["All"][0] == 7


def test_the_pages_offer_them_and_open_to_their_pupils(attended: School) -> None:
    head = signed_in(member(attended, Role.HEAD))
    page = page_of(head, at(attended, "?term=summer&subject=mathematics&year_group=4"))
    assert "Persistently absent" in page
    assert '<option value="attendance-not-recorded">Attendance not recorded</option>' in page
    (address,) = {
        unescape(each)
        for each in re.findall(r'href="(/[^"]*group=persistently-absent[^"]*part=pupils[^"]*)"', page)
        if "crossed_with" not in each
    }
    assert "year_group=4" in address
    listed = page_of(head, address)
    assert [name for name in HELD if f", {name}</a>" in listed] == ["Cat", "Dev", "Ida"]


def test_a_snapshot_keeps_its_bands_and_says_who_changed_band(attended: School) -> None:
    head = access_of(attended, Role.HEAD)
    freeze(school=attended, academic_year=YEAR, term=SUMMER, by=None)
    taken = snapshot_numbered(attended, 1)
    assert taken is not None
    scope = Scope(
        schools=(attended,),
        academic_year=YEAR,
        term=SUMMER,
        filters=Filters(
            year_group=PupilYear.objects.get(pupil__forename="Ann", academic_year=YEAR).year_group
        ),
        viewer=head,
    )

    def shares(scope: Scope) -> list[tuple[str, int, int | None]]:
        found = group_report(head, scope, MATHEMATICS, (), None, {})
        return [(each.group.name, each.group.tally.pupils, each.group.share) for each in found.pairs]

    frozen = replace(scope, snapshot=taken)
    before = shares(scope)
    assert shares(frozen) == before
    for forename, percentage in {"Cat": "96.0", "Bob": "93.0", "Eve": "0.0"}.items():
        PupilYear.objects.filter(pupil__forename=forename, academic_year=YEAR).update(
            attendance=Decimal(percentage)
        )
    assert shares(frozen) == before
    assert ("Persistently absent", 3, 67) in before
    # Cat went and Eve, who is below, came: Dev and Ida of three still. Of the severely absent Dev alone is at.
    assert ("Severely absent", 2, 50) in shares(scope)
    assert ("Attendance 95% or more", 2, 50) in shares(scope)
    changes = snapshot_changes(head, taken).changes
    # Bob is where he was.
    assert [(line.name.partition(", ")[2], line.what, line.then, line.now) for line in changes] == [
        ("Cat", "Attendance band, 2025/26", "Attendance 50.1-90.0%", "Attendance 95% or more"),
        ("Eve", "Attendance band, 2025/26", "not known", "Severely absent"),
    ]


def test_the_pupils_own_page_says_each_years(attended: School) -> None:
    head = access_of(attended, Role.HEAD)
    cat, eve = (Pupil.objects.get(forename=name) for name in ("Cat", "Eve"))
    told = {}
    for each in (cat, eve):
        record = pupil_record(head, each.public_id, today=YEAR.ends_on)
        assert record is not None
        told[each.forename] = [(int(year.year), year.attendance) for year in record.years]
    assert told == {"Cat": [(2024, "70.0%"), (2025, "90.0%")], "Eve": [(2024, ""), (2025, "")]}
