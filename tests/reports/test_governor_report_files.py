"""The pack as people get it: a page, a tagged PDF, a workbook; the same figures in all three, and nobody's name."""

from __future__ import annotations

import datetime as dt
import io
import logging
import os
import re
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from textwrap import wrap

import openpyxl
import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from reports.charts import PRINT, SCREEN
from reports.documents.governor_cells import NOBODY, Cell
from reports.documents.governor_report import GovernorReport, governor_report, pack_of
from reports.exports.excel import to_xlsx_sheets
from reports.exports.governor_report import drawn, tables
from reports.exports.pdf import governor_report_pdf, own_files
from reports.queries.figures import Figure
from reports.queries.scope import Scope
from schools.calendar import AcademicYear, TermName
from schools.models import Partnership, Pupil, Role, School
from schools.row_security import visible_to
from tests.conftest import member, signed_in
from tests.reports.counted_school import YEAR, counted
from tests.reports.made_up_school import made_up_figures

__all__ = ["counted"]

MADE_ON = dt.date(2026, 7, 22)


@pytest.fixture(scope="module")
def pack() -> GovernorReport:
    """Of a first school with two year groups and Reception, in which some numbers are small."""
    school = School(name="Beggars Lane & Ipstones' First School", partnership=Partnership())
    scope = Scope(schools=(school,), academic_year=YEAR, term=TermName.SUMMER)
    return pack_of(made_up_figures(), scope, made_on=MADE_ON, limit=5)


@pytest.fixture(scope="module")
def pdf(pack: GovernorReport, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pack") / "pack.pdf"
    path.write_bytes(governor_report_pdf(pack))
    return path


def said_by(program: str, *arguments: str | Path) -> str:
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=True).stdout


def test_it_is_tagged_for_readers_and_two_to_four_pages_long(pdf: Path) -> None:
    told = dict(line.split(":", 1) for line in said_by("pdfinfo", pdf).splitlines() if ":" in line)
    assert told["Tagged"].strip() == "yes"
    assert 2 <= int(told["Pages"]) <= 4
    assert told["Title"].strip().startswith("Beggars Lane & Ipstones' First School: Governors’ pack")
    assert "595" in told["Page size"]
    assert re.search(r'pdfuaid:part(>|=")1', said_by("pdfinfo", "-meta", pdf))
    structure = said_by("pdfinfo", "-struct", pdf)
    assert all(tag in structure for tag in ("H1", "H2", "H3", "Table", "TH", "Caption", "Figure"))


def test_its_fonts_are_inside(pdf: Path) -> None:
    fonts = said_by("pdffonts", pdf).splitlines()[2:]
    assert fonts
    assert all("+Inter" in font and " yes yes yes " in font for font in fonts)


