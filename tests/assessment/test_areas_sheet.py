"""The sheet of all areas of learning: ages, what colours compare with, codes, folding, and the same as last time for a row or a column."""

from __future__ import annotations

import datetime as dt
import html as escaped
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.explaining import judged_against
from assessment.engine.subjects import EYFS_AREAS, READING
from assessment.models import Judgement, Source
from assessment.queries.layouts import ALL_AREAS, all_in_one_term, subject_over_the_year
from assessment.services.judgements import Entry, Provenance, record_many
from assessment.views.folding import folding
from assessment.views.offered_codes import offered_codes
from schools.calendar import AcademicYear, EyfsFramework, TermName, YearGroup
from schools.models import ChangeKind, ChangeSet, Pupil, Role
from schools.row_security import visible_to
from schools.services import years
from schools.services.terms import close_term
from tests.assessment.classroom import ALL_AREAS as AREAS_SHEET
from tests.assessment.classroom import AREA, HTMX, SUBJECT, YEAR, Classroom, box
from tests.assessment.sheet_page import Page
from tests.conftest import member, signed_in
from tests.factories import PupilYearFactory, judged, on_roll

pytestmark = pytest.mark.django_db
OF_2012, OF_2021 = EyfsFramework
AREAS = EYFS_AREAS[OF_2021]
AUTUMN, SUMMER = AssessmentTerm.AUTUMN, AssessmentTerm.SUMMER
on_areas = pytest.mark.parametrize("room", [AREAS_SHEET], indirect=True)


def last_summer(room: Classroom, pupil: Pupil, points: int, *, areas: Any = AREAS) -> None:
    """In nursery, in these areas."""
    with visible_to(room.school):
        of_year = {"academic_year": YEAR - 1, "year_group": YearGroup.N2}
        years.open_year(school=room.school, academic_year=AcademicYear(YEAR - 1), by=None)
        PupilYearFactory.create(school=room.school, pupil=pupil, **of_year)
        entries = [Entry(pupil.pk, area.number, YEAR - 1, SUMMER, points) for area in areas]
        record_many(school=room.school, entries=entries, provenance=Provenance(source=Source.TYPED, by=None))


def written(room: Classroom, asked: str = "?term=autumn", sheet: str = SUBJECT) -> str:
    return str(room.client.get(room.address(sheet, asked)).content.decode())


# Age, and what the colours compare with


@on_areas
def test_age_and_colour_follow_the_schools_own_end_of_the_term(room: Classroom) -> None:
    # Completed months: 50 up to 30 November 2024, 51 from 1 December.
    born = {"year_group": YearGroup.R, "pupil__date_of_birth": dt.date(2020, 9, 1)}
    child = room.joined("Ada", "Dale", **born)
    room.judged(child, 17)

    def told() -> tuple[str, str, str]:
        page = room.page()
        name = re.search(rf'id="p-{child.public_id}".*?</th>', written(room), re.DOTALL)
        assert name
        age = re.search(r'<span class="note">(.*?)</span>', name[0])
        return (
            age[1] if age else "",
            page.rows[str(child.public_id)][page.column(f"{AREA}.autumn")].text,
            "November" if "on 30 November 2024" in written(room) else "December",
        )

    def autumn_ends(day: dt.date) -> None:
        with visible_to(room.school):
            years.set_term_dates(
                school=room.school,
                academic_year=YEAR,
                term=TermName.AUTUMN,
                starts_on=dt.date(2024, 9, 2),
                ends_on=day,
                by=None,
            )

    autumn_ends(dt.date(2024, 11, 30))
    # At 50 months 15 to 20 are typical, at 51 18 to 20: what stands in the row follows the dates.
    assert told() == ("50 months", "17 at", "November")
    with visible_to(room.school):
        assert Judgement.objects.values_list("expected_low", "expected_high").get() == (15, 20)
    autumn_ends(dt.date(2024, 12, 1))
    assert told() == ("51 months", "17 below", "December")
    with visible_to(room.school):
        assert Judgement.objects.values_list("expected_low", "expected_high").get() == (18, 20)
    one = room.client.get(room.address(asked=f"pupils/{child.public_id}/?term=autumn"))
    assert "Reception, 51 months" in " ".join(one.content.decode().split())
    # Over the year it is the age at the end of the term in focus; in subjects nobody's age stands beside a name.
    over_the_year = written(room, "?term=spring", AREA)
    ends = years.default_term_dates(YEAR)[TermName.SPRING][1]
    months = (ends.year - 2020) * 12 + ends.month - 9
    assert f'<span class="note">{months} months</span>' in over_the_year


