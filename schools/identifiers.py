"""The numbers by which England knows pupils and schools: UPN, URN, DfE number."""

from __future__ import annotations

import re

# I, O and S are left out because they look like 1, 0 and 5.
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"

UPN_PATTERN = rf"^[{UPN_LETTERS}][0-9]{{11}}[0-9{UPN_LETTERS}]$"
URN_PATTERN = r"^[1-9][0-9]{5}$"
DFE_NUMBER_PATTERN = r"^[0-9]{7}$"


def read_upn(text: str) -> str:
    """The unique pupil number without spaces and in capitals; ValueError says what is wrong with it.

    The check letter is the sum of characters 2 to 13 times 2 to 13, modulo 23 (a final letter counts as
    its place in the alphabet of UPN letters). The authority and school digits are those of the school that issued it
    and are not checked.
    """
    upn = re.sub(r"\s", "", text).upper()
    if not re.fullmatch(UPN_PATTERN, upn):
        raise ValueError(
            f"{text!r} is not a UPN: it has a letter and 12 digits, or a letter, 11 digits and a letter."
        )
    values = [
        int(character) if character.isdigit() else UPN_LETTERS.index(character) for character in upn[1:]
    ]
    check = UPN_LETTERS[sum(weight * value for weight, value in enumerate(values, start=2)) % 23]
    if upn[0] != check:
        raise ValueError(f"{text!r} is not a UPN: its first letter should be {check}.")
    return upn


def is_temporary_upn(upn: str) -> bool:
    """Whether the UPN was given for the time being (it ends in a letter) and may be replaced."""
    return upn[-1:].isalpha()


def read_urn(text: str) -> str:
    """A school's unique reference number, six digits; ValueError for anything else."""
    urn = text.strip()
    if not re.fullmatch(URN_PATTERN, urn):
        raise ValueError(f"{text!r} is not a URN: a URN has six digits, such as 124087.")
    return urn


def read_dfe_number(text: str) -> str:
    """A school's DfE number as seven digits, read from `8602210` or `860/2210`; ValueError for anything else."""
    number = text.strip().replace("/", "", 1)
    if not re.fullmatch(DFE_NUMBER_PATTERN, number):
        raise ValueError(f"{text!r} is not a DfE number: it has seven digits, such as 860/2210.")
    return number
