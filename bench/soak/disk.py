"""A small disk of its own for the database, so that it can truly be filled: a tmpfs, where this user may."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_SIZE = "64m"


@dataclass(frozen=True, slots=True)
class Disk:
    """A small file system."""

    folder: Path

    def fill(self) -> None:
        """Write until the kernel says that it is full."""
        with self._filler.open("wb", buffering=0) as file:
            for size in (65536, 1):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError:
                    continue

    def free(self) -> None:
        """Make room again."""
        self._filler.unlink(missing_ok=True)

    @property
    def _filler(self) -> Path:
        return self.folder / "filler"


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk | None]:
    """A file system of 64 MB below the folder; None where none can be mounted (this takes root)."""
    place = folder / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", str(place)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        yield None
        return
    try:
        yield Disk(place)
    finally:
        subprocess.run(["umount", str(place)], check=True, capture_output=True)  # noqa: S607 - the system's
