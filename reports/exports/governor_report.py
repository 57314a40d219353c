"""The governors' pack drawn: its charts beside its figures, for a page or for paper; and its figures as tables for a workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.text import slugify

from reports.charts import MARKS_SAID, NOT_SHOWN, Bar, Palette, Segment, mark, picture, stacked_bars
from reports.documents.governor_cells import HELD_BACK, NOBODY, Cell, Share
from reports.documents.governor_last_year import LastYear, ReceptionBefore
from reports.documents.governor_report import (
    AttainmentRow,
    GovernorReport,
    ProgressRow,
    YearAttainment,
    YearProgress,
)
from reports.documents.tables import Table, Value
from schools.bands import in_words
from schools.queries.rolls import english

_ATTAINMENT_WORDS = {
    "below": "below",
    "at": "at",
    "above": "above",
    "below-or-at": "below or at",
    "at-or-above": "at or above",
}
_PROGRESS_WORDS = {
    "below": "less than expected",
    "at": "expected",
    "above": "more than expected",
    "below-or-at": "expected or less",
    "at-or-above": "expected or more",
}


@dataclass(frozen=True)
class DrawnAttainment:
    """A year group's figures and their chart."""

    year: YearAttainment
    chart: SafeString


@dataclass(frozen=True)
class DrawnProgress:
    """The same of progress."""

    year: YearProgress
    chart: SafeString


@dataclass(frozen=True)
class DrawnPack:
    """What the template takes."""

    pack: GovernorReport
    figures: str
    attainment: tuple[DrawnAttainment, ...]
    progress: tuple[DrawnProgress, ...]
    marks: Mapping[str, SafeString]


def drawn(pack: GovernorReport, palette: Palette) -> DrawnPack:
    """The pack with a chart for each year group and measure."""
    return DrawnPack(
        pack,
        figures_said(pack),
        tuple(DrawnAttainment(year, _attainment_chart(year, palette)) for year in pack.attainment),
        tuple(DrawnProgress(year, _progress_chart(year, palette)) for year in pack.progress),
        {kind: _drawing(mark(kind, palette), said, palette) for kind, said in MARKS_SAID.items()},
    )


def _drawing(svg: str, said: str, palette: Palette) -> SafeString:
    """In the page itself, where the stylesheet colours it; on paper as an image."""
    return SafeString(picture(svg, said) if palette.colours else svg)


def _attainment_chart(year: YearAttainment, palette: Palette) -> SafeString:
    chart = stacked_bars(
        [_bar(row.subject, _attainment_segments(row), row.at_or_above) for row in year.rows],
        identity=f"attainment-{_slug(year.label)}",
        title=f"{year.label}: pupils below, at and above the expected range",
        words={kind: in_words(word) for kind, word in _ATTAINMENT_WORDS.items()},
        axis=in_words("at or above"),
        palette=palette,
    )
    return _drawing(chart.svg, chart.said, palette)


def _progress_chart(year: YearProgress, palette: Palette) -> SafeString:
    chart = stacked_bars(
        [_bar(row.subject, _progress_segments(row), row.expected_or_more) for row in year.rows],
        identity=f"progress-{_slug(year.label)}",
        title=f"{year.label}: pupils who made less, expected and more progress",
        words=_PROGRESS_WORDS,
        axis="expected or more",
        palette=palette,
    )
    return _drawing(chart.svg, chart.said, palette)


def _slug(label: str) -> str:
    return label.lower().replace(" ", "-")


def _bar(subject: str, segments: tuple[Segment, ...], share: Cell) -> Bar:
    note = "nobody counted" if str(share) == NOBODY else NOT_SHOWN
    return Bar(subject, segments, figure=str(share), note=note)


def _segment(kind: str, cell: Cell) -> Segment:
    return Segment(kind, cell.value or 0, str(cell))


def _attainment_segments(row: AttainmentRow) -> tuple[Segment, ...]:
    """The most that can be drawn of what is shown: three parts, or two where two are held back or not told apart."""
    return _segments((row.below, row.at, row.above), row.together, row.below_or_at)


def _progress_segments(row: ProgressRow) -> tuple[Segment, ...]:
    return _segments((row.less, row.expected, row.more), row.expected_or_more, row.expected_or_less)


