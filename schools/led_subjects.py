"""The subjects that somebody at a school can lead, by code. The app that knows what is judged says which when it is ready."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

_names: dict[str, str] = {}
NAMES: Mapping[str, str] = MappingProxyType(_names)
"""What each is called, by its code, in the order in which they were offered."""


def offer(subjects: Iterable[tuple[str, str]]) -> None:
    """Let these be led: pairs of a code, which stands in rows for ever, and a name. In an app's `ready()`."""
    _names.update(subjects)


def names_of(codes: Iterable[str]) -> tuple[str, ...]:
    """The names in the order of the offer; a code that is offered no more stands for itself, last."""
    held = set(codes)
    return (
        *(name for code, name in _names.items() if code in held),
        *sorted(held - _names.keys()),
    )
