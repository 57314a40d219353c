"""Keeps what has been given out of a school in figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from django.utils import timezone

from schools.calendar import AcademicYear, TermName
from schools.job_kinds import MadeOfOldError
from schools.models import PackRelease, School, SchoolYear, User
from schools.services.changes import acting


class Keepable(Protocol):
    """Figures that nobody was given yet, as `keep_pack` takes them."""

    @property
    def facts(self) -> dict[str, Any]: ...


class Given(Protocol):
    """Whatever shows figures, with those among them that nobody was given yet."""

    @property
    def to_keep(self) -> Sequence[Keepable]: ...


G = TypeVar("G", bound=Given)


def give_out(decide: Callable[[], G], *, school: School, by: User | None) -> G:
    """What `decide` makes of the figures, which are kept before anybody sees it. Needs the school open.

    Where something is to be kept it is decided once more, after whoever was about to give out as well: two who look at once get the same figures.
    """
    given = decide()
    if given.to_keep:
        wait_for_who_gives_out(school)
        given = decide()
        for each in given.to_keep:
            keep_pack(**each.facts, by=by)
    return given


def give_out_later(
    decide: Callable[[], G], *, school: School, by: User | None
) -> tuple[G, Callable[[], None]]:
    """What `decide` makes of the figures, for a file that takes a while; and what keeps them, in the transaction that makes it one to be fetched.

    Both need the school open. The second raises MadeOfOldError where figures were given out since: then there may be others to keep to.
    """
    before, limit = _latest(school), school.own_small_count
    given = decide()

    def keep() -> None:
        if not given.to_keep:
            return
        wait_for_who_gives_out(school)
        if (_latest(school), school.own_small_count) != (before, limit):
            raise MadeOfOldError
        for each in given.to_keep:
            keep_pack(**each.facts, by=by)

    return given, keep


def _latest(school: School) -> int | None:
    return PackRelease.objects.in_school(school).order_by("-pk").values_list("pk", flat=True).first()


def wait_for_who_gives_out(school: School) -> None:
    """Until the transaction ends the others wait. Years stay free to be pointed at: nobody's judgement waits.

    From then on the school has the limit of small numbers that holds, which may be another than when it was read.
    """
    list(SchoolYear.objects.in_school(school).select_for_update(no_key=True).order_by("pk"))
    school.refresh_from_db(fields=["own_small_count"])


def keep_pack(
    *,
    school: School,
    academic_year: AcademicYear,
    term: TermName,
    figures: Sequence[Sequence[Any]],
    snapshot: int | None = None,
    by: User | None,
) -> PackRelease:
    """Remember the figures that a governors' pack is made from, as it is given out. Needs the school open, and the year opened."""
    with acting(by):
        return PackRelease.objects.create(
            school=school,
            academic_year=academic_year,
            term=term,
            snapshot=snapshot,
            figures=[list(each) for each in figures],
            made_by=by,
            made_at=timezone.now(),
        )
