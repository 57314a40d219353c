"""The filters of pages of figures: what they offer, what addresses mean, and where links and other years lead."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from assessment.engine.assessment_points import AssessmentPoint
from reports.forms.group_choices import group_choices
from reports.forms.progress_choices import since_code, since_of
from reports.queries.groups import BY_SLUG, Group
from schools.models import Role, School
from schools.services.groups import make_group
from tests.conftest import member, signed_in
from tests.reports.counted_school import LAST_YEAR, SUMMER, YEAR, counted

__all__ = ["counted"]
pytestmark = pytest.mark.django_db
WRONG = "This link asks for something that is not here or not yours."


def at(school: School, path: str) -> str:
    return f"/schools/{school.urn}/{YEAR.slug}/dashboard/{path}"


def page_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return re.sub(r"\s+", " ", unescape(response.content.decode()))


def options(page: str, name: str) -> list[str]:
    """The headings and the values of a select, in order."""
    select = re.search(rf'<select name="{name}".*?</select>', page)
    assert select is not None
    return re.findall(r'(?:<optgroup label|<option value)="([^"]*)"', select[0])


def chosen(page: str, name: str) -> str:
    found = re.search(rf'<select name="{name}".*?</select>', page)
    assert found is not None
    return re.findall(r'value="([^"]*)" selected', found[0])[0]


def test_points_are_read_from_addresses() -> None:
    assert since_code(AssessmentPoint(2024, SUMMER)) == "since-2024-summer"
    assert since_of("since-2024-summer") == AssessmentPoint(2024, SUMMER)
    for wrong in (
        "year",
        "2024-summer",
        "since-",
        "since-2024-easter",
        "since-24-summer",
        "since-²024-summer",
    ):
        assert since_of(wrong) is None


def test_every_group_is_offered_once_under_its_heading() -> None:
    own = (Group(-2, "Booster", "", "own-1"), Group(-3, "Everybody but Booster", "", "not-own-1"))
    offered = dict(group_choices([own]))
    slugs = [slug for choices in offered.values() for slug, _ in choices]
    assert sorted(slugs) == sorted([*BY_SLUG, "own-1", "not-own-1"])
    assert list(offered)[-2:] == ["Groups of the school", "Everybody else"]
    assert [name for _, name in offered["SEN"]] == ["SEN", "SEN support", "EHC plan", "No SEN"]
    assert "ethnicity-not-chinese" in dict(offered["Everybody else"])
    assert "Groups of the school" not in dict(group_choices([]))


def test_prior_attainment_is_no_group_where_nobody_has_any() -> None:
    slugs = {slug for _, choices in group_choices([], has_prior=False) for slug, _ in choices}
    assert set(BY_SLUG) - slugs == {
        f"{before}{level}-prior-attainment" for before in ("", "not-") for level in ("low", "middle", "high")
    }


def test_progress_is_one_choice_with_the_points_before_the_term(counted: School) -> None:
    head = signed_in(member(counted, Role.HEAD))
    page = page_of(head, at(counted, "?term=autumn"))
    usual = ["year", "term", "phase", "key-stage", "after-eyfs"]
    assert options(page, "measure") == [*usual, "Since", "since-2025-baseline", "since-2024-summer"]
    assert 'name="since"' not in page
    assert options(page_of(head, at(counted, "?term=summer")), "measure")[6] == "since-2025-spring"
    # Both forms of an address mean the same, and links have one of them.
    old, new = (
        page_of(head, at(counted, f"?term=spring&{asked}"))
        for asked in ("since=2024-summer", "measure=since-2024-summer")
    )
    assert "Progress from Summer 2024/25 to Spring 2025/26" in old
    figures = "pupils/?term=spring&measure=since-2024-summer"
    assert old.count(figures) == new.count(figures) > 20
    assert chosen(old, "measure") == chosen(new, "measure") == "since-2024-summer"
    # A later point is said once, and is no reason for empty tiles; its file is not there.
    later = page_of(head, at(counted, "?term=autumn&since=2025-spring"))
    assert later.count("Spring 2025/26 is not before the term shown") == 1
    assert WRONG not in later
    assert chosen(later, "measure") == "year"
    assert "Progress this year" in later
    assert head.get(at(counted, "progress.csv?term=autumn&since=2025-spring")).status_code == 404
    assert head.get(at(counted, "progress.csv?term=summer&since=2025-spring")).status_code == 200
    assert WRONG in page_of(signed_in(member(counted, Role.GOVERNOR)), at(counted, "?since=2024-summer"))


def test_what_a_page_leaves_out_is_said(counted: School) -> None:
    head = signed_in(member(counted, Role.HEAD))
    for path, said in (
        ("conversations/?term=summer&since=2024-summer", "Progress here is always this year’s."),
        ("conversations/?term=summer&measure=phase", "Progress here is always this year’s."),
        ("cohorts/4/mathematics/?term=summer&since=2024-summer", "Progress here is that of each year."),
        (
            "same-age/4/mathematics/?term=summer&since=2024-summer",
            "Years are compared without a chosen start",
        ),
        ("same-age/4/mathematics/?term=summer&phase=lks2", "no phase is chosen here"),
        ("same-age/4/mathematics/?term=summer&class_group=any", "A class is of one year alone"),
    ):
        page = page_of(head, at(counted, path))
        assert said in page, path
        assert WRONG not in page, path
    assert "Progress here is always" not in page_of(head, at(counted, "conversations/?term=summer"))


def test_a_list_since_a_point_says_who_was_not_judged_then(counted: School) -> None:
    # At the Baseline Cat alone was judged.
    asked = "pupils/?term=summer&subject=mathematics&year_group=4&part=unmeasured"
    head = signed_in(member(counted, Role.HEAD))
    since = page_of(head, at(counted, f"{asked}&since=2025-baseline"))
    assert "Not judged in Baseline 2025/26" in since
    assert "No baseline" not in since
    assert "No baseline" in page_of(head, at(counted, asked))


def test_a_list_of_who_has_no_baseline_leads_whoever_enters_to_the_desk(counted: School) -> None:
    head, senco = (signed_in(member(counted, role)) for role in (Role.HEAD, Role.SENCO))
    asked = "term=summer&subject=mathematics&year_group=4"
    to_the_desk = 'baselines/?subject=mathematics">Enter Baselines</a>'
    unmeasured = f"pupils/?{asked}&part=unmeasured"
    pictured = "year-groups/4/mathematics/pupils/?term=summer&counted=no-baseline"
    for there in (unmeasured, pictured):
        page = page_of(head, at(counted, there))
        assert "No baseline" in page
        assert page.count(to_the_desk) == 1, there
        # A SENCO enters none.
        assert to_the_desk not in page_of(senco, at(counted, there))
    assert to_the_desk not in page_of(head, at(counted, f"pupils/?{asked}&part=measured"))
    # Who was not judged at a chosen start lacks that, and no Baseline.
    assert to_the_desk not in page_of(head, at(counted, f"{unmeasured}&since=2025-baseline"))


def test_groups_are_asked_for_what_the_dashboard_was(counted: School) -> None:
    head = signed_in(member(counted, Role.HEAD))
    dashboard = page_of(head, at(counted, "?term=summer&phase=lks2&group=pupil-premium&crossed_with=girls"))
    there = re.search(r'href="(/[^"]*/groups/\?[^"]*)">Groups and gaps', dashboard)
    assert there is not None
    groups = page_of(head, there[1])
    assert WRONG not in groups
    assert (chosen(groups, "phase"), chosen(groups, "first"), chosen(groups, "second")) == (
        "lks2",
        "pupil-premium",
        "girls",
    )
    # Its numbers are of the phase, and a list of a group leads back.
    assert "9 pupils" not in page_of(head, at(counted, "groups/?term=summer&phase=ks1"))
    listed = page_of(
        head, at(counted, "pupils/?term=summer&phase=lks2&group=girls&subject=mathematics&part=pupils")
    )
    back = re.search(r'href="(/[^"]*/groups/\?[^"]*)">Groups and gaps', listed)
    assert back is not None
    assert dict(parse_qsl(urlsplit(back[1]).query)) == {
        "term": "summer",
        "phase": "lks2",
        "group": "girls",
        "subject": "mathematics",
    }


def test_missing_judgements_of_several_year_groups_open_by_year_group(counted: School) -> None:
    # Cat has no points of Spring, Eve was absent.
    page = page_of(signed_in(member(counted, Role.HEAD)), at(counted, "?term=spring"))
    total = re.search(r'is-total">.*?<summary>(\d+) missing</summary>(.*?)</details>', page)
    assert total is not None
    found = re.findall(r'<a href="([^"]*)#missing">(\d+) in (Year \d+)</a>', total[2])
    assert sum(int(count) for _, count, _ in found) == int(total[1]) > 0
    for there, count, year_group in found:
        assert f'<a href="{there}#missing">{count} missing</a>' in page, year_group


STAYING = (
    *("", "groups/", "conversations/", "pupils/", "year-groups/4/", "year-groups/4/mathematics/"),
    *("cohorts/4/mathematics/", "same-age/4/mathematics/"),
)
BEHIND = {
    "cohorts/4/mathematics/pupils/": "cohorts/4/mathematics/",
    "year-groups/4/mathematics/pupils/": "year-groups/4/mathematics/",
}


def test_every_page_under_the_dashboard_is_there_in_another_year(counted: School) -> None:
    client = signed_in(member(counted, Role.HEAD))
    own = make_group(school=counted, academic_year=YEAR, name="Booster", by=None).public_id
    asked = f"?term=autumn&group=pupil-premium&crossed_with=girls&measure=since-{int(YEAR)}-baseline"
    for path in (*STAYING, *BEHIND):
        context = client.get(at(counted, f"{path}{asked}")).context
        assert [link.label for link in context["navigation"] if link.is_current] == ["Dashboard"], path
        (other,) = (link for link in context["year_links"] if LAST_YEAR.slug in link.url)
        there = urlsplit(other.url)
        assert there.path == at(counted, BEHIND.get(path, path)).replace(YEAR.slug, LAST_YEAR.slug)
        assert dict(parse_qsl(there.query)) == {
            "term": "autumn",
            "group": "pupil-premium",
            "crossed_with": "girls",
        }
        assert client.get(other.url).status_code == 200, path
    page = client.get(
        at(counted, f"groups/?term=summer&first=boys&second=own-{own}&since={int(LAST_YEAR)}-spring")
    )
    (other,) = (link for link in page.context["year_links"] if LAST_YEAR.slug in link.url)
    assert dict(parse_qsl(urlsplit(other.url).query)) == {
        "term": "summer",
        "first": "boys",
        "measure": f"since-{int(LAST_YEAR)}-spring",
    }
