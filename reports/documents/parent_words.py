"""What a parent reads of a child: three sentences a subject, in words alone. Plain Python.

Where the child is, how they are moving, what comes next. No points, codes, colours or stages, no other child, and never that a child is behind without
what happens next. The words are ours (derived); they follow from the same measures as the staff's page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assessment.engine.assessment_points import AssessmentPoint
from assessment.engine.expectations import LAST_YEAR_GROUP, combined
from assessment.engine.expected_range import Attainment
from assessment.engine.progress import Progress, ProgressMeasure, Yardstick, this_year
from assessment.engine.subjects import EYFS_AREAS, SUBJECTS, Kind, Subject, is_early_years
from assessment.engine.trajectory import Direction, Standing, direction
from reports.documents.parent_next_steps import (
    EARLY,
    NEXT,
    NEXT_FROM_YEAR_7,
    NEXT_UNJUDGED,
    NEXT_WITHOUT_RANGE,
)
from reports.queries.pupil_progress import Entry, PupilRecord
from schools.calendar import TermName, YearGroup

# Of so few points below the range it is said that the child is close to it, and of so few steps fewer than expected that it was a little (derived).
CLOSE = A_LITTLE = 2
_NO_START = "We have no starting point from the beginning of the year to compare with."


@dataclass(frozen=True)
class ParentSubject:
    """A subject, or an area of learning with all that belongs to it."""

    name: str
    where: str
    moving: str
    next: str

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(each for each in (self.where, self.moving, self.next) if each)


@dataclass(frozen=True)
class ParentPage:
    """How a child is getting on; `when` is the term in words."""

    child: str
    full_name: str
    year_group: str
    class_name: str
    when: str
    subjects: tuple[ParentSubject, ...]


def parent_page(record: PupilRecord, subjects: Sequence[Subject] = SUBJECTS) -> ParentPage:
    """The page, as at the end of the term."""
    early = is_early_years(record.now.year_group)
    return ParentPage(
        child=record.called,
        full_name=record.full_name,
        year_group=record.now.year_group.label,
        class_name=record.now.class_name,
        when=f"{record.at.term.label} term {record.now.year}",
        subjects=_areas(record) if early else tuple(_subject(record, subject) for subject in subjects),
    )


# Subjects


def _subject(record: PupilRecord, subject: Subject) -> ParentSubject:
    """From the latest judgement of this year; what was judged in an earlier year no longer says where the child is."""
    held = record.of(subject)
    entry = _latest_of_year(record, list(held.values()))
    if entry is None or entry.points is None:
        return _unjudged(record, subject, list(held.values()))
    child, year_group, is_now = record.called, record.now.year_group, entry.at == record.at
    history = [each.judged for each in held.values()]
    measure = this_year(history, entry.at, year_group, Yardstick(entry.expectations, record.own_steps))
    where = say_where(entry, child, year_group, is_now=is_now)
    moving = (
        say_moving(
            measure,
            _heading_to(entry, held),
            child,
            is_above=entry.attainment is Attainment.ABOVE,
            is_now=is_now,
        )
        if year_group <= LAST_YEAR_GROUP
        else ""
    )
    return ParentSubject(
        subject.name,
        where if is_now else f"{where} {_say_this_term(record.at, held.get(record.at))}",
        moving,
        say_next(subject, entry.attainment, child, year_group),
    )


def _unjudged(record: PupilRecord, subject: Subject, held: list[Entry]) -> ParentSubject:
    child = record.called
    if _is_never_required(record, held):
        where = f"This year we do not write down where {child} is in {subject.name.lower()}."
        return ParentSubject(subject.name, where, "", NEXT_WITHOUT_RANGE.format(child=child))
    return ParentSubject(
        subject.name,
        f"We have not yet written down where {child} is in {subject.name.lower()} this year.",
        f"{child} may have been away or be new to us{_or_too_early(record.at)}.",
        NEXT_UNJUDGED.format(child=child),
    )


def _or_too_early(at: AssessmentPoint) -> str:
    return "" if at.term.term is TermName.SUMMER else ", or it may be too early in the year to say"


def _is_never_required(record: PupilRecord, held: list[Entry]) -> bool:
    """Whether of every term of this year that anything is said of, it is that no judgement is required."""
    said = [
        each
        for each in held
        if each.at.academic_year == record.at.academic_year and each.at.term.term is not None
    ]
    return bool(said) and all(each.is_not_required for each in said)


def _heading_to(entry: Entry, held: dict[AssessmentPoint, Entry]) -> Direction | None:
    """Against the same term a year before."""
    now = _standing(entry)
    before = held.get(entry.at._replace(academic_year=entry.at.academic_year - 1))
    return direction(now, _standing(before)) if now else None


def _standing(entry: Entry | None) -> Standing | None:
    if entry is None or entry.points is None or entry.expected is None:
        return None
    return Standing(entry.points, entry.expected)


def _latest_of_year(record: PupilRecord, entries: list[Entry]) -> Entry | None:
    """Of the year in view; a Baseline only says where the year began."""
    judged = [
        each
        for each in entries
        if each.points is not None
        and each.at.academic_year == record.at.academic_year
        and each.at.term.term is not None
    ]
    return judged[-1] if judged else None


def _say_this_term(at: AssessmentPoint, entry: Entry | None) -> str:
    """Of the page's own term where the latest judgement is older."""
    if entry is not None and entry.is_not_required:
        return f"For the {at.term.label} term nothing has to be written down."
    return f"The {at.term.label} term is not written down yet."


