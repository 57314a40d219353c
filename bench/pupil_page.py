"""A pupil's page over the years, the whole request, against the bare SQL for what stands on it."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import connection
from django.utils import timezone

from assessment.models import Judgement
from bench.classes import Staff
from bench.large_world import YEAR
from bench.measure import Measure, page_beside_query
from bench.wide_sheet import EARLIER_YEARS, YEAR_GROUP, wide_school
from bench.world import Site, sign_in
from reports.queries.pupil_progress import pupil_record
from schools.access import Access
from schools.calendar import TermName
from schools.models import PupilYear, Role
from schools.row_security import visible_to

_YEARS = """
SELECT y.academic_year, y.year_group, coalesce(c.name, ''), y.sen_status, y.is_pupil_premium, y.is_fsm6, y.is_eal, y.is_looked_after,
    y.is_service_child, y.ethnicity, p.surname, p.forename, p.preferred_surname, p.preferred_forename, p.date_of_birth, p.sex,
    e.starts_on, e.is_start_assumed, e.ends_on
FROM schools_pupil p
JOIN schools_pupilyear y ON y.school_id = p.school_id AND y.pupil_id = p.id
LEFT JOIN schools_classgroup c ON c.school_id = y.school_id AND c.id = y.class_group_id
CROSS JOIN LATERAL (
    SELECT * FROM schools_enrolment e WHERE e.school_id = p.school_id AND e.pupil_id = p.id ORDER BY starts_on DESC LIMIT 1
) AS e
WHERE p.school_id = %(school)s AND p.public_id = %(pupil)s AND y.academic_year <= %(year)s
ORDER BY y.academic_year
"""
_JUDGEMENTS = """
SELECT j.academic_year, j.term, j.subject_id, j.points, j.expected_low, j.expected_high, j.attainment, j.is_on_entry, j.note,
    j.reason, j.entered_at, u.name, s.name, t.ends_on, v.*
FROM schools_pupil p
JOIN assessment_judgement j ON j.school_id = p.school_id AND j.pupil_id = p.id
JOIN schools_school s ON s.id = j.made_by_school_id
JOIN assessment_expectationversion v ON v.id = j.expectation_version_id
LEFT JOIN schools_user u ON u.id = j.entered_by_id
LEFT JOIN schools_term t ON t.school_id = j.school_id AND t.academic_year = j.academic_year AND t.term = j.term
WHERE p.school_id = %(school)s AND p.public_id = %(pupil)s AND j.academic_year <= %(year)s
ORDER BY j.academic_year, j.term, j.subject_id
"""
_FIGURES = 9
Figures = tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]


def measures(application: Any) -> list[Measure]:
    """Of a pupil of Year 6 who was judged since Reception, by the head."""
    staff = wide_school()
    pupil = _pupil(staff)
    if _shown(staff, pupil) != _by_hand(staff, pupil):
        raise RuntimeError("The floor does not read what it is the floor of.")
    page = Site(application, sign_in(staff.head)).page(staff.address(f"pupils/{pupil}/progress/?term=summer"))
    return [page_beside_query("pupil", page, lambda: _by_hand(staff, pupil), turns=100, warm_up=10)]


def _pupil(staff: Staff) -> uuid.UUID:
    with visible_to(staff.school):
        judged = Judgement.objects.in_school(staff.school).filter(
            academic_year=YEAR - EARLIER_YEARS - 1, points__isnull=False
        )
        of_year = PupilYear.objects.in_school(staff.school).filter(academic_year=YEAR, year_group=YEAR_GROUP)
        row = of_year.filter(pupil__in=judged.values("pupil")).select_related("pupil").order_by("pk").first()
        if row is None:
            raise RuntimeError("There is no such pupil.")
        found: uuid.UUID = row.pupil.public_id
        return found


def _by_hand(staff: Staff, pupil: uuid.UUID) -> Figures:
    """Year, year group and class; year, term, subject, points, range, attainment, whether on entry, note. The rest is read and left."""
    asked: dict[str, Any] = {"school": staff.school.pk, "pupil": pupil, "year": int(YEAR)}
    with visible_to(staff.school), connection.cursor() as cursor:
        cursor.execute(_YEARS, asked)
        years = [row[:3] for row in cursor.fetchall()]
        cursor.execute(_JUDGEMENTS, asked)
        return years, [row[:_FIGURES] for row in cursor.fetchall()]


def _shown(staff: Staff, pupil: uuid.UUID) -> Figures:
    access = Access(staff.head, staff.school, (Role.HEAD,), YEAR, (YEAR,), (staff.school,))
    with visible_to(staff.school):
        record = pupil_record(access, pupil, today=timezone.localdate(), term=TermName.SUMMER)
    if record is None:
        raise RuntimeError("There is no such page.")
    return [(int(each.year), int(each.year_group), each.class_name) for each in record.years], [
        (
            *each.at,
            each.subject.number,
            each.points,
            each.expected.low if each.expected else None,
            each.expected.high if each.expected else None,
            each.attainment,
            each.is_on_entry,
            each.note,
        )
        for each in record.entries
    ]
