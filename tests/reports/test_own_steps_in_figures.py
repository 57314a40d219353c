"""Steps a year of a pupil's own in figures: who is counted how, what is read to count it, what is said beside it; every number worked out by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse

from assessment.engine.progress import Progress
from assessment.engine.subjects import MATHEMATICS
from assessment.models import OwnExpectation
from assessment.queries.snapshots import snapshot_numbered
from assessment.services.own_expectations import allow_own_steps
from assessment.services.snapshots import freeze
from reports.documents.governor_report import governor_report
from reports.documents.own_steps import COUNT_HERE
from reports.exports.governor_report import tables
from reports.queries.figures import figures
from reports.queries.outcomes import outcomes, outcomes_in_sql
from reports.queries.partnership import figures_by_school
from reports.queries.scope import Measure, Scope
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.models import Partnership, Pupil, PupilYear, Role, School, User
from schools.row_security import counting_only, visible_to
from schools.services import memberships, years
from tests.conftest import member, signed_in
from tests.factories import UserFactory, judged, on_roll
from tests.reports.test_own_steps import AUTUMN, NOW, SPRING, SUMMER, pupil_year, senco

__all__ = ["pupil_year", "senco"]


def agreed(pupil: Pupil, steps: int, by: User, year: int = NOW) -> None:
    OwnExpectation.objects.create(
        school=pupil.school, pupil=pupil, academic_year=year, steps_a_year=steps, reason="R", agreed_by=by
    )


def judged_before(row: PupilYear, points: int, *, ago: int = 1) -> None:
    """In Summer so many years before the record's, a year group below for each."""
    year = row.academic_year - ago
    PupilYear.objects.create(
        school=row.school, pupil=row.pupil, academic_year=year, year_group=row.year_group - ago
    )
    judged(row.pupil, year, SUMMER, points)


def scope_of(school: School, measure: Measure = Measure.YEAR) -> Scope:
    return Scope(schools=(school,), academic_year=NOW, term=TermName.SPRING, measure=measure)


@pytest.fixture
def others(pupil_year: PupilYear, senco: User) -> School:
    """Beside the pupil of `pupil_year`, each with 3 steps a year in 2025/26 and SEN support.

    Jo joined in October with 42 on entry in Autumn, has 43 in Spring. Al has no points in Spring. Lee has 40, 43 and left in February.
    Ann is in Year 3, a year below her age, with 33 last Summer and 35. Rex is in Reception.
    """
    school = pupil_year.school
    with visible_to(school):
        rows = {
            name: on_roll(school, NOW, year_group=group, sen_status="K", pupil__forename=name, **more)
            for name, group, more in (
                ("Jo", YearGroup.Y4, {"starts_on": dt.date(2025, 10, 6)}),
                ("Al", YearGroup.Y4, {}),
                ("Lee", YearGroup.Y4, {"ends_on": dt.date(2026, 2, 13)}),
                ("Ann", YearGroup.Y3, {"pupil__date_of_birth": dt.date(2016, 10, 1)}),
                ("Rex", YearGroup.R, {}),
            )
        }
        judged(rows["Jo"].pupil, NOW, AUTUMN, 42, is_on_entry=True)
        judged(rows["Jo"].pupil, NOW, SPRING, 43)
        judged_before(rows["Al"], 40)
        for name, start, end in (("Lee", 40, 43), ("Ann", 33, 35)):
            judged_before(rows[name], start)
            judged(rows[name].pupil, NOW, SPRING, end)
        for row in rows.values():
            agreed(row.pupil, 3, senco)
        agreed(pupil_year.pupil, 4, senco)
        Pupil.objects.filter(pk=pupil_year.pupil_id).update(forename="Kay")
    return school


def told(
    school: School, measure: Measure = Measure.YEAR
) -> dict[str, tuple[int | None, str, Progress | None]]:
    with visible_to(school):
        names = dict(Pupil.objects.in_school(school).values_list("pk", "forename"))
        found = [each for each in outcomes(scope_of(school, measure)) if each.subject == MATHEMATICS.number]
    assert all(each.is_individual for each in found)
    return {names[each.pupil_id]: (each.steps, str(each.expected), each.progress) for each in found}


@pytest.mark.django_db
def test_who_joined_left_was_not_judged_or_is_out_of_year(others: School) -> None:
    # Of 3 a year 15/7 are expected by Spring and 6/7 in Spring alone; of Kay's 4 a year 20/7. Al has no point, Lee is gone.
    assert told(others) == {
        "Kay": (3, "20/7", Progress.MORE),
        "Jo": (1, "6/7", Progress.MORE),
        "Ann": (2, "15/7", Progress.LESS),
    }
    with visible_to(others):
        found = figures(scope_of(others), by_group=False)
    [year_four] = [each for each in found if (each.year_group, each.subject) == (4, MATHEMATICS.number)]
    # Kay, Jo and Al are on roll.
    assert (year_four.pupils, year_four.assessed, year_four.measured) == (3, 2, 2)
    assert (year_four.progress_below, year_four.progress_expected, year_four.progress_above) == (0, 0, 2)


@pytest.mark.django_db
def test_a_phase_counts_each_year_by_its_own_steps(pupil_year: PupilYear, senco: User) -> None:
    pupil, school = pupil_year.pupil, pupil_year.school
    with visible_to(school):
        years.open_year(school=school, academic_year=AcademicYear(NOW - 2), by=None)
        judged_before(pupil_year, 33, ago=2)
        agreed(pupil, 4, senco)
        Pupil.objects.filter(pk=pupil.pk).update(forename="Kay")
    # Since the Summer before Year 3: everybody's 7 of that year, and 4 x 5/7 of this. 10 steps are more; of 12 they would be fewer.
    assert told(school, Measure.PHASE) == {"Kay": (10, "69/7", Progress.MORE)}
    with visible_to(school):
        # Agreed for Year 3 alone, and with 14 in it: 14 + 5.
        OwnExpectation.objects.update(academic_year=NOW - 1, steps_a_year=14)
    assert told(school, Measure.PHASE) == {"Kay": (10, "19", Progress.LESS)}


