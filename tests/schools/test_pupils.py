"""A pupil's plain page: stays, years, what was held when."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from schools.calendar import AcademicYear, YearGroup
from schools.models import ClassGroup, Role, School
from schools.queries.pupils import Fact, Stay, pupil_page
from schools.services import enrolments, years
from tests.schools.small_school import TODAY, YEAR, access_of, school_pupil, teacher_of


def test_a_pupils_page_tells_the_stays_and_the_years(small_school: School) -> None:
    pupil = school_pupil(small_school, "Jan")
    pupil.date_of_birth, pupil.upn, pupil.preferred_forename = dt.date(2017, 3, 21), "W91021022400A", "Janek"
    pupil.save()
    page = pupil_page(access_of(small_school, Role.SENCO), pupil.public_id, today=TODAY)
    assert page is not None
    assert (page.note, page.class_id) == (
        "Joined 10 November 2025",
        ClassGroup.objects.get(name="4A").public_id,
    )
    assert (page.name, page.full_name, page.upn_note) == ("Jan, Janek", "Child Jan", "Temporary")
    assert (page.age, page.year_group, page.class_name) == ("8 years 7 months", "Year 4", "4A")
    assert page.stays == (
        Stay(dt.date(2025, 11, 10), is_start_assumed=False, ends_on=None),
        Stay(dt.date(2025, 9, 1), is_start_assumed=False, ends_on=dt.date(2025, 9, 30)),
    )
    # Born in March 2017: Year 4 in 2025/26, so nothing to notice.
    assert page.notices == ()
    assert [(line.academic_year, line.characteristics) for line in page.years] == [("2025/26", ())]


def test_a_pupil_out_of_year_is_said_to_be(small_school: School) -> None:
    pupil = school_pupil(small_school, "Dan")
    pupil.date_of_birth = dt.date(2017, 3, 21)
    pupil.save()
    page = pupil_page(access_of(small_school, Role.HEAD), pupil.public_id, today=TODAY)
    assert page is not None
    assert page.notices == ("Out of year: in Year 3; by age it would be Year 4.",)
    assert page.years[0].characteristics == (Fact("SEN", "EHC plan"),)


def test_a_page_shows_the_characteristics_of_the_year_in_view(small_school: School) -> None:
    """What was held then, not today's."""
    pupil = school_pupil(small_school, "Ada")
    years.open_year(school=small_school, academic_year=AcademicYear(2024), by=None)
    last = enrolments.YearPlace(
        academic_year=AcademicYear(2024),
        year_group=YearGroup.Y3,
        characteristics=enrolments.Characteristics(is_pupil_premium=False, ethnicity="WBRI"),
    )
    enrolments.place_in_year(pupil=pupil, place=last, by=None)
    access = replace(access_of(small_school, Role.HEAD), opened_years=(YEAR, AcademicYear(2024)))
    page = pupil_page(access, pupil.public_id, today=TODAY)
    assert page is not None
    assert [badge.text for badge in page.badges] == ["PP", "SEN K"]
    assert [line.year for line in page.years] == [YEAR, 2024]
    mine = pupil_page(teacher_of(small_school, "4A"), pupil.public_id, today=TODAY)
    assert mine is not None
    assert [line.year for line in mine.years] == [YEAR, None]
    assert [(line.academic_year, line.year_group, line.characteristics) for line in page.years] == [
        ("2025/26", "Year 4", (Fact("SEN", "SEN support"), Fact("Pupil premium", "Yes"))),
        ("2024/25", "Year 3", (Fact("Pupil premium", "No"), Fact("Ethnicity", "WBRI"))),
    ]
