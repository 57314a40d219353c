"""What goes on paper, from the queries to the bytes, against WeasyPrint on a lean page with the same words, tables and charts, tagged alike."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from django.template.loader import render_to_string

from bench.classes import freshly_counted
from bench.large_world import FIRST_URN, YEAR, OfTheirOwn, make_schools, unrecorded
from bench.measure import Measure, against
from bench.wide_sheet import YEAR_GROUP, wide_school
from lep_tracker.database_roles import as_owner
from reports.charts import PRINT
from reports.documents.governor_report import GovernorReport, governor_report
from reports.documents.pupil_progress import PupilProgress, pupil_progress
from reports.exports.governor_report import drawn
from reports.exports.pdf import PupilPages, governor_report_pdf, own_files
from reports.exports.pupil_progress import drawn_pupil
from reports.queries.pupil_progress import pupil_record
from reports.queries.scope import Scope
from schools.access import Access
from schools.calendar import TermName
from schools.models import PupilYear, Role, School
from schools.row_security import visible_to

LIMIT = 1.3
NUMBER, PUPILS_OF_SCHOOL, PAGES = OfTheirOwn.PAPER, 800, 12
_MADE_ON = dt.date(2026, 7, 22)


def measures() -> list[Measure]:
    """The longest pack there is, of a school from Year 1 to Year 9; and twelve pupils' pages, as the worker makes them of a class."""
    return [_pack(), _pupil_pages()]


def _pack() -> Measure:
    school = _all_through()
    scope = Scope(schools=(school,), academic_year=YEAR, term=TermName.SUMMER)

    def pack() -> GovernorReport:
        with visible_to(school):
            return governor_report(scope, _MADE_ON)

    page = _lean(
        render_to_string("reports/governor_reports/governor_report.html", {"drawn": drawn(pack(), PRINT)})
    )
    return against(
        "pack", lambda: governor_report_pdf(pack()), lambda: _bare(page), limit=LIMIT, turns=7, warm_up=1
    )


# Every second pupil three years older: Years 1 to 9 of Years 1 to 6.
_OLDER = (
    "UPDATE schools_school SET highest_year_group = 9 WHERE id = ANY (%(ids)s)",
    "UPDATE schools_pupilyear SET year_group = year_group + 3 WHERE school_id = ANY (%(ids)s) AND pupil_id / 6 %% 2 = 0",
    """
UPDATE assessment_judgement SET points = points + 21, expected_low = expected_low + 21, expected_high = expected_high + 21
WHERE school_id = ANY (%(ids)s) AND pupil_id / 6 %% 2 = 0
""",
)


def _all_through() -> School:
    """Made the first time."""
    found = School.objects.filter(urn=str(FIRST_URN + NUMBER))
    if not found.exists():
        with as_owner():
            make_schools("Bench: paper", first=NUMBER, last=NUMBER, pupils=PUPILS_OF_SCHOOL)
            keys = list(found.values_list("pk", flat=True))
            unrecorded(keys, _OLDER, {"ids": keys})
        freshly_counted()
    return found.get()


def _pupil_pages() -> Measure:
    staff = wide_school()
    school = staff.school
    access = Access(staff.head, school, (Role.HEAD,), YEAR, (YEAR,), (school,))
    with visible_to(school):
        rows = PupilYear.objects.in_school(school).filter(academic_year=YEAR, year_group=YEAR_GROUP)
        keys = list(rows.order_by("pk").values_list("pupil__public_id", flat=True)[:PAGES])

    def pupils() -> list[PupilProgress]:
        found = []
        for key in keys:
            # Each in a transaction of its own, as the worker has it.
            with visible_to(school):
                record = pupil_record(access, key, today=_MADE_ON, term=TermName.SUMMER)
            if record is None:
                raise RuntimeError("There is no such pupil.")
            found.append(pupil_progress(record))
        return found

    def made() -> bytes:
        pages = PupilPages(school=school.name, made_on=_MADE_ON)
        for pupil in pupils():
            pages.add(pupil)
        return pages.written()

    lean = _lean(_papers(pupils(), school.name), _STYLE + _STYLE_OF_A_PUPIL)
    return against(f"pupil_pages_{PAGES}", made, lambda: _bare(lean), limit=LIMIT, turns=3, warm_up=1)


def _papers(pupils: Sequence[PupilProgress], school: str) -> str:
    """The pages of all as one."""
    papers = [
        render_to_string(
            "reports/pupils/paper.html",
            {
                "drawn": drawn_pupil(pupil, PRINT),
                "pupil": pupil,
                "school": school,
                "made_on": _MADE_ON,
                "notes": pupil.notes,
            },
        )
        for pupil in pupils
    ]
    bodies = [paper.partition("<main>")[2].partition("</main>")[0] for paper in papers]
    before, _, _ = papers[0].partition("<main>")
    return f"{before}{''.join(bodies)}</body></html>"


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
# A page for each.
_STYLE_OF_A_PUPIL = """
body { font-size: 6pt; line-height: 1.1 }
h1 { break-before: page }
h2 { clear: both }
img { width: 40mm }
td, th { padding: 0 }
"""


def _lean(page: str, style: str = _STYLE) -> str:
    """The same words, tables and charts in the fewest tags, with a style of a few lines."""
    return re.sub("<body[^>]*>", f"<style>{style}</style>", _NAMES.sub("", _BOXES.sub("", page)), count=1)


def _bare(page: str) -> bytes:
    """WeasyPrint and nothing of ours but the fetcher: one of the system's fonts."""
    from weasyprint import HTML

    content: bytes = HTML(string=page, url_fetcher=own_files()).write_pdf(pdf_variant="pdf/ua-1")
    return content
