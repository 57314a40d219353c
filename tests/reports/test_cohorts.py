"""Progress from a chosen point, several year groups together, on track, the same children over time and other children at the same age.

Against numbers worked out by hand: tests/reports/counted_school.py says who is who.
"""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm, Phase
from assessment.engine.subjects import EYFS_AREAS, MATHEMATICS
from assessment.models import Judgement
from reports.documents.cohort_pupils import cohort_pupils
from reports.documents.cohorts import CohortOverTime, CohortPart, cohort_over_time
from reports.documents.dashboard import Dashboard, dashboard
from reports.documents.same_age import same_age
from reports.documents.totals import TotalRow
from reports.documents.why_missing import in_words, whys
from reports.queries.figures import COMBINED, Figure, figures
from reports.queries.groups import BY_SLUG
from reports.queries.scope import EVERYBODY, Filters, Measure, Scope
from schools.access import Access
from schools.calendar import AcademicYear, EyfsFramework, TermName, YearGroup
from schools.models import Pupil, PupilYear, Role, School, SenStatus
from schools.row_security import visible_to
from tests.conftest import member, signed_in
from tests.factories import judged, on_roll
from tests.reports.counted_school import LAST_YEAR, YEAR, counted

__all__ = ["counted"]
pytestmark = pytest.mark.django_db
AUTUMN, SPRING, SUMMER = TermName
LAST_SUMMER = AssessmentPoint(LAST_YEAR, AssessmentTerm.SUMMER)
MATHS = MATHEMATICS.number
SEN_SUPPORT = BY_SLUG["sen-support"].key


def access_of(school: School, role: Role = Role.HEAD) -> Access:
    return Access(member(school, role), school, (role,), YEAR, (LAST_YEAR, YEAR), (school,))


def scope_of(school: School, term: TermName = SUMMER, **more: object) -> Scope:
    return Scope(schools=(school,), academic_year=YEAR, term=term, **more)  # type: ignore[arg-type]


def figure(scope: Scope, year_group: int = 4, subject: int = MATHS) -> Figure:
    (found,) = (
        each
        for each in figures(scope, by_group=False)
        if (each.year_group, each.subject) == (year_group, subject)
    )
    return found


# From a chosen point


def progress_since(school: School, term: TermName, year: int, since: AssessmentTerm) -> tuple[int, ...]:
    """Measured; less, expected, more; steps."""
    scope = scope_of(school, term, measure=Measure.FROM_TO, since=AssessmentPoint(year, since))
    found = figure(scope)
    return (
        found.measured,
        found.progress_below,
        found.progress_expected,
        found.progress_above,
        found.steps,
    )


def test_progress_from_a_chosen_point(counted: School) -> None:
    # Against 7: Ann 7, Bob 7 (his Mastery is of the year's measure alone), Cat 4 (her Baseline is not asked for), Eve 6, Ida 7; Dev and Hal have
    # no start, which is not 0; Fin and Gus are not on roll.
    assert progress_since(counted, SUMMER, LAST_YEAR, AssessmentTerm.SUMMER) == (5, 2, 3, 0, 31)
    # Against 4: Ann 4, Bob 7, Cat 2, Eve 5, Hal 5, Ida 4.
    assert progress_since(counted, SUMMER, YEAR, AssessmentTerm.AUTUMN) == (6, 1, 2, 3, 27)
    # From the Baseline Cat alone: 6 against 7.
    assert progress_since(counted, SUMMER, YEAR, AssessmentTerm.BASELINE) == (1, 1, 0, 0, 6)
    # In Autumn Fin, who left that day, is on roll: against 3 Ann 3, Bob 0, Cat 2, Eve 1, Fin 4, Ida 3.
    assert progress_since(counted, AUTUMN, LAST_YEAR, AssessmentTerm.SUMMER) == (6, 3, 2, 1, 13)
    # A judgement is never its own start, nor is a later one.
    assert progress_since(counted, SUMMER, YEAR, AssessmentTerm.SUMMER)[0] == 0
    assert progress_since(counted, AUTUMN, YEAR, AssessmentTerm.SUMMER)[0] == 0
    # Spring was judged, and that is all: who has nothing but Spring and no end has no measure.
    assert progress_since(counted, AUTUMN, YEAR, AssessmentTerm.SPRING)[0] == 0
    # The change since the term before is the same by every measure.
    since = figure(
        scope_of(counted, measure=Measure.FROM_TO, since=AssessmentPoint(2023, AssessmentTerm.SUMMER))
    )
    assert since[15:] == figure(scope_of(counted))[15:]


