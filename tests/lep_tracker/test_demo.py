"""The demo partnership in the database: whole, each row of the right school, and its sign-ins work."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count, Q
from django.test import Client
from django.utils import timezone

from assessment.engine.assessment_points import AssessmentTerm
from assessment.models import Judgement, Source
from lep_tracker import demo
from lep_tracker.demo.source import source
from schools.calendar import AcademicYear, YearGroup
from schools.identifiers import read_upn
from schools.models import (
    ChangeSet,
    ClassTeacher,
    Enrolment,
    Pupil,
    PupilYear,
    Role,
    School,
    SchoolYear,
    User,
)
from schools.queries.yearly_values import told_of
from schools.row_security import every_school, visible_to, walled_models
from schools.yearly_flags import fsm6, looked_after, sen_status, year_as_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unmeasured")]
BEGGARS_LANE, CHURNET, ROACHES = "990001", "990003", "990004"
JudgementEvent: Any = Judgement.pgh_event_model


@pytest.fixture(scope="module", autouse=True)
def loaded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The whole demo, loaded once and taken back after the last test of this module; each test has a savepoint in it."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patched, django_db_blocker.unblock():
        patched.setenv("LEP_DATA_DIR", str(folder))
        demo.clear_away_unfinished()
        with transaction.atomic():
            call_command("demo", stdout=StringIO())
            # Here and not in each test's savepoint, after which they would be open again.
            connection.check_constraints()
            with connection.cursor() as cursor:
                # What is not committed cannot be counted: PostgreSQL takes the tables for nearly empty.
                cursor.execute("SET LOCAL enable_nestloop = off")
            with django_db_blocker.block():
                yield folder
            transaction.set_rollback(True)
        # Else the tests after these would read through the pages that it filled.
        demo.clear_away_unfinished()


@pytest.fixture(autouse=True)
def data_directory(loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the passwords are; a test may do to them what it likes."""
    shutil.copy(loaded / "demo-sign-ins.json", tmp_path)
    monkeypatch.setenv("LEP_DATA_DIR", str(tmp_path))
    return tmp_path


def load_again() -> str:
    out = StringIO()
    call_command("demo", stdout=out)
    return out.getvalue()


def running() -> AcademicYear:
    return AcademicYear.containing(timezone.localdate())


def test_the_demo_prints_a_sign_in_for_each_role_that_works() -> None:
    said = load_again()
    for role in [*(role.label for role in Role), "Partnership lead"]:
        assert re.search(rf"\b{role}\b", said)
    sign_ins = re.findall(r"^  (\S+@demo\.test) +(\S+)", said, re.MULTILINE)
    assert len(sign_ins) == User.objects.count() == 12
    for email, password in sign_ins:
        client = Client()
        client.post("/account/sign-in/", {"login": email, "password": password})
        assert client.get("/", follow=True).status_code == 200
        assert client.session["_auth_user_id"]
    assert all(User.objects.values_list("is_demo", flat=True))


def test_the_demo_loaded_again_doubles_nothing_and_has_the_same_sign_ins(data_directory: Path) -> None:
    def rows() -> dict[str, int]:
        with every_school():
            return {model._meta.label: model._default_manager.count() for model in walled_models()}

    said, before = load_again(), rows()
    assert (load_again(), rows()) == (said, before)
    assert (data_directory / "demo-sign-ins.json").stat().st_mode & 0o777 == 0o600


def test_a_lost_password_file_gives_new_passwords(data_directory: Path) -> None:
    first = load_again()
    (data_directory / "demo-sign-ins.json").unlink()
    second = load_again()
    assert first != second
    email, password = re.findall(r"^  (head@\S+) +(\S+)", second, re.MULTILINE)[0]
    assert User.objects.get(email=email).check_password(password)


@pytest.mark.parametrize("content", ['{"head@demo.test": "a-password"}', "[]", "no json"])
def test_a_password_file_of_another_form_is_made_anew(data_directory: Path, content: str) -> None:
    (data_directory / "demo-sign-ins.json").write_text(content)
    email, password = re.findall(r"^  (head@\S+) +(\S+)", load_again(), re.MULTILINE)[0]
    assert User.objects.get(email=email).check_password(password)


def test_a_password_changed_on_the_site_is_said_to_be() -> None:
    load_again()
    head = User.objects.get(email="head@demo.test")
    head.set_password("something of my own")
    head.save()
    said = load_again()
    assert re.search(r"head@demo\.test +\(changed since\)", said)
    assert User.objects.get(pk=head.pk).check_password("something of my own")


