"""What a merge does with all that leads to a pupil, and what it leaves to a later hand: removals, offers, files, another merge."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import MATHEMATICS
from assessment.models import Judgement
from assessment.queries.cell_histories import cell_history
from assessment.services.removing import RemovalRefusedError, anonymise, erase, sever
from schools.access import inside
from schools.calendar import AcademicYear
from schools.models import (
    AuditRecord,
    ClassGroup,
    CtfResultRaw,
    FsmKind,
    FsmPeriod,
    Happening,
    PeriodSource,
    Pupil,
    PupilYear,
    Role,
    School,
    SchoolAttended,
    SenNeed,
    ToldApart,
    User,
)
from schools.queries.duplicate_pairs import merge_act
from schools.queries.merging import Choices, MergePlan, merge_plan
from schools.queries.offers import offered_pupils
from schools.queries.privacy import erased_since
from schools.row_security import visible_to
from schools.services import years
from schools.services.duplicates import tell_apart
from schools.services.enrolments import PupilDetails
from schools.services.merging import MergeRefusedError, merge, take_merge_back
from schools.services.taking_back import NotTaken, Taken
from tests.conftest import member
from tests.factories import ClassGroupFactory, PupilFactory, judged, on_roll
from tests.moving import a_move
from tests.reports.test_merging import said_of
from tests.schools.files import upn
from tests.walking import everywhere
from tests.whole_files import analysis, elsewhere, exported, imported

pytestmark = pytest.mark.django_db
BORN = dt.date(2017, 10, 4)


@pytest.fixture
def head(school: School) -> User:
    return member(school, Role.HEAD)


@pytest.fixture
def pair(school: School, year: AcademicYear) -> Any:
    """Elsie, here this year, and a record of hers of last year; the school is open."""
    with visible_to(school):
        years.open_year(school=school, academic_year=AcademicYear(year - 1), by=None)
        born = {"pupil__surname": "Quillfeather", "pupil__date_of_birth": BORN}
        first = on_roll(school, year, pupil__forename="Elsie", pupil__upn=upn(1), **born)
        second = on_roll(
            school,
            AcademicYear(year - 1),
            ends_on=AcademicYear(year - 1).ends_on,
            pupil__forename="Elzie",
            pupil__upn=upn(2),
            **born,
        )
        yield first.pupil, second.pupil


def planned(pair: tuple[Pupil, Pupil], keep: int = 0, **said: int) -> MergePlan:
    return merge_plan(*pair, Choices(keep, said))


def test_values_of_an_open_year_follow_from_the_periods_of_both_and_go_with_the_undo(
    pair: tuple[Pupil, Pupil], school: School, year: AcademicYear, head: User
) -> None:
    first, second = pair
    FsmPeriod.objects.create(
        school=school,
        pupil=second,
        kind=FsmKind.LEGACY,
        starts_on=AcademicYear(year - 1).starts_on,
        ends_on=AcademicYear(year - 1).ends_on,
        source=PeriodSource.IMPORTED,
    )
    before = said_of(school)
    plan = planned(pair)
    told = {(each.flag.label, each.before, each.after) for each in plan.values if each.year == year}
    assert told == {
        ("FSM6", "", "yes"),
        ("Disadvantaged", "", "yes"),
        ("Pupil premium", "", "yes"),
    }
    change = merge(plan=plan, reason="Came back", by=head)
    row = PupilYear.objects.get(pupil=first, academic_year=year)
    assert (row.is_fsm6, row.is_disadvantaged, row.is_pupil_premium) == (True, True, True)
    assert isinstance(take_merge_back(change=change, by=head), Taken)
    row.refresh_from_db()
    assert (row.is_fsm6, row.is_pupil_premium) == (None, None)
    # But for what the undo worked out of the second record's own year, all is as it was.
    after = said_of(school)
    assert {name for name in before if before[name] != after[name]} <= {"PupilYear", "YearlyClaim"}
    of_first = [
        [each for each in said["PupilYear"] if each["pupil_id"] == first.pk] for said in (before, after)
    ]
    assert of_first[0] == of_first[1]


def test_what_both_say_once_stands_once_and_of_two_needs_of_one_rank_somebody_says_which(
    pair: tuple[Pupil, Pupil], school: School, head: User
) -> None:
    for pupil, need in zip(pair, ("SLCN", "SPLD"), strict=True):
        of = {"school": school, "pupil": pupil}
        CtfResultRaw.objects.create(stage="KS1", component="PHO", result="35", **of)
        SchoolAttended.objects.create(name="Zzyzx Infants", source=PeriodSource.IMPORTED, **of)
        SenNeed.objects.create(rank=1, need=need, source=PeriodSource.IMPORTED, **of)
    plan = planned(pair)
    assert plan.alike == 2
    (asked,) = (each for each in plan.questions if each.key.startswith("schools.senneed"))
    assert asked.answers == ("Need: SLCN", "Need: SPLD")
    before = said_of(school)
    change = merge(plan=planned(pair, **{asked.key: 1}), reason="Twice", by=head)
    assert [each.need for each in SenNeed.objects.filter(pupil=pair[0])] == ["SPLD"]
    assert (CtfResultRaw.objects.count(), SchoolAttended.objects.count()) == (1, 1)
    assert isinstance(take_merge_back(change=change, by=head), Taken)
    assert said_of(school) == before


def test_numbers_that_were_exchanged_and_where_the_child_came_from_go_back(
    pair: tuple[Pupil, Pupil], school: School, other_school: School, head: User
) -> None:
    first, second = pair
    Pupil.objects.filter(pk=second.pk).update(origin_school=other_school, origin_id=second.person_key)
    second.refresh_from_db()
    before = said_of(school)
    change = merge(plan=planned(pair, upn=1), reason="Twice", by=head)
    kept, merged = Pupil.objects.get(pk=first.pk), Pupil.objects.get(pk=second.pk)
    # Other schools' copies of the second record are of the child from now on.
    assert (kept.upn, kept.person_key, kept.origin_school) == (upn(2), second.person_key, other_school)
    assert (merged.upn, merged.person_key, merged.origin_school) == (upn(1), first.person_key, None)
    assert isinstance(take_merge_back(change=change, by=head), Taken)
    assert said_of(school) == before


def test_a_record_merged_twice_over_leads_to_the_last_and_both_acts_are_taken_back_in_turn(
    pair: tuple[Pupil, Pupil], school: School, head: User
) -> None:
    first, second = pair
    third = PupilFactory.create(school=school, surname="Quillfeather", forename="Else")
    before = said_of(school)
    one = merge(plan=planned(pair), reason="Twice", by=head)
    other = merge(plan=planned((Pupil.objects.get(pk=first.pk), third), keep=1), reason="Thrice", by=head)
    assert set(Pupil.objects.filter(merged_into=third).values_list("pk", flat=True)) == {first.pk, second.pk}
    # The first act is no more to be taken back before the second: its record leads elsewhere now.
    assert isinstance(take_merge_back(change=one, by=head), NotTaken)
    assert isinstance(take_merge_back(change=other, by=head), Taken)
    assert isinstance(take_merge_back(change=one, by=head), Taken)
    assert said_of(school) == before


def test_what_a_roll_changed_since_is_said_where_the_merge_cannot_be_taken_back(
    school: School, year: AcademicYear, head: User
) -> None:
    with visible_to(school):
        rows = [on_roll(school, year, pupil__surname="Brough", is_eal=flag) for flag in (None, True)]
        one, other = (row.pupil for row in rows)
        merge(plan=planned((one, other)), reason="Twice", by=head)
        oak: ClassGroup = ClassGroupFactory.create(school=school, academic_year=year)
        PupilYear.objects.filter(pupil=one, academic_year=year).update(class_group=oak)
        act = merge_act(Pupil.objects.get(pk=one.pk), Pupil.objects.get(pk=other.pk))
        assert act is not None
        assert (act.by, act.change.reason) == (head.name, "Twice")
        assert act.obstacles == ("1 pupil’s record of a year changed since",)


def test_a_judgement_of_a_year_that_goes_back_to_the_other_record_stands_in_the_way(
    pair: tuple[Pupil, Pupil], year: AcademicYear, head: User
) -> None:
    change = merge(plan=planned(pair), reason="Twice", by=head)
    judged(pair[0], AcademicYear(year - 1), AssessmentTerm.SUMMER, 40)
    result = take_merge_back(change=change, by=head)
    assert isinstance(result, NotTaken)
    assert [str(each) for each in result.obstacles] == ["1 judgement made since for what would be removed"]


def test_the_history_of_a_cell_tells_what_both_records_said(
    school: School, year: AcademicYear, head: User
) -> None:
    with visible_to(school):
        first, second = (on_roll(school, year, pupil__surname="Brough").pupil for _ in range(2))
        judged(first, year, AssessmentTerm.AUTUMN, 43)
        judged(second, year, AssessmentTerm.AUTUMN, 45)
        merge(plan=planned((first, second)), reason="Twice", by=head)
        assert [each.points for each in Judgement.objects.filter(pupil=first)] == [45]
    with inside(head, school, year) as access:
        found = cell_history(access, first.public_id, MATHEMATICS, "autumn", today=timezone.localdate())
    assert found is not None
    told = [change.value or change.said for change in found.changes]
    assert told[0] == "Left out when two records were merged"
    assert [each.partition(" ")[0] for each in told[1:]] == ["45", "43"]


def test_whoever_is_removed_goes_with_every_record_that_was_merged_and_every_pair(
    pair: tuple[Pupil, Pupil], school: School, head: User
) -> None:
    first, second = pair
    tom = PupilFactory.create(school=school, surname="Brough")
    tell_apart(one=first, other=tom, reason="Tom is no Quillfeather", by=head)
    AuditRecord.objects.create(school=school, what=Happening.PUPIL_SEEN, account=head.pk, pupil=second)
    merge(plan=planned(pair), reason="Twice", by=head)
    kept = Pupil.objects.get(pk=first.pk)
    with pytest.raises(RemovalRefusedError):
        erase(pupil=kept, reason="Elzie was never here", by=head)
    assert everywhere("quillfeather", "elzie", upn(2))
    erase(pupil=kept, reason="Never a pupil here", by=head)
    assert everywhere("quillfeather", "elzie", "elsie", upn(1), upn(2)) == []
    assert list(Pupil.objects.in_school(school)) == [tom]
    # One child, of two records.
    assert erased_since(school, timezone.localdate()) == 1
    assert not ToldApart.objects.exists()


def test_who_is_anonymised_is_nobody_in_both_records(
    pair: tuple[Pupil, Pupil], school: School, year: AcademicYear, head: User
) -> None:
    first = pair[0]
    merge(plan=planned(pair), reason="Twice", by=head)
    first.enrolments.filter(ends_on=None).update(ends_on=year.starts_on)
    assert anonymise(school=school, pupils=[_again(first)], reason="The rule was met", by=head) == 1
    assert everywhere("quillfeather", "elzie", "elsie", upn(1), upn(2)) == []
    assert Pupil.objects.exclude(anonymised_at=None).count() == 2
    assert PupilYear.objects.filter(pupil=first).count() == 2


def test_a_new_identity_is_cut_from_both_records(
    pair: tuple[Pupil, Pupil], school: School, head: User
) -> None:
    merge(plan=planned(pair), reason="Twice", by=head)
    now = PupilDetails(surname="Newname", forename="Ann", date_of_birth=BORN)
    sever(pupil=Pupil.objects.get(pk=pair[0].pk), now=now, reason="To protect a child", by=head)
    assert everywhere("quillfeather", "elzie", "elsie", upn(1), upn(2)) == []
    assert Pupil.objects.in_school(school).count() == 2


def test_a_child_on_offer_is_not_merged_and_one_who_comes_again_is_the_child_that_was_merged(
    year: AcademicYear,
) -> None:
    move = a_move(year)
    offer = move.offer()
    with visible_to(move.first):
        twin = PupilFactory.create(school=move.first, surname="Brough", forename="Elsie")
        with pytest.raises(MergeRefusedError, match="on offer to another school"):
            merge(plan=planned((move.pupil, twin)), reason="Twice", by=move.leader)
    before = analysis(move.first, year.label), analysis(move.middle, year.label)
    move.take(offer)
    with visible_to(move.middle):
        came = move.here()
        known = on_roll(move.middle, move.next_year, year_group=5, pupil__surname="Brough").pupil
        change = merge(plan=planned((came, known), keep=1), reason="Was here before", by=move.receiver)
        assert isinstance(take_merge_back(change=change, by=move.receiver), Taken)
        # Past figures of either school are as they were, to the byte.
        assert (analysis(move.first, year.label), analysis(move.middle, year.label)) == before
        merge(plan=planned(tuple(map(_again, (came, known))), keep=1), reason="Was here", by=move.receiver)  # type: ignore[arg-type]
    with visible_to(move.first):
        move.pupil.enrolments.update(ends_on=None)
    again = move.offer()
    (offered,) = offered_pupils(again)
    assert [(match.here.public_id, match.is_certain) for match in offered.matches] == [
        (known.public_id, True)
    ]
    assert move.take(again).were_here == 1


def _again(pupil: Pupil) -> Pupil:
    found: Pupil = Pupil.objects.get(pk=pupil.pk)
    return found


@pytest.mark.django_db(transaction=True)
def test_a_file_of_the_whole_school_keeps_what_was_merged_and_told_apart_and_the_way_back(
    school: School, year: AcademicYear, tmp_path: Path
) -> None:
    with visible_to(school):
        first, second = (on_roll(school, year, pupil__surname="Brough").pupil for _ in range(2))
        judged(first, year, AssessmentTerm.AUTUMN, 43)
        judged(second, year, AssessmentTerm.AUTUMN, 45)
        tom = PupilFactory.create(school=school, surname="Clowes")
        tell_apart(one=first, other=tom, reason="Cousins", by=None)
        merge(plan=planned((first, second)), reason="Twice", by=None)
    file = exported(school, tmp_path / "school.zip")
    elsewhere()
    taken = imported(file).school
    with visible_to(taken):
        merged = Pupil.objects.in_school(taken).select_related("merged_into").get(public_id=second.public_id)
        assert merged.merged_into is not None
        assert merged.merged_into.public_id == first.public_id
        assert {
            each.pupil.surname for each in ToldApart.objects.in_school(taken).select_related("pupil")
        } == {
            *("Brough", "Clowes"),
        }
        act = merge_act(merged.merged_into, merged)
        assert act is not None
        assert act.obstacles == ()
        assert isinstance(take_merge_back(change=act.change, by=None), Taken)
        points = Judgement.objects.in_school(taken).values_list("pupil__public_id", "points")
        assert set(points) == {(first.public_id, 43), (second.public_id, 45)}
