"""How many judgements are asked for in a year, and how many of them are in: of a teacher, and of each year group.

Asked for is a judgement of each pupil on roll, in each subject or area that the pupil is judged in, at each collection: Autumn, Spring and
Summer, of the pupils on roll on the last day of the term; and the Baseline, of those on roll on the first day of Autumn, where the
year group is asked for one (LEP expectations: Year 1; and whoever a leader has given dates for it).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import QuerySet

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.subjects import is_early_years
from assessment.models import Judgement
from assessment.queries.measuring import Measuring
from assessment.queries.school_subjects import judged_at
from assessment.queries.subjects import framework_of
from schools.access import Access
from schools.calendar import YearGroup
from schools.models import PupilYear
from schools.queries.rolls import pupils_for, taught_by
from schools.queries.windows import TERMS_A_YEAR, has_baseline

_TIMES = " \N{MULTIPLICATION SIGN} "


@dataclass(frozen=True)
class Asked:
    """What is asked for of one year group. `pupils`: how many count at each of its collections; `of_each`: judgements of one pupil at each.

    `entered`: those with points or a reason.
    """

    year_group: YearGroup
    of_each: int
    pupils: Mapping[AssessmentTerm, int]
    entered: int

    @property
    def judgements(self) -> int:
        """All of the year."""
        return self.of_each * sum(self.pupils.values())

    @property
    def is_of_areas(self) -> bool:
        """Judged in areas of learning, not in subjects."""
        return is_early_years(self.year_group)

    @property
    def collections(self) -> str:
        """`Autumn, Spring, Summer`."""
        return ", ".join(term.label for term in self.pupils)

    @property
    def most_pupils(self) -> int:
        """At the fullest collection."""
        return max(self.pupils.values(), default=0)

    @property
    def is_beyond_the_usual(self) -> bool:
        """More collections than three, where the partnership does not ask for them."""
        return len(self.pupils) > TERMS_A_YEAR and self.year_group is not YearGroup.Y1


@dataclass(frozen=True)
class Workload:
    """Of several year groups together."""

    year_groups: tuple[Asked, ...]

    @property
    def judgements(self) -> int:
        """All that are asked for."""
        return sum(each.judgements for each in self.year_groups)

    @property
    def entered(self) -> int:
        """All that are in."""
        return sum(each.entered for each in self.year_groups)

    @property
    def parts(self) -> list[str]:
        """How the number comes about: `30 pupils x 4 subjects x 3 collections`. Where fewer count at some, each number stands by itself."""
        # Of all who are judged alike and asked at the same collections, how many count at each.
        together: dict[tuple[int, bool, tuple[AssessmentTerm, ...]], Counter[AssessmentTerm]] = {}
        for each in self.year_groups:
            key = (each.of_each, each.is_of_areas, tuple(each.pupils))
            together.setdefault(key, Counter()).update(each.pupils)
        found = []
        for (of_each, is_of_areas, _), pupils in together.items():
            judged = _many(of_each, "area" if is_of_areas else "subject")
            times = Counter(number for number in pupils.values() if number)
            found += [
                _TIMES.join([_many(number, "pupil"), judged, _many(collections, "collection")])
                for number, collections in sorted(times.items(), reverse=True)
            ]
        return found


def _many(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"


def own_workload(access: Access) -> Workload | None:
    """What the year asks of the classes that this person teaches; None of who teaches none. The number of queries depends on nothing."""
    taught = list(taught_by(access).values_list("pk", flat=True))
    if not taught:
        return None
    return _workload(access, pupils_for(access).filter(class_group__in=taught))


def school_workload(access: Access) -> Workload:
    """What the year asks of each year group of the pupils in sight."""
    return _workload(access, pupils_for(access))


@dataclass
class _Pupil:
    year_group: YearGroup
    stays: list[tuple[dt.date, dt.date | None]] = field(default_factory=list)

    def is_here(self, day: dt.date) -> bool:
        return any(first <= day and (last is None or day <= last) for first, last in self.stays)


def _workload(access: Access, pupils: QuerySet[PupilYear]) -> Workload:
    measuring, framework = Measuring(access.school), framework_of(access)
    year = access.academic_year
    days = {term: measuring.measured_on(year, term) for term in AssessmentTerm}
    found: dict[int, _Pupil] = {}
    for pupil, year_group, first, last in pupils.values_list(
        "pupil_id", "year_group", "pupil__enrolments__starts_on", "pupil__enrolments__ends_on"
    ):
        one = found.setdefault(pupil, _Pupil(YearGroup(year_group)))
        if first is not None:
            one.stays.append((first, last))

    def is_asked(term: AssessmentTerm, year_group: YearGroup) -> bool:
        return term is not AssessmentTerm.BASELINE or has_baseline(
            year_group, measuring.window(year, term, year_group)
        )

    counted: Counter[tuple[YearGroup, AssessmentTerm]] = Counter(
        (one.year_group, term)
        for one in found.values()
        for term in AssessmentTerm
        if is_asked(term, one.year_group) and one.is_here(days[term])
    )
    entered: Counter[YearGroup] = Counter()
    in_what = {
        year_group: {subject.number for subject in judged_at(access.school, year_group, framework)}
        for year_group in {one.year_group for one in found.values()}
    }
    held = Judgement.objects.in_school(access.school).filter(academic_year=year, pupil__in=list(found))
    for pupil, term, subject in held.values_list("pupil", "term", "subject"):
        one, point = found[pupil], AssessmentTerm(term)
        is_counted = subject in in_what[one.year_group]
        if is_counted and is_asked(point, one.year_group) and one.is_here(days[point]):
            entered[one.year_group] += 1
    return Workload(
        tuple(
            Asked(
                year_group=year_group,
                of_each=len(in_what[year_group]),
                pupils={
                    term: counted[year_group, term] for term in AssessmentTerm if is_asked(term, year_group)
                },
                entered=entered[year_group],
            )
            for year_group in sorted(in_what)
        )
    )
