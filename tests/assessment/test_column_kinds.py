"""Each kind of column, counted by hand on a sheet of Year 4; and a kind that nobody had thought of.

Year 4 is expected at 43 to 44 in Autumn, 45 to 46 in Spring, 47 to 49 in Summer, and to gain 3, 2 and 2 steps; Year 3 at 40 to 42 in Summer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import MATHEMATICS, READING, Subject
from assessment.models import MarksheetTemplate
from assessment.queries.column_kinds import KINDS, ColumnError, ColumnKind, Given, Seen, register
from assessment.queries.columns import Column, Shown
from assessment.queries.sheet_rows import Row
from assessment.queries.template_columns import read_columns
from schools.calendar import AcademicYear, EyfsFramework, YearGroup
from schools.models import Pupil, PupilYear, Role, SenStatus, Sex
from schools.row_security import visible_to
from schools.services import years
from tests.assessment.classroom import YEAR, Classroom
from tests.assessment.test_templates import laid_out
from tests.conftest import member, signed_in
from tests.factories import PupilYearFactory, judged

BASELINE, AUTUMN, SPRING, SUMMER = AssessmentTerm
LAST_YEAR = AcademicYear(YEAR - 1)


def judgement(key: str, term: str = "now", year: str = "this", subject: str = "reading") -> dict[str, Any]:
    return {"key": key, "kind": "judgement", "subject": subject, "term": term, "year": year}


def of(kind: str, term: str = "now", year: str = "this", key: str = "k") -> dict[str, Any]:
    return {"key": key, "kind": kind, "subject": "reading", "term": term, "year": year}


NOW = judgement("c1")


def shown(room: Classroom, *columns: dict[str, Any], term: str = "autumn") -> dict[str, str]:
    """What the last column says of each pupil, by forename."""
    with visible_to(room.school):
        name = f"Sheet {MarksheetTemplate.objects.count()}"
    template = laid_out(room.school, name, columns=list(columns))
    page = room.page(sheet=f"t-{template.public_id}", asked=f"?term={term}")
    return {
        name.partition(", ")[2]: page.rows[key][-1].text + page_mark(page.rows[key][-1].classes)
        for key, name in page.names.items()
    }


def page_mark(classes: set[str]) -> str:
    """The mark that colours the cell, in brackets."""
    return "".join(f" ({each[3:]})" for each in sorted(classes & {"is-below", "is-at", "is-above"}))


def enter(
    room: Classroom, pupil: Pupil, *entries: tuple[int, int, int | str], subject: Subject = READING
) -> None:
    """(year, term, points or a reason) of a pupil, with the record of the year where there is none."""
    with visible_to(room.school):
        for year, term, said in entries:
            if not PupilYear.objects.filter(pupil=pupil, academic_year=year).exists():
                years.open_year(school=room.school, academic_year=AcademicYear(year), by=None)
                PupilYearFactory.create(
                    school=room.school, academic_year=year, pupil=pupil, year_group=YearGroup(4 - YEAR + year)
                )
            points, reason = (said, "") if isinstance(said, int) else (None, said)
            judged(pupil, year, AssessmentTerm(term), points, subject=subject, reason=reason)


@pytest.fixture
def joiner(room: Classroom) -> Pupil:
    """Joined after the year began, judged for the first time at the end of Autumn."""
    pupil = room.joined("Jo", "Ingle", starts_on=dt.date(YEAR, 11, 4))
    enter(room, pupil, (YEAR, 1, 45))
    return pupil


@pytest.fixture
def young(room: Classroom) -> Pupil:
    """Of Year 3, in the class of Year 4: measured by the own year, 36 to 37 in Autumn."""
    return room.joined("Yan", "Young", year_group=YearGroup.Y3)


# Judgements


def test_a_judgement_of_any_year(room: Classroom, joiner: Pupil) -> None:
    enter(room, room.elsie, (YEAR - 1, 3, 41), (YEAR, 0, 40), (YEAR, 1, 44))
    assert shown(room, NOW, judgement("k", "summer", "last")) == {"Elsie": "41 at (at)", "Noah": "", "Jo": ""}
    assert shown(room, NOW, judgement("k", "baseline"))["Elsie"] == "40"
    enter(room, room.noah, (YEAR - 5, 1, 9))
    template = laid_out(room.school, "Five", columns=[NOW, judgement("k", "autumn", "5")])
    page = room.page(sheet=f"t-{template.public_id}")
    assert page.headings[-1] == f"Autumn {YEAR - 5}"
    assert page.rows[str(room.noah.public_id)][-1].text.startswith("9")
    assert [given["data-of"] for given in page.headed[1:]] == ["reading.autumn", f"reading.autumn-{YEAR - 5}"]
    # An earlier year is to look at.
    assert "e" not in page.rows[str(room.noah.public_id)][-1].classes


def test_the_term_in_view_follows_the_view(room: Classroom) -> None:
    enter(room, room.elsie, (YEAR, 1, 44), (YEAR, 2, 47))
    assert shown(room, NOW)["Elsie"] == "44 at (at)"
    assert shown(room, NOW, term="spring")["Elsie"] == "47 above (above)"


def test_attainment_in_a_word(room: Classroom, joiner: Pupil, young: Pupil) -> None:
    enter(room, room.elsie, (YEAR, 1, 42))
    enter(room, room.noah, (YEAR, 1, "absent"))
    enter(room, young, (YEAR, 1, 37))
    assert shown(room, NOW, of("attainment")) == {
        "Elsie": "below (below)",
        "Noah": "",
        "Jo": "above (above)",
        "Yan": "at (at)",
    }


def test_the_expected_range_is_that_of_the_pupils_own_year_judged_or_not(
    room: Classroom, young: Pupil
) -> None:
    eldest = room.joined("Old", "Zed", year_group=YearGroup.Y10)
    assert eldest
    assert shown(room, NOW, of("expected_range")) == {
        "Elsie": "43 to 44",
        "Noah": "43 to 44",
        "Yan": "36 to 37",
        "Old": "",
    }
    assert shown(room, NOW, of("expected_range", "summer"))["Elsie"] == "47 to 49"


def test_points_missing_to_the_range(room: Classroom, joiner: Pupil, young: Pupil) -> None:
    enter(room, room.elsie, (YEAR, 1, 40))
    enter(room, young, (YEAR, 1, 36))
    assert shown(room, NOW, of("steps_to_range")) == {"Elsie": "3", "Noah": "", "Jo": "0", "Yan": "0"}
    enter(room, room.elsie, (YEAR, 0, 40))
    assert shown(room, NOW, of("steps_to_range", "baseline"), term="spring")["Elsie"] == ""


def test_a_note_is_read_where_a_column_asks_for_it(room: Classroom) -> None:
    room.judged(room.elsie, 44, note="Reads <b>aloud</b> with joy.", subject=READING)
    assert shown(room, NOW, of("note")) == {"Elsie": "Reads <b>aloud</b> with joy.", "Noah": ""}
    template = laid_out(room.school, "No notes", columns=[NOW])
    answer = room.client.get(room.address(f"t-{template.public_id}"))
    assert "with joy" not in answer.content.decode()


# Numbers


def test_steps_this_term_and_this_year(room: Classroom, joiner: Pupil) -> None:
    enter(room, room.elsie, (YEAR - 1, 3, 41), (YEAR, 1, 44), (YEAR, 2, 45))
    enter(room, room.noah, (YEAR - 1, 3, 41))
    assert shown(room, NOW, of("steps_this_term")) == {
        "Elsie": "+3 expected (at)",
        "Noah": "",
        "Jo": "no start",
    }
    # In Spring 1 of 2 since Autumn, 4 of 5 since Summer; to Autumn as before.
    assert shown(room, NOW, of("steps_this_term"), term="spring")["Elsie"] == "+1 less than expected (below)"
    assert shown(room, NOW, of("steps_this_year"), term="spring")["Elsie"] == "+4 less than expected (below)"
    autumn = {"key": "k2", "kind": "steps_this_year", "subject": "reading", "term": "autumn"}
    template = laid_out(room.school, "To Autumn", columns=[NOW, of("steps_this_year"), autumn])
    page = room.page(sheet=f"t-{template.public_id}", asked="?term=spring")
    assert page.headings[2:] == ["This year steps", "This year steps to autumn"]
    assert page.rows[str(room.elsie.public_id)][-1].text == "+3 expected"


def between(start: str = "c2", end: str = "c1") -> dict[str, Any]:
    return {"key": "k", "kind": "steps_between", "start": start, "end": end}


def test_steps_between_two_columns_are_measured_against_those_expected_between_them(
    room: Classroom, joiner: Pupil, young: Pupil
) -> None:
    # From Autumn of the year before to Autumn: 2 + 2 + 3 = 7 steps.
    last_autumn = judgement("c2", "autumn", "last")
    enter(room, room.elsie, (YEAR - 1, 1, 37), (YEAR, 1, 44))
    enter(room, room.noah, (YEAR - 1, 1, 37), (YEAR, 1, 43))
    with visible_to(room.school):
        PupilYearFactory.create(
            school=room.school, academic_year=LAST_YEAR, pupil=young, year_group=YearGroup.Y2
        )
    enter(room, young, (YEAR - 1, 1, 28), (YEAR, 1, 37))
    assert shown(room, NOW, last_autumn, between()) == {
        "Elsie": "+7 expected (at)",
        "Noah": "+6 less than expected (below)",
        "Jo": "no start",
        "Yan": "+9 more than expected (above)",
    }


def test_steps_between_columns_seen_from_before_them_say_nothing(room: Classroom) -> None:
    enter(room, room.elsie, (YEAR, 1, 44), (YEAR, 2, 46))
    columns = NOW, judgement("c2", "autumn"), between()
    assert shown(room, *columns)["Elsie"] == ""
    assert shown(room, *columns, term="spring")["Elsie"] == "+2 expected (at)"


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [
        (judgement("c2", "autumn", subject="writing"), NOW, "in the same subject"),
        (judgement("c2", "summer"), judgement("c1", "autumn"), "from a judgement to a later one"),
        (judgement("c2", "autumn", "last"), judgement("c1", "summer", "last"), "at a judgement of this year"),
        (judgement("c2", "summer", "last"), judgement("c1", "baseline"), "none end there"),
    ],
)
def test_steps_between_columns_that_do_not_go_together_are_refused(
    start: dict[str, Any], end: dict[str, Any], why: str
) -> None:
    found = read_columns([end, start, between()], EyfsFramework.OF_2021)
    assert why in str(found.wrong["k"])


def test_steps_from_a_column_to_itself_are_refused() -> None:
    found = read_columns([NOW, between("c1", "c1")], EyfsFramework.OF_2021)
    assert "from a judgement to a later one" in str(found.wrong["k"])


def several(kind: str) -> list[dict[str, Any]]:
    """Over reading, writing and mathematics in the term in view."""
    names = ("reading", "writing", "mathematics")
    columns = [judgement(f"c{n}", subject=name) for n, name in enumerate(names)]
    return [*columns, {"key": "k", "kind": kind, "columns": ["c0", "c1", "c2"]}]


def test_the_mean_is_of_those_that_are_there_rounded_half_up(room: Classroom, joiner: Pupil) -> None:
    enter(room, room.elsie, (YEAR, 1, 40))
    enter(room, room.elsie, (YEAR, 1, 41), subject=MATHEMATICS)
    enter(room, room.noah, (YEAR, 1, "absent"))
    # (40 + 41) / 2 = 40.5, and 45 of one alone; nothing of nothing.
    assert shown(room, *several("mean")) == {"Elsie": "40.5", "Noah": "", "Jo": "45.0"}


def test_a_mean_of_four_is_rounded_at_the_half(room: Classroom) -> None:
    """(44 + 44 + 44 + 45) / 4 = 44.25 is 44.3."""
    enter(room, room.elsie, (YEAR, 0, 44), (YEAR, 1, 44), (YEAR, 2, 44), (YEAR, 3, 45))
    columns = [judgement(f"c{n}", term) for n, term in enumerate(("baseline", "autumn", "spring", "summer"))]
    mean = {"key": "k", "kind": "mean", "columns": ["c3", "c0", "c1", "c2"]}
    assert shown(room, *columns, mean)["Elsie"] == "44.3"


def test_the_count_is_of_those_that_are_there(room: Classroom, joiner: Pupil) -> None:
    enter(room, room.elsie, (YEAR, 1, 40))
    enter(room, room.elsie, (YEAR, 1, 41), subject=MATHEMATICS)
    enter(room, room.noah, (YEAR, 1, "absent"))
    assert shown(room, *several("count")) == {"Elsie": "2", "Noah": "0", "Jo": "1"}


# Characteristics


@pytest.mark.parametrize(
    ("which", "elsie", "noah"),
    [
        ("sex", "Girl", "not known"),
        ("pupil-premium", "yes", "no"),
        ("fsm6", "no", "not known"),
        ("sen", "SEN support", "not known"),
        ("eal", "yes", "not known"),
        ("looked-after", "no", "not known"),
        ("service", "no", "yes"),
        ("attendance", "90.0%", "not known"),
        ("date-of-birth", "15 Jan 2018", "1 Sep 2016"),
    ],
)
def test_a_characteristic_that_was_not_supplied_is_neither_yes_nor_no(
    room: Classroom, which: str, elsie: str, noah: str
) -> None:
    with visible_to(room.school):
        Pupil.objects.filter(pk=room.elsie.pk).update(sex=Sex.FEMALE)
        Pupil.objects.filter(pk=room.noah.pk).update(sex="", date_of_birth=dt.date(2016, 9, 1))
        PupilYear.objects.filter(pupil=room.elsie).update(
            is_pupil_premium=True,
            is_fsm6=False,
            sen_status=SenStatus.SUPPORT,
            is_eal=True,
            is_looked_after=False,
            is_service_child=False,
            attendance=Decimal("90.0"),
        )
        PupilYear.objects.filter(pupil=room.noah).update(
            is_pupil_premium=False,
            is_fsm6=None,
            sen_status="",
            is_eal=None,
            is_looked_after=None,
            is_service_child=True,
            attendance=None,
        )
    found = shown(room, NOW, {"key": "k", "kind": "characteristic", "which": which})
    assert (found["Elsie"], found["Noah"]) == (elsie, noah)


def test_the_age_is_in_completed_months_on_the_last_day_of_the_term(room: Classroom) -> None:
    age = {"key": "k", "kind": "characteristic", "which": "age"}
    # Born on 15 January 2018: 83 months on 20 December 2024, the term's last day by default; 7 years and 6 months in July.
    assert shown(room, NOW, age)["Elsie"] == "83"
    assert shown(room, NOW, age, term="summer")["Elsie"] == "90"


def test_class_and_year_group(room: Classroom, young: Pupil) -> None:
    assert shown(room, NOW, {"key": "k", "kind": "class"}) == dict.fromkeys(("Elsie", "Noah", "Yan"), "4A")
    assert shown(room, NOW, {"key": "k", "kind": "year_group"})["Yan"] == "Year 3"


# What cannot be


@pytest.mark.parametrize(
    ("column", "setting", "why"),
    [
        ({"key": "k", "kind": "horoscope"}, "", "There is no such kind of column."),
        ({"key": "k"}, "", "There is no such kind of column."),
        (judgement("k", "winter"), "term", "Term: what was chosen is not there to choose."),
        (judgement("k", year="6"), "year", "Year: what was chosen is not there to choose."),
        (judgement("k", subject=""), "subject", "Subject: choose one."),
        # An area of the framework that the school does not judge by.
        (judgement("k", subject="g01"), "subject", "Subject: what was chosen is not there to choose."),
        (judgement("k") | {"subject": ["reading"]}, "subject", "Subject: what was chosen is not there"),
        (of("steps_this_year", "baseline"), "term", "Term: what was chosen is not there to choose."),
        (between("", "c1"), "start", "From: choose one."),
        (between("c1", "k"), "end", "To: what was chosen is not there to choose."),
        ({"key": "k", "kind": "mean", "columns": ["k"]}, "columns", "Of the columns: what was chosen is not"),
        ({"key": "k", "kind": "mean", "columns": "c1"}, "columns", "Of the columns: choose at least one"),
        ({"key": "K!", "kind": "class"}, "", "A column has a key of letters and digits."),
        ({"key": "k", "kind": "class", "title": 7}, "title", "A heading has at most 30 characters."),
    ],
)
def test_settings_that_cannot_be_are_refused_in_words(column: dict[str, Any], setting: str, why: str) -> None:
    found = read_columns([NOW, column], EyfsFramework.OF_2021)
    assert [each.key for each in found.right] == ["c1"]
    (error,) = found.wrong.values()
    assert error.setting == setting
    assert str(error).startswith(why)


def test_every_kind_takes_what_its_settings_offer_by_default() -> None:
    """What a leader adds is right as it comes, but for other columns, which have to be chosen."""
    for kind in KINDS.values():
        fresh = {setting.key: setting.default for setting in kind.settings}
        found = read_columns(
            [judgement("c1", "autumn"), {"key": "k", "kind": kind.code, **fresh}], EyfsFramework.OF_2021
        )
        assert bool(found.wrong) is kind.follows, kind.code


# One kind more


@pytest.fixture
def letters() -> Iterator[ColumnKind]:
    """A kind of column that no view and no template knows: how many letters a name has."""

    def make(given: Given, seen: Seen) -> Column:
        def shows(row: Row) -> Shown:
            count = sum(each.isalpha() for each in row.name)
            return Shown(count, str(count))

        return Column(key="letters", label="Letters", shows=shows)

    kind = ColumnKind(
        code="letters",
        name="Letters of the name",
        explained="How long a name is.",
        settings=(),
        make=make,
        has_number=True,
    )
    register(kind)
    yield kind
    del KINDS["letters"]


def test_a_new_kind_of_column_needs_nothing_but_itself(room: Classroom, letters: ColumnKind) -> None:
    leader = signed_in(member(room.school, Role.ASSESSMENT_LEADER))
    there = reverse("new_layout", args=[room.school.urn, YEAR])
    fields = {
        "name": "Letters",
        "column": ["c1", "c2", "c3"],
        "c1-kind": "judgement",
        "c1-subject": "reading",
        "c1-term": "now",
        "c2-kind": "letters",
        "c3-kind": "mean",
        "c3-columns": ["c1", "c2"],
    }
    page = leader.post(there, fields | {"act": "show"}).content.decode()
    assert page.count("Letters of the name") >= 3
    assert '<th scope="col">Letters</th>' in page
    assert leader.post(there, fields | {"act": "save"}).status_code == 302
    enter(room, room.elsie, (YEAR, 1, 44))
    with visible_to(room.school):
        template = MarksheetTemplate.objects.get()
    cells = room.page(sheet=f"t-{template.public_id}").rows[str(room.elsie.public_id)]
    # Eleven letters has Brough, Elsie; (44 + 11) / 2 = 27.5.
    assert [cell.text for cell in cells] == ["44 at", "11", "27.5"]
    table = room.client.get(room.address(f"t-{template.public_id}", asked="sheet.csv?term=autumn"))
    assert "Letters,Mean of 2" in table.content.decode("utf-8-sig")


def test_a_code_is_given_once() -> None:
    with pytest.raises(ValueError, match="a kind of column called judgement already"):
        register(KINDS["judgement"])


def test_an_error_names_its_setting() -> None:
    assert ColumnError("No.", "term").setting == "term"
