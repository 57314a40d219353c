"""The baseline desk: every pupil of Year 1, and whoever else has no start for the year, with what is offered to each."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.baseline_offers import JudgedArea, NoOffer, Offer, needs_start, offer, start_in
from assessment.engine.progress import Judged
from assessment.engine.subjects import SUBJECTS, Subject
from assessment.models import Judgement, Source
from assessment.queries.baseline_sources import areas_for
from assessment.queries.entry_rights import enters_for_all_in_sight
from assessment.queries.measuring import Measuring
from assessment.queries.school_subjects import subjects_judged
from assessment.queries.sheet_pupils import SheetPupil, sheet_pupils
from assessment.queries.sheet_rows import Cell
from schools.access import Access
from schools.calendar import AcademicYear, YearGroup
from schools.models import PupilYear, School
from schools.permissions import Permission
from schools.queries.rolls import (
    COUNTING_DAY_IN_SQL,
    counting_day,
    counting_parameters,
    in_sight_in_sql,
    pupils_for,
    taught_by,
)
from schools.queries.windows import EntryState


class Baseline(NamedTuple):
    """A Baseline that stands, confirmed by somebody: what it says, how often it was saved, how it came here and by whom (None: the operator)."""

    points: int | None
    reason: str
    note: str
    version: int
    source: Source
    by: str | None
    at: dt.datetime


@dataclass(frozen=True)
class DeskCell:
    """One pupil in one subject. `held` is the Baseline; `start` is where progress in the year starts, from the Baseline or from something else; None is "no baseline"."""

    subject: Subject
    held: Baseline | None
    start: Judged | None
    offered: Offer | NoOffer

    @property
    def offer(self) -> Offer | None:
        """What may be confirmed: something where nobody has entered a Baseline."""
        return self.offered if isinstance(self.offered, Offer) and self.held is None else None

    @property
    def is_missing(self) -> bool:
        """Nothing that progress in the year could start from."""
        return self.start is None


@dataclass(frozen=True)
class DeskRow:
    """One pupil. `entry` says whether a Baseline of the year group may be entered; `is_from_elsewhere`: there is no record of an earlier year here."""

    pupil: SheetPupil
    cells: tuple[DeskCell, ...]
    entry: EntryState
    may_enter: bool
    is_from_elsewhere: bool

    @property
    def is_missing(self) -> bool:
        """No start in one subject or more."""
        return any(cell.is_missing for cell in self.cells)


@dataclass(frozen=True)
class Desk:
    """The pupils by year group and name; `measuring` is what they were read by."""

    rows: tuple[DeskRow, ...]
    measuring: Measuring

    @property
    def year_one(self) -> list[DeskRow]:
        """Those who need a Baseline."""
        return [row for row in self.rows if row.pupil.year_group is YearGroup.Y1]

    @property
    def missing(self) -> list[DeskRow]:
        """Those without a start in one subject or more."""
        return [row for row in self.rows if row.is_missing]

    @property
    def offers(self) -> list[tuple[DeskRow, DeskCell]]:
        """What this person could confirm, the terms being open."""
        return [
            (row, cell) for row in self.rows if row.may_enter for cell in row.cells if cell.offer is not None
        ]


def desk(
    access: Access,
    pupils: QuerySet[PupilYear] | None = None,
    *,
    today: dt.date,
    measuring: Measuring | None = None,
) -> Desk:
    """Of the pupils in sight, or some of them: those on roll today or later, in Years 1 to 9. A fixed number of queries, however many pupils."""
    measuring = measuring or Measuring(access.school)
    in_sight = pupils_for(access) if pupils is None else pupils
    day = counting_day(access, today)
    known = [
        each
        for each in sheet_pupils(
            in_sight.filter(year_group__gte=YearGroup.Y1, year_group__lte=YearGroup.Y9), access.school
        )
        if needs_start(each.year_group) and each.was_here(day, dt.date.max)
    ]
    ids = [each.pupil_id for each in known]
    held = _held(access.school, access.academic_year, ids)
    areas = areas_for(access.school)
    histories = _records(access.school, access.academic_year, ids, areas)
    theirs = None if enters_for_all_in_sight(access) else _entered_for(access, in_sight)
    rows = []
    judged = subjects_judged(access.school)
    for each in sorted(known, key=lambda one: one.year_group):
        cells = tuple(
            _cell(each, subject, access.academic_year, held, histories[each.pupil_id], areas)
            for subject in judged
        )
        if each.year_group is YearGroup.Y1 or any(cell.is_missing or cell.held for cell in cells):
            rows.append(
                DeskRow(
                    pupil=each,
                    cells=cells,
                    entry=measuring.entry_state(
                        access.academic_year, AssessmentTerm.BASELINE, each.year_group, today
                    ),
                    may_enter=theirs is None or each.pupil_id in theirs,
                    is_from_elsewhere=not histories[each.pupil_id].year_groups,
                )
            )
    return Desk(tuple(rows), measuring)


def offers_for(school: School, academic_year: int, pupil_ids: Collection[int]) -> dict[Cell, Offer]:
    """What is offered to these pupils as their Baselines now, whether or not one stands. Needs the school open. Three queries."""
    areas = areas_for(school)
    records = _records(school, academic_year, pupil_ids, areas)
    found = {}
    for pupil in pupil_ids:
        for subject, of in areas.items():
            offered = offer(of, records[pupil].year_groups, records[pupil].judged, academic_year)
            if isinstance(offered, Offer):
                found[Cell(pupil, subject, AssessmentTerm.BASELINE)] = offered
    return found


class Counted(NamedTuple):
    """Of the pupils of Year 1 in sight: how many have no start in one subject or more, of how many."""

    missing: int
    pupils: int


# Who is here by `pupils_for` and `counting_day`, and what has a start by the rule of `start_in`, for the database: the Baseline, the Summer
# before, or what was judged on entry before the year's end. By hand, as a page is opened by it: the same query took longer to be put together than to answer.
_WITHOUT = """
SELECT count(*) FILTER (WHERE started.subjects < cardinality(%(subjects)s)), count(*)
FROM schools_pupilyear y
CROSS JOIN LATERAL (
    SELECT count(DISTINCT j.subject_id) AS subjects
    FROM assessment_judgement j
    WHERE j.school_id = %(school)s AND j.pupil_id = y.pupil_id AND j.subject_id = ANY (%(subjects)s)
        AND j.points IS NOT NULL AND (
            j.academic_year = %(year)s AND (j.term = 0 OR (j.term < 3 AND j.is_on_entry))
            OR j.academic_year = %(year)s - 1 AND j.term = 3
        )
) AS started
WHERE y.school_id = %(school)s AND y.academic_year = %(year)s AND y.year_group = 1 AND {in_sight} AND EXISTS (
    SELECT FROM schools_enrolment e
    WHERE e.school_id = %(school)s AND e.pupil_id = y.pupil_id
        AND (e.ends_on IS NULL OR e.ends_on >= {counting_day})
)
""".replace("{counting_day}", COUNTING_DAY_IN_SQL)


def year_one_without(access: Access, *, today: dt.date) -> Counted:
    """The same count as the desk's, for a page that links to it. One query, and no pupil or judgement is fetched."""
    parameters = counting_parameters(access, today)
    subjects = [subject.number for subject in subjects_judged(access.school)]
    with connection.cursor() as cursor:
        without = _WITHOUT.replace("{in_sight}", in_sight_in_sql(access))
        cursor.execute(without, {**parameters, "subjects": subjects})
        return Counted(*cursor.fetchone())


