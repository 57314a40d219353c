"""The rows of a roll, as a file or a program gives them, and what is wrong with them whoever they are of."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from schools.calendar import AcademicYear, YearGroup, age_in_months
from schools.identifiers import is_temporary_upn, read_upn
from schools.services.enrolments import UNCHANGED, Unchanged

YOUNGEST, OLDEST = 1, 20


def same_child(surname: str, forename: str, date_of_birth: dt.date) -> tuple[str, str, dt.date]:
    """What two records of one child share where there is no UPN to tell; capitals and apostrophes make no difference."""
    return _folded(surname), _folded(forename), date_of_birth


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().replace("\u2019", "'")


@dataclass(frozen=True, kw_only=True, slots=True)
class RollRow:
    """One pupil of a year's roll; `number` names the row in what is said of it.

    UNCHANGED is not said; None is said to be not known. Dates None are blank. Raises ValueError for a malformed UPN, or a
    missing name.
    """

    number: int
    surname: str
    forename: str
    date_of_birth: dt.date
    year_group: YearGroup
    upn: str = ""
    # Empty: called by the legal name.
    preferred_surname: str | Unchanged = UNCHANGED
    preferred_forename: str | Unchanged = UNCHANGED
    sex: str | Unchanged = UNCHANGED
    class_name: str | Unchanged = UNCHANGED
    sen_status: str | Unchanged = UNCHANGED
    is_pupil_premium: bool | Unchanged | None = UNCHANGED
    is_fsm6: bool | Unchanged | None = UNCHANGED
    is_disadvantaged: bool | Unchanged | None = UNCHANGED
    is_eal: bool | Unchanged | None = UNCHANGED
    is_looked_after: bool | Unchanged | None = UNCHANGED
    is_previously_looked_after: bool | Unchanged | None = UNCHANGED
    is_service_child: bool | Unchanged | None = UNCHANGED
    ethnicity: str | Unchanged = UNCHANGED
    attendance: Decimal | Unchanged | None = UNCHANGED
    # Free school meals on the day of the file: of whatever kind, and of each since there are two; dates None are blank.
    has_meals: bool | Unchanged = UNCHANGED
    has_targeted_meals: bool | Unchanged = UNCHANGED
    has_expanded_meals: bool | Unchanged = UNCHANGED
    meals_since: dt.date | None = None
    meals_until: dt.date | None = None
    # Codes of schools/sen_codes.py.
    primary_need: str | Unchanged = UNCHANGED
    secondary_need: str | Unchanged = UNCHANGED
    entry: dt.date | None = None
    leaving: dt.date | None = None

    def __post_init__(self) -> None:
        if not self.surname.strip() or not self.forename.strip():
            raise ValueError("A pupil has a surname and a forename.")
        if self.upn:
            object.__setattr__(self, "upn", read_upn(self.upn))

    @property
    def name(self) -> str:
        """`Brough, Elsie`, by the legal name."""
        return f"{self.surname}, {self.forename}"

    @property
    def child(self) -> tuple[str, str, dt.date]:
        """What two rows of one child share where there is no UPN to tell."""
        return same_child(self.surname, self.forename, self.date_of_birth)

    @property
    def has_permanent_upn(self) -> bool:
        return bool(self.upn) and not is_temporary_upn(self.upn)


@dataclass(frozen=True, kw_only=True)
class RollProblem:
    """Why a row cannot be taken: `field` is a name of RollRow, and `what` goes on after the value there, if there is one.

    `row` None is no row’s fault.
    """

    row: int | None
    field: str
    value: str = ""
    what: str


class RollRefused(ValueError):
    """The roll is not taken, not even in part."""

    def __init__(self, problems: Sequence[RollProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "; ".join(f"row {each.row}, {each.field}: {each.value} {each.what}" for each in problems)
        )


def problems_of(
    rows: Iterable[RollRow], *, academic_year: AcademicYear, today: dt.date
) -> Iterator[RollProblem]:
    """What is wrong with the rows by themselves and between them, before anybody looks who they are of."""
    rows = list(rows)
    for row in rows:
        yield from _problems_of_birth(row, academic_year, today)
        yield from _problems_of_stay(row, academic_year)
    yield from _same_upn_twice(rows)
    yield from _same_child_twice(rows)


def _problem(row: RollRow, field: str, day: dt.date, what: str) -> RollProblem:
    return RollProblem(row=row.number, field=field, value=_written(day), what=what)


def _written(day: dt.date) -> str:
    return f"{day:%d/%m/%Y}"


def _problems_of_birth(row: RollRow, year: AcademicYear, today: dt.date) -> Iterator[RollProblem]:
    born = row.date_of_birth
    age = age_in_months(born, dt.date(year, 8, 31)) // 12
    if born > today:
        yield _problem(row, "date_of_birth", born, "lies in the future.")
    elif not YOUNGEST <= age <= OLDEST:
        yield _problem(
            row,
            "date_of_birth",
            born,
            f"is no pupil’s: on 31 August {int(year)} the child {_aged(age)}. Pupils are {YOUNGEST} to {OLDEST}.",
        )


def _aged(age: int) -> str:
    return f"was {age}" if age >= 0 else "was not born"


def _problems_of_stay(row: RollRow, year: AcademicYear) -> Iterator[RollProblem]:
    if row.entry and row.entry < row.date_of_birth:
        yield _problem(
            row, "entry", row.entry, f"lies before the date of birth, {_written(row.date_of_birth)}."
        )
    if row.entry and row.entry > year.ends_on:
        yield _problem(
            row, "entry", row.entry, f"lies after {year.label}, which ends on {_written(year.ends_on)}."
        )
    if row.leaving and row.entry and row.leaving < row.entry:
        yield _problem(row, "leaving", row.leaving, f"lies before the entry date, {_written(row.entry)}.")
    elif row.leaving and row.leaving < year.starts_on:
        what = f"lies before {year.label}, which begins on {_written(year.starts_on)}."
        yield _problem(row, "leaving", row.leaving, f"{what} Leave the pupil out of this year’s roll.")


def says_one_child(one: RollRow, other: RollRow) -> bool:
    """Whether two rows are of one child: one UPN, or one name and day of birth with no permanent UPNs to tell apart."""
    if one.upn and one.upn == other.upn:
        return True
    return one.child == other.child and not (one.has_permanent_upn and other.has_permanent_upn)


def _rows_together(rows: Iterable[RollRow], key: Callable[[RollRow], Hashable]) -> list[list[RollRow]]:
    """The rows that share the key, where there are several."""
    groups: dict[Hashable, list[RollRow]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return [group for group in groups.values() if len(group) > 1]


def _same_upn_twice(rows: list[RollRow]) -> Iterator[RollProblem]:
    for first, *others in _rows_together((row for row in rows if row.upn), lambda row: row.upn):
        for other in others:
            what = f"is the UPN of row {first.number} too."
            yield RollProblem(row=other.number, field="upn", value=other.upn, what=what)


def _same_child_twice(rows: list[RollRow]) -> Iterator[RollProblem]:
    for first, *others in _rows_together(rows, lambda row: row.child):
        for other in others:
            if says_one_child(first, other) and (not first.upn or first.upn != other.upn):
                yield RollProblem(
                    row=other.number,
                    field="surname",
                    value=other.name,
                    what=f"has the name and the date of birth of row {first.number} too."
                    " Leave one out, or give both their UPNs.",
                )
