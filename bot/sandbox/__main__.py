"""python -m bot.sandbox: the local Slack, until SIGTERM."""

import argparse
import asyncio
import json
import signal
from pathlib import Path

from ruamel.yaml import YAML

from bot.programme.files import manifest_path
from bot.sandbox.demo_clock import DemoClock
from bot.sandbox.server import make_server, serving
from bot.sandbox.state import State


def main() -> None:
    """Read the options and serve."""
    options = argparse.ArgumentParser(prog="python -m bot.sandbox", description="A local Slack.")
    options.add_argument("--workspace-file", type=Path, required=True)
    options.add_argument("--state", type=Path, help="kept here between runs")
    options.add_argument("--clock", type=Path, required=True)
    options.add_argument("--manifest", type=Path, default=manifest_path())
    options.add_argument("--events-url", help="signed HTTP; without it Socket Mode")
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--retry-scale", type=float, default=1.0)
    options.add_argument("--zone", default="UTC")
    asyncio.run(_serve(options.parse_args()))


async def _serve(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    clock = DemoClock(options.clock)
    state = State(json.loads(options.workspace_file.read_text()), clock.now, options.state)
    server = make_server(
        state=state,
        clock=clock,
        manifest=YAML(typ="safe", pure=True).load(options.manifest),
        events_url=options.events_url,
        retry_scale=options.retry_scale,
        zone=options.zone,
    )
    async with serving(server, options.port) as address:
        print(f"sandbox {address} (Slack's retry times x {options.retry_scale})", flush=True)
        await stop.wait()


if __name__ == "__main__":
    main()
