"""What a cell says. Each reader takes a cell that is not blank and raises Unreadable for what it cannot be."""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from openpyxl.utils.datetime import from_excel

from schools.attendance import as_held
from schools.calendar import YearGroup
from schools.sen_codes import SEN_TYPES

Cell = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None


class Unreadable(ValueError):
    """The text goes on after the value: "is not a date. Write it as dd/mm/yyyy."."""


def _known(words_by_value: dict[str, list[str]]) -> dict[str, str]:
    return {word: value for value, words in words_by_value.items() for word in words}


_MAPS = {
    name: _known(words)
    for name, words in json.loads(
        Path(__file__).with_name("value_maps.json").read_text(encoding="utf-8")
    ).items()
}


def text_of(cell: Cell) -> str:
    """The cell as text, its spaces made single: 4.0 is `4`, as a spreadsheet shows it; blank is ""."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.strftime("%d/%m/%Y" if cell.time() == dt.time() else "%d/%m/%Y %H:%M")
    if isinstance(cell, dt.date):
        return cell.strftime("%d/%m/%Y")
    return " ".join(unicodedata.normalize("NFC", str(cell)).lstrip("\ufeff").split())


def is_blank(cell: Cell) -> bool:
    """Whether nothing stands there that a reader would see."""
    return not text_of(cell)


# What a formula shows that fails, such as a look-up of classes that finds none.
_FAILED_FORMULA = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!)", re.IGNORECASE)


def read_text(cell: Cell, *, longest: int) -> str:
    """Words, no longer than this; refused is what a spreadsheet made of them: a date, the sign of a failed formula."""
    if isinstance(cell, dt.date | dt.time | dt.timedelta):
        raise Unreadable("is a date. Give the cell the format Text, and write again what stood there.")
    text = text_of(cell)
    if _FAILED_FORMULA.fullmatch(text):
        raise Unreadable(
            "is the sign of a formula that failed. Write what should stand here, or clear the cell."
        )
    if not text.isprintable():
        raise Unreadable("holds characters that cannot be printed.")
    if len(text) > longest:
        raise Unreadable(f"is longer than {longest} characters.")
    return text


_MIDNIGHT = r"(?:[T ]+(?:0?0:00(?::00(?:\.0+)?)?|12:00(?::00)? ?AM)Z?)?"
_DAY_FIRST = re.compile(rf"(\d{{1,2}})([/.-])(\d{{1,2}})\2(\d{{4}}){_MIDNIGHT}", re.ASCII | re.IGNORECASE)
_YEAR_FIRST = re.compile(rf"(\d{{4}})([/.-])(\d{{1,2}})\2(\d{{1,2}}){_MIDNIGHT}", re.ASCII | re.IGNORECASE)
_IN_WORDS = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?[ -]+([a-z]{3,9})\.?,?[ -]+(\d{4})", re.ASCII | re.IGNORECASE
)
_SERIAL = re.compile(r"\d{5}(?:\.0+)?", re.ASCII)
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


def read_date(cell: Cell) -> dt.date:
    """A day: dd/mm/yyyy, yyyy-mm-dd, `15 Jan 2018`, a spreadsheet's date, or its number of days since 1900."""
    if isinstance(cell, dt.datetime):
        if cell.time() != dt.time():
            raise Unreadable("is a date with a time of day. Write the date alone, as dd/mm/yyyy.")
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    day = None if isinstance(cell, bool | dt.time | dt.timedelta) else _date_in(text_of(cell))
    if day is None:
        raise Unreadable("is not a date. Write it as dd/mm/yyyy.")
    return day


def _date_in(text: str) -> dt.date | None:
    try:
        if match := _DAY_FIRST.fullmatch(text):
            return dt.date(int(match[4]), int(match[3]), int(match[1]))
        if match := _YEAR_FIRST.fullmatch(text):
            return dt.date(int(match[1]), int(match[3]), int(match[4]))
        if match := _IN_WORDS.fullmatch(text):
            return dt.date(int(match[3]), _month(match[2]), int(match[1]))
    except ValueError:
        return None
    if _SERIAL.fullmatch(text):
        day = from_excel(int(float(text)))
        return day.date() if isinstance(day, dt.datetime) else None
    return None


def _month(name: str) -> int:
    """Its number, from the whole name or a beginning of three letters and more; ValueError for none."""
    wanted = "september" if name.lower() == "sept" else name.lower()
    return next((n for n, month in enumerate(_MONTHS, start=1) if month.startswith(wanted)), 0)


def _words(text: str) -> str:
    # A minus stays: -1 is not 1.
    return " ".join(re.sub(r"(?!\A-\d)[^a-z0-9✓]+", " ", text.lower().replace("&", " and ")).split())


