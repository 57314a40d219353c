"""The kinds of work that the worker can be asked for. Each app registers its own when it is ready; the worker knows none of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from schools.access import Access
from schools.permissions import Permission

SILENCE = dt.timedelta(seconds=120)
"""A worker that has said nothing for so long is taken for dead, and its job for another's."""
MOST_ATTEMPTS = 3


def longest() -> dt.timedelta:
    """So long one try may take: then the job fails, and what others asked for is made."""
    return dt.timedelta(minutes=settings.LONGEST_JOB_MINUTES)


GAVE_UP = (
    f"It was begun {MOST_ATTEMPTS} times, and each time the program that makes it ended before it was done."
)
BROKE_OFF = "Something went wrong while it was made. Try again; if it fails again, give whoever runs the site this number: {id}."


@dataclass(frozen=True)
class MadeFile:
    """What comes of a job: a file to fetch.

    `pupils` is how many of them it names, where it is fetched.

    `keep` keeps what is remembered of it, in the transaction that makes the file one to be fetched: neither is there without the other.
    It raises MadeOfOldError where the file is no longer the one to be given out.
    """

    name: str
    content_type: str
    content: bytes
    keep: Callable[[], None] | None = None
    pupils: int = 0


class MadeOfOldError(Exception):
    """While the file was made, something happened after which it has to be made once more."""


class JobFailedError(Exception):
    """The job cannot be done, however often it is begun; the message is a sentence for whoever asked, with nobody's name in it."""


class Work(Protocol):
    """A job in the worker's hands, as its maker meets it."""

    @property
    def arguments(self) -> Mapping[str, Any]:
        """What was asked for."""

    def inside(self) -> AbstractContextManager[Access]:
        """Open the job's school for the block, as whoever asked may see it now. PermissionDenied where that is no longer so."""

    def tell(self, done: int, out_of: int) -> None:
        """Say how far it is, outside of `inside()`; all of it done means that the file is being put together.

        Raises where nobody wants it any more, and after `longest()`: to be called often. That the worker lives is said beside it.
        """


class Maker(Protocol):
    """Makes the file of one kind. Whatever it reads of the school it reads inside `work.inside()`."""

    def __call__(self, work: Work) -> MadeFile: ...


@dataclass(frozen=True)
class JobKind:
    """A kind of work: its code in the database, what a school calls it, who may ask for it and from which page.

    `maker` is the dotted path of a Maker, which is loaded when the first such job is done. Where it `is_of_pupils`, the job counts the pupils whom
    its file names.
    """

    code: str
    name: str
    permission: Permission
    page: str
    maker: str
    is_of_pupils: bool = False

    def load(self) -> Maker:
        return cast("Maker", import_string(self.maker))

    def make(self, work: Work) -> MadeFile:
        return self.load()(work)


_kinds: dict[str, JobKind] = {}


def register(kind: JobKind) -> None:
    """Let the worker do this kind of work; in an app's `ready()`."""
    _kinds[kind.code] = kind


def kind_of(code: str) -> JobKind | None:
    """The kind with the code; None for one that this version of the site does not know."""
    return _kinds.get(code)
