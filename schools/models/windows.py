"""When a year group's judgements may be entered, where that is not when the whole school's may."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from schools.calendar import TermName, YearGroup
from schools.models.fields import AcademicYearField, YearGroupField
from schools.models.school_owned import SameSchoolKey, SchoolOwned, tracked
from schools.models.years import TERM_NAMES

# The start of the year, before Autumn: a collection of its own, and no term.
BASELINE = 0
COLLECTIONS = [(BASELINE, "Baseline"), *TERM_NAMES]


@tracked
class EntryWindow(SchoolOwned):
    """One year group's collection of judgements: it is open from its first to its last day, both counted, unless a leader closed it.

    Where a year group has a window of a term, the window decides and not the term. A Baseline without one is open with Autumn.
    With a first day alone it ends when the term does, unless the term had ended by then (schools/queries/windows.py says what holds). Whatever
    is closed only a leader changes, with a reason (LEP expectations, time).
    """

    academic_year = AcademicYearField()
    term = models.SmallIntegerField(choices=COLLECTIONS)
    year_group = YearGroupField()
    opens_on = models.DateField(null=True, blank=True)
    closes_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["school", "academic_year", "term", "year_group"], name="entrywindow_once"
            ),
            models.CheckConstraint(
                name="entrywindow_term_known", condition=Q(term__in=[BASELINE, *list(TermName)])
            ),
            models.CheckConstraint(
                name="entrywindow_year_group_known",
                condition=Q(year_group__gte=YearGroup.N1, year_group__lte=YearGroup.Y13),
            ),
            models.CheckConstraint(
                name="entrywindow_opens_first",
                condition=Q(opens_on=None) | Q(closes_on=None) | Q(opens_on__lte=F("closes_on")),
            ),
            SameSchoolKey(
                name="entrywindow_of_year",
                fields=("school", "academic_year"),
                to="schools.SchoolYear",
                to_fields=("school", "academic_year"),
            ),
        ]

    def __str__(self) -> str:
        return f"{dict(COLLECTIONS)[self.term]} {self.academic_year}, {YearGroup(self.year_group).label}"
