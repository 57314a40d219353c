"""A head writes a common transfer file for who leaves, at a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from schools.models import CtfResultRaw, Pupil
from schools.row_security import visible_to
from tests.browser.conftest import PHONE_AND_DESK, Visitor, World

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_head_writes_a_common_transfer_file(visit: Callable[..., Visitor], world: World) -> None:
    key = world.pupil_address.rstrip("/").rpartition("/")[2]
    with visible_to(world.school):
        pupil = Pupil.objects.get(public_id=key)
        for component, method, qualifier, said in (("PHO", "TT", "NM", "35"), ("REA", "TA", "", "EXS")):
            CtfResultRaw.objects.create(
                school=world.school,
                pupil=pupil,
                stage="KS1",
                subject="ENG",
                method=method,
                component=component,
                qualifier=qualifier,
                year="2024",
                result=said,
            )
    visitor = visit("head", views=PHONE_AND_DESK)
    page = visitor.page
    page.goto(world.pupil_address)
    visitor.check()
    page.get_by_role("link", name="Common transfer file").click()
    visitor.check()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Write the file").click()
    assert taken.value.suggested_filename == f"{world.school.dfe_number}_CTF_XXXXXXX_001.xml"
