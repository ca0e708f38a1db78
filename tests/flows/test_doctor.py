"""plenary doctor: a good set-up is said to be good, and each fault is found and told with its remedy.

The local Slack runs at real time here: doctor compares its Date with this machine's clock.
"""

import asyncio
import json
import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from ruamel.yaml import YAML
from sqlalchemy import make_url

from bot.config import Settings
from bot.demo import players
from bot.doctor import Result, could_report, examine, lines
from bot.operations import apply_event
from bot.programme.files import LIBRARY
from tests.flows.test_start import plenary, says, start
from tests.sandbox.local import Json, Local, local_slack
from tests.storage.test_upgrade import in_postgres

SECRETS = players.Secrets()
R22 = players.rapporteur("2.2")
Found = set[tuple[str, str]]  # check and level of what is not ok


@dataclass
class Clinic:
    """A local Slack, and the settings of a bot for it."""

    slack: Local
    folder: Path
    environ: dict[str, str]

    async def apply(self, email: str | None = None, **changes: Any) -> None:
        """Store the shipped event, filled in, with its closing session next week."""
        tree = YAML().load(LIBRARY / "events" / "marrakesh-2018.yaml")
        tree["channel"], tree["organisers"] = players.DIGEST, [players.ORGANISER]
        for row in tree["sessions"]:
            row["rapporteur"] = {"slack": players.rapporteur(row["code"])}
        if email is not None:
            tree["sessions"][0]["rapporteur"] = {"email": email}
        tree.update(changes)
        path = self.folder / "mine.yaml"
        with path.open("w") as file:
            YAML().dump(tree, file)
        friday = date.today() + timedelta(days=7 + (4 - date.today().weekday()) % 7)  # noqa: DTZ011 - a day ahead
        await apply_event(Settings.load(self.environ), path, friday)

    async def results(self, *, dm: str | None = None, url: str | None = None, **changes: str) -> list[Result]:
        environ = {name: value for name, value in (self.environ | changes).items() if value}
        results = await examine(environ, dm=dm, url=url)
        shown = "\n".join(lines(results))
        secrets = (
            SECRETS.bot,
            SECRETS.app,
            SECRETS.signing,
            "xoxb-wrong",
            "xapp-wrong",
            "another-secret",
            "a-word",
        )
        assert [secret for secret in secrets if secret in shown] == []
        return list(results)


@asynccontextmanager
async def clinic(
    folder: Path,
    url: str,
    change: Callable[[Json], object] = lambda workspace: None,
    *,
    without: tuple[str, ...] = (),
    applies: bool = True,
) -> AsyncIterator[Clinic]:
    workspace = players.workspace("TCLINIC", SECRETS)
    change(workspace)
    async with local_slack(folder, workspace=workspace, without=without) as slack:
        environ = {
            "SLACK_BOT_TOKEN": SECRETS.bot,
            "SLACK_APP_TOKEN": SECRETS.app,
            "SLACK_API_URL": f"{slack.url}/api/",
            "DATABASE_URL": url,
            "PORT": "9",  # nobody listens there
        }
        opened = Clinic(slack, folder, environ)
        if applies:
            await opened.apply()
        yield opened


ALWAYS = {("settings", "warning"), ("running", "warning")}  # an imitation of Slack, and no bot


def faults(results: list[Result]) -> Found:
    return {(each.check, each.level.value) for each in results if each.level.value != "ok"} - ALWAYS


def sentence(results: list[Result], check: str, part: str = "") -> str:
    return next(
        f"{each.sentence} {each.remedy}"
        for each in results
        if each.check == check and each.level.value != "ok" and part in each.sentence
    )


