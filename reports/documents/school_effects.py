"""What another setting of a school would change, counted: shown before it is saved."""

from __future__ import annotations

import copy
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from django.db.models import Count
from django.db.models.functions import Substr

from assessment.engine.subjects import SUBJECTS
from assessment.models import Judgement
from reports.documents.governor_after_eyfs import years_after_eyfs
from reports.documents.shown_figures import shown_figures
from reports.documents.totals import phases_of
from reports.queries.figures import Figure, figures
from reports.queries.groups import ALL
from reports.queries.scope import Scope
from schools.access import Access
from schools.calendar import YearGroup
from schools.models import Pupil, PupilYear, School
from schools.queries.rolls import Standing, counting_day, standing_on
from schools.queries.school_settings import Changed, SchoolFacts, changes_between, facts_of
from schools.queries.terms import reporting_term
from schools.second_step import people_without_second_step

_SUBJECTS = {subject.number for subject in SUBJECTS}


@dataclass(frozen=True)
class SettingsEffect:
    """The facts that would be others, and what follows from that, a sentence each."""

    changes: tuple[Changed, ...]
    told: tuple[str, ...]


def settings_effect(access: Access, facts: SchoolFacts, today: dt.date) -> SettingsEffect:
    """Of the school as its row says it now, in the year in view. Six queries at most, however many pupils there are."""
    school = School.objects.select_related("partnership").get(pk=access.school.pk)
    now = facts_of(school)
    told: list[str] = []
    if now.dfe_number != facts.dfe_number:
        told += _of_number(school, facts)
    then = copy.copy(school)
    for name, value in asdict(facts).items():
        setattr(then, name, value)
    if now.year_groups != facts.year_groups:
        told += [*_of_year_groups(access, now, facts, today), *_of_figures(school, then)]
    if school.small_count != then.small_count:
        told.append(_of_limit(access, school, then, today))
    if now.requires_second_factor != facts.requires_second_factor:
        told.append(_of_second_step(school, asks=facts.requires_second_factor))
    return SettingsEffect(changes_between(now, facts), tuple(told))


def _of_second_step(school: School, *, asks: bool) -> str:
    people, without = people_without_second_step(school)
    if not asks:
        return "Nobody is asked for a second step any more. Those who set one up keep it, until they take it away themselves."
    return (
        f"Of {people} {'person' if people == 1 else 'people'} with a role here {without} {_has(without)} no second step yet: from their next page on they set one up, "
        "which takes a minute, and see nothing of the school before."
    )


def _of_limit(access: Access, school: School, then: School, today: dt.date) -> str:
    """What governors see of the term's subjects: parts of the pupils who were judged."""
    term = reporting_term(access, today)
    counted = figures(Scope(schools=(school,), academic_year=access.academic_year, term=term), by_group=False)
    parts = 3 * sum(figure.subject in _SUBJECTS and figure.assessed > 0 for figure in counted)
    if not parts:
        return f"Nobody has been judged in a subject in {term.label} {access.academic_year.label}, so nothing is held back of it yet."
    before, after = (parts - _told(counted, limit) for limit in (school.small_count, then.small_count))
    return (
        f"Of {_counted(parts, 'number')} below, at and above of {term.label} {access.academic_year.label}, by year group and subject, "
        f"{before:,} would be held back from governors now, {after:,} then."
    )


def _told(counted: list[Figure], limit: int) -> int:
    shown = shown_figures([each for each in counted if each.group == ALL.key], limit)
    lines = [
        of.attainment for of_year in shown.values() for subject, of in of_year.items() if subject in _SUBJECTS
    ]
    return sum(
        part is not None for line in lines if line.counted != 0 for part in (line.below, line.at, line.above)
    )


def _of_number(school: School, facts: SchoolFacts) -> Iterator[str]:
    of_roll = Pupil.objects.in_school(school).unmerged()
    issued = of_roll.annotate(issued_by=Substr("upn", 2, 7)).filter(issued_by=school.dfe_number).count()
    yield f"A file of pupils that names {school.formatted_dfe_number} as its school is refused from then on: it has to be {facts.dfe_number[:3]}/{facts.dfe_number[3:]}."
    yield f"{_counted(issued, 'pupil')} {_has(issued)} a UPN issued under {school.formatted_dfe_number}. UPNs stay as they are."


def _of_year_groups(access: Access, now: SchoolFacts, then: SchoolFacts, today: dt.date) -> Iterator[str]:
    pupils, judgements = _on_roll(access, today), _judged(access)
    for year_group in sorted(now.year_groups - then.year_groups):
        yield _taken_away(access, year_group, pupils[year_group], judgements[year_group])
    for year_group in sorted(then.year_groups - now.year_groups):
        yield f"{year_group.label} is offered wherever a year group is chosen, also while nobody is in it: {_counted(pupils[year_group], 'pupil')} now."


def _taken_away(access: Access, year_group: YearGroup, pupils: int, judgements: int) -> str:
    if not pupils and not judgements:
        return f"{year_group.label} is no longer offered: nobody is in it in {access.academic_year.label}."
    return (
        f"{year_group.label} has {_counted(pupils, 'pupil')} on the roll and {_counted(judgements, 'judgement')} in {access.academic_year.label}. "
        "They stay, with their figures; a roll that is loaded with such pupils warns of them."
    )


def _of_figures(school: School, then: School) -> Iterator[str]:
    for what, before, after in (
        ("Totals on the dashboard", _phases(school), _phases(then)),
        ("Progress since the end of Reception in the governors’ pack", _after(school), _after(then)),
    ):
        if before != after:
            yield f"{what}: now {_listed(before)}; then {_listed(after)}."
    if school.has_early_years != then.has_early_years:
        yield f"The page on which a year’s early years framework is chosen {'appears' if then.has_early_years else 'disappears'}."


def _phases(school: School) -> list[str]:
    return [phase.label for phase in phases_of(school)]


def _after(school: School) -> list[str]:
    return [year_group.label for year_group in years_after_eyfs(school)]


def _on_roll(access: Access, today: dt.date) -> Counter[YearGroup]:
    of_year = PupilYear.objects.in_school(access.school).filter(academic_year=access.academic_year)
    here = standing_on(of_year, access.school, counting_day(access, today), Standing.ON_ROLL)
    return _by_year_group(here.values_list("year_group").annotate(Count("pk")).order_by("year_group"))


def _judged(access: Access) -> Counter[YearGroup]:
    """The judgements of the year in view, reasons for a blank among them."""
    held = Judgement.objects.in_school(access.school).filter(
        academic_year=access.academic_year, pupil__years__academic_year=access.academic_year
    )
    counted = held.values_list("pupil__years__year_group").annotate(Count("pk"))
    return _by_year_group(counted.order_by("pupil__years__year_group"))


def _by_year_group(rows: Iterable[tuple[int, int]]) -> Counter[YearGroup]:
    return Counter({YearGroup(number): count for number, count in rows})


def _counted(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{f'{count:,}' if count else 'no'} {what}s"


def _has(count: int) -> str:
    return "has" if count == 1 else "have"


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none"
