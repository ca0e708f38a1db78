"""The files of a SQLite database are their owner's alone: they hold all that people typed."""

import os
from pathlib import Path

_BESIDE = ("", "-wal", "-shm", "-journal")


def keep_private(database: Path) -> None:
    """Make the file if it is not there, and let nobody but its owner read it or what lies beside it.

    SQLite gives what it makes beside a database the rights of the database. Files of another owner are left.
    """
    os.close(os.open(database, os.O_RDWR | os.O_CREAT, 0o600))
    for path in (Path(f"{database}{suffix}") for suffix in _BESIDE):
        if path.exists() and path.stat().st_uid == os.geteuid() and path.stat().st_mode & 0o077:
            path.chmod(0o600)
