"""The numbers of a cohort over time, each a link to its pupils."""

from __future__ import annotations

from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString

from reports.documents.cohorts import CohortPart, CohortPoint


def cohort_link(
    there: str, query: str, point: CohortPoint, part: str, shown: Decimal | str | None = "", unit: str = ""
) -> SafeString | str:
    """The count of a part, or a share that is `shown` instead, as a link to the part's pupils; nothing where there is no share."""
    said = point.counts[part] if shown == "" else shown
    if said is None:
        return ""
    address = f"{there}?{query}&at={point.code}&part={CohortPart(part).value}"
    return format_html('<a href="{}">{}{}</a>', address, said, unit)
