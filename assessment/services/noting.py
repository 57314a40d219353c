"""A note beside a judgement."""

from __future__ import annotations

from assessment.models import Judgement
from assessment.queries.measuring import Measuring
from assessment.queries.sheet_rows import Cell
from assessment.services.judgements import Entry, Provenance, write_entries
from assessment.services.recording import Entering, Outcome, Stored, is_late, lock_records, one_act
from schools.services.turns import take_turn_beside_others


class NothingToNoteError(ValueError):
    """The cell is empty: a note stands beside points or a reason."""


def note(*, entering: Entering, cell: Cell, text: str, saw: Stored, is_shareable: bool = False) -> Outcome:
    """Write the note over the one that stands there, if the cell still is as the person saw it; an empty text takes it away. Needs the school open.

    It counts as a save of the cell, so that two people at one note are noticed; who judged, when and how stays as it was, and the history says
    who noted. The same text again is saved, whoever wrote it. Closed terms are closed for notes too. `is_shareable`: it goes along when the pupil
    changes school.
    Raises NothingToNoteError for an empty cell, ValueError for a pupil without a record of the year.
    """
    take_turn_beside_others(entering.school)
    records = lock_records(entering, [cell.pupil_id])
    measuring = Measuring(entering.school)
    late = is_late(entering, cell, records, measuring)
    row = (
        Judgement.objects.in_school(entering.school)
        .filter(
            pupil=cell.pupil_id,
            subject=cell.subject,
            academic_year=entering.academic_year,
            term=cell.term,
        )
        .select_related("entered_by", "made_by_school")
        .first()
    )
    if row is None:
        raise NothingToNoteError("The cell is empty.")
    is_shareable = is_shareable and text != ""
    if (row.note, row.is_note_shareable) == (text, is_shareable):
        return Outcome.SAVED
    if late and not entering.changes_closed:
        return Outcome.CLOSED
    if Stored(row.points, row.reason, row.version) != saw:
        return Outcome.CONFLICT
    with one_act(entering, is_late=late):
        write_entries(
            school=entering.school,
            entries=[
                Entry(
                    cell.pupil_id,
                    cell.subject,
                    entering.academic_year,
                    cell.term,
                    row.points,
                    row.reason,
                    is_on_entry=row.is_on_entry,
                    note=text,
                )
            ],
            # The judgement is still that of whoever made it.
            provenance=Provenance(
                source=row.source, by=row.entered_by, at=row.entered_at, made_by_school=row.made_by_school
            ),
            records=records,
            measuring=measuring,
        )
        marked = Judgement.objects.in_school(entering.school).filter(pk=row.pk)
        marked.exclude(is_note_shareable=is_shareable).update(is_note_shareable=is_shareable)
    return Outcome.SAVED
