"""A pupil's record goes along to the next school of the partnership: what is copied, once, and what it changes at neither school."""

from __future__ import annotations

import datetime as dt
import io
import uuid

import pytest
from django.core.management import call_command
from django.utils import timezone

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import MATHEMATICS, READING
from assessment.models import Decided, Judgement, SignDecision, Source
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.models import (
    ChangeKind,
    ChangeSet,
    CustomGroup,
    CustomGroupPupil,
    Enrolment,
    Handed,
    OfferedPupil,
    OfferState,
    Pupil,
    PupilYear,
    SchoolOwned,
    SchoolYear,
    SenPeriod,
    Term,
)
from schools.queries.handed import handed_models
from schools.row_security import visible_to, walled_models
from schools.services import years
from schools.services.giving_back import give_back
from schools.services.offers import OfferRefusedError, refuse, withdraw
from tests.factories import ClassGroupFactory, SchoolFactory, judged, on_roll
from tests.moving import Move, a_move

pytestmark = pytest.mark.django_db


@pytest.fixture
def move(year: AcademicYear) -> Move:
    return a_move(year)


def analysed(move: Move, school: object, year: AcademicYear) -> str:
    """What `analyse` says of all three terms of the year, by each measure."""
    said = io.StringIO()
    for term in ("autumn", "spring", "summer"):
        for measure in ("term", "year", "phase"):
            call_command(
                "analyse",
                "--school",
                school.urn,
                "--year",
                year.label,
                "--term",
                term,
                "--measure",
                measure,
                stdout=said,  # type: ignore[attr-defined]
            )
    return said.getvalue()


def test_every_model_that_leads_to_a_pupil_says_whether_it_goes_along() -> None:
    undecided = [
        model._meta.label
        for model in walled_models()
        if issubclass(model, SchoolOwned)
        and model is not Pupil
        and any(field.related_model is Pupil for field in model._meta.concrete_fields)
        and bool(model.kept_back) == (model in handed_models())
    ]
    assert undecided == []
    assert all(issubclass(model, Handed) for model in handed_models())


def test_the_record_comes_with_all_years_and_the_school_that_judged(move: Move) -> None:
    offer = move.offer()
    taken = move.take(offer)
    assert (taken.pupils, taken.were_here) == (1, 0)
    with visible_to(move.middle):
        here = move.here()
        assert (here.name, here.upn, here.origin_school, here.origin_id) == (
            "Brough, Elsie",
            "H801200001001",
            move.first,
            move.pupil.public_id,
        )
        assert list(
            PupilYear.objects.filter(pupil=here)
            .order_by("academic_year")
            .values_list("academic_year", "year_group", "sen_status", "is_eal")
        ) == [
            (move.year - 1, YearGroup.Y3, "K", True),
            (move.year, YearGroup.Y4, "K", True),
            (move.year + 1, YearGroup.Y5, "K", True),
        ]
        rows = Judgement.objects.filter(pupil=here).order_by("academic_year", "subject_id")
        assert {(row.made_by_school, row.source, row.origin_school) for row in rows} == {
            (move.first, Source.COPIED, move.first)
        }
        with visible_to(move.first, move.middle):
            measured = (
                "academic_year",
                "term",
                "subject_id",
                "points",
                "reason",
                "is_on_entry",
                "expected_low",
                "expected_high",
                "expectation_version",
                "attainment",
                "entered_at",
            )
            assert list(rows.values_list(*measured)) == list(
                Judgement.objects.filter(pupil=move.pupil)
                .order_by("academic_year", "subject_id")
                .values_list(*measured)
            )
        stay = Enrolment.objects.get(pupil=here)
        assert (stay.starts_on, stay.ends_on) == (move.next_year.starts_on, None)
    with visible_to(move.first):
        assert Enrolment.objects.get(pupil=move.pupil).ends_on == move.year.ends_on
        assert Judgement.objects.filter(pupil=move.pupil).count() == 3


def test_a_note_goes_along_only_where_it_is_marked(move: Move) -> None:
    with visible_to(move.first):
        Judgement.objects.filter(pupil=move.pupil, subject=READING.number).update(
            note="Reads at home.", is_note_shareable=True
        )
    move.take(move.offer())
    with visible_to(move.middle):
        assert sorted(Judgement.objects.filter(pupil=move.here()).values_list("note", flat=True)) == [
            "",
            "",
            "Reads at home.",
        ]


