"""Figures from a snapshot: the same, whatever is corrected afterwards; and what was corrected, by name."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.subjects import EYFS_AREAS, MATHEMATICS
from assessment.models import ExpectationVersion, Judgement, OwnExpectation
from assessment.queries.snapshots import TakenSnapshot, snapshot_numbered
from assessment.services.own_expectations import allow_own_steps
from assessment.services.restating import restate
from assessment.services.snapshots import freeze
from reports.documents.figure_pupils import Part, figure_pupils
from reports.documents.governor_report import governor_report
from reports.documents.snapshot_changes import changes_table, figures_table, snapshot_changes
from reports.queries.conversations import candidates
from reports.queries.figure_pupils import named, standings
from reports.queries.figures import figures
from reports.queries.group_members import group_members
from reports.queries.scope import Measure, Scope, SnapshotEndsBeforeError
from schools.access import Access
from schools.calendar import AcademicYear, EyfsFramework, TermName, YearGroup
from schools.models import (
    ClassGroup,
    CustomGroup,
    CustomGroupPupil,
    Enrolment,
    Pupil,
    PupilYear,
    Role,
    School,
    SchoolYear,
    SenStatus,
    Sex,
    Term,
)
from schools.row_security import visible_to
from schools.services.groups import delete_group
from tests.conftest import member, signed_in
from tests.factories import UserFactory, judged, on_roll
from tests.reports.counted_school import AUTUMN, LAST_YEAR, SPRING, SUMMER, YEAR, counted
from tests.reports.test_counting import YEAR as AT_RANDOM
from tests.reports.test_counting import at_random

__all__ = ["at_random", "counted"]
pytestmark = pytest.mark.django_db
WRONG = "something that is not here or not yours"
MEASURES = [each for each in Measure if each is not Measure.FROM_TO]


def analyse(school: School, term: TermName, measure: Measure, *more: str, year: str = "2025/26") -> str:
    output = io.StringIO()
    asked = ["--school", school.urn, "--year", year, "--term", term.label, "--measure", measure.value, *more]
    call_command("analyse", *asked, stdout=output)
    return without_number(output.getvalue(), more[-1]) if "--snapshot" in more else output.getvalue()


def without_number(table: str, number: str) -> str:
    """The tidy table of a snapshot as it is of the living rows: without its last column, which has to be there."""
    heading, *lines = table.splitlines(keepends=True)
    assert heading.endswith(",snapshot\n")
    assert all(line.endswith(f",{number}\n") for line in lines)
    shorter = [heading.removesuffix(",snapshot\n"), *(line.removesuffix(f",{number}\n") for line in lines)]
    return "".join(f"{line}\n" for line in shorter)


def scope_of(school: School, **said: object) -> Scope:
    return Scope(schools=(school,), academic_year=YEAR, term=TermName.SUMMER, **said)  # type: ignore[arg-type]


def everything(school: School, snapshot: TakenSnapshot | None) -> dict[str, object]:
    """All that is told of the school: of each term by each measure, and the packs; from the living rows or the snapshot."""
    asked = ["--snapshot", str(snapshot.number)] if snapshot else []
    told: dict[str, object] = {
        f"{measure.value}, {term.label}": analyse(school, term, measure, *asked)
        for measure in MEASURES
        for term in TermName
    }
    told["last year"] = analyse(school, TermName.SUMMER, Measure.PHASE, *asked, year="2024/25")
    scope = scope_of(school, snapshot=snapshot)
    since = AssessmentPoint(LAST_YEAR, AssessmentTerm.SUMMER)
    pack = governor_report(scope, dt.date(2026, 7, 20))
    assert ("snapshot 1" in pack.snapshot) is (snapshot is not None)
    told["pack"] = replace(pack, snapshot="")
    told["from to"] = standings(
        replace(scope, measure=Measure.FROM_TO, since=since), school, [MATHEMATICS.number]
    )
    told["groups"] = group_members(scope, school, ())
    told["conversations"] = candidates(scope, school, [MATHEMATICS.number])
    return told


def pupil(school: School, forename: str) -> Pupil:
    found: Pupil = Pupil.objects.in_school(school).get(forename=forename)
    return found


def record(school: School, forename: str) -> PupilYear:
    found: PupilYear = PupilYear.objects.in_school(school).get(pupil__forename=forename, academic_year=YEAR)
    return found


def points(school: School) -> None:
    judged(pupil(school, "Ann"), YEAR, SUMMER, 60)


def year_group(school: School) -> None:
    PupilYear.objects.filter(pk=record(school, "Jon").pk).update(year_group=YearGroup.Y4)


def sen(school: School) -> None:
    PupilYear.objects.filter(pk=record(school, "Bob").pk).update(sen_status=SenStatus.SUPPORT)


def own_steps(school: School) -> None:
    # Of Bob, who has SEN support by then.
    allow_own_steps(partnership=school.partnership, allows=True, by=UserFactory.create())
    OwnExpectation.objects.create(
        school=school,
        pupil=pupil(school, "Bob"),
        academic_year=YEAR,
        steps_a_year=2,
        reason="Small steps.",
        agreed_by=UserFactory.create(),
    )


def attendance(school: School) -> None:
    PupilYear.objects.filter(pk=record(school, "Ann").pk).update(attendance=Decimal("90.0"))


def last_year(school: School) -> None:
    PupilYear.objects.filter(pupil__forename="Hal", academic_year=LAST_YEAR).update(year_group=YearGroup.Y1)
    judged(pupil(school, "Hal"), LAST_YEAR, SUMMER, 40)


def leaver(school: School) -> None:
    Enrolment.objects.filter(pupil__forename="Cat").update(ends_on=dt.date(2026, 5, 1))


def joiner(school: School) -> None:
    row = on_roll(school, YEAR, pupil__forename="Kim", pupil__surname="Joiner", starts_on=dt.date(2026, 2, 1))
    judged(row.pupil, YEAR, SUMMER, 48)


def sex(school: School) -> None:
    Pupil.objects.filter(forename="Dev").update(sex=Sex.FEMALE)


def birth(school: School) -> None:
    Pupil.objects.filter(forename="Eve").update(date_of_birth=dt.date(2017, 6, 1))


def term_dates(school: School) -> None:
    # Fin left on the last day of Autumn: he is on roll no more on the day after.
    Term.objects.in_school(school).filter(academic_year=YEAR, term=TermName.AUTUMN).update(
        ends_on=dt.date(2026, 1, 1)
    )


def deleted(school: School) -> None:
    Judgement.objects.in_school(school).filter(
        pupil__forename="Ida", term=SPRING, academic_year=YEAR
    ).delete()


def of_class(school: School) -> None:
    ClassGroup.objects.in_school(school).update(name="Ash")
    PupilYear.objects.filter(pk=record(school, "Ann").pk).update(class_group=None)


def own_group(school: School) -> None:
    delete_group(group=CustomGroup.objects.get(name="Boosters"), by=None)


def expectations(school: School) -> None:
    shipped = ExpectationVersion.objects.get(partnership=None)
    shipped.pk, shipped.partnership, shipped.name, shipped.holds_from = None, school.partnership, "Ours", dt.date(2025, 9, 1)  # fmt: skip
    shipped.summer_low, shipped.summer_high, shipped.summer_steps = 4, 7, 3
    shipped.save(force_insert=True)
    restate(school=school)


CHANGES: list[Callable[[School], None]] = [
    points, year_group, sen, own_steps, attendance, last_year, leaver, joiner, sex, birth, term_dates, deleted, of_class, own_group, expectations,
]  # fmt: skip


@pytest.fixture
def frozen(counted: School) -> TakenSnapshot:
    """The counted school with a group of its own, frozen at the end of Summer."""
    boosters = CustomGroup.objects.create(school=counted, academic_year=YEAR, name="Boosters")
    for name in ("Ann", "Bob"):
        CustomGroupPupil.objects.create(
            school=counted, group=boosters, pupil=pupil(counted, name), academic_year=YEAR
        )
    freeze(school=counted, academic_year=YEAR, term=TermName.SUMMER, by=None, note="As reported")
    taken = snapshot_numbered(counted, 1)
    assert taken is not None
    return taken


def test_whatever_is_changed_afterwards_a_snapshot_says_the_same(
    counted: School, frozen: TakenSnapshot
) -> None:
    before = everything(counted, None)
    assert everything(counted, frozen) == before
    living = before
    for change in CHANGES:
        change(counted)
        now = everything(counted, None)
        # Each change alone moves what is told now, or the test would prove nothing.
        assert now != living, change.__name__
        living = now
    assert everything(counted, frozen) == before
    assert {name for name in before if before[name] == living[name]} == set()


def test_terms_and_years_before_are_in_it_and_none_after(counted: School) -> None:
    freeze(school=counted, academic_year=YEAR, term=TermName.SPRING, by=None)
    taken = snapshot_numbered(counted, 1)
    living = analyse(counted, TermName.AUTUMN, Measure.YEAR)
    sen(counted)
    points(counted)
    assert analyse(counted, TermName.AUTUMN, Measure.YEAR) != living
    assert analyse(counted, TermName.AUTUMN, Measure.YEAR, "--snapshot", "1") == living
    why = "Snapshot 1 ends with Spring 2025/26: Summer 2025/26 is not in it."
    with pytest.raises(SnapshotEndsBeforeError, match=why):
        scope_of(counted, snapshot=taken)
    with pytest.raises(CommandError, match=why):
        analyse(counted, TermName.SUMMER, Measure.YEAR, "--snapshot", "1")
    with pytest.raises(CommandError, match="has no snapshot 2"):
        analyse(counted, TermName.SUMMER, Measure.YEAR, "--snapshot", "2")


def test_a_snapshot_of_a_school_without_judgements_or_pupils(school: School, year: AcademicYear) -> None:
    with visible_to(school):
        freeze(school=school, academic_year=year, term=TermName.AUTUMN, by=None)
        on_roll(school, year)
        taken = snapshot_numbered(school, 1)
        scope = Scope(schools=(school,), academic_year=year, term=TermName.AUTUMN)
        assert figures(replace(scope, snapshot=taken)) == []
        assert figures(scope) != []
        assert governor_report(replace(scope, snapshot=taken), dt.date(2026, 12, 1)).is_empty


@pytest.fixture
def head(counted: School) -> Access:
    user = member(counted, Role.HEAD)
    return Access(
        user=user,
        school=counted,
        roles=(Role.HEAD,),
        academic_year=YEAR,
        opened_years=(YEAR, LAST_YEAR),
        schools=(counted,),
    )


def test_what_changed_is_named_and_nothing_else(counted: School, frozen: TakenSnapshot, head: Access) -> None:
    nothing = snapshot_changes(head, frozen)
    assert (nothing.moved, nothing.changes) == ((), ())
    assert len(nothing.figures) == 10
    for change in CHANGES[:-1]:
        change(counted)
    # After the term: none of its figures is about them.
    Enrolment.objects.filter(pupil__forename="Ida").update(ends_on=dt.date(2026, 8, 31))
    on_roll(counted, YEAR, pupil__forename="Lou", starts_on=dt.date(2026, 8, 1))
    found = snapshot_changes(head, frozen)
    told = [(line.name.partition(", ")[2], line.what, line.then, line.now) for line in found.changes]
    assert sorted(told) == sorted([
        ("", "Last day of Autumn 2025/26", "19 December 2025", "1 January 2026"),
        ("", "Class, 2025/26", "Oak", "Ash"),
        ("", "Group, 2025/26", "Boosters", "none"),
        ("Ann", "Mathematics, Summer 2025/26", "47", "60"),
        ("Ann", "Attendance band, 2025/26", "not known", "Attendance 50.1-90.0%"),
        ("Ann", "Class, 2025/26", "Oak", "none"),
        ("Ann", "Group Boosters", "in it", "not in it"),
        ("Bob", "SEN, 2025/26", "not known", "SEN support"),
        ("Bob", "Steps of the pupil’s own, 2025/26", "none", "2 a year"),
        ("Bob", "Group Boosters", "in it", "not in it"),
        ("Cat", "On roll", "from 1 September 2024", "1 September 2024 to 1 May 2026"),
        ("Dev", "Sex", "Boy", "Girl"),
        ("Eve", "Date of birth", "1 November 2016", "1 June 2017"),
        ("Hal", "Year group, 2024/25", "Year 3", "Year 1"),
        ("Hal", "Mathematics, Summer 2024/25", "none", "40"),
        ("Ida", "Mathematics, Spring 2025/26", "46", "none"),
        ("Jon", "Year group, 2025/26", "Year 3", "Year 4"),
        ("Kim", "On roll", "none", "from 1 February 2026"),
        ("Kim", "Record of 2025/26", "none", "Year 4"),
        ("Kim", "Mathematics, Summer 2025/26", "none", "48"),
    ])  # fmt: skip
    assert (found.of_school, found.pupils, found.count) == (3, 9, len(found.changes))
    # Of all that are asked for the first; the others are counted.
    for most in range(1, 22):
        fewer = snapshot_changes(head, frozen, most)
        assert fewer.changes == found.changes[:most]
        assert (fewer.of_school, fewer.pupils, fewer.count) == (3, 9, 20)
    (maths,) = (line for line in found.moved if (line.year_group, line.subject) == ("Year 4", "Mathematics"))
    # Then Ann 47, Bob 51, Cat 44, Dev 49, Eve 45, Hal 46, Ida 48: four of seven at or above (47). Now without Cat, with Ann at 60, Kim at 48,
    # and Jon at 41, who is at by the range of Year 3, which nobody measured again: six of eight.
    assert [(cell.then, cell.now, cell.text) for cell in maths.cells if cell is not maths.progress] == [
        (Decimal(57), Decimal(75), "+18"),
        (Decimal("47.14"), Decimal("48.50"), "+1.36"),
        (7, 8, "+1"),
        (7, 8, "+1"),
    ]
    rows = changes_table(found).rows
    assert len(rows) == 20
    assert rows[0][0] == "The school"
    assert len(figures_table(found).rows) == 10


def test_a_restatement_is_told_as_ranges(counted: School, frozen: TakenSnapshot, head: Access) -> None:
    expectations(counted)
    found = snapshot_changes(head, frozen)
    told = {(line.what, line.then, line.now) for line in found.changes if "Ann" in line.name}
    assert ("Expected range: Mathematics, Summer 2025/26", "47 to 49", "48 to 51") in told
    # The ranges of Autumn are as they were, the steps of the year are not.
    assert ("Expected steps: Mathematics, Autumn 2025/26", "by older expectations", "by newer ones") in told


def test_the_lists_behind_figures_are_the_frozen_ones(
    counted: School, frozen: TakenSnapshot, head: Access
) -> None:
    year_group(counted)
    PupilYear.objects.filter(pk=record(counted, "Ann").pk).update(class_group=None)
    rows = {
        row.pupil.forename: row
        for row in named(head, [pupil(counted, "Ann").pk, pupil(counted, "Jon").pk], frozen)
    }
    assert rows["Jon"].year_group is YearGroup.Y3
    assert rows["Ann"].class_group is not None
    assert rows["Ann"].class_group.name == "Oak"
    scope = scope_of(counted, viewer=head)

    def lists(of: Scope) -> dict[Part, object]:
        found = {part: figure_pupils(head, of, subject=MATHEMATICS.number, part=part) for part in Part}
        return {
            part: [
                (each.name, each.year_group, each.class_name, each.result.points, each.steps)
                for each in listed.lines
            ]
            for part, listed in found.items()
        }

    before = lists(replace(scope, snapshot=frozen))
    for change in CHANGES[2:]:
        change(counted)
    PupilYear.objects.filter(pupil__forename="Hal", academic_year=YEAR).update(year_group=YearGroup.Y1)
    assert lists(replace(scope, snapshot=frozen)) == before
    assert lists(scope) != before
    assert len(before[Part.PUPILS]) == 8  # type: ignore[arg-type]
    teacher = replace(head, roles=(Role.TEACHER,))
    assert named(teacher, [pupil(counted, "Ann").pk], frozen) == []


# Who sees no class sees no list of frozen terms; office and administrator see no figure at all.
WITHOUT_FIGURES = {Role.OFFICE, Role.ADMINISTRATOR}
OUTSIDE = {Role.GOVERNOR, *WITHOUT_FIGURES}


@pytest.mark.parametrize("role", list(Role))
def test_who_freezes_who_reads_and_who_is_offered_what(
    counted: School, frozen: TakenSnapshot, other_school: School, role: Role
) -> None:
    client = signed_in(member(counted, role))
    at = [counted.urn, YEAR]
    leads, oversees = role in {Role.HEAD, Role.ASSESSMENT_LEADER}, role not in {Role.TEACHER, *OUTSIDE}
    posted = client.post(reverse("take_snapshot", args=at), {"term": "2", "note": "Before the inspection"})
    assert posted.status_code == (302 if leads else 403)
    page = client.get(reverse("snapshots", args=at))
    assert page.status_code == (403 if role in OUTSIDE else 200)
    text = page.content.decode()
    assert ("Before the inspection" in text, "Freeze a term" in text) == (leads, leads)
    assert client.get(reverse("snapshot", args=[*at, 1])).status_code == (200 if oversees else 403)
    assert client.get(reverse("snapshot", args=[*at, 9])).status_code == (404 if oversees else 403)
    last = [counted.urn, LAST_YEAR, 1]
    assert client.get(reverse("snapshot", args=last)).status_code == (404 if oversees else 403)
    points(counted)
    answer = client.get(reverse("dashboard", args=at), {"term": "summer", "snapshot": "1"})
    assert answer.status_code == (403 if role in WITHOUT_FIGURES else 200)
    if role in WITHOUT_FIGURES:
        return
    dashboard = answer.content.decode()
    said = "Figures of snapshot 1" in dashboard
    assert said is oversees
    assert ("something that is not here or not yours" in dashboard) is not oversees
    assert ('name="snapshot"' in dashboard) is oversees


def test_pages_of_figures_say_so_and_links_keep_it(counted: School, frozen: TakenSnapshot) -> None:
    client = signed_in(member(counted, Role.HEAD))
    points(counted)
    at = [counted.urn, YEAR]
    asked = {"term": "summer", "snapshot": "1"}
    maths = {**asked, "subject": "mathematics", "year_group": "4"}
    pages = {
        reverse("dashboard", args=at): asked,
        reverse("year_group_report", args=[*at, YearGroup.Y4]): asked,
        reverse("progress_pictures", args=[*at, YearGroup.Y4, "mathematics"]): asked,
        reverse("progress_picture_pupils", args=[*at, YearGroup.Y4, "mathematics"]): asked,
        reverse("conversations", args=at): asked,
        reverse("group_report", args=at): asked,
        reverse("figure_pupils", args=at): maths,
    }
    for address, query in pages.items():
        text = client.get(address, query).content.decode()
        assert "Figures of snapshot 1" in text, address
        assert "snapshot=1" in text or address.endswith("pupils/"), address
    living = client.get(reverse("figure_pupils", args=at), {**maths, "snapshot": ""}).content.decode()
    frozen_list = client.get(reverse("figure_pupils", args=at), maths).content.decode()
    assert ("60" in living, ">47" in frozen_list.replace(" ", "")) == (True, True)
    # The cells of now are no cells of the snapshot.
    assert "#p-" in living
    assert "#p-" not in frozen_list
    for table in ("figures", "rows"):
        for kind in ("csv", "xlsx"):
            file = client.get(reverse(f"snapshot_{table}_file", args=[*at, 1, kind]))
            assert (file.status_code, "snapshot-1" in file.headers["Content-Disposition"]) == (200, True)
    assert (
        b"Mathematics, Summer 2025/26"
        in client.get(reverse("snapshot_rows_file", args=[*at, 1, "csv"])).content
    )
    file = client.get(reverse("dashboard_attainment_file", args=[*at, "csv"]), asked)
    assert "snapshot-1" in file.headers["Content-Disposition"]
    spring = reverse("dashboard", args=at)
    freeze(school=counted, academic_year=YEAR, term=TermName.SPRING, by=None)
    text = client.get(spring, {"term": "summer", "snapshot": "2"}).content.decode()
    assert "Summer comes after it and is not in it: Spring is shown." in " ".join(text.split())
    assert "Attainment, Spring 2026" in text


def test_queries_do_not_grow_with_the_school(counted: School, frozen: TakenSnapshot, head: Access) -> None:
    for number in (0, 5):
        for place in range(number):
            row = on_roll(counted, YEAR, pupil__surname=f"More{place}")
            judged(row.pupil, YEAR, SUMMER, 47)
        if not number:
            points(counted)
        with CaptureQueriesContext(connection) as captured:
            snapshot_changes(head, frozen, 3)
        if not number:
            first = len(captured)
    assert len(captured) == first


@pytest.mark.parametrize("measure", MEASURES)
def test_every_figure_of_a_school_drawn_by_lot_stays(at_random: School, measure: Measure) -> None:
    """All year groups, early years too; then everything is moved at once."""
    with visible_to(at_random):
        freeze(school=at_random, academic_year=AT_RANDOM, term=TermName.SUMMER, by=None)
        living = Scope(schools=(at_random,), academic_year=AT_RANDOM, term=TermName.SUMMER, measure=measure)
        frozen = replace(living, snapshot=snapshot_numbered(at_random, 1))
        before = sorted(figures(living))
        assert sorted(figures(frozen)) == before
        Judgement.objects.filter(points__lt=90).update(points=F("points") + 3)
        PupilYear.objects.update(is_eal=True, sen_status="K", ethnicity="CHNE")
        Pupil.objects.update(sex="F")
        Enrolment.objects.filter(pupil__in=Pupil.objects.order_by("pk")[:50]).update(
            ends_on=dt.date(2026, 1, 8)
        )
        SchoolYear.objects.update(eyfs_framework=2012)
        assert sorted(figures(frozen)) == before
        assert sorted(figures(living)) != before


def test_what_there_is_to_choose_is_what_there_was(counted: School, frozen: TakenSnapshot) -> None:
    client = signed_in(member(counted, Role.HEAD))
    at = [counted.urn, YEAR]
    boosters = CustomGroup.objects.get(name="Boosters")
    oak = ClassGroup.objects.get(name="Oak").public_id
    # Below the school's own range, which is Year 1 to Year 4 by now.
    School.objects.filter(pk=counted.pk).update(lowest_year_group=YearGroup.Y1)
    young = on_roll(counted, YEAR, pupil__forename="Young", year_group=YearGroup.R)
    judged(young.pupil, YEAR, SUMMER, 10, subject=EYFS_AREAS[EyfsFramework.OF_2021][0])
    freeze(school=counted, academic_year=YEAR, term=TermName.SUMMER, by=None)
    choices = {
        "of a group": {"group": f"own-{boosters.public_id}"},
        "outside a group": {"group": f"not-own-{boosters.public_id}"},
        "of a class": {"class_group": str(oak)},
        "since": {"since": "2025-autumn"},
        "in an area": {"year_group": "R", "subject": EYFS_AREAS[EyfsFramework.OF_2021][0].code.lower()},
    }
    asked = {"term": "summer", "snapshot": "2", "subject": "mathematics", "part": "measured"}
    pupils, file = reverse("figure_pupils", args=at), reverse("figure_pupils_file", args=[*at, "csv"])

    def told() -> dict[str, bytes]:
        return {
            name: client.get(file, {**asked, "part": "pupils", **said}).content
            for name, said in choices.items()
        }

    before = told()
    assert [len(content.splitlines()) - 1 for content in before.values()] == [2, 6, 1, 8, 1]
    groups = reverse("group_report_file", args=[*at, "csv"])
    of_groups = client.get(groups, asked).content
    assert b"Boosters" in of_groups
    # Deleted, emptied, taken away and of another framework.
    own_group(counted)
    PupilYear.objects.in_school(counted).filter(academic_year=YEAR).update(class_group=None)
    ClassGroup.objects.in_school(counted).delete()
    Judgement.objects.in_school(counted).filter(academic_year=YEAR, term=AUTUMN).delete()
    SchoolYear.objects.in_school(counted).filter(academic_year=YEAR).update(
        eyfs_framework=EyfsFramework.OF_2012
    )
    Judgement.objects.filter(pupil=young.pupil).delete()
    PupilYear.objects.filter(pk=young.pk).delete()
    assert told() == before
    assert client.get(groups, asked).content == of_groups
    for said in choices.values():
        assert WRONG not in client.get(pupils, {**asked, **said}).content.decode()
        # As things are now none of them is there: the page says so, the file is none.
        living = {**asked, "snapshot": "", **said}
        assert WRONG in client.get(pupils, living).content.decode()
        assert client.get(file, living).status_code == 404
    # Who has no record of the year any more has no page either.
    text = client.get(pupils, {**asked, "part": "pupils", **choices["in an area"]}).content.decode()
    assert young.pupil.name in text
    assert str(young.pupil.public_id) not in text
    assert str(pupil(counted, "Ann").public_id) in client.get(pupils, asked).content.decode()