def _segments(parts: tuple[Cell, Cell, Cell], upper: Cell, lower: Cell) -> tuple[Segment, ...]:
    below, at, above = parts
    if None not in (below.value, at.value, above.value):
        chosen = (("below", below), ("at", at), ("above", above))
        return tuple(_segment(*each) for each in chosen) if any(cell.value for cell in parts) else ()
    if None not in (below.value, upper.value):
        return (_segment("below", below), _segment("at-or-above", upper))
    if None not in (lower.value, above.value):
        return (_segment("below-or-at", lower), _segment("above", above))
    return ()


def file_name(pack: GovernorReport, ending: str) -> str:
    """Named for school, term, snapshot and day, and for nobody in it."""
    year = pack.academic_year.replace("/", "-")
    of_snapshot = pack.snapshot.partition(",")[0]
    words = f"{pack.school} {pack.term} {year} {of_snapshot} governors-pack {pack.made_on:%Y-%m-%d}"
    return f"{'-'.join(_plain(word) for word in words.split() if _plain(word))}.{ending}"


def _plain(word: str) -> str:
    """Letters, figures and hyphens alone, in the word's own case where it has no accents to lose."""
    plain = slugify(word)
    return (
        "".join(letter for letter in word if letter.isalnum() or letter == "-") if word.isascii() else plain
    )


# The same figures as tables, one a sheet.


def tables(pack: GovernorReport) -> list[Table]:
    """Every figure of the pack, as it is printed there."""
    makers: list[tuple[object, Callable[[GovernorReport], Table]]] = [
        (True, _about),
        (True, _glance),
        (pack.attainment, _attainment),
        (pack.progress, _progress),
        (pack.after_eyfs, _after_eyfs),
        (pack.comparisons, _groups),
        (pack.doing, _doing),
        (pack.questions, _questions),
        (pack.last_year, _last_year),
        (pack.early_years, _early_years),
    ]
    return [make(pack) for is_there, make in makers if is_there]


def _value(cell: Cell) -> Value:
    return cell.sign if cell.value is None else cell.value


def _about(pack: GovernorReport) -> Table:
    beside = pack.last_year
    rows: list[tuple[Value, ...]] = [
        ("School", pack.school),
        ("Term", pack.term),
        ("Academic year", pack.academic_year),
        ("Made on", f"{pack.made_on:%d/%m/%Y}"),
        ("Figures", figures_said(pack)),
        *(("In words", each) for each in pack.headlines),
        *(("Fewer than nine in ten were judged", each) for each in pack.partly_judged),
        *_of_last_year(beside),
        *(
            [("Nothing is expected there, so not in this pack", pack.without_range)]
            if pack.without_range
            else []
        ),
        *([("Progress", pack.own_steps)] if pack.own_steps else []),
        *(("What it cannot say", each) for each in pack.cannot_say),
        (
            HELD_BACK,
            f"Not shown: a number from 1 to {pack.small_count}, or one that would give such a number away",
        ),
        (NOBODY, "Nobody was counted"),
        ("All three", "Reading, writing and mathematics together"),
        ("Gap", "Percentage points; minus means that the group is behind those it is compared with"),
    ]
    return Table("About", ("Governors' pack", ""), rows)


def _of_last_year(beside: LastYear | None) -> list[tuple[Value, ...]]:
    if beside is None:
        return []
    return [
        (f"Fewer than nine in ten were judged in {beside.academic_year}", each)
        for each in beside.partly_judged
    ]


def figures_said(pack: GovernorReport) -> str:
    """Of when the figures are: a snapshot, the day of an earlier pack, or the day on which it was made."""
    said = f"As they stood on {english(pack.made_on)}"
    if pack.snapshot:
        said = f"From {pack.snapshot}"
    elif pack.as_of:
        said = f"As given out on {english(pack.as_of)}"
    day = pack.last_year_as_of
    return f"{said}; last year’s as given out on {english(day)}" if day else said


def _doing(pack: GovernorReport) -> Table:
    return Table("What we are doing", ("What the school is doing",), [(each,) for each in pack.doing])


def _questions(pack: GovernorReport) -> Table:
    return Table("Questions", ("Questions governors may ask",), [(each,) for each in pack.questions])


