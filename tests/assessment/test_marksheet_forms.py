"""What is typed into a marksheet: every code of the scale, the reasons, and whatever else a hand may type."""

from __future__ import annotations

import uuid
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assessment.engine.point_scale import code_of, label_of
from assessment.forms.marksheets import (
    NOTHING,
    CellForm,
    MarksheetForm,
    Sight,
    TypedCell,
    Value,
    read_sight,
    read_value,
    typed_cells,
)
from assessment.views.cells import value_of
from schools.calendar import TermName, YearGroup

PUPIL, OTHER = uuid.UUID(int=7), uuid.UUID(int=8)
OF = "reading.autumn"
RULE = (
    " is not on the scale. Type 1 to 101 or a code such as 4D2, 30-50d or ELG;"
    " a full stop for absent, x for not required."
)


@pytest.mark.parametrize("points", range(1, 102))
def test_every_point_is_read_as_a_number_and_by_the_code_that_any_year_group_is_shown(points: int) -> None:
    spellings = {str(points)} | {code_of(points, year_group) for year_group in YearGroup}
    for spelling in spellings:
        for typed in (spelling, spelling.lower(), spelling.upper(), f" {spelling}\t"):
            assert read_value(typed) == Value(points, "")


@pytest.mark.parametrize(
    ("typed", "points"),
    [
        ("4e", 44),
        ("4E2", 45),
        ("4d", 46),
        ("4D2", 47),
        ("4s", 48),
        ("4s3", 50),
        ("4m", 51),
        ("4M2", 52),
        ("11m2", 101),
        ("00-11e", 3),
        ("0-11e", 3),
        ("30-50d", 16),
        ("30 \N{EN DASH} 50 d", 16),
        ("40-60s", 20),
        ("elg", 21),
        ("ELG+", 22),
        ("year 4  securing", 48),
        ("007", 7),
    ],
)
def test_codes_are_read_in_any_case(typed: str, points: int) -> None:
    assert read_value(typed) == Value(points, "")


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        (".", "absent"),
        (" . ", "absent"),
        ("absent", "absent"),
        ("ABSENT", "absent"),
        ("x", "not_required"),
        ("X", "not_required"),
        ("Not  Required", "not_required"),
        ("new", "new"),
        ("New", "new"),
    ],
)
def test_reasons_are_read_by_their_key_and_in_words(typed: str, reason: str) -> None:
    assert read_value(typed) == Value(None, reason)


@pytest.mark.parametrize("typed", ["", " ", "\t\n", "\N{NO-BREAK SPACE}"])
def test_blanks_empty_a_cell(typed: str) -> None:
    assert read_value(typed) == NOTHING == Value(None, "")


@pytest.mark.parametrize("value", [Value(1, ""), Value(101, ""), Value(None, "absent"), NOTHING])
@pytest.mark.parametrize("reason", ["absent", "new", "not_required"])
def test_what_a_cell_shows_is_read_back_as_the_same(value: Value, reason: str) -> None:
    assert read_value(value_of(*value)) == value
    assert read_value(value_of(None, reason)) == Value(None, reason)


@pytest.mark.parametrize(
    "typed",
    [
        "0",
        "102",
        "-1",
        "4.5",
        "4 4",
        "1000",
        "4x1",
        "4s4",
        "12e",
        "..",
        "xx",
        "x.",
        "٤٤",
        "²",
        "1e3",
        "=1+1",
        "n/a",
    ],
)
def test_anything_else_is_refused_in_words_that_say_what_there_is(typed: str) -> None:
    with pytest.raises(ValueError, match=r"is not on the scale\. Type 1 to 101") as refused:
        read_value(typed)
    assert str(refused.value) == f"“{typed}”{RULE}"


def test_text_that_is_shown_again_is_shortened() -> None:
    with pytest.raises(ValueError, match="is not on the scale") as refused:
        read_value("a" * 30)
    assert str(refused.value) == f"“{'a' * 30}”{RULE}"
    with pytest.raises(ValueError, match="is not on the scale") as refused:
        read_value("b " * 5000)
    assert str(refused.value) == f"“{'b ' * 15}…”{RULE}"


@given(st.text())
@example("<script>alert(1)</script>")
@example("'; DROP TABLE assessment_judgement; --")
@example("\x00")
@example("9" * 5000)
@example("\ud800")
def test_whatever_is_typed_is_a_value_or_is_refused_in_a_line(typed: str) -> None:
    refusal, value = "", NOTHING
    try:
        value = read_value(typed)
    except ValueError as error:
        refusal = str(error)
    assert value.reason in {"", "absent", "new", "not_required"}
    assert value.points is None or (1 <= value.points <= 101 and not value.reason)
    assert not refusal or (refusal.endswith(RULE) and len(refusal) <= len(RULE) + 33)


# What was seen


@pytest.mark.parametrize(
    ("sent", "sight"),
    [
        ("0:", Sight(0, NOTHING)),
        ("3:47", Sight(3, Value(47, ""))),
        ("2:absent", Sight(2, Value(None, "absent"))),
        ("1:not required", Sight(1, Value(None, "not_required"))),
        ("1:new", Sight(1, Value(None, "new"))),
    ],
)
def test_a_sight_is_a_version_and_what_stood_there(sent: str, sight: Sight) -> None:
    assert read_sight(sent) == sight


