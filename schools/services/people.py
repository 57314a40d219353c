"""Accounts of people; what they may do follows from their memberships."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from schools.models import User


def account_for(*, email: str, name: str) -> tuple[User, bool]:
    """The account with this address, made without a password where there is none; and whether it is new.

    The name of an account that is there stays. Raises ValueError for what is no address, or a missing name.
    """
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise ValueError(f"{email!r} is not an e-mail address.") from error
    if not name.strip():
        raise ValueError("A person needs a name.")
    user = User.objects.filter(email=email).first()
    return (user, False) if user else (User.objects.create_user(email, name.strip()), True)


def checked_name(text: str) -> str:
    """A name in one line; ValueError for none, for one of more than 200 characters, and for what could pass for an address in a letter."""
    name = " ".join(text.split())
    if not name:
        raise ValueError("A person needs a name.")
    if len(name) > 200 or not name.isprintable() or any(each in name for each in "/\\:<>@"):
        raise ValueError(r"That is not a name: leave out / \ : < > and @, and keep it under 200 characters.")
    return name