def test_the_same_pack_is_the_same_bytes_and_nothing_is_complained_of(
    pack: GovernorReport, pdf: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert governor_report_pdf(pack) == pdf.read_bytes()
    assert [record.getMessage() for record in caplog.records] == []


def test_the_same_pack_is_the_same_bytes_on_another_day_whatever_letters_are_in_it(
    pack: GovernorReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    abroad = replace(pack, school="Ysgol Tŷ Ŵyl")
    today = governor_report_pdf(abroad)
    monkeypatch.setattr(time, "time", lambda: 2e9)
    assert governor_report_pdf(abroad) == today
    assert "SOURCE_DATE_EPOCH" not in os.environ


def test_six_year_groups_stand_on_four_pages_and_an_appendix(tmp_path: Path) -> None:
    year = [figure for figure in made_up_figures() if figure.year_group == 2]
    counted = [figure._replace(year_group=number) for number in range(1, 7) for figure in year]
    scope = Scope(
        schools=(School(name="A Primary School", partnership=Partnership()),),
        academic_year=YEAR,
        term=TermName.SUMMER,
    )
    path = tmp_path / "pack.pdf"
    path.write_bytes(governor_report_pdf(pack_of(counted, scope, made_on=MADE_ON, limit=5)))
    assert re.search(r"^Pages: +[45]$", said_by("pdfinfo", path), re.MULTILINE)
    before, appendix = said_by("pdftotext", path, "-").split("\nAppendix\n")
    # It begins on the fifth page at the latest.
    assert before.count("\f") <= 4
    assert "How to read it" in appendix


def test_it_opens_with_the_headline_and_closes_with_how_to_read_it(tmp_path: Path) -> None:
    """And a heading is never left behind by its table: of two, four and nine year groups, this year's and last year's."""
    year = [figure for figure in made_up_figures() if figure.year_group == 2]
    early = [figure for figure in made_up_figures() if figure.year_group == 0]
    scope = Scope(
        schools=(School(name="A School", partnership=Partnership()),),
        academic_year=YEAR,
        term=TermName.SUMMER,
    )
    for years in (2, 4, 9):
        counted = early + [
            figure._replace(year_group=number) for number in range(1, years + 1) for figure in year
        ]
        pack = pack_of(counted, scope, made_on=MADE_ON, limit=5, before=counted)
        path = tmp_path / f"{years}.pdf"
        path.write_bytes(governor_report_pdf(replace(pack, doing=("We read.",))))
        pages = said_by("pdftotext", "-layout", path, "-").split("\f")
        text = "".join(pages)
        order = [
            "at a glance",
            "Attainment by",
            "Progress this year",
            "Groups beside",
            "What the school is doing",
            "Questions governors",
            "Appendix",
            "Last year beside",
            "youngest are judged",
            "Every term teachers judge",
            "What it cannot say",
        ]
        places = [text.index(each) for each in order]
        assert places == sorted(places)
        for heading, row in (
            ("Groups beside one another", "All pupils"),
            ("Appendix", "2024/25 "),
            ("Reception: share", "Being imaginative"),
        ):
            (page,) = (each for each in pages if re.search(rf"^ *{heading}", each, re.MULTILINE))
            assert row in page[page.index(heading) :], (years, heading)


def test_the_good_level_says_where_it_is_not_shown(pack: GovernorReport) -> None:
    assert pack.early_years is not None
    assert pack.early_years.good_level is not None
    level = replace(pack.early_years.good_level, at_or_above=Cell(None), judged=Cell(None))
    hidden = replace(pack, early_years=replace(pack.early_years, good_level=level))
    said = "How many children in Reception reached a good level of development is not shown (c)."
    for each, is_said in ((pack, False), (hidden, True)):
        context = {"pack": each, "drawn": drawn(each, SCREEN)}
        page = render_to_string("reports/governor_reports/_pack.html", context)
        assert (said in page) == is_said


def test_the_workbook_carries_what_is_said_of_its_figures(pack: GovernorReport) -> None:
    partly = replace(pack, partly_judged=("Year 4 science",), without_range="Year 10")
    sheets = openpyxl.load_workbook(io.BytesIO(to_xlsx_sheets(tables(partly))))
    about = [row[:2] for row in sheets["About"].values]
    assert ("Fewer than nine in ten were judged", "Year 4 science") in about
    assert ("Nothing is expected there, so not in this pack", "Year 10") in about
    assert [text for name, text in about if name == "In words"] == list(pack.headlines)
    assert [text for name, text in about if name == "What it cannot say"] == list(pack.cannot_say)
    assert [row[0] for row in sheets["Questions"].values][1:] == list(pack.questions)
    # Year 1 in science: 30 judged, 10 below; 20 at or above, and no more told. Writing: 30 less 7 above.
    rows = {row[:3:2]: row for row in sheets["Attainment"].values}
    assert rows["Year 1", "Science"][7:9] == ("c", 20)
    assert rows["Year 1", "Writing"][7:9] == (23, 18)
    progress = [each for year in pack.progress for each in year.rows]
    told = [row[5] for row in list(sheets["Progress"].values)[1:]]
    assert told == [each.expected_or_less.value or "c" for each in progress]
    # A sentence of two lines has room for them.
    assert sheets["Questions"].row_dimensions[2].height == 15 * len(wrap(pack.questions[0], 80)) > 15
    assert sheets["Questions"]["A2"].alignment.wrap_text
    for sheet in sheets:
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_its_drawings_say_what_they_show(pack: GovernorReport) -> None:
    first = drawn(pack, PRINT)
    assert all(re.match('<img src="[^"]+" alt="[^"]+">$', mark) for mark in first.marks.values())
    chart = first.attainment[0].chart
    assert 'alt="Year 1: pupils below, at and above the expected range. Reading: below 8, at 14,' in chart
    assert drawn(pack, SCREEN).attainment[0].chart.startswith("<svg")


def test_its_figures_are_those_of_the_workbook(pack: GovernorReport, pdf: Path) -> None:
    text = " ".join(said_by("pdftotext", "-layout", pdf, "-").split())
    sheets = openpyxl.load_workbook(io.BytesIO(to_xlsx_sheets(tables(pack))))
    assert sheets.sheetnames == [
        "About",
        "At a glance",
        "Attainment",
        "Progress",
        "Groups",
        "Questions",
        "Reception",
    ]
    for year_group in ("Year 1", "Year 2"):
        rows = [row for row in sheets["Attainment"].values if row[0] == year_group]
        assert len(rows) == 5
        for _, _, subject, judged, below, at, above, _, together, share in rows:
            apart = f"{at} {above}" if (at, above) != ("c", "c") else f"{together}"
            apart = "c c" if together == "c" and at == above == "c" else apart
            percent = share if share in {"c", NOBODY} else f"{share}%"
            assert f"{subject} {judged} {below} {apart} {percent}" in text
    for share in pack.glance:
        assert f"{share.at_or_above}" in text


def test_what_is_held_back_prints_as_its_sign(pack: GovernorReport, pdf: Path) -> None:
    # Year 1 in science: 2 above.
    science = pack.attainment[0].rows[3]
    assert [str(cell) for cell in (science.judged, science.below, science.at, science.above)] == [
        "30",
        "10",
        "c",
        "c",
    ]
    text = " ".join(said_by("pdftotext", "-layout", pdf, "-").split())
    assert "Science 30 10 20 67%" in text
    assert "c Not shown: a number from 1 to 5, or one that would give such a number away" in text


def test_numbers_of_the_workbook_are_numbers(pack: GovernorReport) -> None:
    sheets = openpyxl.load_workbook(io.BytesIO(to_xlsx_sheets(tables(pack))))
    reading = next(row for row in sheets["Attainment"].values if row[2] == "Reading")
    assert reading == ("Year 1", "c", "Reading", 30, 8, 14, 8, 22, 22, 73)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "https://example.org/logo.svg",
        "http://169.254.169.254/",
        f"{(Path(settings.BASE_DIR) / 'manage.py').as_uri()}",
        f"{(Path(settings.BASE_DIR) / 'static' / '..' / 'pyproject.toml').as_uri()}",
        f"{(Path(settings.BASE_DIR) / 'static' / 'css').as_uri()}/%2e%2e/%2e%2e/README.md",
        "file://elsewhere/static/css/pack.css",
        "ftp://example.org/x.css",
    ],
)
def test_nothing_is_fetched_from_elsewhere(url: str) -> None:
    with pytest.raises(ValueError, match="none of our own files"):
        own_files().fetch(url)