def test_sen_and_support_history_go_along_and_what_is_the_schools_own_stays(move: Move) -> None:
    with visible_to(move.first):
        SenPeriod.objects.create(
            school=move.first,
            pupil=move.pupil,
            code="K",
            status="K",
            starts_on=dt.date(2024, 1, 8),
            source="typed",
        )
        SignDecision.objects.create(
            school=move.first,
            pupil=move.pupil,
            academic_year=move.year,
            term=TermName.AUTUMN,
            subject_id=READING.number,
            decided=Decided.ADAPT,
            reason="Smaller group.",
            decided_by=move.leader,
        )
        group = CustomGroup.objects.create(school=move.first, academic_year=move.year, name="Boost")
        CustomGroupPupil.objects.create(
            school=move.first, academic_year=move.year, group=group, pupil=move.pupil
        )
    move.take(move.offer())
    with visible_to(move.middle):
        here = move.here()
        period = SenPeriod.objects.get(pupil=here)
        assert (period.code, period.starts_on, period.source) == ("K", dt.date(2024, 1, 8), "copied")
        decision = SignDecision.objects.get(pupil=here)
        assert (decision.reason, decision.decided_by, decision.origin_school) == (
            "Smaller group.",
            move.leader,
            move.first,
        )
        assert not CustomGroupPupil.objects.exists()


def test_accepting_twice_does_nothing_twice(move: Move) -> None:
    offer = move.offer()
    place = move.place(offer)
    assert move.take(offer, place).pupils == 1
    with pytest.raises(OfferRefusedError, match="over"):
        move.take(offer, place)
    with visible_to(move.middle):
        assert Pupil.objects.count() == 1
        assert Judgement.objects.count() == 3
    # Of an offer of two, one of whom was taken in by somebody else meanwhile.
    with visible_to(move.first):
        two = [on_roll(move.first, move.year).pupil for _ in range(2)]
    offer = move.offer(*two)
    assert move.take(offer, move.place(offer, two[0])).pupils == 1
    assert move.take(offer, move.place(offer, two[0])).pupils == 0
    assert move.take(offer, *(move.place(offer, each) for each in two)).pupils == 1
    offer.refresh_from_db()
    assert (offer.state, offer.accepted) == (OfferState.ACCEPTED, 2)


def test_a_new_offer_of_the_same_pupil_brings_what_is_new_and_nothing_twice(move: Move) -> None:
    move.take(move.offer())
    with visible_to(move.first):
        judged(move.pupil, move.year, AssessmentTerm.SUMMER, 45)
    taken = move.take(move.offer())
    assert (taken.were_here, taken.copied.new["assessment_judgement"]) == (1, 1)
    with visible_to(move.middle):
        assert Judgement.objects.filter(pupil=move.here()).count() == 4
        assert Enrolment.objects.count() == 1
        assert Pupil.objects.count() == 1


@pytest.mark.parametrize("ends", ["withdrawn", "refused"])
def test_an_offer_that_ends_leaves_nothing(move: Move, ends: str) -> None:
    offer = move.offer()
    if ends == "withdrawn":
        with visible_to(move.first):
            withdraw(offer=offer, by=move.leader)
    else:
        refuse(offer=offer, reason="The child goes elsewhere.", by=move.receiver)
    with pytest.raises(OfferRefusedError, match="over"):
        move.take(offer)
    with visible_to(move.first):
        assert not OfferedPupil.objects.exists()
        assert Enrolment.objects.get(pupil=move.pupil).ends_on is None
        kinds = list(ChangeSet.objects.order_by("pk").values_list("kind", flat=True))
        assert kinds == [ChangeKind.OFFER, ChangeKind.OFFER_ENDED]
    with visible_to(move.middle):
        assert not Pupil.objects.exists()
        assert list(SchoolYear.objects.values_list("academic_year", flat=True)) == [move.year]
        told = list(ChangeSet.objects.values_list("kind", flat=True))
        assert told == ([ChangeKind.OFFER_ENDED] if ends == "refused" else [])


def test_an_offer_that_nobody_answers_is_over_after_its_last_day(move: Move) -> None:
    offer = move.offer()
    offer.stands_until = timezone.localdate() - dt.timedelta(days=1)
    offer.save()
    with pytest.raises(OfferRefusedError, match="over"):
        move.take(offer)


def test_both_schools_say_what_was_done(move: Move) -> None:
    move.take(move.offer())
    with visible_to(move.first):
        assert list(ChangeSet.objects.order_by("pk").values_list("kind", "by", "reason")) == [
            (ChangeKind.OFFER, move.leader.pk, "To Birch Middle School: 1 pupil"),
            (ChangeKind.HAND_OVER, move.receiver.pk, "To Birch Middle School: 1 pupil"),
        ]
    with visible_to(move.middle):
        assert list(ChangeSet.objects.values_list("kind", "by", "reason")) == [
            (ChangeKind.TAKE_IN, move.receiver.pk, "From Alder First School: 1 pupil")
        ]


