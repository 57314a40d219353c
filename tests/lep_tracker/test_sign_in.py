"""Signing in: by e-mail and password, throttled, demo accounts on this machine alone."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from schools.calendar import AcademicYear
from schools.models import Role, School, User
from tests.conftest import member, signed_in

PASSWORD = "correct horse battery staple"
SIGN_IN = "/account/sign-in/"


@pytest.fixture
def teacher(school: School) -> User:
    teacher = member(school, Role.TEACHER)
    teacher.set_password(PASSWORD)
    teacher.save()
    cache.clear()
    return teacher


def sign_in(client: Client, user: User, password: str = PASSWORD, **headers: str):  # type: ignore[no-untyped-def]
    return client.post(SIGN_IN, {"login": user.email, "password": password}, **headers)  # type: ignore[arg-type]


def test_a_teacher_signs_in_and_lands_in_the_school(
    teacher: User, school: School, year: AcademicYear
) -> None:
    client = Client()
    response = sign_in(client, teacher)
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    response = client.get("/", follow=True)
    assert response.request["PATH_INFO"] == f"/schools/{school.urn}/{year.slug}/"


def test_the_email_may_be_typed_in_capitals(teacher: User) -> None:
    response = Client().post(SIGN_IN, {"login": teacher.email.upper(), "password": PASSWORD})
    assert response.status_code == 302


def test_an_account_is_found_in_any_case_and_made_once(teacher: User) -> None:
    assert User.objects.get_by_natural_key(teacher.email.upper()) == teacher
    with pytest.raises(IntegrityError, match="schools_user_email"), transaction.atomic():
        User.objects.create_user(teacher.email.upper(), "Twin")
    with pytest.raises(IntegrityError, match="user_email_small"), transaction.atomic():
        User.objects.create(email="Capital@school.test", name="Nobody could sign in")


def test_sign_in_leads_back_to_the_page_that_was_asked_for(teacher: User, school: School) -> None:
    client = Client()
    there = f"/schools/{school.urn}/"
    asked = client.get(there)
    assert asked.headers["Location"] == f"{SIGN_IN}?next={there}"
    response = client.post(
        asked.headers["Location"], {"login": teacher.email, "password": PASSWORD, "next": there}
    )
    assert response.headers["Location"] == there


def test_sign_in_leads_nowhere_off_the_site(teacher: User) -> None:
    response = Client().post(
        SIGN_IN, {"login": teacher.email, "password": PASSWORD, "next": "https://elsewhere.example/"}
    )
    assert response.headers["Location"] == "/"


def test_a_wrong_password_and_an_unknown_address_read_the_same(teacher: User) -> None:
    pages = [
        Client().post(SIGN_IN, {"login": email, "password": "wrong"})
        for email in (teacher.email, "nobody@school.test")
    ]
    assert [page.status_code for page in pages] == [200, 200]
    errors = [page.context["form"].non_field_errors() for page in pages]
    assert errors[0]
    assert errors[0] == errors[1]


def test_a_closed_account_does_not_sign_in(teacher: User) -> None:
    teacher.is_active = False
    teacher.save()
    client = Client()
    sign_in(client, teacher)
    assert client.get("/").status_code == 302


def test_attempts_are_throttled_even_with_the_right_password_at_last(teacher: User) -> None:
    client = Client()
    for _ in range(5):
        assert sign_in(client, teacher, "wrong").status_code == 200
    response = sign_in(client, teacher)
    assert response.status_code == 200
    assert "Too many" in response.content.decode()
    assert client.get("/").status_code == 302


def test_the_counts_of_attempts_are_not_pushed_out_by_those_of_others(teacher: User) -> None:
    client = Client()
    for _ in range(5):
        sign_in(client, teacher, "wrong")
    for number in range(700):
        cache.set(f"allauth:rl:somebody:{number}", [1.0], 300)
    assert "Too many" in sign_in(client, teacher).content.decode()


def test_nobody_signs_up(db: None) -> None:
    response = Client().get("/account/sign-up/")
    assert "password1" not in response.content.decode()
    response = Client().post("/account/sign-up/", {"email": "new@school.test", "password1": PASSWORD})
    assert not User.objects.filter(email="new@school.test").exists()
    assert response.status_code == 200


def test_signing_out_needs_a_post_and_ends_the_session(teacher: User) -> None:
    client = signed_in(teacher)
    client.get("/account/sign-out/")
    assert client.get("/").status_code != 302 or "sign-in" not in client.get("/").headers["Location"]
    client.post("/account/sign-out/")
    assert client.get("/").headers["Location"] == f"{SIGN_IN}?next=/"


def test_cookies_are_bound_to_this_host_and_closed_to_scripts(teacher: User) -> None:
    client = Client()
    client.get(SIGN_IN)
    sign_in(client, teacher)
    assert set(client.cookies) >= {"__Host-session", "__Host-csrf"}
    for cookie in client.cookies.values():
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["path"] == "/"
        assert not cookie["domain"]
        assert cookie["samesite"] == "Lax"
    assert settings.SESSION_COOKIE_AGE == 12 * 60 * 60
    assert client.session.get_expire_at_browser_close()


@pytest.mark.parametrize(
    ("address", "status"), [("127.0.0.1", 302), ("127.8.8.8", 302), ("::1", 302), ("192.0.2.7", 403)]
)
def test_a_demo_account_works_on_this_machine_alone(teacher: User, address: str, status: int) -> None:
    User.objects.filter(pk=teacher.pk).update(is_demo=True)
    client = Client(REMOTE_ADDR=address)
    assert sign_in(client, teacher).status_code == status
    assert ("sign-in" in client.get("/").headers.get("Location", "")) is (status == 403)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via"])
def test_a_demo_account_is_refused_where_a_proxy_stands_between(teacher: User, header: str) -> None:
    User.objects.filter(pk=teacher.pk).update(is_demo=True)
    client = Client()
    assert sign_in(client, teacher, headers={header: "203.0.113.9"}).status_code == 403  # type: ignore[arg-type]


@pytest.mark.parametrize(("setting", "value"), [("IS_LOCAL", False), ("PROXIES", 1)])
def test_a_demo_account_is_refused_on_a_site_that_others_reach(
    teacher: User, monkeypatch: pytest.MonkeyPatch, setting: str, value: object
) -> None:
    monkeypatch.setattr(settings, setting, value)
    User.objects.filter(pk=teacher.pk).update(is_demo=True)
    client = Client()
    assert sign_in(client, teacher).status_code == 403
    assert client.get("/").headers["Location"] == f"{SIGN_IN}?next=/"


def test_an_account_of_ones_own_signs_in_from_anywhere(teacher: User) -> None:
    assert sign_in(Client(REMOTE_ADDR="192.0.2.7"), teacher).status_code == 302


def test_a_forgotten_password_is_mailed_in_plain_words(teacher: User, mailoutbox: list) -> None:  # type: ignore[type-arg]
    client = Client()
    response = client.post("/account/password/forgotten/", {"email": teacher.email})
    assert response.headers["Location"] == "/account/password/forgotten/sent/"
    (mail,) = mailoutbox
    assert mail.to == [teacher.email]
    link = next(word for word in mail.body.split() if "/account/password/new/" in word)
    page = client.get(link, follow=True)
    assert page.status_code == 200
    changed = client.post(
        page.request["PATH_INFO"],
        {"password1": "another good long password", "password2": "another good long password"},
    )
    assert changed.headers["Location"] == "/account/password/new/done/"
    assert sign_in(Client(), teacher, "another good long password").status_code == 302


def test_an_unknown_address_gets_the_same_answer_as_a_known_one(teacher: User, mailoutbox: list) -> None:  # type: ignore[type-arg]
    response = Client().post("/account/password/forgotten/", {"email": "nobody@school.test"})
    assert response.headers["Location"] == "/account/password/forgotten/sent/"
    assert mailoutbox == [], "a stranger cannot have the site write to anybody"


@pytest.mark.parametrize("password", ["short", "password1234", "qwerty123456"])
def test_a_weak_password_is_refused_in_words(teacher: User, password: str) -> None:
    response = signed_in(teacher).post(
        "/account/password/", {"oldpassword": PASSWORD, "password1": password, "password2": password}
    )
    assert response.status_code == 200
    assert response.context["form"].errors


def test_changing_the_password_ends_every_other_session(teacher: User) -> None:
    client, elsewhere = Client(), Client()
    sign_in(client, teacher)
    sign_in(elsewhere, teacher)
    new = "another good long password"
    changed = client.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert changed.headers["Location"] == "/account/"
    assert "sign-in" in elsewhere.get("/").headers["Location"]
    assert "sign-in" not in client.get("/").headers.get("Location", "")
    assert sign_in(Client(), teacher, new).status_code == 302


def test_a_session_stands_in_the_database(teacher: User) -> None:
    """So that deleting it signs the person out of every worker at once."""
    from schools.models import Session

    client = signed_in(teacher)
    Session.objects.all().delete()
    assert client.get("/").headers["Location"] == f"{SIGN_IN}?next=/"


def test_a_person_of_two_schools_chooses_and_switches(
    school: School, other_school: School, year: AcademicYear
) -> None:
    from schools.row_security import visible_to
    from schools.services import memberships

    head = member(school, Role.HEAD)
    with visible_to(other_school):
        memberships.grant(school=other_school, user=head, role=Role.HEAD, by=None)
    client = signed_in(head)
    choice = client.get("/").content.decode()
    assert f'href="{reverse("school_now", args=[school.urn])}"' in choice
    page = client.get(reverse("school_home", args=[school.urn, year]))
    assert [(link.label, link.is_current) for link in page.context["school_links"]] == [
        (school.name, True),
        (other_school.name, False),
    ]
    there = client.get(page.context["school_links"][1].url, follow=True)
    assert there.context["access"].school == other_school


def test_a_lead_sees_the_schools_of_the_partnership_and_none_from_inside(
    school: School, other_school: School
) -> None:
    from schools.services import memberships
    from tests.factories import UserFactory

    lead = UserFactory.create()
    memberships.lead_partnership(partnership=school.partnership, user=lead, by=None)
    client = signed_in(lead)
    page = client.get("/", follow=True).content.decode()
    assert school.name in page
    assert other_school.name in page
    assert client.get(reverse("school_now", args=[school.urn])).status_code == 404
