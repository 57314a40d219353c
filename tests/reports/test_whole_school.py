"""A whole school goes out and comes in: into an empty database and into one that holds others, with the same figures to the last one."""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.expectations import LEP
from assessment.engine.subjects import MATHEMATICS
from assessment.models import Judgement, Snapshot, Source
from assessment.queries.cell_histories import cell_history
from assessment.queries.snapshots import snapshot_numbered
from assessment.services.expectations import add_version
from assessment.services.judgements import Entry, Provenance, record_many
from assessment.services.snapshots import freeze
from reports.queries.figures import figures
from reports.queries.scope import Scope
from schools.access import inside
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.imports.whole_school import opened
from schools.interchange import MANIFEST, SUMS, WORKBOOK, WholeSchoolRefused
from schools.models import (
    ChangeKind,
    ChangeSet,
    Membership,
    NamesGrant,
    NamesReading,
    Partnership,
    Pupil,
    PupilYear,
    Role,
    School,
    User,
)
from schools.row_security import visible_to
from schools.services import memberships
from schools.services.named_only import NAMED_ONLY
from schools.services.schools import NewSchool, create_school
from schools.services.taking_in import take_in
from tests.conftest import empty_tables, member
from tests.factories import UserFactory
from tests.isolation.two_schools import whole_school
from tests.reports.counted_school import LAST_YEAR, YEAR, filled
from tests.whole_files import FOR_PEOPLE, analysis, contents, exported, imported, rows_in, tables_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unmeasured")]
YEARS = (LAST_YEAR.label, YEAR.label)


def elsewhere() -> None:
    """From here on it is another installation: nothing is there."""
    empty_tables()


def counted_file(school: School, tmp_path: Path) -> Path:
    return exported(school, tmp_path / "school.zip")


@pytest.fixture
def counted_here(school: School) -> School:
    """The school counted by hand, closed again: what is exported opens it itself."""
    return filled(school)


def test_the_analysis_is_the_same_to_the_last_figure_in_an_empty_database(
    counted_here: School, tmp_path: Path
) -> None:
    before = analysis(counted_here, *YEARS)
    assert len(before.splitlines()) > 100
    file = counted_file(counted_here, tmp_path)
    elsewhere()
    taken = imported(file)
    assert analysis(taken.school, *YEARS) == before
    said = io.StringIO()
    call_command("check_judgements", stdout=said)
    assert " 0 disagree" in said.getvalue()


def test_what_comes_in_goes_out_again_as_it_was_with_its_coming_in_at_the_end(
    school: School, year: AcademicYear, tmp_path: Path
) -> None:
    """Row for row and event for event, the numbers among them; what lets people in alone does not hold any more."""
    ours = whole_school(school, year, "Ourchild")
    first = exported(ours.school, tmp_path / "first.zip")
    elsewhere()
    taken = imported(first)
    second = exported(taken.school, tmp_path / "second.zip")
    was, now = tables_of(first), tables_of(second)
    others = set()
    for name, rows in was.items():
        # A history goes on after what came in, and one change-set tells of it.
        is_as_it_was = now[name][: len(rows)] == rows
        is_longer = name.endswith("event.csv") or name == "schools_changeset.csv"
        if not is_as_it_was or (len(now[name]) > len(rows) and not is_longer):
            others.add(name)
    assert others == {"schools_membership.csv"}
    headings, *held = was["schools_membership.csv"]
    active, suspended = headings.index("is_active"), headings.index("is_suspended")
    for row, after in zip(held, now["schools_membership.csv"][1:], strict=True):
        expected = list(row)
        expected[active], expected[suspended] = "false", "true"
        assert after == expected


def test_it_comes_in_beside_other_schools_which_do_not_change(
    school: School, year: AcademicYear, tmp_path: Path
) -> None:
    ours = whole_school(school, year, "Ourchild")
    file = exported(ours.school, tmp_path / "ours.zip")
    public_id, partnership = ours.pupil.public_id, ours.school.partnership.name
    elsewhere()
    # Keys that ours had belong to others here.
    here = whole_school(founded(partnership, "654321", year), year, "Theirchild")
    before = exported(here.school, tmp_path / "before.zip")
    taken = imported(file)
    after = exported(here.school, tmp_path / "after.zip")
    assert tables_of(after) == tables_of(before)
    assert taken.school.partnership == here.school.partnership
    with visible_to(taken.school):
        assert [pupil.public_id for pupil in Pupil.objects.all()] == [public_id]
        assert {pupil.surname for pupil in Pupil.objects.all()} == {"Ourchild"}
    with visible_to(here.school):
        assert {pupil.surname for pupil in Pupil.objects.all()} == {"Theirchild"}


def founded(partnership: str, urn: str, year: AcademicYear) -> School:
    return create_school(
        new=NewSchool(
            name="A school that is here",
            urn=urn,
            dfe_number="8609999",
            lowest_year_group=YearGroup.R,
            highest_year_group=YearGroup.Y6,
            partnership=partnership,
        ),
        academic_year=year,
        by=None,
    )


