"""What of this app goes with a whole school: what its judgements were measured by, and from where Baselines are offered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from assessment.models import BaselineSource, ExpectationVersion, Subject
from assessment.queries.snapshots import FROZEN_TABLES
from schools.interchange import (
    Outside,
    Taking,
    Telling,
    WholeSchoolRefused,
    bring_along,
    count_as_key,
    keep_keys,
)
from schools.models import Partnership

_FIGURES = (
    "autumn_low",
    "autumn_high",
    "spring_low",
    "spring_high",
    "summer_low",
    "summer_high",
    "autumn_steps",
    "spring_steps",
    "summer_steps",
)
_VERSIONS = ExpectationVersion._meta.db_table
_PARTNERSHIPS = Partnership._meta.db_table
# Columns of frozen rows that hold the key of a row which may be gone.
_FROZEN_KEYS = {
    "class_group_id": "schools_classgroup",
    "group_id": "schools_customgroup",
    "expectation_version_id": _VERSIONS,
}


def go_with_every_school() -> None:
    """Say what goes along, and which plain numbers are keys."""
    keep_keys(Subject._meta.db_table)
    for table, (model, _) in FROZEN_TABLES.items():
        count_as_key(model._meta.db_table, "row_id", table)
        for field in model._meta.concrete_fields:
            if not field.is_relation and field.column in _FROZEN_KEYS:
                count_as_key(model._meta.db_table, field.column, _FROZEN_KEYS[field.column])
    bring_along(
        Outside(
            file="expectation_versions.csv",
            table=_VERSIONS,
            headings=("number", "partnership", "name", "holds_from", *_FIGURES),
            tell=_tell_versions,
            take=_take_versions,
        )
    )
    bring_along(
        Outside(
            file="baseline_sources.csv",
            table=BaselineSource._meta.db_table,
            headings=("number", "partnership", "framework", "subject_id", "area_id"),
            tell=_tell_sources,
            take=_take_sources,
        )
    )


def _tell_versions(telling: Telling) -> Iterable[Sequence[object]]:
    """Those that something was measured by, and all that hold for the school's partnership: together they say what would be expected of whom."""
    for key in (
        ExpectationVersion.objects.filter(partnership=telling.partnership)
        .order_by("pk")
        .values_list("pk", flat=True)
    ):
        telling.number(_VERSIONS, key)
    for key in (
        ExpectationVersion.objects.filter(partnership=None).order_by("pk").values_list("pk", flat=True)
    ):
        telling.number(_VERSIONS, key)
    numbers = telling.numbered(_VERSIONS)
    for key, one in ExpectationVersion.objects.in_bulk(list(numbers)).items():
        whose = telling.number(_PARTNERSHIPS, one.partnership_id) if one.partnership_id else None
        yield (
            numbers[key],
            whose,
            one.name,
            one.holds_from.isoformat(),
            *(getattr(one, name) for name in _FIGURES),
        )


def _take_versions(rows: Sequence[Mapping[str, str]], taking: Taking) -> Mapping[int, int]:
    found = {}
    for row in rows:
        try:
            whose = taking.key(_PARTNERSHIPS, int(row["partnership"])) if row["partnership"] else None
            found[int(row["number"])] = _version(row, whose, taking).pk
        except ValueError as error:
            raise WholeSchoolRefused("expectation_versions.csv cannot be read.") from error
    own = ExpectationVersion.objects.filter(partnership=taking.partnership)
    if more := own.exclude(pk__in=found.values()).first():
        raise WholeSchoolRefused(
            f"{taking.partnership.name} has expectations here, {more}, that it had not where the school comes from: its judgements would be"
            " measured otherwise. Nothing was taken in."
        )
    return found


def _version(row: Mapping[str, str], whose: int | None, taking: Taking) -> ExpectationVersion:
    holds_from = dt.date.fromisoformat(row["holds_from"])
    figures = {name: int(row[name]) for name in _FIGURES}
    here = ExpectationVersion.objects.filter(partnership=whose, holds_from=holds_from).first()
    if here is None and whose is not None and (taking.is_new_partnership or whose != taking.partnership.pk):
        return ExpectationVersion.objects.create(
            partnership_id=whose, name=row["name"], holds_from=holds_from, **figures
        )
    if here is None or any(getattr(here, name) != value for name, value in figures.items()):
        whom = here.partnership if here else taking.partnership
        raise WholeSchoolRefused(
            f"What {whom.name if whom else 'the program'} expects from {holds_from:%d/%m/%Y} is not the same here as where the school"
            " comes from: its judgements would be measured otherwise. Nothing was taken in."
        )
    return here


def _tell_sources(telling: Telling) -> Iterable[Sequence[object]]:
    for number, one in enumerate(
        BaselineSource.objects.filter(partnership=telling.partnership).order_by("pk"), 1
    ):
        whose = telling.number(_PARTNERSHIPS, one.partnership_id)
        yield number, whose, one.framework, one.subject_id, one.area_id


def _take_sources(rows: Sequence[Mapping[str, str]], taking: Taking) -> Mapping[int, int]:
    """They concern what is offered from now on, and no figure: where the partnership is here, its own choice stays."""
    try:
        there = {
            (int(row["framework"]), int(row["subject_id"])): int(row["area_id"]) if row["area_id"] else None
            for row in rows
        }
    except ValueError as error:
        raise WholeSchoolRefused("baseline_sources.csv cannot be read.") from error
    if taking.is_new_partnership:
        for (framework, subject), area in there.items():
            BaselineSource.objects.create(
                partnership=taking.partnership, framework=framework, subject_id=subject, area_id=area
            )
        return {}
    own = BaselineSource.objects.filter(partnership=taking.partnership)
    here = {(one.framework, one.subject_id): one.area_id for one in own}
    if here != there:
        taking.say(
            f"{taking.partnership.name} offers Baselines from other areas here: its own choice stays, and no Baseline that was confirmed changes."
        )
    return {}
