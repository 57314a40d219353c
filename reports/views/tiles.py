"""How tiles look, and the small marks of which a page of figures has hundreds: the one renderer of them.

A dashboard has fifty tiles with eight numbers each. They are written here as text, as the cells of a marksheet are
(docs/decisions/0020): by templates they took half of the request. Nothing in them comes from people: marks, words and numbers are ours,
and addresses are encoded (`urlencode`, `reverse`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString

from reports.documents.dashboard import Area, Row
from reports.documents.partnership import BarPart
from reports.documents.tiles import Tile, TilePart
from reports.documents.totals import TotalRow
from reports.documents.why_missing import whys
from reports.queries.reasons import Reasons
from schools.access import Access
from schools.bands import in_words

HELD_BACK = SafeString(
    '<span aria-hidden="true">\N{EN DASH}</span><span class="visually-hidden">held back</span>'
)


def bar(parts: Sequence[TilePart] | Sequence[BarPart]) -> SafeString:
    """Shares as a bar; the same is said in words and figures beside it."""
    drawn = "".join(
        f'<rect class="{part.mark}" x="{part.x}" width="{part.width}" height="8"/>'
        for part in parts
        if part.width
    )
    return SafeString(
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        f"{drawn}</svg>"
    )


def opens(tile: Tile, part: str, shown: int | Decimal | None, pupils_url: str, unit: str = "") -> SafeString:
    """A number with its unit, as a link to its pupils for those who see names; held back says so."""
    if shown is None:
        return HELD_BACK
    if not pupils_url:
        return SafeString(f"{shown}{unit}")
    return SafeString(f'<a href="{_address(tile, part, pupils_url)}">{shown}{unit}</a>')


def _address(tile: Tile, part: str, pupils_url: str) -> str:
    return f"{pupils_url}?{tile.query}&part={part}".replace("&", "&amp;")


def _hidden(words: str) -> str:
    return f'<span class="visually-hidden"> {words}</span>'


@dataclass(frozen=True)
class _Words:
    """What the tiles of attainment, or those of progress, say beside their numbers."""

    nothing: str
    missing: str
    share: str
    coverage: str
    average: str


_WORDS = {
    "attainment": _Words("Nothing entered", "missing", "at or above", "judged", "points"),
    "progress": _Words("No starting point", "not measured", "expected progress or more", "measured", "steps"),
}


def tiles(
    shown: Iterable[Tile | None],
    kind: str,
    pupils_url: str,
    term_before: str = "",
    heading: str = "h4",
    report_url: str = "",
    *,
    tells_track: bool = False,
) -> SafeString:
    """Tiles of `attainment`, or of `progress`. `pupils_url` is empty for those who see no names; progress has no change, and no term before.

    Below `report_url`, the year group's page, stand the pictures of progress in a subject. With room for it, attainment `tells_track`: who is on
    track for the end of the key stage.
    """
    of_kind = _Tiles(_WORDS[kind], pupils_url, term_before, heading, report_url, tells_track)
    return SafeString("".join(of_kind.tile(each) for each in shown))


@dataclass(frozen=True)
class _Tiles:
    words: _Words
    pupils_url: str
    term_before: str
    heading: str
    report_url: str
    tells_track: bool

    def tile(self, tile: Tile | None) -> str:
        if tile is None:
            return '<div class="figure-tile is-empty"></div>'
        subject = f'<{self.heading} class="figure-subject">{escape(tile.subject)}</{self.heading}>'
        if tile.is_empty:
            foot = f'<p class="figure-foot">{self._left_out(tile)}</p>' if self._left_out(tile) else ""
            return f'<div class="figure-tile is-empty">{subject}<p class="figure-none">{self.words.nothing}</p>{foot}</div>'
        drawn = bar(tile.parts) if tile.has_bar and tile.parts else ""
        counts = f'<ul class="figure-parts">{self._parts(tile)}</ul>' if tile.has_counts else ""
        return (
            f'<div class="figure-tile">{subject}<p class="figure-head">{self._head(tile)} {self._beside(tile)}</p>'
            f'{drawn}{counts}<p class="figure-foot">{self._coverage(tile)} {self._average(tile)}</p>{self._track(tile)}</div>'
        )

    def _opens(self, tile: Tile, part: str, shown: int | Decimal | None, unit: str = "") -> str:
        return opens(tile, part, shown, self.pupils_url, unit)

    def _head(self, tile: Tile) -> str:
        """The one large figure: the share, or the average where there is none."""
        if tile.headline is not None:
            share = self._opens(tile, tile.headline_part, tile.headline, "%")
            return (
                f'<strong class="figure-share">{share}{_hidden(escape(in_words(self.words.share)))}</strong>'
            )
        if tile.parts or tile.counted is None:
            return '<span class="figure-hidden">Held back</span>'
        if tile.average is not None:
            return (
                f'<strong class="figure-share">{self._opens(tile, tile.counted_part, tile.average)}</strong>'
            )
        return ""

    def _beside(self, tile: Tile) -> str:
        """The change since the term before; of progress, whom it could not be measured of."""
        if tile.change:
            share = escape(in_words("at or above"))
            return (
                f'<a class="figure-of" href="{_address(tile, "matched", self.pupils_url)}" title="Percentage points {share},'
                f' of the {tile.change.matched} pupils judged in both terms">'
                f"{tile.change.text}{_hidden('percentage points')} since {self.term_before}</a>"
            )
        return self._left_out(tile, ' class="figure-of"') if self.words is _WORDS["progress"] else ""

    def _left_out(self, tile: Tile, attributes: str = "") -> str:
        if not self.pupils_url or not tile.left_out:
            return ""
        address = _address(tile, tile.left_out_part, self.pupils_url)
        # Of a subject that nobody is judged in yet nothing is missing.
        words = "not judged" if tile.is_empty and self.words is _WORDS["attainment"] else self.words.missing
        return f'<a{attributes} href="{address}">{tile.left_out} {words}</a>'

    def _track(self, tile: Tile) -> str:
        if not self.tells_track or tile.on_track is None:
            return ""
        on_track = self._opens(tile, "on_track", tile.on_track)
        return f'<p class="figure-foot"><span>{on_track} on track for the end of {tile.key_stage}</span></p>'

    def _coverage(self, tile: Tile) -> str:
        if tile.counted is None:
            return ""
        of = "" if tile.pupils is None else f" of {self._opens(tile, 'pupils', tile.pupils)}"
        counted = self._opens(tile, tile.counted_part, tile.counted)
        # Beside no number on roll the number says by itself of what it is.
        what = _hidden(f"pupils {self.words.coverage}") if of else f" {self.words.coverage}"
        return f'<span class="figure-of">{counted}{of}{what}</span>'

    def _average(self, tile: Tile) -> str:
        if tile.average is None:
            return ""
        average = f"{tile.average if tile.parts else 'average'} {self.words.average}"
        if not (self.pupils_url and self.report_url and tile.pictures):
            return f"<span>{average}</span>"
        there = f"{self.report_url}{tile.pictures}/?{tile.query}".replace("&", "&amp;")
        return f'<a href="{there}" title="Pictures of progress">{average}</a>'

    def _parts(self, tile: Tile) -> str:
        """The counts with their marks, each opening to its pupils."""
        return "".join(self._part(tile, part) for part in tile.parts)

    def _part(self, tile: Tile, part: TilePart) -> str:
        mark, count = f'<i class="mark {part.mark}"></i>', HELD_BACK if part.count is None else part.count
        word = escape(in_words(part.word))
        inside = f"{mark}{count}{_hidden(word)}"
        title = f"{word[:1].upper()}{word[1:]}"
        start, end = f'<span title="{title}">', "</span>"
        if self.pupils_url and part.count is not None:
            address = _address(tile, part.part, self.pupils_url)
            start, end = f'<a href="{address}" title="{title}">', "</a>"
        return f'<li class="figure {part.mark}">{start}{inside}{end}</li>'


def area_rows(areas: Sequence[Area], good_level: Tile | None, pupils_url: str) -> SafeString:
    """The bodies of the table of areas: the Good Level of Development, then a body for each area of learning."""
    found = (
        [f"<tbody>{_area_row(good_level, None, pupils_url, is_headline=True)}</tbody>"] if good_level else []
    )
    for heading, of_heading in groupby(areas, key=lambda area: area.heading):
        rows = "".join(_area_row(area.attainment, area.progress, pupils_url) for area in of_heading)
        found.append(
            f'<tbody><tr class="is-group"><th colspan="10" scope="rowgroup">{escape(heading)}</th></tr>{rows}</tbody>'
        )
    return SafeString("".join(found))


def _area_row(tile: Tile, progress: Tile | None, pupils_url: str, *, is_headline: bool = False) -> str:
    row, header = (' class="is-headline"', "") if is_headline else ("", ' class="is-plain"')
    share = ""
    if tile.headline is not None:
        share = f"<strong>{opens(tile, tile.headline_part, tile.headline, pupils_url, '%')}</strong>"
    elif tile.is_held_back:
        share = HELD_BACK
    steps = ""
    if progress and progress.average is not None:
        steps = opens(progress, progress.counted_part, progress.average, pupils_url)
    return (
        f'<tr{row}><th scope="row"{header}>{escape(tile.subject)}</th><td class="number">{share}</td>'
        f'<td class="folds is-bar">{bar(tile.parts) if tile.has_bar else ""}</td>{_counts(tile, pupils_url)}'
        f'<td class="number">{opens(tile, tile.counted_part, tile.counted, pupils_url)}</td>'
        f'<td class="number folds">{"" if tile.average is None else tile.average}</td>'
        f'<td class="number folds">{_change(tile, pupils_url)}</td><td class="number">{steps}</td></tr>'
    )


def _counts(tile: Tile, pupils_url: str) -> str:
    cells = (opens(tile, part.part, part.count, pupils_url) for part in tile.parts)
    return "".join(f'<td class="number">{cell}</td>' for cell in cells)


def _change(tile: Tile, pupils_url: str) -> str:
    if not tile.change:
        return ""
    words = _hidden(f"percentage points, of {tile.change.matched} judged in both terms")
    return f'<a href="{_address(tile, "matched", pupils_url)}">{tile.change.text}{words}</a>'


def table_rows(
    rows: Iterable[Row],
    access: Access,
    year_group_query: str,
    pupils_url: str,
    *,
    kind: str,
    totals: Iterable[TotalRow] = (),
    has_change: bool = False,
    reasons: Reasons | None = None,
) -> SafeString:
    """The bodies of the dashboard as a table of `attainment` or `progress`, one for each year group, after those of several together."""
    of_kind = _TableLine(pupils_url, kind == "attainment", has_change, reasons)
    bodies = []
    for total in totals:
        header = f'<tr><th scope="row" class="nowrap">{escape(total.label)}</th>'
        lines = (of_kind.cells(tile) for tile in getattr(total, kind))
        body = "".join(f"{header}{line}</tr>" for line in lines)
        bodies.append(f'<tbody class="is-total">{body}</tbody>')
    for row in rows:
        report = reverse("year_group_report", args=[access.school.urn, access.academic_year, row.year_group])
        header = (
            f'<tr><th scope="row" class="nowrap"><a href="{report}?{escape(year_group_query)}">'
            f"{row.year_group.label}</a></th>"
        )
        lines = (of_kind.cells(tile) for tile in row.tiles if tile)
        bodies.append(f"<tbody>{''.join(f'{header}{line}</tr>' for line in lines)}</tbody>")
    return SafeString("".join(bodies))


@dataclass(frozen=True)
class _TableLine:
    """A line of the dashboard as a table: of attainment with the change where it is told, and with who is on track."""

    pupils_url: str
    is_attainment: bool
    has_change: bool
    reasons: Reasons | None

    def cells(self, tile: Tile) -> str:
        """Everything after the year group."""
        url = self.pupils_url
        shown = [opens(tile, "pupils", tile.pupils, url), opens(tile, tile.counted_part, tile.counted, url)]
        left_out = opens(tile, tile.left_out_part, tile.left_out, url) + self._why(tile)
        share = ""
        if tile.headline is not None:
            share = opens(tile, tile.headline_part, tile.headline, url, "%")
        elif tile.is_held_back and tile.parts:
            share = HELD_BACK
        last = [share, "" if tile.average is None else tile.average]
        if self.has_change:
            last.append(_change(tile, url))
        if self.is_attainment and self.has_change:
            last += [
                self._on_track(tile, "on_track", tile.on_track),
                self._on_track(tile, "off_track", tile.off_track),
            ]
        return (
            f'<th scope="row" class="is-plain">{escape(tile.subject)}</th>'
            + "".join(f'<td class="number">{cell}</td>' for cell in [*shown, left_out])
            + (_counts(tile, url) or "<td></td><td></td><td></td>")
            + "".join(f'<td class="number">{cell}</td>' for cell in last)
        )

    def _why(self, tile: Tile) -> str:
        """The reasons below the number, each opening to its pupils."""
        found = whys(tile, self.reasons) if self.is_attainment else []
        told = ", ".join(
            f'<a href="{_address(tile, each.part, self.pupils_url)}">{each.count} {each.words}</a>'
            for each in found
        )
        return f'<span class="note">{told}</span>' if told else ""

    def _on_track(self, tile: Tile, part: str, count: int | None) -> str:
        return "" if count is None else opens(tile, part, count, self.pupils_url)