def test_our_own_style_and_data_are_fetched() -> None:
    style = own_files().fetch((Path(settings.BASE_DIR) / "static/css/pack.css").as_uri())
    assert b"@page" in style.read()
    assert own_files().fetch("data:text/plain,hello").read() == b"hello"


@pytest.fixture
def files(counted: School) -> dict[str, str]:
    """The page, the text of the PDF and of the workbook, as a governor gets them."""
    client = signed_in(member(counted, Role.GOVERNOR))
    where = [counted.urn, YEAR]
    page = client.get(reverse("governors_pack", args=where), {"term": "summer"})
    made = client.get(reverse("governors_pack_pdf", args=where), {"term": "summer"})
    book = client.get(reverse("governors_pack_xlsx", args=where), {"term": "summer"})
    assert [answer.status_code for answer in (page, made, book)] == [200, 200, 200]
    said = [
        subprocess.run([*program, "-"], input=made.content, capture_output=True, check=True).stdout.decode()
        for program in (["pdfinfo"], ["pdfinfo", "-meta"], ["pdfinfo", "-struct-text"])
    ]
    # What stands outside of pages. In compressed bytes three letters stand by chance.
    plain = re.sub(rb"\bstream\r?\n.*?endstream", b"", made.content, flags=re.DOTALL)
    assert "Title:" in said[0]
    text = subprocess.run(["pdftotext", "-", "-"], input=made.content, capture_output=True, check=True).stdout
    cells = openpyxl.load_workbook(io.BytesIO(book.content))
    return {
        "page": page.content.decode(),
        "pdf": text.decode(),
        "information": "".join([*said, plain.decode("latin-1")]),
        "workbook": repr([list(sheet.values) for sheet in cells]) + repr(vars(cells.properties)),
        "pdf name": made.headers["Content-Disposition"],
        "workbook name": book.headers["Content-Disposition"],
    }