def test_seven_schools_of_three_tiers_have_four_years_and_about_2400_pupils() -> None:
    today = timezone.localdate()
    assert School.objects.count() == 7
    on_roll = 0
    for school in School.objects.all():
        with visible_to(school):
            opened = SchoolYear.objects.in_school(school).values_list("academic_year", flat=True)
            # A first school has the early years of those who are in Year 4 now.
            first = running() - (5 if school.has_early_years else 3)
            assert sorted(opened) == list(range(first, running() + 1))
            stays = Enrolment.objects.in_school(school).filter(starts_on__lte=today)
            on_roll += stays.filter(Q(ends_on=None) | Q(ends_on__gte=today)).count()
            assert stays.values("pupil").distinct().count() == Pupil.objects.in_school(school).count()
    assert 2_300 <= on_roll <= 2_500


def test_every_judgement_stands_beside_what_the_rules_give_it() -> None:
    out = StringIO()
    call_command("check_judgements", stdout=out)
    counted = [
        int(number.replace(",", "")) for number in re.findall(r": ([\d,]+) judgements", out.getvalue())
    ]
    assert len(counted) == 7
    assert sum(counted) > 140_000
    assert out.getvalue().count(", 0 disagree") == 7


def test_copies_say_what_the_row_they_were_copied_from_says() -> None:
    facts = ("academic_year", "term", "subject_id", "points", "reason", "is_on_entry", "made_by_school_id")
    with every_school():
        rows = {row["public_id"]: row for row in Judgement.objects.values("public_id", "school_id", "origin_id", "origin_school_id", "source", *facts)}  # fmt: skip
    copies = [row for row in rows.values() if row["origin_id"]]
    assert len(copies) > 20_000
    for copy in copies:
        origin = rows[copy["origin_id"]]
        assert (
            origin["school_id"] == copy["origin_school_id"] != copy["school_id"] != copy["made_by_school_id"]
        )
        assert all(origin[fact] == copy[fact] for fact in facts)
    assert all((row["source"] == Source.COPIED) == bool(row["origin_id"]) for row in rows.values())
    assert any(copy["made_by_school_id"] != copy["origin_school_id"] for copy in copies), (
        "copied on from a school that had copied it"
    )


def test_a_copied_year_says_what_the_record_of_the_school_before_says() -> None:
    facts = (
        "academic_year",
        "year_group",
        "sen_status",
        "is_pupil_premium",
        "is_fsm6",
        "is_eal",
        "ethnicity",
    )
    with every_school():
        rows = {row["public_id"]: row for row in PupilYear.objects.values()}
    copies = [row for row in rows.values() if row["origin_id"]]
    assert len(copies) > 1_500
    for copy in copies:
        assert all(rows[copy["origin_id"]][fact] == copy[fact] for fact in facts)


def test_periods_agree_with_the_record_of_the_running_year() -> None:
    today = timezone.localdate()
    running = AcademicYear.containing(today)
    day = year_as_of(running, today)
    agreeing: Counter[str] = Counter()
    for school in School.objects.all():
        with visible_to(school):
            pupils = PupilYear.objects.in_school(school).filter(academic_year=running)
            for told in told_of(school, pupils.values_list("pupil_id", flat=True)).values():
                row, spans = told.years[running], told.spans
                said = {
                    "meals": (fsm6(spans.fsm, day), row.is_fsm6),
                    "care": (looked_after(spans.care, day), row.is_looked_after),
                    "sen": (sen_status(spans.sen, day) or None, row.sen_status),
                }
                for name, (by_periods, by_record) in said.items():
                    assert by_periods in {None, by_record}
                    agreeing[name] += by_periods is not None
    assert agreeing["meals"] > 100
    assert agreeing["sen"] > 100
    assert agreeing["care"] > 3


def test_a_child_is_one_person_with_one_upn_at_every_school() -> None:
    with every_school():
        pupils = {row["public_id"]: row for row in Pupil.objects.values()}
        copies = [row for row in pupils.values() if row["origin_id"]]
        assert len(copies) > 1_000
        for copy in copies:
            origin = pupils[copy["origin_id"]]
            assert origin["school_id"] == copy["origin_school_id"] != copy["school_id"]
            for fact in ("person_key", "upn", "surname", "forename", "date_of_birth", "sex"):
                assert origin[fact] == copy[fact]
        by_upn = Pupil.objects.values("upn").annotate(people=Count("person_key", distinct=True))
        assert by_upn.filter(people__gt=1).count() == 0
        assert all(read_upn(row["upn"]) for row in pupils.values())


