from __future__ import annotations

import pytest

from schools.identifiers import is_temporary_upn, read_dfe_number, read_upn, read_urn


@pytest.mark.parametrize(
    "upn",
    ["B801200005001", "R674123101121", "N823201517112", "W91021022400A", "J30120482600K", "P207000016049"],
)
def test_a_upn_with_the_right_letter_is_read(upn: str) -> None:
    assert read_upn(upn) == upn


def test_spaces_and_small_letters_in_a_upn_are_forgiven() -> None:
    assert read_upn(" b801 2000 05001 ") == "B801200005001"


@pytest.mark.parametrize(
    ("upn", "letter"), [("A801200005001", "B"), ("A123456789001", "Y"), ("Q207000016049", "P")]
)
def test_a_wrong_check_letter_is_refused_with_the_right_one(upn: str, letter: str) -> None:
    with pytest.raises(ValueError, match=f"its first letter should be {letter}"):
        read_upn(upn)


@pytest.mark.parametrize(
    "upn",
    [
        "",
        "B80120000500",
        "B8012000050011",
        "I801200005001",
        "1801200005001",
        "B80120000500S",
        "B80120000A001",
    ],
)
def test_what_has_not_the_form_of_a_upn_is_refused(upn: str) -> None:
    with pytest.raises(ValueError, match="is not a UPN"):
        read_upn(upn)


def test_every_wrong_digit_and_every_swap_in_a_upn_is_noticed() -> None:
    right = "B801200005001"
    wrong = {right[:i] + digit + right[i + 1 :] for i in range(1, 13) for digit in "0123456789"}
    wrong |= {right[:i] + right[i + 1] + right[i] + right[i + 2 :] for i in range(1, 12)}
    for upn in wrong - {right}:
        with pytest.raises(ValueError, match="first letter should be"):
            read_upn(upn)


def test_a_upn_that_ends_in_a_letter_is_temporary() -> None:
    assert is_temporary_upn("W91021022400A")
    assert not is_temporary_upn("B801200005001")


def test_a_dfe_number_is_read_with_and_without_its_stroke() -> None:
    assert read_dfe_number("860/2210") == read_dfe_number(" 8602210 ") == "8602210"


@pytest.mark.parametrize("number", ["", "860221", "860/22100", "86O2210", "8/60/2210"])
def test_what_is_no_dfe_number_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match="seven digits"):
        read_dfe_number(number)


def test_a_urn_has_six_digits() -> None:
    assert read_urn(" 124087 ") == "124087"
    for urn in ["12408", "1240877", "012408", "12408x"]:
        with pytest.raises(ValueError, match="six digits"):
            read_urn(urn)