def test_the_history_of_a_judgement_says_what_it_said(
    school: School, year: AcademicYear, tmp_path: Path
) -> None:
    """Who judged what and when; that the school was taken in is no change of a judgement."""
    head = member(school, Role.HEAD)
    ours = whole_school(school, year, "Ourchild")
    note = '=SUM(A1) \'twas\r\nyesterday, "so" ☃'
    entry = Entry(ours.pupil.pk, MATHEMATICS.number, year, AssessmentTerm.AUTUMN, 39, note=note)
    with visible_to(school):
        record_many(school=school, entries=[entry], provenance=Provenance(source=Source.TYPED, by=head))

    def told(where: School, who: User) -> Any:
        with inside(who, where, year) as access:
            row = PupilYear.objects.in_school(where).get(academic_year=year)
            return cell_history(
                access, row.pupil.public_id, MATHEMATICS, "autumn", today=timezone.localdate()
            )

    before = told(school, head)
    email = head.email
    file = exported(school, tmp_path / "school.zip")
    elsewhere()
    taken = imported(file)
    again = User.objects.get(email=email)
    with visible_to(taken.school):
        memberships.grant(school=taken.school, user=again, role=Role.HEAD, by=None)
    after = told(taken.school, again)
    assert before is not None
    # Two judgements and a note.
    assert (len(before.changes), before.note) == (3, note)
    assert (after.changes, after.note, after.entered) == (before.changes, before.note, before.entered)


def test_a_snapshot_counts_as_it_counted(counted_here: School, tmp_path: Path) -> None:
    with visible_to(counted_here):
        freeze(school=counted_here, academic_year=YEAR, term=TermName.SUMMER, by=None, note="For governors")
        # What came after it is not in it.
        Judgement.objects.in_school(counted_here).filter(
            academic_year=YEAR, term=AssessmentTerm.SUMMER.value
        ).update(points=1)

    def counted_in(school: School) -> tuple[Any, Any]:
        with visible_to(school):
            snapshot = snapshot_numbered(school, 1)
            frozen = Scope(schools=(school,), academic_year=YEAR, term=TermName.SUMMER, snapshot=snapshot)
            living = Scope(schools=(school,), academic_year=YEAR, term=TermName.SUMMER)
            return _plain(figures(frozen)), _plain(figures(living))

    before = counted_in(counted_here)
    assert before[0] != before[1]
    file = counted_file(counted_here, tmp_path)
    elsewhere()
    # Keys here are others.
    whole_school(founded("Another partnership", "654321", YEAR), YEAR, "Theirchild")
    taken = imported(file)
    assert counted_in(taken.school) == before
    with visible_to(taken.school):
        assert Snapshot.objects.in_school(taken.school).get().note == "For governors"


def _plain(found: Any) -> list[str]:
    """A class is a group by its key here, and the school has one."""
    return sorted(repr(each._replace(school_id=0, group=min(each.group, 1_000_000))) for each in found)


def test_people_come_without_a_password_and_their_roles_wait_for_a_head(
    school: School, year: AcademicYear, tmp_path: Path
) -> None:
    ours = whole_school(school, year, "Ourchild")
    ours.teacher.set_password("a long one that is nobody's")
    ours.teacher.save()
    stranger = UserFactory.create(name="A lead")
    with visible_to(school):
        NamesGrant.objects.filter(school=school).update(ends_on=timezone.localdate() + dt.timedelta(days=5))
        NamesReading.objects.filter(school=school).update(read_by=stranger)
    file = exported(school, tmp_path / "school.zip")
    here = ours.teacher.email
    elsewhere()
    known = UserFactory.create(email=here, name="Known here")
    known.set_password("another long one")
    known.save()
    taken = imported(file)
    with visible_to(taken.school):
        membership = Membership.objects.get()
        assert (membership.user, membership.is_active, membership.is_suspended) == (known, False, True)
        grant = NamesGrant.objects.get()
        assert grant.ended_at is not None
        lead = grant.readings.get().read_by
    assert (lead.name, lead.is_active, lead.has_usable_password()) == ("A lead", False, False)
    assert lead.email.endswith(".invalid")
    known.refresh_from_db()
    assert (known.name, known.check_password("another long one")) == ("Known here", True)


def test_a_school_that_is_only_named_is_on_no_page_and_becomes_itself_when_it_comes(
    school: School, other_school: School, year: AcademicYear, tmp_path: Path
) -> None:
    """A judgement made elsewhere goes on saying where; the other's file then finds the row that names it."""
    ours = whole_school(school, year, "Ourchild")
    whole_school(other_school, year, "Theirchild")
    with visible_to(school):
        Pupil.objects.filter(pk=ours.pupil.pk).update(
            origin_school=other_school, origin_id=ours.pupil.public_id
        )
        Judgement.objects.in_school(school).update(made_by_school=other_school)
    first = exported(school, tmp_path / "ours.zip")
    second = exported(other_school, tmp_path / "theirs.zip")
    urn, name = other_school.urn, other_school.name
    elsewhere()
    taken = imported(first).school
    with visible_to(taken):
        assert Judgement.objects.in_school(taken).get().made_by_school.name == name
    assert School.objects.get(urn=urn).partnership.name == NAMED_ONLY
    assert list(Partnership.objects.get(name=taken.partnership.name).schools.all()) == [taken]
    other = imported(second).school
    assert other.partnership == taken.partnership
    with visible_to(taken):
        assert Pupil.objects.in_school(taken).get().origin_school == other
        assert Judgement.objects.in_school(taken).get().made_by_school == other
    with visible_to(other):
        assert {pupil.surname for pupil in Pupil.objects.in_school(other)} == {"Theirchild"}
    assert not School.objects.filter(partnership__name=NAMED_ONLY).exists()