def test_a_sheet_of_subjects_names_no_ages(room: Classroom) -> None:
    assert " months</span>" not in written(room)


@pytest.mark.parametrize(
    ("year_groups", "term", "framework", "briefly", "sentences"),
    [
        (
            [YearGroup.R],
            AUTUMN,
            OF_2021,
            ["what is typical for age (derived)"],
            ["Colours compare with what is typical for the age"],
        ),
        (
            [YearGroup.N2],
            SUMMER,
            OF_2021,
            ["what is typical for age (derived)"],
            ["Colours compare with what is typical for the age"],
        ),
        ([YearGroup.R], SUMMER, OF_2012, ["the Early Learning Goal"], ["21 to 22 is expected."]),
        (
            [YearGroup.R],
            SUMMER,
            OF_2021,
            ["the Early Learning Goal"],
            ["21 or more is expected. There is no exceeding in the framework of 2021."],
        ),
        (
            [YearGroup.N2, YearGroup.R],
            SUMMER,
            OF_2012,
            ["what is typical for age (derived)", "the Early Learning Goal"],
            ["the tracker's own", "21 to 22 is expected."],
        ),
        ([], SUMMER, OF_2012, [], []),
    ],
)
def test_what_the_colours_compare_with_is_said_in_words(
    year_groups: list[YearGroup],
    term: AssessmentTerm,
    framework: EyfsFramework,
    briefly: list[str],
    sentences: list[str],
) -> None:
    said = judged_against(year_groups, term, dt.date(2025, 7, 18), framework)
    assert [words for words, _ in said] == briefly
    for (words, sentence), part in zip(said, sentences, strict=True):
        assert part.replace("the tracker's own", "this tracker's own rule (derived)") in sentence
        if words == "what is typical for age (derived)":
            assert "on 18 July 2025" in sentence


@on_areas
def test_the_sheet_and_its_summary_say_it_and_that_steps_have_no_colour(room: Classroom) -> None:
    room.judged(room.elsie, 20)
    room.judged(room.elsie, 21, term=3)
    autumn, summer = written(room), written(room, "?term=summer")
    assert "against what is typical for age (derived)" in Page(autumn).said("sheet-summary")
    assert "against the Early Learning Goal" in Page(summer).said("sheet-summary")
    for page in (autumn, summer):
        assert "In nursery and Reception steps are counted and have no colour." in page
    assert "this tracker&#x27;s own rule (derived)" in autumn
    assert "There is no exceeding in the framework of 2021." in summer
    assert "compare with" not in summer


# Codes, and the last judgement


def test_codes_of_the_early_years_are_offered_first_and_no_exceeding_under_2021() -> None:
    def first_of(framework: EyfsFramework) -> list[str]:
        layout = all_in_one_term(ALL_AREAS, AssessmentPoint(YEAR, AUTUMN), framework)
        return offered_codes(layout).split(";")

    assert first_of(OF_2012)[0] == "00-11e|0-11 months Entering|3|3"
    assert first_of(OF_2012)[13] == "30-50d|30-50 months Developing|16|16"
    assert first_of(OF_2012)[18] == "ELG|Early Learning Goal|21|22"
    assert first_of(OF_2021)[18] == "ELG|Early Learning Goal|21|21"
    of_subject = subject_over_the_year(READING, AssessmentPoint(YEAR, AUTUMN))
    assert offered_codes(of_subject).split(";")[0] == "1E|Year 1 Entering|23|24"


@on_areas
def test_the_last_judgement_in_that_area_stands_faintly(room: Classroom) -> None:
    last_summer(room, room.elsie, 15, areas=AREAS[:1])
    room.judged(room.elsie, 17, subject=AREAS[1])
    page = room.page(asked="?term=spring")
    cells = page.rows[str(room.elsie.public_id)]
    assert [cell.attributes.get("data-g") for cell in cells[:3]] == ["15", "17", None]
    with visible_to(room.school):
        before = Judgement.objects.count()
    # Summer sees Autumn's, where Spring has none.
    summer = room.page(asked="?term=summer").rows[str(room.elsie.public_id)]
    assert summer[1].attributes["data-g"] == "17"
    with visible_to(room.school):
        assert Judgement.objects.count() == before


