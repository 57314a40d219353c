"""The pages by which pupils are offered to another school and taken in."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assessment.engine.assessment_points import AssessmentTerm
from schools.calendar import AcademicYear, YearGroup
from schools.models import AuditRecord, Happening, Pupil, Role, School, TransferOffer
from schools.queries.offers import offered_pupils, pupils_waiting
from schools.row_security import visible_to
from schools.services import years
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory, SchoolFactory, judged, on_roll
from tests.moving import Move, a_move
from tests.schools.small_school import access_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def move(year: AcademicYear) -> Move:
    return a_move(year)


def page_of(move: Move, offer: TransferOffer, *, sender: bool = False) -> str:
    school = move.first if sender else move.middle
    return reverse("offer", args=[school.urn, move.year, offer.public_id])


def text(response: Any) -> str:
    return str(response.content.decode())


def answered(move: Move, offer: TransferOffer, **said: str) -> dict[str, str]:
    key = move.pupil.public_id
    return {
        "first_day": offer.first_day.isoformat(),
        f"{key}-take": "on",
        f"{key}-year_group": "5",
        f"{key}-class_id": "",
        **{f"{key}-{name}": value for name, value in said.items()},
    }


def test_a_year_group_is_offered_with_everybody_ticked(move: Move) -> None:
    client = signed_in(move.leader)
    there = reverse("new_offer", args=[move.first.urn, move.year]) + "?year_group=4"
    page = text(client.get(there))
    assert "Brough, Elsie" in page
    assert f'value="{move.pupil.public_id}" checked' in page
    assert f'value="{move.year.ends_on.isoformat()}"' in page
    sent = client.post(
        there,
        {
            "to": move.middle.pk,
            "last_day": move.year.ends_on.isoformat(),
            "pupils": [str(move.pupil.public_id)],
        },
    )
    offer = TransferOffer.objects.get()
    assert sent.headers["Location"] == page_of(move, offer, sender=True)
    assert "Brough, Elsie" in text(client.get(page_of(move, offer, sender=True)))


def test_an_offer_that_cannot_be_says_why_and_keeps_what_was_chosen(move: Move) -> None:
    with visible_to(move.first):
        young = on_roll(move.first, move.year, year_group=YearGroup.Y2).pupil
    there = reverse("new_offer", args=[move.first.urn, move.year]) + f"?pupil={young.public_id}"
    sent = signed_in(move.leader).post(
        there,
        {
            "to": move.middle.pk,
            "last_day": move.year.ends_on.isoformat(),
            "pupils": [str(young.public_id)],
        },
    )
    assert sent.status_code == 422
    assert "1 pupil of these would be in Year 3" in text(sent)
    assert not TransferOffer.objects.exists()


def test_the_receiving_school_sees_names_only_while_the_offer_stands(move: Move) -> None:
    offer = move.offer()
    client = signed_in(move.receiver)
    assert "Brough, Elsie" in text(client.get(page_of(move, offer)))
    signed_in(move.leader).post(page_of(move, offer, sender=True))
    over = text(client.get(page_of(move, offer)))
    assert "Withdrawn" in over
    assert "Brough" not in over


def test_that_they_were_seen_stands_in_the_audit_of_their_own_school(move: Move) -> None:
    offer = move.offer()
    client = signed_in(move.receiver)
    for _ in range(2):
        client.get(page_of(move, offer))
    with visible_to(move.first):
        (seen,) = AuditRecord.objects.filter(what=Happening.PUPIL_SEEN)
        assert (seen.account, seen.pupil, seen.detail) == (
            move.receiver.pk,
            move.pupil,
            {"route": "offer"},
        )
    with visible_to(move.middle):
        assert not AuditRecord.objects.filter(what=Happening.PUPIL_SEEN).exists()


def test_pupils_are_taken_in_into_their_classes(move: Move) -> None:
    offer = move.offer()
    with visible_to(move.middle):
        years.open_year(school=move.middle, academic_year=move.next_year, by=None)
        group = ClassGroupFactory.create(school=move.middle, academic_year=move.next_year, name="5 Ash")
    client = signed_in(move.receiver)
    said = answered(move, offer, class_id=str(group.public_id))
    page = text(client.post(page_of(move, offer), said, follow=True))
    assert "Taken in from Alder First School: 1 pupil." in page
    with visible_to(move.middle):
        here = move.here()
        assert here.years.get(academic_year=move.next_year).class_group == group
    # The second press of the button, in another tab.
    again = text(client.post(page_of(move, offer), said, follow=True))
    assert "This offer is over" in again
    with visible_to(move.middle):
        assert Pupil.objects.count() == 1


def test_who_may_be_here_already_is_laid_side_by_side_and_has_to_be_decided(move: Move) -> None:
    with visible_to(move.middle):
        mine = on_roll(
            move.middle,
            move.year,
            year_group=YearGroup.Y4,
            pupil__surname="Brough",
            pupil__forename="Elspeth",
            pupil__date_of_birth=move.pupil.date_of_birth,
        ).pupil
        judged(mine, move.year, AssessmentTerm.AUTUMN, 48)
    offer = move.offer()
    client = signed_in(move.receiver)
    page = text(client.get(page_of(move, offer)))
    assert "perhaps already here" in page
    assert "Both schools have a judgement of the same subject and term: 1." in page
    undecided = client.post(page_of(move, offer), answered(move, offer))
    assert undecided.status_code == 422
    assert "Say whether it is the same child." in text(undecided)
    said = answered(move, offer, same_as=str(mine.public_id), both="theirs")
    done = text(client.post(page_of(move, offer), said, follow=True))
    assert "Added to records here: 1. Judgements that took the place of one here: 1." in done


def test_another_child_of_the_name_is_a_new_pupil(move: Move) -> None:
    with visible_to(move.middle):
        on_roll(
            move.middle,
            move.year,
            pupil__surname="Brough",
            pupil__date_of_birth=move.pupil.date_of_birth,
        )
    offer = move.offer()
    said = answered(move, offer, same_as="another")
    signed_in(move.receiver).post(page_of(move, offer), said)
    with visible_to(move.middle):
        assert Pupil.objects.count() == 2


def test_a_refusal_needs_a_reason_and_is_told(move: Move) -> None:
    offer = move.offer()
    client = signed_in(move.receiver)
    assert client.post(page_of(move, offer), {"act": "refuse", "reason": ""}).status_code == 422
    page = text(
        client.post(page_of(move, offer), {"act": "refuse", "reason": "Goes elsewhere."}, follow=True)
    )
    assert "Refused. Alder First School sees why." in page
    audit = text(signed_in(move.leader).get(reverse("audit", args=[move.first.urn, move.year])))
    assert "Goes elsewhere." in audit


def test_what_was_taken_in_can_be_taken_back_on_the_page(move: Move) -> None:
    offer = move.offer()
    client = signed_in(move.receiver)
    client.post(page_of(move, offer), answered(move, offer))
    assert "Take it back" in text(client.get(page_of(move, offer)))
    page = text(client.post(page_of(move, offer), {"act": "give-back"}, follow=True))
    assert "Taken back: 1 pupil." in page
    with visible_to(move.middle):
        assert not Pupil.objects.exists()
        judged_here = "Brough, Elsie" in page
    assert judged_here, "it stands on offer again"


def test_nobody_of_a_third_school_finds_an_offer(move: Move) -> None:
    offer = move.offer()
    third = SchoolFactory.create(partnership=move.first.partnership)
    client: Client = signed_in(member(third, Role.HEAD))
    there = reverse("offer", args=[third.urn, move.year, offer.public_id])
    assert client.get(there).status_code == 404
    assert client.post(there, {"act": "refuse", "reason": "No."}).status_code == 404


def test_the_list_shows_both_sides(move: Move) -> None:
    move.offer()
    for person, school, said in (
        (move.leader, move.first, "To Birch Middle School"),
        (move.receiver, move.middle, "From Alder First School"),
    ):
        page = text(signed_in(person).get(reverse("moving", args=[school.urn, move.year])))
        assert said in " ".join(page.split())


def test_the_pupils_page_names_the_school_that_judged(move: Move) -> None:
    offer = move.offer()
    move.take(offer)
    with visible_to(move.middle):
        here = move.here()
    client = signed_in(move.receiver)
    page = text(client.get(reverse("pupil_progress", args=[move.middle.urn, move.next_year, here.public_id])))
    assert "Judged at Alder First School" in page
    assert "judged at Alder First School" in page
    plain = text(client.get(reverse("pupil", args=[move.middle.urn, move.next_year, here.public_id])))
    # The years that came along are told, and lead nowhere: the school has not opened them.
    assert AcademicYear(move.year - 1).label in plain
    assert f"/{AcademicYear(move.year - 1).slug}/" not in plain


def test_the_page_of_an_offer_asks_no_more_for_more_pupils(
    move: Move, django_assert_num_queries: Any
) -> None:
    def offered(born: int) -> TransferOffer:
        with visible_to(move.first):
            pupils = [
                on_roll(
                    move.first,
                    move.year,
                    pupil__surname="Twin",
                    pupil__date_of_birth=dt.date(2018, born, each),
                ).pupil
                for each in range(1, born + 1)
            ]
        with visible_to(move.middle):
            for pupil in pupils:
                on_roll(
                    move.middle,
                    move.year,
                    pupil__surname="Twin",
                    pupil__date_of_birth=pupil.date_of_birth,
                )
        return move.offer(*pupils)

    for count in (1, 4):
        offer = offered(count)
        with visible_to(move.middle), django_assert_num_queries(13):
            assert len(offered_pupils(offer)) == count


def test_the_first_page_says_that_pupils_are_offered_to_who_may_take_them_in(
    move: Move, django_assert_num_queries: Any
) -> None:
    def said(person: Any, school: School) -> str:
        page = text(signed_in(person).get(reverse("school_home", args=[school.urn, move.year])))
        return " ".join(page.split())

    assert "offered to your school" not in said(move.receiver, move.middle)
    with visible_to(move.first):
        other = on_roll(move.first, move.year).pupil
    move.offer(move.pupil, other)
    page = said(move.receiver, move.middle)
    assert "2 pupils are offered to your school." in page
    assert reverse("moving", args=[move.middle.urn, move.year]) in page
    # Not at the school that offers, nor to who may not answer; and not once the offer is over.
    assert "offered to your school" not in said(move.leader, move.first)
    assert "offered to your school" not in said(member(move.middle, Role.TEACHER), move.middle)
    roles: dict[Role, int] = {Role.HEAD: 1, Role.TEACHER: 0}
    for role, queries in roles.items():
        access = access_of(move.middle, role)
        with visible_to(move.middle), django_assert_num_queries(queries):
            assert pupils_waiting(access, move.year.starts_on) == 2 * queries
    offer = TransferOffer.objects.get()
    with visible_to(move.middle):
        assert (
            pupils_waiting(access_of(move.middle, Role.HEAD), offer.stands_until + dt.timedelta(days=1)) == 0
        )
