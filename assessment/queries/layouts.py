"""What stands on a marksheet: which subjects or areas, which columns, and in which of them one enters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm
from assessment.engine.subjects import EYFS_AREAS, SUBJECTS, Kind, Subject
from assessment.queries.columns import Column, judgement_column, this_term_column, this_year_column
from schools.calendar import EyfsFramework, TermName

MOST_EARLIER_YEARS = 5
# In addresses, in the place of a subject's code.
ALL_SUBJECTS, ALL_AREAS = "all", "areas"
# Before the code of a sheet that somebody laid out.
LAID_OUT = "t-"


@dataclass(frozen=True)
class Layout:
    """The columns of a sheet, in order, seen from the end of a term of the year in view.

    `code` names it in addresses. `points` are the assessment points of which judgements are read: those of the columns, and those that steps
    are measured from.
    """

    code: str
    name: str
    full_name: str
    subjects: tuple[Subject, ...]
    at: AssessmentPoint
    columns: tuple[Column, ...]

    @property
    def kind(self) -> Kind:
        """Whether pupils are judged here in subjects or in areas."""
        return self.subjects[0].kind

    @property
    def subject(self) -> Subject | None:
        """The one that the sheet is of; None of a sheet of several."""
        return self.subjects[0] if len(self.subjects) == 1 else None

    @property
    def points(self) -> set[AssessmentPoint]:
        """Whose judgements are read."""
        of_year = {AssessmentPoint(self.at.academic_year, term) for term in AssessmentTerm}
        shown = {column.place.at for column in self.columns if column.place}
        followed = {place.at for column in self.columns for place in column.reads}
        return of_year | shown | followed | {self.at.summer_before}

    @property
    def reads_notes(self) -> bool:
        """Whether some column shows what the notes say."""
        return any(column.reads_notes for column in self.columns)

    @property
    def is_laid_out(self) -> bool:
        """Whether somebody laid it out, and not the address, a column at a time."""
        return self.code.startswith(LAID_OUT)

    @property
    def has_headings(self) -> bool:
        """Whether something stands above the columns."""
        return any(column.heading for column in self.columns)

    @property
    def headings(self) -> list[tuple[str, int]]:
        """What stands above the columns, each over how many."""
        return [
            (heading, len(list(over))) for heading, over in groupby(column.heading for column in self.columns)
        ]

    def column(self, key: str) -> Column | None:
        """The column with this key; None where there is none."""
        return next((column for column in self.columns if column.key == key), None)

    def opened(self, *, may_enter: bool) -> Layout:
        """For somebody who may enter, or may not: in the judgements of the year in view."""
        if not may_enter:
            return self
        year = self.at.academic_year
        return replace(
            self,
            columns=tuple(
                replace(column, is_open=True)
                if column.place and column.place.at.academic_year == year and not column.is_read_only
                else column
                for column in self.columns
            ),
        )


def subject_over_the_year(subject: Subject, at: AssessmentPoint, *, earlier_years: int = 0) -> Layout:
    """One subject or area: earlier Summers, the year's Baseline and terms, the steps up to the term in focus."""
    year = at.academic_year
    summers = [
        AssessmentPoint(year - back, AssessmentTerm.SUMMER)
        for back in range(min(earlier_years, MOST_EARLIER_YEARS) + 1, 0, -1)
    ]
    own = [AssessmentPoint(year, term) for term in AssessmentTerm]
    return Layout(
        code=subject.code.lower(),
        name=subject.name,
        full_name=subject.full_name,
        subjects=(subject,),
        at=at,
        columns=(
            *(
                judgement_column(subject, point, year=year, is_in_focus=point == at)
                for point in (*summers, *own)
            ),
            this_term_column(subject, at),
            this_year_column(subject, at),
        ),
    )


def all_in_one_term(
    code: str, at: AssessmentPoint, framework: EyfsFramework, subjects: tuple[Subject, ...] = SUBJECTS
) -> Layout:
    """All subjects in one term, each with its steps; or all areas of learning, each by itself."""
    if code == ALL_AREAS:
        areas = EYFS_AREAS[framework]
        columns = (
            judgement_column(
                area,
                at,
                year=at.academic_year,
                label=area.name,
                heading=area.area_of_learning,
                is_in_focus=True,
            )
            for area in areas
        )
        return Layout(code, "Areas of learning", "all areas of learning", areas, at, tuple(columns))
    return Layout(code, "All subjects", "all subjects", subjects, at, tuple(_subjects(at, subjects)))


def _subjects(at: AssessmentPoint, subjects: tuple[Subject, ...]) -> Iterator[Column]:
    for subject in subjects:
        yield judgement_column(
            subject,
            at,
            year=at.academic_year,
            label=TermName(at.term).label,
            heading=subject.name,
            is_in_focus=True,
        )
        yield this_term_column(subject, at, label="Steps", detail="", heading=subject.name)
