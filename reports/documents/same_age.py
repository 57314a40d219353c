"""Year groups compared: different children at the same age, this year's beside those of the years before, at the same term.

Each year's figures are that year's own: who was on roll then, in the groups of that year's record. So they are those of that year's dashboard.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from assessment.engine.expectations import FIRST_YEAR_GROUP, LAST_YEAR_GROUP
from assessment.engine.subjects import EYFS_AREAS, SUBJECTS, is_early_years
from reports.documents.dashboard import measure_name, tile_values
from reports.documents.shown_figures import whole
from reports.documents.tables import Table
from reports.documents.tiles import Tile, attainment_tile, progress_tile, subject_name
from reports.queries.figures import COMBINED, GOOD_LEVEL_OF_DEVELOPMENT, figures
from reports.queries.scope import Scope
from schools.access import Access
from schools.calendar import AcademicYear, EyfsFramework, TermName, YearGroup


@dataclass(frozen=True)
class AgeCohort:
    """One year's children of the year group. `progress` is None where none is measured."""

    academic_year: AcademicYear
    is_chosen: bool
    attainment: Tile
    progress: Tile | None

    @property
    def label(self) -> str:
        return self.academic_year.label


@dataclass(frozen=True)
class SameAge:
    """The whole page: the latest year first. `without` are years held of which there is nobody, or nothing in this subject."""

    scope: Scope
    year_group: YearGroup
    subject: int
    cohorts: tuple[AgeCohort, ...]
    without: tuple[AcademicYear, ...]

    @property
    def subject_name(self) -> str:
        return subject_name(self.subject)

    @property
    def title(self) -> str:
        return f"{self.year_group.label} {self.subject_name}: year groups compared"

    @property
    def measure(self) -> str:
        return measure_name(self.scope)

    @property
    def has_progress(self) -> bool:
        return any(each.progress for each in self.cohorts)


def subjects_at(year_group: YearGroup, framework: EyfsFramework, term: TermName) -> list[int]:
    """What a year group is compared in: subjects and combined in Years 1 to 9; before, areas, and in Summer of Reception the Good Level of
    Development first. Empty above, where nothing is expected.
    """
    if is_early_years(year_group):
        areas = [area.number for area in EYFS_AREAS[framework]]
        has_level = year_group is YearGroup.R and term is TermName.SUMMER
        return [GOOD_LEVEL_OF_DEVELOPMENT, *areas] if has_level else areas
    if FIRST_YEAR_GROUP <= year_group <= LAST_YEAR_GROUP:
        return [*(subject.number for subject in SUBJECTS), COMBINED]
    return []


def same_age(
    access: Access, scope: Scope, year_group: YearGroup, subject: int, chosen: dict[str, str]
) -> SameAge:
    """One query for each year that the school holds up to the scope's, however many pupils. A class is of one year: it narrows nothing here."""
    found, without = [], []
    for year in sorted((each for each in access.opened_years if each <= scope.academic_year), reverse=True):
        narrowed = replace(scope.filters, year_group=year_group, class_id=None, phase=None)
        of_year = replace(scope, academic_year=year, filters=narrowed, snapshot=None)
        figure = next((each for each in figures(of_year, by_group=False) if each.subject == subject), None)
        if figure is None:
            without.append(year)
            continue
        shown = whole(figure)
        found.append(
            AgeCohort(
                academic_year=year,
                is_chosen=year == scope.academic_year,
                attainment=attainment_tile(shown, chosen),
                progress=progress_tile(shown, chosen),
            )
        )
    return SameAge(scope, year_group, subject, tuple(found), tuple(without))


_HEADINGS = (
    "Year",
    "On roll",
    "Judged",
    "Not judged",
    "Below",
    "At",
    "Above",
    "At or above (%)",
    "Average points",
    "On track for the end of the key stage",
    "Progress measured",
    "Progress not measured",
    "Less than expected",
    "Expected",
    "More than expected",
    "Expected or more (%)",
    "Average steps",
)


def same_age_table(shown: SameAge) -> Table:
    """A line a year."""
    rows = [
        [
            each.label,
            *tile_values(each.attainment)[2:],
            each.attainment.on_track,
            *(tile_values(each.progress)[3:] if each.progress else [None] * 7),
        ]
        for each in shown.cohorts
    ]
    return Table(f"{shown.title}, {shown.scope.term.label}", _HEADINGS, rows)