async def test_a_good_set_up_with_its_bot_running_is_good_on_both_databases(
    tmp_path: Path, database_url: str
) -> None:
    async with clinic(tmp_path, database_url) as at:
        log = tmp_path / "log"
        process = start(log, **{**at.environ, "PORT": "0"})
        port = "0"
        assert await asyncio.to_thread(says, log, "plenary is ready")
        port = log.read_text().split("127.0.0.1:")[1].split()[0]
        told = await asyncio.to_thread(plenary, "doctor", **{**at.environ, "PORT": port})
        as_json = await asyncio.to_thread(plenary, "doctor", "--json", **{**at.environ, "PORT": port})
        process.terminate()
        await asyncio.to_thread(process.wait, 15)
        stopped = await at.results()
    assert "A bot is at work on it." in told.stdout
    assert "No bot is at work on it." in [each.sentence for each in stopped]
    assert (told.returncode, told.stdout.splitlines()[-1]) == (0, "A report could be made today."), (
        told.stdout
    )
    read = json.loads(as_json.stdout)
    assert (as_json.returncode, read["could_report"]) == (0, True)
    assert {each["check"] for each in read["results"]} == {
        "settings", "bot token", "scopes", "app-level token", "running", "clock", "database", "time zones",
        "event", "channel", "people",
    }  # fmt: skip
    assert [each for each in read["results"] if each["level"] != "ok" and each["check"] != "settings"] == []
    assert SECRETS.bot not in told.stdout + told.stderr + as_json.stdout


async def test_it_works_before_any_event_and_says_what_to_do_next(tmp_path: Path, sqlite_url: str) -> None:
    async with clinic(tmp_path, sqlite_url, applies=False) as at:
        told = await asyncio.to_thread(plenary, "doctor", **at.environ)
        assert (told.returncode, "plenary event apply" in told.stdout) == (1, True), told.stdout
        assert not (tmp_path / "plenary.db").exists()
        assert faults(await at.results()) == {("database", "warning"), ("event", "problem")}


async def test_looking_leaves_a_stopped_bots_file_as_it_was_and_puts_nothing_beside_it(
    tmp_path: Path, sqlite_url: str
) -> None:
    async with clinic(tmp_path, sqlite_url) as at:
        before, there = (tmp_path / "plenary.db").read_bytes(), sorted(os.listdir(tmp_path))
        assert could_report(await at.results())
        assert ((tmp_path / "plenary.db").read_bytes(), sorted(os.listdir(tmp_path))) == (before, there)


def test_all_faults_of_the_settings_are_results(tmp_path: Path) -> None:
    told = plenary("doctor", cwd=tmp_path, SLACK_BOT_TOKEN="xapp-a-secret", PORT="many")
    assert told.returncode == 1
    assert [word in told.stdout for word in ("SLACK_BOT_TOKEN", "PORT", "SLACK_SIGNING_SECRET")] == [True] * 3
    assert "a-secret" not in told.stdout + told.stderr


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, "bot token"),
        ({"SLACK_APP_TOKEN": "xapp-wrong"}, "app-level token"),
        ({"SLACK_API_URL": "http://127.0.0.1:9/api/"}, "bot token"),
    ],
)
async def test_a_token_that_slack_refuses_is_named(
    tmp_path: Path, sqlite_url: str, changes: dict[str, str], check: str
) -> None:
    async with clinic(tmp_path, sqlite_url) as at:
        assert (check, "problem") in faults(await at.results(**changes))


async def test_missing_scopes_are_named_and_the_rest_is_looked_at(tmp_path: Path, sqlite_url: str) -> None:
    missing = ("users:read", "channels:read", "reactions:write")
    async with clinic(tmp_path, sqlite_url, without=missing) as at:
        results = await at.results()
    assert faults(results) == {("scopes", "problem"), ("channel", "warning"), ("people", "warning")}
    told = sentence(results, "scopes")
    assert [scope in told for scope in (*missing, "Reinstall")] == [True] * 4


async def test_scopes_that_nobody_needs_are_a_warning(tmp_path: Path, sqlite_url: str) -> None:
    async with clinic(tmp_path, sqlite_url) as at:
        at.slack.granted.append("pins:write")
        assert faults(await at.results()) == {("scopes", "warning")}


@pytest.mark.parametrize(("seconds", "level"), [(20, None), (120, "warning"), (600, "problem")])
async def test_a_clock_that_is_off_is_told_by_how_much(
    tmp_path: Path, sqlite_url: str, seconds: int, level: str | None
) -> None:
    async with clinic(tmp_path, sqlite_url) as at:
        at.slack.clock.forward(seconds)
        assert faults(await at.results()) == ({("clock", level)} if level else set())


