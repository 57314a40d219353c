"""A roll is taken in by typed rows: whose they are, what becomes of what is held, and what is written."""

from __future__ import annotations

import datetime as dt
from itertools import permutations
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from schools.calendar import AcademicYear, YearGroup
from schools.models import ChangeKind, ChangeSet, ClassGroup, Enrolment, Pupil, PupilYear, School
from schools.row_security import visible_to
from schools.services import enrolments, years
from schools.services.roll_rows import RollProblem, RollRefused, RollRow
from schools.services.rolls import RollChanges, load_roll
from schools.signals import records_corrected
from tests.factories import PupilFactory, UserFactory
from tests.schools.files import upn

YEAR = AcademicYear(2025)
BORN = dt.date(2018, 1, 15)


def row(number: int = 1, **said: Any) -> RollRow:
    values: dict[str, Any] = {
        "surname": "Brough",
        "forename": "Elsie",
        "date_of_birth": BORN,
        "year_group": YearGroup.Y3,
    }
    return RollRow(number=number, **(values | said))


@pytest.fixture
def open_school(school: School):
    with visible_to(school):
        years.open_year(school=school, academic_year=YEAR, by=None)
        yield school


def load(school: School, *rows: RollRow, year: int = YEAR, **options: Any) -> RollChanges:
    return load_roll(school=school, academic_year=AcademicYear(year), rows=rows, by=None, **options)


def problems(school: School, *rows: RollRow, year: int = YEAR) -> list[tuple[int | None, str, str]]:
    """What was wrong; and nothing was written."""
    before = Pupil.objects.count(), PupilYear.objects.count(), Enrolment.objects.count()
    with pytest.raises(RollRefused) as refused:
        load(school, *rows, year=year)
    assert (Pupil.objects.count(), PupilYear.objects.count(), Enrolment.objects.count()) == before
    return [(problem.row, problem.field, problem.what) for problem in refused.value.problems]


def upns() -> list[str]:
    return list(Pupil.objects.order_by("pk").values_list("upn", flat=True))


def written_stays(surname: str = "Brough") -> list[str]:
    stays = Enrolment.objects.filter(pupil__surname=surname).order_by("starts_on")
    return [
        f"{stay.starts_on}{'?' if stay.is_start_assumed else ''} {stay.ends_on or ''}".strip()
        for stay in stays
    ]


@pytest.mark.parametrize(
    ("held", "said", "after"),
    [
        # Either side has none.
        ("", upn(1), upn(1)),
        (upn(1), "", upn(1)),
        ("", "", ""),
        # A permanent one takes the place of a temporary one, and not the other way round.
        (upn(1, letter="A"), upn(1), upn(1)),
        (upn(1), upn(1, letter="A"), upn(1)),
        (upn(1, letter="A"), upn(2, letter="B"), upn(2, letter="B")),
    ],
)
def test_a_child_is_known_again_by_name_and_birthday_where_no_two_upns_say_otherwise(
    open_school: School, held: str, said: str, after: str
) -> None:
    load(open_school, row(upn=held, surname="O’Brien"))
    changes = load(open_school, row(upn=said, surname="o'brien"), update="missing")
    assert (changes.new, upns()) == (0, [after])


def test_a_permanent_upn_is_never_exchanged_for_another(open_school: School) -> None:
    load(open_school, row(upn=upn(1)))
    assert problems(open_school, row(4, upn=upn(2))) == [
        (
            4,
            "upn",
            f"is not the UPN we hold for Brough, Elsie, born 15/01/2018: {upn(1)}. Correct one of them.",
        )
    ]


def test_a_upn_finds_the_child_whatever_the_name(open_school: School) -> None:
    load(open_school, row(upn=upn(1)))
    changes = load(open_school, row(upn=upn(1), surname="Lee", date_of_birth=dt.date(2018, 1, 16)))
    assert (changes.new, changes.changed, Pupil.objects.get().surname) == (0, 1, "Lee")


def test_permanent_upns_tell_two_children_of_one_name_and_birthday_apart(open_school: School) -> None:
    assert load(open_school, row(1, upn=upn(1)), row(2, upn=upn(2))).new == 2
    assert load(open_school, row(1, upn=upn(1)), row(2, upn=upn(2)), row(3, upn=upn(3))).new == 1
    # Which of them is meant cannot be told.
    what = "could be any of 3 pupils of that name and date of birth. Give the UPN."
    assert problems(open_school, row(7)) == [(7, "surname", what)]


def test_two_rows_that_come_to_one_pupil_are_refused(open_school: School) -> None:
    load(open_school, row(upn=upn(1)))
    renamed, old_name = row(2, upn=upn(1), forename="Elsa"), row(3)
    assert problems(open_school, renamed, old_name) == [
        (3, "surname", "is the pupil of row 2 too, by what we hold: Elsie Brough.")
    ]
    load(open_school, row(surname="Cox"))
    one, other = row(2, surname="Cox", upn=upn(2)), row(3, surname="Cox", upn=upn(3))
    assert problems(open_school, one, other) == [
        (3, "surname", "is the pupil of row 2 too, by what we hold: Elsie Cox.")
    ]


