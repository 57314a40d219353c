"""What makes a long password common: parts that many people use."""

from __future__ import annotations

from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError


class CommonPartsValidator:
    """Refuses a password that is one or two of the 20,000 most common, with any digits and signs around.

    Of the common ones few are long enough to be tried here at all; what people make of them to reach the length ("password" and a year, the
    same twice) is among the first that is guessed. Nothing leaves the machine. ASVS 5.0, 6.2.4 and 6.2.12.
    """

    @cached_property
    def _common(self) -> set[str]:
        known: set[str] = CommonPasswordValidator().passwords
        return known

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raise ValidationError for such a password."""
        small = password.lower()
        forms = {small, small.strip("".join(filter(lambda sign: not sign.isalpha(), set(small))))}
        if any(self._is_common(form) or self._is_two(form) for form in forms):
            raise ValidationError(
                "That is made of passwords that many people use. Three or four words that do not belong together do well.",
                code="password_common_parts",
            )

    def get_help_text(self) -> str:
        return "Your password is not made of passwords that many people use."

    def _is_common(self, text: str) -> bool:
        return text in self._common or (len(text) <= 8 and not any(sign.isalpha() for sign in text))

    def _is_two(self, text: str) -> bool:
        cuts = range(1, len(text))
        return any(self._is_common(text[:cut]) and self._is_common(text[cut:]) for cut in cuts)
