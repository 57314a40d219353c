"""Templates of marksheets: those that are shipped, those that a school laid out, and which of them a person keeps at hand."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile
from typing import Any

from assessment.engine.assessment_points import AssessmentPoint
from assessment.models import FavouriteTemplate, MarksheetTemplate
from assessment.queries.layouts import LAID_OUT, Layout
from assessment.queries.provenance import told_moment
from assessment.queries.school_subjects import subjects_out_of_sight
from assessment.queries.shipped_templates import SHIPPED_TEMPLATES, Shipped
from assessment.queries.template_columns import Kept, fits, lay_out, read_columns, subjects_of
from schools.access import Access
from schools.calendar import EyfsFramework, YearGroup
from schools.models import School, User
from schools.queries.rolls import pupils_for, taught_by


@dataclass(frozen=True)
class Template:
    """A sheet that somebody laid out. `code`: of a shipped one its own, of a school's the public id. `public_id`: of a school's alone.

    `purpose` and `part`: of a shipped one, what it has in common with others, and what sets it apart from them.
    """

    code: str
    name: str
    year_groups: tuple[YearGroup, ...]
    columns: Sequence[Kept]
    public_id: uuid.UUID | None = None
    is_in_use: bool = True
    purpose: str = ""
    part: str = ""

    @property
    def sheet(self) -> str:
        """Its code in the addresses of sheets."""
        return f"{LAID_OUT}{self.code}"

    @property
    def year_groups_label(self) -> str:
        """`Year 1`, `Years 2 to 9`, `Reception and Year 1`; for all where none is named."""
        return _spoken(sorted(self.year_groups)) if self.year_groups else "All year groups"

    def fits_any(self, year_groups: Collection[YearGroup]) -> bool:
        """Whether it is for one of the year groups at least."""
        return any(fits(self.columns, self.year_groups, each) for each in year_groups)

    def without(self, codes: Collection[str]) -> Sequence[Kept]:
        """Its columns but those of the subjects with these codes."""
        return [each for each in self.columns if each.get("subject") not in codes]

    def has_more_than(self, codes: Collection[str]) -> bool:
        """Whether it is of anything else than the subjects with these codes."""
        return bool(subjects_of(self.without(codes))) or not subjects_of(self.columns)

    def is_of(self, framework: EyfsFramework | None) -> bool:
        """Whether its areas of learning, if it has any, are of the framework; no framework, no areas."""
        return all(subject.framework in {None, framework} for subject in subjects_of(self.columns))


def _spoken(year_groups: Sequence[YearGroup]) -> str:
    first, last = year_groups[0], year_groups[-1]
    if len(year_groups) > 2 and first >= YearGroup.Y1 and last - first == len(year_groups) - 1:
        return f"Years {first.code} to {last.code}"
    labels = [each.label for each in year_groups]
    return " and ".join([", ".join(labels[:-1]), labels[-1]] if labels[1:] else labels)


def _of_shipped(one: Shipped) -> Template:
    return Template(one.code, one.name, one.year_groups, one.columns, purpose=one.purpose, part=one.part)


def _of_own(row: MarksheetTemplate) -> Template:
    year_groups = tuple(YearGroup(each) for each in row.year_groups)
    columns = [each for each in row.columns if isinstance(each, dict)]
    return Template(str(row.public_id), row.name, year_groups, columns, row.public_id, row.is_in_use)


SHIPPED = {one.code: _of_shipped(one) for one in SHIPPED_TEMPLATES}


def own_templates(school: School) -> list[Template]:
    """The school's own by name, those put away among them. Needs it open; one query."""
    return [_of_own(row) for row in MarksheetTemplate.objects.in_school(school).order_by("name", "pk")]


def templates_for(
    access: Access, framework: EyfsFramework | None, year_groups: Collection[YearGroup]
) -> list[Template]:
    """The school's own in use, then the shipped ones, which are for one of the year groups at least; none of subjects alone that are out of sight.

    One query, and another at a school that leaves a subject out.
    """
    gone = subjects_out_of_sight(access.school, access.academic_year)
    offered = [each for each in own_templates(access.school) if each.is_in_use and each.is_of(framework)]
    return [
        each
        for each in (*offered, *SHIPPED.values())
        if each.has_more_than(gone) and each.fits_any(year_groups)
    ]


def template_called(school: School, code: str) -> Template | None:
    """The shipped one with this code, or the school's own in use with this public id; None for neither. At most one query."""
    if code in SHIPPED:
        return SHIPPED[code]
    try:
        public_id = uuid.UUID(code)
    except ValueError:
        return None
    # Other spellings of the same id would be other addresses of one sheet.
    if str(public_id) != code:
        return None
    rows = MarksheetTemplate.objects.in_school(school).filter(public_id=public_id, is_in_use=True)
    row = rows.first()
    return _of_own(row) if row else None