def _look_up(cell: Cell, known: Mapping[str, str]) -> str | None:
    """What the words stand for; `K - SEN support` counts by its code where the whole is not known."""
    text = _whole(text_of(cell))
    if (found := known.get(_words(text))) is not None:
        return found
    code = re.match(r"([A-Za-z]{1,4})\s*[-:,(\u2013]", text)
    return known.get(code[1].lower()) if code else None


def _yes_or_no(cell: Cell, known: Mapping[str, str]) -> bool:
    said = _look_up(cell, known)
    if said is None:
        raise Unreadable("is neither yes nor no. Write Y or N.")
    return said == "yes"


def read_flag(cell: Cell) -> bool:
    """Yes or no."""
    return _yes_or_no(cell, _MAPS["flag"])


def read_eal(cell: Cell) -> bool:
    """Yes or no; a stage of English, A to E, is a yes."""
    return _yes_or_no(cell, _MAPS["eal"])


def read_service_child(cell: Cell) -> bool | None:
    """Yes, no, or None where the family has not said (U, R)."""
    return None if _look_up(cell, _MAPS["service_child"]) else _yes_or_no(cell, _MAPS["flag"])


def is_guest(cell: Cell) -> bool:
    """Whether the enrolment status is that of a guest, who is on another school's roll."""
    return _look_up(cell, _MAPS["guest"]) is not None


def read_sex(cell: Cell) -> str:
    """`M` or `F`."""
    found = _look_up(cell, _MAPS["sex"])
    if found is None:
        raise Unreadable("is not a sex as the school census records it. Write M or F.")
    return found


def read_sen_status(cell: Cell) -> str:
    """`N`, `K` or `E`; the codes in use before 2014 are read as what replaced them."""
    found = _look_up(cell, _MAPS["sen_status"])
    if found is None:
        raise Unreadable("is not a SEN status. Write N (none), K (SEN support) or E (EHC plan).")
    return found


def read_left_care(cell: Cell) -> bool:
    """Yes or no; the name of what a child left care by is a yes."""
    return _yes_or_no(cell, _MAPS["flag"] | _MAPS["left_care"])


def read_need(cell: Cell) -> str:
    """A code of the census for a type of need, or its English name."""
    names = {_words(label): code for code, label in SEN_TYPES.items()}
    found = _look_up(cell, names | {code.lower(): code for code in SEN_TYPES})
    if found is None:
        raise Unreadable("is not a type of need that we know. Write the census code, such as SLCN.")
    return found


def read_ethnicity(cell: Cell) -> str:
    """A census code, local ones included, as it is; or the code of a main group's English name."""
    text = text_of(cell)
    if re.fullmatch(r"[A-Za-z]{1,4}", text):
        return text.upper()
    if found := _look_up(
        text, _MAPS["ethnicity"] | {code.lower(): code for code in _MAPS["ethnicity"].values()}
    ):
        return found
    raise Unreadable("is not an ethnicity code. Write up to four letters, such as WBRI.")


_PERCENTAGE = re.compile(r"(\d{1,3}(?:\.\d+)?) ?(%?)", re.ASCII)


def read_attendance(cell: Cell) -> Decimal:
    """Per cent of possible sessions, as `schools.attendance` holds it: `94.5`, `94.5%`. Without its sign, what may be a share of one is refused."""
    match = _PERCENTAGE.fullmatch(text_of(cell))
    percentage = Decimal(match[1]) if match else Decimal(-1)
    if match and not match[2] and 0 < percentage <= 1:
        raise Unreadable(
            "may be a share of 1 or a percentage. Write a percentage with its sign, such as 94.5%."
        )
    try:
        return as_held(percentage)
    except ValueError:
        raise Unreadable(
            "is not a percentage of attendance. Write a number from 0 to 100 with a decimal point, such as 94.5."
        ) from None


_YEAR_NUMBER = re.compile(r"(?:year group|nc year|ncyear|year|yr|y)? ?0?(1[0-4]|[1-9])", re.ASCII)


def read_year_group(cell: Cell) -> YearGroup:
    """`4`, `Y4`, `Yr 4`, `Year 4`, `Reception`, `Nursery 2` and the like."""
    text = text_of(cell)
    # No yes or no, no 4/5, no 4 %.
    is_plain = not isinstance(cell, bool) and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 .-]*", text)
    words = _words(_whole(text)) if is_plain else ""
    if code := _MAPS["year_group"].get(words):
        return YearGroup.from_code(code)
    if (match := _YEAR_NUMBER.fullmatch(words)) and int(match[1]) <= YearGroup.Y13:
        return YearGroup(int(match[1]))
    raise Unreadable("is not a year group we have. Write N1, N2, R or a number from 1 to 13.")


def _whole(text: str) -> str:
    """Numbers written as text keep their noughts: `4.0` is 4."""
    return re.sub(r"\A(\d+)\.0+\Z", r"\1", text)
