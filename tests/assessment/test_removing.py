"""Anonymise, erase, sever: what is gone is in no column of any table, and what stays counts as before."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.db.utils import InternalError

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import MATHEMATICS
from assessment.models import Decided, Judgement, SignDecision
from assessment.services import removing
from assessment.services.removing import RemovalRefusedError
from assessment.services.snapshots import freeze
from reports.data_map import DATA_MAP
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.models import (
    AuditRecord,
    CarePeriod,
    ChangeKind,
    ChangeSet,
    CustomGroup,
    CustomGroupPupil,
    Enrolment,
    FsmPeriod,
    Happening,
    Pupil,
    PupilRemoval,
    PupilYear,
    RemovalKind,
    RetentionHold,
    Role,
    School,
    SchoolAttended,
    SenNeed,
    SenPeriod,
    User,
    YearlyClaim,
)
from schools.row_security import visible_to
from schools.services import years
from schools.services.changes import change_set
from schools.services.enrolments import PupilDetails
from tests.conftest import member
from tests.factories import judged, on_roll
from tests.isolation.two_schools import WholeSchool, ours, theirs
from tests.reports.counted_school import LAST_YEAR, YEAR, counted
from tests.walking import everywhere

__all__ = ["counted", "ours", "theirs"]
UPN, FORMER_KEY = "W91021022400A", uuid.UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7")
BORN = dt.date(2017, 7, 23)
WHO = ("Quillfeather", "Zebedee", "Zebbo", UPN, str(FORMER_KEY), "2017-07-23")


@pytest.fixture
def head(school: School) -> User:
    return member(school, Role.HEAD)


@pytest.fixture
def leaver(counted: School, head: User) -> Pupil:
    """A boy with SEN who left in Spring: judged in two years and noted, in a group, held once, decided about, frozen twice."""
    row = on_roll(
        counted,
        YEAR,
        ends_on=dt.date(2026, 3, 27),
        pupil__surname="Quillfeather",
        pupil__forename="Zebedee",
        pupil__preferred_forename="Zebbo",
        pupil__upn=UPN,
        pupil__person_key=FORMER_KEY,
        pupil__date_of_birth=BORN,
        pupil__sex="M",
        pupil__disputed="Zebedee's mother says that he is in Year 3.",
        pupil__origin_school=counted,
        pupil__origin_id=FORMER_KEY,
        sen_status="K",
        is_pupil_premium=True,
        ethnicity="WBRI",
    )
    pupil: Pupil = row.pupil
    PupilYear.objects.create(school=counted, pupil=pupil, academic_year=LAST_YEAR, year_group=YearGroup.Y3)
    judged(pupil, LAST_YEAR, AssessmentTerm.SUMMER, 40)
    with change_set(
        school=counted, kind=ChangeKind.PASTE, by=head, reason="Marks of zebedee (and UPN w91021022400a)"
    ):
        judged(pupil, YEAR, AssessmentTerm.AUTUMN, 43, note="Zebedee reads with Ann.")
        judged(pupil, YEAR, AssessmentTerm.AUTUMN, 42, note="Zebbo reads alone.")
    group = CustomGroup.objects.create(school=counted, academic_year=YEAR, name="Booster")
    CustomGroupPupil.objects.create(school=counted, academic_year=YEAR, group=group, pupil=pupil)
    SignDecision.objects.create(
        school=counted,
        pupil=pupil,
        academic_year=YEAR,
        term=TermName.AUTUMN,
        subject_id=MATHEMATICS.number,
        decided=Decided.REFER,
        reason="Quillfeather needs help.",
        decided_by=head,
    )
    RetentionHold.objects.create(
        school=counted, pupil=pupil, keep_until=YEAR.starts_on, reason="Zebedee's sister is here."
    )
    AuditRecord.objects.create(school=counted, what=Happening.PUPIL_SEEN, account=head.pk, pupil=pupil)
    freeze(school=counted, academic_year=YEAR, term=TermName.AUTUMN, by=head)
    Pupil.objects.filter(pk=pupil.pk).update(preferred_surname="Quill")
    return Pupil.objects.get(pk=pupil.pk)


def figures(school: School) -> list[str]:
    """All that `analyse` says of both years and of the snapshot, to the byte."""
    asked = [
        ("2024/25", "summer"),
        *(
            ("2025/26", term, *more)
            for term in ("autumn", "spring", "summer")
            for more in ((), ("--measure", "key-stage"))
        ),
        ("2025/26", "autumn", "--snapshot", "1"),
    ]
    told = []
    for year, term, *more in asked:
        output = io.StringIO()
        call_command("analyse", "--school", school.urn, "--year", year, "--term", term, *more, stdout=output)
        told.append(output.getvalue())
    return told


def seen(by: User) -> list[int | None]:
    """Of which pupil each record says that this person opened the page."""
    records = AuditRecord.objects.filter(what=Happening.PUPIL_SEEN, account=by.pk)
    return list(records.values_list("pupil_id", flat=True))


def told_over_time(pupil: Pupil, head: User) -> None:
    """A row of each kind of what was true from day to day, and a value set by hand."""
    of = {"school": pupil.school, "pupil": pupil}
    FsmPeriod.objects.create(kind="legacy", starts_on=YEAR.starts_on, source="copied", **of)
    SenPeriod.objects.create(code="K", status="K", starts_on=YEAR.starts_on, source="typed", **of)
    SenNeed.objects.create(rank=1, need="SLCN", source="imported", **of)
    CarePeriod.objects.create(kind="in_care", authority="873", starts_on=YEAR.starts_on, source="typed", **of)
    SchoolAttended.objects.create(name="Zzyzx Infants", urn="990998", source="imported", **of)
    YearlyClaim.objects.create(
        academic_year=YEAR,
        flag="is_fsm6",
        source="overridden",
        value="yes",
        reason="Quillfeather's letter",
        said_by=head,
        **of,
    )


OVER_TIME = (FsmPeriod, SenPeriod, SenNeed, CarePeriod, SchoolAttended, YearlyClaim)


def events_of(model: Any, pupil: Pupil) -> int:
    found: int = apps.get_model("schools", f"{model.__name__}Event").objects.filter(pupil=pupil).count()
    return found


def test_what_was_true_from_day_to_day_goes_with_an_anonymised_pupil(
    counted: School, leaver: Pupil, head: User
) -> None:
    told_over_time(leaver, head)
    removing.anonymise(school=counted, pupils=[leaver], reason="The rule was met.", by=head)
    assert not any(model.objects.filter(pupil=leaver).exists() for model in OVER_TIME)
    assert not any(events_of(model, leaver) for model in OVER_TIME)
    assert everywhere("Zzyzx", "Quillfeather") == []


def test_a_cut_identity_keeps_periods_and_nothing_that_leads_back(leaver: Pupil, head: User) -> None:
    told_over_time(leaver, head)
    keys = [str(model.objects.get(pupil=leaver).public_id) for model in OVER_TIME]
    now = PupilDetails(surname="New", forename="Name", date_of_birth=BORN)
    removing.sever(pupil=leaver, now=now, reason="Adopted.", by=head)
    assert not SchoolAttended.objects.filter(pupil=leaver).exists()
    assert CarePeriod.objects.get(pupil=leaver).authority == ""
    assert YearlyClaim.objects.get(pupil=leaver).reason == "Removed"
    assert FsmPeriod.objects.get(pupil=leaver).source == "imported"
    assert not any(events_of(model, leaver) for model in OVER_TIME)
    assert everywhere("Zzyzx", "Quillfeather", *keys) == []


def test_the_walk_finds_what_is_there(leaver: Pupil) -> None:
    there = everywhere(*WHO)
    assert {
        "schools_pupil.surname",
        "schools_pupilevent.upn",
        "assessment_judgementevent.note",
        "schools_changeset.reason",
        "assessment_snapshotpupil.date_of_birth",
        "schools_retentionholdevent.reason",
    } <= set(there)


def test_an_anonymised_pupil_is_nowhere_and_every_figure_stays(
    counted: School, leaver: Pupil, head: User
) -> None:
    before = figures(counted)
    former = str(leaver.public_id)
    assert removing.anonymise(school=counted, pupils=[leaver], reason="The rule was met.", by=head) == 1
    assert everywhere(*WHO, former, "Quill") == []
    assert figures(counted) == before
    now = Pupil.objects.get(pk=leaver.pk)
    # Born in the same month: summer-born, and in the same year group by age.
    assert (now.name, now.upn, now.date_of_birth) == ("Removed, Pupil", "", dt.date(2017, 7, 1))
    assert now.anonymised_at is not None
    assert list(
        Judgement.objects.filter(pupil=now).order_by("pk").values_list("points", "note", "entered_by")
    ) == [(40, "", None), (42, "", None)]
    # How it came to the last points is still there; who it was is not.
    Event = apps.get_model("assessment", "JudgementEvent")
    assert {40, 43, 42} <= set(Event.objects.filter(pupil_id=leaver.pk).values_list("points", flat=True))
    change = ChangeSet.objects.get(kind=ChangeKind.ANONYMISE)
    assert (change.by, change.reason) == (head, "The rule was met.")
    assert (
        ChangeSet.objects.get(kind=ChangeKind.PASTE).reason
        == "Marks of [name removed] (and UPN [name removed])"
    )
    removal = PupilRemoval.objects.get()
    assert (removal.kind, removal.pupil_key, removal.removed_by) == (RemovalKind.ANONYMISED, None, head)


def test_judgements_of_the_early_years_measured_again_come_out_as_before(school: School) -> None:
    """Born on the 23rd: on 12 December a month younger than one born on the 1st, so that the day has to be the 13th or later."""
    with visible_to(school):
        years.open_year(school=school, academic_year=YEAR, by=None)
        row = on_roll(
            school,
            YEAR,
            year_group=YearGroup.N2,
            pupil__date_of_birth=dt.date(2021, 12, 23),
            ends_on=dt.date(2026, 7, 1),
        )
        ends = {
            day.day
            for term in apps.get_model("schools", "Term").objects.filter(school=school, academic_year=YEAR)
            for day in (term.starts_on, term.ends_on)
        }
        removing.anonymise(school=school, pupils=[row.pupil], reason="Left.", by=None)
        born = Pupil.objects.get(pk=row.pupil_id).date_of_birth
        assert (born.year, born.month) == (2021, 12)
        assert born.day == max((day for day in ends if day < 23), default=0) + 1
        assert all((day < 23) == (day < born.day) for day in ends)


def test_who_has_not_left_is_not_anonymised(counted: School, leaver: Pupil, head: User) -> None:
    here = Pupil.objects.filter(school=counted, enrolments__ends_on=None).first()
    assert here is not None
    with pytest.raises(RemovalRefusedError, match="has not left"):
        removing.anonymise(school=counted, pupils=[leaver, here], reason="The rule was met.", by=head)
    assert Pupil.objects.get(pk=leaver.pk).surname == "Quillfeather"


@pytest.mark.parametrize("reason", ["", "  ", "zebedee left", f"UPN {UPN}"])
def test_a_reason_that_is_empty_or_names_the_pupil_is_refused(
    counted: School, leaver: Pupil, reason: str
) -> None:
    with pytest.raises(RemovalRefusedError):
        removing.erase(pupil=leaver, reason=reason, by=None)
    assert Pupil.objects.filter(pk=leaver.pk).exists()


def test_an_erased_pupil_is_in_no_table_that_knows_pupils(counted: School, leaver: Pupil, head: User) -> None:
    former = leaver.public_id
    removing.erase(pupil=leaver, reason="Added in error.", by=head)
    assert everywhere(*WHO) == []
    with connection.cursor() as cursor:
        for table, held in DATA_MAP.items():
            if held.pupil:
                cursor.execute(f"SELECT count(*) FROM {table} WHERE {held.pupil} = %s", [leaver.pk])
                assert cursor.fetchone() == (0,), table
    assert set(everywhere(str(former))) == {
        "schools_pupilremoval.pupil_key",
        "schools_pupilremovalevent.pupil_key",
    }
    assert seen(head) == [None]
    removal = PupilRemoval.objects.get()
    assert (removal.pupil_key, removal.reason, removal.removed_by) == (former, "Added in error.", head)
    assert ChangeSet.objects.get(kind=ChangeKind.ERASE).by == head


def test_nothing_leads_from_a_severed_pupil_to_the_earlier_identity(
    counted: School, leaver: Pupil, head: User
) -> None:
    before = figures(counted)
    ids = [
        str(row.public_id)
        for model in (Judgement, Enrolment, PupilYear)
        for row in model.objects.filter(pupil=leaver)
    ]
    former = str(leaver.public_id)
    now = PupilDetails(surname="Newname", forename="Robin", date_of_birth=BORN, sex="M", upn="")
    severed = removing.sever(pupil=leaver, now=now, reason="A court order.", by=head)
    who = [word for word in WHO if word != "2017-07-23"]
    assert everywhere(*who, former, *ids, "Quill") == []
    assert (severed.name, severed.origin_id, severed.disputed) == ("Newname, Robin", None, "")
    assert figures(counted) == before
    assert seen(head) == [None]
    # Nor does anything say that it was this one.
    removal = PupilRemoval.objects.get()
    assert removal.pupil_key is None
    assert everywhere(str(severed.public_id)) == ["schools_pupil.public_id"]
    assert not ChangeSet.objects.filter(kind__in=[ChangeKind.ERASE, ChangeKind.ANONYMISE]).exists()


def test_a_severed_pupil_does_not_keep_the_earlier_upn(counted: School, leaver: Pupil) -> None:
    now = PupilDetails(surname="Newname", forename="Robin", date_of_birth=BORN, upn=UPN)
    with pytest.raises(RemovalRefusedError, match="earlier UPN"):
        removing.sever(pupil=leaver, now=now, reason="A court order.", by=None)


def called(function: str, removal: int, pupil: int) -> str:
    with (
        pytest.raises((InternalError, ProgrammingError)) as refused,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT {function}(%s, %s)", [removal, pupil])
    return str(refused.value)


@pytest.mark.parametrize("function", ["anonymise_pupil", "erase_pupil", "sever_pupil"])
def test_the_database_removes_only_in_an_open_school_what_a_removal_asks_for(
    function: str, ours: WholeSchool, theirs: WholeSchool, year: AcademicYear
) -> None:
    kinds = {"anonymise_pupil": "anonymised", "erase_pupil": "erased", "sever_pupil": "severed"}

    def asked(school: School, kind: str = kinds[function], *, is_done: bool = False) -> int:
        row = PupilRemoval.objects.create(
            school=school, kind=kind, reason="A reason.", removed_on=year.starts_on, is_done=is_done
        )
        return int(row.pk)

    with visible_to(theirs.school):
        of_theirs = asked(theirs.school)
    with visible_to(ours.school):
        other = next(kind for kind in RemovalKind.values if kind != kinds[function])
        # Of another kind, done already, of a school that is not open.
        for removal in (asked(ours.school, other), asked(ours.school, is_done=True), of_theirs):
            assert "No removal of this kind" in called(function, removal, ours.pupil.pk)
        # A pupil of a school that is not open, and one of an open school by a removal of another.
        assert "no such pupil" in called(function, asked(ours.school), theirs.pupil.pk)
    with visible_to(ours.school, theirs.school):
        assert "no such pupil" in called(function, asked(ours.school), theirs.pupil.pk)
    assert "No removal of this kind" in called(function, of_theirs, theirs.pupil.pk)


def test_the_database_does_not_anonymise_who_is_on_roll(ours: WholeSchool, year: AcademicYear) -> None:
    with visible_to(ours.school):
        removal = PupilRemoval.objects.create(
            school=ours.school, kind=RemovalKind.ANONYMISED, reason="A reason.", removed_on=year.starts_on
        )
        assert "has not left" in called("anonymise_pupil", removal.pk, ours.pupil.pk)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "function", ["removal_begun(1, 1, 'erased')", "names_taken_out(1, 1)", "rows_known_by_new_ids(1, 1)"]
)
def test_what_these_functions_call_is_not_for_the_server(function: str) -> None:
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}")
