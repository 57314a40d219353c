"""What the partnership calls below, at and above, for templates."""

from __future__ import annotations

from dataclasses import asdict

from django import template

from schools.bands import BandWords, band_words, in_words

register = template.Library()


@register.filter
def in_bands(usual: str) -> str:
    """A heading or word that names bands, in the partnership's words: `{{ "At or above"|in_bands }}`."""
    return in_words(usual)


@register.simple_tag
def band_key(chosen: BandWords | None = None) -> list[tuple[str, str, str]]:
    """Each band, its word for the key, and what an own word stands for; in `chosen` words, else in those that hold."""
    words = chosen or band_words()
    if words.are_usual:
        return [(band, band, "") for band in asdict(words)]
    return [(band, word, "" if word.lower() == band else band) for band, word in asdict(words).items()]
