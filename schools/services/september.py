"""Ticking the checks of September."""

from __future__ import annotations

from collections.abc import Collection

from schools.calendar import AcademicYear
from schools.models import School, SeptemberCheck, SeptemberTick, User
from schools.services.changes import acting
from schools.services.turns import take_turn_alone

# A pupil, and why to look at them.
Checked = tuple[int, SeptemberCheck]


def tick(
    *,
    school: School,
    academic_year: AcademicYear,
    ticked: Collection[Checked],
    saw: Collection[Checked],
    by: User | None,
) -> None:
    """Let these be ticked, where somebody saw those of `saw` ticked: only what differs is done, so that a colleague's ticks of meanwhile stay.

    Needs the school open. Who ticked first stays named.
    """
    to_come, to_go = set(ticked) - set(saw), set(saw) - set(ticked)
    with acting(by):
        take_turn_alone(school)
        ticks = SeptemberTick.objects.in_school(school).filter(academic_year=academic_year)
        for pupil_id, what in to_go:
            ticks.filter(pupil=pupil_id, what=what).delete()
        held = {(pupil_id, what) for pupil_id, what in ticks.values_list("pupil_id", "what")}
        SeptemberTick.objects.bulk_create(
            SeptemberTick(
                school=school, academic_year=academic_year, pupil_id=pupil_id, what=what, ticked_by=by
            )
            for pupil_id, what in sorted(to_come)
            if (pupil_id, what.value) not in held
        )
