"""Columns of what the pupil's record of the year says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from assessment.queries.column_kinds.kinds import ColumnKind, Given, Seen
from assessment.queries.column_kinds.settings import Choice
from assessment.queries.columns import Column, Shown
from assessment.queries.sheet_pupils import Facts
from assessment.queries.sheet_rows import Row
from schools.attendance import in_words
from schools.calendar import age_in_months
from schools.models import SenStatus, Sex

_UNKNOWN = Shown(missing="not known")


def _said(value: object) -> Shown:
    """Yes, no or a word; a characteristic that was never supplied is neither."""
    if value is None or value == "":
        return _UNKNOWN
    word = value if isinstance(value, str) else "yes" if value else "no"
    return Shown(word, word)


def _per_cent(attendance: Decimal | None) -> Shown:
    return _said("" if attendance is None else in_words(attendance))


def _label(labels: type[Sex | SenStatus], code: str) -> str:
    return str(labels(code).label) if code else ""


def _day(day: dt.date) -> Shown:
    text = f"{day.day} {day:%b %Y}"
    return Shown(text, text)


# In order: the name in a list of choices, its heading on the sheet, and what is said of a pupil.
_CHARACTERISTICS: dict[str, tuple[str, str, Callable[[Facts], Shown]]] = {
    "sex": ("Sex", "Sex", lambda facts: _said(_label(Sex, facts.sex))),
    "pupil-premium": ("Pupil premium", "Pupil premium", lambda facts: _said(facts.is_pupil_premium)),
    "fsm6": (
        "Free school meals in the last six years (FSM6)",
        "FSM6",
        lambda facts: _said(facts.is_fsm6),
    ),
    "sen": (
        "Special educational needs (SEN)",
        "SEN",
        lambda facts: _said(_label(SenStatus, facts.sen_status)),
    ),
    "eal": ("English as an additional language (EAL)", "EAL", lambda facts: _said(facts.is_eal)),
    "looked-after": ("Looked after", "Looked after", lambda facts: _said(facts.is_looked_after)),
    "service": ("Service child", "Service", lambda facts: _said(facts.is_service_child)),
    "attendance": ("Attendance in the year so far", "Attendance", lambda facts: _per_cent(facts.attendance)),
    "date-of-birth": ("Date of birth", "Born", lambda facts: _day(facts.date_of_birth)),
}
_AGE = "age"
_WHICH = Choice(
    "which",
    "Characteristic",
    options=(*((code, name) for code, (name, _, _) in _CHARACTERISTICS.items()), (_AGE, "Age in months")),
    default="sex",
)


def _characteristic(given: Given, seen: Seen) -> Column:
    if given["which"] == _AGE:
        return _age(seen)
    _, label, says = _CHARACTERISTICS[given["which"]]
    return Column(key=given["which"], label=label, shows=lambda row: says(row.facts))


def _age(seen: Seen) -> Column:
    """In completed months on the last day of the term in view."""

    def shows(row: Row) -> Shown:
        last_day = row.measuring.measured_on(*seen.at)
        months = age_in_months(row.facts.date_of_birth, last_day)
        return Shown(months, str(months))

    return Column(key=_AGE, label="Age", detail="months", shows=shows)


def _class(given: Given, seen: Seen) -> Column:
    def shows(row: Row) -> Shown:
        return Shown(row.class_name, row.class_name) if row.class_name else Shown(missing="none")

    return Column(key="class", label="Class", shows=shows)


def _year_group(given: Given, seen: Seen) -> Column:
    column = Column(key="year-group", label="Year group")
    return replace(column, shows=lambda row: Shown(row.year_group.label, row.year_group.label))


KINDS_OF_FACTS = (
    ColumnKind(
        code="characteristic",
        name="Characteristic",
        explained="What the pupil’s record of the year says: sex, pupil premium, SEN, age and the like.",
        settings=(_WHICH,),
        make=_characteristic,
    ),
    ColumnKind(
        code="class",
        name="Class",
        explained="The class that the pupil is in.",
        settings=(),
        make=_class,
    ),
    ColumnKind(
        code="year_group",
        name="Year group",
        explained="The year group of the pupil’s record.",
        settings=(),
        make=_year_group,
    ),
)
