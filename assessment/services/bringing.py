"""Taking in the history of pupils that a file brings from a school outside the partnership, as one act."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from assessment.models import Judgement
from assessment.services.loading import Cell, JudgementChanges, Said, load_judgements
from schools.models import ChangeKind, Pupil, School, User
from schools.services.brought_years import BroughtYear, bring_years
from schools.services.changes import change_set
from schools.services.turns import take_turn_alone


@dataclass(frozen=True)
class Brought:
    """How many records of years were new, and what became of the judgements; of whom the file is, and how many judgements stood here already."""

    years: int
    judgements: JudgementChanges
    pupils: tuple[str, ...]
    held: int


def bring_history(
    *,
    school: School,
    years: Sequence[BroughtYear],
    judgements: Callable[[], tuple[Sequence[Said], Mapping[Cell, str]]],
    by: User | None,
    reason: str = "",
) -> Brought:
    """Write the years, then the judgements, which hang on them: all or nothing. Needs the school open.

    `judgements` reads them once the years are there, with the URN of the school that judged; one that this installation knows is held as the school that made the
    judgement. What stands here already in a cell stays. Past figures do not change: in these years the pupil is on no roll here.
    """
    with transaction.atomic():
        take_turn_alone(school)
        with change_set(
            school=school, kind=ChangeKind.TAKE_IN, by=by, reason=reason or "History from a file"
        ):
            written = bring_years(school=school, years=years)
            said, judged_at = judgements()
            here = set(
                Judgement.objects.in_school(school)
                .filter(pupil__in={one.pupil_id for one in said})
                .values_list("pupil_id", "subject_id", "academic_year", "term")
            )
            new = [one for one in said if one.cell not in here]
            changes = load_judgements(school=school, said=new, by=by, reason=reason)
            _say_who_judged(school, new, judged_at)
        pupils = Pupil.objects.in_school(school).filter(
            pk__in={one.pupil_id for one in years} | {one.pupil_id for one in said}
        )
        names = tuple(pupil.name for pupil in pupils.order_by("surname", "forename", "pk"))
    return Brought(written, changes, names, len(said) - len(new))


def history_effect(
    *,
    school: School,
    years: Sequence[BroughtYear],
    judgements: Callable[[], tuple[Sequence[Said], Mapping[Cell, str]]],
    by: User | None,
) -> Brought:
    """What `bring_history` would do; nothing of it stays."""
    with transaction.atomic():
        brought = bring_history(school=school, years=years, judgements=judgements, by=by)
        transaction.set_rollback(True)
    return brought


def _say_who_judged(school: School, said: Sequence[Said], judged_at: Mapping[Cell, str]) -> None:
    known = {each.urn: each for each in School.objects.filter(urn__in=set(judged_at.values()))}
    for one in said:
        made_by = known.get(judged_at.get(one.cell, ""))
        if made_by is not None and made_by != school:
            Judgement.objects.in_school(school).filter(
                pupil=one.pupil_id, subject=one.subject, academic_year=one.academic_year, term=one.term
            ).update(made_by_school=made_by)
