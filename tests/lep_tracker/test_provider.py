"""Signing in by the school's own provider: a small one of our own, asked over HTTP, that signs its tokens."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.mfa.totp.internal import auth as totp
from allauth.socialaccount.models import SocialAccount, SocialToken
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.test import Client

from lep_tracker.identity_provider import provider_settings
from schools.models import Role, School, User
from tests.conftest import member, signed_in
from tests.lep_tracker.test_settings import settings_with

SIGN_IN = "/account/sign-in/"
WITH_SCHOOL = "/account/sign-in/with/school/"
BACK = f"{WITH_SCHOOL}done/"


@dataclass
class Provider:
    """What the provider says of whoever comes, and what it was asked."""

    address: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, list[str]] = field(default_factory=dict)
    challenge: str = ""
    answers: bool = True
    key: Any = field(default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048))

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def token(self) -> dict[str, Any]:
        now = int(time.time())
        said = {
            "iss": self.address,
            "aud": "tracker",
            "sub": "17",
            "iat": now,
            "exp": now + 60,
            **self.claims,
        }
        return {
            "access_token": "for-nothing",
            "token_type": "Bearer",
            "id_token": jwt.encode(said, self.key, algorithm="RS256", headers={"kid": "1"}),
        }


@contextmanager
def serving(provider: Provider) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(provider.configuration())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            provider.asked = parse_qs(body)
            self.answer(provider.token())

        def answer(self, what: dict[str, Any]) -> None:
            self.send_response(200 if provider.answers else 503)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(what).encode())

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def provider(settings: Any, db: None) -> Iterator[Provider]:
    cache.clear()
    provider = Provider()
    with serving(provider):
        settings.SOCIALACCOUNT_PROVIDERS = provider_settings(
            provider.address, "tracker", "a secret", "Example School"
        )
        yield provider


@pytest.fixture
def teacher(school: School) -> User:
    return member(school, Role.TEACHER)


def comes_back(client: Client, provider: Provider, *, then: str = "", **claims: Any) -> Any:
    """The whole way: from the button to the provider, and back with a code."""
    provider.claims = claims
    led = client.post(WITH_SCHOOL, {"next": then} if then else {})
    assert led.status_code == 302
    there = urlsplit(led.headers["Location"])
    assert f"{there.scheme}://{there.netloc}{there.path}" == f"{provider.address}/authorize"
    asked = parse_qs(there.query)
    assert asked["redirect_uri"] == [f"http://testserver{BACK}"]
    assert asked["code_challenge_method"] == ["S256"]
    provider.challenge = asked["code_challenge"][0]
    return client.get(BACK, {"code": "a-code", "state": asked["state"][0]})


def is_signed_in(client: Client) -> bool:
    return SIGN_IN not in client.get("/account/").headers.get("Location", "")


def test_without_a_provider_there_is_no_button_and_no_way(db: None) -> None:
    assert "Sign in with a passkey" in (page := Client().get(SIGN_IN).content.decode())
    assert "/sign-in/with/" not in page
    assert Client().post(WITH_SCHOOL).status_code == 404
    assert Client().get(BACK).status_code == 404


def test_who_has_an_account_signs_in_by_the_provider(provider: Provider, teacher: User) -> None:
    client = Client()
    assert "Sign in with Example School" in client.get(SIGN_IN).content.decode()
    answer = comes_back(client, provider, email=teacher.email.upper(), email_verified=True)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/account/").context["user"] == teacher
    assert provider.asked["client_secret"] == ["a secret"]
    verifier = provider.asked["code_verifier"][0].encode()
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=").decode()
    assert digest == provider.challenge
    assert not SocialAccount.objects.exists()
    assert not SocialToken.objects.exists()


def test_it_leads_on_to_the_page_that_was_asked_for(
    provider: Provider, teacher: User, school: School
) -> None:
    there = f"/schools/{school.urn}/"
    answer = comes_back(Client(), provider, then=there, email=teacher.email, email_verified=True)
    assert answer.headers["Location"] == there


@pytest.mark.parametrize("verified", [False, None, "false", "no", 0])
def test_an_address_that_the_provider_has_not_verified_lets_nobody_in(
    provider: Provider, teacher: User, verified: Any
) -> None:
    client = Client()
    answer = comes_back(client, provider, email=teacher.email, email_verified=verified)
    assert answer.status_code == 403
    assert not is_signed_in(client)


def test_who_has_no_account_is_told_to_ask_and_gets_none(provider: Provider, teacher: User) -> None:
    client = Client()
    before = User.objects.count()
    answer = comes_back(client, provider, email="new@school.test", email_verified=True)
    assert answer.status_code == 403
    assert "There is no account for you here yet" in answer.content.decode()
    assert not is_signed_in(client)
    assert User.objects.count() == before


def test_a_closed_account_stays_closed(provider: Provider, teacher: User) -> None:
    User.objects.filter(pk=teacher.pk).update(is_active=False)
    client = Client()
    comes_back(client, provider, email=teacher.email, email_verified=True)
    assert not is_signed_in(client)


def test_the_second_step_comes_after_the_provider_too(provider: Provider, teacher: User) -> None:
    totp.TOTP.activate(teacher, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    client = Client()
    answer = comes_back(client, provider, email=teacher.email, email_verified=True)
    assert answer.headers["Location"] == "/account/second-step/code/"
    assert not is_signed_in(client)


def test_ones_password_stays(provider: Provider, teacher: User) -> None:
    teacher.set_password("correct horse battery staple")
    teacher.save()
    comes_back(Client(), provider, email=teacher.email, email_verified=True)
    teacher.refresh_from_db()
    assert teacher.check_password("correct horse battery staple")


def test_no_account_of_the_provider_is_joined_to_one_here(provider: Provider, teacher: User) -> None:
    client = signed_in(teacher)
    led = client.post(f"{WITH_SCHOOL}?process=connect")
    provider.claims = {"email": teacher.email, "email_verified": True}
    state = parse_qs(urlsplit(led.headers["Location"]).query)["state"][0]
    answer = client.get(BACK, {"code": "a-code", "state": state})
    assert answer.headers["Location"] == SIGN_IN
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("claims", [{"aud": "another"}, {"iss": "https://elsewhere.example"}, {"exp": 1}])
def test_a_token_that_is_not_for_this_site_lets_nobody_in(
    provider: Provider, teacher: User, claims: dict[str, Any]
) -> None:
    client = Client()
    answer = comes_back(client, provider, email=teacher.email, email_verified=True, **claims)
    assert answer.headers["Location"] == SIGN_IN
    assert "did not work" in client.get(SIGN_IN).content.decode()
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "query", [{"code": "a-code", "state": "made up"}, {"code": "a-code"}, {"error": "x"}]
)
def test_an_answer_that_was_not_asked_for_lets_nobody_in(
    provider: Provider, teacher: User, query: dict[str, str]
) -> None:
    provider.claims = {"email": teacher.email, "email_verified": True}
    client = Client()
    assert client.get(BACK, query).headers["Location"] == SIGN_IN
    assert not is_signed_in(client)


def test_a_provider_that_does_not_answer_is_said_in_words(provider: Provider) -> None:
    provider.answers = False
    client = Client()
    answer = client.post(WITH_SCHOOL, follow=True)
    assert answer.request["PATH_INFO"] == SIGN_IN
    assert "Signing in that way did not work." in answer.content.decode()


def test_it_begins_by_a_post(provider: Provider) -> None:
    page = Client().get(WITH_SCHOOL)
    assert page.status_code == 200
    assert "Sign in with Example School" in page.content.decode()


def test_the_four_variables_go_together_and_the_server_is_asked_by_https() -> None:
    whole = {
        "LEP_OIDC_SERVER": "https://login.example.sch.uk/school",
        "LEP_OIDC_CLIENT_ID": "tracker",
        "LEP_OIDC_SECRET": "a secret",
        "LEP_OIDC_NAME": "Example School",
    }
    assert settings_with(**whole).returncode == 0
    assert "LEP_OIDC_NAME not set" in settings_with(**{**whole, "LEP_OIDC_NAME": ""}).stderr
    in_clear = settings_with(**{**whole, "LEP_OIDC_SERVER": "http://login.example.sch.uk"})
    assert "write https://" in in_clear.stderr
    assert "a secret" not in in_clear.stderr.replace(repr(whole), "")