@pytest.mark.django_db
def test_of_nobody_in_reception_and_nobody_above_year_nine_are_steps_expected(others: School) -> None:
    with visible_to(others):
        PupilYear.objects.filter(pupil__forename__in=("Kay", "Jo"), academic_year=NOW).update(year_group=10)
        found = list(outcomes(scope_of(others)))
    assert [(each.expected, each.is_individual) for each in found if each.year_group == YearGroup.Y10] == [
        (None, False),
        (None, False),
    ]


@pytest.mark.django_db
def test_nothing_of_it_is_read_where_it_cannot_count(others: School, senco: User) -> None:
    def reads(scope: Scope) -> bool:
        return "FROM assessment_ownexpectation e" in outcomes_in_sql(scope, others)[0]

    scope = scope_of(others)
    assert reads(scope)
    allow_own_steps(partnership=others.partnership, allows=False, by=senco)
    assert not reads(scope)
    with visible_to(others):
        freeze(school=others, academic_year=NOW, term=TermName.SPRING, by=None)
        without = snapshot_numbered(others, 1)
        allow_own_steps(partnership=others.partnership, allows=True, by=senco)
        freeze(school=others, academic_year=NOW, term=TermName.SPRING, by=None)
        with_some = snapshot_numbered(others, 2)
    allow_own_steps(partnership=others.partnership, allows=False, by=senco)
    taken = [Scope(schools=(others,), academic_year=NOW, term=TermName.SPRING, snapshot=each) for each in (without, with_some)]  # fmt: skip
    assert [reads(each) for each in taken] == [False, True]


@pytest.mark.django_db
def test_the_role_that_counts_reads_neither_whose_they_are_nor_who_has_sen(others: School) -> None:
    scope = scope_of(others)
    # How many, by year, and what everybody was judged.
    with counting_only(), visible_to(others):
        assert OwnExpectation.objects.in_school(others).filter(academic_year=NOW).count() == 6
    [found] = [each for each in figures_by_school(scope)[others.pk] if (each.year_group, each.subject) == (4, MATHEMATICS.number)]  # fmt: skip
    assert (found.pupils, found.assessed, found.below) == (3, 2, 2)
    for asked in (
        lambda: figures(scope, by_group=False),
        lambda: list(OwnExpectation.objects.values_list("pupil_id")),
        lambda: list(OwnExpectation.objects.values_list("steps_a_year")),
        lambda: list(PupilYear.objects.values_list("sen_status")),
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():  # noqa: SIM117 - the role ends with the savepoint
            with counting_only(), visible_to(others):
                asked()


def pages_of(school: School) -> dict[str, str]:
    """The pages with progress of several pupils."""
    at = [school.urn, NOW]
    head = signed_in(member(school, Role.HEAD))
    found = {
        name: head.get(reverse(name, args=[*at, *more]), {"term": "spring"}).content.decode()
        for name, more in (
            ("dashboard", ()),
            ("group_report", ()),
            ("year_group_report", (YearGroup.Y4,)),
            ("progress_pictures", (YearGroup.Y4, "mathematics")),
            ("cohort", (YearGroup.Y4, "mathematics")),
            ("same_age", (YearGroup.Y4, "mathematics")),
        )
    }
    lead = UserFactory.create()
    memberships.lead_partnership(partnership=school.partnership, user=lead, by=None)
    there = reverse("partnership", args=[school.partnership_id, NOW])
    asked = {"term": "spring", "year_group": "4", "subject": "mathematics"}
    found["partnership"] = signed_in(lead).get(there, asked).content.decode()
    return found


@pytest.mark.django_db
def test_one_sentence_without_a_number_wherever_it_is_allowed(pupil_year: PupilYear, senco: User) -> None:
    """Also where nobody has any: else it would tell of one child."""
    school = pupil_year.school
    assert {name for name, page in pages_of(school).items() if COUNT_HERE not in page} == set()
    with visible_to(school):
        pack = governor_report(scope_of(school), dt.date(2026, 4, 1))
    assert pack.own_steps == COUNT_HERE
    about = next(table for table in tables(pack) if table.title == "About")
    assert ("Progress", COUNT_HERE) in [tuple(row) for row in about.rows]
    allow_own_steps(partnership=school.partnership, allows=False, by=senco)
    assert {name for name, page in pages_of(school).items() if COUNT_HERE in page} == set()
    with visible_to(school):
        assert governor_report(scope_of(school), dt.date(2026, 4, 1)).own_steps == ""


@pytest.mark.django_db
def test_figures_of_a_snapshot_say_it_where_the_snapshot_holds_some(
    pupil_year: PupilYear, senco: User
) -> None:
    school = pupil_year.school
    with visible_to(school):
        freeze(school=school, academic_year=NOW, term=TermName.SPRING, by=None)
        agreed(pupil_year.pupil, 4, senco)
        freeze(school=school, academic_year=NOW, term=TermName.SPRING, by=None)
    Partnership.objects.update(allows_own_steps=False)
    client = signed_in(member(school, Role.HEAD))
    there = reverse("dashboard", args=[school.urn, NOW])
    said = [
        COUNT_HERE in client.get(there, {"term": "spring", **snapshot}).content.decode()
        for snapshot in ({}, {"snapshot": "1"}, {"snapshot": "2"})
    ]
    assert said == [False, False, True]
