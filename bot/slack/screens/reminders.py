"""What people see unasked. Notification texts are the first sentence: they name nobody and hold no note."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement

from bot.domain.event import Assignment, Event, Part, SessionCode, Stopped
from bot.domain.matters import Decision
from bot.domain.moment import ts_of
from bot.domain.nudges import Reminded, Reminder
from bot.domain.progress import Progress
from bot.domain.rungs import URGENT, Anchor, Rung
from bot.domain.snoozes import Later
from bot.slack import kit, limits
from bot.slack import reminder_words as words
from bot.slack.ids import Action, Ask, Detail, Place
from bot.slack.kit import Element, Screen
from bot.slack.reminder_words import Clock

Choice = tuple[str, Ask | Action, Detail | Place]  # its label, what it does, of what


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A reminder with what is true of its reports, of which at least one is open."""

    reminder: Reminder
    reports: tuple[tuple[Reminded, Progress], ...]
    laters: frozenset[Later]  # to when it can be put off
    missed_at: datetime | None  # when it should have come
    asks_time: frozenset[SessionCode]  # there is somebody to ask, and no answer is waited for


def reminder(standing: Standing, clock: Clock) -> Screen:
    """A message of the ladder: about one report, or a line for each of several."""
    is_open = [each for each in standing.reports if each[1].is_open]
    over = [kit.small(_over(each, clock)) for _, each in standing.reports if not each.is_open]
    late = [kit.small(words.late(standing.missed_at, clock))] if standing.missed_at else []
    if len(is_open) > 1:
        return _several(standing, is_open, [*late, *over], clock)
    told, each = is_open[0]
    rung = _rung(clock.event, told)
    title, text = words.reminder(rung, told, each, clock)
    buttons = _row(standing, rung, told, each, clock)
    return kit.message(title, kit.heading(title), *late, kit.paragraph(text), *over, buttons)


def over(reports: Sequence[Progress], clock: Clock) -> Screen:
    """In the place of a reminder of which nothing is open any more."""
    lines = [_over(each, clock) for each in reports]
    return kit.message(lines[0], *(kit.paragraph(line) for line in lines))


def snoozed(until: datetime, undo: Detail, clock: Clock) -> Screen:
    text = words.snoozed(until, clock)
    return kit.message(
        text,
        kit.paragraph(text),
        kit.row(kit.button(words.UNDO, Ask.NOT_LATER, undo, "Undo, the reminder stays as it was")),
    )


def first_contact(assignment: Assignment, due_at: datetime, clock: Clock) -> Screen:
    """Said once, when a session becomes somebody's."""
    title, text = words.first_contact(assignment, due_at, clock)
    code = assignment.session.code
    place = Place(event=assignment.event.key, session=code, section=0)
    about = Detail(event=assignment.event.key, parts=(code, ""))
    return kit.message(
        title,
        kit.heading(title),
        kit.paragraph(text),
        kit.small(words.privacy(assignment.session.level)),
        kit.row(
            kit.button(
                words.START, Action.OPEN, place, f"Start {code}, open the first section", primary=True
            ),
            kit.menu(kit.option(words.NOT_ME, Ask.NOT_ME, about), kit.option(words.HELP, Ask.HELP, about)),
        ),
    )


def stood_down(stopped: Stopped | None, each: Progress, event: Event, about: str) -> Screen:
    """To who cannot, or says that it is not theirs; and once they took that back."""
    text = words.stood_down(stopped, each)
    label = words.AGAIN if stopped is Stopped.CANNOT else words.UNDO
    undo = kit.button(
        label, Ask.AGAIN, Detail(event=event.key, parts=(about,)), f"Report {each.session.code}"
    )
    return kit.message(text, kit.paragraph(text), *([kit.row(undo)] if stopped else []))


def away(text: str, moves: Sequence[str], undo: Detail | None) -> Screen:
    """To who is away: what moves, and a way back; `undo` None once that was taken."""
    back = kit.button(words.UNDO, Ask.BACK, undo, "Undo, I am not away then") if undo else None
    return kit.message(
        text,
        kit.paragraph(text),
        *([kit.paragraph("\n".join(moves))] if moves else []),
        *([kit.row(back)] if back else []),
    )


def line(text: str) -> Screen:
    """One sentence."""
    return kit.message(text, kit.paragraph(text))


