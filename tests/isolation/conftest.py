"""What the walks over every address share."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.isolation.crossing_walks import both
from tests.isolation.two_schools import ours, theirs

__all__ = ["both", "ours", "theirs"]


@pytest.fixture
def unprinted(monkeypatch: pytest.MonkeyPatch) -> None:
    """For walks that do not read what stands in a PDF: each takes half a second to lay out."""
    monkeypatch.setattr("reports.exports.pdf._laid_out", lambda page, style: SimpleNamespace(pages=[page]))
    monkeypatch.setattr("reports.exports.pdf._bytes", lambda document: b"%PDF-")