@on_areas
def test_a_stage_code_is_understood_and_22_is_expected_under_2021(room: Classroom) -> None:
    assert room.save("30-50d").status_code == 200
    assert (
        room.save("ELG+", of=f"{AREA}.summer", address=room.address(asked="?term=summer")).status_code == 200
    )
    with visible_to(room.school):
        rows = Judgement.objects.order_by("term").values_list("points", "attainment", "expected_high")
        assert [tuple(row) for row in rows][1] == (22, 2, 101)
        assert rows[0][0] == 16


@on_areas
def test_the_file_of_the_sheet_has_the_ages(room: Classroom) -> None:
    room.joined("Ada", "Dale", pupil__date_of_birth=dt.date(2020, 9, 1))
    at = [room.school.urn, YEAR, room.group.public_id]
    rows = {}
    for sheet in ("areas", "reading"):
        file = room.client.get(reverse("class_marksheet_file", args=[*at, sheet, "csv"]) + "?term=autumn")
        rows[sheet] = file.content.decode("utf-8-sig").splitlines()
    assert rows["areas"][0].startswith("Pupil,Class,Year group,Age in months,")
    assert [line[:32] for line in rows["areas"] if "Dale" in line] == ['"Dale, Ada",R,Reception,51,,,,,,']
    assert "Age in months" not in rows["reading"][0]


# Folding


def folded(asked: str, refused: list[str] | None = None) -> Any:
    layout = all_in_one_term(ALL_AREAS, AssessmentPoint(YEAR, AUTUMN), OF_2021)
    waits = [(Pupil().public_id, key) for key in refused or []]
    return folding(layout, QueryDict(asked), waits)


def test_an_area_of_learning_folds_by_the_address_and_the_address_unfolds_it() -> None:
    found = folded("term=autumn&fold=literacy&fold=mathematics&fold=alchemy")
    assert [area.name for area in found.areas if area.is_folded] == ["Literacy", "Mathematics"]
    # The names are the first column; literacy is the eighth to the tenth area.
    assert found.classes == "no-9 no-10 no-11 no-12 no-13"
    literacy = next(area for area in found.areas if area.key == "literacy")
    assert (literacy.toggled, literacy.width) == ("?term=autumn&fold=mathematics", 3)
    world = next(area for area in found.areas if area.key == "understanding-the-world")
    assert world.toggled == "?term=autumn&fold=literacy&fold=mathematics&fold=understanding-the-world"
    assert "fold=understanding-the-world" not in world.alone
    assert world.alone.count("fold=") == 6
    assert found.unfolded == "?term=autumn"
    assert not folded("").is_any_folded


def test_one_area_of_learning_always_stays_and_so_does_one_where_something_was_refused() -> None:
    keys = [area.key for area in folded("").areas]
    everything = "&".join(f"fold={key}" for key in keys)
    assert [area.key for area in folded(everything).areas if not area.is_folded] == keys[:1]
    assert [area.key for area in folded(everything, ["e11.autumn"]).areas if not area.is_folded] == [
        "mathematics"
    ]
    of_one = subject_over_the_year(AREAS[0], AssessmentPoint(YEAR, AUTUMN))
    assert folding(of_one, QueryDict("fold=literacy")).areas == ()


@on_areas
def test_folded_columns_are_on_the_page_and_a_refused_cell_unfolds_its_own(room: Classroom) -> None:
    asked = "?term=autumn&fold=mathematics&fold=literacy"
    page = written(room, asked)
    assert 'is-wide no-9 no-10 no-11 no-12 no-13"' in page
    assert re.search(r'data-area="mathematics"[^>]* hidden>', page)
    assert re.search(r'data-folded="mathematics"><a', page)
    # Without script a sheet that is sent brings all its boxes, also the folded ones.
    refused: Any = room.send(elsie="nonsense", asked=asked)
    again = refused.content.decode()
    assert refused.status_code == 422
    assert 'is-wide no-9 no-10 no-11"' in again
    assert not re.search(r'data-area="mathematics"[^>]* hidden>', again)
    # The terms above the sheet keep it folded.
    assert re.search(r'href="[^"]*fold=mathematics[^"]*"[^>]*>Spring', page)