def test_a_partnerships_own_expectations_come_along_where_it_is_new(
    counted_here: School, tmp_path: Path
) -> None:
    harder = LEP.__class__(ranges=((44, 45), (46, 47), (48, 50)), steps=LEP.steps)
    add_version(
        partnership=counted_here.partnership,
        name="Harder",
        holds_from=YEAR.starts_on,
        expectations=harder,
        by=None,
    )
    before = analysis(counted_here, *YEARS)
    file = counted_file(counted_here, tmp_path)
    elsewhere()
    taken = imported(file)
    assert analysis(taken.school, *YEARS) == before
    said = io.StringIO()
    call_command("check_judgements", stdout=said)
    assert " 0 disagree" in said.getvalue()


@pytest.mark.parametrize(
    ("has_own", "words"),
    [(False, "it had not where the school comes from"), (True, "not the same here")],
    ids=["one more", "another"],
)
def test_it_is_refused_where_its_partnership_expects_otherwise_here(
    counted_here: School, tmp_path: Path, has_own: bool, words: str
) -> None:
    partnership = counted_here.partnership
    if has_own:
        add_version(
            partnership=partnership, name="Ours", holds_from=YEAR.starts_on, expectations=LEP, by=None
        )
    file = counted_file(counted_here, tmp_path)
    name = partnership.name
    elsewhere()
    harder = LEP.__class__(ranges=((44, 45), (46, 47), (48, 50)), steps=LEP.steps)
    add_version(
        partnership=Partnership.objects.create(name=name),
        name="Harder",
        holds_from=YEAR.starts_on,
        expectations=harder,
        by=None,
    )
    with pytest.raises(WholeSchoolRefused, match=words):
        imported(file)
    assert not School.objects.exists()


def test_nothing_is_left_of_an_import_that_ends_in_its_middle(
    school: School, year: AcademicYear, tmp_path: Path
) -> None:
    whole_school(school, year, "Ourchild")
    file = exported(school, tmp_path / "school.zip")
    elsewhere()

    def end(name: str) -> None:
        if name == "schools_pupilyear.csv":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), opened(file) as given:
        take_in(given=given, by=None, told=end)
    assert not School.objects.exists()
    assert not User.objects.exists()
    assert not Partnership.objects.exists()
    # And the same file still comes in.
    assert imported(file).rows > 30


def test_by_the_commands(counted_here: School, tmp_path: Path) -> None:
    said, file = io.StringIO(), tmp_path / "school.zip"
    call_command("export_school", str(file), "--school", counted_here.urn, stdout=said)
    assert f"{counted_here.name}, 10 pupils," in said.getvalue()
    (rows,) = re.findall(r", (\d+) rows", said.getvalue())
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="is there already"):
        call_command("export_school", str(file), "--school", counted_here.urn)
    with pytest.raises(CommandError, match="no school with the URN"):
        call_command("export_school", str(tmp_path / "other.zip"), "--school", "111111")
    with pytest.raises(CommandError, match="is here already"):
        call_command("import_school", str(file))
    before = analysis(counted_here, YEAR.label)
    elsewhere()
    said = io.StringIO()
    call_command("import_school", str(file), stdout=said)
    assert f"is there, with {rows} rows" in said.getvalue()
    assert "add_person" in said.getvalue()
    school = School.objects.get()
    assert analysis(school, YEAR.label) == before
    with visible_to(school):
        # The operator, as it was a command.
        change = ChangeSet.objects.get(kind=ChangeKind.TAKEN_IN)
        assert change.by is None


def test_the_workbook_says_the_school_in_words(counted_here: School, tmp_path: Path) -> None:
    held = contents(counted_file(counted_here, tmp_path))
    book = openpyxl.load_workbook(io.BytesIO(held[WORKBOOK]), read_only=True)
    assert book.sheetnames == ["Pupils", "Pupils’ years", "Judgements", "Classes", "Terms", "Dictionary"]
    sheets = {name: list(book[name].values) for name in book.sheetnames}
    assert len(sheets["Pupils"]) == 1 + 10
    with visible_to(counted_here):
        assert len(sheets["Judgements"]) == 1 + Judgement.objects.count()
    assert ("2025/26", "Summer") in {row[:2] for row in sheets["Terms"]}
    assert sheets["Judgements"][0][:5] == ("UPN", "Subject", "Academic Year", "Term", "Points")
    assert len(sheets["Dictionary"]) == len(rows_in(held["data-dictionary.csv"]))
    assert {MANIFEST, SUMS} <= FOR_PEOPLE & held.keys()
