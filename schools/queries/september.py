"""The checks of September: whom to look at in each class at the start of the year, why, and who has looked.

A list for a class's teacher and for who sees the whole school. One pupil missing is named to the teacher of the class to which most of the pupil's old
class moved, though the pupil is in none of theirs: nobody else would notice (docs/decisions/0033-a-new-school-year.md).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from schools.access import Access
from schools.calendar import AcademicYear
from schools.models import CustomGroupPupil, Enrolment, PupilYear, SeptemberCheck, SeptemberTick
from schools.queries.rolls import BY_NAME, counting_day, english

# What a record of the year says of each pupil once the office has been asked.
_SUPPLIED = {
    "sen_status": "SEN",
    "is_pupil_premium": "pupil premium",
    "is_fsm6": "free school meals",
    "is_eal": "EAL",
    "ethnicity": "ethnicity",
}


@dataclass(frozen=True)
class CheckLine:
    """One pupil to look at, for one reason; `detail` says what there is to see. Ticked where somebody did."""

    pupil_id: int
    public_id: uuid.UUID
    name: str
    what: SeptemberCheck
    detail: str
    class_id: int | None
    ticked_by: str = ""
    ticked_at: dt.datetime | None = None

    @property
    def key(self) -> str:
        """What stands for the line in the form."""
        return f"{self.what.value}.{self.public_id}"


@dataclass(frozen=True)
class CheckList:
    """All lines of one reason."""

    what: SeptemberCheck
    lines: tuple[CheckLine, ...]

    @property
    def open(self) -> int:
        return sum(line.ticked_at is None for line in self.lines)


def lists_of(lines: Sequence[CheckLine]) -> list[CheckList]:
    """The lines by reason, in the order of the list; a reason without lines has none."""
    return [CheckList(what, tuple(line for line in lines if line.what is what)) for what in SeptemberCheck]


def check_lines(access: Access, today: dt.date, not_judged: Mapping[int, str]) -> list[CheckLine]:
    """Every line of the year, for all classes, by pupils' names; those without a class have none. `not_judged` says of pupils what they lack to start from.

    Needs the school open; six queries, whatever it holds.
    """
    year = _Year(access, today, not_judged)
    ticks = {(tick.pupil_id, tick.what): tick for tick in year.ticks}
    return [_ticked(line, ticks.get((line.pupil_id, line.what.value))) for line in year.lines()]


def _ticked(line: CheckLine, tick: SeptemberTick | None) -> CheckLine:
    if tick is None:
        return line
    by = tick.ticked_by.name if tick.ticked_by else "The operator"
    values = {**vars(line), "ticked_by": by, "ticked_at": tick.ticked_at}
    return CheckLine(**values)


class _Year:
    """A year's roll beside the one before it."""

    def __init__(self, access: Access, today: dt.date, not_judged: Mapping[int, str]) -> None:
        school, year = access.school, access.academic_year
        self.not_judged = not_judged
        self.day = counting_day(access, today)
        rows = PupilYear.objects.in_school(school).filter(pupil__school=school, pupil__anonymised_at=None)
        self.now = list(rows.filter(academic_year=year).select_related("pupil").order_by(*BY_NAME))
        last = rows.filter(academic_year=AcademicYear(year - 1))
        self.before = {row.pupil_id: row for row in last.select_related("pupil").order_by(*BY_NAME)}
        self.stays: dict[int, list[Enrolment]] = defaultdict(list)
        for stay in Enrolment.objects.in_school(school).order_by("starts_on"):
            self.stays[stay.pupil_id].append(stay)
        self.groups: dict[int, list[str]] = defaultdict(list)
        members = CustomGroupPupil.objects.in_school(school).filter(academic_year=year)
        for pupil_id, name in members.order_by("group__name").values_list("pupil_id", "group__name"):
            self.groups[pupil_id].append(name)
        ticks = SeptemberTick.objects.in_school(school).filter(academic_year=year)
        self.ticks: list[SeptemberTick] = list(ticks.select_related("ticked_by"))
        self._home = self._homes()

    def _homes(self) -> dict[tuple[int | None, int], int]:
        """To which class most of the pupils of each class and year group went."""
        went: dict[tuple[int | None, int], Counter[int]] = defaultdict(Counter)
        for row in self.now:
            if row.class_group_id and (then := self.before.get(row.pupil_id)):
                went[then.class_group_id, then.year_group][row.class_group_id] += 1
        return {block: counts.most_common(1)[0][0] for block, counts in went.items()}

    def _home_of(self, pupil_id: int) -> int | None:
        then = self.before.get(pupil_id)
        return self._home.get((then.class_group_id, then.year_group)) if then else None

    def _is_here(self, pupil_id: int) -> bool:
        return any(
            stay.starts_on <= self.day and (stay.ends_on is None or stay.ends_on >= self.day)
            for stay in self.stays[pupil_id]
        )

    def lines(self) -> Iterator[CheckLine]:
        placed = {row.pupil_id for row in self.now}
        for pupil_id, row in self.before.items():
            if pupil_id not in placed and self._is_here(pupil_id):
                detail = f"{row.year_group.label} last year"
                yield _line(row, SeptemberCheck.MISSING, detail, self._home_of(pupil_id))
        for row in self.now:
            yield from self._of(row)

    def _of(self, row: PupilYear) -> Iterator[CheckLine]:
        class_id = row.class_group_id or self._home_of(row.pupil_id)
        if not self._is_here(row.pupil_id):
            if left := self._left_on(row.pupil_id):
                yield _line(row, SeptemberCheck.LEFT, f"Last day {english(left)}", class_id)
            return
        found = {
            SeptemberCheck.NEW: self._new(row),
            SeptemberCheck.WITHOUT_CLASS: "" if row.class_group_id else row.year_group.label,
            SeptemberCheck.NOT_JUDGED: self.not_judged.get(row.pupil_id, ""),
            SeptemberCheck.NOT_SUPPLIED: _not_supplied(row),
            SeptemberCheck.GROUP: ", ".join(self.groups.get(row.pupil_id, ())),
        }
        for what, detail in found.items():
            if detail:
                yield _line(row, what, detail, class_id)

    def _left_on(self, pupil_id: int) -> dt.date | None:
        ended = [stay.ends_on for stay in self.stays[pupil_id] if stay.ends_on and stay.ends_on < self.day]
        return max(ended, default=None)

    def _new(self, row: PupilYear) -> str:
        """In the first year of a school's records everybody would be new, which tells nothing."""
        if not self.before or row.pupil_id in self.before:
            return ""
        stays = [stay for stay in self.stays[row.pupil_id] if stay.starts_on <= self.day]
        return f"First day {english(stays[-1].starts_on)}"


def _not_supplied(row: PupilYear) -> str:
    missing = [words for name, words in _SUPPLIED.items() if getattr(row, name) in {None, ""}]
    missing += [] if row.pupil.sex else ["sex"]
    return f"Not recorded: {', '.join(missing)}" if missing else ""


def _line(row: PupilYear, what: SeptemberCheck, detail: str, class_id: int | None) -> CheckLine:
    return CheckLine(row.pupil_id, row.pupil.public_id, row.pupil.name, what, detail, class_id)
