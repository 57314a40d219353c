"""The text of an XML file, whatever its encoding and whatever it says that its encoding is."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from schools.imports.report import FileRefused

LARGEST = 50 * 1024 * 1024
_CHUNK = 16 * 1024
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# What may be declared for text of one byte a character; anything else counts as not declared.
_ONE_BYTE = re.compile(
    r"(?:us-)?ascii|iso-?8859-?\d{1,2}|latin-?[19]|(?:windows-|cp)(?:125\d|850|437)|macintosh"
)
# Both are said of files that Windows wrote, whose curly apostrophes Latin-1 does not have.
_SAID_FOR_WINDOWS = ("iso8859-1", "ascii")
_DECLARATION = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_UTF8, _WINDOWS, _LATIN1 = "utf-8", "cp1252", "iso8859-1"
_NAMES = {
    _UTF8: "UTF-8",
    _WINDOWS: "Windows-1252 (Western European)",
    _LATIN1: "ISO-8859-1 (Western European)",
}


@dataclass(frozen=True)
class Text:
    """A file's text by its encoding; `warning` says in words where the file says another."""

    path: Path
    encoding: str
    warning: str = ""

    def chunks(self) -> Iterator[str]:
        """The text in pieces, without the white space that nothing may begin with. FileRefused where it is damaged."""
        begun = False
        try:
            with self.path.open(encoding=self.encoding, newline="") as file:
                while chunk := file.read(_CHUNK):
                    chunk = chunk if begun else chunk.lstrip("\ufeff \t\r\n\x00")
                    begun = begun or bool(chunk)
                    yield chunk
        except (UnicodeError, OSError) as error:
            raise FileRefused(
                "The file is damaged: it cannot be read as text. Ask whoever made it for another copy."
            ) from error


def is_xml(path: Path) -> bool:
    """Whether the file is XML by its first characters, in any encoding; what cannot be read, or is a web page, is not."""
    try:
        with path.open("rb") as file:
            start = file.read(1024)
    except (OSError, ValueError):
        return False
    start = start.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    return start.startswith(b"<") and not start.startswith(
        (b"<html", b"<!doctype html", b"<table", b"<meta", b"<head")
    )


def open_text(path: Path) -> Text:
    """The file's text. FileRefused for one that is too large, or in no encoding."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(1024)
    except (OSError, ValueError) as error:
        raise FileRefused(f"The file {path} cannot be read.") from error
    if size > LARGEST:
        raise FileRefused("The file is larger than 50 MB. Have it made for fewer pupils at a time.")
    declared = _declared(start)
    for mark, encoding in _MARKS.items():
        if start.startswith(mark):
            return Text(path, encoding, _differs(declared, encoding))
    # Text of two bytes a character without its mark: every other byte of a `<` is nought.
    if len(start) > 1 and 0 in start[:2]:
        encoding = "utf-16-be" if start[0] == 0 else "utf-16-le"
        return Text(path, encoding, _differs(declared, encoding))
    return _of_single_bytes(path, declared)


def _declared(start: bytes) -> str:
    """The encoding that the file declares, as codecs call it; empty for none, the name as it stands for one that nobody knows."""
    found = _DECLARATION.search(start.replace(b"\x00", b""))
    name = found[1].decode("ascii").lower() if found else ""
    try:
        return codecs.lookup(name).name if name else ""
    except LookupError:
        return name


def _differs(declared: str, encoding: str) -> str:
    """A warning where the declaration names another family than the mark at the beginning of the text."""
    family = "-".join(encoding.split("-")[:2])
    if not declared or declared.startswith(family) or family == "utf-32":
        return ""
    return _warning(declared, family)


def _warning(declared: str, encoding: str) -> str:
    read_as = _NAMES.get(encoding, encoding.upper())
    said = f"says that its text is {_NAMES.get(declared, declared.upper())}, but it is not"
    if not declared:
        said = "does not say how its text is encoded, and it is not UTF-8"
    return f"The file {said}. It was read as {read_as}: look at names with accents."


def _of_single_bytes(path: Path, declared: str) -> Text:
    is_plain, is_utf8 = _what_it_holds(path)
    if is_plain:
        return Text(path, _UTF8)
    if is_utf8:
        # Accents that happen to be whole UTF-8 were meant so, whatever the declaration says.
        return Text(path, _UTF8, _warning(declared, _UTF8) if declared not in {"", _UTF8} else "")
    if _ONE_BYTE.fullmatch(declared) and declared not in _SAID_FOR_WINDOWS and _decodes(path, declared):
        return Text(path, declared)
    encoding = _WINDOWS if _decodes(path, _WINDOWS) else _LATIN1
    return Text(path, encoding, "" if declared == _LATIN1 else _warning(declared, encoding))


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            yield piece


def _what_it_holds(path: Path) -> tuple[bool, bool]:
    """Whether the file is plain ASCII, and whether it is UTF-8."""
    is_plain = all(piece.isascii() for piece in _pieces(path))
    return is_plain, is_plain or _decodes(path, _UTF8)


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    try:
        for piece in _pieces(path):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True
