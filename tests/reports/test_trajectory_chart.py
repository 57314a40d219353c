"""The chart of one pupil: lengths worked out by hand, gaps, and what is drawn apart."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from reports.charts import PRINT, SCREEN, TermSpot, YearColumn, trajectory_chart

SVG = "{http://www.w3.org/2000/svg}"


def spot(name: str, points: int | None, band: tuple[int, int] | None, kind: str = "at", **more) -> TermSpot:
    return TermSpot(name, points, kind=kind if points else "", word=kind if points else "", band=band, **more)


def year(label: str, *points: int | None, first: int = 43, **more) -> YearColumn:
    """Bands of two points, two apart: 43 to 44, 45 to 46, 47 to 48."""
    spots = tuple(
        spot(f"{term} {label}", value, (first + 2 * place, first + 2 * place + 1))
        for place, (term, value) in enumerate(zip(("Autumn", "Spring", "Summer"), points, strict=True))
    )
    return YearColumn(label, "Year 4", spots, **more)


def chart(*columns: YearColumn, palette=PRINT):
    return trajectory_chart(
        columns, identity="points-reading", title="Reading", palette=palette, width=348, height=120
    )


def paths(svg: str) -> list[str]:
    return [path.get("d", "") for path in ET.fromstring(svg).iter(f"{SVG}path")]


def line(svg: str) -> str:
    """The line of the subject: the last path of straight strokes that is not closed."""
    return [path for path in paths(svg) if re.fullmatch(r"(?:[ML][\d. ]+)+", path)][-1]


def test_a_point_lies_where_its_term_and_points_are():
    # 348 less 34 and 14 leaves 300 for a year: the ends of its terms at a sixth, a half, five sixths.
    # 40 to 50 in steps of 5 on 120, from 26 to 146: 12 a point.
    assert line(chart(year("2025/26", 43, 45, 48)).svg) == "M84 110L184 86L284 50"


def test_a_missing_term_is_a_gap_and_never_nought():
    drawn = chart(year("2025/26", 43, None, 48))
    assert line(drawn.svg) == "M84 110M284 50"
    assert drawn.rows[1] == ("Spring 2025/26", "Year 4", "not judged", "", "")
    assert "Spring 2025/26, Year 4: not judged." in drawn.said


def test_terms_before_the_first_and_after_the_last_are_not_missing():
    assert [row[0] for row in chart(year("2025/26", None, 45, None)).rows] == ["Spring 2025/26"]
    assert chart(year("2025/26", None, None, None)).rows == ()
    assert chart().rows == ()


def test_the_band_goes_on_where_a_pupil_goes_up_and_breaks_off_where_a_year_is_repeated():
    # Half a point beyond the range on either side: 44.5 is 92, 42.5 is 116.
    (band,) = [
        path for path in paths(chart(year("2025/26", 43, 45, 48)).svg) if path.endswith("z") and "L" in path
    ]
    assert band.startswith("M84 92L184 68L284 44L284 68L184 92L84 116")

    def bands(is_joined: bool) -> int:
        svg = chart(
            year("2025/26", 43, 45, 48), year("2026/27", 50, 52, 54, first=50, is_joined=is_joined)
        ).svg
        return sum(path.endswith("z") and path.count("L") >= 5 for path in paths(svg))

    assert (bands(True), bands(False)) == (1, 2)


def test_a_baseline_is_a_diamond_and_no_part_of_the_line():
    of_year = year("2025/26", 43, 45, 48, baseline=TermSpot("Baseline 2025/26", 41))
    drawn = chart(of_year)
    # With 41 the plot begins at 35: 8 a point.
    assert line(drawn.svg) == "M84 82L184 66L284 42"
    # Where the year begins; 41 is at 98.
    assert "M34 93l5 5l-5 5l-5 -5z" in paths(drawn.svg)
    assert drawn.rows[0] == ("Baseline 2025/26", "Year 4", "41", "", "")


def test_an_area_is_dashed_and_has_no_band():
    area = YearColumn(
        "2024/25", "Reception", tuple(spot(f"T{n}", 41 + n, None, is_apart=True) for n in range(3))
    )
    root = ET.fromstring(chart(area, year("2025/26", 43, 45, 48)).svg)
    dashed = [path.get("d", "") for path in root.iter(f"{SVG}path") if path.get("stroke-dasharray")]
    assert [path.count("L") for path in dashed] == [2]
    assert line(chart(area, year("2025/26", 43, 45, 48)).svg).count("L") == 2


def test_a_single_expected_term_still_has_a_band_and_a_year_without_record_says_so():
    alone = YearColumn(
        "2025/26",
        "",
        (TermSpot("Autumn", 44, band=(43, 44)), TermSpot("Spring", None), TermSpot("Summer", None)),
    )
    drawn = chart(alone)
    assert any(path.startswith("M79 ") and path.endswith("z") for path in paths(drawn.svg))
    assert "no record" in drawn.svg
    assert drawn.rows == (("Autumn", "", "44", "", ""),)


def test_on_a_page_it_is_painted_by_classes_and_what_it_shows_is_told():
    svg = chart(year("2025/26", 43, 45, 48), palette=SCREEN).svg
    assert 'class="chart-band"' in svg
    assert "#" not in svg
    assert "style=" not in svg
    root = ET.fromstring(svg)
    assert root.find(f"{SVG}title").text == "Reading"  # type: ignore[union-attr]
    assert root.find(f"{SVG}desc").text.startswith("Autumn 2025/26, Year 4: 43 (at).")  # type: ignore[union-attr]
