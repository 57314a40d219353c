"""Every file that goes out through a school's door is recorded, and one that names pupils says of how many."""

from __future__ import annotations

import csv
import io

import pytest

from schools.calendar import AcademicYear
from schools.models import AuditRecord, Happening, Role
from schools.row_security import visible_to
from tests.conftest import member, signed_in
from tests.isolation.test_door import BEHIND, address, names_in, trying
from tests.isolation.two_schools import WholeSchool

pytestmark = pytest.mark.usefixtures("unmeasured")

NAMING = {"Pupil", "Child", "Surname", "UPN"}
# What stands there instead of a pupil.
NOBODY = {"", "Everybody", "The school"}


def names_pupils(content: bytes) -> bool:
    """Whether a CSV has a column of names, and a line under it."""
    headings, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    places = [place for place, heading in enumerate(headings) if heading in NAMING]
    return any(row[place] not in NOBODY for row in rows for place in places)


@pytest.mark.usefixtures("unprinted")
def test_every_file_is_recorded_and_says_whether_it_names_pupils(
    subtests: pytest.Subtests, ours: WholeSchool, year: AcademicYear
) -> None:
    client, named = signed_in(member(ours.school, Role.HEAD)), set()
    for pattern in BEHIND:
        with trying(subtests, pattern):
            answer = client.get(address(pattern, ours, year))
            with visible_to(ours.school):
                found = list(
                    AuditRecord.objects.filter(what=Happening.EXPORT).values_list("detail", flat=True)
                )
            is_file = answer.status_code == 200 and answer.has_header("Content-Disposition")
            assert len(found) == is_file
            if not is_file:
                continue
            (facts,) = found
            assert facts["route"] == pattern.name
            assert facts["file"] in {"csv", "xlsx", "pdf", "json"}
            if facts["file"] == "csv" and "pupil_id" not in names_in(pattern):
                assert (facts["pupils"] > 0) == names_pupils(answer.content), answer.content[:300]
                named |= {pattern.name} if facts["pupils"] else set()
    # The walk would pass without a file that names somebody.
    assert {"roll_file", "judgements_file", "figure_pupils_file", "class_marksheet_file"} <= named
