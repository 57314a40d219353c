"""Records that may be one child's: what makes two alike, what a person says of them, and what a later roll does with a number of before."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessment.engine.assessment_points import AssessmentTerm
from schools.access import inside
from schools.calendar import AcademicYear, YearGroup
from schools.likeness import Alike, Identity, alike, distance, folded
from schools.models import Pupil, PupilYear, Role, School, SchoolOwned, ToldApart
from schools.queries.duplicates import possible_duplicates
from schools.queries.merging import Choices, merge_plan
from schools.row_security import visible_to
from schools.services.merging import merge
from schools.services.roll_rows import RollRefused, RollRow
from schools.services.rolls import load_roll
from tests.conftest import member, signed_in
from tests.factories import judged, on_roll
from tests.schools.files import upn

BORN = dt.date(2017, 10, 4)
FORMER, TEMPORARY = upn(1), upn(2, letter="A")


def identity(surname: str, forename: str, **said: Any) -> Identity:
    values = {"preferred_surname": "", "preferred_forename": "", "date_of_birth": BORN, "upn": ""}
    return Identity(surname=surname, forename=forename, **(values | said))


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (("O’Brien-Day", "Zoë"), ("OBRIEN DAY", "Zoe"), Alike.NAME),
        (("Elsie", "Brough"), ("Brough", "Elsie"), Alike.ROUND),
        (("Brough", "Elsie"), ("Bruogh", "Elsie"), Alike.NEAR),
        (("Brough", "Elsie"), ("Brough", "Elsbeth"), None),
        # Three letters and fewer have to be the same.
        (("Brough", "Amy"), ("Brough", "Ami"), None),
        (("Brough", "Elsie"), ("Clowes", "Elsie"), None),
    ],
)
def test_names_are_alike_as_people_write_them(
    one: tuple[str, str], other: tuple[str, str], why: Alike | None
) -> None:
    assert alike(identity(*one), identity(*other)) is why
    assert alike(identity(*other), identity(*one)) is why


def test_two_numbers_given_for_good_tell_twins_apart_but_not_namesakes() -> None:
    first, second = upn(1), upn(2)
    assert alike(identity("Brough", "Elsie", upn=first), identity("Brough", "Elsia", upn=second)) is None
    assert (
        alike(identity("Brough", "Elsie", upn=first), identity("Brough", "Elsie", upn=second)) is Alike.NAME
    )
    assert alike(identity("Brough", "Elsie", upn=first), identity("Brough", "Elsia")) is Alike.NEAR


def test_a_number_that_the_other_had_before_is_a_reason_to_look_whatever_the_names() -> None:
    other = identity("Clowes", "Ann", former_upns=frozenset({FORMER}), date_of_birth=dt.date(2016, 1, 1))
    assert alike(identity("Brough", "Elsie", upn=FORMER), other) is Alike.FORMER_UPN


def test_letters_are_counted_up_to_what_is_asked() -> None:
    assert [distance("brough", each, most=2) for each in ("brough", "bruogh", "brogh", "bragh", "smith")] == [
        *(0, 1, 1, 2, 3),
    ]
    assert folded("Zoë  O’Brien-Day") == "zoe obrien day"


@pytest.fixture
def pair(school: School, year: AcademicYear) -> tuple[PupilYear, PupilYear]:
    """Elsie twice: once with a number given for good, once with none; and a boy born on the same day."""
    with visible_to(school):
        born = {"pupil__surname": "Brough", "pupil__date_of_birth": BORN}
        first = on_roll(school, year, pupil__forename="Elsie", pupil__upn=FORMER, **born)
        second = on_roll(school, year, pupil__forename="ELSIE", **born)
        on_roll(school, year, pupil__forename="Tom", **born)
    return first, second


@pytest.fixture
def head(school: School) -> Client:
    return signed_in(member(school, Role.HEAD))


def there(pair: tuple[PupilYear, PupilYear]) -> str:
    first, second = pair
    pupils = first.pupil.public_id, second.pupil.public_id
    return reverse("duplicate_pair", args=[first.school.urn, first.academic_year, *pupils])


def listed(pair: tuple[PupilYear, PupilYear]) -> str:
    return reverse("duplicates", args=[pair[0].school.urn, pair[0].academic_year])


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def asked(answer: Any) -> dict[str, str]:
    """What the form says as it stands: the radios that are on, and the seal."""
    page = answer.content.decode()
    on = re.findall(r'<input type="radio" name="([^"]+)" value="(\d)"[^>]*\bchecked', page)
    sealed = re.findall(r'name="shown" value="(\w+)"', page)
    return {**dict(on), **({"shown": sealed[0]} if sealed else {})}


def shown(head: Client, pair: tuple[PupilYear, PupilYear]) -> dict[str, str]:
    """The form as it comes, filled in, and the seal of what it does."""
    said = {**asked(head.get(there(pair))), "reason": "Written twice"}
    return {**said, "shown": asked(head.post(there(pair), {**said, "act": "show"}))["shown"]}


def test_the_list_says_who_may_be_here_twice_and_which_numbers_are_not_for_good(
    pair: tuple[PupilYear, PupilYear], head: Client
) -> None:
    with visible_to(pair[0].school):
        Pupil.objects.filter(forename="Tom").update(upn=TEMPORARY)
    page = text(head.get(listed(pair)))
    assert "To look at (1)" in page
    assert re.search(r"Brough, Elsie .* Brough, ELSIE .* The same name and date of birth", page)
    assert re.search(rf"UPNs to look at \(1\).* Brough, Tom .* {TEMPORARY} .*Temporary", page)


def test_two_are_merged_as_it_was_shown_and_made_two_again(
    pair: tuple[PupilYear, PupilYear], head: Client
) -> None:
    first, second = pair
    said = shown(head, pair)
    with visible_to(first.school):
        assert not Pupil.objects.exclude(merged_into=None).exists()
    answer = head.post(there(pair), {**said, "act": "merge"}, follow=True)
    assert "The two records are one now." in text(answer)
    with visible_to(first.school):
        assert Pupil.objects.get(pk=second.pupil_id).merged_into_id == first.pupil_id
    page = reverse("pupil", args=[first.school.urn, first.academic_year, second.pupil.public_id])
    answer = head.get(page, follow=True)
    assert answer.redirect_chain[-1][0].endswith(f"/pupils/{first.pupil.public_id}/")
    assert "A second record of this child, ELSIE Brough, was merged into this one." in text(answer)
    assert "Merged (1)" in text(head.get(listed(pair)))
    answer = head.post(there(pair), {"act": "take-back"}, follow=True)
    assert "They are two records again" in text(answer)
    with visible_to(first.school):
        assert not Pupil.objects.exclude(merged_into=None).exists()
        assert PupilYear.objects.filter(pupil=second.pupil_id).count() == 1


def test_what_changed_since_it_was_shown_is_shown_anew_and_nothing_is_merged(
    pair: tuple[PupilYear, PupilYear], head: Client
) -> None:
    said = shown(head, pair)
    with visible_to(pair[0].school):
        PupilYear.objects.filter(pk=pair[1].pk).update(is_eal=True)
    answer = head.post(there(pair), {**said, "act": "merge"})
    assert answer.status_code == 422
    assert "Nothing was merged." in text(answer)
    # What is shown anew can be done; in a second tab, where it is done already, it is not done twice.
    again = {**said, **asked(answer)}
    assert head.post(there(pair), {**again, "act": "merge"}).status_code == 302
    answer = head.post(there(pair), {**again, "act": "merge"})
    assert "Two children after all" in text(answer)
    with visible_to(pair[0].school):
        assert Pupil.objects.exclude(merged_into=None).count() == 1


def test_a_merge_needs_a_reason(pair: tuple[PupilYear, PupilYear], head: Client) -> None:
    answer = head.post(there(pair), {**asked(head.get(there(pair))), "act": "show"})
    assert (answer.status_code, "Say why they are one child." in text(answer)) == (422, True)
    answer = head.post(there(pair), {"act": "apart"})
    assert (answer.status_code, "Say how you know." in text(answer)) == (422, True)


def test_two_children_are_not_asked_about_again_until_somebody_takes_that_back(
    pair: tuple[PupilYear, PupilYear], head: Client
) -> None:
    said = shown(head, pair)
    head.post(there(pair), {"act": "apart", "reason": "Twins"})
    page = text(head.get(listed(pair)))
    assert "No two records look like one child’s" in page
    assert re.search(r"nobody is asked again \(1\) .* Twins", page)
    # Nor are they merged by a page that was open meanwhile.
    head.post(there(pair), {**said, "act": "merge"})
    with visible_to(pair[0].school):
        assert not Pupil.objects.exclude(merged_into=None).exists()
    assert "Somebody said that these are two children." in text(head.get(there(pair)))
    head.post(there(pair), {"act": "look-again"})
    assert "To look at (1)" in text(head.get(listed(pair)))
    with visible_to(pair[0].school):
        assert not ToldApart.objects.exists()
        assert ToldApart.pgh_event_model.objects.filter(pgh_label="delete").count() == 2  # type: ignore[attr-defined]


def test_two_whom_nothing_makes_alike_can_be_chosen(pair: tuple[PupilYear, PupilYear], head: Client) -> None:
    with visible_to(pair[0].school):
        tom = Pupil.objects.get(forename="Tom")
    one = str(pair[0].pupil.public_id)
    answer = head.post(listed(pair), {"one": one, "other": str(tom.public_id)}, follow=True)
    assert "Nothing that is written in the two says that they are one child’s." in text(answer)
    assert head.post(listed(pair), {"one": one, "other": one}).status_code == 422


def test_a_record_of_another_school_makes_no_pair(
    pair: tuple[PupilYear, PupilYear], other_school: School, year: AcademicYear, head: Client
) -> None:
    with visible_to(other_school):
        theirs = on_roll(other_school, year, pupil__surname="Brough", pupil__date_of_birth=BORN)
    assert head.get(there((pair[0], theirs))).status_code == 404
    assert head.get(there((pair[0], pair[0]))).status_code == 404
    stranger = signed_in(member(other_school, Role.HEAD))
    assert stranger.get(there(pair)).status_code == 404
    teacher = signed_in(member(pair[0].school, Role.TEACHER))
    assert (teacher.get(there(pair)).status_code, teacher.get(listed(pair)).status_code) == (403, 403)


def test_the_list_asks_no_more_for_more_pupils(
    pair: tuple[PupilYear, PupilYear], school: School, year: AcademicYear
) -> None:
    user = member(school, Role.HEAD)

    def queries() -> int:
        with inside(user, school, year) as access, CaptureQueriesContext(connection) as made:
            possible_duplicates(access)
        return len(made)

    few = queries()
    with visible_to(school):
        for number in range(4):
            on_roll(school, year, pupil__surname="Brough", pupil__forename=f"Elsi{'abcd'[number]}")
    assert queries() == few <= 5


def test_the_page_of_two_asks_no_more_for_more_that_is_held(
    pair: tuple[PupilYear, PupilYear], year: AcademicYear, head: Client
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as made:
            assert head.get(there(pair)).status_code == 200
        return len(made)

    queries()
    few = queries()
    with visible_to(pair[0].school):
        for term in (AssessmentTerm.AUTUMN, AssessmentTerm.SPRING, AssessmentTerm.SUMMER):
            for number, row in enumerate(pair):
                judged(row.pupil, year, term, 43 + number)
    assert queries() == few


def merged(pair: tuple[PupilYear, PupilYear]) -> None:
    """The record with the number goes into the one without, which keeps its own none; its number is a former one."""
    plan = merge_plan(pair[0].pupil, pair[1].pupil, Choices(1, {"upn": 1}))
    merge(plan=plan, reason="Twice", by=None)


def test_a_roll_with_a_former_number_is_told_where_it_leads_and_merges_nobody(
    pair: tuple[PupilYear, PupilYear], school: School, year: AcademicYear
) -> None:
    child = {"surname": "Brough", "forename": "Elsie", "date_of_birth": BORN, "year_group": YearGroup.Y4}
    with visible_to(school):
        merged(pair)
        with pytest.raises(RollRefused) as refused:
            load_roll(
                school=school, academic_year=year, rows=[RollRow(number=2, upn=FORMER, **child)], by=None
            )
        (problem,) = refused.value.problems
        assert (problem.row, problem.field) == (2, "upn")
        assert "is a former UPN of ELSIE Brough, born 04/10/2017" in problem.what
        # Without a number it is the child by name and date of birth, and nobody is new.
        load_roll(school=school, academic_year=year, rows=[RollRow(number=2, **child)], by=None)
        assert Pupil.objects.filter(merged_into=None).count() == 2


def test_the_database_keeps_a_record_from_leading_to_itself_or_into_another_school(
    pair: tuple[PupilYear, PupilYear], school: School, other_school: School, year: AcademicYear
) -> None:
    with visible_to(school, other_school):
        theirs = on_roll(other_school, year).pupil
        for into in (pair[0].pupil, theirs):
            with pytest.raises(IntegrityError), transaction.atomic():
                Pupil.objects.filter(pk=pair[0].pupil_id).update(merged_into=into)
                connection.check_constraints()


def test_every_model_that_leads_to_a_pupil_says_what_becomes_of_it_in_a_merge() -> None:
    leading = [
        model
        for model in apps.get_models()
        if issubclass(model, SchoolOwned)
        and any(field.related_model is Pupil for field in model._meta.concrete_fields)
    ]
    assert len(leading) > 15
    assert [model._meta.label for model in leading if model.on_merge is None] == []