def test_past_figures_of_both_schools_stay_byte_for_byte(move: Move) -> None:
    with visible_to(move.first):
        other = on_roll(move.first, move.year, year_group=YearGroup.Y4)
        for term, points in ((AssessmentTerm.AUTUMN, 44), (AssessmentTerm.SPRING, 46)):
            judged(other.pupil, move.year, term, points)
    with visible_to(move.middle):
        years.open_year(school=move.middle, academic_year=AcademicYear(move.year - 1), by=None)
        row = on_roll(move.middle, move.year, year_group=YearGroup.Y5)
        judged(row.pupil, move.year, AssessmentTerm.AUTUMN, 50)
    asked = [
        (school, year)
        for school in (move.first, move.middle)
        for year in (AcademicYear(move.year - 1), move.year)
    ]
    before = [analysed(move, *each) for each in asked]
    assert all("Mathematics" in each for each in before[1::2])
    refuse(offer=move.offer(), reason="Not ours.", by=move.receiver)
    with visible_to(move.first):
        withdraw(offer=(offer := move.offer()), by=move.leader)
    assert [analysed(move, *each) for each in asked] == before
    offer = move.offer(move.pupil, other.pupil)
    move.take(offer, move.place(offer), move.place(offer, other.pupil))
    assert [analysed(move, *each) for each in asked] == before
    with visible_to(move.middle):
        assert Judgement.objects.filter(made_by_school=move.first).count() == 5


def test_years_that_came_along_are_in_no_list_of_years(move: Move) -> None:
    move.take(move.offer())
    with visible_to(move.middle):
        assert list(
            SchoolYear.objects.order_by("academic_year").values_list("academic_year", "is_for_copies")
        ) == [(move.year - 1, True), (move.year, False), (move.year + 1, False)]
        # Opened by the school itself it is one of its own.
        years.open_year(school=move.middle, academic_year=AcademicYear(move.year - 1), by=None)
        assert not SchoolYear.objects.filter(is_for_copies=True).exists()
        assert Term.objects.filter(academic_year=move.year - 1).count() == 3


def test_a_child_who_is_here_already_gets_what_is_missing_and_what_is_here_stays(move: Move) -> None:
    with visible_to(move.middle):
        mine = on_roll(
            move.middle,
            move.year,
            year_group=YearGroup.Y4,
            pupil__surname="Brough",
            pupil__forename="Elsie",
            pupil__upn="H801200001001",
        ).pupil
        judged(mine, move.year, AssessmentTerm.AUTUMN, 48)
    offer = move.offer()
    with pytest.raises(OfferRefusedError, match="has the UPN of"):
        move.take(offer)
    taken = move.take(offer, move.place(offer, same_as=mine.public_id))
    assert (taken.were_here, taken.copied.left_out, taken.copied.replaced) == (1, 1, 0)
    with visible_to(move.middle):
        assert Pupil.objects.get().person_key == move.pupil.person_key
        kept = Judgement.objects.get(subject=MATHEMATICS.number, academic_year=move.year)
        assert (kept.points, kept.made_by_school, kept.source) == (48, move.middle, Source.TYPED)
        assert Judgement.objects.count() == 3
        assert Enrolment.objects.count() == 1


def test_what_comes_takes_the_place_where_somebody_chose_so(move: Move) -> None:
    with visible_to(move.middle):
        mine = on_roll(move.middle, move.year, year_group=YearGroup.Y4).pupil
        judged(mine, move.year, AssessmentTerm.AUTUMN, 48)
    offer = move.offer()
    taken = move.take(offer, move.place(offer, same_as=mine.public_id, takes_theirs=True))
    assert (taken.copied.left_out, taken.copied.replaced, taken.copied.new["assessment_judgement"]) == (
        0,
        1,
        2,
    )
    with visible_to(move.middle):
        now = Judgement.objects.get(subject=MATHEMATICS.number, academic_year=move.year)
        assert (now.points, now.made_by_school, now.source, now.version) == (41, move.first, Source.COPIED, 2)


