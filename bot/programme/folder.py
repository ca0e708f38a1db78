"""The files that an organiser gives, by name: on a disk, or in memory as they were dropped into a DM."""

import codecs
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from charset_normalizer import from_bytes

LARGEST_TEXT = 1_000_000  # bytes of a YAML file; the largest event file seen in the planning had 60,000
LARGEST_TABLE = 5_000_000  # bytes of a table
TABLES = (".xlsx", ".csv")


class Unreadable(Exception):
    """A file cannot be read; the text says why and what to do, as the rest of a sentence."""


class Folder(Protocol):
    """Files beside each other. A name is a plain one: it leads nowhere else."""

    def label(self, name: str) -> str:
        """The name of a file as faults say it."""

    def names(self) -> tuple[str, ...]:
        """The files that are there."""

    def content(self, name: str, most: int) -> bytes:
        """A file's bytes; Unreadable when it is absent, no file, or larger than `most`."""


@dataclass(frozen=True, slots=True)
class OnDisk:
    """A folder of this machine."""

    path: Path

    def label(self, name: str) -> str:
        """The path as it was given."""
        return str(self.path / name)

    def names(self) -> tuple[str, ...]:
        """In the order of the alphabet; none when the folder cannot be listed."""
        try:
            return tuple(sorted(each.name for each in self.path.iterdir()))
        except OSError:
            return ()

    def content(self, name: str, most: int) -> bytes:
        """Reads one byte more than `most` at the very most, whatever the file is."""
        file = self.path / plain(name)
        try:
            if stat.S_ISDIR(file.stat().st_mode):
                raise Unreadable("is a folder; give the file in it")
            if not stat.S_ISREG(file.stat().st_mode):
                raise Unreadable("is no file")
            with file.open("rb") as opened:
                return _bounded(opened.read(most + 1), most)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "unknown reason"
            raise Unreadable(f"cannot be read ({reason})") from None


@dataclass(frozen=True, slots=True)
class InMemory:
    """Files that came by a message."""

    files: Mapping[str, bytes]

    def label(self, name: str) -> str:
        """The name alone."""
        return name

    def names(self) -> tuple[str, ...]:
        """In the order they came."""
        return tuple(self.files)

    def content(self, name: str, most: int) -> bytes:
        """As it came."""
        if name not in self.files:
            raise Unreadable("is not here; send it together with the file that names it")
        return _bounded(self.files[name], most)


def plain(name: str) -> str:
    """The name, if it is that of a file in this very folder."""
    if name in ("", ".", "..") or set(name) & set("/\\\0"):
        raise Unreadable("is not the name of a file beside this one")
    return name


def _bounded(content: bytes, most: int) -> bytes:
    if len(content) > most:
        raise Unreadable(f"is larger than {most:,} bytes; is it the right file")
    return content


def text_of(content: bytes) -> str:
    """UTF-8, or UTF-16 that says so; Unreadable otherwise."""
    try:
        return content.decode(_marked(content) or "utf-8")
    except UnicodeDecodeError:
        raise Unreadable("is not UTF-8 text; save it as UTF-8") from None


def guessed_text(content: bytes) -> tuple[str, str]:
    """Any text, and the encoding when it had to be guessed, as for tables that spreadsheets save."""
    try:
        return text_of(content), ""
    except Unreadable:
        best = from_bytes(content, cp_isolation=["cp1252", "cp1250", "cp1251", "cp1256", "mac_roman"]).best()
        if best is None:
            raise Unreadable("is not text; save it as CSV in UTF-8") from None
        return str(best), best.encoding


def _marked(content: bytes) -> str | None:
    """What a byte order mark says."""
    if content.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return None
