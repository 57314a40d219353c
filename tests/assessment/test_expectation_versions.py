"""Expectations of a partnership's own: from which day, by which version measured, and the commands that see to it."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.expectations import LEP, Expectations
from assessment.models import ExpectationVersion, Judgement
from assessment.services.expectations import add_version
from schools.calendar import AcademicYear, YearGroup
from schools.models import ChangeKind, ChangeSet, PupilYear, School
from schools.row_security import every_school, visible_to
from schools.services import enrolments, years
from tests.factories import judged, on_roll

pytestmark = pytest.mark.django_db
YEAR = AcademicYear(2025)
AUTUMN, SUMMER = AssessmentTerm.AUTUMN, AssessmentTerm.SUMMER
HIGHER = Expectations(ranges=((0, 1), (2, 3), (4, 6)), steps=(3, 2, 2))


@pytest.fixture
def judgement(school: School) -> Judgement:
    """Year 4: 43 in Autumn and 47 in Summer, both at the lower end of the LEP's range; gives Summer's."""
    with visible_to(school):
        years.open_year(school=school, academic_year=YEAR, by=None)
        pupil = on_roll(school, YEAR, year_group=YearGroup.Y4).pupil
        judged(pupil, YEAR, AUTUMN, 43)
        return judged(pupil, YEAR, SUMMER, 47)


def rows(school: School) -> list[tuple[int, int, int, int]]:
    with visible_to(school):
        return list(
            Judgement.objects.in_school(school)
            .order_by("term")
            .values_list("term", "expected_low", "expected_high", "attainment")
        )


def run(command: str, *arguments: str) -> str:
    output = io.StringIO()
    call_command(command, *arguments, stdout=output)
    return output.getvalue()


def test_a_version_holds_from_its_day_and_terms_that_ended_before_keep_their_colours(
    school: School, judgement: Judgement
) -> None:
    assert rows(school) == [(1, 43, 44, 2), (3, 47, 49, 2)]
    version = add_version(
        partnership=school.partnership,
        name="Higher",
        holds_from=dt.date(2026, 3, 1),
        expectations=HIGHER,
        by=None,
    )
    assert rows(school) == [(1, 43, 44, 2), (3, 48, 50, 1)]
    with visible_to(school):
        judgement.refresh_from_db()
        assert (judgement.expectation_version, judgement.version) == (version, 1)
        change = ChangeSet.objects.get(kind=ChangeKind.RESTATE)
        event = apps.get_model("assessment", "JudgementEvent").objects.latest("pgh_id")
    assert event.pgh_context["change_set"] == str(change.public_id)
    assert change.reason == "Higher, from 01/03/2026"


def test_a_version_binds_its_own_partnership_alone(
    school: School, other_school: School, judgement: Judgement
) -> None:
    from tests.factories import PartnershipFactory

    elsewhere = PartnershipFactory.create(name="Elsewhere")
    add_version(
        partnership=elsewhere, name="Theirs", holds_from=dt.date(2020, 1, 1), expectations=HIGHER, by=None
    )
    assert rows(school) == [(1, 43, 44, 2), (3, 47, 49, 2)]
    assert "0 disagree" in run("check_judgements", "--school", school.urn)
    with every_school():
        assert not ChangeSet.objects.filter(kind=ChangeKind.RESTATE).exists()


def test_two_versions_cannot_hold_from_one_day(school: School, judgement: Judgement) -> None:
    def add() -> None:
        add_version(
            partnership=school.partnership,
            name="Higher",
            holds_from=dt.date(2026, 3, 1),
            expectations=HIGHER,
            by=None,
        )

    add()
    with pytest.raises(ValueError, match="hold from 01/03/2026 already"):
        add()


@pytest.mark.parametrize("statement", ["UPDATE {} SET summer_low = 9", "DELETE FROM {}"])
def test_the_database_lets_no_version_be_changed(statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="Cannot"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(ExpectationVersion._meta.db_table))


def test_correcting_the_year_group_measures_the_years_judgements_again(
    school: School, judgement: Judgement
) -> None:
    with visible_to(school):
        place = enrolments.YearPlace(academic_year=YEAR, year_group=YearGroup.Y5)
        enrolments.place_in_year(pupil=judgement.pupil, place=place, by=None)
    assert rows(school) == [(1, 50, 51, 1), (3, 54, 56, 1)]


def test_the_check_finds_a_row_that_disagrees_and_restate_puts_it_right(
    school: School, judgement: Judgement
) -> None:
    with visible_to(school):
        # As a slip in SQL would: past every service.
        PupilYear.objects.filter(pupil=judgement.pupil).update(year_group=YearGroup.Y3)
    with pytest.raises(CommandError, match="2 judgements disagree with the rules") as refused:
        run("check_judgements")
    assert refused.value.returncode == 1
    assert "2 judgements would be measured again" in run("restate", "--school", school.urn, "--dry-run")
    assert rows(school) == [(1, 43, 44, 2), (3, 47, 49, 2)]
    assert "2 judgements measured again" in run("restate", "--school", school.urn)
    assert rows(school) == [(1, 36, 37, 3), (3, 40, 42, 3)]
    assert "0 judgements measured again" in run("restate")
    assert f"{school.name}: 2 judgements, 0 disagree." in run("check_judgements")
    with visible_to(school):
        assert ChangeSet.objects.filter(kind=ChangeKind.RESTATE).count() == 1


@pytest.mark.parametrize("command", ["check_judgements", "restate"])
def test_an_unknown_school_is_refused(command: str) -> None:
    with pytest.raises(CommandError, match="no school with the URN '999999'"):
        run(command, "--school", "999999")


def test_the_command_shows_the_versions_and_adds_one_on_top_of_the_last(
    school: School, judgement: Judgement
) -> None:
    name = school.partnership.name
    shipped = "LEP expectations, from 01/09/1990: Autumn -1..0  Spring 1..2  Summer 3..5  steps 3 2 2"
    assert run("expectations", "--partnership", name).splitlines() == [shipped]
    run("expectations", "--partnership", name, "--from", "2026-03-01", "--summer=4..6", "--name", "Higher")
    assert rows(school) == [(1, 43, 44, 2), (3, 48, 50, 1)]
    shown = run("expectations", "--partnership", name, "--from", "2026-05-01", "--steps", "3", "3", "2")
    assert shown.splitlines() == [
        shipped,
        "Higher, from 01/03/2026: Autumn -1..0  Spring 1..2  Summer 4..6  steps 3 2 2",
        "Own expectations, from 01/05/2026: Autumn -1..0  Spring 1..2  Summer 4..6  steps 3 3 2",
    ]


@pytest.mark.parametrize(
    ("arguments", "why", "code"),
    [
        (["--summer=4..6"], "Give --from", 2),
        (["--from", "2026-03-01", "--summer=6..4"], "not a range", 1),
        (["--from", "1.3.2026"], "not a date", 1),
        (["--from", "2026-03-01", "--steps", "3", "-1", "2"], "no steps are negative", 1),
    ],
)
def test_expectations_that_make_no_sense_are_refused(
    school: School, arguments: list[str], why: str, code: int
) -> None:
    # What argparse refuses ends with 2 at a shell; called from Python it is an error like any other.
    with pytest.raises(CommandError, match=why) as refused:
        run("expectations", "--partnership", school.partnership.name, *arguments)
    assert refused.value.returncode == code
    assert ExpectationVersion.objects.get().expectations == LEP


def test_an_unknown_partnership_is_refused() -> None:
    with pytest.raises(CommandError, match="no partnership called 'Nowhere'"):
        run("expectations", "--partnership", "Nowhere")


@pytest.mark.parametrize("name", ["", " ", "x" * 101])
def test_a_version_has_a_name_that_can_be_kept(name: str) -> None:
    with pytest.raises(CommandError, match="a name has 1 to 100 characters"):
        call_command("expectations", "--partnership", "Any", "--name", name)
