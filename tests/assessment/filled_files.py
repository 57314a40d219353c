"""A marksheet's workbook as it is downloaded, filled in and brought back."""

from __future__ import annotations

import html
import io
import re
from dataclasses import dataclass
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.assessment.classroom import YEAR, Classroom

HEADINGS = 4
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def address(room: Classroom, door: str, sheet: str = "mathematics", term: str = "autumn") -> str:
    place = [room.school.urn, YEAR, room.group.public_id, room.named(sheet)]
    return f"{reverse(f'class_marksheet_{door}', args=place)}?term={term}"


@dataclass
class Book:
    """The workbook, open: `book["Brough, Elsie", "Autumn"]` is a cell."""

    workbook: Any

    @classmethod
    def of(cls, content: bytes) -> Book:
        return cls(openpyxl.load_workbook(io.BytesIO(content)))

    @property
    def sheet(self) -> Any:
        return self.workbook.worksheets[0]

    def column(self, heading: str) -> int:
        return next(cell.column for cell in self.sheet[HEADINGS] if cell.value == heading)

    def row(self, name: str) -> int:
        names = self.column("Pupil")
        return next(
            number
            for number in range(1, self.sheet.max_row + 1)
            if self.sheet.cell(number, names).value == name
        )

    def __getitem__(self, at: tuple[str, str]) -> Any:
        return self.sheet.cell(self.row(at[0]), self.column(at[1]))

    def __setitem__(self, at: tuple[str, str], value: Any) -> None:
        self[at].value = value

    def content(self) -> bytes:
        file = io.BytesIO()
        self.workbook.save(file)
        return file.getvalue()


def download(room: Classroom, client: Client | None = None, **of: str) -> bytes:
    answer: Any = (client or room.client).get(address(room, "workbook", **of))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == EXCEL
    content: bytes = answer.content
    return content


@dataclass
class Told:
    """What a page of the brought file says."""

    answer: HttpResponse
    text: str

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def main(self) -> str:
        """The page without its head and menus, as words in one line."""
        return words(self.text.split("<main", 1)[1])

    def rows(self, section: str) -> list[list[str]]:
        """The cells of a section's rows, in words: `new`, `changed`, `emptied`, `conflict`, `unreadable`, `not_for_entry`."""
        _, found, rest = self.text.partition(f'<h2 id="{section}"')
        if not found:
            return []
        body = rest.split("</section>")[0].split("<tbody>")[1]
        return [
            [words(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]
            for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
        ]

    @property
    def ticked(self) -> list[str]:
        """What is to be saved as the page stands."""
        return re.findall(r'name="write" value="(\d+)"[^>]* checked', self.text)

    @property
    def tickable(self) -> list[str]:
        return re.findall(r'name="write" value="(\d+)"', self.text)

    @property
    def takes(self) -> list[str]:
        return re.findall(r'name="(take-\d+)" value="file"', self.text)

    @property
    def sealed(self) -> str:
        return html.unescape(re.findall(r'name="content" value="([^"]*)"', self.text)[0])


def words(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def bring(
    room: Classroom, content: bytes, client: Client | None = None, name: str = "sheet.xlsx", **of: str
) -> Told:
    """What the page says to the file; nothing is written."""
    upload = SimpleUploadedFile(name, content, content_type=EXCEL)
    answer: Any = (client or room.client).post(address(room, "bring-back", **of), {"file": upload})
    return Told(answer, answer.content.decode())


def confirm(
    room: Classroom,
    told: Told,
    client: Client | None = None,
    *,
    write: list[str] | None = None,
    **more: str,
) -> Told:
    """Save what is ticked, or `write`."""
    of = {key: more.pop(key) for key in ("sheet", "term") if key in more}
    sent = {"content": told.sealed, "write": told.ticked if write is None else write} | more
    answer: Any = (client or room.client).post(address(room, "bring-back", **of), sent)
    return Told(answer, answer.content.decode())
