"""Names and notes that mean harm: no file has a cell that a spreadsheet would run, and no PDF fetches what a name says."""

from __future__ import annotations

import csv
import io
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, reverse
from openpyxl import load_workbook

from reports.documents.tables import Table
from reports.exports.csv import to_csv
from reports.exports.excel import to_xlsx
from schools.calendar import AcademicYear
from schools.models import Role, School, User
from schools.row_security import visible_to
from tests.conftest import member, signed_in
from tests.isolation.test_door import BEHIND, address, names_in, trying
from tests.isolation.test_partnership_door import BEHIND as OF_PARTNERSHIPS
from tests.isolation.test_partnership_door import address as partnership_address
from tests.isolation.test_partnership_door import lead_of
from tests.isolation.two_schools import WholeSchool, whole_school

pytestmark = pytest.mark.usefixtures("unmeasured")
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def may_run(cell: object) -> bool:
    """Whether a spreadsheet would take the text for a formula; a number is none."""
    if not isinstance(cell, str) or not cell.startswith(STARTS):
        return False
    try:
        float(cell)
    except ValueError:
        return True
    return False


def cells_of(content: bytes) -> list[object]:
    if not content.startswith(b"PK"):
        return [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row]
    workbook = load_workbook(io.BytesIO(content))
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row]
    # A file to fill in has formulas of its own, and no name in them.
    formulas = [str(cell.value) for cell in cells if cell.data_type == "f"]
    assert not [formula for formula in formulas if re.search(r"cmd|SUM\(1\)|HYPERLINK", formula)]
    return [cell.value for cell in cells if cell.data_type != "f"]


@pytest.fixture
def hostile(school: School, year: AcademicYear) -> WholeSchool:
    """A school in which whatever has a name has one that a spreadsheet would run."""
    whole = whole_school(school, year, "=cmd|' /C calc'!A0")
    with visible_to(school):
        whole.pupil.forename = whole.pupil.preferred_forename = "+SUM(1)"
        whole.pupil.save()
        whole.class_group.name = "@SUM(1)"
        whole.class_group.save()
        whole.group.name = "-SUM(1)"
        whole.group.save()
    whole.teacher.name = "\t=SUM(1)"
    whole.teacher.save()
    school.name = "=HYPERLINK(1)"
    school.save()
    return whole


def files(hostile: WholeSchool, year: AcademicYear) -> Iterator[tuple[URLPattern, User, str]]:
    head, lead = member(hostile.school, Role.HEAD), lead_of(hostile.school.partnership)
    for pattern in BEHIND:
        there = address(pattern, hostile, year)
        if "file_format" in names_in(pattern):
            yield pattern, head, there
            yield pattern, head, there.replace(".csv", ".xlsx")
        elif str(pattern.name).endswith(("_workbook", "_xlsx")):
            yield pattern, head, there
    for pattern in OF_PARTNERSHIPS:
        if "file_format" in names_in(pattern):
            there = partnership_address(pattern, hostile.school.partnership, year)
            yield pattern, lead, there
            yield pattern, lead, there.replace(".csv", ".xlsx")


def test_no_file_has_a_cell_that_a_spreadsheet_would_run(
    subtests: pytest.Subtests, hostile: WholeSchool, year: AcademicYear
) -> None:
    found, with_names = 0, 0
    for pattern, user, there in files(hostile, year):
        with trying(subtests, pattern):
            answer = signed_in(user).get(there)
            assert answer.status_code in {200, 302, 404}
            if answer.status_code == 200:
                cells = cells_of(answer.content)
                assert [cell for cell in cells if may_run(cell)] == []
                found += 1
                with_names += any(isinstance(cell, str) and cell.startswith("'") for cell in cells)
    assert found > 60
    assert with_names > 15


@pytest.mark.parametrize("start", STARTS)
def test_each_beginning_is_defused_in_headings_and_cells(start: str) -> None:
    text = f"{start}SUM(1)"
    # A carriage return within a cell would begin a line, and so a cell.
    inside = f"Ann\r{start}SUM(1)\r\n{start}SUM(2)"
    table = Table(title=text, headings=(text, "plain"), rows=[(text, -1), (inside, "last")])
    for content in (to_csv(table), to_xlsx(table)):
        cells = cells_of(content)
        assert len(cells) == 6
        assert not [cell for cell in cells if may_run(cell)]


@pytest.fixture
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """A port of this machine that notes who comes."""
    came: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        ended = threading.Event()

        def listen() -> None:
            while not ended.is_set():
                try:
                    caller, _ = server.accept()
                except TimeoutError:
                    continue
                with caller:
                    came.append(caller.recv(1000))

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], came
        ended.set()
        thread.join()


def test_a_pdf_fetches_nothing_that_a_name_says(
    hostile: WholeSchool, year: AcademicYear, listener: tuple[int, list[bytes]], tmp_path: Path
) -> None:
    port, came = listener
    secret = tmp_path / "secret.css"
    secret.write_text("h1::after { content: 'a secret of the machine' }")
    markup = (
        f'<img src="http://127.0.0.1:{port}/name.png"><link rel="stylesheet" href="file://{secret}">'
        f"<style>@import url(http://127.0.0.1:{port}/x.css)</style>"
        f'<a rel="attachment" href="file://{secret}">x</a><iframe src="file:///etc/passwd"></iframe>'
    )
    School.objects.filter(pk=hostile.school.pk).update(name=markup[:100])
    with visible_to(hostile.school):
        hostile.pupil.surname = markup[:100]
        hostile.pupil.forename = markup[100:200]
        hostile.pupil.save()
        hostile.class_group.name = f'<img src="http://127.0.0.1:{port}/">'
        hostile.class_group.save()
    head = signed_in(member(hostile.school, Role.HEAD))
    at = [hostile.school.urn, year]
    for there in (
        reverse("pupil_progress_pdf", args=[*at, hostile.pupil.public_id]),
        reverse("class_marksheet_blank", args=[*at, hostile.class_group.public_id, "mathematics"]),
        reverse("governors_pack_pdf", args=at),
    ):
        answer = head.get(there)
        assert answer.status_code == 200
        assert answer.content.startswith(b"%PDF")
        assert b"/EmbeddedFile" not in answer.content
    assert came == []
