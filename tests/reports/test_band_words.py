"""A partnership's own words for below, at and above: chosen with their effect shown, said on every page and paper that names a band, and in no file."""

from __future__ import annotations

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
from schools.access import inside
from schools.bands import USUAL, BandWords, in_words, spoken
from schools.calendar import AcademicYear, YearGroup
from schools.models import Partnership, Role, School
from schools.row_security import visible_to
from schools.services.band_words import name_bands
from tests.conftest import member, signed_in
from tests.factories import judged, on_roll
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
    people = {role: signed_in(member(whole.school, role)) for role in (Role.HEAD, Role.GOVERNOR)}
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


def test_no_file_says_them(coloured: WholeSchool, year: AcademicYear) -> None:
    # Whoever reads a file goes on finding Below, At and Above in it.
    client = signed_in(member(coloured.school, Role.HEAD))
    of_year = [coloured.school.urn, year]
    found = client.get(
        reverse("figure_pupils_file", args=[*of_year, "csv"]),
        {"year_group": "4", "subject": "reading", "term": "autumn", "part": "assessed"},
    ).content.decode()
    assert "Below" in found
    assert "Above" in found
    headings = client.get(reverse("dashboard_attainment_file", args=[*of_year, "csv"]), {"term": "autumn"})
    assert "Below,At,Above" in headings.content.decode()
    assert not [word for word in ("Working", "On track,", "Greater") if word in found]


def test_a_pack_and_its_chart_say_them_as_text(coloured: WholeSchool, year: AcademicYear) -> None:
    client = signed_in(member(coloured.school, Role.HEAD))
    page = client.get(
        reverse("governors_pack", args=[coloured.school.urn, year]), {"term": "autumn"}
    ).content.decode()
    assert "<strong>Greater &lt;depth&gt;</strong>: over the range" in page
    assert "On track or Greater &lt;depth&gt;" in page


def test_usual_words_change_nothing_and_own_ones_keep_their_capitals() -> None:
    assert in_words("At or above then") == "At or above then"
    with spoken(BandWords("Emerging", "on track", "GDS")):
        assert in_words("At or above then") == "on track or GDS then"
        assert in_words("less than expected") == "less than expected"
    # The one that stays is written as the sentence has it.
    with spoken(BandWords("Working towards", "At", "Above")):
        assert in_words("12 at, 3 below") == "12 at, 3 Working towards"
    assert in_words("Below") == "Below"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("", "At", "Above"), "Give a word"),
        ((" ", "At", "Above"), "Give a word"),
        (("Same", "same", "Above"), "three different"),
        (("x" * 31, "At", "Above"), "30 characters"),
        (("two\nlines", "At", "Above"), "on one line"),
        (("—", "At", "Above"), "letters"),
        (("Above", "At", "Below"), "everywhere else"),
        (("Expected", "Below", "Over"), "everywhere else"),
    ],
)
def test_words_that_could_not_be_told_apart_are_refused(
    words: tuple[str, str, str], problem: str, school: School
) -> None:
    assert problem in BandWords(*words).problem()
    with pytest.raises(ValueError, match=problem):
        name_bands(partnership=school.partnership, words=BandWords(*words), by=None)
    assert not BandWords("Below", "Met", "x" * 30).problem()


def test_the_database_keeps_no_two_alike_and_none_empty(school: School) -> None:
    for word in ("", "Above"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Partnership.objects.filter(pk=school.partnership_id).update(word_at=word)


def test_a_lead_sees_where_they_appear_and_saves_what_was_shown(school: School, lead: Client) -> None:
    there = words_page(school)
    said = {"below": "Working towards", "at": " On track ", "above": "Greater depth"}
    assert "Save</button>" not in lead.get(there).content.decode()
    shown = lead.get(there, said).content.decode()
    assert "reads “On track or Greater depth”" in shown
    assert Partnership.objects.get(pk=school.partnership_id).band_words == USUAL
    seal = re.findall(r'name="shown" value="(\w+)"', shown)[0]
    save = words_page(school, "save_words_for_bands")
    others = lead.post(save, {**said, "above": "Mastered", "shown": seal})
    assert others.status_code == 422
    assert "Nothing was saved" in others.content.decode()
    saved = lead.post(save, {**said, "shown": seal}, follow=True)
    assert "use these words from now on" in saved.content.decode()
    words = BandWords("Working towards", "On track", "Greater depth")
    assert Partnership.objects.get(pk=school.partnership_id).band_words == words
    # Sent once more: nothing changes any more.
    assert lead.post(save, {**said, "shown": seal}).status_code == 422
    expectations = lead.get(words_page(school, "expectations")).content.decode()
    assert "Working towards" in expectations


def test_the_history_says_who_chose_them(school: School) -> None:
    who = lead_of(school.partnership)
    name_bands(partnership=school.partnership, words=BandWords("Towards", "Met", "Beyond"), by=who)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word_at, pgh_context->>'user' FROM schools_partnershipevent WHERE pgh_obj_id = %s"
            " ORDER BY pgh_id DESC LIMIT 1",
            [school.partnership_id],
        )
        assert cursor.fetchone() == ("Met", str(who.pk))


def test_what_cannot_be_is_said_beside_the_form(school: School, lead: Client) -> None:
    for said, told in (
        ({"below": "A", "at": "a", "above": "B"}, "three different words"),
        ({"below": "", "at": "a", "above": "B"}, "Give a word."),
        ({"below": "x" * 31, "at": "a", "above": "B"}, "30 characters at most"),
        ({"below": "Below", "at": "At", "above": "Above"}, "called already"),
    ):
        answer = lead.get(words_page(school), said)
        assert answer.status_code == 422
        assert told in answer.content.decode()


def test_what_the_worker_makes_says_them_too_and_nothing_is_left_behind(
    coloured: WholeSchool, year: AcademicYear
) -> None:
    with inside(member(coloured.school, Role.HEAD), coloured.school, year):
        assert in_words("At or above") == "On track or Greater <depth>"
    assert in_words("At or above") == "At or above"
