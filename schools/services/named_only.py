"""Whom and what a school that is taken in names outside of its wall: found here, or made so that it can be named and nothing more."""

from __future__ import annotations

from dataclasses import asdict

from django.core.exceptions import ValidationError

from schools.bands import BandWords
from schools.identifiers import read_dfe_number, read_urn
from schools.interchange import WholeSchoolRefused
from schools.models import Partnership, School, SchoolYear, User
from schools.row_security import visible_to
from schools.services.people import account_for

NAMED_ONLY = "Schools known by name only"
"""The partnership of schools that are not kept here: a row says where a pupil came from or who judged, and no page opens it."""
# Nobody can be mailed there (RFC 2606).
_NOBODYS = "from.school.invalid"
_SOMEBODY = "Somebody of another school"


def refuse_taken(urn: str, dfe_number: str = "") -> None:
    """Raise WholeSchoolRefused where the school is here already, or its DfE number is another's; one that is known by name only is not here."""
    taken = School.objects.filter(urn=urn).first()
    if taken is not None and not is_named_only(taken):
        raise WholeSchoolRefused(
            f"The URN {urn} belongs to {taken.name}, which is here already. A school is taken in once, where there is nothing of it."
        )
    if dfe_number and (other := School.objects.filter(dfe_number=dfe_number).exclude(urn=urn).first()):
        raise WholeSchoolRefused(f"The DfE number {other.formatted_dfe_number} belongs to {other.name} here.")


def is_named_only(school: School) -> bool:
    """Whether the row only names a school that is not kept here."""
    if school.partnership.name != NAMED_ONLY:
        return False
    with visible_to(school):
        return not SchoolYear.objects.in_school(school).exists()


def partnership_named(
    name: str, *, requires_second_factor: bool, allows_own_steps: bool, words: BandWords
) -> tuple[Partnership, bool]:
    """The partnership of that name, and whether it had to be made; what it asks of people, and its words for the bands, are set only where it is new.

    Raises WholeSchoolRefused where pupils' own steps count there and not here, or here and not there: progress would be another.
    """
    if not name.strip() or len(name) > 200:
        raise WholeSchoolRefused("The file names a partnership without a name.")
    if words.problem():
        raise WholeSchoolRefused("The file names the bands of a partnership in words that cannot be used.")
    asks = {
        "requires_second_factor": requires_second_factor,
        "allows_own_steps": allows_own_steps,
        **{f"word_{band}": word for band, word in asdict(words).items()},
    }
    partnership, is_new = Partnership.objects.get_or_create(name=name, defaults=asks)
    if partnership.allows_own_steps != allows_own_steps:
        here, there = ("allows", "not") if partnership.allows_own_steps else ("does not allow", "does")
        raise WholeSchoolRefused(
            f"The partnership {name} {here} expected steps of a pupil’s own here, and {there} where the file comes from:"
            " progress would be measured otherwise. Nothing was taken in."
        )
    return partnership, is_new


def account_named(email: str, name: str, *, unknown_as: str) -> User:
    """The account with the address, else a new one without a password. Without an address one that can never sign in, and stands for who did something."""
    if email:
        try:
            return account_for(email=email, name=name[:200] or email)[0]
        except ValueError as error:
            raise WholeSchoolRefused("The file names an account whose address is none.") from error
    address = f"{unknown_as}@{_NOBODYS}"
    user, is_new = User.objects.get_or_create(
        email=address, defaults={"name": name[:200] or _SOMEBODY, "is_active": False}
    )
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user


def school_named(urn: str, dfe_number: str, name: str, lowest: str, highest: str) -> int:
    """The key of the school with the URN; where it is not kept here, of a row that names it."""
    if found := School.objects.filter(urn=urn).values_list("pk", flat=True).first():
        return int(found)
    try:
        named = School(
            partnership=Partnership.objects.get_or_create(name=NAMED_ONLY)[0],
            urn=read_urn(urn),
            dfe_number=read_dfe_number(dfe_number),
            name=name,
            lowest_year_group=int(lowest),
            highest_year_group=int(highest),
        )
        named.full_clean(exclude=["partnership"])
    except (ValueError, ValidationError) as error:
        raise WholeSchoolRefused(
            f"The file names another school, URN {urn[:6]}, in a way that does not fit what is here: see its row in schools.csv."
        ) from error
    named.save()
    return int(named.pk)