def test_no_pupil_and_nobody_of_the_staff_is_named(counted: School, files: dict[str, str]) -> None:
    with visible_to(counted):
        names = {
            name for pupil in Pupil.objects.in_school(counted) for name in (pupil.surname, pupil.forename)
        }
    names |= {member(counted, Role.TEACHER).name, "Oak"}
    assert len(names) > 10
    for kind, text in files.items():
        assert [name for name in names if re.search(rf"\b{name}\b", text)] == [], kind


def test_files_are_named_for_school_term_and_day(files: dict[str, str], today: dt.date) -> None:
    name = f"School-\\d+-Summer-2025-26-governors-pack-{today:%Y-%m-%d}"
    assert re.fullmatch(f'attachment; filename="{name}.pdf"', files["pdf name"])
    assert re.fullmatch(f'attachment; filename="{name}.xlsx"', files["workbook name"])


def test_a_name_with_accents_and_strokes_makes_a_plain_file_name(school: School) -> None:
    school.name = "St. Édward's / Ñ First School"
    school.save()
    answer = signed_in(member(school, Role.HEAD)).get(
        reverse("governors_pack_xlsx", args=[school.urn, AcademicYear.containing(dt.date.today())])
    )
    assert 'filename="St-edwards-n-First-School-' in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("name", ["governors_pack", "governors_pack_pdf", "governors_pack_xlsx"])
def test_teachers_may_not_make_it(school: School, year: AcademicYear, name: str) -> None:
    address = reverse(name, args=[school.urn, year])
    assert signed_in(member(school, Role.TEACHER)).get(address).status_code == 403


def test_an_empty_term_says_what_to_do_and_offers_no_download(school: School, year: AcademicYear) -> None:
    client = signed_in(member(school, Role.HEAD))
    page = client.get(reverse("governors_pack", args=[school.urn, year]), {"term": "spring"}).content.decode()
    assert "Nothing has been judged yet" in page
    assert "Download PDF" not in page
    unknown = client.get(reverse("governors_pack", args=[school.urn, year]), {"term": "winter"})
    assert unknown.status_code == 200


def test_figures_are_asked_for_once_a_year_and_once_since_the_early_years(
    counted: School, django_assert_num_queries
) -> None:
    scope = Scope(schools=(counted,), academic_year=YEAR, term=TermName.SUMMER)
    with visible_to(counted), django_assert_num_queries(3):
        governor_report(scope, MADE_ON)


def test_the_figures_come_as_the_query_counts_them() -> None:
    assert {figure.subject for figure in made_up_figures() if isinstance(figure, Figure)} >= {0, 1, 2, 3, 4}
