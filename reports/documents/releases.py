"""Which figures of a term those get who see no names: today's, or once more those that were given out before.

Two days' figures of one term, of before and after a late judgement, tell of that pupil to whoever has both. So once figures of a term were given out, in
a governors' pack or on the page of somebody who sees no names, these are given out again until what has changed is of more than a few pupils, in every row
that has changed. This is the one place that decides it: the pack and every page of a governor show the same. Somebody who sees every pupil by name
may put today's into a pack all the same; whoever sees no names, never.

Nor does a look give anything out before the term's last day at the school has passed: an early one would hold its figures for the rest of the term.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from assessment.engine.subjects import BY_NUMBER
from assessment.queries.snapshots import snapshots_taken_at
from reports.documents.governor_after_eyfs import AFTER_EYFS_KEY
from reports.documents.governor_groups import COMPARED
from reports.documents.governor_report import pack_of, told_figures_of, whole_school
from reports.documents.printed_rows import printed_rows
from reports.pack_following import Rows, may_follow
from reports.queries.figures import Figure, figures
from reports.queries.groups import ALL, GROUPS
from reports.queries.scope import Scope
from schools.calendar import TermName
from schools.models import PackRelease, School
from schools.permissions import Permission
from schools.queries.releases import pack_releases
from schools.queries.rolls import english
from schools.queries.terms import last_days

_KEYS = {ALL.key, AFTER_EYFS_KEY} | {
    group.key for group in GROUPS if group.name in {name for pair in COMPARED for name in pair}
}
# What the pack is made from, and every page of those who see no names: nothing else of a figure is kept.
_FIELDS = (
    "year_group",
    "subject",
    "group",
    "pupils",
    "assessed",
    "below",
    "at",
    "above",
    "measured",
    "progress_below",
    "progress_expected",
    "progress_above",
)
_GROUP, _ASSESSED = _FIELDS.index("group"), _FIELDS.index("assessed")
# What everybody's rows hold, and where (`reports.queries.partnership.given_out_last`).
OF_EVERYBODY = (_GROUP, ALL.key)
Kept = tuple[tuple[int, ...], ...]
_LONG_AGO = dt.date.min


@dataclass(frozen=True)
class ToKeep:
    """Figures that are given out for the first time, to be remembered."""

    scope: Scope
    figures: Kept

    @property
    def facts(self) -> dict[str, Any]:
        """As `schools.services.releases.keep_pack` takes them."""
        scope = self.scope
        return {
            "school": scope.schools[0],
            "academic_year": scope.academic_year,
            "term": scope.term,
            "figures": self.figures,
            "snapshot": scope.snapshot.number if scope.snapshot else None,
        }


@dataclass(frozen=True)
class Released:
    """The figures to give out, by group; of which day, if not of today; what has to be kept when they are given out. `is_held`: today's are others, but
    of too few pupils to be told apart, or the term is not over; by at least how many judgements, for whoever sees names. `given_from`: for those who see no
    names, while the term is not over, the day from which a look gives out what is newer; where nothing was given out there are no figures until then.
    """

    figures: tuple[Figure, ...]
    as_of: dt.date | None = None
    to_keep: tuple[ToKeep, ...] = ()
    is_held: bool = False
    judgements_apart: int = 0
    given_from: dt.date | None = None

    @property
    def is_not_yet(self) -> bool:
        """Nothing of the term was given out, and it is not over."""
        return self.given_from is not None and not self.figures

    @property
    def of_everybody(self) -> list[Figure]:
        """Those of the group of all."""
        return [figure for figure in self.figures if figure.group == ALL.key]


def figures_for_viewer(scope: Scope, *, by_group: bool = True) -> Released:
    """The figures as the scope's viewer gets them: live for those who see names, else as they are given out, which has to be kept."""
    if scope.small_count:
        return released(scope)
    return Released(tuple(figures(scope, by_group=by_group)))


def released(scope: Scope, *, is_anew: bool = False) -> Released:
    """Of the scope's one school, which has to be open, the whole of it. `is_anew`: today's figures, whatever was given out before.

    Of a snapshot it is the snapshot's figures, and nothing is held against earlier ones: the snapshot is somebody's choice. It is kept all the same,
    and what is given out later is held against it.
    """
    return released_terms(scope, [scope.term], is_anew=is_anew)[scope.term]


def released_terms(
    scope: Scope, terms: Collection[TermName], *, is_anew: bool = False
) -> Mapping[TermName, Released]:
    """The same of several terms of the year, each by what was given out of it."""
    not_over = _not_over(scope) if _only_looks(scope) else {}
    scope = whole_school(scope)
    releases = _latest_first(scope.schools[0], pack_releases(scope.schools[0], scope.academic_year, terms))
    found = {}
    for term in terms:
        of_term = [each for each in releases if each.term == term]
        asked = replace(scope, term=term)
        if given_from := not_over.get(term):
            found[term] = _released_before(asked, of_term[:1], given_from)
        else:
            found[term] = _released(asked, of_term, is_anew=is_anew)
    return found


def _only_looks(scope: Scope) -> bool:
    """Whether the viewer does not see every pupil by name. The operator does."""
    return scope.viewer is not None and not scope.viewer.may(Permission.SEE_ALL_PUPILS)


