"""What runs Plenary elsewhere: the image's steps are done here in a scratch folder, the unit is verified.

No image is built: that needs a daemon and a registry of images.
"""

import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest

from bot.app import SHUTDOWN
from bot.demo.stage import free_port

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy" / "plenary.service"
IGNORED = (ROOT / ".dockerignore").read_text().splitlines()
NOWHERE = {
    "SLACK_BOT_TOKEN": "xoxb-a",
    "SLACK_SIGNING_SECRET": "b",
    "SLACK_API_URL": "http://127.0.0.1:9/",
    "LOG_LEVEL": "INFO",
}  # a Slack that is away


def steps() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile with what follows them."""
    lines = (ROOT / "deploy" / "Dockerfile").read_text().splitlines()
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines if line and line[0] != "#"]


def stages() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Those that build, and those of the image."""
    last = max(number for number, (word, _) in enumerate(steps()) if word == "FROM")
    return steps()[:last], steps()[last:]


def said(stage: list[tuple[str, str]], word: str) -> list[str]:
    return [rest for each, rest in stage if each == word]


def environment(stage: list[tuple[str, str]]) -> dict[str, str]:
    return dict(rest.split("=", 1) for rest in said(stage, "ENV"))


def is_ignored(path: str) -> bool:
    ignored = False
    for line in IGNORED:
        if line and line[0] not in "#!":
            ignored = ignored or fnmatch(path, line)
        elif line.startswith("!"):
            ignored = ignored and path != line[1:]
    return ignored


def test_every_file_that_is_copied_is_there_and_not_ignored() -> None:
    sources = [source for rest in said(stages()[0], "COPY") for source in rest.split()[:-1]]
    assert {"pyproject.toml", "uv.lock", "bot", "storage"} <= set(sources)
    assert [each for each in sources if not (ROOT / each).exists() or is_ignored(each)] == []
    assert is_ignored("tests")
    assert is_ignored("plenary.db")


def test_the_image_runs_as_nobody_special_listens_outwards_and_keeps_what_it_writes_in_its_volume() -> None:
    image = stages()[1]
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", said(image, "USER")[-1])
    assert environment(image)["HOST"] == "0.0.0.0"  # noqa: S104 # within a container
    assert environment(image)["DATABASE_URL"] == f"sqlite:///{said(image, 'VOLUME')[0]}/plenary.db"
    assert environment(image)["PORT"] in said(image, "EXPOSE")


@dataclass(frozen=True)
class Image:
    """What the image would hold, in a folder; who may run it, and where it may write."""

    programs: Path
    data: Path
    user: str | None

    def environ(self, **more: str) -> dict[str, str]:
        """As the image sets it, with its folders moved here."""
        told = environment(stages()[1])
        told["PATH"] = f"{self.programs / 'bin'}:{os.environ['PATH']}"
        told["DATABASE_URL"] = f"sqlite:///{self.data}/plenary.db"
        return {**told, **more}


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    """The steps of the Dockerfile, done here; its programs are read-only for whoever runs them."""
    folder = Path(tempfile.mkdtemp(prefix="plenary-image-"))
    folder.chmod(0o755)
    for rest in said(stages()[0], "COPY"):
        *sources, target = rest.split()
        for source in sources:
            into = folder / "build" / (target if len(sources) == 1 else source)
            into.parent.mkdir(exist_ok=True)
            copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
            copy(ROOT / source, into)
    python, user = interpreter()
    (sync,) = [rest for rest in said(stages()[0], "RUN") if rest.startswith("uv sync")]
    programs = folder / "plenary"
    environ = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(programs), "UV_LINK_MODE": "copy"}
    command = sync.replace("--python python3.11", f"--python {python}").split()
    subprocess.run(command, cwd=folder / "build", env=environ, check=True, capture_output=True)
    shutil.rmtree(folder / "build")  # the image does not have it
    subprocess.run(["chmod", "-R", "a-w,a+rX", programs], check=True)  # noqa: S607 - chmod
    data = folder / "data"
    data.mkdir(mode=0o700)
    if user is not None:
        shutil.chown(data, user)
    yield Image(programs, data, user)
    subprocess.run(["chmod", "-R", "u+w", programs], check=True)  # noqa: S607 - chmod
    shutil.rmtree(folder)


def interpreter() -> tuple[str, str | None]:
    """A Python for the image, and who is to run it: nobody, when this is root and nobody may use one."""
    if os.geteuid() != 0:
        return sys.executable, None
    user = pwd.getpwnam("nobody").pw_name
    for name in (sys.executable, *(f"/usr/bin/python3.{minor}" for minor in range(11, 15))):
        try:
            subprocess.run([name, "--version"], user=user, check=True, capture_output=True, cwd="/")
        except (OSError, subprocess.CalledProcessError):
            continue
        return name, user
    return sys.executable, None


def test_the_image_starts_is_healthy_and_ends_when_told(image: Image) -> None:
    port, other = str(free_port()), str(free_port())
    (health,) = said(stages()[1], "HEALTHCHECK")
    entry, command = (json.loads(said(stages()[1], word)[0]) for word in ("ENTRYPOINT", "CMD"))
    log = image.data / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [*entry, *command],
            env=image.environ(PORT=port, HOST="127.0.0.1", **NOWHERE),  # only loopback in tests
            cwd=image.data,
            user=image.user,
            stderr=file,
        )
    try:
        wait_for(log, "waiting for Slack")
        check = json.loads(health.partition(" CMD ")[2])
        assert healthy(image, check, PORT=port)
        assert not healthy(image, check, PORT=other)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    written = {each.name: each.stat().st_mode & 0o777 for each in image.data.glob("plenary.db*")}
    assert written == dict.fromkeys(written, 0o600)
    assert "plenary.db" in written
    assert {each.name for each in image.data.iterdir()} == {*written, "log"}


def healthy(image: Image, check: list[str], **environ: str) -> bool:
    ended = subprocess.run(
        check, env=image.environ(**environ), cwd="/", user=image.user, capture_output=True, check=False
    )
    return ended.returncode == 0


def wait_for(log: Path, words: str) -> None:
    end = time.monotonic() + 30
    while words not in log.read_text():
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.05)


def unit() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", UNIT.read_text(), re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


def test_the_unit_is_not_root_and_writes_in_its_folder_alone() -> None:
    told = unit()
    assert {name: told[name] for name in ("User", "StateDirectory", "UMask", "Restart", "ProtectSystem")} == {
        "User": ["plenary"],
        "StateDirectory": ["plenary"],
        "UMask": ["0077"],
        "Restart": ["always"],
        "ProtectSystem": ["strict"],
    }
    assert told["NoNewPrivileges"] == ["yes"]
    assert int(told["TimeoutStopSec"][0]) > 2 * SHUTDOWN  # requests are finished, then deliveries
    assert "ReadWritePaths" not in told


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None and "PLENARY_CI" not in os.environ,
    reason="systemd is not on every machine; CI installs it",
)
def test_systemd_reads_the_unit_and_finds_little_exposed(tmp_path: Path) -> None:
    here = tmp_path / "plenary.service"  # with a program that is there
    here.write_text(UNIT.read_text().replace("/opt/plenary/bin/plenary", sys.executable))
    verified = subprocess.run(
        ["systemd-analyze", "verify", here],  # noqa: S607 - systemd's own
        capture_output=True,
        text=True,
        check=False,
    )
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=20", here],  # noqa: S607 - as above
        capture_output=True,
        text=True,
        check=False,
    )
    assert judged.returncode == 0, judged.stdout
