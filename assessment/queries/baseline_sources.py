"""From which areas of learning the Baselines of a partnership's schools are offered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from assessment.engine.subjects import BY_NUMBER, SUBJECTS, Subject, baseline_source
from assessment.models import BaselineSource
from schools.calendar import EyfsFramework
from schools.models import School


class From(NamedTuple):
    """Which choice it is: of a framework, for a subject by its number."""

    framework: EyfsFramework
    subject: int


def sources_of(partnership_id: int) -> dict[From, Subject | None]:
    """For each framework and subject the area whose last judgement is offered, None where nothing is: the partnership's choice, else as shipped. One query."""
    found = {
        From(framework, subject.number): baseline_source(subject, framework)
        for framework in EyfsFramework
        for subject in SUBJECTS
    }
    chosen = BaselineSource.objects.filter(partnership=partnership_id)
    for framework, subject, area in chosen.values_list("framework", "subject_id", "area_id"):
        found[From(EyfsFramework(framework), subject)] = BY_NUMBER[area] if area else None
    return found


def areas_for(school: School) -> dict[int, frozenset[int]]:
    """For each subject the areas that it goes on from, by number: one of each framework at most, none for a subject typed by hand."""
    return by_subject(sources_of(school.partnership_id))


def by_subject(sources: Mapping[From, Subject | None]) -> dict[int, frozenset[int]]:
    """The same of choices that need not have been saved."""
    return {
        subject.number: frozenset(
            area.number for of, area in sources.items() if of.subject == subject.number and area
        )
        for subject in SUBJECTS
    }
