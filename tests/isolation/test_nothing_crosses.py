"""Two schools with a row of everything: whatever is asked, sent, taken out or brought in at the one, nothing of the other is seen or changed."""

from __future__ import annotations

import inspect
import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, resolve
from django.urls.exceptions import Resolver404

from assessment.forms.marksheets import NOTHING, Sight
from assessment.forms.pasting import written_sight
from assessment.models import Judgement
from assessment.services.snapshots import freeze
from schools.access import SchoolRequest, school_view
from schools.calendar import AcademicYear, TermName
from schools.models import EntryWindow, NamesGrant, Pupil, Role, School, SchoolOwned
from schools.permissions import PERMISSIONS_BY_ROLE, Permission
from schools.row_security import visible_to, walled_models
from schools.services import memberships
from schools.views import windows
from tests.conftest import member, signed_in
from tests.isolation.crossing import (
    Form,
    Hidden,
    asked_for,
    counterparts,
    fingerprint,
    of_school,
    offered,
    references_to,
    words_of,
    written_in,
)
from tests.isolation.test_door import BEHIND, MAY_BE_POSTED, address, names_in, request_through, trying
from tests.isolation.two_schools import WholeSchool
from tests.schools.files import upn

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
OURS, THEIRS = upn(101), upn(202)


def told_apart(whole: WholeSchool, of: str, number: str) -> None:
    """Names and a UPN by which a leak is seen in a page or a file."""
    with visible_to(whole.school):
        Pupil.objects.filter(pk=whole.pupil.pk).update(forename=f"{of}forename", upn=number)
        type(whole.class_group).objects.filter(pk=whole.class_group.pk).update(name=f"{of}class")
    whole.teacher.name = f"{of}teacher"
    whole.teacher.save()


@pytest.fixture
def both(ours: WholeSchool, theirs: WholeSchool, year: AcademicYear) -> Hidden:
    """The other school, told apart from ours in all that it says of people."""
    told_apart(ours, "Our", OURS)
    told_apart(theirs, "Their", THEIRS)
    with visible_to(theirs.school):
        # One of which ours has no like.
        freeze(school=theirs.school, academic_year=year, term=TermName.AUTUMN, by=theirs.teacher)
    return hidden_school(ours.school, theirs)


def hidden_school(ours: School, theirs: WholeSchool) -> Hidden:
    instead: dict[str, list[str]] = {}
    for model in walled_models():
        if not issubclass(model, SchoolOwned):
            continue
        with visible_to(ours):
            here = list(of_school(model, ours))
        with visible_to(theirs.school):
            there = list(of_school(model, theirs.school))
        for mine, others in counterparts(here, there).items():
            instead.setdefault(mine, []).extend(others)
    said = {
        "Theirchild",
        "Theirforename",
        "Theirclass",
        "Theirteacher",
        "theirchild",
        THEIRS,
        theirs.teacher.email,
    }
    ids = {each for those in instead.values() for each in those if len(each) > 12}
    return Hidden(frozenset(said | ids), instead)


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


def pages(client: Client, whole: WholeSchool, year: AcademicYear) -> Iterator[tuple[URLPattern, Any]]:
    """What each address answers a person."""
    for pattern in BEHIND:
        yield pattern, client.get(address(pattern, whole, year), follow=True)


def sends(client: Client, whole: WholeSchool, year: AcademicYear) -> list[Form]:
    """Every form and every link with a query that the person's pages offer."""
    found: dict[Form, None] = {}
    for _, answer in pages(client, whole, year):
        if "html" in answer.headers["Content-Type"]:
            forms, links = offered(answer.content.decode(), answer.request["PATH_INFO"])
            asked = [asked_for(link) for link in links if "?" in link]
            found |= dict.fromkeys(form for form in [*forms, *asked] if is_of_a_school(form.action))
    return list(found)


def is_of_a_school(there: str) -> bool:
    try:
        return hasattr(resolve(there.partition("?")[0]).func, "permission")
    except Resolver404:
        return False


