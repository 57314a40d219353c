"""How a school is set up: what a change would do, counted; who may save it; what was shown is what is saved."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reports.documents.governor_report import governor_report
from reports.documents.school_effects import settings_effect
from reports.queries.scope import Scope
from schools.access import Access
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.job_kinds import MadeOfOldError
from schools.models import PackRelease, Role, School
from schools.queries.home import home
from schools.queries.school_settings import SchoolFacts, facts_of, settings_history
from schools.row_security import visible_to
from schools.services.releases import give_out as give_out_to
from schools.services.releases import give_out_later
from schools.services.school_settings import SettingsRefusedError, change_school
from tests.conftest import member, signed_in
from tests.factories import judged, on_roll


@pytest.fixture
def access(school: School, year: AcademicYear):  # type: ignore[no-untyped-def]
    """A head of a school from Reception to Year 4: two children of Reception, three pupils of Year 4, of whom two are judged."""
    School.objects.filter(pk=school.pk).update(name="Old Mill", dfe_number="8601234")
    school.refresh_from_db()
    head = member(school, Role.HEAD)
    with visible_to(school):
        for _ in range(2):
            on_roll(school, year, year_group=YearGroup.R)
        four = [
            on_roll(school, year, year_group=YearGroup.Y4, pupil__upn=upn)
            for upn in ("G860123419001", "V860999919001", "")
        ]
        for row in four[:2]:
            judged(row.pupil, year, points=44)
        yield Access(head, school, (Role.HEAD,), year, (year,), (school,))


def facts(access: Access, **others: Any) -> SchoolFacts:
    return replace(facts_of(access.school), **others)


def there(access: Access) -> str:
    return reverse("school_settings", args=[access.school.urn, access.academic_year])


def sent(access: Access, **others: Any) -> dict[str, Any]:
    now = facts_of(access.school)
    return {
        "name": now.name,
        "dfe_number": now.dfe_number,
        "lowest_year_group": now.lowest_year_group.value,
        "highest_year_group": now.highest_year_group.value,
        "own_small_count": now.own_small_count or "",
        **others,
    }


def seal_on(page: str) -> str:
    found = re.search(r'name="shown" value="(\w+)"', page)
    assert found
    return found[1]


def test_a_year_group_that_goes_is_told_with_its_pupils_and_judgements(
    access: Access, year: AcademicYear, today: Any
) -> None:
    effect = settings_effect(access, facts(access, highest_year_group=YearGroup.Y3), today)
    assert [(each.label, each.before, each.after) for each in effect.changes] == [
        ("Highest year group", "Year 4", "Year 3")
    ]
    assert effect.told == (
        f"Year 4 has 3 pupils on the roll and 2 judgements in {year.label}. They stay, with their figures; a roll that is loaded with such pupils warns of them.",
        "Progress since the end of Reception in the governors’ pack: now Year 2, Year 4; then Year 2, Year 3.",
    )


def test_year_groups_that_come_and_what_comes_with_them(access: Access, today: Any) -> None:
    effect = settings_effect(
        access, facts(access, lowest_year_group=YearGroup.Y1, highest_year_group=YearGroup.Y5), today
    )
    assert effect.told == (
        f"Reception has 2 pupils on the roll and no judgements in {access.academic_year.label}. They stay, with their figures; a roll that is loaded with such pupils warns of them.",
        "Year 5 is offered wherever a year group is chosen, also while nobody is in it: no pupils now.",
        "Totals on the dashboard: now EYFS, KS1, LKS2; then KS1, LKS2, UKS2, KS2.",
        "Progress since the end of Reception in the governors’ pack: now Year 2, Year 4; then Year 2.",
        "The page on which a year’s early years framework is chosen disappears.",
    )


def test_a_new_dfe_number_says_which_files_fit_and_that_upns_stay(access: Access, today: Any) -> None:
    effect = settings_effect(access, facts(access, dfe_number="8604321"), today)
    assert effect.told == (
        "A file of pupils that names 860/1234 as its school is refused from then on: it has to be 860/4321.",
        "1 pupil has a UPN issued under 860/1234. UPNs stay as they are.",
    )


def test_a_name_alone_changes_no_figure(access: Access, today: Any) -> None:
    assert settings_effect(access, facts(access, name="New Mill"), today).told == ()


def test_the_effect_takes_as_many_queries_for_more_pupils(
    access: Access, today: Any, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        judged(on_roll(access.school, access.academic_year).pupil, access.academic_year, points=44)
    other = facts(
        access, dfe_number="8604321", lowest_year_group=YearGroup.N1, highest_year_group=YearGroup.Y3
    )
    with django_assert_max_num_queries(6):
        settings_effect(access, other, today)


def test_a_change_is_in_the_history_with_who_and_what(access: Access) -> None:
    assert change_school(
        school=access.school,
        facts=facts(access, name="New Mill", highest_year_group=YearGroup.Y6),
        by=access.user,
    )
    latest, *_ = settings_history(access.school)
    assert (latest.by, [(each.label, each.before, each.after) for each in latest.changes]) == (
        access.user.name,
        [("Name", "Old Mill", "New Mill"), ("Highest year group", "Year 4", "Year 6")],
    )
    events = apps.get_model("schools", "SchoolEvent").objects.filter(pgh_obj=access.school)
    access.school.refresh_from_db()
    assert not change_school(school=access.school, facts=facts_of(access.school), by=access.user)
    assert events.latest("pgh_id").pgh_context["user"] == access.user.pk


@pytest.mark.parametrize(
    ("others", "field", "said"),
    [
        ({"name": " "}, "name", "needs a name"),
        ({"dfe_number": "12"}, "dfe_number", "seven digits"),
        (
            {"lowest_year_group": YearGroup.Y6},
            "highest_year_group",
            "cannot come before the lowest, Year 6",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    access: Access, others: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(SettingsRefusedError, match=said) as refused:
        change_school(school=access.school, facts=facts(access, **others), by=access.user)
    assert refused.value.field == field


def test_another_schools_number_is_refused_without_saying_whose(access: Access, other_school: School) -> None:
    page = signed_in(access.user).get(there(access), sent(access, dfe_number=other_school.dfe_number))
    text = page.content.decode()
    assert (page.status_code, "Another school has this DfE number already." in text) == (422, True)
    assert other_school.name not in text


# How small a number is held back


def give_out(access: Access) -> None:
    year = access.academic_year
    PackRelease.objects.create(
        school=access.school, academic_year=year, term=1, figures=[], made_at=timezone.now()
    )


def test_a_schools_limit_holds_for_those_who_see_no_names_and_never_less_than_the_installations(
    access: Access, settings: Any
) -> None:
    assert change_school(school=access.school, facts=facts(access, own_small_count=10), by=access.user)
    access.school.refresh_from_db()
    governor = replace(access, roles=(Role.GOVERNOR,))
    scope = Scope(
        schools=(access.school,), academic_year=access.academic_year, term=TermName.AUTUMN, viewer=governor
    )
    assert (scope.small_count, replace(scope, viewer=access).small_count) == (10, 0)
    assert governor_report(scope, made_on=access.academic_year.starts_on).small_count == 10
    settings.SMALL_COUNT = 12
    assert scope.small_count == 12
    with visible_to(access.school):
        assert home(governor, today=access.academic_year.starts_on).pupils == "1 to 12"


def test_the_effect_of_a_limit_counts_what_would_be_held_back(access: Access, year: AcademicYear) -> None:
    # Beside the two at 44: 2 below, 15 at, 9 above in all; 43 to 44 is expected.
    for points in (*[40] * 2, *[43] * 13, *[50] * 9):
        judged(on_roll(access.school, year, year_group=YearGroup.Y4).pupil, year, points=points)
    today = year.starts_on
    assert settings_effect(access, facts(access, own_small_count=15), today).told == (
        f"Of 3 numbers below, at and above of Autumn {year.label}, by year group and subject, 2 would be held back from governors now, 3 then.",
    )
    assert settings_effect(access, facts(access, own_small_count=5), today).told == ()


@pytest.mark.parametrize("limit", [0, 4, 21])
def test_a_limit_lies_between_the_installations_and_twenty(access: Access, limit: int) -> None:
    page = signed_in(access.user).get(there(access), sent(access, own_small_count=limit))
    assert (page.status_code, "It lies between 5 and 20." in page.content.decode()) == (422, True)


def test_a_limit_stays_once_figures_were_given_out(access: Access) -> None:
    wanted = facts(access, own_small_count=10)
    give_out(access)
    for limit in (10, 20):
        with pytest.raises(SettingsRefusedError, match="so this stays as it is"):
            change_school(school=access.school, facts=replace(wanted, own_small_count=limit), by=access.user)
    client = signed_in(access.user)
    page = client.get(there(access), sent(access, name="New Mill", own_small_count=10)).content.decode()
    assert "so it stays: a higher one as well would tell" in page
    client.post(there(access), {**sent(access, name="New Mill", own_small_count=10), "shown": seal_on(page)})
    access.school.refresh_from_db()
    assert (access.school.name, access.school.own_small_count) == ("New Mill", None)


def test_what_is_given_out_between_showing_and_saving_keeps_its_limit(access: Access) -> None:
    client = signed_in(access.user)
    wanted = sent(access, own_small_count=10)
    shown = client.get(there(access), wanted).content.decode()
    assert "Held back: numbers from 1 to" in shown
    give_out(access)
    client.post(there(access), {**wanted, "shown": seal_on(shown)})
    access.school.refresh_from_db()
    assert access.school.own_small_count is None


def test_who_was_about_to_give_figures_out_does_so_with_the_limit_that_holds_then(access: Access) -> None:
    class Shown:
        def __init__(self, limit: int) -> None:
            self.limit, self.to_keep = limit, [self]

        @property
        def facts(self) -> dict[str, Any]:
            year = access.academic_year
            return {"school": read, "academic_year": year, "term": TermName.AUTUMN, "figures": []}

    read = School.objects.get(pk=access.school.pk)
    change_school(school=access.school, facts=facts(access, own_small_count=10), by=access.user)
    assert give_out_to(lambda: Shown(read.small_count), school=read, by=None).limit == 10


def test_a_file_made_with_another_limit_is_not_given_out(access: Access) -> None:
    class Made:
        to_keep = (object(),)

    read = School.objects.get(pk=access.school.pk)
    _, keep = give_out_later(Made, school=read, by=None)  # type: ignore[type-var]
    change_school(school=access.school, facts=facts(access, own_small_count=10), by=access.user)
    with pytest.raises(MadeOfOldError):
        keep()


# The page


def test_what_was_shown_is_saved(access: Access) -> None:
    client = signed_in(access.user)
    wanted = sent(access, name="New Mill", highest_year_group=3)
    shown = client.get(there(access), wanted).content.decode()
    assert "What this changes" in shown
    assert "Year 4 has 3 pupils on the roll" in shown
    access.school.refresh_from_db()
    assert access.school.name == "Old Mill"
    saved = client.post(there(access), {**wanted, "shown": seal_on(shown)})
    assert (saved.status_code, saved.headers["Location"]) == (302, there(access))
    access.school.refresh_from_db()
    assert facts_of(access.school) == facts(access, name="New Mill", highest_year_group=YearGroup.Y3)
    page = client.get(there(access)).content.decode()
    assert "Saved." in page
    assert (
        f'<strong>Name:</strong> Old Mill → New Mill; <strong>Highest year group:</strong> Year 4 → Year 3 <span class="note">{access.user.name},'
        in page
    )


@pytest.mark.parametrize("shown", [None, "", "0" * 32])
def test_what_was_not_shown_is_not_saved(access: Access, shown: str | None) -> None:
    wanted = sent(access, name="New Mill") | ({} if shown is None else {"shown": shown})
    answer = signed_in(access.user).post(there(access), wanted)
    assert answer.status_code == 422
    assert "Nothing was saved." in answer.content.decode()
    access.school.refresh_from_db()
    assert access.school.name == "Old Mill"


def test_a_second_tab_is_shown_anew_what_its_change_would_do_now(access: Access) -> None:
    client = signed_in(access.user)
    wanted = sent(access, highest_year_group=3)
    shown = client.get(there(access), wanted).content.decode()
    on_roll(access.school, access.academic_year, year_group=YearGroup.Y4)
    stale = client.post(there(access), {**wanted, "shown": seal_on(shown)})
    again = stale.content.decode()
    assert stale.status_code == 422
    assert "Nothing was saved." in again
    assert "Year 4 has 4 pupils on the roll" in again
    assert client.post(there(access), {**wanted, "shown": seal_on(again)}).status_code == 302


def test_what_is_so_already_is_said(access: Access) -> None:
    page = signed_in(access.user).get(there(access), sent(access)).content.decode()
    assert "That is how the school is set up already." in page
    assert 'name="shown"' not in page


@pytest.mark.parametrize("role", [Role.TEACHER, Role.SUBJECT_LEADER, Role.SENCO, Role.GOVERNOR])
def test_who_does_not_lead_sets_nothing_up(access: Access, role: Role) -> None:
    client: Client = signed_in(member(access.school, role))
    assert client.get(there(access)).status_code == 403
    assert client.post(there(access), sent(access)).status_code == 403
    home = client.get(reverse("school_home", args=[access.school.urn, access.academic_year]))
    assert "School settings" not in home.content.decode()


def test_the_home_page_leads_there(access: Access) -> None:
    home = signed_in(access.user).get(reverse("school_home", args=[access.school.urn, access.academic_year]))
    assert there(access) in home.content.decode()


# The second step at sign-in


def test_asking_for_a_second_step_says_how_many_people_have_none_and_then_leads_them(access: Access) -> None:
    school, teacher = access.school, member(access.school, Role.TEACHER, Role.SENCO)
    member(school, Role.GOVERNOR)
    TOTP.activate(access.user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    client, home_page = (
        signed_in(access.user),
        reverse("school_home", args=[school.urn, access.academic_year]),
    )
    assert signed_in(teacher).get(home_page).status_code == 200
    wanted = sent(access, requires_second_factor="on")
    shown = client.get(there(access), wanted).content.decode()
    assert "Of 3 people with a role here 2 have no second step yet" in shown
    assert client.post(there(access), {**wanted, "shown": seal_on(shown)}).status_code == 302
    assert signed_in(teacher).get(home_page).headers["Location"].startswith("/account/second-step/")
    page = client.get(there(access)).content.decode()
    assert "<strong>Second step at sign-in:</strong> left to each → asked of everybody" in page

    shown = client.get(there(access), sent(access)).content.decode()
    assert "Nobody is asked for a second step any more." in shown
    assert client.post(there(access), {**sent(access), "shown": seal_on(shown)}).status_code == 302
    assert signed_in(teacher).get(home_page).status_code == 200
