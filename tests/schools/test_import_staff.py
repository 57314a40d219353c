"""A list of staff: everybody is invited, or nobody; and the same file again changes nothing."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from schools.models import ChangeSet, ClassTeacher, Invitation, Role, SubjectLead, User
from schools.row_security import visible_to
from tests.conftest import member
from tests.schools.files import write_csv, write_workbook
from tests.schools.staffroom import Staffroom, come_in, link_in_letter

HEADINGS = ["Name", "Email", "Role", "Classes", "Subjects"]
TESS = ["Tess Teacher", "Tess@School.test", "Class teacher", "4a", ""]
LEO = ["Leo Leader", "leo@school.test", "Teacher; Subject leader", "4A", "Maths, Science"]


class Import:
    """Runs the command and gives its report as lines."""

    def __init__(self, staffroom: Staffroom, folder: Path) -> None:
        self.staffroom, self.folder = staffroom, folder

    def __call__(self, *rows: list[object], **options: object) -> list[str]:
        return self.file(write_csv(self.folder / "staff.csv", rows), **options)

    def file(self, path: Path, **options: object) -> list[str]:
        out = io.StringIO()
        call_command("import_staff", str(path), "--school", self.staffroom.school.urn, stdout=out, **options)
        return out.getvalue().splitlines()

    def refused(self, *rows: list[object], **options: object) -> list[str]:
        """The report of a file that is not taken, which leaves nothing behind."""
        with pytest.raises(CommandError) as refused:
            self(*rows, **options)
        assert self.invited() == []
        assert mail.outbox == []
        return str(refused.value).removeprefix("staff.csv: ").splitlines()

    def invited(self) -> list[str]:
        with visible_to(self.staffroom.school):
            return list(Invitation.objects.order_by("email").values_list("email", flat=True))


@pytest.fixture
def load(staffroom: Staffroom, tmp_path: Path) -> Import:
    return Import(staffroom, tmp_path)


def test_everybody_of_the_list_is_invited_by_a_letter_and_comes_in(load: Import) -> None:
    school = load.staffroom.school
    said = load(HEADINGS, TESS, LEO)
    assert said == [
        f"{school.name} (URN {school.urn}): 2 people; 2 invited, 0 invited before, 0 here already.",
        "Invited:",
        "  Row 2, Tess Teacher (tess@school.test): Teacher.",
        "  Row 3, Leo Leader (leo@school.test): Teacher and Subject leader.",
    ]
    assert [letter.to for letter in mail.outbox] == [["tess@school.test"], ["leo@school.test"]]
    assert "Whoever runs LEP Tracker has invited you" in mail.outbox[0].body
    come_in(link_in_letter(), name="Leo Leader")
    leo = User.objects.get(email="leo@school.test")
    assert load.staffroom.held_by(leo) == {"teacher", "subject_leader"}
    with visible_to(school):
        assert set(SubjectLead.objects.values_list("subject", flat=True)) == {"mathematics", "science"}
        assert ClassTeacher.objects.get().class_group == load.staffroom.four
        assert ChangeSet.objects.latest("pk").reason == "Staff from staff.csv"


def test_the_same_file_again_changes_nothing(load: Import) -> None:
    load(HEADINGS, TESS, LEO)
    come_in(link_in_letter(), name="Leo Leader")
    mail.outbox.clear()
    said = load(HEADINGS, TESS, LEO)
    assert "2 people; 0 invited, 1 invited before, 1 here already." in said[0]
    assert said[1:] == []
    assert mail.outbox == []


def test_who_is_here_in_another_role_is_left_and_told(load: Import) -> None:
    senco = member(load.staffroom.school, Role.SENCO)
    said = load(HEADINGS, [senco.name, senco.email, "Head teacher", "", ""])
    assert said[1:] == [
        "Here already, in other roles, and left as they are:",
        f"  Row 2, {senco.name} ({senco.email}) is SENCO here; the file says Head teacher.",
    ]
    assert load.staffroom.held_by(senco) == {"senco"}


def test_a_dry_run_says_the_same_and_writes_nothing(load: Import) -> None:
    said = load(HEADINGS, TESS, dry_run=True)
    assert said[0].startswith("A dry run")
    assert "1 invited" in said[1]
    assert (load.invited(), mail.outbox) == ([], [])


def test_letters_can_wait(load: Import) -> None:
    said = load(HEADINGS, TESS, no_letters=True)
    assert "No letters were sent: send each again from the page People within seven days." in said
    assert (load.invited(), mail.outbox) == (["tess@school.test"], [])


def test_letters_that_cannot_be_sent_are_named(load: Import, settings) -> None:  # type: ignore[no-untyped-def]
    settings.EMAIL_BACKEND = "tests.schools.staffroom.Refusing"
    said = load(HEADINGS, TESS)
    assert "WARNING: no letter could be sent to tess@school.test. Send it again from the page People." in said


def test_a_workbook_with_names_apart_is_read_too(load: Import) -> None:
    rows = [["Forename", "Surname", "Email Address", "Role"], ["Tess", "Teacher", "tess@school.test", "head"]]
    said = load.file(write_workbook(load.folder / "staff.xlsx", rows))
    assert "  Row 2, Tess Teacher (tess@school.test): Head teacher." in said


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (["", "x@school.test", "Teacher", "", ""], "Row 3, Name: the cell is blank."),
        (["A. B.", "", "Teacher", "", ""], "Row 3, Email: the cell is blank."),
        (["A. B.", "x@school.test", "", "", ""], "Row 3, Role: the cell is blank."),
        (["A. B.", "nobody", "Teacher", "", ""], "Row 3, Email: 'nobody' is not an email address."),
        (["http://evil.test", "x@school.test", "Teacher", "", ""], "Row 3, Name: 'http://evil.test' is not a name."),
        (["A. B.", "x@school.test", "Teacher, King", "", ""], "Row 3, Role: 'Teacher, King' holds no role that is known by 'King'."),
        (["A. B.", "x@school.test", "Teacher", "9Z", ""], "Row 3, Classes: '9Z' is not a class of the school in this year."),
        (["A. B.", "x@school.test", "Governor", "4A", ""], "Row 3, Role: 'Governor' does not fit. Classes are for teachers"),
        (["A. B.", "x@school.test", "Teacher", "", "Science"], "Row 3, Role: 'Teacher' does not fit. Subjects are for"),
        (["A. B.", "x@school.test", "Subject leader", "", "Potions"], "Row 3, Subjects: 'Potions' holds a subject that is not known"),
        (["A. B.", "tess@school.TEST", "Teacher", "", ""], "Row 3, Email: 'tess@school.TEST' stands in row 2 too."),
        (["A. \u202eB.", "x@school.test", "Teacher", "", ""], "Row 3, Name: 'A. B.' holds characters that cannot"),
    ],
)  # fmt: skip
def test_one_bad_cell_keeps_everybody_out_and_is_named(load: Import, row: list[object], problem: str) -> None:
    why, said, *_ = load.refused(HEADINGS, TESS, row)
    assert why == "nobody was invited. 1 problem:"
    assert said.startswith(problem)


def test_all_problems_are_told_at_once(load: Import) -> None:
    said = load.refused(HEADINGS, ["", "nobody", "King", "", ""], [*TESS[:3], "9Z", ""])
    assert said[0] == "nobody was invited. 4 problems:"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"%PDF-1.7", "This is a PDF"),
        (b"PK\x03\x04 and no archive", "staff.csv: "),
        (b"Name,Role\r\nTess,Teacher\r\n", "No column was found for: email"),
        (b"\x00\xff\x13", "staff.csv: "),
        (b"<html><table>", "web page"),
    ],
)
def test_what_is_no_list_of_staff_is_refused_in_a_sentence(load: Import, content: bytes, words: str) -> None:
    path = load.folder / "staff.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=words):
        load.file(path)


def test_a_list_without_end_is_refused(load: Import) -> None:
    rows = [["A. B.", f"t{number}@school.test", "Teacher", "", ""] for number in range(2001)]
    assert load.refused(HEADINGS, *rows)[0] == "The file has more than 2,000 rows of people."
