"""Who changes whose access: given, taken, suspended, ended, at once; and what nobody may do."""

from __future__ import annotations

import csv
import io
import uuid

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from schools.calendar import AcademicYear
from schools.models import (
    AccountRecord,
    ClassTeacher,
    Happening,
    Membership,
    Role,
    School,
    SecondStepRemoval,
    SubjectLead,
    User,
)
from schools.row_security import visible_to
from schools.services import classes, memberships, years
from schools.services.staff import NotAllowedError, correct_name, remove_person, suspend_person
from tests.conftest import member, signed_in
from tests.factories import ClassGroupFactory, UserFactory
from tests.schools.staffroom import Staffroom


@pytest.fixture
def tess(staffroom: Staffroom) -> User:
    """Teaches 4A."""
    user = member(staffroom.school, Role.TEACHER)
    with visible_to(staffroom.school):
        classes.assign_teacher(class_group=staffroom.four, membership=user.memberships.get(), by=None)
    return user


def taught(staffroom: Staffroom, user: User) -> list[str]:
    with visible_to(staffroom.school):
        rows = ClassTeacher.objects.filter(membership__user=user).order_by("class_group__name")
        return list(rows.values_list("class_group__name", flat=True))


def led(staffroom: Staffroom) -> set[str]:
    with visible_to(staffroom.school):
        return set(SubjectLead.objects.values_list("subject", flat=True))


def test_roles_classes_and_subjects_are_changed_together(staffroom: Staffroom, tess: User) -> None:
    with visible_to(staffroom.school):
        five = ClassGroupFactory.create(school=staffroom.school, academic_year=staffroom.year, name="5B")
    said = {"roles": ["teacher", "subject_leader"], "classes": [str(five.public_id)], "subjects": ["science"]}
    answer = staffroom.act(staffroom.head, tess, "change", **said)
    assert "Saved." in answer.content.decode()
    assert staffroom.held_by(tess) == {"teacher", "subject_leader"}
    assert taught(staffroom, tess) == ["5B"]
    assert led(staffroom) == {"science"}
    staffroom.act(staffroom.head, tess, "change", roles=["senco"])
    assert (staffroom.held_by(tess), taught(staffroom, tess), led(staffroom)) == ({"senco"}, [], set())


def test_classes_of_other_years_stay(staffroom: Staffroom, tess: User) -> None:
    last = AcademicYear(staffroom.year - 1)
    with visible_to(staffroom.school):
        years.open_year(school=staffroom.school, academic_year=last, by=None)
        before = ClassGroupFactory.create(school=staffroom.school, academic_year=last, name="3C")
        classes.assign_teacher(class_group=before, membership=tess.memberships.get(), by=None)
    staffroom.act(staffroom.head, tess, "change", roles=["teacher"])
    assert taught(staffroom, tess) == ["3C"]


def test_the_form_shows_what_the_person_has(staffroom: Staffroom, tess: User) -> None:
    page = signed_in(staffroom.head).get(staffroom.at("person", staffroom.key_of(tess))).content.decode()
    assert page.count("checked") == 2, "the role and the class"
    assert f"Classes to teach in {staffroom.year.label}" in page


@pytest.mark.parametrize("act", ["suspend", "remove"])
def test_who_is_suspended_or_removed_gets_nothing_at_the_next_request(
    staffroom: Staffroom, tess: User, act: str
) -> None:
    client = signed_in(tess)
    sheet = staffroom.at("class_marksheet", staffroom.four.public_id, "mathematics")
    assert client.get(sheet).status_code == 200
    staffroom.act(staffroom.head, tess, act)
    assert client.get(sheet).headers["Location"].startswith("/account/sign-in/")
    cells = staffroom.at("class_marksheet_cells", staffroom.four.public_id, "mathematics")
    saved = client.post(cells, {}, headers={"HX-Request": "true"})
    assert saved.status_code == 401
    again = signed_in(tess)
    assert again.get(sheet).status_code == 404
    assert again.post(cells, {}, headers={"HX-Request": "true"}).status_code == 404
    assert "No school yet" in again.get("/").content.decode()


def test_a_suspended_person_is_taken_back_with_everything(staffroom: Staffroom, tess: User) -> None:
    staffroom.act(staffroom.head, tess, "suspend")
    assert staffroom.held_by(tess) == set()
    page = signed_in(staffroom.head).get(staffroom.at("people")).content.decode()
    assert "Suspended" in page
    colleague = member(staffroom.school, Role.TEACHER)
    assert tess.email not in signed_in(colleague).get(staffroom.at("people")).content.decode()
    staffroom.act(staffroom.head, tess, "take_back")
    assert (staffroom.held_by(tess), taught(staffroom, tess)) == ({"teacher"}, ["4A"])