def say_where(entry: Entry, child: str, year_group: YearGroup, *, is_now: bool = True) -> str:
    """Where the child is against what is expected at this age; without that, where there is nothing expected.

    Of an earlier term than the page's (not `is_now`) where the child was then.
    """
    attainment, standing = entry.attainment, _standing(entry)
    if attainment is None or standing is None:
        return (
            f"In {year_group.label} we look at each pupil’s own path, not at what is usual for the age: "
            f"the teacher can tell you where {child} is on it."
        )
    is_close = standing.shortfall <= CLOSE
    if is_now:
        return _say_where_now(
            attainment, child, f"a child at this point in {year_group.label}", is_close=is_close
        )
    age = f"a child at that point in {year_group.label}"
    return f"{_at_the_end_of(entry.at)}, {_say_where_then(attainment, child, age, is_close=is_close)}"


def _at_the_end_of(at: AssessmentPoint) -> str:
    return f"At the end of the {at.term.label} term"


def _say_where_now(attainment: Attainment, child: str, age: str, *, is_close: bool) -> str:
    if attainment is Attainment.ABOVE:
        return f"{child} is working beyond what we hope for from {age}."
    if attainment is Attainment.AT:
        return f"{child} is where we hope {age} will be."
    if is_close:
        return f"{child} is close to where we hope {age} will be, with a few things still to become secure."
    return f"{child} is still building the steps that lead up to what we hope for from {age}, and is learning from where they are."


def _say_where_then(attainment: Attainment, child: str, age: str, *, is_close: bool) -> str:
    if attainment is Attainment.ABOVE:
        return f"{child} was working beyond what we hope for from {age}."
    if attainment is Attainment.AT:
        return f"{child} was where we hope {age} will be."
    if is_close:
        return f"{child} was close to where we hope {age} will be, with a few things then still to become secure."
    return f"{child} was still building the steps that lead up to what we hope for from {age}, and was learning from where they were."


def say_moving(
    measure: ProgressMeasure | None,
    heading: Direction | None,
    child: str,
    *,
    is_above: bool = False,
    is_now: bool = True,
) -> str:
    """How the child has moved since the start of the year (of a child who came later since then), to now or to the earlier term that was judged last."""
    if measure is None:
        return _NO_START
    if measure.is_by_mastery:
        # Finishing in Mastery decided, not the steps: they may be few or none.
        return f"{child} finished the year in a strong place."
    since, has = _since(is_on_entry=measure.start.is_on_entry, is_now=is_now), "has" if is_now else "had"
    if measure.steps <= 0:
        return _say_no_steps(f"{since}, {child} {has}", is_above=is_above)
    closing = f", and {'is' if is_now else 'was'} catching up" if heading is Direction.CATCHING_UP else ""
    said = _say_steps(measure, f"{since}, {child} {has}", closing, is_above=is_above)
    return (
        f"{said} We look at this by the steps that were agreed for {child}."
        if measure.is_individual
        else said
    )


def _say_steps(measure: ProgressMeasure, opening: str, closing: str, *, is_above: bool) -> str:
    """Of steps forward, beside those expected; of a child with steps of the own nothing is usual."""
    if measure.outcome is Progress.MORE:
        usually = "" if measure.is_individual else "usually "
        return f"{opening} come further than we would {usually}expect in the time{closing}."
    if measure.outcome is Progress.EXPECTED:
        return f"{opening} moved forward steadily, as we would expect in the time{closing}."
    if is_above:
        return f"{opening} moved forward from a strong place, and we want to keep that going."
    if measure.expected is not None and measure.expected - measure.steps <= A_LITTLE:
        return f"{opening} moved forward, a little more slowly than we had hoped, and we are looking together at what will help."
    return f"{opening} taken steps forward, though fewer than we had hoped for in the time, and we are looking together at what will help."


def _since(*, is_on_entry: bool, is_now: bool) -> str:
    """`Since the start of the year`."""
    start = "joining us" if is_on_entry else "the start of the year"
    return f"Since {start}" if is_now else f"Between {start} and then"


def _say_no_steps(opening: str, *, is_above: bool) -> str:
    """Of no steps, or of some back: what was done meanwhile nobody has recorded."""
    if is_above:
        return f"{opening} stayed in a strong place, and we want to build on it from here."
    return f"{opening} not yet taken new steps that we could write down, and we are looking together at what will help."


def say_next(subject: Subject, attainment: Attainment | None, child: str, year_group: YearGroup) -> str:
    """A general next step in the subject, for where the child is, in words for the age."""
    if attainment is None or subject.code not in NEXT:
        return NEXT_WITHOUT_RANGE.format(child=child)
    if attainment is Attainment.BELOW and year_group >= YearGroup.Y7:
        return NEXT_FROM_YEAR_7[subject.code].format(child=child)
    return NEXT[subject.code][attainment].format(child=child)


