"""Every measure against figures worked out by hand where SEN status changed between the years, one pupil alone has no UPN, and some are out of year.

tests/reports/counted_school.py says who is who; who joined, left or was not judged stands there too. Of SEN only this year's status counts:

Ann   support last year, none now          Bob   none last year, a plan now; the one pupil without a UPN
Cat   not known last year, support now     Fin   a plan in both, left on the last day of Autumn
"""

from __future__ import annotations

import datetime as dt

import pytest

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.subjects import EYFS_AREAS, MATHEMATICS
from reports.queries.figures import COMBINED, GOOD_LEVEL_OF_DEVELOPMENT, Figure, figures
from reports.queries.groups import BY_SLUG
from reports.queries.scope import Measure, Scope
from schools.calendar import EyfsFramework, TermName, YearGroup, default_term_dates
from schools.models import Pupil, PupilYear, School
from tests.factories import PupilYearFactory, judged, on_roll
from tests.reports.counted_school import LAST_YEAR, YEAR, counted

__all__ = ["counted"]
pytestmark = pytest.mark.django_db
AUTUMN, _, SUMMER = TermName
MATHS = MATHEMATICS.number
LAST_SUMMER = AssessmentPoint(LAST_YEAR, AssessmentTerm.SUMMER)
ALL, SEN, NO_SEN = 1, BY_SLUG["sen"].key, BY_SLUG["no-sen"].key
STATUS = {"Ann": "KN", "Bob": "NE", "Cat": " K", "Fin": "EE"}


def make_hard(school: School) -> None:
    for number, pupil in enumerate(Pupil.objects.in_school(school).order_by("pk")):
        pupil.upn = "" if pupil.forename == "Bob" else f"A{number:012}"
        pupil.save()
    for forename, statuses in STATUS.items():
        for year, status in zip((LAST_YEAR, YEAR), statuses, strict=True):
            rows = PupilYear.objects.filter(pupil__forename=forename, academic_year=year)
            rows.update(sen_status=status.strip())


def figure(
    school: School, term: TermName, measure: Measure, group: int, *, year_group: int = 4, subject: int = MATHS
) -> Figure:
    since = LAST_SUMMER if measure is Measure.FROM_TO else None
    scope = Scope(schools=(school,), academic_year=YEAR, term=term, measure=measure, since=since)
    wanted = (year_group, subject, group)
    (found,) = (each for each in figures(scope) if (each.year_group, each.subject, each.group) == wanted)
    return found


# Measured; less, expected, more; steps. In Summer of SEN (Bob, Cat), of no SEN (Ann), of Jon, who is in Year 3 by his record; in Autumn of SEN.
PROGRESS = {
    # Bob 44 to 51: 7, and Mastery; Cat from her Baseline 38 to 44: 6. Ann 40 to 47. Jon 36 to 41: 5. In Autumn, against 3: Bob 0, Cat 4, Fin 4.
    Measure.YEAR: ((2, 1, 0, 1, 13), (1, 0, 1, 0, 7), (1, 1, 0, 0, 5), (3, 1, 0, 2, 8)),
    # Against 2: Bob 48 to 51; Cat since Autumn, against 4: 42 to 44. Ann 45 to 47. Jon 39 to 41. In Autumn as the year.
    Measure.TERM: ((2, 1, 0, 1, 5), (1, 0, 1, 0, 2), (1, 0, 1, 0, 2), (3, 1, 0, 2, 8)),
    # Of Year 4's phase there is Cat's Baseline alone; Jon's begins with this year: 36 last Summer.
    Measure.PHASE: ((1, 1, 0, 0, 6), (0, 0, 0, 0, 0), (1, 1, 0, 0, 5), (1, 0, 0, 1, 4)),
    Measure.KEY_STAGE: ((1, 1, 0, 0, 6), (0, 0, 0, 0, 0), (1, 1, 0, 0, 5), (1, 0, 0, 1, 4)),
    # Of Cat alone something starts after the early years: her Baseline. Ann's, Bob's and Jon's Year 1 is not in the record.
    Measure.AFTER_EYFS: ((1, 1, 0, 0, 6), (0, 0, 0, 0, 0), (0, 0, 0, 0, 0), (1, 0, 0, 1, 4)),
    # From last Summer, whatever the Baseline says: Bob 7, Cat 40 to 44. In Autumn Bob 0, Cat 2, Fin 4.
    Measure.FROM_TO: ((2, 1, 1, 0, 11), (1, 0, 1, 0, 7), (1, 1, 0, 0, 5), (3, 2, 0, 1, 6)),
}


