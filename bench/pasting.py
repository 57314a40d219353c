"""A block of 240 cells, confirmed: against a bare upsert of 240 rows, and reading and rendering them once."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessment.models import Judgement
from assessment.queries.marksheets import Sheet, marksheet
from assessment.queries.subjects import layout_in_address
from assessment.views.blocks import answered
from bench.classes import SUBJECT, Staff
from bench.large_world import YEAR
from bench.measure import Measure, against, allowed
from bench.wide_sheet import YEAR_GROUP, wide_school
from bench.world import Site, sign_in
from schools.access import Access
from schools.calendar import TermName
from schools.models import Role
from schools.queries.rolls import pupils_for
from schools.row_security import visible_to

CELLS, MOST_QUERIES = 240, 12
_CODE = SUBJECT.code.lower()

_UPSERT = """
INSERT INTO assessment_judgement AS held (school_id, pupil_id, subject_id, academic_year, term, points, reason, is_on_entry, note,
    expected_low, expected_high, expectation_version_id, source, made_by_school_id, entered_by_id, entered_at, version)
SELECT school_id, pupil_id, subject_id, academic_year, term, %(points)s, '', is_on_entry, note, expected_low, expected_high,
    expectation_version_id, 'pasted', made_by_school_id, %(by)s, now(), 1
FROM assessment_judgement WHERE id = ANY (%(rows)s)
ON CONFLICT (school_id, pupil_id, subject_id, academic_year, term) DO UPDATE SET
    points = excluded.points, reason = excluded.reason, source = excluded.source, entered_by_id = excluded.entered_by_id,
    entered_at = excluded.entered_at, version = held.version + 1
"""


@dataclass
class Block:
    """This Summer's cells of a year group: all of them are pasted over with another value, again and again."""

    staff: Staff
    site: Site
    pupils: Sequence[str]
    rows: Sequence[int]
    versions: list[int]
    points: int = 0

    @property
    def address(self) -> str:
        """Where it is pasted."""
        return self.staff.address(f"marksheets/year-groups/{YEAR_GROUP.code}/{_CODE}/paste/?term=summer")

    def _changed(self) -> tuple[int, int]:
        before, self.points = self.points, 64 if self.points != 64 else 65
        self.versions = [version + 1 for version in self.versions]
        return before, self.points

    def confirm(self) -> bytes:
        """The whole request."""
        versions = self.versions
        before, points = self._changed()
        rows = [
            [pupil, [0, str(points), f"{version}:{before}"]]
            for pupil, version in zip(self.pupils, versions, strict=True)
        ]
        cells = json.dumps({"columns": [f"{_CODE}.summer"], "rows": rows}, separators=(",", ":"))
        return self.site.post(self.address, {"cells": cells, "confirm": "1", "because": ""})

    def upsert(self) -> None:
        """As many rows, with what the database does by itself for each."""
        _, points = self._changed()
        given: dict[str, Any] = {"points": points, "by": self.staff.head.pk, "rows": list(self.rows)}
        with visible_to(self.staff.school), connection.cursor() as cursor:
            cursor.execute(_UPSERT, given)


def measures(application: Any) -> list[Measure]:
    """By the head, on the sheet of a year group. The floor writes as many rows bare, and reads and renders the answer once.

    What a paste does beside that is measured: the door, what the block says, whose pupils they are, the locks, what was seen against what stands there,
    and the act that can be undone.
    """
    block = _block(application)
    block.confirm()
    with CaptureQueriesContext(connection) as of_paste:
        answer = block.confirm().decode()
    queries = len(of_paste)
    with CaptureQueriesContext(connection) as of_empty:
        block.site.page(f"/bench/{block.staff.school.urn}/{YEAR.slug}/")()
    queries -= len(of_empty)
    changed = [(uuid.UUID(pupil), f"{_CODE}.summer") for pupil in block.pupils]

    def render() -> str:
        return answered(_sheet(block.staff), changed, {})

    if not answer.startswith(render()):
        raise RuntimeError("The floor does not write what it is the floor of.")

    def bare() -> bytes:
        block.upsert()
        return render().encode()

    return [
        against("paste_240", block.confirm, bare, limit=1.8, turns=40, warm_up=4),
        allowed("paste_240_queries", queries, "queries behind the door", MOST_QUERIES),
    ]


def _sheet(staff: Staff) -> Sheet:
    """The year group's, as the head sees it."""
    access = Access(staff.head, staff.school, (Role.HEAD,), YEAR, (YEAR,), (staff.school,))
    with visible_to(staff.school):
        layout = layout_in_address(access, _CODE, TermName.SUMMER)
        if layout is None:
            raise RuntimeError("There is no such sheet.")
        return marksheet(
            access,
            pupils_for(access).filter(year_group=YEAR_GROUP),
            layout.opened(may_enter=True),
            today=timezone.localdate(),
            may_change_closed=True,
        )


def _block(application: Any) -> Block:
    staff = wide_school()
    site = Site(application, sign_in(staff.head))
    with visible_to(staff.school):
        held = (
            Judgement.objects.in_school(staff.school)
            .filter(
                academic_year=YEAR,
                term=3,
                subject=SUBJECT.number,
                pupil__years__academic_year=YEAR,
                pupil__years__year_group=YEAR_GROUP,
            )
            .order_by("pk")
        )
        found = list(held.values_list("pk", "pupil__public_id", "version")[:CELLS])
        # All of one value, so that a paste knows what it saw.
        held.update(points=64, reason="")
        versions = dict(held.values_list("pk", "version"))
    if len(found) != CELLS:
        raise RuntimeError(f"The block is of {len(found)} cells.")
    keys = [key for key, _, _ in found]
    return Block(
        staff, site, [str(pupil) for _, pupil, _ in found], keys, [versions[key] for key in keys], points=64
    )
