"""Opening an academic year at a school, and its dates."""

from __future__ import annotations

import datetime as dt

from schools.calendar import AcademicYear, TermName, default_term_dates
from schools.models import School, SchoolYear, Term, User
from schools.services.changes import acting
from schools.services.turns import take_turn_alone
from schools.signals import records_corrected


def open_year(*, school: School, academic_year: AcademicYear, by: User | None) -> SchoolYear:
    """Open the year with the dates most English schools keep; a year that is open already stays as it is.

    Needs the school open.
    """
    with acting(by):
        school_year, is_new = SchoolYear.objects.get_or_create(
            school=school,
            academic_year=academic_year,
            defaults={"eyfs_framework": school.eyfs_framework_in(academic_year)},
        )
        if is_new:
            Term.objects.bulk_create(
                Term(
                    school=school,
                    academic_year=academic_year,
                    term=term,
                    starts_on=starts_on,
                    ends_on=ends_on,
                )
                for term, (starts_on, ends_on) in default_term_dates(academic_year).items()
            )
    return school_year


def set_term_dates(
    *,
    school: School,
    academic_year: AcademicYear,
    term: TermName,
    starts_on: dt.date,
    ends_on: dt.date,
    by: User | None,
) -> None:
    """Give a term its own dates. Raises IntegrityError where they run backwards or into another term.

    What hangs on them (a child's age at the end of the term) follows within the same transaction.
    """
    with acting(by):
        take_turn_alone(school)
        Term.objects.in_school(school).filter(academic_year=academic_year, term=term).update(
            starts_on=starts_on, ends_on=ends_on
        )
        records_corrected.send(sender=None, school=school, pupil_ids=None, academic_year=academic_year)
