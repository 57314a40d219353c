"""The figures' SQL says what the engine says, for every measure, over random school lives."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from assessment.engine.assessment_points import (
    AFTER_EYFS,
    AssessmentPoint,
    AssessmentTerm,
    key_stage_of,
    phase_of,
)
from assessment.engine.expectations import Circumstances, Expectations, expected_range
from assessment.engine.progress import (
    Judged,
    ProgressMeasure,
    Yardstick,
    between,
    phase_to_date,
    this_term,
    this_year,
)
from assessment.engine.subjects import EYFS_AREAS, MATHEMATICS, READING, Kind, Subject
from assessment.engine.trajectory import outlook
from assessment.models import Judgement, OwnExpectation, Reason, Source
from assessment.services.expectations import add_version
from assessment.services.judgements import Entry, Provenance, record_many
from reports.queries.outcomes import Outcome, outcomes
from reports.queries.scope import Measure, Scope
from schools.calendar import (
    AcademicYear,
    EyfsFramework,
    TermName,
    YearGroup,
    age_in_months,
    default_term_dates,
)
from schools.models import Enrolment, Partnership, Pupil, PupilYear, School
from schools.row_security import visible_to
from schools.services import years
from tests.factories import UserFactory

pytestmark = pytest.mark.usefixtures("unmeasured", "cleared_away")
YEARS = [AcademicYear(year) for year in range(2020, 2026)]
AREA = EYFS_AREAS[EyfsFramework.OF_2012][8]
PUPILS = 70
# Of a partnership that changed its mind: from September 2024 more is expected.
FROM_2024 = Expectations(ranges=((0, 1), (2, 4), (4, 6)), steps=(4, 3, 2))
LEP = Expectations(ranges=((-1, 0), (1, 2), (3, 5)), steps=(3, 2, 2))


class Life:
    """A pupil's years, stays and judgements, drawn at random."""

    def __init__(self, chance: random.Random) -> None:
        self.born_on = dt.date(chance.randint(2005, 2018), chance.randint(1, 12), chance.randint(1, 28))
        self.year_groups = self._years(chance)
        self.stays = self._stays(chance)
        self.sen, self.steps = self._own_steps(chance)
        self.entries = [
            (year, term, subject, *self._said(chance))
            for year in self.year_groups
            for term in AssessmentTerm
            for subject in (READING, MATHEMATICS, AREA)
            if chance.random() < (0.25 if term is AssessmentTerm.BASELINE else 0.7)
        ]

    def _years(self, chance: random.Random) -> dict[int, YearGroup]:
        """On from a random start; now and then a year is repeated, skipped, gone back, or spent elsewhere."""
        group, found = chance.randint(-2, 10), {}
        for year in YEARS:
            if chance.random() > 0.08:
                found[int(year)] = YearGroup(group)
            group = min(13, max(-2, group + chance.choices([1, 0, 2, -1], [85, 7, 5, 3])[0]))
        return found or {2025: YearGroup.Y3}

    def _stays(self, chance: random.Random) -> list[tuple[dt.date, dt.date | None]]:
        """Most stay; some join, leave, or leave and come back, one of them on the last day of a term."""
        draw = chance.random()
        last_day = default_term_dates(2025)[chance.choice(list(TermName))][1]
        start = dt.date(2020, 9, 1)
        if draw < 0.6:
            return [(start, None)]
        if draw < 0.75:
            return [(start, last_day)]
        if draw < 0.85:
            return [(last_day, None)]
        if draw < 0.9:
            return [(start, last_day - dt.timedelta(days=1))]
        return [(start, dt.date(2024, 3, 1)), (dt.date(2025, 11, 3), None)]

    def _own_steps(self, chance: random.Random) -> tuple[dict[int, str], dict[int, int]]:
        """A third has SEN in some years, and of these many years have steps of their own; in some SEN has ended or was never told."""
        if chance.random() > 0.35:
            return {}, {}
        sen = {year: chance.choice(["K", "K", "E", "E", "N", ""]) for year in self.year_groups}
        return sen, {year: chance.randint(0, 14) for year in self.year_groups if chance.random() < 0.6}

    @property
    def own_steps(self) -> dict[int, int]:
        """Those that count."""
        return {year: steps for year, steps in self.steps.items() if self.sen[year] in {"K", "E"}}

    def _said(self, chance: random.Random) -> tuple[int | None, str, bool]:
        if chance.random() < 0.1:
            return None, chance.choice(Reason.values), chance.random() < 0.3
        return chance.randint(1, 101), "", chance.random() < 0.2

    def history(self, subject: Subject) -> list[Judged]:
        return [
            Judged(AssessmentPoint(year, term), points, is_on_entry)
            for year, term, of, points, _, is_on_entry in self.entries
            if of is subject
        ]

    def is_on_roll(self, day: dt.date) -> bool:
        return any(start <= day and (end is None or end >= day) for start, end in self.stays)


