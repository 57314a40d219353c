"""A partnership's own words for below, at and above: chosen with their effect shown, said on every page and paper that names a band, and in no file."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import SHIPPED
from schools.bands import USUAL, BandWords, in_words, spoken
from schools.calendar import AcademicYear, YearGroup
from schools.models import Partnership, Role, School
from schools.row_security import visible_to
from schools.services.band_words import name_bands
from tests.conftest import member, signed_in
from tests.factories import UserFactory, judged, on_roll
from tests.isolation.test_door import BEHIND, address, trying
from tests.isolation.test_partnership_door import BEHIND as OF_PARTNERSHIPS
from tests.isolation.test_partnership_door import address as partnership_address
from tests.isolation.test_partnership_door import lead_of
from tests.isolation.two_schools import WholeSchool, ours

__all__ = ["ours"]
pytestmark = pytest.mark.usefixtures("unmeasured")
WORDS = BandWords("Working towards", "On track", "Greater <depth>")
# A page that says what the words were, and a layout's column, which says what it shows of the range.
ABOUT_THE_WORDS = {"words_for_bands"}
_NAMES = re.compile(
    r"(\d+%? )?(below|at|above)(( or | and |, )(below|at|above))*( then| now| on entry)?[:,]?", re.IGNORECASE
)


class _Said(HTMLParser):
    """Whatever stands by itself in a page: the text of an element, a title, a name for who hears it."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._is_code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_code = tag in {"script", "style"}
        self.said += [value or "" for name, value in attrs if name in {"title", "aria-label"}]

    def handle_endtag(self, tag: str) -> None:
        self._is_code = False

    def handle_data(self, data: str) -> None:
        if not self._is_code:
            self.said.append(data.strip())


def names_of_bands(page: str) -> list[str]:
    """What names a band by a usual word; a sentence about a range does not."""
    reader = _Said()
    reader.feed(page)
    return [said for said in reader.said if _NAMES.fullmatch(said.strip())]


def colours_attainment(page: str) -> bool:
    return bool(re.search(r'class="(word|figure|j|d)[^"]* is-(below|at|above)\b', page))


@pytest.fixture
def coloured(ours: WholeSchool, year: AcademicYear) -> WholeSchool:
    """The school with a child in each band in Year 4 and in Reception, at every term of two years, in a partnership with its own words."""
    with visible_to(ours.school):
        for points in (40, 47, 51):
            pupil = on_roll(ours.school, year, year_group=YearGroup.Y4, class_group=ours.class_group).pupil
            for subject in SHIPPED[:4]:
                for term in AssessmentTerm:
                    judged(pupil, year, term, points, subject=subject)
    name_bands(partnership=ours.school.partnership, words=WORDS, by=None)
    return ours


@pytest.fixture
def lead(school: School) -> Client:
    return signed_in(lead_of(school.partnership))


def words_page(school: School, name: str = "words_for_bands") -> str:
    return reverse(name, args=[school.partnership_id, AcademicYear.containing(timezone.localdate())])


def pages(whole: WholeSchool, year: AcademicYear) -> Iterator[tuple[URLPattern, Client, str]]:
    people = {
        role: signed_in(member(whole.school, role))
        for role in (Role.HEAD, Role.GOVERNOR, Role.TEACHER, Role.ASSESSMENT_LEADER)
    }
    for pattern in BEHIND:
        for client in people.values():
            yield pattern, client, address(pattern, whole, year)
    lead = signed_in(lead_of(whole.school.partnership))
    for pattern in OF_PARTNERSHIPS:
        yield pattern, lead, partnership_address(pattern, whole.school.partnership, year)


def test_every_page_names_the_bands_in_the_partnerships_words(
    subtests: pytest.Subtests, coloured: WholeSchool, year: AcademicYear
) -> None:
    said_by = set()
    for pattern, client, there in pages(coloured, year):
        with trying(subtests, pattern):
            answer = client.get(there, follow=True)
            if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
                continue
            page = answer.content.decode()
            if pattern.name not in ABOUT_THE_WORDS:
                assert names_of_bands(page) == [], pattern.name
            assert "Greater <depth>" not in page
            if WORDS.below in page:
                said_by.add(pattern.name)
    assert said_by >= {"dashboard", "class_marksheet", "governors_pack", "year_group_report", "cohort"}
