"""What moving judgements from one term to another would do, pupil by pupil: before anything is written."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from assessment.engine.assessment_points import AssessmentTerm
from assessment.engine.expected_range import Attainment, ExpectedRange
from assessment.engine.subjects import Kind, Subject, is_early_years
from assessment.models import Judgement
from assessment.models.judgements import LONGEST_NOTE
from assessment.queries.acts import Content
from assessment.queries.measuring import Measuring
from assessment.queries.sheet_pupils import SheetPupil
from schools.models import School


@dataclass(frozen=True)
class Standing:
    """What stands in a cell, or would; `version` counts its saves, and is 0 of what is not written yet."""

    content: Content
    attainment: Attainment | None
    version: int = 0


@dataclass(frozen=True)
class Line:
    """One pupil with a judgement in the term that it comes from: what stands in both, and what `arrives`, measured by its new term.

    `closed`: the terms that would be changed and are closed for entry for this pupil's year group.
    """

    pupil: SheetPupil
    source: Standing
    target: Standing | None
    arrives: Standing
    closed: tuple[AssessmentTerm, ...]

    @property
    def is_too_long(self) -> bool:
        """Whether the notes of both terms are too long to stand together."""
        before = self.target.content if self.target else None
        return is_too_long(self.arrives.content, self.source.content, before)

    @property
    def public_id(self) -> uuid.UUID:
        """By which the form knows the pupil."""
        return self.pupil.public_id

    @property
    def is_clash(self) -> bool:
        """Whether something stands in both, so that the person has to choose."""
        return self.target is not None


@dataclass(frozen=True)
class Preview:
    """All of a sheet: the pupils with something to move, by name, and how many have nothing there."""

    lines: tuple[Line, ...]
    without: int
    may_change_closed: bool

    def _is_shut(self, line: Line) -> bool:
        return bool(line.closed) and not self.may_change_closed

    @property
    def clear(self) -> list[Line]:
        """Those whose judgement goes where nothing stands."""
        return [line for line in self.lines if not line.is_clash and not self._is_shut(line)]

    @property
    def clashes(self) -> list[Line]:
        """Those with a judgement in both terms."""
        return [line for line in self.lines if line.is_clash and not self._is_shut(line)]

    @property
    def shut(self) -> list[Line]:
        """Those for whom a term is closed, to somebody who may not change that."""
        return [line for line in self.lines if self._is_shut(line)]

    @property
    def closed(self) -> list[str]:
        """The closed terms that a leader would change, by name."""
        if not self.may_change_closed:
            return []
        terms = sorted({term for line in self.lines for term in line.closed})
        return [term.label for term in terms]

    @property
    def can_be_written(self) -> bool:
        """Whether there is anything to confirm."""
        return bool(self.clear or self.clashes)


def preview(
    *,
    school: School,
    academic_year: int,
    pupils: Sequence[SheetPupil],
    subject: Subject,
    terms: tuple[AssessmentTerm, AssessmentTerm],
    copies: bool,
    may_change_closed: bool,
    today: dt.date,
) -> Preview:
    """What would become of these pupils' judgements in the subject, from the first term to the second. Needs the school open. Three queries, however many."""
    source, target = terms
    measuring = Measuring(school)
    judged = [row for row in pupils if is_early_years(row.year_group) == (subject.kind is Kind.EYFS_AREA)]
    stands = _standing(school, academic_year, [row.pupil_id for row in judged], subject, terms)
    lines = []
    for row in judged:
        here, there = stands.get((row.pupil_id, source)), stands.get((row.pupil_id, target))
        if here is None:
            continue
        arriving = combined(here.content, there.content if there else None, copies=copies)
        low, high, _ = measuring.measure(
            subject=subject.number,
            year_group=row.year_group,
            date_of_birth=row.facts.date_of_birth,
            academic_year=academic_year,
            term=target,
        )
        touched = (target,) if copies else terms
        lines.append(
            Line(
                row,
                here,
                there,
                Standing(arriving, _judged(arriving.points, low, high)),
                tuple(
                    term
                    for term in touched
                    if not measuring.is_open(academic_year, term, row.year_group, today)
                ),
            )
        )
    return Preview(tuple(lines), len(judged) - len(lines), may_change_closed)


def combined(moved: Content, before: Content | None, *, copies: bool) -> Content:
    """What a cell says where `before` stood, when another judgement has come there.

    A note goes along; where both have one, both stand there. The mark *on entry* moves too, and is not copied: a pupil starts once. What was confirmed
    was confirmed of other steps.
    """
    notes = [note for note in (before.note if before else "", moved.note) if note]
    return Content(
        points=moved.points,
        reason=moved.reason,
        note="\n".join(dict.fromkeys(notes)),
        is_on_entry=bool(before and before.is_on_entry) or (moved.is_on_entry and not copies),
    )


def is_too_long(arriving: Content, moved: Content, before: Content | None) -> bool:
    """Whether two notes would come to stand together that are longer than a note may be. One that is too long by itself goes along as it is."""
    longest = max(LONGEST_NOTE, len(moved.note), len(before.note) if before else 0)
    return len(arriving.note) > longest


def _judged(points: int | None, low: int | None, high: int | None) -> Attainment | None:
    if points is None or low is None or high is None:
        return None
    return ExpectedRange(low, high).judge(points)


def _standing(
    school: School,
    academic_year: int,
    pupil_ids: Sequence[int],
    subject: Subject,
    terms: tuple[AssessmentTerm, AssessmentTerm],
) -> dict[tuple[int, AssessmentTerm], Standing]:
    rows = Judgement.objects.in_school(school).filter(
        pupil__in=pupil_ids, academic_year=academic_year, subject=subject.number, term__in=terms
    )
    return {
        (pupil, AssessmentTerm(term)): Standing(
            Content(*content), Attainment(attainment) if attainment else None, version
        )
        for pupil, term, attainment, version, *content in rows.values_list(
            "pupil_id", "term", "attainment", "version", *Content._fields
        )
    }
