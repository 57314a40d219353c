"""What the rows of statutory assessments in common transfer files mean: a table, and nothing that is not in it is guessed.

Source: the components that the Department for Education names in its fields (EYFS profile, multiplication tables check), and the structure of the
common transfer file. Which tuples other systems write was seen for the rest and not found in print; a tuple that is not here stays what it is, is kept, and is
shown as it came.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# In the order in which a child comes to them.
PROFILE, PHONICS, TABLES_CHECK, KEY_STAGE_1, KEY_STAGE_2, OTHER = (
    "EYFS profile",
    "Phonics screening check",
    "Multiplication tables check",
    "Key Stage 1",
    "Key Stage 2",
    "Not known here",
)
ORDER = (PROFILE, PHONICS, KEY_STAGE_1, TABLES_CHECK, KEY_STAGE_2, OTHER)
ANY = "*"


@dataclass(frozen=True)
class Measure:
    """What was measured: the assessment, what of it, and how. `goal` is an early learning goal's code, such as E08."""

    assessment: str
    name: str
    goal: str = ""
    # What a result stands for, where it is a code.
    words: Mapping[str, str] | None = None

    def in_words(self, result: str) -> str:
        """The result as people say it: `Working at the expected standard (EXS)`; what is no code as it is."""
        said = (self.words or {}).get(result.upper())
        return f"{said} ({result})" if said else result


Tuple = tuple[str, str, str, str, str]

_JUDGED = {
    "GDS": "Working at greater depth",
    "EXS": "Working at the expected standard",
    "WTS": "Working towards the expected standard",
    "HNM": "Has not met the expected standard",
}
_PROFILE_2012 = {"1": "Emerging", "2": "Expected", "3": "Exceeding", "A": "Not assessed"}
_PROFILE_2021 = {"1": "Emerging", "2": "Expected", "A": "Not assessed"}
# Which goals stand in which area, by the numbers in their codes.
_AREAS_2012 = {
    "COM": (1, 3),
    "PHY": (4, 5),
    "PSE": (6, 8),
    "LIT": (9, 10),
    "MAT": (11, 12),
    "UTW": (13, 15),
    "EXP": (16, 17),
}
_AREAS_2021 = {
    "COM": (1, 2),
    "PSE": (3, 5),
    "PHY": (6, 7),
    "LIT": (8, 10),
    "MAT": (11, 12),
    "UTW": (13, 15),
    "EXP": (16, 17),
}


def _goals(
    letter: str, areas: Mapping[str, tuple[int, int]], words: Mapping[str, str]
) -> dict[Tuple, Measure]:
    return {
        ("EYF", area, ANY, goal, ANY): Measure(PROFILE, goal, goal=goal, words=words)
        for area, (first, last) in areas.items()
        for goal in (f"{letter}{number:02}" for number in range(first, last + 1))
    }


_TAUGHT = {
    "REA": ("ENG", "Reading"),
    "WRI": ("ENG", "Writing"),
    "MAT": ("MAT", "Mathematics"),
    "SCI": ("SCI", "Science"),
}
_TESTED = {
    "REA": ("ENG", "Reading"),
    "GPS": ("ENG", "Grammar, punctuation and spelling"),
    "MAT": ("MAT", "Mathematics"),
}

# (stage, subject, method, component, qualifier); ANY stands for whatever is there.
MEASURES: Mapping[Tuple, Measure] = {
    **_goals("G", _AREAS_2012, _PROFILE_2012),
    **_goals("E", _AREAS_2021, _PROFILE_2021),
    ("KS1", ANY, ANY, "PHO", "NM"): Measure(PHONICS, "Mark, out of 40"),
    ("KS2", "MAT", "TT", "MTC", "MT"): Measure(TABLES_CHECK, "Mark, out of 25"),
    **{
        (stage, subject, "TA", component, ANY): Measure(
            assessment, f"{name}, teacher assessment", words=_JUDGED
        )
        for stage, assessment in (("KS1", KEY_STAGE_1), ("KS2", KEY_STAGE_2))
        for component, (subject, name) in _TAUGHT.items()
    },
    **{
        ("KS2", subject, "TT", component, qualifier): Measure(KEY_STAGE_2, f"{name}, test, {kind}")
        for qualifier, kind in (("NS", "scaled score"), ("NM", "mark"))
        for component, (subject, name) in _TESTED.items()
    },
}


def measure_of(stage: str, subject: str, method: str, component: str, qualifier: str) -> Measure | None:
    """What the tuple of a row means; None for one that is not in the table. Capitals make no difference."""
    said = (stage, subject, method, component, qualifier)
    wanted: Sequence[str] = [each.upper() for each in said]
    return next(
        (
            measure
            for known, measure in MEASURES.items()
            if all(part in {ANY, each} for part, each in zip(known, wanted, strict=True))
        ),
        None,
    )
