"""The governors' pack as a PDF, against WeasyPrint on a lean page with the same text and charts, tagged alike."""

from __future__ import annotations

import datetime as dt
from html import escape

from bench.large_world import YEAR, large_world
from bench.measure import Measure, against
from reports.charts import PRINT
from reports.documents.governor_report import GovernorReport, governor_report
from reports.exports.governor_report import drawn, tables
from reports.exports.pdf import governor_report_pdf, own_files, to_pdf
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
    to_pdf(page)
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


def _lean(pack: GovernorReport) -> str:
    """The same charts, figures and sentences in the fewest tags."""
    shown = drawn(pack, PRINT)
    svgs = [*(each.svg for each in shown.attainment), *(each.svg for each in shown.progress)]
    charts = "".join(f"<div>{svg}</div>" for svg in svgs)
    rows = "".join(
        "<table><tr>"
        + "".join(f"<th>{escape(heading)}</th>" for heading in table.headings)
        + "</tr>"
        + "".join(
            "<tr>" + "".join(f"<td>{escape(str(value))}</td>" for value in row) + "</tr>"
            for row in table.rows
        )
        + "</table>"
        for table in tables(pack)
    )
    asked = "".join(f"<p>{escape(question)}</p>" for question in pack.questions)
    return (
        f"<!doctype html><html lang=en><title>{escape(pack.title)}</title>"
        "<style>table { width: 100%; font-size: 8pt } svg { width: 86mm; height: auto }</style>"
        f"<h1>{escape(pack.school)}</h1>{asked}{charts}{rows}"
    )


def _bare(page: str) -> bytes:
    """WeasyPrint and nothing of ours but the fetcher: the system's fonts, no style to speak of."""
    from weasyprint import HTML

    content: bytes = HTML(string=page, url_fetcher=own_files()).write_pdf(pdf_variant="pdf/ua-1")
    return content
