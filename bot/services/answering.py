"""What people answer to reminders and first contact: not now, I cannot, not me, away, more time."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.domain.away import away_in
from bot.domain.duties import Snooze
from bot.domain.event import Event, PersonId, SessionCode, Stopped
from bot.domain.matters import Matter, Topic
from bot.domain.moment import Ts, is_ts, moment_of, ts_of
from bot.domain.moves import Said
from bot.domain.nudges import AwayNoted, Snoozed, StoodDown, TimeAsked
from bot.domain.replies import Apology, Rewritten, Say, Saying, manner_of
from bot.domain.snoozes import Later, Offer, offers
from bot.domain.wishes import Wish, Wished
from bot.services import deciding, planning, raising, reminding
from bot.services.taken import Taken
from storage import Sent, Transaction


def take_wish(tx: Transaction, wished: Wished, now: datetime) -> Taken:
    """Do what a button asks, once; of who has no say in it, and of an old button, nothing."""
    event = tx.events.one(wished.workspace, wished.event)
    if event is None or not tx.receipts.first_time(wished.workspace, wished.receipts, now):
        return Taken.IGNORED if event is None else Taken.KNOWN
    if wished.wish not in deciding.DECISIONS:  # an organiser's answer is no rapporteur's sign of life
        _hear(tx, event, wished, now)
    return Taken.KEPT if _DEEDS[wished.wish](tx, event, wished, now) else Taken.IGNORED


def _hear(tx: Transaction, event: Event, wished: Wished, now: datetime) -> None:
    """Of who reports the event, or did; of a stranger nothing is kept."""
    own = tx.events.ever_of_person(event.workspace, wished.person)
    if any(each.event.key == event.key for each in own):
        tx.dialogues.lock(event.workspace, event.key, wished.person)
        tx.dialogues.hear(event.workspace, event.key, wished.person, min(wished.ts, ts_of(now)))


def take_away(tx: Transaction, event: Event, said: Said, now: datetime) -> bool:
    """Note a line that says when somebody is away, and answer it; whether it is such a line.

    It is read as of the moment at which it was sent. Edited into another one it counts as that, and edited
    into something else not at all.
    """
    key = (event.workspace, event.key, said.person, said.ts)
    if said.words is None or not said.is_plain or said.has_file:
        return False
    span = away_in(said.words.typed, event.zone, moment_of(said.ts))
    is_new = said.ts == said.as_of
    if span is None or not (is_new or tx.absences.away(*key)):
        if span is None and not is_new and tx.absences.come_back(*key, now):
            _follow_absence(tx, event, said.person, said.ts, now)
        return False
    if tx.absences.go_away(*key, span):
        planning.replan(tx, event, now, [said.person])
        raising.put(tx, event, said.person, AwayNoted(said.ts), now)
        raising.tell_organisers(tx, event, _absence(said.person, said.ts), now)
    return True


def offers_for(tx: Transaction, event: Event, person: PersonId, now: datetime) -> tuple[Offer, ...]:
    """To when somebody's reminders can be put off."""
    owed = tx.owed.of(event.workspace, event.key, [person]).get(person)
    if owed is None:
        return ()
    peace = planning.peace_by_zone(event, tx.events.sessions(event.workspace, event.key))
    return offers(event, peace(owed.zone), owed.duties, owed.facts, now)


def may_ask_time(
    tx: Transaction, event: Event, person: PersonId, sessions: Iterable[SessionCode]
) -> frozenset[SessionCode]:
    """For which of these sessions there is somebody to ask for more time, and no answer is waited for."""
    if not tx.events.organisers(event.workspace, event.key):
        return frozenset()
    wanted = frozenset(sessions)
    return wanted - {
        each.session
        for each in tx.matters.of_topic(event.workspace, event.key, Topic.MORE_TIME)
        if each.person == person
        and each.session in wanted
        and tx.matters.decided(event.workspace, event.key, each.about) is None
    }


def apologise(tx: Transaction, wished: Wished, code: str, now: datetime) -> None:
    """Say that a button did nothing because something went wrong on our side."""
    reply = Apology(code)
    manner = manner_of(reply, person=wished.person, session="")
    tx.outbox.put(wished.workspace, wished.person, reply, manner, now, event=wished.event)


def _later(tx: Transaction, event: Event, wished: Wished, now: datetime) -> bool:
    match wished.parts:
        case [sent_at, later] if later in Later.__members__:
            sent = _sent(tx, event, wished.person, sent_at)
        case _:
            return False
    if sent is None:
        return False
    found = [each for each in offers_for(tx, event, wished.person, now) if each.later is Later[later]]
    if not found:
        session = sent.reminder.rungs[0].session
        raising.put(tx, event, wished.person, Say(Saying.TOO_LATE), now, session)
        return True
    until, asked_at = found[0].until, moment_of(wished.ts)
    asked = tuple(
        Snooze(session=each.session, rung=each.says, asked_at=asked_at, until=until)
        for each in sent.reminder.rungs
    )
    tx.absences.snooze(event.workspace, event.key, wished.person, asked)
    planning.replan(tx, event, now, [wished.person])
    into = Snoozed(until=until, of=sent.reminder, asked_at=asked_at)
    raising.put(tx, event, wished.person, Rewritten(of=wished.message, into=into), now)
    return True


