"""What the headings and the cells of a file of judgements say."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from assessment.engine import subjects
from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.point_scale import read_points
from assessment.engine.subjects import Subject
from assessment.models import Reason
from schools import identifiers
from schools.calendar import AcademicYear, EyfsFramework, YearGroup
from schools.imports.headings import HeadingSet
from schools.imports.values import Cell, Unreadable, read_text

# Words that name points in one system and a test's marks in another; beside a column Points they are not it.
GENERAL_POINTS = ("Result", "Grade", "Mark", "Score")
HEADINGS = HeadingSet(
    fields={
        "upn": ["UPN", "Unique Pupil Number", "Pupil UPN", "Student UPN", "UPN Number"],
        "subject": ["Subject", "Subject Name", "Subject or Area", "Subject Code"],
        "academic_year": ["Academic Year", "Acad Year", "Academic Yr", "School Year", "Year"],
        "term": ["Term", "Term Name", "Assessment Point", "Assessment Term"],
        "points": [
            "Points",
            "Point",
            "Points or Code",
            "LEP Points",
            "Judgement",
            "Judgment",
            *GENERAL_POINTS,
        ],
        "reason": ["Reason", "Reason for Blank", "Blank Reason", "Reason for no Points"],
        "note": ["Note", "Notes", "Comment", "Comments"],
        "on_entry": ["On Entry", "Is On Entry"],
        # Known so that it is never taken for the academic year; nothing of it is kept.
        "year_group": ["Year Group", "NC Year", "NC Year Group", "Yr", "Yr Group"],
    },
    general=["Year", *GENERAL_POINTS],
    beside={"academic_year": "year_group"},
)
LABELS = {
    "upn": "UPN",
    "subject": "Subject",
    "academic_year": "Academic Year",
    "term": "Term",
    "points": "Points",
    "reason": "Reason",
    "note": "Note",
    "on_entry": "On Entry",
}
NEEDED = ("upn", "subject", "academic_year", "term", "points")
LONGEST_NOTE = 10_000
_LONGEST_NAME = 100

_REASONS = {
    "absent": Reason.ABSENT,
    "new": Reason.NEW,
    "newnotyetassessed": Reason.NEW,
    "notrequired": Reason.NOT_REQUIRED,
}
_TERMS = {term.label.lower(): term for term in AssessmentTerm} | {
    "aut": AssessmentTerm.AUTUMN,
    "spr": AssessmentTerm.SPRING,
    "sum": AssessmentTerm.SUMMER,
}
# What spreadsheets make of 4E1 where a column is not text: the number 40, shown as 4.00E+01.
_MADE_A_NUMBER = re.compile(r"\d+(?:\.\d+)?E[+-]?\d{2,}", re.ASCII | re.IGNORECASE)

T = TypeVar("T")


def _read(text: str, read: Callable[[str], T]) -> T:
    """Read it; what the reader says of the text goes on after the text, as a file's problems do."""
    try:
        return read(text)
    except ValueError as error:
        raise Unreadable(str(error).removeprefix(f"{text!r} ")) from error


def read_upn(cell: Cell) -> str:
    """A UPN, whatever its spaces and capitals."""
    return _read(read_text(cell, longest=_LONGEST_NAME), identifiers.read_upn)


# Each of these says the same few things in row after row; typed, as 1, 1.0 and True are one key otherwise.


@lru_cache(maxsize=1_000, typed=True)
def read_academic_year(cell: Cell) -> AcademicYear:
    """`2025/26`, `2025-26`, `2025-2026`."""
    text = read_text(cell, longest=_LONGEST_NAME)
    return _read(text.replace("\u2013", "-"), AcademicYear.parse)


@lru_cache(maxsize=1_000, typed=True)
def read_term(cell: Cell) -> AssessmentTerm:
    """`Baseline`, `Autumn`, `Spring`, `Summer`; also `Autumn term`, `Aut`. A term with a number or a year is refused."""
    words = read_text(cell, longest=_LONGEST_NAME).lower().rstrip(".")
    term = _TERMS.get(words.removesuffix(" term"))
    if term is None:
        raise Unreadable("is not a term. Write Baseline, Autumn, Spring or Summer alone, without a year.")
    return term


@lru_cache(maxsize=1_000, typed=True)
def read_subject(cell: Cell, year_group: YearGroup, framework: EyfsFramework) -> Subject:
    """The subject or area that the cell names for a pupil of the year group."""
    text = read_text(cell, longest=_LONGEST_NAME)
    return _read(text, lambda text: subjects.read_subject(text, year_group, framework))


@lru_cache(maxsize=1_000, typed=True)
def read_points_in(cell: Cell) -> int:
    """Points from 1 to 101, from a number or a code of the scale."""
    text = re.sub(r"\A(\d+)\.0+\Z", r"\1", read_text(cell, longest=_LONGEST_NAME))
    if _MADE_A_NUMBER.fullmatch(text):
        raise Unreadable(
            "is what a spreadsheet makes of a code such as 4E1. Give the column the format Text and write the"
            " code again, or write points."
        )
    if _reason_in(text):
        raise Unreadable("is a reason, not points. Leave this cell blank, and write it in a column Reason.")
    return _read(text, read_points)


@lru_cache(maxsize=1_000, typed=True)
def read_reason(cell: Cell) -> Reason:
    """Why there are no points, as people write it or as it is stored."""
    reason = _reason_in(read_text(cell, longest=_LONGEST_NAME))
    if reason is None:
        raise Unreadable("is not a reason that we have. Write absent, new or not required.")
    return reason


def _reason_in(text: str) -> Reason | None:
    return _REASONS.get(re.sub(r"[\s,_-]+", "", text.lower()))


# What text begins with that a spreadsheet would run.
_OF_FORMULAS = ("=", "+", "-", "@")


def read_note(cell: Cell) -> str:
    """Words in one line or several, as a teacher types them."""
    if not isinstance(cell, str):
        return read_text(cell, longest=LONGEST_NOTE)
    note = (
        unicodedata.normalize("NFC", cell).replace("\r\n", "\n").replace("\r", "\n").strip().lstrip("\ufeff")
    )
    if note[:1] == "'" and note[1:2] in _OF_FORMULAS:
        # Put there by an export, so that no spreadsheet runs the note.
        note = note[1:]
    if len(note) > LONGEST_NOTE:
        raise Unreadable(f"is longer than {LONGEST_NOTE:,} characters.")
    if any(unicodedata.category(each) in {"Cc", "Cs"} for each in note if each not in "\n\t"):
        raise Unreadable("holds characters that cannot be printed.")
    return note
