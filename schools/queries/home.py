"""First pages: a person's schools, and a school's own first page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count

from schools.access import Access, roles_by_school
from schools.calendar import TermName, YearGroup
from schools.models import PartnershipMembership, PupilYear, School, Term, User
from schools.permissions import Permission
from schools.queries.classes import ClassLine, class_lines
from schools.queries.offers import pupils_waiting
from schools.queries.rolls import Standing, counting_day, standing_on


@dataclass(frozen=True)
class SchoolLine:
    """A school, and what the person is there."""

    name: str
    urn: str
    dfe_number: str
    year_groups: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class PartnershipLines:
    """A partnership that the person leads, with its schools."""

    key: int
    name: str
    schools: tuple[SchoolLine, ...]


@dataclass(frozen=True)
class YearGroupLine:
    """A year group with the pupils on roll."""

    year_group: YearGroup
    pupils: int


@dataclass(frozen=True)
class TermLine:
    """A term with its dates; `is_closed` for entry."""

    name: str
    starts_on: dt.date
    ends_on: dt.date
    is_current: bool
    is_closed: bool


@dataclass(frozen=True)
class Home:
    """A school's first page, by what the person may see."""

    pupils: str
    as_at: dt.date
    has_no_pupils: bool
    is_past: bool
    own_pupils: int
    sees_names: bool
    sees_everybody: bool
    own_classes: tuple[ClassLine, ...]
    classes: tuple[ClassLine, ...]
    year_groups: tuple[YearGroupLine, ...]
    terms: tuple[TermLine, ...]
    manages_terms: bool
    manages_school: bool
    # Whose work here is with files, and with no list of pupils.
    imports: bool
    # Offered by other schools, and not answered yet; of who may not take them in 0.
    pupils_offered: int


def _line(school: School, roles: tuple[str, ...] = ()) -> SchoolLine:
    return SchoolLine(school.name, school.urn, school.formatted_dfe_number, school.year_groups_label, roles)


def school_lines(user: User) -> list[SchoolLine]:
    """The person's schools by name; needs own_memberships(user)."""
    return [
        _line(school, tuple(str(role.label) for role in roles))
        for school, roles in roles_by_school(user).items()
    ]


def partnership_lines(user: User) -> list[PartnershipLines]:
    """The partnerships that the person leads, with their schools; no school is opened for it."""
    led = PartnershipMembership.objects.filter(user=user, is_active=True)
    return [
        PartnershipLines(
            membership.partnership.pk,
            membership.partnership.name,
            tuple(_line(school) for school in membership.partnership.schools.order_by("name", "pk")),
        )
        for membership in led.select_related("partnership").order_by("partnership__name")
    ]


def shown_count(count: int, *, sees_names: bool, limit: int | None = None) -> str:
    """A count in figures; for those who may see no names to the nearest ten, and a small one in words (LEP expectations, measures).

    `limit`: up to where it is small; the installation's where none is given.

    Beside how many were judged, which the governors' pack tells, the exact number would tell how few were not.
    """
    if sees_names or not count:
        return f"{count:,}"
    limit = int(settings.SMALL_COUNT) if limit is None else limit
    if count <= limit:
        return f"1 to {limit}"
    return f"about {max(10, (count + 5) // 10 * 10):,}"


def home(access: Access, *, today: dt.date) -> Home:
    """The first page of the school in the year in view."""
    day = counting_day(access, today)
    of_year = PupilYear.objects.in_school(access.school).filter(academic_year=access.academic_year)
    counts = {
        YearGroup(year_group): pupils
        for year_group, pupils in standing_on(of_year, access.school, day, Standing.ON_ROLL)
        .values_list("year_group")
        .annotate(pupils=Count("pk"))
        .order_by("year_group")
    }
    sees_names = access.may(Permission.SEE_OWN_CLASSES)
    sees_everybody = access.may(Permission.SEE_ALL_PUPILS)
    classes = class_lines(access, today=today) if sees_names else []
    return Home(
        pupils=shown_count(sum(counts.values()), sees_names=sees_names, limit=access.school.small_count),
        as_at=day,
        has_no_pupils=not counts,
        is_past=access.academic_year.ends_on < today,
        own_pupils=sum(line.pupils for line in classes if line.is_own),
        sees_names=sees_names,
        sees_everybody=sees_everybody,
        own_classes=tuple(line for line in classes if line.is_own),
        classes=tuple(classes) if sees_everybody else (),
        # No breakdown for those who see no names: with the total it would give small year groups away.
        year_groups=tuple(YearGroupLine(*line) for line in counts.items()) if sees_everybody else (),
        terms=_terms(access, today),
        manages_terms=access.may(Permission.MANAGE_TERMS),
        manages_school=access.may(Permission.MANAGE_SCHOOL),
        imports=access.may(Permission.IMPORT_FILES) and not sees_names,
        pupils_offered=pupils_waiting(access, today),
    )


def _terms(access: Access, today: dt.date) -> tuple[TermLine, ...]:
    terms = Term.objects.in_school(access.school).filter(academic_year=access.academic_year)
    return tuple(
        TermLine(
            name=TermName(term.term).label,
            starts_on=term.starts_on,
            ends_on=term.ends_on,
            is_current=term.starts_on <= today <= term.ends_on,
            is_closed=not term.is_open_for_entry(today),
        )
        for term in terms.order_by("term")
    )
