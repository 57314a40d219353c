"""What it would change to leave a subject out, or to take one up again, counted: shown before it is saved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import SUBJECTS, Subject, is_early_years
from assessment.models import Judgement
from assessment.queries.completion import counted_pupils
from assessment.queries.measuring import Measuring
from assessment.queries.school_subjects import changes_of_subjects
from assessment.queries.template_columns import subjects_of
from assessment.queries.templates import SHIPPED, Template, own_templates
from schools.access import Access
from schools.calendar import TermName, YearGroup
from schools.models import School
from schools.queries.school_settings import Changed


@dataclass(frozen=True)
class SubjectsEffect:
    """The subjects that would be judged and are not, or the other way round, and what follows from that, a sentence each."""

    changes: tuple[Changed, ...]
    told: tuple[str, ...]


def subjects_effect(access: Access, judged: Collection[str], term: TermName) -> SubjectsEffect:
    """Of the school as its row says it now, in the year in view; `term` is the one whose empty cells are counted. `judged` by code.

    Six queries at most, however many pupils there are.
    """
    now = School.objects.values_list("subjects_not_judged", flat=True).get(pk=access.school.pk)
    then = [subject.code for subject in SUBJECTS if subject.code not in judged]
    changes = changes_of_subjects(now, then)
    if not changes:
        return SubjectsEffect((), ())
    held, empty = _held(access), _empty(access, term)
    sheets = own_templates(access.school)
    told: list[str] = []
    for subject in SUBJECTS:
        if subject.code in then and subject.code not in now:
            told += _left_out(access, subject, term, held, empty, sheets)
        elif subject.code in now and subject.code not in then:
            told += _taken_up(access, subject, term, held, empty)
    return SubjectsEffect(changes, tuple(told))


def _left_out(
    access: Access,
    subject: Subject,
    term: TermName,
    held: Mapping[int, int],
    empty: Mapping[int, int],
    own: Sequence[Template],
) -> Iterator[str]:
    year, count = access.academic_year.label, held.get(subject.number, 0)
    if count:
        yield f"{subject.name} has {_counted(count, 'judgement')} in {year}. They stay, with their figures, and {subject.name} stays in sight in {year}: what is there can be put right."
    else:
        yield f"{subject.name} has no judgements in {year}: it is no longer offered on marksheets and pages of figures of that year."
    yield f"{_counted(empty[subject.number], 'empty cell')} of {term.label} {year} no longer {_counts(empty[subject.number])} as missing."
    standing = [each.name for each in own if each.is_in_use and subject in subjects_of(each.columns)]
    if standing:
        yield f"{subject.name} stands on {_counted(len(standing), 'marksheet')} of your own: {', '.join(standing)}. Its columns are not shown there in years without judgements of it; nothing is deleted."
    shipped = sum(subject in subjects_of(each.columns) for each in SHIPPED.values())
    if shipped:
        yield f"Without judgements of it {subject.name} is not shown on the sheet of all subjects either, nor on {_counted(shipped, 'marksheet')} that {_comes(shipped)} with LEP Tracker."


def _taken_up(
    access: Access, subject: Subject, term: TermName, held: Mapping[int, int], empty: Mapping[int, int]
) -> Iterator[str]:
    year = access.academic_year.label
    yield f"{subject.name} is offered on marksheets and pages of figures again. It has {_counted(held.get(subject.number, 0), 'judgement')} in {year}."
    yield f"{_counted(empty[subject.number], 'empty cell')} of {term.label} {year} {_counts(empty[subject.number])} as missing."


def _held(access: Access) -> dict[int, int]:
    """The judgements of the year in view, reasons for a blank among them, by subject."""
    of_year = Judgement.objects.in_school(access.school).filter(academic_year=access.academic_year)
    return dict(of_year.values_list("subject").annotate(Count("pk")).order_by("subject"))


def _empty(access: Access, term: TermName) -> dict[int, int]:
    """By subject, how many of those in Year 1 and above who are on roll on the term's last day have neither points nor a reason; in classes, as sheets are."""
    rows = counted_pupils(access, term, Measuring(access.school)).exclude(class_group=None)
    pupils = [
        pupil
        for pupil, year_group in rows.values_list("pupil_id", "year_group")
        if not is_early_years(YearGroup(year_group))
    ]
    entered = Counter(
        Judgement.objects.in_school(access.school)
        .filter(academic_year=access.academic_year, term=AssessmentTerm(term.value), pupil__in=pupils)
        .order_by()
        .values_list("subject", flat=True)
    )
    return {subject.number: len(pupils) - entered[subject.number] for subject in SUBJECTS}


def _counted(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count:,} {what}s"


def _counts(count: int) -> str:
    return "counts" if count == 1 else "count"


def _comes(count: int) -> str:
    return "comes" if count == 1 else "come"
