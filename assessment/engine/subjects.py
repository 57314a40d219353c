"""What is judged: subjects from Year 1, areas of learning before.

Source: LEP expectations; the statutory early years profiles of 2012 (seventeen aspects) and 2021 (seventeen goals).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from schools.calendar import EyfsFramework, YearGroup


class Kind(StrEnum):
    """What sort of thing is judged."""

    SUBJECT = "subject"
    EYFS_AREA = "eyfs_area"


@dataclass(frozen=True)
class Subject:
    """One thing that pupils are judged in.

    `number` is its key wherever it is stored: never given anew. An area belongs to one framework; `area_of_learning` is its heading there, and `counts_for_gld` says whether it is one of the
    twelve goals of the Good Level of Development.
    """

    number: int
    code: str
    name: str
    kind: Kind = Kind.SUBJECT
    framework: EyfsFramework | None = None
    area_of_learning: str = ""
    is_prime: bool = False
    counts_for_gld: bool = False

    @property
    def full_name(self) -> str:
        """As files and tables name it: `Mathematics`, `EYFS Reading`."""
        return self.name if self.kind is Kind.SUBJECT else f"EYFS {self.name}"


READING = Subject(1, "reading", "Reading")
WRITING = Subject(2, "writing", "Writing")
MATHEMATICS = Subject(3, "mathematics", "Mathematics")
SCIENCE = Subject(4, "science", "Science")
SUBJECTS = (READING, WRITING, MATHEMATICS, SCIENCE)
# The three of the combined measure.
COMBINED_SUBJECTS = (READING, WRITING, MATHEMATICS)

_COMMUNICATION = "Communication and language"
_PHYSICAL = "Physical development"
_PERSONAL = "Personal, social and emotional development"
_LITERACY = "Literacy"
_MATHEMATICS = "Mathematics"
_WORLD = "Understanding the world"
_ARTS = "Expressive arts and design"
_PRIME = {_COMMUNICATION, _PHYSICAL, _PERSONAL}
_FOR_GLD = _PRIME | {_LITERACY, _MATHEMATICS}

_AREAS_OF_2012 = (
    (_COMMUNICATION, ("Listening and attention", "Understanding", "Speaking")),
    (_PHYSICAL, ("Moving and handling", "Health and self-care")),
    (
        _PERSONAL,
        ("Self-confidence and self-awareness", "Managing feelings and behaviour", "Making relationships"),
    ),
    (_LITERACY, ("Reading", "Writing")),
    (_MATHEMATICS, ("Numbers", "Shape, space and measures")),
    (_WORLD, ("People and communities", "The world", "Technology")),
    (_ARTS, ("Exploring and using media and materials", "Being imaginative")),
)
_AREAS_OF_2021 = (
    (_COMMUNICATION, ("Listening, attention and understanding", "Speaking")),
    (_PERSONAL, ("Self-regulation", "Managing self", "Building relationships")),
    (_PHYSICAL, ("Gross motor skills", "Fine motor skills")),
    (_LITERACY, ("Comprehension", "Word reading", "Writing")),
    (_MATHEMATICS, ("Number", "Numerical patterns")),
    (_WORLD, ("Past and present", "People, culture and communities", "The natural world")),
    (_ARTS, ("Creating with materials", "Being imaginative and expressive")),
)


def _areas(
    framework: EyfsFramework,
    letter: str,
    numbers_above: int,
    headings: tuple[tuple[str, tuple[str, ...]], ...],
) -> tuple[Subject, ...]:
    """The seventeen in the profile's order, with its codes: G01 to G17 of 2012, E01 to E17 of 2021."""
    named = [(heading, name) for heading, names in headings for name in names]
    return tuple(
        Subject(
            number=numbers_above + number,
            code=f"{letter}{number:02}",
            name=name,
            kind=Kind.EYFS_AREA,
            framework=framework,
            area_of_learning=heading,
            is_prime=heading in _PRIME,
            counts_for_gld=heading in _FOR_GLD,
        )
        for number, (heading, name) in enumerate(named, start=1)
    )


