"""Which pupils of a year group and subject a cell of the progress pictures counts: as it stands in an address, and as a rule."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assessment.engine.assessment_points import AssessmentPoint
from assessment.engine.expected_range import Attainment
from assessment.engine.point_scale import FIRST_POINT, LAST_POINT, label_of, stage_of
from assessment.engine.progress import Progress
from assessment.models import Reason
from reports.documents.figure_pupils import point_label
from reports.queries.figure_pupils import Standing
from schools.calendar import YearGroup


class Counted(StrEnum):
    """Who of those on roll: as it stands in an address."""

    ON_ROLL = "on-roll"
    JUDGED = "judged"
    MEASURED = "measured"
    NO_BASELINE = "no-baseline"
    NOT_ENTERED = "not-entered"
    ABSENT = "absent"
    NEW = "new"
    NOT_REQUIRED = "not-required"

    @property
    def label(self) -> str:
        """As pages read it."""
        return _LABELS[self]

    def label_of(self, since: AssessmentPoint | None) -> str:
        """The same where progress is measured from a chosen point: there is no baseline to be without."""
        if since and self is Counted.NO_BASELINE:
            return f"Not judged in {point_label(since)}"
        return self.label


_LABELS = {
    Counted.ON_ROLL: "On roll",
    Counted.JUDGED: "Judged",
    Counted.MEASURED: "Measured",
    Counted.NO_BASELINE: "No baseline",
    Counted.NOT_ENTERED: "Not entered",
    Counted.ABSENT: "Absent",
    Counted.NEW: "New, not yet assessed",
    Counted.NOT_REQUIRED: "Not required",
}
NOT_JUDGED = {
    None: Counted.NOT_ENTERED,
    Reason.ABSENT: Counted.ABSENT,
    Reason.NEW: Counted.NEW,
    Reason.NOT_REQUIRED: Counted.NOT_REQUIRED,
}
"""By the reason that stands in place of points, why a pupil is not judged."""


class Axis(StrEnum):
    """In what the start-to-now matrix counts."""

    STAGES = "stages"
    POINTS = "points"


def place_of(standing: Standing) -> Counted:
    """Where the pupil is accounted for: measured, or the one reason for not being."""
    if standing.points is None:
        return NOT_JUDGED[standing.reason]
    return Counted.NO_BASELINE if standing.progress is None else Counted.MEASURED


def step_on(axis: Axis, points: int, year_group: YearGroup) -> tuple[str, str]:
    """The key, as in an address, and the name of the row or column that the points are in.

    Both ends are named as for a pupil of the year group now: the same points are then the same stage at either end, and nobody seems to have moved
    who has only gone from Year 3 Mastery to Year 4 Entering.
    """
    if axis is Axis.POINTS:
        return str(points), str(points)
    stage = stage_of(points, year_group)
    return (stage.code if stage else "0"), label_of(points, year_group)


def name_of_step(axis: Axis, key: str, year_group: YearGroup) -> str:
    """The name of what an address calls by its key; the key itself where nothing is called so."""
    if axis is Axis.POINTS:
        return f"{key} points" if key else ""
    steps = (step_on(axis, points, year_group) for points in range(FIRST_POINT, LAST_POINT + 1))
    return dict(steps).get(key, key)


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The pupils of one cell. What is None or empty is not asked; `start` and `now` are keys of `step_on`."""

    counted: Counted = Counted.ON_ROLL
    attainment: Attainment | None = None
    progress: Progress | None = None
    axis: Axis = Axis.STAGES
    start: str = ""
    now: str = ""
    steps: int | None = None

    def address(self) -> dict[str, str]:
        """What an address says of it; `counted` always."""
        said = {"counted": self.counted.value, "start": self.start, "now": self.now}
        if self.attainment:
            said["attainment"] = self.attainment.name.lower()
        if self.progress:
            said["progress"] = self.progress.name.lower()
        if self.steps is not None:
            said["steps"] = str(self.steps)
        if self.start or self.now:
            said["by"] = self.axis.value
        return {name: value for name, value in said.items() if value}

    def holds(self, standing: Standing) -> bool:
        """Whether the pupil is one of them."""
        return self._holds_place(standing) and self._holds_outcome(standing) and self._holds_ends(standing)

    def _holds_place(self, standing: Standing) -> bool:
        if self.counted is Counted.ON_ROLL:
            return True
        if self.counted is Counted.JUDGED:
            return standing.points is not None
        return place_of(standing) is self.counted

    def _holds_outcome(self, standing: Standing) -> bool:
        return (
            self.attainment in {None, standing.attainment}
            and self.progress in {None, standing.progress}
            and self.steps in {None, standing.steps}
        )

    def _holds_ends(self, standing: Standing) -> bool:
        ends = ((self.start, standing.start_points), (self.now, standing.points))
        return all(
            points is not None and step_on(self.axis, points, standing.year_group)[0] == key
            for key, points in ends
            if key
        )

    def words(self, year_group: YearGroup, since: AssessmentPoint | None = None) -> str:
        """`Below, less than expected progress`: as a heading, of pupils of the year group. `since`: the point that progress is measured from, if one was chosen."""
        start, now = (name_of_step(self.axis, key, year_group) for key in (self.start, self.now))
        said = [
            self.attainment.label if self.attainment else "",
            f"{self.progress.label.lower()} progress" if self.progress else "",
            f"from {start}" if start else "",
            f"now {now}" if now else "",
            "" if self.steps is None else f"{self.steps} step{'' if abs(self.steps) == 1 else 's'}",
        ]
        told = [each for each in said if each]
        if self.counted is not Counted.MEASURED or not told:
            label = self.counted.label_of(since)
            told.append(label[:1].lower() + label[1:])
        return ", ".join(told)