def asks_time(title: str, who: str, about: Detail, room: timedelta) -> Screen:
    """To an organiser: somebody asks for more time, of which there is `room` until corrections close."""
    half = kit.button(words.GIVE_HALF, Ask.GIVE_HALF, about, "Give 30 minutes", primary=True)
    hour = kit.button(words.GIVE_HOUR, Ask.GIVE_HOUR, about, "Give one hour")
    refuse = kit.button(words.REFUSE, Ask.REFUSE, about, "No, give no more time")
    given = [(half, Decision.GIVE_HALF), (hour, Decision.GIVE_HOUR)]
    fits = [button for button, decision in given if decision.gives is not None and decision.gives <= room]
    return kit.message(title, kit.heading(title), kit.paragraph(who), kit.row(*fits, refuse))


def told(title: str, *lines: str) -> Screen:
    """To an organiser: what happened, and what comes of it."""
    return kit.message(title, kit.heading(title), *(kit.paragraph(each) for each in lines if each))


def missing(title: str, lines: Sequence[str], more: int, taken: str, about: Detail) -> Screen:
    """To an organiser: which reports are not in. The title names nobody."""
    rest = [kit.small(words.more_missing(more))] if more else []
    take = kit.button(words.TAKE, Ask.TAKE, about, "I take it, the other organisers are told")
    return kit.message(
        title,
        kit.heading(title),
        *(kit.paragraph(each) for each in lines),
        *rest,
        kit.small(taken) if taken else kit.row(take),
    )


def _several(
    standing: Standing, is_open: Sequence[tuple[Reminded, Progress]], small: Sequence[Block], clock: Clock
) -> Screen:
    reports = [each for _, each in is_open]
    title = words.several(reports, clock)
    with_due = len({each.due_at for each in reports}) > 1
    lines = [
        kit.paragraph(words.line(each, clock, with_due=with_due), beside=_open(each, clock))
        for each in reports
    ]
    rungs = [_rung(clock.event, told) for told, _ in is_open]
    laters = _laters(standing, rungs[0])[:2]
    options = [
        *(kit.option(words.LATER[each], Ask.LATER, _later(standing, each, clock)) for each in laters),
        *(
            kit.option(f"{words.CANNOT}: {each.session.code}", Ask.CANNOT, _about(standing, each, clock))
            for each in reports
        ),
    ]
    asking = [
        kit.option(words.ONE_LINE_OF.format(code=each.session.code), Action.LINE, _place(each, clock))
        for each, rung in zip(reports, rungs, strict=True)
        if _offers_line(rung, each)
    ]
    time = [
        kit.option(
            words.MORE_TIME_OF.format(code=each.session.code), Ask.MORE_TIME, _about(standing, each, clock)
        )
        for each, rung in zip(reports, rungs, strict=True)
        if _offers_time(standing, rung, each)
    ]
    hint: list[Block] = []
    if len(options) + len(asking) <= MOST_OPTIONS:
        options += asking
    elif asking:
        hint = [kit.small(words.ONE_LINE_TYPED)]
    if len(options) + len(time) <= MOST_OPTIONS:
        options += time
    below = [*hint, kit.row(kit.menu(*options[:MOST_OPTIONS]))]
    return kit.message(title, kit.heading(title), *small, *lines, *below)


def _row(standing: Standing, rung: Rung | None, told: Reminded, each: Progress, clock: Clock) -> ActionsBlock:
    """Two buttons and what is seldom needed behind dots, by the table of conversation.md 5."""
    anchor = rung.anchor if rung else Anchor.BEFORE_DUE
    about, later = _about(standing, each, clock), _laters(standing, rung)
    put_off: list[Choice] = [(words.LATER[one], Ask.LATER, _later(standing, one, clock)) for one in later]
    offered = (words.ONE_LINE, Action.LINE, _place(each, clock))
    line: list[Choice] = [offered] if _offers_line(rung, each) else []
    is_early, has_nothing = anchor in (Anchor.SESSION_END, Anchor.EVE), not each.notes
    seldom = [*line, *put_off] if has_nothing else [*put_off[:1], *line, *put_off[1:]]
    beside = seldom[:1] if is_early or (line and has_nothing) else []
    seldom = seldom[len(beside) :]
    if _offers_time(standing, rung, each):
        seldom.append((words.MORE_TIME, Ask.MORE_TIME, about))
    if anchor is not Anchor.SESSION_END:
        seldom.append((words.CANNOT, Ask.CANNOT, about))
    if is_early:
        seldom.append((words.NOT_ME, Ask.NOT_ME, about))
    return kit.row(*_main(anchor, each, clock), *_buttons(beside, each), *_behind(seldom, each))


