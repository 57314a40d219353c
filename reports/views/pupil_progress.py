from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from assessment.queries.measuring import Measuring
from assessment.queries.signs_beside_peers import signs_in_subjects
from reports.charts import SCREEN
from reports.documents.parent_words import parent_page
from reports.documents.pupil_progress import PupilProgress, pupil_progress
from reports.documents.pupil_table import pupil_table
from reports.documents.subjects_shown import subjects_of_record
from reports.exports.pdf import pupil_progress_pdf
from reports.exports.pupil_progress import drawn_pupil
from reports.forms.pupils import term_asked
from reports.queries.pupil_progress import PupilRecord, pupil_record
from reports.views.answers import file_called
from schools.access import SchoolRequest, school_view
from schools.audit import tell
from schools.calendar import TermName
from schools.permissions import Permission


@school_view(Permission.SEE_OWN_CLASSES)
def progress(request: SchoolRequest, pupil_id: uuid.UUID) -> HttpResponse:
    """A pupil over the years, for a review meeting."""
    page = _page(request, pupil_id)
    context = {
        "pupil": page,
        "drawn": drawn_pupil(page, SCREEN),
        "terms": list(TermName),
        "may_review": request.access.may(Permission.REVIEW_SIGNS),
        "query": urlencode({"term": page.term.label.lower()}),
    }
    return TemplateResponse(request, "reports/pupils/progress.html", context)


@school_view(Permission.SEE_OWN_CLASSES)
def progress_pdf(request: SchoolRequest, pupil_id: uuid.UUID) -> HttpResponse:
    """The same on one page of A4; the file's name says school and day, and nobody's name."""
    today = timezone.localdate()
    page = _page(request, pupil_id)
    school = request.access.school.name
    content = pupil_progress_pdf(page, school=school, made_on=today)
    when = page.at.replace("/", "-")
    name = slugify(f"{school} pupil review {when} made {today:%Y-%m-%d}")
    header = content_disposition_header(as_attachment=True, filename=f"{name}.pdf")
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": str(header)})


@school_view(Permission.SEE_OWN_CLASSES)
def progress_file(request: SchoolRequest, pupil_id: uuid.UUID, file_format: str) -> HttpResponse:
    """What the page's charts and measures say, as a table."""
    table = pupil_table(_page(request, pupil_id))
    return file_called(request.access.school.name, table, file_format)


@school_view(Permission.SEE_OWN_CLASSES)
def for_parents(request: SchoolRequest, pupil_id: uuid.UUID) -> HttpResponse:
    """How a child is getting on, in words alone: to read through, print and hand over."""
    record = _record(request, pupil_id)
    context = {
        "pupil_id": record.public_id,
        "name": record.name,
        "page": parent_page(record, subjects_of_record(record, request.access.school)),
        "term": TermName(record.at.term),
        "terms": list(TermName),
    }
    return TemplateResponse(request, "reports/pupils/for_parents.html", context)


def _page(request: SchoolRequest, pupil_id: uuid.UUID) -> PupilProgress:
    measuring = Measuring(request.access.school)
    record = _record(request, pupil_id, measuring)
    term = TermName(record.at.term)
    signs = signs_in_subjects(request.access, term, pupil_id, record.now.year_group, measuring)
    return pupil_progress(record, signs, subjects_of_record(record, request.access.school))


def _record(request: SchoolRequest, pupil_id: uuid.UUID, measuring: Measuring | None = None) -> PupilRecord:
    asked = term_asked(request.GET)
    record = pupil_record(
        request.access, pupil_id, today=timezone.localdate(), term=asked, measuring=measuring
    )
    if record is None:
        raise Http404
    tell(request, pupil=pupil_id)
    return record
