"""Help: the guides as pages, and the way to the right part of them from every page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from lep_tracker import help as help_pages
from lep_tracker.help import GUIDES, guide, help_for
from lep_tracker.navigation import MENU
from schools.calendar import AcademicYear
from schools.models import Role, School
from tests.conftest import member, signed_in


def leads_somewhere(address: str) -> bool:
    """Whether an address of the help names a guide that is there, and a part that this guide has."""
    path, _, part = address.partition("#")
    found = guide(resolve(path).kwargs["key"])
    return not part or f'id="{part}"' in found.body


def names_of(patterns: list[URLPattern | URLResolver]) -> set[str]:
    found = set()
    for pattern in patterns:
        inner = names_of(pattern.url_patterns) if isinstance(pattern, URLResolver) else {pattern.name or ""}
        found |= inner
    return found


@pytest.mark.parametrize("key", GUIDES)
def test_each_link_and_picture_of_a_guide_leads_to_what_is_there(key: str) -> None:
    body = guide(key).body
    links = re.findall(r'href="([^"]+)"', body)
    for there in links:
        if there.startswith("#"):
            assert f'id="{there[1:]}"' in body, there
        elif not there.startswith("https:"):
            assert leads_somewhere(there), there
    for picture in re.findall(r'src="([^"]+)"', body):
        assert finders.find(picture.removeprefix(settings.STATIC_URL)), picture
    assert "<script" not in body


def test_a_guide_says_in_html_what_its_file_says(settings, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "rules.md").write_text(
        "# Rules\n\n## A pupil's *own* range\n\n[The marksheet](marksheet.md#entering), [the commands](commands.md), <b>bold</b>\n\n| a | |\n|---|---|\n| 1 | 2 |\n"
    )
    settings.BASE_DIR = tmp_path
    guide.cache_clear()
    try:
        found = guide("rules")
    finally:
        guide.cache_clear()
    assert found.title == "Rules"
    assert [(part.anchor, part.text) for part in found.headings] == [
        ("a-pupils-own-range", "A pupil's own range")
    ]
    assert '<a href="/help/marksheet/#entering">The marksheet</a>' in found.body
    assert "<a>the commands</a>" in found.body
    assert "&lt;b&gt;bold&lt;/b&gt;" in found.body
    assert re.search(r'<th scope="col">a</th>\s*<td></td>', found.body)
    assert 'aria-label="Table 1: A pupil\'s own range" tabindex="0">' in found.body


def test_help_knows_each_page_that_it_names() -> None:
    assert names_of(get_resolver().url_patterns) >= set(help_pages._HELP_OF)
    pages = {*names_of(get_resolver().url_patterns), None}
    areas = [None, *(label for label, *_ in MENU), "Schools", "Transitions", "Baselines"]
    assert all(leads_somewhere(help_for(page, area)) for page in pages for area in areas)


@pytest.mark.parametrize(
    ("path", "helped_by"),
    [
        ("", "/help/first-steps/"),
        ("marksheets/", "/help/marksheet/"),
        ("dashboard/", "/help/dashboard/"),
        ("dashboard/conversations/", "/help/dashboard/#whom-to-talk-about"),
        ("review-list/", "/help/progress-signs/"),
        ("terms/early-years/", "/help/early-years/#which-framework"),
    ],
)
@pytest.mark.django_db
def test_a_page_of_a_school_leads_to_its_own_help(
    school: School, year: AcademicYear, path: str, helped_by: str
) -> None:
    page = signed_in(member(school, Role.HEAD)).get(f"/schools/{school.urn}/{year.slug}/{path}")
    (link,) = re.findall(
        r'<a class="[^"]*help-link" href="([^"]+)" rel="help">Help</a>', page.content.decode()
    )
    assert link == helped_by


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/account/sign-in/", "/help/", "/help/marksheet/", "/nowhere/"])
def test_a_visitor_finds_help_and_the_statement_on_accessibility(path: str) -> None:
    page = Client().get(path).content.decode()
    assert page.count('rel="help">Help</a>') == 1
    assert '<a class="footer-link" href="/help/accessibility/">Accessibility</a>' in page


@pytest.mark.django_db
def test_help_is_read_without_signing_in_and_asks_the_database_for_nothing(
    django_assert_num_queries,
) -> None:
    with django_assert_num_queries(0):
        index = Client().get("/help/")
        page = Client().get("/help/accessibility/")
    assert all(f'href="/help/{key}/"' in index.content.decode() for key in GUIDES)
    assert "<h1>Accessibility statement</h1>" in page.content.decode()


@pytest.mark.parametrize("key", ["operator", "architecture", "nothing"])
@pytest.mark.django_db
def test_what_is_no_guide_is_not_found(key: str) -> None:
    assert Client().get(f"/help/{key}/").status_code == 404
