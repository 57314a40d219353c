"""The rows of the schools side by side, and of the table under a chart, as text, as tiles are (`reports.views.tiles`): by templates their hundreds of
cells took a third of the request.

Names and notes are escaped, and so are addresses; the rest is ours.
"""

from __future__ import annotations

from decimal import Decimal

from django.urls import reverse
from django.utils.dateformat import format as format_day
from django.utils.html import escape
from django.utils.safestring import SafeString

from reports.charts import Chart
from reports.documents.partnership import SchoolLine, SideBySide
from reports.views.tiles import HELD_BACK, bar
from schools.access import PartnershipAccess

# Between cells: read without the table, their numbers are not one.
_NEXT = "\n"


def school_rows(shown: SideBySide, led: PartnershipAccess, names_query: str) -> SafeString:
    """A row for each school in the columns that the page has. `names_query` is what the link to names carries of the choices."""
    return SafeString(
        "".join(
            f"<tr>{_NEXT.join([_head(line, led, names_query), *_cells(shown, line)])}</tr>"
            for line in shown.lines
        )
    )


def chart_rows(chart: Chart, kind: str = "number") -> SafeString:
    """What is drawn, a row for each line of the chart; `kind` is the class of its cells."""
    style = f' class="{kind}"' if kind else ""
    return SafeString(
        "".join(
            f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td{style}>{escape(value)}</td>" for value in values)}</tr>'
            for name, *values in chart.rows
        )
    )


def _head(line: SchoolLine, led: PartnershipAccess, names_query: str) -> str:
    name, link = escape(line.name), ""
    note: str = escape(line.note)
    if line.grants_names:
        url = reverse("granted_pupils", args=[led.partnership.pk, led.academic_year, line.urn])
        hidden = f'<span class="visually-hidden"> at {name}</span>'
        link = f' <a class="small names-link" href="{url}?{escape(names_query)}">Names{hidden}</a>'
    if line.line and line.given_out:
        note = f'<span class="nowrap">given out {format_day(line.given_out, "j M Y")}</span>'
    return f'<th scope="row" class="is-plain">{name}{link} <br><span class="quiet small">{note}</span></th>'


def _cells(shown: SideBySide, line: SchoolLine) -> list[str]:
    cells = (
        _told(shown, line)
        if line.line
        else [f'<td class="quiet" colspan="{9 if shown.year_group else 6}"></td>']
    )
    if shown.has_good_level:
        cells.append(_share(line.good_level_share) if line.good_level else _number(""))
    return cells


def _told(shown: SideBySide, line: SchoolLine) -> list[str]:
    parts = line.parts
    drawn = bar(parts) if parts and all(part.count is not None for part in parts) else ""
    cells = [
        _number(f"<strong>{_count(line.share, '%')}</strong>"),
        f'<td class="folds is-bar">{drawn}</td>',
    ]
    cells += [_number(_count(part.count)) for part in parts] or [
        '<td class="number" colspan="3"><span class="quiet">held back</span></td>'
    ]
    cells.append(_number(_count(line.judged)))
    if shown.year_group:
        cells += [
            _number(_count(line.on_roll)),
            _share(line.progress_share) if line.progress else _number(""),
            _share(line.combined_share) if line.combined else _number(""),
        ]
    return cells


def _share(share: Decimal | None) -> str:
    return _number(_count(share, "%"))


def _number(shown: str) -> str:
    return f'<td class="number">{shown}</td>'


def _count(count: int | Decimal | None, unit: str = "") -> str:
    """A number with its unit; held back says so."""
    return HELD_BACK if count is None else f"{count}{unit}"
