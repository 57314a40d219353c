"""The same children over time, and different children at the same age."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from assessment.engine.subjects import SUBJECTS, is_early_years
from assessment.queries.school_subjects import subjects_out_of_sight
from reports.charts import SCREEN, Bar, Chart, Segment, Series, line_chart, stacked_bars
from reports.documents.cohort_pupils import cohort_pupils, cohort_pupils_table
from reports.documents.cohorts import (
    CohortOverTime,
    CohortPoint,
    cohort_over_time,
)
from reports.documents.cohorts_table import cohort_table
from reports.documents.dashboard import term_title
from reports.documents.figure_pupils import SUBJECT_CODES
from reports.documents.same_age import SameAge, same_age_table, subjects_at
from reports.documents.same_age import same_age as compared
from reports.documents.tiles import subject_code, subject_name
from reports.forms.cohorts import CohortForm, CohortPupilsForm, SameAgeForm
from reports.queries.figures import COMBINED, GOOD_LEVEL_OF_DEVELOPMENT
from reports.queries.prime_areas import PRIME_BY_NUMBER
from reports.views.answers import figures_file, page_or_part, pupils_address
from schools.access import SchoolRequest, school_view
from schools.bands import in_words
from schools.calendar import EyfsFramework, TermName, YearGroup
from schools.models import SchoolYear
from schools.permissions import Permission


def _framework(request: SchoolRequest) -> EyfsFramework:
    access = request.access
    year = SchoolYear.objects.in_school(access.school).get(academic_year=access.academic_year)
    return EyfsFramework(year.eyfs_framework)


def _subjects(request: SchoolRequest, year_group: YearGroup, term: TermName) -> list[int]:
    """What the year group's pages are in."""
    framework = _framework(request) if is_early_years(year_group) else EyfsFramework.OF_2021
    access = request.access
    gone = subjects_out_of_sight(access.school, access.academic_year)
    numbers = {subject.number for subject in SUBJECTS if subject.code in gone}
    return [number for number in subjects_at(year_group, framework, term) if number not in numbers]


def _number(subject: str, offered: list[int]) -> int:
    """The subject's number; 404 for what the year group is not judged in."""
    number = SUBJECT_CODES.get(subject)
    if number not in offered:
        raise Http404
    return number


def _switches(
    request: SchoolRequest, year_group: YearGroup, subject: str, subjects: list[int]
) -> dict[str, object]:
    """The other subjects and year groups of the page."""
    school = request.access.school
    taught = range(school.lowest_year_group, min(school.highest_year_group, YearGroup.Y9) + 1)
    is_early = is_early_years(year_group)
    alike = [YearGroup(each) for each in taught if is_early_years(YearGroup(each)) == is_early]
    return {
        "year_group": year_group,
        "subject_code": subject,
        "subjects": [(subject_code(each), subject_name(each)) for each in subjects],
        "year_groups": alike if year_group in alike else [*alike, year_group],
        # Of the Good Level, which is of Summer alone, and of prime areas, which years are not compared in, the first area.
        "other_subject": subject_code(next(each for each in subjects if each > 0))
        if SUBJECT_CODES[subject] < COMBINED
        else subject,
    }


def _cohort(
    request: SchoolRequest, filters: CohortForm, year_group: YearGroup, subject: str
) -> tuple[CohortOverTime, list[int]]:
    scope = filters.scope()
    offered = [
        each for each in _subjects(request, year_group, scope.term) if each != GOOD_LEVEL_OF_DEVELOPMENT
    ]
    if is_early_years(year_group):
        offered = [*PRIME_BY_NUMBER, *offered]
    return cohort_over_time(request.access, scope, year_group, _number(subject, offered)), offered


@school_view(Permission.SEE_OWN_CLASSES)
def cohort(request: SchoolRequest, year_group: YearGroup, subject: str) -> HttpResponse:
    """The same children at the end of each year."""
    filters = CohortForm(request.GET.dict(), access=request.access, today=timezone.localdate())
    shown, offered = _cohort(request, filters, year_group, subject)
    chart = over_time_chart(shown)
    context = {
        "filters": filters,
        "shown": shown,
        "chart": chart,
        "svg": SafeString(chart.svg) if chart else "",
        "when": term_title(shown.scope),
        "there": reverse(
            "cohort_figure",
            args=[request.access.school.urn, request.access.academic_year, year_group, subject],
        ),
        "has_points": shown.subject > 0,
        "is_early": is_early_years(year_group),
        "query": urlencode(filters.chosen()),
        "other_query": urlencode(filters.chosen_of_other_years()),
        **_switches(request, year_group, subject, offered),
    }
    return page_or_part(request, "reports/cohorts/cohort.html", "reports/cohorts/_cohort.html", context)


@school_view(Permission.SEE_OWN_CLASSES)
def cohort_file(
    request: SchoolRequest, year_group: YearGroup, subject: str, file_format: str
) -> HttpResponse:
    """The page as a table."""
    filters = CohortForm(request.GET.dict(), access=request.access, today=timezone.localdate())
    shown, _ = _cohort(request, filters, year_group, subject)
    return figures_file(request, filters, cohort_table(shown), file_format)


def _cohort_pupils(
    request: SchoolRequest, year_group: YearGroup, subject: str
) -> tuple[CohortPupilsForm, CohortOverTime, CohortPoint]:
    filters = CohortPupilsForm(request.GET.dict(), access=request.access, today=timezone.localdate())
    shown, _ = _cohort(request, filters, year_group, subject)
    point = shown.point_at(filters.at_wanted) if filters.at_wanted else shown.points[-1]
    if point is None:
        raise Http404
    return filters, shown, point


