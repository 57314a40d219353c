"""Whether two records may be one child's, by what is written in them: plain values, and never a decision."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass
from enum import Enum

from schools.identifiers import is_temporary_upn

# Letters that make two names near: typed wrongly, left out, or exchanged. Names of three letters and fewer have to be the same.
NEAR, SHORT = 2, 3


class Alike(Enum):
    """What two records have in common, the surest first; the words go on after `They have`."""

    NAME = "the same name and date of birth"
    ROUND = "the same date of birth, and forename and surname exchanged"
    NEAR = "the same date of birth, and names written nearly the same"
    FORMER_UPN = "a UPN in common: one has had the other’s"


@dataclass(frozen=True)
class Identity:
    """What a record says of who the child is; `former_upns` are those that it has said before."""

    surname: str
    forename: str
    preferred_surname: str
    preferred_forename: str
    date_of_birth: dt.date
    upn: str
    former_upns: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[tuple[str, str]]:
        """Surname and forename, legal and as the child is called, as they are compared."""
        surnames = {folded(self.surname), folded(self.preferred_surname or self.surname)}
        forenames = {folded(self.forename), folded(self.preferred_forename or self.forename)}
        return frozenset((surname, forename) for surname in surnames for forename in forenames)


def folded(name: str) -> str:
    """Without accents, capitals, apostrophes, and with hyphens as spaces: `Zoë O’Brien-Day` is `zoe obrien day`."""
    plain = "".join(
        each for each in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(each)
    )
    letters = "".join(
        " " if each in "-\u2010\u2011\u2013" else each for each in plain if each not in "'\u2019\u2018`."
    )
    return " ".join(letters.split())


def alike(one: Identity, other: Identity) -> Alike | None:
    """Why the two may be one child; None where nothing says so.

    Two UPNs that were given for good tell near names apart, as twins are often called nearly the same; the same name and date of birth they do not.
    """
    if one.upn in other.former_upns - {""} or other.upn in one.former_upns - {""}:
        return Alike.FORMER_UPN
    if one.date_of_birth != other.date_of_birth:
        return None
    if one.names & other.names:
        return Alike.NAME
    if _told_apart(one.upn, other.upn):
        return None
    if {(forename, surname) for surname, forename in one.names} & other.names:
        return Alike.ROUND
    near = any(_are_near(mine, theirs) for mine in one.names for theirs in other.names)
    return Alike.NEAR if near else None


def _told_apart(one: str, other: str) -> bool:
    return bool(one and other) and not is_temporary_upn(one) and not is_temporary_upn(other)


def _are_near(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Both parts together are no more than NEAR letters apart."""
    apart = 0
    for mine, theirs in zip(one, other, strict=True):
        if mine != theirs:
            # A digit is no slip of the hand.
            if min(len(mine), len(theirs)) <= SHORT or any(each.isdigit() for each in mine + theirs):
                return False
            apart += distance(mine, theirs, most=NEAR)
    return apart <= NEAR


def distance(one: str, other: str, *, most: int) -> int:
    """How many letters are wrong, missing, too many, or exchanged with their neighbour; `most` + 1 for any more than that."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, mine in enumerate(one, start=1):
        above, row, two_above = row, [i], before
        for j, theirs in enumerate(other, start=1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (mine != theirs))
            if i > 1 and j > 1 and mine == other[j - 2] and one[i - 2] == theirs:
                cost = min(cost, two_above[j - 2] + 1)
            row.append(cost)
        before = above
    return min(row[-1], most + 1)
