"""Change-sets: one row for each bulk write, whose id the history of every row it touched carries."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from schools.models.people import User
from schools.models.school_owned import SchoolOwned, tracked


class ChangeKind(models.TextChoices):
    """What wrote many rows at once."""

    SET_UP = "set_up", "School set up"
    DEMO = "demo", "Demo partnership loaded"
    IMPORT = "import", "File imported"
    RESTATE = "restate", "Judgements measured again"
    TERM = "term", "Term closed for entry or reopened"
    AFTER_CLOSING = "after_closing", "Changed after the term was closed"
    PASTE = "paste", "Pasted into a marksheet"
    FILL = "fill", "Cells filled"
    UNDO = "undo", "Taken back"
    REDO = "redo", "Done again"
    REPAIR = "repair", "Judgements moved or copied to another term"
    SHEET_FILE = "sheet_file", "Marksheet brought back from Excel"
    GROUP = "group", "Group of pupils changed"
    BASELINES = "baselines", "Baselines confirmed"
    CORRECT = "correct", "Pupil's record corrected"
    MERGE = "merge", "Two records of one child merged"
    CHARACTERISTICS = "characteristics", "Characteristics over time changed"
    RETENTION = "retention", "Retention rules changed"
    ANONYMISE = "anonymise", "Pupil's record anonymised"
    ERASE = "erase", "Pupil's record erased"
    DATES = "dates", "Dates of terms changed"
    TAKEN_IN = "taken_in", "School taken in from another installation"
    ROLL_OVER = "roll_over", "Rolled over into a new school year"
    OFFER = "offer", "Pupils offered to another school"
    OFFER_ENDED = "offer_ended", "Offer of pupils ended"
    HAND_OVER = "hand_over", "Pupils handed over to another school"
    TAKE_IN = "take_in", "Pupils taken in from another school"


@tracked
class ChangeSet(SchoolOwned):
    """A bulk write: what it was, who did it, when and why. No actor means the operator, by a command."""

    kind = models.CharField(max_length=20, choices=ChangeKind.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    reason = models.TextField(blank=True)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    is_taken_back = False

    class Meta(SchoolOwned.Meta):
        constraints = [
            *SchoolOwned.Meta.constraints,
            models.CheckConstraint(name="changeset_kind_known", condition=Q(kind__in=ChangeKind.values)),
        ]

    def __str__(self) -> str:
        return str(ChangeKind(self.kind).label)
