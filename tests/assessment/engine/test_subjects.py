"""What is judged, against the statutory profiles written out."""

from __future__ import annotations

import pytest

from assessment.engine.subjects import (
    BY_NUMBER,
    COMBINED_SUBJECTS,
    EYFS_AREAS,
    SHIPPED,
    SUBJECTS,
    baseline_source,
    is_early_years,
    judged_in,
    read_subject,
)
from schools.calendar import EyfsFramework, YearGroup
from tests.assessment.engine.tables import YEAR_GROUPS

OF_2012, OF_2021 = EyfsFramework

# Code, name, heading (its first letters), prime, one of the twelve.
AREAS_2012 = [
    ("G01", "Listening and attention", "Communication and language", True, True),
    ("G02", "Understanding", "Communication and language", True, True),
    ("G03", "Speaking", "Communication and language", True, True),
    ("G04", "Moving and handling", "Physical development", True, True),
    ("G05", "Health and self-care", "Physical development", True, True),
    ("G06", "Self-confidence and self-awareness", "Personal, social and emotional development", True, True),
    ("G07", "Managing feelings and behaviour", "Personal, social and emotional development", True, True),
    ("G08", "Making relationships", "Personal, social and emotional development", True, True),
    ("G09", "Reading", "Literacy", False, True),
    ("G10", "Writing", "Literacy", False, True),
    ("G11", "Numbers", "Mathematics", False, True),
    ("G12", "Shape, space and measures", "Mathematics", False, True),
    ("G13", "People and communities", "Understanding the world", False, False),
    ("G14", "The world", "Understanding the world", False, False),
    ("G15", "Technology", "Understanding the world", False, False),
    ("G16", "Exploring and using media and materials", "Expressive arts and design", False, False),
    ("G17", "Being imaginative", "Expressive arts and design", False, False),
]
AREAS_2021 = [
    ("E01", "Listening, attention and understanding", "Communication and language", True, True),
    ("E02", "Speaking", "Communication and language", True, True),
    ("E03", "Self-regulation", "Personal, social and emotional development", True, True),
    ("E04", "Managing self", "Personal, social and emotional development", True, True),
    ("E05", "Building relationships", "Personal, social and emotional development", True, True),
    ("E06", "Gross motor skills", "Physical development", True, True),
    ("E07", "Fine motor skills", "Physical development", True, True),
    ("E08", "Comprehension", "Literacy", False, True),
    ("E09", "Word reading", "Literacy", False, True),
    ("E10", "Writing", "Literacy", False, True),
    ("E11", "Number", "Mathematics", False, True),
    ("E12", "Numerical patterns", "Mathematics", False, True),
    ("E13", "Past and present", "Understanding the world", False, False),
    ("E14", "People, culture and communities", "Understanding the world", False, False),
    ("E15", "The natural world", "Understanding the world", False, False),
    ("E16", "Creating with materials", "Expressive arts and design", False, False),
    ("E17", "Being imaginative and expressive", "Expressive arts and design", False, False),
]


@pytest.mark.parametrize(("framework", "written"), [(OF_2012, AREAS_2012), (OF_2021, AREAS_2021)])
def test_each_profile_has_its_seventeen_areas_of_which_twelve_make_a_good_level(framework, written):
    areas = EYFS_AREAS[framework]
    held = [(a.code, a.name, a.area_of_learning, a.is_prime, a.counts_for_gld) for a in areas]
    assert held == written
    assert {area.framework for area in areas} == {framework}
    assert [area.full_name for area in areas] == [f"EYFS {name}" for _, name, *_ in written]


def test_subjects_are_reading_writing_mathematics_and_science():
    assert [(each.number, each.code, each.full_name) for each in SUBJECTS] == [
        (1, "reading", "Reading"),
        (2, "writing", "Writing"),
        (3, "mathematics", "Mathematics"),
        (4, "science", "Science"),
    ]
    assert [each.code for each in COMBINED_SUBJECTS] == ["reading", "writing", "mathematics"]