def test_a_scope_says_from_where_exactly_when_it_is_asked() -> None:
    for measure, since in ((Measure.FROM_TO, None), (Measure.YEAR, LAST_SUMMER)):
        with pytest.raises(ValueError, match="chosen point"):
            Scope(schools=(), academic_year=YEAR, term=SUMMER, measure=measure, since=since)


def test_areas_have_steps_alone_from_a_chosen_point(counted: School) -> None:
    area = EYFS_AREAS[EyfsFramework.OF_2021][0]
    child = on_roll(counted, YEAR, year_group=YearGroup.R).pupil
    judged(child, YEAR, AssessmentTerm.AUTUMN, 14, subject=area)
    judged(child, YEAR, AssessmentTerm.SUMMER, 21, subject=area)
    found = figure(
        scope_of(counted, measure=Measure.FROM_TO, since=AssessmentPoint(YEAR, AssessmentTerm.AUTUMN)),
        0,
        area.number,
    )
    assert (found.measured, found.steps, found.progress_expected, found.progress_above) == (1, 7, 0, 0)


# On track


def test_who_is_on_track_for_the_end_of_the_key_stage(counted: School) -> None:
    # Year 6 expects 61 and more in Summer, and 14 more steps come: from 47 on. Ann 47, Bob 51, Dev 49, Ida 48; not Cat 44, Eve 45, Hal 46.
    assert (figure(scope_of(counted)).assessed, figure(scope_of(counted)).on_track) == (7, 4)
    # Three years of 7: Jon's 41, by his record in Year 3, leads to 62.
    assert figure(scope_of(counted), 3).on_track == 1
    # In all three: Ann and Bob, not Cat, who was judged in all too.
    combined = figure(scope_of(counted), 4, COMBINED)
    assert (combined.assessed, combined.on_track) == (3, 2)


# Several year groups together


def page(
    school: School, term: TermName, *, role: Role = Role.HEAD, filters: Filters = EVERYBODY
) -> Dashboard:
    scope = scope_of(school, term, filters=filters, viewer=access_of(school, role))
    return dashboard(scope, {"term": term.label.lower()}, tells_why=True)


