"""Everything held of a pupil as JSON, for other programs, and as a tagged PDF, for people."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from reports.documents.subject_access import Section, SubjectAccess, left_out
from reports.exports.pdf import to_pdf


def subject_access_json(document: SubjectAccess) -> bytes:
    """UTF-8, indented; a value and its words beside each other."""
    said = {
        "format": "lep-tracker subject access",
        "version": 1,
        "school": document.school,
        "contact": document.contact,
        "pupil": document.name,
        "made_on": document.made_on.isoformat(),
        "left_out": list(left_out()),
        "tables": [_table(section) for section in document.sections],
    }
    return json.dumps(said, ensure_ascii=False, indent=2).encode()


def _table(section: Section) -> dict[str, Any]:
    return {
        "table": section.table,
        "title": section.title,
        "why_it_is_held": section.why,
        "lawful_basis": section.basis,
        "kept": section.kept,
        "rows": [
            {cell.column: {"value": cell.value, "says": f"{cell.label}: {cell.words}"} for cell in row}
            for row in section.rows
        ],
        "history": [
            {
                "at": line.at.isoformat(),
                "what": line.what,
                "of": line.of,
                "by": line.by,
                "why": line.why,
                "changes": list(line.changes),
            }
            for line in section.history
        ],
    }


def subject_access_pdf(document: SubjectAccess) -> bytes:
    """A4 across, tagged: a section for each table, the history behind it."""
    context = {"document": document, "left_out": left_out()}
    return to_pdf(render_to_string("reports/subject_access/paper.html", context), style="subject_access")


@dataclass(frozen=True)
class Format:
    """How it is written, and as what it is served."""

    write: Callable[[SubjectAccess], bytes]
    content_type: str


SUBJECT_ACCESS_FORMATS: Mapping[str, Format] = {
    "pdf": Format(subject_access_pdf, "application/pdf"),
    "json": Format(subject_access_json, "application/json"),
}
