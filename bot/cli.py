"""Commands; they print, nothing else."""

import asyncio
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot import operations
from bot.app import run as run_bot
from bot.config import Settings, database_url
from bot.demo.days import Break
from bot.demo.perform import perform
from bot.demo.show import show
from bot.demo.stage import Database, Transport
from bot.errors import EventRefused, MendableError, StorageUnavailable
from bot.manifest import manifest as manifest_text
from bot.programme.files import LIBRARY
from bot.watch import configure_logs
from storage import upgrade

main = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Session reports, collected in Slack.",
)
event_commands = typer.Typer(no_args_is_help=True, help="The event: sessions, rapporteurs, people, channel.")
db_commands = typer.Typer(no_args_is_help=True, help="The database.")
main.add_typer(event_commands, name="event")
main.add_typer(db_commands, name="db")


@main.command()
def run() -> None:
    """Run the bot (settings from the environment; docs/operations.md lists them)."""
    settings = Settings.load(os.environ)
    configure_logs(settings.log_level, settings.log_format)
    asyncio.run(run_bot(settings))


@main.command()
def manifest(
    url: Annotated[str | None, typer.Option(help="Public address for the HTTP variant: https://…")] = None,
) -> None:
    """Print the Slack app manifest, to paste into Slack when creating the app."""
    typer.echo(manifest_text(url), nl=False)


@main.command()
def demo(
    play: Annotated[bool, typer.Option("--play", help="Play a day unattended and check it")] = False,
    short: Annotated[bool, typer.Option("--short", help="With --play: a short day")] = False,
    broken: Annotated[Break | None, typer.Option("--break", help="With --play: plant this fault")] = None,
    transport: Annotated[Transport, typer.Option(help="How Slack reaches the bot")] = Transport.SOCKET,
    database: Annotated[Database, typer.Option(help="Where the bot stores")] = Database.SQLITE,
    keep: Annotated[Path | None, typer.Option(help="Keep the state in this folder")] = None,
    port: Annotated[int, typer.Option(help="The page's port; 0: any")] = 0,
) -> None:
    """Try Plenary against a local Slack: one page, people to be, a clock to move. Needs no settings."""
    if play or short or broken:
        day = perform(transport=transport, database_kind=database, short=short, broken=broken)
        raise typer.Exit(asyncio.run(day))
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        keep = keep.resolve()
    asyncio.run(show(transport=transport, database_kind=database, keep=keep, port=port))


@event_commands.command("show")
def event_show(name: Annotated[str, typer.Argument(help="A shipped event: marrakesh-2018")]) -> None:
    """Print a shipped event file, to redirect into a file of yours and fill in."""
    path = LIBRARY / "events" / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(each.stem for each in path.parent.glob("*.yaml")))
        raise EventRefused([f"there is no shipped event {name!r}; there is: {known}."])
    typer.echo(path.read_text(encoding="utf-8"), nl=False)


@event_commands.command("apply")
def event_apply(
    file: Annotated[Path, typer.Argument(help="An event file")],
    closing: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Move the closing session to this day")
    ] = None,
) -> None:
    """Store an event file for the workspace of SLACK_BOT_TOKEN, and plan its reminders."""
    settings = Settings.load(os.environ, needs_a_way_in=False)
    configure_logs("WARNING")
    day = None if closing is None else closing.date()
    for line in asyncio.run(operations.apply_event(settings, file, day)):
        typer.echo(line)


@db_commands.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to this version's schema; `run` does so by itself."""
    upgrade(database_url(os.environ))
    typer.echo("The database is up to date.")


@db_commands.command("current")
def db_current() -> None:
    """Print the database's schema version and this program's."""
    for line in operations.database_versions(database_url(os.environ)):
        typer.echo(line)


@main.command()
def outbox() -> None:
    """List what waits, what was given up and why, and digest messages that were deleted by hand."""
    for line in asyncio.run(operations.outbox_lines(database_url(os.environ))):
        typer.echo(line)


def command() -> None:
    """The `plenary` command: faults that somebody can mend are sentences, exit 2."""
    try:
        main()
    except MendableError as error:
        for line in str(error).splitlines():
            print(line, file=sys.stderr)
        raise SystemExit(2) from None
    except StorageUnavailable:
        print("The database cannot be reached; is DATABASE_URL right, and does it run?", file=sys.stderr)
        raise SystemExit(2) from None
