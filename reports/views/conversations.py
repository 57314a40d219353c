from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils import timezone

from reports.documents.conversations import Conversations, conversations_table
from reports.documents.conversations import conversations as conversations_of
from reports.forms.progress_pictures import ConversationForm
from reports.views.answers import figures_file, page_or_part
from schools.access import SchoolRequest, school_view
from schools.permissions import Permission


def _asked(request: SchoolRequest) -> tuple[ConversationForm, Conversations]:
    filters = ConversationForm(request.GET.dict(), access=request.access, today=timezone.localdate())
    found = conversations_of(
        request.access, filters.scope(), filters.subjects, filters.shown, filters.chosen()
    )
    return filters, found


@school_view(Permission.SEE_OWN_CLASSES)
def conversations(request: SchoolRequest) -> HttpResponse:
    """The lists that start conversations, one of them open."""
    filters, found = _asked(request)
    context = {"filters": filters, "found": found, "back_query": urlencode(filters.chosen())}
    return page_or_part(
        request,
        "reports/conversations/conversations.html",
        "reports/conversations/_conversations.html",
        context,
    )


@school_view(Permission.SEE_OWN_CLASSES)
def conversations_file(request: SchoolRequest, file_format: str) -> HttpResponse:
    """The list that is open, as a table."""
    filters, found = _asked(request)
    return figures_file(request, filters, conversations_table(found), file_format)
