"""A governors' pack as it is given out: made from the figures that `reports.documents.releases` lets out, of its term and of the same term last year."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from reports.documents.governor_report import GovernorReport, pack_of, whole_school, year_before
from reports.documents.releases import ToKeep, not_yet, released
from reports.queries.scope import Scope


@dataclass(frozen=True)
class GivenOut:
    """A pack to give out; what has to be kept when it is; whether today's figures are others, but of too few pupils to be told apart, and by at least how
    many judgements, of both years.
    """

    pack: GovernorReport
    to_keep: tuple[ToKeep, ...]
    is_held: bool
    judgements_apart: int = 0
    # For those who see no names, while the term is not over: from when a look gives out what is newer, and in a sentence where there is nothing before.
    given_from: dt.date | None = None
    not_yet: str = ""

    @property
    def held_from(self) -> dt.date | None:
        """The day on which the earlier figures were given out: this year's, else last year's."""
        return self.pack.as_of or self.pack.last_year_as_of


def pack_to_give_out(scope: Scope, *, made_on: dt.date, is_anew: bool = False) -> GivenOut:
    """The pack of the scope's one school, which has to be open. `is_anew`: from today's figures, whatever was given out before.

    Of a snapshot it is the snapshot's figures, last year's among them.
    """
    now, before = released(scope, is_anew=is_anew), released(year_before(scope), is_anew=is_anew)
    pack = pack_of(
        now.figures,
        whole_school(scope),
        made_on=made_on,
        limit=scope.schools[0].small_count,
        before=before.figures,
    )
    beside = replace(pack.last_year, as_of=before.as_of) if pack.last_year else None
    early = pack.early_years
    if early and early.last_year:
        early = replace(early, last_year=replace(early.last_year, as_of=before.as_of))
    pack = replace(pack, as_of=now.as_of, last_year=beside, early_years=early)
    if pack.is_empty:
        return GivenOut(pack, (), is_held=False, not_yet=not_yet(scope.term, now))
    return GivenOut(
        pack,
        (*now.to_keep, *before.to_keep),
        now.is_held or (before.is_held and (beside or (early and early.last_year)) is not None),
        now.judgements_apart + before.judgements_apart,
        now.given_from,
    )
