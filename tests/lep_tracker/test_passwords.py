"""Which passwords are refused, without asking anybody."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError

from lep_tracker.passwords import CommonPartsValidator


@pytest.mark.parametrize(
    "password",
    [
        "password2026",
        "Password2026!",
        "!!!sunshine2026",
        "passwordpassword",
        "letmeinletmein",
        "dragonmonkey1",
        "123456123456",
        "111222333444",
        "............",
        "QWERTYUIOPqwerty",
    ],
)
def test_what_is_made_of_common_passwords_is_refused(password: str) -> None:
    with pytest.raises(ValidationError, match="many people use"):
        CommonPartsValidator().validate(password)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "another good long password",
        "kettle-heron-midweek",
        "Tr7#qv9!Lw2x",
        "Grüße vom Kanal 4",
    ],
)
def test_words_together_and_chance_are_taken(password: str) -> None:
    validate_password(password)


def test_of_the_common_ones_none_gets_by_however_it_was_lengthened() -> None:
    """ASVS 5.0, 6.2.4: more than 3,000 common ones that are long enough."""
    common = sorted(CommonPasswordValidator().passwords)[::4]
    assert len(common) > 3000
    parts = CommonPartsValidator()
    for password in common:
        for longer in (password + password, f"{password}2026", f"{password}123456!"):
            with pytest.raises(ValidationError):
                parts.validate(longer)


def test_a_long_password_may_be_anything() -> None:
    validate_password("a wet heron stands in the canal " * 4)
