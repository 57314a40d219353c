"""The figures of one query are those that come out when pupils are counted one by one, over a random school."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from decimal import Decimal

import pytest

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.expectations import combined
from assessment.engine.expected_range import Attainment
from assessment.engine.eyfs import good_level_of_development
from assessment.engine.progress import Progress
from assessment.engine.subjects import COMBINED_SUBJECTS, EYFS_AREAS, SUBJECTS
from assessment.models import Judgement, Source
from assessment.services.judgements import Entry, Provenance, record_many
from reports.queries.figures import COMBINED, GOOD_LEVEL_OF_DEVELOPMENT, Figure, figures
from reports.queries.groups import group_names
from reports.queries.outcomes import Outcome, outcomes
from reports.queries.scope import Measure, Scope
from schools.calendar import AcademicYear, EyfsFramework, TermName, YearGroup, default_term_dates
from schools.models import Enrolment, Pupil, PupilYear, School
from schools.row_security import visible_to
from schools.services import years
from tests.factories import ClassGroupFactory

YEAR = AcademicYear(2025)
FIRST_DAY = default_term_dates(YEAR)[TermName.AUTUMN][0]
AREAS = EYFS_AREAS[EyfsFramework.OF_2021]
PUPILS = 120
# Of a figure, from `pupils` on.
COLUMNS = 15


# On both sides of each edge, and not recorded.
ATTENDANCES = [
    each and Decimal(each) for each in ("95.0", "94.9", "90.1", None, "90.0", "50.1", "50.0", "0.0", "100.0")
]


def groups_of(row: PupilYear, starts_on: dt.date) -> list[str]:
    """The groups that a person would put the pupil in."""
    pupil = row.pupil
    flags = {
        "Girls": pupil.sex == "F",
        "Boys": pupil.sex == "M",
        "Pupil premium": row.is_pupil_premium is True,
        "Not pupil premium": row.is_pupil_premium is False,
        "SEN": row.sen_status in {"K", "E"},
        "SEN support": row.sen_status == "K",
        "EHC plan": row.sen_status == "E",
        "No SEN": row.sen_status == "N",
        "EAL": row.is_eal is True,
        "Not EAL": row.is_eal is False,
        "Looked after": row.is_looked_after is True,
        "Summer-born": pupil.date_of_birth.month in {4, 5, 6, 7, 8},
        "Disadvantaged": row.is_disadvantaged is True,
        "Not disadvantaged": row.is_disadvantaged is False,
        "FSM6": row.is_fsm6 is True,
        "Not FSM6": row.is_fsm6 is False,
        "Service child": row.is_service_child is True,
        "Attendance 95% or more": row.attendance is not None and row.attendance >= 95,
        "Attendance 90.1-94.9%": row.attendance is not None and 90 < row.attendance < 95,
        "Attendance 50.1-90.0%": row.attendance is not None and 50 < row.attendance <= 90,
        "Severely absent": row.attendance is not None and row.attendance <= 50,
        "Persistently absent": row.attendance is not None and row.attendance <= 90,
        "Joined in year": starts_on > FIRST_DAY + dt.timedelta(days=14),
    }
    letters = {"A": "Asian", "B": "Black", "C": "Chinese", "M": "Mixed", "O": "Other", "W": "White"}
    main = letters.get(row.ethnicity[:1])
    return [
        "All",
        *(name for name, holds in flags.items() if holds),
        *([f"Ethnicity: {main}"] if main else []),
        *([f"Class {row.class_group.name}"] if row.class_group else []),
    ]


@pytest.fixture
def at_random(school: School) -> School:
    """Pupils of all year groups with characteristics and judgements drawn by lot; some joined, some left."""
    chance = random.Random(7)
    flag = [True, False, None]
    with visible_to(school):
        years.open_year(school=school, academic_year=YEAR, by=None)
        class_groups = [
            *(ClassGroupFactory.create(school=school, academic_year=YEAR, name=name) for name in "AB"),
            None,
        ]
        pupils = Pupil.objects.bulk_create(
            Pupil(
                school=school,
                surname=f"S{number}",
                forename="F",
                sex=chance.choice(["F", "M", ""]),
                date_of_birth=dt.date(2016, chance.randint(1, 12), 7),
            )
            for number in range(PUPILS)
        )
        rows = PupilYear.objects.bulk_create(
            PupilYear(
                school=school,
                pupil=pupil,
                academic_year=YEAR,
                year_group=YearGroup(chance.choice([-1, 0, 0, 0, 1, 2, 5, 9, 10])),
                class_group=chance.choice(class_groups),
                sen_status=chance.choice(["N", "K", "E", ""]),
                is_pupil_premium=chance.choice(flag),
                is_fsm6=chance.choice(flag),
                is_disadvantaged=chance.choice(flag),
                is_eal=chance.choice(flag),
                is_looked_after=chance.choice(flag),
                is_service_child=chance.choice(flag),
                ethnicity=chance.choice(["WBRI", "WENG", "APKN", "MOTH", "BCRB", "CHNE", "OOTH", "REFU", ""]),
                attendance=ATTENDANCES[number % len(ATTENDANCES)],
            )
            for number, pupil in enumerate(pupils)
        )
        Enrolment.objects.bulk_create(
            Enrolment(
                school=school,
                pupil=pupil,
                starts_on=chance.choice([FIRST_DAY, FIRST_DAY + dt.timedelta(days=chance.randint(13, 16))]),
                ends_on=chance.choice([None, None, None, dt.date(2026, 2, 2)]),
            )
            for pupil in pupils
        )
        entries = [
            Entry(row.pupil_id, subject.number, YEAR, term, chance.choice([*range(19, 24), *range(25, 60)]))
            for row in rows
            for subject in (AREAS if row.year_group <= YearGroup.R else SUBJECTS)
            for term in AssessmentTerm
            if chance.random() < 0.97
        ]
        record_many(school=school, entries=entries, provenance=Provenance(source=Source.TYPED, by=None))
    return school


def counted_one_by_one(scope: Scope) -> dict[tuple[int, int, str], tuple[int, ...]]:
    """By year group, subject and group: the columns of Figure from `pupils` on."""
    last_day = default_term_dates(YEAR)[scope.term][1]
    of: dict[int, dict[int, Outcome]] = {}
    for each in outcomes(scope):
        of.setdefault(each.pupil_id, {})[each.subject] = each
    before = attainments_at(scope.before)
    found: dict[tuple[int, int, str], Counter[int]] = {}
    for stay in Enrolment.objects.all():
        if stay.starts_on > last_day or (stay.ends_on and stay.ends_on < last_day):
            continue
        row = PupilYear.objects.select_related("pupil", "class_group").get(pupil=stay.pupil_id)
        for subject, columns in columns_of(
            row, of.get(row.pupil_id, {}), before.get(row.pupil_id, {}), scope
        ).items():
            for group in groups_of(row, stay.starts_on):
                line = found.setdefault((row.year_group, subject, group), Counter())
                for column, value in enumerate(columns):
                    line[column] += value
    return {key: tuple(line[column] for column in range(COLUMNS)) for key, line in found.items()}


def attainments_at(point: AssessmentPoint) -> dict[int, dict[int, Attainment]]:
    """By pupil and subject."""
    found: dict[int, dict[int, Attainment]] = {}
    for each in Judgement.objects.filter(academic_year=point.academic_year, term=point.term):
        if each.attainment is not None:
            found.setdefault(each.pupil_id, {})[each.subject_id] = Attainment(each.attainment)
    return found


def columns_of(
    row: PupilYear, judged: dict[int, Outcome], before: dict[int, Attainment], scope: Scope
) -> dict[int, tuple[int, ...]]:
    is_early = row.year_group <= YearGroup.R
    found = {
        subject.number: columns_of_subject(judged.get(subject.number), before.get(subject.number))
        for subject in (AREAS if is_early else SUBJECTS)
    }
    if not is_early:
        three = [judged.get(subject.number) for subject in COMBINED_SUBJECTS]
        outcome = combined(each.attainment if each else None for each in three)
        earlier = combined(before.get(subject.number) for subject in COMBINED_SUBJECTS)
        on_track = all(each is not None and each.is_on_track for each in three)
        found[COMBINED] = columns_over(all(three), outcome, earlier, is_on_track=on_track)
    elif row.year_group is YearGroup.R and scope.term is TermName.SUMMER:
        goals = [judged.get(area.number) for area in AREAS if area.counts_for_gld]
        reached = good_level_of_development([each.points if each else None for each in goals])
        outcome = {True: Attainment.AT, False: Attainment.BELOW, None: None}[reached]
        found[GOOD_LEVEL_OF_DEVELOPMENT] = columns_over(all(goals), outcome, None)
    return found


def columns_of_subject(each: Outcome | None, before: Attainment | None) -> tuple[int, ...]:
    if each is None:
        return (1, *[0] * (COLUMNS - 1))
    return (
        1,
        1,
        *(each.attainment is level for level in Attainment),
        each.points,
        each.steps is not None,
        *(each.progress is outcome for outcome in Progress),
        each.steps or 0,
        *columns_of_change(each.attainment, before),
        bool(each.is_on_track),
    )


def columns_over(
    is_judged: bool, attainment: Attainment | None, before: Attainment | None, *, is_on_track: bool = False
) -> tuple[int, ...]:
    changed = columns_of_change(attainment, before)
    return (1, is_judged, *(attainment is level for level in Attainment), *[0] * 6, *changed, is_on_track)


def columns_of_change(now: Attainment | None, before: Attainment | None) -> tuple[int, ...]:
    if now is None or before is None:
        return (0, 0, 0)
    return (1, now is not Attainment.BELOW, before is not Attainment.BELOW)


@pytest.mark.django_db
@pytest.mark.parametrize("term", TermName)
@pytest.mark.parametrize("measure", [Measure.YEAR, Measure.PHASE])
def test_figures_are_those_of_pupils_counted_one_by_one(
    at_random: School, term: TermName, measure: Measure
) -> None:
    scope = Scope(schools=(at_random,), academic_year=YEAR, term=term, measure=measure)
    with visible_to(at_random):
        found = figures(scope)
        names = group_names({figure.group for figure in found})
        by_hand = counted_one_by_one(scope)
    counted = {(each.year_group, each.subject, names[each.group]): tuple(each[4:]) for each in found}
    assert counted == by_hand
    assert len(counted) == len(found) > 1_000
    assert Figure._fields[4] == "pupils"
    reached = [line[3] for (_, subject, _), line in counted.items() if subject == GOOD_LEVEL_OF_DEVELOPMENT]
    assert bool(reached) is (term is TermName.SUMMER)
    assert any(line[2] for (_, subject, _), line in counted.items() if subject == COMBINED)
    # Of Autumn nothing earlier is held.
    matched = [line[11] for (_, subject, _), line in counted.items() if subject in {1, COMBINED}]
    assert any(matched) is (term is not TermName.AUTUMN)
