"""What below, at and above the expected range are called: by everybody, or by one partnership. Plain Python.

The words are those of the partnership whose school or figures are open: the doors say whose (`spoken`), pages and papers ask for them (`in_words`).
Files that a program reads keep below, at and above (docs/decisions/0038-words-for-the-three-bands.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import astuple, dataclass

LONGEST_WORD = 30
_NAMED = re.compile(r"\b(below|at|above)\b", re.IGNORECASE)


@dataclass(frozen=True)
class BandWords:
    """What the three bands are called; each of 1 to 30 characters, no two alike."""

    below: str = "Below"
    at: str = "At"
    above: str = "Above"

    @property
    def are_usual(self) -> bool:
        return self == USUAL

    def problem(self) -> str:
        """Why the three cannot stand, in words for who chose them; empty where they can."""
        words = astuple(self)
        if not all(word.strip() == word and word for word in words):
            return "Give a word for each of the three."
        if any(len(word) > LONGEST_WORD for word in words):
            return f"Use {LONGEST_WORD} characters at most for each."
        if not all(word.isprintable() and any(map(str.isalnum, word)) for word in words):
            return "Use letters in each, on one line."
        if len({word.casefold() for word in words}) < len(words):
            return "Give three different words: two bands of one name cannot be told apart."
        if any(word.casefold() in _USUAL_PLACES and _USUAL_PLACES[word.casefold()] != place for place, word in enumerate(words)):  # fmt: skip
            return "Below, At and Above can only name the band that they name everywhere else."
        return ""


USUAL = BandWords()
_USUAL_PLACES = {word.casefold(): place for place, word in enumerate(astuple(USUAL))}
_spoken: ContextVar[BandWords] = ContextVar("band words", default=USUAL)


@contextmanager
def spoken(words: BandWords) -> Iterator[None]:
    """Let the bands be called so within the block."""
    # The one object: that they are the usual ones is asked for each cell of a sheet.
    before = _spoken.set(USUAL if words == USUAL else words)
    try:
        yield
    finally:
        _spoken.reset(before)


def band_words() -> BandWords:
    """What they are called here."""
    return _spoken.get()


def in_words(usual: str) -> str:
    """A heading or word that names bands, such as `At or above`, with the words that hold here; a usual word keeps how it is written, an own one has its own capitals.

    For names of bands alone: in a sentence about a range "above the range" stays what it is.
    """
    words = band_words()
    if words is USUAL:
        return usual

    def said(named: re.Match[str]) -> str:
        own: str = getattr(words, named[0].lower())
        return named[0] if own.casefold() == named[0].casefold() else own

    return _NAMED.sub(said, str(usual))
