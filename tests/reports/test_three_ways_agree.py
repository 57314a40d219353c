"""`manage.py analyse`, the pages and the governors' pack say the same: every number that two of them tell, compared one by one."""

from __future__ import annotations

import csv
import io
from itertools import product

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from assessment.engine.assessment_points import AssessmentTerm
from assessment.services.snapshots import freeze
from reports.documents.governor_sections import Section
from reports.queries.scope import Measure
from schools.calendar import TermName, YearGroup
from schools.models import Enrolment, JobPaper, PupilYear, Role, School
from schools.row_security import visible_to
from schools.services import worker
from tests.conftest import member, signed_in
from tests.factories import judged
from tests.reports.crowded_school import YEAR, YEAR_GROUPS, fill
from tests.reports.shown_facts import ALL, TOGETHER, Facts, read_analysis
from tests.reports.shown_pack import read_pack, read_pack_workbook
from tests.reports.shown_pages import (
    page,
    read_dashboard_table,
    read_groups,
    read_pictures,
    read_table_file,
    read_tiles,
    read_year_group,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unmeasured", "cleared_away")]
MEASURES = [measure.value for measure in Measure if measure is not Measure.FROM_TO]
TERMS = ("autumn", "summer")
# Pages of groups and pictures: one of each kind.
GROUPS_OF = (
    ("Year 4", "year_group=4&", "Mathematics"),
    ("Year 3", "year_group=3&", "Combined"),
    (TOGETHER, "", "Reading"),
)
LIVE = {
    "table": 3_000,
    "tiles": 1_500,
    "file": 1_500,
    "year group": 1_800,
    "groups": 700,
    "pictures": 70,
    "pack": 250,
    "workbook": 250,
    "governor": 100,
}
FROZEN = {
    "table": 700,
    "tiles": 350,
    "file": 350,
    "year group": 350,
    "groups": 150,
    "pictures": 15,
    "workbook": 150,
}
PICTURES_OF = (("4", "Mathematics"), ("3", "Writing"))


@pytest.fixture
def crowded(school: School) -> School:
    with visible_to(school):
        fill(school)
    return school


def read(client: Client, school: School, path: str) -> str:
    response = client.get(f"/schools/{school.urn}/{YEAR.slug}/{path}")
    assert response.status_code == 200, path
    return response.content.decode()


def analyse(school: School, term: str, measure: str, *more: str) -> str:
    output = io.StringIO()
    asked = ["--school", school.urn, "--year", YEAR.label, "--term", term, "--measure", measure, *more]
    call_command("analyse", *asked, stdout=output)
    return output.getvalue()


def of_rows(text: str) -> list[dict[str, str]]:
    """The lines without what they say of which snapshot they are."""
    rows = list(csv.DictReader(io.StringIO(text)))
    return [{name: value for name, value in row.items() if name != "snapshot"} for row in rows]


def read_pages(
    facts: Facts, head: Client, school: School, term: str, measure: str, turn: int, snapshot: str = ""
) -> None:
    """The pages that a head's browser gets, and the files beside them; of pages of one kind each has its turn."""
    asked = f"term={term}&measure={measure}{f'&snapshot={snapshot}' if snapshot else ''}"

    def of(path: str) -> str:
        found = read(head, school, f"dashboard/{path}{'&' if '?' in path else '?'}{asked}")
        assert "This link asks for something" not in found
        return found

    read_dashboard_table(facts, "table", page(of("?view=table")), term, measure)
    if turn % 2 == 0:
        for file in ("attainment.csv", "progress.csv"):
            read_table_file(facts, "file", of(file), term, measure)
        tiles = page(of(""))
        read_tiles(facts, "tiles", tiles, term, measure)
        read_dashboard_table(facts, "tiles", tiles, term, measure)
    year_group = YEAR_GROUPS[turn % len(YEAR_GROUPS)]
    html = of(f"year-groups/{year_group.code}/")
    read_year_group(facts, "year group", page(html), term, measure, year_group.label)
    together, narrowed, subject = GROUPS_OF[turn % len(GROUPS_OF)]
    html = of(f"groups/?{narrowed}subject={subject.lower()}")
    read_groups(facts, "groups", page(html), (term, measure, together, subject))
    code, subject = PICTURES_OF[turn % len(PICTURES_OF)]
    html = of(f"year-groups/{code}/{subject.lower()}/")
    read_pictures(facts, "pictures", page(html), (term, measure, f"Year {code}", subject, ALL))


def read_governors(facts: Facts, governor: Client, school: School, term: str) -> None:
    """What a governor's own pages tell."""
    html = read(governor, school, f"dashboard/?view=table&term={term}")
    read_dashboard_table(facts, "governor", page(html), term, "year")
    for year_group in YEAR_GROUPS:
        html = read(governor, school, f"dashboard/year-groups/{year_group.code}/?term={term}")
        read_year_group(facts, "governor", page(html), term, "year", year_group.label)


def pack_of_snapshot(head: Client, school: School, term: str) -> bytes:
    """The workbook as the worker makes it."""
    form = {"file_format": "xlsx", "sections": [each.value for each in Section], "snapshot": "1"}
    head.post(reverse("governors_pack", args=[school.urn, YEAR]) + f"?term={term}", form)
    assert worker.do_next()
    with visible_to(school):
        return bytes(JobPaper.objects.in_school(school).latest("job_id").content)


def change_much(school: School) -> None:
    """So that nothing of the snapshot could be taken for what is live: points, groups and who is here."""
    with visible_to(school):
        rows = PupilYear.objects.in_school(school).filter(academic_year=YEAR)
        changed = list(rows.select_related("pupil__school").order_by("pk"))[6::7]
        rows.filter(pk__in=[row.pk for row in changed]).update(is_pupil_premium=True, sen_status="E")
        left = Enrolment.objects.in_school(school).filter(pupil__in=[row.pupil_id for row in changed[::2]])
        left.filter(ends_on=None, starts_on__lt=YEAR.starts_on).update(ends_on=YEAR.starts_on)
        for row in changed:
            if row.year_group > YearGroup.R:
                judged(row.pupil, YEAR, AssessmentTerm.SUMMER, 7 * row.year_group + 12)


def test_the_command_the_pages_and_the_pack_say_the_same_live_and_frozen(crowded: School) -> None:
    head, governor = (signed_in(member(crowded, role)) for role in (Role.HEAD, Role.GOVERNOR))
    with visible_to(crowded):
        freeze(school=crowded, academic_year=YEAR, term=TermName.SUMMER, by=None)
    frozen_before = analyse(crowded, "summer", "year")
    change_much(crowded)
    live, frozen = Facts(), Facts()
    for turn, (term, measure) in enumerate(product(TERMS, MEASURES)):
        read_analysis(live, analyse(crowded, term, measure), term, measure)
        read_pages(live, head, crowded, term, measure, turn)
    for term in TERMS:
        read_pack(live, "pack", page(read(head, crowded, f"reports/governors/?term={term}")), term)
        workbook = head.get(f"/schools/{crowded.urn}/{YEAR.slug}/reports/governors/xlsx/?term={term}").content
        read_pack_workbook(live, "workbook", workbook, term)
        read_governors(live, governor, crowded, term)
    for turn, (term, measure) in enumerate((("summer", "year"), ("autumn", "phase"))):
        read_analysis(frozen, analyse(crowded, term, measure, "--snapshot", "1"), term, measure)
        read_pages(frozen, head, crowded, term, measure, turn, snapshot="1")
    read_pack_workbook(frozen, "workbook", pack_of_snapshot(head, crowded, "summer"), "summer")
    assert of_rows(analyse(crowded, "summer", "year", "--snapshot", "1")) == of_rows(frozen_before)
    assert live.differences() == []
    assert frozen.differences() == []
    # Each has so many figures in common with the command.
    for facts, wanted in ((live, LIVE), (frozen, FROZEN)):
        shared = facts.shared("analyse")
        assert {source: shared[source] for source, least in wanted.items() if shared[source] < least} == {}
    assert live.shared("pack")["workbook"] > 250
    # They were other figures.
    both = [(live.told[where], told) for where, told in frozen.told.items() if "analyse" in told]
    assert sum(now.get("analyse") != then["analyse"] for now, then in both) > 500
