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
# The goals of each framework by the area they stand in, in the order of their numbers.
_GOALS_2012 = {
    "COM": ("Listening and attention", "Understanding", "Speaking"),
    "PHY": ("Moving and handling", "Health and self-care"),
    "PSE": (
        "Self-confidence and self-awareness",
        "Managing feelings and behaviour",
        "Making relationships",
    ),
    "LIT": ("Reading", "Writing"),
    "MAT": ("Numbers", "Shape, space and measures"),
    "UTW": ("People and communities", "The world", "Technology"),
    "EXP": ("Exploring and using media and materials", "Being imaginative"),
}
_GOALS_2021 = {
    "COM": ("Listening, attention and understanding", "Speaking"),
    "PSE": ("Self-regulation", "Managing self", "Building relationships"),
    "PHY": ("Gross motor skills", "Fine motor skills"),
    "LIT": ("Comprehension", "Word reading", "Writing"),
    "MAT": ("Number", "Numerical patterns"),
    "UTW": ("Past and present", "People, culture and communities", "The natural world"),
    "EXP": ("Creating with materials", "Being imaginative and expressive"),
}


def _goals(
    letter: str, areas: Mapping[str, tuple[str, ...]], words: Mapping[str, str]
) -> dict[Tuple, Measure]:
    numbered = enumerate(((area, name) for area, names in areas.items() for name in names), start=1)
    return {
        ("EYF", area, ANY, f"{letter}{number:02}", ANY): Measure(
            PROFILE, name, goal=f"{letter}{number:02}", words=words
        )
        for number, (area, name) in numbered
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
    **_goals("G", _GOALS_2012, _PROFILE_2012),
    **_goals("E", _GOALS_2021, _PROFILE_2021),
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
