"""Files that name what belongs to another school: rolls, judgements, profiles, lists of staff, workbooks of marksheets."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import transaction
from django.urls import reverse

from assessment.models import Judgement
from schools.calendar import AcademicYear
from schools.models import Pupil, Role
from schools.row_security import visible_to
from tests.conftest import member, signed_in
from tests.isolation.crossing import (
    Hidden,
    fingerprint,
    offered,
    references_to,
)
from tests.isolation.crossing_walks import (
    THEIRS,
    nothing_crosses,
    send,
    wall_between,
)
from tests.isolation.two_schools import WholeSchool

pytestmark = pytest.mark.usefixtures("unmeasured")
ROLL = "UPN,Surname,Forename,DOB,Year,Class\n{upn},Changed,Changed,15/01/2018,Year 4,Theirclass\n"


FILES: dict[str, str] = {
    "import_pupils": ROLL,
    "import_judgements": "UPN,Subject,Academic Year,Term,Points\n{upn},Mathematics,{year},Autumn,50\n",
    "import_profiles": "UPN,E01\n{upn},2\n",
    "import_staff": "Name,Email,Role,Classes,Subjects\nChanged,{email},Teacher,Theirclass,\n",
}


def brought_in(command: str, *arguments: str) -> str:
    """What the command says, whether it takes the file or not."""
    said = io.StringIO()
    try:
        call_command(command, *arguments, stdout=said)
    except CommandError as error:
        return str(error)
    return said.getvalue()


@pytest.mark.parametrize("command", FILES)
def test_a_file_that_names_the_others_changes_nothing_of_theirs(
    both: Hidden, ours: WholeSchool, theirs: WholeSchool, year: AcademicYear, tmp_path: Path, command: str
) -> None:
    file, before = tmp_path / "file.csv", fingerprint(theirs.school)
    keys_before = {theirs.pupil.person_key}
    file.write_text(
        FILES[command].format(upn=THEIRS, email=theirs.teacher.email, year=f"{year}"), encoding="utf-8"
    )
    more = [] if command in {"import_staff", "import_judgements"} else ["--year", f"{year}"]
    said = brought_in(command, str(file), "--school", ours.school.urn, *more)
    assert said
    assert not both.told_by(said, file.read_text(encoding="utf-8"))
    assert fingerprint(theirs.school) == before
    assert references_to(ours.school, theirs.school, []) == set()
    with visible_to(ours.school):
        assert not Judgement.objects.filter(points=50).exists()
        # A child who came to ours is a child of its own until somebody who may see both says otherwise.
        assert not Pupil.objects.filter(person_key__in=keys_before).exists()


def sheet(whole: WholeSchool, year: AcademicYear, door: str) -> str:
    place = [whole.school.urn, year, whole.class_group.public_id, "mathematics"]
    return reverse(f"class_marksheet_{door}", args=place)


def filled_in(content: bytes, instead: dict[str, str], points: str = "44") -> SimpleUploadedFile:
    """A downloaded workbook with other points in it, and other ids wherever it keeps them."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(made, "w") as changed:
        for name in parts.namelist():
            text = parts.read(name)
            for old, new in {**instead, f"<v>{points}</v>": "<v>50</v>"}.items():
                text = text.replace(old.encode(), new.encode())
            changed.writestr(name, text)
    return SimpleUploadedFile("sheet.xlsx", made.getvalue())


def test_a_marksheets_workbook_brings_nothing_across(
    subtests: pytest.Subtests, both: Hidden, ours: WholeSchool, theirs: WholeSchool, year: AcademicYear
) -> None:
    """The other's as it is, the other's made out to be of our sheet, and ours with the other's child in it."""
    client = signed_in(member(ours.school, Role.HEAD))
    out = {
        whole.school.urn: signed_in(member(whole.school, Role.HEAD))
        .get(sheet(whole, year, "workbook"))
        .content
        for whole in (ours, theirs)
    }
    mine = {
        "urn": ours.school.urn,
        "whose": str(ours.class_group.public_id),
        "child": str(ours.pupil.public_id),
    }
    other = {
        "urn": theirs.school.urn,
        "whose": str(theirs.class_group.public_id),
        "child": str(theirs.pupil.public_id),
    }
    # What can be seen counts: a row of another child by key and of ours by name is ours.
    names = {"Ourchild": "Theirchild", "Ourforename": "Theirforename"}
    files = {
        "theirs": filled_in(out[theirs.school.urn], {}),
        "as if ours": filled_in(out[theirs.school.urn], {other[key]: mine[key] for key in ("urn", "whose")}),
        "ours": filled_in(out[ours.school.urn], {mine["child"]: other["child"], **names}),
        "the right one": filled_in(out[ours.school.urn], {}),
    }
    wall, confirmed = wall_between(both, ours, theirs), {}
    for what, file in files.items():
        with subtests.test(what), transaction.atomic():
            answer: Any = client.post(sheet(ours, year, "bring-back"), {"file": file})
            forms, _ = offered(answer.content.decode(), sheet(ours, year, "bring-back"))
            sent = [form for form in forms if "content" in dict(form.fields)]
            for form in sent:
                nothing_crosses(both, wall, send(client, form), form)
            assert wall.crossed() == set()
            with visible_to(ours.school):
                confirmed[what] = Judgement.objects.filter(points=50).count()
            transaction.set_rollback(True)
    assert confirmed == {"theirs": 0, "as if ours": 0, "ours": 0, "the right one": 1}
