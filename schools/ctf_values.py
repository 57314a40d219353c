"""What a common transfer file (CTF) of the Department for Education says, as plain values: read by schools/imports/ctf.py, written by schools/exports/ctf.py.

Only what this site may keep has a place here: no address, contact, medical note, disability, middle name or learner number is ever held, not even while a
file is read. None, and an empty tuple, are not said; a text is as the file has it.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from schools.calendar import YearGroup

# Versions whose elements are known: CTF 15 from September 2015 on, one a year.
FIRST_VERSION, LAST_VERSION = 15, 26
# The last one whose structure we have; receivers take the version of the year and the one before.
LAST_WRITTEN = 25
# From this version on the element is called Sex; before it was Gender.
SEX_SINCE = 24
UNKNOWN_SCHOOL = "XXXXXXX"


@dataclass(frozen=True, kw_only=True, slots=True)
class CtfSchool:
    """A school as a file names it: number of the local authority, number of the establishment."""

    authority: str = ""
    establishment: str = ""
    urn: str = ""
    name: str = ""

    @property
    def dfe_number(self) -> str:
        """Seven digits; empty where the file does not give them, as for a local authority, or abroad."""
        number = f"{self.authority}{self.establishment}"
        return number if re.fullmatch(r"[0-9]{7}", number) else ""

    @property
    def words(self) -> str:
        """`Sample Primary School (860/2345)`, of what there is."""
        number = "/".join(part for part in (self.authority, self.establishment) if part)
        return f"{self.name} ({number})" if self.name and number else self.name or number


@dataclass(frozen=True, kw_only=True, slots=True)
class CtfHeader:
    """Where a file comes from and for whom; `version` is 25 for `25.0`, None where it cannot be told."""

    version: int | None = None
    made_at: str = ""
    # Full: all that the school before had to send. Partial: some of it, such as results.
    is_partial: bool = False
    supplier: str = ""
    source: CtfSchool = CtfSchool()
    destination: CtfSchool = CtfSchool()
    # By its first calendar year.
    academic_year: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CtfMeals:
    """Free school meals from a day to a day, both counted; an empty end goes on."""

    starts_on: dt.date
    ends_on: dt.date | None = None
    # ENG, NIR, SCT or WLS; empty is not said.
    country: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CtfSen:
    """A SEN provision from a day on, until the next begins."""

    starts_on: dt.date
    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CtfNeed:
    """A type of need; rank 1 is the primary one."""

    code: str
    rank: int | None = None
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CtfAttendance:
    """Sessions of an academic year, named by its first calendar year, at one school."""

    year: int
    school: CtfSchool = CtfSchool()
    possible: int
    attended: int
    authorised: int | None = None
    unauthorised: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CtfResult:
    """A result of a statutory assessment, to the letter. `year` is that of the summer."""

    stage: str = ""
    locale: str = ""
    year: str = ""
    subject: str = ""
    method: str = ""
    component: str = ""
    status: str = ""
    qualifier: str = ""
    result: str = ""
    result_date: dt.date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CtfStay:
    """A stay at a school, this one or another."""

    school: CtfSchool
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    leaving_reason: str = ""
    is_last: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CtfPupil:
    """One pupil; `number` is its place in the file, from 1."""

    number: int
    surname: str
    forename: str
    date_of_birth: dt.date
    upn: str = ""
    former_upn: str = ""
    sex: str | None = None
    preferred_surname: str | None = None
    preferred_forename: str | None = None
    year_group: YearGroup | None = None
    ethnicity: str | None = None
    # The code of the first language, such as ENG.
    first_language: str | None = None
    # Y, N, U or R.
    service_child: str | None = None
    in_care: bool | None = None
    care_authority: str = ""
    enrol_status: str = ""
    meals: tuple[CtfMeals, ...] = ()
    sen: tuple[CtfSen, ...] = ()
    needs: tuple[CtfNeed, ...] = ()
    attendance: tuple[CtfAttendance, ...] = ()
    results: tuple[CtfResult, ...] = ()
    stays: tuple[CtfStay, ...] = ()

    @property
    def name(self) -> str:
        """`Brough, Elsie`, by the legal name."""
        return f"{self.surname}, {self.forename}"