def test_who_is_suspended_stays_so_in_other_roles(staffroom: Staffroom, tess: User) -> None:
    staffroom.act(staffroom.head, tess, "suspend")
    said = {"roles": ["teacher", "governor"], "classes": [str(staffroom.four.public_id)]}
    staffroom.act(staffroom.head, tess, "change", **said)
    assert staffroom.held_by(tess) == set()
    staffroom.act(staffroom.head, tess, "take_back")
    assert (staffroom.held_by(tess), taught(staffroom, tess)) == ({"teacher", "governor"}, ["4A"])


def test_who_is_removed_keeps_the_other_school_and_the_account(
    staffroom: Staffroom, tess: User, other_school: School
) -> None:
    with visible_to(other_school):
        memberships.grant(school=other_school, user=tess, role=Role.HEAD, by=None)
    staffroom.act(staffroom.head, tess, "remove")
    assert signed_in(tess).get("/", follow=True).context["access"].school == other_school
    assert staffroom.invite(staffroom.head, email=tess.email).status_code == 302, "may be invited anew"


def test_a_removed_person_is_not_at_their_old_address(staffroom: Staffroom, tess: User) -> None:
    there = staffroom.at("person", staffroom.key_of(tess))
    staffroom.act(staffroom.head, tess, "remove")
    client = signed_in(staffroom.head)
    assert client.get(there).status_code == 404
    assert client.post(there, {"act": "take_back"}).status_code == 404
    assert client.get(staffroom.at("person", uuid.uuid4())).status_code == 404


@pytest.mark.parametrize("act", ["change", "suspend", "remove"])
def test_nobody_changes_their_own_access(staffroom: Staffroom, act: str) -> None:
    for person in (staffroom.head, staffroom.office):
        before = staffroom.held_by(person)
        answer = staffroom.act(person, person, act, roles=["head", "senco"])
        assert answer.status_code == 403
        assert staffroom.held_by(person) == before


def test_an_administrator_changes_teachers_and_no_managers(staffroom: Staffroom, tess: User) -> None:
    senco = member(staffroom.school, Role.TEACHER, Role.SENCO)
    for person in (staffroom.head, senco):
        for act in ("change", "suspend", "remove"):
            assert staffroom.act(staffroom.office, person, act, roles=["teacher"]).status_code == 403
        page = signed_in(staffroom.office).get(staffroom.at("person", staffroom.key_of(person)))
        assert "ask a head teacher" in page.content.decode()
    assert staffroom.held_by(senco) == {"teacher", "senco"}
    raised = staffroom.act(staffroom.office, tess, "change", roles=["teacher", "head"])
    assert (raised.status_code, staffroom.held_by(tess)) == (422, {"teacher"})
    staffroom.act(staffroom.office, tess, "change", roles=["governor"])
    assert staffroom.held_by(tess) == {"governor"}


def test_who_manages_nobody_finds_neither_page_nor_act(staffroom: Staffroom, tess: User) -> None:
    others = [role for role in Role if role not in {Role.HEAD, Role.ADMINISTRATOR}]
    for role in others:
        person = member(staffroom.school, role)
        assert staffroom.act(person, tess, "remove").status_code == 403
        assert staffroom.invite(person).status_code == 403
    assert staffroom.held_by(tess) == {"teacher"}


def test_a_class_of_another_school_or_year_is_refused(
    staffroom: Staffroom, tess: User, other_school: School
) -> None:
    with visible_to(other_school):
        theirs = ClassGroupFactory.create(school=other_school, academic_year=staffroom.year, name="4A")
    answer = staffroom.act(staffroom.head, tess, "change", roles=["teacher"], classes=[str(theirs.public_id)])
    assert (answer.status_code, taught(staffroom, tess)) == (422, ["4A"])


def test_other_fields_of_a_form_change_nothing(staffroom: Staffroom, tess: User) -> None:
    staffroom.act(
        staffroom.head,
        tess,
        "change",
        roles=["teacher"],
        email="other@school.test",
        name="Other",
        is_active="",
        user_id=str(staffroom.head.pk),
        school="1",
        academic_year="1999",
    )
    before = (tess.email, tess.name)
    tess.refresh_from_db()
    assert (tess.email, tess.name, tess.is_active) == (*before, True)


