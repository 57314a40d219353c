"""Two schools with a row of everything: whatever is asked, sent, taken out or brought in at the one, nothing of the other is seen or changed."""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.urls import URLPattern

from assessment.models import Judgement
from schools.access import SchoolRequest, school_view
from schools.calendar import AcademicYear
from schools.models import Pupil, Role
from schools.permissions import PERMISSIONS_BY_ROLE, Permission
from schools.row_security import visible_to, walled_models
from schools.services import memberships
from schools.views import windows
from tests.conftest import member, signed_in
from tests.isolation.crossing import (
    Form,
    Hidden,
    asked_for,
    of_school,
    offered,
    references_to,
    words_of,
)
from tests.isolation.crossing_walks import (
    everything,
    nothing_crosses,
    of_each_kind,
    pattern_of,
    send,
    sends,
    wall_between,
)
from tests.isolation.test_door import BEHIND, MAY_BE_POSTED, address, names_in, request_through, trying
from tests.isolation.two_schools import WholeSchool

pytestmark = pytest.mark.usefixtures("unmeasured")
POSTED = [pattern for pattern in BEHIND if pattern.name in MAY_BE_POSTED]
TEMPLATES = Path(__file__).parent.parent.parent / "templates"
# What the buttons of forms say that they do.
ACTS = sorted(
    {
        act
        for page in TEMPLATES.rglob("*.html")
        for act in re.findall(r'name="act"\s+value="([\w-]+)"', page.read_text(encoding="utf-8"))
    }
)


def test_every_table_behind_the_wall_holds_rows_of_both_schools(
    both: Hidden, ours: WholeSchool, theirs: WholeSchool
) -> None:
    for model in walled_models():
        for school in (ours.school, theirs.school):
            with visible_to(ours.school, theirs.school):
                # What is never changed has no history yet where nobody removed anything.
                assert of_school(model, school).exists(), model


def test_a_head_may_do_all_that_anybody_may() -> None:
    """So that what a head cannot reach nobody can, but by a way that is open to others alone: a teacher's own classes, a governor's figures."""
    assert PERMISSIONS_BY_ROLE[Role.HEAD] == frozenset(Permission)


def ids_at(pattern: URLPattern) -> list[str]:
    return [name for name in names_in(pattern) if name.endswith("_id") or name == "number"]


def test_each_id_of_the_other_in_an_address_of_ours_is_not_found(
    subtests: pytest.Subtests, both: Hidden, ours: WholeSchool, theirs: WholeSchool, year: AcademicYear
) -> None:
    """One id after another, the others being ours."""
    clients = [signed_in(member(ours.school, Role.HEAD)), signed_in(ours.teacher)]
    for pattern in BEHIND:
        here, there = address(pattern, ours, year).split("/"), address(pattern, theirs, year).split("/")
        places = [at for at, part in enumerate(here) if part != there[at] and part != ours.school.urn]
        assert len(places) == len([name for name in ids_at(pattern) if name != "number"])
        if "number" in names_in(pattern):
            places.append(here.index("snapshots") + 1)
            there[places[-1]] = "2"
        with trying(subtests, pattern):
            for at in places:
                asked = "/".join([*here[:at], there[at], *here[at + 1 :]])
                for client in clients:
                    answers = [client.get(asked), client.post(asked)]
                    assert {answer.status_code for answer in answers} <= {403, 404, 405}, asked
                    assert 404 in {answer.status_code for answer in answers} or client is clients[1], asked
                    assert not both.told_by("".join(words_of(answer) for answer in answers), asked), asked


@pytest.mark.parametrize("who", ["head", "teacher"])
def test_what_a_page_offers_to_send_reaches_nothing_with_the_others_ids_in_it(
    subtests: pytest.Subtests,
    both: Hidden,
    ours: WholeSchool,
    theirs: WholeSchool,
    year: AcademicYear,
    who: str,
) -> None:
    client = signed_in(member(ours.school, Role.HEAD) if who == "head" else ours.teacher)
    forms = of_each_kind([each for form in sends(client, ours, year) for each in both.swapped(form)])
    assert {"get", "post"} <= {form.method for form in forms}
    assert len(forms) > 20
    wall = wall_between(both, ours, theirs)
    for form in forms:
        pattern = pattern_of(form.action)
        with trying(subtests, pattern):
            nothing_crosses(both, wall, send(client, form), form)


def acts_of(pattern: URLPattern) -> list[str]:
    """What the view's module calls acts, none among them."""
    source = inspect.getsource(sys.modules[pattern.callback.__module__])
    if windows.__name__.rpartition(".")[2] in source:
        source += inspect.getsource(windows)
    return [*(act for act in ACTS if f'"{act}"' in source), ""]


