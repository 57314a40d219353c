"""Periods, and what they write into the records of open years: counted by hand."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from schools.calendar import AcademicYear, TermName, YearGroup
from schools.models import (
    CareKind,
    CarePeriod,
    ChangeKind,
    ChangeSet,
    ClaimSource,
    FsmKind,
    FsmPeriod,
    PeriodSource,
    Pupil,
    PupilYear,
    School,
    SenNeed,
    SenPeriod,
    Term,
    YearlyClaim,
    YearlyFlag,
)
from schools.queries.yearly_values import open_years
from schools.row_security import visible_to
from schools.services import years
from schools.services.characteristics import (
    PeriodRefusedError,
    check,
    effect_of,
    remove_period,
    save_period,
)
from schools.services.yearly_values import override, take_back_override, work_out, work_out_school
from tests.factories import PupilYearFactory, SchoolFactory

LAST, THIS = AcademicYear(2025), AcademicYear(2026)
TODAY = dt.date(2026, 11, 23)
SEPTEMBER = dt.date(2026, 9, 1)


@pytest.fixture
def place(db: None) -> School:
    """A school with two years open, whose Summers are open for entry too."""
    school: School = SchoolFactory.create()
    with visible_to(school):
        for each in (LAST, THIS):
            years.open_year(school=school, academic_year=each, by=None)
    return school


@pytest.fixture
def pupil(place: School) -> Pupil:
    """A child of whom nothing is recorded, in two years."""
    with visible_to(place):
        row = PupilYearFactory.create(school=place, academic_year=THIS, year_group=YearGroup.Y4)
        PupilYear.objects.create(school=place, pupil=row.pupil, academic_year=LAST, year_group=YearGroup.Y3)
    pupil: Pupil = row.pupil
    return pupil


def record(pupil: Pupil, year: AcademicYear = THIS) -> PupilYear:
    row: PupilYear = PupilYear.objects.get(school=pupil.school, pupil=pupil, academic_year=year)
    return row


def flags(pupil: Pupil, year: AcademicYear = THIS) -> tuple[bool | None, bool | None, bool | None]:
    """FSM6, disadvantaged, pupil premium."""
    row = record(pupil, year)
    return row.is_fsm6, row.is_disadvantaged, row.is_pupil_premium


def meals(pupil: Pupil, kind: FsmKind, starts_on: dt.date, ends_on: dt.date | None = None) -> FsmPeriod:
    return FsmPeriod(
        school=pupil.school,
        pupil=pupil,
        kind=kind,
        starts_on=starts_on,
        ends_on=ends_on,
        source=PeriodSource.TYPED,
    )


def care(pupil: Pupil, starts_on: dt.date, ends_on: dt.date | None = None) -> CarePeriod:
    return CarePeriod(
        school=pupil.school,
        pupil=pupil,
        kind=CareKind.IN_CARE,
        starts_on=starts_on,
        ends_on=ends_on,
        source=PeriodSource.TYPED,
    )


def sen(pupil: Pupil, code: str, starts_on: dt.date, ends_on: dt.date | None = None) -> SenPeriod:
    return SenPeriod(
        school=pupil.school,
        pupil=pupil,
        code=code,
        starts_on=starts_on,
        ends_on=ends_on,
        source=PeriodSource.TYPED,
    )


def claims(pupil: Pupil, year: AcademicYear = THIS) -> dict[tuple[str, str], str]:
    rows = YearlyClaim.objects.filter(school=pupil.school, pupil=pupil, academic_year=year)
    return {(row.flag, row.source): row.value for row in rows}


def close(school: School, year: AcademicYear) -> None:
    Term.objects.filter(school=school, academic_year=year, term=TermName.SUMMER).update(
        entry_ends_on=dt.date(2026, 7, 31)
    )


def test_targeted_meals_make_the_running_year_disadvantaged_and_no_earlier_one(pupil: Pupil) -> None:
    with visible_to(pupil.school):
        changed = save_period(period=meals(pupil, FsmKind.TARGETED, SEPTEMBER), by=None, today=TODAY)
        assert flags(pupil) == (True, True, True)
        # A period is told, and none of it lies before September 2026: then it was no; whether in care nobody has said.
        assert flags(pupil, LAST) == (False, None, None)
        assert changed == 4
        assert claims(pupil) == {
            ("is_fsm6", "derived"): "yes",
            ("is_disadvantaged", "derived"): "yes",
            ("is_pupil_premium", "derived"): "yes",
        }
        assert ChangeSet.objects.get(kind=ChangeKind.CHARACTERISTICS).reason == "Period added"


def test_expanded_meals_make_nobody_disadvantaged(pupil: Pupil) -> None:
    with visible_to(pupil.school):
        save_period(period=meals(pupil, FsmKind.EXPANDED, SEPTEMBER), by=None, today=TODAY)
        assert flags(pupil) == (False, None, None)


def test_meals_of_unknown_kind_say_nothing_from_september_2026(pupil: Pupil) -> None:
    with visible_to(pupil.school):
        save_period(period=meals(pupil, FsmKind.UNKNOWN, SEPTEMBER), by=None, today=TODAY)
        assert flags(pupil) == (None, None, None)
        assert claims(pupil) == {}


def test_a_closed_year_stays_as_it_was(pupil: Pupil) -> None:
    with visible_to(pupil.school):
        close(pupil.school, LAST)
        assert open_years(pupil.school, TODAY) == {THIS}
        old = meals(pupil, FsmKind.LEGACY, dt.date(2024, 9, 1), dt.date(2026, 8, 31))
        save_period(period=old, by=None, today=TODAY)
        assert flags(pupil) == (True, True, True)
        assert flags(pupil, LAST) == (None, None, None)
        # What was worked out while it was open stays also when its ground goes.
        Term.objects.filter(school=pupil.school, academic_year=LAST).update(entry_ends_on=None)
        work_out(school=pupil.school, pupils=[pupil.pk], by=None, today=TODAY)
        close(pupil.school, LAST)
        remove_period(period=old, reason="Not this child", by=None, today=TODAY)
        assert flags(pupil, LAST) == (True, True, True)
        assert flags(pupil) == (None, None, None)


def test_what_a_file_or_the_record_said_is_not_worked_out_again(pupil: Pupil) -> None:
    with visible_to(pupil.school):
        PupilYear.objects.filter(pk=record(pupil).pk).update(is_fsm6=False, is_looked_after=False)
        save_period(period=meals(pupil, FsmKind.TARGETED, SEPTEMBER), by=None, today=TODAY)
        assert flags(pupil) == (False, None, None)
        PupilYear.objects.filter(pk=record(pupil).pk).update(is_previously_looked_after=False)
        work_out(school=pupil.school, pupils=[pupil.pk], by=None, today=TODAY)
        assert flags(pupil) == (False, False, None)


def test_set_by_hand_counts_first_and_taken_back_the_file_counts_again(pupil: Pupil) -> None:
    with visible_to(pupil.school):
        PupilYear.objects.filter(pk=record(pupil).pk).update(is_fsm6=False)
        said = {"pupil": pupil, "year": THIS, "flag": YearlyFlag.FSM6, "by": None, "today": TODAY}
        override(value="yes", reason="Letter seen on 3 March", **said)
        assert flags(pupil) == (True, True, True)
        assert claims(pupil)["is_fsm6", "imported"] == "no"
        assert claims(pupil)["is_fsm6", "overridden"] == "yes"
        # Of the other year nothing was said.
        assert flags(pupil, LAST) == (None, None, None)
        assert take_back_override(**said)
        assert flags(pupil) == (False, None, None)
        assert not take_back_override(**said)


def test_set_by_hand_and_taken_back_what_is_worked_out_counts_again(pupil: Pupil) -> None:
    with visible_to(pupil.school):
        save_period(period=meals(pupil, FsmKind.TARGETED, SEPTEMBER), by=None, today=TODAY)
        said = {"pupil": pupil, "year": THIS, "flag": YearlyFlag.FSM6, "by": None, "today": TODAY}
        override(value="no", reason="Another child's letter", **said)
        assert flags(pupil) == (False, None, None)
        take_back_override(**said)
        assert flags(pupil) == (True, True, True)


def test_in_a_closed_year_setting_by_hand_moves_that_flag_alone(pupil: Pupil) -> None:
    with visible_to(pupil.school):
        close(pupil.school, LAST)
        said = {"pupil": pupil, "year": LAST, "flag": YearlyFlag.FSM6, "by": None, "today": TODAY}
        override(value="yes", reason="Letter", **said)
        assert flags(pupil, LAST) == (True, None, None)
        take_back_override(**said)
        assert flags(pupil, LAST) == (None, None, None)


def test_nothing_is_set_by_hand_without_a_reason(pupil: Pupil) -> None:
    said = {"pupil": pupil, "year": THIS, "flag": YearlyFlag.FSM6, "by": None, "today": TODAY}
    with visible_to(pupil.school), pytest.raises(ValueError, match="reason"):
        override(value="yes", reason=" ", **said)


def test_one_day_in_care_in_the_year_is_disadvantage_though_it_has_ended(pupil: Pupil) -> None:
    with visible_to(pupil.school):
        save_period(period=care(pupil, dt.date(2026, 3, 1), SEPTEMBER), by=None, today=TODAY)
        row = record(pupil)
        assert (row.is_looked_after, row.is_disadvantaged, row.is_pupil_premium) == (False, True, True)
        # On the last day of last year the child was in care.
        assert record(pupil, LAST).is_looked_after is True


def test_adopted_from_care_is_pupil_premium_from_then_on(pupil: Pupil) -> None:
    adopted = CarePeriod(
        school=pupil.school,
        pupil=pupil,
        kind=CareKind.PREVIOUSLY,
        arrangement="adopted",
        starts_on=dt.date(2026, 10, 1),
        source=PeriodSource.TYPED,
    )
    with visible_to(pupil.school):
        save_period(period=adopted, by=None, today=TODAY)
        assert record(pupil).is_previously_looked_after is True
        assert flags(pupil) == (None, True, True)
        assert record(pupil, LAST).is_previously_looked_after is False


def test_a_service_child_of_an_earlier_year_is_pupil_premium(pupil: Pupil) -> None:
    with visible_to(pupil.school):
        PupilYear.objects.filter(pk=record(pupil, LAST).pk).update(is_service_child=True)
        work_out(school=pupil.school, pupils=[pupil.pk], by=None, today=TODAY)
        assert flags(pupil) == (None, None, True)


def test_a_status_of_sen_follows_its_periods(pupil: Pupil) -> None:
    with visible_to(pupil.school):
        save_period(period=sen(pupil, "K", dt.date(2025, 1, 6), dt.date(2026, 9, 30)), by=None, today=TODAY)
        save_period(period=sen(pupil, "E", dt.date(2026, 10, 1)), by=None, today=TODAY)
        assert (record(pupil, LAST).sen_status, record(pupil).sen_status) == ("K", "E")


def test_the_effect_is_told_without_writing_and_is_what_saving_does(pupil: Pupil) -> None:
    with visible_to(pupil.school):
        period = meals(pupil, FsmKind.TARGETED, SEPTEMBER)
        effect = effect_of(pupil, with_period=period, today=TODAY)
        assert [(each.year, each.flag.value, each.before, each.after) for each in effect] == [
            (LAST, "is_fsm6", "", "no"),
            (THIS, "is_fsm6", "", "yes"),
            (THIS, "is_disadvantaged", "", "yes"),
            (THIS, "is_pupil_premium", "", "yes"),
        ]
        assert not FsmPeriod.objects.exists()
        assert flags(pupil) == (None, None, None)
        save_period(period=period, by=None, today=TODAY)
        assert effect_of(pupil, today=TODAY) == []
        taken = effect_of(pupil, without=period, today=TODAY)
        assert [(each.year, each.flag.value, each.after) for each in taken] == [
            (LAST, "is_fsm6", ""),
            (THIS, "is_fsm6", ""),
            (THIS, "is_disadvantaged", ""),
            (THIS, "is_pupil_premium", ""),
        ]


@pytest.mark.parametrize(
    ("kind", "starts_on", "ends_on", "what"),
    [
        (FsmKind.TARGETED, dt.date(2026, 8, 31), None, "began on 1 September 2026"),
        (FsmKind.LEGACY, dt.date(2024, 9, 1), None, "End it on 31 August 2026"),
        (FsmKind.LEGACY, dt.date(2024, 9, 1), SEPTEMBER, "End it on 31 August 2026"),
        (FsmKind.UNKNOWN, dt.date(2026, 10, 2), dt.date(2026, 10, 1), "before the first"),
        (FsmKind.UNKNOWN, dt.date(2018, 1, 14), None, "was born on 15 January 2018"),
    ],
)
def test_days_that_cannot_be_are_refused_in_words(
    pupil: Pupil, kind: FsmKind, starts_on: dt.date, ends_on: dt.date | None, what: str
) -> None:
    with visible_to(pupil.school), pytest.raises(PeriodRefusedError, match=what):
        save_period(period=meals(pupil, kind, starts_on, ends_on), by=None, today=TODAY)


def test_a_code_of_another_time_is_refused_and_an_old_one_counts_as_today_s(pupil: Pupil) -> None:
    with visible_to(pupil.school):
        with pytest.raises(PeriodRefusedError, match="School Action was not recorded on 1 September 2026"):
            check(sen(pupil, "A", SEPTEMBER))
        old = sen(pupil, "S", dt.date(2018, 1, 20), dt.date(2018, 3, 31))
        check(old)
        assert (old.code, old.status) == ("S", "E")


def test_two_at_once_are_refused_in_words_and_by_the_database(pupil: Pupil) -> None:
    with visible_to(pupil.school):
        save_period(period=meals(pupil, FsmKind.TARGETED, SEPTEMBER), by=None, today=TODAY)
        second = meals(pupil, FsmKind.EXPANDED, dt.date(2026, 10, 1))
        with pytest.raises(PeriodRefusedError, match="from 1 September 2026, going on"):
            save_period(period=second, by=None, today=TODAY)
        with pytest.raises(IntegrityError, match="fsmperiod_one_at_a_time"), transaction.atomic():
            second.save()


def test_needs_are_ranked_and_each_is_told_once(pupil: Pupil) -> None:
    of = {"school": pupil.school, "pupil": pupil, "source": PeriodSource.TYPED}
    with visible_to(pupil.school):
        save_period(period=SenNeed(rank=1, need="SLCN", **of), by=None, today=TODAY)
        save_period(period=SenNeed(rank=2, need="ASD", **of), by=None, today=TODAY)
        for need, rank in (("MLD", 2), ("ASD", 3)):
            with pytest.raises(PeriodRefusedError, match="Another one"):
                save_period(period=SenNeed(rank=rank, need=need, **of), by=None, today=TODAY)
            with pytest.raises(IntegrityError), transaction.atomic():
                SenNeed.objects.create(rank=rank, need=need, **of)


def test_working_out_twice_writes_nothing_more(pupil: Pupil) -> None:
    with visible_to(pupil.school):
        save_period(period=meals(pupil, FsmKind.TARGETED, SEPTEMBER), by=None, today=TODAY)
        with CaptureQueriesContext(connection) as asked:
            assert work_out(school=pupil.school, pupils=[pupil.pk], by=None, today=TODAY) == 0
    assert not [each for each in asked if each["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_the_number_of_statements_does_not_grow_with_pupils(place: School) -> None:
    def worked_out(count: int) -> int:
        with visible_to(place):
            of_year = {"school": place, "academic_year": THIS, "year_group": YearGroup.Y4, "is_fsm6": True}
            rows = PupilYearFactory.create_batch(count, **of_year)
            with CaptureQueriesContext(connection) as asked:
                changed = work_out(school=place, pupils=[row.pupil_id for row in rows], by=None, today=TODAY)
        assert changed == count * 2
        return len(asked)

    assert worked_out(2) == worked_out(20)


def test_a_period_typed_ahead_counts_when_its_day_has_come(pupil: Pupil) -> None:
    tomorrow = TODAY + dt.timedelta(days=1)
    with visible_to(pupil.school):
        save_period(period=meals(pupil, FsmKind.TARGETED, tomorrow), by=None, today=TODAY)
        assert flags(pupil) == (False, None, None)
        of = {"school": pupil.school, "by": None, "today": tomorrow}
        assert work_out_school(dry_run=True, **of) == 3
        assert flags(pupil) == (False, None, None)
        assert work_out_school(**of) == 3
        assert flags(pupil) == (True, True, True)
        sets = ChangeSet.objects.count()
        assert work_out_school(**of) == 0
        assert ChangeSet.objects.count() == sets


def test_the_command_tells_of_each_school(pupil: Pupil, capsys: pytest.CaptureFixture[str]) -> None:
    with visible_to(pupil.school):
        PupilYear.objects.filter(school=pupil.school).update(is_looked_after=True)
    for options, said in ((["--dry-run"], "would become others"), ([], "became others")):
        call_command("yearly_values", "--school", pupil.school.urn, *options)
        assert re.fullmatch(rf"{pupil.school.name}: [24] yearly values {said}\.\n", capsys.readouterr().out)
    with visible_to(pupil.school):
        assert flags(pupil) == (None, True, True)


def test_claims_say_who_and_when(pupil: Pupil) -> None:
    with visible_to(pupil.school):
        save_period(period=meals(pupil, FsmKind.TARGETED, SEPTEMBER), by=None, today=TODAY)
        row = YearlyClaim.objects.get(flag=YearlyFlag.FSM6, academic_year=LAST)
        assert (row.source, row.value, row.as_of) == (ClaimSource.DERIVED, "no", dt.date(2026, 8, 31))
