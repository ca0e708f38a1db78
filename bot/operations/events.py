"""What commands about events do: show what would change, have it agreed to, store it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from bot.clock import real_now
from bot.config import Settings
from bot.domain.change_words import sentences
from bot.domain.changes import Aspect, Change, EventAdded, EventChanged
from bot.domain.event import SessionCode, WorkspaceId
from bot.domain.people import Answer, Role, Sought, asked_afresh
from bot.domain.programme import Programme
from bot.errors import EventRefused
from bot.operations.opening import opened
from bot.programme.yaml import load_event
from bot.services import organising, seeking
from bot.services.organising import Proposal
from bot.slack.connection import identify, web_client
from bot.slack.directory import Directory
from bot.slack.remedies import problem_line
from storage import Storage

_SECONDS = 10.0  # for one call to Slack

_NOTHING_APPLIED = "Nothing was applied."
_DRY_RUN = "Nothing was applied: this was --dry-run."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Who is asked before an event is changed; without anybody to ask, `apply_event` goes ahead, and a
    session that vanished is refused."""

    agrees: Callable[[Sequence[str]], bool] = lambda _: True  # gets the sentences of what would change
    removes: Callable[[str], bool] = lambda _: False  # gets the sentence about a session that vanished


async def apply_event(
    settings: Settings,
    file: Path,
    closing: date | None,
    *,
    asked: Answers | None = None,
    removed: Collection[str] = (),
    dry_run: bool = False,
    now: Callable[[], datetime] = real_now,
) -> list[str]:
    """Store an event file for the token's workspace; gives what is to be known after the question.

    Raises EventRefused for a faulty file, for what may not be applied, and when the event was changed by
    somebody else between the question and its answer.
    """
    load_event(file, WorkspaceId("unknown yet"), closing)  # its faults before anybody is asked
    async with web_client(settings.bot_token, settings.api_url, _SECONDS) as client:
        identity = await identify(client, waits=False)
        programme = load_event(file, identity.workspace, closing)
        workspace, event = identity.workspace, programme.event.key
        async with opened(settings.database_url) as storage:
            known = await storage.read(lambda tx: tx.sought.of_event(workspace, event))
            answers = await _looked_up(Directory(client), programme, known)
            applying = _Applying(storage, programme, answers, now, asked or Answers())
            lines = await applying.run(frozenset(map(SessionCode, removed)), dry_run=dry_run)
            if dry_run:
                return lines
            problems = await storage.read(lambda tx: seeking.people_problems(tx, workspace, event))
    return [*lines, *map(problem_line, problems)]


@dataclass(frozen=True, slots=True)
class _Applying:
    """One programme on its way into the database."""

    storage: Storage
    programme: Programme
    answers: dict[str, Answer]
    now: Callable[[], datetime]
    asked: Answers

    async def run(self, removed: frozenset[SessionCode], *, dry_run: bool) -> list[str]:
        proposal = await self._proposal(removed)
        missing = () if dry_run or proposal.refusals else proposal.missing
        if more := frozenset(each.code for each in missing if self.asked.removes(each.sentence)):
            removed |= more
            proposal = await self._proposal(removed)
        if proposal.in_the_way:
            raise EventRefused(list(proposal.in_the_way))
        lines = [*sentences(proposal.changes), *proposal.remarks]
        if dry_run:
            return [*lines, _DRY_RUN]
        if not self.asked.agrees(lines):
            return [_NOTHING_APPLIED]
        await self.storage.write(
            lambda tx: organising.apply_event(
                tx, self.programme, self.now(), self.answers, removed=removed, shown=proposal.changes
            )
        )
        return _to_know(self.programme, proposal.changes)

    async def _proposal(self, removed: frozenset[SessionCode]) -> Proposal:
        return await self.storage.read(
            lambda tx: organising.propose(tx, self.programme, self.now(), self.answers, removed=removed)
        )


async def _looked_up(
    directory: Directory, programme: Programme, known: tuple[Sought, ...]
) -> dict[str, Answer]:
    """Slack's answers about everybody of a file; who was found before is looked at by member id."""
    before = {each.key: asked_afresh(each) for each in known}
    return await directory.answers(before.get(each.key, each) for each in programme.sought)


def _to_know(programme: Programme, changes: tuple[Change, ...]) -> list[str]:
    """What the organiser has to see to next."""
    event = programme.event
    named = {each.session for each in programme.sought if each.role is Role.RAPPORTEUR}
    idle = sum(not each.is_cancelled and each.code not in named for each in programme.sessions)
    has_new_channel = any(
        isinstance(each, EventAdded) or (isinstance(each, EventChanged) and each.aspect is Aspect.CHANNEL)
        for each in changes
    )
    unassigned = "One session has" if idle == 1 else f"{idle} sessions have"
    return [
        *(["It is applied."] if changes else []),
        *([f"{unassigned} no rapporteur yet."] if idle else []),
        *([f"Invite the bot to the channel {event.channel}."] if has_new_channel else []),
    ]


async def people_lines(settings: Settings) -> list[str]:
    """Who of the workspace's event files cannot be served, why, and what to do."""
    async with web_client(settings.bot_token, settings.api_url, _SECONDS) as client:
        workspace = (await identify(client, waits=False)).workspace
    async with opened(settings.database_url) as storage:
        events = await storage.read(lambda tx: tx.events.all(workspace))
        problems = await storage.read(
            lambda tx: [each for one in events for each in seeking.people_problems(tx, workspace, one.key)]
        )
    lines = [f"{each.event}: {problem_line(each)}" for each in problems]
    return lines or ["Everybody whom the event files name is found."]
