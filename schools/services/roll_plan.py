"""What a row of a roll changes of what is held, worked out before anything is written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal

from schools.calendar import AcademicYear
from schools.identifiers import is_temporary_upn
from schools.models import ClassGroup, Enrolment, Pupil, PupilYear, School
from schools.services.enrolments import UNCHANGED
from schools.services.roll_rows import RollProblem, RollRow
from schools.services.stays import RollDates, Stay, StaysRefused, settle

Update = Literal["all", "missing"]

_OF_PUPIL = ("surname", "forename", "preferred_surname", "preferred_forename", "date_of_birth", "sex")
_OF_YEAR = (
    *(
        "sen_status",
        "is_pupil_premium",
        "is_fsm6",
        "is_disadvantaged",
        "is_eal",
        "is_looked_after",
        "is_previously_looked_after",
        "is_service_child",
        "ethnicity",
        "attendance",
    ),
)


class Outcome(Enum):
    """What a row is to the school."""

    NEW = "a pupil the school did not know"
    PLACED = "a known pupil who had no record of this year"
    CHANGED = "a known pupil whose record changes"
    UNCHANGED = "nothing that is not held already"


@dataclass(frozen=True)
class Change:
    """One value, held already, that becomes another; `field` is a name of RollRow, or "stays"."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Held:
    """What the school holds of the pupil of a row; nothing of a new one."""

    pupil: Pupil | None = None
    year: PupilYear | None = None
    stays: Sequence[Enrolment] = ()
    on_record: Iterable[AcademicYear] = ()
    # Columns of the year that somebody set by hand: no roll changes them.
    set_by_hand: Collection[str] = ()


@dataclass
class Plan:
    """The rows to write for one row of the roll, with the values they are to have."""

    row: RollRow
    outcome: Outcome
    pupil: Pupil
    year: PupilYear
    # Of a known pupil; a first record of the year is no change.
    changes: list[Change] = field(default_factory=list)
    pupil_fields: list[str] = field(default_factory=list)
    year_fields: list[str] = field(default_factory=list)
    new_stays: list[Enrolment] = field(default_factory=list)
    changed_stays: list[Enrolment] = field(default_factory=list)
    has_left: bool = False
    problem: RollProblem | None = None
    note: str = ""
    # Of a new pupil: who it may be instead.
    perhaps: Pupil | None = None

    @property
    def has_come_back(self) -> bool:
        return self.outcome is not Outcome.NEW and bool(self.new_stays)


def plan_row(
    row: RollRow,
    held: Held,
    *,
    school: School,
    academic_year: AcademicYear,
    class_group: ClassGroup | None,
    update: Update,
) -> Plan:
    """What this row comes to; the instances held get their new values, and nothing is written."""
    pupil = held.pupil or Pupil(school=school)
    year = held.year or PupilYear(school=school, pupil=pupil, academic_year=academic_year)
    outcome = Outcome.UNCHANGED if held.year else Outcome.PLACED if held.pupil else Outcome.NEW
    plan = Plan(row, outcome, pupil, year)
    only_missing = update == "missing"
    plan.pupil_fields = _take(plan, pupil, _OF_PUPIL, only_missing=only_missing and held.pupil is not None)
    _take_upn(plan)
    of_year = [name for name in _OF_YEAR if name not in held.set_by_hand]
    plan.year_fields = _take(plan, year, of_year, only_missing=only_missing)
    _take_place(plan, class_group, only_missing=only_missing)
    _settle_stays(plan, held, academic_year, only_missing=only_missing)
    if plan.changes and outcome is Outcome.UNCHANGED:
        plan.outcome = Outcome.CHANGED
    return plan


def _take(plan: Plan, record: Pupil | PupilYear, names: Sequence[str], *, only_missing: bool) -> list[str]:
    taken = []
    for name in names:
        said, before = getattr(plan.row, name), getattr(record, name)
        if said is UNCHANGED or said == before or (only_missing and before not in {None, ""}):
            continue
        setattr(record, name, said)
        taken.append(name)
        if record.pk is not None:
            plan.changes.append(Change(name, before, said))
    return taken


def _take_upn(plan: Plan) -> None:
    """A UPN fills a gap, and a permanent one replaces a temporary one; nothing replaces a permanent one."""
    said, before = plan.row.upn, plan.pupil.upn
    if said and said != before and (not before or is_temporary_upn(before)):
        plan.pupil.upn = said
        plan.pupil_fields.append("upn")
        if plan.outcome is not Outcome.NEW:
            plan.changes.append(Change("upn", before, said))


def _take_place(plan: Plan, class_group: ClassGroup | None, *, only_missing: bool) -> None:
    """Year group and class; `class_group` None is not said."""
    row, year = plan.row, plan.year
    if year.pk is None:
        year.year_group = row.year_group
    elif year.year_group != row.year_group and not only_missing:
        plan.changes.append(Change("year_group", year.year_group, row.year_group))
        year.year_group = row.year_group
        plan.year_fields.append("year_group")
    before = year.class_group
    if class_group is None or before == class_group or (only_missing and before is not None):
        return
    year.class_group = class_group
    plan.year_fields.append("class_group")
    if year.pk is not None:
        plan.changes.append(Change("class_name", before.name if before else "", class_group.name))


def _settle_stays(plan: Plan, held: Held, academic_year: AcademicYear, *, only_missing: bool) -> None:
    row, stored = plan.row, {stay.pk: stay for stay in held.stays}
    said = RollDates(academic_year, row.entry, row.leaving, frozenset(held.on_record), only_missing)
    before = [Stay(each.starts_on, each.ends_on, each.is_start_assumed, each.pk) for each in held.stays]
    try:
        settled = settle(before, said)
    except StaysRefused as refused:
        day = row.leaving if refused.is_leaving else row.entry
        plan.problem = RollProblem(
            row=row.number,
            field="leaving" if refused.is_leaving else "entry",
            value=f"{day:%d/%m/%Y}" if day else "",
            what=str(refused),
        )
        return
    plan.note = settled.note
    was = {stay.key: stay for stay in before}
    for stay in settled.stays:
        if stay.key is None:
            plan.new_stays.append(
                _enrolment(Enrolment(school_id=plan.pupil.school_id, pupil=plan.pupil), stay)
            )
        elif stay != was[stay.key]:
            plan.changed_stays.append(_enrolment(stored[stay.key], stay))
            plan.has_left = plan.has_left or (stay.ends_on is not None and was[stay.key].ends_on is None)
    if held.pupil and (plan.new_stays or plan.changed_stays):
        plan.changes.append(Change("stays", tuple(before), settled.stays))


def _enrolment(enrolment: Enrolment, stay: Stay) -> Enrolment:
    enrolment.starts_on, enrolment.ends_on = stay.starts_on, stay.ends_on
    enrolment.is_start_assumed = stay.is_start_assumed
    return enrolment
