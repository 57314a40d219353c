"""Whatever a column is called like, in whatever order, and whatever stands in a cell: known headings are known, and a file comes in whole or not at all."""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.exceptions import IllegalCharacterError

from assessment.models import Judgement
from schools.calendar import AcademicYear, YearGroup
from schools.imports.pupils import HEADINGS, read_pupils
from schools.models import ChangeSet, Pupil, PupilYear, Role, School
from schools.row_security import visible_to
from tests.conftest import member, signed_in
from tests.schools.files import as_csv, upn, write_workbook
from tests.schools.test_roll_loading import load, row

quick = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
in_database = settings(quick, max_examples=25)

SCHOOL = School(name="Example First School", urn="123456", dfe_number="8601234")
# Of each field that a roll keeps one cell that says something, of a pupil in Year 3.
SAYS: dict[str, str] = {
    "legal_surname": "Brough",
    "legal_forename": "Elizabeth",
    "dob": "15/01/2018",
    "nc_year": "3",
    "upn": upn(1),
    "preferred_forename": "Elsie",
    "sex": "F",
    "class": "3B",
    "sen_status": "K",
    "ethnicity": "WBRI",
    "attendance_pct": "97.2",
    "pupil_premium": "Y",
    "eal": "N",
    "entry_date": "2022-09-05",
}
NEEDED = ("legal_surname", "legal_forename", "dob", "nc_year")
NOISE = st.sampled_from(["", "", " ", "  ", "-", "_", ".", "\t", "\u00a0", ":"])


@st.composite
def spelled(draw: st.DrawFn, heading: str) -> str:
    """The heading with other capitals, and what people put between letters."""
    letters = [
        (each.upper() if draw(st.booleans()) else each.lower())
        + (draw(NOISE) if draw(st.integers(0, 4)) == 0 else "")
        for each in heading
    ]
    return draw(st.sampled_from(["", " ", "\ufeff"])) + "".join(letters)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[str]], list[str], set[str]]:
    """A roll of one pupil: some of the fields, each under one of its headings, and unknown columns, in any order; with the unknown headings and the fields."""
    more = draw(st.sets(st.sampled_from(sorted(SAYS.keys() - set(NEEDED)))))
    names = [*NEEDED, *sorted(more)]
    unknown = draw(st.lists(st.from_regex(r"zz[a-z]{3,8}", fullmatch=True), max_size=4, unique=True))
    columns = [(draw(spelled(draw(st.sampled_from(list(_plain(name)))))), SAYS[name]) for name in names]
    columns += [(heading, "whatever") for heading in unknown]
    columns = draw(st.permutations(columns))
    return [[heading for heading, _ in columns], [cell for _, cell in columns]], unknown, set(names)


def _plain(name: str) -> Sequence[str]:
    return HEADINGS.fields[name]


