"""What people typed is readable for the owner of the files alone, whatever the umask."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import back_up, open_storage, presence, restore, upgrade


@pytest.fixture(autouse=True)
def open_to_all() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def rights(folder: Path) -> dict[str, int]:
    return {each.name: each.stat().st_mode & 0o777 for each in folder.iterdir()}


async def test_a_bots_files_are_its_owners_alone(sqlite_url: str, tmp_path: Path) -> None:
    with presence(sqlite_url):
        storage = open_storage(sqlite_url, lambda: None)
        await storage.write(lambda tx: tx.operators.listing())
        names = {f"plenary.db{suffix}" for suffix in ("", "-wal", "-shm", "-bot")}
        assert rights(tmp_path) == dict.fromkeys(names, 0o600)
        await storage.close()


def test_a_file_that_others_could_read_is_closed_to_them(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "plenary.db").touch(0o644)
    upgrade(sqlite_url)
    assert rights(tmp_path) == {"plenary.db": 0o600}


def test_a_restored_file_is_its_owners_alone(sqlite_url: str, tmp_path: Path) -> None:
    upgrade(sqlite_url)
    back_up(sqlite_url, tmp_path / "backup")
    (tmp_path / "other").mkdir()
    restore(f"sqlite:///{tmp_path}/other/plenary.db", tmp_path / "backup", confirmed=False)
    assert rights(tmp_path / "other") == {"plenary.db": 0o600, "plenary.db-bot": 0o600}
