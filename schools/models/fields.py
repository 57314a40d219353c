"""Columns that hold values of schools/calendar.py."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Func, Value

from schools.calendar import AcademicYear, YearGroup


class AcademicYearField(models.SmallIntegerField):  # type: ignore[type-arg]  # stubs: its types follow from the values below
    """The calendar year in which the academic year starts; read back as an AcademicYear."""

    def from_db_value(self, value: int | None, *_: Any) -> AcademicYear | None:
        return None if value is None else AcademicYear(value)


class YearGroupField(models.SmallIntegerField):  # type: ignore[type-arg]
    """N1 is -2, N2 -1, R 0, Years 1 to 13 themselves, so that they sort as children pass through."""

    def from_db_value(self, value: int | None, *_: Any) -> YearGroup | None:
        return None if value is None else YearGroup(value)


def days_between(starts_on: str, ends_on: str) -> Func:
    """Two columns as the days from one to the other, both counted; an empty end stays open."""
    return Func(F(starts_on), F(ends_on), Value("[]"), function="daterange", output_field=DateRangeField())
