"""A pupil's record as it lies along the years: points with their ranges, gaps, areas of learning, notes, and odd facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assessment.engine.assessment_points import AssessmentPoint, AssessmentTerm, key_stage_of
from assessment.engine.expectations import LAST_YEAR_GROUP
from assessment.engine.point_scale import code_of
from assessment.engine.progress import this_year
from assessment.engine.subjects import BY_NUMBER, EYFS_AREAS, Kind, Subject, baseline_source, is_early_years
from assessment.queries.own_expectations import WHY_NOT, say_agreed
from reports.documents.pupil_sentences import signed, when
from reports.queries.pupil_progress import Entry, PupilRecord
from schools.calendar import AcademicYear, YearGroup
from schools.queries.rolls import SETTLING_IN, english

_MARKS = {1: "below", 2: "at", 3: "above"}
_SOURCES = {
    area: BY_NUMBER[number]
    for number in range(1, 4)
    for framework in EYFS_AREAS
    if (area := baseline_source(BY_NUMBER[number], framework)) is not None
}


@dataclass(frozen=True)
class SpotOfTimeline:
    """The end of a term or a Baseline; `points` None is a gap, and `why` its reason where one was given.

    `low` and `high` are the range expected, drawn as a band in Years 1 to 9 alone. `is_area`: judged in the area of learning that leads to the subject.
    """

    name: str
    points: int | None
    code: str = ""
    word: str = ""
    mark: str = ""
    low: int | None = None
    high: int | None = None
    expected: str = ""
    is_area: bool = False
    why: str = ""


@dataclass(frozen=True)
class YearOfTimeline:
    """An academic year; `year_group` empty where the school has no record of it. `is_joined`: one year group up from the year before."""

    label: str
    year_group: str
    terms: tuple[SpotOfTimeline, ...]
    baseline: SpotOfTimeline | None
    is_joined: bool


@dataclass(frozen=True)
class AreaLine:
    """An area of learning: its points term by term (empty where not judged), the latest of them, and the steps of this year."""

    name: str
    heading: str
    points: tuple[str, ...]
    latest: str
    code: str
    word: str
    mark: str
    expected: str
    steps: str


@dataclass(frozen=True)
class NoteLine:
    """A note on a judgement."""

    when: str
    subject: str
    text: str
    entered: str


def timeline(record: PupilRecord, subject: Subject) -> tuple[YearOfTimeline, ...]:
    """Every academic year from the first of the record to the one in view, those without a record too."""
    held = record.of(subject)
    areas = _area_entries(record, subject)
    year_groups = record.year_groups
    return tuple(
        YearOfTimeline(
            label=AcademicYear(year).label,
            year_group=_short(year_groups.get(year)),
            terms=tuple(
                _spot(record, AssessmentPoint(year, term), held, areas)
                for term in AssessmentTerm
                if term is not AssessmentTerm.BASELINE
            ),
            baseline=_baseline(record, AssessmentPoint(year, AssessmentTerm.BASELINE), held),
            is_joined=year - 1 in year_groups
            and year in year_groups
            and year_groups[year] == year_groups[year - 1] + 1,
        )
        for year in range(int(record.years[0].year), record.at.academic_year + 1)
    )


def _short(year_group: YearGroup | None) -> str:
    return "" if year_group is None else year_group.label


def _area_entries(record: PupilRecord, subject: Subject) -> dict[AssessmentPoint, Entry]:
    """What was judged in nursery and Reception in the area whose last judgement is offered as the subject's Baseline."""
    return {
        each.at: each
        for each in record.entries
        if _SOURCES.get(each.subject) == subject and is_early_years(record.year_groups[each.at.academic_year])
    }


