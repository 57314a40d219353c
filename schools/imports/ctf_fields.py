"""What the text of an element says: like cells of a table, but dates as XML writes them and yes or no as 1 and 0 too.

Each reader takes a text that is not empty and raises Unreadable, whose text goes on after the value.
"""

from __future__ import annotations

import datetime as dt
import re

from schools.calendar import FIRST_ACADEMIC_YEAR, LAST_ACADEMIC_YEAR, YearGroup
from schools.identifiers import read_upn
from schools.imports import values
from schools.imports.values import Unreadable

LONGEST_NAME, LONGEST_CODE, LONGEST_RESULT = 100, 20, 100
LONGEST_SCHOOL, LONGEST_REASON, LONGEST_KIND = 200, 100, 10
MOST_SESSIONS = 2_000

_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T[\d:.]+)?(?:Z|[+-]\d{2}:\d{2})?", re.ASCII)
# The curriculum is not followed, several year groups at once, the first years before a nursery.
_NO_YEAR_GROUPS = frozenset({"X", "M", "E1", "E2", "14"})


def read_name(text: str) -> str:
    """A surname or forename, as it is."""
    return values.read_text(text, longest=LONGEST_NAME)


def read_code(text: str) -> str:
    """A code of a list that changes every year, kept as it is."""
    return values.read_text(text, longest=LONGEST_CODE)


def read_kind(text: str) -> str:
    """A code of SEN, in capitals, whether we know it or not."""
    return values.read_text(text, longest=LONGEST_KIND).upper()


def read_result(text: str) -> str:
    """A mark, a level or a code, kept as it is."""
    return values.read_text(text, longest=LONGEST_RESULT)


def read_school_name(text: str) -> str:
    """A school's name."""
    return values.read_text(text, longest=LONGEST_SCHOOL)


def read_reason(text: str) -> str:
    """A reason of leaving, as it is."""
    return values.read_text(text, longest=LONGEST_REASON)


def read_day(text: str) -> dt.date:
    """A day: `2015-08-31`, also with a time or a zone behind it, or 31/08/2015."""
    match = _TIME.fullmatch(text)
    if match or not text.isdecimal():
        try:
            return values.read_date(match[1] if match else text)
        except (Unreadable, OverflowError):
            pass
    raise Unreadable("is not a date. It is written as 2015-08-31.")


def read_yes(text: str) -> bool:
    """true or false, 1 or 0, Y or N."""
    return values.read_flag(text)


def read_number(upn: str) -> str:
    """A unique pupil number whose check letter is right."""
    try:
        return read_upn(upn)
    except ValueError as error:
        raise Unreadable(str(error).removeprefix(f"{upn!r} ")) from error


def read_year_group(text: str) -> YearGroup | None:
    """A year group; None where the code says that there is none of ours."""
    return None if text.upper() in _NO_YEAR_GROUPS else values.read_year_group(text)


def read_year(text: str) -> int:
    """A calendar year of four digits, within those that academic years begin in."""
    if (
        not re.fullmatch(r"\d{4}", text, re.ASCII)
        or not FIRST_ACADEMIC_YEAR <= int(text) <= LAST_ACADEMIC_YEAR
    ):
        raise Unreadable("is not a year. It is written as 2025.")
    return int(text)


def read_sessions(text: str) -> int:
    """How many sessions, of a year: half a day is one."""
    if not re.fullmatch(r"\d{1,4}", text, re.ASCII) or int(text) > MOST_SESSIONS:
        raise Unreadable(f"is not a number of sessions of one year, from 0 to {MOST_SESSIONS:,}.")
    return int(text)


def read_rank(text: str) -> int:
    """1 for the primary need, up to 9."""
    if not re.fullmatch(r"[1-9]", text, re.ASCII):
        raise Unreadable("is not a rank of a need. It is a number from 1 to 9.")
    return int(text)


def read_service_child(text: str) -> str:
    """Y, N, U or R."""
    said = values.read_service_child(text)
    return "U" if said is None else "Y" if said else "N"