def test_another_schools_pupils_are_nobody_here(open_school: School, other_school: School) -> None:
    with visible_to(other_school):
        load(other_school, row(upn=upn(1)))
    assert load(open_school, row(upn=upn(1))).new == 1
    with visible_to(open_school, other_school):
        assert Pupil.objects.values_list("school").distinct().count() == 2


def test_a_row_cannot_hold_a_malformed_upn_or_no_name() -> None:
    assert row(upn=upn(1).lower()).upn == upn(1)
    with pytest.raises(ValueError, match="first letter should be B"):
        row(upn="A801200005001")
    with pytest.raises(ValueError, match="a surname and a forename"):
        row(forename=" ")


def test_classes_are_made_once_whatever_their_capitals(open_school: School) -> None:
    ClassGroup.objects.create(school=open_school, academic_year=YEAR, name="3b")
    ClassGroup.objects.create(school=open_school, academic_year=2026, name="4A")
    changes = load(
        open_school,
        row(1, class_name="3B"),
        row(2, forename="Ann", class_name="4A"),
        row(3, forename="Ben", class_name="4a"),
        row(4, forename="Cal"),
    )
    assert changes.classes_made == ("4A",)
    assert list(PupilYear.objects.order_by("pk").values_list("class_group__name", flat=True)) == [
        *("3b", "4A", "4A", None)
    ]
    assert load(open_school, row(1, class_name="4A")).classes_made == ()
    assert ClassGroup.objects.filter(academic_year=YEAR).count() == 2


def test_a_class_that_nobody_comes_into_is_not_made(open_school: School) -> None:
    load(open_school, row(class_name="3B"))
    assert load(open_school, row(class_name="4A"), update="missing").classes_made == ()
    assert ClassGroup.objects.get().name == "3B"


def test_stays_are_the_same_in_whatever_order_the_years_are_loaded(open_school: School) -> None:
    rolls = {
        2023: row(year_group=YearGroup.Y1),
        2024: row(year_group=YearGroup.Y2, leaving=dt.date(2025, 3, 14)),
        2025: row(year_group=YearGroup.Y3),
    }
    for order in permutations(rolls):
        with transaction.atomic():
            for year in order:
                load(open_school, rolls[year], year=year)
            assert written_stays() == ["2023-09-01? 2025-03-14", "2025-09-01?"], order
            assert PupilYear.objects.count() == 3
            for year in order:
                assert load(open_school, rolls[year], year=year).is_empty
            transaction.set_rollback(True)


def test_dates_that_run_into_another_stay_are_a_problem_and_no_error(open_school: School) -> None:
    first, second = dt.date(2025, 10, 3), dt.date(2025, 11, 10)
    load(open_school, row(entry=dt.date(2025, 9, 4), leaving=first))
    load(open_school, row(entry=second))
    assert written_stays() == ["2025-09-04 2025-10-03", "2025-11-10"]
    late = row(5, entry=dt.date(2025, 9, 4), leaving=second)
    assert problems(open_school, late) == [
        (5, "leaving", "runs into another stay of this pupil, the stay from 10/11/2025.")
    ]
    early = row(6, entry=dt.date(2025, 9, 10))
    assert problems(open_school, early, year=2026) == [
        (
            6,
            "entry",
            "lies before the end of another stay of this pupil, the stay from 04/09/2025 to 03/10/2025.",
        )
    ]


def test_a_stay_that_is_cut_and_one_that_begins_there_are_written_together(open_school: School) -> None:
    load(open_school, row(entry=dt.date(2023, 9, 4)), year=2023)
    changes = load(open_school, row(entry=dt.date(2025, 11, 10)))
    assert (changes.came_back, changes.left) == (1, 1)
    assert written_stays() == ["2023-09-04 2025-11-09", "2025-11-10"]


def test_the_history_of_all_rows_says_one_change_set(open_school: School) -> None:
    leader = UserFactory.create()
    load_roll(
        school=open_school,
        academic_year=AcademicYear(2024),
        rows=[row(class_name="3B")],
        by=leader,
        reason="Sent",
    )
    change = ChangeSet.objects.get(kind=ChangeKind.IMPORT)
    assert (change.by, change.reason) == (leader, "Sent")
    for name in ("Pupil", "PupilYear", "Enrolment", "ClassGroup", "SchoolYear"):
        event = apps.get_model("schools", f"{name}Event").objects.order_by("pk").last()
        assert event.pgh_context == {"user": leader.pk, "change_set": str(change.public_id)}, name


def test_only_rows_that_change_are_written(open_school: School) -> None:
    load(open_school, row(1), row(2, surname="Cox", forename="Noah"))
    changes = load(open_school, row(1, sen_status="K"), row(2, surname="Cox", forename="Noah"))
    assert (changes.new, changes.changed, changes.unchanged) == (0, 1, 1)
    events = {
        name: apps.get_model("schools", f"{name}Event").objects.filter(pgh_label="update").count()
        for name in ("Pupil", "PupilYear", "Enrolment")
    }
    assert events == {"Pupil": 0, "PupilYear": 1, "Enrolment": 0}