def _not_over(scope: Scope) -> dict[TermName, dt.date]:
    """The terms of the year whose last day has not passed, each with the day after it."""
    days = last_days(scope.schools[0], scope.academic_year)
    today = timezone.localdate()
    return {term: ends_on + dt.timedelta(days=1) for term, ends_on in days.items() if ends_on >= today}


def _released_before(scope: Scope, latest: Sequence[PackRelease], given_from: dt.date) -> Released:
    """Of a term that is not over: what somebody who sees every name gave out last, and nothing else."""
    if not latest:
        return Released((), given_from=given_from)
    (release,) = latest
    kept = tuple(tuple(each) for each in release.figures)
    is_of_today = kept == _kept(told_figures_of(scope))
    return Released(
        _figures(kept),
        as_of=None if is_of_today else timezone.localdate(release.made_at),
        is_held=not is_of_today,
        given_from=given_from,
    )


def not_yet(term: TermName, given: Released) -> str:
    """What those are told who see no names, of a term of which nothing was given out; empty where it is not so."""
    if not given.given_from or not given.is_not_yet:
        return ""
    day = english(given.given_from)
    return f"{term.label}’s figures are given to governors when the term is over, from {day}, or when a leader gives them out."


def _latest_first(school: School, releases: Sequence[PackRelease]) -> list[PackRelease]:
    """By the day that their figures are of: a snapshot that is given out after later figures takes nobody back to it."""
    numbers = {each.snapshot for each in releases if each.snapshot}
    taken = snapshots_taken_at(school, numbers) if numbers else {}
    return sorted(releases, key=lambda each: taken.get(each.snapshot or 0, each.made_at), reverse=True)


def _released(scope: Scope, releases: Collection[PackRelease], *, is_anew: bool) -> Released:
    today = _kept(told_figures_of(scope))
    earlier = [(release, tuple(tuple(each) for each in release.figures)) for release in releases]
    if scope.snapshot:
        number = scope.snapshot.number
        return _of_today(
            scope, today, is_kept=any(kept == today and each.snapshot == number for each, kept in earlier)
        )
    if not earlier:
        return _of_today(scope, today)
    latest, kept = earlier[0]
    if kept == today:
        return _of_today(scope, today, is_kept=True)
    if is_anew or _may_follow(scope, [kept for _, kept in earlier], today):
        return _of_today(scope, today)
    return Released(
        _figures(kept),
        as_of=timezone.localdate(latest.made_at),
        is_held=True,
        judgements_apart=judgements_apart(kept, today),
    )


def judgements_apart(kept: Kept, today: Kept) -> int:
    """By how many judgements of everybody two days' figures differ, at least: each moves one pupil of a year group in a subject into, out of or between
    the counts. 0 where only groups or rolls differ.
    """
    days = [{row[:2]: row[_ASSESSED + 1 :] for row in day if _is_of_judgements(row)} for day in (kept, today)]
    none = (0,) * (len(_FIELDS) - _ASSESSED - 1)
    return sum(_moved(days[0].get(name, none), days[1].get(name, none)) for name in {*days[0], *days[1]})


def _is_of_judgements(row: tuple[int, ...]) -> bool:
    _, subject, group = row[:3]
    return group == ALL.key and subject in BY_NUMBER


def _moved(before: tuple[int, ...], after: tuple[int, ...]) -> int:
    """Below, at, above; those with a start; less, expected, more. The same pupils may have moved in both."""
    changes = [now - then for then, now in zip(before, after, strict=True)]
    sides = [
        abs(sum(change for change in part if (change > 0) is is_more))
        for part in (changes[:3], changes[4:])
        for is_more in (True, False)
    ]
    return max(sides)


def _of_today(scope: Scope, today: Kept, *, is_kept: bool = False) -> Released:
    # Of a term in which nobody was judged nothing is given out.
    is_fresh = not is_kept and any(row[_ASSESSED] for row in today)
    return Released(_figures(today), to_keep=(ToKeep(scope, today),) if is_fresh else ())


def _kept(counted: Iterable[Figure]) -> Kept:
    return tuple(
        sorted(tuple(int(getattr(each, name)) for name in _FIELDS) for each in counted if each.group in _KEYS)
    )


def _figures(kept: Kept) -> tuple[Figure, ...]:
    return tuple(
        Figure(school_id=0, points=0, steps=0, **dict(zip(_FIELDS, row, strict=True))) for row in kept
    )


def figures_of(kept: Collection[Collection[int]]) -> tuple[Figure, ...]:
    """The figures that were kept of one release, of every group."""
    return _figures(tuple(tuple(each) for each in kept))


def everybody_of(kept: Collection[Collection[int]]) -> list[Figure]:
    """Everybody's figures among those that were kept of one release."""
    return list(figures_of([each for each in kept if list(each)[_GROUP] == ALL.key]))


def _may_follow(scope: Scope, earlier: Collection[Kept], today: Kept) -> bool:
    limit = scope.schools[0].small_count

    def rows(kept: Kept) -> Rows:
        counted = _figures(kept)
        return printed_rows(pack_of(counted, scope, made_on=_LONG_AGO, limit=limit), counted)

    later = rows(today)
    return all(may_follow(rows(kept), later, limit) for kept in earlier)