def _spot(
    record: PupilRecord,
    at: AssessmentPoint,
    held: dict[AssessmentPoint, Entry],
    areas: dict[AssessmentPoint, Entry],
) -> SpotOfTimeline:
    entry, band = held.get(at), record.ranges.get(at)
    area = areas.get(at)
    if area is not None and area.points is not None and (entry is None or entry.points is None):
        return _shown(record, area, is_area=True)
    if entry is not None and entry.points is not None:
        return _shown(record, entry)
    if band is None:
        return SpotOfTimeline(when(at), None, why=entry.why if entry else "")
    return SpotOfTimeline(
        when(at),
        None,
        low=band.low,
        high=band.high,
        expected=band.label,
        why=entry.why if entry else "",
    )


def _baseline(
    record: PupilRecord, at: AssessmentPoint, held: dict[AssessmentPoint, Entry]
) -> SpotOfTimeline | None:
    entry = held.get(at)
    return _shown(record, entry) if entry else None


def _shown(record: PupilRecord, entry: Entry, *, is_area: bool = False) -> SpotOfTimeline:
    year_group = record.year_groups[entry.at.academic_year]
    expected = entry.expected
    elsewhere = f", judged at {entry.judged_at}" if entry.judged_at else ""
    name = f"{when(entry.at)}{', on entry' if entry.is_on_entry else ''}{elsewhere}"
    return SpotOfTimeline(
        name=f"{name}, {entry.subject.full_name}" if is_area else name,
        points=entry.points,
        code="" if entry.points is None else code_of(entry.points, year_group),
        word=entry.attainment.label if entry.attainment else "",
        mark=_MARKS[entry.attainment] if entry.attainment else "",
        low=expected.low if expected else None,
        high=expected.high if expected else None,
        expected=expected.label if expected else "",
        is_area=is_area,
        why=entry.why,
    )


def missing_terms(record: PupilRecord, subject: Subject) -> str:
    """The terms in Years 1 and up, since the first that was judged, of which there are no points, with the reason where one was given; empty for none.

    Only terms that are over: the one that is running may still be judged.
    """
    held = record.of(subject)
    judged = [at for at, entry in held.items() if entry.points is not None]
    if not judged:
        return ""
    gaps = []
    for at in _terms(min(judged), record.at):
        if at not in record.ended:
            continue
        entry, year_group = held.get(at), record.year_groups.get(at.academic_year)
        if (entry is None or entry.points is None) and (year_group is None or year_group > YearGroup.R):
            reason = entry.why if entry else "no record of the year" if year_group is None else ""
            gaps.append(f"{when(at)} ({reason})" if reason else when(at))
    if not gaps:
        return ""
    return f"Not judged: {', '.join(gaps)}."


def _terms(first: AssessmentPoint, last: AssessmentPoint) -> Iterator[AssessmentPoint]:
    for year in range(first.academic_year, last.academic_year + 1):
        for term in AssessmentTerm:
            at = AssessmentPoint(year, term)
            if term is not AssessmentTerm.BASELINE and first <= at <= last:
                yield at


def area_lines(record: PupilRecord) -> tuple[tuple[str, ...], tuple[AreaLine, ...]]:
    """The terms in which any area was judged in nursery and Reception, and a line for each area."""
    entries = [
        each
        for each in record.entries
        if each.subject.kind is Kind.EYFS_AREA and is_early_years(record.year_groups[each.at.academic_year])
    ]
    points = sorted({each.at for each in entries})
    areas = sorted({each.subject for each in entries}, key=lambda area: area.number)
    return tuple(when(at) for at in points), tuple(_area(record, area, points) for area in areas)


def _area(record: PupilRecord, area: Subject, points: list[AssessmentPoint]) -> AreaLine:
    held = record.of(area)
    judged = [each for each in held.values() if each.points is not None]
    shown = _shown(record, judged[-1]) if judged else SpotOfTimeline("", None)
    measure = (
        this_year([each.judged for each in held.values()], record.at, record.now.year_group)
        if is_early_years(record.now.year_group)
        else None
    )
    return AreaLine(
        name=area.name,
        heading=area.area_of_learning,
        points=tuple(_cell(held.get(at)) for at in points),
        latest="" if shown.points is None else str(shown.points),
        code=shown.code,
        word=shown.word,
        mark=shown.mark,
        expected=shown.expected,
        steps=signed(measure.steps) if measure else "",
    )