def send(client: Client, form: Form, *, follow: bool = True) -> Any:
    data: dict[str, list[str]] = {}
    for name, value in form.fields:
        data.setdefault(name, []).append(value)
    act = client.post if form.method == "post" else client.get
    return act(form.action, data, follow=follow)


def of_each_kind(forms: list[Form], most: int = 2) -> list[Form]:
    """A few of those that differ in their values alone."""
    kept: dict[object, list[Form]] = {}
    for form in forms:
        kind = (
            form.method,
            resolve(form.action.partition("?")[0]).url_name,
            frozenset(n for n, _ in form.fields),
        )
        kept.setdefault(kind, []).append(form)
    return [form for those in kept.values() for form in those[:most]]


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
    before = fingerprint(theirs.school)
    for form in forms:
        pattern = pattern_of(form.action)
        with trying(subtests, pattern):
            nothing_crosses(both, ours, theirs, before, send(client, form), form)


def pattern_of(there: str) -> URLPattern:
    name = resolve(there.partition("?")[0]).url_name
    return next(each for each in BEHIND if each.name == name)


def nothing_crosses(
    both: Hidden,
    ours: WholeSchool,
    theirs: WholeSchool,
    before: dict[str, str],
    answer: Any,
    sent: Form,
) -> None:
    assert answer.status_code < 500, sent
    assert not both.told_by(words_of(answer), f"{sent}"), sent
    if sent.method == "post":
        after = fingerprint(theirs.school)
        assert {table for table in after if after[table] != before[table]} == set(), sent
        assert references_to(ours.school, theirs.school, [theirs.teacher.pk]) == set(), sent
        assert written_in(ours.school, both.words - {THEIRS}) == set(), sent


def everything(theirs: WholeSchool) -> dict[str, list[str]]:
    """Each name that a form or a script of the site sends, with what of the other would belong there; the rest filled in as if all were well."""
    with visible_to(theirs.school):
        window = EntryWindow.objects.in_school(theirs.school).get()
        grant = NamesGrant.objects.in_school(theirs.school).get()
    pupil, room = theirs.pupil, theirs.class_group
    of, nothing, stands = "mathematics.autumn", written_sight(Sight(0, NOTHING)), "1:44"
    cell = {"pupil": str(pupil.public_id), "of": of, "value": "45", "saw": stands}
    ids = {
        "pupil": [pupil.public_id],
        "until_pupil": [pupil.public_id],
        "pupils": [pupil.pk, pupil.public_id],
        "classes": [room.pk, room.public_id],
        "class_group": [room.pk],
        "of_class": [room.public_id],
        "group": [theirs.group.pk, theirs.group.public_id],
        "template": [theirs.template.public_id],
        "copy": [theirs.template.public_id],
        "use": [theirs.template.public_id],
        "line": [pupil.public_id],
        "whom": [room.public_id],
        "person": [theirs.membership.public_id],
        "window": [window.pk],
        "grant": [grant.pk],
        "snapshot": [2],
        "change_set": [theirs.change.pk],
        "upn": [THEIRS],
        "email": [theirs.teacher.email],
    }
    rest = {
        "of": of,
        "until_of": of,
        "value": "45",
        "saw": stands,
        "steps": "1",
        "text": "45",
        "cells": json.dumps([cell]),
        "source": "autumn",
        "target": "spring",
        "how": "copy",
        f"take-{pupil.public_id}": "take",
        f"source-{pupil.public_id}": stands,
        f"target-{pupil.public_id}": nothing,
        f"v-{pupil.public_id}-{of}": "45",
        f"s-{pupil.public_id}-{of}": stands,
        f"v-{pupil.public_id}-mathematics": "45",
        f"s-{pupil.public_id}-mathematics": stands,
        f"from-{pupil.public_id}": "45",
        "all_the_same": "yes",
        "name": "A name",
        "roles": Role.HEAD.value,
        "subject": "mathematics",
        "term": "autumn",
        "ends_on": "2030-07-01",
        "decided": "adapt",
        "because": "For a reason.",
        "reason": "For a reason.",
        "note": "A note.",
        "purpose": "A purpose.",
        "forename": "Changed",
        "surname": "Changed",
    }
    return {name: [str(value) for value in those] for name, those in ids.items()} | {
        name: [value] for name, value in rest.items()
    }


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
    sent, before = everything(theirs), fingerprint(theirs.school)
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
            nothing_crosses(both, ours, theirs, before, answer, form)
    asked = {name: those[-1] for name, those in sent.items()}
    for pattern in BEHIND:
        with trying(subtests, pattern):
            answer = client.get(address(pattern, ours, year), asked)
            nothing_crosses(both, ours, theirs, before, answer, Form("get", "", named))


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


