from __future__ import annotations

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from reports.charts import SCREEN
from reports.documents.governor_report import GovernorReport, governor_report
from reports.exports.excel import to_xlsx_sheets
from reports.exports.governor_report import drawn, tables
from reports.exports.pdf import governor_report_pdf
from reports.forms.governor_reports import TermForm
from reports.queries.scope import Scope
from schools.access import SchoolRequest, school_view
from schools.calendar import TermName
from schools.permissions import Permission


@school_view(Permission.MAKE_PACK)
def governors_pack(request: SchoolRequest) -> HttpResponse:
    """The pack to read, with its downloads: the same for everybody who may make it."""
    term = _term(request)
    pack = _pack(request, term)
    context = {"pack": pack, "drawn": drawn(pack, SCREEN), "term": term, "terms": list(TermName)}
    return TemplateResponse(request, "reports/governor_reports/governors_pack.html", context)


@school_view(Permission.MAKE_PACK)
def governors_pack_pdf(request: SchoolRequest) -> HttpResponse:
    """A tagged PDF of two to four pages."""
    pack = _pack(request, _term(request))
    return _download(pack, governor_report_pdf(pack), "pdf", "application/pdf")


@school_view(Permission.MAKE_PACK)
def governors_pack_xlsx(request: SchoolRequest) -> HttpResponse:
    """The same figures, a sheet for each table."""
    pack = _pack(request, _term(request))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _download(pack, to_xlsx_sheets(tables(pack)), "xlsx", kind)


def _term(request: SchoolRequest) -> TermName:
    return TermForm(request.GET).chosen(request.access, today=timezone.localdate())


def _pack(request: SchoolRequest, term: TermName) -> GovernorReport:
    access = request.access
    scope = Scope(schools=(access.school,), academic_year=access.academic_year, term=term, viewer=access)
    return governor_report(scope, made_on=timezone.localdate())


def _download(pack: GovernorReport, content: bytes, ending: str, kind: str) -> HttpResponse:
    """Named for school, term and day, and for nobody in it."""
    year = pack.academic_year.replace("/", "-")
    words = f"{pack.school} {pack.term} {year} governors-pack {pack.made_on:%Y-%m-%d}"
    name = f"{'-'.join(_plain(word) for word in words.split() if _plain(word))}.{ending}"
    header = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": str(header)})


def _plain(word: str) -> str:
    """Letters, figures and hyphens alone, in the word's own case where it has no accents to lose."""
    plain = slugify(word)
    return (
        "".join(letter for letter in word if letter.isalnum() or letter == "-") if word.isascii() else plain
    )
