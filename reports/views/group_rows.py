"""The rows of the page of groups as text, as tiles are (`reports.views.tiles`): by templates its hundreds of cells took a quarter of the request.

Names are what people wrote, and are escaped; addresses are encoded, and the rest is ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import escape
from django.utils.safestring import SafeString

from reports.documents.figure_pupils import Part
from reports.documents.group_lines import GroupLine, GroupPair
from reports.documents.group_report import Crossing, GroupReport, Overlap, OverlapRow


def pair_rows(
    report: GroupReport, pairs: Iterable[GroupPair], everybody: GroupLine | None, pupils_url: str
) -> SafeString:
    """A body for `everybody`, where given, and one for each group and the one it is compared with: the gap stands in the group's line, and in the
    other's how many pupils that is.
    """
    rows = _Rows(report, pupils_url)
    bodies = [rows.line(everybody)] if everybody else []
    bodies += [
        rows.line(pair.group, gaps=_gaps(pair), moved=rows.moved(pair, 0))
        + rows.line(pair.comparator, lead="beside", gaps=_closing(pair), moved=rows.moved(pair, 1))
        for pair in pairs
    ]
    return _bodies(bodies)


def crossed_rows(report: GroupReport, crossing: Crossing, pupils_url: str) -> SafeString:
    """A body for those in both groups, and one for each of the others: below a gap how many pupils it is, and how it moved since the earlier point."""
    rows = _Rows(report, pupils_url)
    bodies = [rows.line(crossing.corners[0])]
    for pair in crossing.beside:
        first = rows.line(pair.comparator, lead="beside", gaps=_gaps(pair), moved=rows.moved(pair, 0))
        closing, moved = _closing(pair, " nowrap"), rows.moved(pair, 1)
        bodies.append(first + (rows.below(closing, moved) if moved or any(closing) else ""))
    return _bodies(bodies)


def overlap_rows(rows: Iterable[OverlapRow], pupils_url: str) -> SafeString:
    """A row for each group, with a cell for each group up to itself."""
    return SafeString(
        "".join(
            f'<tr><th scope="row">{escape(row.name)}</th>{"".join(_overlap(cell, pupils_url) for cell in row.cells)}</tr>'
            for row in rows
        )
    )


def _overlap(cell: Overlap, pupils_url: str) -> str:
    shown = '<span class="quiet">0</span>'
    if cell.count:
        shown = f'<a href="{pupils_url}?{escape(cell.query)}">{cell.count}</a>'
    return f'<td class="number{" is-whole" if cell.is_whole else ""}">{shown}</td>'


def _bodies(bodies: Iterable[str]) -> SafeString:
    return SafeString("".join(f"<tbody>{body}</tbody>" for body in bodies))


# What stands in the columns of the two gaps.
_Gaps = tuple[str, str]


def _gaps(pair: GroupPair) -> _Gaps:
    return f"<strong>{pair.gap_text}</strong>", f"<strong>{pair.progress_gap_text}</strong>"


def _closing(pair: GroupPair, style: str = "") -> _Gaps:
    """How many pupils the gaps are."""
    return (
        _more_pupils(pair.to_close, style) if pair.closing_is_told else "",
        _more_pupils(pair.progress_to_close, style) if pair.progress_closing_is_told else "",
    )


def _more_pupils(count: int, style: str) -> str:
    return f'<span class="quiet small{style}">{count} more pupil{"" if count == 1 else "s"}</span>'


def _number(shown: object, style: str = "") -> str:
    return f'<td class="number{style}">{shown}</td>'


def _average(value: Decimal | None) -> str:
    return _number("\N{EN DASH}" if value is None else value, " folds")


# Between cells: read without the table, their numbers are not one.
_NEXT = "\n"


@dataclass(frozen=True)
class _Rows:
    """Rows in the columns that the report has."""

    report: GroupReport
    pupils_url: str

    def line(self, line: GroupLine, *, lead: str = "", gaps: _Gaps = ("", ""), moved: str = "") -> str:
        """One group's figures, each count opening to its pupils; `lead` stands before its name."""
        report, tally = self.report, line.tally
        few, badge = (' class="is-few"', ' <span class="badge">few</span>') if line.is_few else ("", "")
        before = f'<span class="quiet">{lead}</span> ' if lead else ""
        cells = [_number(self._opens(line, Part.PUPILS, tally.pupils))]
        if report.has_shares:
            parts = (Part.AT_OR_ABOVE, tally.at_or_above), (Part.COMPARED, tally.compared)
            cells += [self._share(line, line.share, parts, "nobody judged"), _number(gaps[0], " is-gap")]
        else:
            cells.append(_number(self._opens(line, Part.ASSESSED, tally.assessed)))
        if report.has_progress:
            parts = (
                (Part.PROGRESS_EXPECTED_OR_ABOVE, tally.expected_or_more),
                (Part.MEASURED, tally.measured),
            )
            cells += [self._share(line, line.progress_share, parts, "no start"), _number(gaps[1], " is-gap")]
        cells += [_average(line.average_points)] if report.has_points else []
        cells += [_average(line.average_steps)] if report.has_steps else []
        head = f'<th scope="row">{before}{escape(line.name)}{badge}</th>'
        return f"<tr{few}>{_NEXT.join([head, *cells, self._since(moved)])}</tr>"

    def below(self, gaps: _Gaps, moved: str) -> str:
        """The second line of a gap."""
        report, nothing = self.report, "<td></td>"
        cells = [nothing, nothing, nothing]
        cells += [_number(gaps[0], " is-gap")] if report.has_shares else []
        cells += [nothing, _number(gaps[1], " is-gap")] if report.has_progress else []
        cells += ['<td class="folds"></td>'] * (report.has_points + report.has_steps)
        return f"<tr>{_NEXT.join([*cells, self._since(moved)])}</tr>"

    def moved(self, pair: GroupPair, place: int) -> str:
        """How the gap moved since the earlier point of that place, with who was judged both times; empty without a gap or a point."""
        if not pair.gap_text or place >= len(pair.since):
            return ""
        since = pair.since[place]
        words = escape(since.words[:1].upper() + since.words[1:])
        if not since.has_pupils:
            return words
        ours, theirs = (
            self._link(line, since.part, count)
            for line, count in ((pair.group, since.matched), (pair.comparator, since.others))
        )
        return f'{words} <span class="nowrap">({ours} and {theirs})</span>'

    def _since(self, moved: str) -> str:
        is_told = self.report.has_shares and self.report.since
        return f'<td class="is-since">{moved}</td>' if is_told else ""

    def _share(
        self, line: GroupLine, share: Decimal | None, parts: tuple[tuple[Part, int], ...], nobody: str
    ) -> str:
        """A share, and of how many it is how many."""
        if share is None:
            return _number(f'<span class="quiet small">{nobody}</span>')
        counts = " of ".join(self._link(line, part, count) for part, count in parts)
        return _number(f'<strong>{share}%</strong> <span class="quiet small nowrap">{counts}</span>')

    def _opens(self, line: GroupLine, part: Part, count: int) -> str:
        return self._link(line, part, count) if count else "0"

    def _link(self, line: GroupLine, part: Part, count: int) -> str:
        return f'<a href="{self.pupils_url}?{escape(line.query)}&amp;part={part.value}">{count}</a>'
