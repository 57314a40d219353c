"""Everything out, as a head does it: the password once more, one click, and a file that an import takes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from schools.imports.whole_school import opened
from schools.services import worker
from tests.browser.conftest import PASSWORD, PHONE_AND_DESK, Visitor, World

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_head_takes_everything_out(visit: Callable[..., Visitor], world: World, tmp_path: Path) -> None:
    visitor = visit("head", views=PHONE_AND_DESK)
    page = visitor.page
    page.goto(world.at("settings/"))
    page.get_by_role("link", name="Everything out").click()
    visitor.check()
    page.get_by_role("link", name="Show that it is you").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Make the file").click()
    visitor.check()
    worker.do_next()
    page.reload()
    visitor.check()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download ZIP").click()
    file = tmp_path / "out.zip"
    download.value.save_as(file)
    with opened(file) as given:
        assert given.urn == world.school.urn
