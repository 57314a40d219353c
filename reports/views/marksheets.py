from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from assessment.forms.marksheets import MarksheetForm
from assessment.queries.completion import completion
from assessment.queries.measuring import Measuring
from assessment.queries.school_subjects import subjects_in_sight
from assessment.views.board import board_of, term_asked_for
from assessment.views.bring_back import identity_of
from assessment.views.sheets import SheetRequest, sheet_view
from reports.documents.board import board_table
from reports.documents.marksheet_blank import marksheet_blank
from reports.documents.marksheet_workbook import marksheet_workbook
from reports.documents.marksheets import completion_table, marksheet_table
from reports.documents.tables import narrowed
from reports.exports.formats import FORMATS
from reports.exports.marksheet_workbook import marksheet_xlsx
from reports.exports.pdf import marksheet_blank_pdf
from reports.views.answers import table_file
from schools.access import SchoolRequest, school_view
from schools.audit import tell
from schools.permissions import Permission
from schools.queries.terms import reporting_term


@sheet_view()
def marksheet_file(of: SheetRequest, file_format: str) -> HttpResponse:
    """A marksheet as it is shown."""
    table = marksheet_table(of.arranged(of.sheet()), of.whose.title)
    return table_file(
        of.request, narrowed(table, of.arranging.narrowed_to() if of.arranging else []), file_format
    )


@sheet_view()
def marksheet_workbook_file(of: SheetRequest) -> HttpResponse:
    """A marksheet as a workbook to fill in and bring back."""
    measuring = Measuring(of.access.school)
    book = marksheet_workbook(
        of.sheet(measuring=measuring),
        identity_of(of),
        measuring,
        with_class=of.whose.with_class,
        teachers=of.whose.teachers,
    )
    tell(of.request, pupils=len(book.rows))
    return _download(of, "to fill in", marksheet_xlsx(book), "xlsx", FORMATS["xlsx"].content_type)


@sheet_view()
def marksheet_blank_file(of: SheetRequest) -> HttpResponse:
    """A marksheet to print and write on."""
    sheet = of.sheet()
    tell(of.request, pupils=len(sheet.rows))
    blank = marksheet_blank(
        sheet,
        school=of.access.school.name,
        title=of.whose.title,
        when=f"{of.term.label} {of.access.academic_year.label}",
        with_class=of.whose.with_class,
        teachers=of.whose.teachers,
        made_on=timezone.localdate(),
    )
    return _download(of, "blank", marksheet_blank_pdf(blank), "pdf", "application/pdf")


def _download(of: SheetRequest, what: str, content: bytes, ending: str, kind: str) -> HttpResponse:
    """Its name says school, class, sheet, term, year, what it is, and day."""
    about = f"{of.whose.title} {of.layout.full_name} {of.term.label} {of.access.academic_year.slug}"
    name = slugify(f"{of.access.school.name} {about} {what} {timezone.localdate():%Y-%m-%d}")
    header = content_disposition_header(as_attachment=True, filename=f"{name}.{ending}")
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": str(header)})


@school_view(Permission.SEE_OWN_CLASSES)
def completion_file(request: SchoolRequest, file_format: str) -> HttpResponse:
    """How much is entered, as the list of marksheets shows it."""
    today = timezone.localdate()
    form = MarksheetForm(request.GET)
    form.is_valid()
    term = form.cleaned_data.get("term") or reporting_term(request.access, today)
    classes = completion(request.access, term, today=today)
    year = request.access.academic_year
    subjects = subjects_in_sight(request.access.school, year)
    return table_file(request, completion_table(classes, subjects, term, year), file_format)


@school_view(Permission.SEE_ALL_PUPILS)
def board_file(request: SchoolRequest, file_format: str) -> HttpResponse:
    """What is missing, as the board shows it."""
    table = board_table(board_of(request), term_asked_for(request), request.access.academic_year)
    return table_file(request, table, file_format)
