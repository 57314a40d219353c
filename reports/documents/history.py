"""A pupil's history as a file for another school: who the child is, year by year, and every judgement, in words that people read.

`import_history` takes it in again. Notes are in it where they are marked to go along.
"""

from __future__ import annotations

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import BY_NUMBER
from assessment.models import Judgement
from reports.documents.tables import Table, Value
from schools.calendar import AcademicYear, YearGroup
from schools.models import Pupil, PupilYear

YEARS = "Years"
JUDGEMENTS = "Judgements"
_YEAR_HEADINGS = (
    "UPN",
    "Legal Surname",
    "Legal Forename",
    "Date of Birth",
    "Sex",
    "School",
    "Academic Year",
    "Year Group",
    "SEN Status",
    "Pupil Premium",
    "FSM6",
    "EAL",
    "Looked After",
    "Service Child",
    "Ethnicity",
    "% Attendance",
)
_JUDGEMENT_HEADINGS = (
    "UPN",
    "Subject",
    "Academic Year",
    "Term",
    "Points",
    "Reason",
    "Note",
    "On Entry",
    "Judged At",
    "Judged At URN",
    "Held Against",
)
_FLAGS = ("is_pupil_premium", "is_fsm6", "is_eal", "is_looked_after", "is_service_child")
_WORDS = {True: "yes", False: "no", None: None}


def history(pupil: Pupil) -> list[Table]:
    """The two sheets, in two queries; the school has to be open."""
    school = pupil.school
    years = PupilYear.objects.in_school(school).filter(pupil=pupil).order_by("academic_year")
    judged = (
        Judgement.objects.in_school(school)
        .filter(pupil=pupil)
        .select_related("made_by_school")
        .order_by("academic_year", "term", "subject")
    )
    return [
        Table(YEARS, _YEAR_HEADINGS, [_year(pupil, row) for row in years], pupils=1),
        Table(JUDGEMENTS, _JUDGEMENT_HEADINGS, [_judgement(pupil, row) for row in judged], pupils=1),
    ]


def _year(pupil: Pupil, row: PupilYear) -> tuple[Value, ...]:
    return (
        pupil.upn or None,
        pupil.surname,
        pupil.forename,
        f"{pupil.date_of_birth:%d/%m/%Y}",
        pupil.sex or None,
        pupil.school.name,
        AcademicYear(row.academic_year).label,
        YearGroup(row.year_group).code,
        row.sen_status or None,
        *(_WORDS[getattr(row, name)] for name in _FLAGS),
        row.ethnicity or None,
        None if row.attendance is None else f"{row.attendance}%",
    )


def _judgement(pupil: Pupil, row: Judgement) -> tuple[Value, ...]:
    low, high = row.expected_low, row.expected_high
    return (
        pupil.upn or None,
        BY_NUMBER[row.subject_id].full_name,
        AcademicYear(row.academic_year).label,
        AssessmentTerm(row.term).label,
        row.points,
        row.reason.replace("_", " ") or None,
        (row.note or None) if row.is_note_shareable else None,
        "yes" if row.is_on_entry else None,
        row.made_by_school.name,
        row.made_by_school.urn,
        None if low is None else f"{low} to {high}",
    )