def test_the_last_who_lets_people_in_stays(school: School) -> None:
    head = member(school, Role.HEAD)
    with visible_to(school):
        for act in (suspend_person, remove_person):
            with pytest.raises(NotAllowedError, match="nobody could let people in"):
                act(school=school, user=head, by=None)
        assert Membership.objects.get(user=head).is_active
        memberships.grant(school=school, user=UserFactory.create(), role=Role.ADMINISTRATOR, by=None)
        with pytest.raises(NotAllowedError, match="nobody could let people in"):
            remove_person(school=school, user=head, by=None)
        memberships.grant(school=school, user=UserFactory.create(), role=Role.HEAD, by=None)
        remove_person(school=school, user=head, by=None)
        assert not Membership.objects.get(user=head).is_active


def test_who_lost_the_role_meanwhile_is_refused(staffroom: Staffroom) -> None:
    second = member(staffroom.school, Role.HEAD)
    with visible_to(staffroom.school):
        remove_person(school=staffroom.school, user=staffroom.head, by=second)
        with pytest.raises(NotAllowedError, match="for a head teacher to decide"):
            remove_person(school=staffroom.school, user=second, by=staffroom.head)


def test_a_closed_account_with_roles_is_shown_to_who_manages(staffroom: Staffroom, tess: User) -> None:
    tess.is_active = False
    tess.save()
    assert "Account closed" in signed_in(staffroom.office).get(staffroom.at("people")).content.decode()
    staffroom.act(staffroom.office, tess, "remove")
    assert tess.email not in signed_in(staffroom.office).get(staffroom.at("people")).content.decode()


def test_one_head_removes_another(staffroom: Staffroom) -> None:
    second = member(staffroom.school, Role.HEAD)
    staffroom.act(staffroom.head, second, "remove")
    assert staffroom.held_by(second) == set()


def test_the_history_says_who_changed_whose_access(staffroom: Staffroom, tess: User) -> None:
    staffroom.act(staffroom.head, tess, "suspend")
    event = apps.get_model("schools", "MembershipEvent")
    with visible_to(staffroom.school):
        last = event.objects.filter(user=tess).latest("pk")
    assert (last.pgh_label, last.is_suspended, last.pgh_context["user"]) == (
        "update",
        True,
        staffroom.head.pk,
    )


def test_who_manages_sees_last_sign_ins_and_colleagues_do_not(staffroom: Staffroom, tess: User) -> None:
    tess.last_login = timezone.now()
    tess.save()
    when = f"{timezone.localtime(tess.last_login):%H:%M}"
    pages = {
        who: signed_in(who).get(staffroom.at("people")).content.decode() for who in (staffroom.office, tess)
    }
    assert "Last sign-in" in pages[staffroom.office]
    assert when in pages[staffroom.office]
    assert "never" in pages[staffroom.office]
    assert "Last sign-in" not in pages[tess]


def test_the_file_holds_what_the_page_shows(staffroom: Staffroom, tess: User) -> None:
    staffroom.invited(name="Ina Vited", email="ina@school.test")
    staffroom.act(staffroom.head, tess, "suspend")
    there = staffroom.at("people_file", "csv")

    def rows(user: User) -> dict[str, dict[str, str]]:
        text = signed_in(user).get(there).content.decode("utf-8-sig")
        return {row["Name"]: row for row in csv.DictReader(io.StringIO(text))}

    seen = rows(staffroom.office)
    assert (seen[tess.name]["State"], seen[tess.name]["Classes"]) == ("Suspended", "4A")
    assert seen["Ina Vited"]["State"] == "Invited"
    colleague = rows(member(staffroom.school, Role.TEACHER))
    assert tess.name not in colleague
    assert "Ina Vited" not in colleague
    assert "State" not in next(iter(colleague.values()))


def test_the_number_of_queries_does_not_grow_with_people(staffroom: Staffroom) -> None:
    client = signed_in(staffroom.head)
    staffroom.invited(classes=[str(staffroom.four.public_id)])

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(staffroom.at("people")).status_code == 200
        return len(captured)

    before = queries()
    for number in range(4):
        with visible_to(staffroom.school):
            role = memberships.grant(
                school=staffroom.school, user=UserFactory.create(), role=Role.SUBJECT_LEADER, by=None
            )
            classes.assign_teacher(class_group=staffroom.four, membership=role, by=None)
            SubjectLead.objects.create(school=staffroom.school, membership=role, subject="science")
        staffroom.invited(email=f"t{number}@school.test", classes=[str(staffroom.four.public_id)])
    assert queries() == before


def test_an_administrator_sees_no_pupil_and_no_figures(staffroom: Staffroom) -> None:
    client = signed_in(staffroom.office)
    assert client.get("/", follow=True).status_code == 200
    for name in ("roll", "dashboard", "marksheets", "class_list", "governors_pack"):
        assert client.get(staffroom.at(name)).status_code == 403


