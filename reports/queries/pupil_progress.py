"""All that is held of one pupil's judgements up to a term, over all the years, for whoever may see the name."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.expectations import Circumstances, Expectations, expected_range
from assessment.engine.expected_range import Attainment, ExpectedRange
from assessment.engine.progress import Judged
from assessment.engine.subjects import BY_NUMBER, Kind, Subject
from assessment.models import Judgement, Reason
from assessment.queries.measuring import Measuring
from assessment.queries.own_expectations import Agreed, agreed_for, steps_that_count
from assessment.queries.provenance import in_a_word, told_entered
from schools.access import Access
from schools.attendance import in_words
from schools.calendar import (
    AcademicYear,
    EyfsFramework,
    TermName,
    YearGroup,
    age_in_months,
    is_summer_born,
    year_group_by_age,
)
from schools.models import Enrolment, PupilYear
from schools.queries.badges import Badge, badges
from schools.queries.rolls import pupils_for
from schools.queries.terms import reporting_term


@dataclass(frozen=True)
class Entry:
    """One judgement; `points` None, and then `why` says in a word why there are none.

    `judged_at` is the school whose teacher judged, where that is another one. `age_in_months` is at the end of the term.
    """

    subject: Subject
    at: AssessmentPoint
    points: int | None
    why: str
    expected: ExpectedRange | None
    attainment: Attainment | None
    is_on_entry: bool
    note: str
    entered: str
    judged_at: str
    expectations: Expectations
    age_in_months: int
    is_not_required: bool

    @property
    def judged(self) -> Judged:
        """As the rules of progress take it."""
        return Judged(self.at, self.points, self.is_on_entry)


@dataclass(frozen=True)
class PupilYearRecord:
    """What the record says for an academic year; `by_age` is the usual year group, where that is another one."""

    year: AcademicYear
    year_group: YearGroup
    class_name: str
    badges: tuple[Badge, ...]
    # `94.5%`, of the year so far; empty: not recorded.
    attendance: str
    is_out_of_year: bool
    by_age: YearGroup | None


@dataclass(frozen=True)
class PupilRecord:
    """One pupil, seen from the end of a term of the year in view; nothing later is held.

    `ranges` are the points expected of the record's own year group at the end of each term, by the expectations that held
    on its last day, for Years 1 to 9 alone; `expectations` those that hold at `at`. `first_day` is the year's; `joined_on` is the first day of the present stay where that is not assumed,
    `left_on` its last one where that was not after the day of `at`. `own` are the steps that were agreed for the pupil alone. `ended` are the points up to `at` whose terms are over today.
    """

    public_id: uuid.UUID
    name: str
    called: str
    full_name: str
    date_of_birth: dt.date
    is_summer_born: bool
    at: AssessmentPoint
    years: tuple[PupilYearRecord, ...]
    entries: tuple[Entry, ...]
    ranges: Mapping[AssessmentPoint, ExpectedRange]
    expectations: Expectations
    first_day: dt.date
    joined_on: dt.date | None
    left_on: dt.date | None
    ended: frozenset[AssessmentPoint]
    own: tuple[Agreed, ...] = ()

    @property
    def own_steps(self) -> dict[int, int]:
        """Steps a year of the pupil's own that count, by academic year."""
        return steps_that_count(self.own)

    @property
    def now(self) -> PupilYearRecord:
        """The record of the year in view."""
        return self.years[-1]

    @property
    def year_groups(self) -> dict[int, YearGroup]:
        """By academic year."""
        return {int(each.year): each.year_group for each in self.years}

    def of(self, subject: Subject) -> dict[AssessmentPoint, Entry]:
        """The judgements in a subject or area, in the order of time."""
        return {each.at: each for each in self.entries if each.subject == subject}