def _not_later(tx: Transaction, event: Event, wished: Wished, now: datetime) -> bool:
    match wished.parts:
        case [sent_at, asked_at] if is_ts(asked_at):
            sent = _sent(tx, event, wished.person, sent_at)
        case _:
            return False
    if sent is None or not tx.absences.wake(
        event.workspace, event.key, wished.person, moment_of(Ts(asked_at)), now
    ):
        return False
    planning.replan(tx, event, now, [wished.person])
    raising.put(tx, event, wished.person, Rewritten(of=wished.message, into=sent.reminder), now)
    return True


def _stop(why: Stopped, tx: Transaction, event: Event, wished: Wished, now: datetime) -> bool:
    match wished.parts:
        case [code, sent_at]:
            session, person = SessionCode(code), wished.person
        case _:
            return False
    if not tx.parts.stop(event.workspace, event.key, session, person, why):
        return False
    matter = Matter(topic=Topic.STOPPED, at=wished.ts, session=session, person=person)
    planning.replan(tx, event, now, [person])
    sent = _sent(tx, event, person, sent_at)
    stood_down = StoodDown(matter.about)
    if sent is not None and len(sent.reminder.rungs) > 1:  # the others of that message go on
        reminding.redraw(tx, event, person, sent, now)
        raising.put(tx, event, person, stood_down, now)
    else:
        raising.put(tx, event, person, Rewritten(of=wished.message, into=stood_down), now)
    raising.tell_organisers(tx, event, matter, now)
    return True


def _cannot(tx: Transaction, event: Event, wished: Wished, now: datetime) -> bool:
    return _stop(Stopped.CANNOT, tx, event, wished, now)


def _not_me(tx: Transaction, event: Event, wished: Wished, now: datetime) -> bool:
    return _stop(Stopped.NOT_ME, tx, event, wished, now)


def _again(tx: Transaction, event: Event, wished: Wished, now: datetime) -> bool:
    matter = Matter.read(wished.parts[0]) if len(wished.parts) == 1 else None
    if matter is None or matter.session is None or matter.person != wished.person:
        return False
    if not tx.parts.go_on(event.workspace, event.key, matter.session, wished.person):
        return False
    planning.replan(tx, event, now, [wished.person])
    raising.put(tx, event, wished.person, Rewritten(of=wished.message, into=StoodDown(matter.about)), now)
    raising.tell_anew(tx, event, matter.about, now)
    raising.tell_organisers(tx, event, matter, now)  # an update alone would reach nobody who acts on it
    return True


def _more_time(tx: Transaction, event: Event, wished: Wished, now: datetime) -> bool:
    match wished.parts:
        case [code, sent_at]:
            session, person = SessionCode(code), wished.person
        case _:
            return False
    owed = tx.owed.of(event.workspace, event.key, [person]).get(person)
    is_theirs = owed is not None and any(each.session == session and each.is_open for each in owed.duties)
    if not is_theirs or session not in may_ask_time(tx, event, person, [session]):
        return False
    matter = Matter(topic=Topic.MORE_TIME, at=wished.ts, session=session, person=person)
    raising.note(tx, event, matter.about, person, TimeAsked(matter.about), now)
    raising.tell_organisers(tx, event, matter, now)
    if (sent := _sent(tx, event, person, sent_at)) is not None:  # it cannot be asked for twice
        reminding.redraw(tx, event, person, sent, now)
    return True


def _back(tx: Transaction, event: Event, wished: Wished, now: datetime) -> bool:
    ts = wished.parts[0] if len(wished.parts) == 1 else ""
    if not is_ts(ts) or not tx.absences.come_back(event.workspace, event.key, wished.person, Ts(ts), now):
        return False
    planning.replan(tx, event, now, [wished.person])
    raising.put(tx, event, wished.person, Rewritten(of=wished.message, into=AwayNoted(Ts(ts))), now)
    raising.tell_anew(tx, event, _absence(wished.person, Ts(ts)).about, now)
    return True


def _help(tx: Transaction, event: Event, wished: Wished, now: datetime) -> bool:
    session = SessionCode(wished.parts[0]) if wished.parts else None
    raising.put(tx, event, wished.person, Say(Saying.HELP), now, session)
    return True


_DEEDS = {
    Wish.LATER: _later,
    Wish.NOT_LATER: _not_later,
    Wish.CANNOT: _cannot,
    Wish.NOT_ME: _not_me,
    Wish.AGAIN: _again,
    Wish.MORE_TIME: _more_time,
    Wish.BACK: _back,
    Wish.HELP: _help,
    Wish.GIVE_HALF: deciding.decide_time,
    Wish.GIVE_HOUR: deciding.decide_time,
    Wish.REFUSE: deciding.decide_time,
    Wish.TAKE: deciding.take,
}


def _follow_absence(tx: Transaction, event: Event, person: PersonId, ts: Ts, now: datetime) -> None:
    planning.replan(tx, event, now, [person])
    raising.put(tx, event, person, AwayNoted(ts), now)
    raising.tell_anew(tx, event, _absence(person, ts).about, now)


def _absence(person: PersonId, ts: Ts) -> Matter:
    return Matter(topic=Topic.AWAY, at=ts, person=person)


def _sent(tx: Transaction, event: Event, person: PersonId, at: str) -> Sent | None:
    """The reminder that somebody was sent at a moment."""
    owed = tx.owed.of(event.workspace, event.key, [person]).get(person) if is_ts(at) else None
    found: Sequence[Sent] = owed.sent if owed else ()
    return next((each for each in found if each.reminder.at and ts_of(each.reminder.at) == at), None)