@pytest.mark.parametrize("measure", list(Measure))
def test_progress_of_the_hard_cases(counted: School, measure: Measure) -> None:
    make_hard(counted)
    of_sen, of_no_sen, of_jon, in_autumn = PROGRESS[measure]

    def progress(*asked: object, **more: int) -> tuple[int, ...]:
        return figure(counted, asked[0], measure, asked[1], **more)[10:15]  # type: ignore[arg-type]

    assert progress(SUMMER, SEN) == of_sen
    assert progress(SUMMER, NO_SEN) == of_no_sen
    assert progress(SUMMER, ALL, year_group=3) == of_jon
    assert progress(AUTUMN, SEN) == in_autumn


def test_attainment_on_track_and_the_same_pupils_of_the_hard_cases(counted: School) -> None:
    make_hard(counted)
    # Bob above (51), Cat below (44) and not judged in Spring. 14 more by the end of Year 6, where 61 to 63 is expected: Bob on track, Cat not.
    sen = figure(counted, SUMMER, Measure.YEAR, SEN)
    assert sen[4:10] == (2, 2, 1, 0, 1, 95)
    assert (sen.matched, sen.matched_now, sen.matched_before, sen.on_track) == (1, 1, 1, 1)
    # Ann at in both terms: 47 leads to 61.
    no_sen = figure(counted, SUMMER, Measure.YEAR, NO_SEN)
    assert no_sen[4:10] == (1, 1, 0, 1, 0, 47)
    assert (no_sen.matched, no_sen.matched_now, no_sen.matched_before, no_sen.on_track) == (1, 1, 1, 1)
    # All three: Bob above in each, Cat below in one; Ann at in each.
    combined = [figure(counted, SUMMER, Measure.YEAR, group, subject=COMBINED) for group in (SEN, NO_SEN)]
    assert [(*each[4:9], each.on_track) for each in combined] == [(2, 2, 1, 0, 1, 1), (1, 1, 0, 1, 0, 1)]
    # In Autumn since last Summer, of the same pupils: Bob 44 and Fin 41 were at or above (40 to 42), Cat 40 too; now Bob 44 and Fin 45 are.
    autumn = figure(counted, AUTUMN, Measure.YEAR, SEN)
    assert (autumn.pupils, autumn.matched, autumn.matched_now, autumn.matched_before) == (3, 3, 2, 3)


def test_the_good_level_of_the_hard_cases(counted: School) -> None:
    """Kim joined in January and has SEN support now; Lou left a day too early; Max is old enough for Year 1; Nia lacks one goal."""
    last_day = default_term_dates(YEAR)[SUMMER][1]
    goals = [area for area in EYFS_AREAS[EyfsFramework.OF_2021] if area.counts_for_gld]
    stays = {
        "Kim": {"starts_on": dt.date(2026, 1, 5), "sen_status": "K"},
        "Lou": {"ends_on": last_day - dt.timedelta(days=1), "sen_status": "K"},
        "Max": {"pupil__date_of_birth": dt.date(2020, 3, 1), "pupil__upn": "A123456789012"},
        "Nia": {"sen_status": "N"},
    }
    for name, stay in stays.items():
        child = on_roll(counted, YEAR, year_group=YearGroup.R, pupil__forename=name, **stay).pupil
        if name == "Kim":
            PupilYearFactory.create(
                school=counted, pupil=child, academic_year=LAST_YEAR, year_group=YearGroup.N2, sen_status="N"
            )
        for goal in goals[1:] if name == "Nia" else goals:
            judged(
                child,
                YEAR,
                AssessmentTerm.SUMMER,
                20 if (name, goal) == ("Max", goals[0]) else 21,
                subject=goal,
            )
    found = {
        group: figure(counted, SUMMER, Measure.YEAR, group, year_group=0, subject=GOOD_LEVEL_OF_DEVELOPMENT)[
            4:9
        ]
        for group in (ALL, SEN, NO_SEN)
    }
    # On roll; judged in all twelve; not reached, reached. Max has a goal less than reached.
    assert found == {ALL: (3, 2, 1, 1, 0), SEN: (1, 1, 0, 1, 0), NO_SEN: (1, 0, 0, 0, 0)}
