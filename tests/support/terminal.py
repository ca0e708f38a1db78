"""A terminal of one's own: a command that asks is answered there, line by line."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_PROMPTS = ("? ", ": ")


def at_a_terminal(
    command: Sequence[str], answers: Sequence[str], *, cwd: Path, env: Mapping[str, str]
) -> tuple[int, str]:
    """Run a command, answer each of its questions in turn; its code, and all that stood on the screen."""
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        command, cwd=cwd, env={**env, "TERM": "dumb"}, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    seen, waiting = "", list(answers)
    try:
        while part := _read(ours):
            seen += part
            if waiting and seen.endswith(_PROMPTS):
                os.write(ours, f"{waiting.pop(0)}\n".encode())
        assert waiting == [], f"nobody asked for {waiting}:\n{seen}"
        return process.wait(30), seen.replace("\r\n", "\n")
    finally:
        process.kill()
        os.close(ours)


def _read(screen: int) -> str:
    """What comes next; nothing when the command has ended."""
    try:
        return os.read(screen, 65536).decode(errors="replace")
    except OSError:  # so a terminal says on Linux that nobody is there any more
        return ""