def _cell(entry: Entry | None) -> str:
    if entry is None:
        return ""
    return entry.why if entry.points is None else str(entry.points)


def notes_of(record: PupilRecord) -> tuple[NoteLine, ...]:
    """The latest first."""
    return tuple(
        NoteLine(when(each.at), each.subject.full_name, each.note, each.entered)
        for each in reversed(record.entries)
        if each.note
    )


def facts_of(record: PupilRecord) -> tuple[str, ...]:
    """What a reader of the figures has to know: steps of the own, out of year, joined in year, on entry, judged elsewhere, a year repeated or without record."""
    return tuple(
        fact
        for facts in (
            _own_steps(record),
            _out_of_year(record),
            _stays(record),
            _on_entry(record),
            _elsewhere(record),
        )
        for fact in facts
    )


def _own_steps(record: PupilRecord) -> Iterator[str]:
    for agreed in record.own:
        if agreed.counts:
            yield f"Own expectation: {say_agreed(agreed)}. Progress is measured by it; attainment is not."
        elif agreed.academic_year == record.at.academic_year:
            yield f"Steps of the pupil’s own are agreed for {agreed.academic_year.label} and do not count: {WHY_NOT}."


def _out_of_year(record: PupilRecord) -> Iterator[str]:
    apart = [each for each in record.years if each.is_out_of_year]
    if record.now.is_out_of_year:
        usual = record.now.by_age.label if record.now.by_age is not None else "no year group"
        own = record.now.year_group
        yield f"Out of year: in {own.label}, where by age it would be {usual}. Everything here is measured by {own.label}, the year group of the record."
    elif apart:
        told = ", ".join(f"{each.year_group.label} in {each.year}" for each in apart)
        yield f"Out of year before: {told}. Each year is measured by the year group of its own record."
    for earlier, later in zip(record.years, record.years[1:], strict=False):
        if later.year_group == earlier.year_group:
            yield f"{later.year_group.label} was repeated in {later.year}{_more_steps(later.year_group, record.now.year_group)}."
    if record.now.year_group > LAST_YEAR_GROUP:
        yield "From Year 10 nothing is expected, so there is no band and no colour."


def _more_steps(repeated: YearGroup, now: YearGroup) -> str:
    """What a repeated year does to the progress of the present key stage: its first year group starts it anew, an earlier stage is over."""
    stage = key_stage_of(now)
    has_more = stage is not None and now <= LAST_YEAR_GROUP and stage.first < repeated <= stage.last
    if not has_more or is_early_years(now):
        return ""
    return ": the steps expected over the key stage follow the time, so a year more of them"


def _stays(record: PupilRecord) -> Iterator[str]:
    joined, left = record.joined_on, record.left_on
    year = record.now.year
    if joined is not None and record.first_day + SETTLING_IN < joined <= year.ends_on:
        yield f"Joined in year: on roll since {english(joined)}."
    if left is not None:
        yield f"Last day on roll: {english(left)}."


def _on_entry(record: PupilRecord) -> Iterator[str]:
    """One sentence for each point of the year, however many subjects were marked so."""
    marked: dict[AssessmentPoint, list[str]] = {}
    for each in record.entries:
        if each.is_on_entry and each.at.academic_year == record.at.academic_year:
            marked.setdefault(each.at, []).append(each.subject.full_name)
    for at, names in marked.items():
        told = ", ".join(names) if len(names) < 5 else f"{len(names)} subjects or areas"
        yield f"Marked on entry in {when(at)}: {told}. Where there is no Baseline and no last Summer, this year's steps count from there."


def _elsewhere(record: PupilRecord) -> Iterator[str]:
    schools: dict[str, list[AssessmentPoint]] = {}
    for each in record.entries:
        if each.judged_at:
            schools.setdefault(each.judged_at, []).append(each.at)
    for school, points in schools.items():
        first, last = when(min(points)), when(max(points))
        yield f"Judged at {school}: {first}{f' to {last}' if last != first else ''}, handed over with the record."
