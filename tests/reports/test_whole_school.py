"""A whole school goes out and comes in: into an empty database and into one that holds others, with the same figures to the last one."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import MATHEMATICS
from assessment.models import Judgement, Snapshot, Source
from assessment.queries.acts import acts_on
from assessment.queries.cell_histories import cell_history
from assessment.queries.snapshots import snapshot_numbered
from assessment.services.judgements import Entry, Provenance, record_many
from assessment.services.removing import anonymise
from assessment.services.snapshots import freeze
from reports.queries.figures import figures
from reports.queries.scope import Scope
from schools.access import inside
from schools.calendar import AcademicYear, TermName, YearGroup
from schools.history import recorded
from schools.imports.whole_school import opened
from schools.interchange import MANIFEST, SUMS, WORKBOOK
from schools.models import (
    ChangeKind,
    ChangeSet,
    Partnership,
    Pupil,
    PupilYear,
    Role,
    School,
    User,
)
from schools.row_security import visible_to
from schools.services import memberships
from schools.services.schools import NewSchool, create_school
from schools.services.taking_in import take_in
from tests.conftest import member
from tests.factories import UserFactory
from tests.isolation.two_schools import whole_school
from tests.reports.counted_school import LAST_YEAR, YEAR, counted_here
from tests.whole_files import (
    FOR_PEOPLE,
    analysis,
    contents,
    elsewhere,
    exported,
    imported,
    rows_in,
    tables_of,
)

__all__ = ["counted_here"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unmeasured")]
YEARS = (LAST_YEAR.label, YEAR.label)


def test_the_analysis_is_the_same_to_the_last_figure_in_an_empty_database(
    counted_here: School, tmp_path: Path
) -> None:
    before = analysis(counted_here, *YEARS)
    assert len(before.splitlines()) > 100
    file = exported(counted_here, tmp_path / "school.zip")
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
        assert [pupil.public_id for pupil in Pupil.objects.filter(merged_into=None)] == [public_id]
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
    file = exported(counted_here, tmp_path / "school.zip")
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


def test_an_anonymised_pupil_stays_nobody_and_in_the_figures(counted_here: School, tmp_path: Path) -> None:
    """Each of the pupil's events has a public id of its own, and still is of its row."""
    with visible_to(counted_here):
        gus = Pupil.objects.in_school(counted_here).get(forename="Gus")
        anonymise(school=counted_here, pupils=[gus], reason="The rule was met.", by=None)
    before = analysis(counted_here, *YEARS)
    first = exported(counted_here, tmp_path / "school.zip")
    elsewhere()
    taken = imported(first)
    assert analysis(taken.school, *YEARS) == before
    second = exported(taken.school, tmp_path / "second.zip")
    was, now = tables_of(first), tables_of(second)
    for name in ("schools_pupilevent.csv", "assessment_judgementevent.csv", "schools_pupilremoval.csv"):
        assert len(was[name]) > 1
        assert now[name][: len(was[name])] == was[name]
    assert "Gus" not in str(now)
    with visible_to(taken.school):
        # And whoever is due later goes in the same way, with what came from elsewhere.
        fin = Pupil.objects.in_school(taken.school).get(forename="Fin")
        anonymise(school=taken.school, pupils=[fin], reason="The rule was met.", by=None)
    assert "Fin" not in str(tables_of(exported(taken.school, tmp_path / "third.zip")))


def test_what_could_be_taken_back_can_be_taken_back(
    school: School, year: AcademicYear, tmp_path: Path
) -> None:
    head = member(school, Role.HEAD)
    ours = whole_school(school, year, "Ourchild")
    entry = Entry(ours.pupil.pk, MATHEMATICS.number, year, AssessmentTerm.AUTUMN, 39)
    with visible_to(school), recorded(user=head.pk, request="a-request"):
        record_many(school=school, entries=[entry], provenance=Provenance(source=Source.TYPED, by=head))

    def could(where: School) -> list[tuple[str, int]]:
        with visible_to(where):
            stack = acts_on(
                school=where,
                by=User.objects.get(email=head.email),
                academic_year=year,
                pupil_ids=[Pupil.objects.in_school(where).get(merged_into=None).pk],
                places=[(MATHEMATICS.number, AssessmentTerm.AUTUMN)],
            )
            return [(act.key, act.cells) for act in stack.undo]

    assert could(school) == [("a-request", 1)]
    file = exported(school, tmp_path / "school.zip")
    elsewhere()
    UserFactory.create()
    assert could(imported(file).school) == [("a-request", 1)]


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
    held = contents(exported(counted_here, tmp_path / "school.zip"))
    book = openpyxl.load_workbook(io.BytesIO(held[WORKBOOK]), read_only=True)
    assert book.sheetnames == ["Pupils", "Pupils’ years", "Judgements", "Classes", "Terms", "Dictionary"]
    sheets = {name: list(book[name].values) for name in book.sheetnames}
    assert len(sheets["Pupils"]) == 1 + 10
    with visible_to(counted_here):
        assert len(sheets["Judgements"]) == 1 + Judgement.objects.count()
    headings = sheets["Pupils’ years"][0]
    assert {"Pupil premium", "FSM6", "EAL", "Looked after", "Disadvantaged"} <= set(headings)
    (ann,) = (
        dict(zip(headings, row, strict=False))
        for row in sheets["Pupils’ years"]
        if "Ann" in str(row[1]) and row[2] == "2025/26"
    )
    assert (ann["Year"], ann["Class"], ann["SEN"], ann["Pupil premium"]) == (
        "Year 4",
        "Oak",
        "SEN support",
        "yes",
    )
    assert ("2025/26", "Summer") in {row[:2] for row in sheets["Terms"]}
    assert sheets["Judgements"][0][:5] == ("UPN", "Subject", "Academic Year", "Term", "Points")
    assert len(sheets["Dictionary"]) == len(rows_in(held["data-dictionary.csv"]))
    assert {MANIFEST, SUMS} <= FOR_PEOPLE & held.keys()
