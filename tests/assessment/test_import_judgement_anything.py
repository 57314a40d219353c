"""Whatever stands in a file of judgements, it is taken as it is meant or refused in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessment.engine import point_scale
from assessment.imports.judgement_cells import (
    read_academic_year,
    read_note,
    read_points_in,
    read_reason,
    read_term,
    read_upn,
)
from assessment.imports.judgements import read_judgements
from schools.imports import values
from schools.imports.report import FileRefused
from schools.imports.values import Unreadable
from schools.row_security import visible_to
from tests.assessment.judgement_files import (
    ELSIE,
    HEADINGS,
    WIDE,
    YEAR,
    Import,
    Write,
    in_csv,
    in_workbook,
)
from tests.factories import on_roll
from tests.schools.files import upn, write_csv

CODES = sorted(point_scale._POINTS_BY_CODE)
SCALE = [*range(1, 102), *CODES, *map(str.lower, CODES), *map(str, range(1, 102))]


@pytest.mark.parametrize("write", [in_csv, in_workbook])
def test_every_point_and_code_of_the_scale_comes_back_out_of_a_file(
    load: Import, tmp_path: Path, write: Write
) -> None:
    cells = [
        (child, subject, term)
        for child in range(100, 160)
        for subject in ("Reading", "Writing", "Maths", "Science")
        for term in ("Baseline", "Autumn", "Spring", "Summer")
    ]
    rows = [[upn(child), subject, "2025/26", term] for child, subject, term in cells[: len(SCALE)]]
    path = write(tmp_path, [HEADINGS, *([*row, said] for row, said in zip(rows, SCALE, strict=True))])
    with visible_to(load.school):
        for child in range(100, 160):
            on_roll(load.school, YEAR, pupil__upn=upn(child))
        file = read_judgements(path, school=load.school)
    assert [said.points for said in file.said] == [point_scale.read_points(str(said)) for said in SCALE]


ANYTHING = st.one_of(
    st.text(),
    st.text("0123456789.E+-eELGdms ", max_size=6),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


@given(ANYTHING)
def test_whatever_stands_for_points_is_on_the_scale_or_refused(cell: values.Cell) -> None:
    try:
        points = read_points_in(cell)
    except Unreadable as error:
        what = str(error)
    else:
        what = ""
        assert type(points) is int
        assert points in range(1, 102)
    assert what == "" or what.startswith(("is ", "holds "))


@pytest.mark.parametrize("read", [read_term, read_academic_year, read_reason, read_upn, read_note])
@given(cell=ANYTHING)
def test_whatever_stands_in_another_cell_is_read_or_refused(
    read: Callable[[values.Cell], object], cell: values.Cell
) -> None:
    with suppress(Unreadable):
        assert read(cell) is not None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(st.text(st.characters(codec="utf-8"), max_size=12), min_size=8, max_size=8),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_a_row_of_any_text_is_taken_or_refused_in_a_sentence(
    load: Import, tmp_path: Path, cells: list[str], encoding: str
) -> None:
    path = write_csv(
        tmp_path / "any.csv", [WIDE, [ELSIE, "Reading", "2025/26", "Autumn", *cells[:4]], cells], encoding
    )
    with visible_to(load.school), suppress(FileRefused):
        for said in read_judgements(path, school=load.school).said:
            assert said.points is None or 1 <= said.points <= 101
