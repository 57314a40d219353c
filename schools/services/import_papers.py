"""Files that were brought, and what names pupils in what was shown of them: removed."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from schools.models import ImportPaper, ImportRun, ImportState, School


def remove_drafts(*, school: School, before: dt.datetime | None = None) -> None:
    """Remove files that wait, those begun before the moment, or all. Needs the school open."""
    waiting = ImportRun.objects.in_school(school).filter(
        state__in=[ImportState.LOOKING, ImportState.SHOWN], begun_at__lt=before or timezone.now()
    )
    keys = list(waiting.values_list("pk", flat=True))
    waiting.filter(pk__in=keys).update(state=ImportState.GIVEN_UP)
    ImportPaper.objects.in_school(school).filter(run__in=keys).update(content=None, shown={}, asked={})


def remove_rows(*, school: School) -> None:
    """Remove every row that names somebody: a pupil is removed, who may be in one. The numbers stay."""
    with transaction.atomic():
        remove_drafts(school=school)
        ImportPaper.objects.in_school(school).update(content=None, shown={}, asked={})