def out(workspace: Json) -> None:
    workspace["channels"][0]["members"].remove(players.BOT)


def out_of_a_private_one(workspace: Json) -> None:
    out(workspace)
    workspace["channels"][0]["private"] = True


def archived(workspace: Json) -> None:
    workspace["channels"][0]["archived"] = True


@pytest.mark.parametrize(
    ("change", "part"),
    [(out, "/invite @Plenary"), (out_of_a_private_one, "/invite @Plenary"), (archived, "Unarchive")],
)
async def test_a_channel_that_cannot_take_the_digest_is_a_problem(
    tmp_path: Path, sqlite_url: str, change: Callable[[Json], object], part: str
) -> None:
    async with clinic(tmp_path, sqlite_url, change) as at:
        results = await at.results()
    assert faults(results) == {("channel", "problem")}
    assert part in sentence(results, "channel")


def person(id_: str, **what: bool) -> Callable[[Json], object]:
    return lambda workspace: next(each for each in workspace["people"] if each["id"] == id_).update(what)


def without(id_: str) -> Callable[[Json], object]:
    return lambda workspace: workspace.update(
        people=[each for each in workspace["people"] if each["id"] != id_]
    )


@pytest.mark.parametrize(
    ("change", "level", "part"),
    [
        (person(R22, deactivated=True), "problem", "is deactivated"),
        (person(R22, is_bot=True), "problem", "is a bot"),
        (without(R22), "problem", "nobody whom this workspace knows"),
        (person(players.ORGANISER, deactivated=True), "warning", "is deactivated"),
    ],
)
async def test_people_who_cannot_be_reached_are_named(
    tmp_path: Path, sqlite_url: str, change: Callable[[Json], object], level: str, part: str
) -> None:
    async with clinic(tmp_path, sqlite_url, change) as at:
        results = await at.results()
    assert faults(results) == {("people", level)}
    assert part in sentence(results, "people")


async def test_who_is_named_by_email_and_not_found_is_a_problem(tmp_path: Path, sqlite_url: str) -> None:
    async with clinic(tmp_path, sqlite_url) as at:
        await at.apply(email="nobody@office.example")
        results = await at.results()
    assert ("people", "problem") in faults(results)
    assert "nobody@office.example is not served" in sentence(results, "people")


async def test_sessions_without_a_rapporteur_and_events_without_an_organiser_are_told(
    tmp_path: Path, sqlite_url: str
) -> None:
    async with clinic(tmp_path, sqlite_url) as at:
        rows = YAML().load(LIBRARY / "events" / "marrakesh-2018.yaml")["sessions"]
        rows[0]["rapporteur"] = {"slack": R22}
        for row in rows[1:]:
            row.pop("rapporteur", None)
        await at.apply(sessions=rows, organisers=[])
        results = await at.results()
        assert faults(results) == {("event", "warning")}
        assert "for 5 of 6 sessions" in sentence(results, "event")
        assert "no organiser" in sentence(results, "event", "organiser")
        rows[0].pop("rapporteur")
        await at.apply(sessions=rows)
        assert faults(await at.results()) == {("event", "problem")}


async def test_an_event_that_is_over_is_no_event_ahead(tmp_path: Path, sqlite_url: str) -> None:
    async with clinic(tmp_path, sqlite_url) as at:
        with sqlite3.connect(tmp_path / "plenary.db") as raw:
            raw.execute("UPDATE events SET closing_ends_at = '2018-12-07T16:00:00.000000Z'")
        raw.close()
        assert faults(await at.results()) == {("event", "problem")}


async def test_a_zone_without_data_is_told(tmp_path: Path, sqlite_url: str) -> None:
    async with clinic(tmp_path, sqlite_url) as at:
        with sqlite3.connect(tmp_path / "plenary.db") as raw:
            raw.execute("UPDATE events SET zone = 'Africa/Nowhere'")
        raw.close()
        assert faults(await at.results()) == {("time zones", "problem")}


