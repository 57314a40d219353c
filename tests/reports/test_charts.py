"""Charts: what is drawn where, by lengths worked out by hand; what a reader is told; what is never drawn."""

from __future__ import annotations

import re
from decimal import Decimal
from xml.etree import ElementTree as ET

from reports.charts import PRINT, SCREEN, Bar, Segment, Series, line_chart, mark, stacked_bars

WORDS = {"below": "below", "at": "at", "above": "above", "at-or-above": "at or above"}
SVG = "{http://www.w3.org/2000/svg}"


def bars(*rows: Bar, palette=PRINT, title="Year 1"):
    return stacked_bars(
        rows, identity="a-chart", title=title, words=WORDS, axis="at or above", palette=palette, width=360
    )


def three(below: int, at: int, above: int, label="Reading") -> Bar:
    parts = (("below", below), ("at", at), ("above", above))
    return Bar(label, tuple(Segment(kind, size, str(size)) for kind, size in parts), figure="75%")


def drawn(svg: str, tag: str) -> list[ET.Element]:
    return list(ET.fromstring(svg).iter(f"{SVG}{tag}"))


def test_a_bar_is_as_long_as_its_counts():
    # 360 less 88 of labels and 44 of figures leaves 228: of 40 pupils each is 5.7. A gap of 2 stands between.
    rects = drawn(bars(three(10, 20, 10)).svg, "rect")
    assert [(rect.get("x"), rect.get("width")) for rect in rects] == [
        ("88", "55"),
        ("145", "112"),
        ("259", "57"),
    ]
    assert [rect.get("fill") for rect in rects] == ["#d9534a", "#7cc096", "#2f6fc9"]


def test_a_part_of_nobody_is_not_drawn_and_still_told():
    chart = bars(three(0, 30, 0))
    assert [rect.get("width") for rect in drawn(chart.svg, "rect")] == ["228"]
    assert [text.text for text in drawn(chart.svg, "text")] == [
        "at or above",
        "Reading",
        "75%",
        "0",
        "30",
        "0",
    ]


def test_a_line_whose_figures_are_hidden_has_no_bar_and_says_so():
    chart = bars(Bar("Writing", ()))
    assert drawn(chart.svg, "rect") == []
    assert "not shown" in [text.text for text in drawn(chart.svg, "text")]
    assert drawn(chart.svg, "desc")[0].text == "Writing: not shown."
    assert chart.rows == (("Writing", "", "", "", "", "not shown"),)


def test_two_parts_told_together_bear_both_marks():
    together = Bar("Writing", (Segment("below", 12, "12"), Segment("at-or-above", 24, "24")), figure="67%")
    svg = bars(together).svg
    assert [rect.get("width") for rect in drawn(svg, "rect")] == ["74", "152"]
    # A triangle down; then a circle and a triangle up.
    assert len(drawn(svg, "circle")) == 1
    assert [path.get("d", "").split("h7")[1] for path in drawn(svg, "path")] == ["l-3.5 6z", "l-3.5 -6z"]


def test_the_figures_stand_beside_it_as_a_table_and_in_its_description():
    chart = bars(three(10, 20, 10), Bar("Writing", (), note="nobody counted"))
    assert chart.headings == ("", "below", "at", "above", "at or above", "at or above")
    assert chart.rows == (
        ("Reading", "10", "20", "10", "", "75%"),
        ("Writing", "", "", "", "", "nobody counted"),
    )
    assert (
        drawn(chart.svg, "desc")[0].text
        == "Reading: below 10, at 20, above 10; at or above 75%. Writing: nobody counted."
    )


def test_a_reader_is_told_what_it_is():
    root = ET.fromstring(bars(three(1, 2, 3)).svg)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "a-chart-title a-chart-desc"
    assert root.find(f"{SVG}title").text == "Year 1"  # type: ignore[union-attr]
    assert root.get("font-family", "").startswith("Inter")


def test_text_is_text_and_never_markup():
    chart = bars(three(1, 2, 3, label="<b>&\"'"), title="<script>")
    assert "<script>" not in chart.svg
    assert "<b>" not in chart.svg
    assert "<b>&\"'" in [text.text for text in drawn(chart.svg, "text")]


