"""Figures read back out of the governors' pack: the pack to read, and its workbook."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element

import openpyxl

from tests.reports.shown_facts import ALL, TOGETHER, Facts
from tests.reports.shown_pages import named, tables, text_of

_PACK_ATTAINMENT = ("judged", "below", "at", "above", "at_or_above_share")
_PACK_PROGRESS = ("less_share", "expected_share", "more_share", "expected_or_more_share")


def read_pack(facts: Facts, source: str, root: Element, term: str) -> None:
    """The pack to read. Its progress is that of the year."""
    for caption, headings, rows, _ in tables(root):
        year_group, _, what = caption.partition(": ")
        if caption.startswith("Progress since"):
            _read_pack_after_eyfs(facts, source, rows, term)
        elif what in {"number of pupils", "share of pupils"}:
            for subject, *cells in rows:
                told = _of_pack_row(cells, is_attainment=what == "number of pupils")
                facts.tell(source, (term, "year", year_group, subject, ALL), **told)
        if caption == "Share of pupils at or above the expected range":
            _read_pack_groups(facts, source, headings, rows, term)
        if caption.startswith("Reception: "):
            _read_pack_reception(facts, source, headings, rows, term)
    _read_pack_rolls(facts, source, root, term)


def _read_pack_rolls(facts: Facts, source: str, root: Element, term: str) -> None:
    for heading in root.iter("h3"):
        on_roll = re.fullmatch(r"(Year \d+) (\d+) on roll", text_of(heading))
        for subject in ("Reading", "Combined") if on_roll else ():
            facts.tell(source, (term, "year", on_roll[1], subject, ALL), on_roll=on_roll[2])


def _read_pack_reception(
    facts: Facts, source: str, headings: Sequence[str], rows: Sequence[Sequence[str]], term: str
) -> None:
    for row in rows:
        # Last year and the change may stand after them.
        area, judged, share = row[-5:-2] if "Change" in headings else row[-3:]
        at = (term, "year", "Reception", area, ALL)
        facts.tell(source, at, judged=judged, at_or_above_share=share)


def _read_pack_after_eyfs(facts: Facts, source: str, rows: Sequence[Sequence[str]], term: str) -> None:
    year_group = ""
    for row in rows:
        # The year group stands in the first of its rows.
        *above, subject = row[: -len(_PACK_PROGRESS)]
        year_group = above[0] if above else year_group
        told = named(_PACK_PROGRESS, row[-len(_PACK_PROGRESS) :])
        facts.tell(source, (term, "after-eyfs", year_group, subject, ALL), **told)


def _of_pack_row(cells: Sequence[str], *, is_attainment: bool) -> dict[str, str]:
    told = named(_PACK_ATTAINMENT if is_attainment else _PACK_PROGRESS, cells)
    if cells[3] == "":  # at and above as one
        told["at_or_above"], told["at"] = told["at"], ""
    return told


def _read_pack_groups(
    facts: Facts, source: str, headings: Sequence[str], rows: Sequence[Sequence[str]], term: str
) -> None:
    pair: list[str] = []
    for name, *cells in rows:
        for subject, cell in zip(headings[1:], cells, strict=True):
            if name == "Gap":
                group = " beside ".join(pair[-2:])
                facts.tell(source, (term, "year", TOGETHER, subject, group), gap=cell)
            else:
                share, _, judged = cell.partition("%")
                at = (term, "year", TOGETHER, subject, name)
                facts.tell(source, at, at_or_above_share=share, judged=judged.removeprefix(" of "))
        pair.append(name)


def _read_progress_sheet(
    facts: Facts, source: str, rows: Sequence[Sequence[object]], measured: tuple[str, str]
) -> None:
    columns = (*_PACK_PROGRESS[:3], "expected_or_less_share", _PACK_PROGRESS[3])
    for year_group, subject, *cells in rows:
        at = (*measured, str(year_group), str(subject), ALL)
        facts.tell(source, at, **dict(zip(columns, cells, strict=True)))


def read_pack_workbook(facts: Facts, source: str, content: bytes, term: str) -> None:
    """The pack's twin."""
    sheets = {
        sheet.title: list(sheet.iter_rows(min_row=2, values_only=True))
        for sheet in openpyxl.load_workbook(io.BytesIO(content))
    }
    for year_group, on_roll, subject, *cells in sheets["Attainment"]:
        columns = ("judged", "below", "at", "above", "below_or_at", "at_or_above", "at_or_above_share")
        told = dict(zip(columns, cells, strict=True))
        facts.tell(source, (term, "year", year_group, subject, ALL), on_roll=on_roll, **told)
    _read_progress_sheet(facts, source, sheets["Progress"], (term, "year"))
    _read_progress_sheet(facts, source, sheets.get("Since EYFS", []), (term, "after-eyfs"))
    for subject, judged, share in sheets["At a glance"]:
        facts.tell(source, (term, "year", TOGETHER, subject, ALL), judged=judged, at_or_above_share=share)
    for group, other, subject, *cells in sheets["Groups"]:
        for name, judged, share in ((group, *cells[:2]), (other, *cells[2:4])):
            facts.tell(
                source, (term, "year", TOGETHER, subject, name), judged=judged, at_or_above_share=share
            )
        facts.tell(source, (term, "year", TOGETHER, subject, f"{group} beside {other}"), gap=cells[4])
    for _, subject, judged, share, *_ in sheets["Reception"]:
        at = (term, "year", "Reception", subject, ALL)
        facts.tell(source, at, judged=judged, at_or_above_share=share)
    for year_group, subject, judged, share, *_ in sheets["Last year"]:
        at = (term, "year", TOGETHER if year_group == "All year groups" else year_group, subject, ALL)
        facts.tell(source, at, judged=judged, at_or_above_share=share)