# The same as last time


def same(room: Classroom, line: str = "", asked: str = "?term=autumn", client: Any = None) -> Any:
    there = room.address(asked="") + f"same-again/{asked}"
    browser = client or room.client
    return browser.post(there, {"line": line}, follow=True) if line else browser.get(there)


def lines(answer: Any) -> dict[str, str]:
    """What each button says, by its line."""
    found = re.findall(r'name="line" value="([^"]*)">(.*?)</button>', answer.content.decode(), re.DOTALL)
    return {key: re.sub(r"<[^>]*>", "", words) for key, words in found}


@on_areas
def test_a_whole_area_is_filled_as_one_act_blanks_only_and_taken_back_by_one_undo(room: Classroom) -> None:
    joiner = room.joined("Ann", "Dale")
    last_summer(room, room.elsie, 15)
    last_summer(room, room.noah, 16)
    room.judged(room.noah, 18, subject=AREAS[0])
    asked = same(room)
    first, second = (f"{area.code.lower()}.autumn" for area in AREAS[:2])
    assert lines(asked)[first].startswith("Fill 1 blank of Listening")
    assert lines(asked)[second].startswith("Fill 2 blanks of Speaking")
    assert "1 with nothing before: stays empty" in " ".join(asked.content.decode().split())
    done = same(room, second)
    assert "2 judgements are the same as last time. Undo takes them back." in done.content.decode()
    with visible_to(room.school):
        rows = Judgement.objects.filter(academic_year=YEAR, subject=AREAS[1].number)
        assert dict(rows.values_list("pupil", "points")) == {room.elsie.pk: 15, room.noah.pk: 16}
        assert ChangeSet.objects.get(kind=ChangeKind.FILL).by == room.teacher
        assert not Judgement.objects.filter(pupil=joiner).exists()
    back = room.client.post(room.address(asked="") + "undo/?term=autumn", headers=HTMX)
    assert back.status_code == 200
    with visible_to(room.school):
        assert list(Judgement.objects.filter(academic_year=YEAR).values_list("points")) == [(18,)]


@on_areas
def test_a_whole_child_is_filled_and_what_is_folded_away_is_left(room: Classroom) -> None:
    last_summer(room, room.elsie, 15)
    room.judged(room.elsie, None, reason="absent", subject=AREAS[0])
    child = str(room.elsie.public_id)
    assert lines(same(room))[child].startswith("Fill 16 blanks of Brough, Elsie")
    asked = "?term=autumn&fold=literacy&fold=mathematics"
    assert lines(same(room, asked=asked))[child].startswith("Fill 11 blanks")
    with CaptureQueriesContext(connection) as of_one:
        same(room, child, asked)
    with visible_to(room.school):
        held = dict(Judgement.objects.filter(academic_year=YEAR).values_list("subject", "points"))
    assert held.pop(AREAS[0].number) is None
    assert set(held.values()) == {15}
    assert len(held) == 11
    last_summer(room, room.noah, 16)
    with CaptureQueriesContext(connection) as of_all:
        same(room, f"{AREA}.autumn", "?term=autumn")
    assert len(of_all) <= len(of_one)
    # A second press finds nothing: it is said, and nothing is written.
    assert "there is nothing to fill there" in same(room, child, asked).content.decode()


@pytest.mark.parametrize("room", [SUBJECT, AREA, AREAS_SHEET], indirect=True)
def test_only_open_terms_are_filled_also_by_whoever_may_change_closed_ones(room: Classroom) -> None:
    last_summer(room, room.elsie, 20, areas=[room.subject])
    assert "Fill 1 blank" in same(room).content.decode()
    room.close()
    head = signed_in(member(room.school, Role.HEAD))
    for client in (room.client, head):
        assert "Nothing to fill" in same(room, client=client).content.decode()
        same(room, room.named("mathematics.autumn"), client=client)
    assert room.stands() == {("Elsie", 3): (20, "")}
    senco = signed_in(member(room.school, Role.SENCO))
    assert same(room, client=senco).status_code == 302
    assert same(room, room.named("mathematics.autumn"), client=senco).status_code == 403