@dataclass
class _Record:
    """What there is of a pupil from before the year."""

    year_groups: dict[int, YearGroup] = field(default_factory=dict)
    judged: list[JudgedArea] = field(default_factory=list)


def _records(
    school: School, academic_year: int, pupil_ids: Collection[int], areas: Mapping[int, frozenset[int]]
) -> Mapping[int, _Record]:
    found: dict[int, _Record] = defaultdict(_Record)
    years = PupilYear.objects.in_school(school).filter(
        pupil__in=list(pupil_ids), academic_year__lt=academic_year
    )
    for pupil, year, year_group in years.values_list("pupil_id", "academic_year", "year_group"):
        found[pupil].year_groups[year] = YearGroup(year_group)
    judged = Judgement.objects.in_school(school).filter(
        pupil__in=list(pupil_ids),
        subject__in=sorted(frozenset().union(*areas.values())),
        academic_year__lt=academic_year,
    )
    for pupil, year, term, area, points, reason in judged.values_list(
        "pupil_id", "academic_year", "term", "subject_id", "points", "reason"
    ):
        at = AssessmentPoint(AcademicYear(year), AssessmentTerm(term))
        found[pupil].judged.append(JudgedArea(at, area, points, reason))
    return found


class _Of(NamedTuple):
    pupil_id: int
    subject: int


