"""What a partnership calls below, at and above."""

from __future__ import annotations

from dataclasses import asdict

from schools.bands import BandWords
from schools.models import Partnership, User
from schools.services.changes import acting


def name_bands(*, partnership: Partnership, words: BandWords, by: User | None) -> None:
    """Call the three bands so on the partnership's pages and papers. The history says who.

    Raises ValueError, in words for who chose them, where `words.problem()` says something.
    """
    if problem := words.problem():
        raise ValueError(problem)
    for band, word in asdict(words).items():
        setattr(partnership, f"word_{band}", word)
    with acting(by):
        partnership.save(update_fields=["word_below", "word_at", "word_above"])
