"""Coming in by a letter: once, in time, and nobody else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from lep_tracker.logs import PlainFormatter
from schools.models import ClassTeacher, Invitation, Role, School, SubjectLead, User
from schools.row_security import visible_to
from schools.services import memberships
from schools.services.invitations import GOOD_FOR
from tests.conftest import member, signed_in
from tests.factories import UserFactory
from tests.schools.staffroom import PASSWORD, Staffroom, come_in, link_in_letter


def says_gone(client: Client, link: str) -> bool:
    """Whether the link opens nothing, be it looked at or sent a form."""
    answers = [client.get(link), come_in(link, client)]
    texts = ["The link no longer works" in answer.content.decode() for answer in answers]
    return all(texts) and {answer.status_code for answer in answers} == {404}


def test_a_teacher_is_invited_comes_in_and_teaches(staffroom: Staffroom) -> None:
    link = staffroom.invited(classes=[str(staffroom.four.public_id)])
    (letter,) = mail.outbox
    assert letter.to == ["tess@school.test"]
    assert f"{staffroom.head.name} has invited you" in letter.body
    assert not User.objects.filter(email="tess@school.test").exists(), "an invitation makes no account"
    client = Client()
    page = client.get(link)
    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    answer = come_in(link, client, name="Tess Teacher-Tate")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/schools/{staffroom.school.urn}/")
    home = client.get("/", follow=True)
    assert home.context["access"].roles == (Role.TEACHER,)
    tess = User.objects.get(email="tess@school.test")
    assert (tess.name, tess.check_password(PASSWORD), tess.last_login is not None) == (
        "Tess Teacher-Tate",
        True,
        True,
    )
    with visible_to(staffroom.school):
        assert ClassTeacher.objects.get().class_group == staffroom.four


def test_a_subject_leader_leads_the_subjects_that_were_chosen(staffroom: Staffroom) -> None:
    link = staffroom.invited(roles=["subject_leader"], subjects=["mathematics", "science"])
    come_in(link)
    with visible_to(staffroom.school):
        assert set(SubjectLead.objects.values_list("subject", flat=True)) == {"mathematics", "science"}


def test_looking_at_the_link_changes_nothing(staffroom: Staffroom) -> None:
    link = staffroom.invited()
    for look in (Client().get, Client().head, Client().get):
        assert look(link).status_code == 200
    assert not User.objects.filter(email="tess@school.test").exists()
    assert staffroom.invitation().accepted_at is None


def test_a_link_is_good_once(staffroom: Staffroom) -> None:
    link = staffroom.invited()
    come_in(link)
    assert says_gone(Client(), link)
    assert says_gone(signed_in(User.objects.get(email="tess@school.test")), link)


@pytest.mark.parametrize(("beyond", "is_good"), [(dt.timedelta(minutes=-1), True), (dt.timedelta(), False)])
def test_a_link_is_good_for_seven_days(staffroom: Staffroom, beyond: dt.timedelta, is_good: bool) -> None:
    link = staffroom.invited()
    sent_at = timezone.now() - GOOD_FOR - beyond
    with visible_to(staffroom.school):
        Invitation.objects.update(sent_at=sent_at, expires_at=sent_at + GOOD_FOR)
    assert (Client().get(link).status_code == 200) == is_good
    assert (come_in(link).status_code == 302) == is_good
    assert User.objects.filter(email="tess@school.test").exists() == is_good


def test_a_withdrawn_invitation_opens_nothing(staffroom: Staffroom) -> None:
    link = staffroom.invited()
    page = staffroom.at("invitation", staffroom.invitation().public_id)
    signed_in(staffroom.head).post(page, {"act": "withdraw"})
    assert says_gone(Client(), link)
    assert signed_in(staffroom.head).get(page).status_code == 404


def test_a_letter_that_is_sent_again_brings_a_new_link_and_the_old_one_dies(staffroom: Staffroom) -> None:
    first = staffroom.invited()
    page = staffroom.at("invitation", staffroom.invitation().public_id)
    signed_in(staffroom.head).post(page, {"act": "again"})
    assert len(mail.outbox) == 2
    assert says_gone(Client(), first)
    assert come_in(link_in_letter()).status_code == 302


def test_an_invitation_that_ran_out_can_be_sent_again(staffroom: Staffroom) -> None:
    staffroom.invited()
    with visible_to(staffroom.school):
        Invitation.objects.update(expires_at=timezone.now())
    page = staffroom.at("invitation", staffroom.invitation().public_id)
    client = signed_in(staffroom.head)
    assert "ran out" in client.get(staffroom.at("people")).content.decode()
    client.post(page, {"act": "again"})
    assert come_in(link_in_letter()).status_code == 302


def test_a_tampered_link_and_one_of_another_school_open_nothing(
    staffroom: Staffroom, other_school: School
) -> None:
    link = staffroom.invited()
    key = link.rstrip("/").rsplit("/", 1)[1]
    tampered = key[:-1] + ("A" if key[-1] != "A" else "B")
    for wrong in (
        link.replace(key, tampered),
        link.replace(key, staffroom.invitation().key_hash),
        link.replace(staffroom.school.urn, other_school.urn),
        link.replace(staffroom.school.urn, "999999"),
    ):
        assert says_gone(Client(), wrong)
    assert come_in(link).status_code == 302


def test_neither_the_link_nor_what_is_kept_of_it_tells_anything(staffroom: Staffroom) -> None:
    link = staffroom.invited()
    key = link.rstrip("/").rsplit("/", 1)[1]
    assert "tess" not in link.lower()
    assert len(key) >= 43, "256 bits"
    assert key not in staffroom.invitation().key_hash


def test_the_log_holds_no_key_of_a_link_that_is_still_good(
    staffroom: Staffroom, caplog: pytest.LogCaptureFixture
) -> None:
    link = staffroom.invited()
    key = link.rstrip("/").rsplit("/", 1)[1]
    assert come_in(link, password="short").status_code == 422
    assert come_in(link, signed_in(staffroom.head)).status_code == 403
    wanted = settings.LOGGING["formatters"]["line"]
    formatter = PlainFormatter(wanted["format"], style=wanted["style"])
    # What Django itself would have said holds it.
    lines = [formatter.format(record) for record in caplog.records if key in record.getMessage()]
    assert len(lines) == 2
    assert not [line for line in lines if key in line]


def test_somebody_else_who_is_signed_in_cannot_accept(staffroom: Staffroom) -> None:
    link = staffroom.invited()
    for other in (staffroom.head, UserFactory.create()):
        client = signed_in(other)
        assert "You are signed in as" in client.get(link).content.decode()
        assert come_in(link, client).status_code == 403
    assert staffroom.invitation().accepted_at is None
    assert not User.objects.filter(email="tess@school.test").exists()


def test_who_has_an_account_signs_in_and_accepts(staffroom: Staffroom, other_school: School) -> None:
    tess = member(other_school, Role.SENCO)
    tess.set_password(PASSWORD)
    tess.save()
    link = staffroom.invited(email=tess.email.upper())
    client = Client()
    assert "Sign in, and you can accept" in client.get(link).content.decode()
    assert (
        come_in(link, client, password="another good password", again="another good password").status_code
        == 403
    )
    tess.refresh_from_db()
    assert tess.check_password(PASSWORD), "the link does not change the password of an account"
    client.post("/account/sign-in/", {"login": tess.email, "password": PASSWORD, "next": link})
    assert client.get(link).status_code == 200
    assert staffroom.invitation().accepted_at is None
    client.post(link)
    assert client.get(f"/schools/{staffroom.school.urn}/", follow=True).context["access"].roles == (
        Role.TEACHER,
    )
    home = client.get("/").content.decode()
    assert staffroom.school.name in home
    assert other_school.name in home
    tess.refresh_from_db()
    assert tess.name != "Tess Teacher", "the account keeps its name"


def test_an_account_that_never_had_a_password_gets_one_by_the_letter(staffroom: Staffroom) -> None:
    User.objects.create_user("tess@school.test", "Tess T.")
    assert come_in(staffroom.invited()).status_code == 302
    assert User.objects.get(email="tess@school.test").check_password(PASSWORD)


def test_a_closed_account_does_not_come_in(staffroom: Staffroom) -> None:
    user = User.objects.create_user("tess@school.test", "Tess T.", is_active=False)
    link = staffroom.invited()
    assert "closed" in Client().get(link).content.decode()
    assert come_in(link).status_code == 403
    user.refresh_from_db()
    assert not user.has_usable_password()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"password": "short", "again": "short"}, "at least 12 characters"),
        ({"password": "password12345", "again": "password12345"}, "too common"),
        ({"password": "tess@school.test", "again": "tess@school.test"}, "too similar"),
        ({"again": "something else entirely"}, "not the password above"),
        ({"name": "https://evil.test"}, "not a name"),
        ({"name": " "}, "Type your name"),
    ],
)
def test_a_bad_password_or_name_is_refused_and_the_link_stays_good(
    staffroom: Staffroom, said: dict[str, str], words: str
) -> None:
    link = staffroom.invited()
    answer = come_in(link, **said)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert come_in(link).status_code == 302


def test_an_invitation_does_not_outlast_the_right_to_invite(staffroom: Staffroom) -> None:
    link = staffroom.invited(roles=["senco"])
    with visible_to(staffroom.school):
        memberships.end(membership=staffroom.head.memberships.get(), by=None)
    assert says_gone(Client(), link)


def test_an_administrator_invites_no_managers(staffroom: Staffroom) -> None:
    for roles in (["head"], ["administrator"], ["teacher", "senco"], ["assessment_leader"]):
        answer = staffroom.invite(staffroom.office, roles=roles)
        assert answer.status_code == 422
        assert "not yours to give" in answer.content.decode()
    assert mail.outbox == []
    assert (
        staffroom.invite(staffroom.office, roles=["teacher", "subject_leader", "governor"]).status_code == 302
    )


def test_an_administrator_neither_sends_again_nor_withdraws_what_a_head_invited_to(
    staffroom: Staffroom,
) -> None:
    staffroom.invited(roles=["head"])
    page = staffroom.at("invitation", staffroom.invitation().public_id)
    client = signed_in(staffroom.office)
    assert "ask a head teacher" in client.get(page).content.decode()
    for act in ("again", "withdraw"):
        client.post(page, {"act": act})
    assert len(mail.outbox) == 1
    assert staffroom.invitation().withdrawn_at is None


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"roles": []}, "at least one role"),
        ({"roles": ["owner"]}, "not yours to give"),
        ({"email": "nobody"}, "not an email address"),
        ({"email": "tess@school.test\nBcc: all@school.test"}, "not an email address"),
        ({"name": "See http://evil.test"}, "not a name"),
        ({"classes": ["00000000-0000-7000-8000-000000000000"]}, "another school or year"),
        ({"classes": ["4A"]}, "another school or year"),
        ({"subjects": ["potions"], "roles": ["subject_leader"]}, "not in this list"),
        ({"subjects": ["science"]}, "Subjects are for subject leaders"),
    ],
)
def test_what_cannot_be_is_refused_and_no_letter_goes_out(
    staffroom: Staffroom, said: dict[str, object], words: str
) -> None:
    answer = staffroom.invite(staffroom.head, **said)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert mail.outbox == []


def test_a_class_is_for_somebody_who_teaches(staffroom: Staffroom) -> None:
    answer = staffroom.invite(staffroom.head, roles=["governor"], classes=[str(staffroom.four.public_id)])
    assert "Classes are for teachers" in answer.content.decode()


def test_who_is_here_or_invited_is_not_invited_again(staffroom: Staffroom) -> None:
    staffroom.invited()
    again = staffroom.invite(staffroom.head, email="TESS@school.test")
    assert "is invited already" in again.content.decode()
    here = staffroom.invite(staffroom.head, email=staffroom.office.email)
    assert "is a person of this school already" in here.content.decode()


def test_whoever_invites_learns_nothing_of_accounts_elsewhere(
    staffroom: Staffroom, other_school: School
) -> None:
    known = member(other_school, Role.HEAD)
    staffroom.invited(email=known.email)
    page = signed_in(staffroom.head).get(staffroom.at("people")).content.decode()
    assert "Tess Teacher" in page
    assert known.name not in page


def test_letters_are_limited_for_a_person_and_a_school(staffroom: Staffroom, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "invite": "2/h/user,3/h/key"}
    for number in range(2):
        assert staffroom.invite(staffroom.head, email=f"t{number}@school.test").status_code == 302
    refused = staffroom.invite(staffroom.head, email="t3@school.test")
    assert "Too many letters" in refused.content.decode()
    assert staffroom.invite(staffroom.office, email="t4@school.test").status_code == 302
    assert staffroom.invite(staffroom.office, email="t5@school.test").status_code == 422, "of the school"
    cache.clear()


def test_a_letter_that_cannot_be_sent_leaves_nothing(staffroom: Staffroom, settings: Any) -> None:
    settings.EMAIL_BACKEND = "tests.schools.staffroom.Refusing"
    answer = staffroom.invite(staffroom.head)
    assert (answer.status_code, "could not be sent" in answer.content.decode()) == (422, True)
    with visible_to(staffroom.school):
        assert not Invitation.objects.exists()


def test_an_invitation_says_in_the_history_who_invited(staffroom: Staffroom) -> None:
    from django.apps import apps

    come_in(staffroom.invited())
    tess = User.objects.get(email="tess@school.test")
    event = apps.get_model("schools", "InvitationEvent")
    with visible_to(staffroom.school):
        whose = list(event.objects.order_by("pk").values_list("pgh_label", "pgh_context__user"))
    assert whose == [("insert", staffroom.head.pk), ("update", tess.pk)]
