"""Children come, go and come back; years are placed, corrected and loaded late."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from schools.calendar import AcademicYear, YearGroup
from schools.models import ClassGroup, Enrolment, Pupil, PupilYear, School, SenStatus
from schools.row_security import visible_to
from schools.services import enrolments, years
from schools.services.enrolments import Characteristics, PupilDetails, YearPlace
from tests.factories import ClassGroupFactory, EnrolmentFactory, PupilFactory, PupilYearFactory

CHILD = PupilDetails(
    surname="Brough", forename="Elsie", date_of_birth=dt.date(2018, 1, 15), upn="b8012 00005001"
)


def check_now() -> None:
    """Have PostgreSQL check what it leaves until commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.fixture
def open_school(school: School, year: AcademicYear):  # type: ignore[no-untyped-def]
    with visible_to(school):
        years.open_year(school=school, academic_year=AcademicYear(year - 1), by=None)
        yield school


def admit(school: School, year: AcademicYear, starts_on: dt.date | None = None) -> Pupil:
    place = YearPlace(academic_year=year, year_group=YearGroup.Y4)
    return enrolments.admit(school=school, details=CHILD, place=place, starts_on=starts_on, by=None)


def test_admitting_puts_a_child_on_the_roll_in_a_year(open_school: School, year: AcademicYear) -> None:
    pupil = admit(open_school, year, dt.date(2026, 11, 3))
    stay, place = Enrolment.objects.get(), PupilYear.objects.get()
    assert (pupil.upn, pupil.name, pupil.full_name) == ("B801200005001", "Brough, Elsie", "Elsie Brough")
    assert (stay.starts_on, stay.is_start_assumed, stay.ends_on) == (dt.date(2026, 11, 3), False, None)
    assert (place.academic_year, place.year_group) == (year, YearGroup.Y4)
    # What was never supplied is neither yes nor no.
    assert (place.is_pupil_premium, place.is_eal, place.sen_status) == (None, None, "")


def test_a_blank_entry_date_is_the_first_day_of_the_first_year_loaded(
    open_school: School, year: AcademicYear
) -> None:
    pupil = admit(open_school, year)
    assert Enrolment.objects.get().starts_on == dt.date(year, 9, 1)
    earlier = YearPlace(academic_year=AcademicYear(year - 1), year_group=YearGroup.Y3)
    enrolments.place_in_year(pupil=pupil, place=earlier, by=None)
    assert Enrolment.objects.get().starts_on == dt.date(year - 1, 9, 1)


def test_a_known_entry_date_stays_when_an_earlier_year_is_loaded(
    open_school: School, year: AcademicYear
) -> None:
    pupil = admit(open_school, year, dt.date(year, 9, 1))
    earlier = YearPlace(academic_year=AcademicYear(year - 1), year_group=YearGroup.Y3)
    enrolments.place_in_year(pupil=pupil, place=earlier, by=None)
    assert Enrolment.objects.get().starts_on == dt.date(year, 9, 1)


def test_correcting_a_year_changes_that_year_alone(open_school: School, year: AcademicYear) -> None:
    pupil = admit(open_school, year)
    last = YearPlace(academic_year=AcademicYear(year - 1), year_group=YearGroup.Y3)
    enrolments.place_in_year(pupil=pupil, place=last, by=None)
    held_back = YearPlace(
        academic_year=year,
        year_group=YearGroup.Y3,
        characteristics=Characteristics(sen_status=SenStatus.SUPPORT, is_eal=False),
    )
    enrolments.place_in_year(pupil=pupil, place=held_back, by=None)
    places = PupilYear.objects.order_by("academic_year").values_list("year_group", "sen_status", "is_eal")
    assert list(places) == [(YearGroup.Y3, "", None), (YearGroup.Y3, "K", False)]


def test_what_is_not_said_in_a_correction_stays(open_school: School, year: AcademicYear) -> None:
    group = ClassGroupFactory.create(school=open_school, academic_year=year)
    known = Characteristics(sen_status=SenStatus.PLAN, is_looked_after=True)
    pupil = admit(open_school, year)

    def place(**said: object) -> tuple[object, ...]:
        what = YearPlace(academic_year=year, **said)  # type: ignore[arg-type]
        row = enrolments.place_in_year(pupil=pupil, place=what, by=None)
        row.refresh_from_db()
        return row.year_group, row.class_group, row.sen_status, row.is_looked_after

    assert place(year_group=YearGroup.Y4, class_group=group, characteristics=known) == (4, group, "E", True)
    assert place(year_group=YearGroup.Y3) == (3, group, "E", True)
    assert place(year_group=YearGroup.Y3, class_group=None) == (3, None, "E", True)
    assert place(year_group=YearGroup.Y3, characteristics=Characteristics()) == (3, None, "", None)


def test_a_child_leaves_and_comes_back(open_school: School, year: AcademicYear) -> None:
    pupil = admit(open_school, year)
    enrolments.leave(pupil=pupil, on=dt.date(year, 10, 20), by=None)
    enrolments.come_back(pupil=pupil, on=dt.date(year, 12, 1), by=None)
    stays = Enrolment.objects.order_by("starts_on").values_list("starts_on", "ends_on")
    assert list(stays) == [
        (dt.date(year, 9, 1), dt.date(year, 10, 20)),
        (dt.date(year, 12, 1), None),
    ]


