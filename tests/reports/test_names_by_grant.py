"""Names of a school's pupils for the lead of its partnership: by the school's own grant, recorded, and otherwise never."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from schools.calendar import AcademicYear
from schools.models import NamesGrant, NamesReading, Role, School, User
from schools.queries.names_grants import SHOWN_READINGS, grant_lines
from schools.row_security import visible_to
from schools.services import memberships
from schools.services.names_grants import grant_names
from tests.conftest import member, signed_in
from tests.factories import PartnershipFactory, UserFactory
from tests.isolation.two_schools import WholeSchool, ours, theirs

__all__ = ["ours", "theirs"]


def test_a_lead_sees_names_by_a_grant_alone_and_leaves_a_line(
    ours: WholeSchool, theirs: WholeSchool, year: AcademicYear, today: dt.date
) -> None:
    school = ours.school
    head, lead, stranger = (
        member(school, Role.HEAD),
        UserFactory.create(name="Lou Lead"),
        UserFactory.create(),
    )
    memberships.lead_partnership(partnership=school.partnership, user=lead, by=None)
    memberships.lead_partnership(
        partnership=PartnershipFactory.create(name="Elsewhere"), user=stranger, by=None
    )
    page = reverse("names_grants", args=[school.urn, year])
    figure = reverse("granted_pupils", args=[school.partnership_id, year, school.urn])
    figure += "?subject=mathematics&year_group=4&term=autumn&part=assessed"
    side = (
        reverse("partnership", args=[school.partnership_id, year])
        + "?subject=mathematics&year_group=4&term=autumn"
    )
    of_head, of_lead = signed_in(head), signed_in(lead)
    # The grants of the fixture are over.
    assert of_lead.get(figure).status_code == 404
    assert "Names at" not in of_lead.get(side).content.decode()
    # No purpose, a day that is over, a day too far away.
    for purpose, ends_on in (
        ("", today),
        ("Why", today - dt.timedelta(1)),
        ("Why", today + dt.timedelta(400)),
    ):
        assert of_head.post(page, {"purpose": purpose, "ends_on": ends_on}).status_code == 422
    for role in set(Role) - {Role.HEAD}:
        assert (
            signed_in(member(school, role)).post(page, {"purpose": "Why", "ends_on": today}).status_code
            == 403
        )
    assert of_head.post(page, {"purpose": "Moderating writing", "ends_on": today}).status_code == 302
    with visible_to(school):
        grant = NamesGrant.objects.get(purpose="Moderating writing")
    assert (grant.granted_by, grant.starts_on, grant.ends_on) == (head, today, today)
    shown = of_lead.get(figure)
    assert shown.status_code == 200
    assert "Ourchild" in shown.content.decode()
    assert "Moderating writing" in shown.content.decode()
    assert f'Names<span class="visually-hidden"> at {school.name}' in of_lead.get(side).content.decode()
    # Nobody else's, no other school's, and nothing to change.
    there = reverse("granted_pupils", args=[school.partnership_id, year, theirs.school.urn])
    assert of_lead.get(there).status_code == 404
    assert signed_in(stranger).get(figure).status_code == 404
    assert of_head.get(figure).status_code == 404
    assert of_lead.post(figure).status_code == 405
    assert of_lead.get(reverse("pupil", args=[school.urn, year, ours.pupil.public_id])).status_code == 404
    with visible_to(school):
        (reading,) = NamesReading.objects.filter(grant=grant)
    assert (reading.read_by, reading.figure) == (lead, f"Year 4 Mathematics, Autumn {int(year)}: judged")
    told = of_head.get(page).content.decode()
    assert "Lou Lead" in told
    assert reading.figure in told
    assert "Ourchild" not in told
    # Taken back, by its own school alone.
    with visible_to(theirs.school):
        foreign = NamesGrant.objects.get()
    assert of_head.post(page, {"act": "end", "grant": foreign.pk}).status_code == 404
    assert of_head.post(page, {"act": "end", "grant": "nonsense"}).status_code == 404
    assert of_head.post(page, {"act": "end", "grant": grant.pk}).status_code == 302
    assert of_head.post(page, {"act": "end", "grant": grant.pk}).status_code == 302
    assert of_lead.get(figure).status_code == 404
    with visible_to(school):
        grant.refresh_from_db()
        assert grant.ended_at is not None
        assert grant.ended_at <= timezone.now()


GROUPS = (
    "group=looked-after",
    "group=ehc-plan",
    "group=pupil-premium&crossed_with=boys",
    "crossed_with=girls",
)
REFUSED = (
    *GROUPS,
    "measure=term",
    "since=2024-summer",
    "phase=key+stage+1",
    "class_group=0190a0a0-0000-7000-8000-000000000000",
    "snapshot=1",
    "snapshot=99",
    "year_group=13",
    "term=winter",
    "subject=nonsense",
    "part=nonsense",
    "sort=share",
)


def granted(school: School, lead: User, today: dt.date, purpose: str = "Moderation") -> NamesGrant:
    with visible_to(school):
        return grant_names(school=school, purpose=purpose, starts_on=today, ends_on=today, by=lead)


def test_the_line_says_all_that_was_asked_for_and_nothing_else_can_be_asked(
    subtests: pytest.Subtests, ours: WholeSchool, year: AcademicYear, today: dt.date
) -> None:
    school, lead = ours.school, UserFactory.create()
    memberships.lead_partnership(partnership=school.partnership, user=lead, by=None)
    granted(school, lead, today)
    client = signed_in(lead)
    at = reverse("granted_pupils", args=[school.partnership_id, year, school.urn])
    for asked in REFUSED:
        with subtests.test(asked):
            assert client.get(f"{at}?subject=mathematics&term=autumn&{asked}").status_code == 404
    autumn, after = int(year), int(year) + 1
    answered = {
        "term=autumn": f"All year groups Reading, Autumn {autumn}: on roll",
        "term=autumn&subject=mathematics&year_group=4&part=below": f"Year 4 Mathematics, Autumn {autumn}: below",
        "term=spring&subject=combined&part=at_or_above": f"All year groups Combined, Spring {after}: at or above",
        "term=summer&subject=writing&part=progress_above": f"All year groups Writing, Summer {after}: more than expected progress",
        # What a form sends that has been left empty.
        "term=autumn&subject=reading&year_group=&part=": f"All year groups Reading, Autumn {autumn}: on roll",
    }
    for asked in answered:
        assert client.get(f"{at}?{asked}").status_code == 200, asked
    with visible_to(school):
        told = NamesReading.objects.filter(read_by=lead).order_by("pk").values_list("figure", flat=True)
        assert list(told) == list(answered.values())


def test_a_grant_stays_with_its_partnership_and_the_latest_is_read_by(
    ours: WholeSchool, year: AcademicYear, today: dt.date
) -> None:
    school, lead, new_lead = ours.school, UserFactory.create(), UserFactory.create()
    other = PartnershipFactory.create(name="Elsewhere")
    memberships.lead_partnership(partnership=school.partnership, user=lead, by=None)
    memberships.lead_partnership(partnership=other, user=new_lead, by=None)
    granted(school, lead, today, "First")
    latest = granted(school, lead, today, "Second")
    at = reverse("granted_pupils", args=[school.partnership_id, year, school.urn])
    for _ in range(SHOWN_READINGS + 2):
        assert signed_in(lead).get(f"{at}?term=autumn").status_code == 200
    head = signed_in(member(school, Role.HEAD))
    with visible_to(school), CaptureQueriesContext(connection) as asked:
        second, first, over = grant_lines(school, today)
    assert len(asked) == 3
    assert (second.grant, second.is_open, len(second.readings), second.readings_count) == (
        latest,
        True,
        SHOWN_READINGS,
        SHOWN_READINGS + 2,
    )
    assert (first.is_open, first.readings, over.is_open) == (True, (), False)
    page = head.get(reverse("names_grants", args=[school.urn, year])).content.decode()
    assert f"The last {SHOWN_READINGS} of {SHOWN_READINGS + 2}" in page
    # The school goes to another partnership: its leads have been let see nothing, and the old ones no longer have to do with it.
    school.partnership = other
    school.save(update_fields=["partnership"])
    there = reverse("granted_pupils", args=[other.pk, year, school.urn])
    assert signed_in(new_lead).get(there).status_code == 404
    assert signed_in(lead).get(at).status_code == 404
    with visible_to(school):
        assert not any(line.is_open for line in grant_lines(school, today))