def test_a_head_takes_the_second_step_of_somebody_who_lost_it_away(staffroom: Staffroom, tess: User) -> None:
    page = staffroom.page_of(staffroom.head, tess)
    assert "Second step at sign-in" not in page
    TOTP.activate(tess, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    assert "Second step at sign-in" in staffroom.page_of(staffroom.head, tess)
    client = signed_in(tess)
    assert client.get(staffroom.at("school_home")).status_code == 200

    staffroom.act(staffroom.head, tess, "second_step")
    assert not Authenticator.objects.filter(user=tess).exists()
    assert client.get(staffroom.at("school_home")).headers["Location"].startswith("/account/sign-in/")
    (removal,) = SecondStepRemoval.objects.all()
    assert (removal.user, removal.by) == (tess, staffroom.head)
    record = AccountRecord.objects.get(what=Happening.SECOND_STEP_REMOVED)
    assert record.account == tess.pk
    # Their roles are as they were.
    assert taught(staffroom, tess) == ["4A"]


def test_who_may_not_change_somebody_takes_no_second_step_away(staffroom: Staffroom, tess: User) -> None:
    for user in (staffroom.head, tess):
        TOTP.activate(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    # The office asks for the head's, the head for their own, a teacher for the head's.
    for by, of in (
        (staffroom.office, staffroom.head),
        (staffroom.head, staffroom.head),
        (tess, staffroom.head),
    ):
        staffroom.act(by, of, "second_step")
    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).count() == 2


def test_a_name_is_corrected_and_the_audit_says_by_whom(staffroom: Staffroom, tess: User) -> None:
    before = tess.name
    page = signed_in(staffroom.office).get(staffroom.at("person", staffroom.key_of(tess))).content.decode()
    assert f'value="{before}"' in page
    answer = staffroom.act(staffroom.office, tess, "name", name=" Tess   Corrected ")
    assert "the name is corrected" in answer.content.decode()
    tess.refresh_from_db()
    assert tess.name == "Tess Corrected"
    record = AccountRecord.objects.get(what=Happening.NAME_CORRECTED)
    assert (record.account, record.detail) == (tess.pk, {"by": staffroom.office.pk})
    audit = signed_in(staffroom.head).get(staffroom.at("audit")).content.decode()
    assert "Name corrected" in audit
    assert f"by {staffroom.office.name}" in " ".join(audit.split())
    # Sent once more: nothing is corrected, and nothing is recorded.
    staffroom.act(staffroom.office, tess, "name", name="Tess Corrected")
    assert AccountRecord.objects.filter(what=Happening.NAME_CORRECTED).count() == 1
    # Their roles and classes are as they were.
    assert taught(staffroom, tess) == ["4A"]


def test_another_school_of_the_person_hears_of_it_and_not_by_whom(
    staffroom: Staffroom, tess: User, other_school: School
) -> None:
    elsewhere = member(other_school, Role.HEAD)
    with visible_to(other_school):
        years.open_year(school=other_school, academic_year=staffroom.year, by=None)
        memberships.grant(school=other_school, user=tess, role=Role.TEACHER, by=None)
    staffroom.act(staffroom.head, tess, "name", name="Tess Corrected")
    there = reverse("audit", args=[other_school.urn, staffroom.year])
    audit = " ".join(signed_in(elsewhere).get(there).content.decode().split())
    assert "Name corrected" in audit
    assert "by somebody who has no role here" in audit
    assert staffroom.head.name not in audit


def test_who_may_not_change_somebody_corrects_no_name(staffroom: Staffroom, tess: User) -> None:
    # An administrator is not a head's to change, nobody their own, and a teacher nobody's.
    for by, of in ((staffroom.office, staffroom.head), (staffroom.head, staffroom.head), (tess, tess)):
        before = of.name
        assert staffroom.act(by, of, "name", name="Somebody Else").status_code == 403
        of.refresh_from_db()
        assert of.name == before
    with visible_to(staffroom.school), pytest.raises(NotAllowedError):
        correct_name(school=staffroom.school, user=staffroom.head, name="Somebody Else", by=staffroom.office)
    assert not AccountRecord.objects.filter(what=Happening.NAME_CORRECTED).exists()


@pytest.mark.parametrize(("name", "told"), [("", "Type the name."), ("<b>Tess", "That is not a name")])
def test_what_is_no_name_is_said_beside_the_field(
    staffroom: Staffroom, tess: User, name: str, told: str
) -> None:
    answer = staffroom.act(staffroom.head, tess, "name", name=name)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    # The form beside it is as it was.
    assert "Choose at least one role" not in answer.content.decode()
