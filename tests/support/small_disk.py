"""A disk of a few megabytes: a tmpfs in a mount namespace of this process alone, gone with it."""

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_CLONE_NEWNS = 0x20000  # <linux/sched.h>; os.unshare comes with Python 3.12
_BLOCK = 4096


class SmallDisk:
    """A folder whose file system can be filled to the last byte, and freed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Leave no block free."""
        with self._ballast.open("ab", buffering=0) as file:
            try:
                while file.write(bytes(_BLOCK)):
                    pass
            except OSError:
                return

    def free(self) -> None:
        """Give back what was filled."""
        self._ballast.unlink()


def only_root(deed: str) -> None:
    """Who runs the tests as somebody else misses the test; CI must not, so there it goes on and fails."""
    if os.geteuid() != 0 and "PLENARY_CI" not in os.environ:
        pytest.skip(f"only root can {deed}; run the tests as root, in a container perhaps")


@contextmanager
def small_disk(folder: Path, megabytes: int = 4) -> Iterator[SmallDisk]:
    """A disk mounted at a new folder; processes started meanwhile see it too."""
    only_root("mount a small disk")
    folder.mkdir()
    # This thread and what it starts see mounts of their own from now on: nothing is left behind by a kill.
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNS) != 0:
        raise OSError(ctypes.get_errno(), "no mount namespace of its own: the test needs CAP_SYS_ADMIN")
    for words in (
        ["/bin/mount", "--make-rprivate", "/"],
        ["/bin/mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "plenary-test", str(folder)],
    ):
        subprocess.run(words, check=True)
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["/bin/umount", "--lazy", str(folder)], check=True)
