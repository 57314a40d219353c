"""Text that a spreadsheet would take for a formula (OWASP ASVS 1.2.10)."""

from __future__ import annotations

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def defused(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would otherwise run it."""
    return f"'{text}" if text.startswith(_STARTS) else text
