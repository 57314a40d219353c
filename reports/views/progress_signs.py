from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone

from assessment.forms.progress_signs import ReviewListForm
from assessment.queries.progress_signs import review_list
from reports.documents.progress_signs import review_table
from reports.views.answers import table_file
from schools.access import SchoolRequest, school_view
from schools.permissions import Permission


@school_view(Permission.REVIEW_SIGNS)
def review_list_file(request: SchoolRequest, file_format: str) -> HttpResponse:
    """The review list as the page shows it."""
    access = request.access
    filters = ReviewListForm(request.GET.dict(), access=access, today=timezone.localdate())
    term, year_group, subject = filters.term_wanted, filters.year_group_wanted, filters.subject_wanted
    found = review_list(access, term, year_group=year_group, subject=subject)
    narrowed = [each for each in (year_group and year_group.label, subject and subject.name) if each]
    title = " ".join(["Review list", *narrowed, term.label, access.academic_year.slug])
    return table_file(request, review_table(found, title), file_format)