ROLL = "UPN,Surname,Forename,DOB,Year,Class\n{upn},Changed,Changed,15/01/2018,Year 4,Theirclass\n"
FILES: dict[str, str] = {
    "import_pupils": ROLL,
    "import_judgements": "UPN,Subject,Academic Year,Term,Points\n{upn},Mathematics,{year},Autumn,50\n",
    "import_profiles": "UPN,E01\n{upn},2\n",
    "import_staff": "Name,Email,Role,Classes,Subjects\nChanged,{email},Teacher,Theirclass,\n",
}


def brought_in(command: str, *arguments: str) -> str:
    """What the command says, whether it takes the file or not."""
    said = io.StringIO()
    try:
        call_command(command, *arguments, stdout=said)
    except CommandError as error:
        return str(error)
    return said.getvalue()


@pytest.mark.parametrize("command", FILES)
def test_a_file_that_names_the_others_changes_nothing_of_theirs(
    both: Hidden, ours: WholeSchool, theirs: WholeSchool, year: AcademicYear, tmp_path: Path, command: str
) -> None:
    file, before = tmp_path / "file.csv", fingerprint(theirs.school)
    keys_before = {theirs.pupil.person_key}
    file.write_text(
        FILES[command].format(upn=THEIRS, email=theirs.teacher.email, year=f"{year}"), encoding="utf-8"
    )
    more = [] if command in {"import_staff", "import_judgements"} else ["--year", f"{year}"]
    said = brought_in(command, str(file), "--school", ours.school.urn, *more)
    assert said
    assert not both.told_by(said, file.read_text(encoding="utf-8"))
    assert fingerprint(theirs.school) == before
    assert references_to(ours.school, theirs.school, []) == set()
    with visible_to(ours.school):
        assert not Judgement.objects.filter(points=50).exists()
        # A child who came to ours is a child of its own until somebody who may see both says otherwise.
        assert not Pupil.objects.filter(person_key__in=keys_before).exists()


def test_whoever_reads_with_the_others_ids_alone_is_found(
    both: Hidden, ours: WholeSchool, theirs: WholeSchool
) -> None:
    """The walk would pass if it saw nothing: here is a view that leaks, and rows that refer across."""

    @school_view(Permission.SEE_SCHOOL)
    def careless(request: SchoolRequest) -> HttpResponse:
        with visible_to(theirs.school):
            return HttpResponse(repr(list(Pupil.objects.values_list("surname", "public_id"))))

    words = words_of(request_through(careless, ours.teacher, ours.school))
    assert both.told_by(words) == {"Theirchild", str(theirs.pupil.public_id)}
    assert both.told_by(words, str(theirs.pupil.public_id)) == {"Theirchild"}
    before = fingerprint(theirs.school)
    with visible_to(theirs.school):
        Judgement.objects.filter(pk=theirs.judgement.pk).update(points=45)
    after = fingerprint(theirs.school)
    assert {table for table in after if after[table] != before[table]} == {
        "assessment_judgement",
        "assessment_judgementevent",
    }
    assert references_to(ours.school, theirs.school, [theirs.teacher.pk]) == set()
    with visible_to(ours.school):
        memberships.grant(school=ours.school, user=theirs.teacher, role=Role.GOVERNOR, by=None)
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
