"""What the baseline desk is asked for, and what is ticked and typed on it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from assessment.engine.subjects import SUBJECTS, Subject
from assessment.forms.marksheets import NOTHING, Sight, Value, read_sight, read_value

_BY_CODE = {subject.code: subject for subject in SUBJECTS}
# What may be typed for "what is offered", as on a marksheet.
AS_OFFERED = "="
LONGEST_ORIGIN = 100
# Where a typed value may come from, as the box suggests it.
ORIGINS = (
    "former school's record",
    "our own assessment on entry",
    "talk with the former school",
    "end of Reception profile",
)


class DeskForm(forms.Form):
    """Whose Baselines are shown, and in which subject. What is unknown counts as not chosen."""

    of_class = forms.UUIDField(required=False)
    subject = forms.TypedChoiceField(
        required=False,
        coerce=_BY_CODE.__getitem__,
        empty_value=None,
        choices=[(code, subject.name) for code, subject in _BY_CODE.items()],
    )

    @property
    def class_id(self) -> uuid.UUID | None:
        """The one class that is looked at."""
        self.is_valid()
        return self.cleaned_data.get("of_class")

    @property
    def only(self) -> Subject | None:
        """The one subject that is looked at."""
        self.is_valid()
        return self.cleaned_data.get("subject")


@dataclass(frozen=True)
class SentBaseline:
    """One cell as it was sent: what was typed there, the points whose offer was ticked, and what was seen there."""

    pupil: uuid.UUID
    subject: Subject
    text: str
    ticked: int | None
    saw: Sight

    @property
    def accepts(self) -> bool:
        """Whether the offer is confirmed: ticked, and nothing typed in its place; or `=` typed."""
        written = self.text.strip()
        return written == AS_OFFERED or (self.ticked is not None and not written)

    @property
    def is_changed(self) -> bool:
        """Whether anything is to be done."""
        if self.accepts:
            return True
        try:
            return self.value != self.saw.value
        except ValueError:
            return True

    @property
    def value(self) -> Value:
        """What was typed; ValueError says what is allowed."""
        return read_value(self.text) if self.text.strip() else NOTHING


_SIGHT = re.compile(r"s-([0-9a-f-]{36})-([a-z]{1,20})")


def sent_baselines(data: Mapping[str, Any]) -> Iterator[SentBaseline]:
    """The cells of the form in which something was ticked or typed. What is not of this form is left out."""
    for name, sight in data.items():
        box = _SIGHT.fullmatch(name)
        subject = _BY_CODE.get(box[2]) if box else None
        if box is None or subject is None:
            continue
        try:
            pupil, saw = uuid.UUID(box[1]), read_sight(sight)
        except ValueError:
            continue
        key = name[2:]
        ticked = data.get(f"a-{key}", "")
        sent = SentBaseline(
            pupil,
            subject,
            data.get(f"v-{key}", ""),
            int(ticked) if re.fullmatch(r"[0-9]{1,3}", ticked) else None,
            saw,
        )
        # Other spellings of the same id would make two cells of one.
        if str(pupil) == box[1] and sent.is_changed:
            yield sent


def origin_sent(data: Mapping[str, Any], pupil: uuid.UUID) -> str:
    """Where the values typed for the pupil come from, as it can be kept: one line, of at most a hundred characters."""
    return " ".join(str(data.get(f"from-{pupil}", "")).replace("\0", "").split())[:LONGEST_ORIGIN]