def test_a_number_is_of_one_subject_for_good():
    expected = {1: "reading", 2: "writing", 3: "mathematics", 4: "science"}
    expected |= {100 + place: code for place, (code, *_) in enumerate(AREAS_2012, start=1)}
    expected |= {200 + place: code for place, (code, *_) in enumerate(AREAS_2021, start=1)}
    assert {number: subject.code for number, subject in BY_NUMBER.items()} == expected
    assert len(SHIPPED) == len(expected) == 38


def test_areas_are_judged_in_nursery_and_reception_and_subjects_after():
    for year_group in YEAR_GROUPS:
        early = year_group.code in {"N1", "N2", "R"}
        assert is_early_years(year_group) is early
        for framework in EyfsFramework:
            assert judged_in(year_group, framework) == (EYFS_AREAS[framework] if early else SUBJECTS)


@pytest.mark.parametrize(
    ("text", "year_group", "framework", "code"),
    [
        ("Reading", YearGroup.Y1, OF_2012, "reading"),
        (" MATHS ", YearGroup.Y9, OF_2021, "mathematics"),
        ("math", YearGroup.Y9, OF_2021, "mathematics"),
        ("science", YearGroup.Y12, OF_2021, "science"),
        ("Reading", YearGroup.R, OF_2012, "G09"),
        ("EYFS Reading", YearGroup.Y1, OF_2012, "G09"),
        ("g09", YearGroup.N1, OF_2012, "G09"),
        ("Writing", YearGroup.N2, OF_2021, "E10"),
        ("shape space & measures", YearGroup.R, OF_2012, "G12"),
        ("EYFS Number", YearGroup.R, OF_2021, "E11"),
    ],
)
def test_a_subject_is_read_by_name_or_code_for_the_pupils_year_group(text, year_group, framework, code):
    assert read_subject(text, year_group, framework).code == code


def test_every_area_and_subject_is_read_by_each_of_its_names():
    for framework, written in ((OF_2012, AREAS_2012), (OF_2021, AREAS_2021)):
        for code, name, *_ in written:
            for text in (name, name.upper(), f"EYFS {name}", f"eyfs {name.lower()}", code, code.lower()):
                assert read_subject(text, YearGroup.R, framework).code == code
            assert read_subject(f"EYFS {name}", YearGroup.Y1, framework).code == code


@pytest.mark.parametrize(
    ("text", "year_group", "framework", "message"),
    [
        (
            "Science",
            YearGroup.R,
            OF_2021,
            "is not judged in Reception: the areas of the 2021 framework are EYFS List",
        ),
        (
            "Reading",
            YearGroup.R,
            OF_2021,
            (
                "is not judged in Reception: the areas of the 2021 framework for it are EYFS Comprehension, "
                "EYFS Word reading, EYFS Writing.$"
            ),
        ),
        (
            "Maths",
            YearGroup.R,
            OF_2012,
            "the areas of the 2012 framework for it are EYFS Numbers, EYFS Shape, space and measures.$",
        ),
        ("EYFS Reading", YearGroup.R, OF_2021, "is not judged in Reception"),
        ("Maths", YearGroup.N2, OF_2012, "is not judged in Nursery 2: the areas of the 2012 framework"),
        (
            "History",
            YearGroup.Y3,
            OF_2021,
            "is not judged in Year 3: the subjects are Reading, Writing, Mathematics, S",
        ),
        ("Numbers", YearGroup.Y1, OF_2012, "is not judged in Year 1"),
        ("", YearGroup.Y1, OF_2012, "is not judged in Year 1"),
        ("Lesen", YearGroup.Y1, OF_2012, "is not judged in Year 1"),
    ],
)
def test_what_is_not_judged_is_refused_with_what_there_is(text, year_group, framework, message):
    with pytest.raises(ValueError, match=message) as refused:
        read_subject(text, year_group, framework)
    assert str(refused.value).startswith(repr(text))


@pytest.mark.parametrize(
    ("framework", "offered"),
    [
        (OF_2012, ["EYFS Reading", "EYFS Writing", "EYFS Numbers", None]),
        (OF_2021, ["EYFS Word reading", "EYFS Writing", "EYFS Number", None]),
    ],
)
def test_a_baseline_is_offered_from_its_area_and_none_in_science(framework, offered):
    sources = [baseline_source(subject, framework) for subject in SUBJECTS]
    assert [source and source.full_name for source in sources] == offered
