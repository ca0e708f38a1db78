"""Setting an event up, or anew, from its file."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.domain import wall
from bot.domain.moment import ts_of
from bot.domain.people import Answer
from bot.domain.programme import Programme
from bot.errors import EventRefused
from bot.services import planning, seeking
from storage import Transaction

_UNASKED: Mapping[str, Answer] = {}


def apply_event(
    tx: Transaction, programme: Programme, now: datetime, answers: Mapping[str, Answer] = _UNASKED
) -> None:
    """Put a programme in the place of what is stored of its event, and plan its reminders.

    `answers` are Slack's about its people, by their keys; whom Slack was not asked about is as known before.
    Raises EventRefused when the closing session lies in the past, or when somebody who has written would
    lose their session.
    """
    event = programme.event
    if event.closing_at <= now:
        raise EventRefused(
            [
                f"the closing session was on {wall.date(event.closing_at, event.zone)}; to play a shipped "
                "event this year, give --closing with a day ahead (same weekday)."
            ]
        )
    tx.sought.lock(event.workspace, event.key)
    known = tx.sought.of_event(event.workspace, event.key)
    programme = replace(programme, sought=seeking.merged(programme.sought, known, answers, now))
    lost = _writers_moved(tx, programme)
    if lost:
        raise EventRefused(
            [f"{person} has written for {code} and would lose it; give it back." for person, code in lost]
        )
    tx.events.save(programme)
    for each in programme.assignments:
        tx.people.begin_reading(event.workspace, each.person, ts_of(now))
    tx.sought.replace(event.workspace, event.key, programme.sought)
    seeking.keep_members(tx, event.workspace, answers.values())
    planning.replan(tx, event, now)
    seeking.tell_organisers(tx, event.workspace, event.key, known, now)


def _writers_moved(tx: Transaction, programme: Programme) -> list[tuple[str, str]]:
    event = programme.event
    writers = tx.events.writers(event.workspace, event.key)
    now_reports = {each.person: each.session.code for each in programme.assignments}
    return [
        (each.person, each.session.code)
        for each in tx.events.assignments(event.workspace, event.key)
        if each.person in writers and now_reports.get(each.person) != each.session.code
    ]
