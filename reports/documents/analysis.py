"""The tidy table of an analysis: a line for each year group, subject and group; for files, not for governors."""

from __future__ import annotations

from assessment.engine.subjects import BY_NUMBER
from reports.documents.tables import Table, Value
from reports.measures import average
from reports.queries.figures import COMBINED, GOOD_LEVEL_OF_DEVELOPMENT, Figure, figures
from reports.queries.groups import group_names
from reports.queries.scope import Scope
from schools.calendar import YearGroup

HEADINGS = (
    "school_urn",
    "academic_year",
    "term",
    "measure",
    "year_group",
    "subject",
    "group",
    "pupils",
    "assessed",
    "below",
    "at",
    "above",
    "average_points",
    "progress_measured",
    "progress_below",
    "progress_expected",
    "progress_above",
    "average_steps",
)
# The last column of a snapshot's table, and of no other.
OF_SNAPSHOT = "snapshot"
_OVER_SUBJECTS = {COMBINED: "Combined", GOOD_LEVEL_OF_DEVELOPMENT: "Good level of development"}
_SUBJECTS = {number: subject.full_name for number, subject in BY_NUMBER.items()} | _OVER_SUBJECTS
# As numbered; what is over several subjects comes after them.
_PLACES = {subject: place for place, subject in enumerate([*BY_NUMBER, *_OVER_SUBJECTS])}
_CODES = {year_group.value: year_group.code for year_group in YearGroup}


def analysis(scope: Scope) -> Table:
    """Every figure of the scope, by school (URN), year group, subject and group; the schools have to be open.

    Nothing is suppressed and everything is counted: it is the school's own file. Of a snapshot its number stands in the title and in each line.
    Raises ValueError for a viewer from whom small numbers are to be hidden.
    """
    if scope.small_count:
        raise ValueError("The analysis is the school's own file: its small numbers are not hidden.")
    found = figures(scope)
    names = group_names({figure.group for figure in found}, scope.snapshot)
    groups = {group: place for place, group in enumerate(names)}
    urns = {school.pk: school.urn for school in scope.schools}
    found.sort(
        key=lambda each: (urns[each.school_id], each.year_group, _PLACES[each.subject], groups[each.group])
    )
    when = (scope.academic_year.label, scope.term.label.lower(), scope.measure.value)
    title = f"Analysis {scope.academic_year.slug} {scope.term.label}"
    numbered = (scope.snapshot.number,) if scope.snapshot else ()
    return Table(
        # A sheet's name is cut off at its end.
        title=f"Snapshot {numbered[0]}, {title}" if numbered else title,
        headings=(*HEADINGS, OF_SNAPSHOT) if numbered else HEADINGS,
        rows=[
            (
                urns[each.school_id],
                *when,
                _CODES[each.year_group],
                _SUBJECTS[each.subject],
                names[each.group],
                *_counts(each),
                *numbered,
            )
            for each in found
        ],
    )


def _counts(each: Figure) -> tuple[Value, ...]:
    attainment = (each.pupils, each.assessed, each.below, each.at, each.above)
    if each.subject in _OVER_SUBJECTS:
        return (*attainment, None, None, None, None, None, None)
    compared: tuple[Value, ...] = (each.progress_below, each.progress_expected, each.progress_above)
    if each.year_group <= YearGroup.R:
        compared = (None, None, None)
    return (
        *attainment,
        average(each.points, each.assessed),
        each.measured,
        *compared,
        average(each.steps, each.measured),
    )
