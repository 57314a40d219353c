"""A pupil's page as a table to keep: what its charts show term by term, and its measures, a line each."""

from __future__ import annotations

from collections.abc import Iterator

from reports.documents.pupil_progress import PupilProgress, SubjectSection, Told
from reports.documents.pupil_timeline import AreaLine, SpotOfTimeline, YearOfTimeline
from reports.documents.tables import Table, Value

HEADINGS = (
    "Subject",
    "What",
    "Year group",
    "Figure",
    "Code, or how many expected",
    "Range",
    "Word",
    "Explained",
)


def pupil_table(page: PupilProgress) -> Table:
    """Of Years 1 and up the subjects, then the areas of learning that were judged before. The title names nobody; a figure that is not there is an empty cell."""
    rows = [row for subject in page.subjects for row in _subject(subject)]
    rows += [row for area in page.areas for row in _area(area, page.area_terms)]
    return Table(title=f"Pupil review {page.at.replace('/', '-')}", headings=HEADINGS, rows=rows)


def _subject(subject: SubjectSection) -> Iterator[tuple[Value, ...]]:
    for year in subject.timeline:
        for spot in ([year.baseline] if year.baseline else []) + list(year.terms):
            yield (subject.name, *_spot(spot, year))
    for told in subject.told:
        yield (subject.name, *_told(told))
    for fact in subject.signs.facts if subject.signs else ():
        yield (
            subject.name,
            f"Sign: {fact.sign.label}",
            None,
            None,
            None,
            None,
            fact.outcome.value,
            fact.numbers or None,
        )


def _spot(spot: SpotOfTimeline, year: YearOfTimeline) -> tuple[Value, ...]:
    area = "Judged in the area of learning" if spot.is_area else None
    shown = (spot.points, spot.code or None, spot.expected or None, spot.word or None)
    return (spot.name, year.year_group or None, *shown, spot.why or area)


def _told(told: Told) -> tuple[Value, ...]:
    return (
        f"Latest: {told.title}" if told.key == "latest" else told.title,
        None,
        told.figure or None,
        told.beside or None,
        None,
        told.word or None,
        told.sentence,
    )


def _area(area: AreaLine, terms: tuple[str, ...]) -> Iterator[tuple[Value, ...]]:
    for term, points in zip(terms, area.points, strict=True):
        if points:
            yield (area.name, term, None, int(points), None, None, None, None)
    if area.latest:
        latest = (int(area.latest), area.code or None, area.expected or None, area.word or None)
        yield (area.name, "Latest", None, *latest, None)
    if area.steps:
        yield (area.name, "Steps this year", None, area.steps, None, None, None, None)