def test_all_year_groups_together(counted: School) -> None:
    school = School.objects.get(pk=counted.pk)
    school.lowest_year_group, school.highest_year_group = YearGroup.R, YearGroup.Y4
    two = on_roll(counted, YEAR, year_group=YearGroup.Y2).pupil
    judged(two, YEAR, AssessmentTerm.SUMMER, 36)
    on_roll(counted, YEAR, year_group=YearGroup.R)
    all_together, lower = page(school, SUMMER).totals
    assert (all_together.label, all_together.note, all_together.pupils) == (
        "Year 2 to Year 4",
        "all together",
        9,
    )
    # Year 4: 3, 3, 1 of 7; Jon at; the child of Year 2 above (33 to 35): 6 of 9 are 67 %.
    assert told(all_together) == (9, 9, [3, 4, 2], 67)
    # Points of three year groups have no average; steps have: 36 of six, Jon's 5, none of Year 2.
    tile, progress = all_together.attainment[2], all_together.progress[2]
    assert tile.average is None
    assert [part.count for part in progress.parts] == [3, 2, 2]
    assert (progress.average, progress.left_out) == (Decimal("5.9"), 2)
    # On track: Ann, Bob, Dev, Ida, Jon; 36 is in Year 2, which ends its key stage.
    assert (tile.on_track, tile.off_track) == (6, 3)
    # The same in both terms: Ann, Bob, Dev, Hal, Ida and Jon, five of them at or above then as now.
    assert tile.change is not None
    assert (tile.change.points, tile.change.matched) == (0, 6)
    assert (lower.label, lower.note, told(lower)) == ("LKS2", "Year 3 to Year 4", (8, 8, [3, 4, 1], 63))
    assert "phase=lks2" in lower.query
    assert "year_group" not in all_together.query
    # Narrowed to the phase it says the same, and needs no line for it.
    (narrowed,) = page(school, SUMMER, filters=Filters(phase=Phase.LKS2)).totals[:1]
    assert told(narrowed) == told(lower)
    # Why they are not judged: in Spring nothing was entered of Cat and of the child of Year 2, and Eve was absent.
    spring = page(school, SPRING)
    assert in_words(whys(spring.totals[0].attainment[2], spring.reasons)) == "1 absent, 2 not entered"
    assert in_words(whys(spring.totals[0].attainment[4], spring.reasons)) == ""
    # Those who see no names are told nothing of several year groups.
    assert page(school, SUMMER, role=Role.GOVERNOR).totals == ()
    # Above Year 9 nothing is expected: no line of all, whose list would hold them.
    on_roll(counted, YEAR, year_group=YearGroup.Y10)
    assert [row.label for row in page(school, SUMMER).totals] == ["LKS2"]


def told(row: TotalRow) -> tuple[object, ...]:
    """Mathematics: on roll, judged, the parts, the share."""
    tile = row.attainment[2]
    return tile.pupils, tile.counted, [part.count for part in tile.parts], tile.headline


# The same children


def over_time(school: School, term: TermName = SUMMER, *, filters: Filters = EVERYBODY) -> CohortOverTime:
    access = access_of(school)
    return cohort_over_time(
        access, scope_of(school, term, filters=filters, viewer=access), YearGroup.Y4, MATHS
    )


def counts(shown: CohortOverTime, place: int) -> tuple[int, ...]:
    """Matched; below, at, above; of them at or above now."""
    found = shown.points[place].counts
    return tuple(found[part] for part in ("matched", "below", "at", "above", "now_at_or_above"))


def test_the_same_children_over_time(counted: School) -> None:
    Pupil.objects.filter(forename="Eve").update(upn="")
    shown = over_time(counted)
    assert shown.pupils == 7
    assert [point.label for point in shown.points] == [
        "Summer 2024/25",
        "Autumn 2025/26",
        "Spring 2025/26",
        "Summer 2025/26",
    ]
    # As Year 3 (40 to 42): Ann, Cat and Ida at, Bob above, Eve below. Now Ann, Bob and Ida. Dev and Hal were not judged then.
    assert counts(shown, 0) == (5, 1, 3, 1, 3)
    last_year = shown.points[0]
    assert (last_year.share, last_year.share_now, last_year.change) == (80, 60, "\N{MINUS SIGN}20")
    assert (last_year.points, last_year.year_group) == (Decimal("40.8"), YearGroup.Y3)
    # Everybody then: without Dev, with Fin and Gus, who left. Jon was in Year 2.
    assert last_year.everybody is not None
    everybody = last_year.everybody
    assert (everybody.pupils, everybody.judged, everybody.below, everybody.at, everybody.above) == (
        8,
        7,
        1,
        5,
        1,
    )
    assert everybody.percentage == 86
    assert (last_year.counts["came"], last_year.counts["left"]) == (1, 2)
    # Autumn: Ann, Bob, Ida at; Cat, Eve, Hal below. Progress of those still here: 3, 0, 4, 1 and 3 against 3.
    assert counts(shown, 1) == (6, 3, 3, 0, 3)
    progress = [
        shown.points[1].counts[part]
        for part in ("measured", *(f"progress_{each}" for each in ("below", "expected", "above")))
    ]
    assert progress == [5, 2, 2, 1]
    assert (shown.points[1].steps, shown.points[1].progress_share) == (Decimal("2.2"), 60)
    # Spring: Ann, Bob, Dev, Hal, Ida. Now: all seven, and no change.
    assert counts(shown, 2) == (5, 1, 3, 1, 4)
    assert counts(shown, 3) == (7, 3, 3, 1, 4)
    assert (shown.judged, shown.points[3].change) == (7, "")


