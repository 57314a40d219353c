"""A school with a head, an office and a class, and what browsers of theirs send."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client
from django.urls import reverse

from schools.calendar import AcademicYear
from schools.models import ClassGroup, Invitation, Membership, Role, School, User
from schools.row_security import visible_to
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory

PASSWORD = "correct horse battery staple"


@dataclass
class Staffroom:
    """The school, the people of its management, and one class."""

    school: School
    year: AcademicYear
    head: User
    office: User
    four: ClassGroup

    def at(self, name: str, *more: object) -> str:
        return reverse(name, args=[self.school.urn, self.year, *more])

    def invite(self, by: User, **said: object) -> Any:
        """What the page answers to an invitation of Tess Teacher, a teacher unless told otherwise."""
        asked = {"name": "Tess Teacher", "email": "tess@school.test", "roles": ["teacher"], **said}
        return signed_in(by).post(self.at("new_invitation"), asked)

    def invited(self, **said: object) -> str:
        """Tess Teacher is invited by the head: the path of the link in her letter."""
        assert self.invite(self.head, **said).status_code == 302
        return link_in_letter()

    def invitation(self) -> Invitation:
        with visible_to(self.school):
            found: Invitation = Invitation.objects.in_school(self.school).latest("pk")
        return found

    def key_of(self, user: User) -> object:
        """The person's part of addresses."""
        with visible_to(self.school):
            return Membership.objects.in_school(self.school).filter(user=user).earliest("pk").public_id

    def act(self, by: User, user: User, act: str, **said: object) -> Any:
        """What the person's page answers to an act, or the page that it leads to."""
        return signed_in(by).post(self.at("person", self.key_of(user)), {"act": act, **said}, follow=True)

    def page_of(self, by: User, user: User) -> str:
        """The person's page, as somebody sees it who may."""
        page: str = signed_in(by).get(self.at("person", self.key_of(user))).content.decode()
        return page

    def held_by(self, user: User) -> set[str]:
        with visible_to(self.school):
            rows = Membership.objects.in_school(self.school).filter(user=user, is_active=True)
            return set(rows.values_list("role", flat=True))


@pytest.fixture
def staffroom(school: School, year: AcademicYear) -> Staffroom:
    cache.clear()
    with visible_to(school):
        four = ClassGroupFactory.create(school=school, academic_year=year, name="4A")
    head, office = member(school, Role.HEAD), member(school, Role.ADMINISTRATOR)
    return Staffroom(school, year, head, office, four)


def link_in_letter(number: int = -1) -> str:
    """The path of the link in a letter, the last one unless told otherwise."""
    found = re.search(r"http://testserver(/invitations/\S+)", str(mail.outbox[number].body))
    assert found
    return found[1]


def come_in(link: str, client: Client | None = None, **said: object) -> Any:
    """What the link's page answers to somebody without an account who sends a name and a password."""
    asked = {"name": "Tess Teacher", "password": PASSWORD, "again": PASSWORD, **said}
    return (client or Client()).post(link, asked)


class Refusing(BaseEmailBackend):
    """A mail server that takes nothing."""

    def send_messages(self, email_messages: object) -> int:
        raise ConnectionRefusedError
