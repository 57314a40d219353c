"""Nursery and Reception: the overview, its lists and files, with numbers worked out by hand (see `early_world`)."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reports.documents.cohorts import CohortPart, cohort_over_time
from reports.documents.early_years import AreaLine, EarlyYearsTerm, early_years
from reports.documents.early_years_entry import EntryPart
from reports.documents.figure_pupils import Part, figure_pupils
from reports.documents.group_report import group_report
from reports.queries.groups import BY_SLUG
from reports.queries.prime_areas import ALL_PRIME, PRIME_MEASURES
from reports.queries.scope import Filters, Scope
from schools.access import Access
from schools.calendar import EyfsFramework, TermName, YearGroup
from schools.models import Membership, Role
from schools.row_security import visible_to
from schools.services import classes
from tests.conftest import member
from tests.factories import ClassGroupFactory, judged, on_roll
from tests.reports.early_world import (
    AREAS,
    LAST_YEAR,
    SPEAKING,
    SPEAKING_OF_2012,
    SPRING,
    YEAR,
    EarlyWorld,
    early,
)
from tests.reports.test_every_figure_opens import prove_links

pytestmark = pytest.mark.django_db
__all__ = ["early"]
OF_2021, OF_2012 = EyfsFramework.OF_2021, EyfsFramework.OF_2012


def access_of(world: EarlyWorld, role: Role = Role.HEAD) -> Access:
    return Access(member(world.school, role), world.school, (role,), YEAR, (LAST_YEAR, YEAR), (world.school,))


def scope_of(access: Access, term: TermName = TermName.SPRING, **filters: object) -> Scope:
    narrowed = Filters(**{"year_group": YearGroup.R, **filters})  # type: ignore[arg-type]
    return Scope(
        schools=(access.school,),
        academic_year=access.academic_year,
        term=term,
        viewer=access,
        filters=narrowed,
    )


def shown_to(access: Access, term: TermName = TermName.SPRING, **filters: object) -> EarlyYearsTerm:
    return early_years(access, scope_of(access, term, **filters), OF_2021, {"term": term.label.lower()})


def counts(line: AreaLine) -> tuple[int | None, ...]:
    """On roll, judged, below, at, above."""
    return (line.tile.pupils, line.tile.counted, *(part.count for part in line.tile.parts))


def area(shown: EarlyYearsTerm, code: str) -> AreaLine:
    return next(line for line in shown.areas if line.name == AREAS[code].name)


def test_reception_in_spring(early: EarlyWorld) -> None:
    access = access_of(early)
    shown = shown_to(access)
    assert len(shown.areas) == 17
    speaking = area(shown, "E02")
    # On roll Ann, Bob, Cat, Dev and Fin; Eve left, Yan is in Year 1. Dev is below.
    assert counts(speaking) == (5, 4, 1, 3, 0)
    assert speaking.tile.headline == 75
    assert [share for _, share in speaking.parts] == [25, 75, 0]
    assert [(why.count, why.words) for why in speaking.whys] == [(1, "absent")]
    # This term Ann 16 to 18 and Bob 18 to 20; this year Ann from her Baseline, 15, and Bob from his entry.
    assert [(made.average, made.measured) for made in speaking.steps] == [
        (Decimal("2.0"), 2),
        (Decimal("2.5"), 2),
    ]
    motor = area(shown, "E06")
    assert counts(motor) == (5, 2, 1, 1, 0)
    assert [(why.count, why.words) for why in motor.whys] == [(3, "not entered")]
    # Of the children judged in all areas of it: Ann and Bob, who is below in Gross motor skills.
    found = {line.name: counts(line) for line in shown.primes}
    assert found == {
        "All prime areas": (5, 2, 1, 1, 0),
        "Communication and language": (5, 2, 0, 2, 0),
        "Personal, social and emotional development": (5, 2, 0, 2, 0),
        "Physical development": (5, 2, 1, 1, 0),
    }
    # In Autumn Eve, still on roll, is above, Ann below, Bob at; Dev is not here yet.
    assert counts(area(shown_to(access, TermName.AUTUMN), "E02")) == (5, 3, 1, 1, 1)
    # At the end of Reception the goal decides, and under 2021 nobody exceeds it.
    assert counts(area(shown_to(access, TermName.SUMMER), "E02")) == (5, 1, 0, 1, 0)


def test_nursery_by_age_and_everybody_together(early: EarlyWorld) -> None:
    access = access_of(early)
    # Nia's 14 is a stage that ended; Noa is at. Ned, at 38 months, is beyond 30-50.
    assert counts(area(shown_to(access, year_group=YearGroup.N2), "E02")) == (2, 2, 1, 1, 0)
    assert counts(area(shown_to(access, year_group=YearGroup.N1), "E02")) == (1, 1, 0, 0, 1)
    together = shown_to(access, year_group=None)
    assert together.pupils == 8
    assert counts(area(together, "E02")) == (8, 7, 2, 4, 1)


def test_what_numbers_open_to(early: EarlyWorld) -> None:
    access = access_of(early)
    scope = scope_of(access)
    for measure in PRIME_MEASURES:
        line = next(each for each in shown_to(access).primes if each.name == measure.name)
        for part in (Part.PUPILS, Part.ASSESSED, Part.BELOW, Part.AT_OR_ABOVE, Part.MISSING):
            opened = figure_pupils(access, scope, subject=measure.number, part=part).count
            roll, judged_, below, at, above = (count or 0 for count in counts(line))
            wanted = {
                Part.PUPILS: roll,
                Part.ASSESSED: judged_,
                Part.BELOW: below,
                Part.AT_OR_ABOVE: at + above,
                Part.MISSING: roll - judged_,
            }
            assert opened == wanted[part], (measure, part)


def test_from_entry_until_now(early: EarlyWorld) -> None:
    shown = shown_to(access_of(early))
    line = shown.entry_of("e02")
    assert line is not None
    names = {part: early.names(pupils) for part, pupils in line.parts.items()}
    # Dev's entry is this term's own judgement, no start of itself; Ann's Baseline has no colour.
    assert names == {
        EntryPart.MATCHED: "Ann Bob",
        EntryPart.NO_ENTRY: "Dev Fin",
        EntryPart.NOT_NOW: "",
        EntryPart.COLOURED: "Bob",
        EntryPart.ENTRY_BELOW: "",
        EntryPart.ENTRY_AT: "Bob",
        EntryPart.ENTRY_ABOVE: "",
        EntryPart.NOW_BELOW: "",
        EntryPart.NOW_AT: "Bob",
        EntryPart.NOW_ABOVE: "",
    }
    assert (line.points_then, line.points_now, line.steps) == (
        Decimal("16.5"),
        Decimal("19.0"),
        Decimal("2.5"),
    )
    assert shown.has_entry
    assert shown.has_colours_on_entry
    # In Summer Ann alone is judged; Bob and Dev began and are not judged now.
    summer = shown_to(access_of(early, Role.ASSESSMENT_LEADER), TermName.SUMMER).entry_of("e02")
    assert summer is not None
    assert early.names(summer.parts[EntryPart.NOT_NOW]) == "Bob Dev"
    assert (summer.points_then, summer.points_now, summer.steps) == (15, 21, 6)
    nursery = shown_to(access_of(early, Role.SENCO), year_group=YearGroup.N2).entry_of("e02")
    assert nursery is not None
    assert early.names(nursery.parts[EntryPart.ENTRY_BELOW]) == "Nia"
    assert early.names(nursery.parts[EntryPart.NOW_BELOW]) == "Nia"


def test_groups_and_the_cohort_in_prime_areas(early: EarlyWorld) -> None:
    access = access_of(early)
    report = group_report(access, scope_of(access), ALL_PRIME, (), None, {})
    boys_and_girls = next(pair for pair in report.pairs if pair.group.name == "Girls")
    # Ann of the girls, Bob of the boys judged in all.
    assert (boys_and_girls.group.tally.compared, boys_and_girls.group.share) == (1, 100)
    assert (boys_and_girls.comparator.tally.compared, boys_and_girls.comparator.share) == (1, 0)
    assert boys_and_girls.gap == 100
    # Followed over the frameworks: Ann, judged in every prime area of each; she was below.
    shown = cohort_over_time(access, scope_of(access), YearGroup.R, ALL_PRIME)
    last_summer = shown.point_at("2024-summer")
    assert last_summer is not None
    assert early.names(last_summer.parts[CohortPart.MATCHED]) == "Ann"
    assert early.names(last_summer.parts[CohortPart.BELOW]) == "Ann"
    assert early.names(last_summer.parts[CohortPart.NOW_AT_OR_ABOVE]) == "Ann"
    # Area by area a cohort is followed term by term since nursery entry: here this year's, as the areas of 2012 are others.
    speaking = cohort_over_time(access, scope_of(access), YearGroup.R, SPEAKING.number)
    autumn = speaking.point_at("2025-autumn")
    assert autumn is not None
    assert early.names(autumn.parts[CohortPart.MATCHED]) == "Ann Bob"
    of_2012 = Access(access.user, early.school, (Role.HEAD,), LAST_YEAR, (LAST_YEAR, YEAR), (early.school,))
    then = early_years(of_2012, scope_of(of_2012, TermName.SUMMER), OF_2012, {})
    # Gus exceeds the goal of 2012.
    assert counts(next(line for line in then.areas if line.name == SPEAKING_OF_2012.name)) == (1, 1, 0, 0, 1)


def test_as_many_queries_however_many_children(early: EarlyWorld) -> None:
    access = access_of(early)
    with CaptureQueriesContext(
        connection,
    ) as first:
        shown_to(access)
    for number in range(5):
        row = on_roll(early.school, YEAR, year_group=YearGroup.R, pupil__forename=f"New{number}")
        judged(row.pupil, YEAR, SPRING, 18, subject=SPEAKING)
    with CaptureQueriesContext(connection) as second:
        assert shown_to(access).pupils == 10
    assert len(first) == len(second) == 3


def links_to_children(page: str) -> list[tuple[str, int]]:
    found = re.findall(r'<a[^>]*href="([^"]*/early-years/children/\?[^"]*)"[^>]*>(.*?)</a>', page, re.DOTALL)
    told = [
        (there.replace("&amp;", "&"), re.sub(r"<span.*?</span>|<[^>]+>", " ", text)) for there, text in found
    ]
    return [(there, int(text.split()[0])) for there, text in told]


def test_every_number_of_the_pages_opens_to_its_children(early: EarlyWorld) -> None:
    head = member(early.school, Role.HEAD)
    client = Client()
    client.force_login(head)
    there = f"/schools/{early.school.urn}/2025-26/dashboard"
    for asked in (
        "term=spring",
        "term=spring&year_group=all&subject=e02&group=girls",
        "term=spring&year_group=N2",
    ):
        overview = f"{there}/early-years/?{asked}"
        assert prove_links(client, overview) > 8
        page = client.get(overview).content.decode()
        links = links_to_children(page)
        assert links
        for address, number in links:
            listed = client.get(address).content.decode()
            assert f"<strong>{number}</strong> child" in listed, address
            assert listed.count('<th scope="row">') == number
    assert prove_links(client, f"{there}/early-years/areas/?term=summer&subject=e02") > 12
    assert prove_links(client, f"{there}/cohorts/R/prime/?term=spring") > 3


def test_prior_attainment_which_nobody_has_yet_is_no_choice(early: EarlyWorld) -> None:
    client = Client()
    client.force_login(member(early.school, Role.HEAD))
    there = f"/schools/{early.school.urn}/2025-26/dashboard"
    for page in ("", "areas/", "good-level/", "profile/"):
        text = client.get(f"{there}/early-years/{page}?term=summer").content.decode()
        assert "Pupil premium" in text
        assert "prior attainment" not in text.lower(), page
    # A dashboard that is narrowed to it shows nobody of them, and does not lead there.
    narrowed = client.get(f"{there}/?term=spring&group=low-prior-attainment").content.decode()
    assert "early-years/" not in narrowed


def rows_of(client: Client, there: str) -> list[list[str]]:
    answer = client.get(there)
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_files_say_what_is_shown_and_who_may_have_them(early: EarlyWorld) -> None:
    head, teacher, governor = (
        member(early.school, role) for role in (Role.HEAD, Role.TEACHER, Role.GOVERNOR)
    )
    client = Client()
    client.force_login(head)
    there = f"/schools/{early.school.urn}/2025-26/dashboard/early-years"
    areas = rows_of(client, f"{there}/areas.csv?term=spring")
    speaking = next(row for row in areas if "Speaking" in row)
    assert speaking == [
        "Communication and language", "Speaking", "5", "4", "1", "1 absent", "1", "25", "3", "75", "0", "0", "75", "18.5",
        "2.0", "2", "2.5", "2",
    ]  # fmt: skip
    entry = next(row for row in rows_of(client, f"{there}/entry.csv?term=spring") if "Speaking" in row)
    assert entry[2:] == ["2", "2", "0", "16.5", "19.0", "2.5", "1", "0", "1", "0", "0", "1", "0"]
    children = rows_of(client, f"{there}/children.csv?term=spring&subject=e02&part=matched")
    assert [row[3:] for row in children if row[3:4] in (["Baseline"], ["Autumn"])] == [
        ["Baseline", "15", "30-50e", "", "18", "40-60e", "At", "3"],
        ["Autumn", "18", "40-60e", "At", "20", "40-60s", "At", "2"],
    ]
    for table in ("groups", "cohort"):
        assert len(rows_of(client, f"{there}/{table}.csv?term=spring")) > 2
        assert client.get(f"{there}/{table}.xlsx?term=spring").status_code == 200
    # Of several year groups together there is no cohort; and a file of what is not here is none.
    assert client.get(f"{there}/cohort.csv?term=spring&year_group=all").status_code == 404
    assert client.get(f"{there}/areas.csv?term=spring&group=nobody").status_code == 404
    # A teacher counts the own class: Ann and Cat.
    with visible_to(early.school):
        held = Membership.objects.in_school(early.school).get(user=teacher)
        classes.assign_teacher(class_group=early.larch, membership=held, by=None)
    client.force_login(teacher)
    own = next(row for row in rows_of(client, f"{there}/areas.csv?term=spring") if "Speaking" in row)
    assert own[2:5] == ["2", "1", "1"]
    page = client.get(f"{there}/?term=spring").content.decode()
    assert "2 children on roll" in page
    assert "Nursery and Reception" not in page.split("</form>")[0]
    client.force_login(governor)
    for address in ("/", "/areas/", "/children/", "/areas.csv", "/steps.csv"):
        assert client.get(f"{there}{address}").status_code == 403
    assert "early-years" not in client.get(f"/schools/{early.school.urn}/2025-26/dashboard/").content.decode()


def test_the_dashboard_leads_here_and_a_term_without_judgements_says_so(early: EarlyWorld) -> None:
    client = Client()
    client.force_login(member(early.school, Role.HEAD))
    there = f"/schools/{early.school.urn}/2025-26/dashboard"
    # A class without such children is no choice here.
    with visible_to(early.school):
        ClassGroupFactory.create(school=early.school, academic_year=YEAR, name="4 Ash")
    for page in ("early-years/", "early-years/areas/", "early-years/good-level/", "early-years/profile/"):
        asked = client.get(f"{there}/{page}?term=summer").content.decode()
        assert (">Larch<" in asked, ">4 Ash<" in asked) == (True, False), page
    assert ">4 Ash<" in client.get(f"{there}/").content.decode()
    dashboard = client.get(f"{there}/?term=spring&measure=term&group=girls").content.decode()
    assert f"{there}/early-years/?term=spring&amp;group=girls" in dashboard
    # Nobody of Summer's boys is judged.
    page = client.get(f"{there}/early-years/?term=summer&group=boys").content.decode()
    assert "Nothing has been entered for this term yet" in page
    assert "girls" in BY_SLUG
    part = client.get(f"{there}/early-years/?term=spring", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    empty = client.get(f"{there}/early-years/?term=spring&class_group={early.larch.public_id}&year_group=N1")
    assert "Nobody to show" in empty.content.decode()