def test_the_line_is_of_the_same_children_at_every_point(counted: School) -> None:
    # Judged at all four points: Ann, Bob and Ida, at or above throughout. Cat and Eve are not in Spring, Dev and Hal not last year; the
    # shares of those judged then and now go 80, 50, 80, 57, though none of the five below ever moved.
    shown = over_time(counted)
    assert [(point.label, point.followed_share) for point in shown.line] == [
        ("Summer 2024/25", 100),
        ("Autumn 2025/26", 100),
        ("Spring 2025/26", 100),
        ("Summer 2025/26", 100),
    ]
    assert shown.followed == 3
    page = text(signed_in(member(counted, Role.HEAD)), at(counted, "cohorts/4/mathematics/?term=summer"))
    assert "of 7 children who were judged at every one of its points. At or above" in page
    assert "&part=followed" in page
    assert "100%</text>" in page.replace(" ", "")
    assert "0%</text>" in page.replace(" ", "")
    # Without Dev's and Hal's, three of the seven judged now were judged in Spring: less than half, and no point of the line any more.
    Judgement.objects.filter(
        pupil__forename__in=["Dev", "Hal"], academic_year=YEAR, term=AssessmentTerm.SPRING
    ).delete()
    shown = over_time(counted)
    # Ann, Bob, Cat, Eve and Ida: Eve below, then Cat too, then both still.
    assert [(point.label, point.followed_share) for point in shown.line] == [
        ("Summer 2024/25", 80),
        ("Autumn 2025/26", 60),
        ("Summer 2025/26", 60),
    ]
    # One point is no line.
    Judgement.objects.exclude(academic_year=YEAR, term=AssessmentTerm.SUMMER).delete()
    assert over_time(counted).line == ()


def test_who_repeated_the_year_is_told_in_its_line(counted: School) -> None:
    """Eve, in Year 4 for the second time, was judged 39 last Summer, in the Year 4 of that year."""
    PupilYear.objects.filter(pupil__forename="Eve", academic_year=LAST_YEAR).update(year_group=YearGroup.Y4)
    shown = over_time(counted)
    assert [len(point.parts[CohortPart.OTHER_GROUP]) for point in shown.points] == [1, 0, 0, 0]
    assert names(counted, shown, 0, CohortPart.OTHER_GROUP) == names(counted, shown, 0, CohortPart.BELOW)
    page = text(signed_in(member(counted, Role.HEAD)), at(counted, "cohorts/4/mathematics/?term=summer"))
    assert ">1</a> in another year group then" in page


def names(school: School, shown: CohortOverTime, place: int, part: CohortPart) -> list[str]:
    return [
        each.name.split()[0] for each in cohort_pupils(access_of(school), shown, shown.points[place], part)
    ]


def test_each_number_of_a_cohort_is_its_pupils(counted: School) -> None:
    shown = over_time(counted)
    forenames = dict(Pupil.objects.values_list("pk", "forename"))

    def who(place: int, part: CohortPart) -> list[str]:
        return sorted(forenames[pupil] for pupil in shown.points[place].parts[part])

    assert who(0, CohortPart.BELOW) == ["Eve"]
    assert who(0, CohortPart.CAME) == ["Dev"]
    assert who(0, CohortPart.LEFT) == ["Fin", "Gus"]
    assert who(1, CohortPart.MORE) == ["Cat"]
    for place, point in enumerate(shown.points):
        for part, pupils in point.parts.items():
            assert len(names(counted, shown, place, part)) == len(pupils), (point.label, part)
    (fin, _) = cohort_pupils(access_of(counted), shown, shown.points[0], CohortPart.LEFT)
    # Who left is found in the year that is told of.
    assert fin.year == LAST_YEAR
    assert fin.now is None