async def test_a_database_that_cannot_be_used_is_told_and_not_changed(
    tmp_path: Path, sqlite_url: str
) -> None:
    async with clinic(tmp_path, sqlite_url) as at:
        other = tmp_path / "other.db"
        other.write_text("These are words of somebody, and no database at all.")
        for url in (f"sqlite:///{other}", f"sqlite:///{tmp_path}/nowhere/x.db"):
            assert faults(await at.results(DATABASE_URL=url)) == {("database", "problem")}
        with sqlite3.connect(tmp_path / "plenary.db") as raw:
            raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.close()
        results = await at.results()
        assert faults(results) == {("database", "problem")}
        assert "newer version" in sentence(results, "database")


async def test_an_older_database_is_told_to_be_brought_up(tmp_path: Path, sqlite_url: str) -> None:
    async with clinic(tmp_path, sqlite_url) as at:
        with sqlite3.connect(tmp_path / "plenary.db") as raw:
            raw.execute("UPDATE alembic_version SET version_num = '0001'")
        raw.close()
        results = await at.results()
        assert faults(results) == {("database", "problem")}
        assert "plenary db upgrade" in sentence(results, "database")


async def test_a_role_that_may_not_write_is_told(tmp_path: Path, postgres_url: str) -> None:
    role = f"reader_{uuid4().hex}"
    async with clinic(tmp_path, postgres_url) as at:
        in_postgres(postgres_url, f'CREATE ROLE "{role}" LOGIN; GRANT pg_read_all_data TO "{role}"')
        try:
            reading = make_url(postgres_url).set(username=role).render_as_string(hide_password=False)
            results = await at.results(DATABASE_URL=reading)
        finally:
            in_postgres(postgres_url, f'DROP OWNED BY "{role}"; DROP ROLE "{role}"')
        assert faults(results) == {("database", "problem")}
        assert "may not write" in sentence(results, "database")
        away = await at.results(DATABASE_URL="postgresql://nobody:a-word@127.0.0.1:9/none")
        assert faults(away) == {("database", "problem")}


@pytest.mark.parametrize(("member", "level"), [(R22, None), ("UNOBODY", "problem")])
async def test_one_message_goes_to_whom_it_is_told(
    tmp_path: Path, sqlite_url: str, member: str, level: str | None
) -> None:
    async with clinic(tmp_path, sqlite_url) as at:
        assert faults(await at.results(dm=member)) == ({("message", level)} if level else set())
        sent = await at.slack.driver.history(R22) if level is None else []
        assert ["plenary doctor" in each["text"] for each in sent] == [True] * (level is None)


async def test_the_public_address_of_signed_http_is_called_as_slack_calls_it(
    tmp_path: Path, sqlite_url: str
) -> None:
    async with clinic(tmp_path, sqlite_url) as at:
        http = {"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": SECRETS.signing}
        log = tmp_path / "log"
        process = start(log, **{**at.environ, **http, "PORT": "0"})
        assert await asyncio.to_thread(says, log, "plenary is ready")
        url = log.read_text().split("plenary is ready on ")[1].split()[0]
        good, wrong = await at.results(url=url, **http), {**http, "SLACK_SIGNING_SECRET": "another-secret"}
        refused = await at.results(url=url, **wrong)
        elsewhere = await at.results(url=at.slack.url, **http)
        process.terminate()
        await asyncio.to_thread(process.wait, 15)
        nothing, unseen = await at.results(url=url, **http), await at.results(**http)
    check = "public address"
    assert faults(good) == {(check, "warning")}  # it is no https://
    assert [faults(each) for each in (refused, elsewhere, nothing)] == [{(check, "problem")}] * 3
    assert "signature" in sentence(refused, check)
    assert "is not the bot" in sentence(elsewhere, check)
    assert "Nothing answers" in sentence(nothing, check)
    assert (faults(unseen), "--url" in sentence(unseen, check)) == ({(check, "warning")}, True)


async def test_what_else_listens_on_the_port_is_told(tmp_path: Path, sqlite_url: str) -> None:
    async with clinic(tmp_path, sqlite_url) as at:
        results = await at.results(PORT=at.slack.url.rpartition(":")[2])
        assert faults(results) == {("running", "problem")}