@school_view(Permission.SEE_OWN_CLASSES)
def cohort_figure(request: SchoolRequest, year_group: YearGroup, subject: str) -> HttpResponse:
    """The pupils of one number of a cohort, by name."""
    filters, shown, point = _cohort_pupils(request, year_group, subject)
    part = filters.part_wanted
    context = {
        "filters": filters,
        "shown": shown,
        "point": point,
        "wanted": part,
        "found": cohort_pupils(request.access, shown, point, part),
        "subject_code": subject,
        "back_query": urlencode(filters.chosen()),
        "query": urlencode({**filters.chosen(), "at": point.code, "part": part.value}),
    }
    return page_or_part(request, "reports/cohorts/pupils.html", "reports/cohorts/_pupils.html", context)


@school_view(Permission.SEE_OWN_CLASSES)
def cohort_figure_file(
    request: SchoolRequest, year_group: YearGroup, subject: str, file_format: str
) -> HttpResponse:
    """The same list as a table."""
    filters, shown, point = _cohort_pupils(request, year_group, subject)
    found = cohort_pupils(request.access, shown, point, filters.part_wanted)
    title = f"{year_group.label} {shown.subject_name} pupils, {filters.part_wanted.label}, {point.label}"
    table = cohort_pupils_table(found, point, title)
    return figures_file(request, filters, table, file_format)


def _same_age(
    request: SchoolRequest, year_group: YearGroup, subject: str
) -> tuple[SameAgeForm, SameAge, list[int]]:
    filters = SameAgeForm(request.GET.dict(), access=request.access, today=timezone.localdate())
    offered = _subjects(request, year_group, filters.scope().term)
    has_level = year_group is YearGroup.R
    # In the other terms it is there to be told that there is none.
    number = _number(subject, [*offered, GOOD_LEVEL_OF_DEVELOPMENT] if has_level else offered)
    return filters, compared(request.access, filters.scope(), year_group, number, filters.chosen()), offered


@school_view(Permission.SEE_OWN_CLASSES)
def same_age(request: SchoolRequest, year_group: YearGroup, subject: str) -> HttpResponse:
    """Different children at the same age, year beside year."""
    filters, shown, offered = _same_age(request, year_group, subject)
    chart = _beside(shown)
    context = {
        "filters": filters,
        "shown": shown,
        "chart": chart,
        "svg": SafeString(chart.svg) if chart else "",
        "has_points": shown.subject > 0,
        "has_track": any(each.attainment.on_track is not None for each in shown.cohorts),
        "is_early": is_early_years(year_group),
        "query": urlencode(filters.chosen()),
        "other_query": urlencode(filters.chosen_of_other_years()),
        "cohorts": [(each, pupils_address(request, each.academic_year)) for each in shown.cohorts],
        **_switches(request, year_group, subject, offered),
    }
    return page_or_part(request, "reports/cohorts/same_age.html", "reports/cohorts/_same_age.html", context)


@school_view(Permission.SEE_OWN_CLASSES)
def same_age_file(
    request: SchoolRequest, year_group: YearGroup, subject: str, file_format: str
) -> HttpResponse:
    """The page as a table."""
    filters, shown, _ = _same_age(request, year_group, subject)
    return figures_file(request, filters, same_age_table(shown), file_format)


def over_time_chart(shown: CohortOverTime) -> Chart | None:
    """The share at or above of those who were judged at every point of the line."""
    if not shown.line:
        return None
    return line_chart(
        [_place_of(each, shown) for each in shown.line],
        Series("The same children", tuple(each.followed_share for each in shown.line)),
        identity="cohort",
        title=shown.title,
        axis=f"{in_words('At or above')}, in %",
        palette=SCREEN,
        width=520,
        is_whole=True,
        feet=_feet(shown.line) if is_early_years(shown.year_group) else (),
    )


# Six terms in full have room beside each other on a phone too; nursery entry to the end of Reception is nine.
_MOST_IN_FULL = 6


def _feet(line: Sequence[CohortPoint]) -> tuple[list[str], list[str]]:
    """In nursery and Reception, where each term is a point: the term, and below the first of a year its year group."""
    length = None if len(line) <= _MOST_IN_FULL else 3
    terms = ["Now" if each.is_now else each.at.term.label[:length] for each in line]
    years = [each.academic_year for each in line]
    begins = [place == 0 or years[place - 1] != year for place, year in enumerate(years)]
    return terms, [each.year_group.code if first else "" for each, first in zip(line, begins, strict=True)]


def _place_of(point: CohortPoint, shown: CohortOverTime) -> str:
    """Of this year the term, of earlier ones the year group; in nursery and Reception, where each term is a point, both."""
    if point.is_now:
        return "Now"
    if is_early_years(shown.year_group):
        return f"{point.year_group.code} {point.at.term.label}"
    return point.at.term.label if point.academic_year == shown.scope.academic_year else point.year_group.label


_WORDS = {"below": "Below", "at": "At", "above": "Above"}


def _beside(shown: SameAge) -> Chart | None:
    """A bar a year, each as long as the others."""
    tiles = [(each.label, each.attainment) for each in shown.cohorts]
    if not any(tile.counted for _, tile in tiles):
        return None
    bars = [
        Bar(
            label,
            tuple(
                Segment(kind, part.count or 0, str(part.count))
                for kind, part in zip(_WORDS, tile.parts, strict=True)
            )
            if tile.counted
            else (),
            figure="" if tile.headline is None else f"{tile.headline}%",
            note="nobody judged",
        )
        for label, tile in tiles
    ]
    return stacked_bars(
        bars,
        identity="same-age",
        title=shown.title,
        words={kind: in_words(word) for kind, word in _WORDS.items()},
        axis=in_words("at or above"),
        palette=SCREEN,
        width=560,
    )