def test_on_a_page_colours_come_from_classes_and_nothing_is_styled_in_place():
    svg = bars(three(1, 2, 3), Bar("Writing", ()), palette=SCREEN).svg
    assert 'class="chart-below"' in svg
    assert "#" not in svg
    assert "style=" not in svg
    # On paper the other way round: variables in SVG print black.
    assert "class=" not in bars(three(1, 2, 3), Bar("Writing", ())).svg


def lightness(colour: str) -> float:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_neighbours_differ_in_lightness_so_that_grey_prints_tell_them_apart():
    for left, right in (("below", "at"), ("at", "above"), ("below", "at-or-above"), ("below-or-at", "above")):
        assert abs(lightness(PRINT.colours[left]) - lightness(PRINT.colours[right])) > 40
    assert abs(lightness(PRINT.colours["below"]) - lightness(PRINT.colours["above"])) > 15


def test_marks_have_shapes_of_their_own():
    assert len({re.sub(r"fill=\"[^\"]+\"", "", mark(kind, PRINT)) for kind in ("below", "at", "above")}) == 3
    assert 'aria-hidden="true"' in mark("at", PRINT)


def line(*cohort, comparator=None):
    return line_chart(
        ["Autumn", "Spring", "Summer"],
        Series("this cohort", cohort),
        comparator,
        identity="over-time",
        title="Year 4 reading",
        axis="at or above",
        palette=PRINT,
        width=540,
    )


def test_a_line_runs_through_its_values():
    # 60 to 72 in steps of 5 lie between 60 and 75; 150 high from 30 to 180: 10 a point of a per cent.
    # Across 540 less 40 and 12 and twice 8: 472, from 48 to 520.
    paths = [path.get("d") for path in drawn(line(60, Decimal(66), 72).svg, "path")]
    assert paths[-1] == "M48 180L284 120L520 60"
    assert paths[:4] == ["M40 180H528", "M40 130H528", "M40 80H528", "M40 30H528"]


def test_what_it_is_compared_with_is_dashed_behind_it():
    paths = drawn(line(60, 66, 72, comparator=Series("school", (62, 63, 64))).svg, "path")
    assert [path.get("stroke-dasharray") for path in paths[-2:]] == ["4 4", None]
    assert [path.get("stroke") for path in paths[-2:]] == ["#7f8b9a", "#2f4b8f"]


def test_a_hidden_value_leaves_a_gap_and_is_said():
    chart = line(60, None, 72)
    assert drawn(chart.svg, "path")[-1].get("d") == "M48 180M520 60"
    assert chart.rows == (("Autumn", "60%"), ("Spring", "not shown"), ("Summer", "72%"))
    assert drawn(chart.svg, "desc")[0].text == "this cohort: Autumn 60%, Spring not shown, Summer 72%."


def test_a_line_s_name_stands_clear_of_the_line():
    def name_of(*values):
        return next(t for t in drawn(line(*values).svg, "text") if t.text.startswith("this cohort"))

    # Rising to its end at 60: the name 10 above it. It is 15 letters of 9 long, so it begins at 391.
    assert (name_of(60, 66, 72).get("x"), name_of(60, 66, 72).get("y")) == ("526", "50")
    # There a line that falls from 30 at 284 to 180 at 520 lies at 98: the name stands above that, not above its end.
    assert name_of(60, 75, 60).get("y") == "88"


def test_names_that_have_no_room_stand_in_short_in_two_lines_and_in_full_in_the_table():
    terms = ["N2 Autumn", "N2 Spring", "R Autumn"]
    chart = line_chart(
        terms,
        Series("the same children", (60, 66, 72)),
        identity="over-time",
        title="Number",
        axis="at or above",
        palette=PRINT,
        feet=(["Aut", "Spr", "Now"], ["N2", "", "R"]),
    )
    below = [
        (text.text, text.get("y"))
        for text in drawn(chart.svg, "text")
        if float(text.get("y")) > 180 and text.get("text-anchor") == "middle"
    ]
    assert below == [("Aut", "201"), ("Spr", "201"), ("Now", "201"), ("N2", "217"), ("R", "217")]
    assert 'height="223"' in chart.svg
    assert [name for name, _ in chart.rows] == terms


def test_a_line_without_any_value_is_an_empty_grid():
    assert drawn(line(None, None, None).svg, "path")[-1].get("d") == ""
