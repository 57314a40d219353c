"""A judgement's row: what it is measured by, who made it, and what the database refuses."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import EYFS_AREAS, MATHEMATICS, READING
from assessment.models import ExpectationVersion, Judgement, Reason, Source
from assessment.services.judgements import Entry, Provenance, Written, record_many
from schools.calendar import AcademicYear, EyfsFramework, YearGroup
from schools.models import School
from schools.row_security import visible_to
from schools.services import years
from tests.factories import UserFactory, judged, on_roll

pytestmark = pytest.mark.django_db
YEAR = AcademicYear(2025)
AUTUMN, SPRING, SUMMER = AssessmentTerm.AUTUMN, AssessmentTerm.SPRING, AssessmentTerm.SUMMER
TYPED = Provenance(source=Source.TYPED, by=None)


@pytest.fixture
def opened(school: School):  # type: ignore[no-untyped-def]
    with visible_to(school):
        years.open_year(school=school, academic_year=YEAR, by=None)
        yield school


def pupil_in(school: School, year_group: YearGroup, **fields: object):  # type: ignore[no-untyped-def]
    return on_roll(school, YEAR, year_group=year_group, **fields).pupil


def test_a_judgement_stands_beside_its_range_and_its_attainment(opened: School) -> None:
    four = pupil_in(opened, YearGroup.Y4)
    autumn = judged(four, YEAR, AUTUMN, 42)
    spring = judged(four, YEAR, SPRING, 46)
    summer = judged(four, YEAR, SUMMER, 50)
    assert [(j.expected_low, j.expected_high, j.attainment) for j in (autumn, spring, summer)] == [
        (43, 44, 1),
        (45, 46, 2),
        (47, 49, 3),
    ]
    assert autumn.expectation_version == ExpectationVersion.objects.get(partnership=None)


def test_nothing_is_expected_at_a_baseline_and_in_year_ten(opened: School) -> None:
    baseline = judged(pupil_in(opened, YearGroup.Y4), YEAR, AssessmentTerm.BASELINE, 30)
    ten = judged(pupil_in(opened, YearGroup.Y10), YEAR, AUTUMN, 30)
    for judgement in (baseline, ten):
        assert (judgement.expected_low, judgement.expected_high, judgement.attainment) == (None, None, None)


def test_a_reason_has_no_attainment_though_something_was_expected(opened: School) -> None:
    absent = judged(pupil_in(opened, YearGroup.Y4), YEAR, AUTUMN, None, reason=Reason.ABSENT)
    assert (absent.points, absent.expected_low, absent.attainment) == (None, 43, None)


def test_an_area_is_measured_by_age_at_the_schools_own_end_of_term(opened: School) -> None:
    reading = EYFS_AREAS[EyfsFramework.OF_2012][8]
    # 36 months on 1 December 2025, 37 on 1 January 2026.
    child = pupil_in(opened, YearGroup.N2, pupil__date_of_birth=dt.date(2022, 12, 1))
    judged(child, YEAR, AUTUMN, 14, subject=reading)

    def row() -> Judgement:
        return Judgement.objects.get(pupil=child)

    assert (row().expected_low, row().expected_high, row().attainment) == (12, 17, 2)
    years.set_term_dates(
        school=opened,
        academic_year=YEAR,
        term=AUTUMN.term,  # type: ignore[arg-type]
        starts_on=dt.date(2025, 9, 1),
        ends_on=dt.date(2026, 1, 2),
        by=None,
    )
    assert (row().expected_low, row().expected_high, row().attainment) == (15, 17, 1)


def test_the_same_entry_again_changes_nothing_and_another_counts_the_version(opened: School) -> None:
    pupil, teacher = pupil_in(opened, YearGroup.Y4), UserFactory.create()
    entry = Entry(pupil.pk, READING.number, YEAR, AUTUMN, 44, note="Reads aloud")
    by_teacher = Provenance(source=Source.TYPED, by=teacher)
    assert record_many(school=opened, entries=[entry], provenance=by_teacher) == Written(new=1)
    assert record_many(school=opened, entries=[entry], provenance=TYPED) == Written()
    changed = entry._replace(points=45)
    assert record_many(school=opened, entries=[changed], provenance=TYPED) == Written(changed=1)
    row = Judgement.objects.get()
    assert (row.points, row.note, row.version, row.entered_by, row.made_by_school) == (
        45,
        "Reads aloud",
        2,
        None,
        opened,
    )


def test_many_are_written_in_a_number_of_queries_that_does_not_grow(
    opened: School, django_assert_num_queries
) -> None:
    pupils = [pupil_in(opened, YearGroup.Y4) for _ in range(3)]

    def write(count: int) -> None:
        entries = [Entry(pupil.pk, READING.number, YEAR, AUTUMN, 40 + count) for pupil in pupils[:count]]
        # Savepoint in and out, the turn, records, terms, versions, the rows, the history's note of who taken back.
        with django_assert_num_queries(8):
            record_many(school=opened, entries=entries, provenance=TYPED)

    write(1)
    write(3)


def test_a_judgement_of_a_year_without_record_is_refused(opened: School) -> None:
    pupil = pupil_in(opened, YearGroup.Y4)
    entry = Entry(pupil.pk, READING.number, YEAR + 1, AUTUMN, 44)
    with pytest.raises(ValueError, match="needs the pupil's record"):
        record_many(school=opened, entries=[entry], provenance=TYPED)


@pytest.mark.parametrize(
    "wrong",
    [
        {"points": None},
        {"points": 44, "reason": Reason.ABSENT},
        {"points": 0},
        {"points": 102},
        {"points": None, "reason": "tired"},
    ],
)
def test_the_database_holds_points_on_the_scale_or_a_known_reason(opened: School, wrong: dict) -> None:
    pupil = pupil_in(opened, YearGroup.Y4)
    entry = Entry(pupil.pk, READING.number, YEAR, AUTUMN, 44)._replace(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        record_many(school=opened, entries=[entry], provenance=TYPED)


def test_a_row_of_another_schools_pupil_year_cannot_be_written(opened: School, other_school: School) -> None:
    with visible_to(other_school):
        years.open_year(school=other_school, academic_year=YEAR, by=None)
        theirs = on_roll(other_school, YEAR, year_group=YearGroup.Y4).pupil
    version = ExpectationVersion.objects.get(partnership=None)
    with (
        visible_to(opened),
        pytest.raises(IntegrityError, match="judgement_pupil_year"),
        transaction.atomic(),
    ):
        Judgement.objects.create(
            school=opened,
            pupil_id=theirs.pk,
            academic_year=YEAR,
            term=1,
            subject_id=MATHEMATICS.number,
            points=44,
            expectation_version=version,
            source=Source.TYPED,
            made_by_school=opened,
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
