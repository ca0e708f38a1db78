"""Commands; they print, nothing else."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import reset_tzpath

import typer

from bot import doctor as doctors
from bot import operations
from bot.app import run as run_bot
from bot.config import Settings, database_url
from bot.demo.breaks import Break
from bot.demo.perform import perform
from bot.demo.show import scene_of, show
from bot.demo.stage import Database, Transport
from bot.domain.change_words import NOTHING
from bot.errors import EventRefused, MendableError, StorageUnavailable
from bot.manifest import manifest as manifest_text
from bot.programme.check import check_files
from bot.programme.files import LIBRARY
from bot.programme.new import QUESTIONS, zone_asked
from bot.programme.places import zones_of
from bot.programme.schemas import Schema, schema_text
from bot.programme.templates import shipped_text
from bot.watch import configure_logs
from storage import back_up, upgrade

main = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Session reports, collected in Slack.",
    epilog="docs/your-own-event.md: your event in ten minutes. docs/first-install.md: your own Slack.",
)
event_commands = typer.Typer(no_args_is_help=True, help="The event: sessions, rapporteurs, people, channel.")
template_commands = typer.Typer(no_args_is_help=True, help="The forms that sessions report with.")
db_commands = typer.Typer(no_args_is_help=True, help="The database.")
main.add_typer(event_commands, name="event")
main.add_typer(template_commands, name="template")
outbox_commands = typer.Typer(invoke_without_command=True, help="What waits to go out, and what did not.")
main.add_typer(db_commands, name="db")
main.add_typer(outbox_commands, name="outbox")


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
def doctor(
    dm: Annotated[str | None, typer.Option(help="Send one message to this member id")] = None,
    url: Annotated[str | None, typer.Option(help="Signed HTTP: the public address to try, https://…")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
) -> None:
    """Look at settings, Slack, clock, database, event and people; 0 only if a report could be made today."""
    configure_logs("ERROR")
    results = asyncio.run(doctors.examine(os.environ, dm=dm, url=url))
    for line in [doctors.as_json(results)] if as_json else doctors.lines(results):
        typer.echo(line)
    raise typer.Exit(0 if doctors.could_report(results) else 1)


@main.command()
def demo(
    play: Annotated[bool, typer.Option("--play", help="Play the event unattended and check it")] = False,
    short: Annotated[bool, typer.Option("--short", help="With --play: a short day")] = False,
    broken: Annotated[Break | None, typer.Option("--break", help="With --play: plant this fault")] = None,
    transport: Annotated[Transport, typer.Option(help="How Slack reaches the bot")] = Transport.SOCKET,
    database: Annotated[Database, typer.Option(help="Where the bot stores")] = Database.SQLITE,
    keep: Annotated[Path | None, typer.Option(help="Keep the state in this folder")] = None,
    port: Annotated[int, typer.Option(help="The page's port; 0: any")] = 0,
    event: Annotated[Path | None, typer.Option(help="Your own event file, with the people it names")] = None,
    empty: Annotated[
        bool, typer.Option("--empty", help="A workspace where nothing is organised yet")
    ] = False,
) -> None:
    """Try Plenary against a local Slack: one page, people to be, a clock to move. Needs no settings."""
    if sum((play or short or broken is not None, event is not None, empty)) > 1:
        raise typer.BadParameter("--play, --event and --empty exclude each other")
    if play or short or broken:
        day = perform(transport=transport, database_kind=database, short=short, broken=broken)
        raise typer.Exit(asyncio.run(day))
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        keep = keep.resolve()
    scene = scene_of(event, is_empty=empty)
    asyncio.run(show(scene, transport=transport, database_kind=database, keep=keep, port=port))


class Table(StrEnum):
    """How a table is written."""

    CSV = "csv"
    XLSX = "xlsx"


Closing = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Move the closing session to this day")
]


@main.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Event and template files")], closing: Closing = None
) -> None:
    """Say everything that is wrong in these files, by line or cell; changes nothing, needs no settings."""
    verdicts = check_files(files, None if closing is None else closing.date())
    for line in (line for each in verdicts for line in each.lines):
        typer.echo(line)
    raise typer.Exit(2 if any(each.is_refused for each in verdicts) else 0)


@main.command()
def schema(file: Annotated[Schema, typer.Argument(help="Which file's")]) -> None:
    """Print the JSON Schema of a file; saved beside it, editors complete and underline."""
    typer.echo(schema_text(file.value), nl=False)


@template_commands.command("show")
def template_show(name: Annotated[str, typer.Argument(help="A form: takeaways")]) -> None:
    """Print a form that ships, to redirect into a file of yours; give it a key of its own."""
    typer.echo(shipped_text(name), nl=False)


@event_commands.command("show")
def event_show(name: Annotated[str, typer.Argument(help="A shipped event: marrakesh-2018")]) -> None:
    """Print a shipped event file, to redirect into a file of yours and fill in."""
    path = LIBRARY / "events" / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(each.stem for each in path.parent.glob("*.yaml")))
        raise EventRefused([f"there is no shipped event {name!r}; there is: {known}."])
    typer.echo(path.read_text(encoding="utf-8"), nl=False)


@event_commands.command("new")
def event_new(
    file: Annotated[Path | None, typer.Argument(help="Where to write; else the event's key")] = None,
    name: Annotated[str | None, typer.Option(help="What the event is called")] = None,
    place: Annotated[str | None, typer.Option(help="City and country: Marrakesh, Morocco")] = None,
    zone: Annotated[str | None, typer.Option(help="Its time zone, if the place does not tell it")] = None,
    first: Annotated[str | None, typer.Option(help="The first day: 2027-03-04")] = None,
    closing: Annotated[str | None, typer.Option(help="The closing session: 2027-03-05 15:30")] = None,
    sessions: Annotated[str | None, typer.Option(help="How many sessions are reported")] = None,
    channel: Annotated[str | None, typer.Option(help="The digest's channel: C0123456789")] = None,
    table: Annotated[Table, typer.Option(help="The table of sessions")] = Table.XLSX,
) -> None:
    """Write an event file and a table of its sessions, from six questions or options."""
    given = {
        "name": name, "place": place, "zone": zone, "first": first, "closing": closing,
        "sessions": sessions, "channel": channel,
    }  # fmt: skip
    answers = {key: value for key, value in given.items() if value is not None}
    if sys.stdin.isatty():
        answers = _answers(answers)
    for line in operations.write_event(answers, file, table.value):
        typer.echo(line)


def _answers(given: dict[str, str]) -> dict[str, str]:
    """All of them: what is not given yet is asked until it can be used, the zone right after the place."""
    found = dict(given)
    for each in QUESTIONS:
        if each.key not in found:
            found[each.key] = _answer(each.text, each.wrong)
        if each.key == "place" and "zone" not in found and (unknown := _unknown_zone(found["place"])):
            typer.echo(_capitalised(unknown))
            found["zone"] = _answer("Which time zone?", _unknown_zone)
    return found


def _unknown_zone(text: str) -> str | None:
    return None if len(zones_of(text)) == 1 else zone_asked(text)


def _answer(text: str, wrong: Callable[[str], str | None]) -> str:
    while True:
        answer = str(typer.prompt(text, default="", show_default=False, prompt_suffix=" ")).strip()
        said = wrong(answer)
        if said is None:
            return answer
        typer.echo(_capitalised(said))


def _capitalised(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


@event_commands.command("apply")
def event_apply(
    file: Annotated[Path, typer.Argument(help="An event file")],
    closing: Closing = None,
    remove: Annotated[
        list[str] | None, typer.Option(help="A session that is no longer in the file, such as 2.2")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Apply without asking")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change")] = False,
) -> None:
    """Show what an event file changes for the workspace of SLACK_BOT_TOKEN, ask, and apply it."""
    settings = Settings.load(os.environ, needs_a_way_in=False)
    configure_logs("WARNING")
    _say(
        operations.apply_event(
            settings,
            file,
            None if closing is None else closing.date(),
            asked=_at_the_terminal(yes=yes),
            removed=remove or (),
            dry_run=dry_run,
        )
    )


def _at_the_terminal(*, yes: bool) -> operations.Answers:
    """Questions for who sits at a terminal; elsewhere what is shown is applied, and nothing is removed."""
    is_there = sys.stdin.isatty() and not yes

    def agrees(lines: Sequence[str]) -> bool:
        for line in lines:
            typer.echo(line)
        return not is_there or NOTHING in lines or typer.confirm("Apply this?")

    def removes(sentence: str) -> bool:
        return is_there and typer.confirm(f"{sentence}\nRemove it?")

    return operations.Answers(agrees=agrees, removes=removes)


@event_commands.command("people")
def event_people() -> None:
    """List who of the event files cannot be served, why, and what to do about it."""
    settings = Settings.load(os.environ, needs_a_way_in=False)
    configure_logs("WARNING")
    for line in asyncio.run(operations.people_lines(settings)):
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


@outbox_commands.callback()
def outbox(context: typer.Context) -> None:
    """What waits to go out, what did not and why; digest messages that were deleted by hand."""
    if context.invoked_subcommand is None:
        outbox_list()


@outbox_commands.command("list")
def outbox_list() -> None:
    """List it: a line a row, ids only."""
    _say(operations.outbox_lines(database_url(os.environ)))


Number = Annotated[int, typer.Argument(help="A row's number, as the list shows it")]


@outbox_commands.command("show")
def outbox_show(number: Number) -> None:
    """Print all that is known of a row, but no typed word."""
    _say(operations.show_row(database_url(os.environ), number))


@outbox_commands.command("retry")
def outbox_retry(numbers: Annotated[list[int], typer.Argument(help="Their numbers")]) -> None:
    """Let rows go out that were given up or set aside; they are looked for in Slack first."""
    _say(operations.retry_rows(database_url(os.environ), numbers))


@outbox_commands.command("drop")
def outbox_drop(numbers: Annotated[list[int], typer.Argument(help="Their numbers")]) -> None:
    """End rows unsent, for good."""
    _say(operations.drop_rows(database_url(os.environ), numbers))


def _say(lines: Coroutine[Any, Any, list[str]]) -> None:
    for line in asyncio.run(lines):
        typer.echo(line)


@main.command()
def backup(file: Annotated[Path, typer.Argument(help="A file that is not there yet")]) -> None:
    """Write all of the database into one file, while the bot goes on working."""
    rows = back_up(database_url(os.environ), file)
    typer.echo(f"{file} holds all {rows} rows, and is readable for you alone. Keep it as you keep the notes.")


@main.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `plenary backup` wrote")],
    yes: Annotated[bool, typer.Option("--yes", help="Lose what the backup does not have")] = False,
) -> None:
    """Put a backup in the place of what the database holds; the bot must be stopped."""
    for line in operations.restore_lines(database_url(os.environ), file, confirmed=yes):
        typer.echo(line)


def command() -> None:
    """The `plenary` command: faults that somebody can mend are sentences, exit 2."""
    reset_tzpath(())  # zone data of the package alone, also where a library asks for it
    try:
        main()
    except MendableError as error:
        for line in str(error).splitlines():
            print(line, file=sys.stderr)
        raise SystemExit(2) from None
    except StorageUnavailable as error:
        print(f"The database cannot be used: {error.why}. Mend that, or DATABASE_URL.", file=sys.stderr)
        raise SystemExit(2) from None
