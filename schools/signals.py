"""What other apps may have to follow up when a school's records are corrected."""

from __future__ import annotations

from django.dispatch import Signal

# Sent inside the transaction, with the school open, after a year group, a date of birth or a term's dates changed:
# `school`, `pupil_ids` (None: any of them), `academic_year` (None: any). Expectations hang on these.
records_corrected = Signal()

# A school's first page is shown to somebody, told as `access`: whoever has a part for it answers with its template and what that is given,
# or with None.
first_page_shown = Signal()
