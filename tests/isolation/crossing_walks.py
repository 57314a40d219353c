"""What the walks over two schools share: the other school told apart, what a person's pages offer to send, and whether anything crossed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, resolve
from django.urls.exceptions import Resolver404

from assessment.forms.marksheets import NOTHING, Sight
from assessment.forms.pasting import written_sight
from assessment.services.snapshots import freeze
from schools.calendar import AcademicYear, TermName
from schools.models import EntryWindow, NamesGrant, Pupil, Role, School, SchoolOwned
from schools.row_security import visible_to, walled_models
from tests.isolation.crossing import (
    Form,
    Hidden,
    Wall,
    asked_for,
    counterparts,
    of_school,
    offered,
    words_of,
)
from tests.isolation.test_door import BEHIND, address
from tests.isolation.two_schools import WholeSchool
from tests.schools.files import upn

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


def pages(client: Client, whole: WholeSchool, year: AcademicYear) -> Iterator[tuple[URLPattern, Any]]:
    """What each address answers a person."""
    for pattern in BEHIND:
        yield pattern, client.get(address(pattern, whole, year), follow=True)


def is_of_a_school(there: str) -> bool:
    try:
        return hasattr(resolve(there.partition("?")[0]).func, "permission")
    except Resolver404:
        return False


def sends(client: Client, whole: WholeSchool, year: AcademicYear) -> list[Form]:
    """Every form and every link with a query that the person's pages offer."""
    found: dict[Form, None] = {}
    for _, answer in pages(client, whole, year):
        if "html" in answer.headers["Content-Type"]:
            forms, links = offered(answer.content.decode(), answer.request["PATH_INFO"])
            asked = [asked_for(link) for link in links if "?" in link]
            found |= dict.fromkeys(form for form in [*forms, *asked] if is_of_a_school(form.action))
    return list(found)


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


def pattern_of(there: str) -> URLPattern:
    name = resolve(there.partition("?")[0]).url_name
    return next(each for each in BEHIND if each.name == name)


def wall_between(both: Hidden, ours: WholeSchool, theirs: WholeSchool) -> Wall:
    return Wall(ours.school, theirs.school, [theirs.teacher.pk], both.words - {THEIRS})


def nothing_crosses(both: Hidden, wall: Wall, answer: Any, sent: Form) -> None:
    assert answer.status_code < 500, sent
    assert not both.told_by(words_of(answer), f"{sent}"), sent
    assert wall.crossed() == set(), sent


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
