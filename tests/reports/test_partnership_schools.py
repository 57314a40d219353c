"""A lead's list of the partnership's schools."""

from __future__ import annotations

from django.urls import reverse

from schools.services import memberships
from tests.conftest import signed_in
from tests.factories import PartnershipFactory, SchoolFactory, UserFactory
from tests.reports.partnership_world import YEAR, PartnershipWorld, partnership_world

__all__ = ["partnership_world"]


def test_a_lead_has_a_list_of_the_schools(partnership_world: PartnershipWorld) -> None:
    partnership = partnership_world.ash.partnership
    new = SchoolFactory.create(partnership=partnership, name="Yew First", urn="999001", dfe_number="8609001")
    SchoolFactory.create(partnership=PartnershipFactory.create(name="Elsewhere"), name="Not ours")
    lead = UserFactory.create()
    memberships.lead_partnership(partnership=partnership, user=lead, by=None)
    client = signed_in(lead)
    page = client.get(reverse("partnership_schools", args=[partnership.pk, YEAR])).content.decode()
    assert "6 schools." in page
    assert "Not ours" not in page
    assert "860/9001" in page
    assert new.year_groups_label in page
    # The new one has opened no year.
    assert (page.count(">open<"), page.count(">not opened<")) == (5, 1)
    assert (
        reverse("partnership_schools", args=[partnership.pk, YEAR])
        in client.get(reverse("partnership", args=[partnership.pk, YEAR])).content.decode()
    )
