"""The reference data that comes with the program, written after each migrate."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.apps import apps as installed
from django.db import DEFAULT_DB_ALIAS

from assessment.engine.expectations import LEP
from assessment.engine.subjects import SHIPPED
from assessment.models.expectations import columns_of
from schools.calendar import FIRST_ACADEMIC_YEAR, AcademicYear

LEP_NAME = "LEP expectations"
LEP_HOLDS_FROM: dt.date = AcademicYear(FIRST_ACADEMIC_YEAR).starts_on


def load_shipped(*, apps: Any = installed, using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Write the subjects, and the LEP's expectations where they are not there yet; nothing where the tables are gone."""
    try:
        subjects = apps.get_model("assessment", "Subject").objects.using(using)
        versions = apps.get_model("assessment", "ExpectationVersion").objects.using(using)
    except LookupError:
        return
    for subject in SHIPPED:
        facts = {
            "code": subject.code,
            "name": subject.name,
            "kind": subject.kind.value,
            "framework": subject.framework.value if subject.framework else None,
        }
        if not subjects.filter(pk=subject.number, **facts).exists():
            subjects.update_or_create(pk=subject.number, defaults=facts)
    versions.get_or_create(
        partnership=None, holds_from=LEP_HOLDS_FROM, defaults={"name": LEP_NAME, **columns_of(LEP)}
    )
