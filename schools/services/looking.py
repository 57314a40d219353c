"""That somebody of another school saw a pupil's name, written down at the pupil's own school."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from schools.audit import ONE_LOOK
from schools.models import AuditRecord, Happening, Pupil, School
from schools.row_security import visible_to


def record_look(*, school: School, pupils: Sequence[UUID], account: int, request: str) -> None:
    """The account saw these pupils in an offer; a second look within minutes is the same look. Opens the school."""
    with visible_to(school):
        since = timezone.now() - dt.timedelta(minutes=ONE_LOOK)
        seen = AuditRecord.objects.in_school(school).filter(
            what=Happening.PUPIL_SEEN, account=account, at__gt=since
        )
        wanted = Pupil.objects.in_school(school).filter(public_id__in=pupils)
        AuditRecord.objects.bulk_create(
            AuditRecord(
                school=school,
                what=Happening.PUPIL_SEEN,
                account=account,
                pupil=pupil,
                request=request,
                detail={"route": "offer"},
            )
            for pupil in wanted.exclude(pk__in=seen.values("pupil"))
        )
