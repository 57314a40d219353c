"""The page of groups against numbers worked out by hand: tests/reports/counted_school.py says who is who."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import re
from dataclasses import replace
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import COMBINED_SUBJECTS, EYFS_AREAS, READING, WRITING
from assessment.queries.snapshots import snapshot_numbered
from assessment.services.snapshots import freeze
from reports.documents.analysis import analysis
from reports.documents.governor_groups import Comparison
from reports.documents.governor_release import pack_to_give_out
from reports.documents.governor_report import governor_report
from reports.documents.group_lines import GroupPair
from reports.documents.group_report import GroupReport, group_report
from reports.queries.figure_pupils import standings
from reports.queries.figures import GOOD_LEVEL_OF_DEVELOPMENT
from reports.queries.group_members import group_members
from reports.queries.groups import BY_SLUG, STANDARD, outside_of, own_groups
from reports.queries.scope import Filters, Measure, Scope
from schools.access import Access
from schools.calendar import EyfsFramework, TermName, YearGroup
from schools.models import CustomGroup, Enrolment, Pupil, PupilYear, Role, School, SenStatus
from schools.row_security import visible_to
from schools.services.groups import make_group, set_pupils
from tests.conftest import member, signed_in
from tests.factories import EnrolmentFactory, judged, on_roll
from tests.reports.counted_school import LAST_YEAR, YEAR, counted

__all__ = ["counted"]
pytestmark = pytest.mark.django_db
AUTUMN, SPRING, SUMMER = TermName
MATHEMATICS = 3
OF_YEAR_4 = Filters(year_group=YearGroup.Y4)


def access_of(school: School, *roles: Role) -> Access:
    return Access(member(school, *roles), school, roles, YEAR, (YEAR,), (school,))


def report(
    access: Access,
    term: TermName,
    *,
    subject: int = MATHEMATICS,
    filters: Filters = OF_YEAR_4,
    measure: Measure = Measure.YEAR,
    crossed: tuple[str, str] | None = None,
) -> GroupReport:
    scope = Scope(
        schools=(access.school,),
        academic_year=YEAR,
        term=term,
        measure=measure,
        filters=filters,
        viewer=access,
    )
    groups = (BY_SLUG[crossed[0]], BY_SLUG[crossed[1]]) if crossed else None
    return group_report(access, scope, subject, own_groups(access), groups, {"term": term.label.lower()})


def pair(found: GroupReport, name: str) -> GroupPair:
    (only,) = (each for each in found.pairs if each.group.name == name)
    return only


def pupil(forename: str) -> Pupil:
    return Pupil.objects.get(forename=forename)


def own(school: School, name: str, *forenames: str) -> CustomGroup:
    group = make_group(school=school, academic_year=YEAR, name=name, by=None)
    set_pupils(group=group, pupil_ids=[pupil(each).pk for each in forenames], by=None)
    return group


def test_a_group_beside_its_comparator_with_the_gap_in_pupils(counted: School) -> None:
    # Summer: pupil premium Ann at (47), Cat below (44). Not: Bob above, Dev at, Hal below, Ida at. Eve's is not known; Fin and Gus left.
    found = report(access_of(counted, Role.HEAD), SUMMER)
    premium = pair(found, "Pupil premium")
    assert (premium.group.tally.pupils, premium.comparator.tally.pupils) == (2, 4)
    assert (premium.group.share, premium.comparator.share) == (50, 75)
    assert (premium.gap_text, premium.to_close) == ("\N{MINUS SIGN}25", 1)
    assert premium.closing == "1 more pupil would close it"
    # Progress: Ann 7 of 7, Cat 6 of 7; Bob more by Mastery, Dev 3 of 2, Ida 7 of 7, Hal without a start.
    assert (premium.group.progress_share, premium.comparator.progress_share) == (50, 100)
    assert (premium.progress_gap, premium.progress_to_close) == (-50, 1)
    assert (premium.group.average_points, premium.comparator.average_points) == (45.5, 48.5)
    assert premium.comparator.tally.measured == 3
    assert premium.group.is_few
    # Girls: Ann and Ida at, Cat and Eve below: 50; boys: Bob, Dev at or above, Hal below: 66.67. The gap is -16.67, not 50 - 67.
    girls = pair(found, "Girls")
    assert (girls.group.share, girls.comparator.share, girls.gap) == (50, 67, -17)


def test_the_gap_is_followed_on_the_same_pupils(counted: School) -> None:
    # Girls judged in Autumn and now: Ann at, at; Cat below, below; Eve below, below; Ida at, at. Boys: Bob at, above; Hal below, below;
    # Dev came later and Fin and Gus left. In Spring Cat and Eve have nothing: Ann and Ida at, at; boys Bob, Dev at or above, Hal below.
    found = report(access_of(counted, Role.HEAD), SUMMER)
    (since_spring, since_summer) = pair(found, "Girls").since
    assert (since_spring.matched, since_spring.others) == (2, 3)
    assert since_spring.words == "unchanged since Spring"
    # Last Summer (40 to 42): Ann 40, Cat 40, Ida 41 at, Eve 39 below: 75, now 50. Boys: Bob 44 above, above: 100, 100. From -25 to -50.
    assert (since_summer.matched, since_summer.others) == (4, 1)
    assert since_summer.words == "widening by 25 points since last Summer"
    # Progress of a boy who joins or leaves moves nothing.
    judged(pupil("Dev"), YEAR, AssessmentTerm.SUMMER, 40)
    assert pair(report(access_of(counted, Role.HEAD), SUMMER), "Girls").since[1] == since_summer


def test_in_autumn_there_is_one_earlier_point(counted: School) -> None:
    # Last Summer Ann, Cat, Ida at, Eve below; now Ann, Ida at. Boys: Bob and Fin at or above both times; Hal was not judged then.
    (since,) = pair(report(access_of(counted, Role.HEAD), AUTUMN), "Girls").since
    assert (since.matched, since.others, since.words) == (4, 2, "widening by 25 points since last Summer")


def test_a_gap_that_is_closed_turned_round_or_has_no_other_side(counted: School) -> None:
    head = access_of(counted, Role.HEAD)
    judged(pupil("Eve"), YEAR, AssessmentTerm.SUMMER, 47)
    judged(pupil("Cat"), YEAR, AssessmentTerm.SUMMER, 47)
    girls = pair(report(head, SUMMER), "Girls")
    assert (girls.gap_text, girls.to_close, girls.closing) == ("+33", 0, "ahead")
    # Last Summer 75 beside 100; now 100 beside 100, as Bob alone was judged then.
    assert girls.since[1].words == "narrowing by 25 points since last Summer"
    judged(pupil("Bob"), YEAR, AssessmentTerm.SUMMER, 40)
    turned = pair(report(head, SUMMER), "Girls").since[1]
    assert turned.words == "turned round by 125 points since last Summer"
    support = pair(report(head, SUMMER), "SEN support")
    assert (support.comparator.tally.pupils, support.gap, support.to_close, support.closing) == (
        0,
        None,
        0,
        "",
    )
    assert support.since[0].words == "since Spring not known: nobody was judged both times"


def test_membership_is_that_of_the_year(counted: School) -> None:
    # Ida had pupil premium last year alone; Ann's support ends with the year.
    PupilYear.objects.filter(pupil=pupil("Ann"), academic_year=YEAR).update(sen_status=SenStatus.NONE)
    PupilYear.objects.filter(pupil=pupil("Bob"), academic_year=YEAR).update(sen_status=SenStatus.PLAN)
    PupilYear.objects.filter(pupil=pupil("Bob"), academic_year=LAST_YEAR).update(sen_status=SenStatus.NONE)
    found = report(access_of(counted, Role.HEAD), SUMMER)
    plan = pair(found, "EHC plan")
    # Of the others nothing was supplied: they are in neither.
    assert (plan.group.tally.pupils, plan.comparator.name, plan.comparator.tally.pupils) == (1, "No SEN", 1)
    assert not [each for each in found.pairs if each.group.name == "SEN support"]
    assert pair(found, "Pupil premium").group.tally.pupils == 2


def test_all_year_groups_count_each_pupil_once_and_no_average_of_points(counted: School) -> None:
    # Jon has no UPN, and is counted like everybody.
    Pupil.objects.filter(forename="Jon").update(upn="")
    whole = report(access_of(counted, Role.HEAD), SUMMER, filters=Filters())
    # Seven of Year 4 and Jon, who is in Year 3 by his record.
    assert whole.pupils == 8
    assert not whole.has_points
    boys = pair(whole, "Girls").comparator
    assert (boys.tally.pupils, boys.tally.at_or_above, boys.tally.compared) == (4, 3, 4)


def test_a_group_beside_all_pupils_closes_its_gap_against_the_others(counted: School) -> None:
    oak = PupilYear.objects.get(pupil=pupil("Ann"), academic_year=YEAR).class_group
    of_year = PupilYear.objects.filter(academic_year=YEAR)
    of_year.filter(pupil__in=[pupil("Cat"), pupil("Hal")]).update(class_group=oak)
    found = pair(report(access_of(counted, Role.HEAD), SUMMER), "Class Oak")
    # Ann of three; Bob, Dev and Ida of the other four: two more would be needed, as two of three is less than three of four.
    assert (found.comparator.name, found.comparator.tally.pupils, found.to_close) == ("All pupils", 7, 2)
    # Of a group that is most of all pupils no number is told: Ann of four beside Bob, Dev, Ida.
    of_year.filter(pupil=pupil("Eve")).update(class_group=oak)
    most = pair(report(access_of(counted, Role.SENCO), SUMMER), "Class Oak")
    assert (most.gap, most.to_close, most.closing) == (-32, 0, "")


def test_whoever_nothing_was_supplied_of_is_on_neither_side(counted: School) -> None:
    of_year = PupilYear.objects.filter(academic_year=YEAR)
    of_year.filter(pupil__in=[pupil("Cat"), pupil("Hal")]).update(is_looked_after=True, ethnicity="APKN")
    of_year.filter(pupil__in=[pupil("Ann"), pupil("Eve")]).update(is_looked_after=False, ethnicity="WBRI")
    of_year.filter(pupil=pupil("Bob")).update(ethnicity="REFU")
    found = report(access_of(counted, Role.HEAD), SUMMER)
    # None of two beside Ann of two; of Bob, Dev and Ida, who would make it two of three more, nobody knows.
    for name, beside in (
        ("Looked after", "Not looked after"),
        ("Ethnicity: Asian", "Ethnicity: not Asian"),
    ):
        told = pair(found, name)
        assert (told.comparator.name, told.comparator.tally.pupils, told.gap, told.to_close) == (
            beside,
            2,
            -50,
            1,
        )
    for each in found.pairs:
        if not each.group.name.startswith("Class"):
            assert each.comparator.name != "All pupils"


def test_who_came_back_did_not_join(counted: School) -> None:
    stay = Enrolment.objects.get(pupil=pupil("Ann"))
    Enrolment.objects.filter(pk=stay.pk).update(ends_on=dt.date(2026, 2, 1))
    EnrolmentFactory.create(school=counted, pupil=stay.pupil, starts_on=dt.date(2026, 2, 9), ends_on=None)
    joined = pair(report(access_of(counted, Role.HEAD), SUMMER), "Joined in year")
    # Dev alone came in the year; the others, Ann among them, were here when it began.
    assert (joined.group.tally.pupils, joined.comparator.tally.pupils) == (1, 6)


def test_the_good_level_is_told_in_summer_alone(counted: School) -> None:
    children = [on_roll(counted, YEAR, year_group=YearGroup.R).pupil for _ in range(2)]
    goals = [area for area in EYFS_AREAS[EyfsFramework.OF_2021] if area.counts_for_gld]
    for term, (one, other) in ((AssessmentTerm.AUTUMN, (18, 18)), (AssessmentTerm.SUMMER, (21, 20))):
        for goal in goals:
            judged(children[0], YEAR, term, one, subject=goal)
            judged(children[1], YEAR, term, other, subject=goal)
    head = access_of(counted, Role.HEAD)
    of_reception = Filters(year_group=YearGroup.R)
    told = {}
    for term in (AUTUMN, SUMMER):
        line = report(head, term, subject=GOOD_LEVEL_OF_DEVELOPMENT, filters=of_reception).everybody
        told[term] = (line.tally.pupils, line.tally.assessed, line.tally.compared, line.share)
    assert told == {AUTUMN: (2, 0, 0, None), SUMMER: (2, 2, 2, 50)}
    client = signed_in(member(counted, Role.HEAD))
    page = page_of(client, at(counted, "?term=autumn&subject=gld"))
    assert "is told in Summer alone" in page
    assert "0 of 2" not in re.sub("<[^>]*>", "", page)
    assert "is told in Summer alone" not in page_of(client, at(counted, "?term=summer&subject=gld"))
    pupils = f"/schools/{counted.urn}/{YEAR.slug}/dashboard/pupils/?term=autumn&year_group=R&subject=gld"
    for part, count in (("below", 0), ("assessed", 0), ("missing", 2), ("pupils", 2)):
        listed = page_of(client, f"{pupils}&part={part}")
        assert f"data-announce><strong>{count}</strong>" in listed, part
        assert 'class="mark is-below"' not in listed, part
        assert "is told in Summer alone" in listed


def test_everybody_but_a_group_is_nobody_where_there_is_no_such_group(counted: School) -> None:
    scope = Scope(schools=(counted,), academic_year=YEAR, term=SUMMER)
    taken = freeze(school=counted, academic_year=YEAR, term=SUMMER, by=None)
    own(counted, "Booster", "Bob", "Cat")
    ((booster, others),) = own_groups(access_of(counted, Role.HEAD))
    frozen = replace(scope, snapshot=snapshot_numbered(counted, taken.number))
    last_year = replace(scope, academic_year=LAST_YEAR)

    def counts(of: Scope, group: int) -> int:
        return len(standings(replace(of, filters=Filters(group=group)), counted, [MATHEMATICS]))

    # Seven of Year 4 and Jon.
    assert (counts(scope, booster.key), counts(scope, others.key)) == (2, 6)
    assert (counts(frozen, booster.key), counts(frozen, others.key)) == (0, 0)
    assert (counts(last_year, booster.key), counts(last_year, others.key)) == (0, 0)
    # Year groups compared are of several years, and such a group of one: it is left out, and said.
    client = signed_in(member(counted, Role.HEAD))
    same_age = f"/schools/{counted.urn}/{YEAR.slug}/dashboard/same-age/3/mathematics/?term=summer"
    for group in (booster, others):
        page = page_of(client, f"{same_age}&group={group.slug}")
        assert "A group that the school made is of one year alone" in page
        assert group.name not in page
        # Everybody of last year's Year 3, and not who was beside the group.
        assert (
            f"/{LAST_YEAR.slug}/dashboard/pupils/?term=summer&amp;year_group=3&amp;subject=mathematics&amp;part=pupils"
            in page
        )


def test_groups_that_the_school_made_stand_beside_everybody_else(counted: School) -> None:
    head = access_of(counted, Role.HEAD)
    own(counted, "Booster", "Bob", "Cat", "Gus")
    found = report(head, SUMMER)
    booster = pair(found, "Booster")
    # Gus has left. Bob above and Cat below; the others are Ann, Dev, Ida at and Eve, Hal below.
    assert (booster.group.tally.pupils, booster.comparator.tally.pupils) == (2, 5)
    assert (booster.group.share, booster.comparator.share) == (50, 60)
    (row,) = (row for row in found.overlaps if row.name == "Booster")
    # Each two groups once: a line goes up to its own group.
    assert [len(each.cells) for each in found.overlaps] == [1, 2, 3, 4, 5, 6]
    counts = {other.name: cell.count for other, cell in zip(found.overlaps, row.cells, strict=True)}
    assert counts == {
        "Pupil premium": 1,
        "SEN support": 0,
        "Joined in year": 0,
        "Girls": 1,
        "Boys": 1,
        "Booster": 2,
    }
    # A teacher of Oak, in which Ann is alone, is told of no group without her.
    teacher = access_of(counted, Role.TEACHER)
    assert own_groups(teacher) == []


def test_two_groups_crossed_have_four_corners_and_the_unknown_apart(counted: School) -> None:
    found = report(access_of(counted, Role.HEAD), SUMMER, crossed=("pupil-premium", "boys"))
    crossing = found.crossing
    assert crossing is not None
    told = [(line.name, line.tally.pupils, line.tally.at_or_above) for line in crossing.corners]
    assert told == [
        ("Pupil premium and Boys", 0, 0),
        ("Not pupil premium and Boys", 3, 2),
        ("Pupil premium and Girls", 2, 1),
        ("Not pupil premium and Girls", 1, 1),
    ]
    assert crossing.unknown == 1  # Eve


def test_a_crossing_has_the_gap_beside_each_other_corner(counted: School) -> None:
    head = access_of(counted, Role.HEAD)
    crossing = report(head, SUMMER, crossed=("pupil-premium", "girls")).crossing
    assert crossing is not None
    # Ann at and Cat below: 50. Ida at: 100. No boys with pupil premium are left. Bob above, Dev at, Hal below: 66.67.
    assert [(each.comparator.name, each.gap, each.to_close) for each in crossing.beside] == [
        ("Not pupil premium and Girls", -50, 1),
        ("Pupil premium and Boys", None, 0),
        ("Not pupil premium and Boys", -17, 1),
    ]
    assert {each.group.name for each in crossing.beside} == {"Pupil premium and Girls"}
    page = page_of(
        signed_in(member(counted, Role.HEAD)),
        at(counted, "?term=summer&subject=mathematics&year_group=4&first=pupil-premium&second=girls"),
    )
    crossed = re.sub(r"\s+", " ", re.sub("<[^>]*>", "", page[page.index('id="crossed"') :]))
    assert "100% 1 of 1 \N{MINUS SIGN}50" in crossed
    # A group and its opposite have no corners.
    opposite = report(head, SUMMER, crossed=("boys", "girls")).crossing
    assert opposite is not None
    assert (opposite.corners, opposite.unknown) == ((), 0)
    assert opposite.why_not.startswith("Nobody is in both Boys and Girls")
    file = signed_in(member(counted, Role.HEAD)).get(
        at(
            counted,
            "crossed.csv?term=summer&subject=mathematics&year_group=4&first=pupil-premium&second=girls",
        )
    )
    rows = list(csv.DictReader(io.StringIO(file.content.decode())))
    gaps = [row["Gap (percentage points): in both beside these"] for row in rows]
    assert gaps == ["", "-50", "", "-17", ""]


def test_prior_attainment_is_that_of_the_phase_with_all_three_starts(counted: School) -> None:
    # Year 4 began its phase with the Summer of Year 2 (33 to 35) or the Baseline of Year 3.
    for forename, points in (
        ("Ann", (32, 32, 32)),
        ("Bob", (36, 35, 36)),
        ("Cat", (33, 35, 35)),
        ("Ida", (30, 30, None)),
    ):
        for subject, start in zip((READING, WRITING, None), points, strict=True):
            if start is not None:
                more = {} if subject is None else {"subject": subject}
                judged(pupil(forename), LAST_YEAR, AssessmentTerm.BASELINE, start, **more)
    found = report(access_of(counted, Role.HEAD), SUMMER)
    sizes = {each.group.name: each.group.tally.pupils for each in found.pairs if "prior" in each.group.name}
    assert sizes == {"Low prior attainment": 1, "Middle prior attainment": 1, "High prior attainment": 1}


def test_queries_are_as_many_for_few_groups_as_for_many(counted: School, django_assert_num_queries) -> None:
    head = access_of(counted, Role.HEAD)
    for names in ((), ("Bob", "Cat")):
        if names:
            own(counted, "Booster", *names)
        with django_assert_num_queries(4):
            report(head, SUMMER)


# The page as people ask for it


def at(school: School, path: str = "") -> str:
    return f"/schools/{school.urn}/{YEAR.slug}/dashboard/groups/{path}"


def page_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def prove_links(client: Client, page: str) -> int:
    """Each number that is a link opens to a list of so many."""
    seen: dict[str, int] = {}
    for there, number in re.findall(
        r'<a href="(/[^"]*/dashboard/pupils/\?[^"]*)">(\d+)(?: pupils?)?</a>', page
    ):
        if there in seen:
            assert seen[there] == int(number), there
            continue
        listed = page_of(client, unescape(there))
        heading = re.search(r'<h2 id="figure"[^>]*><strong>(\d+)</strong>', listed)
        assert heading is not None
        assert heading[1] == number, there
        assert "This link asks for something" not in listed, there
        seen[there] = int(number)
    return len(seen)


@pytest.mark.usefixtures("unmeasured")
def test_every_number_of_the_page_opens_to_exactly_its_pupils(counted: School) -> None:
    with visible_to(counted):
        own(counted, "Booster", "Bob", "Cat")
        for forename in ("Ann", "Bob"):
            for subject in (READING, WRITING):
                judged(pupil(forename), LAST_YEAR, AssessmentTerm.BASELINE, 32, subject=subject)
            judged(pupil(forename), LAST_YEAR, AssessmentTerm.BASELINE, 36)
    client = signed_in(member(counted, Role.HEAD))
    proved = 0
    for asked in (
        "?term=summer&subject=mathematics&first=pupil-premium&second=girls",
        "?term=summer&subject=mathematics&year_group=4&measure=phase&first=sen-support&second=high-prior-attainment",
        "?term=autumn&subject=combined&year_group=4",
    ):
        page = page_of(client, at(counted, asked))
        proved += prove_links(client, page)
    assert proved > 150
    page = page_of(client, at(counted, "?term=summer&subject=mathematics"))
    assert "Booster" in page
    assert "of 3 pupils one is 33 percentage points" in page
    # All are small, so they are not folded away.
    assert '<details class="panel groups-small section" open>' in page


def test_files_hold_what_is_shown_and_the_dashboard_can_be_crossed(counted: School) -> None:
    with visible_to(counted):
        group = own(counted, "Secret set", "Bob", "Cat")
        slug = f"own-{group.public_id}"
    client = signed_in(member(counted, Role.HEAD))
    answer = client.get(at(counted, "groups.csv?term=summer&subject=mathematics&year_group=4"))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    (premium,) = (row for row in rows if row["Group"] == "Pupil premium")
    assert (premium["Beside"], premium["At or above (%)"], premium["In pupils"]) == (
        "Not pupil premium",
        "50",
        "1 more pupil would close it",
    )
    for file in ("overlaps.xlsx", "crossed.csv?first=boys&second=pupil-premium"):
        assert client.get(at(counted, file)).status_code == 200
    dashboard = f"/schools/{counted.urn}/{YEAR.slug}/dashboard/"
    asked = "?term=summer&group=not-pupil-premium&crossed_with=boys"
    page = page_of(client, f"{dashboard}{asked}")
    # Bob, Dev and Hal, and Jon of Year 3.
    assert "4 pupils: Not pupil premium and Boys" in " ".join(page.split())
    assert "group=not-pupil-premium&amp;crossed_with=boys" in page
    name = client.get(f"{dashboard}attainment.csv{asked}")["Content-Disposition"]
    assert "not-pupil-premium-and-boys" in name
    page = page_of(client, f"{dashboard}?term=summer&group={slug}")
    assert "2 pupils: Secret set" in " ".join(page.split())
    assert (
        "secret"
        not in client.get(f"{dashboard}attainment.csv?term=summer&group={slug}")[
            "Content-Disposition"
        ].lower()
    )
    for page_with_filter in ("conversations/", "year-groups/4/mathematics/", "pupils/"):
        page = page_of(client, f"{dashboard}{page_with_filter}{asked}")
        assert "This link asks for something" not in page
        assert "Not pupil premium and Boys" in page


def told_of(each: Comparison) -> list[str]:
    return [str(share.at_or_above) for share in (*each.of_group, *each.of_other)] + [
        str(gap) for gap in each.gaps
    ]


def test_a_governor_is_told_what_the_pack_tells(counted: School) -> None:
    client = signed_in(member(counted, Role.GOVERNOR))
    with visible_to(counted):
        # Thirty girls and thirty boys more, so that both are told: 20 of the girls and 10 of the boys are at.
        more = [
            on_roll(counted, YEAR, year_group=YearGroup.Y4, pupil__sex=sex) for sex in "FM" for _ in range(30)
        ]
        for row, points in zip(more, [48] * 20 + [44] * 10 + [48] * 10 + [44] * 20, strict=True):
            for subject in COMBINED_SUBJECTS:
                judged(row.pupil, YEAR, AssessmentTerm.SUMMER, points, subject=subject)
        scope = Scope(schools=(counted,), academic_year=YEAR, term=SUMMER)
        given = pack_to_give_out(scope, made_on=dt.date(2026, 7, 20))
        # What comes after is not told: the page gives it out.
        before = page_of(client, at(counted, "?term=summer"))
        for row in PupilYear.objects.filter(academic_year=YEAR, pupil__sex="M").select_related("pupil"):
            for subject in COMBINED_SUBJECTS:
                judged(row.pupil, YEAR, AssessmentTerm.SUMMER, 60, subject=subject)
        now = governor_report(scope, dt.date(2026, 7, 20))
    page = page_of(client, at(counted, "?term=summer"))
    assert re.findall(r"<td.*?</td>", page) == re.findall(r"<td.*?</td>", before)
    assert "dashboard/pupils/" not in page
    (girls,) = (each for each in given.pack.comparisons if each.group == "Girls")
    (girls_now,) = (each for each in now.comparisons if each.group == "Girls")
    # Neither is held back, and they differ: what stands there is what was given out.
    # Girls in Reading: 20 of thirty with Ann, Cat and Ida, 70 of 100; boys ten of thirty with Bob.
    assert told_of(girls)[::4] == ["70%", "35%", "+34"]
    assert told_of(girls_now)[::4] == ["70%", "100%", "\N{MINUS SIGN}30"]
    for gap in told_of(girls_now)[8:11]:
        assert f"<strong>{gap}</strong>" not in page
    for each in given.pack.comparisons:
        for gap in each.gaps:
            assert f"<strong>{gap}</strong>" in page
    assert "This link asks for something" in page_of(
        client, at(counted, "?term=summer&subject=reading&first=boys")
    )
    assert client.get(at(counted, "groups.csv?term=summer")).status_code == 200
    assert client.get(at(counted, "overlaps.csv?term=summer")).status_code == 403


def test_a_teacher_is_told_of_the_own_classes(counted: School) -> None:
    teacher = signed_in(member(counted, Role.TEACHER))
    assert "Nobody to show" in page_of(teacher, at(counted, "?term=summer"))


def test_the_tidy_table_has_the_schools_own_groups_among_the_rest_by_name(counted: School) -> None:
    own(counted, "Booster", "Bob", "Cat")
    table = analysis(Scope(schools=(counted,), academic_year=YEAR, term=SUMMER))
    of_year_4 = [row for row in table.rows if row[4:6] == ("4", "Mathematics")]
    assert [row[6:12] for row in of_year_4 if row[6] == "Group: Booster"] == [
        ("Group: Booster", 2, 2, 1, 0, 1)
    ]
    names = [str(row[6]) for row in of_year_4]
    rest = names[names.index("Group: Booster") :]
    assert rest == sorted(rest)


def test_every_group_and_any_two_hold_the_same_pupils_as_a_filter_and_on_the_page(counted: School) -> None:
    chance = random.Random(66)
    known = (True, False, None)
    for row in PupilYear.objects.filter(academic_year=YEAR):
        row.is_pupil_premium, row.is_fsm6, row.is_eal = chance.choices(known, k=3)
        row.is_looked_after, row.is_service_child = chance.choices(known, k=2)
        row.sen_status = chance.choice(["", "N", "K", "E"])
        row.attendance = chance.choice([None, *map(Decimal, ("95.0", "94.9", "90.0", "50.1", "50.0"))])
        row.ethnicity = chance.choice(["", "REFU", "WBRI", "WOTW", "APKN", "BCRB", "MWBC", "CHNE", "OOTH"])
        row.save()
        Pupil.objects.filter(pk=row.pupil_id).update(
            sex=chance.choice(["F", "M", ""]), date_of_birth=dt.date(2016, chance.randint(1, 12), 3)
        )
    own(counted, "Booster", "Bob", "Cat", "Eve")
    head = access_of(counted, Role.HEAD)
    scope = Scope(schools=(counted,), academic_year=YEAR, term=SUMMER)
    made = own_groups(head)
    members = group_members(scope, counted, made)
    groups = [*STANDARD[1:], *(group for pair in made for group in pair)]

    def filtered(*keys: int) -> set[int]:
        narrowed = Filters(**dict(zip(("group", "crossed_with"), keys, strict=False)))
        return {each.pupil_id for each in standings(replace(scope, filters=narrowed), counted, [MATHEMATICS])}

    def held(*keys: int) -> set[int]:
        return {pupil for pupil, groups_of in members.items() if set(keys) <= groups_of}

    for group in groups:
        assert filtered(group.key) == held(group.key), group.name
        assert not held(group.key, outside_of(group.key)), group.name
        assert outside_of(outside_of(group.key)) == group.key
        other = chance.choice(groups)
        assert filtered(group.key, other.key) == held(group.key, other.key), (group.name, other.name)
    # Whose sex or status is not known is in neither.
    assert any(not {2, 3} & groups_of for groups_of in members.values())
    assert any(not {7, outside_of(7)} & groups_of for groups_of in members.values())


def test_a_snapshot_keeps_its_groups(counted: School) -> None:
    own(counted, "Booster", "Bob", "Cat")
    head = access_of(counted, Role.HEAD)
    (booster,) = CustomGroup.objects.all()
    scope = Scope(schools=(counted,), academic_year=YEAR, term=SUMMER, filters=OF_YEAR_4, viewer=head)
    taken = freeze(school=counted, academic_year=YEAR, term=SUMMER, by=None)
    frozen = replace(scope, snapshot=snapshot_numbered(counted, taken.number))
    before = group_report(head, frozen, MATHEMATICS, own_groups(head), None, {})
    set_pupils(group=booster, pupil_ids=[pupil("Ann").pk], saw=[pupil("Bob").pk], by=None)
    PupilYear.objects.filter(academic_year=YEAR).update(sen_status=SenStatus.PLAN, is_pupil_premium=True)
    judged(pupil("Ann"), YEAR, AssessmentTerm.SUMMER, 20)
    again = group_report(head, frozen, MATHEMATICS, own_groups(head), None, {})
    assert (again.pairs, again.overlaps) == (before.pairs, before.overlaps)
    assert group_report(head, scope, MATHEMATICS, own_groups(head), None, {}).pairs != before.pairs
