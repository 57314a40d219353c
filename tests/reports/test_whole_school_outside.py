"""What a whole school brings along from outside its wall: people without access, schools by name, what its partnership expects."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from assessment.engine.expectations import LEP
from assessment.models import Judgement
from assessment.services.expectations import add_version
from schools.bands import BandWords
from schools.calendar import AcademicYear
from schools.interchange import WholeSchoolRefused
from schools.models import (
    Membership,
    NamesGrant,
    NamesReading,
    Partnership,
    Pupil,
    School,
)
from schools.row_security import visible_to
from schools.services.band_words import name_bands
from schools.services.named_only import NAMED_ONLY
from tests.factories import UserFactory
from tests.isolation.two_schools import whole_school
from tests.reports.counted_school import LAST_YEAR, YEAR, counted_here
from tests.whole_files import (
    analysis,
    elsewhere,
    exported,
    imported,
)

__all__ = ["counted_here"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unmeasured")]
YEARS = (LAST_YEAR.label, YEAR.label)


def test_people_come_without_a_password_and_their_roles_wait_for_a_head(
    school: School, year: AcademicYear, tmp_path: Path
) -> None:
    ours = whole_school(school, year, "Ourchild")
    ours.teacher.set_password("a long one that is nobody's")
    ours.teacher.save()
    stranger = UserFactory.create(name="A lead")
    with visible_to(school):
        NamesGrant.objects.filter(school=school).update(ends_on=timezone.localdate() + dt.timedelta(days=5))
        NamesReading.objects.filter(school=school).update(read_by=stranger)
    file = exported(school, tmp_path / "school.zip")
    here = ours.teacher.email
    elsewhere()
    known = UserFactory.create(email=here, name="Known here")
    known.set_password("another long one")
    known.save()
    taken = imported(file)
    with visible_to(taken.school):
        membership = Membership.objects.get()
        assert (membership.user, membership.is_active, membership.is_suspended) == (known, False, True)
        grant = NamesGrant.objects.get()
        assert grant.ended_at is not None
        lead = grant.readings.get().read_by
    assert (lead.name, lead.is_active, lead.has_usable_password()) == ("A lead", False, False)
    assert lead.email.endswith(".invalid")
    known.refresh_from_db()
    assert (known.name, known.check_password("another long one")) == ("Known here", True)


def test_a_school_that_is_only_named_is_on_no_page_and_becomes_itself_when_it_comes(
    school: School, other_school: School, year: AcademicYear, tmp_path: Path
) -> None:
    """A judgement made elsewhere goes on saying where; the other's file then finds the row that names it."""
    ours = whole_school(school, year, "Ourchild")
    whole_school(other_school, year, "Theirchild")
    with visible_to(school):
        Pupil.objects.filter(pk=ours.pupil.pk).update(
            origin_school=other_school, origin_id=ours.pupil.public_id
        )
        Judgement.objects.in_school(school).update(made_by_school=other_school)
    first = exported(school, tmp_path / "ours.zip")
    second = exported(other_school, tmp_path / "theirs.zip")
    urn, name = other_school.urn, other_school.name
    elsewhere()
    taken = imported(first).school
    with visible_to(taken):
        assert Judgement.objects.in_school(taken).get().made_by_school.name == name
    assert School.objects.get(urn=urn).partnership.name == NAMED_ONLY
    assert list(Partnership.objects.get(name=taken.partnership.name).schools.all()) == [taken]
    other = imported(second).school
    assert other.partnership == taken.partnership
    with visible_to(taken):
        assert Pupil.objects.in_school(taken).get(merged_into=None).origin_school == other
        assert Judgement.objects.in_school(taken).get().made_by_school == other
    with visible_to(other):
        assert {pupil.surname for pupil in Pupil.objects.in_school(other)} == {"Theirchild"}
    assert not School.objects.filter(partnership__name=NAMED_ONLY).exists()


def test_a_partnerships_own_expectations_and_words_come_along_where_it_is_new(
    counted_here: School, tmp_path: Path
) -> None:
    # The first as a spreadsheet would run it.
    words = BandWords("=Towards", "On track", "Greater depth")
    name_bands(partnership=counted_here.partnership, words=words, by=None)
    harder = LEP.__class__(ranges=((44, 45), (46, 47), (48, 50)), steps=LEP.steps)
    add_version(
        partnership=counted_here.partnership,
        name="Harder",
        holds_from=YEAR.starts_on,
        expectations=harder,
        by=None,
    )
    before = analysis(counted_here, *YEARS)
    file = exported(counted_here, tmp_path / "school.zip")
    elsewhere()
    taken = imported(file)
    assert analysis(taken.school, *YEARS) == before
    assert taken.school.partnership.band_words == words
    said = io.StringIO()
    call_command("check_judgements", stdout=said)
    assert " 0 disagree" in said.getvalue()


@pytest.mark.parametrize(
    ("has_own", "words"),
    [(False, "it had not where the school comes from"), (True, "not the same here")],
    ids=["one more", "another"],
)
def test_it_is_refused_where_its_partnership_expects_otherwise_here(
    counted_here: School, tmp_path: Path, has_own: bool, words: str
) -> None:
    partnership = counted_here.partnership
    if has_own:
        add_version(
            partnership=partnership, name="Ours", holds_from=YEAR.starts_on, expectations=LEP, by=None
        )
    file = exported(counted_here, tmp_path / "school.zip")
    name = partnership.name
    elsewhere()
    harder = LEP.__class__(ranges=((44, 45), (46, 47), (48, 50)), steps=LEP.steps)
    add_version(
        partnership=Partnership.objects.create(name=name),
        name="Harder",
        holds_from=YEAR.starts_on,
        expectations=harder,
        by=None,
    )
    with pytest.raises(WholeSchoolRefused, match=words):
        imported(file)
    assert not School.objects.exists()