def test_in_the_middle_of_a_year_the_pupil_begins_on_the_day_after(move: Move) -> None:
    last = dt.date(move.year + 1, 2, 13)
    with visible_to(move.first):
        young = on_roll(move.first, move.year, year_group=YearGroup.Y2)
        judged(young.pupil, move.year, AssessmentTerm.AUTUMN, 30)
    second = SchoolFactory.create(partnership=move.first.partnership)
    here = Move(move.first, second, move.year, move.leader, move.receiver, young.pupil)
    with visible_to(second):
        years.open_year(school=second, academic_year=move.year, by=None)
        group = ClassGroupFactory.create(school=second, academic_year=move.year)
    offer = here.offer(last_day=last)
    here.take(offer, here.place(offer, year_group=YearGroup.Y2, class_id=group.public_id))
    with visible_to(second):
        row = PupilYear.objects.get()
        assert (row.academic_year, row.year_group, row.class_group) == (move.year, YearGroup.Y2, group)
        assert Enrolment.objects.get().starts_on == last + dt.timedelta(days=1)
        assert Judgement.objects.get().points == 30
    with visible_to(move.first):
        assert Enrolment.objects.get(pupil=young.pupil).ends_on == last


def test_offers_that_cannot_be_are_refused(move: Move) -> None:
    with visible_to(move.first):
        young = on_roll(move.first, move.year, year_group=YearGroup.Y2).pupil
    with pytest.raises(OfferRefusedError, match="Year 3"):
        move.offer(young)
    move.offer()
    with pytest.raises(OfferRefusedError, match="another offer"):
        move.offer()
    elsewhere = SchoolFactory.create(partnership__name="Another partnership")
    with pytest.raises(OfferRefusedError, match="of the partnership"):
        Move(move.first, elsewhere, move.year, move.leader, move.receiver, move.pupil).offer()


def test_places_that_cannot_be_are_refused_and_nothing_is_written(move: Move) -> None:
    offer = move.offer()
    for said, why in (
        ({"year_group": YearGroup.Y4}, "none of this school"),
        ({"first_day": offer.last_day}, "first day"),
        ({"class_id": uuid.uuid4()}, "class"),
        ({"same_as": uuid.uuid4()}, "not there any more"),
    ):
        with pytest.raises(OfferRefusedError, match=why):
            move.take(offer, move.place(offer, **said))
    with visible_to(move.middle):
        assert not Pupil.objects.exists()
        assert not ChangeSet.objects.exists()


def test_a_copy_is_copied_on_and_the_school_that_judged_is_still_named(move: Move) -> None:
    move.take(move.offer())
    third = SchoolFactory.create(
        partnership=move.first.partnership, lowest_year_group=YearGroup.Y5, highest_year_group=YearGroup.Y8
    )
    with visible_to(move.middle):
        here = move.here()
        judged(here, move.next_year, AssessmentTerm.AUTUMN, 51)
    on = Move(move.middle, third, move.next_year, move.receiver, move.leader, here)
    offer = on.offer()
    on.take(offer, on.place(offer, year_group=YearGroup.Y6))
    with visible_to(third):
        assert sorted(Judgement.objects.values_list("made_by_school__name", flat=True)) == [
            "Alder First School",
            "Alder First School",
            "Alder First School",
            "Birch Middle School",
        ]
    # And back: what was the first school's own does not come a second time.
    with visible_to(move.first):
        move.first.highest_year_group = YearGroup.Y8
        move.first.save()
    back = Move(move.middle, move.first, move.next_year, move.receiver, move.leader, here)
    offer = back.offer(last_day=AcademicYear(move.year + 2).starts_on)
    back.take(offer, back.place(offer, year_group=YearGroup.Y7))
    with visible_to(move.first):
        assert Pupil.objects.filter(person_key=move.pupil.person_key).count() == 1
        assert Judgement.objects.filter(pupil=move.pupil).count() == 4


def test_what_was_taken_in_is_given_back_as_long_as_nothing_was_done_with_it(move: Move) -> None:
    offer = move.offer()
    move.take(offer)
    assert give_back(offer=offer, by=move.receiver).pupils == 1
    with visible_to(move.middle):
        assert not Pupil.objects.exists()
        assert not Judgement.objects.exists()
    with visible_to(move.first):
        assert Enrolment.objects.get(pupil=move.pupil).ends_on is None
    offer.refresh_from_db()
    assert (offer.state, offer.accepted) == (OfferState.OFFERED, 0)
    assert move.take(offer).pupils == 1
    with visible_to(move.middle):
        judged(move.here(), move.next_year, AssessmentTerm.AUTUMN, 51)
    done = give_back(offer=offer, by=move.receiver)
    assert (done.pupils, [str(each) for each in done.obstacles]) == (
        0,
        ["1 judgement made since for what would be removed"],
    )
    with visible_to(move.middle):
        assert Judgement.objects.count() == 4
