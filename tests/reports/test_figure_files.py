"""Each file of figures: there for what there is, and not found for what is not, where its page would say so beside the rest."""

from __future__ import annotations

import re
from importlib import import_module

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from assessment.services.snapshots import freeze
from reports.forms.partnership import SubjectForm
from schools.calendar import TermName, YearGroup
from schools.models import Role, School
from tests.conftest import member, signed_in
from tests.reports.counted_school import YEAR, counted

__all__ = ["counted"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unmeasured")]

# Those of whoever sees no names.
OPEN = {
    "dashboard_attainment_file",
    "dashboard_progress_file",
    "group_report_file",
    "school_beside_partnership_file",
    "year_group_subjects_file",
    "year_group_terms_file",
    "year_group_groups_file",
}
NOT_HERE = (
    {"term": "never"},
    {"snapshot": "99"},
    {"class_group": "00000000-0000-0000-0000-000000000000"},
    {"group": "own-00000000-0000-0000-0000-000000000000"},
    # It ends with Spring.
    {"term": "summer", "snapshot": "2"},
)


@pytest.fixture
def frozen(counted: School) -> School:
    for term in (TermName.SUMMER, TermName.SPRING):
        freeze(school=counted, academic_year=YEAR, term=term, by=None)
    return counted


def files() -> list[URLPattern]:
    """The addresses of all files of figures."""
    # The whole site's first: they use its converters.
    assert get_resolver().url_patterns
    patterns: list[URLPattern] = import_module("reports.urls").urlpatterns
    return [
        each
        for each in patterns
        if str(each.pattern).startswith("dashboard") and str(each.name).endswith("_file")
    ]


def addresses(school: School) -> dict[str, str]:
    """Of every file of figures, by its name."""
    said = {"year_group": YearGroup.Y4, "subject": "mathematics", "file_format": "csv"}
    return {
        str(each.name): reverse(
            str(each.name),
            kwargs={"urn": school.urn, "year": YEAR}
            | {name: said[name] for name in each.pattern.converters if name in said},
        )
        for each in files()
    }


def test_there_are_files_of_figures(frozen: School) -> None:
    assert len(files()) > 15
    assert {str(each.name) for each in files()} >= OPEN


def test_a_file_of_what_is_not_here_is_not_found(frozen: School, subtests: pytest.Subtests) -> None:
    head = signed_in(member(frozen, Role.HEAD))
    for name, address in addresses(frozen).items():
        for query in NOT_HERE:
            with subtests.test(name, query=query):
                assert head.get(address, query).status_code == 404
        with subtests.test(name):
            assert head.get(address, {"term": "summer"}).status_code == 200


def test_whoever_sees_no_names_gets_no_file_of_other_choices(
    frozen: School, subtests: pytest.Subtests
) -> None:
    governor = signed_in(member(frozen, Role.GOVERNOR))
    for name, address in addresses(frozen).items():
        for query in ({"snapshot": "1"}, {"group": "girls"}, {"measure": "phase"}):
            with subtests.test(name, query=query):
                assert governor.get(address, query).status_code == (404 if name in OPEN else 403)
        with subtests.test(name):
            assert governor.get(address, {"term": "spring"}).status_code == (200 if name in OPEN else 403)


def files_on(client: Client, address: str, query: dict[str, str]) -> set[str]:
    text = client.get(address, query).content.decode().replace("&amp;", "&")
    return set(re.findall(r'href="([^"]+\.(?:csv|xlsx)(?:\?[^"]*)?)"', text))


@pytest.mark.parametrize("role", [Role.HEAD, Role.TEACHER, Role.GOVERNOR])
def test_the_files_that_a_page_offers_are_there(frozen: School, role: Role) -> None:
    """Also where the page was asked for what is not here, and shows the rest."""
    client = signed_in(member(frozen, role))
    at = [frozen.urn, YEAR]
    in_maths = [*at, YearGroup.Y4, "mathematics"]
    pages = {
        "dashboard": at,
        "group_report": at,
        "year_group_report": [*at, YearGroup.Y4],
        "figure_pupils": at,
        "conversations": at,
        "progress_pictures": in_maths,
        "progress_picture_pupils": in_maths,
        "cohort": in_maths,
        "same_age": in_maths,
    }
    chosen = {"snapshot": "1", "group": "girls", "crossed_with": "pupil-premium", "since": "2025-autumn"}
    found = set()
    for name, arguments in pages.items():
        for query in (
            {"term": "summer"},
            {"term": "summer", **chosen},
            {"measure": "term", "group": "never"},
        ):
            found |= files_on(client, reverse(name, args=arguments), query)
    assert len(found) > {Role.HEAD: 30, Role.TEACHER: 20, Role.GOVERNOR: 6}[role]
    assert {address: client.get(address).status_code for address in found} == dict.fromkeys(found, 200)


def test_a_partnerships_files_know_what_they_are_asked_for() -> None:
    assert SubjectForm({"subject": "reading"}).is_all_here
    assert not SubjectForm({"subject": "never"}).is_all_here
    assert not SubjectForm({"subject": "reading", "group": "girls"}).is_all_here
