"""Taking back that pupils were taken in: at both schools, or at neither."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from schools.models import ChangeSet, OfferedPupil, OfferState, School, TransferOffer, User
from schools.queries.obstacles import Obstacle
from schools.queries.taking_back import Preview, preview_of
from schools.row_security import visible_to
from schools.services.offers import OfferRefusedError
from schools.services.taking_back import NotTaken, take_back


@dataclass(frozen=True)
class GivenBack:
    """How many pupils stand on offer again; or what has been done since with what came, and nothing was taken back."""

    pupils: int = 0
    obstacles: tuple[Obstacle, ...] = ()


class _InTheWayError(Exception):
    def __init__(self, found: NotTaken) -> None:
        super().__init__()
        self.found = found


def preview(offer: TransferOffer) -> Preview | None:
    """What taking back the last taking in would do at the receiving school, which has to be open; None where there is nothing to take back."""
    change = ChangeSet.objects.in_school(offer.to_school).filter(public_id=offer.taken_in_by).first()
    return preview_of(change) if change else None


def give_back(*, offer: TransferOffer, by: User) -> GivenBack:
    """Take back the last taking in of this offer: the copies go, the stays at the other school go on, and the pupils are on offer again.

    Only while nothing that came was changed, or has something hanging on it. Opens both schools. OfferRefusedError where nobody was taken in, or it was taken
    back already.
    """
    with visible_to(offer.from_school, offer.to_school):
        now = TransferOffer.objects.select_for_update().get(pk=offer.pk)
        if now.taken_in_by is None:
            raise OfferRefusedError("There is nothing to take back: it was taken back already.")
        before = _on_offer(now)
        try:
            with transaction.atomic():
                _take_back(offer.to_school, now.taken_in_by, by)
                _take_back(offer.from_school, now.handed_over_by, by)
        except _InTheWayError as error:
            return GivenBack(obstacles=error.found.obstacles)
        returned = _on_offer(now) - before
        _stands_again(now, returned)
        return GivenBack(returned)


def _take_back(school: School, key: UUID | None, by: User) -> None:
    change = ChangeSet.objects.in_school(school).get(public_id=key)
    done = take_back(change=change, by=by, reason=change.reason)
    if isinstance(done, NotTaken):
        raise _InTheWayError(done)


def _on_offer(offer: TransferOffer) -> int:
    return int(OfferedPupil.objects.in_school(offer.from_school).filter(offer=offer).count())


def _stands_again(offer: TransferOffer, pupils: int) -> None:
    """These pupils of the offer are on offer again, until its last day."""
    offer.accepted -= pupils
    offer.state, offer.closed_by, offer.closed_at = OfferState.OFFERED, None, None
    offer.taken_in_by = offer.handed_over_by = None
    offer.save()