@pytest.fixture
def lives(school: School) -> dict[int, Life]:
    chance, senco = random.Random(2026), UserFactory.create()
    with visible_to(school):
        for year in YEARS:
            years.open_year(school=school, academic_year=year, by=None)
        drawn = [Life(chance) for _ in range(PUPILS)]
        pupils = Pupil.objects.bulk_create(
            Pupil(school=school, surname=f"S{number}", forename="F", date_of_birth=life.born_on)
            for number, life in enumerate(drawn)
        )
        found = {pupil.pk: life for pupil, life in zip(pupils, drawn, strict=True)}
        PupilYear.objects.bulk_create(
            PupilYear(
                school=school,
                pupil_id=pupil,
                academic_year=year,
                year_group=year_group,
                sen_status=life.sen.get(year, ""),
            )
            for pupil, life in found.items()
            for year, year_group in life.year_groups.items()
        )
        Enrolment.objects.bulk_create(
            Enrolment(school=school, pupil_id=pupil, starts_on=start, ends_on=end)
            for pupil, life in found.items()
            for start, end in life.stays
        )
        OwnExpectation.objects.bulk_create(
            OwnExpectation(
                school=school,
                pupil_id=pupil,
                academic_year=year,
                steps_a_year=steps,
                reason="R",
                agreed_by=senco,
            )
            for pupil, life in found.items()
            for year, steps in life.steps.items()
        )
        entries = [
            Entry(pupil, subject.number, year, term, points, reason, is_on_entry)
            for pupil, life in found.items()
            for year, term, subject, points, reason, is_on_entry in life.entries
        ]
        record_many(school=school, entries=entries, provenance=Provenance(source=Source.TYPED, by=None))
    return found


def expectations_at(at: AssessmentPoint, *, changed: bool) -> Expectations:
    return FROM_2024 if changed and at.academic_year >= 2024 else LEP


# Every measure; from a chosen point: of this year, of a year before, of long ago, and one that is no start as it is not before the term.
MEASURES: list[tuple[Measure, tuple[int, AssessmentTerm] | None]] = [
    *((measure, None) for measure in Measure if measure is not Measure.FROM_TO),
    (Measure.FROM_TO, (0, AssessmentTerm.BASELINE)),
    (Measure.FROM_TO, (1, AssessmentTerm.SPRING)),
    (Measure.FROM_TO, (3, AssessmentTerm.SUMMER)),
    (Measure.FROM_TO, (0, AssessmentTerm.SPRING)),
]


def measured(
    life: Life,
    subject: Subject,
    at: AssessmentPoint,
    measure: Measure,
    since: AssessmentPoint | None,
    yardstick: Yardstick,
) -> ProgressMeasure | None:
    year_group, history = life.year_groups[at.academic_year], life.history(subject)
    if measure is Measure.TERM:
        return this_term(history, at, year_group, yardstick)
    if measure is Measure.YEAR:
        return this_year(history, at, year_group, yardstick)
    if since is not None:
        return between(history, since, at, year_group, yardstick)
    if measure is Measure.AFTER_EYFS:
        after = year_group in AFTER_EYFS
        return phase_to_date(history, at, life.year_groups, AFTER_EYFS, yardstick) if after else None
    stage = phase_of(year_group) if measure is Measure.PHASE else key_stage_of(year_group)
    return phase_to_date(history, at, life.year_groups, stage, yardstick) if stage else None


