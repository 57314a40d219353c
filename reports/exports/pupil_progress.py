"""A pupil's page drawn: the chart of each subject beside its measures, for a page or for paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString

from reports.charts import (
    MARKS_SAID,
    Chart,
    Palette,
    TermSpot,
    YearColumn,
    mark,
    picture,
    trajectory_chart,
)
from reports.documents.pupil_progress import PupilProgress, SubjectSection
from reports.documents.pupil_timeline import SpotOfTimeline
from schools.bands import in_words

# Years up to which a chart keeps its width; for each one more it grows by so much.
_YEARS, _MORE = 6, 62
# Heights of a chart: four stand on a page of A4.
_ON_SCREEN, _ON_PAPER = 270, 170


@dataclass(frozen=True)
class DrawnSubject:
    """A subject with its chart; `chart` is None where nothing was judged."""

    subject: SubjectSection
    svg: SafeString
    chart: Chart | None

    @property
    def rows(self) -> SafeString:
        """The rows of the chart's table, as text: a template's loop over each cell takes longer than all the rest of a subject."""
        if self.chart is None:
            return SafeString("")
        lines = ([escape(value) for value in row] for row in self.chart.rows)
        return SafeString(
            "".join(
                f'<tr><th scope="row">{line[0]}</th>{"".join(f"<td>{value}</td>" for value in line[1:])}</tr>'
                for line in lines
            )
        )


@dataclass(frozen=True)
class DrawnPupil:
    """What the templates take."""

    page: PupilProgress
    subjects: tuple[DrawnSubject, ...]
    marks: Mapping[str, SafeString]


def drawn_pupil(page: PupilProgress, palette: Palette) -> DrawnPupil:
    """The page with a chart for each subject in which something was judged."""
    return DrawnPupil(
        page,
        tuple(_subject(each, palette) for each in page.subjects),
        {kind: _drawing(mark(kind, palette), said, palette) for kind, said in MARKS_SAID.items()},
    )


def _drawing(svg: str, said: str, palette: Palette) -> SafeString:
    """In the page itself, where the stylesheet colours it; on paper as an image."""
    return SafeString(picture(svg, said) if palette.colours else svg)


def _subject(subject: SubjectSection, palette: Palette) -> DrawnSubject:
    if not subject.is_drawn:
        return DrawnSubject(subject, SafeString(""), None)
    columns = [
        YearColumn(
            label=year.label,
            year_group=year.year_group,
            terms=tuple(_spot(each) for each in year.terms),
            baseline=_spot(year.baseline) if year.baseline else None,
            is_joined=year.is_joined,
        )
        for year in subject.timeline
    ]
    chart = trajectory_chart(
        columns,
        identity=f"points-{subject.code}",
        title=f"{subject.name}: points over the years through the expected range",
        palette=palette,
        width=460 + _MORE * max(0, len(columns) - _YEARS),
        height=_ON_PAPER if palette.colours else _ON_SCREEN,
    )
    return DrawnSubject(subject, _drawing(chart.svg, chart.said, palette), chart)


def _spot(spot: SpotOfTimeline) -> TermSpot:
    # By age and by the Early Learning Goal something is expected too, but the band is of Years 1 to 9 alone.
    has_band = spot.low is not None and spot.high is not None and not spot.is_area
    return TermSpot(
        name=spot.name,
        points=spot.points,
        code=spot.code,
        kind=spot.mark,
        word=in_words(spot.word),
        band=(spot.low or 0, spot.high or 0) if has_band else None,
        expected=spot.expected,
        is_apart=spot.is_area,
        why=spot.why,
    )
