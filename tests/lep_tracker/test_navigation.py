"""The menus of the frame: where one is, and where another year leads."""

from __future__ import annotations

import re

import pytest

from schools.calendar import AcademicYear
from schools.models import Role, School
from schools.row_security import visible_to
from schools.services import years
from tests.conftest import member, signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["dashboard/", "reports/governors/"])
def test_the_pack_is_of_the_dashboard_and_stays_on_another_year(
    school: School, year: AcademicYear, path: str
) -> None:
    before = AcademicYear(year - 1)
    with visible_to(school):
        years.open_year(school=school, academic_year=before, by=None)
    page = signed_in(member(school, Role.HEAD)).get(f"/schools/{school.urn}/{year.slug}/{path}")
    assert [link.label for link in page.context["navigation"] if link.is_current] == ["Dashboard"]
    assert re.search(r"<a [^>]*aria-current[^>]*>\s*Dashboard", page.content.decode())
    (other,) = (link for link in page.context["year_links"] if not link.is_current)
    assert other.url == f"/schools/{school.urn}/{before.slug}/{path}"
