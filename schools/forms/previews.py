"""What somebody was shown before they save, so that they save that and nothing else."""

from __future__ import annotations

from django.utils.crypto import constant_time_compare, salted_hmac


def seal(shown: object) -> str:
    """A short text that stands for what was shown; of values whose `repr` says all of them. It tells nothing of what it stands for."""
    return salted_hmac("shown before saving", repr(shown), algorithm="sha256").hexdigest()[:32]


def was_shown(sealed: str | None, shown: object) -> bool:
    """Whether the text is the seal of just this: else what was shown holds no more, and is shown anew before anything is saved."""
    return constant_time_compare(sealed or "", seal(shown))
