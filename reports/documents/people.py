"""The list of people as a table to keep."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

from reports.documents.tables import Table, Value
from schools.calendar import AcademicYear
from schools.queries.people import InvitationLine, PersonLine

_HEADINGS = ("Name", "Email address", "Roles", "Classes", "Subjects led")


def people_table(people: Sequence[PersonLine], year: AcademicYear) -> Table:
    """The people as they are listed, their addresses in a column of their own."""
    return Table(title=f"People in {year.slug}", headings=_HEADINGS, rows=[_shown(each) for each in people])


def access_table(
    people: Sequence[PersonLine], invitations: Sequence[InvitationLine], year: AcademicYear
) -> Table:
    """Who has access to what, as who manages people sees it: with state and last sign-in, the invited after the others."""
    return Table(
        title=f"People in {year.slug}",
        headings=(*_HEADINGS, "State", "Last sign-in", "Link good until"),
        rows=[
            *((*_shown(each), each.state, _day(each.last_sign_in), None) for each in people),
            *((*_shown(each), each.state, None, _day(each.invitation.expires_at)) for each in invitations),
        ],
    )


def _shown(each: PersonLine | InvitationLine) -> tuple[Value, ...]:
    return (
        each.name,
        each.email,
        ", ".join(each.roles),
        ", ".join(each.classes) or None,
        ", ".join(each.subjects) or None,
    )


def _day(at: dt.datetime | None) -> str | None:
    return timezone.localtime(at).strftime("%d/%m/%Y") if at else None
