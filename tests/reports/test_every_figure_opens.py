"""Each figure of the dashboard opens to exactly the pupils that it counts: proved for every cell of a school of the demo."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from assessment.engine.expected_range import Attainment
from assessment.engine.subjects import EYFS_AREAS, MATHEMATICS, READING
from assessment.models import Judgement
from assessment.services.snapshots import freeze
from lep_tracker import demo
from reports.documents.figure_pupils import OVER_CODES, Part, Stand, is_in, stands
from reports.queries.figures import GOOD_LEVEL_OF_DEVELOPMENT, Figure, figures
from reports.queries.groups import GROUPS
from reports.queries.scope import Filters, Measure, Scope
from schools.access import Access
from schools.calendar import AcademicYear, EyfsFramework, TermName, YearGroup
from schools.models import Membership, PupilYear, Role, School
from schools.row_security import visible_to
from schools.services import classes
from tests.conftest import member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unmeasured", "cleared_away")]
DAY = dt.date(2026, 11, 22)
YEAR = AcademicYear(2025)
# The smallest.
PICKWOOD = "990006"
ONE_OF_EACH = (READING.number, EYFS_AREAS[EyfsFramework.OF_2021][0].number)


def counts_of(figure: Figure) -> dict[Part, int]:
    """The counts of a figure by the part that each opens to."""
    has_progress = figure.subject not in OVER_CODES
    has_colours = has_progress and figure.year_group >= YearGroup.Y1
    counts = {
        Part.PUPILS: figure.pupils,
        Part.ASSESSED: figure.assessed,
        Part.MISSING: figure.pupils - figure.assessed,
        Part.BELOW: figure.below,
        Part.AT: figure.at,
        Part.ABOVE: figure.above,
        Part.AT_OR_ABOVE: figure.at + figure.above,
    }
    if YearGroup.Y1 <= figure.year_group <= YearGroup.Y9:
        counts |= {Part.ON_TRACK: figure.on_track, Part.OFF_TRACK: figure.assessed - figure.on_track}
    if has_progress:
        counts |= {Part.MEASURED: figure.measured, Part.UNMEASURED: figure.pupils - figure.measured}
    if has_colours:
        counts |= {
            Part.PROGRESS_BELOW: figure.progress_below,
            Part.PROGRESS_EXPECTED: figure.progress_expected,
            Part.PROGRESS_ABOVE: figure.progress_above,
            Part.PROGRESS_EXPECTED_OR_ABOVE: figure.progress_expected + figure.progress_above,
        }
    return counts


Opened = dict[int, list[Stand]]


def by_year_group(found: dict[int, Stand], members: set[int] | None = None) -> Opened:
    sorted_out: Opened = defaultdict(list)
    for pupil, stand in found.items():
        if members is None or pupil in members:
            sorted_out[stand.standings[0].year_group.value].append(stand)
    return sorted_out


def prove(access: Access, scope: Scope) -> int:
    """How many counts were found to open to as many pupils as they say.

    How a pupil stands in a subject is the same in every group, so it is asked once; who is in a group is asked of each list.
    """
    proved = 0
    found = figures(scope)
    standing = {subject: stands(access, scope, subject) for subject in {each.subject for each in found}}
    for group in GROUPS:
        narrowed = replace(scope, filters=Filters(group=group.key))
        held = [each for each in found if each.group == group.key]
        # The filter of a group leaves those whom the group's own figure counts.
        alone = [each._replace(group=group.key) for each in figures(narrowed, by_group=False)]
        assert sorted(alone) == sorted(held)
        members = {pupil for subject in ONE_OF_EACH for pupil in stands(access, narrowed, subject)}
        opened = {subject: by_year_group(every, members) for subject, every in standing.items()}
        proved += sum(prove_figure(figure, opened[figure.subject][figure.year_group]) for figure in held)
    return proved


def prove_figure(figure: Figure, opened: list[Stand]) -> int:
    counts = counts_of(figure)
    for part, count in counts.items():
        assert sum(is_in(stand, part) for stand in opened) == count, (figure, part)
    return len(counts)


def prove_changes(access: Access, scope: Scope) -> None:
    found = [each for each in figures(scope, by_group=False) if each.subject != GOOD_LEVEL_OF_DEVELOPMENT]
    opened = {
        subject: by_year_group(stands(access, scope, subject)) for subject in {each.subject for each in found}
    }
    for each in found:
        matched = [stand for stand in opened[each.subject][each.year_group] if is_in(stand, Part.MATCHED)]
        assert len(matched) == each.matched
        assert sum(is_in(stand, Part.AT_OR_ABOVE) for stand in matched) == each.matched_now
        before = [stand.attainment_before for stand in matched]
        assert (
            sum(attainment in {Attainment.AT, Attainment.ABOVE} for attainment in before)
            == each.matched_before
        )


def prove_who(access: Access, scope: Scope) -> None:
    """Not only as many: those whose rows say so."""
    rows = Judgement.objects.in_school(access.school).filter(academic_year=YEAR, term=scope.term.value)
    for subject in (READING.number, MATHEMATICS.number):
        found = stands(access, scope, subject)
        for part, attainment in ((Part.BELOW, Attainment.BELOW), (Part.ABOVE, Attainment.ABOVE)):
            listed = {pupil for pupil, stand in found.items() if is_in(stand, part)}
            judged = rows.filter(subject=subject, attainment=attainment.value, pupil__in=list(found))
            assert listed == set(judged.values_list("pupil", flat=True))
        missing = {pupil for pupil, stand in found.items() if is_in(stand, Part.MISSING)}
        with_points = rows.filter(subject=subject, points__isnull=False).values_list("pupil", flat=True)
        assert not missing & set(with_points)


def links_of(page: str) -> list[tuple[str, str]]:
    """Each link to pupils with the number in it: a share or a change has none that is a count."""
    found = re.findall(
        r'<a[^>]*href="(/[^"]*/dashboard/(?:(?:cohorts|year-groups)/[^"]*/)?pupils/\?[^"]*)"[^>]*>(.*?)</a>',
        page,
        re.DOTALL,
    )
    texts = [(there, re.sub(r"<span.*?</span>|<[^>]+>", " ", text).strip()) for there, text in found]
    return [(there.replace("&amp;", "&"), text) for there, text in texts]


def says_something_new(there: str, met: set[tuple[str, ...]]) -> bool:
    """Whether an address asks for anything that none of `met` did, or for a part in a year group or at a point that none did; it is met now."""
    to = urlsplit(there)
    asked = dict(parse_qsl(to.query))
    said = {(to.path,), *asked.items(), tuple(asked.get(name, "") for name in ("part", "year_group", "at"))}
    is_new = not said <= met
    met |= said
    return is_new


def prove_links(client: Client, dashboard: str) -> int:
    """Links on the page that are counts lead to lists with so many pupils: each part in each year group or at each point, each subject, each group.

    Their lines are of one template; that each figure counts its pupils is proved of all of them (`prove`).
    """
    proved = 0
    met: set[tuple[str, ...]] = set()
    shown = client.get(dashboard).content.decode()
    assert "This link asks for something" not in shown
    for there, text in links_of(shown):
        number = re.match(
            r"(\d+)( pupils?| not measured| missing| absent| not required| not entered)?$", text
        )
        is_change = there.endswith("part=matched") and "/cohorts/" not in there
        if number is None or is_change or not says_something_new(there, met):
            continue
        page = client.get(there).content.decode()
        heading = re.search(r"<h2[^>]*><strong>(\d+)</strong>", page)
        assert heading is not None
        assert heading[1] == number[1], there
        assert page.count('<th scope="row">') == int(number[1])
        proved += 1
    return proved


def test_every_figure_of_the_demo_opens_to_exactly_its_pupils(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEP_DATA_DIR", str(tmp_path))
    demo.load(today=DAY, urns={PICKWOOD})
    school = School.objects.get(urn=PICKWOOD)
    head = member(school, Role.HEAD)
    access = Access(head, school, (Role.HEAD,), YEAR, (YEAR,), (school,))
    client = Client()
    client.force_login(head)
    with visible_to(school):
        for term, measure in ((TermName.SUMMER, Measure.YEAR), (TermName.AUTUMN, Measure.PHASE)):
            scope = Scope(schools=(school,), academic_year=YEAR, term=term, measure=measure, viewer=access)
            assert prove(access, scope) > 5_000
            prove_changes(access, scope)
            prove_who(access, scope)
    dashboard = f"/schools/{PICKWOOD}/2025-26/dashboard"
    assert prove_links(client, f"{dashboard}/?term=summer&group=eal") > 50
    # Over the years; several year groups together, from a chosen point, with why some are not judged; and a term two years ago.
    assert prove_links(client, f"{dashboard}/cohorts/4/mathematics/?term=summer") > 30
    assert prove_links(client, f"{dashboard}/cohorts/R/e10/?term=summer&group=girls") > 10
    assert prove_links(client, f"{dashboard}/same-age/4/combined/?term=summer") > 5
    together = f"{dashboard}/?term=spring&view=table&since=2024-summer&phase=lks2&group=pupil-premium"
    assert prove_links(client, together) > 40
    assert prove_links(client, f"/schools/{PICKWOOD}/2023-24/dashboard/?term=summer&group=eal") > 20
    prove_other_pages(client, school, dashboard)


def prove_other_pages(client: Client, school: School, dashboard: str) -> None:
    """One of each kind that the others are not: groups and one class, pictures, two groups crossed in a snapshot, a teacher's own classes."""
    teacher = member(school, Role.TEACHER)
    with visible_to(school):
        freeze(school=school, academic_year=YEAR, term=TermName.SUMMER, by=None)
        held = Membership.objects.in_school(school).get(user=teacher)
        rows = PupilYear.objects.in_school(school).filter(academic_year=YEAR)
        taught = rows.filter(year_group=YearGroup.Y3).select_related("class_group")[0].class_group
        assert taught is not None
        classes.assign_teacher(class_group=taught, membership=held, by=None)
        # Now other figures than the snapshot's.
        rows.filter(year_group=YearGroup.Y4, is_pupil_premium=False).update(is_pupil_premium=True)
    groups = "groups/?term=summer&measure=term&subject=mathematics&first=pupil-premium&second=boys"
    assert prove_links(client, f"{dashboard}/{groups}&class_group={taught.public_id}") > 40
    pictures = f"{dashboard}/year-groups/4/reading/?term=spring&measure=key-stage&by=points&group=girls"
    assert prove_links(client, pictures) > 20
    crossed = "group=not-pupil-premium&crossed_with=girls&phase=lks2"
    assert prove_links(client, f"{dashboard}/?term=summer&{crossed}&snapshot=1") > 15
    own = Client()
    own.force_login(teacher)
    assert prove_links(own, f"{dashboard}/?term=summer&view=table&measure=phase") > 15
