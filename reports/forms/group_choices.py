"""The groups that a page of figures offers, under the headings by which one looks for them."""

from __future__ import annotations

from collections.abc import Sequence

from reports.queries.groups import ALL, BY_KEY, OF_PRIOR_ATTAINMENT, Group

# By their keys. A group that says who is outside another one stands here where schools name it by itself.
_HEADINGS = (
    ("Sex", (2, 3)),
    ("Disadvantage", (4, 5, 40, 41, 26, 28, 12, 29)),
    ("SEN", (6, 7, 8, 9)),
    ("Language", (10, 11)),
    ("Age and joining", (13, 27)),
    ("Ethnicity", (20, 21, 22, 23, 24, 25)),
    ("Prior attainment", (30, 31, 32)),
    ("Attendance", (33, 34, 35, 36, 37, 38)),
)
_PLACED = {key for _, keys in _HEADINGS for key in keys} | {ALL.key}

Choices = list[tuple[str, list[tuple[str, str]]]]


def group_choices(own: Sequence[tuple[Group, Group]], *, has_prior: bool = True) -> Choices:
    """Every group once: those that every school has, then the school's `own`, and last whoever is outside one of either.

    Those of prior attainment are left out where the page's pupils have none.
    """
    made, beside_them = [pair[0] for pair in own], [pair[1] for pair in own]
    others = [group for key, group in BY_KEY.items() if key not in _PLACED]
    headed = [(heading, [BY_KEY[key] for key in keys]) for heading, keys in _HEADINGS]
    headed += [("Groups of the school", made), ("Everybody else", [*others, *beside_them])]
    offered = (
        (heading, [each for each in groups if has_prior or each.key not in OF_PRIOR_ATTAINMENT])
        for heading, groups in headed
    )
    return [
        (heading, [(group.slug, group.name) for group in groups]) for heading, groups in offered if groups
    ]