EYFS_AREAS = {
    EyfsFramework.OF_2012: _areas(EyfsFramework.OF_2012, "G", 100, _AREAS_OF_2012),
    EyfsFramework.OF_2021: _areas(EyfsFramework.OF_2021, "E", 200, _AREAS_OF_2021),
}
SHIPPED = (*SUBJECTS, *EYFS_AREAS[EyfsFramework.OF_2012], *EYFS_AREAS[EyfsFramework.OF_2021])
BY_NUMBER = {subject.number: subject for subject in SHIPPED}

# How else schools write the subjects' names; compared without case and punctuation.
OTHER_NAMES = {"maths": "mathematics", "math": "mathematics"}


def is_early_years(year_group: YearGroup) -> bool:
    """Nursery and Reception: judged in areas of learning; from Year 1 in subjects."""
    return year_group <= YearGroup.R


def judged_in(year_group: YearGroup, framework: EyfsFramework) -> tuple[Subject, ...]:
    """What a pupil of the year group is judged in, in the order of the profile or the timetable."""
    return EYFS_AREAS[framework] if is_early_years(year_group) else SUBJECTS


_BASELINE_SOURCES = {
    EyfsFramework.OF_2012: {READING: "Reading", WRITING: "Writing", MATHEMATICS: "Numbers"},
    EyfsFramework.OF_2021: {READING: "Word reading", WRITING: "Writing", MATHEMATICS: "Number"},
}


def baseline_source(subject: Subject, framework: EyfsFramework) -> Subject | None:
    """The area whose last judgement in Reception is offered as the subject's Baseline in Year 1; Science has none.

    What is offered is no judgement until somebody confirms it.
    """
    name = _BASELINE_SOURCES[framework].get(subject)
    return next((area for area in EYFS_AREAS[framework] if area.name == name), None)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower().replace("&", "and"))


def read_subject(text: str, year_group: YearGroup, framework: EyfsFramework) -> Subject:
    """The subject or area that the text names, by name or code, for a pupil of the year group.

    `EYFS` before an area's name may be left out where the year group is N1, N2 or R. Raises ValueError, saying what there is, for
    anything else: an area of the other framework, or a subject of Year 1 and above for a child who is judged in areas.
    """
    wanted = _plain(text)
    wanted = OTHER_NAMES.get(wanted, wanted)
    areas = EYFS_AREAS[framework]
    named_area = next((area for area in areas if wanted in {_plain(area.full_name), area.code.lower()}), None)
    if named_area:
        return named_area
    choice = areas if is_early_years(year_group) else SUBJECTS
    for subject in choice:
        if wanted in {_plain(subject.name), subject.code}:
            return subject
    raise ValueError(
        f"{text!r} is not judged in {year_group.label}: {_what_there_is(text, year_group, framework)}"
    )


def _what_there_is(text: str, year_group: YearGroup, framework: EyfsFramework) -> str:
    """The names that may have been meant: those under the same heading of learning, where the text names one, else all."""
    if not is_early_years(year_group):
        return f"the subjects are {_names(SUBJECTS)}."
    areas = EYFS_AREAS[framework]
    wanted = OTHER_NAMES.get(_plain(text), _plain(text))
    headings = {
        area.area_of_learning
        for area in SHIPPED
        if wanted in {_plain(area.name), _plain(area.full_name), _plain(area.area_of_learning)}
    }
    meant = [area for area in areas if area.area_of_learning in headings]
    if meant:
        return f"the areas of the {framework.value} framework for it are {_names(meant)}."
    return f"the areas of the {framework.value} framework are {_names(areas)}."


def _names(subjects: Sequence[Subject]) -> str:
    return ", ".join(subject.full_name for subject in subjects)
