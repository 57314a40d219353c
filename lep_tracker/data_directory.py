"""The folder outside the checkout that holds what a site on one machine keeps: its database, its key, its mail."""

from __future__ import annotations

import errno
import hashlib
import os
import pwd
import re
import shutil
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
SPACE_NEEDED = 300 * 2**20


class EmbeddedPostgresError(Exception):
    """One plain sentence for the person at the keyboard."""


def data_directory() -> Path:
    """Where this checkout keeps its files: `LEP_DATA_DIR`, or a folder named after the checkout."""
    if chosen := os.environ.get("LEP_DATA_DIR"):
        return CHECKOUT / Path(chosen).expanduser()
    path_hash = hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:8]
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", CHECKOUT.name) + "-" + path_hash
    if os.geteuid() == 0:
        return Path("/var/lib/lep-tracker") / name
    share = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(share) / "lep-tracker" / name


def create_directory(directory: Path) -> None:
    """Make the folder of `data_directory()`, private; as root, others (the server's user) may pass through it."""
    try:
        if not directory.is_dir():
            directory.parent.mkdir(parents=True, exist_ok=True)
            directory.mkdir(exist_ok=True)
            directory.chmod(0o711 if os.geteuid() == 0 else 0o700)
        owner = directory.stat().st_uid
    except OSError as error:
        raise EmbeddedPostgresError(plain_sentence(error, directory)) from error
    if owner != os.geteuid():
        raise EmbeddedPostgresError(
            f"The folder {directory} belongs to another user ({user_name(owner)}): "
            "run this as that user, or set LEP_DATA_DIR to another folder."
        )


def space_problem(folder: Path, *, free: int, needed: int = SPACE_NEEDED) -> str | None:
    """The sentence that says that a folder has fewer bytes free than needed, or None."""
    if free >= needed:
        return None
    return (
        f"There is not enough space for the database in {folder}: {free // 2**20} MB are free, "
        f"{needed // 2**20} MB are needed. Make room, or set LEP_DATA_DIR to a folder on another disk."
    )


def check_space(folder: Path) -> None:
    """Raise EmbeddedPostgresError where the disk of the folder has not enough room to make a database."""
    if problem := space_problem(folder, free=shutil.disk_usage(folder).free):
        raise EmbeddedPostgresError(problem)


def plain_sentence(error: OSError, folder: Path) -> str:
    if error.errno == errno.ENOSPC:
        return (
            f"There is no space left in {folder}. Make room, or set LEP_DATA_DIR to a folder on another disk."
        )
    return (
        f"The folder {error.filename or folder} cannot be used for the database ({error.strerror}): "
        "allow it, or set LEP_DATA_DIR to another folder."
    )


def user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
