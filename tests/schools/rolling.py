"""A school at the end of 2025/26, small enough to count by hand, and what its roll-over is."""

from __future__ import annotations

import datetime as dt

from schools.calendar import AcademicYear, YearGroup
from schools.models import ClassGroup, CustomGroup, CustomGroupPupil, Pupil, Role, School, SenStatus
from schools.queries.roll_over import Plan, plan_row, read_plan
from schools.queries.roll_over_effect import effect_of
from schools.services import classes, years
from schools.services.roll_over import roll_over
from schools.services.roll_over_draft import begin_plan
from tests.conftest import member
from tests.factories import ClassGroupFactory, on_roll

YEAR, NEXT = AcademicYear(2025), AcademicYear(2026)
LAST_DAY = dt.date(2026, 7, 22)


def ending_school(school: School) -> None:
    """2025/26, first school R to Year 4. Needs the school open.

    RH: Ann, Ben (R). 3H: Cal, Dee (3), taught by a teacher. 3/4 Ash: Eve (3), Fay (4). 4H: Gus (4), Hal (4), who left on 20 March. Without a
    class: Ivy (R). Cal, Eve and Gus are in the group Booster.
    """
    years.open_year(school=school, academic_year=YEAR, by=None)

    def in_class(name: str, *children: tuple[str, YearGroup], **fields: object) -> ClassGroup:
        group: ClassGroup = ClassGroupFactory.create(school=school, academic_year=YEAR, name=name)
        for surname, year_group in children:
            child(school, surname, year_group, group, **fields)
        return group

    in_class("RH", ("Ann", YearGroup.R), ("Ben", YearGroup.R))
    three = in_class("3H", ("Cal", YearGroup.Y3), ("Dee", YearGroup.Y3))
    in_class("3/4 Ash", ("Eve", YearGroup.Y3), ("Fay", YearGroup.Y4))
    four = in_class("4H", ("Gus", YearGroup.Y4))
    child(school, "Hal", YearGroup.Y4, four, ends_on=dt.date(2026, 3, 20))
    child(school, "Ivy", YearGroup.R, None)
    teacher = member(school, Role.TEACHER)
    membership = teacher.memberships.get()
    classes.assign_teacher(class_group=three, membership=membership, by=None)
    group = CustomGroup.objects.create(school=school, academic_year=YEAR, name="Booster")
    for surname in ("Cal", "Eve", "Gus"):
        CustomGroupPupil.objects.create(
            school=school, academic_year=YEAR, group=group, pupil=pupil(school, surname)
        )


def child(
    school: School, surname: str, year_group: YearGroup, group: ClassGroup | None, **fields: object
) -> None:
    on_roll(
        school,
        YEAR,
        class_group=group,
        year_group=year_group,
        pupil__surname=surname,
        pupil__forename="Child",
        sen_status=SenStatus.SUPPORT,
        is_pupil_premium=True,
        is_eal=False,
        ethnicity="WBRI",
        attendance="93.5",
        **fields,
    )


def pupil(school: School, surname: str) -> Pupil:
    found: Pupil = Pupil.objects.in_school(school).get(surname=surname)
    return found


def planned(school: School) -> Plan:
    """The plan, begun where it is not."""
    begin_plan(school=school, academic_year=YEAR, by=None)
    row = plan_row(school, YEAR)
    assert row
    return read_plan(row)


def done(school: School, *blocks: str) -> None:
    """Roll over these blocks, by `3H.3`, or all."""
    plan = planned(school)
    keys = {f"{block.class_name or 'none'}.{block.year_group.code}": block.key for block in plan.blocks}
    chosen = {keys.get(block, block) for block in blocks} if blocks else None
    roll_over(plan=plan, effect=effect_of(plan, chosen), by=None)
