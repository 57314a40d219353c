"""Letting the first person in, from the command line."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from schools.calendar import AcademicYear
from schools.models import ClassTeacher, Membership, PartnershipMembership, Role, School, User
from schools.row_security import every_school, visible_to
from tests.factories import ClassGroupFactory

PERSON = {"email": "Head@School.test", "name": "A. Head"}


def add(**options: object) -> str:
    out = StringIO()
    call_command("add_person", **{**PERSON, **options}, stdout=out)
    return out.getvalue()


def test_a_new_person_sets_a_password_by_the_printed_address_and_signs_in(school: School) -> None:
    said = add(school=school.urn, role="head").splitlines()
    assert said[0] == f"A. Head (head@school.test) is Head teacher at {school.name}."
    link = said[2].removeprefix("http://testserver")
    client = Client()
    page = client.get(link, follow=True)
    password = "correct horse battery staple"
    client.post(page.request["PATH_INFO"], {"password1": password, "password2": password})
    client = Client()
    client.post("/account/sign-in/", {"login": "head@school.test", "password": password})
    assert client.get("/", follow=True).context["access"].roles == (Role.HEAD,)
    assert Client().get(link, follow=True).context["token_fail"], "the address is good once"


def test_a_person_who_has_an_account_gets_the_role_and_keeps_the_password(school: School) -> None:
    add(school=school.urn, role="head")
    said = add(school=school.urn, role="senco", name="Another Name")
    assert said == f"A. Head (head@school.test) is SENCO at {school.name}.\n"
    with visible_to(school):
        assert set(Membership.objects.values_list("role", flat=True)) == {"head", "senco"}


def test_a_teacher_is_given_classes_of_the_latest_year(school: School, year: AcademicYear) -> None:
    with visible_to(school):
        from schools.services import years

        years.open_year(school=school, academic_year=AcademicYear(year - 1), by=None)
        ClassGroupFactory.create(school=school, academic_year=year - 1, name="4A")
        now = ClassGroupFactory.create(school=school, academic_year=year, name="4A")
    add(school=school.urn, role="teacher", class_names=["4a"])
    with visible_to(school):
        assert [row.class_group for row in ClassTeacher.objects.all()] == [now]


def test_a_lead_is_given_a_partnership(school: School) -> None:
    said = add(leads=school.partnership.name).splitlines()
    assert said[0] == f"A. Head (head@school.test) is Partnership lead of {school.partnership.name}."
    assert PartnershipMembership.objects.get().partnership == school.partnership


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"school": "999999", "role": "head"}, "no school with the URN '999999'"),
        ({"school": "200000", "role": "head", "email": "nobody"}, "is not an e-mail address"),
        ({"school": "200000", "role": "head", "name": " "}, "needs a name"),
        ({"leads": "Nowhere"}, "no partnership called 'Nowhere'"),
        ({"school": "200000"}, "go together"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(
    school: School, options: dict[str, str], reason: str
) -> None:
    School.objects.update(urn="200000")
    with pytest.raises(CommandError, match=reason):
        add(**options)
    assert not User.objects.exists()


def test_a_class_that_is_not_there_is_refused(school: School) -> None:
    with pytest.raises(CommandError, match="has no class called '9Z'"):
        add(school=school.urn, role="teacher", class_names=["9Z"])
    with every_school():
        assert not Membership.objects.exists()