@quick
@given(
    table=tables(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    separator=st.sampled_from(",;\t"),
)
def test_a_known_heading_is_known_however_it_is_written_and_wherever_it_stands(
    tmp_path: Path, table: tuple[list[list[str]], list[str], set[str]], encoding: str, separator: str
) -> None:
    rows, unknown, names = table
    path = tmp_path / "roll.csv"
    path.write_bytes(as_csv(rows, separator).encode(encoding))

    file = read_pupils(path, school=SCHOOL)

    assert [str(problem) for problem in file.problems] == []
    assert set(file.table.columns) == names
    # What nobody knows is said, and keeps nothing out.
    assert sorted(file.table.unknown_headings) == sorted(unknown)
    (pupil,) = file.rows
    assert (pupil.surname, pupil.forename, pupil.date_of_birth, pupil.year_group) == (
        "Brough",
        "Elizabeth",
        dt.date(2018, 1, 15),
        YearGroup.Y3,
    )
    assert pupil.upn == (upn(1) if "upn" in names else "")
    for name, attribute, said in (
        ("sex", "sex", "F"),
        ("class", "class_name", "3B"),
        ("eal", "is_eal", False),
    ):
        assert (getattr(pupil, attribute) == said) is (name in names)


# What people and programs leave in cells, beside anything at all.
ODD = st.sampled_from(
    [
        *(
            "",
            " ",
            "-",
            "n/a",
            "#N/A",
            "#REF!",
            "NULL",
            "=1+1",
            "@x",
            "'",
            '"',
            "0",
            "1",
            "-1",
            "1e9",
            "4.0",
            "\u2713",
        ),
        *(
            "31/02/2018",
            "2018-13-01",
            "15/01/18",
            "99999",
            "Year 99",
            "K - SEN support",
            "Y\tN",
            "\u202etxet",
            "\x00",
            "'; DROP TABLE",
        ),
        *("x" * 101, "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "a\nb", "\x1b[31m"),
    ]
)
CELLS = ODD | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
TYPED = (
    CELLS | st.integers() | st.floats() | st.booleans() | st.dates() | st.datetimes() | st.times() | st.none()
)
FIELDS = sorted(name for name in HEADINGS.fields if name not in NEEDED)


class Held:
    """What a school holds, and a command that is tried on it."""

    def __init__(self, school: School, folder: Path) -> None:
        self.school, self.folder = school, folder

    def count(self) -> tuple[int, ...]:
        with visible_to(self.school):
            return tuple(model.objects.count() for model in (Pupil, PupilYear, Judgement, ChangeSet))

    def try_to(self, command: str, path: Path, *arguments: str) -> bool:
        """Whether it was taken; refused, it has left nothing, and said why. Anything else comes out."""
        before = self.count()
        why = ""
        try:
            call_command(command, str(path), "--school", self.school.urn, *arguments, stdout=io.StringIO())
        except CommandError as refused:
            why = f"{refused.returncode} {refused}"
        if why:
            assert why.startswith(f"1 {path.name}: ")
            assert self.count() == before
        return not why


@pytest.fixture
def holds(school: School, tmp_path: Path) -> Held:
    return Held(school, tmp_path)


def written(folder: Path, rows: list[list[Any]], *, is_workbook: bool) -> Path | None:
    """The file; None where the cells cannot stand in a workbook at all."""
    if not is_workbook:
        path = folder / "file.csv"
        path.write_bytes(as_csv(rows).encode())
        return path
    try:
        return write_workbook(folder / "file.xlsx", rows)
    except (ValueError, TypeError, OverflowError, IllegalCharacterError):
        return None


numbers = count(1)


@in_database
@given(
    fields=st.lists(st.sampled_from(FIELDS), min_size=1, max_size=6, unique=True),
    data=st.data(),
    is_workbook=st.booleans(),
    spoils=st.booleans(),
)
def test_whatever_stands_in_a_cell_a_roll_comes_in_whole_or_not_at_all(
    holds: Held, fields: list[str], data: st.DataObject, *, is_workbook: bool, spoils: bool
) -> None:
    cells = TYPED if is_workbook else CELLS
    headings = [HEADINGS.fields[name][0] for name in (*NEEDED, *fields)]
    rows: list[list[Any]] = []
    for _ in range(3):
        sure = [f"Ash{next(numbers)}", "Elsie", "15/01/2018", "3"]
        if spoils:
            sure[data.draw(st.integers(0, 3))] = data.draw(cells)
        rows.append([*sure, *(data.draw(cells) for _ in fields)])
    path = written(holds.folder, [headings, *rows], is_workbook=is_workbook)
    if path is None:
        return
    before = holds.count()
    if holds.try_to("import_pupils", path, "--year", "2025/26"):
        # Guests, totals and blank rows apart, everybody is there; and the same again is nothing new.
        after = holds.count()
        assert 0 <= after[0] - before[0] <= 3
        assert holds.try_to("import_pupils", path, "--year", "2025/26")
        assert holds.count() == after


@in_database
@given(
    data=st.data(),
    is_workbook=st.booleans(),
    which=st.lists(st.integers(0, 7), min_size=1, max_size=4),
)
def test_whatever_stands_in_a_cell_judgements_come_in_whole_or_not_at_all(
    holds: Held, data: st.DataObject, which: list[int], *, is_workbook: bool
) -> None:
    with visible_to(holds.school):
        load(holds.school, row(1, upn=upn(1)))
    cells = TYPED if is_workbook else CELLS
    lines: list[list[Any]] = [
        [upn(1), "Mathematics", "2025/26", term, 41, "", "", ""] for term in ("Autumn", "Spring", "Summer")
    ]
    for at in which:
        lines[data.draw(st.integers(0, 2))][at] = data.draw(cells)
    headings = ["UPN", "Subject", "Academic Year", "Term", "Points", "Reason", "Note", "On Entry"]
    path = written(holds.folder, [headings, *lines], is_workbook=is_workbook)
    if path is not None and holds.try_to("import_judgements", path):
        after = holds.count()
        assert holds.try_to("import_judgements", path)
        assert holds.count() == after


NAMES = st.from_regex(r"[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]{1,9}(?:[-' ’][A-Z][a-z]{1,5})?", fullmatch=True).map(
    lambda name: unicodedata.normalize("NFC", name)
)


@settings(quick, max_examples=12)
@given(
    pupils=st.lists(
        st.fixed_dictionaries(
            {
                "surname": NAMES,
                "forename": NAMES,
                "preferred_surname": st.just("") | NAMES,
                "preferred_forename": st.just("") | NAMES,
                "class_name": st.sampled_from(["", "3A", "Ash Trees", "4/5 B"]),
                "sex": st.sampled_from(["", "M", "F"]),
                "year_group": st.sampled_from(YearGroup),
                "sen_status": st.sampled_from(["", "N", "K", "E"]),
                "is_eal": st.sampled_from([None, True, False]),
                "upn": st.booleans(),
            }
        ),
        min_size=1,
        max_size=4,
        unique_by=lambda each: (each["surname"].casefold(), each["forename"].casefold()),
    ),
    file_format=st.sampled_from(["csv", "xlsx"]),
)
def test_a_roll_that_went_out_comes_in_and_changes_nothing(
    school: School, year: AcademicYear, tmp_path: Path, pupils: list[dict[str, Any]], file_format: str
) -> None:
    before = transaction.savepoint()
    with visible_to(school):
        rows = [
            row(
                number,
                date_of_birth=dt.date(int(year) - 4 - each["year_group"], 1, 15),
                **{**each, "upn": upn(number) if each["upn"] else ""},
            )
            for number, each in enumerate(pupils, start=1)
        ]
        load(school, *rows, year=year)
    client = signed_in(member(school, Role.HEAD))
    answer = client.get(reverse("roll_file", args=[school.urn, year, file_format]))
    path = tmp_path / f"roll.{file_format}"
    path.write_bytes(answer.content)
    out = io.StringIO()
    call_command("import_pupils", str(path), "--school", school.urn, "--year", year.label, stdout=out)
    # The next example begins with nobody.
    transaction.savepoint_rollback(before)
    many = len(pupils)
    counts = f"{many} pupil{'s' * (many > 1)}; 0 new, 0 changed, {many} unchanged."
    assert out.getvalue().splitlines()[0].endswith(counts)
