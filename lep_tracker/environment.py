"""What an environment variable says, or one sentence on what is wrong with it: for settings.py."""

from __future__ import annotations

import os
import secrets
from typing import Any
from urllib.parse import urlsplit

import psycopg.conninfo
from django.core.exceptions import ImproperlyConfigured

from lep_tracker.data_directory import create_directory, data_directory


def environment_flag(name: str) -> bool:
    """Whether the variable says yes; raises ImproperlyConfigured for anything but 1, 0 or nothing."""
    value = os.environ.get(name, "")
    if value not in {"", "0", "1"}:
        raise ImproperlyConfigured(f"{name} is {value!r}: write 1 for yes, 0 for no.")
    return value == "1"


def environment_number(name: str, default: int) -> int:
    """The variable as a whole number from 0 up; raises ImproperlyConfigured for anything else."""
    value = os.environ.get(name, "") or str(default)
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} is {value!r}: write a whole number.")
    return int(value)


def site_address(text: str) -> str:
    """The site's address as browsers name it: in small letters, without the usual port or a stroke at its end.

    Every request is held against it. Raises ImproperlyConfigured for what is not scheme, host and perhaps port.
    """
    try:
        parts = urlsplit(text)
        usual = {"http": 80, "https": 443}[parts.scheme]
        port = f":{parts.port}" if parts.port not in {None, usual} else ""
    except (KeyError, ValueError) as error:
        raise ImproperlyConfigured(f"LEP_SITE_ADDRESS is {text!r}: write https://host.example.") from error
    if not parts.hostname or parts.username or parts.path.strip("/") or parts.query or parts.fragment:
        raise ImproperlyConfigured(f"LEP_SITE_ADDRESS is {text!r}: write https://host.example.")
    return f"{parts.scheme}://{parts.hostname}{port}"


def database_from_url(name: str) -> dict[str, Any]:
    """Django's database entry for a PostgreSQL address, `postgresql://user:password@host:port/name`."""
    try:
        parts = psycopg.conninfo.conninfo_to_dict(os.environ[name])
    except psycopg.ProgrammingError as error:
        # The driver's message may quote the address, password included: it is not repeated.
        raise ImproperlyConfigured(
            f"{name} is not a PostgreSQL address: write postgresql://user:password@host:port/database."
        ) from error
    if not parts.get("dbname"):
        raise ImproperlyConfigured(f"{name} names no database: end it with /database.")
    return {
        "NAME": parts.pop("dbname"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        "OPTIONS": parts,
    }


def kept_secret_key() -> str:
    """The signing key of an installation that was given none: made once, kept in a file only its owner reads."""
    path = data_directory() / "secret_key"
    if not path.exists():
        create_directory(path.parent)
        draft = path.with_name(f"secret_key.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64), encoding="ascii")
        try:
            # A link, unlike a rename, leaves the key of a process that was faster.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii")