def pupil_record(
    access: Access,
    pupil_id: uuid.UUID,
    *,
    today: dt.date,
    term: TermName | None = None,
    measuring: Measuring | None = None,
) -> PupilRecord | None:
    """The record as at the end of `term`, else of the latest term of the year in view that was judged, else of the one that today falls in.

    None where this person may not see the pupil. `measuring` is the school's, where it was read already. Eight queries at most, whatever the years.
    """
    row = pupils_for(access).filter(pupil__public_id=pupil_id).select_related("pupil", "class_group").first()
    if row is None:
        return None
    year = access.academic_year
    held = list(
        Judgement.objects.in_school(access.school)
        .filter(pupil=row.pupil, academic_year__lte=year)
        .select_related("expectation_version", "entered_by", "made_by_school")
        .order_by("academic_year", "term", "subject")
    )
    term = term or _latest_judged(held, year) or reporting_term(access, today)
    at = AssessmentPoint(year, AssessmentTerm(term))
    measuring = measuring or Measuring(access.school)
    years = _years(row, access)
    stays = Enrolment.objects.in_school(access.school).filter(pupil=row.pupil).order_by("-starts_on")
    last_day = measuring.measured_on(*at)
    stay = stays.filter(Q(starts_on__lte=last_day)).first()
    return PupilRecord(
        public_id=row.pupil.public_id,
        name=row.pupil.name,
        called=row.pupil.preferred_forename or row.pupil.forename,
        full_name=f"{row.pupil.preferred_forename or row.pupil.forename} {row.pupil.preferred_surname or row.pupil.surname}",
        date_of_birth=row.pupil.date_of_birth,
        is_summer_born=is_summer_born(row.pupil.date_of_birth),
        at=at,
        years=years,
        entries=tuple(
            _entry(each, row, access, measuring)
            for each in held
            if (each.academic_year, each.term) <= (int(year), int(term))
        ),
        ranges=_ranges(years, at, measuring),
        expectations=measuring.version_on(last_day).expectations,
        first_day=measuring.measured_on(year, AssessmentTerm.BASELINE),
        joined_on=stay.starts_on if stay and not stay.is_start_assumed else None,
        left_on=stay.ends_on if stay and stay.ends_on and stay.ends_on <= last_day else None,
        ended=_ended(years, at, measuring, today),
        own=tuple(each for each in agreed_for(access.school, row.pupil) if each.academic_year <= year),
    )


def _ended(
    years: Sequence[PupilYearRecord], at: AssessmentPoint, measuring: Measuring, today: dt.date
) -> frozenset[AssessmentPoint]:
    """The ends of terms that lie behind today, of every year from the first of the record, those without a record too."""
    points = (
        AssessmentPoint(year, AssessmentTerm(term))
        for year in range(int(years[0].year), at.academic_year + 1)
        for term in TermName
    )
    return frozenset(each for each in points if each <= at and measuring.measured_on(*each) < today)


def _latest_judged(held: Sequence[Judgement], year: AcademicYear) -> TermName | None:
    """The last term of the year with points in anything; a Baseline is the start of Autumn."""
    terms = [each.term for each in held if each.academic_year == year and each.points is not None]
    return TermName(max(terms[-1], TermName.AUTUMN)) if terms else None


def _years(row: PupilYear, access: Access) -> tuple[PupilYearRecord, ...]:
    """Up to the year in view, in the order of time."""
    rows = (
        PupilYear.objects.in_school(access.school)
        .filter(pupil=row.pupil, academic_year__lte=access.academic_year)
        .select_related("class_group")
        .order_by("academic_year")
    )
    return tuple(_year(each, row.pupil.date_of_birth) for each in rows)


def _year(row: PupilYear, born_on: dt.date) -> PupilYearRecord:
    by_age = year_group_by_age(born_on, row.academic_year)
    return PupilYearRecord(
        year=AcademicYear(row.academic_year),
        year_group=YearGroup(row.year_group),
        class_name=row.class_group.name if row.class_group else "",
        badges=badges(row),
        attendance="" if row.attendance is None else in_words(row.attendance),
        is_out_of_year=by_age is not YearGroup(row.year_group),
        by_age=by_age,
    )


def _entry(row: Judgement, of: PupilYear, access: Access, measuring: Measuring) -> Entry:
    at = AssessmentPoint(int(row.academic_year), AssessmentTerm(row.term))
    has_range = row.expected_low is not None and row.expected_high is not None
    return Entry(
        subject=BY_NUMBER[row.subject_id],
        at=at,
        points=row.points,
        why=in_a_word(Reason(row.reason)) if row.reason else "",
        expected=ExpectedRange(row.expected_low or 0, row.expected_high or 0) if has_range else None,
        attainment=Attainment(row.attainment) if row.attainment else None,
        is_on_entry=row.is_on_entry,
        note=row.note,
        entered=told_entered(row),
        judged_at="" if row.made_by_school_id == access.school.pk else row.made_by_school.name,
        expectations=row.expectation_version.expectations,
        age_in_months=max(0, age_in_months(of.pupil.date_of_birth, measuring.measured_on(*at))),
        is_not_required=row.reason == Reason.NOT_REQUIRED,
    )


def _ranges(
    years: Sequence[PupilYearRecord], at: AssessmentPoint, measuring: Measuring
) -> dict[AssessmentPoint, ExpectedRange]:
    """Of each term of the years held, those after `at` too in its year: the band goes on to where the year leads."""
    found = {}
    for record in years:
        for term in TermName:
            point = AssessmentPoint(int(record.year), AssessmentTerm(term))
            of = Circumstances(
                kind=Kind.SUBJECT,
                year_group=record.year_group,
                term=point.term,
                framework=EyfsFramework.OF_2021,
                age_in_months=0,
            )
            version = measuring.version_on(measuring.measured_on(*point))
            expected = expected_range(of, version.expectations)
            if expected is not None:
                found[point] = expected
    return found
