"""A common transfer file (CTF) into plain values: who is in it, what it says of each, what of it was passed over.

What a file is follows from its content, never from its name. A file with a single element that cannot be read is refused whole, and its report names them all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from schools.ctf_values import FIRST_VERSION, LAST_VERSION, CtfHeader, CtfPupil, CtfSchool
from schools.imports import ctf_fields as fields
from schools.imports import values
from schools.imports.ctf_parts import PARTS, RESULTS, Part
from schools.imports.ctf_text import is_xml, open_text
from schools.imports.ctf_tree import Counts, Node, elements
from schools.imports.report import Problem
from schools.imports.values import Unreadable

__all__ = ["CtfFile", "is_xml", "read_ctf"]

T = TypeVar("T")
# After so many the file is hardly one that can be put right by hand.
MOST_PROBLEMS = 1_000


@dataclass(frozen=True, kw_only=True)
class ElementProblem(Problem):
    """A problem of a pupil's element: `row` is the pupil's place in the file, `pupil` the name, where it could be read."""

    pupil: str = ""

    @property
    def place(self) -> str:
        return ": ".join(part for part in (self.pupil, self.column) if part)

    def __str__(self) -> str:
        who = f"Pupil {self.row}" + (f" ({self.pupil})" if self.pupil else "")
        plain = Problem(column=self.column, value=self.value, what=self.what)
        return f"{who}, {plain}" if self.column else f"{who}: {plain}"


@dataclass(frozen=True, kw_only=True)
class CtfFile:
    """What a common transfer file says."""

    header: CtfHeader
    pupils: tuple[CtfPupil, ...] = ()
    problems: tuple[Problem, ...] = ()
    # Sentences on the file as a whole.
    warnings: tuple[str, ...] = ()
    # In words, of how many pupils.
    not_kept: Counter[str] = field(default_factory=Counter)
    # Names of elements that nobody knows, how often.
    unknown: Counter[str] = field(default_factory=Counter)


def read_ctf(path: Path, *, progress: Callable[[Iterable[Node]], Iterable[Node]] = iter) -> CtfFile:
    """Read a common transfer file. Problems of its pupils are returned, not raised, so that all can be told at once.

    Raises FileRefused for what is no such file, or no whole one. `progress` is handed the elements and hands them on.
    """
    text = open_text(path)
    counts = Counts()
    header: CtfHeader | None = None
    pupils: list[CtfPupil] = []
    problems: list[Problem] = []
    number = 0
    for node in progress(elements(text, counts)):
        if node.tag == "header":
            header = header or _header(node)
            continue
        number += 1
        if len(problems) < MOST_PROBLEMS:
            reading = _Reading(node, number)
            pupil = reading.pupil()
            problems += reading.problems
            pupils += [pupil] if pupil else []
    warnings = [text.warning] if text.warning else []
    return CtfFile(
        header=header or CtfHeader(),
        pupils=tuple(pupils),
        problems=tuple(problems),
        warnings=(*warnings, *_warnings(header)),
        not_kept=counts.not_kept,
        unknown=counts.unknown,
    )


def _header(node: Node) -> CtfHeader:
    """What stands at the head: as it is, as nothing hangs on it but words."""
    version = re.match(r"(\d{1,3})", node.value("CTFversion"), re.ASCII)
    year = node.value("SourceSchool", "AcademicYear")
    return CtfHeader(
        version=int(version[1]) if version else None,
        made_at=node.value("DateTime"),
        is_partial=node.value("DocumentQualifier").lower() == "partial",
        supplier=node.value("SupplierID"),
        source=school_of(node, "SourceSchool"),
        destination=school_of(node, "DestSchool"),
        academic_year=int(year) if re.fullmatch(r"\d{4}", year, re.ASCII) else None,
    )


def school_of(node: Node, *path: str) -> CtfSchool:
    """The school that is named there."""
    return CtfSchool(
        authority=node.value(*path, "LEA"),
        establishment=node.value(*path, "Estab"),
        urn=node.value(*path, "URN"),
        name=node.value(*path, "SchoolName"),
    )


def _warnings(header: CtfHeader | None) -> Iterable[str]:
    if header is None or header.version is None:
        yield "The file does not say which version of the CTF it is. It was read all the same."
    elif not FIRST_VERSION <= header.version <= LAST_VERSION:
        known = f"{FIRST_VERSION} to {LAST_VERSION}"
        yield (
            f"The file is CTF {header.version}, and what is known here are {known}. It was read all the same:"
            " see whether anything of it is missing below."
        )


class _Reading:
    """One pupil's element, read."""

    def __init__(self, node: Node, number: int) -> None:
        self.node, self.number = node, number
        self.problems: list[Problem] = []
        self.who = ", ".join(part for part in (node.value("Surname"), node.value("Forename")) if part)

    def pupil(self) -> CtfPupil | None:
        """The pupil; None, with problems, where something cannot be read."""
        needed: dict[str, Any] = {
            "surname": self.needed("surname", "Surname", fields.read_name),
            "forename": self.needed("forename", "Forename", fields.read_name),
            "date_of_birth": self.needed("date of birth", "DOB", fields.read_day),
        }
        said = self._of_pupil() | {name: tuple(self._parts(part)) for name, part in PARTS.items()}
        said["results"] = tuple(result for stage in self._parts(RESULTS) for result in stage)
        if self.problems:
            return None
        return CtfPupil(number=self.number, **needed, **said)

    def _of_pupil(self) -> dict[str, Any]:
        basic = "BasicDetails"
        sex = "Sex" if self.node.value("Sex") else "Gender"
        return {
            "upn": self.read("UPN", fields.read_number, "UPN") or "",
            "former_upn": self.node.value(basic, "FormerUPN").upper()[: fields.LONGEST_CODE],
            "sex": self.read("sex", values.read_sex, sex),
            "preferred_surname": self.read("preferred surname", fields.read_name, basic, "PreferredSurname"),
            "preferred_forename": self.read(
                "preferred forename", fields.read_name, basic, "PreferredForename"
            ),
            "year_group": self.read("year group", fields.read_year_group, basic, "NCyearActual"),
            "ethnicity": self.read("ethnicity", values.read_ethnicity, basic, "Ethnicity"),
            "first_language": self._first_language(),
            "service_child": self.read("service child", fields.read_service_child, basic, "ServiceChild"),
            "in_care": self.read("looked after", fields.read_yes, "LookedAfter", "InCare"),
            "care_authority": self.read("care authority", fields.read_code, "LookedAfter", "CareAuthority")
            or "",
            "enrol_status": self.node.value(basic, "EnrolStatus").upper()[:1],
        }

    def _first_language(self) -> str | None:
        for language in self.node.all("BasicDetails", "Languages", "Type"):
            if language.value("LanguageType").upper() == "F":
                return self.read("first language", fields.read_code, "Language", within=language)
        return None

    def _parts(self, part: Part[T]) -> Iterable[T]:
        for node in self.node.all(*part.path):
            found = len(self.problems)
            made = part.make(self, node)
            if made is not None and len(self.problems) == found:
                yield made

    def needed(self, label: str, tag: str, read: Callable[[str], T]) -> T | None:
        """The value of an element that every pupil has."""
        if not self.node.value(tag):
            self.problem(label, tag, "", f"is missing. Every pupil needs a {label}.")
            return None
        return self.read(label, read, tag)

    def read(self, label: str, read: Callable[[str], T], *path: str, within: Node | None = None) -> T | None:
        """What the element says; None where it says nothing, and a problem more where it cannot be read."""
        text = (within or self.node).value(*path)
        if not text:
            return None
        try:
            return read(text)
        except Unreadable as error:
            self.problem(label, path[-1], text, str(error))
            return None

    def problem(self, label: str, tag: str, value: str, what: str) -> None:
        """Something keeps the file out: in words, and by the element's name for whoever makes the file."""
        column = f"{label} ({tag})" if label != tag else label
        self.problems.append(
            ElementProblem(row=self.number, pupil=self.who, column=column, value=value, what=what)
        )
