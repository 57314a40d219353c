"""The history of a pupil as another installation's file tells it: the sheets Years and Judgements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from assessment.imports.judgement_cells import read_academic_year, read_subject, read_term, read_upn
from assessment.queries.records import Records
from schools.calendar import AcademicYear
from schools.imports.headings import HeadingSet
from schools.imports.report import FileRefused, Problem
from schools.imports.tables import Row, read_table
from schools.imports.values import (
    Cell,
    Unreadable,
    is_blank,
    read_attendance,
    read_ethnicity,
    read_flag,
    read_sen_status,
    read_year_group,
    text_of,
)
from schools.models import School
from schools.services.brought_years import BroughtYear
from schools.services.enrolments import Characteristics

_YEARS = HeadingSet(
    fields={
        "upn": ["UPN"],
        "surname": ["Legal Surname"],
        "forename": ["Legal Forename"],
        "born": ["Date of Birth"],
        "academic_year": ["Academic Year"],
        "year_group": ["Year Group"],
        "sen_status": ["SEN Status"],
        "is_pupil_premium": ["Pupil Premium"],
        "is_fsm6": ["FSM6"],
        "is_eal": ["EAL"],
        "is_looked_after": ["Looked After"],
        "is_service_child": ["Service Child"],
        "ethnicity": ["Ethnicity"],
        "attendance": ["% Attendance"],
    }
)
_JUDGED_AT = HeadingSet(
    fields={
        "upn": ["UPN"],
        "subject": ["Subject"],
        "academic_year": ["Academic Year"],
        "term": ["Term"],
        "points": ["Points"],
        "urn": ["Judged At URN"],
    }
)
_CHARACTERISTICS: Mapping[str, Callable[[Cell], Any]] = {
    "sen_status": read_sen_status,
    "is_pupil_premium": read_flag,
    "is_fsm6": read_flag,
    "is_eal": read_flag,
    "is_looked_after": read_flag,
    "is_service_child": read_flag,
    "ethnicity": read_ethnicity,
    "attendance": read_attendance,
}
_NEEDED = ("upn", "academic_year", "year_group")


def read_years(path: Path, *, school: School) -> list[BroughtYear]:
    """What the file says of each year of pupils who are here already; needs the school open. FileRefused with every problem."""
    table = read_table(path, headings=_YEARS, such_as="UPN, Academic Year, Year Group")
    if missing := [name for name in _NEEDED if name not in table.columns]:
        raise FileRefused(f"No sheet of years was found: it lacks {', '.join(missing)}.")
    records, problems = Records(school), []
    found: dict[tuple[int, int], BroughtYear] = {}
    for row in table.rows:
        try:
            year = _year(row, records)
        except Unreadable as error:
            problems.append(Problem(row=row.number, column="", value="", what=str(error)))
            continue
        if found.setdefault((year.pupil_id, year.academic_year), year) is not year:
            twice = f"The file tells of this pupil’s year {AcademicYear(year.academic_year)} twice."
            problems.append(Problem(row=row.number, what=twice))
    if problems:
        raise FileRefused("nothing was imported.", problems)
    return list(found.values())


def _year(row: Row, records: Records) -> BroughtYear:
    pupil = records.pupils.get(read_upn(row.cells["upn"]))
    if pupil is None:
        raise Unreadable("The pupil is not on record here. Load the roll, with the UPN, first.")
    said = {
        name: read(row.cells[name])
        for name, read in _CHARACTERISTICS.items()
        if name in row.cells and not is_blank(row.cells[name])
    }
    return BroughtYear(
        pupil.pk,
        AcademicYear(read_academic_year(row.cells["academic_year"])),
        read_year_group(row.cells["year_group"]),
        Characteristics(**said),
    )


def read_judged_at(path: Path, *, school: School) -> dict[tuple[int, int, int, int], str]:
    """The URN of the school that judged, by cell: the pupil's key, the subject's number, year, term. Of rows that have one; the rest of them is read elsewhere."""
    table = read_table(path, headings=_JUDGED_AT, such_as="UPN, Subject, Academic Year, Term")
    records, found = Records(school), {}
    for row in table.rows:
        pupil = records.pupils.get(read_upn(row.cells["upn"]))
        if pupil is None or is_blank(row.cells.get("urn")):
            continue
        year = AcademicYear(read_academic_year(row.cells["academic_year"]))
        group = records.year_group(pupil.pk, year)
        if group is not None:
            subject = read_subject(row.cells["subject"], group, records.framework(year))
            term = read_term(row.cells["term"])
            found[pupil.pk, subject.number, int(year), int(term)] = text_of(row.cells["urn"])
    return found
