"""The governors' pack as a PDF, against WeasyPrint on a lean page with the same words, tables and charts, tagged alike."""

from __future__ import annotations

import datetime as dt
import re

from django.template.loader import render_to_string

from bench.large_world import YEAR, large_world
from bench.measure import Measure, against
from reports.charts import PRINT
from reports.documents.governor_report import GovernorReport, governor_report
from reports.exports.governor_report import drawn
from reports.exports.pdf import governor_report_pdf, own_files
from reports.queries.scope import Scope
from schools.calendar import TermName
from schools.row_security import visible_to

LIMIT = 1.3


def measures() -> list[Measure]:
    """From the scope to the bytes, queries and all, for a school of 500 pupils."""
    school = large_world(schools=4)[-1]
    scope = Scope(schools=(school,), academic_year=YEAR, term=TermName.SUMMER)

    def pack() -> GovernorReport:
        with visible_to(school):
            return governor_report(scope, dt.date(2026, 7, 22))

    page = _lean(pack())
    return [
        against(
            "pack",
            lambda: governor_report_pdf(pack()),
            lambda: _bare(page),
            limit=LIMIT,
            turns=9,
            warm_up=1,
        )
    ]


# What a page by hand would do without: boxes that the style alone needs, and the names that it knows elements by.
_BOXES = re.compile(r"</?(?:div|section|main|header|span)\b[^>]*>")
_NAMES = re.compile(r' (?:class|id|role|tabindex|aria-\w+)="[^"]*"')
_STYLE = """
@page { size: A4; margin: 15mm }
body { font: 8pt/1.4 sans-serif }
h1, h2, h3, p, ul, ol { margin: 1mm 0 }
h3 { clear: both }
img { float: left; width: 86mm }
li img { float: none; width: 3mm }
table { width: 90mm; margin-left: 90mm }
"""


def _lean(pack: GovernorReport) -> str:
    """The same words, tables and charts in the fewest tags, with a style of a few lines."""
    page = render_to_string("reports/governor_reports/governor_report.html", {"drawn": drawn(pack, PRINT)})
    return _NAMES.sub("", _BOXES.sub("", page)).replace("<body>", f"<style>{_STYLE}</style>", 1)


def _bare(page: str) -> bytes:
    """WeasyPrint and nothing of ours but the fetcher: one of the system's fonts."""
    from weasyprint import HTML

    content: bytes = HTML(string=page, url_fetcher=own_files()).write_pdf(pdf_variant="pdf/ua-1")
    return content
