"""A waiting reply -> the call that Slack gets. Read in one transaction from what is true now, then gated."""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import assert_never

from bot.domain.difference import held
from bot.domain.event import Event, PersonId, SessionCode
from bot.domain.moment import Ts, is_ts, moment_of
from bot.domain.nudges import Nudge
from bot.domain.quiet import peace_of
from bot.domain.replies import (
    Apology,
    AskEvent,
    AskLine,
    Cancelled,
    Card,
    Checked,
    Corrected,
    DigestLook,
    DigestParent,
    DigestReply,
    EventApplied,
    EventFile,
    FileWaits,
    HeldBack,
    KeptApart,
    LeftAlone,
    LineKept,
    Moved,
    NotesMoved,
    NoValue,
    PeopleProblems,
    Recount,
    Removed,
    Review,
    Rewritten,
    Say,
    Saying,
    SessionsTable,
    Strayed,
    Submitted,
    Switched,
    TakenOff,
    Tick,
    Uninvited,
    Welcome,
    Which,
)
from bot.domain.report import Report
from bot.domain.walks import strayed
from bot.services import planning, publishing, reporting, seeking
from bot.services.reporting import InHand
from bot.slack import kit, nudging
from bot.slack.calls import (
    Delete,
    Doubles,
    Drawn,
    Look,
    Lost,
    Nothing,
    NotYet,
    Post,
    React,
    Update,
)
from bot.slack.drawing_events import draw_event
from bot.slack.kit import Screen
from bot.slack.screens import digest, organisers, programme, walk
from storage import PARENT, Row, Slot, Transaction, reply_slot

REWRITTEN_AFTER = timedelta(seconds=30)  # between two looks whether what is to be rewritten stands yet
TICK = "white_check_mark"


_NO_EVENT = Nothing(why="the event is gone")


def draw(tx: Transaction, row: Row, now: datetime, *, late: timedelta = nudging.LATE) -> Drawn:
    """What to send for a row, as things stand now; a reminder that waited longer than `late` says so."""
    if isinstance(row.reply, Nudge):
        return Drawn(call=_nudge(tx, row, row.reply, now, late))
    match row.reply:
        case Tick(ts):
            return Drawn(call=React(ts=ts, name=TICK))
        case DigestParent() | DigestReply() | DigestLook():
            return _draw_digest(tx, row, row.reply, now)
        case Recount() as reply:
            return _draw_recount(tx, row, reply)
        case PeopleProblems(sought):
            return _draw_problems(tx, row, sought)
        case Moved() | Cancelled() | TakenOff() as reply:
            return _draw_change(tx, row, reply, now)
        case Apology() as reply:
            return Drawn(call=Post(screen=walk.apology(reply)))
        case Uninvited():
            event = publishing.event_of(tx, row.workspace, row.event)
            return Drawn(call=Post(screen=organisers.uninvited(event)) if event else _NO_EVENT)
        case Rewritten() as reply:
            return _draw_rewritten(tx, row, reply, now, late)
        case (
            AskEvent()
            | EventFile()
            | SessionsTable()
            | FileWaits()
            | Checked()
            | EventApplied()
            | LeftAlone()
        ):
            return draw_event(tx, row, row.reply, now)
        case Say(saying) if row.event is None or saying is Saying.NOT_YOURS:
            return Drawn(call=Post(screen=walk.say(row.reply, 0)))
        case _:
            return _draw_dm(tx, row, row.reply, now)


OfReport = (
    Welcome | Card | Switched | NoValue | Review | Submitted | KeptApart | Corrected | Removed | HeldBack
    | NotesMoved | Say | AskLine | LineKept
)  # fmt: skip

_NOT_THEIRS = Nothing(why="the session is no longer this person's")


def _draw_dm(tx: Transaction, row: Row, reply: OfReport | Which | Strayed, now: datetime) -> Drawn:
    if row.event is None or row.session is None:
        return Drawn(call=_NOT_THEIRS)
    hand = reporting.in_hand(tx, row.workspace, row.event, PersonId(row.address))
    if hand is None:
        return Drawn(call=_NOT_THEIRS)
    match reply:
        case Which():
            return _draw_which(hand, reply)
        case Strayed():
            return _draw_strayed(tx, hand, row.session, now)
        case _:
            report = reporting.own_report(tx, hand, row.session)
            return Drawn(call=_NOT_THEIRS) if report is None else _draw_report(tx, hand, report, reply, now)


def _draw_which(hand: InHand, reply: Which) -> Drawn:
    """The report whose session ended last is first."""
    current = hand.current()
    if len(current) < 2:
        return Drawn(call=Nothing(why="there is one report only"))
    in_order = sorted(current, key=lambda each: each.session.ends_at, reverse=True)
    return Drawn(call=Post(screen=walk.which(in_order, len(hand.walks.unplaced), reply)))


