"""The second door: into a partnership, for who leads it; and the role behind it, which can read no name."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.http import HttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, get_resolver, reverse

from assessment.models import Judgement
from schools.access import PartnershipRequest, partnership_act, partnership_view
from schools.calendar import AcademicYear
from schools.counting import AGGREGATE_ROLE, COLUMNS_THAT_COUNT
from schools.models import Partnership, PartnershipMembership, Pupil, PupilYear, Role, School, User
from schools.row_security import counting_only, visible_to
from schools.services import memberships
from schools.services.second_step import require_second_factor
from tests.conftest import member, signed_in
from tests.factories import PartnershipFactory, UserFactory
from tests.isolation.test_door import addresses, ask, names_in, trying
from tests.isolation.two_schools import WholeSchool

BEHIND = [
    found
    for found in addresses(get_resolver().url_patterns)
    if hasattr(found.callback, "is_of_partnership")
    and not hasattr(found.callback, "needs_grant")
    and not hasattr(found.callback, "is_act_of_partnership")
]
ACTS = [
    found
    for found in addresses(get_resolver().url_patterns)
    if hasattr(found.callback, "is_act_of_partnership")
]


def address(pattern: URLPattern, partnership: Partnership, year: AcademicYear) -> str:
    known = {"partnership_id": partnership.pk, "year": year, "file_format": "csv"}
    return reverse(str(pattern.name), kwargs={name: known[name] for name in names_in(pattern)})


def lead_of(partnership: Partnership) -> User:
    lead = UserFactory.create()
    memberships.lead_partnership(partnership=partnership, user=lead, by=None)
    return lead


def test_each_address_opens_for_its_lead_alone(
    subtests: pytest.Subtests, ours: WholeSchool, theirs: WholeSchool, year: AcademicYear
) -> None:
    partnership = ours.school.partnership
    lead, ended = lead_of(partnership), lead_of(partnership)
    PartnershipMembership.objects.filter(user=ended).update(is_active=False)
    strangers = {
        "the lead of another partnership": lead_of(PartnershipFactory.create(name="Elsewhere")),
        "a head of one of its schools": member(ours.school, Role.HEAD),
        "a teacher": ours.teacher,
        "a lead no longer": ended,
        "nobody's": UserFactory.create(),
    }
    assert len(BEHIND) >= 5
    for pattern in BEHIND:
        there = address(pattern, partnership, year)
        with trying(subtests, pattern):
            signed_out = Client().get(there)
            assert (signed_out.status_code, signed_out.headers["Location"]) == (
                302,
                f"/account/sign-in/?next={there}",
            )
            for who, person in strangers.items():
                assert ask(signed_in(person), there).status_code == 404, who
            client = signed_in(lead)
            answer = client.get(there, follow=True)
            assert answer.status_code == 200
            page = answer.content.decode(errors="replace")
            assert "Ourchild" not in page
            assert "Theirchild" not in page
            assert ours.teacher.name not in page
            assert client.post(there).status_code == 405
            # A partnership that does not exist, and a year that no school has opened.
            assert client.get(there.replace(f"/{partnership.pk}/", "/999999/")).status_code == 404
            assert str(year.slug) not in there or (
                client.get(there.replace(year.slug, AcademicYear(year - 1).slug)).status_code == 404
            )


def test_no_address_opens_without_the_second_step_that_the_partnership_asks_for(
    subtests: pytest.Subtests, ours: WholeSchool, year: AcademicYear
) -> None:
    require_second_factor(ours.school.partnership, is_required=True)
    client = signed_in(lead_of(ours.school.partnership))
    for pattern in (*BEHIND, *ACTS):
        with trying(subtests, pattern):
            there = address(pattern, ours.school.partnership, year)
            answer = client.post(there) if pattern in ACTS else client.get(there)
            assert answer.headers.get("Location") == "/account/second-step/?needed"


def test_each_act_is_its_leads_alone_and_opens_no_school(
    subtests: pytest.Subtests, ours: WholeSchool, theirs: WholeSchool, year: AcademicYear
) -> None:
    partnership = ours.school.partnership
    lead, ended = lead_of(partnership), lead_of(partnership)
    PartnershipMembership.objects.filter(user=ended).update(is_active=False)
    elsewhere = lead_of(PartnershipFactory.create(name="Elsewhere"))
    assert ACTS
    for pattern in ACTS:
        there = address(pattern, partnership, year)
        with trying(subtests, pattern):
            assert Client().post(there).status_code == 302
            for person in (elsewhere, ended, member(ours.school, Role.HEAD), ours.teacher):
                assert signed_in(person).post(there).status_code == 404
            assert signed_in(lead).get(there).status_code == 405
            # Nothing was sent: a bad request to whoever is let in.
            assert signed_in(lead).post(there).status_code == 400

    @partnership_act
    def curious(request: PartnershipRequest) -> HttpResponse:
        counts = [model.objects.count() for model in (Pupil, PupilYear, Judgement)]
        return HttpResponse(f"{counts} {Judgement.objects.update(points=1)}")

    request: Any = RequestFactory().post("/")
    request.user, request.id = lead, "act"
    answer = curious(request, partnership_id=partnership.pk, year=year)
    assert answer.content.decode() == "[0, 0, 0] 0"


def test_a_lead_is_let_into_no_school(ours: WholeSchool, year: AcademicYear) -> None:
    client = signed_in(lead_of(ours.school.partnership))
    for name in ("school_home", "dashboard", "roll"):
        assert client.get(reverse(name, args=[ours.school.urn, year])).status_code == 404


NAMES = {
    "a surname": lambda: list(Pupil.objects.values_list("surname")),
    "a date of birth": lambda: list(Pupil.objects.values_list("date_of_birth")),
    "a UPN": lambda: list(Pupil.objects.values_list("upn")),
    "a whole pupil": lambda: list(Pupil.objects.all()),
    "a characteristic": lambda: list(PupilYear.objects.values_list("is_pupil_premium")),
    "a note": lambda: list(Judgement.objects.values_list("note")),
    "who judged": lambda: list(Judgement.objects.values_list("entered_by")),
    "a person": lambda: list(User.objects.values_list("name")),
    "who is of the staff": lambda: list(PartnershipMembership.objects.values_list("user")),
    "a change": lambda: Pupil.objects.update(surname="X"),
    "a judgement taken away": lambda: Judgement.objects.all().delete(),
    "a new school": lambda: Partnership.objects.create(name="X"),
    "a change of points": lambda: Judgement.objects.update(points=1),
}


def test_the_role_that_counts_reads_no_name_and_writes_nothing(
    subtests: pytest.Subtests, ours: WholeSchool
) -> None:
    for what, act in NAMES.items():
        refused = pytest.raises(ProgrammingError, match="permission denied")
        with subtests.test(what), refused, transaction.atomic(), counting_only(), visible_to(ours.school):
            act()
    # After errors too the server is itself again.
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (connection.settings_dict["USER"],)
    with counting_only():
        assert Pupil.objects.values_list("person_key").count() == 0
        with visible_to(ours.school):
            assert list(Pupil.objects.order_by("pk").values_list("person_key", flat=True)) == [
                ours.pupil.person_key,
                ours.second_record.person_key,
            ]


def test_the_role_that_counts_may_read_these_columns_and_no_others(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolcanlogin OR rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = %s",
            [AGGREGATE_ROLE],
        )
        assert cursor.fetchone() == (False,)
        cursor.execute(
            "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped"
            " AND has_column_privilege(%s, c.oid, a.attnum, 'SELECT')",
            [AGGREGATE_ROLE],
        )
        readable = set(cursor.fetchall())
        assert readable == {
            (table, column) for table, columns in COLUMNS_THAT_COUNT.items() for column in columns
        }
        cursor.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
            " AND (has_table_privilege(%(role)s, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')"
            " OR has_any_column_privilege(%(role)s, c.oid, 'INSERT, UPDATE'))",
            {"role": AGGREGATE_ROLE},
        )
        assert cursor.fetchall() == []
        # The server becomes it on purpose and does not inherit from it.
        cursor.execute(
            "SELECT pg_has_role(current_user, %s, 'SET'), pg_has_role(current_user, %s, 'USAGE')",
            [AGGREGATE_ROLE] * 2,
        )
        assert cursor.fetchone() == (True, False)


def through_the_door(view: Any, lead: User, school: School) -> Any:
    request: Any = RequestFactory().get("/")
    request.user, request.id = lead, "a-request"
    return view(request, partnership_id=school.partnership_id)


def test_a_careless_view_or_template_is_refused_by_the_database(ours: WholeSchool) -> None:
    @partnership_view
    def careless(request: PartnershipRequest) -> HttpResponse:
        with visible_to(*request.partnership_access.schools):
            return HttpResponse(str(Pupil.objects.get().surname))

    @partnership_view
    def late(request: PartnershipRequest) -> HttpResponse:
        template = engines["django"].from_string("{% for each in people %}{{ each.name }}{% endfor %}")
        return TemplateResponse(request, template, {"people": User.objects.all()})

    lead = lead_of(ours.school.partnership)
    for view in (careless, late):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            through_the_door(view, lead, ours.school)
