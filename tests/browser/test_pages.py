"""Every page, at a desk and on a phone, in light and dark: accessible, inside its width, nothing against the policy."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import NARROWEST_AND_DESK, Visitor, World

pytestmark = pytest.mark.django_db(transaction=True)

# What each person opens; `{}` pages are made from the world.
PAGES = {
    "": [
        "/account/sign-in/",
        "/account/password/forgotten/",
        "/offline/",
        "/account/sign-up/",
        "/help/",
        "/help/marksheet/",
        "/help/rules/",
        "/help/accessibility/",
    ],
    "head": [
        "/",
        "home",
        "pupils/",
        "pupils/?group=girls&standing=left",
        "classes/",
        "people/",
        "people/invite/",
        "everything-out/",
        "person",
        "audit/",
        "pupil",
        "class",
        "empty",
        "terms/early-years/",
        "moving/history/",
        "/account/",
        "/account/password/",
        "/nowhere/",
        "/account/sign-out/",
    ],
    "teacher": ["home", "pupils/", "classes/"],
    "governor": ["home", "pupils/"],
    "administrator": ["home", "people/"],
    "lead": ["/", "words"],
    "nobody": ["/"],
}


def address(world: World, page: str) -> str:
    if page.startswith("/"):
        return world.address + page
    special = {
        "home": world.at(),
        "pupil": world.pupil_address,
        "class": world.class_address,
        "person": world.person_address,
        "words": f"{world.address}/partnerships/{world.school.partnership_id}/{world.year.slug}/expectations/words/"
        "?below=Working+towards&at=On+track&above=Greater+depth",
        "empty": f"{world.address}/schools/{world.other.urn}/",
    }
    return special.get(page) or world.at(page)


@pytest.mark.parametrize("who", list(PAGES), ids=lambda who: who or "visitor")
def test_every_page_is_accessible_and_keeps_the_policy(
    who: str, visit: Callable[..., Visitor], world: World
) -> None:
    visitor = visit(who, views=NARROWEST_AND_DESK)
    for page in PAGES[who]:
        visitor.page.goto(address(world, page))
        visitor.check()


def test_a_breach_of_the_policy_would_be_noticed(visit: Callable[..., Visitor], world: World) -> None:
    visitor = visit()
    visitor.page.goto(world.address + "/account/sign-in/")
    visitor.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
    visitor.page.wait_for_function("window.violations.length > 0")
    with pytest.raises(AssertionError):
        visitor.check()