def test_a_group_is_of_today_and_of_the_same_children(counted: School) -> None:
    """Ann has SEN support now and had none last year: followed back she is the same child, compared by age she is not of last year's group."""
    PupilYear.objects.filter(pupil__forename="Ann", academic_year=LAST_YEAR).update(sen_status=SenStatus.NONE)
    narrowed = Filters(group=SEN_SUPPORT)
    shown = over_time(counted, filters=narrowed)
    assert counts(shown, 0) == (1, 0, 1, 0, 1)
    assert shown.points[0].everybody is None
    access = access_of(counted)
    scope = scope_of(counted, filters=narrowed, viewer=access)
    assert same_age(access, scope, YearGroup.Y3, MATHS, {}).cohorts == ()
    PupilYear.objects.filter(pupil__forename="Ann", academic_year=LAST_YEAR).update(
        sen_status=SenStatus.SUPPORT
    )
    (last_year,) = same_age(access, scope, YearGroup.Y3, MATHS, {}).cohorts
    assert (last_year.academic_year, last_year.attainment.pupils) == (LAST_YEAR, 1)


def test_combined_over_time_counts_who_was_judged_in_all(counted: School) -> None:
    access = access_of(counted)
    shown = cohort_over_time(access, scope_of(counted, viewer=access), YearGroup.Y4, COMBINED)
    assert counts(shown, -1) == (3, 1, 1, 1, 2)
    assert shown.pupils == 7
    assert not shown.has_progress


# Other children


def test_year_groups_compared(counted: School) -> None:
    access = access_of(counted)
    shown = same_age(access, scope_of(counted, viewer=access), YearGroup.Y3, MATHS, {"term": "summer"})
    this_year, last_year = shown.cohorts
    assert [part.count for part in this_year.attainment.parts] == [0, 1, 0]
    # Last year's: Eve below, Bob above, five at; Hal has nothing.
    assert [part.count for part in last_year.attainment.parts] == [1, 5, 1]
    assert (last_year.attainment.pupils, last_year.attainment.left_out) == (8, 1)
    assert (this_year.attainment.on_track, last_year.attainment.on_track) == (1, 6)
    assert same_age(access, scope_of(counted, viewer=access), YearGroup.Y4, MATHS, {}).without == (LAST_YEAR,)