@pytest.mark.parametrize("room", [SUBJECT, AREA, AREAS_SHEET], indirect=True)
def test_where_all_is_closed_a_teacher_is_offered_no_tools_and_told_why_once(room: Classroom) -> None:
    tools = (
        "data-fill",
        "data-undo",
        "data-paste",
        "same-again/",
        "to-fill-in.xlsx",
        "bring-back/",
        "Save Autumn",
    )
    address = room.address(asked="?term=autumn")
    before = room.client.get(address).content.decode()
    assert [tool for tool in tools if tool not in before] == []
    room.close()
    closed = room.client.get(address).content.decode()
    if room.sheet != AREAS_SHEET:
        # Over the year there are terms that are open: the tools are for them.
        assert [tool for tool in tools if tool not in closed] == []
        with visible_to(room.school):
            for term in (TermName.SPRING, TermName.SUMMER):
                close_term(school=room.school, academic_year=YEAR, term=term, by=None)
        closed = room.client.get(address).content.decode()
    assert [tool for tool in tools if tool in closed] == []
    assert closed.count("Autumn is closed for entry. An assessment leader or the head can reopen it.") == 1
    # What was typed before, and waits in the browser, finds its sheet.
    assert "data-keep=" in closed
    assert "blank.pdf" in closed
    # With a reason a leader may.
    head = signed_in(member(room.school, Role.HEAD)).get(address).content.decode()
    assert [tool for tool in tools if tool not in head] == []


@on_areas
def test_whoever_enters_meanwhile_is_not_written_over(
    room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assessment.views import same_again

    last_summer(room, room.elsie, 15)
    real = same_again.sheet_pupils

    def meanwhile(*asked: Any) -> Any:
        # Between the question and the write.
        room.judged(room.elsie, 17)
        return real(*asked)

    monkeypatch.setattr(same_again, "sheet_pupils", meanwhile)
    done = same(room, f"{AREA}.autumn").content.decode()
    assert "1 cell was left alone" in done
    assert room.stands()["Elsie", 1] == (17, "")


# All other ways, on the sheet of all areas


@on_areas
def test_a_block_across_areas_is_pasted_and_taken_back_as_one(room: Classroom) -> None:
    there = room.address(asked="") + "paste/?term=autumn"
    first = AREAS[0].code.lower()
    sent = {"text": "16\tELG\n30-50d\t.", "of": f"{first}.autumn", "pupil": str(room.elsie.public_id)}
    sent["saw"] = json.dumps({"columns": [], "rows": []})
    shown = room.client.post(there, sent, headers=HTMX).content.decode()
    assert "4 understood" in shown
    cells = re.search(r'name="cells" value="([^"]*)"', shown)
    assert cells
    sent = {"cells": escaped.unescape(cells[1]), "confirm": "1"}
    assert room.client.post(there, sent, headers=HTMX).status_code == 200
    with visible_to(room.school):
        rows = Judgement.objects.order_by("pupil__surname", "subject")
        held = list(rows.values_list("points", "reason"))
    assert held == [(16, ""), (21, ""), (16, ""), (None, "absent")]
    room.client.post(room.address(asked="") + "undo/?term=autumn", headers=HTMX)
    assert room.stands() == {}


@on_areas
def test_the_blank_and_the_workbook_are_there(room: Classroom) -> None:
    last_summer(room, room.elsie, 15)
    for file in ("blank.pdf", "to-fill-in.xlsx", "sheet.xlsx", "sheet.csv"):
        answer = room.client.get(room.address(asked="") + f"{file}?term=autumn&fold=literacy")
        assert answer.status_code == 200, file
    assert "Word reading" in answer.content.decode()


@on_areas
def test_the_queries_of_the_page_do_not_grow_with_the_children(room: Classroom) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            written(room)
        return len(found)

    before = queries()
    with visible_to(room.school):
        for number in range(3):
            row = on_roll(room.school, YEAR, class_group=room.group, year_group=YearGroup.R)
            judged(row.pupil, YEAR, AUTUMN, 15 + number, subject=AREAS[number])
    assert queries() == before
    assert box(room.elsie, f"{AREA}.autumn") in written(room)