def test_the_line_of_points_runs_on_across_schools() -> None:
    """Whoever came from a first school into Year 5 this year has three summers of Reading, of which the middle school saw none."""
    churnet = School.objects.get(urn=CHURNET)
    with visible_to(churnet):
        fives = PupilYear.objects.in_school(churnet).filter(
            academic_year=running(), year_group=YearGroup.Y5, pupil__origin_school__isnull=False
        )
        assert fives.count() > 80
        summers = Judgement.objects.in_school(churnet).filter(
            pupil__in=fives.values("pupil"),
            term=AssessmentTerm.SUMMER,
            subject=1,
            academic_year__lt=running(),
        )
        by_pupil = Counter(summers.values_list("pupil", flat=True))
        assert sum(count == 3 for count in by_pupil.values()) > 75
        assert not summers.filter(made_by_school=churnet).exists()


def test_before_it_came_a_child_is_on_no_roll_of_its_new_school() -> None:
    with every_school():
        copied = PupilYear.objects.exclude(origin_id=None)
        assert copied.count() > 1_500
        assert not copied.exclude(class_group=None).exists()
        for school in School.objects.all():
            stays: dict[int, list[Enrolment]] = {}
            for stay in Enrolment.objects.in_school(school):
                stays.setdefault(stay.pupil_id, []).append(stay)
            for pupil, year in copied.in_school(school).values_list("pupil_id", "academic_year"):
                assert all(stay.starts_on > year.ends_on for stay in stays[pupil])


def test_a_teachers_classes_are_entered_by_the_teacher() -> None:
    school, last_year = School.objects.get(urn=BEGGARS_LANE), running() - 1
    with visible_to(school):
        classes = dict(
            PupilYear.objects.in_school(school)
            .filter(academic_year=last_year)
            .values_list("pupil_id", "class_group__name")
        )
        entered_by: dict[str | None, set[str | None]] = {}
        for pupil, email in (
            Judgement.objects.in_school(school)
            .filter(academic_year=last_year, source=Source.TYPED)
            .values_list("pupil_id", "entered_by__email")
        ):
            entered_by.setdefault(classes[pupil], set()).add(email)
        # In each of the four years; Oak also in that in which today's Year 4 was in Reception.
        assert ClassTeacher.objects.in_school(school).count() == 4 * 5 + 1
    assert entered_by["4A"] == {"teacher@demo.test"}
    assert entered_by["3/4 Ash"] == {"mixed-age@demo.test"}
    assert entered_by["2A"] == {"subject-leader@demo.test"}
    assert entered_by["Oak"] == {"reception@demo.test"}
    assert entered_by["Elm"] == {"assessment-leader@demo.test"}


def test_nothing_is_entered_in_the_future_and_nobody_leaves_at_a_weekend() -> None:
    with every_school():
        assert not Judgement.objects.filter(entered_at__gt=timezone.now()).exists()
        assert not Enrolment.objects.filter(starts_on__gt=timezone.localdate()).exists()
        last_days = Enrolment.objects.exclude(ends_on=None).values_list("ends_on", flat=True).distinct()
        assert {day.weekday() for day in last_days} == set(range(5))


def test_history_says_in_which_load_each_judgement_was_written() -> None:
    roaches = School.objects.get(urn=ROACHES)
    with visible_to(roaches):
        loads = {str(change.public_id): change for change in ChangeSet.objects.in_school(roaches)}
        assert len(loads) > 2
        named = Counter(
            JudgementEvent.objects.filter(school=roaches).values_list("pgh_context__change_set", flat=True)
        )
        assert set(named) <= set(loads)
        assert sum(named.values()) == Judgement.objects.in_school(roaches).count()
        handed_over = [change for change in loads.values() if change.reason]
        assert {change.reason for change in handed_over} == {
            "Records handed over by Churnet Middle School",
            "Records handed over by Morridge Middle School",
        }


def test_no_school_sees_a_row_of_another() -> None:
    for demo_school in source().schools:
        school = School.objects.get(urn=demo_school.urn)
        with visible_to(school):
            for model in (Pupil, PupilYear, Enrolment, Judgement):
                assert set(model.objects.values_list("school_id", flat=True).distinct()) == {school.pk}
    assert not Pupil.objects.exists()
    assert not Judgement.objects.exists()
