"""A pupil's page over the years, the whole request, against the bare SQL for what stands on it.

The floor reads the years and the judgements with all that they are told by, what the signs of less than expected progress need of the whole year group
(each sign but the pupil's own rate before, which is reckoned from the judgements read), and what was decided about them.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import connection
from django.utils import timezone

from assessment.models import Judgement
from assessment.queries.progress_signs import SubjectSigns
from assessment.queries.signs_beside_peers import signs_in_subjects
from bench.classes import Staff
from bench.large_world import YEAR
from bench.measure import Measure, page_beside_query
from bench.wide_sheet import EARLIER_YEARS, YEAR_GROUP, wide_school
from bench.world import Site, empty_page, sign_in
from reports.queries.pupil_progress import pupil_record
from schools.access import Access
from schools.calendar import TermName
from schools.models import PupilYear, Role
from schools.row_security import visible_to

_YEARS = """
SELECT y.academic_year, y.year_group, coalesce(c.name, ''), y.sen_status, y.is_pupil_premium, y.is_fsm6, y.is_eal, y.is_looked_after,
    y.is_service_child, y.ethnicity, y.attendance, p.surname, p.forename, p.preferred_surname, p.preferred_forename, p.date_of_birth, p.sex,
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
# Beside everybody of the year group who was on roll on the last day of Summer: those who started at most one point away: here these are enough.
_SIGNS = """
WITH own AS (
    SELECT y.pupil_id, y.year_group, t.ends_on
    FROM schools_pupil p
    JOIN schools_pupilyear y ON y.school_id = p.school_id AND y.pupil_id = p.id AND y.academic_year = %(year)s
    JOIN schools_term t ON t.school_id = p.school_id AND t.academic_year = %(year)s AND t.term = 3
    WHERE p.school_id = %(school)s AND p.public_id = %(pupil)s
), reached AS (
    SELECT j.subject_id, j.pupil_id, j.pupil_id = own.pupil_id AS is_own,
        max(j.points) FILTER (WHERE j.academic_year = %(year)s AND j.term = 3) AS now,
        coalesce(
            max(j.points) FILTER (WHERE j.academic_year = %(year)s AND j.term = 0),
            max(j.points) FILTER (WHERE j.academic_year = %(year)s - 1)
        ) AS start
    FROM own
    JOIN schools_pupilyear y ON y.school_id = %(school)s AND y.academic_year = %(year)s AND y.year_group = own.year_group
    JOIN assessment_judgement j ON j.school_id = %(school)s AND j.pupil_id = y.pupil_id AND j.subject_id <= 4
        AND (j.academic_year = %(year)s AND j.term IN (0, 3) OR j.academic_year = %(year)s - 1 AND j.term = 3)
    WHERE y.pupil_id IN (
        SELECT e.pupil_id FROM schools_enrolment e, own
        WHERE e.school_id = %(school)s AND own.ends_on BETWEEN e.starts_on AND coalesce(e.ends_on, own.ends_on)
    )
    GROUP BY j.subject_id, j.pupil_id, own.pupil_id
), beside AS (
    SELECT own.subject_id, own.start, own.now, own.now - own.start AS gain, peer.now - peer.start AS gain_of_peer,
        peer.now AS peer_now, peer.start AS peer_start, abs(peer.start - own.start) AS away
    FROM reached own
    JOIN reached peer ON peer.subject_id = own.subject_id AND NOT peer.is_own
    WHERE own.is_own
)
SELECT subject_id, start, now, gain,
    count(*) FILTER (WHERE away <= 1),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY gain_of_peer) FILTER (WHERE away <= 1),
    (count(*) FILTER (WHERE away <= 1 AND gain_of_peer < gain)
        + count(*) FILTER (WHERE away <= 1 AND gain_of_peer <= gain)) / 2.0 / nullif(count(*) FILTER (WHERE away <= 1), 0),
    count(*), avg(peer_start) - start, avg(peer_now) - now
FROM beside
WHERE peer_start IS NOT NULL AND peer_now IS NOT NULL
GROUP BY subject_id, start, now, gain
ORDER BY subject_id
"""
_DECISIONS = """
SELECT d.subject_id, d.academic_year, d.term, d.decided, d.reason, d.signs, d.decided_at, u.name
FROM schools_pupil p
JOIN assessment_signdecision d ON d.school_id = p.school_id AND d.pupil_id = p.id
JOIN schools_user u ON u.id = d.decided_by_id
WHERE p.school_id = %(school)s AND p.public_id = %(pupil)s AND d.academic_year <= %(year)s
ORDER BY d.decided_at DESC
"""
_FIGURES = 9
Rows = list[tuple[Any, ...]]
Figures = tuple[Rows, Rows, Rows, Rows]


def measures(application: Any) -> list[Measure]:
    """Of a pupil of Year 6 who was judged since Reception, by the head."""
    staff = wide_school()
    pupil = _pupil(staff)
    if _shown(staff, pupil) != _by_hand(staff, pupil):
        raise RuntimeError("The floor does not read what it is the floor of.")
    page = Site(application, sign_in(staff.head)).page(staff.address(f"pupils/{pupil}/progress/?term=summer"))
    return [
        page_beside_query(
            "pupil",
            page,
            query=lambda: _by_hand(staff, pupil),
            empty=empty_page(application),
            turns=100,
            warm_up=10,
        )
    ]


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
    """Year, year group and class; year, term, subject, points, range, attainment, whether on entry, note; the signs; the decisions. The rest is read and left."""
    asked: dict[str, Any] = {"school": staff.school.pk, "pupil": pupil, "year": int(YEAR)}
    with visible_to(staff.school), connection.cursor() as cursor:
        cursor.execute(_YEARS, asked)
        years = [row[:3] for row in cursor.fetchall()]
        cursor.execute(_JUDGEMENTS, asked)
        judgements = [row[:_FIGURES] for row in cursor.fetchall()]
        cursor.execute(_SIGNS, asked)
        signs = [(*row[:4], *_rounded(*row[4:])) for row in cursor.fetchall()]
        cursor.execute(_DECISIONS, asked)
        return years, judgements, signs, cursor.fetchall()


def _shown(staff: Staff, pupil: uuid.UUID) -> Figures:
    access = Access(staff.head, staff.school, (Role.HEAD,), YEAR, (YEAR,), (staff.school,))
    with visible_to(staff.school):
        record = pupil_record(access, pupil, today=timezone.localdate(), term=TermName.SUMMER)
        if record is None:
            raise RuntimeError("There is no such page.")
        signs = signs_in_subjects(access, TermName.SUMMER, pupil, record.now.year_group)
    years: Rows = [(int(each.year), int(each.year_group), each.class_name) for each in record.years]
    judgements: Rows = [
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
    decisions: Rows = [(each,) for of_subject in signs for each in of_subject.decisions]
    return years, judgements, [_sign(each) for each in signs if each.signs.widening.peers], decisions


def _sign(of: SubjectSigns) -> tuple[Any, ...]:
    slower, gap = of.signs.slower, of.signs.widening
    start = of.start.points if of.start else None
    told = _rounded(slower.peers, slower.median, slower.rank, gap.peers, gap.at_start, gap.now)
    return (of.subject.number, start, of.now, slower.gain, *told)


def _rounded(*figures: Any) -> list[float]:
    """Means and shares, to six places."""
    return [round(float(each), 6) for each in figures]