# Nursery and Reception


def _areas(record: PupilRecord) -> tuple[ParentSubject, ...]:
    """The areas of learning by their headings, seven at most: seventeen goals would be a list and no message."""
    by_heading: dict[str, list[Subject]] = {}
    for entry in record.entries:
        area = entry.subject
        if area.kind is Kind.EYFS_AREA and entry.at.academic_year == record.at.academic_year:
            found = by_heading.setdefault(area.area_of_learning, [])
            if area not in found:
                found.append(area)
    if not by_heading:
        child = record.called
        return (
            ParentSubject(
                "Learning and play",
                f"We have not yet written down where {child} is this year.",
                f"{child} may have been away or be new to us{_or_too_early(record.at)}.",
                NEXT_UNJUDGED.format(child=child),
            ),
        )
    return tuple(_heading(record, heading, areas) for heading, areas in by_heading.items())


def _heading(record: PupilRecord, heading: str, areas: list[Subject]) -> ParentSubject:
    """From the areas judged at the end of the page's term, else of the latest one before it."""
    child = record.called
    found = [
        entry
        for area in areas
        if (entry := _latest_of_year(record, list(record.of(area).values()))) is not None
    ]
    latest = [each for each in found if each.at == max(one.at for one in found)]
    together = combined(each.attainment for each in latest)
    if together is None:
        return _unjudged_heading(record, heading, areas)
    is_now = latest[0].at == record.at
    is_whole = {each.subject for each in latest} >= _areas_of(latest[0].subject)
    where = _say_area(together, latest, child, is_now=is_now, is_whole=is_whole)
    about, still_to_come, there = EARLY[heading]
    return ParentSubject(
        heading,
        where if is_now else f"{where} {_say_this_term(record.at, _not_required_now(record, areas))}",
        _say_area_moving(record, latest, about, is_now=is_now),
        (still_to_come if together is Attainment.BELOW else there).format(child=child),
    )


def _not_required_now(record: PupilRecord, areas: list[Subject]) -> Entry | None:
    """The entry of the page's term that says so, where all of the areas have such a one."""
    said = [record.of(area).get(record.at) for area in areas]
    return said[0] if all(each is not None and each.is_not_required for each in said) else None


def _areas_of(area: Subject) -> set[Subject]:
    """All that stand under the area's heading in its framework."""
    framework = EYFS_AREAS[area.framework] if area.framework else ()
    return {each for each in framework if each.area_of_learning == area.area_of_learning}


def _unjudged_heading(record: PupilRecord, heading: str, areas: list[Subject]) -> ParentSubject:
    child = record.called
    held = [each for each in record.entries if each.subject in areas]
    if set(areas) >= _areas_of(areas[0]) and _is_never_required(record, held):
        where = f"This year we do not write down where {child} is in this."
        return ParentSubject(heading, where, "", NEXT_WITHOUT_RANGE.format(child=child))
    where = f"We have not yet written down where {child} is in this."
    return ParentSubject(heading, where, "", NEXT_UNJUDGED.format(child=child))


def _say_area(together: Attainment, latest: list[Entry], child: str, *, is_now: bool, is_whole: bool) -> str:
    """Where the child is or was in a heading; of one judged in part, that it is of that part."""
    looked_at = "In what we have looked at so far this term" if is_now else "in what we had looked at by then"
    openings = [] if is_now else [_at_the_end_of(latest[0].at)]
    if not is_whole:
        openings.append(looked_at)
    opening = "".join(f"{each}, " for each in openings)
    verb, age = "is" if is_now else "was", "a child of this age" if is_now else "a child of that age"
    if together is Attainment.ABOVE:
        return f"{opening}{child} {verb} doing more than we hope for from {age}."
    if together is Attainment.AT:
        return f"{opening}{child} {verb} where we hope {age} will be."
    if all(each.attainment is Attainment.BELOW for each in latest):
        return f"{opening}{child} {verb} still finding their way into this, at their own pace."
    return f"{opening}{child} {verb} where we hope {age} will be in some of this, and {verb} still finding their way into the rest."


def _say_area_moving(record: PupilRecord, latest: list[Entry], about: str, *, is_now: bool) -> str:
    """In nursery and Reception steps have no measure: only whether there were any."""
    measures = [
        measure
        for entry in latest
        if (
            measure := this_year(
                [each.judged for each in record.of(entry.subject).values()], entry.at, record.now.year_group
            )
        )
        is not None
    ]
    if not measures:
        return _NO_START
    since = _since(is_on_entry=all(each.start.is_on_entry for each in measures), is_now=is_now)
    return f"{since}, {record.called} {'has' if is_now else 'had'} {_moved([each.steps for each in measures], about)}."


def _moved(steps: list[int], about: str) -> str:
    if sum(steps) > 0:
        return f"taken new steps in {about}"
    if max(steps) > 0:
        return f"taken new steps in some of {about}"
    return f"not yet taken new steps in {about} that we could write down"
