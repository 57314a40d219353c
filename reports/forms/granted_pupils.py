"""Which list of pupils a lead of the partnership asks for by a school's grant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from reports.forms.figures import FigurePupilsForm
from schools.access import Access


class GrantedPupilsForm(FigurePupilsForm):
    """Term, year group, subject and part, all of which the line that is recorded says; nothing else can be asked for.

    No group above all: who has a plan, or is looked after, would be told by a list of which the school's line said nothing.
    """

    measure = None  # type: ignore[assignment]
    phase = None  # type: ignore[assignment]
    group = None  # type: ignore[assignment]
    crossed_with = None  # type: ignore[assignment]
    class_group = None  # type: ignore[assignment]
    snapshot = None  # type: ignore[assignment]
    view = None  # type: ignore[assignment]

    def __init__(self, data: Mapping[str, str], *, access: Access, today: dt.date) -> None:
        known = {name: value for name, value in data.items() if name in self.base_fields}
        self.is_of_unknown = any(value for name, value in data.items() if name not in self.base_fields)
        super().__init__(known, access=access, today=today)

    @property
    def is_answerable(self) -> bool:
        """Whether the address asks for a list that is here, and for nothing beside it."""
        return not self.errors and not self.is_of_unknown