def by_the_engine(
    lives: dict[int, Life], school: School, scope: Scope, *, changed: bool, allowed: bool
) -> list[Outcome]:
    at = scope.at
    expectations = expectations_at(at, changed=changed)
    last_day = default_term_dates(at.academic_year)[TermName(at.term)][1]
    found = []
    for pupil, life in lives.items():
        yardstick = Yardstick(expectations, life.own_steps if allowed else {})
        year_group = life.year_groups.get(at.academic_year)
        if year_group is None or not life.is_on_roll(last_day):
            continue
        for subject in (AREA,) if year_group <= YearGroup.R else (READING, MATHEMATICS):
            end = next((each for each in life.history(subject) if each.at == at and each.points), None)
            if end is None or end.points is None:
                continue
            expected = expected_range(
                Circumstances(
                    subject.kind,
                    year_group,
                    at.term,
                    EyfsFramework.OF_2012,
                    max(0, age_in_months(life.born_on, last_day)),
                ),
                expectations,
            )
            progress = measured(life, subject, at, scope.measure, scope.since, yardstick)
            ahead = outlook(end.points, at, year_group, expectations)
            found.append(
                Outcome(
                    school_id=school.pk,
                    pupil_id=pupil,
                    year_group=year_group,
                    subject=subject.number,
                    points=end.points,
                    attainment=expected.judge(end.points) if expected else None,
                    start=progress.start.at if progress else None,
                    start_points=progress.start.points if progress else None,
                    steps=progress.steps if progress else None,
                    expected=progress.expected if progress else None,
                    progress=progress.outcome if progress else None,
                    is_on_track=ahead.is_on_track if ahead else None,
                    is_individual=progress.is_individual if progress else False,
                )
            )
    return sorted(found, key=lambda each: (each.pupil_id, each.subject))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "allowed"),
    [(False, True), (True, True), (False, False)],
    ids=["the LEP's", "a partnership's own", "no steps of a pupil's own"],
)
def test_sql_and_engine_agree_on_everybody_at_every_point(
    lives: dict[int, Life], school: School, changed: bool, allowed: bool
) -> None:
    Partnership.objects.update(allows_own_steps=allowed)
    school.partnership.refresh_from_db()
    if changed:
        add_version(
            partnership=school.partnership,
            name="More",
            holds_from=dt.date(2024, 9, 1),
            expectations=FROM_2024,
            by=None,
        )
    seen = dict.fromkeys(
        ("outcomes", "measures", "coloured", "tracked", "from a point", "own", "in parts"), 0
    )
    with visible_to(school):
        for year in YEARS:
            for term in TermName:
                for measure, ago in MEASURES:
                    since = AssessmentPoint(year - ago[0], ago[1]) if ago else None
                    scope = Scope(
                        schools=(school,), academic_year=year, term=term, measure=measure, since=since
                    )
                    found = sorted(outcomes(scope), key=lambda each: (each.pupil_id, each.subject))
                    assert found == by_the_engine(lives, school, scope, changed=changed, allowed=allowed), (
                        scope.at,
                        measure,
                    )
                    seen["tracked"] += sum(each.is_on_track is not None for each in found)
                    seen["from a point"] += sum(
                        each.progress is not None for each in found if since is not None
                    )
                    seen["own"] += sum(each.is_individual for each in found)
                    seen["in parts"] += sum((each.expected or 0) % 1 != 0 for each in found)
                    seen["outcomes"] += len(found)
                    seen["measures"] += sum(each.steps is not None for each in found)
                    seen["coloured"] += sum(each.progress is not None for each in found)
        assert Judgement.objects.count() > 2_000
    # Nothing of it is empty talk.
    assert min(seen["tracked"], seen["from a point"]) > 500
    assert seen["outcomes"] > 4_000
    assert min(seen["own"], seen["in parts"]) > 200 if allowed else seen["own"] == seen["in parts"] == 0
    assert 1_000 < seen["coloured"] < seen["measures"] < seen["outcomes"]


def test_the_engines_subjects_are_of_both_kinds() -> None:
    assert (AREA.kind, READING.kind) == (Kind.EYFS_AREA, Kind.SUBJECT)
