"""Founding a school, by service and by command; its years and terms."""

from __future__ import annotations

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from schools.calendar import AcademicYear, EyfsFramework, TermName, YearGroup, default_term_dates
from schools.models import ChangeKind, ChangeSet, Partnership, School, SchoolYear, Term
from schools.row_security import visible_to
from schools.services import years
from schools.services.named_only import school_named

pytestmark = pytest.mark.django_db

WORDS = {
    "name": "Beggars Lane First School",
    "urn": "124087",
    "dfe_number": "8602210",
    "lowest": "N2",
    "highest": "4",
    "partnership": "Leek",
}


def create(**changes: str) -> str:
    out = StringIO()
    call_command("create_school", **{**WORDS, **changes}, stdout=out)
    return out.getvalue()


def test_a_school_that_was_known_by_name_only_is_made_in_its_row() -> None:
    key = school_named("124087", "8602210", "As another school called it", "0", "4")
    create()
    school = School.objects.get()
    assert (school.pk, school.name, school.partnership.name) == (key, "Beggars Lane First School", "Leek")
    with pytest.raises(CommandError, match="belongs to Beggars Lane First School already"):
        create()


def test_create_school_makes_a_school_with_this_year_open(year: AcademicYear) -> None:
    said = create()
    school = School.objects.get()
    assert said == f"Beggars Lane First School (URN 124087) is there, with {year.label} open.\n"
    assert (school.urn, school.formatted_dfe_number, school.partnership.name) == (
        "124087",
        "860/2210",
        "Leek",
    )
    assert (school.lowest_year_group, school.highest_year_group) == (YearGroup.N2, YearGroup.Y4)
    assert school.year_groups_label == "Nursery 2 to Year 4"
    with visible_to(school):
        assert [row.academic_year for row in SchoolYear.objects.all()] == [year]
        terms = {TermName(term.term): (term.starts_on, term.ends_on) for term in Term.objects.all()}
        assert terms == default_term_dates(year)
        change = ChangeSet.objects.get()
        assert (change.kind, change.by) == (ChangeKind.SET_UP, None)


def test_schools_of_one_name_of_partnership_share_it() -> None:
    create()
    create(urn="124088", dfe_number="860/2211")
    assert Partnership.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"urn": "12408"}, "six digits"),
        ({"dfe_number": "860221"}, "seven digits"),
        ({"lowest": "N3"}, "'N3' is not a year group"),
        ({"lowest": "5"}, "Year 5, comes after the highest, Year 4"),
        ({"name": " "}, "A school needs a name"),
        ({"partnership": ""}, "the name of its partnership"),
    ],
)
def test_create_school_refuses_what_cannot_be_and_leaves_nothing(
    changes: dict[str, str], reason: str
) -> None:
    with pytest.raises(CommandError, match=reason):
        create(**changes)
    assert not School.objects.exists()
    assert not Partnership.objects.exists()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"dfe_number": "8602211"}, "The URN 124087 belongs to Beggars Lane First School already"),
        ({"urn": "124088"}, "The DfE number 860/2210 belongs to Beggars Lane First School already"),
    ],
)
def test_create_school_refuses_a_number_that_is_taken(changes: dict[str, str], reason: str) -> None:
    create()
    with pytest.raises(CommandError, match=reason):
        create(**{"name": "Another", **changes})
    assert School.objects.count() == 1


@pytest.mark.parametrize(
    ("eyfs", "before", "after"),
    [
        (None, EyfsFramework.OF_2012, EyfsFramework.OF_2021),
        ("2012", EyfsFramework.OF_2012, EyfsFramework.OF_2012),
        ("2021", EyfsFramework.OF_2021, EyfsFramework.OF_2021),
    ],
)
def test_the_early_years_framework_follows_the_law_or_is_fixed(
    eyfs: str | None, before: EyfsFramework, after: EyfsFramework
) -> None:
    create(**({"eyfs": eyfs} if eyfs else {}))
    school = School.objects.get()
    with visible_to(school):
        opened = [
            years.open_year(school=school, academic_year=AcademicYear(year), by=None).eyfs_framework
            for year in (2020, 2021)
        ]
    assert opened == [before, after]


def test_a_year_that_is_open_keeps_its_framework_and_its_dates(school: School) -> None:
    with visible_to(school):
        opened = years.open_year(school=school, academic_year=AcademicYear(2020), by=None)
        years.set_term_dates(
            school=school,
            academic_year=AcademicYear(2020),
            term=TermName.SUMMER,
            starts_on=dt.date(2021, 4, 19),
            ends_on=dt.date(2021, 7, 16),
            by=None,
        )
        school.fixed_eyfs_framework = EyfsFramework.OF_2021
        again = years.open_year(school=school, academic_year=AcademicYear(2020), by=None)
        assert (again.pk, again.eyfs_framework) == (opened.pk, EyfsFramework.OF_2012)
        summer = Term.objects.get(academic_year=2020, term=TermName.SUMMER)
        assert (summer.starts_on, summer.ends_on) == (dt.date(2021, 4, 19), dt.date(2021, 7, 16))


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "rule"),
    [
        (dt.date(2021, 7, 16), dt.date(2021, 4, 19), "term_starts_first"),
        (dt.date(2021, 4, 1), dt.date(2021, 7, 16), None),
        (dt.date(2021, 1, 5), dt.date(2021, 7, 16), "term_apart"),
    ],
)
def test_terms_run_forwards_and_apart(
    school: School, starts_on: dt.date, ends_on: dt.date, rule: str | None
) -> None:
    with visible_to(school):
        years.open_year(school=school, academic_year=AcademicYear(2020), by=None)

        def change() -> None:
            years.set_term_dates(
                school=school,
                academic_year=AcademicYear(2020),
                term=TermName.SUMMER,
                starts_on=starts_on,
                ends_on=ends_on,
                by=None,
            )

        if rule is None:
            change()
            return
        with pytest.raises(IntegrityError, match=rule), transaction.atomic():
            change()


def test_a_school_with_one_year_group_is_named_by_it(school: School) -> None:
    school.lowest_year_group = school.highest_year_group
    assert school.year_groups_label == "Year 4"
