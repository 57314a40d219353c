"""Steps a year of one pupil with SEN: agreed on a page with their effect, counted in figures, named where they colour; every number worked out by hand."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.progress import Progress
from assessment.engine.subjects import MATHEMATICS
from assessment.models import OwnExpectation
from assessment.queries.explanations import explain
from assessment.queries.own_expectations import counting
from assessment.queries.snapshots import snapshot_numbered
from assessment.services.own_expectations import agree, allow_own_steps, take_back, why_not
from assessment.services.snapshots import freeze
from reports.documents.figure_pupils import Part, figure_pupils
from reports.documents.snapshot_changes import snapshot_changes
from reports.queries.outcomes import Outcome, outcomes
from reports.queries.pupil_progress import pupil_record
from reports.queries.scope import Measure, Scope
from schools.access import Access
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.models import Partnership, PupilYear, Role, School, SenStatus, Term, User
from schools.row_security import visible_to
from schools.services import memberships, years
from tests.conftest import member, signed_in
from tests.factories import UserFactory, judged, on_roll
from tests.reports.test_dashboard import access_of

NOW = AcademicYear(2025)
TODAY = dt.date(2026, 3, 20)
SUMMER, AUTUMN, SPRING = AssessmentTerm.SUMMER, AssessmentTerm.AUTUMN, AssessmentTerm.SPRING


@pytest.fixture
def pupil_year(school: School) -> PupilYear:
    """In Year 4 with SEN support: 40 last Summer, 42 in Autumn, 43 in Spring, in mathematics."""
    Partnership.objects.update(allows_own_steps=True)
    school.partnership.refresh_from_db()
    with visible_to(school):
        for year in (AcademicYear(2024), NOW):
            years.open_year(school=school, academic_year=year, by=None)
        row = on_roll(school, NOW, year_group=YearGroup.Y4, sen_status=SenStatus.SUPPORT)
        PupilYear.objects.create(
            school=school, pupil=row.pupil, academic_year=2024, year_group=YearGroup.Y3, sen_status="K"
        )
        for year, term, points in ((2024, SUMMER, 40), (2025, AUTUMN, 42), (2025, SPRING, 43)):
            judged(row.pupil, AcademicYear(year), term, points)
    return row


@pytest.fixture
def senco(school: School) -> User:
    return member(school, Role.SENCO)


def agreed(row: PupilYear, steps: int, by: User) -> None:
    with visible_to(row.school):
        agree(pupil_year=row, steps_a_year=steps, reason="Small steps.", by=by)


def found(school: School, *, term: TermName = TermName.SPRING, number: int | None = None) -> Outcome:
    with visible_to(school):
        snapshot = snapshot_numbered(school, number) if number else None
        scope = Scope(
            schools=(school,), academic_year=NOW, term=term, measure=Measure.YEAR, snapshot=snapshot
        )
        [outcome] = outcomes(scope)
    return outcome


@pytest.mark.django_db
def test_progress_is_measured_by_the_pupils_own_steps(pupil_year: PupilYear, senco: User) -> None:
    # 3 steps by Spring, of 5 expected of everybody; of 4 a year 4 x 5/7 = 20/7, and 3 is more.
    assert (found(pupil_year.school).expected, found(pupil_year.school).progress) == (5, Progress.LESS)
    agreed(pupil_year, 4, senco)
    mine = found(pupil_year.school)
    assert (mine.steps, str(mine.expected), mine.progress, mine.is_individual) == (
        3,
        "20/7",
        Progress.MORE,
        True,
    )


@pytest.mark.django_db
@pytest.mark.parametrize("status", [SenStatus.NONE, ""])
def test_where_sen_has_ended_the_row_stays_and_does_not_count(
    pupil_year: PupilYear, senco: User, status: str
) -> None:
    agreed(pupil_year, 4, senco)
    with visible_to(pupil_year.school):
        PupilYear.objects.filter(pk=pupil_year.pk).update(sen_status=status)
        assert OwnExpectation.objects.count() == 1
        assert not counting(pupil_year.school)
    outcome = found(pupil_year.school)
    assert (outcome.expected, outcome.progress, outcome.is_individual) == (5, Progress.LESS, False)


@pytest.mark.django_db
def test_nothing_of_it_counts_while_the_partnership_does_not_allow_it(
    pupil_year: PupilYear, senco: User
) -> None:
    agreed(pupil_year, 4, senco)
    partnership = pupil_year.school.partnership
    allow_own_steps(partnership=partnership, allows=False, by=senco)
    assert found(pupil_year.school).expected == 5
    allow_own_steps(partnership=partnership, allows=True, by=senco)
    assert found(pupil_year.school).is_individual


@pytest.mark.django_db
@pytest.mark.usefixtures("cleared_away")
def test_what_was_frozen_keeps_its_steps(pupil_year: PupilYear, senco: User) -> None:
    school = pupil_year.school
    with visible_to(school):
        freeze(school=school, academic_year=NOW, term=TermName.SPRING, by=None)
    agreed(pupil_year, 4, senco)
    with visible_to(school):
        freeze(school=school, academic_year=NOW, term=TermName.SPRING, by=None)
    agreed(pupil_year, 7, senco)
    allow_own_steps(partnership=school.partnership, allows=False, by=senco)
    assert [str(found(school, number=number).expected) for number in (1, 2)] == ["5", "20/7"]
    with visible_to(school):
        second = snapshot_numbered(school, 2)
        assert second is not None
        changes = snapshot_changes(access_of(school, Role.HEAD), second)
    [line] = changes.changes
    # 3 steps of 20/7 were more than expected, of everybody's 5 they are fewer.
    assert (line.what, line.then, line.now) == ("Steps of the pupil’s own, 2025/26", "4 a year", "none")
    assert [(each.progress.then, each.progress.now) for each in changes.moved] == [(100, 0)]


@pytest.mark.django_db
def test_refused_in_words(pupil_year: PupilYear, senco: User) -> None:
    school = pupil_year.school
    with visible_to(school):
        assert why_not(pupil_year, today=TODAY) == ""
        of_summer = Term.objects.filter(school=school, academic_year=NOW, term=TermName.SUMMER)
        of_summer.update(entry_ends_on=dt.date(2026, 3, 19))
        assert "closed for entry" in why_not(pupil_year, today=TODAY)
        of_summer.update(entry_ends_on=None)
        PupilYear.objects.filter(pk=pupil_year.pk).update(sen_status=SenStatus.NONE)
        with pytest.raises(ValueError, match="neither SEN support nor an EHC plan"):
            agree(pupil_year=pupil_year, steps_a_year=4, reason="R", by=senco)
        PupilYear.objects.filter(pk=pupil_year.pk).update(sen_status="E", year_group=YearGroup.Y10)
        with pytest.raises(ValueError, match="not in Year 10"):
            agree(pupil_year=pupil_year, steps_a_year=4, reason="R", by=senco)
        PupilYear.objects.filter(pk=pupil_year.pk).update(year_group=YearGroup.Y4)
        with pytest.raises(ValueError, match="Say why"):
            agree(pupil_year=pupil_year, steps_a_year=4, reason=" ", by=senco)
        Partnership.objects.update(allows_own_steps=False)
        with pytest.raises(ValueError, match="does not allow"):
            take_back(pupil_year=pupil_year, by=senco)


@pytest.mark.django_db
@pytest.mark.parametrize("steps", [-1, 15])
def test_the_database_takes_no_other_number(pupil_year: PupilYear, senco: User, steps: int) -> None:
    with visible_to(pupil_year.school), pytest.raises(IntegrityError), transaction.atomic():
        OwnExpectation.objects.create(
            school=pupil_year.school,
            pupil=pupil_year.pupil,
            academic_year=NOW,
            steps_a_year=steps,
            reason="R",
            agreed_by=senco,
        )


def pages(pupil_year: PupilYear) -> str:
    return reverse("own_steps", args=[pupil_year.school.urn, NOW, pupil_year.pupil.public_id])


def seal_on(page: str) -> str:
    held = re.search(r'name="shown" value="([0-9a-f]+)"', page)
    assert held
    return held[1]


@pytest.mark.django_db
def test_the_page_shows_the_effect_and_saves_what_it_showed(
    pupil_year: PupilYear, senco: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, there = signed_in(senco), pages(pupil_year)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)
    said = {"steps_a_year": "4", "reason": "Agreed at the review."}
    shown = client.post(there, said)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown.content.decode()))
    assert shown.status_code == 200
    assert "Mathematics +3 of 5 expected Less than expected +3 of 2 6/7 expected More than expected" in text
    with visible_to(pupil_year.school):
        assert not OwnExpectation.objects.exists()
    stale = client.post(there, {**said, "steps_a_year": "5", "shown": seal_on(shown.content.decode())})
    assert stale.status_code == 422
    assert "Nothing was saved" in stale.content.decode()
    saved = client.post(there, {**said, "shown": seal_on(shown.content.decode())})
    assert saved.status_code == 302
    page = client.get(saved["Location"]).content.decode()
    assert "Own expectation: 4 steps a year in 2025/26, agreed by" in page
    assert "of 2 6/7 expected, own expectation" in page
    history = client.get(there).content.decode()
    assert "4 steps a year in 2025/26" in history
    removal = client.post(there, {"take_back": "1"}).content.decode()
    client.post(there, {"take_back": "1", "shown": seal_on(removal)})
    assert not found(pupil_year.school).is_individual
    assert "4 steps a year in 2025/26, taken back" in client.get(there).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("said", [{"steps_a_year": "15"}, {"steps_a_year": "3.5"}, {"reason": ""}])
def test_what_cannot_be_is_refused_in_words(
    pupil_year: PupilYear, senco: User, monkeypatch: pytest.MonkeyPatch, said: dict[str, str]
) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)
    answer = signed_in(senco).post(pages(pupil_year), {"steps_a_year": "4", "reason": "R", **said})
    assert answer.status_code == 422
    assert "A whole number from 0 to 14." in answer.content.decode() or "Say why" in answer.content.decode()


@pytest.mark.django_db
def test_a_teacher_does_not_agree_on_steps(pupil_year: PupilYear, school: School) -> None:
    client = signed_in(member(school, Role.TEACHER))
    assert client.post(pages(pupil_year), {"steps_a_year": "4", "reason": "R"}).status_code == 403


@pytest.mark.django_db
def test_lists_and_explanations_say_whose_steps_they_are(pupil_year: PupilYear, senco: User) -> None:
    agreed(pupil_year, 4, senco)
    school = pupil_year.school
    access: Access = access_of(school, Role.HEAD)
    with visible_to(school):
        scope = Scope(schools=(school,), academic_year=NOW, term=TermName.SPRING, measure=Measure.YEAR)
        [line] = figure_pupils(access, scope, subject=MATHEMATICS.number, part=Part.MEASURED).lines
        why = explain(access, pupil_year.pupil.public_id, MATHEMATICS, term=TermName.SPRING)
        record = pupil_record(access, pupil_year.pupil.public_id, today=TODAY)
    assert (line.expected, line.whose_steps) == ("2 6/7", "own expectation")
    assert why is not None
    assert record is not None
    part = why.part("this-year")
    assert part.sentence == (
        "3 steps since last Summer, more than the 2 6/7 expected of this pupil (own expectation)."
    )
    facts = {fact.label: fact.value for fact in part.facts}
    # 4 x 3/7 and 4 x 2/7.
    assert facts["Expected"] == "Autumn 1 5/7 + Spring 1 1/7 = 2 6/7"
    assert facts["Own expectation"].startswith("4 steps a year in 2025/26, agreed by ")
    assert record.own_steps == {2025: 4}


@pytest.mark.django_db
def test_the_page_for_parents_says_by_what_it_looks_at_the_steps(pupil_year: PupilYear, senco: User) -> None:
    school = pupil_year.school
    agreed(pupil_year, 4, senco)
    there = reverse("pupil_for_parents", args=[school.urn, NOW, pupil_year.pupil.public_id])
    page = signed_in(senco).get(there, {"term": "spring"}).content.decode()
    # 3 of 20/7: more. Nothing is usual about steps that were agreed for one child.
    assert "come further than we would expect in the time" in page
    assert f"We look at this by the steps that were agreed for {pupil_year.pupil.forename}." in page


@pytest.mark.django_db
def test_a_lead_allows_it_and_ends_it_on_the_page_of_expectations(pupil_year: PupilYear, senco: User) -> None:
    agreed(pupil_year, 4, senco)
    lead, school = UserFactory.create(), pupil_year.school
    memberships.lead_partnership(partnership=school.partnership, user=lead, by=None)
    client: Client = signed_in(lead)
    there = reverse("expectations", args=[school.partnership_id, NOW])
    act = reverse("allow_own_steps", args=[school.partnership_id, NOW])
    page = client.get(there).content.decode()
    # Told roughly: one is not told from none.
    assert "Agreed for 2025/26: fewer than 10 pupils." in page
    seal = re.findall(r'name="shown" value="([0-9a-f]+)"', page)[-1]
    client.post(act, {"shown": seal})
    school.partnership.refresh_from_db()
    assert found(school).expected == 5
    # The seal was of what was shown then.
    client.post(act, {"shown": seal})
    school.partnership.refresh_from_db()
    assert found(school).expected == 5