@dataclass
class _Standing:
    """What of a pupil and subject can start the year: the Baseline, and the points that progress is counted from."""

    baseline: Baseline | None = None
    history: list[Judged] = field(default_factory=list)


def _held(school: School, academic_year: int, pupil_ids: Sequence[int]) -> Mapping[_Of, _Standing]:
    found: dict[_Of, _Standing] = defaultdict(_Standing)
    of_year = Q(academic_year=academic_year) & (Q(term=AssessmentTerm.BASELINE) | Q(is_on_entry=True))
    summer_before = Q(academic_year=academic_year - 1, term=AssessmentTerm.SUMMER)
    rows = Judgement.objects.in_school(school).filter(
        of_year | summer_before,
        pupil__in=list(pupil_ids),
        subject__in=[subject.number for subject in SUBJECTS],
    )
    for (
        pupil,
        subject,
        year,
        term,
        is_on_entry,
        points,
        reason,
        note,
        version,
        source,
        by,
        at,
    ) in rows.values_list(
        "pupil_id",
        "subject_id",
        "academic_year",
        "term",
        "is_on_entry",
        "points",
        "reason",
        "note",
        "version",
        "source",
        "entered_by__name",
        "entered_at",
    ):
        standing = found[_Of(pupil, subject)]
        when = AssessmentPoint(AcademicYear(year), AssessmentTerm(term))
        standing.history.append(Judged(when, points, is_on_entry))
        if when.academic_year == academic_year and when.term is AssessmentTerm.BASELINE:
            standing.baseline = Baseline(points, reason, note, version, Source(source), by, at)
    return found


def _start(
    held: Mapping[_Of, _Standing], pupil_id: int, subject: Subject, academic_year: int, year_group: YearGroup
) -> Judged | None:
    standing = held.get(_Of(pupil_id, subject.number))
    return start_in(standing.history, academic_year, year_group) if standing else None


def _cell(
    pupil: SheetPupil,
    subject: Subject,
    academic_year: int,
    held: Mapping[_Of, _Standing],
    record: _Record,
    areas: Mapping[int, frozenset[int]],
) -> DeskCell:
    standing = held.get(_Of(pupil.pupil_id, subject.number), _Standing())
    return DeskCell(
        subject=subject,
        held=standing.baseline,
        start=_start(held, pupil.pupil_id, subject, academic_year, pupil.year_group),
        offered=offer(areas[subject.number], record.year_groups, record.judged, academic_year),
    )


def _entered_for(access: Access, pupils: QuerySet[PupilYear]) -> set[int]:
    """Those of the pupils for whom this person, who sees more than that, enters: of the classes taught."""
    if not access.may(Permission.RECORD_JUDGEMENTS):
        return set()
    return set(pupils.filter(class_group__in=taught_by(access)).values_list("pupil_id", flat=True))
