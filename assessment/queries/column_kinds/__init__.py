"""The kinds of columns of which marksheets are laid out.

Test scores and live status have no tables yet; a kind of each is one `ColumnKind` more, whose `make` reads what a row holds of them.
"""

from assessment.queries.column_kinds.facts import KINDS_OF_FACTS
from assessment.queries.column_kinds.judgements import KINDS_OF_JUDGEMENTS
from assessment.queries.column_kinds.kinds import KINDS, ColumnKind, Given, Seen, register
from assessment.queries.column_kinds.numbers import KINDS_OF_NUMBERS
from assessment.queries.column_kinds.settings import Around, ColumnError, Other, Setting

__all__ = ["KINDS", "Around", "ColumnError", "ColumnKind", "Given", "Other", "Seen", "Setting", "register"]

register(*KINDS_OF_JUDGEMENTS, *KINDS_OF_NUMBERS, *KINDS_OF_FACTS)
