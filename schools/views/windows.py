"""Year groups with dates of their own, as the page of terms shows and changes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.http import Http404
from django.utils import timezone

from schools.access import SchoolRequest
from schools.forms.windows import AsTermForm, DaysForm, ReopenWindowForm, read_key
from schools.queries.windows import Collection, WindowLine, collections
from schools.services.terms import EntryRefusedError
from schools.services.windows import (
    FourthCollectionError,
    Window,
    close_year_group,
    follow_term,
    reopen_year_group,
    set_entry_days,
)

Form = DaysForm | ReopenWindowForm | AsTermForm
F = TypeVar("F", bound=Form)
# Gives the form back where it was refused.
Act = Callable[[SchoolRequest, WindowLine], Form | None]


def chosen(found: list[Collection], key: str) -> WindowLine | None:
    """The line that an address or a form names; None where it names none of these."""
    return next((line for each in found for line in each.lines if line.key == key), None)


def forms_of(line: WindowLine, refused: Form | None = None) -> dict[str, Any]:
    """The forms of a line; with the one that was refused, as it was sent."""
    today = timezone.localdate()
    own = line.window
    days = DaysForm(
        initial={"opens_on": own and own.opens_on, "closes_on": own and own.closes_on},
        today=today,
        line=line,
    )
    return {
        "days": refused if isinstance(refused, DaysForm) else days,
        "reopen": refused if isinstance(refused, ReopenWindowForm) else ReopenWindowForm(line=line),
        "as_term": refused if isinstance(refused, AsTermForm) else AsTermForm(line=line),
    }


def change(request: SchoolRequest) -> tuple[WindowLine, Form | None]:
    """Do what the form asks of a year group's window; the form comes back where it was refused. 404 for what the page does not offer."""
    act = ACTS.get(request.POST.get("act", ""))
    key = request.POST.get("window", "")
    line = chosen(collections(request.access, timezone.localdate()), key) if read_key(key) else None
    if act is None or line is None:
        raise Http404
    return line, act(request, line)


def _window(request: SchoolRequest, line: WindowLine) -> Window:
    return Window(request.access.school, request.access.academic_year, line.term, line.year_group)


def _set_days(request: SchoolRequest, line: WindowLine) -> DaysForm | None:
    form = DaysForm(request.POST, today=timezone.localdate(), line=line)
    if not form.is_valid():
        return form
    return _done(request, line, form, set_entry_days, "closes_on", "The dates of {} are set.")


def _close(request: SchoolRequest, line: WindowLine) -> None:
    window = _window(request, line)
    if close_year_group(window=window, by=request.access.user):
        messages.success(request, f"{window.name} is closed for entry.")


def _reopen(request: SchoolRequest, line: WindowLine) -> ReopenWindowForm | None:
    form = ReopenWindowForm(request.POST, line=line)
    if not form.is_valid():
        return form
    return _done(request, line, form, reopen_year_group, "until", "{} is open for entry again.")


def _follow_term(request: SchoolRequest, line: WindowLine) -> AsTermForm | None:
    form = AsTermForm(request.POST, line=line)
    if not form.is_valid():
        return form
    return _done(request, line, form, follow_term, "reason", "{} is as the term again.")


def _done(
    request: SchoolRequest, line: WindowLine, form: F, service: Callable[..., bool], field: str, told: str
) -> F | None:
    """Call the service with what the form says; a refusal goes to the field, one for workload to its box."""
    window = _window(request, line)
    try:
        is_changed = service(window=window, by=request.access.user, **form.cleaned_data)
    except FourthCollectionError as refusal:
        form.add_error("knows_workload", str(refusal))
        return form
    except EntryRefusedError as refusal:
        form.add_error(field, str(refusal))
        return form
    if is_changed:
        messages.success(request, told.format(window.name))
    return None


ACTS: dict[str, Act] = {
    "window-days": _set_days,
    "window-close": _close,
    "window-reopen": _reopen,
    "window-as-term": _follow_term,
}
