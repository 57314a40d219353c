"""Where a command's file goes: to a path, or to standard output as it is."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from django.core.management.base import CommandError


def write_out(stdout: Any, content: bytes, path: Path | None) -> None:
    """Write the bytes to the path; without one to standard output. CommandError where it cannot be written, or is a workbook for a terminal."""
    if path is None:
        try:
            _print(stdout, content)
            stdout.flush()
        except BrokenPipeError:
            # Whoever reads has had enough; else Python would complain about it at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error


def _print(output: Any, content: bytes) -> None:
    """To standard output as it is: a workbook is no text."""
    is_binary = hasattr(output, "buffer") and not output.isatty()
    try:
        text = content.decode()
    except UnicodeDecodeError:
        if not is_binary:
            raise CommandError("A workbook is not for a terminal: name an --output.", returncode=2) from None
        output.buffer.write(content)
    else:
        output.write(text, ending="")


@contextmanager
def written_whole(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that is there under its name only when the block has ended well, for its owner alone. Raises OSError."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
    except BaseException:
        with suppress(FileNotFoundError):
            partial.unlink()
        raise