def test_as_many_queries_for_more_pupils(counted: School, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    access = access_of(counted)
    scope = scope_of(counted, viewer=access)
    for _ in range(2):
        with django_assert_num_queries(5):
            cohort_over_time(access, scope, YearGroup.Y4, MATHS)
        with django_assert_num_queries(2):
            same_age(access, scope, YearGroup.Y4, MATHS, {})
        for _ in range(5):
            judged(on_roll(counted, YEAR, year_group=YearGroup.Y4).pupil, YEAR, AssessmentTerm.SUMMER, 48)


# As people ask for them


def at(school: School, path: str, year: AcademicYear = YEAR) -> str:
    return f"/schools/{school.urn}/{year.slug}/dashboard/{path}"


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return unescape(re.sub(r"\s+", " ", response.content.decode()))


WRONG = "This link asks for something that is not here or not yours."


def test_the_pages_and_their_files(counted: School) -> None:
    head = signed_in(member(counted, Role.HEAD))
    shown = text(head, at(counted, "?term=summer&since=2024-summer"))
    assert "Progress from Summer 2024/25 to Summer 2025/26" in shown
    assert (
        "measure=since-2024-summer&year_group=4&subject=mathematics&part=progress_expected"
        in shown.replace("&amp;", "&")
    )
    assert WRONG not in shown
    assert WRONG in text(head, at(counted, "?since=2019-summer"))
    assert "Steps since Summer 2024/25" in text(
        head, at(counted, "year-groups/4/mathematics/?term=summer&since=2024-summer")
    )
    for address in (
        "cohorts/4/mathematics/",
        "same-age/4/mathematics/",
        "cohorts/4/combined/",
        "same-age/4/combined/",
    ):
        assert WRONG not in text(head, at(counted, f"{address}?term=summer&group=girls"))
    cohort, other = (
        text(head, at(counted, "cohorts/4/mathematics/?term=summer")),
        text(head, at(counted, "same-age/3/mathematics/?term=summer")),
    )
    assert "<b>The same children</b>" in cohort
    assert "1</a> came into the year group" in cohort
    assert "<b>Different children</b>" in other
    # A past year's figures lead to that year's pupils.
    assert (
        f"/{LAST_YEAR.slug}/dashboard/pupils/?term=summer&year_group=3&subject=mathematics&part=at" in other
    )
    lines = list(
        csv.reader(
            io.StringIO(
                head.get(at(counted, "cohorts/4/mathematics/points.csv?term=summer")).content.decode()
            )
        )
    )
    assert lines[1][:6] == ["Summer 2024/25", "Year 3", "5", "1", "3", "1"]
    lines = list(
        csv.reader(
            io.StringIO(
                head.get(at(counted, "same-age/3/mathematics/years.csv?term=summer")).content.decode()
            )
        )
    )
    assert lines[2][:7] == ["2024/25", "8", "7", "1", "1", "5", "1"]
    left = at(counted, "cohorts/4/mathematics/pupils.csv?term=summer&at=2024-summer&part=left")
    assert [line[0].split(", ")[-1] for line in csv.reader(io.StringIO(head.get(left).content.decode()))][1:]
    for nothing in (
        "cohorts/4/latin/",
        "cohorts/4/e10/",
        "cohorts/R/mathematics/",
        "cohorts/10/reading/",
        "cohorts/4/reading/pupils/?at=1999-summer",
    ):
        assert head.get(at(counted, nothing)).status_code == 404, nothing


def test_reception_over_the_years(counted: School) -> None:
    head = signed_in(member(counted, Role.HEAD))
    child = on_roll(counted, YEAR, year_group=YearGroup.R).pupil
    for area in EYFS_AREAS[EyfsFramework.OF_2021]:
        judged(child, YEAR, AssessmentTerm.SUMMER, 21, subject=area)
    page = text(head, at(counted, "year-groups/R/?term=summer"))
    there = re.findall(r'href="([^"]*(?:cohorts|same-age)/R/[^"]*)"', page)
    assert len(there) == 2
    for link in there:
        shown = text(head, link)
        assert "Nobody is judged" not in shown
        for other in re.findall(r'href="([^"]*(?:cohorts|same-age)/[^"]*/\?[^"]*)"', shown):
            assert WRONG not in text(head, other)
    # Before Summer there is no Good Level.
    assert "Nobody is judged" in text(head, at(counted, "same-age/R/gld/?term=spring"))


def test_another_year_keeps_the_page_and_its_term(counted: School) -> None:
    head = signed_in(member(counted, Role.HEAD))
    for path in (
        "?term=autumn&view=table",
        "same-age/4/mathematics/?term=autumn",
        "year-groups/4/?term=autumn",
    ):
        there = at(counted, path, LAST_YEAR)
        assert f'href="{there}"' in text(head, at(counted, path))
    # Who was on roll then, in last year's Year 3; Fin and Gus have left since.
    assert "8 pupils" in text(head, at(counted, "?term=summer", LAST_YEAR))


def test_who_sees_years_compared(counted: School) -> None:
    teacher, governor = (signed_in(member(counted, role)) for role in (Role.TEACHER, Role.GOVERNOR))
    for path in (
        "cohorts/4/mathematics/",
        "same-age/4/mathematics/",
        "cohorts/4/mathematics/pupils/?at=2025-summer",
    ):
        assert governor.get(at(counted, path)).status_code == 403
        assert "Ann" not in text(teacher, at(counted, f"{path}{'&' if '?' in path else '?'}term=summer"))
    assert WRONG in text(governor, at(counted, "?since=2024-summer"))
    assert WRONG in text(governor, at(counted, "?phase=ks1"))
    assert "all together" not in text(governor, at(counted, "?view=table"))
    with visible_to(counted):
        assert Judgement.objects.exists()