def test_every_name_that_is_read_reaches_nothing_of_the_other(
    subtests: pytest.Subtests, both: Hidden, ours: WholeSchool, theirs: WholeSchool, year: AcademicYear
) -> None:
    """What scripts send, whose forms stand on no page, among them; with each act that a button asks for."""
    client, teacher = signed_in(member(ours.school, Role.HEAD)), signed_in(ours.teacher)
    sent, wall = everything(theirs), wall_between(both, ours, theirs)
    named = tuple((name, value) for name, those in sent.items() for value in those)
    assert len(ACTS) > 20
    for pattern in POSTED:
        there = address(pattern, ours, year)
        with trying(subtests, pattern):
            for act in acts_of(pattern):
                sender = teacher if "job_id" in names_in(pattern) else client
                form = Form("post", there, (*named, ("act", act)))
                answer = send(sender, form, follow=False)
                assert answer.status_code < 500, form
                assert not both.told_by(words_of(answer), f"{form}"), form
            nothing_crosses(both, wall, answer, form)
    asked = {name: those[-1] for name, those in sent.items()}
    for pattern in BEHIND:
        with trying(subtests, pattern):
            answer = client.get(address(pattern, ours, year), asked)
            nothing_crosses(both, wall, answer, Form("get", "", named))


@pytest.mark.parametrize("role", [Role.HEAD, Role.GOVERNOR, Role.ADMINISTRATOR])
def test_no_page_and_no_file_says_a_word_of_the_other(
    subtests: pytest.Subtests, both: Hidden, ours: WholeSchool, year: AcademicYear, role: Role
) -> None:
    client, files = signed_in(member(ours.school, role)), set()
    for pattern in BEHIND:
        there = address(pattern, ours, year)
        with trying(subtests, pattern):
            for asked in {there, there.replace(".csv", ".xlsx")}:
                answer = client.get(asked, follow=True)
                assert not both.told_by(words_of(answer)), asked
                if answer.status_code == 200 and answer.has_header("Content-Disposition"):
                    files.add(re.sub(".*[./]", "", asked.rstrip("/")))
    assert role is not Role.HEAD or {"csv", "xlsx", "pdf", "json"} <= files


def test_whoever_reads_with_the_others_ids_alone_is_found(
    both: Hidden, ours: WholeSchool, theirs: WholeSchool
) -> None:
    """The walk would pass if it saw nothing: here is a view that leaks, and rows that refer across."""

    @school_view(Permission.SEE_SCHOOL)
    def careless(request: SchoolRequest) -> HttpResponse:
        with visible_to(theirs.school):
            return HttpResponse(repr(list(Pupil.objects.values_list("surname", "public_id"))))

    words = words_of(request_through(careless, ours.teacher, ours.school))
    assert both.told_by(words) == {
        "Theirchild",
        str(theirs.pupil.public_id),
        str(theirs.second_record.public_id),
    }
    asked = f"{theirs.pupil.public_id} {theirs.second_record.public_id}"
    assert both.told_by(words, asked) == {"Theirchild"}
    wall = wall_between(both, ours, theirs)
    with visible_to(theirs.school), transaction.atomic():
        Judgement.objects.filter(pk=theirs.judgement.pk).update(points=45)
        assert wall.crossed() == {"assessment_judgement", "assessment_judgementevent"}
        transaction.set_rollback(True)
    # What was taken back did not cross, and a table that is written to anew is looked at anew.
    assert wall.crossed() == set()
    with visible_to(theirs.school):
        Judgement.objects.filter(pk=theirs.judgement.pk).delete()
    assert "assessment_judgement" in wall.crossed()
    with visible_to(ours.school):
        memberships.grant(school=ours.school, user=theirs.teacher, role=Role.GOVERNOR, by=None)
        Pupil.objects.filter(pk=ours.pupil.pk).update(surname=f"{theirs.pupil.public_id}")
    assert {"schools_membership.user_id", "schools_pupil.surname"} <= wall.crossed()
    # Of tables that nothing is written to nothing is asked; asked for all of them, it still says so.
    assert wall.crossed() == set()
    assert "schools_membership.user_id" in references_to(ours.school, theirs.school, [theirs.teacher.pk])


def test_the_forms_of_a_page_are_read_and_their_ids_replaced(ours: WholeSchool) -> None:
    page = """<form method=post action="../x/"><select name=who><option value="">-<option value=7></select>
      <input name="v-{0}" ><input type=hidden name=whole value="{0}|1"><button name=act value=go>Go</button>
      <button name=act value=stay></button></form><a href="?group={0}">a</a>"""
    mine, other = str(ours.pupil.public_id), str(ours.class_group.public_id)
    forms, links = offered(page.format(mine), "/a/b/")
    assert [form.fields[-1] for form in forms] == [("act", "go"), ("act", "stay")]
    hidden = Hidden(frozenset(), {mine: [other], "7": ["8", "9"]})
    first, second = hidden.swapped(forms[0])
    rest = ((f"v-{other}", "44"), ("whole", f"{other}|1"), ("act", "go"))
    assert (first.method, first.action) == ("post", "/a/x/")
    assert first.fields == (("who", "8"), *rest)
    assert second.fields == (("who", "9"), *rest)
    assert hidden.swapped(asked_for(links[0])) == [Form("get", "/a/b/", (("group", other),))]
    assert hidden.swapped(Form("get", "/a/b/", (("sort", "name"),))) == []
