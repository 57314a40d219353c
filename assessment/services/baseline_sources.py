"""From which area a partnership's schools offer a Baseline."""

from __future__ import annotations

from collections.abc import Mapping

from assessment.engine.subjects import BY_NUMBER, SUBJECTS, Kind, Subject, baseline_source
from assessment.models import BaselineSource
from assessment.queries.baseline_sources import From
from schools.calendar import EyfsFramework
from schools.models import Partnership, User
from schools.services.changes import acting


def choose_sources(
    *,
    partnership: Partnership,
    choices: Mapping[From, Subject | None],
    by: User | None,
) -> int:
    """Several choices as one act; how many of them changed anything. Raises ValueError as `choose_source` does, and then changes nothing."""
    with acting(by):
        return sum(
            choose_source(
                partnership=partnership,
                framework=of.framework,
                subject=BY_NUMBER[of.subject],
                area=area,
                by=by,
            )
            for of, area in choices.items()
        )


def choose_source(
    *,
    partnership: Partnership,
    framework: EyfsFramework,
    subject: Subject,
    area: Subject | None,
    by: User | None,
) -> bool:
    """Offer the subject's Baseline from this area of the framework, from now on; from none if None. Whether anything changed; the history keeps both.

    The shipped area is no choice of its own: it takes the partnership's away. Baselines that were confirmed stay. Needs no school open. Raises ValueError for
    what is not a subject, and for an area of the other framework.
    """
    if subject not in SUBJECTS:
        raise ValueError(f"{subject.full_name} has no Baseline that is offered.")
    if area is not None and (area.kind is not Kind.EYFS_AREA or area.framework is not framework):
        raise ValueError(f"{area.name} is not an area of the {framework.value} framework.")
    with acting(by):
        own = BaselineSource.objects.select_for_update().filter(
            partnership=partnership, framework=framework, subject=subject.number
        )
        found = own.first()
        if area == baseline_source(subject, framework):
            own.delete()
            return found is not None
        number = area.number if area else None
        if found is None:
            BaselineSource.objects.create(
                partnership=partnership, framework=framework, subject_id=subject.number, area_id=number
            )
            return True
        if found.area_id == number:
            return False
        found.area_id = number
        found.save(update_fields=["area"])
        return True
