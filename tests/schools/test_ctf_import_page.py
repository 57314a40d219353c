"""A common transfer file is taken in on a page: asked about like a roll, counted where something was passed over, taken back."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from schools.calendar import AcademicYear
from schools.models import (
    ChangeSet,
    CtfResultRaw,
    FsmPeriod,
    ImportState,
    Pupil,
    PupilYear,
    Role,
    School,
    SchoolAttended,
    SenNeed,
    SenPeriod,
)
from schools.row_security import visible_to
from tests.conftest import member, signed_in
from tests.schools.ctf_files import SAMPLE, ctf, ctf_pupil, result, results
from tests.schools.files import upn
from tests.schools.test_imports import Desk, _in_one_thread, counts
from tests.schools.test_roll_loading import load, row

__all__ = ["_in_one_thread"]

HELD = (Pupil, PupilYear, CtfResultRaw, FsmPeriod, SenPeriod, SenNeed, SchoolAttended)
PRIVATE = (
    "<Address><AddressLines><AddressLine1>1 Hidden Lane</AddressLine1></AddressLines></Address>"
    "<Phones><Phone><TelephoneType>H</TelephoneType><PhoneNo>01234 567890</PhoneNo></Phone></Phones>"
)


@pytest.fixture
def desk(school: School, year: AcademicYear) -> Desk:
    head = member(school, Role.HEAD)
    return Desk(school, year, head, signed_in(head))


def bring(desk: Desk, content: str, **said: str) -> str:
    return desk.bring(content, kind="ctf", **said)


def held(school: School) -> list[int]:
    with visible_to(school):
        return [model.objects.count() for model in HELD]


def test_it_is_shown_saved_and_taken_back(desk: Desk) -> None:
    assert ".xml" in desk.client.get(desk.list).content.decode()
    html = bring(desk, SAMPLE.read_text(encoding="utf-8"))
    assert counts(html) == {
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        # A period of meals, one of SEN, a need, a school, a result.
        "beside the roll added": 5,
        # Middle name, medical flag, the source of the ethnicity, the review date of the meals.
        "passed over and not kept": 4,
    }
    assert "Common transfer file (CTF 25) from Sample Primary School" in html
    # What an element means is not asked.
    assert "What is in each column?" not in html
    assert held(desk.school) == [0] * 7

    html = desk.post("confirm")

    assert desk.state() == ImportState.DONE
    assert held(desk.school) == [1] * 7
    with visible_to(desk.school):
        change = ChangeSet.objects.latest("pk")
        assert (change.by, change.reason) == (desk.who, f"Common transfer file for {desk.year} from roll.csv")
    assert counts(html)["passed over and not kept"] == 4
    # The same again changes nothing.
    assert "The file changes nothing" in bring(desk, SAMPLE.read_text(encoding="utf-8"))
    with visible_to(desk.school):
        desk.run = type(desk.run).objects.order_by("pk").first()  # type: ignore[union-attr]
    assert "The import is taken back" in desk.post("take-back")
    assert held(desk.school) == [0] * 7


def test_what_is_nobodys_business_is_counted_and_in_no_list(desk: Desk) -> None:
    html = bring(desk, ctf(ctf_pupil(rest=PRIVATE), ctf_pupil(2, "Cox", "Noah", rest=PRIVATE)))
    assert counts(html)["passed over and not kept"] == 4
    assert "Nothing was kept of: " in html
    desk.post("confirm")
    report = desk.client.get(f"{desk.page}report.csv").content.decode()
    assert "Nothing was kept of: " in report
    for page in (html, desk.html(), report):
        assert "Hidden Lane" not in page
        assert "567890" not in page


def test_who_may_be_known_is_asked_about(desk: Desk) -> None:
    with visible_to(desk.school):
        load(
            desk.school,
            row(1, surname="Ash", upn=upn(1)),
            row(2, surname="Elm"),
            row(3, surname="Oak"),
            year=desk.year,
        )
        ash, elm, oak = Pupil.objects.order_by("surname")
    # Another UPN than the one held; one where none is held; a name that is alike.
    mine = results("KS2", result("MAT", "EXS"))
    content = ctf(
        ctf_pupil(7, "Ash", rest=mine),
        ctf_pupil(8, "Elm", rest=mine),
        ctf_pupil(9, "Oak", "Ellie", rest=mine),
    )
    html = bring(desk, content)
    assert html.count('type="radio" name="same-') == 6
    assert 'name="act" value="confirm"' not in html
    assert "What is in each column?" not in html
    html = desk.post("look", **{"same-1": "other", "same-2": "same", "same-3": "other"})
    assert "The same child, or another?" not in html
    assert (counts(html)["new"], counts(html)["changed"]) == (2, 1)

    desk.post("confirm")

    assert desk.names() == ["Ash", "Ash", "Elm", "Oak", "Oak"]
    with visible_to(desk.school):
        # Each result is of whom the row was said to be.
        assert set(CtfResultRaw.objects.values_list("pupil__upn", flat=True)) == {upn(7), upn(8), upn(9)}
        assert not CtfResultRaw.objects.filter(pupil__in=[ash, oak]).exists()
        elm.refresh_from_db()
        assert elm.upn == upn(8)


def test_two_without_a_upn_who_are_two_children_keep_what_is_theirs(desk: Desk) -> None:
    with visible_to(desk.school):
        load(desk.school, row(1, surname="Ash", upn=upn(1)), year=desk.year)
    mine = results("KS2", result("MAT", "EXS"))
    bring(desk, ctf(ctf_pupil(None, "Ash", rest=mine), ctf_pupil(2, "Elm")))
    desk.post("look", **{"same-1": "other"})
    desk.post("confirm")
    assert desk.names() == ["Ash", "Ash", "Elm"]
    with visible_to(desk.school):
        assert CtfResultRaw.objects.get().pupil.upn == ""


def test_a_partial_file_places_nobody_and_says_whom_it_left_out(desk: Desk) -> None:
    with visible_to(desk.school):
        load(desk.school, row(1, surname="Ash", upn=upn(1)), year=desk.year)
    mine = results("KS2", result("MAT", "EXS"))
    pupils = [ctf_pupil(1, "ASH", year=None, rest=mine), ctf_pupil(2, "Elm", year=None, rest=mine)]
    html = bring(desk, ctf(*pupils, qualifier="partial"))
    assert (counts(html)["left out"], counts(html)["beside the roll added"]) == (1, 1)
    assert "a partial file without year groups makes nobody a pupil" in html
    desk.post("confirm")
    assert desk.names() == ["Ash"]
    with visible_to(desk.school):
        assert CtfResultRaw.objects.get().pupil.upn == upn(1)


def test_a_refused_one_says_where(desk: Desk) -> None:
    html = bring(desk, ctf(ctf_pupil(1, year="99"), ctf_pupil(2, "Cox", born="2018-02-31")))
    assert "2 problems have to be put right first" in html
    assert "Cox, Elsie: date of birth (DOB)" in html
    assert 'name="act" value="confirm"' not in html
    assert "This is not a common transfer file" in bring(desk, "Surname,Forename\nAsh,Elsie\n")
    assert held(desk.school) == [0] * 7


def test_a_file_chosen_as_the_wrong_kind_is_told_apart(desk: Desk) -> None:
    file = SimpleUploadedFile("x.xml", SAMPLE.read_bytes())
    assert "This is a common transfer file" in desk.bring(file.read(), kind="roll")
