from __future__ import annotations

from django.http import Http404, HttpResponse

from reports.documents.audit import audit_line, audit_table
from reports.forms.audit import AuditForm, place_in, place_text
from reports.queries.audit import MOST_IN_A_FILE, people_of_school, pupil_named, what_happened
from reports.views.answers import page_or_part, table_file
from schools.access import SchoolRequest, school_view
from schools.permissions import Permission


def _asked(request: SchoolRequest) -> tuple[AuditForm, str]:
    """The filters, and the name of the pupil that they name; 404 for a pupil who is not here, or not for this person."""
    form = AuditForm(request.GET.dict(), people=people_of_school(request.access))
    pupil = form.wanted().pupil
    name = pupil_named(request.access, pupil) if pupil else ""
    if name is None:
        raise Http404
    return form, name


@school_view(Permission.SEE_AUDIT)
def audit(request: SchoolRequest) -> HttpResponse:
    """What happened here: who was refused, opened a pupil's page, took a file, changed much at once, signed in."""
    form, pupil = _asked(request)
    before = place_in(request.GET.get("before", ""))
    page = what_happened(request.access, form.wanted(), before=before)
    context = {
        "filters": form,
        "lines": [audit_line(each) for each in page.lines],
        "pupil": pupil,
        "is_later_page": before is not None,
        "query": form.query(),
        "without_pupil": form.without_pupil(),
        "next_query": form.query(before=place_text(page.next)) if page.next else "",
    }
    return page_or_part(request, "reports/audit/audit.html", "reports/audit/_audit.html", context)


@school_view(Permission.SEE_AUDIT)
def audit_file(request: SchoolRequest, file_format: str) -> HttpResponse:
    """The same as a table; that it was taken is recorded as of every file."""
    form, _ = _asked(request)
    page = what_happened(request.access, form.wanted(), length=MOST_IN_A_FILE)
    kind = form.wanted().kind
    title = f"What happened, {kind.label.lower()}" if kind else "What happened"
    return table_file(request, audit_table(page.lines, is_whole=page.next is None, title=title), file_format)
