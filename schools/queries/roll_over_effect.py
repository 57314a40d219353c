"""What a roll-over would do, all of it, with names: what is shown before it is done, and what is then written."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from schools.calendar import AcademicYear, YearGroup
from schools.models import ClassGroup, ClassTeacher, CustomGroup, CustomGroupPupil, Goes, RollOverClass
from schools.queries.roll_over import (
    Block,
    Person,
    Plan,
    Remains,
    Teacher,
    dates_of,
    last_day_of,
    teachers_of,
)
from schools.queries.rolls import english
from schools.queries.terms import Dates

# Chosen beside classes: the classes that nobody moves into, for those who are new.
INTAKE = "intake"


@dataclass(frozen=True)
class Step:
    """What becomes of one pupil. `to_class` is the key of a class of the plan, None for none yet; `on` the last day of one who leaves."""

    pupil_id: int
    name: str
    goes: Goes
    from_class: str
    from_year_group: YearGroup
    year_group: YearGroup
    to_class: int | None
    to_class_name: str
    stay: int | None
    on: dt.date | None


@dataclass(frozen=True)
class ClassStep:
    """A class of the new year that pupils or teachers come into; `teachers` are the memberships that do not teach it yet."""

    key: int
    name: str
    is_new: bool
    pupils: int
    year_groups: str
    teachers: tuple[Teacher, ...]


@dataclass(frozen=True)
class GroupStep:
    """A group of the school's own that goes along, with those of its pupils who are in the new year."""

    name: str
    is_new: bool
    pupils: tuple[int, ...]


@dataclass(frozen=True)
class Effect:
    """Everything that happens, and whom it leaves as they are. The `repr` says all of it, so that it can be sealed."""

    new_year: AcademicYear
    opens_year: bool
    dates: Dates
    leaves_on: dt.date
    classes: tuple[ClassStep, ...]
    steps: tuple[Step, ...]
    groups: tuple[GroupStep, ...]
    # Names: of whom there is a record of the new year already, and of those who had left.
    already: tuple[str, ...]
    gone: tuple[str, ...]
    problems: tuple[str, ...]
    # Of the Summer that ends.
    last_day: dt.date

    def _of(self, *goes: Goes) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.goes in goes)

    @property
    def up(self) -> tuple[Step, ...]:
        return self._of(Goes.UP)

    @property
    def held(self) -> tuple[Step, ...]:
        return self._of(Goes.HELD)

    @property
    def up_two(self) -> tuple[Step, ...]:
        return self._of(Goes.UP_TWO)

    @property
    def leavers(self) -> tuple[Step, ...]:
        return self._of(Goes.LEAVES)

    @property
    def placed(self) -> tuple[Step, ...]:
        """All who are to have a record of the new year."""
        return self._of(Goes.UP, Goes.HELD, Goes.UP_TWO)

    @property
    def without_class(self) -> tuple[Step, ...]:
        return tuple(step for step in self.placed if step.to_class is None)

    @property
    def leave_early(self) -> tuple[Step, ...]:
        """Who leaves before the last day of Summer, and is then not counted in its figures."""
        return tuple(step for step in self.leavers if step.on and step.on < self.last_day)

    @property
    def is_empty(self) -> bool:
        return not (self.steps or self.opens_year or self.classes or self.groups)

    def in_class(self, key: int) -> tuple[Step, ...]:
        return tuple(step for step in self.placed if step.to_class == key)


def effect_of(plan: Plan, chosen: Collection[str] | None = None) -> Effect:
    """What the plan does for these blocks, by their keys (and INTAKE); for all where none are chosen. Writes nothing. Needs the school open."""
    blocks = [block for block in plan.blocks if chosen is None or block.key in chosen]
    of_block = {(block.class_id, block.year_group): block for block in blocks}
    people = [person for person in plan.people if (person.class_id, person.year_group) in of_block]
    names = {each.pk: each.name for each in plan.classes}
    steps: list[Step] = []
    problems: list[str] = []
    for person in people:
        if person.remains is Remains.GOES_ON:
            step = _step(plan, of_block[person.class_id, person.year_group], person, names)
            steps.append(step)
            problems += _problems(plan, person, step)
    with_intake = chosen is None or INTAKE in chosen
    return Effect(
        new_year=plan.new_year,
        opens_year=not dates_of(plan.school, plan.new_year),
        dates=plan.dates,
        leaves_on=plan.leaves_on,
        classes=_classes(plan, steps, with_intake=with_intake),
        steps=tuple(steps),
        groups=_groups(plan, people, steps),
        already=tuple(person.name for person in people if person.remains is Remains.PLACED),
        gone=_gone(plan, blocks, everybody=chosen is None),
        problems=tuple(problems),
        last_day=last_day_of(plan.school, AcademicYear(plan.row.academic_year)),
    )


def _step(plan: Plan, block: Block, person: Person, names: dict[int, str]) -> Step:
    said = plan.exceptions.get(person.pupil_id)
    goes = Goes(said.goes) if said and said.goes else block.goes
    year_group = YearGroup(person.year_group)
    to_class = None
    if goes is not Goes.LEAVES:
        year_group = _beyond(year_group, {Goes.UP: 1, Goes.UP_TWO: 2}.get(goes, 0))
        to_class = said.to_class_id if said and said.to_class_id else _usual_class(plan, block, goes, names)
    on = ((said.leaves_on if said else None) or plan.leaves_on) if goes is Goes.LEAVES else None
    return Step(
        pupil_id=person.pupil_id,
        name=person.name,
        goes=goes,
        from_class=block.class_name,
        from_year_group=person.year_group,
        year_group=year_group,
        to_class=to_class,
        to_class_name=names.get(to_class or 0, ""),
        stay=person.stay,
        on=on,
    )