def test_nobody_leaves_twice_or_before_coming(open_school: School, year: AcademicYear) -> None:
    pupil = admit(open_school, year)
    with pytest.raises(ValueError, match="no stay that goes on"):
        enrolments.leave(pupil=pupil, on=dt.date(year, 8, 31), by=None)
    enrolments.leave(pupil=pupil, on=dt.date(year, 10, 20), by=None)
    with pytest.raises(ValueError, match="no stay that goes on"):
        enrolments.leave(pupil=pupil, on=dt.date(year, 10, 21), by=None)


def test_two_stays_at_once_are_refused_by_the_database(open_school: School, year: AcademicYear) -> None:
    pupil = admit(open_school, year)
    enrolments.leave(pupil=pupil, on=dt.date(year, 10, 20), by=None)
    with pytest.raises(IntegrityError, match="enrolment_one_at_a_time"), transaction.atomic():
        enrolments.come_back(pupil=pupil, on=dt.date(year, 10, 20), by=None)
    enrolments.come_back(pupil=pupil, on=dt.date(year, 10, 21), by=None)


def test_a_malformed_upn_admits_nobody(open_school: School, year: AcademicYear) -> None:
    details = PupilDetails(
        surname="Brough", forename="Elsie", date_of_birth=dt.date(2018, 1, 15), upn="A801200005001"
    )
    place = YearPlace(academic_year=year, year_group=YearGroup.Y4)
    with pytest.raises(ValueError, match="first letter should be B"):
        enrolments.admit(school=open_school, details=details, place=place, starts_on=None, by=None)
    assert Pupil.objects.count() == 0


def test_a_class_of_another_year_cannot_be_given(open_school: School, year: AcademicYear) -> None:
    last_year = ClassGroupFactory.create(school=open_school, academic_year=year - 1)
    with pytest.raises(IntegrityError, match="pupilyear_class"), transaction.atomic():
        PupilYearFactory.create(school=open_school, academic_year=year, class_group=last_year)
        check_now()


def test_a_year_that_the_school_has_not_opened_holds_nobody(open_school: School, year: AcademicYear) -> None:
    with pytest.raises(IntegrityError, match="pupilyear_of_year"), transaction.atomic():
        PupilYearFactory.create(school=open_school, academic_year=year + 1)
        check_now()


def test_two_pupils_of_a_school_cannot_share_a_upn_but_may_both_have_none(open_school: School) -> None:
    PupilFactory.create_batch(2, school=open_school, upn="")
    PupilFactory.create(school=open_school, upn="B801200005001")
    with pytest.raises(IntegrityError, match="pupil_upn"), transaction.atomic():
        PupilFactory.create(school=open_school, upn="B801200005001")


def test_another_school_may_hold_the_same_child(open_school: School, other_school: School) -> None:
    here = PupilFactory.create(school=open_school, upn="B801200005001")
    with visible_to(other_school):
        there = PupilFactory.create(
            school=other_school,
            upn="B801200005001",
            person_key=here.person_key,
            origin_school=open_school,
            origin_id=here.public_id,
        )
        with pytest.raises(IntegrityError, match="pupil_copied_once"), transaction.atomic():
            PupilFactory.create(school=other_school, origin_school=open_school, origin_id=here.public_id)
    assert (there.person_key, there.origin_id) == (here.person_key, here.public_id)
    assert there.public_id != here.public_id


def test_an_origin_is_whole_or_absent(open_school: School) -> None:
    with pytest.raises(IntegrityError, match="origin_whole"), transaction.atomic():
        PupilFactory.create(school=open_school, origin_id=uuid.uuid4())


@pytest.mark.parametrize(
    ("model", "fields", "rule"),
    [
        (PupilFactory, {"surname": ""}, "pupil_named"),
        (PupilFactory, {"upn": "12345"}, "pupil_upn_form"),
        (PupilFactory, {"sex": "X"}, "pupil_sex_known"),
    ],
)
def test_the_database_refuses_what_cannot_be(
    open_school: School, model: type, fields: dict[str, str], rule: str
) -> None:
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        model.create(school=open_school, **fields)


def test_a_stay_cannot_end_before_it_starts(open_school: School) -> None:
    pupil = PupilFactory.create(school=open_school)
    with pytest.raises(IntegrityError, match="enrolment_starts_first"), transaction.atomic():
        EnrolmentFactory.create(
            school=open_school, pupil=pupil, starts_on=dt.date(2026, 9, 2), ends_on=dt.date(2026, 9, 1)
        )


def test_class_names_are_the_same_in_any_case(open_school: School, year: AcademicYear) -> None:
    ClassGroup.objects.create(school=open_school, academic_year=year, name="4A")
    ClassGroup.objects.create(school=open_school, academic_year=year - 1, name="4a")
    with pytest.raises(IntegrityError, match="classgroup_once"), transaction.atomic():
        ClassGroup.objects.create(school=open_school, academic_year=year, name="4a")
