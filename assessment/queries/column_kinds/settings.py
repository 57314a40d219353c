"""What can be set of a column: the types of settings, with what each offers and how it is checked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from assessment.engine.subjects import EYFS_AREAS, SUBJECTS, Subject
from schools.calendar import EyfsFramework

# A setting's choices: code and words; or, under a heading, several such.
Choices = Sequence[tuple[str, str | Sequence[tuple[str, str]]]]


class ColumnError(ValueError):
    """A column cannot be so. `setting` is what is wrong, or empty; the message says why, in the words of a school."""

    def __init__(self, message: str, setting: str = "") -> None:
        super().__init__(message)
        self.setting = setting


@dataclass(frozen=True)
class Other:
    """Another column of the sheet: what it is called, and whether it has numbers to count with, or judgements."""

    name: str
    has_number: bool
    is_judgement: bool


@dataclass(frozen=True)
class Around:
    """Where a column stands: the framework that the early years are judged by, and the other columns of the sheet by key, in order.

    `not_offered`: subjects that the school leaves out, by code. They are not offered anew, and read where they were chosen before.
    """

    framework: EyfsFramework
    others: Mapping[str, Other]
    not_offered: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Setting(ABC):
    """One thing to set. `is_several`: several may be chosen; `names_columns`: what is chosen are other columns of the sheet."""

    key: str
    label: str
    default: str = ""
    is_several: ClassVar[bool] = False
    names_columns: ClassVar[bool] = False

    @abstractmethod
    def choices(self, around: Around) -> Choices:
        """What there is to choose from, as a form offers it."""

    @abstractmethod
    def read(self, value: Any, around: Around) -> Any:
        """What was chosen, as it is kept; ColumnError says what is wrong with it."""

    def codes(self) -> Sequence[tuple[str, str]]:
        """The choices that are the same on every sheet; none of others."""
        return ()

    def chosen(self, value: Any, options: Sequence[tuple[str, str]]) -> str:
        """The code among the options; ColumnError where it is not."""
        found = next((code for code, _ in options if code == value), None)
        if found is None:
            why = "what was chosen is not there to choose" if value else "choose one"
            raise ColumnError(f"{self.label}: {why}.", self.key)
        return found


@dataclass(frozen=True)
class Choice(Setting):
    """One of some things that are always the same: a term, a characteristic; the default where nothing is said."""

    options: tuple[tuple[str, str], ...] = ()

    def codes(self) -> Sequence[tuple[str, str]]:
        return self.options

    def choices(self, around: Around) -> Choices:
        return self.options

    def read(self, value: Any, around: Around) -> str:
        return self.chosen(value or self.default, self.options)


@dataclass(frozen=True)
class WhichSubject(Setting):
    """A subject, or an area of learning of the framework that the school judges by; its code in lower case."""

    key: str = "subject"
    label: str = "Subject"
    default: str = "reading"

    def choices(self, around: Around) -> Choices:
        areas = EYFS_AREAS[around.framework]
        offered = [subject for subject in SUBJECTS if subject.code not in around.not_offered]
        return [("Subjects", _named(offered)), ("Areas of learning", _named(areas))]

    def read(self, value: Any, around: Around) -> str:
        return self.chosen(value, [*_named(SUBJECTS), *_named(EYFS_AREAS[around.framework])])


@dataclass(frozen=True)
class OtherColumn(Setting):
    """Another column of the sheet that fits, by its key."""

    fits: Callable[[Other], bool] = lambda _: True
    names_columns = True

    def choices(self, around: Around) -> Choices:
        return [("", "Choose a column"), *_fitting(self.fits, around)]

    def read(self, value: Any, around: Around) -> str:
        return self.chosen(value, _fitting(self.fits, around))


@dataclass(frozen=True)
class OtherColumns(Setting):
    """Other columns of the sheet that fit, by their keys, each once, in the sheet's order; at least one."""

    fits: Callable[[Other], bool] = lambda _: True
    is_several = True
    names_columns = True

    def choices(self, around: Around) -> Choices:
        return _fitting(self.fits, around)

    def read(self, value: Any, around: Around) -> list[str]:
        given = value if isinstance(value, list) else []
        there = _fitting(self.fits, around)
        for each in given:
            self.chosen(each, there)
        if not given:
            raise ColumnError(f"{self.label}: choose at least one column.", self.key)
        return [key for key, _ in there if key in given]


def _named(subjects: Sequence[Subject]) -> list[tuple[str, str]]:
    return [(subject.code.lower(), subject.name) for subject in subjects]


def _fitting(fits: Callable[[Other], bool], around: Around) -> list[tuple[str, str]]:
    return [(key, other.name) for key, other in around.others.items() if fits(other)]
