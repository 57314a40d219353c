"""Two records of one child merged and taken back, against figures counted by hand: who is who is in tests/reports/counted_school.py.

Ida is in the school twice. Her second record came on 5 January, in Oak, EAL, pupil premium not known: 46 in Spring as in the first,
50 in Summer where the first says 48, and 40 in Writing, which the first has not.
"""

from __future__ import annotations

import datetime as dt

import pytest

from assessment.engine.subjects import MATHEMATICS, WRITING
from assessment.models import Judgement, SnapshotPupil
from assessment.services.snapshots import freeze
from reports.documents.subject_access import subject_access
from schools.calendar import TermName
from schools.models import ChangeKind, ChangeSet, ClassGroup, Enrolment, Pupil, PupilYear, Role, School, User
from schools.queries.merging import Choices, MergePlan, merge_plan
from schools.queries.taking_back import preview_of
from schools.services.merging import MergeRefusedError, merge
from schools.services.taking_back import NotTaken, Taken, take_back
from tests.assessment.test_removing import figures
from tests.conftest import member
from tests.factories import judged, on_roll
from tests.reports.counted_school import LAST_YEAR, SPRING, SUMMER, YEAR, counted
from tests.reports.test_figures import line, scope_of
from tests.schools.test_taking_back import everything

__all__ = ["counted"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def head(school: School) -> User:
    return member(school, Role.HEAD)


@pytest.fixture
def idas(counted: School, head: User) -> tuple[Pupil, Pupil]:
    """Both records; a snapshot of Autumn, frozen with both, is number 1."""
    first = Pupil.objects.get(forename="Ida")
    second = on_roll(
        counted,
        YEAR,
        starts_on=dt.date(2026, 1, 5),
        class_group=ClassGroup.objects.get(name="Oak"),
        is_eal=True,
        pupil__forename="Ída",
        pupil__surname=first.surname,
        pupil__date_of_birth=first.date_of_birth,
    ).pupil
    judged(second, YEAR, SPRING, 46)
    judged(second, YEAR, SUMMER, 50)
    judged(second, YEAR, SUMMER, 40, subject=WRITING)
    freeze(school=counted, academic_year=YEAR, term=TermName.AUTUMN, by=head)
    return first, second


def plan_of(one: Pupil, other: Pupil, keep: int | None = None, **said: int) -> MergePlan:
    return merge_plan(
        one, other, Choices(keep, {key.replace("__", "."): value for key, value in said.items()})
    )


def said_of(school: School) -> dict[str, list[dict[str, object]]]:
    """Every row of the school, to the id; how often a judgement was saved goes on being counted."""
    held = everything(school)
    for row in held["Judgement"]:
        del row["version"]
    return held


def counts(school: School, term: TermName) -> tuple[object, ...]:
    """Of Year 4 in Mathematics: pupils, assessed, and their mean of points."""
    said = line(scope_of(school, term))
    return said[0], said[1], str(said[5])


def test_a_merge_counts_the_child_once_and_its_undo_leaves_every_figure_to_the_byte(
    counted: School, idas: tuple[Pupil, Pupil], head: User
) -> None:
    before, held = figures(counted), said_of(counted)
    # Ann, Bob, Cat, Dev, Eve, Hal, Ida and Ida again: 47, 51, 44, 49, 45, 46, 48, 50 are 380.
    assert counts(counted, TermName.SUMMER) == (8, 8, "47.50")
    # Below 47 to 49: Cat, Eve, Hal. At: Ann, Dev, Ida. Above: Bob, and Ida again.
    assert line(scope_of(counted, TermName.SUMMER))[2:5] == (3, 3, 2)
    # 45, 48, 46, 44, 46, 46 are 275.
    assert counts(counted, TermName.SPRING) == (8, 6, "45.83")
    autumn = counts(counted, TermName.AUTUMN)

    change = merge(plan=plan_of(*idas), reason="Readmitted by mistake", by=head)

    # 50 was entered later than 48: 47, 51, 44, 49, 45, 46, 50 are 332.
    assert counts(counted, TermName.SUMMER) == (7, 7, "47.43")
    assert line(scope_of(counted, TermName.SUMMER))[2:5] == (3, 2, 2)
    # 45, 48, 46, 44, 46 are 229.
    assert counts(counted, TermName.SPRING) == (7, 5, "45.80")
    assert counts(counted, TermName.AUTUMN) == autumn
    # What was frozen is as it was, and so is the year before.
    assert (figures(counted)[0], figures(counted)[-1]) == (before[0], before[-1])

    assert isinstance(take_back(change=change, by=head), Taken)
    assert figures(counted) == before
    assert said_of(counted) == held


def test_every_row_is_of_the_record_that_goes_on(
    counted: School, idas: tuple[Pupil, Pupil], head: User
) -> None:
    first, second = idas
    change = merge(plan=plan_of(*idas), reason="Readmitted", by=head)
    assert (change.kind, change.by, change.reason) == (ChangeKind.MERGE, head, "Readmitted")
    points = Judgement.objects.filter(pupil=first, academic_year=YEAR, subject=MATHEMATICS.number)
    assert list(points.order_by("term").values_list("points", flat=True)) == [44, 46, 50]
    assert Judgement.objects.get(pupil=first, subject=WRITING.number).points == 40
    year = PupilYear.objects.get(pupil=first, academic_year=YEAR)
    # The first record's year stands; what it did not say is taken from the second.
    assert (year.is_pupil_premium, year.is_eal, str(year.class_group)) == (False, True, "Oak")
    stay = Enrolment.objects.get(pupil=first)
    assert (stay.starts_on, stay.ends_on) == (LAST_YEAR.starts_on, None)
    merged = Pupil.objects.get(pk=second.pk)
    assert (merged.merged_into, merged.forename) == (first, "Ída")
    for model in (PupilYear, Enrolment, Judgement):
        assert not model.objects.filter(pupil=second).exists()
    # What never changes goes on naming the record that it was about.
    assert SnapshotPupil.objects.filter(pupil=second).count() == 1


def test_what_differs_is_asked_and_what_a_person_says_stands(
    counted: School, idas: tuple[Pupil, Pupil], head: User
) -> None:
    first, second = idas
    PupilYear.objects.filter(pupil=second).update(is_pupil_premium=True)
    plan = plan_of(*idas)
    year = PupilYear.objects.get(pupil=first, academic_year=YEAR)
    summer = Judgement.objects.get(pupil=first, term=SUMMER, academic_year=YEAR, subject=MATHEMATICS.number)
    asked = {each.key: (each.title, each.chosen) for each in plan.questions if each.key != "sex"}
    assert asked == {
        "forename": ("Forename", 0),
        f"schools.pupilyear.pupil-{year.pk}.is_pupil_premium": (
            "Pupil’s record of a year: 2025/26, Pupil premium",
            0,
        ),
        f"assessment.judgement.pupil-{summer.pk}": ("Judgement: Mathematics, 2025/26, Summer", 1),
    }
    # The Spring judgement says the same in both.
    assert plan.alike == 1
    assert [(each.name, each.counted, each.judgements) for each in plan.effects] == [
        ("Spring 2025/26", (2, 1), (2, 1)),
        # 48 in Mathematics and in Reading, 50 in Mathematics and 40 in Writing.
        ("Summer 2025/26", (2, 1), (4, 3)),
    ]
    assert plan.joins_progress
    # What one alone says is asked about nowhere.
    assert plan.filled == ("Pupil’s record of a year: 2025/26: Class: Oak, EAL: Yes",)
    said = {
        "forename": 1,
        f"assessment__judgement__pupil-{summer.pk}": 0,
        f"schools__pupilyear__pupil-{year.pk}__is_pupil_premium": 0,
    }
    merge(plan=plan_of(*idas, keep=1, **said), reason="The second is the right one", by=head)
    row = PupilYear.objects.get(pupil=second, academic_year=YEAR)
    assert (row.is_pupil_premium, row.is_eal) == (False, True)
    second.refresh_from_db()
    first.refresh_from_db()
    assert (second.forename, first.merged_into_id) == ("Ída", second.pk)
    # 47, 51, 44, 49, 45, 46, 48 are 330.
    assert counts(counted, TermName.SUMMER) == (7, 7, "47.14")


def test_a_leaver_and_a_child_who_stayed_are_one_stay_that_ends_when_a_person_says(
    counted: School, idas: tuple[Pupil, Pupil], head: User
) -> None:
    first, second = idas
    Enrolment.objects.filter(pupil=second).update(ends_on=dt.date(2026, 3, 27))
    plan = plan_of(*idas)
    (stay,) = (each for each in plan.questions if each.key.startswith("schools.enrolment"))
    assert (stay.title, stay.answers, stay.chosen) == (
        "Last day of the stay from 1 September 2024",
        ("None: still here", "27 March 2026"),
        0,
    )
    left = plan_of(*idas, **{stay.key.replace(".", "__"): 1})
    assert left.stays == ("1 September 2024 to 27 March 2026",)
    # Counted once in Spring and no more in Summer.
    assert [(each.name, each.counted) for each in left.effects] == [
        ("Spring 2025/26", (2, 1))
        if dt.date(2026, 3, 27) >= _last_day(counted, SPRING)
        else ("Spring 2025/26", (1, 0)),
        ("Summer 2025/26", (1, 0)),
    ]
    merge(plan=left, reason="Left in March", by=head)
    assert Enrolment.objects.get(pupil=first).ends_on == dt.date(2026, 3, 27)


def _last_day(school: School, term: object) -> dt.date:
    from schools.queries.terms import last_days

    return last_days(school, YEAR)[TermName(term.value)]  # type: ignore[attr-defined]


def test_stays_that_lie_apart_stay_two(counted: School, idas: tuple[Pupil, Pupil], head: User) -> None:
    first, _second = idas
    Enrolment.objects.filter(pupil=first).update(ends_on=dt.date(2025, 12, 19))
    plan = plan_of(*idas)
    assert plan.stays == ("1 September 2024 to 19 December 2025", "5 January 2026 until now")
    merge(plan=plan, reason="Came back", by=head)
    assert Enrolment.objects.filter(pupil=first).count() == 2


def test_what_a_later_hand_changed_is_in_the_way_of_the_undo(
    counted: School, idas: tuple[Pupil, Pupil], head: User
) -> None:
    change = merge(plan=plan_of(*idas), reason="Twice", by=head)
    judged(idas[0], YEAR, SUMMER, 52)
    result = take_back(change=change, by=head)
    assert isinstance(result, NotTaken)
    assert [str(each) for each in result.obstacles] == ["1 judgement changed since"]
    assert not preview_of(change).is_possible


def test_a_judgement_made_for_the_merged_child_stands_in_the_way_only_where_its_year_would_go(
    counted: School, idas: tuple[Pupil, Pupil], head: User
) -> None:
    change = merge(plan=plan_of(*idas), reason="Twice", by=head)
    judged(idas[0], YEAR, SPRING, 30, subject=WRITING)
    # The first record has its year without the merge: the judgement stays with it.
    assert isinstance(take_back(change=change, by=head), Taken)
    assert Judgement.objects.get(pupil=idas[0], term=SPRING, subject=WRITING.number).points == 30


def test_a_pupil_out_of_year_is_measured_by_the_year_group_that_stands(
    counted: School, idas: tuple[Pupil, Pupil], head: User
) -> None:
    first, second = idas
    PupilYear.objects.filter(pupil=second, academic_year=YEAR).update(year_group=3)
    year = PupilYear.objects.get(pupil=first, academic_year=YEAR)
    plan = plan_of(*idas, **{f"schools__pupilyear__pupil-{year.pk}__year_group": 1})
    merge(plan=plan, reason="Repeats the year", by=head)
    of_summer = Judgement.objects.get(
        pupil=first, academic_year=YEAR, term=SUMMER, subject=MATHEMATICS.number
    )
    # Year 3 in Summer: 40 to 42. Her 50 was at in Year 4 (47 to 49: above), and is measured by Year 3 now.
    assert (of_summer.points, of_summer.expected_low, of_summer.expected_high) == (50, 40, 42)
    assert (
        Judgement.objects.get(
            pupil=first, academic_year=YEAR, term=SPRING, subject=MATHEMATICS.number
        ).expected_low
        == 38
    )


def test_a_record_that_was_merged_or_told_apart_is_not_merged_again(
    counted: School, idas: tuple[Pupil, Pupil], head: User
) -> None:
    _first, _second = idas
    stale = plan_of(*idas)
    merge(plan=plan_of(*idas), reason="Twice", by=head)
    with pytest.raises(MergeRefusedError, match="merged or anonymised meanwhile"):
        merge(plan=stale, reason="Again", by=head)
    assert ChangeSet.objects.filter(kind=ChangeKind.MERGE).count() == 1


def test_everything_held_of_the_child_holds_the_merged_record_too(
    counted: School, idas: tuple[Pupil, Pupil], head: User
) -> None:
    first, _second = idas
    merge(plan=plan_of(*idas), reason="Twice", by=head)
    document = subject_access(Pupil.objects.get(pk=first.pk), contact="", made_on=dt.date(2026, 7, 1))
    who = next(each for each in document.sections if each.table == "schools_pupil")
    names = [next(cell.words for cell in row if cell.column == "forename") for row in who.rows]
    assert names == ["Ida", "Ída"]
    judgements = next(each for each in document.sections if each.table == "assessment_judgement")
    # Of both records before they were one: 48 went, and is in its history.
    assert "48" in " ".join(" ".join(each.changes) for each in judgements.history)