def _draw_strayed(tx: Transaction, hand: InHand, session: SessionCode, now: datetime) -> Drawn:
    """It is asked unbidden: in quiet hours, and while a session of theirs runs, it waits."""
    runs = [
        each.session.ends_at
        for each in hand.current()
        if each.session.starts_at <= now < each.session.ends_at
    ]
    until = max([planning.waking(tx, hand.event, hand.person, now), *runs])
    if until > now:
        return Drawn(call=NotYet(until=until, in_peace=True))
    assignment, notes = hand.assignment(session), strayed(hand.walks, session)
    if assignment is None or not notes:
        return Drawn(call=Nothing(why="no note went elsewhere"))
    homes = tuple(dict.fromkeys(hand.walks.homes[ts] for ts in notes))
    return Drawn(call=Post(screen=walk.strayed(assignment, homes, len(notes))))


def _draw_report(tx: Transaction, hand: InHand, report: Report, reply: OfReport, now: datetime) -> Drawn:
    match reply:
        case Welcome() if tx.parts.is_contacted(
            hand.event.workspace, hand.event.key, report.assignment.session.code, hand.person
        ):
            return Drawn(call=Nothing(why="first contact said it"))
        case Welcome():
            screen = walk.welcome(report.assignment, now)
        case Card():
            screen = walk.card(report, reply)
        case Switched(left):
            section = hand.walks.of(report.assignment.session.code).section
            former = None if left is None else reporting.own_report(tx, hand, left)
            screen = walk.switched(report, section or 0, former)
        case NoValue():
            screen = walk.no_value(report, reply)
        case NotesMoved():
            screen = walk.moved(report, reply)
        case Review(page):
            pages = walk.review_pages(reporting.review(report))
            if page >= len(pages):
                return Drawn(call=Nothing(why="the report became shorter"))
            is_last = page == len(pages) - 1
            screen = walk.review_page(report, pages[page], page, is_last=is_last)
            return Drawn(call=Post(screen=screen), follow=None if is_last else Review(page + 1))
        case Submitted():
            screen = walk.submitted(report, reply, now)
        case AskLine() if hand.walks.awaits_line != report.assignment.session.code:
            return Drawn(call=Nothing(why="the line was written, or something else was opened"))
        case AskLine():
            screen = walk.ask_line(report)
        case LineKept():
            shown = reporting.line(report)
            if shown is None:
                return Drawn(call=Nothing(why="there is no closing line any more"))
            screen = walk.line_kept(report, reply, shown)
        case KeptApart():
            screen = walk.kept_apart(report)
        case Corrected():
            screen = walk.corrected(report, reply)
        case Removed():
            screen = walk.removed(report, reply)
        case HeldBack():
            if not report.held:
                return Drawn(call=Nothing(why="nothing is held back any more"))
            screen = walk.held(report)
        case Say():
            screen = walk.say(reply, len(report.answers), of_several=report.is_one_of_several)
        case _:
            assert_never(reply)
    return Drawn(call=Post(screen=screen))


def _draw_rewritten(tx: Transaction, row: Row, reply: Rewritten, now: datetime, late: timedelta) -> Drawn:
    """As the other reply reads now, in the place where the older message stands."""
    ts = Ts(reply.of) if is_ts(reply.of) else tx.outbox.stands(row.workspace, reply.of)
    if ts is None:
        return Drawn(call=Nothing(why="the message to rewrite never stood"))
    if ts == "not yet":
        return Drawn(call=NotYet(until=now + REWRITTEN_AFTER))
    into = reply.into
    if isinstance(into, Nudge):
        drawn = Drawn(call=_nudge(tx, row, into, now, late, stood_at=moment_of(Ts(ts))))
    else:
        drawn = draw(tx, replace(row, reply=into), now)
    match drawn.call:
        case Post(screen=screen):
            return Drawn(call=Update(ts=Ts(ts), screen=kit.bare(screen) if reply.bare else screen))
        case _:
            return drawn


def _nudge(
    tx: Transaction,
    row: Row,
    nudge: Nudge,
    now: datetime,
    late: timedelta,
    *,
    stood_at: datetime | None = None,
) -> Post | Nothing | NotYet:
    match nudging.draw(tx, row, nudge, now, stood_at=stood_at, late=late):
        case Screen() as screen:
            return Post(screen=screen)
        case datetime() as until:
            return NotYet(until=until, in_peace=True)
        case why:
            return Nothing(why=why)


def _draw_recount(tx: Transaction, row: Row, reply: Recount) -> Drawn:
    parent = tx.digests.slots(row.workspace, row.event).get(PARENT) if row.event else None
    thread = parent.ts if parent and reply.in_thread else None
    return Drawn(call=Doubles(key=reply.key, ts=reply.ts, thread=thread, since=reply.since))


