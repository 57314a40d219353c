"""What commands share: reading a school and a year off the command line, and printing."""

from __future__ import annotations

from argparse import ArgumentTypeError

from django.core.management.base import CommandError, OutputWrapper

from schools.calendar import AcademicYear
from schools.models import School
from schools.services.named_only import NAMED_ONLY


def academic_year(text: str) -> AcademicYear:
    """The type of an argument such as 2025/26."""
    try:
        return AcademicYear.parse(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


def school_with(urn: str) -> School:
    """The school with the URN; CommandError where there is none."""
    school = School.objects.filter(urn=urn).select_related("partnership").first()
    if school is None:
        raise CommandError(f"There is no school with the URN {urn!r}.")
    return school


def schools_with(urn: str | None) -> list[School]:
    """The school with the URN, as a list of one; without a URN every school that is kept here, by name."""
    kept = School.objects.exclude(partnership__name=NAMED_ONLY)
    return [school_with(urn)] if urn else list(kept.order_by("name", "pk"))


def say(output: OutputWrapper, line: str) -> None:
    """Print a line: a letter that the terminal does not have must not end what was done already."""
    encoding = getattr(output, "encoding", None) or "utf-8"
    output.write(line.encode(encoding, "replace").decode(encoding))