def _last_year(pack: GovernorReport) -> Table:
    beside = pack.last_year
    rows: list[tuple[Value, ...]] = [
        (
            year.label,
            now.name,
            *map(_value, (now.judged, now.at_or_above, before.judged, before.at_or_above, change)),
        )
        for year in ([beside.whole] if beside and beside.whole else []) + list(beside.years if beside else ())
        for now, before, change in zip(year.now, year.before, year.changes, strict=True)
    ]
    headings = (
        "Year group",
        "Subject",
        f"Judged {pack.academic_year}",
        f"At or above % {pack.academic_year}",
        f"Judged {beside.academic_year if beside else ''}",
        f"At or above % {beside.academic_year if beside else ''}",
        "Change",
    )
    return Table("Last year", headings, rows)


def _glance(pack: GovernorReport) -> Table:
    rows = [(each.name, _value(each.judged), _value(each.at_or_above)) for each in pack.glance]
    return Table("At a glance", ("Subject", "Judged", "At or above %"), rows)


def _attainment(pack: GovernorReport) -> Table:
    rows = [
        (
            year.label,
            _value(year.on_roll),
            row.subject,
            *map(
                _value,
                (row.judged, row.below, row.at, row.above, row.below_or_at, row.together, row.at_or_above),
            ),
        )
        for year in pack.attainment
        for row in year.rows
    ]
    headings = (
        "Year group",
        "On roll",
        "Subject",
        "Judged",
        "Below",
        "At",
        "Above",
        "Below or at",
        "At or above",
        "At or above %",
    )
    return Table("Attainment", headings, rows)


def _progress(pack: GovernorReport) -> Table:
    return _progress_table("Progress", pack.progress)


def _after_eyfs(pack: GovernorReport) -> Table:
    return _progress_table("Since EYFS", pack.after_eyfs)


def _progress_table(title: str, years: Iterable[YearProgress]) -> Table:
    rows = [
        (
            year.label,
            row.subject,
            *map(_value, (row.less, row.expected, row.more, row.expected_or_less, row.expected_or_more)),
        )
        for year in years
        for row in year.rows
    ]
    headings = (
        "Year group",
        "Subject",
        "Less %",
        "Expected %",
        "More %",
        "Expected or less %",
        "Expected or more %",
    )
    return Table(title, headings, rows)


def _groups(pack: GovernorReport) -> Table:
    rows = [
        (
            each.group,
            each.other,
            group.name,
            *map(_value, (group.judged, group.at_or_above, other.judged, other.at_or_above, gap)),
        )
        for each in pack.comparisons
        for group, other, gap in zip(each.of_group, each.of_other, each.gaps, strict=True)
    ]
    headings = (
        "Group",
        "Compared with",
        "Subject",
        "Judged in the group",
        "At or above % in the group",
        "Judged of those compared",
        "At or above % of those compared",
        "Gap",
    )
    return Table("Groups", headings, rows)


def _early_years(pack: GovernorReport) -> Table:
    early = pack.early_years
    rows: list[tuple[Value, ...]] = []
    headings: tuple[str, ...] = ("Area of learning", "Goal", "Judged", "At or above %")
    if early is None:
        return Table("Reception", headings, rows)
    if before := early.last_year:
        year = before.academic_year
        headings += (f"Judged {year}", f"At or above % {year}", "Change")
    if early.good_level:
        told = (before.good_level, before.good_level_change) if before else (None, None)
        rows.append(("", *_share(early.good_level), *_of_reception_before(before, *told)))
    rows += [
        (heading, *_share(share), *_of_reception_before(before, then, change))
        for heading, lines in early.lines
        for share, then, change in lines
    ]
    return Table("Reception", headings, rows)


def _of_reception_before(
    before: ReceptionBefore | None, then: Share | None, change: Cell | None
) -> tuple[Value, ...]:
    """Last year's side of a line; empty where it was not judged then."""
    if before is None:
        return ()
    return (*_share(then)[1:], _value(change)) if then and change else (None, None, None)


def _share(share: Share) -> tuple[Value, ...]:
    return share.name, _value(share.judged), _value(share.at_or_above)
