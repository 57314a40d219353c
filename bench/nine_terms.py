"""A partnership of 20 schools, 500 pupils each, judged at the end of all nine terms of three years, which gave out the figures of each term."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from bench.classes import freshly_counted
from bench.large_world import YEAR, OfTheirOwn, Parameters, make_schools, unrecorded
from lep_tracker.database_roles import as_owner
from reports.documents.releases import released
from reports.queries.scope import Scope
from schools.calendar import AcademicYear, TermName, default_term_dates
from schools.models import PackRelease, Partnership, PartnershipMembership, School, User
from schools.row_security import visible_to
from schools.services.releases import keep_pack

SCHOOLS, FIRST_NUMBER = 20, OfTheirOwn.NINE_TERMS
PARTNERSHIP = "Bench: nine terms"
TERMS = tuple((AcademicYear(YEAR - 2 + year), term) for year in range(3) for term in TermName)

# The first of the three years, and what the other two lack.
_NINE_TERMS = (
    """
INSERT INTO schools_schoolyear (school_id, academic_year, eyfs_framework)
SELECT s, %(year)s - 2, 2021 FROM unnest(%(ids)s::bigint[]) AS s
""",
    """
INSERT INTO schools_term (school_id, academic_year, term, starts_on, ends_on)
SELECT s, %(year)s - 2, t.* FROM unnest(%(ids)s::bigint[]) AS s,
    unnest(%(terms)s::smallint[], %(starts)s::date[], %(ends)s::date[]) AS t
""",
    """
UPDATE schools_enrolment SET starts_on = make_date(%(year)s - 2, 9, 1)
WHERE school_id = ANY (%(ids)s) AND starts_on = make_date(%(year)s - 1, 9, 1)
""",
    """
INSERT INTO schools_pupilyear (school_id, pupil_id, academic_year, year_group, sen_status, is_pupil_premium, is_fsm6,
    is_disadvantaged, is_eal, is_looked_after, is_service_child, ethnicity, attendance)
SELECT school_id, pupil_id, academic_year - 1, year_group - 1, sen_status, is_pupil_premium, is_fsm6,
    is_disadvantaged, is_eal, is_looked_after, is_service_child, ethnicity, attendance
FROM schools_pupilyear WHERE school_id = ANY (%(ids)s) AND academic_year = %(year)s - 1
""",
    """
INSERT INTO assessment_judgement (school_id, pupil_id, academic_year, subject_id, term, points, reason, is_on_entry, note,
    expected_low, expected_high, expectation_version_id, source, made_by_school_id, entered_at, version)
SELECT y.school_id, y.pupil_id, y.academic_year, subject, term, low + (random() * 5)::int - 1, '', false, '',
    low, low + width, v.id, 'imported', y.school_id, now(), 1
FROM schools_pupilyear y
CROSS JOIN generate_series(1, 4) AS subject
CROSS JOIN (VALUES (1, 15, 1), (2, 17, 1), (3, 19, 2)) AS terms (term, offset_of_year, width)
CROSS JOIN LATERAL (SELECT 7 * y.year_group + offset_of_year AS low) AS range
CROSS JOIN (SELECT id FROM assessment_expectationversion WHERE partnership_id IS NULL) AS v
WHERE y.school_id = ANY (%(ids)s) AND y.year_group >= 1
ON CONFLICT (school_id, pupil_id, subject_id, academic_year, term) DO NOTHING
""",
)


def nine_terms() -> tuple[School, ...]:
    """The schools by name, made the first time."""
    found = School.objects.filter(partnership__name=PARTNERSHIP).order_by("name")
    if not found.exists():
        with as_owner():
            make_schools(PARTNERSHIP, first=FIRST_NUMBER, last=FIRST_NUMBER + SCHOOLS - 1)
            unrecorded([school.pk for school in found], _NINE_TERMS, _parameters(found.all()))
        freshly_counted()
    schools = tuple(found.all())
    _give_out(schools)
    return schools


def _give_out(schools: Iterable[School]) -> None:
    """Each term of each school once, as its head does by making the pack, unless it was given out the last time."""
    for school in schools:
        with visible_to(school):
            releases = PackRelease.objects.in_school(school)
            given = set(releases.values_list("academic_year", "term"))
            for year, term in TERMS:
                if (int(year), term.value) in given:
                    continue
                scope = Scope(schools=(school,), academic_year=year, term=term)
                for each in released(scope, is_anew=True).to_keep:
                    keep_pack(**each.facts, by=None)


def lead() -> User:
    """Who leads the partnership and sees its pages."""
    email = "lead@bench.test"
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, "Lead")
    partnership = Partnership.objects.get(name=PARTNERSHIP)
    PartnershipMembership.objects.get_or_create(user=user, partnership=partnership)
    return user


def _parameters(schools: QuerySet[School]) -> Parameters:
    dates = default_term_dates(AcademicYear(YEAR - 2))
    return {
        "ids": [school.pk for school in schools],
        "year": int(YEAR),
        "terms": [term.value for term in dates],
        "starts": [starts_on for starts_on, _ in dates.values()],
        "ends": [ends_on for _, ends_on in dates.values()],
    }