def laid_out(school: School, code: str, at: AssessmentPoint, framework: EyfsFramework) -> Layout | None:
    """The sheet of the template with this code; None for an unknown one, and for one of which no judgement can be shown.

    Columns of kinds and areas that there are no more are left out, and of subjects that are out of the school's sight in the year.
    """
    template = template_called(school, code)
    if template is None:
        return None
    columns = template.without(subjects_out_of_sight(school, at.academic_year))
    return lay_out(template.code, template.name, read_columns(columns, framework).right, at)


def favourites_of(access: Access) -> set[str]:
    """The codes of the templates that this person keeps at hand."""
    rows = FavouriteTemplate.objects.in_school(access.school).filter(user=access.user)
    return set(rows.values_list("template", flat=True))


def version_of(row: Any) -> str:
    """What a marksheet holds, in short: another where its name, year groups or columns are. `row`: it, or an event of its history."""
    held = [row.name, [int(each) for each in row.year_groups], row.columns]
    return hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Newer:
    """What stands in place of the version that somebody opened: its own, who saved it, and when."""

    version: str
    who: str
    when: str


def newer_than(template: MarksheetTemplate, saw: str) -> Newer | None:
    """What stands there, unless it is the version that was seen. At most two queries."""
    events = list(
        MarksheetTemplate.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
            school=template.school, pgh_obj=template.pk
        ).order_by("-pgh_id")[:50]
    )
    standing = version_of(events[0])
    if standing == saw:
        return None
    # Putting it away and taking it up again left what it holds as it was: it came with the first of these.
    *_, saved = takewhile(lambda event: version_of(event) == standing, events)
    told: dict[str, Any] = saved.pgh_context or {}
    by = User.objects.filter(pk=told["user"]).first() if told.get("user") else None
    return Newer(standing, by.name if by else "the operator", told_moment(saved.pgh_created_at))


@dataclass(frozen=True)
class ClassOfYears:
    """A class whose pupils this person may see, with the year groups in it; `is_own`: this person teaches it."""

    public_id: uuid.UUID
    name: str
    year_groups: frozenset[YearGroup]
    is_own: bool


def classes_by_years(access: Access) -> list[ClassOfYears]:
    """The classes with pupils, own ones first, by their youngest. Two queries."""
    own = set(taught_by(access).values_list("public_id", flat=True))
    found: dict[tuple[uuid.UUID, str], set[YearGroup]] = {}
    rows = pupils_for(access).exclude(class_group=None).order_by()
    for public_id, name, year_group in rows.values_list(
        "class_group__public_id", "class_group__name", "year_group"
    ).distinct():
        found.setdefault((public_id, name), set()).add(YearGroup(year_group))
    classes = [
        ClassOfYears(public_id, name, frozenset(year_groups), public_id in own)
        for (public_id, name), year_groups in found.items()
    ]
    return sorted(classes, key=lambda each: (not each.is_own, min(each.year_groups), each.name))


@dataclass(frozen=True)
class Offered:
    """A template with the classes whose sheets it makes; `own`: those that this person teaches."""

    template: Template
    is_favourite: bool
    classes: tuple[ClassOfYears, ...]

    @property
    def own(self) -> tuple[ClassOfYears, ...]:
        """The classes that this person teaches."""
        return tuple(each for each in self.classes if each.is_own)


def offered_favourites(access: Access, framework: EyfsFramework) -> list[Offered]:
    """Those that this person keeps at hand, with their classes; for whoever keeps none it is one query."""
    if not favourites_of(access):
        return []
    return [each for each in offered(access, framework) if each.is_favourite and each.classes]


def offered(access: Access, framework: EyfsFramework) -> list[Offered]:
    """The templates for the classes that this person may see, or teaches, if any; favourites first. Four queries, however many there are."""
    classes = classes_by_years(access)
    own = [each for each in classes if each.is_own]
    favourites = favourites_of(access)
    year_groups = frozenset[YearGroup]().union(*(each.year_groups for each in own or classes))
    every = frozenset[YearGroup]().union(*(each.year_groups for each in classes))
    found = [
        Offered(
            template,
            template.code in favourites,
            tuple(each for each in classes if template.fits_any(each.year_groups)),
        )
        for template in templates_for(access, framework, every)
        if template.code in favourites or template.fits_any(year_groups)
    ]
    return sorted(found, key=lambda each: not each.is_favourite)


def by_purpose(shipped: Sequence[Offered]) -> list[tuple[Offered, ...]]:
    """The shipped ones, those of one purpose together, in their order."""
    return [tuple(together) for _, together in groupby(shipped, key=lambda each: each.template.purpose)]