def _main(anchor: Anchor, each: Progress, clock: Clock) -> list[Element]:
    place, code = _place(each, clock), each.session.code
    may_submit = each.part is Part.LEAD and each.is_written
    submit_first = may_submit and (anchor is Anchor.AFTER_DUE or not each.open_sections)
    go_on = kit.button(words.GO_ON, Action.OPEN, place, f"Go on with {code}", primary=not submit_first)
    submit = kit.button(words.SUBMIT, Action.SUBMIT, place, f"Submit {code} as it is", primary=submit_first)
    if submit_first:
        return [submit, go_on]
    if anchor in (Anchor.BEFORE_DUE, Anchor.AFTER_DUE):
        return [go_on, submit] if may_submit else [go_on]
    if anchor is Anchor.DUE_DAY and each.is_written:
        return [go_on, kit.button(words.REVIEW, Action.SHOW, place, f"Review {code}")]
    return [go_on]


def _offers_line(rung: Rung | None, each: Progress) -> bool:
    """At the session's end and in the last hour, while sections are open and there is no closing line."""
    has_place = rung is not None and (rung.anchor is Anchor.SESSION_END or rung.is_urgent)
    return has_place and bool(each.open_sections) and not each.has_line


def _offers_time(standing: Standing, rung: Rung | None, each: Progress) -> bool:
    """In the hours before the deadline, the last reminder excepted."""
    has_place = rung is None or (rung.anchor is Anchor.BEFORE_DUE and not _is_last(rung))
    return has_place and each.session.code in standing.asks_time


def _behind(seldom: list[Choice], each: Progress) -> list[Element]:
    """Behind three dots; one thing alone is a button."""
    if len(seldom) > 1:
        return [kit.menu(*(kit.option(*one) for one in seldom[:MOST_OPTIONS]))]
    return _buttons(seldom, each)


def _buttons(asks: list[Choice], each: Progress) -> list[Element]:
    return [kit.button(label, ask, about, f"{label}, {each.session.code}") for label, ask, about in asks]


def _open(each: Progress, clock: Clock) -> ButtonElement:
    code = each.session.code
    return kit.button(f"Open {code}", Action.OPEN, _place(each, clock), f"Open {code}")


def _place(each: Progress, clock: Clock) -> Place:
    return Place(event=clock.event.key, session=each.session.code, section=_first(each))


def _first(each: Progress) -> int:
    return each.open_sections[0] if each.open_sections else 0


def _laters(standing: Standing, rung: Rung | None) -> list[Later]:
    """What the table has for a rung, of what is possible."""
    return [each for each in _LATERS[_kind(rung)] if each in standing.laters]


def _kind(rung: Rung | None) -> str:
    if rung is None:
        return "urgent"
    if rung.anchor is Anchor.BEFORE_DUE:
        return "last" if _is_last(rung) else "urgent" if rung.offset <= URGENT else "before"
    return rung.anchor.value


def _is_last(rung: Rung) -> bool:
    return rung.anchor is Anchor.BEFORE_DUE and rung.offset <= words.QUARTER


MOST_OPTIONS = limits.MENU_OPTIONS[-1]
_LATERS: dict[str, tuple[Later, ...]] = {
    Anchor.SESSION_END.value: (Later.TONIGHT, Later.TOMORROW),
    Anchor.EVE.value: (Later.TOMORROW,),
    Anchor.DUE_DAY.value: (Later.HOUR,),
    "before": (Later.HOUR,),
    "urgent": (Later.QUARTER,),
    "last": (),
    Anchor.AFTER_DUE.value: (),
}


def _rung(event: Event, told: Reminded) -> Rung | None:
    return next((each for each in event.settings.rungs if each.key == told.says), None)


def _about(standing: Standing, each: Progress, clock: Clock) -> Detail:
    return Detail(event=clock.event.key, parts=(each.session.code, _sent(standing)))


def _later(standing: Standing, later: Later, clock: Clock) -> Detail:
    return Detail(event=clock.event.key, parts=(_sent(standing), later.name))


def _sent(standing: Standing) -> str:
    return ts_of(standing.reminder.at) if standing.reminder.at else ""


def _over(each: Progress, clock: Clock) -> str:
    return words.submitted(each, clock) if each.submitted_at else words.nothing_asked(each.session)