@pytest.mark.parametrize(
    "sent",
    [
        "",
        ":",
        "47",
        "a:47",
        "1.5:47",
        "1:nonsense",
        "1:0",
        ":47",
        "-1:47",
        "+1:47",
        "1_0:47",
        "٣:47",
        "9" * 5000 + ":",
    ],
)
def test_anything_else_is_no_sight(sent: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        read_sight(sent)


@given(st.text())
def test_whatever_is_sent_is_a_sight_or_none(sent: str) -> None:
    with suppress(ValueError):
        assert isinstance(read_sight(sent), Sight)


# The form without script


def test_of_a_column_those_cells_count_whose_text_is_another_than_was_seen() -> None:
    data = {
        "csrfmiddlewaretoken": "secret",
        f"v-{PUPIL}-{OF}": "45",
        f"s-{PUPIL}-{OF}": "1:44",
        f"v-{OTHER}-{OF}": "4E1",
        f"s-{OTHER}-{OF}": "3:44",
    }
    assert typed_cells(data) == [TypedCell(PUPIL, OF, "45", Sight(1, Value(44, "")))]


@pytest.mark.parametrize(
    ("text", "saw"),
    [
        ("44", "1:44"),
        (" 44 ", "1:44"),
        ("", "0:"),
        (".", "2:absent"),
        ("x", "2:not required"),
        ("4e", "1:44"),
    ],
)
def test_a_cell_that_says_what_was_seen_is_not_sent_on(text: str, saw: str) -> None:
    assert typed_cells({f"v-{PUPIL}-{OF}": text, f"s-{PUPIL}-{OF}": saw}) == []


@pytest.mark.parametrize(
    ("text", "saw"), [("", "1:44"), ("44", "0:"), ("nonsense", "0:"), (".", "1:new"), ("nonsense", "1:44")]
)
def test_emptied_filled_and_unreadable_cells_are_sent_on(text: str, saw: str) -> None:
    assert typed_cells({f"v-{PUPIL}-{OF}": text, f"s-{PUPIL}-{OF}": saw}) == [
        TypedCell(PUPIL, OF, text, read_sight(saw))
    ]


@pytest.mark.parametrize(
    "data",
    [
        {"v-": "44", "s-": "0:"},
        {f"v-nobody-{OF}": "44", f"s-nobody-{OF}": "0:"},
        {f"v-{PUPIL}": "44", f"s-{PUPIL}": "0:"},
        {f"v-{PUPIL}-": "44", f"s-{PUPIL}-": "0:"},
        {f"v-{PUPIL}-<b>": "44", f"s-{PUPIL}-<b>": "0:"},
        {f"v-{PUPIL}-{'a' * 61}": "44", f"s-{PUPIL}-{'a' * 61}": "0:"},
        {f"v-{PUPIL}-{OF}": "44", f"s-{PUPIL}-writing.autumn": "0:"},
        {f"w-{PUPIL}-{OF}": "44", f"s-{PUPIL}-{OF}": "0:"},
        {f"v-{PUPIL}-{OF}": "44"},
        {f"v-{PUPIL}-{OF}": "44", f"s-{OTHER}-{OF}": "0:"},
        {f"v-{PUPIL}-{OF}": "44", f"s-{PUPIL}-{OF}": "nothing"},
        {f"v-{{{PUPIL}}}-{OF}": "44", f"s-{{{PUPIL}}}-{OF}": "0:"},
        {f"v-{PUPIL.hex}-{OF}": "44", f"s-{PUPIL.hex}-{OF}": "0:"},
        {f"v-urn:uuid:{PUPIL}-{OF}": "44", f"s-urn:uuid:{PUPIL}-{OF}": "0:"},
    ],
)
def test_boxes_that_are_not_of_the_form_are_left_out(data: dict[str, str]) -> None:
    assert typed_cells(data) == []


# A cell of the grid, and what a sheet is asked for

SENT = {"pupil": str(PUPIL), "of": OF, "value": "4d2", "saw": "0:"}


def test_a_cell_of_the_grid_is_read() -> None:
    form = CellForm(SENT)
    assert form.is_valid()
    assert form.cell == TypedCell(PUPIL, OF, "4d2", Sight(0, NOTHING))


@pytest.mark.parametrize(
    "wrong",
    [
        {"pupil": "nobody"},
        {"pupil": ""},
        {"of": "a" * 61},
        {"of": ""},
        {"saw": ""},
        {"saw": "nothing"},
        {"value": "\x00"},
        {"value": "a" * 201},
        {"because": "a" * 501},
    ],
)
def test_a_cell_of_the_grid_with_a_part_that_is_none_is_refused(wrong: dict[str, str]) -> None:
    assert not CellForm(SENT | wrong).is_valid()


@pytest.mark.parametrize(
    ("asked", "term", "earlier"),
    [
        ({}, None, None),
        ({"term": "spring", "earlier": "5"}, TermName.SPRING, 5),
        ({"term": "winter", "earlier": "2"}, None, 2),
        ({"term": "summer", "earlier": "6"}, TermName.SUMMER, None),
        ({"term": "1", "earlier": "-1"}, None, None),
    ],
)
def test_what_a_sheet_is_asked_for_is_read_each_by_itself(
    asked: dict[str, str], term: TermName | None, earlier: int | None
) -> None:
    form = MarksheetForm(asked)
    form.is_valid()
    assert (form.cleaned_data.get("term"), form.cleaned_data.get("earlier")) == (term, earlier)


@pytest.mark.parametrize("year_group", [YearGroup.Y1, YearGroup.Y4, YearGroup.Y9])
def test_a_stage_in_words_is_its_first_point(year_group: YearGroup) -> None:
    start = 7 * year_group + 16
    assert read_value(label_of(start + 2, year_group)) == Value(start + 2, "")