def _draw_change(tx: Transaction, row: Row, reply: Moved | Cancelled | TakenOff, now: datetime) -> Drawn:
    """What changed about a session. Nobody is woken for it: in quiet hours it waits, and reads as things
    stand when they end."""
    event = publishing.event_of(tx, row.workspace, row.event)
    if event is None or row.session is None:
        return Drawn(call=_NO_EVENT)
    until = peace_of(event, (), None).waking(now)
    if until > now:
        return Drawn(call=NotYet(until=until, in_peace=True))
    hand = reporting.in_hand(tx, row.workspace, event.key, PersonId(row.address))
    assignment = hand.assignment(row.session) if hand else None
    match reply:
        case TakenOff():
            if assignment is not None:
                return Drawn(call=Nothing(why="it is theirs again"))
            return Drawn(call=Post(screen=programme.taken_off(row.session, reply)))
        case _ if hand is None or assignment is None:
            return Drawn(call=_NOT_THEIRS)
        case Cancelled():
            if not assignment.session.is_cancelled:
                return Drawn(call=Nothing(why="it takes place after all"))
            report = reporting.own_report(tx, hand, row.session)
            kept = report.note_count if report else 0
            has_line = report is not None and report.line is not None
            return Drawn(call=Post(screen=programme.cancelled(assignment, kept, has_line=has_line)))
        case Moved(to=to):
            if assignment.session.is_cancelled or held(assignment.session, event) != to:
                return Drawn(call=Nothing(why="it changed again"))
            return Drawn(call=Post(screen=programme.moved(assignment, reply, now)))
        case _:
            assert_never(reply)


def _draw_problems(tx: Transaction, row: Row, sought: tuple[str, ...]) -> Drawn:
    organised = tx.events.organised_by(row.workspace, PersonId(row.address))
    event = next((each for each in organised if each.key == row.event), None)
    if event is None:
        return Drawn(call=Nothing(why="the event is no longer this person's"))
    problems = seeking.people_problems(tx, row.workspace, event.key)
    people = tuple(each for each in problems if each.key in sought)
    if not people:
        return Drawn(call=Nothing(why="it is solved"))
    return Drawn(call=Post(screen=organisers.people_problems(event, people)))


def _draw_digest(
    tx: Transaction, row: Row, reply: DigestParent | DigestReply | DigestLook, now: datetime
) -> Drawn:
    event = publishing.event_of(tx, row.workspace, row.event)
    if event is None:
        return Drawn(call=_NO_EVENT)
    slots = tx.digests.slots(event.workspace, event.key)
    parent = slots.get(PARENT)
    if parent is not None and parent.gone_at is not None:
        return Drawn(call=Lost(why="the digest was deleted by hand"))
    match reply:
        case DigestParent():
            return _draw_parent(tx, event, parent, now)
        case DigestReply(page):
            return _draw_reply(tx, row, event, slots, page, now)
        case DigestLook():
            if parent is None or parent.ts is None:
                return Drawn(call=Nothing(why="no digest stands"))
            there = tuple(slot for slot in slots.values() if slot.ts and not slot.gone_at)
            return Drawn(call=Look(parent=parent.ts, slots=there))
        case _:
            assert_never(reply)


def _draw_parent(tx: Transaction, event: Event, slot: Slot | None, now: datetime) -> Drawn:
    screen = digest.parent(publishing.parent(tx, event))
    return _stand(slot, PARENT, screen, now, thread=None)


def _draw_reply(
    tx: Transaction, row: Row, event: Event, slots: dict[str, Slot], page: int, now: datetime
) -> Drawn:
    session = row.session
    parent = slots.get(PARENT)
    if session is None:
        return Drawn(call=Nothing(why="no session to draw"))
    if parent is None or parent.ts is None:  # it was set aside or given up: the reply needs its ts, and waits
        return Drawn(call=NotYet(until=now + publishing.BETWEEN_UPDATES))
    cleared = publishing.reply(tx, event, session)
    pages = digest.reply_pages(cleared) if cleared else []
    name = reply_slot(session, page)
    slot = slots.get(name)
    if slot is not None and slot.gone_at is not None:
        return Drawn(call=Lost(why=f"the reply of {session} was deleted by hand"))
    more = page + 1 < len(pages) or (page + 1 >= len(pages) and _stands(slots, session, page + 1))
    follow = DigestReply(page + 1) if more else None
    if page < len(pages):
        drawn = _stand(slot, name, pages[page], now, thread=parent.ts)
    elif slot is not None and slot.ts is not None:
        drawn = Drawn(call=Delete(ts=slot.ts), slot=name)
    else:
        drawn = Drawn(call=Nothing(why="the report became shorter"))
    return Drawn(call=drawn.call, slot=drawn.slot, content=drawn.content, follow=follow)


def _stands(slots: dict[str, Slot], session: str, page: int) -> bool:
    slot = slots.get(reply_slot(session, page))
    return slot is not None and slot.ts is not None


def _stand(slot: Slot | None, name: str, screen: Screen, now: datetime, *, thread: Ts | None) -> Drawn:
    """Post it if it does not stand yet, update it if it reads otherwise and the last change is old enough."""
    content = sha256(repr((screen.text, screen.as_json())).encode()).hexdigest()
    if slot is None or slot.ts is None:
        return Drawn(call=Post(screen=screen, thread=thread), slot=name, content=content)
    if slot.drawn == content:
        return Drawn(call=Nothing(why="it stands there like this already"))
    if slot.drawn_at <= now < slot.drawn_at + publishing.BETWEEN_UPDATES:  # later: our clock was put back
        return Drawn(call=NotYet(until=slot.drawn_at + publishing.BETWEEN_UPDATES))
    return Drawn(call=Update(ts=slot.ts, screen=screen), slot=name, content=content)
