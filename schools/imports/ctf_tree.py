"""The elements of a common transfer file, one pupil at a time: what is not kept never becomes a value.

The text goes through expat by defusedxml, which refuses document types, entities and anything outside. Elements that we do not keep are passed over as they
come, with all that is in them; of a pupil only what is kept is held, and of the file only the pupil that is being read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers.expat import ExpatError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, XMLParser

from schools.imports.ctf_text import Text
from schools.imports.report import FileRefused, counted, quoted

# Bounds for who means harm: a real pupil has some hundred elements, the longest text in one is a name.
MOST_ELEMENTS, LONGEST_TEXT, MOST_PUPILS, MOST_UNKNOWN = 20_000, 1_000, 100_000, 50
DEEPEST = 100

Shape = Mapping[str, "Shape"]


def _of(*leaves: str, **branches: Shape) -> Shape:
    """A shape by the names of its elements; capitals make no difference in a file."""
    return {leaf.lower(): {} for leaf in leaves} | {name.lower(): shape for name, shape in branches.items()}


_SCHOOL = ("LEA", "Estab", "URN", "SchoolName")
_PUPIL = _of(
    *("UPN", "Surname", "Forename", "DOB", "Sex", "Gender"),
    BasicDetails=_of(
        *("FormerUPN", "PreferredSurname", "PreferredForename", "NCyearActual"),
        *("Ethnicity", "ServiceChild", "EnrolStatus"),
        Languages=_of(Type=_of("LanguageType", "Language")),
    ),
    FSMhistory=_of(FSMinstance=_of("FSMstartDate", "FSMendDate", "UKcountry")),
    LookedAfter=_of("InCare", "CareAuthority"),
    SENhistory=_of(
        SEN=_of("StartDate", "SENprovision"),
        SENneeds=_of(SENneed=_of("NeedStartDate", "NeedEndDate", "SENtypeRank", "SENtype")),
    ),
    Attendance=_of(
        YearData=_of(
            *("Year", *_SCHOOL),
            *("SessionsPossible", "SessionsAuthorised", "SessionsAttended", "SessionsUnauthorised"),
        )
    ),
    StageAssessments=_of(
        KeyStage=_of(
            "Stage",
            StageAssessment=_of(
                *("Locale", "Year", "Subject", "Method", "Component"),
                *("ResultStatus", "ResultQualifier", "Result", "ResultDate"),
            ),
        )
    ),
    SchoolHistory=_of(School=_of(*_SCHOOL, "EntryDate", "LeavingDate", "LeavingReason", "LastSchool")),
)
_FILE = _of(
    Header=_of(
        *("DocumentName", "CTFversion", "DateTime", "DocumentQualifier", "SupplierID"),
        SourceSchool=_of(*_SCHOOL, "AcademicYear"),
        DestSchool=_of(*_SCHOOL),
    ),
    CTFpupilData=_of(Pupil=_PUPIL),
)
# What we know and keep nothing of, in words.
NOT_KEPT = {
    "address": "addresses",
    "phones": "telephone numbers",
    "email": "e-mail addresses",
    "contacts": "contacts",
    "medicalflag": "medical flags",
    "medical": "medical notes",
    "disabilities": "disabilities",
    "middlenames": "middle names",
    "formersurname": "former surnames",
    "formerforename": "former forenames",
    "uniquelearnernumber": "learner numbers",
    "uci": "candidate numbers",
    "ethnicitysource": "sources of ethnicity",
    "fsmreviewdate": "review dates of free school meals",
    "nawdetails": "details for Wales",
    "attendsessions": "marks of sessions",
    "suppinfo": "supplementary information",
    "admissions": "admissions",
    "applicationreference": "references of applications",
}


@dataclass(slots=True)
class Node:
    """An element that is kept: its name in small letters, its text, the elements in it."""

    tag: str
    shape: Shape
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def all(self, *path: str) -> list[Node]:
        """The elements at the end of the path, through every element on it."""
        found = [self]
        for tag in path:
            found = [child for node in found for child in node.children if child.tag == tag.lower()]
        return found

    def value(self, *path: str) -> str:
        """The text of the first element there that says something, its spaces made single; empty for none."""
        said = (" ".join(node.text.split()) for node in self.all(*path))
        return next((text for text in said if text), "")


@dataclass
class Counts:
    """What was passed over while a file was read."""

    # By the words of NOT_KEPT, of how many pupils' elements.
    not_kept: Counter[str] = field(default_factory=Counter)
    # By name, as it stands in the file.
    unknown: Counter[str] = field(default_factory=Counter)


class _Target:
    """What expat tells, as it tells it."""

    def __init__(self, counts: Counts) -> None:
        self.counts = counts
        self.open: list[Node] = []
        # How deep inside an element that is not kept.
        self.passing = 0
        self.elements = self.pupils = 0
        self.ready: list[Node] = []

    def start(self, tag: str, _: Mapping[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if self.passing:
            self.passing += 1
            if self.passing > DEEPEST:
                raise FileRefused(f"The file has more than {DEEPEST} elements within one another.")
            return
        if not self.open:
            _refuse_other_roots(name)
            self.open.append(Node("ctfile", _FILE))
            return
        shape = self.open[-1].shape.get(name.lower())
        if shape is None:
            self.passing = 1
            self._count(name)
            return
        self.open.append(Node(name.lower(), shape))
        if name.lower() == "pupil":
            self._begin_pupil()
        self.elements += 1
        if self.elements > MOST_ELEMENTS:
            raise FileRefused(f"Pupil {self.pupils} of the file has more than {MOST_ELEMENTS:,} elements.")

    def _begin_pupil(self) -> None:
        self.pupils += 1
        self.elements = 0
        if self.pupils > MOST_PUPILS:
            raise FileRefused(f"The file has more than {MOST_PUPILS:,} pupils.")

    def _count(self, name: str) -> None:
        if not any(node.tag == "pupil" for node in self.open):
            return
        if words := NOT_KEPT.get(name.lower()):
            self.counts.not_kept[words] += 1
        elif name in self.counts.unknown or len(self.counts.unknown) < MOST_UNKNOWN:
            self.counts.unknown[name] += 1

    def data(self, text: str) -> None:
        if self.passing or not self.open:
            return
        node = self.open[-1]
        # Text between elements says nothing.
        if node.shape:
            return
        node.text += text
        if len(node.text) > LONGEST_TEXT:
            where = f"Pupil {self.pupils}" if self.pupils else "The header"
            raise FileRefused(f"{where} has more than {LONGEST_TEXT:,} characters in {quoted(node.tag)}.")

    def end(self, _: str) -> None:
        if self.passing:
            self.passing -= 1
            return
        node = self.open.pop()
        if node.tag in {"pupil", "header"}:
            self.ready.append(node)
        elif self.open and self.open[-1].tag not in {"ctfile", "ctfpupildata"}:
            self.open[-1].children.append(node)

    def close(self) -> None:
        """Nothing is left over: every pupil has been handed on."""


def _refuse_other_roots(name: str) -> None:
    root = name.lower()
    if root == "ctfile":
        return
    if root in {"atfile", "atfpupildata"}:
        raise FileRefused(
            "This is an admissions transfer file (ATF), which tells who will be offered a place, not a common transfer file (CTF)."
            " Take it into your information system, and export the pupils from there."
        )
    raise FileRefused(
        f"This is XML that begins with {quoted(name)}, not a common transfer file (CTF), which begins with 'CTfile'."
        " Export the pupils as a CTF, as CSV or as an Excel workbook."
    )


def elements(text: Text, counts: Counts) -> Iterator[Node]:
    """The header, where the file has one, then each pupil, as they are read. FileRefused for what is no whole file of this kind."""
    target = _Target(counts)
    parser = XMLParser(target=target, forbid_dtd=True)
    characters = 0
    try:
        for chunk in text.chunks():
            characters += len(chunk)
            parser.feed(chunk)
            yield from target.ready
            target.ready.clear()
        parser.close()
    except DefusedXmlException as error:
        raise FileRefused(
            "The file declares a document type or entities, which no common transfer file has and which can do harm."
            " It was not read. Ask whoever sent it where it comes from."
        ) from error
    except (ParseError, ExpatError) as error:
        raise FileRefused(_damaged(error, characters, target.pupils)) from error


def _damaged(error: Exception, characters: int, pupils: int) -> str:
    if not characters:
        return "The file is empty."
    line = getattr(error, "position", (getattr(error, "lineno", 0), 0))[0]
    after = f", after {counted(pupils, 'pupil')}" if pupils else ""
    return (
        f"The file is damaged or cut off in line {line:,}{after}: it is no whole XML. Nothing of it was taken."
        " Ask whoever made it for another copy."
    )
