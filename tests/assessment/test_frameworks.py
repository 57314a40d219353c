"""By which framework of the early years a year is judged: the leader's page, and that a year stays with what it was judged by."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from assessment.engine.subjects import EYFS_AREAS
from assessment.services.frameworks import FrameworkInUseError, use_framework
from schools.calendar import AcademicYear, EyfsFramework, YearGroup
from schools.models import Role, School, SchoolYear
from schools.row_security import visible_to
from schools.services import years
from tests.assessment.test_marksheet_sheet import enter
from tests.conftest import member, signed_in
from tests.factories import on_roll

OLD, NEW = EyfsFramework.OF_2012, EyfsFramework.OF_2021


def page_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def framework_of(school: School, year: AcademicYear) -> int:
    with visible_to(school):
        return SchoolYear.objects.in_school(school).get(academic_year=year).eyfs_framework


def test_a_leader_chooses_the_framework_until_a_child_is_judged_by_it(
    school: School, year: AcademicYear
) -> None:
    with visible_to(school):
        years.open_year(school=school, academic_year=AcademicYear(year - 1), by=None)
    head = signed_in(member(school, Role.HEAD))
    there = reverse("eyfs_framework", args=[school.urn, year])
    page = page_of(head, there)
    assert "is judged in the seventeen areas of the 2021 framework." in page
    assert f"Judge {year.label} by the 2012 framework" in page
    assert reverse("eyfs_framework", args=[school.urn, year]) in page_of(
        head, reverse("terms", args=[school.urn, year])
    )

    assert head.post(there, {"framework": "1999"}).status_code == 404
    assert head.post(there, {"framework": "2012"}).status_code == 302
    assert (framework_of(school, year), framework_of(school, AcademicYear(year - 1))) == (OLD, NEW)
    page = page_of(head, there)
    assert "By law it would be the 2021 framework." in page
    # The sheet of all areas is of the framework that was chosen, and so is what the history keeps.
    with visible_to(school):
        child = on_roll(school, year, year_group=YearGroup.R).pupil
        enter(child, (year, 1, 18), subject=EYFS_AREAS[OLD][0])
        enter(child, (year, 2, "absent"), subject=EYFS_AREAS[OLD][0])
    page = page_of(head, there)
    assert (
        f"2 judgements of {year.label} are in the areas of the 2012 framework, so the year stays with it"
        in page
    )
    assert 'name="framework"' not in page
    refused = head.post(there, {"framework": "2021"})
    assert (refused.status_code, framework_of(school, year)) == (422, OLD)
    assert "Nothing was changed." in refused.content.decode()
    with visible_to(school), pytest.raises(FrameworkInUseError, match="2 judgements"):
        use_framework(school=school, academic_year=year, framework=NEW, by=None)


def test_who_does_not_lead_is_refused_and_a_school_without_early_years_has_no_such_page(
    school: School, year: AcademicYear
) -> None:
    there = reverse("eyfs_framework", args=[school.urn, year])
    assert signed_in(member(school, Role.TEACHER)).get(there).status_code == 403
    School.objects.filter(pk=school.pk).update(
        lowest_year_group=YearGroup.Y1, highest_year_group=YearGroup.Y6
    )
    head = signed_in(member(school, Role.HEAD))
    assert head.get(there).status_code == 404
    assert there not in page_of(head, reverse("terms", args=[school.urn, year]))
