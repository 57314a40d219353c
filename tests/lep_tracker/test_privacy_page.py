"""The page about privacy, and whom to turn to, at the foot of every page."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from schools.calendar import AcademicYear
from schools.models import Role, School
from schools.queries.privacy import Contact, contact_of
from tests.conftest import member, signed_in

pytestmark = pytest.mark.django_db


def test_whoever_asks_reads_what_is_held_and_where_to_complain(settings: object) -> None:
    settings.COMPLAINTS_CONTACT = "data@partnership.test"  # type: ignore[attr-defined]
    page = Client().get("/privacy/").content.decode()
    assert "acknowledged within 30 days" in page
    assert 'href="mailto:data@partnership.test"' in page
    assert "Each school decides" in page


def test_the_sign_in_names_the_contact_in_its_footer(settings: object) -> None:
    settings.COMPLAINTS_CONTACT = "https://partnership.test/ask"  # type: ignore[attr-defined]
    page = Client().get("/account/sign-in/").content.decode()
    assert 'href="https://partnership.test/ask"' in page.partition("<footer")[2]
    assert 'href="/privacy/"' in page


def test_a_schools_own_contact_comes_before_the_sites(
    school: School, year: AcademicYear, settings: object
) -> None:
    settings.COMPLAINTS_CONTACT = "data@partnership.test"  # type: ignore[attr-defined]
    School.objects.filter(pk=school.pk).update(data_protection_contact="office@school.test")
    page = signed_in(member(school, Role.TEACHER)).get(reverse("school_privacy", args=[school.urn, year]))
    assert "office@school.test" in page.content.decode()
    assert "data@partnership.test" not in page.content.decode()
    assert f"{school.name} decides" in page.content.decode()


def test_without_a_contact_the_page_says_where_to_ask() -> None:
    page = Client().get("/privacy/").content.decode()
    assert "Ask at the school’s office." in page
    assert "Data protection:" not in page


def test_what_is_no_address_is_shown_and_not_opened(settings: object) -> None:
    settings.COMPLAINTS_CONTACT = "The office, Room 3"  # type: ignore[attr-defined]
    assert contact_of(None) == Contact("The office, Room 3", "")