def test_nothing_new_leaves_no_change_set(open_school: School) -> None:
    load(open_school, row(upn=upn(1), is_service_child=None, preferred_forename=""))
    count = ChangeSet.objects.count()
    changes = load(open_school, row(upn=upn(1), is_service_child=None, preferred_forename=""))
    assert (changes.is_empty, changes.unchanged, ChangeSet.objects.count()) == (True, 1, count)


def test_a_refused_roll_leaves_nothing_of_the_rows_that_were_right(open_school: School) -> None:
    right, wrong = row(1, class_name="9Z"), row(2, surname="Cox", entry=dt.date(2010, 1, 1))
    assert problems(open_school, right, wrong, year=2024) == [
        (2, "entry", "lies before the date of birth, 15/01/2018.")
    ]
    assert ClassGroup.objects.count() == 0


class Corrected:
    """What was said of corrected records."""

    def __init__(self) -> None:
        self.said: list[tuple[School, list[int] | None, int | None]] = []

    def __call__(
        self, *, school: School, pupil_ids: list[int] | None, academic_year: int | None, **_: object
    ) -> None:
        self.said.append((school, pupil_ids, academic_year))


@pytest.fixture
def corrected():
    heard = Corrected()
    records_corrected.connect(heard)
    yield heard
    records_corrected.disconnect(heard)


def test_a_corrected_year_group_or_birthday_is_said_once_for_all(
    open_school: School, corrected: Corrected
) -> None:
    names = ["Ann", "Ben", "Cal", "Dee"]
    first = [row(n, forename=name, upn=upn(n)) for n, name in enumerate(names)]
    load(open_school, *first)
    # A year for which there was no record corrects nothing.
    load(open_school, *first, year=2024)
    assert corrected.said == []
    load(
        open_school,
        row(0, forename="Ann", upn=upn(0), year_group=YearGroup.Y4),
        row(1, forename="Ben", upn=upn(1), date_of_birth=dt.date(2018, 1, 16)),
        row(2, forename="Cal", upn=upn(2), sen_status="K"),
        row(3, forename="Dee", upn=upn(3)),
        row(4, forename="Eve", upn=upn(4)),
    )
    ids = list(Pupil.objects.filter(forename__in=["Ann", "Ben"]).order_by("pk").values_list("pk", flat=True))
    assert corrected.said == [(open_school, ids, None)]


def test_a_dry_run_says_nothing_to_anybody(open_school: School, corrected: Corrected) -> None:
    load(open_school, row(upn=upn(1)))
    changes = load(open_school, row(upn=upn(1), year_group=YearGroup.Y4), dry_run=True)
    assert (changes.changed, corrected.said, PupilYear.objects.get().year_group) == (1, [], YearGroup.Y3)


def test_writing_takes_as_many_queries_for_many_rows_as_for_few(open_school: School) -> None:
    def rows(count: int, **said: Any) -> list[RollRow]:
        return [row(n, forename=f"Child{n}", upn=upn(n), **said) for n in range(count)]

    def queries(count: int) -> int:
        with transaction.atomic(), CaptureQueriesContext(connection) as made:
            load(open_school, *rows(count))
            load(open_school, *rows(count, surname="Lee", sen_status="K", entry=dt.date(2024, 9, 3)))
            transaction.set_rollback(True)
        return len(made)

    assert queries(3) == queries(60)


def test_progress_is_told_as_rows_are_written(open_school: School) -> None:
    done: list[int] = []
    load(open_school, *(row(n, forename=f"Child{n}") for n in range(1100)), progress=done.append)
    assert done == [500, 500, 100]


def test_a_pupil_admitted_on_a_page_in_between_refuses_the_roll_in_a_sentence(open_school: School) -> None:
    rows = [row(n, forename=f"Child{n}", upn=upn(n)) for n in range(501)]

    def meanwhile(_: int) -> None:
        PupilFactory.create(school=open_school, upn=rows[500].upn)

    with pytest.raises(RollRefused) as refused:
        load(open_school, *rows, progress=meanwhile)
    what = "The school’s records changed while this was written. Nothing has been taken: import it again."
    assert refused.value.problems == (RollProblem(row=None, field="", what=what),)
    assert Pupil.objects.count() == 0


def test_a_refusal_tells_everything_in_one_text() -> None:
    refused = RollRefused([RollProblem(row=4, field="upn", value="X", what="is wrong.")])
    assert str(refused) == "row 4, upn: X is wrong."


def test_a_child_admitted_by_hand_is_met_by_the_roll(open_school: School) -> None:
    details = enrolments.PupilDetails(surname="Brough", forename="Elsie", date_of_birth=BORN)
    place = enrolments.YearPlace(academic_year=YEAR, year_group=YearGroup.Y3)
    enrolments.admit(school=open_school, details=details, place=place, starts_on=None, by=None)
    assert load(open_school, row(upn=upn(1))).changed == 1
    assert (upns(), written_stays()) == ([upn(1)], ["2025-09-01?"])
