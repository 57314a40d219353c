"""What a governor sees: numbers of the school, on pages without a name, each of whose links and forms leads somewhere."""

from __future__ import annotations

import io
import re
import zipfile
from collections import deque
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import resolve

from schools.models import Role, School
from schools.permissions import PERMISSIONS_BY_ROLE
from schools.row_security import visible_to
from tests.conftest import member, signed_in
from tests.isolation.test_door import BEHIND, address
from tests.isolation.two_schools import WholeSchool, whole_school
from tests.reports.crowded_school import YEAR, fill

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unmeasured")]
MAY = PERMISSIONS_BY_ROLE[Role.GOVERNOR]
NAVIGATION = ["Home", "Dashboard"]
# Pupils, the class teacher, and what a child's name stands in: a class's name alone says nobody's.
NAMES = re.compile(r"Knight\d|Robin\d|Secretchild|Forename\d|Ms Secretteacher")
# Of one kind of page a few are enough: the crawl goes by the address with its ids and what is asked of it.
OF_A_KIND = 3


@pytest.fixture
def whole(school: School) -> WholeSchool:
    """Full of names."""
    with visible_to(school):
        fill(school)
    made = whole_school(school, YEAR, "Secretchild")
    made.teacher.name = "Ms Secretteacher"
    made.teacher.save()
    return made


class Walk:
    """From page to page, as far as links and forms lead."""

    def __init__(self, client: Client, starts: list[str]) -> None:
        self.client = client
        self.waiting = deque((start, "the address") for start in starts)
        self.seen: dict[str, int] = {}
        self.kinds: dict[object, int] = {}
        self.wrong: list[str] = []

    def go(self) -> None:
        while self.waiting:
            there, found_on = self.waiting.popleft()
            if there not in self.seen and self._is_new_kind(there):
                self._visit(there, found_on)

    def _is_new_kind(self, there: str) -> bool:
        split = urlsplit(there)
        kind = (resolve(split.path).url_name, tuple(sorted(name for name, _ in parse_qsl(split.query))))
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        return self.kinds[kind] <= OF_A_KIND

    def _visit(self, there: str, found_on: str) -> None:
        answer: Any = self.client.get(there)
        self.seen[there] = answer.status_code
        if answer.status_code in {301, 302}:
            self._wait(answer.headers["Location"], there)
            return
        if answer.status_code != 200:
            self.wrong.append(f"{answer.status_code} {there} on {found_on}")
            return
        words = words_of(answer)
        if NAMES.search(words):
            self.wrong.append(f"{NAMES.findall(words)[:3]} {there} on {found_on}")
        if "html" in answer.headers["Content-Type"]:
            self._read(words, there)

    def _read(self, html: str, there: str) -> None:
        menu = re.search(r'<nav[^>]*aria-label="Main".*?</nav>', html, re.DOTALL)
        labels = re.findall(r"<a[^>]*>\s*([^<]+?)\s*</a>", menu[0]) if menu else []
        if not set(labels) <= set(NAVIGATION):
            self.wrong.append(f"{labels} {there}")
        for link in re.findall(r'<a\b[^>]*\bhref="([^"]*)"', html):
            self._wait(unescape(link), there)
        for form, fields in re.findall(r"(<form\b[^>]*>)(.*?)</form>", html, re.DOTALL):
            self._try_form(form, fields, there)

    def _try_form(self, form: str, fields: str, there: str) -> None:
        """A form that asks leads to a page, and offers something; of one that sends its address has to take what is sent."""
        action = re.search(r'action="([^"]*)"', form)
        to = urljoin(there, unescape(action[1])) if action and action[1] else there
        if "post" not in form.lower():
            self._wait(to, there)
            if fields.count("<option") < 2 and 'type="search"' not in fields:
                self.wrong.append(f"nothing to choose on {there}")
        elif urlsplit(to).path.startswith("/schools/"):
            status = self.client.post(to, {}).status_code
            if status in {403, 404, 405}:
                self.wrong.append(f"{status} by POST {to} on {there}")

    def _wait(self, link: str, there: str) -> None:
        to = urlsplit(urljoin(there, link))
        # Of a person's account, not of the school.
        # What a PDF says is read by its own tests.
        if not to.netloc and to.path.startswith("/schools/") and not to.path.endswith("/pdf/"):
            self.waiting.append((to.path + (f"?{to.query}" if to.query else ""), there))


def words_of(answer: Any) -> str:
    """The text of a page or of a file."""
    if answer.content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
            return "".join(parts.read(name).decode(errors="replace") for name in parts.namelist())
    return str(answer.content.decode(errors="replace"))


def test_a_governor_reads_numbers_without_a_name_and_meets_no_dead_end(whole: WholeSchool) -> None:
    client = signed_in(member(whole.school, Role.GOVERNOR))
    allowed = [pattern for pattern in BEHIND if pattern.callback.permission in MAY]  # type: ignore[attr-defined]
    # What somebody asked the worker for is theirs alone.
    starts = [
        address(pattern, whole, YEAR)
        for pattern in allowed
        if not re.search("job_id|/pdf/$", str(pattern.pattern))
    ]
    walk = Walk(client, [f"/schools/{whole.school.urn}/", *starts])
    walk.go()
    assert walk.wrong == []
    visited = {resolve(urlsplit(there).path).url_name for there in walk.seen}
    assert {"school_home", "dashboard", "year_group_report", "group_report", "governors_pack"} <= visited
    assert len(walk.seen) > 40
    # A head meets the names on the same way: else the test would find none.
    head = signed_in(member(whole.school, Role.HEAD))
    assert NAMES.search(words_of(head.get(f"/schools/{whole.school.urn}/{YEAR.slug}/pupils/")))
