"""The door: no address leads into a school around it, and it opens for members with the permission alone."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, path, reverse

from lep_tracker.access_table import Action, Answer, lines
from lep_tracker.urls import ADDRESSES_OUTSIDE_THE_DOOR
from schools.access import SchoolRequest, school_view
from schools.calendar import AcademicYear, YearGroup
from schools.models import Pupil, Role, School, User
from schools.permissions import PERMISSIONS_BY_ROLE, Permission
from schools.row_security import visible_to, walled_models
from schools.services import memberships
from schools.services.second_step import require_second_factor
from tests.conftest import member, signed_in
from tests.factories import UserFactory
from tests.isolation.two_schools import WholeSchool

pytestmark = pytest.mark.usefixtures("unmeasured", "unprinted")


def addresses(patterns: list[Any]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns)
        else:
            yield pattern


def without_door(patterns: list[Any]) -> set[str]:
    return {
        str(pattern.name or pattern.pattern)
        for pattern in addresses(patterns)
        # The partnership's door: test_partnership_door.py.
        if not (hasattr(pattern.callback, "permission") or hasattr(pattern.callback, "is_of_partnership"))
    }


def behind_the_door() -> list[URLPattern]:
    return [
        found for found in addresses(get_resolver().url_patterns) if hasattr(found.callback, "permission")
    ]


def address(pattern: URLPattern, whole: WholeSchool, year: AcademicYear) -> str:
    """The pattern's address with the ids of this school's own rows."""
    known = {
        "urn": whole.school.urn,
        "year": year,
        "pupil_id": whole.pupil.public_id,
        "class_id": whole.class_group.public_id,
        "group_id": whole.group.public_id,
        "job_id": whole.job.public_id,
        "person_id": whole.membership.public_id,
        "invitation_id": whole.invitation.public_id,
        "other_id": whole.second_record.public_id,
        "offer_id": whole.offer.public_id,
        "import_id": whole.import_run.public_id,
        "template_id": whole.template.public_id,
        "subject": "mathematics",
        "point": "autumn",
        "sheet": "mathematics",
        "year_group": YearGroup.Y4,
        "file_format": "csv",
        "number": whole.snapshot.number,
        "kind": "meals",
        "period_id": whole.meals.public_id,
        "of_year": year,
        "flag": "is-fsm6",
    }
    return reverse(str(pattern.name), kwargs={name: known[name] for name in names_in(pattern)})


def names_in(pattern: URLPattern) -> list[str]:
    """What the address names."""
    assert pattern.name is not None
    names: list[str] = next(iter(get_resolver().reverse_dict.getlist(pattern.name)))[0][0][1]
    return names


BEHIND = behind_the_door()
MAY_BE_POSTED = {
    *(f"{kind}_marksheet_pupil" for kind in ("class", "year_group", "group")),
    "new_offer",
    "offer",
    "imports",
    "import_run",
    "bring_in_history",
    "group",
    "new_group",
    "new_layout",
    "layout",
    "use_layout",
    "favourite_layout",
    "cell_note",
    "cell_put_back",
    "cell_confirm",
    *(f"{kind}_marksheet_confirm" for kind in ("class", "year_group", "group")),
    "sign_decision",
    "own_steps",
    "take_snapshot",
    "names_grants",
    "new_invitation",
    "invitation",
    "person",
    "roll",
    "class_roll",
    "school_settings",
    "school_subjects",
    "terms",
    "term_dates",
    "next_year",
    "plan_new_year",
    "plan_class",
    "plan_without_class",
    "preview_new_year",
    "new_pupils",
    "september_class",
    "september_without_class",
    "baselines",
    "undo_baselines",
    "eyfs_framework",
    "job",
    "everything_out",
    "governors_pack",
    "pupil_pages",
    "correct_pupil",
    "new_period",
    "period",
    "yearly_value",
    "ctf",
    "duplicates",
    "duplicate_pair",
    "remove_pupil",
    "retention",
    *(
        f"{kind}_marksheet{door}"
        for kind in ("class", "year_group", "group")
        for door in (
            "",
            "_cells",
            "_bring-back",
            "_paste",
            "_same-again",
            "_complete",
            "_undo",
            "_redo",
            "_move",
        )
    ),
}


def ask(client: Client, there: str) -> Any:
    """What an address answers; one that takes a POST alone is sent an empty one, which is a bad request to whoever is let in."""
    answer: Any = client.get(there, follow=True)
    return client.post(there, follow=True) if answer.status_code == 405 else answer


LET_IN = {200, 400, 422}


# A member teaches no class and has asked for nothing.
EXPECTED = {Answer.YES: LET_IN, Answer.OWN: {404}, Answer.NO: {403}}


@contextmanager
def trying(subtests: pytest.Subtests, pattern: URLPattern) -> Iterator[None]:
    """One address of a walk, reported by itself. The schools of a walk take longer to make than it takes to ask, so all share them: what one writes is taken back."""
    with subtests.test(pattern.name), transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_every_address_is_behind_the_door_or_on_the_reasoned_list() -> None:
    assert without_door(get_resolver().url_patterns) == set(ADDRESSES_OUTSIDE_THE_DOOR)
    assert all(ADDRESSES_OUTSIDE_THE_DOOR.values())


def test_the_walk_finds_a_view_without_the_door() -> None:
    def careless(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    assert without_door([path("careless/", careless, name="careless")]) == {"careless"}


def test_a_visitor_is_sent_to_the_sign_in(
    subtests: pytest.Subtests, ours: WholeSchool, year: AcademicYear
) -> None:
    for pattern in BEHIND:
        with trying(subtests, pattern):
            there = address(pattern, ours, year)
            response = Client().get(there)
            assert (response.status_code, response.headers["Location"]) == (
                302,
                f"/account/sign-in/?next={there}",
            )


def test_no_address_opens_without_the_second_step_that_the_school_asks_for(
    subtests: pytest.Subtests, ours: WholeSchool, year: AcademicYear
) -> None:
    require_second_factor(ours.school, is_required=True)
    client = signed_in(member(ours.school, Role.HEAD))
    for pattern in BEHIND:
        with trying(subtests, pattern):
            there = address(pattern, ours, year)
            answers = [client.get(there)]
            if answers[0].status_code == 405 or pattern.name in MAY_BE_POSTED:
                answers.append(client.post(there))
            led = {answer.headers.get("Location") for answer in answers if answer.status_code != 405}
            assert led == {"/account/second-step/?needed"}


def test_a_member_of_another_school_finds_nothing(
    subtests: pytest.Subtests, ours: WholeSchool, theirs: WholeSchool, year: AcademicYear
) -> None:
    client = signed_in(ours.teacher)
    for pattern in BEHIND:
        with trying(subtests, pattern):
            response = ask(client, address(pattern, theirs, year))
            assert response.status_code == 404
            assert "Theirchild" not in response.content.decode(errors="replace")


def test_who_has_no_school_or_another_posts_nothing(
    subtests: pytest.Subtests, ours: WholeSchool, theirs: WholeSchool, year: AcademicYear
) -> None:
    clients = [signed_in(UserFactory.create()), signed_in(member(theirs.school, Role.HEAD))]
    for pattern in BEHIND:
        with trying(subtests, pattern):
            there = address(pattern, ours, year)
            for client in clients:
                assert client.get(there).status_code in {404, 405}
                assert client.post(there).status_code == (404 if pattern.name in MAY_BE_POSTED else 405)


def test_another_schools_ids_in_an_address_of_ones_own_lead_nowhere(
    subtests: pytest.Subtests, ours: WholeSchool, theirs: WholeSchool, year: AcademicYear
) -> None:
    head = signed_in(member(ours.school, Role.HEAD))
    for pattern in BEHIND:
        with trying(subtests, pattern):
            there = address(pattern, theirs, year).replace(theirs.school.urn, ours.school.urn)
            response = ask(head, there)
            assert "Theirchild" not in response.content.decode(errors="replace")
            assert response.status_code in ({404} if "_id" in str(pattern.pattern) else LET_IN)


def test_each_role_is_let_in_where_the_policy_says(
    subtests: pytest.Subtests, ours: WholeSchool, year: AcademicYear
) -> None:
    clients = {role: signed_in(member(ours.school, role)) for role in Role}
    said = {(line.name, line.action): line.answers for line in lines()}
    for pattern in BEHIND:
        with trying(subtests, pattern):
            there, name = address(pattern, ours, year), str(pattern.name)
            # One that takes a POST alone is asked below.
            looking = said.get((name, Action.LOOK), {})
            for role, answer in looking.items():
                response = clients[role].get(there, follow=True)
                assert response.status_code in EXPECTED[answer], role
                if role is Role.TEACHER:
                    assert ours.pupil.forename not in response.content.decode(errors="replace")
            for role, answer in said.get((name, Action.SEND), {}).items():
                status = clients[role].post(there, {"nothing": ""}).status_code
                if answer is Answer.NO and pattern.callback.permission in PERMISSIONS_BY_ROLE[role]:  # type: ignore[attr-defined]
                    # Let in to look, not to write: here nothing was sent; test_nothing_crosses_within.py sends judgements.
                    assert status in {302, 400, 403}, role
                else:
                    assert (status == 403) == (answer is Answer.NO), role


def test_an_ended_role_opens_nothing(
    subtests: pytest.Subtests, ours: WholeSchool, year: AcademicYear
) -> None:
    client = signed_in(ours.teacher)
    assert client.get(reverse("school_home", args=[ours.school.urn, year])).status_code == 200
    there = [(pattern, address(pattern, ours, year)) for pattern in BEHIND]
    with visible_to(ours.school):
        memberships.end(membership=ours.membership, by=None)
    for pattern, asked in there:
        with trying(subtests, pattern):
            assert ask(client, asked).status_code == 404


def test_an_address_that_takes_no_form_refuses_one(
    subtests: pytest.Subtests, ours: WholeSchool, year: AcademicYear
) -> None:
    client = signed_in(member(ours.school, Role.HEAD))
    for pattern in BEHIND:
        with trying(subtests, pattern):
            if pattern.name not in MAY_BE_POSTED:
                assert client.post(address(pattern, ours, year)).status_code == 405


def test_a_year_that_the_school_has_not_opened_is_not_found(ours: WholeSchool, year: AcademicYear) -> None:
    response = signed_in(ours.teacher).get(
        reverse("school_home", args=[ours.school.urn, AcademicYear(year - 1)])
    )
    assert response.status_code == 404


def test_a_school_and_a_pupil_that_do_not_exist_look_like_those_of_others(
    ours: WholeSchool, theirs: WholeSchool, year: AcademicYear
) -> None:
    client = signed_in(ours.teacher)
    pages = [
        client.get(reverse("pupil", args=[urn, year, pupil_id]))
        for urn, pupil_id in [
            ("999999", uuid.uuid4()),
            (theirs.school.urn, theirs.pupil.public_id),
            (ours.school.urn, theirs.pupil.public_id),
        ]
    ]
    assert [page.status_code for page in pages] == [404, 404, 404]
    # Each page has a CSRF token and a number of its own; else they are the same to the byte.
    own = r'"X-CSRFToken": "\w+"|value="\w{64}"|this number: <code>[\w-]{36}</code>'
    texts = {re.sub(own, "", page.content.decode()) for page in pages[:2]}
    assert len(texts) == 1


def request_through(view: Any, user: User, school: School) -> Any:
    request: Any = RequestFactory().get("/")
    request.user, request.id = user, "a-request"
    return view(request, urn=school.urn)


def test_pages_are_rendered_while_the_school_is_open(ours: WholeSchool) -> None:
    @school_view(Permission.SEE_SCHOOL)
    def lazy(request: SchoolRequest) -> HttpResponse:
        template = engines["django"].from_string("{{ late.count }} pupils")
        return TemplateResponse(request, template, {"late": Pupil.objects.filter(merged_into=None)})

    assert request_through(lazy, ours.teacher, ours.school).content == b"1 pupils"


def test_behind_the_door_nothing_of_another_school_is_open_even_to_its_member(
    ours: WholeSchool, theirs: WholeSchool
) -> None:
    """A person of two schools: the policy that lets people read their own memberships is closed again."""
    with visible_to(theirs.school):
        memberships.grant(school=theirs.school, user=ours.teacher, role=Role.HEAD, by=None)

    @school_view(Permission.SEE_SCHOOL)
    def look(request: SchoolRequest) -> HttpResponse:
        seen = {
            school
            for model in walled_models()
            for school in model._base_manager.values_list("school_id", flat=True)
        }
        return HttpResponse(repr(seen))

    assert request_through(look, ours.teacher, ours.school).content.decode() == repr({ours.school.pk})


def test_an_answer_that_streams_is_refused(ours: WholeSchool) -> None:
    @school_view(Permission.SEE_SCHOOL)
    def stream(request: SchoolRequest) -> Any:
        return StreamingHttpResponse(iter(["late"]))

    with pytest.raises(TypeError, match="finished bytes"):
        request_through(stream, ours.teacher, ours.school)


def test_an_account_without_a_school_sees_nothing(db: None) -> None:
    response = signed_in(UserFactory.create()).get("/")
    assert response.status_code == 200
    assert "No school yet" in response.content.decode()