def _beyond(year_group: YearGroup, steps: int) -> YearGroup:
    return YearGroup(min(year_group + steps, YearGroup.Y13))


def _usual_class(plan: Plan, block: Block, goes: Goes, names: dict[int, str]) -> int | None:
    """Where the others go; one held back stays in the class of last year's name; who skips a year is put into a class by hand."""
    if goes is block.goes:
        return block.to_class
    if goes is Goes.HELD:
        return next((key for key, name in names.items() if name.lower() == block.class_name.lower()), None)
    return None


def _problems(plan: Plan, person: Person, step: Step) -> Iterable[str]:
    highest = plan.school.highest_year_group
    if step.goes is Goes.LEAVES:
        assert step.on is not None  # noqa: S101 - for the type; who leaves has a day
        if person.began and step.on < person.began:
            yield f"{step.name} would leave on {english(step.on)}, before the stay begins on {english(person.began)}. Give another last day."
        elif step.on >= plan.begins:
            yield f"{step.name} would leave on {english(step.on)}, after {plan.new_year.label} has begun. Let the pupil move up, and enter that day then."
    elif step.year_group > highest:
        yield f"{step.name} would be in {step.year_group.label}, and the school ends with {YearGroup(highest).label}. Choose otherwise."


def _gone(plan: Plan, blocks: Iterable[Block], *, everybody: bool) -> tuple[str, ...]:
    """Of whole classes only: a class whose pupils have all left has no block."""
    classes = {block.class_id for block in blocks}
    return tuple(
        person.name
        for person in plan.people
        if person.remains is Remains.GONE and (everybody or person.class_id in classes)
    )


def _classes(plan: Plan, steps: Iterable[Step], *, with_intake: bool) -> tuple[ClassStep, ...]:
    coming = Counter(step.to_class for step in steps)
    arrivals = {move.to_class_id for move in plan.moves.values()} | {
        each.to_class_id for each in plan.exceptions.values()
    }
    held = {
        group.name.lower(): group
        for group in ClassGroup.objects.in_school(plan.school).filter(academic_year=plan.new_year)
    }
    taught: set[tuple[int, int]] = set(
        ClassTeacher.objects.in_school(plan.school)
        .filter(class_group__in=held.values())
        .values_list("class_group_id", "membership__user_id")
    )
    offered = {teacher.public_id: teacher for teacher in teachers_of(plan.school)}
    found = []
    for each in plan.classes:
        if not (coming[each.pk] or (with_intake and each.pk not in arrivals)):
            continue
        group = held.get(each.name.lower())
        step = _class_step(each, group, coming[each.pk], steps, _new_teachers(each, group, offered, taught))
        if step.is_new or step.pupils or step.teachers:
            found.append(step)
    return tuple(found)


def _new_teachers(
    each: RollOverClass,
    group: ClassGroup | None,
    offered: Mapping[uuid.UUID, Teacher],
    taught: set[tuple[int, int]],
) -> tuple[Teacher, ...]:
    chosen = [offered[public_id] for public_id in each.teachers if public_id in offered]
    return tuple(teacher for teacher in chosen if group is None or (group.pk, teacher.user_id) not in taught)


def _class_step(
    each: RollOverClass,
    group: ClassGroup | None,
    pupils: int,
    steps: Iterable[Step],
    teachers: tuple[Teacher, ...],
) -> ClassStep:
    year_groups = sorted({step.year_group for step in steps if step.to_class == each.pk})
    return ClassStep(
        key=each.pk,
        name=each.name,
        is_new=group is None,
        pupils=pupils,
        year_groups=", ".join(year_group.label for year_group in year_groups),
        teachers=teachers,
    )


def _groups(plan: Plan, people: Iterable[Person], steps: Iterable[Step]) -> tuple[GroupStep, ...]:
    """The ticked groups, with those of these pupils who are or come into the new year and are not in the group there."""
    if not plan.row.groups:
        return ()
    school, year = plan.school, AcademicYear(plan.row.academic_year)
    there = {step.pupil_id for step in steps if step.goes is not Goes.LEAVES}
    there |= {person.pupil_id for person in people if person.remains is Remains.PLACED}
    rows = CustomGroupPupil.objects.in_school(school).filter(academic_year__in=(year, plan.new_year))
    members: dict[tuple[int, str], set[int]] = {}
    for in_year, name, pupil_id in rows.values_list("academic_year", "group__name", "pupil_id"):
        members.setdefault((in_year, name.lower()), set()).add(pupil_id)
    groups = CustomGroup.objects.in_school(school)
    held = {
        each.lower() for each in groups.filter(academic_year=plan.new_year).values_list("name", flat=True)
    }
    found = []
    for group in groups.filter(academic_year=year, public_id__in=plan.row.groups).order_by("name"):
        name = group.name.lower()
        coming = (members.get((year, name), set()) & there) - members.get((plan.new_year, name), set())
        if coming:
            found.append(GroupStep(group.name, name not in held, tuple(sorted(coming))))
    return tuple(found)
